package paste_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/corsgate/corsgate/cors"
	"github.com/corsgate/corsgate/internal/paste"
)

// What the libraries add by themselves, as axios 1.21, jQuery 4.0 and Angular 21 do; it decides about the preflight.
var added = []struct {
	client       paste.Client
	method, body string
	contentType  string // that the script sets
	same         bool   // the page's own server
	want         string
	preflight    bool
}{
	{client: paste.ClientFetch, method: "patch", want: "patch", preflight: true},
	{client: paste.ClientFetch, method: "POST", body: `{"a":1}`, want: "POST"},

	{client: paste.ClientAxios, method: "GET", want: "GET | Accept: application/json, text/plain, */*"},
	{client: paste.ClientAxios, method: "patch", body: `{"a":1}`, preflight: true,
		want: "PATCH | Accept: application/json, text/plain, */* | Content-Type: application/json"},
	{client: paste.ClientAxios, method: "POST", body: `{"a":1}`, preflight: true,
		want: "POST | Accept: application/json, text/plain, */* | Content-Type: application/json"},
	{client: paste.ClientAxios, method: "POST", body: "a=1",
		want: "POST | Accept: application/json, text/plain, */* | Content-Type: application/x-www-form-urlencoded"},
	{client: paste.ClientAxios, method: "DELETE", body: "a=1", preflight: true, want: "DELETE | Accept: application/json, text/plain, */*"},
	{client: paste.ClientAxios, method: "GET", contentType: "application/json", want: "GET | Accept: application/json, text/plain, */*"},
	{client: paste.ClientAxios, method: "POST", body: "a", contentType: "text/csv", preflight: true,
		want: "POST | Content-Type: text/csv | Accept: application/json, text/plain, */*"},
	{client: paste.ClientAxios, method: "GET", same: true, want: "GET | Accept: application/json, text/plain, */* | X-XSRF-TOKEN: t"},

	{client: paste.ClientAxios, method: "get", body: `{"a":1}`, preflight: true,
		want: "GET | Accept: application/json, text/plain, */* | Content-Type: application/json"},

	{client: paste.ClientJQuery, method: "GET", want: "GET | Accept: */*"},
	{client: paste.ClientJQuery, method: "GET", body: "a=1", want: "GET ?a=1 | Accept: */*"},
	{client: paste.ClientJQuery, method: "patch", preflight: true, want: "PATCH | Accept: */*"},
	{client: paste.ClientJQuery, method: "POST", body: `{"a":1}`,
		want: "POST | Accept: */* | Content-Type: application/x-www-form-urlencoded; charset=UTF-8"},
	{client: paste.ClientJQuery, method: "GET", same: true, want: "GET | Accept: */* | X-Requested-With: XMLHttpRequest"},

	{client: paste.ClientAngular, method: "GET", want: "GET | Accept: application/json, text/plain, */*"},
	{client: paste.ClientAngular, method: "post", body: `{"a":1}`, preflight: true,
		want: "POST | Accept: application/json, text/plain, */* | Content-Type: application/json"},
	{client: paste.ClientAngular, method: "POST", body: "a", want: "POST | Accept: application/json, text/plain, */* | Content-Type: text/plain"},
	{client: paste.ClientAngular, method: "GET", same: true, want: "GET | Accept: application/json, text/plain, */*"},
	{client: paste.ClientAngular, method: "POST", same: true, want: "POST | Accept: application/json, text/plain, */* | X-XSRF-TOKEN: t"},
}

func TestLibrariesAddTheirOwnHeaders(t *testing.T) {
	for _, c := range added {
		page := cors.Origin{Scheme: "https", Host: "app.example.com"}
		f := cors.Fetch{Origin: page, URL: "https://api.example.com/", Method: c.method}
		if c.same {
			f.URL = "https://app.example.com/"
		}
		f.Cookies = paste.Cookies("XSRF-TOKEN=t", f.URL)
		if c.body != "" {
			f.Body = &c.body
		}
		if c.contentType != "" {
			f.Headers = []cors.Header{{Name: "Content-Type", Value: c.contentType}}
		}
		sent, _ := c.client.Send(f, paste.IsObject(c.body))
		got := []string{strings.TrimSpace(sent.Method + " " + strings.TrimPrefix(sent.URL, f.URL))}
		for _, h := range sent.Headers {
			got = append(got, h.Name+": "+h.Value)
		}
		if diff := cmp.Diff(c.want, strings.Join(got, " | ")); diff != "" {
			t.Errorf("%s %s %q: %s", c.client, c.method, c.body, diff)
		}
		if preflight := cors.NeedsPreflight(cors.Standard, sent); preflight != c.preflight {
			t.Errorf("%s %s %q: preflight %t", c.client, c.method, c.body, preflight)
		}
		if refused := cors.Classify(cors.Standard, sent).Refused; refused != "" {
			t.Errorf("%s %s %q: %s", c.client, c.method, c.body, refused)
		}
	}
}
