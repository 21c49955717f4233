package paste

import (
	"regexp"
	"strings"
)

// isWindows finds the caret of the Windows command prompt, at the end of a line or before a quote.
var isWindows = regexp.MustCompile(`\^\r?\n|^curl(\.exe)? +\^"`)

// windowsWords returns the words of a command as the Windows command prompt and then a C program read it.
func windowsWords(s source, start int) ([]word, error) {
	text, places := withoutCarets(string(s), start)
	var words []word
	for i := 0; i < len(text); {
		if strings.IndexByte(" \t\r\n", text[i]) >= 0 {
			i++
			continue
		}
		w, n, closed := windowsWord(text[i:])
		if !closed {
			return nil, s.mistake(places[i], "this quote is never closed", "")
		}
		words = append(words, word{w, places[i]})
		i += n
	}
	return words, nil
}

// withoutCarets is what the command prompt hands on of its first command, and for each byte its place in s. A caret
// outside of quotes escapes what follows; an escaped line break joins two lines, and a second one behind it stands for
// itself.
func withoutCarets(s string, start int) (text string, places []int) {
	var b strings.Builder
	quoted := false
	add := func(at int) {
		b.WriteByte(s[at])
		places = append(places, at)
	}
	for i := start; i < len(s); i++ {
		switch c := s[i]; {
		case c == '"':
			quoted = !quoted
			add(i)
		case c == '^' && !quoted && i+1 < len(s):
			i = escaped(s, i+1, add)
		case !quoted && (c == '\n' || c == '&' || c == '|' || c == '<' || c == '>'):
			return b.String(), places
		default:
			add(i)
		}
	}
	return b.String(), places
}

// escaped adds what the caret before at escapes, and returns the place of its last byte.
func escaped(s string, at int, add func(int)) int {
	if s[at] == '\r' && at+1 < len(s) && s[at+1] == '\n' {
		at++
	}
	if s[at] != '\n' {
		add(at)
		return at
	}
	next := at + 1
	if next < len(s) && s[next] == '\r' {
		next++
	}
	if next < len(s) && s[next] == '\n' {
		add(next)
		return next
	}
	return at
}

// windowsWord reads one argument: quotes group, backslashes escape only before a quote, and within quotes two of them
// are one. It returns how much of text it took.
func windowsWord(text string) (w string, n int, closed bool) {
	var b strings.Builder
	quoted := false
	for n < len(text) && (quoted || strings.IndexByte(" \t\r\n", text[n]) < 0) {
		slashes := len(text[n:]) - len(strings.TrimLeft(text[n:], `\`))
		n += slashes
		if n >= len(text) || text[n] != '"' {
			b.WriteString(strings.Repeat(`\`, slashes))
			if slashes == 0 {
				b.WriteByte(text[n])
				n++
			}
			continue
		}
		b.WriteString(strings.Repeat(`\`, slashes/2))
		switch {
		case slashes%2 == 1:
			b.WriteByte('"')
		case quoted && strings.HasPrefix(text[n+1:], `"`):
			b.WriteByte('"')
			n++
		default:
			quoted = !quoted
		}
		n++
	}
	return b.String(), n, !quoted
}
