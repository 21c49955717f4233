package report_test

import (
	"strings"
	"time"

	"github.com/corsgate/corsgate/report"
)

const (
	app  = "https://app.example.com"
	api  = "https://api.example.com"
	evil = "https://evil.example"
)

// sampleStart, sample and sampleFinish are a run with one case of each kind that a report must cope with. The golden
// file testdata/sample.json holds it for the tests of the other outputs.
func sampleStart() report.Start {
	return report.Start{
		Tool: report.Tool{Name: "corsgate", Version: "0.1.0"}, RunID: "r1",
		Started: time.Date(2026, 11, 23, 14, 40, 50, 250e6, time.UTC), Cases: len(sample()),
	}
}

func sampleFinish() report.Finish {
	s := report.Summary{Cases: len(sample()), Exchanges: 14, Findings: 1}
	for _, c := range sample() {
		switch c.Status {
		case report.Passed:
			s.Passed++
		case report.Failed:
			s.Failed++
		case report.Errored:
			s.Errors++
		case report.Skipped:
			s.Skipped++
		}
	}
	return report.Finish{Summary: s, Duration: 1234567 * time.Microsecond}
}

func sample() []*report.Case {
	return []*report.Case{
		passed(), preflightOnly(), missingHeader("1", "/users/1"), missingHeader("2", "/users/2"), enginesDiffer(),
		probeThrough(), timedOut(), skipped(), hostile(),
	}
}

func testCase(id, scenario, method, path, origin string) *report.Case {
	return &report.Case{
		ID: id, Name: method + " " + path + " from " + origin, Scenario: scenario, File: "api/corsgate.yaml", Line: 12,
		Target: "edge", Kind: "scenario", Checked: "all", Duration: report.Millis(1500 * time.Microsecond),
		Request: report.Request{
			Origin: origin, URL: api + path, Method: method, Mode: "cors", Credentials: "include", Redirect: "follow",
		},
		Browsers: []string{"chromium", "firefox", "webkit"},
	}
}

func verdicts(v report.Verdict) map[string]report.Verdict {
	return map[string]report.Verdict{"chromium": v, "firefox": v, "webkit": v}
}

func allowedCase(id, scenario, method, path, origin string) *report.Case {
	c := testCase(id, scenario, method, path, origin)
	c.Status, c.Outcome, c.Engines = report.Passed, "allowed", verdicts(report.Verdict{Outcome: "allowed"})
	return c
}

func request(method, path, origin string, status int, headers ...report.Field) report.Exchange {
	return report.Exchange{
		Kind: "request",
		Request: report.WireRequest{Method: method, URL: api + path, Headers: []report.Field{
			{"Origin", origin}, {"Accept", "*/*"}, {"User-Agent", "corsgate/0.1.0 (run r1)"},
		}},
		Response: &report.WireResponse{Protocol: "HTTP/1.1", Remote: "203.0.113.7:443", Status: status, Headers: headers},
		Duration: report.Millis(1100 * time.Microsecond),
		Engines:  []string{"chromium", "firefox", "webkit"},
	}
}

func preflight(method, path, origin string, status int, headers ...report.Field) report.Exchange {
	x := request("OPTIONS", path, origin, status, headers...)
	x.Kind = "preflight"
	x.Request.Headers = append(x.Request.Headers, report.Field{"Access-Control-Request-Method", method})
	return x
}

func passed() *report.Case {
	c := allowedCase("a1", "the web app reads users", "GET", "/users?page=1&size=2", app)
	c.Tags = []string{"smoke"}
	c.Response = &report.Response{Status: 200, Readable: []string{"Content-Type"}}
	c.Exchanges = []report.Exchange{request("GET", "/users?page=1&size=2", app, 200,
		report.Field{"Access-Control-Allow-Origin", app}, report.Field{"Access-Control-Allow-Credentials", "true"},
		report.Field{"Content-Type", "application/json"})}
	c.Findings = []report.Finding{{"vary-origin-missing", "warning", "a cache may give this answer to another origin"}}
	return c
}

func preflightOnly() *report.Case {
	c := allowedCase("a2", "the web app edits a user", "PUT", "/users/1", app)
	c.Checked = "preflight"
	x := preflight("PUT", "/users/1", app, 204, report.Field{"Access-Control-Allow-Origin", app},
		report.Field{"Access-Control-Allow-Credentials", "true"}, report.Field{"Access-Control-Allow-Methods", "PUT, DELETE"})
	x.Shared = true
	c.Exchanges = []report.Exchange{x}
	return c
}

func missingHeader(id, path string) *report.Case {
	c := testCase("a3-"+id, "the web app edits a user", "DELETE", path, app)
	c.Status, c.Outcome, c.Reason, c.Stage = report.Failed, "blocked", "missing-allow-origin-header", "preflight"
	c.Checked = "preflight"
	v := report.Verdict{Outcome: "blocked", Reason: c.Reason, Stage: c.Stage}
	c.Engines = verdicts(v)
	v.Message = "Access to fetch at '" + api + path + "' from origin '" + app + "' has been blocked by CORS policy: " +
		"Response to preflight request doesn't pass access control check: " +
		"No 'Access-Control-Allow-Origin' header is present on the requested resource."
	c.Engines["chromium"] = v
	v.Message = "Cross-Origin Request Blocked: The Same Origin Policy disallows reading the remote resource at " + api +
		path + ". (Reason: CORS header ‘Access-Control-Allow-Origin’ missing). Status code: 405."
	c.Engines["firefox"] = v
	v.Message = "Origin " + app + " is not allowed by Access-Control-Allow-Origin. Status code: 405"
	c.Engines["webkit"] = v
	c.Exchanges = []report.Exchange{preflight("DELETE", path, app, 405, report.Field{"Server", "nginx/1.27"},
		report.Field{"Allow", "GET, HEAD"})}
	c.Mismatch = []report.Mismatch{{"outcome", "allowed", "blocked", "outcome: expected allowed, got blocked"}}
	c.Cause = &report.Cause{
		ID: "headers-only-on-success", Message: "nginx leaves add_header out of answers with an error status",
		Remedy:   "add `always` to each add_header:\nadd_header Access-Control-Allow-Origin $cors_origin always;",
		Evidence: []string{"OPTIONS " + path + ": 405 without Access-Control-Allow-Origin", "GET " + path + ": 200 with it"},
	}
	return c
}

func enginesDiffer() *report.Case {
	c := allowedCase("a4", "redirects keep working", "POST", "/old", app)
	c.Status, c.Outcome, c.Reason, c.Stage = report.Failed, "blocked", "allow-origin-mismatch", "redirect"
	c.Engines["webkit"] = report.Verdict{Outcome: "blocked", Reason: c.Reason, Stage: c.Stage,
		Message: "Origin null is not allowed by Access-Control-Allow-Origin. Status code: 200"}
	first := request("POST", "/old", app, 307, report.Field{"Location", "https://other.example/new"},
		report.Field{"Access-Control-Allow-Origin", app})
	first.Request.Headers = append(first.Request.Headers, report.Field{"Content-Type", "text/plain;charset=UTF-8"})
	first.Request.Body = "it's a\nbody"
	second := first
	second.Request.URL, second.Engines = "https://other.example/new", []string{"webkit"}
	second.Response = &report.WireResponse{Protocol: "HTTP/2.0", Status: 200,
		Headers: []report.Field{{"access-control-allow-origin", app}, {"vary", "Origin"}}}
	c.Exchanges = []report.Exchange{first, second}
	c.Mismatch = []report.Mismatch{
		{"outcome", "allowed", "blocked (webkit)", "outcome: expected allowed, got blocked in webkit"},
		{"response.vary", "contains Origin", "(absent)", "response.vary: expected to contain Origin, but it is absent"},
	}
	return c
}

func probeThrough() *report.Case {
	c := allowedCase("a5", "user api", "GET", "/users", "https://app.example.com.evil.example")
	c.Status, c.Kind, c.Probe = report.Failed, "probe", "trusts-prefix"
	c.Response = &report.Response{Status: 200}
	c.Exchanges = []report.Exchange{request("GET", "/users", c.Request.Origin, 200,
		report.Field{"Access-Control-Allow-Origin", c.Request.Origin}, report.Field{"Vary", "Origin"})}
	c.Mismatch = []report.Mismatch{{"outcome", "blocked", "allowed", "outcome: expected blocked, got allowed"}}
	return c
}

func timedOut() *report.Case {
	c := testCase("a6", "user api", "GET", "/slow", app)
	c.Status, c.Outcome = report.Errored, "undecided"
	c.Error = &report.Error{Kind: "timeout", Message: "no complete head within 10s"}
	x := request("GET", "/slow", app, 0)
	x.Response, x.Error, x.Try = nil, c.Error, 1
	c.Exchanges = []report.Exchange{x}
	return c
}

func skipped() *report.Case {
	c := testCase("a7", "the new api", "GET", "/v2", app)
	c.Status, c.Skip, c.Outcome = report.Skipped, "until #42 is deployed", "undecided"
	return c
}

// hostile is a case whose server tries everything.
func hostile() *report.Case {
	c := testCase("a8", "a hostile server", "GET", "/hostile", evil)
	bad := "\x1b[31m::error file=x::owned\r\n##[error]x ##vso[task.complete] ##teamcity[x] ]]> \x00\x7f \xff\xfe \\x41 " +
		"\u202egpj.exe \u200b\ufffe <script>&amp;"
	c.Status, c.Outcome, c.Reason, c.Stage = report.Failed, "blocked", "allow-origin-mismatch", "response"
	v := report.Verdict{Outcome: "blocked", Reason: c.Reason, Stage: c.Stage, Message: "::error::" + bad}
	c.Engines = verdicts(v)
	c.Exchanges = []report.Exchange{request("GET", "/hostile", evil, 200, report.Field{"Access-Control-Allow-Origin", bad},
		report.Field{"X-Big", strings.Repeat("ä", 50<<10)})}
	c.Exchanges[0].Note = bad
	c.Mismatch = []report.Mismatch{{"response.headers.X-Bad", "fine", bad, "::warning::" + bad}}
	return c
}

// play feeds the sample to h.
func play(h report.Handler) error {
	if err := h.Start(sampleStart()); err != nil {
		return err
	}
	for _, c := range sample() {
		if err := h.Case(c); err != nil {
			return err
		}
	}
	return h.Finish(sampleFinish())
}
