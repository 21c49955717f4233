package runner_test

import (
	"fmt"
	"net/http"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/corsgate/corsgate/report"
	"github.com/corsgate/corsgate/runner"
	"github.com/corsgate/corsgate/spec"
)

// tally counts requests by method and path.
type tally struct {
	mu   sync.Mutex
	seen map[string]int
}

func (c *tally) handler(next http.HandlerFunc) http.HandlerFunc {
	c.seen = make(map[string]int)
	return func(w http.ResponseWriter, r *http.Request) {
		c.mu.Lock()
		c.seen[r.Method+" "+r.URL.Path]++
		c.mu.Unlock()
		next(w, r)
	}
}

func (c *tally) of(request string) int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.seen[request]
}

func TestIdenticalExchangesAreSentOnceWhateverTheNumberOfJobs(t *testing.T) {
	for _, jobs := range []int{1, 4, 64} {
		t.Run(fmt.Sprint(jobs, " jobs"), func(t *testing.T) {
			var count tally
			s := server(t, count.handler(allow))
			target := &spec.Target{URL: s.URL}
			var cases []runner.Case
			for i := range 300 {
				c := preflighted(fmt.Sprintf("%s/%d", s.URL, i%10))
				c.Browsers, c.Target = browsers, target
				cases = append(cases, c)
			}
			results := collect(t, runner.Options{Jobs: jobs}, cases...)
			for i, got := range results {
				if got.Status != report.Passed || len(got.Exchanges) != 1 {
					t.Fatalf("case %d: %s %+v", i, got.Status, got.Error)
				}
				if shared := got.Exchanges[0].Shared; shared != (i >= 10) {
					t.Errorf("case %d: shared %v", i, shared)
				}
				if diff := cmp.Diff([]string{"chromium", "firefox", "webkit"}, got.Exchanges[0].Engines); diff != "" {
					t.Errorf("case %d: %s", i, diff)
				}
			}
			if len(count.seen) != 10 {
				t.Errorf("%d distinct requests: %v", len(count.seen), count.seen)
			}
			for request, n := range count.seen {
				if n != 1 {
					t.Errorf("%s came %d times", request, n)
				}
			}
		})
	}
}

func TestUnsafeRequestsAreSentOncePerCase(t *testing.T) {
	var count tally
	s := server(t, count.handler(allow))
	c := always(s.URL+"/u", "DELETE")
	c.Browsers = browsers
	results, summary, err := runner.Collect(t.Context(), many(5, c), runner.Options{})
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]int{"OPTIONS /u": 1, "DELETE /u": 5}
	if diff := cmp.Diff(want, count.seen); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if summary.Exchanges != 6 || summary.Passed != 5 {
		t.Errorf("%+v", summary)
	}
	for _, got := range results {
		if got.Checked != "all" || len(got.Exchanges) != 2 || got.Exchanges[1].Shared {
			t.Errorf("checked %s, %+v", got.Checked, got.Exchanges)
		}
	}
}

func TestNoShareSendsForEachCase(t *testing.T) {
	var count tally
	s := server(t, count.handler(allow))
	c := preflighted(s.URL + "/u")
	c.Browsers = browsers
	for _, got := range collect(t, runner.Options{NoShare: true}, many(5, c)...) {
		if len(got.Exchanges) != 1 || got.Exchanges[0].Shared {
			t.Errorf("%+v", got.Exchanges)
		}
	}
	if diff := cmp.Diff(map[string]int{"OPTIONS /u": 5}, count.seen); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}
