package cors

// Origin is https://html.spec.whatwg.org/#concept-origin: a tuple of scheme, host and port, or, as the zero Origin,
// an opaque one. Origins are compared with ==, but an opaque origin is same origin with nothing.
type Origin struct {
	Scheme string // lower case
	Host   string // lower case, ASCII; an IPv6 address in brackets
	Port   uint16 // never the scheme's default one, which is 0
}

// ParseOrigin parses a serialised origin as a browser sends it: "null", or scheme://host[:port] in lower case, in
// ASCII, without default port, path, user or trailing slash. Its error names what is wrong and, where there is one, the
// form that a browser would send.
func ParseOrigin(s string) (Origin, error) { return Origin{}, nil }

// String serialises o: https://html.spec.whatwg.org/#ascii-serialisation-of-an-origin.
func (o Origin) String() string { return "" }

// Opaque reports whether o is an opaque origin.
func (o Origin) Opaque() bool { return o == Origin{} }

// SameOrigin reports whether o and p are same origin.
func (o Origin) SameOrigin(p Origin) bool { return o == p && !o.Opaque() }
