package sarif

import (
	"strings"

	"github.com/corsgate/corsgate/report"
)

// failureText tells of c line by line, the first being the sentence that is shown where there is little room.
func failureText(c *report.Case) []string {
	lines := []string{report.Headline(c)}
	for i, m := range c.Mismatch {
		if i > 0 {
			lines = append(lines, report.MismatchText(m))
		}
	}
	if c.Cause != nil {
		lines = append(lines, "Cause: "+c.Cause.Message)
		lines = append(lines, c.Cause.Evidence...)
		if c.Cause.Remedy != "" {
			lines = append(lines, strings.Split("Remedy: "+c.Cause.Remedy, "\n")...)
		}
	}
	for _, o := range report.Opinions(c) {
		lines = append(lines, o.String())
	}
	return append(lines, answer(c)...)
}

// answer tells what the server answered and how to ask it again.
func answer(c *report.Case) []string {
	x := report.Decisive(c)
	if x == nil {
		return nil
	}
	lines := report.Answer(x, func(s string) string { return s })
	lines[0] = "Answer to " + x.Request.Method + " " + x.Request.URL + ": " + lines[0]
	return append(lines, "To repeat it: "+report.Curl(*x))
}

func visible(s string) string {
	return report.Visible(report.Cut(s, report.FileLimit), report.FileLimit)
}

// literal returns a message of lines that are fit to be shown and hold no link and no placeholder, whoever wrote their
// parts: SARIF, sections 3.11.5 and 3.11.6.
func literal(lines ...string) string {
	shown := make([]string, len(lines))
	for i, l := range lines {
		shown[i] = visible(l)
	}
	text := report.Cut(strings.Join(shown, "\n"), report.FileLimit)
	text = strings.ReplaceAll(text, "](", `]\x28`)
	for _, digit := range "0123456789" {
		text = strings.ReplaceAll(text, "{"+string(digit), `\x7b`+string(digit))
	}
	return text
}
