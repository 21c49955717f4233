package report

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// How much of a value that a server sent an output shows, its mark included.
const (
	TerminalLimit = 512     // characters: terminal, Markdown, annotations
	FileLimit     = 8 << 10 // bytes: JSON, JUnit, SARIF, HTML
)

// Visible returns s as it may stand on a terminal, in a CI log or in a text file, whoever sent it. Control characters,
// line breaks, invalid UTF-8, and characters that reorder or hide text become visible escapes (\r, \x1b, \u202e);
// what a CI system could take for a command (`::` at the start of a word, `##`) is broken up by one. The result is
// valid UTF-8 in one line, with at most limit characters, the mark of a cut included; limit 0 cuts nothing. The
// escapes are to be read by people: a backslash that s itself holds is left as it is.
func Visible(s string, limit int) string {
	if plain(s) && (limit <= 0 || len(s) <= limit) {
		return s
	}
	mark := cutMark(len(s))
	room := limit - utf8.RuneCountInString(mark)
	var b strings.Builder
	shown, fits := 0, 0
	for i := 0; i < len(s); {
		piece, n := visibleRune(s, i)
		i += n
		if shown += utf8.RuneCountInString(piece); limit > 0 && shown > limit {
			return b.String()[:fits] + mark
		}
		b.WriteString(piece)
		if shown <= room {
			fits = b.Len()
		}
	}
	return b.String()
}

func cutMark(size int) string { return fmt.Sprintf("…[cut, %d bytes in all]", size) }

// plain reports whether s needs no escape at all; most strings do not.
func plain(s string) bool {
	for i := range len(s) {
		if c := s[i]; c < ' ' || c > '~' || c == '#' || c == ':' {
			return false
		}
	}
	return true
}

// visibleRune returns how the rune at s[i:] is shown, and its length in s.
func visibleRune(s string, i int) (string, int) {
	r, n := utf8.DecodeRuneInString(s[i:])
	switch {
	case r == utf8.RuneError && n == 1:
		return fmt.Sprintf(`\x%02x`, s[i]), 1
	case r == '#' && i > 0 && s[i-1] == '#': // ##[error], ##vso[task], ##teamcity[message]
		return `\x23`, 1
	case strings.HasPrefix(s[i:], "::") && (i == 0 || s[i-1] == ' '): // ::error::, also where a line is wrapped
		return `\x3a`, 1
	case shows(r):
		return s[i : i+n], n
	}
	return escapeRune(r), n
}

// shows reports whether r is seen as itself and leaves the characters around it alone.
func shows(r rune) bool {
	switch r {
	case 0x034f, 0x115f, 0x1160, 0x17b4, 0x17b5, 0x2800, 0x3164, 0xffa0: // fillers and joiners that look like nothing
		return false
	}
	return unicode.IsPrint(r) && !unicode.Is(unicode.Variation_Selector, r)
}

func escapeRune(r rune) string {
	switch {
	case r == '\r':
		return `\r`
	case r == '\n':
		return `\n`
	case r == '\t':
		return `\t`
	case r < 0x80:
		return fmt.Sprintf(`\x%02x`, r)
	case r < 0x10000:
		return fmt.Sprintf(`\u%04x`, r)
	}
	return fmt.Sprintf(`\U%08x`, r)
}
