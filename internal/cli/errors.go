package cli

import (
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/corsgate/corsgate/report"
)

// failure ends a command: with a message or, where everything has been said already, without.
type failure struct {
	code    int
	message string // lower case, no full stop; may have several lines
	hint    string // what to do next; may be empty
}

func (f *failure) Error() string { return f.message }

// usage is a mistake in the command line or a file: nothing was sent.
func usage(hint, format string, args ...any) error {
	return &failure{exitUsage, fmt.Sprintf(format, args...), hint}
}

// exit ends the command with a code that needs no word more.
func exit(code int) error {
	if code == exitOK {
		return nil
	}
	return &failure{code: code}
}

// exitCode is that of the first failure in err; any other error comes from the command line.
func exitCode(err error) int {
	var f *failure
	switch {
	case err == nil:
		return exitOK
	case errors.As(err, &f):
		return f.code
	}
	return exitUsage
}

// explain writes a command's error, without the values of secrets.
func (a *app) explain(err error) {
	if err == nil {
		return
	}
	if message := err.Error(); strings.Trim(message, "\n") != "" {
		a.say("corsgate: " + message)
	}
	var f *failure
	if errors.As(err, &f) && f.hint != "" {
		a.say("hint: " + f.hint)
	}
}

// say writes lines to stderr; nothing better can be done when that fails.
func (a *app) say(text string) {
	for line := range strings.Lines(a.redactor.String(text)) {
		fmt.Fprintln(a.stderr, report.Visible(strings.TrimSuffix(line, "\n"), 0))
	}
}

// flagError explains a mistake in a flag in our own words.
func flagError(c *cobra.Command, err error) error {
	var (
		unknown *pflag.NotExistError
		wrong   *pflag.InvalidValueError
		missing *pflag.ValueRequiredError
	)
	switch {
	case errors.As(err, &unknown):
		return unknownFlag(c, unknown)
	case errors.As(err, &wrong) && wrong.GetFlag().Value.Type() == "bool":
		return usage(helpHint(c), "--%s %s: it is true or false", wrong.GetFlag().Name, wrong.GetValue())
	case errors.As(err, &wrong):
		return usage(helpHint(c), "--%s %s: %s", wrong.GetFlag().Name, wrong.GetValue(), errors.Unwrap(wrong))
	case errors.As(err, &missing):
		return usage(helpHint(c), "--%s needs a value", missing.GetFlag().Name)
	}
	return usage(helpHint(c), "%s", err)
}

func unknownFlag(c *cobra.Command, err *pflag.NotExistError) error {
	if letters := err.GetSpecifiedShortnames(); letters != "" {
		return usage(helpHint(c), "unknown flag -%s", err.GetSpecifiedName())
	}
	var known []string
	c.Flags().VisitAll(func(f *pflag.Flag) { known = append(known, f.Name) })
	hint := helpHint(c)
	if best := nearest(err.GetSpecifiedName(), known); best != "" {
		hint = "did you mean --" + best + "?"
	}
	return usage(hint, "unknown flag --%s", err.GetSpecifiedName())
}

func unknownCommand(root *cobra.Command, name string) error {
	var known []string
	for _, c := range root.Commands() {
		known = append(known, c.Name())
	}
	hint := helpHint(root)
	if best := nearest(name, known); best != "" {
		hint = "did you mean corsgate " + best + "?"
	}
	return usage(hint, "unknown command %s", name)
}

func helpHint(c *cobra.Command) string { return "see " + c.CommandPath() + " --help" }

// nearest returns the known word that is most like word, as cobra judges it; empty when none is.
func nearest(word string, known []string) string {
	words := cobra.Command{SuggestionsMinimumDistance: 2}
	for _, k := range known {
		words.AddCommand(&cobra.Command{Use: k, Run: func(*cobra.Command, []string) {}})
	}
	if found := words.SuggestionsFor(word); len(found) > 0 {
		return found[0]
	}
	return ""
}
