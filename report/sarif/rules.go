package sarif

import (
	"slices"

	"github.com/owenrumney/go-sarif/v3/pkg/report/v210/sarif"

	"github.com/corsgate/corsgate/report"
)

// shown is how many characters of a rule's description GitHub shows:
// https://docs.github.com/en/code-security/code-scanning/integrating-with-code-scanning/sarif-support-for-code-scanning
const shown = 1024

// rules are those of a run, each with an id of its own.
type rules struct {
	known []report.Rule // the catalogue's
	list  []*sarif.ReportingDescriptor
	at    map[ruleKey]int // in list
	ids   map[string]bool
}

type ruleKey struct{ kind, id string }

func (r *rules) addAll(catalogue []report.Rule) {
	r.known = catalogue
	for _, rule := range catalogue {
		r.add(rule)
	}
}

// add returns the place of rule, which is put at the end unless it stands there already.
func (r *rules) add(rule report.Rule) int {
	key := ruleKey{rule.Kinds[0], rule.ID}
	if at, ok := r.at[key]; ok {
		return at
	}
	if r.at == nil {
		r.at, r.ids = map[ruleKey]int{}, map[string]bool{}
	}
	id := visible(rule.ID)
	if r.ids[id] { // what the catalogue calls a cause, say, may be a browser's reason too
		id = rule.Kinds[0] + "/" + id
	}
	r.at[key], r.ids[id] = len(r.list), true
	r.list = append(r.list, descriptor(id, rule))
	return r.at[key]
}

func descriptor(id string, rule report.Rule) *sarif.ReportingDescriptor {
	d := sarif.NewRule(id).WithName(clip(rule.Name(), 255)).WithDescription(clip(rule.Name(), shown))
	d.WithFullDescription(sarif.NewMultiformatMessageString().WithText(clip(firstOf(rule.What, rule.Name()), shown)))
	help := sarif.NewMultiformatMessageString().WithText(rule.Plain()).WithMarkdown(firstOf(rule.Help, rule.Plain()))
	d.WithHelp(help).WithDefaultConfiguration(configuration(rule.Level)).WithProperties(properties(rule))
	if rule.URL != "" {
		d.WithHelpURI(rule.URL)
	}
	return d
}

func configuration(level string) *sarif.ReportingConfiguration {
	c := sarif.NewReportingConfiguration()
	c.Level = sarifLevel(level)
	return c
}

// properties are those by which GitHub sorts: a score for what lets strangers in, a word for all else.
func properties(rule report.Rule) *sarif.PropertyBag {
	p := sarif.NewPropertyBag().Add("precision", "very-high").WithTags(append([]string{"cors"}, rule.Kinds...))
	score := map[string]string{"S1": "8.8", "S3": "5.3", "S4": "3.1"}[rule.Severity]
	if score != "" && (slices.Contains(rule.Kinds, report.RuleProbe) || rule.Severity == "S1") {
		return p.Add("security-severity", score).AddTag("security")
	}
	severity := map[string]string{"info": "recommendation", "warning": "warning"}[rule.Level]
	return p.Add("problem.severity", firstOf(severity, "error"))
}

func sarifLevel(severity string) string {
	switch severity {
	case "info":
		return sarif.LevelNote
	case "warning":
		return sarif.LevelWarning
	}
	return sarif.LevelError
}

func firstOf(a, b string) string {
	if a != "" {
		return a
	}
	return b
}

func clip(s string, characters int) string { return report.Visible(s, characters) }
