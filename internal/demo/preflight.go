package demo

import (
	"net/http"
	"slices"
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
		path := "/wrong/" + id + variant
		trusts := func(o string) bool { return o == origin }
		return endpoint{Endpoint{path, title, id, listPath}, policy{trusts: trusts}.before(resource(path))}
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
		path := "/wrong/options-not-handled-" + variant
		return endpoint{Endpoint{path, title, "options-not-handled", listPath}, replacingOptions(path, answer)}
	}
	dropping := func(variant, title string, answer http.HandlerFunc) endpoint {
		path := "/wrong/options-dropped-" + variant
		return endpoint{Endpoint{path, title, "options-dropped", listPath}, replacingOptions(path, answer)}
	}
	return []endpoint{
		answering("404", "no route for OPTIONS", status(http.StatusNotFound)),
		answering("405", "OPTIONS is not a method here", func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Allow", "GET, HEAD, POST, PUT, DELETE")
			w.WriteHeader(http.StatusMethodNotAllowed)
		}),
		answering("500", "the error handler answers OPTIONS", status(http.StatusInternalServerError)),
		answering("501", "the server does not know OPTIONS", status(http.StatusNotImplemented)),
		answering("page", "the front page answers OPTIONS", func(w http.ResponseWriter, _ *http.Request) {
			page(w, http.StatusOK, "<!doctype html><title>Welcome</title><h1>Welcome</h1>")
		}),
		dropping("closed", "a firewall closes the connection", func(http.ResponseWriter, *http.Request) {
			panic(http.ErrAbortHandler)
		}),
		dropping("silent", "a firewall swallows OPTIONS", neverAnswer),
	}
}

// replacingOptions serves path as it is meant, but for OPTIONS.
func replacingOptions(path string, options http.HandlerFunc) http.Handler {
	next := policy{}.before(resource(path))
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodOptions {
			options(w, r)
			return
		}
		next.ServeHTTP(w, r)
	})
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
	at := func(id, variant, twin, title string, layer func(path string, next http.Handler) http.Handler) endpoint {
		path := "/wrong/" + id + variant
		return endpoint{Endpoint{path, title, id, twin}, layer(path, policy{}.before(resource(path)))}
	}
	const auth, redirected = "preflight-requires-auth", "preflight-redirected"
	return []endpoint{
		at(auth, "-401", "/right/token", "401 before CORS", func(_ string, next http.Handler) http.Handler {
			return requireToken(next)
		}),
		at(auth, "-403", "/right/token", "403 before CORS", func(_ string, next http.Handler) http.Handler {
			return unlessAuthorized(status(http.StatusForbidden), next)
		}),
		at(auth, "-login", "/right/token", "sends preflights to a login page", func(_ string, next http.Handler) http.Handler {
			return unlessAuthorized(http.RedirectHandler("/login", http.StatusFound), next)
		}),
		at(redirected, "-slash", listPath, "adds a slash by a redirect", addSlash),
		at(redirected, "-https", listPath, "redirects to https", func(string, http.Handler) http.Handler {
			return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				http.Redirect(w, r, "https://"+r.Host+r.URL.RequestURI(), http.StatusMovedPermanently)
			})
		}),
	}
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

func addSlash(path string, next http.Handler) http.Handler {
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
	at := func(variant, title string, understood func(asked string) bool) endpoint {
		path := "/wrong/preflight-header-parsing" + variant
		return endpoint{
			Endpoint{path, title, "preflight-header-parsing", listPath},
			onlyPreflights(policy{grant: func(h http.Header, r *http.Request) {
				if isPreflight(r) && !understood(r.Header.Get("Access-Control-Request-Headers")) {
					h.Del("Access-Control-Allow-Headers")
				}
			}}, path, status(http.StatusNoContent)),
		}
	}
	known := []string{"Content-Type", "Authorization"}
	allKnown := func(asked, separator string, same func(a, b string) bool) bool {
		return !slices.ContainsFunc(strings.Split(asked, separator), func(name string) bool {
			return !slices.ContainsFunc(known, func(k string) bool { return same(k, name) })
		})
	}
	return []endpoint{
		at("-case", "expects Content-Type, not content-type", func(asked string) bool {
			return asked == "" || allKnown(asked, ",", func(a, b string) bool { return a == strings.TrimSpace(b) })
		}),
		at("-spaces", "expects a space after each comma", func(asked string) bool {
			return asked == "" || allKnown(asked, ", ", strings.EqualFold)
		}),
	}
}
