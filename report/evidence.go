package report

import (
	"fmt"
	"strings"
)

// BrowserName returns how people know the browser that has the engine of that name.
func BrowserName(engine string) string {
	switch engine {
	case "chromium":
		return "Chromium"
	case "firefox":
		return "Firefox"
	case "webkit":
		return "Safari (WebKit)"
	case "standard":
		return "the Fetch Standard"
	}
	return engine
}

// Opinion is a verdict that some browsers of a case share.
type Opinion struct {
	Engines []string // in the case's order, at least one
	Verdict Verdict  // with the words of the first
}

// Opinions groups the verdicts of c by outcome, reason and stage, in the order of the case's browsers.
func Opinions(c *Case) []Opinion {
	var list []Opinion
next:
	for _, name := range c.Browsers {
		v := c.Engines[name]
		for i, o := range list {
			if o.Verdict.Outcome == v.Outcome && o.Verdict.Reason == v.Reason && o.Verdict.Stage == v.Stage {
				list[i].Engines = append(list[i].Engines, name)
				continue next
			}
		}
		list = append(list, Opinion{Engines: []string{name}, Verdict: v})
	}
	return list
}

// String says it in a sentence without a full stop: "Chromium and Firefox block it at the preflight:
// missing-allow-origin-header".
func (o Opinion) String() string {
	names := each(o.Engines, BrowserName)
	return joinAnd(names) + " " + o.deed()
}

func (o Opinion) deed() string {
	s := "s"
	if len(o.Engines) > 1 {
		s = ""
	}
	switch o.Verdict.Outcome {
	case "allowed":
		return "allow" + s + " it"
	case "blocked":
		return "block" + s + " it" + stagePhrase(o.Verdict.Stage) + ": " + o.Verdict.Reason
	case "opaque":
		return "hide" + s + " the response: opaque"
	case "opaque-redirect":
		return "hide" + s + " the redirect: opaque-redirect"
	}
	return "can't decide"
}

func stagePhrase(stage string) string {
	switch stage {
	case "request":
		return " before anything is sent"
	case "preflight":
		return " at the preflight"
	case "response":
		return " at the response"
	case "redirect":
		return " at a redirect"
	}
	return ""
}

func joinAnd(names []string) string {
	last := len(names) - 1
	if last < 1 {
		return strings.Join(names, "")
	}
	return strings.Join(names[:last], ", ") + " and " + names[last]
}

// Headline returns the sentence that says why c has its status: the first mismatch, the error, why it was skipped.
// It is empty for a case that passed.
func Headline(c *Case) string {
	switch {
	case c.Status == Skipped:
		return c.Skip
	case c.Status == Errored && c.Error != nil:
		return c.Error.Kind + ": " + c.Error.Message
	case c.Status == Passed:
		return ""
	case len(c.Mismatch) > 0:
		return MismatchText(c.Mismatch[0])
	case c.Cause != nil:
		return c.Cause.Message
	case len(c.Findings) > 0:
		return c.Findings[0].Rule + ": " + c.Findings[0].Message
	}
	return string(c.Status)
}

// MismatchText returns the sentence of m.
func MismatchText(m Mismatch) string {
	if m.Message != "" {
		return m.Message
	}
	return fmt.Sprintf("%s: want %s, got %s", m.Field, m.Want, m.Got)
}

// Decisive returns the exchange that decided c: the one that failed, the last preflight when a preflight was refused,
// or else the last exchange. It is nil when nothing was sent.
func Decisive(c *Case) *Exchange {
	var last *Exchange
	for i := range c.Exchanges {
		x := &c.Exchanges[i]
		if c.Stage == "preflight" && x.Kind != "preflight" {
			continue
		}
		if c.Status == Errored && x.Error == nil {
			continue
		}
		last = x
	}
	if last == nil && len(c.Exchanges) > 0 {
		last = &c.Exchanges[len(c.Exchanges)-1]
	}
	return last
}

// RequestHead returns the request of x, line by line. Show makes each text and value fit for the output, such as
// Visible with the output's limit.
func RequestHead(x *Exchange, show func(string) string) []string {
	return append([]string{show(x.Request.Method) + " " + show(x.Request.URL)}, headerLines(x.Request.Headers, show)...)
}

// ResponseHead returns the answer of x, line by line; for an exchange without one, what went wrong.
func ResponseHead(x *Exchange, show func(string) string) []string {
	switch {
	case x.Response != nil:
		return append([]string{statusLine(x.Response, show)}, headerLines(x.Response.Headers, show)...)
	case x.Error != nil:
		return []string{"no answer: " + show(x.Error.Kind) + ": " + show(x.Error.Message)}
	}
	return []string{"no answer"}
}

func statusLine(r *WireResponse, show func(string) string) string {
	return strings.TrimSpace(fmt.Sprintf("%s %d", show(r.Protocol), r.Status))
}

func headerLines(headers []Field, show func(string) string) []string {
	lines := make([]string, len(headers))
	for i, h := range headers {
		lines[i] = show(h[0]) + ": " + show(h[1])
	}
	return lines
}

// Answer returns what of the answer of x decides about CORS, line by line: its status and those headers.
func Answer(x *Exchange, show func(string) string) []string {
	if x.Response == nil {
		return ResponseHead(x, show)
	}
	status, note := statusLine(x.Response, show), ", no Access-Control headers"
	var decisive []Field
	for _, h := range x.Response.Headers {
		switch name := strings.ToLower(h[0]); {
		case strings.HasPrefix(name, "access-control-"):
			note = ""
		case name != "vary" && name != "location" && name != "cross-origin-resource-policy":
			continue
		}
		decisive = append(decisive, h)
	}
	return append([]string{status + note}, headerLines(decisive, show)...)
}

// Notes says what is special about x among the exchanges of its case, raw; often nothing.
func Notes(x *Exchange) string {
	var notes []string
	if x.Shared {
		notes = append(notes, "shared with another case")
	}
	if x.Try > 0 {
		notes = append(notes, fmt.Sprintf("retry %d", x.Try))
	}
	if x.Round > 0 {
		notes = append(notes, fmt.Sprintf("repetition %d", x.Round))
	}
	if x.Note != "" {
		notes = append(notes, x.Note)
	}
	return strings.Join(notes, "; ")
}
