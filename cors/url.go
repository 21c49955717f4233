package cors

import (
	"errors"
	"strconv"
	"strings"
)

// pageURL is a URL record of https://url.spec.whatwg.org/#concept-url, as far as fetching needs one. URLs of other
// schemes than http and https keep only their scheme and the text behind it.
type pageURL struct {
	scheme   string // lower case
	user     string // percent-encoded
	password string // percent-encoded
	host     string // serialised
	port     uint16 // 0: the scheme's default
	path     string // percent-encoded, with its leading slash; for other schemes all behind the colon
	query    string // percent-encoded, with its question mark; empty without one
	fragment string // as written, with its hash; empty without one
	text     string // see String
}

var defaultPorts = map[string]uint16{"http": 80, "https": 443, "ws": 80, "wss": 443, "ftp": 21}

// isSpecial reports whether the scheme is https://url.spec.whatwg.org/#special-scheme other than file.
func isSpecial(scheme string) bool { return defaultPorts[scheme] != 0 }

func isScheme(s string) bool {
	for i, c := range []byte(s) {
		if !isAlpha(c) && (i == 0 || !isDigit(c) && c != '+' && c != '-' && c != '.') {
			return false
		}
	}
	return s != ""
}

func (u *pageURL) isHTTP() bool { return u.scheme == "http" || u.scheme == "https" }

func (u *pageURL) origin() Origin {
	if !isSpecial(u.scheme) {
		return Origin{}
	}
	return Origin{Scheme: u.scheme, Host: u.host, Port: u.port}
}

func (u *pageURL) hasCredentials() bool { return u.user != "" || u.password != "" }

// String serialises u without fragment and, since no request carries them, without credentials.
func (u *pageURL) String() string { return u.text }

func (u *pageURL) serialise() string {
	if !isSpecial(u.scheme) {
		return u.scheme + ":" + u.path
	}
	return u.origin().String() + u.path + u.query
}

var errURL = errors.New("it is not a URL")

// urlParser is https://url.spec.whatwg.org/#concept-basic-url-parser without state override.
type urlParser struct {
	base        *pageURL // nil: absolute URLs only
	spaceInHost bool     // as Deviations.SpaceInHost
}

// parseURL parses an absolute URL.
func parseURL(s string) (*pageURL, error) { return urlParser{}.parse(s) }

func (p urlParser) parse(s string) (*pageURL, error) {
	s = strings.Trim(s, c0AndSpace)
	if strings.ContainsAny(s, "\t\n\r") {
		s = strings.NewReplacer("\t", "", "\n", "", "\r", "").Replace(s)
	}
	s, fragment, hasFragment := strings.Cut(s, "#")
	u, err := p.parseWithoutFragment(s)
	if err != nil {
		return nil, err
	}
	if hasFragment {
		u.fragment = "#" + fragment
	}
	u.text = u.serialise()
	return u, nil
}

func (p urlParser) parseWithoutFragment(s string) (*pageURL, error) {
	scheme, rest, ok := strings.Cut(s, ":")
	if !ok || !isScheme(scheme) {
		return p.parseRelative(s)
	}
	scheme = strings.ToLower(scheme)
	if !isSpecial(scheme) {
		return parseOther(scheme, rest)
	}
	if p.base != nil && p.base.scheme == scheme && !startsWithSlash(rest) {
		return p.parseRelative(rest)
	}
	return p.parseAuthority(scheme, strings.TrimLeft(rest, `/\`))
}

// parseOther takes a URL of another scheme as it stands, but for one that names a user and no host.
func parseOther(scheme, rest string) (*pageURL, error) {
	if authority, ok := strings.CutPrefix(rest, "//"); ok {
		if i := strings.IndexAny(authority, "/?"); i >= 0 {
			authority = authority[:i]
		}
		if strings.HasSuffix(authority, "@") {
			return nil, errURL
		}
	}
	return &pageURL{scheme: scheme, path: rest}, nil
}

func startsWithSlash(s string) bool { return s != "" && (s[0] == '/' || s[0] == '\\') }

// parseRelative is the relative states of the parser, for a base with a special scheme.
func (p urlParser) parseRelative(s string) (*pageURL, error) {
	if p.base == nil || !isSpecial(p.base.scheme) {
		return nil, errURL
	}
	if startsWithSlash(s) && startsWithSlash(s[1:]) {
		return p.parseAuthority(p.base.scheme, strings.TrimLeft(s, `/\`))
	}
	u := *p.base
	u.fragment = ""
	path, query, hasQuery := strings.Cut(s, "?")
	switch {
	case startsWithSlash(path):
		u.path, u.query = normalPath(path), ""
	case path != "":
		u.path, u.query = normalPath(u.path[:strings.LastIndexByte(u.path, '/')+1]+path), ""
	}
	if hasQuery {
		u.query = "?" + percentEncode(query, queryEncodeSet)
	}
	return &u, nil
}

// parseAuthority is the parser from the authority state on.
func (p urlParser) parseAuthority(scheme, s string) (*pageURL, error) {
	u := &pageURL{scheme: scheme}
	authority, rest := s, ""
	if i := strings.IndexAny(s, `/\?`); i >= 0 {
		authority, rest = s[:i], s[i:]
	}
	if i := strings.LastIndexByte(authority, '@'); i >= 0 {
		user, password, _ := strings.Cut(authority[:i], ":")
		u.user, u.password = percentEncode(user, userinfoEncodeSet), percentEncode(password, userinfoEncodeSet)
		authority = authority[i+1:]
	}
	host, port, err := splitPort(authority)
	if err != nil {
		return nil, err
	}
	if u.host, err = p.parseHost(host); err != nil {
		return nil, err
	}
	if port != defaultPorts[scheme] {
		u.port = port
	}
	path, query, hasQuery := strings.Cut(rest, "?")
	u.path = normalPath(path)
	if hasQuery {
		u.query = "?" + percentEncode(query, queryEncodeSet)
	}
	return u, nil
}

// splitPort splits host[:port]; port is 0 when it is missing or empty.
func splitPort(authority string) (host string, port uint16, err error) {
	i := strings.LastIndexByte(authority, ':')
	if i < 0 || strings.HasSuffix(authority, "]") {
		return authority, 0, nil
	}
	digits := authority[i+1:]
	if digits == "" {
		return authority[:i], 0, nil
	}
	for _, c := range []byte(digits) {
		if !isDigit(c) {
			return "", 0, errors.New("its port is not a number")
		}
	}
	n, err := strconv.ParseUint(digits, 10, 16)
	if err != nil {
		return "", 0, errors.New("its port is above 65535")
	}
	return authority[:i], uint16(n), nil
}

// normalPath is the path state for special schemes: backslashes are slashes, dot segments are resolved.
func normalPath(path string) string {
	if isNormalPath(path) {
		return path
	}
	segments := strings.Split(strings.ReplaceAll(path, `\`, "/"), "/")
	if segments[0] == "" {
		segments = segments[1:]
	}
	var kept []string
	for i, segment := range segments {
		last := i == len(segments)-1
		switch strings.ReplaceAll(strings.ToLower(segment), "%2e", ".") {
		case "..":
			kept = kept[:max(0, len(kept)-1)]
			if last {
				kept = append(kept, "")
			}
		case ".":
			if last {
				kept = append(kept, "")
			}
		default:
			kept = append(kept, percentEncode(segment, pathEncodeSet))
		}
	}
	return "/" + strings.Join(kept, "/")
}

// isNormalPath reports whether normalPath would leave a path as it is; most are so.
func isNormalPath(path string) bool {
	return strings.HasPrefix(path, "/") && !needsEncoding(path, pathEncodeSet+`\`) && !strings.Contains(path, "/.") &&
		!strings.Contains(path, "%2")
}

func needsEncoding(s, set string) bool {
	for i := range len(s) {
		if s[i] < 0x20 || s[i] >= 0x7F || strings.IndexByte(set, s[i]) >= 0 {
			return true
		}
	}
	return false
}

const (
	c0AndSpace = "\x00\x01\x02\x03\x04\x05\x06\x07\x08\x09\x0a\x0b\x0c\x0d\x0e\x0f" +
		"\x10\x11\x12\x13\x14\x15\x16\x17\x18\x19\x1a\x1b\x1c\x1d\x1e\x1f "
	queryEncodeSet    = " \"#<>'"
	pathEncodeSet     = " \"#<>?^`{}"
	userinfoEncodeSet = pathEncodeSet + "/:;=@[\\]|"
)

// percentEncode encodes control bytes, bytes from 0x7F up and the bytes of set.
func percentEncode(s, set string) string {
	if !needsEncoding(s, set) {
		return s
	}
	var b strings.Builder
	for _, c := range []byte(s) {
		if c < 0x20 || c >= 0x7F || strings.IndexByte(set, c) >= 0 {
			b.WriteByte('%')
			b.WriteByte("0123456789ABCDEF"[c>>4])
			b.WriteByte("0123456789ABCDEF"[c&15])
			continue
		}
		b.WriteByte(c)
	}
	return b.String()
}

// url returns the URL of o's root, the base of relative URLs on its pages; nil for an opaque origin.
func (o Origin) url() *pageURL {
	if !isSpecial(o.Scheme) {
		return nil
	}
	return &pageURL{scheme: o.Scheme, host: o.Host, port: o.Port, path: "/"}
}
