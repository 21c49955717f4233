package github

import (
	"fmt"
	"io"
	"strings"

	"github.com/corsgate/corsgate/report"
)

// A runner keeps ten annotations of each type for a step and cuts a message at 4096 characters.
const (
	maxAnnotations = 9 // and one that counts the others
	maxMessage     = 4000
)

// NewAnnotations returns a Handler that writes workflow commands to w, the log of a step, at Finish: an error for each
// case that failed or could not be decided, and a warning for each finding at warning, in plan order. Of each type the
// first nine are written, and one line that counts the others.
func NewAnnotations(w io.Writer, f report.Folders) report.Handler {
	return &annotations{w: w, folders: f, errors: list{level: "error"}, warnings: list{level: "warning"}}
}

type annotations struct {
	w                io.Writer
	folders          report.Folders
	errors, warnings list
}

// list has the commands of one type.
type list struct {
	level string
	lines []string
	count int
}

func (a *annotations) Start(report.Start) error { return nil }

func (a *annotations) Case(c *report.Case) error {
	if c.Status == report.Failed || c.Status == report.Errored {
		a.errors.add(a.place(c), trouble(c))
	}
	for _, f := range c.Findings {
		if f.Severity == "warning" {
			a.warnings.add(a.place(c), []string{f.Rule + ": " + f.Message})
		}
	}
	return nil
}

func (a *annotations) Finish(report.Finish) error {
	text := a.errors.text() + a.warnings.text()
	if text == "" {
		return nil
	}
	_, err := io.WriteString(a.w, text)
	return err
}

func (l *list) add(properties string, message []string) {
	if l.count++; l.count <= maxAnnotations {
		l.lines = append(l.lines, "::"+l.level+" "+properties+"::"+data(strings.Join(shown(message), "\n")))
	}
}

func (l *list) text() string {
	lines := l.lines
	if more := l.count - len(lines); more > 0 {
		lines = append(lines, fmt.Sprintf("::%s title=corsgate::and %d more", l.level, more))
	}
	if len(lines) == 0 {
		return ""
	}
	return strings.Join(lines, "\n") + "\n"
}

// place returns the properties that lead to the scenario of c.
func (a *annotations) place(c *report.Case) string {
	return fmt.Sprintf("file=%s,line=%d,title=%s", property(a.folders.Relative(c.File)), max(c.Line, 1),
		property(c.Scenario+": "+c.Name))
}

// trouble says in a few lines what is wrong with c.
func trouble(c *report.Case) []string {
	lines := []string{report.Headline(c)}
	if c.Cause != nil {
		lines = append(lines, "cause: "+c.Cause.Message)
		if c.Cause.Remedy != "" {
			lines = append(lines, strings.Split("remedy: "+c.Cause.Remedy, "\n")...)
		}
	}
	for _, o := range opinions(c) {
		lines = append(lines, o.String())
	}
	return lines
}

// data and property escape as @actions/core does.
func data(s string) string {
	return strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A").Replace(report.Cut(s, maxMessage))
}

func property(s string) string {
	return strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A", ":", "%3A", ",", "%2C").Replace(visible(s))
}
