package junit_test

import (
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/corsgate/corsgate/report"
	"github.com/corsgate/corsgate/report/junit"
)

// replayIn writes the run that report/testdata/sample.json holds in a dialect.
func replayIn(t testing.TB, d junit.Dialect) string {
	t.Helper()
	file, err := os.Open("../testdata/sample.json")
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	var b bytes.Buffer
	if err := report.Replay(file, junit.New(&b, junit.Options{Dialect: d})); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// writeIn writes a run of cases in a dialect.
func writeIn(t testing.TB, d junit.Dialect, cases ...*report.Case) string {
	t.Helper()
	var b bytes.Buffer
	h := junit.New(&b, junit.Options{Dialect: d})
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
	if err := errors.Join(append(errs, h.Finish(report.Finish{Summary: sum}))...); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// strict is what the schema of Jenkins' xunit plugin allows of that which we could write: of each element its
// attributes, then its children.
var strict = map[string][2]string{
	"testsuites": {"name time tests failures errors", "testsuite"},
	"testsuite": {"name tests failures errors group time skipped timestamp hostname id package file log url version",
		"testsuite properties testcase system-out system-err"},
	"testcase":   {"name time classname group", "skipped error failure system-out system-err"},
	"failure":    {"type message", ""},
	"error":      {"type message", ""},
	"skipped":    {"type message", ""},
	"properties": {"", "property"},
	"property":   {"name value", ""},
	"system-out": {"", ""},
}

func TestTheStrictDialectHasWhatItsSchemaAllows(t *testing.T) {
	text := replayIn(t, junit.Strict)
	d := xml.NewDecoder(strings.NewReader(text))
	var path []string
	for {
		token, err := d.Token()
		if err == io.EOF {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		switch e := token.(type) {
		case xml.StartElement:
			if n := len(path); n > 0 && !slices.Contains(strings.Fields(strict[path[n-1]][1]), e.Name.Local) {
				t.Errorf("%s stands in %s", e.Name.Local, path[n-1])
			}
			for _, a := range e.Attr {
				if !slices.Contains(strings.Fields(strict[e.Name.Local][0]), a.Name.Local) {
					t.Errorf("%s has %s", e.Name.Local, a.Name.Local)
				}
			}
			path = append(path, e.Name.Local)
		case xml.EndElement:
			path = path[:len(path)-1]
		}
	}
	if !strings.Contains(text, "\n  at api/corsgate.yaml:12\n") {
		t.Error("it does not say where a failure's scenario is")
	}
}

func TestAFileIsNamedAsDashboardsLookForIt(t *testing.T) {
	var b bytes.Buffer
	h := junit.New(&b, junit.Options{Folders: report.Folders{Repository: "/r", Working: "/r/api"}})
	c := &report.Case{File: "corsgate.yaml", Line: 3, Scenario: "s", Status: report.Failed}
	if err := errors.Join(h.Start(report.Start{}), h.Case(c), h.Finish(report.Finish{})); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{`file="api/corsgate.yaml" line="3"`, `classname="api.corsgate.s"`, "\n  at api/corsgate.yaml:3\n"} {
		if !strings.Contains(b.String(), want) {
			t.Errorf("there is no %q in %s", want, b.String())
		}
	}
	if c.File != "corsgate.yaml" {
		t.Error("the case was changed")
	}
}

func TestAPassedCaseTellsOfTriesThatFailed(t *testing.T) {
	failed := &report.Error{Kind: "timeout", Message: "no complete head within 10s"}
	c := &report.Case{Status: report.Passed, Exchanges: []report.Exchange{
		{Request: report.WireRequest{Method: "GET", URL: "https://api.example/"}, Error: failed}, {Try: 1},
	}}
	const want = "<system-out><![CDATA[GET https://api.example/: timeout: no complete head within 10s]]></system-out>"
	if got := writeIn(t, junit.Common, c); !strings.Contains(got, want) {
		t.Errorf("got %s", got)
	}
}
