package junit

import (
	"encoding/xml"
	"fmt"
	"path"
	"slices"
	"strings"
	"time"

	"github.com/corsgate/corsgate/report"
	"github.com/jstemmer/go-junit-report/v2/junit"
)

// testcase is a junit.Testcase with the place of the scenario.
type testcase struct {
	XMLName xml.Name `xml:"testcase"`
	junit.Testcase
	File string `xml:"file,attr,omitempty"`
	Line int    `xml:"line,attr,omitempty"`
}

func newTestcase(c *report.Case) testcase {
	tc := testcase{File: visible(c.File), Line: c.Line}
	tc.Name, tc.Classname, tc.Time = visible(c.Name), classname(c), seconds(time.Duration(c.Duration))
	switch c.Status {
	case report.Failed:
		tc.Failure = result(c, failureType(c))
	case report.Errored:
		tc.Error = result(c, errorType(c))
	case report.Skipped:
		tc.Skipped = &junit.Result{Message: visible(c.Skip), Data: visible(c.Skip)}
	case report.Passed:
		if notes := slices.Concat(partial(c), tries(c), findings(c)); len(notes) > 0 {
			tc.SystemOut = &junit.Output{Data: lines(notes)}
		}
	}
	return tc
}

// claim makes the name of tc one that no other case of the suite has.
func (s *suite) claim(tc *testcase) {
	name := tc.Name
	for n := 2; s.names[tc.Classname+"\x00"+tc.Name]; n++ {
		tc.Name = fmt.Sprintf("%s (%d)", name, n)
	}
	s.names[tc.Classname+"\x00"+tc.Name] = true
}

// classname is the file, without its suffix and with dots for slashes, and the scenario; readers take what stands
// before the last dot for a folder.
func classname(c *report.Case) string {
	file := path.Clean(strings.ReplaceAll(c.File, `\`, "/"))
	for _, suffix := range []string{".yaml", ".yml", ".cors"} {
		file = strings.TrimSuffix(file, suffix)
	}
	name := strings.ReplaceAll(strings.Trim(file, "/."), "/", ".") + "." + strings.ReplaceAll(c.Scenario, ".", "_")
	if c.Target != "" {
		name += " [" + c.Target + "]"
	}
	return visible(name)
}

// failureType names what is wrong within a namespace: bare words such as "symbol" break readers.
func failureType(c *report.Case) string {
	switch {
	case c.Reason != "":
		return "cors." + word(c.Reason)
	case c.Probe != "":
		return "probe." + word(c.Probe)
	case len(c.Mismatch) > 0:
		return "expectation." + word(c.Mismatch[0].Field)
	case len(c.Findings) > 0:
		return "finding." + word(c.Findings[0].Rule)
	}
	return "cors.failed"
}

func errorType(c *report.Case) string {
	switch {
	case c.Error == nil:
		return "run.undecided"
	case c.Error.Kind == "interrupted":
		return "run.interrupted"
	}
	return "network." + word(c.Error.Kind)
}

// word keeps of s what an identifier has.
func word(s string) string {
	return strings.Map(func(r rune) rune {
		if 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' || '0' <= r && r <= '9' || r == '-' || r == '.' {
			return r
		}
		return '-'
	}, s)
}

// result tells all about c. Readers show the message or the body, so the body starts with the message; they look for
// the place in its second line.
func result(c *report.Case, kind string) *junit.Result {
	message := report.Headline(c)
	body := []string{message, fmt.Sprintf("  at %s:%d", c.File, c.Line)}
	for _, part := range [][]string{partial(c), expectations(c), browsers(c), findings(c), cause(c)} {
		body = append(body, part...)
	}
	text := lines(body) + exchanges(c)
	if x := report.Decisive(c); x != nil {
		text += "\n\nto repeat it:\n  " + report.Visible(report.Curl(*x), curlLimit)
	}
	return &junit.Result{Message: visible(message), Type: kind, Data: text}
}

// curlLimit bounds a command whose URL a server has made long.
const curlLimit = 4 * report.FileLimit

// lines makes one text of raw lines.
func lines(raw []string) string {
	shown := make([]string, len(raw))
	for i, l := range raw {
		shown[i] = visible(l)
	}
	return strings.Join(shown, "\n")
}

func partial(c *report.Case) []string {
	if c.Checked != "preflight" {
		return nil
	}
	return []string{"checked: preflight (the request itself was not sent)"}
}

// tries tells of what went wrong before it went well.
func tries(c *report.Case) []string {
	var list []string
	for _, x := range c.Exchanges {
		if x.Error != nil {
			list = append(list, fmt.Sprintf("%s %s: %s: %s", x.Request.Method, x.Request.URL, x.Error.Kind, x.Error.Message))
		}
	}
	return list
}

func expectations(c *report.Case) []string {
	var list []string
	for i, m := range c.Mismatch {
		if i > 0 {
			list = append(list, report.MismatchText(m))
		}
		if m.Want != "" || m.Got != "" {
			list = append(list, "  expected "+m.Field+": "+m.Want, "  but got  "+m.Got)
		}
	}
	return list
}

func browsers(c *report.Case) []string {
	if c.Status != report.Failed {
		return nil
	}
	list := []string{"", "browsers:"}
	for _, o := range report.Opinions(c) {
		list = append(list, "  "+o.String())
		for _, name := range o.Engines {
			if words := c.Engines[name].Message; words != "" {
				list = append(list, "    "+report.BrowserName(name)+": "+words)
			}
		}
	}
	return list
}

func findings(c *report.Case) []string {
	var list []string
	for _, f := range c.Findings {
		list = append(list, f.Severity+": "+f.Rule+": "+f.Message)
	}
	return list
}

func cause(c *report.Case) []string {
	if c.Cause == nil {
		return nil
	}
	list := append([]string{""}, paragraph("cause: ", c.Cause.Message)...)
	for _, e := range c.Cause.Evidence {
		list = append(list, "  "+e)
	}
	return append(list, paragraph("remedy: ", c.Cause.Remedy)...)
}

// paragraph puts label before the first line of text and indents the others.
func paragraph(label, text string) []string {
	if text == "" {
		return nil
	}
	return strings.Split(label+strings.ReplaceAll(strings.TrimRight(text, "\n"), "\n", "\n  "), "\n")
}

// exchanges returns all requests and answers of c, fit for XML.
func exchanges(c *report.Case) string {
	var b strings.Builder
	for i := range c.Exchanges {
		x := &c.Exchanges[i]
		b.WriteString("\n\n" + visible(x.Kind))
		if notes := report.Notes(x); notes != "" {
			b.WriteString(" (" + visible(notes) + ")")
		}
		b.WriteString(":")
		for _, l := range report.RequestHead(x, visible) {
			b.WriteString("\n  > " + l)
		}
		for _, l := range report.ResponseHead(x, visible) {
			b.WriteString("\n  < " + l)
		}
	}
	return b.String()
}
