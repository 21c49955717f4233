package runner_test

import (
	"fmt"
	"net"
	"net/http"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/corsgate/corsgate/assert"
	"github.com/corsgate/corsgate/cors"
	"github.com/corsgate/corsgate/report"
	"github.com/corsgate/corsgate/runner"
)

// failing fails the first n requests of a method as fail does, then lets every page in.
func failing(n int64, method string, fail http.HandlerFunc) (http.HandlerFunc, *atomic.Int64) {
	var seen atomic.Int64
	return func(w http.ResponseWriter, r *http.Request) {
		if r.Method == method && seen.Add(1) <= n {
			fail(w, r)
			return
		}
		allow(w, r)
	}, &seen
}

func abort(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }

func hang(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }

func busy(status int, after string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		if after != "" {
			w.Header().Set("Retry-After", after)
		}
		w.WriteHeader(status)
	}
}

func TestRetries(t *testing.T) {
	tests := []struct {
		name   string
		method string
		fail   http.HandlerFunc
		fails  int64
		retry  int
		status report.Status
		sent   int64 // requests of the method at the server
	}{
		{"none by default", "GET", abort, 1, 0, report.Errored, 1},
		{"a closed connection", "GET", abort, 2, 2, report.Passed, 3},
		{"not often enough", "GET", abort, 3, 2, report.Errored, 3},
		{"no answer", "GET", hang, 1, 1, report.Passed, 2},
		{"a preflight", "OPTIONS", abort, 1, 1, report.Passed, 2},
		{"503", "GET", busy(503, ""), 1, 1, report.Passed, 2},
		{"429 with a time to wait", "GET", busy(429, "0"), 1, 1, report.Passed, 2},
		{"429 with a date to wait for", "GET", busy(429, "Mon, 02 Jan 2006 15:04:05 GMT"), 1, 1, report.Passed, 2},
		{"503 with too long a time", "GET", busy(503, "3600"), 1, 3, report.Failed, 1},
		{"500 is an answer", "GET", busy(500, ""), 1, 3, report.Failed, 1},
		{"an unsafe request that may have arrived", "DELETE", abort, 1, 3, report.Errored, 1},
		{"an unsafe request that was too many", "DELETE", busy(503, ""), 1, 3, report.Failed, 1},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			handle, seen := failing(test.fails, test.method, test.fail)
			c := always(server(t, handle).URL, test.method)
			if test.method == "OPTIONS" {
				c.Fetch.Method = "PUT"
			}
			o := runner.Options{Retry: test.retry, RetryInterval: time.Millisecond, Timeout: 500 * time.Millisecond}
			got := collect(t, o, c)[0]
			if got.Status != test.status || seen.Load() != test.sent {
				t.Fatalf("%s after %d requests, want %s after %d: %+v",
					got.Status, seen.Load(), test.status, test.sent, got.Error)
			}
			if tries := triesOf(got, test.method); tries != test.sent {
				t.Errorf("the report tells of %d tries: %+v", tries, got.Exchanges)
			}
		})
	}
}

// triesOf counts the exchanges of a method, whose Try must count them too.
func triesOf(c report.Case, method string) int64 {
	n := 0
	for _, x := range c.Exchanges {
		if x.Request.Method == method {
			if x.Try != n {
				return -1
			}
			n++
		}
	}
	return int64(n)
}

func TestAnUnsafeRequestThatCannotHaveArrivedIsTriedAgain(t *testing.T) {
	c := always("http://"+closedPort(t)+"/", "POST")
	got := collect(t, runner.Options{Retry: 2, RetryInterval: time.Millisecond}, c)[0]
	if got.Error == nil || got.Error.Kind != "connect" || len(got.Exchanges) != 3 {
		t.Errorf("%+v, %d exchanges", got.Error, len(got.Exchanges))
	}
}

func TestAnUnsafeRequestIsNeverResentByTheTransport(t *testing.T) {
	var posts atomic.Int64
	address := listen(t, func(conn net.Conn) {
		defer conn.Close()
		buffer := make([]byte, 4096)
		for {
			n, err := conn.Read(buffer)
			if err != nil {
				return
			}
			if strings.HasPrefix(string(buffer[:n]), "POST") {
				posts.Add(1)
				return
			}
			fmt.Fprint(conn, allowedHead, "Access-Control-Allow-Headers: *\r\nContent-Length: 0\r\n\r\n")
		}
	})
	c := always("http://"+address+"/", "POST")
	c.Fetch.Headers = lines("Idempotency-Key", "1")
	o := runner.Options{Jobs: 1, Retry: 3, RetryInterval: time.Millisecond}
	results := collect(t, o, get("http://"+address+"/"), c)
	if results[1].Error == nil || results[1].Error.Kind != "closed" {
		t.Errorf("%s %+v", results[1].Status, results[1].Error)
	}
	if posts.Load() != 1 {
		t.Errorf("%d POSTs arrived", posts.Load())
	}
}

func TestRepeatedAnswersThatDifferFailTheCase(t *testing.T) {
	bad := func(w http.ResponseWriter, _ *http.Request) { w.Header().Set("X-Node", "b") }
	old := func(w http.ResponseWriter, r *http.Request) {
		allow(w, r)
		w.Header().Set("Access-Control-Expose-Headers", "X-Old")
	}
	tests := []struct {
		name    string
		fail    http.HandlerFunc
		fails   int64
		status  report.Status
		outcome string
	}{
		{"all agree", bad, 0, report.Passed, "allowed"},
		{"a minority blocks", bad, 1, report.Failed, "allowed"},
		{"a tie is blocked", bad, 2, report.Failed, "blocked"},
		{"a majority blocks", bad, 3, report.Failed, "blocked"},
		{"a header differs", old, 1, report.Failed, "allowed"},
		{"an overloaded node is not retried away", busy(503, "0"), 1, report.Failed, "allowed"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			handle, _ := failing(test.fails, "GET", test.fail)
			c := get(server(t, handle).URL)
			c.Repeat = 4
			got := collect(t, runner.Options{Retry: 2, RetryInterval: time.Millisecond}, c)[0]
			if got.Status != test.status || got.Outcome != test.outcome {
				t.Errorf("%s %s", got.Status, got.Outcome)
			}
			if (got.Cause != nil) != (test.status == report.Failed) {
				t.Fatalf("cause %+v", got.Cause)
			}
			if got.Cause != nil && (causeOf(got) != "node-disagrees" || len(got.Cause.Evidence) != 2) {
				t.Errorf("%+v", got.Cause)
			}
			repeats := slices.ContainsFunc(got.Mismatch, func(m report.Mismatch) bool { return m.Field == "repeat" })
			if repeats != (test.status == report.Failed) {
				t.Errorf("%+v", got.Mismatch)
			}
			var rounds []int
			for _, x := range got.Exchanges {
				rounds = append(rounds, x.Round)
			}
			if diff := cmp.Diff([]int{0, 1, 2, 3}, rounds); diff != "" {
				t.Errorf("rounds (-want +got):\n%s", diff)
			}
		})
	}
}

func TestEvidenceOfADisagreementNamesTheAnswers(t *testing.T) {
	handle, _ := failing(1, "GET", func(http.ResponseWriter, *http.Request) {})
	s := server(t, handle)
	c := get(s.URL + "/u")
	c.Repeat = 3
	got := collect(t, runner.Options{}, c)[0]
	address := s.Listener.Addr().String()
	want := []string{
		"1× blocked (missing-allow-origin-header): GET " + s.URL + "/u answered 200, from " + address,
		"2× allowed: GET " + s.URL + "/u answered 200, access-control-allow-headers: *, " +
			"access-control-allow-methods: *, access-control-allow-origin: *, from " + address,
	}
	if diff := cmp.Diff(want, got.Cause.Evidence); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestADroppedPreflightIsAnErrorWithItsCause(t *testing.T) {
	ignored := func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodOptions {
			hang(w, r)
		}
		allow(w, r)
	}
	aborted := func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodOptions {
			abort(w, r)
		}
		allow(w, r)
	}
	tests := []struct {
		name, kind, cause string
		handle            http.HandlerFunc
		gets              int
	}{
		{"ignored", "timeout", "options-dropped", ignored, 1},
		{"closed", "closed", "options-dropped", aborted, 1},
		{"nothing is answered", "closed", "", abort, 1},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			var count tally
			s := server(t, count.handler(test.handle))
			first, second := preflighted(s.URL+"/u"), preflighted(s.URL+"/u")
			second.Fetch.Method = "DELETE"
			second.Expect = assert.Expectation{Outcome: []cors.Verdict{cors.Blocked}}
			for _, got := range collect(t, runner.Options{Timeout: 500 * time.Millisecond}, first, second) {
				if got.Status != report.Errored || got.Error.Kind != test.kind || got.Outcome != "undecided" {
					t.Errorf("%s %+v %s", got.Status, got.Error, got.Outcome)
				}
				if cause := causeOf(got); cause != test.cause {
					t.Errorf("cause %q, want %q", cause, test.cause)
				}
			}
			if n := count.of("GET /u"); n != test.gets {
				t.Errorf("%d GETs for two cases with one URL", n)
			}
		})
	}
}

func causeOf(c report.Case) string {
	if c.Cause == nil {
		return ""
	}
	return c.Cause.ID
}
