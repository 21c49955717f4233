package cli

import (
	"bufio"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/corsgate/corsgate/audit"
	"github.com/corsgate/corsgate/report"
)

func (a *app) rulesCommand() *cobra.Command {
	var kind, stack string
	var asJSON bool
	c := &cobra.Command{
		Use:   "rules [flags] [ID]",
		Short: "Tell what corsgate knows by name: probes, findings and causes",
		Long: "Rules lists the catalogue. With an ID it tells all about that entry: what it is, what comes of it, how to\n" +
			"see it, and the remedy, as a text to paste for the server software that --stack names.",
		RunE: func(c *cobra.Command, args []string) error {
			if len(args) == 0 {
				return a.listRules(audit.Kind(kind), asJSON)
			}
			return a.showRule(args, audit.Stack(stack), asJSON)
		},
	}
	c.Flags().SortFlags = false
	c.Flags().Var(newChoice(&kind, "", string(audit.KindProbe), string(audit.KindFinding), string(audit.KindCause)), "kind",
		"only entries of that kind")
	var stacks []string
	for _, s := range audit.Stacks() {
		stacks = append(stacks, string(s))
	}
	c.Flags().Var(stackChoice{newChoice(&stack, string(audit.StackAny), stacks...)}, "stack",
		"the server software that the remedy is for: "+strings.Join(stacks, ", "))
	c.Flags().BoolVar(&asJSON, "json", false, "as JSON")
	return c
}

// stackChoice keeps the many names out of the flag's column.
type stackChoice struct{ choice }

func (stackChoice) Type() string { return "NAME" }

// ruleJSON is an entry of the catalogue as corsgate rules --json tells it.
type ruleJSON struct {
	ID                 string       `json:"id"`
	Kinds              []audit.Kind `json:"kinds"`
	Title              string       `json:"title"`
	Severity           string       `json:"severity"` // S1 to S4
	WithoutCredentials string       `json:"severity_without_credentials,omitempty"`
	Level              audit.Level  `json:"level"`
	What               string       `json:"what"`
	Why                string       `json:"why"`
	See                string       `json:"see,omitempty"`
	Remedy             string       `json:"remedy"`
	Reference          string       `json:"reference,omitempty"`
	Prevalence         string       `json:"prevalence,omitempty"`
	Engines            []string     `json:"engines,omitempty"`
	Stack              audit.Stack  `json:"stack,omitempty"`   // that the snippet is for
	Snippet            string       `json:"snippet,omitempty"` // of one entry
}

func newRuleJSON(r audit.Rule) ruleJSON {
	return ruleJSON{
		ID: r.ID, Kinds: r.Kinds, Title: r.Title, Severity: r.Severity.String(),
		WithoutCredentials: r.WithoutCredentials.String(), Level: r.Level(), What: r.What, Why: r.Why, See: r.See,
		Remedy: r.Remedy, Reference: r.Reference, Prevalence: r.Prevalence, Engines: r.Engines,
	}
}

func (a *app) writeJSON(v any) error {
	text, err := report.EncodeJSON(v)
	if err != nil {
		return err
	}
	_, err = a.stdout.Write(text)
	return err
}

// listRules writes a table of the catalogue, or of the entries of one kind.
func (a *app) listRules(kind audit.Kind, asJSON bool) error {
	rules := audit.Rules()
	if kind != "" {
		rules = slices.DeleteFunc(rules, func(r audit.Rule) bool { return !r.Is(kind) })
	}
	if asJSON {
		list := []ruleJSON{}
		for _, r := range rules {
			list = append(list, newRuleJSON(r))
		}
		return a.writeJSON(list)
	}
	longest := 0
	for _, r := range rules {
		longest = max(longest, len(r.ID))
	}
	w := bufio.NewWriter(a.stdout)
	for _, r := range rules {
		a.print(w, "%-*s  %-14s  %-2s  %s", longest, r.ID, kindsOf(r), r.Severity, plainText(r.Title))
	}
	return w.Flush()
}

// plainText is a text of the catalogue without its markup.
func plainText(s string) string { return strings.ReplaceAll(s, "`", "") }

func kindsOf(r audit.Rule) string {
	var names []string
	for _, k := range r.Kinds {
		names = append(names, string(k))
	}
	return strings.Join(names, ", ")
}

func (a *app) showRule(args []string, stack audit.Stack, asJSON bool) error {
	if len(args) > 1 {
		return usage("corsgate rules lists them", "rules takes one id, got %d", len(args))
	}
	r, ok := audit.Lookup(args[0])
	if !ok {
		return unknownRule(args[0])
	}
	snippet := r.Snippet(stack, audit.Values{}, false)
	if asJSON {
		out := newRuleJSON(r)
		out.Stack, out.Snippet = snippet.Stack, snippet.Text
		return a.writeJSON(out)
	}
	w := bufio.NewWriter(a.stdout)
	a.tellRule(w, r, snippet)
	return w.Flush()
}

func unknownRule(id string) error {
	var known []string
	for _, r := range audit.Rules() {
		known = append(known, r.ID)
	}
	hint := "corsgate rules lists them"
	if best := nearest(id, known); best != "" {
		hint = "did you mean " + best + "?"
	}
	return usage(hint, "there is no rule %s", id)
}

// tellRule tells all about a rule in at most 80 columns, but for what is to be pasted.
func (a *app) tellRule(w *bufio.Writer, r audit.Rule, snippet audit.Snippet) {
	a.print(w, "%s (%s)", r.ID, kindsOf(r))
	a.print(w, "%s", plainText(r.Title))
	severity := fmt.Sprintf("%s, %s: %s unless a file says otherwise", r.Severity, r.Severity.Meaning(), r.Level())
	if r.WithoutCredentials != 0 {
		severity += fmt.Sprintf("; %s where no credentials are allowed along", r.WithoutCredentials)
	}
	for _, part := range []struct{ label, text string }{
		{"severity", severity}, {"what", r.What}, {"why", r.Why}, {"how often", r.Prevalence},
		{"browsers", strings.Join(r.Engines, ", ")}, {"remedy", r.Remedy},
	} {
		if part.text != "" {
			a.paragraph(w, part.label, plainText(part.text))
		}
	}
	a.snippet(w, "for "+snippet.Stack.Title(), snippet.Text)
	if r.See != "" {
		a.snippet(w, "to see it", r.See)
	}
	if r.Reference != "" {
		a.snippet(w, "the standard", r.Reference)
	}
}

func (a *app) snippet(w *bufio.Writer, label, text string) {
	a.print(w, "")
	a.print(w, "%s:", label)
	for line := range strings.Lines(text) {
		a.print(w, "%s", strings.TrimRight("    "+line, " \n"))
	}
}

// paragraph writes prose beside a label, wrapped.
func (a *app) paragraph(w *bufio.Writer, label, text string) {
	const column, width = 13, 80
	a.print(w, "")
	line := fmt.Sprintf("%-*s", column, label)
	used := false
	for word := range strings.SplitSeq(text, " ") {
		if used && len([]rune(line))+1+len([]rune(word)) > width {
			a.print(w, "%s", line)
			line, used = strings.Repeat(" ", column), false
		}
		if used {
			line += " "
		}
		line, used = line+word, true
	}
	a.print(w, "%s", line)
}
