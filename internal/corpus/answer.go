package corpus

import (
	"net/url"
	"slices"
	"strings"

	"github.com/corsgate/corsgate/cors"
)

// Answer is what the server of the recordings answers to a request of the case.
func (c *Case) Answer(r cors.Request) cors.Response {
	u, err := url.Parse(r.URL)
	if err != nil {
		return cors.Response{Status: 404}
	}
	return c.Plan.at(u.Path, r.Kind == cors.KindPreflight).Response()
}

// at returns the answer planned for a path such as /c/ID or /c/ID/hop; nil for none.
func (p *Plan) at(path string, preflight bool) *Answer {
	parts := strings.SplitN(path, "/", 4)
	answers := Hop{Preflight: p.Preflight, Actual: p.Actual}
	switch {
	case len(parts) < 3 || parts[1] != "c":
		return nil
	case len(parts) == 4:
		hop := slices.IndexFunc(p.Hops, func(h Hop) bool { return h.Path == parts[3] })
		if hop < 0 {
			return nil
		}
		answers = p.Hops[hop]
	}
	if preflight {
		return answers.Preflight
	}
	return answers.Actual
}

// Response is what the server of the recordings made of a planned answer: it added Content-Length and Content-Type.
// Nil is 404.
func (a *Answer) Response() cors.Response {
	if a == nil {
		a = &Answer{Status: 404}
	}
	headers := Headers(a.Headers)
	for i := range headers {
		headers[i].Value = strings.Trim(headers[i].Value, "\t ")
	}
	named := func(name string) bool {
		return slices.ContainsFunc(headers, func(h cors.Header) bool { return strings.EqualFold(h.Name, name) })
	}
	if a.Status == 204 || a.Status == 304 {
		return cors.Response{Status: a.Status, Headers: headers}
	}
	if !named("Content-Type") {
		headers = append(headers, cors.Header{Name: "Content-Type", Value: "text/plain"})
	}
	if !named("Content-Length") {
		headers = append(headers, cors.Header{Name: "Content-Length", Value: "2"})
	}
	return cors.Response{Status: a.Status, Headers: headers}
}

// Headers are recorded headers with their values as bytes.
func Headers(pairs [][2]string) []cors.Header {
	var headers []cors.Header
	for _, p := range pairs {
		headers = append(headers, cors.Header{Name: p[0], Value: Bytes(p[1])})
	}
	return headers
}

// Bytes turns a recorded string into bytes: one code point below U+0100 is one byte. A string that has others stays: it
// is one that the recording could not decode.
func Bytes(s string) string {
	if b, ok := cors.ByteString(s); ok {
		return b
	}
	return s
}

// IsByteString reports whether a script could pass all header values of f: others throw before they reach the fetch.
func (f Fetch) IsByteString() bool {
	return !slices.ContainsFunc(f.Headers, func(pair [2]string) bool {
		_, ok := cors.ByteString(pair[1])
		return !ok
	})
}
