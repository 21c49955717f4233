package spec_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/corsgate/corsgate/cors"
	"github.com/corsgate/corsgate/spec"
)

func policy(lines ...string) string {
	text := "version: 1\ntarget: https://api.example.com\npolicies:\n  - name: a\n"
	for _, l := range lines {
		text += "    " + l + "\n"
	}
	return text
}

func text(s string) *string { return &s }

// meant is what authors of policies write, and what corsgate takes it for.
var meant = []struct {
	name string
	text string
	got  func(*spec.Suite) any
	want any
}{
	{"origins and patterns are told apart",
		policy(`allow: {origins: [https://app.example.com, "https://*.preview.example.com:8443", null]}`),
		func(s *spec.Suite) any { return s.Policies[0].Allow }, spec.Allow{
			Origins:  []cors.Origin{{Scheme: "https", Host: "app.example.com"}, {}},
			Patterns: []string{"https://*.preview.example.com:8443"},
		}},
	{"a star alone, in a list or not, is anything", policy(`allow: {origins: "*", methods: ["*"], headers: "*", credentials: off}`),
		func(s *spec.Suite) any { return s.Policies[0].Allow },
		spec.Allow{AnyOrigin: true, AnyMethod: true, AnyHeader: true}},
	{"a star may come out of a variable", "vars: {any: '*'}\n" + policy(`allow: {origins: "${any}"}`),
		func(s *spec.Suite) any { return s.Policies[0].Allow.AnyOrigin }, true},
	{"headers by name have no value", policy(`allow: {origins: null, headers: [Content-Type, X-A]}`),
		func(s *spec.Suite) any { return s.Policies[0].Allow.Headers },
		[]spec.AllowedHeader{{Name: "Content-Type"}, {Name: "X-A"}}},
	{"a header's value may be left out, be empty, or read null",
		policy(`allow: {origins: null, headers: {A: , B: ~, C: "", D: null, E: 010}}`),
		func(s *spec.Suite) any { return s.Policies[0].Allow.Headers },
		[]spec.AllowedHeader{{Name: "A"}, {Name: "B"}, {"C", text("")}, {"D", text("null")}, {"E", text("010")}}},
	{"expose left out says nothing", policy(`allow: {origins: null}`),
		func(s *spec.Suite) any { return s.Policies[0].Expose }, []string(nil)},
	{"an empty expose says that nothing is exposed", policy(`allow: {origins: null}`, `expose: []`),
		func(s *spec.Suite) any { return s.Policies[0].Expose }, []string{}},
	{"max-age is seconds", policy(`allow: {origins: null, methods: PUT}`, `max-age: {at-least: 10m}`),
		func(s *spec.Suite) any { return *s.Policies[0].MaxAge.AtLeast }, 600.0},
	{"all probes are meant where none is named", policy(`allow: {origins: null}`),
		func(s *spec.Suite) any { return s.Policies[0].Probes }, []string(nil)},
	{"all probes may be said", policy(`allow: {origins: null}`, `probes: all`),
		func(s *spec.Suite) any { return s.Policies[0].Probes }, []string(nil)},
	{"no probe", policy(`allow: {origins: null}`, `probes: none`),
		func(s *spec.Suite) any { return s.Policies[0].Probes }, []string{}},
	{"a probe alone", policy(`allow: {origins: null}`, `probes: trusts-null`),
		func(s *spec.Suite) any { return s.Policies[0].Probes }, []string{"trusts-null"}},
	{"errors can be switched off", policy(`allow: {origins: null}`, `errors: off`),
		func(s *spec.Suite) any { return s.Policies[0].Errors }, spec.Errors{Off: true}},
	{"errors have paths of their own", policy(`allow: {origins: null}`, `errors: /gone`),
		func(s *spec.Suite) any { return s.Policies[0].Errors }, spec.Errors{Paths: []string{"/gone"}}},
	{"defaults hold for policies too",
		"defaults: {timeout: 3s, tags: [nightly], origins: null}\n" + policy(`allow: {origins: "*"}`, `tags: [own]`),
		func(s *spec.Suite) any { return []any{s.Policies[0].Timeout, s.Policies[0].Tags} },
		[]any{3 * time.Second, []string{"own"}}},
	{"off is a level", "rules: {a-rule: off, another: error}\n" + policy(`allow: {origins: null}`),
		func(s *spec.Suite) any { return s.Rules }, []spec.RuleLevel{
			{Pos: spec.Pos{Line: 1, Column: 9}, Rule: "a-rule", Level: "off"},
			{Pos: spec.Pos{Line: 1, Column: 22}, Rule: "another", Level: "error"},
		}},
	{"a server is started in the file's folder",
		"serve: {command: [node, s.js, \"\"], ready: \"localhost:3000\", env: {A: 010}}\n" + policy(`allow: {origins: null}`),
		func(s *spec.Suite) any { return *s.Serve }, spec.Serve{
			Pos: spec.Pos{Line: 1, Column: 8}, Command: []string{"node", "s.js", ""}, Ready: "localhost:3000", Dir: "ci",
			Env: []spec.Variable{{Name: "A", Value: "010"}},
		}},
}

func TestPoliciesSayWhatIsMeant(t *testing.T) {
	for _, tt := range meant {
		t.Run(tt.name, func(t *testing.T) {
			suite, mistakes := spec.Parse("ci/f.yaml", []byte(tt.text), spec.Options{})
			if mistakes != nil {
				t.Fatal(mistakes)
			}
			if diff := cmp.Diff(tt.want, tt.got(suite)); diff != "" {
				t.Error("-want +got\n" + diff)
			}
		})
	}
}
