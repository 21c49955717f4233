package html

import (
	"fmt"
	"slices"
	"strings"

	"github.com/corsgate/corsgate/report"
)

// result is a case in a line.
type result struct {
	ID                    int
	Class, Symbol, Status string
	Name, Headline        string
	Partial               bool
}

// caseView is a case as the template shows it.
type caseView struct {
	result
	Group                     int
	Open                      bool
	Place, Key, Kind, Probe   string
	Tags                      []string
	Facts                     []fact // what was asked for
	Mismatches                []mismatch
	Skip                      string
	Error                     string
	Opinions                  []opinion
	Cause                     *cause
	Findings                  []finding
	Exchanges                 []exchange
	Curl                      string
	NotSent                   string // of a request that stayed behind its preflight: why
	NotSentMethod, NotSentURL string
}

type fact struct{ Name, Value string }

type mismatch struct{ Field, Want, Got, Text string }

// opinion is a verdict that some browsers share.
type opinion struct {
	Outcome, Text string
	Said          []fact // browser, and the words of its console
}

type cause struct {
	ID, Message string
	Evidence    []string
	Remedy      remedy
}

type finding struct{ Class, Rule, Message string }

// exchange is a request on the wire and its answer.
type exchange struct {
	N                        int
	Title, Notes, Engines    string
	Sent, Status, StatusNote string
	Request, Response        []header
	Bad                      bool // no answer, or none with a status from 200 to 399
}

// header is a line of a head.
type header struct {
	Name, Value string
	CORS        bool // it decides
}

// curlLimit bounds a command whose URL a server has made long.
const curlLimit = 4 * report.FileLimit

func newResult(c *report.Case, id int) result {
	return result{
		ID: id, Class: string(c.Status), Symbol: symbol(c.Status), Status: statusWord(c.Status), Name: show(c.Name),
		Headline: show(report.Headline(c)), Partial: c.Checked == "preflight" && c.Status != report.Skipped,
	}
}

func newCaseView(c *report.Case, id int) caseView {
	v := caseView{
		result: newResult(c, id), Place: fmt.Sprintf("%s:%d", show(c.File), c.Line), Key: show(c.ID), Kind: show(c.Kind),
		Probe: show(c.Probe), Tags: shown(c.Tags), Skip: show(c.Skip), Facts: facts(c), Cause: newCause(c.Cause),
	}
	if c.Error != nil {
		v.Error = show(c.Error.Kind + ": " + c.Error.Message)
	}
	for _, m := range c.Mismatch {
		v.Mismatches = append(v.Mismatches, mismatch{show(m.Field), show(m.Want), show(m.Got), show(report.MismatchText(m))})
	}
	if c.Status != report.Errored {
		for _, o := range report.Opinions(c) {
			v.Opinions = append(v.Opinions, newOpinion(c, o))
		}
	}
	for _, f := range c.Findings {
		v.Findings = append(v.Findings, finding{severityClass(f.Severity), show(f.Rule), show(f.Message)})
	}
	for i := range c.Exchanges {
		v.Exchanges = append(v.Exchanges, newExchange(c, i))
	}
	if x := report.Decisive(c); x != nil {
		v.Curl = report.Visible(report.Curl(*x), curlLimit)
	}
	v.notSent(c)
	return v
}

// statusWord is what people call a status.
func statusWord(s report.Status) string {
	if s == report.Errored {
		return "undecided"
	}
	return string(s)
}

func facts(c *report.Case) []fact {
	list := []fact{{"page", show(c.Request.Origin)}, {"fetch", show(c.Request.Method + " " + c.Request.URL)}}
	for _, f := range []fact{
		{"credentials", c.Request.Credentials}, {"mode", c.Request.Mode}, {"redirect", c.Request.Redirect},
	} {
		if f.Value != "" && f.Value != "cors" && f.Value != "follow" {
			list = append(list, fact{f.Name, show(f.Value)})
		}
	}
	for _, h := range c.Request.Headers {
		list = append(list, fact{"header", show(h[0] + ": " + h[1])})
	}
	return list
}

func newOpinion(c *report.Case, o report.Opinion) opinion {
	v := opinion{Outcome: show(o.Verdict.Outcome), Text: show(o.String())}
	for _, name := range o.Engines {
		if words := c.Engines[name].Message; words != "" {
			v.Said = append(v.Said, fact{show(report.BrowserName(name)), show(words)})
		}
	}
	return v
}

func newCause(c *report.Cause) *cause {
	if c == nil {
		return nil
	}
	return &cause{show(c.ID), show(c.Message), shown(c.Evidence), newRemedy(c.Remedy)}
}

func newExchange(c *report.Case, i int) exchange {
	x := &c.Exchanges[i]
	v := exchange{
		N: i + 1, Title: show(strings.ToUpper(x.Kind[:min(1, len(x.Kind))]) + x.Kind[min(1, len(x.Kind)):]),
		Notes: show(report.Notes(x)), Sent: show(x.Request.Method + " " + x.Request.URL), Request: headers(x.Request.Headers),
	}
	if len(x.Engines) > 0 && len(x.Engines) < len(c.Browsers) {
		v.Engines = "sent by " + show(strings.Join(names(x.Engines), " and ")) + " only"
	}
	if x.Request.Body != "" {
		v.Request = append(v.Request, header{Name: "", Value: show(x.Request.Body)})
	}
	answer := report.ResponseHead(x, show)
	v.Status = answer[0]
	if x.Response == nil {
		v.Bad = true
		return v
	}
	v.Response = headers(x.Response.Headers)
	v.Bad = x.Response.Status < 200 || x.Response.Status > 399
	if !slices.ContainsFunc(v.Response, func(h header) bool { return strings.HasPrefix(strings.ToLower(h.Name), "access-control-") }) {
		v.StatusNote = "no Access-Control headers"
	}
	return v
}

func names(engines []string) []string {
	list := make([]string, len(engines))
	for i, e := range engines {
		list[i] = report.BrowserName(e)
	}
	return list
}

func headers(list []report.Field) []header {
	out := make([]header, len(list))
	for i, h := range list {
		out[i] = header{show(h[0]), show(h[1]), decides(h[0])}
	}
	return out
}

// decides reports whether CORS looks at a header.
func decides(name string) bool {
	switch name = strings.ToLower(name); name {
	case "origin", "vary", "location", "cross-origin-resource-policy":
		return true
	}
	return strings.HasPrefix(name, "access-control-")
}

// notSent tells of a request that its preflight kept from being sent.
func (v *caseView) notSent(c *report.Case) {
	n := len(c.Exchanges)
	if n == 0 || c.Exchanges[n-1].Kind != "preflight" || c.Status == report.Errored {
		return
	}
	v.NotSentMethod, v.NotSentURL = show(c.Request.Method), show(c.Request.URL)
	v.NotSent = "corsgate stopped after the preflight, as the scenario has it (send)."
	if c.Outcome == "blocked" {
		v.NotSent = "A browser that refuses the preflight's answer does not send it."
	}
}
