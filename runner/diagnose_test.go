package runner_test

import (
	"fmt"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/corsgate/corsgate/audit"
	"github.com/corsgate/corsgate/cors"
	"github.com/corsgate/corsgate/internal/demo"
	"github.com/corsgate/corsgate/internal/plan"
	"github.com/corsgate/corsgate/runner"
)

func TestAFailedCaseNamesItsCauseOverTheWire(t *testing.T) {
	s := server(t, demo.Handler().ServeHTTP)
	app := cors.Origin{Scheme: "https", Host: "app.example.com"}
	good := get(s.URL + "/right/list")
	good.Fetch.Origin = app
	for path, want := range map[string]string{
		"/wrong/preflight-requires-auth-401": "preflight-requires-auth",
		"/wrong/response-lacks-cors":         "response-lacks-cors",
		"/wrong/duplicate-cors-headers":      "duplicate-cors-headers",
		"/wrong/cors-not-configured":         "cors-not-configured",
		"/wrong/preflight-redirected-slash":  "preflight-redirected",
	} {
		t.Run(strings.TrimPrefix(path, "/wrong/"), func(t *testing.T) {
			c := get(s.URL + path)
			c.Fetch.Origin, c.Target = app, good.Target
			if strings.Contains(path, "preflight") {
				c.Fetch.Method = "PUT"
			}
			got := collect(t, runner.Options{Diagnose: audit.MaxAsks}, good, c)[1]
			if got.Cause == nil || got.Cause.ID != want {
				t.Fatalf("got %+v, want %s", got.Cause, want)
			}
			if got.Cause.Remedy == "" || len(got.Cause.Evidence) == 0 {
				t.Errorf("no remedy or no evidence: %+v", got.Cause)
			}
		})
	}
}

func TestDiagnosisIsBoundedAndSharedAndNeverUnsafe(t *testing.T) {
	var methods []string
	s := server(t, func(w http.ResponseWriter, r *http.Request) {
		methods = append(methods, r.Method)
		http.NotFound(w, r)
	})
	first, second := get(s.URL+"/a"), get(s.URL+"/a")
	first.Fetch.Method, second.Fetch.Method = "DELETE", "DELETE"
	second.ID = "second"
	o := runner.Options{Jobs: 1, Diagnose: 5}
	results := collect(t, o, first, second)
	if results[0].Cause == nil || results[1].Cause == nil || results[1].Cause.ID != results[0].Cause.ID {
		t.Errorf("causes %+v and %+v", results[0].Cause, results[1].Cause)
	}
	for _, m := range methods {
		if m != "OPTIONS" && m != "GET" && m != "HEAD" {
			t.Errorf("the diagnosis sent %s", m)
		}
	}
	if len(methods) > 1+o.Diagnose {
		t.Errorf("%d requests for one failure", len(methods))
	}
}

func TestManyFailuresThatLookAlikeShareACause(t *testing.T) {
	var asked atomic.Int64
	s := server(t, func(w http.ResponseWriter, r *http.Request) {
		asked.Add(1)
		w.WriteHeader(http.StatusOK)
	})
	cases := make([]plan.Case, 500)
	for i := range cases {
		cases[i] = get(fmt.Sprintf("%s/%d", s.URL, i))
		cases[i].ID, cases[i].Target = fmt.Sprint(i), cases[0].Target
	}
	for _, c := range collect(t, runner.Options{Diagnose: audit.MaxAsks}, cases...) {
		if c.Cause == nil || c.Cause.ID != "cors-not-configured" {
			t.Fatalf("%s: %+v", c.ID, c.Cause)
		}
	}
	if most := int64(len(cases) + 200*audit.MaxAsks + 2*len(cases)); asked.Load() > most {
		t.Errorf("%d requests, at most %d", asked.Load(), most)
	}
}
