package demo

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"text/tabwriter"
)

// serveIndex lists the endpoints, as text or, where the client accepts it, as JSON.
func serveIndex(w http.ResponseWriter, r *http.Request) {
	if strings.Contains(r.Header.Get("Accept"), "application/json") {
		w.Header().Set("Content-Type", "application/json")
		_ = json.NewEncoder(w).Encode(Endpoints())
		return
	}
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	fmt.Fprintf(w, "corsgate's demonstration API, for pages at %s and %s\n\n", appOrigin, adminOrigin)
	table := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	for _, e := range Endpoints() {
		fmt.Fprintf(table, "%s\t%s\n", e.Path, e.Title)
	}
	_ = table.Flush()
}
