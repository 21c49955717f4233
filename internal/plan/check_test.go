package plan_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/corsgate/corsgate/cors"
	"github.com/corsgate/corsgate/internal/plan"
	"github.com/corsgate/corsgate/spec"
)

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
		{scenario(func(sc *spec.Scenario) { sc.Paths = []string{"/a\nb"} }), `no request has the path "/a\nb"`},
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
