package audit

import (
	"net/netip"
	"slices"
	"strings"

	"github.com/corsgate/corsgate/cors"
)

// Intent is what a policy means to allow. It is never changed here.
type Intent struct {
	Origins     []cors.Origin
	Patterns    []Pattern
	AnyOrigin   bool     // `*`, on purpose: null and strangers too
	Methods     []string // as a script writes them; GET, HEAD and POST are always allowed
	AnyMethod   bool
	Headers     []string // names of request headers, in any case
	AnyHeader   bool
	Credentials bool
	Expose      []string // names of response headers, in any case; nil: whatever the server exposes, empty: none
}

// Allows reports whether a page of that origin is meant to get through.
func (in *Intent) Allows(o cors.Origin) bool {
	return in.AnyOrigin || slices.Contains(in.Origins, o) ||
		slices.ContainsFunc(in.Patterns, func(p Pattern) bool { return p.Match(o) })
}

// AllowsMethod reports whether a script is meant to use the method, as cors.NormalizeMethod left it.
func (in *Intent) AllowsMethod(method string) bool {
	return in.AnyMethod || cors.SafelistedMethod(method) ||
		slices.ContainsFunc(in.Methods, func(m string) bool { return cors.NormalizeMethod(m) == method })
}

// AllowsHeader reports whether a script is meant to set the request header.
func (in *Intent) AllowsHeader(name string) bool {
	return in.AnyHeader || containsName(in.Headers, name)
}

// Exposes reports whether a script is meant to read the response header, or nothing is said about it.
func (in *Intent) Exposes(name string) bool {
	return in.Expose == nil || containsName(in.Expose, name) || containsName(safelistedResponseNames, name)
}

// safelistedResponseNames are https://fetch.spec.whatwg.org/#cors-safelisted-response-header-name: every script may
// read them.
var safelistedResponseNames = []string{
	"Cache-Control", "Content-Language", "Content-Length", "Content-Type", "Expires", "Last-Modified", "Pragma",
}

func containsName(names []string, name string) bool {
	return slices.ContainsFunc(names, func(n string) bool { return strings.EqualFold(n, name) })
}

// isAddress reports whether a host is an IP address.
func isAddress(host string) bool {
	_, err := netip.ParseAddr(strings.Trim(host, "[]"))
	return err == nil
}
