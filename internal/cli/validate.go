package cli

import (
	"fmt"

	"github.com/spf13/cobra"

	"github.com/corsgate/corsgate/internal/plan"
)

func (a *app) validateCommand() *cobra.Command {
	var f suiteFlags
	c := &cobra.Command{
		Use:   "validate [flags] [FILE or FOLDER]...",
		Short: "Tell the mistakes in files; send nothing",
		RunE:  func(_ *cobra.Command, args []string) error { return a.validate(args, f) },
	}
	f.define(c.Flags())
	return c
}

func (a *app) validate(args []string, f suiteFlags) error {
	suites, err := a.load(args, f)
	if err != nil {
		return err
	}
	nameDemo(suites)
	cases, err := plan.NewAll(suites, plan.Options{})
	if err != nil {
		return usage("", "%s", err)
	}
	scenarios := 0
	for _, s := range suites {
		scenarios += len(s.Scenarios)
	}
	_, err = fmt.Fprintf(a.stdout, "%s, %s, %s: valid\n",
		counted(len(suites), "file"), counted(scenarios, "scenario"), counted(len(cases), "case"))
	return err
}
