package junit_test

import (
	"bytes"
	"encoding/xml"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	gojunit "github.com/jstemmer/go-junit-report/v2/junit"

	"github.com/corsgate/corsgate/report"
	"github.com/corsgate/corsgate/report/junit"
)

var update = flag.Bool("update", false, "write the golden files anew")

// replay writes the run that report/testdata/sample.json holds.
func replay(t testing.TB) string {
	t.Helper()
	file, err := os.Open("../testdata/sample.json")
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	var b bytes.Buffer
	if err := report.Replay(file, junit.New(&b, junit.Options{})); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// write writes a run of cases.
func write(t testing.TB, cases ...*report.Case) string {
	t.Helper()
	var b bytes.Buffer
	h := junit.New(&b, junit.Options{})
	errs := []error{h.Start(report.Start{Cases: len(cases)})}
	sum := report.Summary{Cases: len(cases)}
	for _, c := range cases {
		errs = append(errs, h.Case(c))
		switch c.Status {
		case report.Failed:
			sum.Failed++
		case report.Errored:
			sum.Errors++
		case report.Skipped:
			sum.Skipped++
		}
	}
	errs = append(errs, h.Finish(report.Finish{Summary: sum}))
	if err := errors.Join(errs...); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// read parses text with the types of go-junit-report and demands that every character is one that XML allows.
func read(t testing.TB, text string) gojunit.Testsuites {
	t.Helper()
	for i, r := range text {
		if !legal(r) {
			t.Errorf("%q at %d is no character of XML", r, i)
		}
	}
	var got gojunit.Testsuites
	d := xml.NewDecoder(strings.NewReader(strings.TrimSuffix(text, "\n")))
	if err := d.Decode(&got); err != nil {
		t.Fatalf("%v in\n%.4000s", err, text)
	}
	if _, err := d.Token(); err != io.EOF {
		t.Errorf("after the end: %v", err)
	}
	return got
}

// legal reports whether XML 1.0 has r: https://www.w3.org/TR/xml/#charsets. The carriage return is not in question: a
// reader would change it.
func legal(r rune) bool {
	return r == '\t' || r == '\n' || r >= 0x20 && r <= 0xd7ff || r >= 0xe000 && r <= 0xfffd || r >= 0x10000
}

func TestTheSampleRunIsTheGoldenReport(t *testing.T) {
	const file = "testdata/sample.xml"
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

func TestEachCaseHasOneResultAndEveryCountIsRight(t *testing.T) {
	got := read(t, replay(t))
	if got.Tests != 9 || got.Failures != 5 || got.Errors != 1 || got.Skipped != 1 {
		t.Errorf("the root counts %+v", got)
	}
	var all gojunit.Testsuites
	for _, s := range got.Suites {
		want := gojunit.Testsuite{}
		for _, c := range s.Testcases {
			want.AddTestcase(c)
			if results := count(c.Failure) + count(c.Error) + count(c.Skipped); results > 1 {
				t.Errorf("%s has %d results", c.Name, results)
			}
		}
		if s.Tests != want.Tests || s.Failures != want.Failures || s.Errors != want.Errors || s.Skipped != want.Skipped {
			t.Errorf("suite %s counts %+v", s.Name, s)
		}
		all.AddSuite(s)
	}
	if all.Tests != got.Tests || all.Failures != got.Failures || all.Errors != got.Errors || all.Skipped != got.Skipped {
		t.Errorf("the suites sum up to %+v", all)
	}
}

func count(r *gojunit.Result) int {
	if r == nil {
		return 0
	}
	return 1
}

func TestTheBodyStartsWithTheMessageAndThePlace(t *testing.T) {
	for _, s := range read(t, replay(t)).Suites {
		for _, c := range s.Testcases {
			for _, r := range []*gojunit.Result{c.Failure, c.Error} {
				if r == nil {
					continue
				}
				if !strings.HasPrefix(r.Data, r.Message+"\n  at api/corsgate.yaml:12\n") || r.Message == "" {
					t.Errorf("%s: the body of %q is %q", c.Name, r.Message, r.Data)
				}
				if !strings.Contains(r.Data, "\nto repeat it:\n  curl -i ") {
					t.Errorf("%s: no curl line in %q", c.Name, r.Data)
				}
			}
		}
	}
}

func TestTypesAreNamespaced(t *testing.T) {
	mismatch := []report.Mismatch{{Field: "response.headers.X-Ü"}}
	tests := []struct {
		name string
		c    report.Case
		want string
	}{
		{"a reason", report.Case{Status: report.Failed, Reason: "missing-allow-origin-header"}, "cors.missing-allow-origin-header"},
		{"a probe", report.Case{Status: report.Failed, Probe: "trusts-prefix", Mismatch: mismatch}, "probe.trusts-prefix"},
		{"an expectation", report.Case{Status: report.Failed, Mismatch: mismatch}, "expectation.response.headers.X--"},
		{"a finding", report.Case{Status: report.Failed, Findings: []report.Finding{{Rule: "r"}}}, "finding.r"},
		{"nothing known", report.Case{Status: report.Failed}, "cors.failed"},
		{"the network", report.Case{Status: report.Errored, Error: &report.Error{Kind: "timeout"}}, "network.timeout"},
		{"Ctrl-C", report.Case{Status: report.Errored, Error: &report.Error{Kind: "interrupted"}}, "run.interrupted"},
		{"undecided", report.Case{Status: report.Errored}, "run.undecided"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			c := read(t, write(t, &tt.c)).Suites[0].Testcases[0]
			for _, r := range []*gojunit.Result{c.Failure, c.Error} {
				if r != nil && r.Type != tt.want {
					t.Errorf("got %q, want %q", r.Type, tt.want)
				}
			}
			if count(c.Failure)+count(c.Error) != 1 {
				t.Errorf("got %+v", c)
			}
		})
	}
}

func TestClassnamesAreFileScenarioAndTarget(t *testing.T) {
	tests := []struct{ file, scenario, target, want string }{
		{"corsgate.yaml", "users", "", "corsgate.users"},
		{"./api/v1/web.cors.yml", "users", "edge", "api.v1.web.users [edge]"},
		{`api\web.cors.yaml`, "v1.2", "", "api.web.v1_2"},
		{"../other.yaml", "a", "", "other.a"},
		{"/abs/x.yaml", "a\nb", "", `abs.x.a\nb`},
	}
	for _, tt := range tests {
		c := report.Case{Status: report.Passed, File: tt.file, Scenario: tt.scenario, Target: tt.target}
		if got := read(t, write(t, &c)).Suites[0].Testcases[0].Classname; got != tt.want {
			t.Errorf("%s: got %q, want %q", tt.file, got, tt.want)
		}
	}
}

func TestNamesAreUniqueAndSuitesAreScenariosOfAFile(t *testing.T) {
	c := func(file, scenario, name string) *report.Case {
		return &report.Case{File: file, Scenario: scenario, Name: name, Status: report.Passed}
	}
	got := read(t, write(t, c("a", "one", "x"), c("a", "two", "x"), c("a", "one", "x"), c("b", "one", "x"),
		c("a", "one", "x (2)"), c("a", "one", "x")))
	var lines []string
	for _, s := range got.Suites {
		for _, tc := range s.Testcases {
			lines = append(lines, fmt.Sprintf("%d %s %s | %s | %s", s.ID, s.File, s.Name, tc.Classname, tc.Name))
		}
	}
	want := []string{
		"0 a one | a.one | x", "0 a one | a.one | x (2)", "0 a one | a.one | x (2) (2)", "0 a one | a.one | x (3)",
		"1 a two | a.two | x", "2 b one | b.one | x",
	}
	if diff := cmp.Diff(want, lines); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

func TestAnEmptyRunIsAReport(t *testing.T) {
	text := write(t)
	if got := read(t, text); len(got.Suites) != 0 {
		t.Errorf("got %+v", got)
	}
	if !strings.Contains(text, `<testsuites name="corsgate" time="0.000" tests="0" errors="0" failures="0" skipped="0">`) {
		t.Errorf("got %s", text)
	}
}

func TestAPassedCaseSaysWhenItsRequestWasNotSent(t *testing.T) {
	c := &report.Case{Status: report.Passed, Checked: "preflight"}
	out := read(t, write(t, c)).Suites[0].Testcases[0].SystemOut
	if out == nil || !strings.Contains(out.Data, "checked: preflight") {
		t.Errorf("got %+v", out)
	}
}

func TestTimesHaveThreeDecimals(t *testing.T) {
	c := &report.Case{Status: report.Passed, Duration: report.Millis(1234567 * time.Microsecond)}
	suite := read(t, write(t, c, c)).Suites[0]
	if suite.Time != "2.469" || suite.Testcases[0].Time != "1.235" {
		t.Errorf("got %s and %s", suite.Time, suite.Testcases[0].Time)
	}
}

// full is a disk without room.
type full struct{}

func (full) Write([]byte) (int, error) { return 0, errors.New("no space left") }

func TestAnOutputThatCannotBeWrittenIsAnError(t *testing.T) {
	h := junit.New(full{}, junit.Options{})
	if err := errors.Join(h.Start(report.Start{}), h.Case(&report.Case{}), h.Finish(report.Finish{})); err == nil {
		t.Error("no error")
	}
}

func FuzzXMLIsCleanWhateverTheServerSends(f *testing.F) {
	for _, s := range []string{"", "]]>", "\x00\x1b[0m\r\n", "\xff\xfe\ufffe\uffff", "<a>&amp;", "\U000e0041\u202e", "::x ##[y",
		strings.Repeat("]]>\x01", 9000)} {
		f.Add(s, s)
	}
	f.Fuzz(func(t *testing.T, author, server string) {
		fields := []report.Field{{server, author}, {author, server}}
		failure := &report.Error{Kind: server, Message: server}
		c := report.Case{
			Name: author, Scenario: author, File: author, Target: author, Skip: server, Probe: server, Reason: server,
			Stage: server, Browsers: []string{author}, Kind: author,
			Engines: map[string]report.Verdict{author: {Outcome: "blocked", Reason: server, Message: server}},
			Exchanges: []report.Exchange{{
				Kind: author, Note: server, Error: failure,
				Request:  report.WireRequest{Method: author, URL: server, Headers: fields, Body: author},
				Response: &report.WireResponse{Protocol: server, Headers: fields},
			}, {Error: failure}},
			Mismatch: []report.Mismatch{{Field: author, Want: author, Got: server}, {Message: server}},
			Findings: []report.Finding{{Rule: server, Severity: server, Message: server}},
			Cause:    &report.Cause{ID: server, Message: server, Remedy: server, Evidence: []string{server}},
			Error:    failure,
		}
		var cases []*report.Case
		for _, s := range []report.Status{report.Passed, report.Failed, report.Errored, report.Skipped} {
			one := c
			one.Status = s
			cases = append(cases, &one)
		}
		if got := read(t, write(t, cases...)); got.Tests != 4 || got.Failures != 1 || got.Errors != 1 || got.Skipped != 1 {
			t.Errorf("got %+v", got)
		}
	})
}

func BenchmarkPassedCases(b *testing.B) {
	c := &report.Case{Scenario: "users", File: "corsgate.yaml", Line: 3, Status: report.Passed, Checked: "all"}
	h := junit.New(io.Discard, junit.Options{})
	for i := range b.N {
		c.Name = fmt.Sprintf("GET /users/%d from https://app.example.com", i)
		if err := h.Case(c); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportAllocs()
}
