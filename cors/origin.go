package cors

import (
	"fmt"
	"strconv"
	"strings"
)

// Origin is https://html.spec.whatwg.org/#concept-origin: a tuple of scheme, host and port, or, as the zero Origin,
// an opaque one. Tuple origins are compared with ==; an opaque origin is same origin with nothing.
type Origin struct {
	Scheme string // lower case
	Host   string // lower case, ASCII; an IPv6 address in brackets
	Port   uint16 // 0 stands for the scheme's default one
}

// OriginError says why a text is no origin that a browser sends.
type OriginError struct {
	Text    string
	Problem string // lower case, no full stop
	Want    string // the origin that was probably meant; empty when there is none to name
}

// Error names the problem alone.
func (e *OriginError) Error() string {
	return fmt.Sprintf("%q is not an origin: %s", e.Text, e.Problem)
}

// ParseOrigin parses a serialised origin as a browser sends it: "null", or scheme://host[:port] in lower case, in
// ASCII, without default port, path, user or trailing slash. Its error is an *OriginError.
func ParseOrigin(s string) (Origin, error) {
	if s == "null" {
		return Origin{}, nil
	}
	o, problem := splitOrigin(s)
	if problem != "" {
		return Origin{}, &OriginError{Text: s, Problem: problem, Want: meantOrigin(s)}
	}
	if o.String() != s {
		return Origin{}, &OriginError{Text: s, Problem: "a browser writes it another way", Want: o.String()}
	}
	return o, nil
}

// splitOrigin parses s as a URL that consists of an origin alone.
func splitOrigin(s string) (o Origin, problem string) {
	scheme, rest, ok := strings.Cut(s, "://")
	if !ok || !isScheme(scheme) {
		return Origin{}, "it has no scheme such as https://"
	}
	if i := strings.IndexAny(rest, "/?#"); i >= 0 {
		return Origin{}, "it has a path or a trailing slash"
	}
	if strings.Contains(rest, "@") {
		return Origin{}, "it has a user name"
	}
	if !isSpecial(strings.ToLower(scheme)) {
		return splitForeignOrigin(scheme, rest)
	}
	u, err := parseURL(s)
	if err != nil {
		return Origin{}, err.Error()
	}
	return u.origin(), ""
}

// splitForeignOrigin takes origins of extensions and the like: scheme://host, where host is kept as it stands.
func splitForeignOrigin(scheme, host string) (Origin, string) {
	if host == "" {
		return Origin{}, "it has no host"
	}
	if i := strings.IndexFunc(host, func(r rune) bool { return r <= ' ' || r >= 0x7F || strings.ContainsRune(`"<>\^|`, r) }); i >= 0 {
		return Origin{}, "its host has a character that no host has"
	}
	return Origin{Scheme: strings.ToLower(scheme), Host: host}, ""
}

// meantOrigin guesses the origin behind a text that is more or less than one.
func meantOrigin(s string) string {
	if strings.EqualFold(strings.TrimSpace(s), "null") {
		return "null"
	}
	if !strings.Contains(s, "://") {
		s = "https://" + s
	}
	u, err := parseURL(s)
	if err != nil || !u.isHTTP() || strings.Contains(u.host, "*") {
		return ""
	}
	return u.origin().String()
}

// String serialises o: https://html.spec.whatwg.org/#ascii-serialisation-of-an-origin.
func (o Origin) String() string {
	switch {
	case o.Opaque():
		return "null"
	case o.Port == 0:
		return o.Scheme + "://" + o.Host
	}
	return o.Scheme + "://" + o.Host + ":" + strconv.Itoa(int(o.Port))
}

// Opaque reports whether o is an opaque origin.
func (o Origin) Opaque() bool { return o == Origin{} }

// SameOrigin reports whether o and p are https://html.spec.whatwg.org/#same-origin. An opaque origin is same origin
// with nothing here, since two pages never share one.
func (o Origin) SameOrigin(p Origin) bool { return o == p && !o.Opaque() }

// PotentiallyTrustworthy reports whether o is https://w3c.github.io/webappsec-secure-contexts/#is-origin-trustworthy.
func (o Origin) PotentiallyTrustworthy() bool {
	return o.Scheme == "https" || o.Scheme == "wss" || o.Loopback() || !o.Opaque() && !isSpecial(o.Scheme)
}

// Loopback reports whether o's host names this machine: localhost, a name below it, 127.0.0.0/8 or [::1].
func (o Origin) Loopback() bool {
	host := strings.TrimSuffix(o.Host, ".")
	if host == "localhost" || strings.HasSuffix(host, ".localhost") || host == "[::1]" {
		return true
	}
	return strings.HasPrefix(host, "127.") && isIPv4(host)
}

// URLOrigin returns the origin of an absolute URL as a browser's URL parser reads it:
// https://url.spec.whatwg.org/#concept-url-origin. The error says why the text is no URL.
func URLOrigin(url string) (Origin, error) {
	u, err := parseURL(url)
	if err != nil {
		return Origin{}, err
	}
	return u.origin(), nil
}
