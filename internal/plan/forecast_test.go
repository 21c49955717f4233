package plan_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/corsgate/corsgate/cors"
	"github.com/corsgate/corsgate/internal/plan"
	"github.com/corsgate/corsgate/spec"
)

func TestAForecastHasWhatIsKnownBeforeAnythingIsSent(t *testing.T) {
	tests := []struct {
		name     string
		scenario spec.Scenario
		want     []string
	}{
		{"a simple request", spec.Scenario{}, []string{"request GET, sent by chromium firefox webkit"}},
		{"a preflight and what follows it", spec.Scenario{Headers: [][]cors.Header{{{Name: "X-A", Value: "1"}}}},
			[]string{"preflight OPTIONS, sent by chromium firefox webkit", "request GET, sent by chromium firefox webkit"}},
		{"an unsafe request is held back", spec.Scenario{Methods: []string{"PUT"}, Credentials: []cors.CredentialsMode{"include"}},
			[]string{"preflight OPTIONS, sent by chromium firefox webkit", "request PUT, held back by chromium firefox webkit"}},
		{"unless all is sent", spec.Scenario{Methods: []string{"PUT"}, Send: spec.SendAlways},
			[]string{"preflight OPTIONS, sent by chromium firefox webkit", "request PUT, sent by chromium firefox webkit"}},
		{"browsers that send different things", spec.Scenario{
			Headers: [][]cors.Header{{{Name: "Save-Data", Value: "on"}}}, Browsers: []string{"chromium", "firefox"},
		}, []string{"request GET, sent by chromium firefox", "preflight OPTIONS, sent by firefox"}},
		{"nothing at all", spec.Scenario{Mode: cors.ModeSameOrigin}, []string{"disallowed-by-mode"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			tt.scenario.Name, tt.scenario.Origins = "s", []cors.Origin{origin(t, "https://app.example.com")}
			c := cases(t, &spec.Suite{
				Targets: []spec.Target{{URL: "https://api.example.com"}}, Scenarios: []spec.Scenario{tt.scenario},
			}, plan.Options{})[0]
			if diff := cmp.Diff(tt.want, told(&c)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func told(c *plan.Case) []string {
	steps, refused := plan.Forecast(c)
	if len(steps) == 0 {
		return []string{string(refused.Reason)}
	}
	var lines []string
	for _, s := range steps {
		how := map[bool]string{true: "sent", false: "held back"}[s.Sent]
		lines = append(lines, fmt.Sprintf("%s %s, %s by %s", s.Request.Kind, s.Request.Method, how, strings.Join(s.Engines, " ")))
	}
	return lines
}
