package runner_test

import (
	"net/http"
	"slices"
	"sync/atomic"
	"testing"

	"github.com/corsgate/corsgate/audit"
	"github.com/corsgate/corsgate/cors"
	"github.com/corsgate/corsgate/report"
	"github.com/corsgate/corsgate/runner"
)

// reflecting answers every origin with itself and forgets Vary.
func reflecting(hits *atomic.Int64) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		hits.Add(1)
		if origin := r.Header.Get("Origin"); origin != "" {
			w.Header().Set("Access-Control-Allow-Origin", origin)
		}
	}
}

func rulesOf(c report.Case) []string {
	var rules []string
	for _, f := range c.Findings {
		rules = append(rules, f.Rule+" "+f.Severity)
	}
	return rules
}

func TestFindingsAreSeenWhateverWasExpected(t *testing.T) {
	var hits atomic.Int64
	s := server(t, reflecting(&hits))
	for _, test := range []struct {
		name   string
		levels map[string]audit.Level
		strict bool
		status report.Status
		want   []string
	}{
		{"as they are", nil, false, report.Passed, []string{"vary-origin-missing warning", "vary-missing-on-non-cors warning"}},
		{"strictly", nil, true, report.Failed, []string{"vary-origin-missing warning", "vary-missing-on-non-cors warning"}},
		{"one as an error", map[string]audit.Level{"vary-origin-missing": audit.LevelError}, false, report.Failed,
			[]string{"vary-origin-missing error", "vary-missing-on-non-cors warning"}},
		{"off", map[string]audit.Level{
			"vary-origin-missing": audit.LevelOff, "vary-missing-on-non-cors": audit.LevelOff,
		}, false, report.Passed, nil},
	} {
		t.Run(test.name, func(t *testing.T) {
			c := get(s.URL + "/x")
			c.Levels = test.levels
			results, summary, err := runner.Collect(t.Context(), []runner.Case{c}, runner.Options{Strict: test.strict})
			if err != nil {
				t.Fatal(err)
			}
			got := slices.DeleteFunc(rulesOf(results[0]), func(rule string) bool {
				return rule == "mixed-content-loopback info"
			})
			if !slices.Equal(got, test.want) || results[0].Status != test.status {
				t.Errorf("%s with %q, want %s with %q", results[0].Status, got, test.status, test.want)
			}
			if summary.Findings != len(results[0].Findings) {
				t.Errorf("the summary counts %d findings", summary.Findings)
			}
		})
	}
}

func TestWhatFindingsNeedIsAskedOnceForAllCases(t *testing.T) {
	var hits atomic.Int64
	s := server(t, reflecting(&hits))
	_, summary, err := runner.Collect(t.Context(), many(20, get(s.URL+"/x")), runner.Options{})
	if err != nil {
		t.Fatal(err)
	}
	const once, withoutOrigin, anotherOrigin = 1, 1, 1
	if n := hits.Load(); n != once+withoutOrigin+anotherOrigin || summary.Exchanges != int(n) {
		t.Errorf("%d requests, the summary counts %d", n, summary.Exchanges)
	}
}

func TestALockOutThatIsExpectedIsAWarning(t *testing.T) {
	s := server(t, func(w http.ResponseWriter, _ *http.Request) {
		w.Header()["Access-Control-Allow-Origin"] = []string{"*", "*"}
	})
	for _, test := range []struct {
		name   string
		want   cors.Verdict
		levels map[string]audit.Level
		status report.Status
		rule   string
	}{
		{"expected to get through", cors.Allowed, nil, report.Failed, "duplicate-cors-header error"},
		{"expected to be blocked", cors.Blocked, nil, report.Passed, "duplicate-cors-header warning"},
		{"an error in the file's own words", cors.Blocked, map[string]audit.Level{"duplicate-cors-header": audit.LevelError},
			report.Failed, "duplicate-cors-header error"},
	} {
		t.Run(test.name, func(t *testing.T) {
			c := get(s.URL + "/x")
			c.Expect.Outcome, c.Levels = []cors.Verdict{test.want}, test.levels
			results, _, err := runner.Collect(t.Context(), []runner.Case{c}, runner.Options{Diagnose: -1})
			if err != nil {
				t.Fatal(err)
			}
			if results[0].Status != test.status || !slices.Contains(rulesOf(results[0]), test.rule) {
				t.Errorf("%s with %q, want %s with %s", results[0].Status, rulesOf(results[0]), test.status, test.rule)
			}
		})
	}
}
