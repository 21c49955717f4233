package audit

import (
	"bytes"
	"fmt"
	"strings"
)

// Markdown returns the catalogue as docs/rules.md has it. The same catalogue gives the same bytes.
func Markdown() []byte {
	var b bytes.Buffer
	b.WriteString(markdownIntroduction)
	for _, s := range []Severity{S1, S2, S3, S4} {
		fmt.Fprintf(&b, "| %s | %s | %s |\n", s, s.Meaning(), s.Level())
	}
	for _, section := range markdownSections {
		fmt.Fprintf(&b, "\n## %s\n\n%s\n\n| id | severity | |\n|---|---|---|\n", section.title, section.text)
		for _, r := range catalogue {
			if r.Is(section.kind) {
				fmt.Fprintf(&b, "| [%s](#%s) | %s | %s |\n", r.ID, r.ID, r.severities(), r.Title)
			}
		}
	}
	b.WriteString("\n## The rules one by one\n")
	for _, r := range catalogue {
		r.markdown(&b)
	}
	b.WriteString("\n## Snippets\n\nTo paste once the values are yours: the origins, methods and headers that your front end " +
		"uses.\n")
	for _, f := range Fixes() {
		f.markdown(&b)
	}
	return b.Bytes()
}

const markdownIntroduction = `# What can be wrong with CORS

corsgate names what it sees by these ids: in reports, in ` + "`rules:`" + ` and ` + "`probes:`" + ` of a file, and in
` + "`corsgate rules ID`" + `. This page is made from the same table.

A severity sets the level that a finding has unless the file's ` + "`rules:`" + ` says otherwise. An error fails its
case, a warning does so with ` + "`--strict`" + `.

| severity | meaning | level |
|---|---|---|
`

var markdownSections = []struct {
	kind        Kind
	title, text string
}{
	{KindProbe, "Probes: more is allowed than was intended",
		"A policy's probes send what it does not allow, derived from each of its origins and from the target's host. " +
			"One that gets through fails."},
	{KindFinding, "Findings: wrong or wasteful whatever was expected",
		"Seen in the exchanges of any case, passed or failed."},
	{KindCause, "Causes: why a page that should get through does not",
		"The root of a failure, named after a few further requests."},
}

// severities returns the severity, or both where credentials make a difference.
func (r Rule) severities() string {
	if r.WithoutCredentials != 0 {
		return fmt.Sprintf("%s, %s without credentials", r.Severity, r.WithoutCredentials)
	}
	return r.Severity.String()
}

func (r Rule) markdown(b *bytes.Buffer) {
	var kinds []string
	for _, k := range r.Kinds {
		kinds = append(kinds, string(k))
	}
	fmt.Fprintf(b, "\n### %s\n\n**%s** (%s, %s)\n\n", r.ID, upperFirst(r.Title), strings.Join(kinds, " and "), r.severities())
	fmt.Fprintf(b, "%s\n\n%s\n\n", r.What, r.Why)
	fmt.Fprintf(b, "See it:\n\n```console\n%s\n```\n\n", r.See)
	fmt.Fprintf(b, "Remedy: %s [Snippets](#%s)\n", r.Remedy, r.Fix.anchor())
	if r.Engines != nil {
		fmt.Fprintf(b, "\nDepends on the browser: %s.\n", strings.Join(r.Engines, ", "))
	}
	if r.Prevalence != "" {
		fmt.Fprintf(b, "\nSeen on %s.\n", r.Prevalence)
	}
	fmt.Fprintf(b, "\nStandard: <%s>\n", r.Reference)
}

func upperFirst(s string) string { return strings.ToUpper(s[:1]) + s[1:] }

func (f Fix) anchor() string { return strings.ReplaceAll(strings.ToLower(f.Title()), " ", "-") }

// Title returns what the change comes to, as a heading.
func (f Fix) Title() string {
	switch f {
	case FixAllow:
		return "Say what is allowed"
	case FixErrors:
		return "Send the headers with errors too"
	case FixExpose:
		return "Expose a response header"
	case FixPreflight:
		return "Answer preflights first"
	case FixAuth:
		return "Answer preflights before authentication"
	case FixDouble:
		return "Let one place add the headers"
	case FixCache:
		return "Keep answers apart by origin"
	case FixOrigin:
		return "Forward the origin"
	case FixRedirect:
		return "Do without the redirect"
	case FixInfrastructure:
		return "Change what stands before the server"
	case FixCookie:
		return "Set a cookie that comes back"
	case FixPolicy:
		return "Let other sites load the resource"
	case FixTarget:
		return "Call another address"
	}
	return string(f)
}

// markdown writes the snippets of the stacks that have their own; where all take those of FixAllow, it refers to them.
func (f Fix) markdown(b *bytes.Buffer) {
	fmt.Fprintf(b, "\n### %s\n", f.Title())
	example := Rule{Fix: f}
	if f == FixExpose {
		example.ID = "header-not-exposed"
	}
	shared := false
	for _, stack := range Stacks() {
		file := f.file(stack)
		if !strings.HasPrefix(file, "snippets/"+string(f)+"/") {
			shared = true
			continue
		}
		if s := example.Snippet(stack, Values{}, true); s.Stack == stack {
			fmt.Fprintf(b, "\n#### %s\n\n```%s\n%s```\n", stack.Title(), s.Language, s.Text)
		}
	}
	if shared {
		fmt.Fprintf(b, "\nFor the others those of [%s](#%s) do it.\n", FixAllow.Title(), FixAllow.anchor())
	}
}
