package text

import (
	"bytes"
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/corsgate/corsgate/report"
)

// style is an ANSI colour.
type style string

const (
	plain  style = ""
	bold   style = "1"
	red    style = "31"
	green  style = "32"
	yellow style = "33"
	purple style = "35"
	faint  style = "2"
)

const (
	wordColumn  = 8  // ok, FAIL, ERROR, ...
	labelColumn = 10 // expected, browsers, ...
)

// show makes a text of the server, the file or the command line fit for the page.
func show(s string) string { return report.Visible(s, report.TerminalLimit) }

// page collects lines of at most width columns.
type page struct {
	bytes.Buffer
	width int
	color bool
	blank bool // the last line was empty
}

func (p *page) paint(s style, text string) string {
	if !p.color || s == plain || text == "" {
		return text
	}
	return "\x1b[" + string(s) + "m" + text + "\x1b[0m"
}

func (p *page) line(text string) {
	p.WriteString(strings.TrimRight(text, " ") + "\n")
	p.blank = text == ""
}

// gap ends a block: one empty line, unless there is one.
func (p *page) gap() {
	if !p.blank {
		p.line("")
	}
}

// head writes a word such as FAIL, and text beside it.
func (p *page) head(word string, s style, text string) {
	lines := wrap(text, p.width-wordColumn)
	p.line(p.paint(s, fmt.Sprintf("%-*s", wordColumn, show(word))) + p.paint(emphasis(s), lines[0]))
	for _, l := range lines[1:] {
		p.line(strings.Repeat(" ", wordColumn) + p.paint(emphasis(s), l))
	}
}

func emphasis(s style) style {
	if s == red || s == purple {
		return bold
	}
	return plain
}

// row writes prose beside a label.
func (p *page) row(label, text string) {
	p.lines(label, wrap(text, p.width-wordColumn-labelColumn))
}

// lines writes evidence beside a label, as it is.
func (p *page) lines(label string, lines []string) {
	for _, l := range lines {
		p.line(strings.Repeat(" ", wordColumn) + p.paint(faint, fmt.Sprintf("%-*s", labelColumn, show(label))) + l)
		label = ""
	}
}

// wrap breaks text at spaces into lines of at most width characters; a longer word stands alone in its line.
func wrap(text string, width int) []string {
	lines := []string{""}
	used := 0
	for i, word := range strings.Split(text, " ") {
		n := utf8.RuneCountInString(word)
		switch {
		case i == 0:
			lines[0], used = word, n
		case used+1+n > width:
			lines, used = append(lines, word), n
		default:
			lines[len(lines)-1] += " " + word
			used += 1 + n
		}
	}
	return lines
}

// count says how many: "1 case", "12 cases".
func count(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}
