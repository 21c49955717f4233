package cors

import "slices"

// Classification is what a browser makes of a script's call before anything is sent.
type Classification struct {
	URL       string // as the browser reads it; empty when it does not parse
	Site      string // same-origin, same-site or cross-site, as Sec-Fetch-Site has it; empty without a URL
	Method    string // normalised
	Headers   []ClassifiedHeader
	Preflight bool   // the first request is a preflight
	Refused   Reason // why nothing is sent; empty: something is
}

// ClassifiedHeader is a header that a script sets, or the Content-Type that its body brings.
type ClassifiedHeader struct {
	Header
	FromBody bool
	Class    HeaderClass
	Problem  HeaderProblem // of HeaderUnsafe
}

// HeaderClass is what becomes of a header that a script sets.
type HeaderClass string

// The classes of request header.
const (
	HeaderSafelisted HeaderClass = "safelisted" // https://fetch.spec.whatwg.org/#cors-safelisted-request-header
	HeaderUnsafe     HeaderClass = "unsafe"     // a preflight has to ask for it
	HeaderForbidden  HeaderClass = "forbidden"  // silently left out
	HeaderNoCORS     HeaderClass = "no-cors"    // silently left out, since the mode is no-cors
)

// HeaderProblem is why a header is not safelisted.
type HeaderProblem string

// The problems of headers that are not safelisted.
const (
	ProblemName     HeaderProblem = "name"       // whatever its value
	ProblemLength   HeaderProblem = "length"     // its value is longer than 128 bytes
	ProblemByte     HeaderProblem = "byte"       // its value has a byte that is not allowed there
	ProblemMIMEType HeaderProblem = "mime-type"  // a Content-Type that no HTML form has
	ProblemRange    HeaderProblem = "range"      // more than one range, or one without a start
	ProblemTotal    HeaderProblem = "total-size" // all safelisted values together are longer than 1024 bytes
)

// Classify tells what e makes of f.
func Classify(e Engine, f Fetch) Classification {
	flow := NewFlow(e, f, nil)
	c := Classification{
		Method: NormalizeMethod(flow.fetch.Method), Headers: flow.classifyHeaders(),
		Preflight: flow.pending && flow.next.Kind == KindPreflight, Refused: flow.outcome.Reason,
	}
	if len(flow.urls) > 0 {
		c.URL, c.Site = flow.url().String(), flow.fetchSite(flow.urls)
	}
	return c
}

func (f *Flow) classifyHeaders() []ClassifiedHeader {
	var all []ClassifiedHeader
	for _, h := range f.fetch.Headers {
		h.Value = NormalizeHeaderValue(h.Value)
		all = append(all, f.classify(h))
	}
	if n := len(f.headers); n > 0 && f.body != nil && count(f.fetch.Headers, "Content-Type") == 0 {
		fromBody := f.classify(f.headers[n-1])
		fromBody.FromBody = true
		all = append(all, fromBody)
	}
	f.classifyTotal(all)
	return all
}

func (f *Flow) classify(h Header) ClassifiedHeader {
	c := ClassifiedHeader{Header: h, Class: HeaderSafelisted}
	switch {
	case ForbiddenRequestHeader(h.Name, h.Value):
		c.Class = HeaderForbidden
	case f.fetch.Mode == ModeNoCORS && count(f.headers, h.Name) == 0:
		c.Class = HeaderNoCORS
	case len(f.engine.unsafeNames([]Header{h})) > 0:
		c.Class, c.Problem = HeaderUnsafe, f.engine.headerProblem(h)
	}
	return c
}

// headerProblem says why h, alone, is not safelisted.
func (e Engine) headerProblem(h Header) HeaderProblem {
	name := lowerASCII(h.Name)
	known := slices.Contains([]string{"accept", "accept-language", "content-language", "content-type", "range"}, name)
	switch {
	case !known:
		return ProblemName
	case len(h.Value) > maxSafelistedValue:
		return ProblemLength
	case name == "range":
		return ProblemRange
	case name == "content-type" && !e.hasUnsafeByte(h.Value):
		return ProblemMIMEType
	}
	return ProblemByte
}

// classifyTotal applies the limit on all safelisted values: beyond it none of them is.
func (f *Flow) classifyTotal(all []ClassifiedHeader) {
	unsafe := f.engine.unsafeNames(f.headers)
	for i, h := range all {
		if h.Class == HeaderSafelisted && slices.Contains(unsafe, lowerASCII(h.Name)) {
			all[i].Class, all[i].Problem = HeaderUnsafe, ProblemTotal
		}
	}
}
