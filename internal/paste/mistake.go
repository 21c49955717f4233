package paste

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

// Mistake is why a text can't be read, and where.
type Mistake struct {
	Line, Column int    // from 1; columns count characters
	Problem      string // lower case, no full stop; may quote the text
	Hint         string // what to do instead; may be empty
	Source       string // the line, or the part of a long one around the place; raw
	Caret        int    // characters of Source before the place
}

// Error returns line:column and the problem.
func (m *Mistake) Error() string { return fmt.Sprintf("%d:%d: %s", m.Line, m.Column, m.Problem) }

// source is a pasted text.
type source string

// mistake is one at a byte of the text, or behind its end.
func (s source) mistake(at int, problem, hint string) error {
	at = min(at, len(s))
	before, after := string(s[:at]), string(s[at:])
	lineStart := strings.LastIndexByte(before, '\n') + 1
	rest, _, _ := strings.Cut(after, "\n")
	column := utf8.RuneCountInString(before[lineStart:])
	m := &Mistake{Line: strings.Count(before, "\n") + 1, Column: column + 1, Problem: problem, Hint: hint}
	left, right := lastRunes(before[lineStart:], excerptBefore), firstRunes(strings.TrimSuffix(rest, "\r"), excerptAfter)
	m.Source, m.Caret = left+right, utf8.RuneCountInString(left)
	return m
}

// How much of a long line stands around the place, in characters.
const excerptBefore, excerptAfter = 50, 28

func firstRunes(s string, n int) string {
	for i := range s {
		if n == 0 {
			return s[:i]
		}
		n--
	}
	return s
}

func lastRunes(s string, n int) string {
	start := len(s)
	for ; n > 0 && start > 0; n-- {
		_, size := utf8.DecodeLastRuneInString(s[:start])
		start -= size
	}
	return s[start:]
}
