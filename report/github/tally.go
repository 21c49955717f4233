package github

import (
	"fmt"
	"slices"
	"strings"

	"github.com/corsgate/corsgate/report"
)

// tally counts what many cases have in common.
type tally struct {
	entries []*entry // in the order of their first cases
	byKey   map[string]*entry
}

// entry is a cause, a reason, an error or a finding.
type entry struct {
	id, message, remedy, severity string
	cases                         int
	various                       bool   // the messages of others differ from that of the first
	first                         string // the name of the first case
}

func (t *tally) add(e entry, c *report.Case) {
	key := e.severity + "\x00" + e.id
	if t.byKey[key] == nil {
		if t.byKey == nil {
			t.byKey = map[string]*entry{}
		}
		e.first = c.Scenario + ": " + c.Name
		t.byKey[key] = &e
		t.entries = append(t.entries, &e)
	}
	t.byKey[key].cases++
	t.byKey[key].various = t.byKey[key].various || t.byKey[key].message != e.message
}

// addTrouble counts c by its cause, or else by what is known in its stead.
func (t *tally) addTrouble(c *report.Case) {
	switch {
	case c.Status != report.Failed && c.Status != report.Errored:
	case c.Cause != nil:
		t.add(entry{id: c.Cause.ID, message: c.Cause.Message, remedy: c.Cause.Remedy}, c)
	case c.Error != nil:
		t.add(entry{id: c.Error.Kind, message: c.Error.Message}, c)
	case c.Probe != "":
		t.add(entry{id: c.Probe, message: report.Headline(c)}, c)
	case c.Reason != "":
		t.add(entry{id: c.Reason, message: report.ReasonRule(c.Reason).What}, c)
	default:
		t.add(entry{id: "expectation", message: report.Headline(c)}, c)
	}
}

func (t *tally) addFindings(c *report.Case) {
	for _, f := range c.Findings {
		t.add(entry{id: f.Rule, message: f.Message, severity: f.Severity}, c)
	}
}

// texts returns the entries as Markdown, those of the most cases first.
func (t *tally) texts(text func(*entry) string) []string {
	entries := slices.Clone(t.entries)
	slices.SortStableFunc(entries, func(a, b *entry) int { return b.cases - a.cases })
	var list []string
	for _, e := range entries {
		list = append(list, text(e))
	}
	return list
}

func troubleText(e *entry) string {
	text := fmt.Sprintf("**%s** %s: %s<br>\n", cases(e.cases), code(e.id), e.text())
	text += "First: " + prose(e.first) + "\n"
	return text + remedyText(e.remedy) + "\n"
}

func findingText(e *entry) string {
	return fmt.Sprintf("| %s | %s | %d | %s |\n", prose(e.severity), cell(code(e.id)), e.cases, e.text())
}

func (e *entry) text() string {
	text := rich(firstLine(e.message))
	if e.various {
		return "for instance: " + text
	}
	return text
}

func firstLine(s string) string {
	line, _, _ := strings.Cut(s, "\n")
	return line
}
