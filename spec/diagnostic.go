package spec

import (
	"strconv"
	"strings"
)

// Diagnostic is one mistake in a file.
type Diagnostic struct {
	File    string
	Pos     Pos    // within the file; 1:1 in an empty one
	Message string // lower case, no full stop
	Rule    string // e.g. unknown-key
	Hint    string // what to do instead; may be empty
	Source  string // the line that Pos points into, escaped for a terminal, long ones cut around Pos; may be empty
	Caret   int    // width of what stands before Pos in Source
}

// String returns file:line:column: message [rule], the source line with a caret below the place, and the hint, without
// a line break at the end.
func (d Diagnostic) String() string {
	var b strings.Builder
	b.WriteString(escape(d.File))
	b.WriteString(":" + strconv.Itoa(d.Pos.Line) + ":" + strconv.Itoa(d.Pos.Column) + ": ")
	b.WriteString(escape(d.Message) + " [" + d.Rule + "]")
	if d.Source != "" {
		b.WriteString("\n" + d.Source + "\n" + strings.Repeat(" ", d.Caret) + "^")
	}
	if d.Hint != "" {
		b.WriteString("\nhint: " + escape(d.Hint))
	}
	return b.String()
}

// Diagnostics are all mistakes of a file, in the order of their places. As an error it prints them all.
type Diagnostics []Diagnostic

// Error returns the Diagnostics' texts, each on its own lines.
func (ds Diagnostics) Error() string {
	texts := make([]string, len(ds))
	for i, d := range ds {
		texts[i] = d.String()
	}
	return strings.Join(texts, "\n")
}
