package report

import (
	"encoding/base64"
	"slices"
	"strconv"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// redacted stands in an output where a secret's value was.
const redacted = "***"

// Redact returns a Handler that passes everything on to h with the values of secrets replaced by ***, in every text of
// a run and of its cases. The given Case is not changed.
func Redact(secrets []string, h Handler) Handler { return &redactHandler{NewRedactor(secrets), h} }

type redactHandler struct {
	r *Redactor
	h Handler
}

func (d *redactHandler) Start(s Start) error {
	s.Tool.Version, s.RunID = d.r.String(s.Tool.Version), d.r.String(s.RunID)
	return d.h.Start(s)
}

func (d *redactHandler) Case(c *Case) error {
	return d.h.Case(rewriter{d.r.String, d.r.String}.copy(c))
}

func (d *redactHandler) Finish(f Finish) error { return d.h.Finish(f) }

func (d *redactHandler) Progress(done, total int) { passProgress(d.h, done, total) }

// Redactor finds the values of secrets in texts. It never changes, so goroutines may share it.
type Redactor struct {
	values [][]string // each a secret, character by character
	cores  []string   // what every base64 text that holds a secret holds
}

// NewRedactor returns a Redactor for the values of secrets. Empty ones are ignored.
func NewRedactor(secrets []string) *Redactor {
	r := &Redactor{}
	for _, s := range secrets {
		if s == "" {
			continue
		}
		r.values = append(r.values, characters(s))
		if lower := strings.ToLower(s); lower != s { // as a part of a host name
			r.values = append(r.values, characters(lower))
		}
		r.cores = append(r.cores, base64Cores(s)...)
	}
	return r
}

// String returns s with *** in place of each value of a secret: as it is, percent-encoded wholly or in part, with the
// escapes of a JSON or Go string, or anywhere within a base64 text.
func (r *Redactor) String(s string) string {
	var found []span
	for _, value := range r.values {
		found = appendValue(found, s, value)
	}
	for _, core := range r.cores {
		found = appendCore(found, s, core)
	}
	if len(found) == 0 {
		return s
	}
	slices.SortFunc(found, func(a, b span) int { return a.from - b.from })
	var b strings.Builder
	end := 0
	for i, f := range found {
		if i == 0 || f.from >= end {
			b.WriteString(s[end:f.from] + redacted)
		}
		end = max(end, f.to)
	}
	b.WriteString(s[end:])
	return b.String()
}

// span is a part of a text. Spans of several secrets may overlap; String hides their union.
type span struct{ from, to int }

func characters(s string) []string {
	var list []string
	for len(s) > 0 {
		_, n := utf8.DecodeRuneInString(s)
		list = append(list, s[:n])
		s = s[n:]
	}
	return list
}

func appendValue(found []span, s string, value []string) []span {
	for i := 0; i < len(s); i++ {
		if c := s[i]; c != value[0][0] && c != '%' && c != '+' && c != '\\' {
			continue
		}
		if end := matchEnd(s, i, value); end > 0 {
			found = append(found, span{i, end})
		}
	}
	return found
}

// matchEnd returns the end of the longest spelling of value that starts at s[from:], or 0. It follows all readings at
// once: whether %25 is a percent sign or three characters shows only later.
func matchEnd(s string, from int, value []string) int {
	ends := []int{from}
	for _, char := range value {
		var next []int
		for _, at := range ends {
			for _, n := range spellings(s[at:], char) {
				if !slices.Contains(next, at+n) {
					next = append(next, at+n)
				}
			}
		}
		if len(next) == 0 {
			return 0
		}
		ends = next
	}
	return slices.Max(ends)
}

// spellings returns the lengths of all spellings of char that s starts with.
func spellings(s, char string) []int {
	var lengths []int
	if strings.HasPrefix(s, char) {
		lengths = append(lengths, len(char))
	}
	if s == "" || s[0] != '%' && s[0] != '+' && s[0] != '\\' {
		return lengths
	}
	if s[0] == '+' && char == " " {
		lengths = append(lengths, 1)
	}
	if hasBytes(s, "%", char) {
		lengths = append(lengths, len(char)*len("%XX"))
	}
	if hasBytes(s, `\x`, char) {
		lengths = append(lengths, len(char)*len(`\xXX`))
	}
	if strings.HasPrefix(s, `\`+char) || char == "\t" && strings.HasPrefix(s, `\t`) {
		lengths = append(lengths, 1+len(char))
	}
	if n := unicodeEscape(s, char); n > 0 {
		lengths = append(lengths, n)
	}
	return lengths
}

// hasBytes reports whether s starts with the bytes of char, each as mark and two hexadecimal digits.
func hasBytes(s, mark, char string) bool {
	for i := range len(char) {
		rest, ok := strings.CutPrefix(s, mark)
		if !ok || len(rest) < 2 {
			return false
		}
		if n, err := strconv.ParseUint(rest[:2], 16, 8); err != nil || byte(n) != char[i] {
			return false
		}
		s = rest[2:]
	}
	return true
}

// unicodeEscape returns the length of char as \uXXXX, or as a pair of them, at the start of s, or 0.
func unicodeEscape(s, char string) int {
	r, _ := utf8.DecodeRuneInString(char)
	units := utf16.AppendRune(nil, r)
	for _, unit := range units {
		rest, ok := strings.CutPrefix(s, `\u`)
		if !ok || len(rest) < 4 {
			return 0
		}
		if n, err := strconv.ParseUint(rest[:4], 16, 16); err != nil || uint16(n) != unit {
			return 0
		}
		s = rest[4:]
	}
	return len(units) * len(`\uXXXX`)
}

// base64Cores returns the characters that depend on s alone in the base64 form of any text with s in it: one string
// for each place of s within a group of three bytes, in both alphabets. Shorter ones would hit texts by chance.
func base64Cores(s string) []string {
	var cores []string
	for _, alphabet := range []*base64.Encoding{base64.RawStdEncoding, base64.RawURLEncoding} {
		for shift := range 3 {
			text := alphabet.EncodeToString(append(make([]byte, shift), s...))
			from, to := (8*shift+5)/6, 8*(shift+len(s))/6
			if core := text[from:to]; len(core) >= 4 && !slices.Contains(cores, core) {
				cores = append(cores, core)
			}
		}
	}
	return cores
}

// appendCore finds core in s, and takes along the characters around it that may hold some bits of the secret too.
func appendCore(found []span, s, core string) []span {
	for i := 0; ; i++ {
		n := strings.Index(s[i:], core)
		if n < 0 {
			return found
		}
		i += n
		f := span{i, i + len(core)}
		if f.from > 0 && isBase64(s[f.from-1]) {
			f.from--
		}
		if f.to < len(s) && isBase64(s[f.to]) {
			f.to++
		}
		for f.to < len(s) && s[f.to] == '=' {
			f.to++
		}
		found = append(found, f)
	}
}

func isBase64(c byte) bool {
	return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' || strings.IndexByte("+/-_", c) >= 0
}
