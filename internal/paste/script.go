package paste

import (
	"strconv"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// token is a piece of JavaScript: a string, a number, a name, one other character, or the end of the text.
type token struct {
	kind tokenKind
	text string // of a string its value, else as written
	at   int
}

type tokenKind int

const (
	tokenEnd tokenKind = iota
	tokenString
	tokenNumber
	tokenName
	tokenSign
)

// scanner cuts the part of JavaScript that literals are written in into tokens.
type scanner struct {
	source
	at int
}

// next returns the token here and goes behind it.
func (p *scanner) next() (token, error) {
	if err := p.space(); err != nil {
		return token{}, err
	}
	start := p.at
	if start >= len(p.source) {
		return token{at: start}, nil
	}
	switch c := p.source[start]; {
	case c == '"' || c == '\'' || c == '`':
		text, err := p.string(c)
		return token{tokenString, text, start}, err
	case isDigit(c) || c == '.' && start+1 < len(p.source) && isDigit(p.source[start+1]):
		return token{tokenNumber, p.number(), start}, nil
	case isNameByte(c):
		return token{tokenName, p.run(isNameByte), start}, nil
	}
	_, n := utf8.DecodeRuneInString(string(p.source[start:]))
	p.at += n
	return token{tokenSign, string(p.source[start:p.at]), start}, nil
}

// peek returns the token here.
func (p *scanner) peek() (token, error) {
	at := p.at
	t, err := p.next()
	p.at = at
	return t, err
}

// take goes behind the token here if it is that sign.
func (p *scanner) take(sign string) (bool, error) {
	t, err := p.peek()
	if err != nil || t.kind != tokenSign || t.text != sign {
		return false, err
	}
	_, err = p.next()
	return true, err
}

// space goes behind white space and comments.
func (p *scanner) space() error {
	for p.at < len(p.source) {
		rest := string(p.source[p.at:])
		switch {
		case strings.HasPrefix(rest, "//"):
			line, _, _ := strings.Cut(rest, "\n")
			p.at += len(line)
		case strings.HasPrefix(rest, "/*"):
			comment, _, ok := strings.Cut(rest[2:], "*/")
			if !ok {
				return p.mistake(p.at, "this comment is never closed", "")
			}
			p.at += len(comment) + 4
		case strings.HasPrefix(rest, "\ufeff") || strings.HasPrefix(rest, "\u00a0"):
			_, n := utf8.DecodeRuneInString(rest)
			p.at += n
		case strings.IndexByte(" \t\r\n", rest[0]) >= 0:
			p.at++
		default:
			return nil
		}
	}
	return nil
}

func (p *scanner) run(in func(byte) bool) string {
	start := p.at
	for p.at < len(p.source) && in(p.source[p.at]) {
		p.at++
	}
	return string(p.source[start:p.at])
}

// number returns a number as it is written, with the sign of its exponent.
func (p *scanner) number() string {
	text := p.run(isNumberByte)
	exponent := strings.HasSuffix(text, "e") || strings.HasSuffix(text, "E")
	signed := p.at < len(p.source) && (p.source[p.at] == '-' || p.source[p.at] == '+')
	if exponent && signed && !strings.HasPrefix(text, "0x") {
		text += string(p.source[p.at])
		p.at++
		text += p.run(isDigit)
	}
	return text
}

func isNameByte(c byte) bool {
	return isLetter(c) || isDigit(c) || c == '_' || c == '$' || c == '#' || c >= utf8.RuneSelf
}

func isNumberByte(c byte) bool { return isLetter(c) || isDigit(c) || c == '.' || c == '_' }

// string reads a string with that quote, which the scanner stands at.
func (p *scanner) string(quote byte) (string, error) {
	var b strings.Builder
	start := p.at
	for p.at++; p.at < len(p.source); {
		switch c := p.source[p.at]; {
		case c == quote:
			p.at++
			return joinSurrogates(b.String()), nil
		case c == '\n' && quote != '`':
			return "", p.mistake(start, "this string is not closed in its line", "a string of several lines stands between backticks")
		case quote == '`' && strings.HasPrefix(string(p.source[p.at:]), "${"):
			return "", p.mistake(p.at, "the value of ${...} is not known", "write the value itself")
		case c == '\\':
			if err := p.stringEscape(&b); err != nil {
				return "", err
			}
		default:
			b.WriteByte(c)
			p.at++
		}
	}
	return "", p.mistake(start, "this string is never closed", "")
}

// stringEscape reads a backslash and what it escapes.
func (p *scanner) stringEscape(b *strings.Builder) error {
	start := p.at
	p.at++
	if p.at >= len(p.source) {
		return nil
	}
	r, n := utf8.DecodeRuneInString(string(p.source[p.at:]))
	p.at += n
	switch {
	case r == 'x':
		return p.codePoint(b, start, 2)
	case r == 'u':
		return p.codePoint(b, start, 4)
	case r == '\r' || r == '\n': // an escaped line break is nothing
		if r == '\r' && p.at < len(p.source) && p.source[p.at] == '\n' {
			p.at++
		}
	case r >= '0' && r <= '9' && (r != '0' || p.at < len(p.source) && isDigit(p.source[p.at])):
		return p.mistake(start, "octal escapes are no longer JavaScript", `write \xNN`)
	default:
		if i := strings.IndexRune("bfnrtv0", r); i >= 0 {
			r = rune("\b\f\n\r\t\v\x00"[i])
		}
		b.WriteRune(r)
	}
	return nil
}

// codePoint reads the hexadecimal digits of an escape; in braces there may be any number of them.
func (p *scanner) codePoint(b *strings.Builder, start, digits int) error {
	rest := string(p.source[p.at:])
	if digits == 4 && strings.HasPrefix(rest, "{") {
		inner, _, ok := strings.Cut(rest[1:], "}")
		n, err := strconv.ParseUint(inner, 16, 32)
		if !ok || err != nil || n > utf8.MaxRune {
			return p.mistake(start, "that is no escape of a character", `write \u{...} with hexadecimal digits`)
		}
		p.at += len(inner) + 2
		b.WriteRune(rune(n))
		return nil
	}
	n, err := strconv.ParseUint(firstRunes(rest, digits), 16, 32)
	if err != nil || len(rest) < digits {
		return p.mistake(start, "that is no escape of a character", `write \xNN or \uNNNN with hexadecimal digits`)
	}
	p.at += digits
	if utf16.IsSurrogate(rune(n)) {
		// Half of a pair is written as UTF-8 would, were it allowed, until joinSurrogates sees the other half.
		b.Write([]byte{0xE0 | byte(n>>12), 0x80 | byte(n>>6)&0x3F, 0x80 | byte(n)&0x3F})
		return nil
	}
	b.WriteRune(rune(n))
	return nil
}

// joinSurrogates makes characters of pairs of escapes, and replaces halves without the other and other bytes that are
// not UTF-8.
func joinSurrogates(s string) string {
	if utf8.ValidString(s) {
		return s
	}
	var b strings.Builder
	for i := 0; i < len(s); {
		high, low := surrogateAt(s, i), surrogateAt(s, i+3)
		r, n := utf8.DecodeRuneInString(s[i:])
		if pair := utf16.DecodeRune(high, low); pair != utf8.RuneError {
			r, n = pair, 6
		} else if high != 0 {
			n = 3
		}
		b.WriteRune(r)
		i += n
	}
	return b.String()
}

// surrogateAt returns the half of a pair that stands at s[i:]; 0 when there is none.
func surrogateAt(s string, i int) rune {
	if i+3 > len(s) || s[i] != 0xED || s[i+1] < 0xA0 || s[i+1] > 0xBF || s[i+2]&0xC0 != 0x80 {
		return 0
	}
	return 0xD000 | rune(s[i+1]&0x3F)<<6 | rune(s[i+2]&0x3F)
}
