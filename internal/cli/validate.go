package cli

import (
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/corsgate/corsgate/internal/plan"
	"github.com/corsgate/corsgate/spec"
)

func (a *app) validateCommand() *cobra.Command {
	var f suiteFlags
	c := &cobra.Command{
		Use:   "validate [flags] [FILE or FOLDER]...",
		Short: "Tell the mistakes in files; send nothing",
		RunE:  func(_ *cobra.Command, args []string) error { return a.validate(args, f) },
	}
	f.define(c.Flags())
	c.Flags().BoolVar(&f.unset, "allow-unset", false,
		"the files' variables of the environment, and secrets, may be unset: what needs them is not checked")
	return c
}

func (a *app) validate(args []string, f suiteFlags) error {
	suites, err := a.load(args, f)
	if err != nil {
		return err
	}
	if names := unset(suites); len(names) > 0 {
		_, err := fmt.Fprintf(a.stdout, "%s: valid as far as it can be told without %s\n",
			counted(len(suites), "file"), strings.Join(names, ", "))
		return err
	}
	nameDemo(suites)
	cases, err := plan.NewAll(suites, plan.Options{})
	if err != nil {
		return usage("", "%s", err)
	}
	_, err = fmt.Fprintf(a.stdout, "%s, %s%s: valid\n",
		counted(len(suites), "file"), contents(suites), counted(len(cases), "case"))
	return err
}

// unset are the names that have no value, sorted.
func unset(suites []*spec.Suite) []string {
	var names []string
	for _, s := range suites {
		names = append(names, s.Unset...)
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// contents counts the policies and scenarios of files.
func contents(suites []*spec.Suite) string {
	policies, scenarios := 0, 0
	for _, s := range suites {
		policies += len(s.Policies)
		scenarios += len(s.Scenarios)
	}
	text := ""
	if policies == 1 {
		text = "1 policy, "
	} else if policies > 1 {
		text = fmt.Sprintf("%d policies, ", policies)
	}
	if scenarios > 0 || policies == 0 {
		text += counted(scenarios, "scenario") + ", "
	}
	return text
}
