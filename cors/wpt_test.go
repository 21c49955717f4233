package cors_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/corsgate/corsgate/cors"
	"github.com/corsgate/corsgate/internal/corpus"
)

// wptCase is one line of wpt.jsonl.gz: a case of the web platform's own tests.
type wptCase struct {
	ID, What string
	wptStep
	Sequence        []wptStep
	Tentative       bool
	AgreesWithFetch *bool `json:"agrees_with_fetch"`
	EnginesDeviate  bool  `json:"engines_deviate"`
}

type wptStep struct {
	Wait    float64 `json:"wait_seconds_before"`
	Request struct {
		corpus.Fetch
		PageOrigin string `json:"page_origin"`
		Body       any
	}
	Redirects []struct {
		URL       string
		Preflight *corpus.Answer
		Status    int
		Headers   [][2]string
	}
	FinalURL            string `json:"final_url"`
	Preflight, Actual   *corpus.Answer
	Expect              string
	ExpectPreflight     bool    `json:"expect_preflight"`
	ExpectOrigin        *string `json:"expect_origin_header"`
	ExpectStatus        *int    `json:"expect_status"`
	ExpectType          string  `json:"expect_type"`
	Exposed             map[string]*string
	RequestHeaders      *string         `json:"acrh"`
	FinalMethod         string          `json:"final_method"`
	FinalRequestHas     map[string]bool `json:"final_request_has"`
	ActualRequestIsSent *bool           `json:"actual_request_sent"`
}

func TestStandardPassesTheWebPlatformTests(t *testing.T) {
	passed, conflicting := 0, 0
	cases, err := corpus.Lines[wptCase]("wpt.jsonl.gz")
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range cases {
		if c.AgreesWithFetch != nil && !*c.AgreesWithFetch {
			conflicting++
			continue
		}
		steps := c.Sequence
		if steps == nil {
			steps = []wptStep{c.wptStep}
		}
		cache, now := new(cors.Cache), corpus.Start()
		for i := range steps {
			now = now.Add(time.Duration(steps[i].Wait * float64(time.Second))).Add(10 * time.Millisecond)
			for _, problem := range steps[i].run(t, cache, now) {
				t.Errorf("%s step %d (%s): %s", c.ID, i, c.What, problem)
			}
		}
		passed++
	}
	t.Logf("%d cases held, %d conflict with the standard by their own marks", passed, conflicting)
	if conflicting > 6 {
		t.Errorf("%d cases are marked as conflicting with the standard, want 6", conflicting)
	}
}

// run replays a step and says what differs from what the test expects.
func (s *wptStep) run(t *testing.T, cache *cors.Cache, now time.Time) (problems []string) {
	t.Helper()
	origin, err := cors.ParseOrigin(s.Request.PageOrigin)
	if err != nil {
		t.Fatal(err)
	}
	fetch := cors.Fetch{
		Origin: origin, URL: s.Request.URL, Method: s.Request.Method, Headers: corpus.Headers(s.Request.Headers),
		Mode: s.Request.Mode, Credentials: s.Request.Credentials, Redirect: s.Request.Redirect, Started: now,
	}
	if s.Request.Body == true {
		body := "x"
		fetch.Body = &body
	}
	flow := cors.NewFlow(cors.Standard, fetch, cache)
	var sent []cors.Request
	for request, ok := flow.Next(); ok; request, ok = flow.Next() {
		sent = append(sent, request)
		response := s.answer(request)
		response.Received = now
		flow.Receive(response)
	}
	return s.judge(sent, flow.Outcome())
}

func (s *wptStep) answer(r cors.Request) cors.Response {
	preflight, actual := s.Preflight, s.Actual
	if r.Hop < len(s.Redirects) {
		hop := s.Redirects[r.Hop]
		preflight, actual = hop.Preflight, &corpus.Answer{Status: hop.Status, Headers: hop.Headers}
	}
	chosen := actual
	if r.Kind == cors.KindPreflight {
		chosen = preflight
	}
	if chosen == nil {
		return cors.Response{Status: 404}
	}
	headers := corpus.Headers(chosen.Headers)
	for i := range headers {
		headers[i].Value = strings.Trim(headers[i].Value, "\t ")
	}
	return cors.Response{Status: chosen.Status, Headers: headers}
}

func (s *wptStep) judge(sent []cors.Request, o cors.Outcome) (problems []string) {
	fail := func(bad bool, problem string) {
		if bad {
			problems = append(problems, problem)
		}
	}
	outcome := "allowed"
	if o.Verdict == cors.Blocked {
		outcome = "blocked"
	}
	fail(outcome != s.Expect, "outcome "+string(o.Verdict)+" "+string(o.Reason)+", want "+s.Expect)
	preflighted := slices.ContainsFunc(sent, func(r cors.Request) bool { return r.Kind == cors.KindPreflight })
	fail(preflighted != s.ExpectPreflight, "a preflight where there must be none, or none")
	fail(s.ExpectStatus != nil && *s.ExpectStatus != o.Status, "another status")
	fail(s.ExpectType != "" && s.ExpectType != string(o.Type), "response type "+string(o.Type))
	for name, want := range s.Exposed {
		fail(!sameValue(want, valueOf(o.Readable, name)), "another readable value of "+name)
	}
	if len(sent) == 0 {
		return problems
	}
	last := sent[len(sent)-1]
	fail(s.ExpectOrigin != nil && deref(valueOf(last.Headers, "Origin")) != *s.ExpectOrigin, "another Origin")
	fail(s.FinalMethod != "" && methodOf(last) != s.FinalMethod, "final method "+methodOf(last))
	fail(s.ActualRequestIsSent != nil && (last.Kind == cors.KindRequest) != *s.ActualRequestIsSent, "the request itself")
	for name, has := range s.FinalRequestHas {
		fail((valueOf(last.Headers, name) != nil) != has, "the final request's "+name)
	}
	if s.RequestHeaders != nil {
		fail(!sameValue(s.RequestHeaders, valueOf(sent[0].Headers, "Access-Control-Request-Headers")), "another header list")
	}
	return problems
}

// methodOf is the method of a request, or the one that a preflight asks for.
func methodOf(r cors.Request) string {
	if asked := valueOf(r.Headers, "Access-Control-Request-Method"); asked != nil {
		return *asked
	}
	return r.Method
}

func valueOf(headers []cors.Header, name string) *string {
	var values []string
	for _, h := range headers {
		if strings.EqualFold(h.Name, name) {
			values = append(values, h.Value)
		}
	}
	if values == nil {
		return nil
	}
	joined := strings.Join(values, ", ")
	return &joined
}

func sameValue(want, got *string) bool {
	return (want == nil) == (got == nil) && deref(want) == deref(got)
}

func deref(s *string) string {
	if s == nil {
		return ""
	}
	return *s
}
