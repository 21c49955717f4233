package cli

import (
	"errors"

	"github.com/spf13/cobra"
)

// addCompletion adds cobra's own completion command, which would answer an unknown shell with help and exit code 0.
func addCompletion(root *cobra.Command) {
	root.InitDefaultCompletionCmd()
	c, _, err := root.Find([]string{"completion"})
	if err != nil {
		return
	}
	c.Short = "Print the completion script of a shell"
	c.Args = cobra.ArbitraryArgs
	c.RunE = func(c *cobra.Command, args []string) error {
		if len(args) > 0 {
			return usage(helpHint(c), "there is no completion for %s", args[0])
		}
		c.SetOut(c.ErrOrStderr())
		return errors.Join(c.Help(), exit(exitUsage))
	}
}
