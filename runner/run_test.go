package runner_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/corsgate/corsgate/assert"
	"github.com/corsgate/corsgate/cors"
	"github.com/corsgate/corsgate/report"
	"github.com/corsgate/corsgate/runner"
	"github.com/corsgate/corsgate/spec"
)

var browsers = []cors.Engine{cors.Chromium, cors.Firefox, cors.WebKit}

func TestACaseThatStopsAfterItsPreflightSaysSo(t *testing.T) {
	var count tally
	s := server(t, count.handler(allow))
	got := collect(t, runner.Options{}, preflighted(s.URL+"/u"))[0]
	if got.Status != report.Passed || got.Checked != "preflight" || got.Outcome != "allowed" || got.Response != nil {
		t.Errorf("%s, checked %s, %s, %+v", got.Status, got.Checked, got.Outcome, got.Response)
	}
	if diff := cmp.Diff(map[string]int{"OPTIONS /u": 1}, count.seen); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestACaseWithNothingToCheckIsSkippedAndNotPassed(t *testing.T) {
	c := get("http://127.0.0.1:8081/")
	c.Send = spec.SendNever
	got := collect(t, runner.Options{}, c)[0]
	if got.Status != report.Skipped || got.Skip == "" || got.Outcome != "undecided" || len(got.Exchanges) != 0 {
		t.Errorf("%s %q %s %d", got.Status, got.Skip, got.Outcome, len(got.Exchanges))
	}
}

func TestAFailedCaseIsFilledIn(t *testing.T) {
	s := server(t, func(w http.ResponseWriter, r *http.Request) {
		w.Header()["Date"] = nil
		w.Header().Set("Access-Control-Allow-Origin", "https://other.example.com")
	})
	c := preflighted(s.URL + "/users/1")
	c.Name, c.File, c.Line, c.Tags, c.Browsers = "PUT as app", "corsgate.yaml", 12, []string{"smoke"}, browsers
	c.Target.Name = "edge"
	c.Fetch.Credentials = cors.CredentialsInclude
	c.Fetch.Headers = lines("X-A", "1")
	got := collect(t, runner.Options{}, c)[0]
	verdict := report.Verdict{
		Outcome: "blocked", Reason: "allow-origin-mismatch", Stage: "preflight",
		Message: got.Engines["chromium"].Message,
	}
	if diff := cmp.Diff(verdict, got.Engines["chromium"]); diff != "" {
		t.Errorf("verdict (-want +got):\n%s", diff)
	}
	if got.Exchanges[0].Duration <= 0 || got.Duration < got.Exchanges[0].Duration {
		t.Errorf("durations %d and %d", got.Duration, got.Exchanges[0].Duration)
	}
	got.Exchanges[0].Duration, got.Duration, got.Engines, got.Mismatch = 0, 0, nil, got.Mismatch[:1]
	got.Exchanges[0].Request.Headers = nil
	want := report.Case{
		ID: c.ID, Name: "PUT as app", Scenario: "test", File: "corsgate.yaml", Line: 12, Target: "edge",
		Tags: []string{"smoke"}, Kind: "scenario",
		Request: report.Request{
			Origin: app, URL: c.Fetch.URL, Method: "PUT", Mode: "cors", Credentials: "include", Redirect: "follow",
			Headers: []report.Field{{"X-A", "1"}},
		},
		Status: report.Failed, Checked: "all", Outcome: "blocked", Reason: "allow-origin-mismatch", Stage: "preflight",
		Browsers: []string{"chromium", "firefox", "webkit"},
		Exchanges: []report.Exchange{{
			Kind: "preflight", Engines: []string{"chromium", "firefox", "webkit"},
			Request: report.WireRequest{Method: "OPTIONS", URL: c.Fetch.URL},
			Response: &report.WireResponse{
				Protocol: "HTTP/1.1", Remote: s.Listener.Addr().String(), Status: 200,
				Headers: []report.Field{{"Access-Control-Allow-Origin", "https://other.example.com"}, {"Content-Length", "0"}},
			},
		}},
		Mismatch: []report.Mismatch{{
			Field: "outcome", Want: "allowed", Got: got.Mismatch[0].Got, Message: got.Mismatch[0].Message,
		}},
		Findings: []report.Finding{},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("case (-want +got):\n%s", diff)
	}
}

func TestTheScriptsViewIsReported(t *testing.T) {
	s := server(t, func(w http.ResponseWriter, r *http.Request) {
		allow(w, r)
		w.Header().Set("Content-Type", "text/plain")
		w.Header().Set("X-Hidden", "1")
		w.WriteHeader(http.StatusTeapot)
	})
	got := collect(t, runner.Options{}, get(s.URL))[0]
	if got.Response == nil || got.Response.Status != 418 {
		t.Fatalf("%+v", got.Response)
	}
	for _, name := range got.Response.Readable {
		if strings.EqualFold(name, "X-Hidden") {
			t.Errorf("readable: %v", got.Response.Readable)
		}
	}
}

// journal records what a Handler is told.
type journal struct {
	started  report.Start
	names    []string
	statuses map[report.Status]int
	finished *report.Finish
	progress []int
	each     func(*report.Case)
	err      error
}

func (j *journal) Start(s report.Start) error {
	j.started, j.statuses = s, make(map[report.Status]int)
	return j.err
}

func (j *journal) Case(c *report.Case) error {
	j.names = append(j.names, c.Name)
	j.statuses[c.Status]++
	if j.each != nil {
		j.each(c)
	}
	return j.err
}

func (j *journal) Finish(f report.Finish) error {
	j.finished = &f
	return j.err
}

func (j *journal) Progress(done, _ int) { j.progress = append(j.progress, done) }

func TestResultsComeInTheOrderOfThePlan(t *testing.T) {
	s := server(t, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/0" {
			time.Sleep(100 * time.Millisecond)
		}
		allow(w, r)
	})
	cases, want := numbered(s.URL, 500)
	var j journal
	summary, err := runner.Run(t.Context(), cases, runner.Options{RunID: "r1", Version: "9", NoFindings: true}, &j)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, j.names); diff != "" {
		t.Error(diff)
	}
	j.started.Started = time.Time{}
	started := report.Start{Tool: report.Tool{Name: "corsgate", Version: "9"}, RunID: "r1", Cases: 500}
	if diff := cmp.Diff(started, j.started); diff != "" {
		t.Error(diff)
	}
	if len(j.progress) != 500 || j.progress[0] != 1 || j.progress[499] != 500 {
		t.Errorf("progress %v", j.progress)
	}
	if diff := cmp.Diff(report.Summary{Cases: 500, Passed: 500, Exchanges: 500}, summary); diff != "" {
		t.Error(diff)
	}
	if j.finished == nil || j.finished.Summary != summary || j.finished.Interrupted || j.finished.Duration <= 0 {
		t.Errorf("%+v", j.finished)
	}
}

func numbered(url string, n int) ([]runner.Case, []string) {
	var cases []runner.Case
	var names []string
	for i := range n {
		c := get(fmt.Sprintf("%s/%d", url, i))
		c.Name = fmt.Sprint("case ", i)
		cases, names = append(cases, c), append(names, c.Name)
	}
	return cases, names
}

func TestARunGoesOnWhenItsHandlerCannotWrite(t *testing.T) {
	cases, _ := numbered(server(t, allow).URL, 5)
	j := journal{err: errors.New("disk full")}
	summary, err := runner.Run(t.Context(), cases, runner.Options{}, &j)
	if !errors.Is(err, j.err) || summary.Passed != 5 || len(j.names) != 5 || j.finished == nil {
		t.Errorf("%v %+v %d", err, summary, len(j.names))
	}
}

// hanging answers /0 to /9 and leaves all else waiting; it tells of the first one that waits.
func hanging(waits chan<- struct{}) http.HandlerFunc {
	var once sync.Once
	return func(w http.ResponseWriter, r *http.Request) {
		if len(r.URL.Path) > 2 {
			once.Do(func() { close(waits) })
			<-r.Context().Done()
			return
		}
		allow(w, r)
	}
}

func TestAnInterruptedRunTellsAllCases(t *testing.T) {
	tests := []struct {
		name    string
		options runner.Options
		cancel  bool
		kind    string
	}{
		{"interrupted", runner.Options{Jobs: 8}, true, "interrupted"},
		{"out of time", runner.Options{Jobs: 8, MaxTime: 300 * time.Millisecond}, false, "timeout"},
		{"waiting for the rate", runner.Options{Jobs: 8, MaxTime: 300 * time.Millisecond, Rate: 100}, false, "timeout"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			waits := make(chan struct{})
			cases, names := numbered(server(t, hanging(waits)).URL, 300)
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			if test.cancel {
				go func() {
					<-waits
					cancel()
				}()
			}
			j := journal{each: func(c *report.Case) {
				if c.Status == report.Errored && (c.Error.Kind != test.kind || c.Outcome != "undecided") {
					t.Errorf("%s: %s %+v", c.Name, c.Outcome, c.Error)
				}
			}}
			_, err := runner.Run(ctx, cases, test.options, &j)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(names, j.names); diff != "" {
				t.Error(diff)
			}
			passed, errored := j.statuses[report.Passed], j.statuses[report.Errored]
			if passed > 10 || passed+errored != 300 || !j.finished.Interrupted {
				t.Errorf("%v, interrupted %v", j.statuses, j.finished.Interrupted)
			}
		})
	}
}

func TestFailFastSkipsWhatComesAfterTheFirstFailureInThePlan(t *testing.T) {
	s := server(t, func(w http.ResponseWriter, r *http.Request) {
		switch {
		case r.URL.Path == "/5":
			time.Sleep(50 * time.Millisecond)
		case len(r.URL.Path) <= 2:
			time.Sleep(10 * time.Millisecond)
			fallthrough
		default:
			if r.URL.Path != "/7" {
				allow(w, r)
			}
		}
	})
	for _, jobs := range []int{1, 16} {
		t.Run(fmt.Sprint(jobs, " jobs"), func(t *testing.T) {
			cases, names := numbered(s.URL, 100)
			j := journal{each: func(c *report.Case) {
				if c.Status == report.Skipped && c.Skip == "" {
					t.Errorf("%s does not say why", c.Name)
				}
			}}
			summary, err := runner.Run(t.Context(), cases, runner.Options{FailFast: true, Jobs: jobs}, &j)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(names, j.names); diff != "" {
				t.Error(diff)
			}
			if summary.Passed != 5 || summary.Failed != 1 || summary.Skipped != 94 || j.finished.Interrupted {
				t.Errorf("%+v", summary)
			}
		})
	}
}

func TestSkippedCasesAreNotSent(t *testing.T) {
	c := get("http://127.0.0.1:1/")
	c.Skip = "until #42 is deployed"
	results, summary, err := runner.Collect(t.Context(), []runner.Case{c}, runner.Options{})
	if err != nil || summary.Skipped != 1 || summary.Exchanges != 0 {
		t.Fatalf("%v %+v", err, summary)
	}
	if results[0].Status != report.Skipped || results[0].Skip != c.Skip || results[0].Error != nil {
		t.Errorf("%+v", results[0])
	}
}

func TestTheNumberOfJobsBoundsTheExchangesUnderWay(t *testing.T) {
	var now, most atomic.Int64
	s := server(t, func(w http.ResponseWriter, r *http.Request) {
		n := now.Add(1)
		defer now.Add(-1)
		for old := most.Load(); n > old && !most.CompareAndSwap(old, n); old = most.Load() {
		}
		time.Sleep(2 * time.Millisecond)
		allow(w, r)
	})
	cases, _ := numbered(s.URL, 100)
	collect(t, runner.Options{Jobs: 5}, cases...)
	if most.Load() > 5 {
		t.Errorf("%d requests at once", most.Load())
	}
}

func TestTheRateBoundsTheExchangesASecond(t *testing.T) {
	cases, _ := numbered(server(t, allow).URL, 6)
	var j journal
	if _, err := runner.Run(t.Context(), cases, runner.Options{Rate: 50}, &j); err != nil {
		t.Fatal(err)
	}
	if least := 5 * 20 * time.Millisecond; j.finished.Duration < least {
		t.Errorf("6 exchanges at 50 a second took %s, less than %s", j.finished.Duration, least)
	}
}

func TestOneJobSendsInTheOrderOfThePlan(t *testing.T) {
	var mu sync.Mutex
	var paths []string
	s := server(t, func(w http.ResponseWriter, r *http.Request) {
		mu.Lock()
		defer mu.Unlock()
		paths = append(paths, r.URL.Path)
		allow(w, r)
	})
	cases, _ := numbered(s.URL, 50)
	collect(t, runner.Options{Jobs: 1}, cases...)
	for i, path := range paths {
		if path != fmt.Sprint("/", i) {
			t.Fatalf("request %d was for %s", i, path)
		}
	}
}

func TestABrowserThatBlocksDecides(t *testing.T) {
	// Firefox and the standard need no preflight for a long Accept in two lines; the others judge the joined value.
	var count tally
	s := server(t, count.handler(func(w http.ResponseWriter, r *http.Request) {
		if r.Method != http.MethodOptions {
			allow(w, r)
		}
	}))
	c := get(s.URL + "/u")
	c.Browsers = browsers
	c.Fetch.Headers = lines("Accept", strings.Repeat("a", 100), "Accept", strings.Repeat("b", 100))
	c.Expect = assert.Expectation{Outcome: []cors.Verdict{cors.Blocked}}
	got := collect(t, runner.Options{}, c)[0]
	if got.Engines["firefox"].Outcome != "allowed" || got.Engines["chromium"].Outcome != "blocked" {
		t.Fatalf("%+v", got.Engines)
	}
	if got.Outcome != "blocked" || got.Stage != "preflight" || got.Reason != got.Engines["chromium"].Reason {
		t.Errorf("%s %s %s", got.Outcome, got.Stage, got.Reason)
	}
}
