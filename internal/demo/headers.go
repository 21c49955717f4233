package demo

import (
	"net/http"
	"strings"
)

// wrongHeaders lists endpoints whose CORS header fields are wrong or wasteful whatever was meant.
func wrongHeaders() []endpoint {
	list := wrongVary()
	list = append(list, wrongAllowOrigin()...)
	list = append(list, wrongWildcards()...)
	list = append(list, wrongPreflightFields()...)
	return append(list, wrongResponseFields()...)
}

// edited makes the endpoint that is right but for an edit of every answer.
func edited(id, variant, twin, title string, e edit) endpoint {
	return differing(id, variant, twin, title, policy{edit: e})
}

// granted makes the endpoint that is right but for an edit of the answers to a trusted origin.
func granted(id, variant, twin, title string, e edit) endpoint {
	return differing(id, variant, twin, title, policy{grant: e})
}

func wrongVary() []endpoint {
	return []endpoint{
		edited("vary-origin-missing", "", listPath, "no Vary although the answer depends on Origin",
			func(h http.Header, _ *http.Request) { h.Del("Vary") }),
		edited("vary-missing-on-non-cors", "", listPath, "no Vary where there is no Origin",
			func(h http.Header, r *http.Request) {
				if r.Header.Get("Origin") == "" {
					h.Del("Vary")
				}
			}),
	}
}

// allowOrigin is an edit that changes the value of Access-Control-Allow-Origin.
func allowOrigin(change func(origin string) []string) edit {
	return func(h http.Header, r *http.Request) {
		setLines(h, "Access-Control-Allow-Origin", change(r.Header.Get("Origin")))
	}
}

func wrongAllowOrigin() []endpoint {
	twice := allowOrigin(func(origin string) []string { return []string{origin, origin} })
	joined := allowOrigin(func(origin string) []string { return []string{origin + ", " + origin} })
	malformed := func(variant, title string, change func(origin string) string) endpoint {
		return granted("malformed-allow-origin", variant, listPath, title,
			allowOrigin(func(origin string) []string { return []string{change(origin)} }))
	}
	const host = len("https://")
	return []endpoint{
		granted("duplicate-cors-header", "", listPath, "Allow-Origin comes twice", twice),
		granted("duplicate-cors-headers", "", listPath, "Allow-Origin comes twice, from the proxy too", twice),
		granted("duplicate-cors-headers", "-joined", listPath, "Allow-Origin has the origin twice", joined),
		malformed("-list", "a list of origins", func(string) string { return appOrigin + ", " + adminOrigin }),
		malformed("-spaces", "a list of origins with spaces", func(string) string { return appOrigin + " " + adminOrigin }),
		malformed("-slash", "a slash at the end", func(origin string) string { return origin + "/" }),
		malformed("-path", "a path", func(origin string) string { return origin + "/index.html" }),
		malformed("-upper-case", "upper case", func(origin string) string {
			return origin[:host] + strings.ToUpper(origin[host:])
		}),
		malformed("-no-scheme", "no scheme", func(origin string) string { return origin[host:] }),
		malformed("-empty", "an empty value", func(string) string { return "" }),
		malformed("-undefined", "a value that was not defined", func(string) string { return "undefined" }),
		malformed("-pattern", "a pattern", func(string) string { return "https://*.example.com" }),
		granted("malformed-allow-credentials", "-upper-case", listPath, "True is not true",
			set("Access-Control-Allow-Credentials", "True")),
		granted("malformed-allow-credentials", "-yes", listPath, "yes is not true",
			set("Access-Control-Allow-Credentials", "yes")),
	}
}

func wrongWildcards() []endpoint {
	const id = "wildcard-literal-with-credentials"
	return []endpoint{
		granted(id, "-methods", listPath, "with credentials, * is a method's name",
			onPreflight("Access-Control-Allow-Methods", "*")),
		granted(id, "-headers", listPath, "with credentials, * is a header's name",
			onPreflight("Access-Control-Allow-Headers", "*")),
		granted(id, "-expose", listPath, "with credentials, * exposes nothing",
			onResponse("Access-Control-Expose-Headers", "*")),
		granted("authorization-not-covered-by-wildcard", "", "/right/no-credentials",
			"by the standard, * does not stand for Authorization", wildcardHeaders),
		granted("wildcard-does-not-cover-authorization", "", "/right/no-credentials",
			"by the standard, * does not stand for Authorization", wildcardHeaders),
	}
}

func wildcardHeaders(h http.Header, r *http.Request) {
	withoutCredentials(h, r)
	onPreflight("Access-Control-Allow-Headers", "*")(h, r)
}

func wrongPreflightFields() []endpoint {
	return []endpoint{
		granted("max-age-missing", "", listPath, "browsers ask again after 5 seconds", onPreflight("Access-Control-Max-Age")),
		granted("max-age-over-cap", "", listPath, "a week: no browser keeps a preflight that long",
			onPreflight("Access-Control-Max-Age", "604800")),
		granted("max-age-malformed", "", listPath, "a max-age with a unit", onPreflight("Access-Control-Max-Age", "10m")),
		granted("forbidden-name-listed", "", listPath, "allows request headers that no script can set",
			onPreflight("Access-Control-Allow-Headers", "Content-Type, Authorization, Host, Cookie")),
		granted("response-headers-on-preflight", "", listPath, "Expose-Headers on a preflight does nothing",
			onPreflight("Access-Control-Expose-Headers", "X-Request-Id")),
		granted("preflight-sets-cookie", "", listPath, "a cookie on a preflight is ignored",
			onPreflight("Set-Cookie", "visitor=demo; Path=/; Secure; SameSite=None")),
		wrong("preflight-has-body", "", listPath, "a preflight's body is read by nobody", preflightsWithBody),
	}
}

func wrongResponseFields() []endpoint {
	return []endpoint{
		granted("preflight-headers-on-response", "", listPath, "Allow-Methods on a response does nothing",
			onResponse("Access-Control-Allow-Methods", "GET, POST, PUT, DELETE")),
		granted("expose-set-cookie", "", listPath, "Set-Cookie can't be exposed",
			onResponse("Access-Control-Expose-Headers", "X-Request-Id, Set-Cookie")),
		granted("safelisted-name-listed", "", listPath, "exposes what every script can read",
			onResponse("Access-Control-Expose-Headers", "X-Request-Id, Content-Type, Cache-Control")),
		granted("header-not-exposed", "", listPath, "X-Request-Id is sent, but not exposed",
			onResponse("Access-Control-Expose-Headers")),
		edited("cookie-not-cross-site", "", "/right/cookie", "a cookie that never comes back from another site",
			onResponse("Set-Cookie", "session=demo; Path=/; HttpOnly")),
		edited("third-party-cookie-blocked", "", "/right/cookie", "a cookie that some browsers block on other sites",
			onResponse("Set-Cookie", "session=demo; Path=/; HttpOnly; Secure; SameSite=None")),
		edited("corp-conflicts", "", "/right/corp", "Cross-Origin-Resource-Policy refuses what CORS allows",
			set("Cross-Origin-Resource-Policy", "same-origin")),
	}
}

func preflightsWithBody(path string) http.Handler {
	next := policy{}.before(resource(path))
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !isPreflight(r) {
			next.ServeHTTP(w, r)
			return
		}
		policy{}.setHeader(w.Header(), r)
		reply(w, http.StatusOK, map[string]string{"message": "preflight accepted"})
	})
}
