package cli

import (
	"strings"

	"github.com/corsgate/corsgate/audit"
	"github.com/corsgate/corsgate/report"
)

// catalogue returns the rules for the reports that explain.
func catalogue() []report.Rule {
	var rules []report.Rule
	for _, r := range audit.Rules() {
		var kinds []string
		for _, k := range r.Kinds {
			kinds = append(kinds, string(k))
		}
		rules = append(rules, report.Rule{
			ID: r.ID, Kinds: kinds, Title: r.Title, Severity: r.Severity.String(), Level: string(r.Level()),
			What: r.What, Why: r.Why, Remedy: r.Remedy, Help: ruleHelp(r), URL: r.Reference,
		})
	}
	return rules
}

// ruleHelp tells all about a rule in Markdown.
func ruleHelp(r audit.Rule) string {
	parts := []string{r.What}
	for _, p := range []struct{ label, text string }{
		{"**Why it matters.** ", r.Why}, {"**Remedy.** ", r.Remedy}, {"**How often.** Seen on ", r.Prevalence},
	} {
		if p.text != "" {
			parts = append(parts, p.label+p.text)
		}
	}
	if r.See != "" {
		parts = append(parts, "**To see it:**\n\n```sh\n"+r.See+"\n```")
	}
	if r.Reference != "" {
		parts = append(parts, "[The standard]("+r.Reference+")")
	}
	return strings.Join(parts, "\n\n")
}
