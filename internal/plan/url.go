package plan

import (
	"strings"

	"github.com/corsgate/corsgate/cors"
)

// isAbsolute reports whether a path of a scenario is an http(s) URL of its own.
func isAbsolute(path string) bool {
	scheme, _, ok := strings.Cut(path, "://")
	return ok && (strings.EqualFold(scheme, "http") || strings.EqualFold(scheme, "https"))
}

// join returns the URL of a path below a target. Nothing is encoded: the browser's URL parser does that, once.
func join(target, path string) string {
	switch {
	case isAbsolute(path):
		return path
	case strings.HasPrefix(path, "/"):
		return strings.TrimRight(target, "/") + path
	}
	return strings.TrimRight(target, "/") + "/" + path
}

// sameOrigin reports whether two URLs lead to one server.
func sameOrigin(a, b string) bool {
	originA, errA := cors.URLOrigin(a)
	originB, errB := cors.URLOrigin(b)
	return errA == nil && errB == nil && originA.SameOrigin(originB)
}
