package report

import (
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"
)

// escapeBytes returns s as valid UTF-8 from which unescapeBytes makes s again: a byte that is not UTF-8 becomes \xNN,
// and so does a backslash of s that would read as the start of such an escape (\x5c).
func escapeBytes(s string) string {
	if utf8.ValidString(s) && !strings.Contains(s, `\x`) {
		return s
	}
	var b strings.Builder
	for i := 0; i < len(s); {
		r, n := utf8.DecodeRuneInString(s[i:])
		if _, escape := escapedByte(s[i:]); escape || r == utf8.RuneError && n == 1 {
			fmt.Fprintf(&b, `\x%02x`, s[i])
		} else {
			b.WriteString(s[i : i+n])
		}
		i += n
	}
	return b.String()
}

// unescapeBytes undoes escapeBytes.
func unescapeBytes(s string) string {
	if !strings.Contains(s, `\x`) {
		return s
	}
	var b strings.Builder
	for i := 0; i < len(s); {
		if c, ok := escapedByte(s[i:]); ok {
			b.WriteByte(c)
			i += len(`\xNN`)
			continue
		}
		b.WriteByte(s[i])
		i++
	}
	return b.String()
}

// escapedByte returns the byte that s starts with as \xNN, if it does.
func escapedByte(s string) (byte, bool) {
	if len(s) < 4 || s[:2] != `\x` {
		return 0, false
	}
	n, err := strconv.ParseUint(s[2:4], 16, 8)
	return byte(n), err == nil
}

// Cut returns s, or as much of it as leaves room within limit bytes for a mark that tells its size. It cuts between
// characters, and not within an escape of the JSON report. A result is never cut again.
func Cut(s string, limit int) string {
	if len(s) <= limit {
		return s
	}
	mark := cutMark(len(s))
	end := max(limit-len(mark), 0)
	for end > 0 && !utf8.RuneStart(s[end]) {
		end--
	}
	for i := max(end-3, 0); i < end; i++ {
		if _, ok := escapedByte(s[i:]); ok {
			end = i
		}
	}
	return s[:end] + mark
}
