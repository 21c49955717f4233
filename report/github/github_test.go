package github_test

import (
	"bytes"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"regexp"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"github.com/corsgate/corsgate/report"
	"github.com/corsgate/corsgate/report/github"
)

var update = flag.Bool("update", false, "write the golden files anew")

type handler func(io.Writer) report.Handler

func summary(w io.Writer) report.Handler { return github.NewSummary(w, github.SummaryOptions{}) }

func annotations(w io.Writer) report.Handler {
	return github.NewAnnotations(w, report.Folders{Repository: "/home/runner/work/r/r", Working: "/home/runner/work/r/r/web"})
}

// replay writes the run that report/testdata/sample.json holds.
func replay(t testing.TB, h handler) string {
	t.Helper()
	file, err := os.Open("../testdata/sample.json")
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	var b bytes.Buffer
	if err := report.Replay(file, h(&b)); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// write writes a run of cases.
func write(t testing.TB, h handler, cases ...*report.Case) string {
	t.Helper()
	var b bytes.Buffer
	to := h(&b)
	errs := []error{to.Start(report.Start{Cases: len(cases)})}
	sum := report.Summary{Cases: len(cases)}
	for _, c := range cases {
		errs = append(errs, to.Case(c))
		switch c.Status {
		case report.Passed:
			sum.Passed++
		case report.Failed:
			sum.Failed++
		case report.Errored:
			sum.Errors++
		case report.Skipped:
			sum.Skipped++
		}
	}
	if err := errors.Join(append(errs, to.Finish(report.Finish{Summary: sum}))...); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestTheSampleRunIsTheGoldenFile(t *testing.T) {
	for file, h := range map[string]handler{"testdata/summary.md": summary, "testdata/annotations.txt": annotations} {
		got := replay(t, h)
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
	}
}

const hostile = "|`` <script>x</script> <!-- [a](https://evil.example) ![b](x) @someone #1 *x* _y_ ~z~ $1$ :tada: &lt; \\| \r\n" +
	"::error::owned ##[error]x ##vso[task] ##teamcity[x] \x1b[31m\u202e\xff </details> www.evil.example 100%,a:b"

func hostileCase(status report.Status) *report.Case {
	fields := []report.Field{{"Access-Control-Allow-Origin", hostile}, {hostile, hostile}}
	trouble := &report.Error{Kind: hostile, Message: hostile}
	return &report.Case{
		Name: hostile, Scenario: hostile, File: hostile, Target: hostile, Status: status, Reason: hostile, Stage: hostile,
		Browsers: []string{hostile}, Engines: map[string]report.Verdict{hostile: {Outcome: "blocked", Reason: hostile}},
		Exchanges: []report.Exchange{{
			Kind: hostile, Note: hostile, Request: report.WireRequest{Method: hostile, URL: hostile, Headers: fields, Body: hostile},
			Response: &report.WireResponse{Protocol: hostile, Headers: fields}, Error: trouble,
		}},
		Mismatch: []report.Mismatch{{Field: hostile, Want: hostile, Got: hostile}, {Message: hostile}},
		Findings: []report.Finding{{Rule: hostile, Severity: "warning", Message: hostile}, {Rule: hostile, Severity: hostile}},
		Cause:    &report.Cause{ID: hostile, Message: hostile, Remedy: hostile + "\n" + hostile, Evidence: []string{hostile}},
		Error:    trouble,
	}
}

func TestNothingOfTheServerIsACommand(t *testing.T) {
	for name, h := range map[string]handler{"summary": summary, "annotations": annotations} {
		for _, out := range []string{replay(t, h), write(t, h, hostileCase(report.Failed), hostileCase(report.Errored))} {
			if !utf8.ValidString(out) {
				t.Errorf("%s: not UTF-8", name)
			}
			for line := range strings.Lines(out) {
				line = strings.TrimSuffix(line, "\n")
				ours := name == "annotations" && annotation.MatchString(line)
				if strings.HasPrefix(strings.TrimSpace(line), "::") && !ours || strings.Contains(line, "##[") ||
					strings.Contains(line, "##vso") || strings.Contains(line, "##teamcity") {
					t.Errorf("%s: a command: %q", name, line)
				}
				for _, r := range line {
					if !unicode.IsPrint(r) && r != 0xfe0f { // the emoji's colour
						t.Errorf("%s: %q in %q", name, r, line)
					}
				}
			}
		}
	}
}

// annotation is the form of a workflow command, by which a runner takes it apart.
var annotation = regexp.MustCompile(`^::(error|warning) (?:file=([^,:]+),line=(\d+),)?title=([^,:]+)::(.*)$`)

func TestAnnotationsCanBeTakenApart(t *testing.T) {
	out := write(t, annotations, hostileCase(report.Failed))
	lines := strings.Split(strings.TrimSuffix(out, "\n"), "\n")
	if len(lines) != 2 {
		t.Fatalf("got %q", lines)
	}
	for _, l := range lines {
		m := annotation.FindStringSubmatch(l)
		if m == nil || strings.Contains(m[5], "100%,") || !strings.Contains(m[5], "100%25,a:b") ||
			!strings.Contains(m[4], "100%25%2Ca%3Ab") {
			t.Errorf("got %q", l)
		}
	}
}

func TestThereAreNineAnnotationsOfATypeAndOneThatCountsTheOthers(t *testing.T) {
	var cases []*report.Case
	for i := range 12 {
		c := &report.Case{Name: fmt.Sprint("case ", i), Scenario: "s", File: "x.yaml", Line: 3, Status: report.Failed,
			Mismatch: []report.Mismatch{{Message: "m"}}}
		if i%4 == 3 {
			c.Status, c.Mismatch, c.Error = report.Errored, nil, &report.Error{Kind: "dns", Message: "no such host"}
		}
		c.Findings = []report.Finding{{Rule: "vary", Severity: "warning", Message: "f"}, {Rule: "small", Severity: "info"}}
		cases = append(cases, c)
	}
	lines := strings.Split(strings.TrimSuffix(write(t, annotations, cases...), "\n"), "\n")
	if len(lines) != 20 {
		t.Fatalf("there are %d lines: %q", len(lines), lines)
	}
	for i, want := range map[int]string{
		0:  "::error file=web/x.yaml,line=3,title=s%3A case 0::m",
		3:  "::error file=web/x.yaml,line=3,title=s%3A case 3::dns: no such host",
		9:  "::error title=corsgate::and 3 more",
		10: "::warning file=web/x.yaml,line=3,title=s%3A case 0::vary: f",
		19: "::warning title=corsgate::and 3 more",
	} {
		if lines[i] != want {
			t.Errorf("line %d is %s, want %s", i, lines[i], want)
		}
	}
	if got := write(t, annotations, &report.Case{Status: report.Passed}); got != "" {
		t.Errorf("a run without trouble has annotations: %s", got)
	}
}

func TestAnAnnotationIsShorterThanARunnerCuts(t *testing.T) {
	c := hostileCase(report.Failed)
	c.Cause.Remedy = strings.Repeat("a line that is long enough\n", 1000)
	for line := range strings.Lines(write(t, annotations, c)) {
		if m := annotation.FindStringSubmatch(strings.TrimSuffix(line, "\n")); m == nil || len(unescape(m[5])) > 4096 {
			t.Errorf("%d bytes", len(line))
		}
	}
}

func unescape(s string) string {
	return strings.NewReplacer("%0A", "\n", "%0D", "\r", "%25", "%").Replace(s)
}

func TestASummaryFitsIntoItsLimitAndSaysWhatIsLeftOut(t *testing.T) {
	var cases []*report.Case
	for i := range 300 {
		c := hostileCase(report.Failed)
		c.ID, c.Scenario = fmt.Sprint(i), fmt.Sprint(i, hostile)
		cases = append(cases, c)
	}
	leftOut := regexp.MustCompile(`\n(\d+) more entries are left out`)
	for _, limit := range []int{0, 2_000, 50_000, 1 << 30} {
		out := write(t, func(w io.Writer) report.Handler {
			return github.NewSummary(w, github.SummaryOptions{Limit: limit})
		}, cases...)
		most := limit
		if limit == 0 || limit > 900<<10 {
			most = 900 << 10
		}
		if len(out) > most {
			t.Errorf("limit %d: %d bytes", limit, len(out))
		}
		if !leftOut.MatchString(out) {
			t.Errorf("limit %d: it does not say what is left out: %s", limit, out[max(0, len(out)-200):])
		}
		if strings.Count(out, "<details>") != strings.Count(out, "\n</details>\n") {
			t.Errorf("limit %d: a case is cut", limit)
		}
	}
	if out := write(t, summary, cases[:3]...); leftOut.MatchString(out) || strings.Count(out, "<details>") != 3 {
		t.Errorf("got %s", out)
	}
}

// markup is what hostile values must not bring about outside of code.
var markup = regexp.MustCompile(`<script|<!--|[^\\]\[a\]|[^\\]@someone|[^\\]\*x\*|https://evil|www\.evil`)

func TestNothingOfTheServerIsMarkup(t *testing.T) {
	out := write(t, summary, hostileCase(report.Failed), hostileCase(report.Errored))
	for i, part := range regexp.MustCompile("(?s)\n(```+)[a-z]*\n.*?\n```+\n").Split(out, -1) {
		outside := regexp.MustCompile("(`{3}) .*? `{3}|(`{3})[^`].*?[^`]`{3}").ReplaceAllString(part, "")
		for line := range strings.Lines(outside) {
			line = strings.TrimPrefix(line, "<details><summary>")
			if found := markup.FindString(line); found != "" && !strings.Contains(line, "</summary>") {
				t.Errorf("part %d: %q in %s", i, found, line)
			}
		}
	}
	for row := range strings.Lines(out) {
		cells := strings.Count(strings.ReplaceAll(row, `\|`, ""), "|") - 1
		if strings.HasPrefix(row, "| ") && cells != 4 && cells != 6 && cells != 7 {
			t.Errorf("%d cells: %s", cells, row)
		}
	}
}

func TestTheHeadingSaysHowTheRunEnded(t *testing.T) {
	tests := []struct {
		name  string
		cases []*report.Case
		want  string
	}{
		{"all is well", []*report.Case{{Status: report.Passed}, {Status: report.Skipped}}, "## ✅ corsgate: 1 case passed\n"},
		{"undecided", []*report.Case{{Status: report.Errored}}, "## ⚠️ corsgate: 1 of 1 case could not be decided\n"},
		{"failed", []*report.Case{{Status: report.Failed}, {Status: report.Errored}}, "## ❌ corsgate: 1 of 2 cases failed\n"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := write(t, summary, tt.cases...); !strings.HasPrefix(got, tt.want) {
				t.Errorf("got %.100s", got)
			}
		})
	}
}

func TestOutputsAreReadAsTheRunnerReadsThem(t *testing.T) {
	want := map[string]string{"exit-code": "1", "report-junit": "out dir/a=b.xml", "lines": "a\nexit-code=0\nb<<c\n", "empty": ""}
	var outputs []github.Output
	for _, name := range []string{"exit-code", "report-junit", "lines", "empty"} {
		outputs = append(outputs, github.Output{Name: name, Value: want[name]})
	}
	var b bytes.Buffer
	if err := github.WriteOutputs(&b, outputs); err != nil {
		t.Fatal(err)
	}
	got := map[string]string{}
	for lines := strings.Split(strings.TrimSuffix(b.String(), "\n"), "\n"); len(lines) > 0; {
		name, delimiter, ok := strings.Cut(lines[0], "<<")
		end := 1
		for end < len(lines) && lines[end] != delimiter {
			end++
		}
		if !ok || end == len(lines) {
			t.Fatalf("no end in %q", lines)
		}
		got[name] = strings.Join(lines[1:end], "\n")
		lines = lines[end+1:]
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	for _, name := range []string{"", "a b", "a=b", "a\nb", "1"} {
		if github.WriteOutputs(io.Discard, []github.Output{{Name: name}}) == nil {
			t.Errorf("%q is taken for a name", name)
		}
	}
}

// full is a disk without room.
type full struct{}

func (full) Write([]byte) (int, error) { return 0, errors.New("no space left") }

func TestAnOutputThatCannotBeWrittenIsAnError(t *testing.T) {
	for name, h := range map[string]handler{"summary": summary, "annotations": annotations} {
		to := h(full{})
		if err := errors.Join(to.Start(report.Start{}), to.Case(&report.Case{Status: report.Failed}), to.Finish(report.Finish{})); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
	if github.WriteOutputs(full{}, []github.Output{{Name: "a"}}) == nil {
		t.Error("outputs: no error")
	}
}
