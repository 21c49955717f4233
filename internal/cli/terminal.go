package cli

import (
	"io"
	"os"

	"golang.org/x/term"

	"github.com/corsgate/corsgate/report/text"
)

// textOptions are what flags, environment and the writer itself say of how to write to w.
func (f *outputFlags) textOptions(w io.Writer) text.Options {
	width, terminal := terminalWidth(w)
	dumb := os.Getenv("TERM") == "dumb"
	return text.Options{
		Color:    !f.noColor && os.Getenv("NO_COLOR") == "" && (terminal && !dumb || forced("FORCE_COLOR")),
		Progress: !f.noProgress && !f.quiet && terminal && !dumb && os.Getenv("CI") == "",
		Width:    width,
		Verbose:  f.verbose,
		Quiet:    f.quiet,
	}
}

// forced reports whether a variable is set to anything but off: https://force-color.org/
func forced(name string) bool {
	value := os.Getenv(name)
	return value != "" && value != "0" && value != "false"
}

// terminalWidth returns the columns of w, and whether it is a terminal; 0 when they are not known.
func terminalWidth(w io.Writer) (int, bool) {
	file, ok := w.(*os.File)
	if !ok || !term.IsTerminal(int(file.Fd())) {
		return 0, false
	}
	width, _, err := term.GetSize(int(file.Fd()))
	if err != nil {
		return 0, true
	}
	return width, true
}
