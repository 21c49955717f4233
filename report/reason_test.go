package report_test

import (
	"strings"
	"testing"

	"github.com/corsgate/corsgate/cors"
	"github.com/corsgate/corsgate/report"
)

func TestEveryReasonIsExplained(t *testing.T) {
	for _, reason := range cors.Reasons() {
		r := report.ReasonRule(string(reason))
		if strings.Contains(r.What, "Its reason is") || r.ID != string(reason) || r.Plain() != r.What {
			t.Errorf("got %+v", r)
		}
	}
	if r := report.ReasonRule("new-reason"); !strings.Contains(r.Plain(), "new-reason") {
		t.Errorf("got %+v", r)
	}
}

func TestARuleIsFoundByItsKindFirst(t *testing.T) {
	rules := []report.Rule{{ID: "a", Kinds: []string{report.RuleProbe}}, {ID: "a", Kinds: []string{report.RuleCause}, Title: "A"}}
	if r, ok := report.FindRule(rules, "a", report.RuleFinding, report.RuleCause, report.RuleProbe); !ok || r.Name() != "A" {
		t.Errorf("got %+v", r)
	}
	if r, ok := report.FindRule(rules, "b", report.RuleProbe); ok {
		t.Errorf("got %+v", r)
	}
	if got := rules[0].Plain(); got != "a" {
		t.Errorf("got %q", got)
	}
}
