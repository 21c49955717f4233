package html

import (
	"slices"
	"strings"

	"github.com/corsgate/corsgate/report"
)

// collection counts what many cases have in common.
type collection struct {
	items []*item // in the order of their first cases
	byKey map[string]*item
}

// item is a cause, a reason, an error or a finding that several cases may have.
type item struct {
	ID, Class        string
	Message          string // of the first case
	Various          bool   // others have other messages
	kind             string
	Title, What, Why string // of its rule
	URL              string
	Remedy           remedy
	Cases            int
	Links            []link // to the first of the cases
}

type link struct {
	ID   int
	Name string
}

// linked is how many cases an item names.
const linked = 5

func (l *collection) add(key string, one item, c *report.Case, id int) {
	have := l.byKey[key]
	if have == nil {
		if l.byKey == nil {
			l.byKey = map[string]*item{}
		}
		have = &one
		l.byKey[key] = have
		l.items = append(l.items, have)
	}
	have.Various = have.Various || have.Message != one.Message
	if have.Cases++; have.Cases <= linked {
		have.Links = append(have.Links, link{id, show(c.Scenario + ": " + c.Name)})
	}
}

// addTrouble counts c by its cause, or else by what is known in its stead.
func (l *collection) addTrouble(c *report.Case, id int) {
	one := item{Class: string(c.Status)}
	switch {
	case c.Status != report.Failed && c.Status != report.Errored:
		return
	case c.Cause != nil:
		one.ID, one.kind = show(c.Cause.ID), report.RuleCause
		one.Message, one.Remedy = show(c.Cause.Message), newRemedy(c.Cause.Remedy)
		if c.Probe != "" {
			one.kind = report.RuleProbe
		}
	case c.Error != nil:
		one.ID, one.Message = show(c.Error.Kind), show(c.Error.Message)
	case c.Probe != "":
		one.ID, one.kind, one.Message = show(c.Probe), report.RuleProbe, show(report.Headline(c))
	case c.Reason != "":
		one.ID, one.kind, one.Message = show(c.Reason), report.RuleReason, report.ReasonRule(c.Reason).What
	default:
		one.ID, one.Message = "expectation", show(report.Headline(c))
	}
	l.add(one.Class+" "+one.ID, one, c, id)
}

func (l *collection) addFindings(c *report.Case, id int) {
	for _, f := range c.Findings {
		one := item{ID: show(f.Rule), kind: report.RuleFinding, Class: severityClass(f.Severity), Message: show(f.Message)}
		l.add(f.Severity+" "+f.Rule, one, c, id)
	}
}

func severityClass(severity string) string {
	switch severity {
	case "error", "warning":
		return severity
	}
	return "info"
}

// sorted returns the items with their rules, those of the most cases first.
func (l *collection) sorted(rules []report.Rule) []*item {
	for _, one := range l.items {
		kinds := []string{one.kind, report.RuleCause, report.RuleProbe, report.RuleFinding}
		if r, ok := report.FindRule(rules, one.ID, kinds...); ok && one.kind != "" {
			one.Title, one.What, one.Why, one.URL = r.Title, r.What, r.Why, r.URL
		}
	}
	list := slices.Clone(l.items)
	slices.SortStableFunc(list, func(a, b *item) int { return b.Cases - a.Cases })
	return list
}

// remedy is a sentence, and often a snippet below it.
type remedy struct{ Text, Snippet string }

func newRemedy(s string) remedy {
	text, snippet, _ := strings.Cut(strings.TrimRight(s, "\n"), "\n")
	if snippet == "" {
		return remedy{Text: show(text)}
	}
	return remedy{show(text), strings.Join(shown(strings.Split(snippet, "\n")), "\n")}
}
