package demo

import (
	"net/http"
	"strings"
	"time"
)

// wrongPreflights lists endpoints whose preflights keep the meant front ends out.
func wrongPreflights() []endpoint {
	list := tooNarrow()
	list = append(list, optionsNotHandled()...)
	list = append(list, optionsRefused()...)
	return append(list, headerParsing()...)
}

// tooNarrow lists CORS layers that work, but whose lists lack something.
func tooNarrow() []endpoint {
	only := func(id, variant, title, origin string) endpoint {
		return differing(id, variant, listPath, title, policy{trusts: func(o string) bool { return o == origin }})
	}
	return []endpoint{
		only("origin-not-allowed", "", "the second front end was forgotten", appOrigin),
		only("origin-differs-by", "-scheme", "lists http://app.example.com", "http://app.example.com"),
		only("origin-differs-by", "-port", "lists https://app.example.com:8443", "https://app.example.com:8443"),
		only("origin-differs-by", "-www", "lists https://www.app.example.com", "https://www.app.example.com"),
		only("origin-differs-by", "-dot", "lists https://app.example.com. with a dot", "https://app.example.com."),
		only("origin-differs-by", "-upper-case", "lists https://App.Example.com", "https://App.Example.com"),
		granted("method-not-allowed", "", listPath, "PUT and DELETE were forgotten",
			onPreflight("Access-Control-Allow-Methods", "GET, POST")),
		granted("method-case", "", listPath, "lists the methods in lower case",
			onPreflight("Access-Control-Allow-Methods", "get, post, put, delete")),
		granted("header-not-allowed", "", listPath, "Authorization was forgotten",
			onPreflight("Access-Control-Allow-Headers", "Content-Type")),
		granted("credentials-not-allowed", "", listPath, "Allow-Credentials was forgotten", withoutCredentials),
	}
}

// optionsNotHandled lists servers that know nothing of OPTIONS.
func optionsNotHandled() []endpoint {
	answering := func(variant, title string, answer http.HandlerFunc) endpoint {
		return wrong("options-not-handled", variant, listPath, title, replacingOptions(answer))
	}
	dropping := func(variant, title string, answer http.HandlerFunc) endpoint {
		return wrong("options-dropped", variant, listPath, title, replacingOptions(answer))
	}
	return []endpoint{
		answering("-404", "no route for OPTIONS", status(http.StatusNotFound)),
		answering("-405", "OPTIONS is not a method here", func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Allow", "GET, HEAD, POST, PUT, DELETE")
			w.WriteHeader(http.StatusMethodNotAllowed)
		}),
		answering("-500", "the error handler answers OPTIONS", status(http.StatusInternalServerError)),
		answering("-501", "the server does not know OPTIONS", status(http.StatusNotImplemented)),
		answering("-page", "the front page answers OPTIONS", func(w http.ResponseWriter, _ *http.Request) {
			page(w, http.StatusOK, "<!doctype html><title>Welcome</title><h1>Welcome</h1>")
		}),
		dropping("-closed", "a firewall closes the connection", func(http.ResponseWriter, *http.Request) {
			panic(http.ErrAbortHandler)
		}),
		dropping("-silent", "a firewall swallows OPTIONS", neverAnswer),
	}
}

// replacingOptions serves a path as it is meant, but for OPTIONS.
func replacingOptions(options http.HandlerFunc) func(path string) http.Handler {
	return func(path string) http.Handler {
		next := policy{}.before(resource(path))
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if r.Method == http.MethodOptions {
				options(w, r)
				return
			}
			next.ServeHTTP(w, r)
		})
	}
}

func status(code int) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(code) }
}

func page(w http.ResponseWriter, code int, html string) {
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.WriteHeader(code)
	_, _ = w.Write([]byte(html))
}

// neverAnswer holds a request until its client gives up, at most a minute.
func neverAnswer(_ http.ResponseWriter, r *http.Request) {
	select {
	case <-r.Context().Done():
	case <-time.After(time.Minute):
	}
	panic(http.ErrAbortHandler)
}

// optionsRefused lists servers that put something else before CORS.
func optionsRefused() []endpoint {
	const auth, redirected, tokenPath = "preflight-requires-auth", "preflight-redirected", "/right/token"
	refusing := func(refuse http.Handler) func(path string) http.Handler {
		return func(path string) http.Handler { return unlessAuthorized(refuse, policy{}.before(resource(path))) }
	}
	return []endpoint{
		wrong(auth, "-401", tokenPath, "401 before CORS", refusing(http.HandlerFunc(unauthorized))),
		wrong(auth, "-403", tokenPath, "403 before CORS", refusing(status(http.StatusForbidden))),
		wrong(auth, "-login", tokenPath, "sends preflights to a login page",
			refusing(http.RedirectHandler("/login", http.StatusFound))),
		wrong(redirected, "-slash", listPath, "adds a slash by a redirect", addSlash),
		wrong(redirected, "-https", listPath, "redirects to https", func(string) http.Handler {
			return http.HandlerFunc(redirectToHTTPS)
		}),
	}
}

func redirectToHTTPS(w http.ResponseWriter, r *http.Request) {
	http.Redirect(w, r, "https://"+r.Host+r.URL.RequestURI(), http.StatusMovedPermanently)
}

func unlessAuthorized(refuse, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Authorization") == "" {
			refuse.ServeHTTP(w, r)
			return
		}
		next.ServeHTTP(w, r)
	})
}

func addSlash(path string) http.Handler {
	next := policy{}.before(resource(path))
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == path {
			http.Redirect(w, r, path+"/", http.StatusPermanentRedirect)
			return
		}
		next.ServeHTTP(w, r)
	})
}

// headerParsing lists servers that do not understand Access-Control-Request-Headers as browsers send it: in lower
// case, sorted, separated by commas without spaces.
func headerParsing() []endpoint {
	parsing := func(variant, title string, understood func(asked string) bool) endpoint {
		return differing("preflight-header-parsing", variant, listPath, title, policy{
			grant: func(h http.Header, r *http.Request) {
				asked := r.Header.Get("Access-Control-Request-Headers")
				if isPreflight(r) && asked != "" && !understood(asked) {
					h.Del("Access-Control-Allow-Headers")
				}
			},
		})
	}
	return []endpoint{
		parsing("-case", "expects Content-Type, not content-type", func(asked string) bool {
			return allKnown(asked, ",", func(a, b string) bool { return a == strings.TrimSpace(b) })
		}),
		parsing("-spaces", "expects a space after each comma", func(asked string) bool {
			return allKnown(asked, ", ", strings.EqualFold)
		}),
	}
}

// allKnown reports whether every name that is asked for is one that the API is meant to take.
func allKnown(asked, separator string, same func(a, b string) bool) bool {
	for name := range strings.SplitSeq(asked, separator) {
		if !same("Content-Type", name) && !same("Authorization", name) {
			return false
		}
	}
	return true
}
