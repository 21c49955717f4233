package cors_test

import (
	"flag"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/corsgate/corsgate/cors"
)

var show = flag.Int("show", 3, "how many disagreements of a kind a failing test shows")

// aspect is one thing that a replayed case is compared by.
type aspect string

const (
	aspectOutcome  aspect = "outcome"
	aspectResponse aspect = "response"
	aspectWire     aspect = "wire"
	aspectReadable aspect = "readable headers"
	aspectLater    aspect = "later fetches"
	aspectReason   aspect = "reason"
	aspectMessage  aspect = "console text"
)

var aspects = []aspect{
	aspectOutcome, aspectResponse, aspectWire, aspectReadable, aspectLater, aspectReason, aspectMessage,
}

// disagreement is one aspect in which the Flow and the recorded browser differ.
type disagreement struct {
	aspect    aspect
	want, got string
}

func compare(c *recordedCase, e cors.Engine, want *recorded, got replayed) []disagreement {
	var all []disagreement
	add := func(a aspect, want, got string) {
		if want != got {
			all = append(all, disagreement{a, want, got})
		}
	}
	o := got.outcomes[0]
	add(aspectOutcome, want.Outcome, outcomeOf(o))
	add(aspectResponse, fmt.Sprint(want.ResponseType, want.Status, want.Redirected), fmt.Sprint(o.Type, o.Status, o.Redirected))
	add(aspectReadable, fmt.Sprint(want.Readable), fmt.Sprint(readableOf(o)))
	own := setsLanguage(got)
	add(aspectWire, strings.Join(wireOfBrowser(want.Seen, own), "\n"), strings.Join(wireOfFlow(got.requests), "\n"))
	for i, then := range want.Then {
		later := got.outcomes[i+1]
		add(aspectLater, fmt.Sprint(then.Outcome, then.ResponseType, then.Status, then.Readable),
			fmt.Sprint(outcomeOf(later), later.Type, later.Status, readableOf(later)))
	}
	last := got.outcomes[len(got.outcomes)-1]
	add(aspectReason, want.reason(e.Name), reasonOf(e.Name, last))
	if said := want.message(e.Name, c); said != "" {
		add(aspectMessage, comparable(e.Name, said), comparable(e.Name, last.Message))
	}
	return all
}

// TestFlowAgreesWithRecordedBrowsers holds the Flow against what Chromium, Firefox and WebKit did. What is left out is
// left out by a rule of exceptions_test.go, and counted.
func TestFlowAgreesWithRecordedBrowsers(t *testing.T) {
	cases := readLines[recordedCase](t, "cases.jsonl.gz")
	used := map[string]int{}
	excepted := map[aspect]int{}
	var table []string
	for _, e := range cors.Engines()[1:] {
		agreed := map[aspect]int{}
		results := readResults(t, e.Name)
		shown := map[string]int{}
		for i := range cases {
			c := &cases[i]
			differences := compare(c, e, results[c.ID], replay(t, c, e))
			for _, a := range aspects {
				d := slices.IndexFunc(differences, func(d disagreement) bool { return d.aspect == a })
				if d < 0 {
					agreed[a]++
					continue
				}
				if rule := exceptionFor(e.Name, c, results[c.ID], a); rule != "" {
					used[rule]++
					excepted[a]++
					continue
				}
				key := e.Name + string(a) + c.Group
				if shown[key]++; shown[key] <= *show {
					t.Errorf("%s, %s, %s (%s):\n  browser %s\n  flow    %s", e.Name, a, c.ID, c.Note,
						differences[d].want, differences[d].got)
				}
			}
		}
		table = append(table, agreementRow(e.Name, len(cases), agreed))
	}
	t.Log("\n" + strings.Join(table, "\n"))
	checkExceptions(t, used, excepted, 3*len(cases))
	golden(t, "testdata/agreement.golden", strings.Join(table, "\n")+"\n")
}

func agreementRow(engine string, cases int, agreed map[aspect]int) string {
	cells := []string{engine, fmt.Sprint(cases)}
	for _, a := range aspects {
		cells = append(cells, fmt.Sprint(agreed[a]))
	}
	return "| " + strings.Join(cells, " | ") + " |"
}

func readResults(t testing.TB, engine string) map[string]*recorded {
	lines := readLines[recorded](t, "results-"+engine+".jsonl.gz")
	byID := make(map[string]*recorded, len(lines))
	for i := range lines {
		byID[lines[i].ID] = &lines[i]
	}
	return byID
}

var update = flag.Bool("update", false, "write golden files")

func golden(t *testing.T, name, got string) {
	t.Helper()
	if *update {
		if err := os.WriteFile(name, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("%s: got\n%s\nwant\n%s", name, got, want)
	}
}
