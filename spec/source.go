package spec

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"sort"
	"strings"
	"unicode"
	"unicode/utf16"
	"unicode/utf8"
)

// source is the text of a file and the places in it.
type source struct {
	file string
	text string // UTF-8, without byte order mark
	ends []int  // offset of the end of each line, its break excluded
	next []int  // offset of the beginning of the line after it
	last struct {
		Pos
		offset int
	} // what the last call of offset found, since diagnostics ask in order
}

// placed is a mistake and where it is.
type placed struct {
	pos     Pos
	mistake mistake
	value   string // that the mistake is about and may quote in part; empty: none
	masked  string // the message to give when the value holds a secret
}

// newSource takes UTF-8 and, with a byte order mark, UTF-16. The source is usable even when it comes with a mistake.
func newSource(file string, text []byte) (*source, *placed) {
	s := &source{file: file}
	if len(text) > maxFile {
		return s, &placed{pos: Pos{1, 1}, mistake: mistake{"file-too-large", "the file has more than 8 MiB",
			"split it into several files"}}
	}
	s.text = string(decodeUTF16(text))
	s.text = strings.TrimPrefix(s.text, "\uFEFF")
	s.splitLines()
	return s, s.badCharacter()
}

func decodeUTF16(text []byte) []byte {
	var order binary.ByteOrder = binary.LittleEndian
	switch {
	case bytes.HasPrefix(text, []byte{0xFE, 0xFF}):
		order = binary.BigEndian
	case !bytes.HasPrefix(text, []byte{0xFF, 0xFE}):
		return text
	}
	units := make([]uint16, 0, len(text)/2)
	for i := 0; i+1 < len(text); i += 2 {
		units = append(units, order.Uint16(text[i:]))
	}
	return []byte(string(utf16.Decode(units)))
}

// splitLines breaks lines where YAML 1.1 does: LF, CR, CR LF, and three that few editors show.
func (s *source) splitLines() {
	for i := 0; i < len(s.text); {
		end := strings.IndexAny(s.text[i:], "\n\r\u0085\u2028\u2029")
		if end < 0 {
			break
		}
		end += i
		_, size := utf8.DecodeRuneInString(s.text[end:])
		if strings.HasPrefix(s.text[end:], "\r\n") {
			size = 2
		}
		s.ends, s.next = append(s.ends, end), append(s.next, end+size)
		i = end + size
	}
	s.ends, s.next = append(s.ends, len(s.text)), append(s.next, len(s.text))
}

// badCharacter finds the first byte that is no UTF-8, or the first character that YAML forbids.
func (s *source) badCharacter() *placed {
	for i := 0; i < len(s.text); {
		r, size := utf8.DecodeRuneInString(s.text[i:])
		switch {
		case r == utf8.RuneError && size == 1:
			return &placed{pos: s.pos(i), mistake: mistake{"invalid-encoding",
				fmt.Sprintf("byte 0x%02X is not UTF-8", s.text[i]), "save the file as UTF-8"}}
		case !isYAMLCharacter(r):
			return &placed{pos: s.pos(i), mistake: mistake{"control-character",
				fmt.Sprintf("control character %U", r), "remove it"}}
		}
		i += size
	}
	return nil
}

func isYAMLCharacter(r rune) bool {
	switch {
	case r == '\t' || r == '\n' || r == '\r' || r == 0x85:
		return true
	case r < 0x20, r >= 0x7F && r < 0xA0, r == 0xFEFF, r == 0xFFFE, r == 0xFFFF:
		return false
	}
	return true
}

// pos is the place of a byte.
func (s *source) pos(offset int) Pos {
	line := sort.Search(len(s.next)-1, func(i int) bool { return s.next[i] > offset })
	return Pos{line + 1, 1 + utf8.RuneCountInString(s.text[s.start(line+1):offset])}
}

func (s *source) start(line int) int {
	if line == 1 {
		return 0
	}
	return s.next[line-2]
}

// line returns a line's text without its break.
func (s *source) line(line int) string { return s.text[s.start(line):s.ends[line-1]] }

// clamp returns the place in the file that is nearest to p: the parser may point beyond the end.
func (s *source) clamp(p Pos) Pos {
	if s.text == "" || p.Line < 1 {
		return Pos{1, 1}
	}
	if p.Line > len(s.ends) {
		p = Pos{len(s.ends), len(s.text)}
	}
	if p.Line > 1 && s.start(p.Line) == len(s.text) {
		p = Pos{p.Line - 1, len(s.text)}
	}
	_, column := s.offset(p)
	return Pos{p.Line, column}
}

// offset finds a column of a line: the byte where it starts, and the column itself; the line's end when it has fewer.
func (s *source) offset(p Pos) (offset, column int) {
	offset, column = s.start(p.Line), 1
	if s.last.Line == p.Line && s.last.Column <= p.Column {
		offset, column = s.last.offset, s.last.Column
	}
	for column < p.Column && offset < s.ends[p.Line-1] {
		_, size := utf8.DecodeRuneInString(s.text[offset:])
		offset += size
		column++
	}
	s.last.Pos, s.last.offset = Pos{p.Line, column}, offset
	return offset, column
}

// Widths of the part of a source line that a diagnostic shows, in characters before and after the place.
const showBefore, showAfter = 60, 60

// maxRedacted is the longest line, in bytes, that is searched for secrets before a part of it is shown.
const maxRedacted = 8 << 10

// excerpt returns the line around p as a terminal may show it, and the width of what stands before p. redact hides
// secrets; nil: there are none. Where it might hide only a part of one, nothing is shown.
func (s *source) excerpt(p Pos, redact func(string) string) (shown string, caret int) {
	at, _ := s.offset(p)
	line := s.line(p.Line)
	at -= s.start(p.Line)
	left, cutLeft := lastRunes(line[:at], showBefore)
	right, cutRight := firstRunes(line[at:], showAfter)
	if redact != nil {
		if cut := cutLeft || cutRight; cut && (len(line) > maxRedacted || redact(line) != line) {
			return "", 0
		}
		whole := redact(left + right)
		if left, right = redact(left), redact(right); left+right != whole {
			return "", 0
		}
	}
	left, right = escape(left), escape(right)
	if cutLeft {
		left = "…" + left
	}
	if cutRight {
		right += "…"
	}
	return strings.TrimRight(left+right, " "), width(left)
}

func lastRunes(s string, n int) (tail string, cut bool) {
	i := len(s)
	for ; i > 0 && n > 0; n-- {
		_, size := utf8.DecodeLastRuneInString(s[:i])
		i -= size
	}
	return s[i:], i > 0
}

func firstRunes(s string, n int) (head string, cut bool) {
	i := 0
	for ; i < len(s) && n > 0; n-- {
		_, size := utf8.DecodeRuneInString(s[i:])
		i += size
	}
	return s[:i], i < len(s)
}

// escape makes what a terminal must not get visible: control and format characters, and what is not UTF-8. A tab
// becomes a blank.
func escape(s string) string {
	var b strings.Builder
	for i, r := range s {
		switch {
		case r == '\t':
			b.WriteByte(' ')
		case r == utf8.RuneError && s[i] != 0xEF:
			fmt.Fprintf(&b, `\x%02x`, s[i])
		case !unicode.IsPrint(r):
			fmt.Fprintf(&b, `\u%04x`, r)
		default:
			b.WriteRune(r)
		}
	}
	return b.String()
}

// width is the number of a terminal's columns that s takes.
func width(s string) (n int) {
	for _, r := range s {
		switch {
		case unicode.Is(unicode.Mn, r):
		case unicode.In(r, unicode.Han, unicode.Hangul, unicode.Hiragana, unicode.Katakana), r >= 0x1F300 && r <= 0x1FAFF:
			n += 2
		default:
			n++
		}
	}
	return n
}
