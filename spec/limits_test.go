package spec_test

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/corsgate/corsgate/spec"
)

// repeated are files that grow with n, good ones and bad ones.
var repeated = []struct {
	name string
	text func(n int) string
}{
	{"scenarios", func(n int) string {
		return "version: 1\ntarget: demo\nscenarios:\n" + each(n, "  - {name: %d, origins: null, methods: PUT}\n")
	}},
	{"policies", func(n int) string {
		return "version: 1\ntarget: demo\npolicies:\n" + each(n, "  - {name: %d, allow: {origins: null, headers: [X-A]}}\n")
	}},
	{"allowed origins", func(n int) string {
		return policy("allow:", "  origins:") + each(n, "        - https://*.a%d.example\n")
	}},
	{"rules", func(n int) string { return policy("allow: {origins: null}") + "rules:\n" + each(n, "  r%d: off\n") }},
	{"origins", func(n int) string { return scenario("origins:") + each(n, "    - https://a%d.example\n") }},
	{"headers", func(n int) string { return scenario("origins: null", "headers:") + each(n, "      X-%d: a\n") }},
	{"header sets", func(n int) string {
		return scenario("origins: null", "methods: POST", "headers:") + each(n, "      - {X-%d: a}\n")
	}},
	{"variables", func(n int) string { return scenario("origins: null") + "vars:\n" + each(n, "  v%[1]d: ${v0}\n") }},
	{"environments", func(n int) string {
		return scenario("origins: null") + "environments:\n" + each(n, "  e%d: {vars: {v: a}, target: \"http://${v}\"}\n")
	}},
	{"targets", func(n int) string {
		return "version: 1\nscenarios: [{name: a, origins: null}]\ntargets:\n" + each(n, "  t%d: demo\n")
	}},
	{"unknown keys", func(n int) string { return scenario("origins: null") + each(n, "unknown%d: a\n") }},
	{"duplicate keys", func(n int) string { return scenario("origins: null") + each(n, "version: %d\n") }},
	{"mistakes on one line", func(n int) string { return scenario("origins: [" + each(n, "a%d, ") + "null]") }},
	{"unknown variables", func(n int) string { return scenario("origins: null", "tags:") + each(n, "    - ${v%d}\n") }},
	{"unknown targets", func(n int) string {
		return "version: 1\ntargets:\n" + each(n, "  t%d: demo\n") + "scenarios:\n" +
			each(n, "  - {name: %[1]d, origins: null, targets: u%[1]d}\n")
	}},
	{"aliases", func(n int) string {
		return "version: 1\ntarget: demo\ndefaults: {headers: &h {A: b, C: d}}\nscenarios:\n" +
			each(n, "  - {name: %d, origins: null, headers: {<<: *h}}\n")
	}},
}

func each(n int, format string) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, format, i)
	}
	return b.String()
}

// TestWorkGrowsWithTheFile counts allocations, which grow with every pass over a part of the file: twice the file makes
// at most a little more than twice as many.
func TestWorkGrowsWithTheFile(t *testing.T) {
	for _, tt := range repeated {
		t.Run(tt.name, func(t *testing.T) {
			count := func(n int) float64 {
				text := []byte(tt.text(n))
				return testing.AllocsPerRun(1, func() { spec.Parse("f.yaml", text, spec.Options{}) })
			}
			once, twice := count(1000), count(2000)
			if twice > 2.3*once {
				t.Errorf("%.0f allocations for 1000, %.0f for 2000", once, twice)
			}
		})
	}
}

func BenchmarkParse(b *testing.B) {
	for _, tt := range repeated {
		for _, n := range []int{1000, 10_000, 100_000} {
			text := []byte(tt.text(n))
			b.Run(fmt.Sprint(tt.name, "/", n), func(b *testing.B) {
				b.SetBytes(int64(len(text)))
				for b.Loop() {
					spec.Parse("f.yaml", text, spec.Options{})
				}
			})
		}
	}
}

func TestMistakesBeyondTheLimitAreCounted(t *testing.T) {
	_, mistakes := spec.Parse("f.yaml", []byte(scenario("origins: null")+each(1000, "unknown%d: a\n")), spec.Options{})
	if len(mistakes) != 201 {
		t.Fatalf("got %d diagnostics, want 200 and one that counts the rest", len(mistakes))
	}
	last := mistakes[200]
	if want := "800 more mistakes from here on are not shown"; last.Message != want || last.Rule != "too-many-mistakes" {
		t.Errorf("got %v, want %q", last, want)
	}
}

func rules(mistakes spec.Diagnostics) (all []string) {
	for _, m := range mistakes {
		all = append(all, m.Rule)
	}
	return all
}

func TestWhatWouldGrowBeyondMeasureIsRefused(t *testing.T) {
	for _, tt := range []struct{ name, text, want string }{
		{"aliases of aliases", "a: &a [x,x,x,x,x,x,x,x,x,x]\n" + each(9, "b%[1]d: &b%[1]d [*a,*a,*a,*a,*a,*a,*a,*a]\n") +
			"c: &c [*b1,*b1,*b1,*b1,*b1,*b1,*b1,*b1]\nd: &d [*c,*c,*c,*c,*c,*c,*c,*c]\ne: [*d,*d,*d,*d,*d,*d,*d,*d]\n" +
			"f: [*d,*d,*d,*d,*d,*d,*d,*d]\ng: [*d,*d,*d,*d,*d,*d,*d,*d]\n", "alias-bomb"},
		{"variables of variables", scenario("origins: null") + "vars:\n  v0: xxxxxxxxxxxxxxxx\n" + bomb(), "too-large"},
		{"cases", scenario("origins: null", "paths: ["+each(2000, "/%d,")+"]", "methods: ["+each(2000, "M%d,")+"]"), "too-many-cases"},
		{"the file", strings.Repeat("#", 8<<20+1), "file-too-large"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			_, mistakes := spec.Parse("f.yaml", []byte(tt.text), spec.Options{})
			if got := strings.Join(rules(mistakes), " "); !strings.Contains(got, tt.want) {
				t.Errorf("got %s, want %s", got, tt.want)
			}
		})
	}
}

func bomb() string {
	var b strings.Builder
	for i := 1; i < 30; i++ {
		fmt.Fprintf(&b, "  v%d: ${v%d}${v%d}\n", i, i-1, i-1)
	}
	return b.String()
}

func TestAFileOfEightMiBIsRead(t *testing.T) {
	text := scenario("origins: null")
	text += strings.Repeat("#", 8<<20-len(text))
	file := filepath.Join(t.TempDir(), "f.yaml")
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := spec.Load(file, spec.Options{}); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, []byte(text+"#"), 0o600); err != nil {
		t.Fatal(err)
	}
	var mistakes spec.Diagnostics
	if _, err := spec.Load(file, spec.Options{}); !errors.As(err, &mistakes) || mistakes[0].Rule != "file-too-large" {
		t.Errorf("got %v, want that the file is too large", err)
	}
}

func TestAFileThatCannotBeReadIsAnErrorAndNoMistake(t *testing.T) {
	_, err := spec.Load(filepath.Join(t.TempDir(), "none.yaml"), spec.Options{})
	var mistakes spec.Diagnostics
	if !errors.Is(err, os.ErrNotExist) || errors.As(err, &mistakes) {
		t.Errorf("got %v", err)
	}
}
