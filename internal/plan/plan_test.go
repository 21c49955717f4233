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
	if diff := cmp.Diff(want, c); diff != "" {
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

func TestASuiteBuiltInCodeIsCheckedAsAFileIs(t *testing.T) {
	scenario := func(change func(*spec.Scenario)) func(*spec.Suite) {
		return func(s *spec.Suite) { change(&s.Scenarios[0]) }
	}
	header := func(name, value string) func(*spec.Suite) {
		return scenario(func(sc *spec.Scenario) { sc.Headers = [][]cors.Header{{{Name: name, Value: value}}} })
	}
	tests := []struct {
		change func(*spec.Suite)
		want   string
	}{
		{func(s *spec.Suite) { s.Targets[1].Name = "edge" }, `there are two targets of the name "edge"`},
		{func(s *spec.Suite) { s.Targets[0].URL = "api.example.com" }, `target "api.example.com" is not a URL`},
		{func(s *spec.Suite) { s.Targets[0].URL = "ftp://a.example" }, `target "ftp://a.example" is not an http(s) URL`},
		{func(s *spec.Suite) { s.Targets[0].URL = "https://a.example/?x" }, "has a query or a fragment"},
		{func(s *spec.Suite) { s.Targets[0].URL = "demo" }, `target "demo" needs the demonstration API`},
		{func(s *spec.Suite) { s.Targets[0].HTTP = "3" }, `asks for HTTP version "3": there are 1.1 and 2`},
		{func(s *spec.Suite) { s.Targets = nil }, `path "/users/1" needs a target`},
		{func(s *spec.Suite) { s.Secrets = []string{"abc"} }, "a secret has fewer than 4 bytes or a line break"},
		{scenario(func(sc *spec.Scenario) { sc.Name = "" }), "it needs a name"},
		{scenario(func(sc *spec.Scenario) { sc.Origins = nil }), "it needs an origin"},
		{scenario(func(sc *spec.Scenario) { sc.Origins = []cors.Origin{{Scheme: "https", Host: "A.example"}} }), "is not an origin"},
		{scenario(func(sc *spec.Scenario) { sc.Origins = []cors.Origin{{Scheme: "https", Host: "a.example", Port: 443}} }),
			"is not an origin"},
		{scenario(func(sc *spec.Scenario) { sc.Paths = slices.Repeat(sc.Paths, 40_000) }),
			"its lists multiply to 2560000 cases; at most 1000000 can be run"},
		{scenario(func(sc *spec.Scenario) { sc.Targets = []string{"egde"} }), `there is no target "egde"`},
		{scenario(func(sc *spec.Scenario) { sc.Paths = []string{"/a b"} }), `no request has the path "/a b"`},
		{scenario(func(sc *spec.Scenario) { sc.Paths = []string{"https://u:p@a.example/"} }), `no request has the path`},
		{scenario(func(sc *spec.Scenario) { sc.Methods = []string{"TRACE"} }), `no page can send method "TRACE": forbidden-method`},
		{scenario(func(sc *spec.Scenario) { sc.Methods = []string{"GE T"} }), `no page can send method "GE T": invalid-method`},
		{scenario(func(sc *spec.Scenario) { sc.Methods, sc.Body = []string{"GET"}, new(string) }), `"GET": body-not-allowed`},
		{header("Origin", "x"), `a browser lets no page set header "Origin"`},
		{header("X A", "x"), `no page can send header "X A": invalid-header`},
		{header("X-A", "a\r\nb"), `no page can send header "X-A": invalid-header`},
		{scenario(func(sc *spec.Scenario) { sc.Browsers = []string{"netscape"} }), `there is no browser "netscape"`},
		{scenario(func(sc *spec.Scenario) { sc.Credentials[0] = "yes" }), `there is no credentials mode "yes"`},
		{scenario(func(sc *spec.Scenario) { sc.Mode = "navigate" }), `there is no mode "navigate"`},
		{scenario(func(sc *spec.Scenario) { sc.Redirect = "no" }), `there is no redirect mode "no"`},
		{scenario(func(sc *spec.Scenario) { sc.Send = "some" }), `there is no send "some"`},
		{scenario(func(sc *spec.Scenario) { sc.Repeat = -1 }), "repeat and timeout are not negative"},
		{scenario(func(sc *spec.Scenario) { sc.Expect.Outcome = []cors.Verdict{"ok"} }), `there is no outcome "ok"`},
		{scenario(func(sc *spec.Scenario) { sc.Expect.Reason = []cors.Reason{"x"} }), `there is no reason "x"`},
		{scenario(func(sc *spec.Scenario) { sc.Expect.Stage = []cors.Stage{"x"} }), `there is no stage "x"`},
		{scenario(func(sc *spec.Scenario) {
			sc.Expect.Response = &spec.ResponseExpect{Vary: &spec.Matcher{Matches: "("}}
		}), "error parsing regexp"},
	}
	for _, tt := range tests {
		t.Run(tt.want, func(t *testing.T) {
			s := suite(t)
			tt.change(s)
			all, err := plan.New(s, plan.Options{})
			if err == nil || !strings.Contains(err.Error(), tt.want) || all != nil {
				t.Errorf("got %d cases and error %v", len(all), err)
			}
		})
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
