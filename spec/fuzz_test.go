package spec_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"github.com/corsgate/corsgate/audit"
	"github.com/corsgate/corsgate/cors"
	"github.com/corsgate/corsgate/spec"
)

func FuzzParse(f *testing.F) {
	for _, tt := range taken {
		f.Add([]byte(tt.text))
	}
	for _, tt := range meant {
		f.Add([]byte(tt.text))
	}
	for _, tt := range refused {
		f.Add([]byte(tt.text))
	}
	files, _ := filepath.Glob("testdata/*.yaml")
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		options := spec.Options{LookupEnv: lookup("API_TOKEN=hunter22")}
		suite, mistakes := spec.Parse("f.yaml", text, options)
		if (suite == nil) != (len(mistakes) > 0) {
			t.Fatalf("a suite %v beside %d mistakes", suite, len(mistakes))
		}
		again, mistakesAgain := spec.Parse("f.yaml", text, options)
		if diff := cmp.Diff(suite, again) + cmp.Diff(mistakes, mistakesAgain); diff != "" {
			t.Fatal("two readings differ", diff)
		}
		for _, m := range mistakes {
			checkDiagnostic(t, m, text)
		}
		if suite != nil {
			checkSuite(t, suite)
		}
	})
}

func checkDiagnostic(t *testing.T, m spec.Diagnostic, text []byte) {
	t.Helper()
	shown := m.String()
	if strings.ContainsFunc(strings.ReplaceAll(shown, "\n", ""), unicode.IsControl) || !utf8.ValidString(shown) {
		t.Errorf("not fit for a terminal: %q", shown)
	}
	if m.Message == "" || m.Rule == "" || strings.Count(shown, "\n") > 3 {
		t.Errorf("not a diagnostic: %q", shown)
	}
	if isUTF16 := len(text) > 1 && text[0]|text[1] == 0xFF; isUTF16 {
		return
	}
	breaks := strings.NewReplacer("\r\n", "\n", "\r", "\n", "\u0085", "\n", "\u2028", "\n", "\u2029", "\n")
	lines := strings.Split(breaks.Replace(strings.TrimPrefix(string(text), "\uFEFF")), "\n")
	if m.Pos.Line < 1 || m.Pos.Line > len(lines) || m.Pos.Column < 1 ||
		m.Pos.Column > 1+utf8.RuneCountInString(lines[m.Pos.Line-1]) {
		t.Errorf("%v lies outside the file: %s", m.Pos, shown)
	}
}

func checkAllow(t *testing.T, a *spec.Allow) {
	t.Helper()
	if a.AnyOrigin == (len(a.Origins)+len(a.Patterns) > 0) {
		t.Errorf("neither some origins nor any: %+v", a)
	}
	for _, p := range a.Patterns {
		if _, err := audit.ParsePattern(p); err != nil {
			t.Error(err)
		}
	}
	for _, h := range a.Headers {
		if !cors.ValidHeaderName(h.Name) || cors.ForbiddenRequestHeader(h.Name, "") {
			t.Errorf("not a header that a page can set: %q", h.Name)
		}
	}
}

// checkSuite checks what everything after spec relies on.
func checkSuite(t *testing.T, suite *spec.Suite) {
	t.Helper()
	names := map[string]bool{}
	for _, p := range suite.Policies {
		if names[p.Name] || p.Name == "" {
			t.Errorf("not a policy that can be told apart: %+v", p)
		}
		names[p.Name] = true
		checkAllow(t, &p.Allow)
	}
	for _, s := range suite.Scenarios {
		if names[s.Name] || s.Name == "" || len(s.Origins) == 0 || len(s.Expect.Outcome) == 0 {
			t.Errorf("not a scenario that can be told apart and checked: %+v", s)
		}
		names[s.Name] = true
		for _, o := range s.Origins {
			if again, err := cors.ParseOrigin(o.String()); err != nil || again != o {
				t.Errorf("not an origin: %v", o)
			}
		}
		for _, m := range s.Methods {
			if cors.ForbiddenMethod(m) || !cors.ValidHeaderName(m) {
				t.Errorf("not a method: %q", m)
			}
		}
		for _, set := range s.Headers {
			for _, h := range set {
				if !cors.ValidHeaderName(h.Name) || !cors.ValidHeaderValue(h.Value) || cors.ForbiddenRequestHeader(h.Name, h.Value) {
					t.Errorf("not a header that a page can set: %q", h)
				}
			}
		}
		for _, p := range s.Paths {
			if strings.ContainsFunc(p, unicode.IsControl) || strings.HasPrefix(p, "/") && len(suite.Targets) == 0 {
				t.Errorf("not a path: %q", p)
			}
		}
	}
}
