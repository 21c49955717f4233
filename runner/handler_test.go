package runner_test

import (
	"context"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/corsgate/corsgate/report"
	"github.com/corsgate/corsgate/runner"
)

func TestAHandlerInProcessSeesWhatAServerWouldSee(t *testing.T) {
	body := "hello"
	c := always("https://api.example.com:8443/a%20b?q=1", "POST")
	c.Fetch.Body = &body
	c.Fetch.Headers = lines("content-type", "application/json", "x-two", "1")
	var seen []string
	handle := func(w http.ResponseWriter, r *http.Request) {
		allow(w, r)
		text, _ := io.ReadAll(r.Body)
		seen = append(seen, r.Method+" "+r.Host+" "+r.RequestURI+" "+r.URL.Path+" "+r.URL.RawQuery+" "+
			r.Header.Get("Content-Type")+" "+r.Header.Get("X-Two")+" "+string(text))
	}
	got := collect(t, runner.Options{Transport: runner.HandlerTransport(http.HandlerFunc(handle))}, c)[0]
	if got.Status != report.Passed {
		t.Fatalf("%+v %+v", got.Error, got.Mismatch)
	}
	want := []string{
		"OPTIONS api.example.com:8443 /a%20b?q=1 /a b q=1   ",
		"POST api.example.com:8443 /a%20b?q=1 /a b q=1 application/json 1 hello",
	}
	if diff := cmp.Diff(want, seen); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestAHandlerInProcessAnswersAsAServerWould(t *testing.T) {
	tests := []struct {
		name   string
		handle http.HandlerFunc
		status int
		want   []report.Field
		kind   string
	}{
		{"nothing written", func(http.ResponseWriter, *http.Request) {}, 200, []report.Field{}, ""},
		{"a status", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(404) }, 404, []report.Field{}, ""},
		{"a body", func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, "<html>") }, 200,
			[]report.Field{{"Content-Type", "text/html; charset=utf-8"}}, ""},
		{"headers after the head are too late", func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("X-A", "1")
			w.WriteHeader(200)
			w.Header().Set("X-B", "1")
		}, 200, []report.Field{{"X-A", "1"}}, ""},
		{"early hints are not the answer", func(w http.ResponseWriter, _ *http.Request) {
			w.WriteHeader(103)
			w.WriteHeader(204)
		}, 204, []report.Field{}, ""},
		{"an endless body", func(w http.ResponseWriter, _ *http.Request) {
			io.Copy(w, io.LimitReader(strings.NewReader(strings.Repeat("a", 1<<20)), 1<<20))
		}, 200, []report.Field{{"Content-Type", "text/plain; charset=utf-8"}}, ""},
		{"an abort", abort, 0, nil, "closed"},
		{"a panic", func(http.ResponseWriter, *http.Request) { panic("oops") }, 0, nil, "closed"},
		{"a hang", func(http.ResponseWriter, *http.Request) { <-time.After(2 * time.Second) }, 0, nil, "timeout"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			o := runner.Options{Transport: runner.HandlerTransport(test.handle), Timeout: 200 * time.Millisecond}
			got := collect(t, o, get("https://api.example.com/"))[0]
			if test.kind != "" {
				if got.Error == nil || got.Error.Kind != test.kind {
					t.Errorf("%+v", got.Error)
				}
				return
			}
			response := got.Exchanges[0].Response
			if response == nil || response.Status != test.status {
				t.Fatalf("%+v %+v", response, got.Error)
			}
			if diff := cmp.Diff(test.want, response.Headers); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestAnInterruptedRunLeavesAHangingHandlerBehind(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	release := make(chan struct{})
	defer close(release)
	handle := func(http.ResponseWriter, *http.Request) {
		cancel()
		<-release
	}
	results, _, err := runner.Collect(ctx, []runner.Case{get("https://api.example.com/")},
		runner.Options{Transport: runner.HandlerTransport(http.HandlerFunc(handle))})
	if err != nil || results[0].Error == nil || results[0].Error.Kind != "interrupted" {
		t.Errorf("%v %+v", err, results)
	}
}
