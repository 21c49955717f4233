package cors_test

import (
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/corsgate/corsgate/cors"
	"github.com/corsgate/corsgate/internal/corpus"
)

// fuzzInput is a fetch and a server in a few strings, so that the fuzzer can bend each of them.
type fuzzInput struct {
	origin, url, method, headers, mode, credentials, redirect string
	preflightStatus, status                                   int
	preflightHeaders, responseHeaders                         string
}

func (in fuzzInput) fetch() (cors.Fetch, bool) {
	origin, err := cors.ParseOrigin(in.origin)
	return cors.Fetch{
		Origin: origin, URL: in.url, Method: in.method, Headers: linesOf(in.headers), Mode: cors.Mode(in.mode),
		Credentials: cors.CredentialsMode(in.credentials), Redirect: cors.RedirectMode(in.redirect),
		Cookies: []cors.Cookie{{Name: "sid", Value: "secret", Host: "api.example.net", SameSite: cors.SameSiteNone}},
	}, err == nil && knownWords(in)
}

func knownWords(in fuzzInput) bool {
	return slices.Contains([]string{"", "cors", "no-cors", "same-origin"}, in.mode) &&
		slices.Contains([]string{"", "omit", "same-origin", "include"}, in.credentials) &&
		slices.Contains([]string{"", "follow", "error", "manual"}, in.redirect)
}

func linesOf(text string) []cors.Header {
	var headers []cors.Header
	for line := range strings.SplitSeq(text, "\n") {
		if name, value, ok := strings.Cut(line, ":"); ok {
			headers = append(headers, cors.Header{Name: name, Value: strings.Trim(value, "\t ")})
		}
	}
	return headers
}

func textOf(pairs [][2]string) string {
	var b strings.Builder
	for _, p := range pairs {
		b.WriteString(p[0] + ":" + corpus.Bytes(p[1]) + "\n")
	}
	return b.String()
}

// run answers each preflight and each request of a flow in the same way.
func (in fuzzInput) run(t *testing.T, e cors.Engine, f cors.Fetch, extra ...cors.Header) ([]cors.Request, cors.Outcome) {
	t.Helper()
	flow := cors.NewFlow(e, f, nil)
	var sent []cors.Request
	for request, ok := flow.Next(); ok; request, ok = flow.Next() {
		if sent = append(sent, request); len(sent) > 200 {
			t.Fatal("the flow does not end")
		}
		response := cors.Response{Status: in.status, Headers: append(linesOf(in.responseHeaders), extra...)}
		if request.Kind == cors.KindPreflight {
			response = cors.Response{Status: in.preflightStatus, Headers: append(linesOf(in.preflightHeaders), extra...)}
		}
		flow.Receive(response)
	}
	return sent, flow.Outcome()
}

func FuzzFlowKeepsItsPromises(f *testing.F) {
	cases := recordedCases(f)
	for i := 0; i < len(cases); i += 23 {
		c := cases[i]
		in := fuzzInput{preflightStatus: 404, status: 404}
		if c.Plan.Preflight != nil {
			in.preflightStatus, in.preflightHeaders = c.Plan.Preflight.Status, textOf(c.Plan.Preflight.Headers)
		}
		if c.Plan.Actual != nil {
			in.status, in.responseHeaders = c.Plan.Actual.Status, textOf(c.Plan.Actual.Headers)
		}
		f.Add(c.PageOrigin, c.Request.URL, c.Request.Method, textOf(c.Request.Headers), string(c.Request.Mode),
			string(c.Request.Credentials), string(c.Request.Redirect), in.preflightStatus, in.status, in.preflightHeaders,
			in.responseHeaders)
	}
	f.Fuzz(func(t *testing.T, origin, url, method, headers, mode, credentials, redirect string, preflightStatus, status int,
		preflightHeaders, responseHeaders string) {
		in := fuzzInput{
			origin, url, method, headers, mode, credentials, redirect, preflightStatus, status, preflightHeaders,
			responseHeaders,
		}
		fetch, ok := in.fetch()
		if !ok {
			return
		}
		for _, e := range cors.Engines() {
			sent, outcome := in.run(t, e, fetch)
			checkRequests(t, fetch, sent)
			checkOutcome(t, outcome)
			again, sameOutcome := in.run(t, e, fetch)
			if !reflect.DeepEqual(sent, again) || !reflect.DeepEqual(outcome, sameOutcome) {
				t.Errorf("%s: the same input gave another output", e.Name)
			}
			_, unrelated := in.run(t, e, fetch, cors.Header{Name: "X-Unrelated", Value: "1"})
			if outcome.Verdict == cors.Allowed && unrelated.Verdict != cors.Allowed {
				t.Errorf("%s: an unrelated header made %s of an allowed fetch", e.Name, unrelated.Verdict)
			}
		}
	})
}

// checkRequests holds what goes over the wire: preflights carry no credentials and no body, and an unsafe method to
// another origin has one before it.
func checkRequests(t *testing.T, f cors.Fetch, sent []cors.Request) {
	t.Helper()
	for i, r := range sent {
		if strings.ContainsAny(r.Method+r.URL, " \t\r\n\x00") {
			t.Errorf("a request line with a space: %q %q", r.Method, r.URL)
		}
		for _, h := range r.Headers {
			if strings.ContainsAny(h.Name+h.Value, "\r\n\x00") {
				t.Errorf("a header that ends its line: %q", h)
			}
		}
		target, err := cors.URLOrigin(r.URL)
		if err != nil && !strings.Contains(r.URL, "%20") { // Engine.SpaceInHost
			t.Errorf("a URL that does not parse: %q", r.URL)
		}
		switch {
		case r.Kind == cors.KindPreflight:
			if r.Method != "OPTIONS" || r.Body != nil || valueOf(r.Headers, "Cookie") != nil ||
				valueOf(r.Headers, "Authorization") != nil {
				t.Errorf("a preflight with credentials or a body: %+v", r)
			}
		case !cors.SafelistedMethod(r.Method) && !target.SameOrigin(f.Origin):
			preflighted := slices.ContainsFunc(sent[:i], func(p cors.Request) bool {
				return p.Kind == cors.KindPreflight && p.URL == r.URL
			})
			if !preflighted {
				t.Errorf("%s went to another origin without a preflight", r.Method)
			}
		}
	}
}

func checkOutcome(t *testing.T, o cors.Outcome) {
	t.Helper()
	switch {
	case o.Verdict == cors.Undecided:
		t.Error("the flow ended undecided")
	case (o.Verdict == cors.Blocked) != (o.Reason != "") || (o.Verdict == cors.Blocked) != (o.Stage != ""):
		t.Errorf("a reason without a block, or the reverse: %+v", o)
	case o.Verdict != cors.Allowed && (o.Status != 0 || len(o.Readable) > 0):
		t.Errorf("a response that is not readable shows something: %+v", o)
	case o.Reason != "" && !slices.Contains(cors.Reasons(), o.Reason):
		t.Errorf("a reason that is not in the list: %s", o.Reason)
	}
	for _, h := range o.Readable {
		if name := strings.ToLower(h.Name); name == "set-cookie" || name == "set-cookie2" {
			t.Error("a script reads a cookie")
		}
	}
}
