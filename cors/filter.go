package cors

import (
	"slices"
	"strings"
)

// finish makes the outcome of a response that passed all checks: the filtered responses of
// https://fetch.spec.whatwg.org/#concept-filtered-response.
func (f *Flow) finish(r Response) {
	f.outcome = Outcome{Verdict: Allowed, Status: r.Status, URL: f.url().String(), Redirected: len(f.urls) > 1}
	switch f.tainting {
	case taintOpaque:
		f.outcome = Outcome{Verdict: Opaque, Type: TypeOpaque}
	case taintCORS:
		f.outcome.Type, f.outcome.Readable = TypeCORS, f.exposed(r)
	default:
		f.outcome.Type, f.outcome.Readable = TypeBasic, without(r.Headers, forbiddenResponseNames...)
	}
}

// finishData makes the outcome of a data: URL, which is read without a request.
func (f *Flow) finishData() {
	mime, _, _ := strings.Cut(f.url().path, ",")
	mime = strings.TrimSuffix(mime, ";base64")
	if mime == "" || mime[0] == ';' {
		mime = "text/plain;charset=US-ASCII"
	}
	f.outcome = Outcome{
		Verdict: Allowed, Type: TypeBasic, Status: 200, URL: f.url().String(), Readable: []Header{{"Content-Type", mime}},
	}
}

// forbiddenResponseNames are https://fetch.spec.whatwg.org/#forbidden-response-header-name.
var forbiddenResponseNames = []string{"set-cookie", "set-cookie2"}

// safelistedResponseNames are https://fetch.spec.whatwg.org/#cors-safelisted-response-header-name without any exposed.
var safelistedResponseNames = []string{
	"cache-control", "content-language", "content-length", "content-type", "expires", "last-modified", "pragma",
}

// SafelistedResponseHeader reports whether every page that gets through can read the header, exposed or not:
// https://fetch.spec.whatwg.org/#cors-safelisted-response-header-name.
func SafelistedResponseHeader(name string) bool { return containsFold(safelistedResponseNames, name) }

// exposed is the header list of https://fetch.spec.whatwg.org/#concept-filtered-response-cors.
func (f *Flow) exposed(r Response) []Header {
	names, _, _ := tokens(r.Headers, "Access-Control-Expose-Headers")
	// https://fetch.spec.whatwg.org/#concept-main-fetch, step 14.1
	all := f.fetch.Credentials != CredentialsInclude && slices.Contains(names, "*")
	var readable []Header
	for _, h := range r.Headers {
		if containsFold(forbiddenResponseNames, h.Name) {
			continue
		}
		if all || containsFold(names, h.Name) || containsFold(safelistedResponseNames, h.Name) {
			readable = append(readable, h)
		}
	}
	return readable
}
