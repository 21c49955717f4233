package paste

import (
	"strconv"
	"strings"
	"unicode/utf8"
)

// word is one argument of a command, with the place where it starts in the text.
type word struct {
	text string
	at   int
}

// splitter cuts the first command of a text into words as a POSIX shell does, with bash's $'...'.
type splitter struct {
	source
	at    int
	words []word
}

// shellWords returns the words of the command at a byte of the text, up to its end or an operator.
func shellWords(s source, start int) ([]word, error) {
	p := splitter{source: s, at: start}
	for p.at < len(s) {
		switch c := s[p.at]; {
		case c == ' ' || c == '\t' || c == '\r':
			p.at++
		case p.continued() > 0:
			p.at += p.continued()
		case c == '\n' || strings.IndexByte("|;<>#", c) >= 0 || strings.HasPrefix(string(s[p.at:]), "&&"):
			return p.words, nil
		default:
			if err := p.word(); err != nil {
				return nil, err
			}
		}
	}
	return p.words, nil
}

// continued is the length of an escaped line break.
func (p *splitter) continued() int {
	for _, end := range []string{"\\\n", "\\\r\n"} {
		if strings.HasPrefix(string(p.source[p.at:]), end) {
			return len(end)
		}
	}
	return 0
}

func (p *splitter) word() error {
	var b strings.Builder
	start := p.at
	for p.at < len(p.source) && strings.IndexByte(" \t\r\n|;<>", p.source[p.at]) < 0 {
		if err := p.piece(&b); err != nil {
			return err
		}
	}
	// The number before a redirection, as in 2>&1, is no argument.
	redirects := p.at < len(p.source) && (p.source[p.at] == '>' || p.source[p.at] == '<')
	if redirects && strings.Trim(b.String(), "0123456789") == "" {
		return nil
	}
	p.words = append(p.words, word{b.String(), start})
	return nil
}

// piece adds a quoted string, an escape or a plain character.
func (p *splitter) piece(b *strings.Builder) error {
	rest := string(p.source[p.at:])
	switch c := rest[0]; {
	case p.continued() > 0:
		p.at += p.continued()
	case c == '\'':
		return p.single(b)
	case c == '"':
		return p.double(b)
	case strings.HasPrefix(rest, "$'"):
		return p.ansi(b)
	case strings.HasPrefix(rest, `$"`):
		p.at++
	case c == '&':
		return p.mistake(p.at, "the shell ends the command at an unquoted &", "put the URL between single quotes")
	case c == '$' || c == '`':
		return p.expansion(p.at)
	case c == '\\' && len(rest) > 1:
		_, n := utf8.DecodeRuneInString(rest[1:])
		b.WriteString(rest[1 : 1+n])
		p.at += 1 + n
	default:
		b.WriteByte(c)
		p.at++
	}
	return nil
}

func (p *splitter) expansion(at int) error {
	return p.mistake(at, "the shell would put something else here, which is not known", "write the value itself")
}

func (p *splitter) unclosed(at int) error {
	return p.mistake(at, "this quote is never closed", "")
}

func (p *splitter) single(b *strings.Builder) error {
	text, _, ok := strings.Cut(string(p.source[p.at+1:]), "'")
	if !ok {
		return p.unclosed(p.at)
	}
	b.WriteString(text)
	p.at += len(text) + 2
	return nil
}

func (p *splitter) double(b *strings.Builder) error {
	start := p.at
	for p.at++; p.at < len(p.source); p.at++ {
		switch c := p.source[p.at]; c {
		case '"':
			p.at++
			return nil
		case '$', '`':
			if c == '`' || p.expands() {
				return p.expansion(p.at)
			}
			b.WriteByte(c)
		case '\\':
			p.escape(b)
		default:
			b.WriteByte(c)
		}
	}
	return p.unclosed(start)
}

// expands reports whether the dollar sign here starts an expansion within double quotes.
func (p *splitter) expands() bool {
	if p.at+1 >= len(p.source) {
		return false
	}
	next := p.source[p.at+1]
	return next == '{' || next == '(' || next == '_' || next == '$' || isLetter(next) || isDigit(next)
}

// escape is a backslash within double quotes: it escapes few characters, and before others it stands for itself.
func (p *splitter) escape(b *strings.Builder) {
	if n := p.continued(); n > 0 {
		p.at += n - 1
		return
	}
	if p.at+1 < len(p.source) && strings.IndexByte("\"\\$`", p.source[p.at+1]) >= 0 {
		p.at++
	}
	b.WriteByte(p.source[p.at])
}

// ansi is $'...'.
func (p *splitter) ansi(b *strings.Builder) error {
	start := p.at
	for p.at += 2; p.at < len(p.source); {
		switch c := p.source[p.at]; {
		case c == '\'':
			p.at++
			return nil
		case c == '\\' && p.at+1 < len(p.source):
			p.at++
			p.ansiEscape(b)
		default:
			b.WriteByte(c)
			p.at++
		}
	}
	return p.unclosed(start)
}

// ansiEscape adds what stands behind a backslash within $'...'.
func (p *splitter) ansiEscape(b *strings.Builder) {
	c := p.source[p.at]
	p.at++
	switch c {
	case 'x':
		if n, ok := p.digits(16, 2); ok {
			b.WriteByte(byte(n))
		}
	case 'u', 'U':
		if n, ok := p.digits(16, map[byte]int{'u': 4, 'U': 8}[c]); ok {
			b.WriteRune(rune(n))
		}
	case '0', '1', '2', '3', '4', '5', '6', '7':
		p.at--
		n, _ := p.digits(8, 3)
		b.WriteByte(byte(n))
	default:
		if i := strings.IndexByte("abefnrtv", c); i >= 0 {
			c = "\a\b\x1b\f\n\r\t\v"[i]
		}
		b.WriteByte(c)
	}
}

// digits reads a number of at most most digits; ok is false when there is none.
func (p *splitter) digits(base, most int) (n uint64, ok bool) {
	start := p.at
	for p.at < len(p.source) && p.at-start < most {
		if _, err := strconv.ParseUint(string(p.source[p.at]), base, 8); err != nil {
			break
		}
		p.at++
	}
	n, err := strconv.ParseUint(string(p.source[start:p.at]), base, 32)
	return n, err == nil
}

func isLetter(c byte) bool { return c|0x20 >= 'a' && c|0x20 <= 'z' }
func isDigit(c byte) bool  { return c >= '0' && c <= '9' }
