package text

import (
	"fmt"
	"strings"

	"github.com/corsgate/corsgate/report"
)

// briefs is how many cases that share a cause are named one by one.
const briefs = 20

// shared is what several cases have in common: a cause, or the error that kept them from being decided.
type shared struct {
	label, text string
	kin         string // the same for all that is counted as one
	cases       int
}

// trouble tells of a case that failed or could not be decided: in full, or in short when its cause has been told.
func (p *printer) trouble(c *report.Case) {
	if c.Error != nil && c.Error.Kind == "interrupted" {
		p.interrupted++
		return
	}
	first := p.share(c)
	if first != nil && first.cases > 1 && !p.o.Verbose {
		if first.cases <= briefs {
			p.brief(c, first)
		}
		return
	}
	p.block(c)
}

// share counts c under what it has in common with others; nil when that is not known.
func (p *printer) share(c *report.Case) *shared {
	var s shared
	switch {
	case c.Cause != nil:
		s = shared{label: c.Cause.ID, text: firstLine(c.Cause.Message), kin: "cause " + c.Cause.ID}
	case c.Error != nil:
		s = shared{label: c.Error.Kind, text: c.Error.Message, kin: c.Error.Kind + " " + c.Error.Message}
	default:
		return nil
	}
	key := s.label + "\x00" + s.text
	if p.told[key] == nil {
		p.told[key] = &s
		p.order = append(p.order, &s)
	}
	p.told[key].cases++
	return p.told[key]
}

func (p *printer) title(c *report.Case) {
	p.page.gap()
	if c.Status == report.Errored {
		p.page.head("ERROR", purple, show(c.Scenario))
	} else {
		p.page.head("FAIL", red, show(c.Scenario))
	}
	p.page.head("", plain, show(c.Name))
	place := fmt.Sprintf("at %s:%d", show(c.File), c.Line)
	if c.Target != "" {
		place += ", target " + show(c.Target)
	}
	if c.Probe != "" {
		place += ", probe " + show(c.Probe)
	}
	p.page.head("", plain, place)
}

func (p *printer) brief(c *report.Case, first *shared) {
	p.title(c)
	p.page.row("cause", "as above: "+show(first.label))
	p.page.gap()
}

func (p *printer) block(c *report.Case) {
	p.title(c)
	page := &p.page
	if c.Status == report.Errored && c.Error != nil {
		page.row("why", show(c.Error.Kind+": "+c.Error.Message))
	}
	for _, m := range c.Mismatch {
		page.mismatch(m)
	}
	if c.Status == report.Failed {
		page.seriousFindings(c)
		page.browsers(c)
	}
	decisive := report.Decisive(c)
	if p.o.Verbose {
		page.exchanges(c)
	} else if decisive != nil && c.Status == report.Failed {
		page.lines("answer", report.Answer(decisive, show))
	}
	page.cause(c.Cause)
	if decisive != nil {
		page.lines("try it", []string{report.Visible(report.Curl(*decisive), curlLimit)})
	}
	page.gap()
}

// curlLimit bounds a command whose URL a server has made long.
const curlLimit = 8 << 10

func (p *page) mismatch(m report.Mismatch) {
	if m.Want == "" && m.Got == "" {
		p.row("not so", show(m.Message))
		return
	}
	p.row("expected", show(strings.TrimSpace(m.Field+" "+m.Want)))
	p.row("but got", show(m.Got))
}

// seriousFindings writes the findings that fail a case which has no mismatch.
func (p *page) seriousFindings(c *report.Case) {
	for _, f := range c.Findings {
		if len(c.Mismatch) == 0 {
			p.row(f.Severity, show(f.Rule+": "+f.Message))
		}
	}
}

// browsers writes what each browser would do, and why in its own words; in ours where it says nothing.
func (p *page) browsers(c *report.Case) {
	label := "browsers"
	for _, o := range report.Opinions(c) {
		p.row(label, show(o.String()))
		label = ""
		switch {
		case o.Verdict.Outcome != "blocked":
		case o.Verdict.Message != "":
			p.row("", "“"+show(o.Verdict.Message)+"”")
		default:
			p.row("", show(report.ReasonRule(o.Verdict.Reason).What))
		}
	}
}

func (p *page) cause(c *report.Cause) {
	if c == nil {
		return
	}
	p.paragraphs("cause", c.Message)
	for _, e := range c.Evidence {
		p.lines("", shown([]string{e}))
	}
	p.paragraphs("remedy", c.Remedy)
}

// paragraphs wraps the first line of text; what follows it is a snippet and stays as it is.
func (p *page) paragraphs(label, text string) {
	if text == "" {
		return
	}
	lines := strings.Split(strings.TrimRight(text, "\n"), "\n")
	p.row(label, show(lines[0]))
	p.lines("", shown(lines[1:]))
}

// exchanges writes the heads of all requests and answers of c.
func (p *page) exchanges(c *report.Case) {
	for i := range c.Exchanges {
		x := &c.Exchanges[i]
		p.lines(x.Kind, prefixed("> ", report.RequestHead(x, show)))
		p.lines("", prefixed("< ", report.ResponseHead(x, show)))
		if notes := report.Notes(x); notes != "" {
			p.row("", "("+show(notes)+")")
		}
	}
}

func shown(lines []string) []string {
	out := make([]string, len(lines))
	for i, l := range lines {
		out[i] = show(l)
	}
	return out
}

func prefixed(prefix string, lines []string) []string {
	out := make([]string, len(lines))
	for i, l := range lines {
		out[i] = prefix + l
	}
	return out
}

func firstLine(s string) string {
	line, _, _ := strings.Cut(s, "\n")
	return line
}
