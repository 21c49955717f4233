package github

import (
	"strings"

	"github.com/corsgate/corsgate/report"
)

func visible(s string) string { return report.Visible(s, report.TerminalLimit) }

// prose returns s as Markdown that shows it, whoever wrote it: no markup, HTML, link, mention, emoji or formula, and
// one line. It may stand in a table, but not at the start of a line.
func prose(s string) string {
	s = visible(s)
	var b strings.Builder
	for i, r := range s {
		switch {
		case strings.ContainsRune("\\`*_[]#|~$@!", r):
			b.WriteByte('\\')
		case r == '<':
			b.WriteString("&lt;")
			continue
		case r == '>':
			b.WriteString("&gt;")
			continue
		case r == '&':
			b.WriteString("&amp;")
			continue
		case r == ':' && i+1 < len(s) && s[i+1] != ' ', r == '.' && i >= 3 && strings.EqualFold(s[i-3:i], "www"):
			b.WriteByte('\\')
		}
		b.WriteRune(r)
	}
	return b.String()
}

// rich is prose that keeps the `code` in s, where it is plain enough.
func rich(s string) string {
	parts := strings.Split(s, "`")
	if len(parts)%2 == 0 {
		return prose(s)
	}
	for i, p := range parts {
		switch {
		case i%2 == 0:
			parts[i] = prose(p)
		case p == "" || strings.Contains(p, "|"):
			return prose(s)
		default:
			parts[i] = code(p)
		}
	}
	return strings.Join(parts, "")
}

// code returns s as Markdown code within a line.
func code(s string) string {
	if s = visible(s); s == "" {
		return ""
	}
	fence := strings.Repeat("`", longestRun(s, '`')+1)
	if s[0] == '`' || s[len(s)-1] == '`' {
		s = " " + s + " "
	}
	return fence + s + fence
}

// cell makes code fit for a table.
func cell(code string) string { return strings.ReplaceAll(code, "|", `\|`) }

// block returns lines as a block of code, with an empty line around it.
func block(language string, lines []string) string {
	text := strings.Join(lines, "\n")
	fence := strings.Repeat("`", max(3, longestRun(text, '`')+1))
	return "\n" + fence + language + "\n" + text + "\n" + fence + "\n\n"
}

// longestRun returns how often c stands in s in a row at most.
func longestRun(s string, c byte) int {
	longest, run := 0, 0
	for i := range len(s) {
		if s[i] != c {
			run = 0
			continue
		}
		run++
		longest = max(longest, run)
	}
	return longest
}
