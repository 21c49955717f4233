package cors_test

import (
	"flag"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/corsgate/corsgate/cors"
	"github.com/corsgate/corsgate/internal/corpus"
)

var show = flag.Int("show", 3, "how many disagreements of a kind a failing test shows")

// TestFlowAgreesWithRecordedBrowsers holds the Flow against what Chromium, Firefox and WebKit did. What is left out is
// left out by a rule of corpus.Exceptions, and counted.
func TestFlowAgreesWithRecordedBrowsers(t *testing.T) {
	cases := recordedCases(t)
	used := map[string]int{}
	excepted := map[corpus.Aspect]int{}
	var table []string
	for _, e := range cors.Engines()[1:] {
		agreed := map[corpus.Aspect]int{}
		results, err := corpus.Results(e.Name)
		if err != nil {
			t.Fatal(err)
		}
		shown := map[string]int{}
		for i := range cases {
			c := &cases[i]
			differences := corpus.Compare(e, results[c.ID], replay(t, c, e))
			for _, a := range corpus.Aspects() {
				d := slices.IndexFunc(differences, func(d corpus.Disagreement) bool { return d.Aspect == a })
				if d < 0 {
					agreed[a]++
					continue
				}
				if rule := corpus.ExceptionFor(e.Name, c, results[c.ID], a); rule != "" {
					used[rule]++
					excepted[a]++
					continue
				}
				key := e.Name + string(a) + c.Group
				if shown[key]++; shown[key] <= *show {
					t.Errorf("%s, %s, %s (%s):\n  browser %s\n  flow    %s", e.Name, a, c.ID, c.Note,
						differences[d].Want, differences[d].Got)
				}
			}
		}
		table = append(table, agreementRow(e.Name, len(cases), agreed))
	}
	t.Log("\n" + strings.Join(table, "\n"))
	checkExceptions(t, used, excepted, 3*len(cases))
	checkReadme(t, agreementHead()+strings.Join(table, "\n")+"\n")
}

// agreementHead is the head of the table, with a column for each aspect.
func agreementHead() string {
	names := []string{"engine", "recorded fetches"}
	for _, a := range corpus.Aspects() {
		names = append(names, string(a))
	}
	return "| " + strings.Join(names, " | ") + " |\n|" + strings.Repeat(" --- |", len(names)) + "\n"
}

// checkReadme demands that README shows the table of agreement as it is; with -update it writes it there.
func checkReadme(t *testing.T, table string) {
	t.Helper()
	const name, begin, end = "../README.md", "<!-- agreement, written by go test ./cors -update -->\n", "<!-- end of agreement -->"
	text, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	before, rest, ok := strings.Cut(string(text), begin)
	shown, after, closed := strings.Cut(rest, end)
	switch {
	case !ok || !closed:
		t.Error("README has no place for the table of agreement")
	case shown == table:
	case *update:
		if err := os.WriteFile(name, []byte(before+begin+table+end+after), 0o644); err != nil {
			t.Fatal(err)
		}
	default:
		t.Errorf("README says\n%s\nbut it is\n%s", shown, table)
	}
}

func recordedCases(t testing.TB) []corpus.Case {
	t.Helper()
	cases, err := corpus.Cases()
	if err != nil {
		t.Fatal(err)
	}
	return cases
}

func replay(t testing.TB, c *corpus.Case, e cors.Engine) corpus.Replayed {
	t.Helper()
	got, err := c.Replay(e)
	if err != nil {
		t.Fatal(err)
	}
	return got
}

func agreementRow(engine string, cases int, agreed map[corpus.Aspect]int) string {
	cells := []string{engine, fmt.Sprint(cases)}
	for _, a := range corpus.Aspects() {
		cells = append(cells, fmt.Sprint(agreed[a]))
	}
	return "| " + strings.Join(cells, " | ") + " |"
}

// checkExceptions bounds what may be left out, and fails for a rule that leaves nothing out any more.
func checkExceptions(t *testing.T, used map[string]int, excepted map[corpus.Aspect]int, all int) {
	t.Helper()
	for _, x := range corpus.Exceptions() {
		if used[x.Name] == 0 {
			t.Errorf("the exception %q matches nothing any more", x.Name)
		}
	}
	for _, a := range corpus.Aspects() {
		limit := 0.02
		if a == corpus.AspectOutcome {
			limit = 0.005
		}
		if share := float64(excepted[a]) / float64(all); share > limit {
			t.Errorf("%s: %.2f %% of the answers are left out, more than %.1f %%", a, 100*share, 100*limit)
		}
	}
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
