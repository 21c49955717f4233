// Package junit writes a run as JUnit XML, one testcase for each case, for CI systems to read:
//
//	h := junit.New(file, junit.Options{})
//
// A mismatch is a failure, not having found out an error. Whatever a server sent, the XML is well-formed.
package junit

import (
	"bufio"
	"bytes"
	"encoding/xml"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/corsgate/corsgate/report"
	"github.com/jstemmer/go-junit-report/v2/junit"
)

// Options are for what readers of JUnit XML disagree about. The zero value suits most of them.
type Options struct {
	Dialect Dialect
	Folders report.Folders // a file is named as seen from the repository's root, where dashboards look for it
}

// Dialect is a form of JUnit XML.
type Dialect string

// The dialects. The common one has more than the schema of Jenkins' xunit plugin (junit-10.xsd) allows: the file and
// line of a testcase, and how many were skipped in all.
const (
	Common Dialect = ""
	Strict Dialect = "strict"
)

// New returns a Handler that writes the report to w, all of it at Finish. Names and classnames hold nothing that
// changes from run to run, unless the names of the cases do; the pair of both is unique.
func New(w io.Writer, o Options) report.Handler {
	return &writer{w: w, o: o, byKey: map[suiteKey]*suite{}}
}

// writer keeps the counts of each suite, and the XML of its cases in a Spool: a reader wants the counts first.
type writer struct {
	w      io.Writer
	o      Options
	start  report.Start
	suites []*suite // in the order of their first cases
	byKey  map[suiteKey]*suite
	cases  report.Spool
	err    error // the first; the report can't be whole after it
}

// suiteKey is the scenario that a suite stands for.
type suiteKey struct{ file, scenario string }

type suite struct {
	file, name string // fit for XML
	counts     report.Summary
	duration   time.Duration
	parts      []part
	names      map[string]bool // of its testcases: classname and name
}

// part is a piece of the Spool.
type part struct{ off, n int64 }

func (w *writer) Start(s report.Start) error {
	w.start = s
	return nil
}

func (w *writer) Case(c *report.Case) error {
	if w.err == nil {
		w.err = w.add(c)
	}
	return w.err
}

func (w *writer) add(c *report.Case) error {
	placed := *c
	placed.File = w.o.Folders.Relative(c.File)
	return w.addPlaced(&placed)
}

func (w *writer) addPlaced(c *report.Case) error {
	s := w.suite(c)
	s.count(c)
	tc := newTestcase(c)
	if w.o.Dialect == Strict {
		tc.File, tc.Line = "", 0
	}
	s.claim(&tc)
	text, err := xml.MarshalIndent(tc, "    ", "  ")
	if err != nil {
		return err
	}
	off := w.cases.Size()
	if _, err := w.cases.Write(append(text, '\n')); err != nil {
		return err
	}
	s.keep(part{off, w.cases.Size() - off})
	return nil
}

func (w *writer) suite(c *report.Case) *suite {
	key := suiteKey{c.File, c.Scenario}
	s := w.byKey[key]
	if s == nil {
		s = &suite{file: visible(c.File), name: visible(c.Scenario), names: map[string]bool{}}
		w.byKey[key] = s
		w.suites = append(w.suites, s)
	}
	return s
}

func (s *suite) count(c *report.Case) {
	s.counts.Cases++
	s.duration += time.Duration(c.Duration)
	switch c.Status {
	case report.Failed:
		s.counts.Failed++
	case report.Errored:
		s.counts.Errors++
	case report.Skipped:
		s.counts.Skipped++
	}
}

// keep adds p to the parts of s, or to the last of them where it follows that one.
func (s *suite) keep(p part) {
	if last := len(s.parts) - 1; last >= 0 && s.parts[last].off+s.parts[last].n == p.off {
		s.parts[last].n += p.n
		return
	}
	s.parts = append(s.parts, p)
}

func (w *writer) Finish(f report.Finish) error {
	defer w.cases.Close()
	if w.err != nil {
		return w.err
	}
	out := bufio.NewWriter(w.w)
	out.WriteString(xml.Header)
	root, err := xml.MarshalIndent(w.root(f), "", "  ")
	if err != nil {
		return err
	}
	if err := around(out, root, "", "</testsuites>", func() error { return w.writeSuites(out) }); err != nil {
		return err
	}
	return out.Flush()
}

func (w *writer) writeSuites(out *bufio.Writer) error {
	for i, s := range w.suites {
		text, err := xml.MarshalIndent(s.element(i, w.start), "  ", "  ")
		if err != nil {
			return err
		}
		if err := around(out, text, "  ", "</testsuite>", func() error { return w.copyCases(out, s) }); err != nil {
			return err
		}
	}
	return nil
}

func (w *writer) copyCases(out io.Writer, s *suite) error {
	for _, p := range s.parts {
		if err := w.cases.CopyTo(out, p.off, p.n); err != nil {
			return err
		}
	}
	return nil
}

// around writes the element in text, which has no content or properties only, with more content before its end tag.
func around(out *bufio.Writer, text []byte, indent, end string, content func() error) error {
	start := bytes.TrimRight(bytes.TrimSuffix(text, []byte(end)), " \n")
	out.Write(append(start, '\n'))
	if err := content(); err != nil {
		return err
	}
	_, err := out.WriteString(indent + end + "\n")
	return err
}

// testsuites is the root; the counts that junit leaves out when they are zero are written.
type testsuites struct {
	junit.Testsuites
	Tests    int  `xml:"tests,attr"`
	Errors   int  `xml:"errors,attr"`
	Failures int  `xml:"failures,attr"`
	Skipped  *int `xml:"skipped,attr"` // nil: not written
}

func (w *writer) root(f report.Finish) testsuites {
	ts := testsuites{
		Testsuites: junit.Testsuites{Name: "corsgate", Time: seconds(f.Duration)},
		Tests:      f.Summary.Cases, Errors: f.Summary.Errors, Failures: f.Summary.Failed,
	}
	if w.o.Dialect != Strict {
		ts.Skipped = &f.Summary.Skipped
	}
	return ts
}

// testsuite is a suite without its cases.
type testsuite struct {
	XMLName xml.Name `xml:"testsuite"`
	junit.Testsuite
}

func (s *suite) element(id int, start report.Start) testsuite {
	ts := junit.Testsuite{
		Name: s.name, ID: id, File: s.file, Time: seconds(s.duration),
		Tests: s.counts.Cases, Failures: s.counts.Failed, Errors: s.counts.Errors, Skipped: s.counts.Skipped,
		Timestamp: start.Started.UTC().Format("2006-01-02T15:04:05Z"),
	}
	ts.AddProperty("tool", visible(strings.TrimSpace(start.Tool.Name+" "+start.Tool.Version)))
	if s := start.Shard; s != nil { // no name holds it: dashboards compare runs by names
		ts.AddProperty("shard", fmt.Sprintf("%d/%d", s.Index, s.Total))
	}
	return testsuite{Testsuite: ts}
}

func seconds(d time.Duration) string { return fmt.Sprintf("%.3f", d.Seconds()) }

// visible makes a text fit for XML: what it leaves are characters that XML allows.
func visible(s string) string {
	return report.Visible(report.Cut(s, report.FileLimit), report.FileLimit)
}
