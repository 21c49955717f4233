package text

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/corsgate/corsgate/report"
)

// scenario counts the cases of the one that is being told.
type scenario struct {
	name, file string
	counts     report.Summary
	skip       string // the reason of the last skipped case
}

func (s *scenario) add(c *report.Case) {
	s.counts.Cases++
	switch c.Status {
	case report.Passed:
		s.counts.Passed++
	case report.Failed:
		s.counts.Failed++
	case report.Errored:
		s.counts.Errors++
	case report.Skipped:
		s.counts.Skipped++
		s.skip = c.Skip
	}
}

// endScenario writes the line of the scenario whose cases are all told.
func (p *printer) endScenario() {
	s, n := p.scenario, p.scenario.counts
	if n.Cases == 0 || p.o.Quiet {
		return
	}
	word, colour, note := "ok", green, ""
	switch {
	case n.Failed+n.Errors > 0:
		word, colour, note = "not ok", red, ": "+tally(n)
	case n.Skipped == n.Cases:
		word, colour, note = "skip", yellow, ": "+show(s.skip)
	case n.Skipped > 0:
		note = ": " + tally(n)
	}
	p.page.head(word, colour, show(s.name)+" ("+count(n.Cases, "case")+note+")")
}

// tally names the counts that are not zero; they add up to the cases.
func tally(n report.Summary) string {
	var parts []string
	if n.Passed > 0 {
		parts = append(parts, fmt.Sprintf("%d passed", n.Passed))
	}
	if n.Failed > 0 {
		parts = append(parts, fmt.Sprintf("%d failed", n.Failed))
	}
	if n.Errors > 0 {
		parts = append(parts, count(n.Errors, "error"))
	}
	if n.Skipped > 0 {
		parts = append(parts, fmt.Sprintf("%d skipped", n.Skipped))
	}
	return strings.Join(parts, ", ")
}

// findings counts the cases of each rule.
type findings struct {
	order []report.Finding // the first of each rule and severity
	cases map[[2]string]int
}

func (f *findings) add(c *report.Case) {
	for _, one := range c.Findings {
		key := [2]string{one.Rule, one.Severity}
		if f.cases == nil {
			f.cases = map[[2]string]int{}
		}
		if f.cases[key] == 0 {
			f.order = append(f.order, one)
		}
		f.cases[key]++
	}
}

// closing writes what many cases have in common.
func (p *printer) closing() {
	p.page.gap()
	for _, s := range p.causes() {
		if s.cases > 1 {
			p.page.head("", plain, fmt.Sprintf("%s, one cause: %s: %s", count(s.cases, "case"), show(s.label), show(s.text)))
		}
	}
	for _, f := range p.findings.order {
		n := p.findings.cases[[2]string{f.Rule, f.Severity}]
		p.page.head(f.Severity, yellow, fmt.Sprintf("%s, %s: %s", show(f.Rule), count(n, "time"), show(f.Message)))
	}
	if p.partial > 0 {
		was, its := "were", "their requests were"
		if p.partial == 1 {
			was, its = "was", "its request was"
		}
		p.page.head("note", plain, fmt.Sprintf("%s %s checked up to the preflight; %s not sent (send: auto or never)",
			count(p.partial, "case"), was, its))
	}
	if p.interrupted > 0 {
		p.page.head("note", plain, "interrupted: "+count(p.interrupted, "case")+" not decided")
	}
}

// causes are what cases have in common, each once: one cause may be told in other words where another path shows it.
func (p *printer) causes() []*shared {
	var list []*shared
	for _, s := range p.order {
		i := slices.IndexFunc(list, func(t *shared) bool { return t.kin == s.kin })
		if i < 0 {
			first := *s
			list = append(list, &first)
			continue
		}
		list[i].cases += s.cases
	}
	return list
}

// final writes the line that says it all.
func (p *printer) final(f report.Finish) {
	n := f.Summary
	word, colour := "PASS", green
	switch {
	case n.Failed > 0:
		word, colour = "FAIL", red
	case n.Errors > 0:
		word, colour = "ERROR", purple
	}
	text := count(n.Cases, "case")
	if n.Cases > 0 {
		text += ": " + tally(n)
	}
	text += "; " + count(n.Exchanges, "exchange") + " in " + took(f.Duration)
	if f.Interrupted {
		text += "; interrupted"
	}
	p.page.head(word, colour, text)
}

// took says a duration as people do.
func took(d time.Duration) string {
	switch {
	case d < time.Second:
		return fmt.Sprintf("%d ms", d.Milliseconds())
	case d < time.Minute:
		return fmt.Sprintf("%.1f s", d.Seconds())
	}
	return d.Round(time.Second).String()
}
