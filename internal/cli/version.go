package cli

import (
	"cmp"
	"fmt"
	"runtime"
	"runtime/debug"

	"github.com/spf13/cobra"
)

func (a *app) versionCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "version",
		Short: "Print the version",
		Args:  noArguments,
		RunE: func(*cobra.Command, []string) error {
			_, err := fmt.Fprintln(a.stdout, "corsgate", readVersion().text)
			return err
		},
	}
}

// noArguments refuses arguments in our own words.
func noArguments(c *cobra.Command, args []string) error {
	if len(args) == 0 {
		return nil
	}
	return usage(helpHint(c), "%s takes no argument, got %s", c.CommandPath(), args[0])
}

// version is what the build knows of itself.
type version struct {
	number string // v1.2.3, or dev
	text   string // with commit, Go version and platform
}

func readVersion() version {
	v := version{number: "dev"}
	commit, modified := "", ""
	if info, ok := debug.ReadBuildInfo(); ok {
		if info.Main.Version != "(devel)" {
			v.number = cmp.Or(info.Main.Version, v.number)
		}
		for _, s := range info.Settings {
			switch {
			case s.Key == "vcs.revision":
				commit = " (commit " + s.Value
			case s.Key == "vcs.modified" && s.Value == "true":
				modified = ", modified"
			}
		}
	}
	if commit != "" {
		commit += modified + ")"
	}
	v.text = fmt.Sprintf("%s%s %s %s/%s", v.number, commit, runtime.Version(), runtime.GOOS, runtime.GOARCH)
	return v
}
