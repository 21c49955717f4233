package sarif_test

import (
	"bytes"
	"errors"
	"strconv"
	"strings"
	"testing"

	"github.com/corsgate/corsgate/report"
	"github.com/corsgate/corsgate/report/sarif"
)

func TestOfTooManyResultsTheLeastSeriousAreLeftOut(t *testing.T) {
	var b bytes.Buffer
	h := sarif.New(&b, sarif.Options{})
	errs := []error{h.Start(report.Start{})}
	for i := range 25_010 {
		c := &report.Case{ID: strconv.Itoa(i), Status: report.Failed, Reason: "r"}
		if i < 20 {
			c = &report.Case{ID: strconv.Itoa(i), Status: report.Passed, Findings: []report.Finding{{Rule: "f", Severity: "info"}}}
		}
		errs = append(errs, h.Case(c))
	}
	for range 1_002 {
		errs = append(errs, h.Case(&report.Case{Status: report.Errored}))
	}
	if err := errors.Join(append(errs, h.Finish(report.Finish{}))...); err != nil {
		t.Fatal(err)
	}
	run := read(t, b.String()).Runs[0]
	counts := map[string]int{}
	for _, r := range run.Results {
		counts[r.Level]++
	}
	if counts["error"] != 24_990 || counts["note"] != 10 {
		t.Errorf("got %v", counts)
	}
	notes := run.Invocations[0].ToolExecutionNotifications
	if len(notes) != 1_002 {
		t.Fatalf("there are %d notifications", len(notes))
	}
	for i, want := range []string{"2 more cases could not be decided", "10 of 25010 results, the least serious, were left out"} {
		if got := notes[1_000+i].Message.Text; !strings.HasPrefix(got, want) {
			t.Errorf("got %q", got)
		}
	}
}
