package report

import (
	"slices"
	"strings"
)

// What a Rule is for.
const (
	RuleProbe   = "probe"   // what a deny case or probe that got through shows
	RuleFinding = "finding" // wrong or risky whatever was expected
	RuleCause   = "cause"   // why a page that should get through does not
	RuleReason  = "reason"  // what a browser says; for a failure whose cause is not known
)

// Rule is what a catalogue knows about one sort of trouble. Texts are corsgate's own, never a server's.
type Rule struct {
	ID       string
	Kinds    []string // at least one of probe, finding, cause and reason
	Title    string   // one line
	Severity string   // S1 somebody's data can be stolen, S2 users are locked out, S3 latent, S4 hygiene; or empty
	Level    string   // info, warning or error: what it is when nothing else is configured
	What     string   // prose; may be empty, and so may the next
	Why      string
	Remedy   string
	Help     string // Markdown; empty: What, Why and Remedy
	URL      string // of a page about it; may be empty
}

// Plain returns the help of r as text: paragraphs with an empty line between them. It is never empty.
func (r Rule) Plain() string {
	var parts []string
	for _, p := range []string{r.What, r.Why, r.Remedy} {
		if p != "" {
			parts = append(parts, p)
		}
	}
	if parts == nil {
		return r.Name()
	}
	return strings.Join(parts, "\n\n")
}

// Name returns the title of r, or its ID where it has none.
func (r Rule) Name() string {
	if r.Title != "" {
		return r.Title
	}
	return r.ID
}

// FindRule returns the first of rules that has the ID and one of the kinds; an earlier kind wins.
func FindRule(rules []Rule, id string, kinds ...string) (Rule, bool) {
	for _, kind := range kinds {
		for _, r := range rules {
			if r.ID == id && slices.Contains(r.Kinds, kind) {
				return r, true
			}
		}
	}
	return Rule{}, false
}
