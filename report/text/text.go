// Package text shows a run on a terminal or in a CI log:
//
//	h := text.New(os.Stdout, text.Options{Color: true, Progress: true, Width: 100})
//
// Failures and errors are told in full as they come, all else in a line for each scenario, and the counts at the end.
// Whatever a server sent is shown by report.Visible.
package text

import (
	"errors"
	"fmt"
	"io"

	"github.com/corsgate/corsgate/report"
)

// Options say how much is shown, and how. The zero value gives plain lines of at most 80 columns, as for a CI log.
type Options struct {
	Color    bool // 16 ANSI colours; no meaning lies in a colour alone
	Progress bool // a live bar below the lines; the writer must be a terminal
	Width    int  // columns of the terminal; 0: 80
	Verbose  bool // every case, with its exchanges
	Quiet    bool // failures, errors and the final line only
}

// New returns a Handler that writes to w.
func New(w io.Writer, o Options) report.Handler {
	if o.Width <= 0 {
		o.Width = 80
	}
	return &printer{o: o, w: w, page: page{width: o.Width, color: o.Color}, told: map[string]*shared{}}
}

type printer struct {
	o    Options
	w    io.Writer
	live *live // nil: no bar
	page page  // what the current call has to say

	scenario scenario
	told     map[string]*shared // by what failures have in common
	order    []*shared          // the same, as they came
	findings findings

	partial     int // cases checked up to the preflight
	interrupted int
}

func (p *printer) Start(s report.Start) error {
	if p.o.Progress {
		p.live = newLive(p.w, s.Cases, p.o)
	}
	if !p.o.Quiet {
		p.page.line(show(s.Tool.Name+" "+s.Tool.Version) + ": " + count(s.Cases, "case") + part(s.Shard))
		p.page.gap()
	}
	return p.flush()
}

// part says which part of a plan a run is.
func part(s *report.Shard) string {
	if s == nil {
		return ""
	}
	return fmt.Sprintf(" of %d, shard %d of %d", s.Cases, s.Index, s.Total)
}

func (p *printer) Progress(done, _ int) { p.live.progress(done) }

func (p *printer) Case(c *report.Case) error {
	if p.scenario.name != c.Scenario || p.scenario.file != c.File {
		p.endScenario()
		p.scenario = scenario{name: c.Scenario, file: c.File}
	}
	if c.Checked == "preflight" && (c.Status == report.Passed || c.Status == report.Failed) {
		p.partial++
	}
	if c.Status == report.Failed || c.Status == report.Errored {
		p.trouble(c)
	} else if p.o.Verbose && !p.o.Quiet {
		p.calm(c)
	}
	p.findings.add(c)
	p.scenario.add(c)
	p.live.add(c)
	return p.flush()
}

// calm tells of a case that passed or was skipped.
func (p *printer) calm(c *report.Case) {
	if c.Status == report.Skipped {
		p.page.head("skip", yellow, show(c.Name))
		p.page.row("why", show(c.Skip))
		return
	}
	p.page.head("ok", green, show(c.Name))
	p.page.exchanges(c)
}

func (p *printer) Finish(f report.Finish) error {
	p.endScenario()
	if !p.o.Quiet {
		p.closing()
	}
	p.final(f)
	err := p.live.close()
	p.live = nil
	return errors.Join(err, p.flush())
}

// flush writes the page, above the bar if there is one.
func (p *printer) flush() error {
	defer p.page.Reset()
	if p.page.Len() == 0 {
		return nil
	}
	w := p.w
	if p.live != nil {
		w = p.live.container
	}
	_, err := w.Write(p.page.Bytes())
	return err
}
