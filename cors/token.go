package cors

import "strings"

func isAlpha(c byte) bool { return 'a' <= c|0x20 && c|0x20 <= 'z' }
func isDigit(c byte) bool { return '0' <= c && c <= '9' }

// isTokenByte is tchar of https://www.rfc-editor.org/rfc/rfc9110#section-5.6.2.
func isTokenByte(c byte) bool {
	return isAlpha(c) || isDigit(c) || strings.IndexByte("!#$%&'*+-.^_`|~", c) >= 0
}

// isToken reports whether s is a token: a method or a field name.
func isToken(s string) bool {
	for i := range len(s) {
		if !isTokenByte(s[i]) {
			return false
		}
	}
	return s != ""
}

func isASCII(s string) bool {
	for i := range len(s) {
		if s[i] >= 0x80 {
			return false
		}
	}
	return true
}

// lowerASCII lower-cases ASCII letters alone: a header name's bytes are compared so.
func lowerASCII(s string) string {
	for i := range len(s) {
		if 'A' <= s[i] && s[i] <= 'Z' {
			b := []byte(s)
			for ; i < len(b); i++ {
				if 'A' <= b[i] && b[i] <= 'Z' {
					b[i] |= 0x20
				}
			}
			return string(b)
		}
	}
	return s
}

func equalFoldASCII(a, b string) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range len(a) {
		if a[i] != b[i] && (a[i]|0x20 != b[i]|0x20 || !isAlpha(a[i])) {
			return false
		}
	}
	return true
}

func containsFold(list []string, name string) bool {
	for _, item := range list {
		if equalFoldASCII(item, name) {
			return true
		}
	}
	return false
}

// get is https://fetch.spec.whatwg.org/#concept-header-list-get: all values of a name, joined, and whether there is
// one.
func get(headers []Header, name string) (value string, ok bool) {
	for _, h := range headers {
		if !equalFoldASCII(h.Name, name) {
			continue
		}
		if ok {
			value += ", " + h.Value
			continue
		}
		value, ok = h.Value, true
	}
	return value, ok
}

func count(headers []Header, name string) (n int) {
	for _, h := range headers {
		if equalFoldASCII(h.Name, name) {
			n++
		}
	}
	return n
}

// without returns the headers whose name is none of names, in a new slice.
func without(headers []Header, names ...string) []Header {
	kept := make([]Header, 0, len(headers))
	for _, h := range headers {
		if !containsFold(names, h.Name) {
			kept = append(kept, h)
		}
	}
	return kept
}

// tokens is https://fetch.spec.whatwg.org/#extract-header-list-values for a header that is a list of tokens. When an
// element is none, ok is false and bad is that element. A header that is absent gives nil.
func tokens(headers []Header, name string) (list []string, bad string, ok bool) {
	value, present := get(headers, name)
	if !present {
		return nil, "", true
	}
	list = []string{}
	for element := range strings.SplitSeq(value, ",") {
		element = strings.Trim(element, "\t ")
		switch {
		case element == "":
		case !isToken(element):
			return nil, element, false
		default:
			list = append(list, element)
		}
	}
	return list, "", true
}
