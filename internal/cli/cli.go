// Package cli is the corsgate command: flags, files, terminal, signals and exit codes around the pipeline
// spec → plan → runner → report. Each command stands in a file of its own; run.go is the main one.
package cli

import (
	"context"
	"errors"
	"io"

	"github.com/spf13/cobra"

	"github.com/corsgate/corsgate/report"
)

// The exit codes.
const (
	exitOK        = 0 // everything as expected
	exitFailed    = 1 // some case failed
	exitUsage     = 2 // the command line or a file is wrong; nothing was sent
	exitUndecided = 3 // no case failed, but some could not be decided, or a report could not be written
)

// Main runs the command with args, which do not include the program's name, and returns its exit code. Besides what it
// is given it uses the environment, the working directory and, while a command runs that lasts, the process's signals.
func Main(args []string, stdin io.Reader, stdout, stderr io.Writer) int {
	a := &app{stdout: stdout, stderr: stderr, redactor: report.NewRedactor(nil)}
	root := a.rootCommand()
	root.SetArgs(append([]string{}, args...)) // nil would mean os.Args
	root.SetIn(stdin)
	root.SetOut(stdout)
	root.SetErr(stderr)
	err := root.ExecuteContext(context.Background())
	a.explain(err)
	return exitCode(err)
}

// app is what the commands share.
type app struct {
	stdout, stderr io.Writer
	redactor       *report.Redactor // knows the secrets of the files that were read
}

func (a *app) rootCommand() *cobra.Command {
	root := &cobra.Command{
		Use:   "corsgate",
		Short: "Test CORS as browsers do it",
		Long: "corsgate tests what web pages may do with your server: it sends what browsers would send, decides what\n" +
			"Chromium, Firefox and WebKit would decide, and compares that with what you intend.",
		Args:          cobra.ArbitraryArgs,
		SilenceErrors: true,
		SilenceUsage:  true,
		Version:       readVersion().text,
		RunE: func(root *cobra.Command, args []string) error {
			if len(args) > 0 {
				return unknownCommand(root, args[0])
			}
			root.SetOut(a.stderr)
			return errors.Join(root.Help(), exit(exitUsage))
		},
	}
	root.SetVersionTemplate("corsgate {{.Version}}\n")
	root.SetFlagErrorFunc(flagError)
	root.AddCommand(a.runCommand(), a.planCommand(), a.validateCommand(), a.demoCommand(), a.versionCommand(),
		a.mergeCommand(), a.initCommand(), a.manCommand(), a.explainCommand(), a.rulesCommand(), a.schemaCommand())
	addCompletion(root)
	root.SetHelpCommand(helpCommand())
	return root
}

func helpCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "help [COMMAND]",
		Short: "Tell of a command",
		RunE: func(c *cobra.Command, args []string) error {
			found, rest, err := c.Root().Find(args)
			if err != nil || len(rest) > 0 {
				return unknownCommand(c.Root(), args[0])
			}
			found.InitDefaultHelpFlag()
			found.InitDefaultVersionFlag()
			return found.Help()
		},
	}
}
