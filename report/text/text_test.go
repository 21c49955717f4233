package text_test

import (
	"bytes"
	"errors"
	"flag"
	"fmt"
	"os"
	"regexp"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"github.com/corsgate/corsgate/report"
	"github.com/corsgate/corsgate/report/text"
)

var update = flag.Bool("update", false, "write the golden files anew")

// replay shows the run that report/testdata/sample.json holds.
func replay(t *testing.T, o text.Options) string {
	t.Helper()
	file, err := os.Open("../testdata/sample.json")
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	var b bytes.Buffer
	if err := report.Replay(file, text.New(&b, o)); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

var looks = map[string]text.Options{
	"plain":   {},
	"color":   {Color: true},
	"verbose": {Verbose: true},
	"quiet":   {Quiet: true},
	"narrow":  {Width: 40},
	"wide":    {Width: 160},
}

func TestTheSampleRunLooksLikeItsGoldenFile(t *testing.T) {
	for name, o := range looks {
		t.Run(name, func(t *testing.T) {
			got, file := replay(t, o), "testdata/"+name+".txt"
			if *update {
				if err := os.WriteFile(file, []byte(got), 0o666); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(string(want), got); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
}

var colour = regexp.MustCompile("\x1b\\[(0|1|2|31|32|33|35)m")

func TestColourIsTheOnlyDifferenceThatColourMakes(t *testing.T) {
	colored := replay(t, text.Options{Color: true})
	if !colour.MatchString(colored) {
		t.Error("there is no colour")
	}
	if diff := cmp.Diff(replay(t, text.Options{}), colour.ReplaceAllString(colored, "")); diff != "" {
		t.Errorf("-without +with:\n%s", diff)
	}
}

func TestNothingOfTheServerReachesTheTerminalUnescaped(t *testing.T) {
	for name, o := range looks {
		got := colour.ReplaceAllString(replay(t, o), "")
		if !utf8.ValidString(got) {
			t.Errorf("%s: not UTF-8", name)
		}
		for line := range strings.Lines(got) {
			line = strings.TrimSuffix(line, "\n")
			if strings.HasPrefix(strings.TrimSpace(line), "::") || strings.Contains(line, "##") {
				t.Errorf("%s: a log command: %q", name, line)
			}
			for _, r := range line {
				if !unicode.IsPrint(r) {
					t.Errorf("%s: %q in %q", name, r, line)
				}
			}
		}
	}
}

func TestNoProseIsWiderThanTheTerminal(t *testing.T) {
	long := strings.Repeat("some words and more ", 20)
	c := &report.Case{
		Name: long, Scenario: long, File: "corsgate.yaml", Line: 1, Status: report.Failed, Browsers: []string{"firefox"},
		Engines:  map[string]report.Verdict{"firefox": {Outcome: "blocked", Reason: "x", Message: long}},
		Mismatch: []report.Mismatch{{Field: "outcome", Want: long, Got: long}, {Message: long}},
		Findings: []report.Finding{{Rule: "rule", Severity: "warning", Message: long}},
		Cause:    &report.Cause{ID: "cause", Message: long, Remedy: long},
		Checked:  "preflight",
	}
	for _, width := range []int{40, 80, 132} {
		var b bytes.Buffer
		h := text.New(&b, text.Options{Width: width})
		finish := report.Finish{Summary: report.Summary{Cases: 123456, Passed: 123455, Failed: 1}, Interrupted: true}
		if err := errors.Join(h.Start(report.Start{}), h.Case(c), h.Case(c), h.Finish(finish)); err != nil {
			t.Fatal(err)
		}
		for line := range strings.Lines(b.String()) {
			if n := utf8.RuneCountInString(line) - 1; n > width {
				t.Errorf("%d columns of %d: %s", n, width, line)
			}
		}
	}
}

func TestWhatManyCasesShareIsToldOnce(t *testing.T) {
	refused := &report.Error{Kind: "connect", Message: "connection refused"}
	stopped := &report.Error{Kind: "interrupted", Message: "interrupted"}
	var b bytes.Buffer
	h := text.New(&b, text.Options{})
	if err := h.Start(report.Start{Cases: 60}); err != nil {
		t.Fatal(err)
	}
	for i := range 60 {
		c := &report.Case{Name: fmt.Sprint("case ", i), Scenario: "s", Status: report.Errored, Error: refused}
		if i >= 50 {
			c.Error = stopped
		}
		if err := h.Case(c); err != nil {
			t.Fatal(err)
		}
	}
	if err := h.Finish(report.Finish{Summary: report.Summary{Cases: 60, Errors: 60}, Interrupted: true}); err != nil {
		t.Fatal(err)
	}
	got := b.String()
	if n := strings.Count(got, "\nERROR   s\n"); n != 20 {
		t.Errorf("%d cases are named, want 20", n)
	}
	for _, want := range []string{
		"        50 cases, one cause: connect: connection refused\n",
		"interrupted: 10 cases not decided\n",
		"\nERROR   60 cases: 60 errors; 0 exchanges in 0 ms; interrupted\n",
	} {
		if !strings.Contains(got, want) {
			t.Errorf("%q is missing in\n%s", want, got)
		}
	}
}

func TestAReasonIsToldWhereTheBrowserSaysNothing(t *testing.T) {
	var b bytes.Buffer
	h := text.New(&b, text.Options{Width: 200})
	c := &report.Case{
		Name: "c", Scenario: "s", Status: report.Failed, Browsers: []string{"chromium"},
		Engines: map[string]report.Verdict{"chromium": {Outcome: "blocked", Reason: "conflicting-headers", Stage: "response"}},
	}
	if err := errors.Join(h.Start(report.Start{Cases: 1}), h.Case(c), h.Finish(report.Finish{})); err != nil {
		t.Fatal(err)
	}
	if want := "The response has Content-Disposition lines that differ"; !strings.Contains(b.String(), want) {
		t.Errorf("%q is missing in\n%s", want, b.String())
	}
}

func TestTheLiveViewShowsEveryLineAndLeavesNoBar(t *testing.T) {
	for _, o := range []text.Options{{Progress: true}, {Progress: true, Verbose: true}, {Progress: true, Quiet: true}} {
		o.Width = 80
		got := replay(t, o)
		plain := o
		plain.Progress = false
		screen := colour.ReplaceAllString(got, "")
		for line := range strings.Lines(replay(t, plain)) {
			if !strings.Contains(screen, line) {
				t.Errorf("%q is missing in\n%s", line, screen)
			}
		}
		if last := screen[strings.LastIndex(strings.TrimSuffix(screen, "\n"), "\n")+1:]; !strings.HasPrefix(last, "FAIL    9 cases") {
			t.Errorf("the last line is %q", last)
		}
	}
}

// full is a disk without room.
type full struct{}

var errFull = errors.New("no space left")

func (full) Write([]byte) (int, error) { return 0, errFull }

func TestAnOutputThatCannotBeWrittenIsAnError(t *testing.T) {
	h := text.New(full{}, text.Options{})
	if err := h.Start(report.Start{}); !errors.Is(err, errFull) {
		t.Errorf("Start: %v", err)
	}
	if err := h.Finish(report.Finish{}); !errors.Is(err, errFull) {
		t.Errorf("Finish: %v", err)
	}
}
