package cors

import "strings"

// NormalizeMethod is https://fetch.spec.whatwg.org/#concept-method-normalize: six methods lose their case, all others,
// patch among them, keep it.
func NormalizeMethod(method string) string {
	switch upper := strings.ToUpper(method); upper {
	case "DELETE", "GET", "HEAD", "OPTIONS", "POST", "PUT":
		return upper
	}
	return method
}

// ForbiddenMethod reports whether method is https://fetch.spec.whatwg.org/#forbidden-method.
func ForbiddenMethod(method string) bool {
	switch strings.ToUpper(method) {
	case "CONNECT", "TRACE", "TRACK":
		return true
	}
	return false
}

// SafelistedMethod reports whether method is https://fetch.spec.whatwg.org/#cors-safelisted-method: it needs no
// preflight and no mention in Access-Control-Allow-Methods.
func SafelistedMethod(method string) bool {
	return method == "GET" || method == "HEAD" || method == "POST"
}
