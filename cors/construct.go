package cors

import (
	"slices"
)

// construct is what the Request constructor does with its arguments: https://fetch.spec.whatwg.org/#dom-request. It
// returns why it throws.
func (f *Flow) construct() failure {
	url, err := urlParser{base: f.fetch.Origin.url(), spaceInHost: f.engine.SpaceInHost}.parse(f.fetch.URL)
	switch {
	case err != nil:
		return failure{ReasonInvalidURL, f.fetch.URL}
	case url.hasCredentials():
		return failure{reason: ReasonURLCredentials}
	}
	f.urls = []*pageURL{url}
	if reason := refusedMethod(f.fetch.Method, f.fetch.Mode); reason != "" {
		return failure{reason, f.fetch.Method}
	}
	f.method = NormalizeMethod(f.fetch.Method)
	if name, ok := f.fillHeaders(); !ok {
		return failure{ReasonInvalidHeader, name}
	}
	if f.fetch.Body != nil && (f.method == "GET" || f.method == "HEAD") {
		return failure{ReasonBodyNotAllowed, f.method}
	}
	f.setBody()
	return failure{}
}

func refusedMethod(method string, mode Mode) Reason {
	switch {
	case !isToken(method):
		return ReasonInvalidMethod
	case ForbiddenMethod(method):
		return ReasonForbiddenMethod
	case mode == ModeNoCORS && !SafelistedMethod(NormalizeMethod(method)):
		return ReasonNoCORSMethod
	}
	return ""
}

// fillHeaders is https://fetch.spec.whatwg.org/#concept-headers-append for each header, under the guard request or
// request-no-cors. It returns the name of the first header that makes it throw.
func (f *Flow) fillHeaders() (bad string, ok bool) {
	for _, h := range f.fetch.Headers {
		h.Value = NormalizeHeaderValue(h.Value)
		switch {
		case !ValidHeaderName(h.Name) || !ValidHeaderValue(h.Value):
			return h.Name, false
		case ForbiddenRequestHeader(h.Name, h.Value):
		case f.fetch.Mode == ModeNoCORS && !f.allowsNoCORS(h):
		default:
			f.headers = append(f.headers, h)
		}
	}
	return "", true
}

// allowsNoCORS reports whether the request-no-cors guard lets h in beside the lines of its name that are there:
// https://fetch.spec.whatwg.org/#concept-headers-append, step 4.
func (f *Flow) allowsNoCORS(h Header) bool {
	if value, ok := get(f.headers, h.Name); ok {
		h.Value = value + ", " + h.Value
	}
	noCORSSafelisted := []string{"accept", "accept-language", "content-language", "content-type"}
	return slices.Contains(noCORSSafelisted, lowerASCII(h.Name)) && f.engine.safelistsRequestHeader(h.Name, h.Value)
}

// setBody is https://fetch.spec.whatwg.org/#concept-bodyinit-extract for a string.
func (f *Flow) setBody() {
	f.body = f.fetch.Body
	if f.body == nil {
		return
	}
	if _, ok := get(f.headers, "Content-Type"); !ok {
		f.headers = append(f.headers, Header{"Content-Type", "text/plain;charset=UTF-8"})
	}
}

// isBadPort is https://fetch.spec.whatwg.org/#port-blocking.
func isBadPort(port uint16) bool {
	switch port {
	case 1, 7, 9, 11, 13, 15, 17, 19, 20, 21, 22, 23, 25, 37, 42, 43, 53, 69, 77, 79, 87, 95, 101, 102, 103, 104, 109,
		110, 111, 113, 115, 117, 119, 123, 135, 137, 139, 143, 161, 179, 389, 427, 465, 512, 513, 514, 515, 526, 530,
		531, 532, 540, 548, 554, 556, 563, 587, 601, 636, 989, 990, 993, 995, 1719, 1720, 1723, 2049, 3659, 4045, 4190,
		5060, 5061, 6000, 6566, 6665, 6666, 6667, 6668, 6669, 6679, 6697, 10080:
		return true
	}
	return false
}
