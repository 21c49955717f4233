package demo

import (
	"encoding/json"
	"net/http"
	"strings"
)

// resource is what the API serves at prefix, behind whatever CORS layer: a list, and below it its items.
func resource(prefix string) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("X-Request-Id", "demo-1")
		w.Header().Set("X-Internal-Node", "demo-node-7")
		child := strings.Trim(strings.TrimPrefix(r.URL.Path, prefix), "/")
		switch {
		case child != "" && strings.Trim(child, "0123456789") != "":
			reply(w, http.StatusNotFound, map[string]string{"error": "no such item"})
		case r.Method == http.MethodGet || r.Method == http.MethodHead:
			reply(w, http.StatusOK, map[string]string{"path": r.URL.Path})
		case r.Method == http.MethodPost:
			reply(w, http.StatusCreated, map[string]string{"path": r.URL.Path})
		case r.Method == http.MethodPut:
			reply(w, http.StatusOK, map[string]string{"path": r.URL.Path})
		case r.Method == http.MethodDelete:
			w.WriteHeader(http.StatusNoContent)
		default:
			w.Header().Set("Allow", "GET, HEAD, POST, PUT, DELETE")
			reply(w, http.StatusMethodNotAllowed, map[string]string{"error": "method not allowed"})
		}
	})
}

func reply(w http.ResponseWriter, status int, body map[string]string) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	// A client that has gone away is no concern of a demonstration.
	_ = json.NewEncoder(w).Encode(body)
}
