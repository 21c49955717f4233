package plan_test

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/corsgate/corsgate/assert"
	"github.com/corsgate/corsgate/cors"
	"github.com/corsgate/corsgate/internal/plan"
	"github.com/corsgate/corsgate/spec"
)

func origin(t testing.TB, s string) cors.Origin {
	t.Helper()
	o, err := cors.ParseOrigin(s)
	if err != nil {
		t.Fatal(err)
	}
	return o
}

// suite is one scenario with two values in every dimension.
func suite(t testing.TB) *spec.Suite {
	return &spec.Suite{
		File:    "ci/corsgate.yaml",
		Targets: []spec.Target{{Name: "edge", URL: "https://api.example.com:8443/v1/"}, {Name: "origin", URL: "http://10.0.0.7"}},
		Secrets: []string{"s3cr3t-token"},
		Scenarios: []spec.Scenario{{
			Name: "the web app edits a user", Pos: spec.Pos{Line: 7, Column: 5},
			Paths:   []string{"/users/1", "/users?page=2"},
			Origins: []cors.Origin{origin(t, "https://app.example.com"), {}},
			Methods: []string{"PUT", "DELETE"},
			Headers: [][]cors.Header{
				{{Name: "Content-Type", Value: "application/json"}, {Name: "Authorization", Value: "Bearer s3cr3t-token"}}, nil,
			},
			Credentials: []cors.CredentialsMode{cors.CredentialsSameOrigin, cors.CredentialsInclude},
			Tags:        []string{"smoke"},
		}},
	}
}

func cases(t testing.TB, s *spec.Suite, o plan.Options) []plan.Case {
	t.Helper()
	all, err := plan.New(s, o)
	if err != nil {
		t.Fatal(err)
	}
	return all
}

func collect[T any](all []plan.Case, f func(plan.Case) T) []T {
	var list []T
	for _, c := range all {
		list = append(list, f(c))
	}
	return list
}

func names(all []plan.Case) []string { return collect(all, func(c plan.Case) string { return c.Name }) }
func ids(all []plan.Case) []string   { return collect(all, func(c plan.Case) string { return c.ID }) }
func urls(all []plan.Case) []string {
	return collect(all, func(c plan.Case) string { return c.Fetch.URL })
}

func TestTheMatrixHasAPromisedOrderAndReadableNames(t *testing.T) {
	all := cases(t, suite(t), plan.Options{})
	if len(all) != 64 {
		t.Fatalf("got %d cases, want 2^6", len(all))
	}
	want := []string{
		"PUT /users/1 from https://app.example.com, content-type + authorization, on edge",
		"PUT /users/1 from https://app.example.com, include, content-type + authorization, on edge",
		"PUT /users/1 from https://app.example.com, on edge",
		"PUT /users/1 from https://app.example.com, include, on edge",
		"DELETE /users/1 from https://app.example.com, content-type + authorization, on edge",
	}
	if diff := cmp.Diff(want, names(all)[:5]); diff != "" {
		t.Error(diff)
	}
	slowest := []string{all[8].Name, all[16].Name, all[32].Name}
	want = []string{
		"PUT /users/1 from null, content-type + authorization, on edge",
		"PUT /users?page=2 from https://app.example.com, content-type + authorization, on edge",
		"PUT /users/1 from https://app.example.com, content-type + authorization, on origin",
	}
	if diff := cmp.Diff(want, slowest); diff != "" {
		t.Error(diff)
	}
}

func TestFiltersChooseAndChangeNothing(t *testing.T) {
	s := suite(t)
	s.Scenarios = append(s.Scenarios, s.Scenarios[0])
	s.Scenarios[1].Tags = []string{"slow", "nightly"}
	all := cases(t, s, plan.Options{})
	tests := []struct {
		name    string
		options plan.Options
		want    []plan.Case
	}{
		{"by one tag", plan.Options{Tags: []string{"nightly"}}, all[64:]},
		{"by any of the tags", plan.Options{Tags: []string{"smoke", "slow"}}, all},
		{"by an unknown tag", plan.Options{Tags: []string{"none"}}, nil},
		{"by scenario", plan.Options{Filter: regexp.MustCompile("^the web app .* / PUT /users/1 .*(2)")}, every(all[64:], "PUT /users/1 ")},
		{"by tag and name", plan.Options{Tags: []string{"slow"}, Filter: regexp.MustCompile("from null")}, every(all[64:], "from null")},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got := cases(t, s, tt.options)
			if diff := cmp.Diff(ids(tt.want), ids(got)); diff != "" {
				t.Error(diff)
			}
			if diff := cmp.Diff(names(tt.want), names(got)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func every(all []plan.Case, part string) []plan.Case {
	return slices.DeleteFunc(slices.Clone(all), func(c plan.Case) bool { return !strings.Contains(c.Name, part) })
}

func TestURLsJoinTargetAndPath(t *testing.T) {
	tests := []struct{ target, path, want string }{
		{"https://api.example.com", "/users", "https://api.example.com/users"},
		{"https://api.example.com/", "/users", "https://api.example.com/users"},
		{"https://api.example.com/v1", "/users?x=1&y=%20", "https://api.example.com/v1/users?x=1&y=%20"},
		{"https://api.example.com/v1/", "users", "https://api.example.com/v1/users"},
		{"https://api.example.com", "", "https://api.example.com/"},
		{"https://api.example.com/v1", "/a%2Fb/ü", "https://api.example.com/v1/a%2Fb/ü"},
		{"https://api.example.com/v1", "http://other.example/x", "http://other.example/x"},
		{"https://api.example.com/v1", "HTTPS://other.example", "HTTPS://other.example"},
		{"https://api.example.com", "//evil.example", "https://api.example.com//evil.example"},
	}
	for _, tt := range tests {
		t.Run(tt.target+" "+tt.path, func(t *testing.T) {
			all := cases(t, &spec.Suite{Targets: []spec.Target{{URL: tt.target}}, Scenarios: []spec.Scenario{
				{Name: "s", Paths: []string{tt.path}, Origins: []cors.Origin{{}}},
			}}, plan.Options{})
			if got := all[0].Fetch.URL; got != tt.want {
				t.Errorf("got %s, want %s", got, tt.want)
			}
		})
	}
}

func TestAbsoluteURLsRunOnceAndTakeTheirOwnTargetsWay(t *testing.T) {
	s := suite(t)
	s.Targets[0].Connect, s.Targets[0].Insecure = "127.0.0.1:1", true
	s.Scenarios = []spec.Scenario{{
		Name: "s", Origins: []cors.Origin{{}},
		Paths: []string{"/a", "https://API.example.com:8443/b", "https://elsewhere.example/c"},
	}}
	all := cases(t, s, plan.Options{})
	want := []string{
		"https://api.example.com:8443/v1/a", "https://API.example.com:8443/b", "https://elsewhere.example/c", "http://10.0.0.7/a",
	}
	if diff := cmp.Diff(want, urls(all)); diff != "" {
		t.Error(diff)
	}
	if all[1].Target != all[0].Target || *all[2].Target != (spec.Target{}) {
		t.Errorf("targets are %+v and %+v", all[1].Target, all[2].Target)
	}
}

func TestASuiteWithoutTargetsNeedsAbsolutePaths(t *testing.T) {
	all := cases(t, &spec.Suite{Scenarios: []spec.Scenario{
		{Name: "s", Origins: []cors.Origin{{}}, Paths: []string{"https://a.example/x"}},
	}}, plan.Options{})
	if len(all) != 1 || all[0].Target == nil {
		t.Errorf("got %+v", all)
	}
}

func TestDefaultsAreFilledIn(t *testing.T) {
	c := cases(t, &spec.Suite{
		Targets:   []spec.Target{{URL: "https://api.example.com"}},
		Scenarios: []spec.Scenario{{Name: "s", Origins: []cors.Origin{{}}, Cookies: []spec.Cookie{{Name: "a", Value: "b"}}}},
	}, plan.Options{})[0]
	c.ID, c.Target, c.Fetch.PublicSuffixes = "", nil, nil
	want := plan.Case{
		Name: "GET / from null", Scenario: "s", Kind: plan.KindScenario, Send: spec.SendAuto, Repeat: 1,
		Browsers: []cors.Engine{cors.Chromium, cors.Firefox, cors.WebKit},
		Fetch: cors.Fetch{
			URL: "https://api.example.com/", Method: "GET", Mode: cors.ModeCORS, Credentials: cors.CredentialsSameOrigin,
			Redirect: cors.RedirectFollow,
			Cookies:  []cors.Cookie{{Name: "a", Value: "b", Host: "api.example.com", Secure: true, SameSite: cors.SameSiteNone}},
		},
		Expect: assert.Expectation{Outcome: []cors.Verdict{cors.Allowed}},
	}
	sameName := cmp.Comparer(func(a, b cors.Engine) bool { return a.Name == b.Name })
	if diff := cmp.Diff(want, c, sameName); diff != "" {
		t.Error(diff)
	}
}

func TestAnOutcomeLeftOutMeansThatThePageGetsThrough(t *testing.T) {
	tests := []struct {
		scenario spec.Scenario
		want     []cors.Verdict
	}{
		{spec.Scenario{}, []cors.Verdict{cors.Allowed}},
		{spec.Scenario{Mode: cors.ModeNoCORS}, []cors.Verdict{cors.Allowed, cors.Opaque}},
		{spec.Scenario{Redirect: cors.RedirectManual}, []cors.Verdict{cors.Allowed, cors.OpaqueRedirect}},
		{spec.Scenario{Expect: spec.Expect{Stage: []cors.Stage{cors.StagePreflight}}}, []cors.Verdict{cors.Blocked}},
		{spec.Scenario{Expect: spec.Expect{Reason: []cors.Reason{cors.ReasonBadPort}}}, []cors.Verdict{cors.Blocked}},
		{spec.Scenario{Expect: spec.Expect{Outcome: []cors.Verdict{cors.Opaque}}}, []cors.Verdict{cors.Opaque}},
	}
	for _, tt := range tests {
		tt.scenario.Name, tt.scenario.Origins = "s", []cors.Origin{{}}
		s := &spec.Suite{Targets: []spec.Target{{URL: "https://a.example"}}, Scenarios: []spec.Scenario{tt.scenario}}
		if diff := cmp.Diff(tt.want, cases(t, s, plan.Options{})[0].Expect.Outcome); diff != "" {
			t.Error(diff)
		}
	}
}

func TestExpectationsNameTheirFields(t *testing.T) {
	m := &spec.Matcher{Contains: []string{"x"}}
	others := []spec.HeaderMatcher{{Name: "Cache-Control", Matcher: *m}}
	s := suite(t)
	s.Scenarios[0].Expect = spec.Expect{
		Preflight: &spec.PreflightExpect{Status: m, AllowOrigin: m, AllowMethods: m, AllowHeaders: m, AllowCredentials: m,
			MaxAge: m, Vary: m, Headers: others},
		Response: &spec.ResponseExpect{Status: m, AllowOrigin: m, AllowCredentials: m, ExposeHeaders: m, Vary: m,
			Headers: others, Readable: []string{"A"}, Unreadable: []string{"B"}},
	}
	var got []string
	e := cases(t, s, plan.Options{})[0].Expect
	for _, h := range slices.Concat(e.Preflight.Headers, e.Response.Headers) {
		got = append(got, h.Field+" "+h.Name)
	}
	want := []string{
		"preflight.allow-origin Access-Control-Allow-Origin", "preflight.allow-methods Access-Control-Allow-Methods",
		"preflight.allow-headers Access-Control-Allow-Headers",
		"preflight.allow-credentials Access-Control-Allow-Credentials", "preflight.max-age Access-Control-Max-Age",
		"preflight.vary Vary", "preflight.headers.Cache-Control Cache-Control",
		"response.allow-origin Access-Control-Allow-Origin",
		"response.allow-credentials Access-Control-Allow-Credentials",
		"response.expose-headers Access-Control-Expose-Headers", "response.vary Vary",
		"response.headers.Cache-Control Cache-Control",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestAPlanLeavesItsSuiteAsItIs(t *testing.T) {
	s := suite(t)
	cases(t, s, plan.Options{})
	if diff := cmp.Diff(suite(t), s); diff != "" {
		t.Error(diff)
	}
}

// BenchmarkNew plans 100,000 cases; B/op is what a plan of that size holds and what it took to make it.
func BenchmarkNew(b *testing.B) {
	s := suite(b)
	for i := range 100_000/16 - 2 {
		s.Scenarios[0].Paths = append(s.Scenarios[0].Paths, fmt.Sprintf("/users/%d", i))
	}
	s.Targets = s.Targets[:1]
	b.ReportAllocs()
	for b.Loop() {
		if n := len(cases(b, s, plan.Options{})); n != 100_000 {
			b.Fatal(n)
		}
	}
}
