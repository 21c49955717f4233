package audit

import (
	"fmt"
	"slices"
	"strings"

	"github.com/corsgate/corsgate/cors"
)

// setCookie is one Set-Cookie line, as far as other sites are concerned.
type setCookie struct {
	name                      string
	sameSite                  string // as written; empty: not given
	secure, partitioned, gone bool
}

// setCookies returns the cookies that an answer sets, without those that it only removes.
func setCookies(r *cors.Response) []setCookie {
	var all []setCookie
	for _, line := range lines(r.Headers, "Set-Cookie") {
		if c := parseSetCookie(line); !c.gone {
			all = append(all, c)
		}
	}
	return all
}

// parseSetCookie is https://datatracker.ietf.org/doc/html/draft-ietf-httpbis-rfc6265bis#section-5.6, for some attributes.
func parseSetCookie(line string) setCookie {
	pair, attributes, _ := strings.Cut(line, ";")
	name, _, _ := strings.Cut(pair, "=")
	c := setCookie{name: strings.Trim(name, "\t ")}
	for attribute := range strings.SplitSeq(attributes, ";") {
		name, v, _ := strings.Cut(attribute, "=")
		v = strings.Trim(v, "\t ")
		switch strings.ToLower(strings.Trim(name, "\t ")) {
		case "samesite":
			c.sameSite = v
		case "secure":
			c.secure = true
		case "partitioned":
			c.partitioned = true
		case "max-age":
			c.gone = v == "0" || strings.HasPrefix(v, "-")
		}
	}
	return c
}

// comesBack reports whether a request from another site can carry the cookie at all.
func (c setCookie) comesBack() bool { return strings.EqualFold(c.sameSite, "None") && c.secure }

func preflightSetsCookie(_ *Observation, x *Exchange) string {
	for _, line := range lines(x.Response.Headers, "Set-Cookie") {
		return fmt.Sprintf("the preflight's answer sets the cookie %s, which browsers ignore", parseSetCookie(line).name)
	}
	return ""
}

// foreignCookies returns the cookies that an answer sets on a page of another site, where cookies are meant to go along.
func foreignCookies(o *Observation, x *Exchange) []setCookie {
	meant := o.Fetch.Credentials == cors.CredentialsInclude || allowsCredentials(x.Response)
	if !meant || !lets(x) || o.sameSite(x) {
		return nil
	}
	return setCookies(x.Response)
}

func cookieNotCrossSite(o *Observation, x *Exchange) string {
	for _, c := range foreignCookies(o, x) {
		if c.comesBack() {
			continue
		}
		lacks := "SameSite=None"
		if strings.EqualFold(c.sameSite, "None") {
			lacks = "Secure"
		}
		return fmt.Sprintf("the cookie %s is set without %s, so that pages of %s, another site, never send it back", c.name, lacks,
			o.Fetch.Origin)
	}
	return ""
}

func thirdPartyCookieBlocked(o *Observation, x *Exchange) string {
	var who []string
	if o.judges(cors.WebKit) {
		who = append(who, "webkit blocks it")
	}
	if o.judges(cors.Firefox) {
		who = append(who, "firefox keeps it in a jar of that page's site alone")
	}
	cookies := foreignCookies(o, x)
	i := slices.IndexFunc(cookies, func(c setCookie) bool { return c.comesBack() && !c.partitioned })
	if i < 0 || who == nil {
		return ""
	}
	return fmt.Sprintf("the cookie %s is a third-party one on pages of %s: %s", cookies[i].name, o.Fetch.Origin,
		strings.Join(who, ", "))
}
