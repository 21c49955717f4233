package story

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

// labelColumn is where the text beside a label starts.
const labelColumn = 15

func (p *page) line(text string) { p.WriteString(strings.TrimRight(text, " ") + "\n") }

func (p *page) bold(text string) string {
	if !p.color {
		return text
	}
	return "\x1b[1m" + text + "\x1b[0m"
}

func (p *page) title(text string) { p.line(p.bold(text)) }

// section starts a part of the story.
func (p *page) section(title string) {
	p.line("")
	p.line(p.bold(title))
}

// text writes prose over the whole width.
func (p *page) text(text string) {
	for _, l := range wrap(text, p.width) {
		p.line(l)
	}
}

// row writes prose beside a label.
func (p *page) row(label, text string) { p.lines(label, wrap(text, p.width-labelColumn)) }

// lines writes evidence beside a label, as it is.
func (p *page) lines(label string, lines []string) {
	for _, l := range lines {
		p.line(fmt.Sprintf("%-*s", labelColumn, "  "+label) + l)
		label = ""
	}
}

// wrap breaks text at spaces into lines of at most width characters; a longer word stands alone in its line.
func wrap(text string, width int) []string {
	var lines []string
	line, used := "", 0
	for word := range strings.SplitSeq(text, " ") {
		n := utf8.RuneCountInString(word)
		if line != "" && used+1+n > width {
			lines, line, used = append(lines, line), "", 0
		}
		if line != "" {
			line, used = line+" ", used+1
		}
		line, used = line+word, used+n
	}
	return append(lines, line)
}

// listed joins names as in a sentence: a, b and c.
func listed(names []string) string {
	last := len(names) - 1
	if last < 1 {
		return strings.Join(names, "")
	}
	return strings.Join(names[:last], ", ") + " and " + names[last]
}
