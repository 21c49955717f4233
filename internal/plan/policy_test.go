package plan_test

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/corsgate/corsgate/assert"
	"github.com/corsgate/corsgate/audit"
	"github.com/corsgate/corsgate/cors"
	"github.com/corsgate/corsgate/internal/plan"
	"github.com/corsgate/corsgate/spec"
)

var update = flag.Bool("update", false, "write the golden files anew")

// TestPoliciesGiveTheirCases compares the cases of each testdata/policies/*.yaml with the .golden file beside it.
func TestPoliciesGiveTheirCases(t *testing.T) {
	files, err := filepath.Glob("testdata/policies/*.yaml")
	if err != nil || len(files) == 0 {
		t.Fatal("no files", err)
	}
	for _, file := range files {
		t.Run(filepath.Base(file), func(t *testing.T) {
			got := ""
			for _, c := range cases(t, load(t, file), plan.Options{Seed: 1}) {
				got += describe(&c) + "\n"
			}
			golden := strings.TrimSuffix(file, ".yaml") + ".golden"
			if *update {
				if err := os.WriteFile(golden, []byte(got), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(golden)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(string(want), got); diff != "" {
				t.Error("-want +got\n" + diff)
			}
		})
	}
}

func load(t testing.TB, file string) *spec.Suite {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	s, mistakes := spec.Parse(filepath.Base(file), text, spec.Options{Probes: audit.ProbeIDs()})
	if mistakes != nil {
		t.Fatal(mistakes)
	}
	return s
}

// describe is a case on one line: its kind, its name, what goes onto the wire and what must come of it.
func describe(c *plan.Case) string {
	steps, _ := plan.Forecast(c)
	var wire []string
	for _, s := range steps {
		text := s.Request.Method
		if s.Request.Body != nil {
			text += " with a body"
		}
		for _, h := range s.Request.Headers {
			if slices.Contains([]string{"Access-Control-Request-Method", "Access-Control-Request-Headers", "Cookie",
				"Authorization", "Content-Type", "X-Trace"}, h.Name) {
				text += " " + h.Name + ":" + h.Value
			}
		}
		if !s.Sent {
			text = "(" + text + ")"
		}
		wire = append(wire, text)
	}
	text := fmt.Sprintf("%-5s  %s: %s -> %s", c.Kind, c.Name, strings.Join(wire, ", "), expected(c.Expect))
	if len(c.Browsers) != 3 {
		text += " in " + strings.Join(browsers(c), ", ")
	}
	return text
}

func browsers(c *plan.Case) (names []string) {
	for _, e := range c.Browsers {
		names = append(names, e.Name)
	}
	return names
}

func expected(e assert.Expectation) string {
	text := fmt.Sprint(e.Outcome)
	if e.Preflight != nil {
		text += fmt.Sprint(" ", e.Preflight.Headers[0].Field, " at least ", *e.Preflight.Headers[0].Matcher.AtLeast)
	}
	switch r := e.Response; {
	case r == nil:
	case r.ReadableOnly != nil:
		text += fmt.Sprint(" reading only ", r.ReadableOnly)
	case r.Never != nil:
		text += " never"
		for _, h := range r.Never {
			text += " " + h.Name + ": " + *h.Matcher.Equals
		}
	default:
		text += fmt.Sprint(" reading ", r.Readable)
	}
	return text
}

func TestIDsAndNamesOfDerivedCasesDoNotDependOnTheSeed(t *testing.T) {
	s := load(t, "testdata/policies/probes.yaml")
	one, other := cases(t, s, plan.Options{Seed: 1}), cases(t, s, plan.Options{Seed: 2})
	if diff := cmp.Diff(ids(one), ids(other)); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff(names(one), names(other)); diff != "" {
		t.Error(diff)
	}
	origins := func(all []plan.Case) []string {
		return collect(all, func(c plan.Case) string { return c.Fetch.Origin.String() })
	}
	if slices.Equal(origins(one), origins(other)) {
		t.Error("two seeds give the same labels")
	}
	if got := len(set(ids(one))); got != len(one) || len(set(names(one))) != got {
		t.Errorf("%d ids for %d cases", got, len(one))
	}
}

func TestNoProbeHasAnOriginThatThePolicyAllows(t *testing.T) {
	s := load(t, "testdata/policies/probes.yaml")
	for _, c := range cases(t, s, plan.Options{}) {
		if isStar := strings.HasPrefix(c.Probe, "wildcard-with"); c.Kind == plan.KindProbe && !isStar && c.Intent.Allows(c.Fetch.Origin) {
			t.Errorf("%s: %s is allowed", c.Name, c.Fetch.Origin)
		}
		if c.Kind != plan.KindAllow && (c.Probe == "" || c.Severity == 0) {
			t.Errorf("%s: which probe, how severe", c.Name)
		}
	}
}

// TestNoDerivedCaseSendsWhatChangesTheServer looks at all policies but those that ask for it.
func TestNoDerivedCaseSendsWhatChangesTheServer(t *testing.T) {
	for _, file := range []string{"intended", "probes", "public", "preflights"} {
		for _, c := range cases(t, load(t, "testdata/policies/"+file+".yaml"), plan.Options{}) {
			if c.Scenario == "all is sent" && c.Kind == plan.KindAllow {
				continue
			}
			steps, _ := plan.Forecast(&c)
			for _, s := range steps {
				if s.Sent && s.Request.Method != "GET" && s.Request.Method != "HEAD" && s.Request.Method != "OPTIONS" {
					t.Errorf("%s sends %s", c.Name, s.Request.Method)
				}
			}
		}
	}
}

func TestAPolicyBuiltInCodeIsCheckedAsAFileIs(t *testing.T) {
	policy := func(change func(*spec.Policy)) func(*spec.Suite) {
		return func(s *spec.Suite) { change(&s.Policies[0]) }
	}
	tests := []struct {
		change func(*spec.Suite)
		want   string
	}{
		{policy(func(p *spec.Policy) { p.Name = "" }), "it needs a name"},
		{policy(func(p *spec.Policy) { p.Targets = []string{"egde"} }), `there is no target "egde"`},
		{policy(func(p *spec.Policy) { p.Allow.Origins = nil }), "it needs an origin"},
		{policy(func(p *spec.Policy) { p.Allow.Origins = []cors.Origin{{Scheme: "https", Host: "A.example"}} }), "is not an origin"},
		{policy(func(p *spec.Policy) { p.Allow.Patterns = []string{"https://a.*.example"} }), "is not a pattern"},
		{policy(func(p *spec.Policy) { p.Allow.Methods = []string{"TRACE"} }), `no page can send method "TRACE"`},
		{policy(func(p *spec.Policy) { p.Allow.Headers = []spec.AllowedHeader{{Name: "Cookie"}} }), `set header "Cookie"`},
		{policy(func(p *spec.Policy) { p.Browsers = []string{"netscape"} }), `there is no browser "netscape"`},
		{policy(func(p *spec.Policy) { p.Probes = []string{"trusts-prefx"} }), `there is no probe "trusts-prefx"`},
		{policy(func(p *spec.Policy) { p.Errors.Paths = []string{"/a\nb"} }), `no request has the path "/a\nb"`},
		{policy(func(p *spec.Policy) { p.MaxAge = &spec.Matcher{Matches: "("} }), "error parsing regexp"},
		{policy(func(p *spec.Policy) { p.Paths = slices.Repeat([]string{"/"}, 20_000) }), "at most 1000000 can be run"},
		{func(s *spec.Suite) { s.Rules = []spec.RuleLevel{{Rule: "x", Level: "off"}} }, `there is no rule "x"`},
		{func(s *spec.Suite) { s.Rules = []spec.RuleLevel{{Rule: "trusts-null", Level: "no"}} }, `there is no level "no"`},
	}
	for _, tt := range tests {
		t.Run(tt.want, func(t *testing.T) {
			s := suite(t)
			s.Policies = []spec.Policy{{Name: "p", Allow: spec.Allow{Origins: []cors.Origin{{}}}}}
			tt.change(s)
			all, err := plan.New(s, plan.Options{})
			if err == nil || !strings.Contains(err.Error(), tt.want) || all != nil {
				t.Errorf("got %d cases and error %v", len(all), err)
			}
		})
	}
}

// FuzzPolicies holds that what spec takes, plan takes, and that no two cases are alike to a dashboard.
func FuzzPolicies(f *testing.F) {
	files, err := filepath.Glob("testdata/policies/*.yaml")
	if err != nil || len(files) == 0 {
		f.Fatal("no files", err)
	}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		s, mistakes := spec.Parse("f.yaml", text, spec.Options{Probes: audit.ProbeIDs(), Rules: audit.ProbeIDs()})
		if mistakes != nil || len(text) > 2000 || slices.ContainsFunc(s.Targets, func(t spec.Target) bool { return t.URL == spec.TargetDemo }) {
			return
		}
		all, err := plan.New(s, plan.Options{})
		if err != nil {
			t.Fatal(err)
		}
		seen := map[string]bool{}
		for _, c := range all {
			key := c.Scenario + "\x00" + c.Name
			if seen[c.ID] || seen[key] || len(c.Browsers) == 0 {
				t.Errorf("%s %s: twice, or without a browser", c.ID, c.Name)
			}
			seen[c.ID], seen[key] = true, true
		}
	})
}

// BenchmarkPolicies plans what a large policy means.
func BenchmarkPolicies(b *testing.B) {
	s := &spec.Suite{Targets: []spec.Target{{URL: "https://api.example.com"}}}
	p := spec.Policy{Name: "p", Allow: spec.Allow{Methods: []string{"GET", "PUT", "DELETE"}, Credentials: true,
		Headers: []spec.AllowedHeader{{Name: "Content-Type"}, {Name: "Authorization"}, {Name: "X-A"}}}}
	for i := range 50 {
		p.Allow.Origins = append(p.Allow.Origins, cors.Origin{Scheme: "https", Host: fmt.Sprintf("app%d.example.com", i)})
	}
	for i := range 20 {
		p.Paths = append(p.Paths, fmt.Sprintf("/users/%d", i))
	}
	s.Policies = []spec.Policy{p}
	b.ReportAllocs()
	for b.Loop() {
		b.ReportMetric(float64(len(cases(b, s, plan.Options{}))), "cases")
	}
}
