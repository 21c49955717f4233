package github

import (
	"fmt"
	"strings"

	"github.com/corsgate/corsgate/report"
)

// evidenceLines is how many lines of an answer a summary shows.
const evidenceLines = 30

// details tells all about a case that failed or could not be decided.
func details(c *report.Case) string {
	mark, status := "❌", "Failed"
	if c.Status == report.Errored {
		mark, status = "⚠️", "Undecided"
	}
	if c.Checked == "preflight" && c.Status == report.Failed {
		status += ", checked up to the preflight"
	}
	text := fmt.Sprintf("<details><summary>%s %s</summary>\n\n**%s** at %s: %s\n\n", mark, summaryLine(c), status,
		code(fmt.Sprintf("%s:%d", c.File, c.Line)), prose(report.Headline(c)))
	text += strings.Join(facts(c), "")
	if c.Cause != nil {
		text += causeText(c.Cause)
	}
	return text + evidence(c) + "\n</details>\n"
}

// facts are what was expected, what each browser makes of it, and what else was found, one a line.
func facts(c *report.Case) []string {
	var list []string
	for _, m := range c.Mismatch {
		if m.Want == "" && m.Got == "" {
			list = append(list, fmt.Sprintf("- %s\n", prose(m.Message)))
			continue
		}
		list = append(list, fmt.Sprintf("- %s: expected %s, got %s\n", code(m.Field), orNothing(m.Want), orNothing(m.Got)))
	}
	for _, o := range opinions(c) {
		list = append(list, fmt.Sprintf("- %s\n", prose(o.String())))
	}
	for _, f := range c.Findings {
		list = append(list, fmt.Sprintf("- %s %s: %s\n", prose(f.Severity), code(f.Rule), prose(f.Message)))
	}
	return list
}

// opinions are those of browsers that could decide.
func opinions(c *report.Case) []report.Opinion {
	if c.Status == report.Errored {
		return nil
	}
	return report.Opinions(c)
}

// summaryLine is HTML, not Markdown.
func summaryLine(c *report.Case) string {
	name := c.Scenario + ": " + c.Name
	return strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;").Replace(visible(name))
}

func orNothing(s string) string {
	if s == "" {
		return "nothing"
	}
	return code(s)
}

func causeText(c *report.Cause) string {
	text := "\n**Cause** " + code(c.ID) + ": " + rich(c.Message) + "\n"
	for _, e := range c.Evidence {
		text += "- " + code(e) + "\n"
	}
	return text + remedyText(c.Remedy)
}

// remedyText is a sentence, and the snippet below it.
func remedyText(remedy string) string {
	first, snippet, _ := strings.Cut(strings.TrimRight(remedy, "\n"), "\n")
	if first == "" {
		return ""
	}
	text := "\n**Remedy** " + rich(first) + "\n"
	if snippet == "" {
		return text
	}
	return text + block("", shown(strings.Split(snippet, "\n")))
}

// evidence is the answer that decided, and how to ask for it again.
func evidence(c *report.Case) string {
	x := report.Decisive(c)
	if x == nil {
		return ""
	}
	lines := append([]string{"> " + visible(x.Request.Method) + " " + visible(x.Request.URL)}, prefixed(report.Answer(x, visible))...)
	if more := len(lines) - evidenceLines; more > 0 {
		lines = append(lines[:evidenceLines], fmt.Sprintf("… and %d more lines", more))
	}
	return block("http", lines) + "To repeat it:\n" + block("sh", []string{report.Visible(report.Curl(*x), curlLimit)})
}

// curlLimit bounds a command whose URL a server has made long.
const curlLimit = 4 << 10

func prefixed(lines []string) []string {
	out := make([]string, len(lines))
	for i, l := range lines {
		out[i] = "< " + l
	}
	return out
}

func shown(lines []string) []string {
	out := make([]string, len(lines))
	for i, l := range lines {
		out[i] = visible(l)
	}
	return out
}
