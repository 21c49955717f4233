package demo

import "net/http"

const (
	appOrigin   = "https://app.example.com"
	adminOrigin = "https://admin.example.com"
)

// edit changes the header of an answer after the right header fields have been set.
type edit func(h http.Header, r *http.Request)

// policy is a CORS layer written by hand, as many are. The zero policy gets everything right; the others differ from
// it in one point.
type policy struct {
	trusts func(origin string) bool // nil: listed
	edit   edit                     // every answer
	grant  edit                     // answers to a trusted origin
}

// listed reports whether the API is meant for the front end at origin.
func listed(origin string) bool {
	return origin == appOrigin || origin == adminOrigin
}

func isPreflight(r *http.Request) bool {
	return r.Method == http.MethodOptions && r.Header.Get("Origin") != "" &&
		r.Header.Get("Access-Control-Request-Method") != ""
}

// before answers preflights, and puts the CORS header fields on what next answers.
func (p policy) before(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		p.setHeader(w.Header(), r)
		if isPreflight(r) {
			w.WriteHeader(http.StatusNoContent)
			return
		}
		next.ServeHTTP(w, r)
	})
}

func (p policy) setHeader(h http.Header, r *http.Request) {
	h.Set("Vary", "Origin")
	if origin := r.Header.Get("Origin"); origin != "" && p.trustsOrigin(origin) {
		setGrant(h, origin, isPreflight(r))
		if p.grant != nil {
			p.grant(h, r)
		}
	}
	if p.edit != nil {
		p.edit(h, r)
	}
}

func (p policy) trustsOrigin(origin string) bool {
	if p.trusts == nil {
		return listed(origin)
	}
	return p.trusts(origin)
}

// setGrant lets the page at origin in, within what the API is meant for.
func setGrant(h http.Header, origin string, preflight bool) {
	h.Set("Access-Control-Allow-Origin", origin)
	h.Set("Access-Control-Allow-Credentials", "true")
	if !preflight {
		h.Set("Access-Control-Expose-Headers", "X-Request-Id")
		return
	}
	h.Set("Access-Control-Allow-Methods", "GET, POST, PUT, DELETE")
	h.Set("Access-Control-Allow-Headers", "Content-Type, Authorization")
	h.Set("Access-Control-Max-Age", "600")
}
