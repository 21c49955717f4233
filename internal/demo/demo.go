// Package demo is the built-in demonstration API: endpoints whose CORS is right, in several styles, and endpoints
// that are wrong in each well-known way. All are meant to serve the same front ends, https://app.example.com and
// https://admin.example.com, which may GET, POST, PUT and DELETE with credentials and with the request headers
// Content-Type and Authorization, and may read the response header X-Request-Id; preflights last ten minutes. Each
// path serves a resource with children: /users is the list, /users/1 a user, /users/none is not found.
//
//	server, err := demo.Start("127.0.0.1:0")
//	...
//	defer server.Close()
//	http.Get(server.URL + "/users")
package demo

import "net/http"

// Endpoint describes one path of the API. Paths below it behave alike.
type Endpoint struct {
	Path  string `json:"path"`
	Title string `json:"title"`           // what it is, or what is wrong with it
	ID    string `json:"shows,omitempty"` // the probe, finding or cause that it shows; empty: it is right
	Twin  string `json:"twin,omitempty"`  // the path that gets the same thing right; empty: it is right itself
}

// endpoint is an Endpoint and what serves it.
type endpoint struct {
	Endpoint
	handler http.Handler
}

// Endpoints lists the API in the order of its index page: what is right, then what is wrong.
func Endpoints() []Endpoint {
	var list []Endpoint
	for _, e := range endpoints() {
		list = append(list, e.Endpoint)
	}
	return list
}

// Handler serves the API and, at /, its index. Each call makes one with its own caches and counters. It is safe for
// concurrent use. A few endpoints never answer, or panic with [http.ErrAbortHandler] in order to drop the connection.
func Handler() http.Handler {
	mux := http.NewServeMux()
	list := endpoints()
	for _, e := range list {
		mux.Handle(e.Path, e.handler)
		mux.Handle(e.Path+"/", e.handler)
	}
	mux.HandleFunc("/{$}", serveIndex)
	return mux
}

// wrong makes the endpoint at /wrong/id-variant, which shows id.
func wrong(id, variant, twin, title string, serve func(path string) http.Handler) endpoint {
	path := "/wrong/" + id + variant
	return endpoint{Endpoint{path, title, id, twin}, serve(path)}
}

// differing makes the endpoint that is right but for what p does.
func differing(id, variant, twin, title string, p policy) endpoint {
	return wrong(id, variant, twin, title, func(path string) http.Handler { return p.before(resource(path)) })
}

func endpoints() []endpoint {
	list := right()
	list = append(list, wrongTrust()...)
	list = append(list, wrongHeaders()...)
	list = append(list, wrongPreflights()...)
	list = append(list, wrongAnswers()...)
	return append(list, wrongNetworks()...)
}
