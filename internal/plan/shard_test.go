package plan_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/corsgate/corsgate/cors"
	"github.com/corsgate/corsgate/internal/plan"
	"github.com/corsgate/corsgate/spec"
)

// numbered are cases whose ids are in no order.
func numbered(n int) []plan.Case {
	cases := make([]plan.Case, n)
	for i := range cases {
		cases[i] = plan.Case{ID: fmt.Sprintf("%04x", i*40503%65536), Target: &spec.Target{}}
	}
	return cases
}

func TestShardsAreEvenAndDealOutEachCaseOnce(t *testing.T) {
	for _, n := range []int{0, 1, 2, 10, 100} {
		cases := numbered(n)
		for _, total := range []int{1, 2, 3, 7, 150} {
			var all []int
			for i := 1; i <= total; i++ {
				mine := plan.Shard{Index: i, Total: total}.Of(cases)
				if !slices.IsSorted(mine) {
					t.Errorf("%d/%d of %d is not in the plan's order: %v", i, total, n, mine)
				}
				if len(mine) < n/total || len(mine) > n/total+1 {
					t.Errorf("%d/%d of %d has %d cases", i, total, n, len(mine))
				}
				all = append(all, mine...)
			}
			slices.Sort(all)
			if want := (plan.Shard{}).Of(cases); !slices.Equal(all, want) {
				t.Errorf("%d shards of %d: got %v", total, n, all)
			}
		}
	}
}

func TestAShardDependsOnIDsNotOnTheOrderOfCases(t *testing.T) {
	ids := func(cases []plan.Case) (list []string) {
		for _, i := range (plan.Shard{Index: 2, Total: 3}).Of(cases) {
			list = append(list, cases[i].ID)
		}
		slices.Sort(list)
		return list
	}
	cases := numbered(50)
	want := ids(cases)
	slices.Reverse(cases)
	if got := ids(cases); !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}

func TestAShardThatCannotBeIsRefused(t *testing.T) {
	for _, s := range []plan.Shard{{}, {Index: 1, Total: 1}, {Index: 7, Total: 7}} {
		if err := s.Check(); err != nil {
			t.Errorf("%v: %v", s, err)
		}
	}
	for _, s := range []plan.Shard{{Index: 0, Total: 3}, {Index: 4, Total: 3}, {Index: -1, Total: 3}, {Index: 1}, {Total: -1}} {
		if err := s.Check(); err == nil {
			t.Errorf("%v passes", s)
		}
	}
}

func TestADigestTellsPlansApart(t *testing.T) {
	digest := func(change func(*plan.Case)) string {
		cases := numbered(3)
		cases[1].Browsers = []cors.Engine{cors.Chromium}
		cases[1].Fetch.Headers = []cors.Header{{Name: "Authorization", Value: "Bearer hunter2"}}
		change(&cases[1])
		d, err := plan.Digest(cases, func(s string) string { return strings.ReplaceAll(s, "hunter2", "***") })
		if err != nil {
			t.Fatal(err)
		}
		return d
	}
	same := digest(func(*plan.Case) {})
	for name, change := range map[string]func(*plan.Case){
		"a URL":          func(c *plan.Case) { c.Fetch.URL = "https://api.example.com/" },
		"an origin":      func(c *plan.Case) { c.Fetch.Origin = cors.Origin{Scheme: "https", Host: "a.example"} },
		"a browser":      func(c *plan.Case) { c.Browsers = []cors.Engine{cors.Firefox} },
		"an expectation": func(c *plan.Case) { c.Expect.Outcome = []cors.Verdict{cors.Blocked} },
		"a target":       func(c *plan.Case) { c.Target = &spec.Target{Connect: "127.0.0.1:1"} },
		"the line":       func(c *plan.Case) { c.Line = 9 },
	} {
		if digest(change) == same {
			t.Errorf("%s makes no difference", name)
		}
	}
	hidden := digest(func(c *plan.Case) { c.Fetch.Headers[0].Value = "Bearer ***" })
	if hidden != same {
		t.Error("what is hidden makes a difference")
	}
}
