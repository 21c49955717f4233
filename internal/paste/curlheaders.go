package paste

import (
	"slices"
	"strings"

	"github.com/corsgate/corsgate/cors"
)

// dealHeaders sorts what a page's script sets from what the browser adds.
func (c *curl) dealHeaders() error {
	r := &c.request
	copied := slices.ContainsFunc(c.headers, func(h curlHeader) bool { return marksBrowser(h.Header) })
	if err := c.readPage(); err != nil {
		return err
	}
	c.readModes(copied)
	var own []string
	for _, h := range c.headers {
		switch name := strings.ToLower(h.Name); {
		case name == "origin" || name == "cookie" || strings.HasPrefix(name, "access-control-request-"):
		case name == "host":
			r.note("a page can't set Host; --connect-to reaches another machine under the URL's own name")
		case isBrowsers(h.Header, copied):
			own = append(own, h.Name)
		default:
			r.Fetch.Headers = append(r.Fetch.Headers, h.Header)
		}
	}
	if own != nil {
		r.note("left out, since the browser sets it by itself: " + strings.Join(own, ", "))
	}
	c.readPreflight()
	if _, ok := r.header("Content-Type"); !ok && c.hasData && !c.get {
		r.setDefault("Content-Type", "application/x-www-form-urlencoded")
		r.note("curl -d sends Content-Type: application/x-www-form-urlencoded; the page is taken to do so too")
	}
	return nil
}

// readPage finds the page's origin in Origin or Referer, and its cookies.
func (c *curl) readPage() error {
	r := &c.request
	for _, h := range c.headers {
		switch strings.ToLower(h.Name) {
		case "origin":
			origin, err := cors.ParseOrigin(h.Value)
			if err != nil {
				return c.mistake(h.at, err.Error(), wantedOrigin(err))
			}
			r.setOrigin(origin)
		case "referer":
			if origin, err := cors.URLOrigin(h.Value); err == nil && !r.HasOrigin {
				r.setOrigin(origin)
			}
		case "cookie":
			r.Fetch.Credentials = cors.CredentialsInclude
			r.Fetch.Cookies = append(r.Fetch.Cookies, Cookies(h.Value, r.Fetch.URL)...)
		}
	}
	if r.Fetch.Cookies != nil {
		r.note("cookies go along, so credentials are include")
	}
	return nil
}

func (c *curl) headerValue(name string) string {
	for _, h := range c.headers {
		if strings.EqualFold(h.Name, name) {
			return h.Value
		}
	}
	return ""
}

// readModes takes the mode from Sec-Fetch-Mode, where a browser has written it.
func (c *curl) readModes(copied bool) {
	r := &c.request
	switch mode := c.headerValue("Sec-Fetch-Mode"); mode {
	case "no-cors", "same-origin":
		r.Fetch.Mode = cors.Mode(mode)
	case "navigate":
		r.note("that was a navigation, to which CORS does not apply; explained is a fetch() of the same URL")
	}
	if copied && !r.HasOrigin {
		r.note("it has no Origin header: the page it comes from is not known")
	}
}

// readPreflight replaces a copied preflight by the request that it asks for.
func (c *curl) readPreflight() {
	r := &c.request
	method := c.headerValue("Access-Control-Request-Method")
	if method == "" {
		return
	}
	r.Preflight, r.Fetch.Method = true, method
	for name := range strings.SplitSeq(c.headerValue("Access-Control-Request-Headers"), ",") {
		value := "x"
		if name = strings.Trim(name, " \t"); strings.EqualFold(name, "Content-Type") {
			value = "application/json"
		}
		if cors.ValidHeaderName(name) {
			r.setDefault(name, value)
		}
	}
	r.note("that is a preflight, which no page sends itself; explained is the " + method + " that it asks for, " +
		"with header values made up")
}

// marksBrowser reports whether only a browser writes such a header.
func marksBrowser(h cors.Header) bool {
	name := strings.ToLower(h.Name)
	return strings.HasPrefix(name, "sec-fetch-") || strings.HasPrefix(name, "sec-ch-ua") ||
		name == "user-agent" && strings.HasPrefix(h.Value, "Mozilla/")
}

// isBrowsers reports whether the browser sets h, not the script. In a request that was copied from a browser, that
// holds for headers too which a script could set.
func isBrowsers(h cors.Header, copied bool) bool {
	name := strings.ToLower(h.Name)
	switch name {
	case "user-agent", "upgrade-insecure-requests":
		return true
	case "accept":
		return copied && (h.Value == "*/*" || strings.HasPrefix(h.Value, "text/html,"))
	case "cache-control", "pragma":
		return copied && (h.Value == "no-cache" || h.Value == "max-age=0")
	case "accept-language", "priority", "if-none-match", "if-modified-since", "save-data", "authority", "path", "scheme",
		"x-client-data":
		return copied
	}
	return cors.ForbiddenRequestHeader(name, "")
}

// Cookies reads a Cookie header; the browser holds them for the host of the URL and sends them from any site.
func Cookies(header, url string) []cors.Cookie {
	origin, err := cors.URLOrigin(url)
	if err != nil {
		return nil
	}
	var all []cors.Cookie
	for pair := range strings.SplitSeq(header, ";") {
		name, value, ok := strings.Cut(strings.Trim(pair, " \t"), "=")
		if ok {
			all = append(all, cors.Cookie{
				Name: name, Value: value, Host: origin.Host, Secure: origin.Scheme == "https", SameSite: cors.SameSiteNone,
			})
		}
	}
	return all
}
