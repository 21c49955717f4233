package draft_test

import (
	"flag"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/corsgate/corsgate/cors"
	"github.com/corsgate/corsgate/internal/draft"
	"github.com/corsgate/corsgate/report"
	"github.com/corsgate/corsgate/spec"
)

var update = flag.Bool("update", false, "write the golden files anew")

func golden(t *testing.T, name string, got []byte) {
	t.Helper()
	file := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(file, got, 0o666); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), string(got)); diff != "" {
		t.Errorf("%s: -want +got:\n%s", name, diff)
	}
	if _, mistakes := spec.Parse(name, got, spec.Options{}); len(mistakes) > 0 {
		t.Errorf("%s is no valid file: %v", name, mistakes)
	}
}

func TestARecordingBecomesAFile(t *testing.T) {
	for _, name := range []string{"one-api", "two-apis"} {
		in, err := os.Open(filepath.Join("testdata", name+".har"))
		if err != nil {
			t.Fatal(err)
		}
		defer in.Close()
		file, err := draft.FromHAR(in)
		if err != nil {
			t.Fatal(err)
		}
		text := file.Text()
		golden(t, name+".yaml", text)
		if strings.Contains(string(text), "s3cr3t") {
			t.Errorf("%s: a value was written:\n%s", name, text)
		}
	}
}

func TestARecordingWithoutCrossOriginRequestsIsExplained(t *testing.T) {
	entry := func(method, origin, status, headers string) string {
		return `{"log":{"entries":[{"request":{"method":"` + method + `","url":"https://api.example.com/x",` +
			`"headers":[{"name":"Origin","value":"` + origin + `"}` + headers + `]},"response":{"status":` + status + `}}]}}`
	}
	tests := []struct{ name, har, want string }{
		{"no JSON", "<html>", "it is no HAR recording: "},
		{"nothing", `{"log":{"entries":[]}}`, "none of its 0 requests went from a page to another origin"},
		{"same origin", entry("GET", "https://api.example.com", "200", ""), "none of its 1 requests"},
		{"a preflight", entry("OPTIONS", "https://app.example.com", "204", ""), "none of its 1 requests"},
		{"a form", entry("POST", "https://app.example.com", "200", `,{"name":"Sec-Fetch-Mode","value":"navigate"}`),
			"none of its 1 requests"},
		{"no origin", entry("GET", "", "200", ""), "none of its 1 requests"},
		{"blocked", entry("GET", "https://app.example.com", "0", ""), "none of its 1 cross-origin requests got an answer"},
		{"a simple POST", entry("POST", "https://app.example.com", "200", ""),
			"all of its requests could only be checked by really sending them: POST /x"},
	}
	for _, tt := range tests {
		_, err := draft.FromHAR(strings.NewReader(tt.har))
		if err == nil || !strings.HasPrefix(err.Error(), tt.want) {
			t.Errorf("%s: got %v, want %s", tt.name, err, tt.want)
		}
	}
}

func FuzzFromHARMakesValidFiles(f *testing.F) {
	for _, name := range []string{"one-api", "two-apis"} {
		text, err := os.ReadFile(filepath.Join("testdata", name+".har"))
		if err != nil {
			f.Fatal(err)
		}
		f.Add(string(text))
	}
	f.Fuzz(func(t *testing.T, har string) {
		file, err := draft.FromHAR(strings.NewReader(har))
		if err != nil {
			return
		}
		for _, d := range second(spec.Parse("fuzz.yaml", file.Text(), spec.Options{})) {
			if !slices.Contains([]string{"invalid-url", "forbidden-method", "invalid-method", "invalid-path"}, d.Rule) {
				t.Fatalf("%s\n%s", d, file.Text())
			}
		}
	})
}

func second(_ *spec.Suite, mistakes spec.Diagnostics) spec.Diagnostics { return mistakes }

func TestLikelyOriginsFollowFromTheServersName(t *testing.T) {
	for target, want := range map[string][]string{
		"https://api.example.co.uk":     {"https://example.co.uk", "https://www.example.co.uk", "https://app.example.co.uk"},
		"https://api.shop.example.com":  {"https://example.com", "https://shop.example.com", "https://app.shop.example.com"},
		"http://localhost:8000":         {"http://localhost:3000", "http://localhost:5173"},
		"https://192.0.2.1":             {"https://192.0.2.1", "http://localhost:3000"},
		"demo":                          {"https://app.example.com"},
		"https://www.example.com:8443/": {"https://example.com", "https://app.example.com"},
	} {
		p, err := draft.NewProbe(target, "/", nil)
		if err != nil {
			t.Fatal(err)
		}
		asked := p.Origins().Scenarios[0].Origins
		for _, o := range want {
			if !slices.Contains(asked, o) {
				t.Errorf("%s: %s is not asked for: %v", target, o, asked)
			}
		}
		for _, o := range asked {
			if _, err := cors.ParseOrigin(o); err != nil {
				t.Errorf("%s: %s: %v", target, o, err)
			}
		}
	}
	if _, err := draft.NewProbe("https://api.example.com", "/", []string{"app.example.com"}); err == nil {
		t.Error("a host is no origin")
	}
}

// answers are results of asking for origins: those in through get through with credentials.
func answers(p *draft.Probe, through ...string) []report.Case {
	var list []report.Case
	for _, o := range p.Origins().Scenarios[0].Origins {
		for _, mode := range []string{"omit", "include"} {
			c := report.Case{Status: report.Passed, Outcome: "blocked", Request: report.Request{Origin: o, Credentials: mode}}
			if slices.Contains(through, o) {
				c.Outcome = "allowed"
			}
			list = append(list, c)
		}
	}
	return list
}

func TestWhatTheServerAllowsBecomesAFile(t *testing.T) {
	tests := []struct {
		name    string
		through []string
	}{
		{"own", []string{"https://app.example.com"}},
		{"everybody", []string{"https://app.example.com", "https://www.example.com", "https://stranger.example", "null"}},
		{"null", []string{"https://app.example.com", "null"}},
	}
	for _, tt := range tests {
		p, err := draft.NewProbe("https://api.example.com", "/users", nil)
		if err != nil {
			t.Fatal(err)
		}
		readers, err := p.Read(answers(p, tt.through...))
		if err != nil {
			t.Fatal(err)
		}
		writes := []report.Case{{Scenario: "what may be written", Outcome: "allowed", Request: report.Request{Method: "PUT"}}}
		golden(t, "allows-"+tt.name+".yaml", p.Learn(readers, writes).Text())
	}
}

func TestAServerThatNamesAnotherOriginIsAskedAgain(t *testing.T) {
	p, err := draft.NewProbe("https://api.example.com", "/", nil)
	if err != nil {
		t.Fatal(err)
	}
	results := answers(p)
	results[0].Exchanges = []report.Exchange{{Response: &report.WireResponse{
		Headers: []report.Field{{"access-control-allow-origin", "https://portal.example.net"}},
	}}}
	if got := p.Named(results); !slices.Equal(got, []string{"https://portal.example.net"}) {
		t.Errorf("got %v", got)
	}
	if !slices.Contains(p.Origins().Scenarios[0].Origins, "https://portal.example.net") {
		t.Error("it is not asked for")
	}
	_, err = p.Read(results)
	if err == nil || !strings.Contains(err.Error(), "Access-Control-Allow-Origin: https://portal.example.net") {
		t.Errorf("got %v", err)
	}
}

func TestTextsThatYAMLWouldReadOtherwiseAreQuoted(t *testing.T) {
	awkward := []string{
		"null", "no", "1", "a: b", "#x", "${HOME}", "*", `"`, "a\nb", "https://a.example:1/ #", "[x]", "", " x", "ü",
	}
	for _, name := range awkward {
		f := draft.File{Scenarios: []draft.Scenario{{
			Name: "x " + name, Paths: []string{"https://a.example/"}, Origins: []string{"https://b.example"}, Expect: "allowed",
		}}}
		suite, mistakes := spec.Parse("x.yaml", f.Text(), spec.Options{})
		if strings.Contains(name, "\n") {
			continue // no name of a scenario; that it stays one scalar is all
		}
		if len(mistakes) > 0 || suite.Scenarios[0].Name != strings.TrimSpace("x "+name) && suite.Scenarios[0].Name != "x "+name {
			t.Errorf("%q: %v in\n%s", name, mistakes, f.Text())
		}
	}
}

func TestFindingsThatFailACaseBecomeWarnings(t *testing.T) {
	found := report.Finding{Rule: "credentials-not-true", Severity: "error", Message: "the value is True"}
	note := report.Finding{Rule: "vary-origin-missing", Severity: "warning"}
	f := draft.File{Scenarios: []draft.Scenario{{Name: "x", Paths: []string{"https://a.example/"}, Expect: "allowed"}}}
	failed := report.Case{Status: report.Failed, Findings: []report.Finding{found, note, found}}
	if !f.Lower([]report.Case{{Status: report.Passed}, failed}) {
		t.Error("nothing was lowered")
	}
	want := "rules:\n  # an error, if you ask corsgate: the value is True\n  credentials-not-true: warning\n\nscenarios:"
	if text := string(f.Text()); !strings.Contains(text, want) {
		t.Errorf("got\n%s", text)
	}
	if f.Lower([]report.Case{failed}) {
		t.Error("it was lowered twice")
	}
	failed.Mismatch = []report.Mismatch{{Field: "outcome"}}
	if (&draft.File{}).Lower([]report.Case{failed}) {
		t.Error("a mismatch can't be lowered")
	}
}
