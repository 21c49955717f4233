//go:build readers

package junit_test

import (
	"encoding/json"
	"encoding/xml"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/corsgate/corsgate/report"
	"github.com/corsgate/corsgate/report/junit"
)

// heard is what a reader makes of a report.
type heard struct {
	Total map[string]string
	Cases []heardCase
}

type heardCase struct {
	Suite, Class, Name  string
	Time                float64
	File                string
	Line                int
	Status              string
	Message, Body, Head string
}

// reader is a parser that a CI system uses, with what it does not hand on.
type reader struct {
	name    string
	command []string
	mute    []string
}

var readers = []reader{
	{"dorny/test-reporter", []string{"node", "dorny.js"}, []string{"File", "Line"}},
	{"mikepenz/action-junit-report", []string{"node", "mikepenz.js"}, nil},
	{"EnricoMi, by junitparser", []string{"python/bin/python", "enricomi.py"}, nil},
	{"GitLab, by ActiveSupport", []string{"ruby", "gitlab.rb"}, []string{"Line", "Message"}},
}

// folder is where testdata/readers/install.sh has put the readers.
func folder(t *testing.T) string {
	t.Helper()
	path, err := filepath.Abs(os.Getenv("CORSGATE_READERS"))
	if err != nil || os.Getenv("CORSGATE_READERS") == "" {
		t.Fatal("CORSGATE_READERS names no folder; make readers does")
	}
	return path
}

// save writes the sample run in a dialect, and another run whose names are unkind.
func save(t *testing.T, d junit.Dialect) map[string]string {
	t.Helper()
	unkind := func(status report.Status, name string) *report.Case {
		return &report.Case{
			Name: name, Scenario: "a & b <c> \"d\"", File: "dir/ü.yaml", Line: 7, Status: status, Skip: name,
			Mismatch: []report.Mismatch{{Message: name}}, Error: &report.Error{Kind: "symbol", Message: name},
			Duration: report.Millis(1234567890123),
		}
	}
	var cases []*report.Case
	for i, name := range []string{"true", "  spaces  ", "]]> &amp; \x00\xff\ufffe", "12:5", "[[ATTACHMENT|/etc/passwd]]", "é ✗ 🙂"} {
		for _, s := range []report.Status{report.Passed, report.Failed, report.Errored, report.Skipped} {
			cases = append(cases, unkind(s, fmt.Sprintf("%s %d", name, i)))
		}
	}
	paths := map[string]string{}
	for name, text := range map[string]string{
		"sample": replayIn(t, d), "unkind": writeIn(t, d, cases...), "empty": writeIn(t, d),
	} {
		paths[name] = filepath.Join(t.TempDir(), name+".xml")
		if err := os.WriteFile(paths[name], []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	return paths
}

func TestEveryReaderHearsTheSame(t *testing.T) {
	for name, path := range save(t, junit.Common) {
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		want := ourselves(t, string(text))
		for _, r := range readers {
			t.Run(name+" by "+r.name, func(t *testing.T) {
				got := r.read(t, path)
				for key, value := range want.Total {
					if got.Total[key] != value {
						t.Errorf("%s: got %q, want %q", key, got.Total[key], value)
					}
				}
				if diff := cmp.Diff(want.Cases, got.Cases, cmpopts.EquateEmpty(),
					cmpopts.IgnoreFields(heardCase{}, append(r.mute, "Body")...)); diff != "" {
					t.Errorf("-want +got:\n%s", diff)
				}
			})
		}
	}
}

func (r reader) read(t *testing.T, path string) heard {
	t.Helper()
	program := r.command[0]
	if strings.Contains(program, "/") {
		program = filepath.Join(folder(t), program)
	}
	command := exec.Command(program, filepath.Join(folder(t), r.command[1]), path)
	var stderr strings.Builder
	command.Stderr = &stderr
	out, err := command.Output()
	if err != nil {
		t.Fatalf("%v: %s", err, stderr.String())
	}
	var h heard
	if err := json.Unmarshal(out, &h); err != nil {
		t.Fatalf("%v in %s", err, out)
	}
	for i := range h.Cases {
		h.Cases[i].Head, _, _ = strings.Cut(h.Cases[i].Body, "\n")
	}
	return h
}

// document is a report with what readers look at.
type document struct {
	Tests    int `xml:"tests,attr"`
	Failures int `xml:"failures,attr"`
	Errors   int `xml:"errors,attr"`
	Skipped  int `xml:"skipped,attr"`
	Suites   []struct {
		Name  string  `xml:"name,attr"`
		Time  float64 `xml:"time,attr"`
		Cases []struct {
			Name    string  `xml:"name,attr"`
			Class   string  `xml:"classname,attr"`
			Time    float64 `xml:"time,attr"`
			File    string  `xml:"file,attr"`
			Line    int     `xml:"line,attr"`
			Failure *detail `xml:"failure"`
			Error   *detail `xml:"error"`
			Skipped *detail `xml:"skipped"`
		} `xml:"testcase"`
	} `xml:"testsuite"`
}

type detail struct {
	Message string `xml:"message,attr"`
	Text    string `xml:",chardata"`
}

func decode(t testing.TB, text string) document {
	t.Helper()
	var d document
	if err := xml.Unmarshal([]byte(text), &d); err != nil {
		t.Fatal(err)
	}
	return d
}

// ourselves reads a report with Go's own parser.
func ourselves(t *testing.T, text string) heard {
	t.Helper()
	doc := decode(t, text)
	h := heard{Total: map[string]string{
		"tests": fmt.Sprint(doc.Tests), "failures": fmt.Sprint(doc.Failures), "errors": fmt.Sprint(doc.Errors),
		"skipped": fmt.Sprint(doc.Skipped),
	}}
	for _, s := range doc.Suites {
		for _, c := range s.Cases {
			one := heardCase{Suite: s.Name, Class: c.Class, Name: c.Name, Time: c.Time, File: c.File, Line: c.Line, Status: "passed"}
			for status, d := range map[string]*detail{"failure": c.Failure, "error": c.Error, "skipped": c.Skipped} {
				if d != nil {
					one.Status, one.Message = status, d.Message
					one.Head, _, _ = strings.Cut(d.Text, "\n")
				}
			}
			h.Cases = append(h.Cases, one)
		}
	}
	return h
}

func TestTheStrictDialectPassesTheSchemaOfJenkins(t *testing.T) {
	schema := filepath.Join(folder(t), "junit-10.xsd")
	for name, path := range save(t, junit.Strict) {
		if out, err := exec.Command("xmllint", "--noout", "--schema", schema, path).CombinedOutput(); err != nil {
			t.Errorf("%s: %v\n%s", name, err, out)
		}
	}
	common := save(t, junit.Common)["sample"]
	if exec.Command("xmllint", "--noout", "--schema", schema, common).Run() == nil {
		t.Error("the schema takes the common dialect too")
	}
	if out, err := exec.Command("xmllint", "--noout", common).CombinedOutput(); err != nil {
		t.Errorf("%v\n%s", err, out)
	}
}
