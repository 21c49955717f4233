package cors

import (
	"slices"
	"strings"
)

// construct is what the Request constructor does with its arguments: https://fetch.spec.whatwg.org/#dom-request. It
// returns why it throws.
func (f *Flow) construct() (reason Reason, detail string) {
	url, err := parseURL(f.fetch.URL, nil)
	switch {
	case err != nil:
		return ReasonInvalidURL, f.fetch.URL
	case url.hasCredentials():
		return ReasonURLCredentials, ""
	}
	f.urls = []*pageURL{url}
	if reason := refusedMethod(f.fetch.Method, f.fetch.Mode); reason != "" {
		return reason, f.fetch.Method
	}
	f.method = NormalizeMethod(f.fetch.Method)
	if name, ok := f.fillHeaders(); !ok {
		return ReasonInvalidHeader, name
	}
	if f.fetch.Body != nil && (f.method == "GET" || f.method == "HEAD") {
		return ReasonBodyNotAllowed, f.method
	}
	f.setBody()
	return "", ""
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

// request builds the request itself for the current URL.
func (f *Flow) request() Request {
	headers := make([]Header, 0, len(f.headers)+8)
	for _, h := range combine(f.headers) {
		if !slices.Contains(f.engine.IgnoredHeaders, lowerASCII(h.Name)) {
			headers = append(headers, h)
		}
	}
	if _, ok := get(headers, "Accept"); !ok {
		headers = append(headers, Header{"Accept", "*/*"})
	}
	headers = append(headers, f.originHeader()...)
	headers = append(headers, f.refererHeader()...)
	headers = append(headers, f.fetchMetadata(f.urls, f.fetch.Mode)...)
	headers = append(headers, f.cookieHeader()...)
	return Request{
		Kind: KindRequest, Method: f.method, URL: f.url().String(), Headers: headers, Body: f.body, Hop: len(f.urls) - 1,
	}
}

// originHeader is https://fetch.spec.whatwg.org/#append-a-request-origin-header.
func (f *Flow) originHeader() []Header {
	origin := f.origin()
	switch {
	case f.tainting == taintCORS:
	case f.method == "GET" || f.method == "HEAD":
		return nil
	// The default referrer policy, strict-origin-when-cross-origin, hides an https page from plain http.
	case f.fetch.Mode != ModeCORS && f.downgrades():
		origin = Origin{}
	}
	return []Header{{"Origin", origin.String()}}
}

// refererHeader is the Referer of the default referrer policy, for a page whose path is not known.
func (f *Flow) refererHeader() []Header {
	if f.fetch.Origin.Opaque() || f.downgrades() {
		return nil
	}
	return []Header{{"Referer", f.fetch.Origin.String() + "/"}}
}

func (f *Flow) downgrades() bool { return f.fetch.Origin.Scheme == "https" && f.url().scheme == "http" }

// origin is https://fetch.spec.whatwg.org/#serializing-a-request-origin: opaque once a redirect left a foreign origin.
func (f *Flow) origin() Origin {
	page := f.fetch.Origin
	for i := 1; i < len(f.urls); i++ {
		last, next := f.urls[i-1].origin(), f.urls[i].origin()
		if !next.SameOrigin(last) && !page.SameOrigin(last) {
			return Origin{}
		}
	}
	return page
}

// fetchMetadata is https://w3c.github.io/webappsec-fetch-metadata/#abstract-opdef-append-the-fetch-metadata-headers-for-a-request.
func (f *Flow) fetchMetadata(urls []*pageURL, mode Mode) []Header {
	if !f.url().origin().PotentiallyTrustworthy() {
		return nil
	}
	return []Header{
		{"Sec-Fetch-Dest", "empty"},
		{"Sec-Fetch-Mode", string(mode)},
		{"Sec-Fetch-Site", f.fetchSite(urls)},
	}
}

// fetchSite is https://w3c.github.io/webappsec-fetch-metadata/#abstract-opdef-set-site.
func (f *Flow) fetchSite(urls []*pageURL) string {
	site := "same-origin"
	for _, u := range urls {
		switch {
		case u.origin().SameOrigin(f.fetch.Origin):
		case !f.sameSite(u.origin(), f.fetch.Origin):
			return "cross-site"
		default:
			site = "same-site"
		}
	}
	return site
}

// sameSite is https://html.spec.whatwg.org/#same-site: the same scheme and registrable domain.
func (f *Flow) sameSite(a, b Origin) bool {
	return !a.Opaque() && a.Scheme == b.Scheme && f.schemelesslySameSite(a, b)
}

// schemelesslySameSite is https://html.spec.whatwg.org/#schemelessly-same-site.
func (f *Flow) schemelesslySameSite(a, b Origin) bool {
	if a.Opaque() || b.Opaque() {
		return false
	}
	domain := RegistrableDomain(f.fetch.PublicSuffixes, a.Host)
	if domain == "" {
		return a.Host == b.Host
	}
	return domain == RegistrableDomain(f.fetch.PublicSuffixes, b.Host)
}

// RegistrableDomain is https://url.spec.whatwg.org/#host-registrable-domain; empty for an IP address and for a public
// suffix. With a nil list every last label is a public suffix.
func RegistrableDomain(list PublicSuffixList, host string) string {
	trimmed := strings.TrimSuffix(host, ".")
	if strings.HasPrefix(host, "[") || isIPv4(trimmed) {
		return ""
	}
	suffix := trimmed[strings.LastIndexByte(trimmed, '.')+1:]
	if list != nil {
		suffix = list.PublicSuffix(trimmed)
	}
	rest, ok := strings.CutSuffix(trimmed, "."+suffix)
	if !ok || rest == "" {
		return ""
	}
	// A trailing dot makes another domain: https://url.spec.whatwg.org/#host-public-suffix
	return rest[strings.LastIndexByte(rest, '.')+1:] + "." + suffix + host[len(trimmed):]
}
