package cors_test

import (
	"testing"

	"github.com/corsgate/corsgate/cors"
)

// TestWhatTheRecordingsDoNotHold has what live browsers were seen to do with cases made of parts of recorded ones.
func TestWhatTheRecordingsDoNotHold(t *testing.T) {
	const page, api = "https://app.example.com", "https://api.example.net/"
	allow := cors.Header{Name: "Access-Control-Allow-Origin", Value: page}
	to := func(status int, location string, more ...cors.Header) cors.Response {
		return cors.Response{Status: status, Headers: append(more, cors.Header{Name: "Location", Value: location})}
	}
	two := func(name, first, second string) cors.Response {
		return cors.Response{Status: 200, Headers: []cors.Header{allow, {Name: name, Value: first}, {Name: name, Value: second}}}
	}
	for _, c := range []struct {
		what   string
		engine cors.Engine
		fetch  cors.Fetch
		answer cors.Response
		reason cors.Reason // of the outcome after this answer
		header string      // of the request after this answer, with its value
		value  string
	}{
		{"lines of Content-Disposition differ", cors.Chromium, cors.Fetch{URL: api}, two("Content-Disposition", "inline", "attachment"),
			cors.ReasonConflictingHeaders, "", ""},
		{"the same, but the standard takes it", cors.Standard, cors.Fetch{URL: api}, two("Content-Disposition", "inline", "attachment"),
			"", "", ""},
		{"they are the same", cors.Firefox, cors.Fetch{URL: api}, two("Content-Disposition", "inline", "inline"), "", "", ""},
		{"lines of Location differ where there is no redirect", cors.Firefox, cors.Fetch{URL: api}, two("Location", "/a", "/b"),
			cors.ReasonInvalidRedirect, "", ""},
		{"in a preflight's answer", cors.Chromium, cors.Fetch{URL: api, Method: "PUT"}, two("Location", "/a", "/b"),
			cors.ReasonInvalidRedirect, "", ""},
		{"a Location that is no URL comes before CORS", cors.Chromium, cors.Fetch{URL: api}, to(302, "http://["),
			cors.ReasonInvalidRedirect, "", ""},
		{"and after it elsewhere", cors.Firefox, cors.Fetch{URL: api}, to(302, "http://["), cors.ReasonMissingAllowOriginHeader, "", ""},
		{"manual redirects are never mixed content", cors.Firefox, cors.Fetch{URL: page + "/", Redirect: cors.RedirectManual},
			to(301, "http://api.example.net/", allow), "", "", ""},
		{"hints are gone after a redirect", cors.Chromium, cors.Fetch{URL: api, Headers: []cors.Header{{Name: "Downlink", Value: "1"}}},
			to(307, api+"b", allow), "", "Downlink", ""},
		{"but for one to the page's origin", cors.Chromium, cors.Fetch{URL: api, Headers: []cors.Header{{Name: "Downlink", Value: "1"}}},
			to(307, page+"/b", allow), "", "Downlink", "1"},
		{"a POST that became a GET keeps its Origin", cors.WebKit, cors.Fetch{URL: page + "/", Method: "POST"}, to(302, "/b"), "",
			"Origin", page},
		{"and loses it elsewhere", cors.Chromium, cors.Fetch{URL: page + "/", Method: "POST"}, to(302, "/b"), "", "Origin", ""},
		{"the Origin of no-cors ends", cors.Chromium, cors.Fetch{URL: page + "/", Method: "POST", Mode: cors.ModeNoCORS},
			to(307, api), "", "Origin", "null"},
		{"or goes on", cors.Firefox, cors.Fetch{URL: page + "/", Method: "POST", Mode: cors.ModeNoCORS},
			to(307, api), "", "Origin", page},
	} {
		t.Run(c.what, func(t *testing.T) {
			origin, err := cors.ParseOrigin(page)
			if err != nil {
				t.Fatal(err)
			}
			c.fetch.Origin = origin
			f := cors.NewFlow(c.engine, c.fetch, nil)
			f.Receive(c.answer)
			if got := f.Outcome().Reason; got != c.reason {
				t.Errorf("reason %q, want %q", got, c.reason)
			}
			if c.header == "" {
				return
			}
			next, ok := f.Next()
			got := ""
			if value := valueOf(next.Headers, c.header); value != nil {
				got = *value
			}
			if !ok || got != c.value {
				t.Errorf("next request %t with %s %q, want %q", ok, c.header, got, c.value)
			}
		})
	}
}
