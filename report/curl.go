package report

import (
	"fmt"
	"net/url"
	"slices"
	"strings"
	"unicode/utf8"
)

// Curl returns the command that sends the request of x again with curl: the same method, URL, headers and body, and
// none of the headers that curl would add by itself. The line is one for a POSIX shell, but that bytes which must not
// reach a terminal are written $'\ooo', as bash, zsh and ksh read them. How the server is reached (proxy, resolver,
// certificates) is not part of an Exchange, and not of the line.
func Curl(x Exchange) string {
	q := x.Request
	args := []string{"curl", "-i"}
	switch q.Method {
	case "GET":
		if q.Body != "" {
			args = append(args, "-X", "GET")
		}
	case "HEAD":
		args = []string{"curl", "-I"} // -X HEAD waits for a body
	default:
		args = append(args, "-X", quote(q.Method))
	}
	args = append(args, urlArgs(q.URL)...)
	for _, h := range curlHeaders(q) {
		args = append(args, "-H", quote(h))
	}
	line := strings.Join(args, " ")
	switch {
	case q.Body == "":
		return line
	case strings.ContainsRune(q.Body, 0): // no argument can hold it
		return "printf " + quote(printfFormat(q.Body)) + " | " + line + " --data-binary @-"
	}
	return line + " --data-raw " + quote(q.Body)
}

// urlArgs returns the URL, with the options that keep curl from reading it in its own way.
func urlArgs(raw string) []string {
	var args []string
	if strings.ContainsAny(raw, "[]{}") {
		args = append(args, "-g")
	}
	if strings.Contains(raw, "/.") {
		args = append(args, "--path-as-is")
	}
	return append(args, quote(raw))
}

// curlHeaders returns the values for -H. A name without a value takes a header away that curl adds by itself.
func curlHeaders(q WireRequest) []string {
	var list []string
	own := []string{"User-Agent", "Accept"}
	if q.Body != "" {
		own = append(own, "Content-Type")
	}
	for _, name := range own {
		if !hasHeader(q.Headers, name) {
			list = append(list, name+":")
		}
	}
	for _, h := range q.Headers {
		switch {
		case strings.EqualFold(h[0], "Content-Length") && q.Body != "":
		case strings.EqualFold(h[0], "Host") && h[1] == host(q.URL):
		case h[1] == "":
			list = append(list, h[0]+";")
		default:
			list = append(list, h[0]+": "+h[1])
		}
	}
	return list
}

func hasHeader(headers []Field, name string) bool {
	return slices.ContainsFunc(headers, func(h Field) bool { return strings.EqualFold(h[0], name) })
}

func host(raw string) string {
	u, err := url.Parse(raw)
	if err != nil {
		return ""
	}
	return u.Host
}

// ShellWord returns s as one word of a command, as Curl writes it.
func ShellWord(s string) string { return quote(s) }

// quote returns s as one word of a shell command.
func quote(s string) string {
	safe := func(r rune) bool {
		return 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' || '0' <= r && r <= '9' || strings.ContainsRune("@%+=:,./_-", r)
	}
	switch {
	case s != "" && strings.TrimFunc(s, safe) == "" && !strings.HasPrefix(s, "::"):
		return s
	case Visible("'"+s, 0) == "'"+s: // :: is a command to some CI systems only where it starts a word
		return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'"
	}
	return ansiQuote(s)
}

// ansiQuote returns s as a $'...' word: octal escapes, since those end after three digits in every shell.
func ansiQuote(s string) string {
	var b strings.Builder
	b.WriteString("$'")
	for i := 0; i < len(s); {
		piece, n := visibleRune(s, i)
		switch {
		case s[i] == '\'' || s[i] == '\\':
			b.WriteString(`\` + s[i:i+1])
		case s[i] == '\n':
			b.WriteString(`\n`)
		case piece == s[i:i+n]:
			b.WriteString(piece)
		default:
			b.WriteString(octal(s[i : i+n]))
		}
		i += n
	}
	return b.String() + "'"
}

// printfFormat returns the format with which printf(1) writes s.
func printfFormat(s string) string {
	var b strings.Builder
	for i := range len(s) {
		if c := s[i]; c < ' ' || c >= utf8.RuneSelf || c == '\\' || c == '%' || c == '\'' || c == '#' {
			b.WriteString(octal(s[i : i+1]))
		} else {
			b.WriteByte(c)
		}
	}
	return b.String()
}

func octal(s string) string {
	var b strings.Builder
	for i := range len(s) {
		fmt.Fprintf(&b, `\%03o`, s[i])
	}
	return b.String()
}
