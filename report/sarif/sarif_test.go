package sarif_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"go/ast"
	"go/build"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"
	"unicode"

	"github.com/google/go-cmp/cmp"
	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/corsgate/corsgate/report"
	"github.com/corsgate/corsgate/report/sarif"
)

var update = flag.Bool("update", false, "write the golden files anew")

// catalogue is a small one; the same id stands for a probe and a cause.
var catalogue = []report.Rule{
	{ID: "trusts-prefix", Kinds: []string{report.RuleProbe}, Title: "An origin that starts like an allowed one is let in",
		Severity: "S1", Level: "error", What: "The server compares the start of the origin only.",
		Remedy: "Compare whole origins.", Help: "**Compare** whole origins.", URL: "https://corsgate.example/trusts-prefix"},
	{ID: "vary-origin-missing", Kinds: []string{report.RuleFinding}, Title: "Vary lacks Origin", Severity: "S3", Level: "warning",
		What: "The answer depends on the origin.", Why: "A cache gives it to other pages."},
	{ID: "headers-only-on-success", Kinds: []string{report.RuleCause}, Title: "Error answers lack CORS headers", Severity: "S2",
		Level: "error"},
	{ID: "wildcard-with-credentials", Kinds: []string{report.RuleProbe}, Title: "a probe", Severity: "S3", Level: "error"},
	{ID: "wildcard-with-credentials", Kinds: []string{report.RuleCause}, Title: "a cause", Severity: "S2", Level: "error"},
}

// explained gives a Handler the catalogue.
type explained struct{ report.Handler }

func (e explained) Start(s report.Start) error {
	s.Rules = catalogue
	return e.Handler.Start(s)
}

// replay writes the run that report/testdata/sample.json holds.
func replay(t testing.TB) string {
	t.Helper()
	file, err := os.Open("../testdata/sample.json")
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	var b bytes.Buffer
	if err := report.Replay(file, explained{sarif.New(&b, sarif.Options{})}); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// write writes a run of cases.
func write(t testing.TB, o sarif.Options, cases ...*report.Case) string {
	t.Helper()
	var b bytes.Buffer
	h := explained{sarif.New(&b, o)}
	errs := []error{h.Start(report.Start{Tool: report.Tool{Name: "corsgate", Version: "1.2.3"}})}
	var sum report.Summary
	for _, c := range cases {
		errs = append(errs, h.Case(c))
		if c.Status == report.Errored {
			sum.Errors++
		}
	}
	if err := errors.Join(append(errs, h.Finish(report.Finish{Summary: sum}))...); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// log is what readers look at.
type log struct {
	Runs []struct {
		Tool struct {
			Driver struct{ Rules []rule }
		}
		Invocations []struct {
			ExecutionSuccessful        bool
			ToolExecutionNotifications []struct {
				Level   string
				Message struct{ Text string }
			}
		}
		Results []result
	}
}

type rule struct {
	ID, Name             string
	ShortDescription     struct{ Text string }
	FullDescription      struct{ Text string }
	Help                 struct{ Text, Markdown string }
	HelpURI              string
	DefaultConfiguration struct{ Level string }
	Properties           map[string]any
}

type result struct {
	RuleID    string
	RuleIndex int
	Level     string
	Message   struct{ Text string }
	Locations []struct {
		PhysicalLocation struct {
			ArtifactLocation struct{ URI, URIBaseID string }
			Region           struct{ StartLine int }
		}
	}
	PartialFingerprints map[string]string
}

func read(t testing.TB, text string) log {
	t.Helper()
	var l log
	if err := json.Unmarshal([]byte(text), &l); err != nil {
		t.Fatalf("%v in %.2000s", err, text)
	}
	if len(l.Runs) != 1 || len(l.Runs[0].Invocations) != 1 {
		t.Fatalf("%d runs", len(l.Runs))
	}
	return l
}

// results returns each result as "rule level".
func results(t testing.TB, text string) []string {
	t.Helper()
	var list []string
	for _, r := range read(t, text).Runs[0].Results {
		list = append(list, r.RuleID+" "+r.Level)
	}
	return list
}

func TestTheSampleRunIsTheGoldenReport(t *testing.T) {
	const file = "testdata/sample.sarif"
	got := replay(t)
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

// schema returns the one of SARIF 2.1.0, which the library keeps in a constant.
func schema(t *testing.T) *jsonschema.Schema {
	t.Helper()
	library, err := build.Import("github.com/owenrumney/go-sarif/v3/pkg/report/v210/sarif", ".", build.FindOnly)
	if err != nil {
		t.Fatal(err)
	}
	file, err := parser.ParseFile(token.NewFileSet(), filepath.Join(library.Dir, "schema.go"), nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	var text string
	ast.Inspect(file, func(n ast.Node) bool {
		if l, ok := n.(*ast.BasicLit); ok && len(l.Value) > len(text) {
			text = l.Value
		}
		return true
	})
	if text, err = strconv.Unquote(text); err != nil {
		t.Fatal(err)
	}
	document, err := jsonschema.UnmarshalJSON(strings.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	c.AssertFormat()
	if err := c.AddResource("sarif.json", document); err != nil {
		t.Fatal(err)
	}
	return c.MustCompile("sarif.json")
}

func TestReportsAreValidByTheSchemaOfSARIF(t *testing.T) {
	valid := schema(t)
	if err := valid.Validate(map[string]any{"version": "2.1.0", "runs": []any{map[string]any{}}}); err == nil {
		t.Fatal("the schema takes a run without a tool")
	}
	outside := &report.Case{Name: "x", File: `C:\other folder\ü.yaml`, Status: report.Failed}
	for name, text := range map[string]string{
		"sample": replay(t), "empty": write(t, sarif.Options{}), "outside": write(t, sarif.Options{}, outside),
	} {
		document, err := jsonschema.UnmarshalJSON(strings.NewReader(text))
		if err != nil {
			t.Fatal(err)
		}
		if err := valid.Validate(document); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestFailuresAndFindingsAreResultsAndErrorsAreNotifications(t *testing.T) {
	text := replay(t)
	want := []string{
		"vary-origin-missing warning", "headers-only-on-success error", "headers-only-on-success error",
		"allow-origin-mismatch error", "trusts-prefix error", "allow-origin-mismatch error",
	}
	if diff := cmp.Diff(want, results(t, text)); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	invocation := read(t, text).Runs[0].Invocations[0]
	if n := invocation.ToolExecutionNotifications; len(n) != 1 || n[0].Level != "error" ||
		n[0].Message.Text != "GET /slow from https://app.example.com: timeout: no complete head within 10s" {
		t.Errorf("got %+v", n)
	}
	if invocation.ExecutionSuccessful {
		t.Error("a run with an undecided case counts as successful")
	}
}

func TestARuleIsTheMostThatIsKnown(t *testing.T) {
	mismatch := []report.Mismatch{{Field: "response.status", Want: "200", Got: "500"}}
	finding := []report.Finding{{Rule: "vary-origin-missing", Severity: "error"}, {Rule: "new-rule", Severity: "info"}}
	cause := &report.Cause{ID: "wildcard-with-credentials"}
	tests := []struct {
		name string
		c    report.Case
		want []string
	}{
		{"a cause", report.Case{Cause: cause, Reason: "x", Mismatch: mismatch}, []string{"cause/wildcard-with-credentials error"}},
		{"a probe's cause", report.Case{Cause: cause, Kind: "probe"}, []string{"wildcard-with-credentials error"}},
		{"a probe", report.Case{Probe: "trusts-prefix", Kind: "probe"}, []string{"trusts-prefix error"}},
		{"a reason", report.Case{Reason: "missing-allow-origin-header", Mismatch: mismatch},
			[]string{"missing-allow-origin-header error"}},
		{"an expectation", report.Case{Mismatch: mismatch}, []string{"expectation error"}},
		{"findings alone", report.Case{Findings: finding}, []string{"vary-origin-missing error", "new-rule note"}},
		{"both", report.Case{Findings: finding[1:], Mismatch: mismatch}, []string{"expectation error", "new-rule note"}},
		{"nothing known", report.Case{}, []string{"expectation error"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			tt.c.Status = report.Failed
			text := write(t, sarif.Options{}, &tt.c)
			if diff := cmp.Diff(tt.want, results(t, text)); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
			for _, r := range read(t, text).Runs[0].Results {
				if got := read(t, text).Runs[0].Tool.Driver.Rules[r.RuleIndex].ID; got != r.RuleID {
					t.Errorf("rule %d is %s, not %s", r.RuleIndex, got, r.RuleID)
				}
			}
		})
	}
}

func TestEveryRuleHasWhatCodeScanningRequires(t *testing.T) {
	long := report.Rule{ID: "long", Kinds: []string{report.RuleFinding}, Title: strings.Repeat("t", 3000), What: strings.Repeat("w", 3000)}
	var b bytes.Buffer
	h := sarif.New(&b, sarif.Options{})
	if err := errors.Join(h.Start(report.Start{Rules: append([]report.Rule{long}, catalogue...)}),
		h.Case(&report.Case{Status: report.Failed, Reason: "unheard-of"}), h.Finish(report.Finish{})); err != nil {
		t.Fatal(err)
	}
	rules := read(t, b.String()).Runs[0].Tool.Driver.Rules
	if len(rules) != 7 {
		t.Errorf("there are %d rules", len(rules))
	}
	seen := map[string]bool{}
	for _, r := range rules {
		short, full := len([]rune(r.ShortDescription.Text)), len([]rune(r.FullDescription.Text))
		if short == 0 || short > 1024 || full == 0 || full > 1024 || r.Name == "" || len([]rune(r.Name)) > 255 ||
			r.Help.Text == "" || r.Help.Markdown == "" || r.DefaultConfiguration.Level == "" {
			t.Errorf("%.500v", r)
		}
		if seen[r.ID] {
			t.Errorf("%s stands there twice", r.ID)
		}
		seen[r.ID] = true
		if (r.Properties["security-severity"] == nil) == (r.Properties["problem.severity"] == nil) {
			t.Errorf("%s: %v", r.ID, r.Properties)
		}
	}
}

func TestPlacesAreSeenFromTheRepository(t *testing.T) {
	o := sarif.Options{Folders: report.Folders{Repository: "/r", Working: "/r/api"}}
	tests := []struct{ file, uri, base string }{
		{"corsgate.yaml", "api/corsgate.yaml", "%SRCROOT%"},
		{"ü & x.yaml", "api/%C3%BC%20&%20x.yaml", "%SRCROOT%"},
		{"/elsewhere/x.yaml", "file:///elsewhere/x.yaml", ""},
		{`C:\x.yaml`, "file:///C:/x.yaml", ""},
	}
	for _, tt := range tests {
		got := read(t, write(t, o, &report.Case{File: tt.file, Line: 7, Status: report.Failed})).Runs[0].Results[0]
		place := got.Locations[0].PhysicalLocation
		if a := place.ArtifactLocation; a.URI != tt.uri || a.URIBaseID != tt.base || place.Region.StartLine != 7 {
			t.Errorf("%s: got %+v", tt.file, place)
		}
	}
}

func TestAFingerprintIsOfTheCaseAndTheRuleAlone(t *testing.T) {
	print := func(c report.Case) string {
		c.Status = report.Failed
		return fmt.Sprint(read(t, write(t, sarif.Options{}, &c)).Runs[0].Results[0].PartialFingerprints)
	}
	one := report.Case{ID: "1", Reason: "r", File: "a.yaml", Line: 3, Request: report.Request{URL: "https://staging.example/"}}
	moved := one
	moved.Line, moved.Duration, moved.Request.URL = 9, report.Millis(time.Second), "https://production.example:8443/"
	moved.Mismatch = []report.Mismatch{{Message: "another port: 50123"}}
	if print(one) != print(moved) {
		t.Error("it depends on the run")
	}
	other, reason := one, one
	other.ID, reason.Reason = "2", "s"
	if print(one) == print(other) || print(one) == print(reason) {
		t.Error("different results have the same")
	}
	twice := report.Case{Status: report.Passed, Findings: []report.Finding{{Rule: "a"}, {Rule: "a"}}}
	results := read(t, write(t, sarif.Options{}, &twice)).Runs[0].Results
	if cmp.Equal(results[0].PartialFingerprints, results[1].PartialFingerprints) {
		t.Error("two findings of one case have the same")
	}
}

func TestNothingOfTheServerActsInAReader(t *testing.T) {
	hostile := &report.Case{Name: "n", Status: report.Failed, Mismatch: []report.Mismatch{
		{Message: "[click](https://evil.example) {0} {{1}} \u202e\x1b[31m\n::error::x ##[y] \xff"},
	}}
	text := write(t, sarif.Options{}, hostile)
	for _, out := range []string{text, replay(t)} {
		for line := range strings.Lines(out) {
			if strings.HasPrefix(strings.TrimSpace(line), "::") || strings.Contains(line, "##") {
				t.Errorf("a log command: %q", line)
			}
		}
		for _, r := range read(t, out).Runs[0].Results {
			if strings.Contains(r.Message.Text, "](") {
				t.Errorf("a link: %s", r.Message.Text)
			}
			for _, c := range r.Message.Text {
				if c != '\n' && !unicode.IsPrint(c) {
					t.Errorf("%q in %s", c, r.Message.Text)
				}
			}
		}
	}
	want := `n: [click]\x28https://evil.example) \x7b0} {\x7b1}} \u202e\x1b[31m\n::error::x #\x23[y] \xff`
	if got := read(t, text).Runs[0].Results[0].Message.Text; !strings.HasPrefix(got, want) {
		t.Errorf("got %s", got)
	}
}

// full is a disk without room.
type full struct{}

func (full) Write([]byte) (int, error) { return 0, errors.New("no space left") }

func TestAnOutputThatCannotBeWrittenIsAnError(t *testing.T) {
	h := sarif.New(full{}, sarif.Options{})
	if err := errors.Join(h.Start(report.Start{}), h.Case(&report.Case{}), h.Finish(report.Finish{})); err == nil {
		t.Error("no error")
	}
}
