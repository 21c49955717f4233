package assert_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/corsgate/corsgate/assert"
	"github.com/corsgate/corsgate/cors"
)

var (
	allowed = cors.Outcome{Verdict: cors.Allowed, Status: 200}
	blocked = cors.Outcome{
		Verdict: cors.Blocked, Reason: cors.ReasonMissingAllowOriginHeader, Stage: cors.StageResponse,
	}
	undecided = cors.Outcome{}
)

// three observes chromium, firefox and webkit.
func three(chromium, firefox, webkit cors.Outcome) []assert.Browser {
	return []assert.Browser{
		{Name: "chromium", Outcome: chromium}, {Name: "firefox", Outcome: firefox}, {Name: "webkit", Outcome: webkit},
	}
}

func one(o cors.Outcome) []assert.Browser { return []assert.Browser{{Name: "chromium", Outcome: o}} }

func head(status int, lines ...string) *cors.Response {
	r := &cors.Response{Status: status}
	for _, l := range lines {
		name, value, _ := strings.Cut(l, ":")
		r.Headers = append(r.Headers, cors.Header{Name: name, Value: strings.TrimPrefix(value, " ")})
	}
	return r
}

func pointer[T any](v T) *T { return &v }

// result checks e against o, which must be one check, and returns it.
func result(t *testing.T, e assert.Expectation, o assert.Observation) assert.Result {
	t.Helper()
	results := assert.Check(e, o)
	if len(results) != 1 {
		t.Fatalf("got %d results, want 1: %+v", len(results), results)
	}
	return results[0]
}

func TestVerdictsReasonsAndStages(t *testing.T) {
	elsewhere := cors.Outcome{Verdict: cors.Blocked, Reason: cors.ReasonAllowOriginMismatch, Stage: cors.StagePreflight}
	wantAllowed := assert.Expectation{Outcome: []cors.Verdict{cors.Allowed}}
	wantBlocked := assert.Expectation{Outcome: []cors.Verdict{cors.Blocked}}
	wantReason := assert.Expectation{Reason: []cors.Reason{"missing-allow-origin-header", "cors-disabled-scheme"}}
	wantStage := assert.Expectation{Stage: []cors.Stage{cors.StagePreflight}}
	tests := []struct {
		name     string
		expect   assert.Expectation
		browsers []assert.Browser
		want     assert.Result
	}{
		{"all allow as expected", wantAllowed, three(allowed, allowed, allowed), assert.Result{Field: "outcome", OK: true}},
		{"any of several outcomes will do", assert.Expectation{Outcome: []cors.Verdict{cors.Opaque, cors.Allowed}},
			one(allowed), assert.Result{Field: "outcome", OK: true}},
		{"all block", wantAllowed, three(blocked, blocked, blocked), assert.Result{
			Field: "outcome", Want: "allowed", Got: "blocked",
			Message: "expected allowed, but every browser blocks (missing-allow-origin-header)",
		}},
		{"all block, each for its own reason", wantAllowed, three(blocked, elsewhere, blocked), assert.Result{
			Field: "outcome", Want: "allowed", Got: "blocked", Message: "expected allowed, but " +
				"chromium and webkit block (missing-allow-origin-header), firefox blocks (allow-origin-mismatch)",
		}},
		{"the only browser allows", wantBlocked, one(allowed), assert.Result{
			Field: "outcome", Want: "blocked", Got: "allowed", Message: "expected blocked, but chromium allows",
		}},
		{"one browser differs", wantAllowed, three(allowed, allowed, blocked), assert.Result{
			Field: "outcome", Want: "allowed", Got: "allowed (chromium and firefox), blocked (webkit)",
			Message: "expected allowed, but chromium and firefox allow, webkit blocks (missing-allow-origin-header)",
		}},
		{"a block is expected and one browser allows", wantBlocked, three(blocked, allowed, blocked), assert.Result{
			Field: "outcome", Want: "blocked", Got: "blocked (chromium and webkit), allowed (firefox)",
			Message: "expected blocked, but chromium and webkit block (missing-allow-origin-header), firefox allows",
		}},
		{"an undecided browser is left out", wantAllowed, three(allowed, undecided, allowed),
			assert.Result{Field: "outcome", OK: true}},
		{"no decision at all is no pass", wantBlocked, three(undecided, undecided, undecided), assert.Result{
			Field: "outcome", Want: "blocked", Got: "undecided", Message: "expected blocked, but nothing could be checked: " +
				"there was no preflight, and the request itself was not sent",
		}},
		{"an opaque response is not an allowed one", wantAllowed, three(opaque(), opaque(), opaque()), assert.Result{
			Field: "outcome", Want: "allowed", Got: "opaque",
			Message: "expected allowed, but every browser gives an opaque response",
		}},
		{"the reason is one of those expected", wantReason, three(allowed, blocked, elsewhere),
			assert.Result{Field: "reason", OK: true}},
		{"the reason is that of the first browser that blocks", wantReason, three(allowed, elsewhere, blocked), assert.Result{
			Field: "reason", Want: "missing-allow-origin-header or cors-disabled-scheme", Got: "allow-origin-mismatch",
			Message: "expected reason missing-allow-origin-header or cors-disabled-scheme, but it is allow-origin-mismatch",
		}},
		{"no browser blocks, so there is no reason", wantReason, one(allowed), assert.Result{
			Field: "reason", Want: "missing-allow-origin-header or cors-disabled-scheme", Got: "none",
			Message: "expected reason missing-allow-origin-header or cors-disabled-scheme, but no browser blocks",
		}},
		{"the stage is another", wantStage, one(blocked), assert.Result{
			Field: "stage", Want: "preflight", Got: "response", Message: "expected stage preflight, but it is response",
		}},
		{"the stage is the expected one", wantStage, one(elsewhere), assert.Result{Field: "stage", OK: true}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got := result(t, tt.expect, assert.Observation{Browsers: tt.browsers})
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func opaque() cors.Outcome { return cors.Outcome{Verdict: cors.Opaque, Type: cors.TypeOpaque} }

func TestAnExpectationOfNothingChecksNothing(t *testing.T) {
	if got := assert.Check(assert.Expectation{}, assert.Observation{Browsers: one(blocked)}); len(got) != 0 {
		t.Errorf("got %+v", got)
	}
}

func TestHeaderMatchers(t *testing.T) {
	tests := []struct {
		header  string
		matcher assert.Matcher
		lines   []string
		want    string // the message; empty: the check holds
	}{
		{"Access-Control-Allow-Origin", assert.Matcher{Equals: pointer("https://a.example")},
			[]string{"access-control-allow-origin: https://a.example"}, ""},
		{"Access-Control-Allow-Origin", assert.Matcher{Equals: pointer("https://a.example")},
			[]string{"Access-Control-Allow-Origin: https://A.example"},
			`preflight Access-Control-Allow-Origin should be "https://a.example", but is "https://A.example"`},
		{"Access-Control-Allow-Origin", assert.Matcher{Equals: pointer("*")},
			[]string{"Access-Control-Allow-Origin: *", "Access-Control-Allow-Origin: *"},
			`preflight Access-Control-Allow-Origin should be "*", but is "*, *"`},
		{"Access-Control-Allow-Origin", assert.Matcher{Equals: pointer("")}, nil,
			`preflight Access-Control-Allow-Origin should be "", but is absent`},
		{"Access-Control-Allow-Credentials", assert.Matcher{Equals: pointer("true")},
			[]string{"Access-Control-Allow-Credentials: True"},
			`preflight Access-Control-Allow-Credentials should be "true", but is "True"`},
		{"Access-Control-Allow-Credentials", assert.Matcher{Absent: true}, nil, ""},
		{"Access-Control-Allow-Credentials", assert.Matcher{Absent: true},
			[]string{"Access-Control-Allow-Credentials:"},
			`preflight Access-Control-Allow-Credentials should be absent, but is ""`},
		{"Access-Control-Allow-Methods", assert.Matcher{Contains: []string{"PUT", "GET"}},
			[]string{"Access-Control-Allow-Methods: GET,, POST", "Access-Control-Allow-Methods: \tPUT "}, ""},
		{"Access-Control-Allow-Methods", assert.Matcher{Contains: []string{"PATCH", "DELETE"}},
			[]string{"Access-Control-Allow-Methods: patch, DELETE"},
			`preflight Access-Control-Allow-Methods should contain PATCH and DELETE, but is "patch, DELETE"`},
		{"Access-Control-Allow-Methods", assert.Matcher{Equals: pointer("GET, PUT")},
			[]string{"Access-Control-Allow-Methods: GET,PUT"}, ""},
		{"Access-Control-Allow-Methods", assert.Matcher{Equals: pointer("GET, PUT")},
			[]string{"Access-Control-Allow-Methods: PUT,GET"},
			`preflight Access-Control-Allow-Methods should be "GET, PUT", but is "PUT,GET"`},
		{"Access-Control-Allow-Methods", assert.Matcher{Exactly: []string{"GET", "PUT"}},
			[]string{"Access-Control-Allow-Methods: PUT,GET"}, ""},
		{"Access-Control-Allow-Methods", assert.Matcher{Exactly: []string{"GET", "PUT"}},
			[]string{"Access-Control-Allow-Methods: PUT,GET,DELETE"},
			`preflight Access-Control-Allow-Methods should list exactly GET and PUT, but is "PUT,GET,DELETE"`},
		{"Access-Control-Allow-Methods", assert.Matcher{Exactly: []string{}}, nil, ""},
		{"Access-Control-Allow-Methods", assert.Matcher{Exactly: []string{}},
			[]string{"Access-Control-Allow-Methods: PUT"},
			`preflight Access-Control-Allow-Methods should list nothing, but is "PUT"`},
		{"Access-Control-Allow-Methods", assert.Matcher{Excludes: []string{"DELETE", "PUT"}}, nil, ""},
		{"Access-Control-Allow-Methods", assert.Matcher{Excludes: []string{"DELETE", "PUT"}},
			[]string{"Access-Control-Allow-Methods: PUT"},
			`preflight Access-Control-Allow-Methods should not contain DELETE or PUT, but is "PUT"`},
		{"Access-Control-Allow-Headers", assert.Matcher{Contains: []string{"Content-Type"}},
			[]string{"Access-Control-Allow-Headers: x-a, content-type"}, ""},
		{"Access-Control-Expose-Headers", assert.Matcher{Exactly: []string{"x-id"}},
			[]string{"Access-Control-Expose-Headers: X-Id"}, ""},
		{"Vary", assert.Matcher{Contains: []string{"Origin"}}, []string{"Vary: Accept-Encoding", "vary: origin"}, ""},
		{"Vary", assert.Matcher{Contains: []string{"Origin"}}, nil,
			`preflight Vary should contain Origin, but is absent`},
		{"Vary", assert.Matcher{Contains: []string{"Origin"}}, []string{"Vary: X-Origin"},
			`preflight Vary should contain Origin, but is "X-Origin"`},
		{"Access-Control-Max-Age", assert.Matcher{AtLeast: pointer(600.0), AtMost: pointer(7200.0)},
			[]string{"Access-Control-Max-Age: 600"}, ""},
		{"Access-Control-Max-Age", assert.Matcher{AtLeast: pointer(600.0), AtMost: pointer(7200.0)},
			[]string{"Access-Control-Max-Age: 86400"},
			`preflight Access-Control-Max-Age should be at most 7200, but is "86400"`},
		{"Access-Control-Max-Age", assert.Matcher{AtLeast: pointer(0.0)}, []string{"Access-Control-Max-Age: -1"},
			`preflight Access-Control-Max-Age should be at least 0, but is "-1"`},
		{"Access-Control-Max-Age", assert.Matcher{AtMost: pointer(600.0)}, []string{"Access-Control-Max-Age: 6e1"},
			`preflight Access-Control-Max-Age should be at most 600, but is "6e1"`},
		{"Access-Control-Max-Age", assert.Matcher{AtLeast: pointer(600.0)}, nil,
			`preflight Access-Control-Max-Age should be at least 600, but is absent`},
		{"Cache-Control", assert.Matcher{Matches: "no-(store|cache)"}, []string{"Cache-Control: private, no-store"}, ""},
		{"Cache-Control", assert.Matcher{Matches: "^$"}, nil,
			`preflight Cache-Control should match ^$, but is absent`},
		{"Cache-Control", assert.Matcher{Contains: []string{"private"}, Excludes: []string{"public"}, Matches: "no-store"},
			[]string{"Cache-Control: public"},
			`preflight Cache-Control should contain private, not contain public and match no-store, but is "public"`},
	}
	for _, tt := range tests {
		t.Run(fmt.Sprintf("%s of %q", tt.header, tt.lines), func(t *testing.T) {
			got := result(t, assert.Expectation{Preflight: &assert.Preflight{
				Headers: []assert.Header{{Field: "preflight.x", Name: tt.header, Matcher: tt.matcher}},
			}}, assert.Observation{Browsers: one(allowed), Preflight: head(204, tt.lines...)})
			if got.Message != tt.want || got.OK != (tt.want == "") || got.Field != "preflight.x" {
				t.Errorf("got %+v\nwant message %s", got, tt.want)
			}
		})
	}
}

func TestPreflightAndResponse(t *testing.T) {
	exposed := cors.Outcome{Verdict: cors.Allowed, Readable: []cors.Header{{Name: "x-id", Value: "1"}}}
	status := func(s string) *assert.Matcher { return &assert.Matcher{Equals: &s} }
	readable := assert.Expectation{Response: &assert.Response{Readable: []string{"X-Id"}}}
	unreadable := assert.Expectation{Response: &assert.Response{Unreadable: []string{"X-Id"}}}
	tests := []struct {
		name     string
		expect   assert.Expectation
		observed assert.Observation
		want     string
	}{
		{"a preflight was sent", assert.Expectation{Preflight: &assert.Preflight{Sent: pointer(true)}},
			assert.Observation{Preflight: head(204)}, ""},
		{"no preflight was sent", assert.Expectation{Preflight: &assert.Preflight{Sent: pointer(true)}},
			assert.Observation{}, "expected a preflight, but none was sent"},
		{"a preflight was sent where none should be", assert.Expectation{Preflight: &assert.Preflight{Sent: pointer(false)}},
			assert.Observation{Preflight: head(204)}, "expected no preflight, but one was sent"},
		{"the preflight's status", assert.Expectation{Preflight: &assert.Preflight{Status: status("204")}},
			assert.Observation{Preflight: head(204)}, ""},
		{"the preflight's other status", assert.Expectation{Preflight: &assert.Preflight{Status: status("204")}},
			assert.Observation{Preflight: head(404)}, `preflight status should be "204", but is "404"`},
		{"the status of no preflight", assert.Expectation{Preflight: &assert.Preflight{Status: status("204")}},
			assert.Observation{}, `preflight status should be "204", but no preflight was sent`},
		{"absence in no preflight is not seen", assert.Expectation{Preflight: &assert.Preflight{
			Headers: []assert.Header{{Name: "Vary", Matcher: assert.Matcher{Absent: true}}}}},
			assert.Observation{}, `preflight Vary should be absent, but no preflight was sent`},
		{"the response's status within bounds", assert.Expectation{Response: &assert.Response{
			Status: &assert.Matcher{AtLeast: pointer(200.0), AtMost: pointer(299.0)}}},
			assert.Observation{Response: head(204)}, ""},
		{"the status of a request that was not sent", assert.Expectation{Response: &assert.Response{Status: status("200")}},
			assert.Observation{}, `response status should be "200", but the request was not sent`},
		{"a partial case's response was not seen", assert.Expectation{Response: &assert.Response{Status: status("200")}},
			assert.Observation{Partial: true, Response: head(200)}, `response status should be "200", but was not seen: ` +
				`the case stopped after its preflight (send: always sends the request)`},
		{"readable everywhere", readable, assert.Observation{Browsers: three(exposed, exposed, exposed)}, ""},
		{"not exposed", readable, assert.Observation{Browsers: three(exposed, allowed, allowed),
			Response: head(200, "X-Id: 1")}, "X-Id should be readable, but is not in firefox and webkit: " +
			"Access-Control-Expose-Headers does not let the script see it"},
		{"exposed but not sent", readable, assert.Observation{Browsers: one(allowed), Response: head(200)},
			"X-Id should be readable, but is not in chromium: the response does not have it"},
		{"nothing of a blocked response is readable", readable, assert.Observation{Browsers: one(blocked)},
			"X-Id should be readable, but is not in chromium: the page is blocked"},
		{"nothing of an opaque response is readable", readable, assert.Observation{Browsers: one(opaque())},
			"X-Id should be readable, but is not in chromium: the response is opaque"},
		{"what is readable in a partial case is not seen", readable, assert.Observation{Browsers: one(allowed), Partial: true},
			"X-Id should be readable, but was not seen: the case stopped after its preflight (send: always sends the request)"},
		{"unreadable everywhere", unreadable, assert.Observation{Browsers: three(allowed, blocked, allowed)}, ""},
		{"readable in one browser", unreadable, assert.Observation{Browsers: three(allowed, exposed, allowed)},
			"X-Id should not be readable, but is in firefox"},
		{"what is unreadable in a partial case is not seen", unreadable, assert.Observation{Browsers: one(allowed), Partial: true},
			"X-Id should not be readable, but was not seen: the case stopped after its preflight (send: always sends the request)"},
		{"undecided browsers show nothing unreadable", unreadable, assert.Observation{Browsers: one(undecided)},
			"X-Id should not be readable, but nothing could be checked"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got := result(t, tt.expect, tt.observed)
			if got.Message != tt.want || got.OK != (tt.want == "") {
				t.Errorf("got %+v\nwant message %s", got, tt.want)
			}
			if !got.OK && (got.Want == "" || got.Got == "") {
				t.Errorf("a failed check must say want and got: %+v", got)
			}
		})
	}
}

func TestResultsComeInTheOrderOfTheChecks(t *testing.T) {
	matcher := assert.Matcher{Absent: true}
	results := assert.Check(assert.Expectation{
		Outcome: []cors.Verdict{cors.Allowed}, Reason: []cors.Reason{"x"}, Stage: []cors.Stage{"x"},
		Preflight: &assert.Preflight{Sent: pointer(true), Status: &matcher,
			Headers: []assert.Header{{Field: "preflight.vary", Name: "Vary", Matcher: matcher}}},
		Response: &assert.Response{Status: &matcher, Readable: []string{"A", "B"}, Unreadable: []string{"C"},
			Headers: []assert.Header{{Field: "response.vary", Name: "Vary", Matcher: matcher}}},
	}, assert.Observation{Browsers: one(allowed), Preflight: head(204), Response: head(200)})
	var got []string
	for _, r := range results {
		got = append(got, r.Field)
	}
	want := strings.Fields("outcome reason stage preflight.sent preflight.status preflight.vary " +
		"response.status response.vary response.readable response.readable response.unreadable")
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

// FuzzCheck feeds header values as a server may send them: a Result says why it does not hold, and nothing panics.
func FuzzCheck(f *testing.F) {
	for _, s := range []string{"", "*", ",,", "GET, PUT", "\xff, \x00", "-", "9999999999999999999999", "true"} {
		f.Add(s, "Vary", 204)
	}
	f.Fuzz(func(t *testing.T, text, name string, status int) {
		m := assert.Matcher{Equals: &text, Contains: []string{text}, Exactly: []string{text}, Matches: text,
			AtLeast: pointer(1.0), AtMost: pointer(2.0), Excludes: []string{text}}
		head := &cors.Response{Status: status, Headers: []cors.Header{{Name: name, Value: text}}}
		headers := []assert.Header{{Name: name, Matcher: m}}
		for _, r := range assert.Check(assert.Expectation{
			Preflight: &assert.Preflight{Status: &m, Headers: headers},
			Response:  &assert.Response{Status: &m, Headers: headers, Readable: []string{name}, Unreadable: []string{name}},
		}, assert.Observation{Browsers: one(allowed), Preflight: head, Response: head}) {
			if r.OK != (r.Message == "") {
				t.Errorf("a Result holds or says why not: %+v", r)
			}
		}
	})
}
