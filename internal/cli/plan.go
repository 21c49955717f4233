package cli

import (
	"bufio"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/corsgate/corsgate/internal/plan"
	"github.com/corsgate/corsgate/report"
	"github.com/corsgate/corsgate/spec"
)

func (a *app) planCommand() *cobra.Command {
	var suite suiteFlags
	var choice choiceFlags
	var asJSON bool
	c := &cobra.Command{
		Use:   "plan [flags] [FILE or FOLDER]...",
		Short: "List the cases and exchanges that a run would make; send nothing",
		RunE: func(_ *cobra.Command, args []string) error {
			return a.plan(args, suite, choice, asJSON)
		},
	}
	c.Flags().SortFlags = false
	suite.define(c.Flags())
	choice.define(c.Flags())
	c.Flags().BoolVar(&asJSON, "json", false, "as JSON")
	return c
}

func (a *app) plan(args []string, suite suiteFlags, choice choiceFlags, asJSON bool) error {
	suites, err := a.load(args, suite)
	if err != nil {
		return err
	}
	nameDemo(suites)
	cases, err := choice.choose(suites)
	if err != nil {
		return err
	}
	cases = choice.shard.of(cases)
	w := bufio.NewWriter(a.stdout)
	if asJSON {
		err = a.writePlanJSON(w, cases)
	} else {
		a.writePlan(w, cases)
	}
	if err != nil {
		return err
	}
	return w.Flush()
}

// nameDemo stands in for the demonstration API, which has no port until a run starts it.
func nameDemo(suites []*spec.Suite) {
	for _, t := range demoTargets(suites) {
		t.URL = "http://demo.localhost"
	}
}

// writePlan lists scenario by scenario the cases, and below each its exchanges.
func (a *app) writePlan(w *bufio.Writer, cases []plan.Case) {
	count := exchangeCount{seen: map[plan.Key]bool{}}
	for i := range cases {
		c := &cases[i]
		if i == 0 || cases[i-1].Scenario != c.Scenario || cases[i-1].File != c.File || cases[i-1].Line != c.Line {
			a.print(w, "%s:%d  %s", c.File, c.Line, c.Scenario)
		}
		a.print(w, "  %s  %-8s  %s", c.ID, c.Kind, c.Name)
		steps, refused := plan.Forecast(c)
		switch {
		case c.Skip != "":
			a.print(w, "      skipped: %s", c.Skip)
			continue
		case len(steps) == 0:
			a.print(w, "      nothing is sent: %s", refused.Reason)
		}
		for _, s := range steps {
			count.add(c, s)
			a.print(w, "      %s", describe(c, s))
		}
	}
	a.print(w, "%s, %s if every preflight passes, and what redirects lead to; nothing was sent",
		counted(len(cases), "case"), counted(count.n, "exchange"))
}

// print writes a line as it may stand on a terminal.
func (a *app) print(w *bufio.Writer, format string, args ...any) {
	line := a.redactor.String(fmt.Sprintf(format, args...))
	indent := line[:len(line)-len(strings.TrimLeft(line, " "))]
	w.WriteString(indent + report.Visible(line[len(indent):], report.TerminalLimit) + "\n")
}

// describe is one exchange of a case: preflight  OPTIONS https://api.example.com/users (webkit).
func describe(c *plan.Case, s plan.Step) string {
	text := fmt.Sprintf("%-9s  %s %s", s.Request.Kind, s.Request.Method, s.Request.URL)
	if len(s.Engines) < len(c.Browsers) {
		text += " (" + strings.Join(s.Engines, ", ") + ")"
	}
	switch {
	case !s.Sent:
		return text + ", held back by send: " + string(c.Send)
	case c.Repeat > 1:
		return fmt.Sprintf("%s, %d times", text, c.Repeat)
	}
	return text
}

// exchangeCount counts what goes onto the wire: an exchange that cases share once.
type exchangeCount struct {
	n    int
	seen map[plan.Key]bool
}

func (e *exchangeCount) add(c *plan.Case, s plan.Step) {
	if !s.Sent {
		return
	}
	if plan.Shared(c, s.Request) {
		key := plan.Identity(c, s.Request)
		if e.seen[key] {
			return
		}
		e.seen[key] = true
	}
	e.n += c.Repeat
}
