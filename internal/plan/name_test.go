package plan_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/corsgate/corsgate/cors"
	"github.com/corsgate/corsgate/internal/plan"
	"github.com/corsgate/corsgate/spec"
)

func TestIDsAndNamesAreUnique(t *testing.T) {
	s := suite(t)
	s.Scenarios = append(s.Scenarios, s.Scenarios[0]) // the same scenario twice
	all := cases(t, s, plan.Options{})
	if got := len(set(ids(all))); got != len(all) {
		t.Errorf("%d ids for %d cases", got, len(all))
	}
	if got := len(set(names(all))); got != len(all) {
		t.Errorf("%d names for %d cases of one scenario name", got, len(all))
	}
	if !strings.HasSuffix(all[64].Name, " (2)") || all[64].ID != all[0].ID+"-2" {
		t.Errorf("the second of two equal cases is %q %s", all[64].Name, all[64].ID)
	}
}

func set(list []string) map[string]bool {
	m := map[string]bool{}
	for _, s := range list {
		m[s] = true
	}
	return m
}

func TestIDsStayWhatTheyAreWhenOtherThingsChange(t *testing.T) {
	tests := []struct {
		name   string
		change func(*spec.Suite)
		stays  bool
	}{
		{"nothing", func(*spec.Suite) {}, true},
		{"the file stands in another folder", func(s *spec.Suite) { s.File = "/home/ci/" + s.File }, true},
		{"the scenario moved down", func(s *spec.Suite) { s.Scenarios[0].Pos.Line = 99 }, true},
		{"the target moved", func(s *spec.Suite) { s.Targets[0].URL = "http://127.0.0.1:34567" }, true},
		{"the secret was rotated", func(s *spec.Suite) {
			s.Secrets = []string{"another-token"}
			s.Scenarios[0].Headers[0][1].Value = "Bearer another-token"
		}, true},
		{"another scenario stands before it", func(s *spec.Suite) {
			s.Scenarios[0].Tags, s.Scenarios = nil, append(suite(t).Scenarios, s.Scenarios...)
			s.Scenarios[0].Name = "another"
		}, true},
		{"a value was added to a list", func(s *spec.Suite) {
			s.Scenarios[0].Methods = append(s.Scenarios[0].Methods, "PATCH")
		}, true},
		{"the expectation changed", func(s *spec.Suite) { s.Scenarios[0].Expect.Outcome = []cors.Verdict{cors.Blocked} }, true},
		{"the scenario was renamed", func(s *spec.Suite) { s.Scenarios[0].Name = "x" }, false},
		{"the target was renamed", func(s *spec.Suite) { s.Targets[0].Name = "x" }, false},
		{"another path", func(s *spec.Suite) { s.Scenarios[0].Paths[0] = "/x" }, false},
		{"another header value", func(s *spec.Suite) { s.Scenarios[0].Headers[0][0].Value = "text/csv" }, false},
	}
	before := cases(t, suite(t), plan.Options{})[0]
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s := suite(t)
			tt.change(s)
			if got := slices.Contains(ids(cases(t, s, plan.Options{})), before.ID); got != tt.stays {
				t.Errorf("id %s stays: %t, want %t", before.ID, got, tt.stays)
			}
		})
	}
}

// The value was taken from a run: an id that changes breaks every dashboard's history.
func TestIDsAreTheSameInEveryVersion(t *testing.T) {
	const want = "cb3742ce8b01"
	if got := cases(t, suite(t), plan.Options{})[0].ID; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

func TestHeaderSetsOfTheSameNamesAreNamedByTheirValues(t *testing.T) {
	s := suite(t)
	s.Targets = s.Targets[:1]
	s.Targets[0].Name = ""
	s.Scenarios[0] = spec.Scenario{Name: "s", Origins: []cors.Origin{{}}, Headers: [][]cors.Header{
		{{Name: "X-A", Value: "1"}}, {{Name: "x-a", Value: "Bearer s3cr3t-token"}}, {{Name: "X-A", Value: strings.Repeat("é", 99)}},
		{{Name: "X-B", Value: "1"}, {Name: "X-B", Value: "2"}},
	}}
	want := []string{
		"GET / from null, x-a: 1", "GET / from null, x-a: Bearer ***", "GET / from null, x-a: " + strings.Repeat("é", 39) + "…",
		"GET / from null, x-b",
	}
	if diff := cmp.Diff(want, names(cases(t, s, plan.Options{}))); diff != "" {
		t.Error(diff)
	}
}

func TestSecretsStandInNoNameOrID(t *testing.T) {
	make := func(secret string) []plan.Case {
		return cases(t, &spec.Suite{
			Targets: []spec.Target{{URL: "https://a.example"}}, Secrets: []string{secret, secret[:5]},
			Scenarios: []spec.Scenario{{Name: "s", Origins: []cors.Origin{{}}, Paths: []string{"/?key=" + secret, "/?key=other"}}},
		}, plan.Options{})
	}
	one, other := make("first-secret"), make("another-one")
	if diff := cmp.Diff(ids(one), ids(other)); diff != "" {
		t.Errorf("ids depend on the secret: %s", diff)
	}
	if one[0].Name != "GET /?key=*** from null" {
		t.Errorf("got %q", one[0].Name)
	}
}

func TestSeveralSuitesKeepTheirIDsApart(t *testing.T) {
	a, b, c := suite(t), suite(t), suite(t)
	b.File, c.File = "other/corsgate.yaml", "other/more.cors.yaml"
	all, err := plan.NewAll([]*spec.Suite{a, b, c}, plan.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if got := len(set(ids(all))); got != 3*64 {
		t.Errorf("%d ids for %d cases", got, len(all))
	}
	alone := cases(t, c, plan.Options{})
	if diff := cmp.Diff(ids(alone), ids(all[128:])); diff != "" {
		t.Errorf("a file of another name has the same ids alone: %s", diff)
	}
}
