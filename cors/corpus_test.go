package cors_test

import (
	"compress/gzip"
	"encoding/json"
	"errors"
	"io"
	"net/url"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/corsgate/corsgate/cors"
)

// recordedCase is one line of cases.jsonl.gz: a fetch() that three browsers made, and the plan of the server's answers.
type recordedCase struct {
	ID         string
	Group      string
	Note       string
	PageOrigin string `json:"page_origin"`
	Frame      string
	Request    recordedFetch
	CookiesSet bool `json:"cookies_set"`
	Then       []struct {
		WaitMS     int64  `json:"wait_ms"`
		PageOrigin string `json:"page_origin"`
		Request    recordedFetch
	}
	Plan plan
}

type recordedFetch struct {
	URL         string
	Method      string
	Headers     [][2]string
	Body        *string
	Mode        cors.Mode
	Credentials cors.CredentialsMode
	Redirect    cors.RedirectMode
}

// plan is what the server answers, at the request's own path and at paths below it.
type plan struct {
	Preflight *answer
	Actual    *answer
	Hops      []struct {
		Path      string
		Preflight *answer
		Actual    *answer
	}
}

type answer struct {
	Status  int
	Headers [][2]string
}

// recorded is one line of results-ENGINE.jsonl.gz.
type recorded struct {
	ID           string
	Outcome      string
	ResponseType string `json:"response_type"`
	Status       int
	Redirected   bool
	Readable     []string `json:"readable_headers"`
	CORSError    string   `json:"cors_error"`
	NetError     string   `json:"net_error"`
	Console      string
	Seen         []seenRequest
	Then         []struct {
		Outcome      string
		ResponseType string `json:"response_type"`
		Status       int
		Readable     []string `json:"readable_headers"`
	}
}

// seenRequest is a request as the server received it.
type seenRequest struct {
	Kind    string
	Method  string
	URL     string
	Headers map[string]string
}

// readLines decodes a gzipped file of JSON lines.
func readLines[T any](t testing.TB, name string) []T {
	t.Helper()
	file, err := os.Open("testdata/" + name)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	unzipped, err := gzip.NewReader(file)
	if err != nil {
		t.Fatal(err)
	}
	var lines []T
	for decoder := json.NewDecoder(unzipped); ; {
		var line T
		switch err := decoder.Decode(&line); {
		case errors.Is(err, io.EOF):
			return lines
		case err != nil:
			t.Fatal(name, err)
		}
		lines = append(lines, line)
	}
}

// isByteString reports whether a script could pass all header values of r: others throw before they reach the fetch.
func (r recordedFetch) isByteString() bool {
	for _, pair := range r.Headers {
		if _, ok := cors.ByteString(pair[1]); !ok {
			return false
		}
	}
	return true
}

// bytesOf turns a recorded string into bytes: one code point below U+0100 is one byte. A string that has others stays:
// it is one that the recording could not decode.
func bytesOf(s string) string {
	if b, ok := cors.ByteString(s); ok {
		return b
	}
	return s
}

func headersOf(pairs [][2]string) []cors.Header {
	var headers []cors.Header
	for _, p := range pairs {
		headers = append(headers, cors.Header{Name: p[0], Value: bytesOf(p[1])})
	}
	return headers
}

// page is the embedding page of the recordings' frames with an opaque origin.
var page = cors.Origin{Scheme: "https", Host: "app.example.com"}

var recordingStart = time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC)

func (c *recordedCase) fetch(t testing.TB, r recordedFetch, pageOrigin string) cors.Fetch {
	t.Helper()
	origin, err := cors.ParseOrigin(pageOrigin)
	if err != nil {
		t.Fatal(c.ID, err)
	}
	f := cors.Fetch{
		Origin: origin, Embedder: page, URL: r.URL, Method: r.Method, Headers: headersOf(r.Headers), Body: r.Body,
		Mode: r.Mode, Credentials: r.Credentials, Redirect: r.Redirect, Started: recordingStart,
	}
	if c.Frame == "sandbox" {
		f.Unsandboxed = page
	}
	if c.CookiesSet {
		f.Cookies = recordedCookies()
	}
	return f
}

func (p *plan) answer(r cors.Request) cors.Response {
	u, err := url.Parse(r.URL)
	if err != nil {
		return cors.Response{Status: 404}
	}
	preflight, actual := p.Preflight, p.Actual
	if parts := strings.Split(u.Path, "/"); len(parts) > 3 {
		preflight, actual = nil, nil
		for _, hop := range p.Hops {
			if hop.Path == strings.Join(parts[3:], "/") {
				preflight, actual = hop.Preflight, hop.Actual
			}
		}
	}
	chosen := actual
	if r.Kind == cors.KindPreflight {
		chosen = preflight
	}
	if chosen == nil {
		chosen = &answer{Status: 404}
	}
	return chosen.response(r)
}

// response is what the recording server made of an answer: it added Content-Length and Content-Type.
func (a *answer) response(r cors.Request) cors.Response {
	headers := headersOf(a.Headers)
	for i := range headers {
		headers[i].Value = strings.Trim(headers[i].Value, "\t ")
	}
	named := func(name string) bool {
		return slices.ContainsFunc(headers, func(h cors.Header) bool { return strings.EqualFold(h.Name, name) })
	}
	if a.Status == 204 || a.Status == 304 {
		return cors.Response{Status: a.Status, Headers: headers, Received: recordingStart}
	}
	if !named("Content-Type") {
		headers = append(headers, cors.Header{Name: "Content-Type", Value: "text/plain"})
	}
	if !named("Content-Length") {
		headers = append(headers, cors.Header{Name: "Content-Length", Value: "2"})
	}
	return cors.Response{Status: a.Status, Headers: headers, Received: recordingStart}
}

// recordedCookies are the cookies that the recordings' browsers held: the same two for each host.
func recordedCookies() []cors.Cookie {
	var cookies []cors.Cookie
	for _, host := range []string{
		"api.example.net", "api2.example.net", "api.example.com", "app.example.com", "sub.app.example.com",
		"localhost", "127.0.0.1", "[::1]", "xn--mnchen-3ya.example",
	} {
		cookies = append(cookies,
			cors.Cookie{Name: "sid", Value: "none", Host: host, Secure: true, SameSite: cors.SameSiteNone},
			cors.Cookie{Name: "lax", Value: "lax", Host: host, SameSite: cors.SameSiteLax})
	}
	return cookies
}
