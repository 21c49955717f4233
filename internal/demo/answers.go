package demo

import (
	"net"
	"net/http"
)

// wrongAnswers lists endpoints whose preflights pass while the answers themselves keep the page out.
func wrongAnswers() []endpoint {
	return []endpoint{
		wrong("cors-not-configured", "", listPath, "no CORS at all", resource),
		wrong("response-lacks-cors", "", listPath, "CORS headers on preflights only", func(path string) http.Handler {
			return preflightsOnly(resource(path))
		}),
		wrong("errors-lack-cors", "-404", listPath, "CORS headers unless the item is missing", errorsLackCORS),
		wrong("errors-lack-cors", "-401", "/me", "CORS headers unless the login is missing", func(path string) http.Handler {
			return preflightsOnly(unlessAuthorized(http.HandlerFunc(unauthorized), policy{}.before(resource(path))))
		}),
		wrong("redirect-target-lacks-cors", "", "/right/redirect", "redirects to a path without CORS",
			redirecting(http.RedirectHandler("/wrong/cors-not-configured", http.StatusFound))),
		wrong("redirect-target-lacks-cors", "-null", "/right/redirect-other-host",
			"redirects to another host, which knows the front ends but not null",
			redirecting(redirectToOtherHost("", listPath))),
		wrong("redirect-with-credentials-in-url", "", "/right/redirect", "redirects to user:password@host",
			redirecting(redirectToOtherHost("user:password@", listPath))),
		wrong("challenge-page", "", listPath, "a firewall wants to see a browser", func(string) http.Handler {
			return http.HandlerFunc(challenge)
		}),
	}
}

func redirecting(redirect http.Handler) func(path string) http.Handler {
	return func(string) http.Handler { return policy{}.before(redirect) }
}

// preflightsOnly answers preflights, and leaves the rest to next.
func preflightsOnly(next http.Handler) http.Handler {
	preflights := policy{}.before(http.NotFoundHandler())
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if isPreflight(r) {
			preflights.ServeHTTP(w, r)
			return
		}
		next.ServeHTTP(w, r)
	})
}

// errorsLackCORS does what nginx's add_header without always does.
func errorsLackCORS(path string) http.Handler {
	return policy{}.before(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		resource(path).ServeHTTP(successOnly{w}, r)
	}))
}

// successOnly takes the CORS fields off every answer that is an error.
type successOnly struct{ http.ResponseWriter }

func (w successOnly) WriteHeader(status int) {
	if status >= 400 {
		w.Header().Del("Access-Control-Allow-Origin")
		w.Header().Del("Access-Control-Allow-Credentials")
		w.Header().Del("Access-Control-Expose-Headers")
	}
	w.ResponseWriter.WriteHeader(status)
}

// redirectToOtherHost redirects to path under the other name of this machine: another origin on the same server.
func redirectToOtherHost(userinfo, path string) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, "http://"+userinfo+otherName(r.Host)+path, http.StatusFound)
	})
}

func otherName(hostport string) string {
	host, port, err := net.SplitHostPort(hostport)
	if err != nil {
		host = hostport
	}
	name := "localhost"
	if host == name {
		name = "127.0.0.1"
	}
	if port == "" {
		return name
	}
	return net.JoinHostPort(name, port)
}

func challenge(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Server", "cloudflare")
	w.Header().Set("Cf-Mitigated", "challenge")
	w.Header().Set("Cf-Ray", "8f0000000000demo-FRA")
	page(w, http.StatusForbidden, "<!doctype html><title>Just a moment...</title><p>Checking your browser.</p>")
}
