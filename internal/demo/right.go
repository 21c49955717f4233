package demo

import (
	"net/http"

	jub0bs "github.com/jub0bs/cors"
	rs "github.com/rs/cors"
)

// listPath is the hand-written twin of most wrong endpoints.
const listPath = "/right/list"

func right() []endpoint {
	at := func(path, title string, layer func(http.Handler) http.Handler) endpoint {
		return endpoint{Endpoint{Path: path, Title: title}, layer(resource(path))}
	}
	return []endpoint{
		at("/users", "two front ends, with credentials (rs/cors)", rsLayer),
		at("/status", "a public API: anyone may read, nobody with credentials", publicLayer),
		at("/me", "needs a session or a token; its 401 carries CORS headers", sessionLayer),
		at(listPath, "a list of origins, written by hand", policy{}.before),
		at("/right/rs-cors", "the same list with github.com/rs/cors", rsLayer),
		at("/right/jub0bs-cors", "the same list with github.com/jub0bs/cors, which says nothing to strangers", jub0bsLayer),
		at("/right/one-origin", "one front end, always named: needs no Vary", oneOriginLayer),
		at("/right/no-credentials", "the same list without credentials", policy{grant: withoutCredentials}.before),
		at("/right/wildcards", "anyone, any method, any header but Authorization, no credentials", wildcardLayer),
		at("/right/private", "answers that no shared cache may keep", policy{edit: notStored}.before),
		at("/right/cookie", "sets a cookie that comes back from other sites", policy{edit: crossSiteCookie}.before),
		at("/right/corp", "says that other sites may load it",
			policy{edit: set("Cross-Origin-Resource-Policy", "cross-origin")}.before),
		at("/right/token", "needs Authorization, but not in preflights", tokenLayer),
		at("/right/strict", "refuses in a strict way: 403 and no CORS header", strictLayer),
		{Endpoint{Path: "/right/redirect", Title: "redirects to /right/list, with CORS headers"},
			policy{}.before(http.RedirectHandler(listPath, http.StatusFound))},
		{Endpoint{Path: "/right/redirect-public", Title: "redirects to /status, with CORS headers"},
			publicLayer(http.RedirectHandler("/status", http.StatusFound))},
		{Endpoint{Path: "/right/redirect-other-host", Title: "redirects to /status under this machine's other name"},
			policy{}.before(redirectToOtherHost("", "/status"))},
		at("/right/cache", "behind a cache that honours Vary", cachedLayer),
	}
}

// set is an edit that sets one field.
func set(name, value string) edit {
	return func(h http.Header, _ *http.Request) { h.Set(name, value) }
}

func withoutCredentials(h http.Header, _ *http.Request) {
	h.Del("Access-Control-Allow-Credentials")
}

func notStored(h http.Header, _ *http.Request) {
	h.Set("Cache-Control", "no-store")
	h.Del("Vary")
}

func crossSiteCookie(h http.Header, r *http.Request) {
	if !isPreflight(r) {
		h.Set("Set-Cookie", "session=demo; Path=/; HttpOnly; Secure; SameSite=None; Partitioned")
	}
}

func rsLayer(next http.Handler) http.Handler {
	return rs.New(rs.Options{
		AllowedOrigins:   []string{appOrigin, adminOrigin},
		AllowedMethods:   []string{"GET", "HEAD", "POST", "PUT", "DELETE"},
		AllowedHeaders:   []string{"Content-Type", "Authorization"},
		ExposedHeaders:   []string{"X-Request-Id"},
		AllowCredentials: true,
		MaxAge:           600,
	}).Handler(next)
}

func jub0bsLayer(next http.Handler) http.Handler {
	layer, err := jub0bs.NewMiddleware(jub0bs.Config{
		Origins:         []string{appOrigin, adminOrigin},
		Methods:         []string{"GET", "POST", "PUT", "DELETE"},
		RequestHeaders:  []string{"Content-Type", "Authorization"},
		ResponseHeaders: []string{"X-Request-Id"},
		Credentialed:    true,
		MaxAgeInSeconds: 600,
	})
	if err != nil {
		panic(err) // the configuration above is constant
	}
	return layer.Wrap(next)
}

// publicLayer is the whole CORS layer that a public read-only API needs.
func publicLayer(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Access-Control-Allow-Origin", "*")
		if isPreflight(r) {
			w.Header().Set("Access-Control-Max-Age", "600")
			w.WriteHeader(http.StatusNoContent)
			return
		}
		next.ServeHTTP(w, r)
	})
}

func wildcardLayer(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Access-Control-Allow-Origin", "*")
		if isPreflight(r) {
			h.Set("Access-Control-Allow-Methods", "*")
			h.Set("Access-Control-Allow-Headers", "*")
			h.Set("Access-Control-Max-Age", "600")
			w.WriteHeader(http.StatusNoContent)
			return
		}
		h.Set("Access-Control-Expose-Headers", "*")
		next.ServeHTTP(w, r)
	})
}

func oneOriginLayer(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		setGrant(w.Header(), appOrigin, isPreflight(r))
		if isPreflight(r) {
			w.WriteHeader(http.StatusNoContent)
			return
		}
		next.ServeHTTP(w, r)
	})
}

func sessionLayer(next http.Handler) http.Handler {
	return policy{}.before(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if _, err := r.Cookie("session"); err != nil && r.Header.Get("Authorization") == "" {
			reply(w, http.StatusUnauthorized, map[string]string{"error": "log in first"})
			return
		}
		next.ServeHTTP(w, r)
	}))
}

func cachedLayer(next http.Handler) http.Handler {
	return newCache("Origin").before(policy{}.before(next))
}

func tokenLayer(next http.Handler) http.Handler {
	return policy{}.before(unlessAuthorized(http.HandlerFunc(unauthorized), next))
}

func unauthorized(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("WWW-Authenticate", "Bearer")
	reply(w, http.StatusUnauthorized, map[string]string{"error": "no token"})
}

// strictLayer refuses strangers before the API is asked, preflight or not.
func strictLayer(next http.Handler) http.Handler {
	allowed := policy{}.before(next)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if origin := r.Header.Get("Origin"); origin != "" && !listed(origin) {
			w.Header().Set("Vary", "Origin")
			reply(w, http.StatusForbidden, map[string]string{"error": "origin not allowed"})
			return
		}
		allowed.ServeHTTP(w, r)
	})
}
