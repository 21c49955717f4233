package demo

import (
	"net/http"
	"net/url"
	"regexp"
	"strings"
)

// wrongTrust lists endpoints that let in more than the API is meant for, by the mistakes that people make when they
// compare origins.
func wrongTrust() []endpoint {
	trusting := func(id, title string, trusts func(origin string) bool) endpoint {
		return differing(id, "", listPath, title, policy{trusts: trusts})
	}
	granting := func(id, twin, title string, grant edit) endpoint {
		return differing(id, "", twin, title, policy{grant: grant})
	}
	star := func(id, twin, title string, grant edit) endpoint {
		return differing(id, "", twin, title, policy{trusts: anyOrigin, grant: grant})
	}
	return []endpoint{
		trusting("reflects-any-origin", "sends back whatever Origin it gets", anyOrigin),
		trusting("trusts-prefix", "looks only at how the origin begins", startsRight),
		trusting("trusts-suffix", "looks only at how the origin ends", endsRight),
		trusting("trusts-substring", "searches the origin in a list that is one string", partOfList),
		trusting("unescaped-dot", "a regular expression whose dots match anything",
			matches(`^https://(app|admin).example.com$`)),
		trusting("trusts-null", "trusts sandboxed frames and local files", orListed(isNull)),
		trusting("trusts-http", "trusts the front ends over plain http", matches(`^https?://(app|admin)\.example\.com$`)),
		trusting("trusts-any-subdomain", "trusts everything below example.com, and below the front ends",
			matches(`^https://([a-z0-9-]+\.)*example\.com$`)),
		trusting("ignores-port", "compares host names", sameHost),
		trusting("trusts-localhost", "left over from development", orListed(looksLocal)),
		trusting("trusts-shared-hosting", "trusts hosts where anybody can publish a page", orListed(sharedHosting)),
		trusting("trusts-special-characters", "takes any odd character for the end of a host name",
			matches(`^https://(app|admin)\.example\.com([^.:a-z0-9].*)?$`)),
		trusting("ignores-scheme-of-extension", "trusts every browser extension", orListed(notWeb)),
		star("wildcard-with-credentials", listPath, "a star and credentials: no browser takes that",
			set("Access-Control-Allow-Origin", "*")),
		star("wildcard-origin", "/right/no-credentials", "a star where only two front ends are meant", wildcardOrigin),
		granting("method-beyond-policy", listPath, "sends back whatever method is asked for",
			echo("Access-Control-Request-Method", "Access-Control-Allow-Methods")),
		granting("header-beyond-policy", listPath, "sends back whatever header is asked for",
			echo("Access-Control-Request-Headers", "Access-Control-Allow-Headers")),
		granting("credentials-beyond-policy", "/right/no-credentials", "allows credentials where none are meant", nil),
		granting("exposes-beyond-policy", listPath, "lets scripts read an internal header",
			onResponse("Access-Control-Expose-Headers", "X-Request-Id, X-Internal-Node")),
	}
}

func anyOrigin(string) bool { return true }

func isNull(origin string) bool { return origin == "null" }

func orListed(trusts func(string) bool) func(string) bool {
	return func(origin string) bool { return listed(origin) || trusts(origin) }
}

func matches(pattern string) func(string) bool { return regexp.MustCompile(pattern).MatchString }

func startsRight(origin string) bool {
	return strings.HasPrefix(origin, appOrigin) || strings.HasPrefix(origin, adminOrigin)
}

func endsRight(origin string) bool {
	return strings.HasPrefix(origin, "https://") && strings.HasSuffix(origin, "example.com")
}

func partOfList(origin string) bool {
	host, ok := strings.CutPrefix(origin, "https://")
	return ok && host != "" && strings.Contains("app.example.com,admin.example.com", host)
}

func sameHost(origin string) bool {
	u, err := url.Parse(origin)
	return err == nil && listed(u.Scheme+"://"+u.Hostname())
}

func looksLocal(origin string) bool {
	_, host, _ := strings.Cut(origin, "://")
	return strings.HasPrefix(host, "localhost") || strings.HasPrefix(host, "127.0.0.1")
}

func sharedHosting(origin string) bool {
	for _, suffix := range []string{".github.io", ".pages.dev", ".netlify.app", ".vercel.app", ".amazonaws.com"} {
		if strings.HasSuffix(origin, suffix) {
			return true
		}
	}
	return false
}

func notWeb(origin string) bool {
	scheme, _, ok := strings.Cut(origin, "://")
	return ok && scheme != "http" && scheme != "https"
}

func wildcardOrigin(h http.Header, r *http.Request) {
	withoutCredentials(h, r)
	h.Set("Access-Control-Allow-Origin", "*")
}

// echo is an edit that answers a preflight with what it asks for.
func echo(from, to string) edit {
	return func(h http.Header, r *http.Request) {
		if asked := r.Header.Get(from); isPreflight(r) && asked != "" {
			h.Set(to, asked)
		}
	}
}

// onResponse is an edit that sets the lines of a field on everything but preflights; no line removes it.
func onResponse(name string, lines ...string) edit {
	return func(h http.Header, r *http.Request) {
		if !isPreflight(r) {
			setLines(h, name, lines)
		}
	}
}

// onPreflight is an edit that sets the lines of a field on preflights; no line removes it.
func onPreflight(name string, lines ...string) edit {
	return func(h http.Header, r *http.Request) {
		if isPreflight(r) {
			setLines(h, name, lines)
		}
	}
}

func setLines(h http.Header, name string, lines []string) {
	h.Del(name)
	for _, line := range lines {
		h.Add(name, line)
	}
}
