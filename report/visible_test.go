package report_test

import (
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/corsgate/corsgate/report"
)

var visibleTests = []struct{ name, in, want string }{
	{"plain text", "https://app.example.com/a?b=c", "https://app.example.com/a?b=c"},
	{"nothing", "", ""},
	{"letters of any language", "Grüße, 世界", "Grüße, 世界"},
	{"a line break", "a\r\nb\tc", `a\r\nb\tc`},
	{"a terminal's escape", "\x1b[31mred\x1b]0;title\a", `\x1b[31mred\x1b]0;title\x07`},
	{"NUL and DEL", "\x00\x7f", `\x00\x7f`},
	{"an escape of eight bits", "\u009b31m", `\u009b31m`},
	{"bytes that are not UTF-8", "a\xffb\xc3", `a\xffb\xc3`},
	{"text turned around", "\u202egpj.exe\u2066", `\u202egpj.exe\u2066`},
	{"invisible characters", "a\u200bb\u2060\ufeff\u00ad\u3164\U000e0041", `a\u200bb\u2060\ufeff\u00ad\u3164\U000e0041`},
	{"variation selectors", "a\ufe0f\U000e0100", `a\ufe0f\U000e0100`},
	{"no-break space and line separator", "\u00a0\u2028", `\u00a0\u2028`},
	{"what is no character", "\ufffe", `\ufffe`},
	{"a log command", "::error file=x::m", `\x3a:error file=x::m`},
	{"a log command after spaces", "  ::error::m", `  \x3a:error::m`},
	{"a log command where a line may break", "got ::error::m", `got \x3a:error::m`},
	{"a log command after a tab", "\t::error::m", `\t::error::m`},
	{"an address", "http://[::1]:80", "http://[::1]:80"},
	{"the old form of GitHub's and Azure's commands", "a ##[error] ##vso[task]", `a #\x23[error] #\x23vso[task]`},
	{"TeamCity's", "##teamcity[x]", `#\x23teamcity[x]`},
	{"many hashes", "####[", `#\x23\x23\x23[`},
	{"an anchor", "/a#b", "/a#b"},
	{"a backslash", `C:\x41`, `C:\x41`},
}

func TestVisibleShowsWhatIsThere(t *testing.T) {
	for _, tt := range visibleTests {
		t.Run(tt.name, func(t *testing.T) {
			if got := report.Visible(tt.in, 0); got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
			if again := report.Visible(tt.want, 0); again != tt.want {
				t.Errorf("shown twice it is %q", again)
			}
		})
	}
}

func TestVisibleCutsWithAMark(t *testing.T) {
	tests := []struct {
		name, in string
		limit    int
		want     string
	}{
		{"it fits", strings.Repeat("x", 512), 512, strings.Repeat("x", 512)},
		{"one too many", strings.Repeat("x", 513), 512, strings.Repeat("x", 512-24) + "…[cut, 513 bytes in all]"},
		{"characters count, not bytes", strings.Repeat("ä", 512), 512, strings.Repeat("ä", 512)},
		{"an escape stays whole", strings.Repeat("x", 26) + "\x1b" + strings.Repeat("x", 99), 50,
			strings.Repeat("x", 26) + "…[cut, 126 bytes in all]"},
		{"no room for more than the mark", strings.Repeat("x", 100), 10, "…[cut, 100 bytes in all]"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := report.Visible(tt.in, tt.limit); got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}

func TestCutKeepsTheLimit(t *testing.T) {
	tests := []struct{ name, in, want string }{
		{"it fits", strings.Repeat("x", 40), strings.Repeat("x", 40)},
		{"one too many", strings.Repeat("x", 41), strings.Repeat("x", 15) + "…[cut, 41 bytes in all]"},
		{"between characters", strings.Repeat("ä", 30), strings.Repeat("ä", 7) + "…[cut, 60 bytes in all]"},
		{"between escapes", strings.Repeat(`\xff`, 30), strings.Repeat(`\xff`, 3) + "…[cut, 120 bytes in all]"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got := report.Cut(tt.in, 40)
			if got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
			if again := report.Cut(got, 40); again != got {
				t.Errorf("cut again: %q", again)
			}
		})
	}
}

func FuzzVisible(f *testing.F) {
	for _, tt := range visibleTests {
		f.Add(tt.in, 0)
		f.Add(tt.in, 30)
	}
	f.Fuzz(func(t *testing.T, s string, limit int) {
		got := report.Visible(s, limit)
		if !utf8.ValidString(got) {
			t.Errorf("not UTF-8: %q", got)
		}
		for _, r := range got {
			if !unicode.IsPrint(r) || unicode.Is(unicode.Cf, r) {
				t.Errorf("%q has %q", got, r)
			}
		}
		if strings.HasPrefix(strings.TrimSpace(got), "::") || strings.Contains(got, "##") || strings.Contains(got, " ::") {
			t.Errorf("a log command: %q", got)
		}
		if n := utf8.RuneCountInString(got); limit > 50 && n > limit {
			t.Errorf("%d characters, limit %d", n, limit)
		}
		if again := report.Visible(got, limit); again != got && limit > 50 {
			t.Errorf("shown twice %q is %q", got, again)
		}
	})
}
