package cli

import (
	"fmt"
	"os"
	"runtime/debug"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/cobra/doc"
)

func (a *app) manCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "man FOLDER",
		Short: "Write the manual pages into a folder",
		RunE: func(c *cobra.Command, args []string) error {
			if len(args) != 1 {
				return usage(helpHint(c), "name the folder to write the pages into")
			}
			return a.man(c.Root(), args[0])
		},
	}
}

func (a *app) man(root *cobra.Command, folder string) error {
	if err := os.MkdirAll(folder, 0o777); err != nil {
		return usage("", "can't write into %s: %v", folder, cause(err))
	}
	root.DisableAutoGenTag = true // it holds the day, and the same command is to write the same pages
	date := committed()
	header := &doc.GenManHeader{Section: "1", Source: "corsgate " + readVersion().number, Date: &date}
	if err := doc.GenManTree(root, header, folder); err != nil {
		return usage("", "can't write into %s: %v", folder, cause(err))
	}
	pages, err := os.ReadDir(folder)
	if err != nil {
		return usage("", "can't read %s: %v", folder, cause(err))
	}
	_, err = fmt.Fprintf(a.stdout, "wrote %s into %s\n", counted(len(pages), "page"), folder)
	return err
}

// committed is when the source was, or the epoch where the build does not know.
func committed() time.Time {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return time.Unix(0, 0).UTC()
	}
	for _, s := range info.Settings {
		if date, err := time.Parse(time.RFC3339, s.Value); s.Key == "vcs.time" && err == nil {
			return date
		}
	}
	return time.Unix(0, 0).UTC()
}
