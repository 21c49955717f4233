package story

import (
	"fmt"
	"slices"
	"strings"

	"github.com/corsgate/corsgate/report"
)

// tellWire shows each exchange with the header lines that matter.
func (s *Story) tellWire(p *page) {
	if len(s.Case.Exchanges)+len(s.Unsent) == 0 {
		return
	}
	p.section("What goes over the wire")
	shown := s.shownExchanges(p)
	for i, x := range shown {
		if i > 0 {
			p.line("")
		}
		p.lines(x.kind, x.lines)
		if len(x.engines) < len(s.Engines) {
			p.row("", "("+listed(browserNames(x.engines))+" only)")
		}
	}
	for i, x := range s.Unsent {
		if i > 0 || len(s.Case.Exchanges) > 0 {
			p.line("")
		}
		p.lines(x.Kind, prefixed("> ", s.requestLines(&x)))
		p.row("", "not sent, since a "+show(x.Request.Method)+" may change something; --send always sends it")
	}
}

// shown is an exchange as it stands on the page.
type shown struct {
	kind    string
	lines   []string
	engines []string
}

// shownExchanges are the exchanges, those as one that differ in nothing that is shown.
func (s *Story) shownExchanges(p *page) []shown {
	var list []shown
	for i := range s.Case.Exchanges {
		x := &s.Case.Exchanges[i]
		lines := append(prefixed("> ", s.requestLines(x)), prefixed("< ", report.Answer(x, show))...)
		if notes := report.Notes(x); notes != "" {
			lines = append(lines, wrap("("+show(notes)+")", p.width-labelColumn)...)
		}
		if last := len(list) - 1; last >= 0 && slices.Equal(list[last].lines, lines) && apart(list[last].engines, x.Engines) {
			list[last].engines = append(list[last].engines, x.Engines...)
			continue
		}
		list = append(list, shown{x.Kind, lines, slices.Clone(x.Engines)})
	}
	return list
}

// apart reports whether no engine is in both lists: one that sends the same twice, in a circle, is told twice.
func apart(a, b []string) bool {
	return !slices.ContainsFunc(a, func(name string) bool { return slices.Contains(b, name) })
}

// requestLines are the first line of a request, and those headers that CORS or the caller set.
func (s *Story) requestLines(x *report.Exchange) []string {
	lines := []string{show(x.Request.Method) + " " + show(x.Request.URL)}
	for _, h := range x.Request.Headers {
		name := strings.ToLower(h[0])
		own := slices.ContainsFunc(s.Fetch.Headers, func(f header) bool { return strings.EqualFold(f.Name, name) })
		if own && x.Kind == "request" || name == "origin" || name == "cookie" || name == "content-type" ||
			strings.HasPrefix(name, "access-control-request-") {
			lines = append(lines, show(h[0])+": "+show(h[1]))
		}
	}
	return lines
}

func prefixed(prefix string, lines []string) []string {
	out := make([]string, len(lines))
	for i, l := range lines {
		out[i] = prefix + l
	}
	return out
}

// tellVerdict says what each engine decides, in the words of its console.
func (s *Story) tellVerdict(p *page) {
	p.section("What the browsers decide")
	if e := s.Case.Error; e != nil {
		p.row("unknown", show(e.Kind+": "+e.Message))
		return
	}
	reasons, passed := map[string]bool{}, false
	for _, name := range s.Case.Browsers {
		v := s.Case.Engines[name]
		p.row(shortName(name), decision(v))
		if v.Outcome == "blocked" && v.Message != "" {
			p.row("", "“"+show(v.Message)+"”")
		}
		reasons[v.Reason], passed = true, passed || v.Outcome == "allowed"
	}
	if s.Case.Checked == "preflight" && passed {
		p.row("but", "that is what the preflight says; the answer to the request itself was not seen.")
	}
	if r := s.Case.Response; r != nil {
		p.row("script", fmt.Sprintf("sees status %d and the headers %s.", r.Status, readable(r.Readable)))
	}
	delete(reasons, "")
	if len(reasons) == 1 && s.Case.Reason != "" {
		p.row("that is", reasonText(s.Case.Reason))
	}
}

func readable(names []string) string {
	if len(names) == 0 {
		return "none"
	}
	return show(listed(names))
}

// shortName fits beside a verdict.
func shortName(engine string) string {
	switch engine {
	case "webkit":
		return "Safari"
	case "standard":
		return "standard"
	}
	return report.BrowserName(engine)
}

func decision(v report.Verdict) string {
	switch v.Outcome {
	case "allowed":
		return "allows it."
	case "blocked":
		at := map[string]string{
			"request": " before anything is sent", "preflight": " at the preflight", "response": " at the response",
			"redirect": " at a redirect",
		}[v.Stage]
		return "blocks it" + at + ": " + v.Reason
	case "opaque":
		return "sends it, and hides the answer from the script."
	case "opaque-redirect":
		return "does not follow the redirect, and hides it from the script."
	}
	return "is not known: no preflight asks first, and the request itself was not sent."
}

// tellCause names the cause, what shows it, and the remedy; and what else is wrong.
func (s *Story) tellCause(p *page) {
	if c := s.Case.Cause; c != nil {
		p.section("Why: " + show(c.ID))
		p.row("cause", show(c.Message))
		label := "seen"
		for _, e := range c.Evidence {
			p.row(label, "- "+show(e))
			label = ""
		}
		lines := strings.Split(strings.TrimRight(c.Remedy, "\n"), "\n")
		p.row("remedy", show(lines[0]))
		p.lines("", each(lines[1:], show))
	}
	if len(s.Case.Findings) == 0 {
		return
	}
	p.section("Beside that")
	for _, f := range s.Case.Findings {
		p.row(f.Severity, show(f.Rule+": "+f.Message))
	}
}

func each(lines []string, f func(string) string) []string {
	out := make([]string, len(lines))
	for i, l := range lines {
		out[i] = f(l)
	}
	return out
}

// curlLimit bounds a command whose URL a server has made long.
const curlLimit = 8 << 10

// tellAgain shows how to make the request again. Commands stay in one line, to be copied.
func (s *Story) tellAgain(p *page) {
	p.section("To see it again")
	for _, line := range s.curlLines() {
		p.line("  " + report.Visible(line, curlLimit))
	}
	p.line("  " + report.Visible(s.script(), curlLimit))
}
