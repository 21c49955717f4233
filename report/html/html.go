// Package html writes a run as one web page that needs no other file and no network:
//
//	h := html.New(file, html.Options{})
//
// For each scenario it has a matrix of origins and requests, and for each case the flow: what was sent, what came
// back, what each browser makes of it, and why. All of it can be read without scripts; a script filters.
package html

import (
	"bufio"
	"fmt"
	"html/template"
	"io"
	"time"

	"github.com/corsgate/corsgate/report"
)

// Options say how the page is made. The zero value is the default.
type Options struct {
	// Title is the page's heading; empty: corsgate.
	Title string
	// Evidence is how many bytes of the page may go to the evidence of cases that passed or were skipped, and as many
	// again to that of the others; of the cases after these only the result is told. 0: 24 MiB.
	Evidence int64
}

// New returns a Handler that writes the page to w, all of it at Finish.
func New(w io.Writer, o Options) report.Handler {
	if o.Evidence <= 0 {
		o.Evidence = 24 << 20
	}
	return &writer{w: w, o: o, page: parse(), byKey: map[groupKey]*group{}}
}

// writer keeps what stands above the cases, and the HTML of the cases in a Spool.
type writer struct {
	w     io.Writer
	o     Options
	page  *template.Template
	start report.Start

	groups   []*group // in the order of their first cases
	byKey    map[groupKey]*group
	troubles collection
	findings collection
	cases    report.Spool
	told     int // cases so far; the number of a case is its anchor
	opened   int
	partial  int
	calm     budget // of cases that passed or were skipped
	serious  budget
	err      error // the first; the page can't be whole after it
}

// budget is how much evidence was shown and how many cases had to do without.
type budget struct {
	used  int64
	short int
}

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

// openCases is how many failures lie open from the start.
const openCases = 3

func (w *writer) add(c *report.Case) error {
	w.told++
	g := w.group(c)
	serious := c.Status == report.Failed || c.Status == report.Errored
	if c.Checked == "preflight" && (c.Status == report.Passed || c.Status == report.Failed) {
		w.partial++
	}
	w.troubles.addTrouble(c, w.told)
	w.findings.addFindings(c, w.told)
	g.add(c, w.told)
	off := w.cases.Size()
	if err := w.render(c, g, serious); err != nil {
		return err
	}
	g.keep(serious, part{off, w.cases.Size() - off})
	return nil
}

// render writes a case into the Spool, with no more than its result when there is no room for evidence.
func (w *writer) render(c *report.Case, g *group, serious bool) error {
	b := &w.calm
	if serious {
		b = &w.serious
	}
	if b.used >= w.o.Evidence {
		b.short++
		return w.page.ExecuteTemplate(&w.cases, "brief", newResult(c, w.told))
	}
	v := newCaseView(c, w.told)
	v.Group = g.ID
	if serious && w.opened < openCases {
		w.opened++
		v.Open = true
	}
	before := w.cases.Size()
	err := w.page.ExecuteTemplate(&w.cases, "case", v)
	b.used += w.cases.Size() - before
	return err
}

func (w *writer) group(c *report.Case) *group {
	key := groupKey{c.File, c.Scenario, c.Target}
	g := w.byKey[key]
	if g == nil {
		g = newGroup(len(w.groups)+1, c)
		w.byKey[key] = g
		w.groups = append(w.groups, g)
	}
	return g
}

func (w *writer) Finish(f report.Finish) error {
	defer w.cases.Close()
	if w.err != nil {
		return w.err
	}
	out := bufio.NewWriterSize(w.w, 64<<10)
	writeTop(out, show(w.o.title()))
	if err := w.page.ExecuteTemplate(out, "overview", w.overview(f)); err != nil {
		return err
	}
	for _, g := range w.groups {
		if err := w.writeGroup(out, g); err != nil {
			return err
		}
	}
	writeBottom(out)
	return out.Flush()
}

func (o Options) title() string {
	if o.Title == "" {
		return "corsgate"
	}
	return o.Title
}

func (w *writer) writeGroup(out *bufio.Writer, g *group) error {
	v := g.view(w.told)
	if err := w.page.ExecuteTemplate(out, "group", v); err != nil {
		return err
	}
	if err := w.copyCases(out, g.serious); err != nil {
		return err
	}
	if err := w.writeCalm(out, g, v); err != nil {
		return err
	}
	_, err := out.WriteString("</details>\n")
	return err
}

// writeCalm writes the cases that need no look, folded where there is a matrix that shows them.
func (w *writer) writeCalm(out *bufio.Writer, g *group, v groupView) error {
	if len(g.calm) == 0 || !v.Matrix {
		return w.copyCases(out, g.calm)
	}
	if err := w.page.ExecuteTemplate(out, "calm", v); err != nil {
		return err
	}
	if err := w.copyCases(out, g.calm); err != nil {
		return err
	}
	_, err := out.WriteString("</details>\n")
	return err
}

func (w *writer) copyCases(out io.Writer, parts []part) error {
	for _, p := range parts {
		if err := w.cases.CopyTo(out, p.off, p.n); err != nil {
			return err
		}
	}
	return nil
}

// overview is what stands above the matrices.
type overview struct {
	Title, Tool, Started, Took string
	Verdict, Class, Symbol     string
	Summary                    report.Summary
	Bar                        []segment
	Interrupted                bool
	Troubles, Findings         []*item
	Partial, Short             int
	Scenarios                  int
}

// segment is a piece of the bar, in hundredths of its length.
type segment struct {
	Class   string
	X, Wide float64
}

func (w *writer) overview(f report.Finish) overview {
	n := f.Summary
	o := overview{
		Title: show(w.o.title()), Tool: show(w.start.Tool.Name + " " + w.start.Tool.Version),
		Started: w.start.Started.UTC().Format("2 January 2006, 15:04:05 UTC"), Took: took(f.Duration),
		Summary: n, Interrupted: f.Interrupted, Troubles: w.troubles.sorted(w.start.Rules),
		Findings: w.findings.sorted(w.start.Rules), Partial: w.partial, Short: w.calm.short + w.serious.short,
		Scenarios: len(w.groups), Bar: bar(n),
	}
	switch {
	case n.Failed > 0:
		o.Verdict, o.Class, o.Symbol = "Failed", "failed", symbol(report.Failed)
	case n.Errors > 0 || f.Interrupted:
		o.Verdict, o.Class, o.Symbol = "Undecided", "error", symbol(report.Errored)
	default:
		o.Verdict, o.Class, o.Symbol = "Passed", "passed", symbol(report.Passed)
	}
	return o
}

func bar(n report.Summary) []segment {
	var list []segment
	x := 0.0
	for _, s := range []struct {
		status report.Status
		count  int
	}{{report.Failed, n.Failed}, {report.Errored, n.Errors}, {report.Passed, n.Passed}, {report.Skipped, n.Skipped}} {
		if s.count > 0 {
			wide := 100 * float64(s.count) / float64(n.Cases)
			list = append(list, segment{string(s.status), x, wide})
			x += wide
		}
	}
	return list
}

func took(d time.Duration) string {
	switch {
	case d < time.Second:
		return fmt.Sprintf("%d ms", d.Milliseconds())
	case d < time.Minute:
		return fmt.Sprintf("%.1f s", d.Seconds())
	}
	return d.Round(time.Second).String()
}

// show makes a text fit to be read, whoever wrote it; the templates make it fit for HTML.
func show(s string) string { return report.Visible(report.Cut(s, report.FileLimit), report.FileLimit) }
