package cors

import (
	"slices"
	"strings"
)

var forbiddenNames = []string{
	"accept-charset", "accept-encoding", "access-control-request-headers", "access-control-request-method",
	"connection", "content-length", "cookie", "cookie2", "date", "dnt", "expect", "host", "keep-alive", "origin",
	"referer", "set-cookie", "te", "trailer", "transfer-encoding", "upgrade", "via",
}

// ForbiddenRequestHeader reports whether a script's attempt to set the header is silently ignored:
// https://fetch.spec.whatwg.org/#forbidden-request-header.
func ForbiddenRequestHeader(name, value string) bool {
	name = lowerASCII(name)
	if slices.Contains(forbiddenNames, name) || strings.HasPrefix(name, "proxy-") || strings.HasPrefix(name, "sec-") {
		return true
	}
	switch name {
	case "x-http-method", "x-http-method-override", "x-method-override":
		return slices.ContainsFunc(splitQuoted(value), ForbiddenMethod)
	}
	return false
}

// splitQuoted is https://fetch.spec.whatwg.org/#header-value-get-decode-and-split: commas inside quotes do not count.
func splitQuoted(value string) []string {
	var parts []string
	quoted, start := false, 0
	for i := 0; i < len(value); i++ {
		switch {
		case value[i] == '"':
			quoted = !quoted
		case quoted && value[i] == '\\':
			i++
		case !quoted && value[i] == ',':
			parts, start = append(parts, strings.Trim(value[start:i], "\t ")), i+1
		}
	}
	return append(parts, strings.Trim(value[start:], "\t "))
}

// ValidHeaderName reports whether name is https://fetch.spec.whatwg.org/#header-name.
func ValidHeaderName(name string) bool { return isToken(name) }

// ValidHeaderValue reports whether value, once NormalizeHeaderValue went over it, is
// https://fetch.spec.whatwg.org/#header-value.
func ValidHeaderValue(value string) bool { return !strings.ContainsAny(value, "\x00\r\n") }

// NormalizeHeaderValue is https://fetch.spec.whatwg.org/#concept-header-value-normalize.
func NormalizeHeaderValue(value string) string { return strings.Trim(value, "\t\n\r ") }

const maxSafelistedValue, maxSafelistedTotal = 128, 1024

// SafelistedRequestHeader reports whether the header needs no preflight:
// https://fetch.spec.whatwg.org/#cors-safelisted-request-header.
func SafelistedRequestHeader(name, value string) bool {
	return Standard.safelistsRequestHeader(name, value)
}

func (e Engine) safelistsRequestHeader(name, value string) bool {
	if len(value) > maxSafelistedValue {
		return false
	}
	switch name = lowerASCII(name); name {
	case "accept":
		return !e.hasUnsafeByte(value)
	case "accept-language", "content-language":
		return strings.Trim(value, languageBytes) == "" || allIn(value, languageBytes)
	case "content-type":
		return !e.hasUnsafeByte(value) && e.safelistsContentType(value)
	case "range":
		return e.safelistsRange(value)
	}
	return false
}

const languageBytes = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz *,-.;="

func allIn(s, set string) bool {
	for i := range len(s) {
		if strings.IndexByte(set, s[i]) < 0 {
			return false
		}
	}
	return true
}

// ByteString is https://webidl.spec.whatwg.org/#es-ByteString: the bytes of a script's string, one for each character;
// not ok when it has a character beyond U+00FF, where a script would get a TypeError. Header values are byte strings.
func ByteString(s string) (bytes string, ok bool) {
	if isASCII(s) {
		return s, true
	}
	b := make([]byte, 0, len(s))
	for _, r := range s {
		if r > 0xFF {
			return "", false
		}
		b = append(b, byte(r))
	}
	return string(b), true
}
