package github

import (
	"crypto/rand"
	"fmt"
	"io"
	"regexp"
	"strings"
)

// Output is one output of a step.
type Output struct{ Name, Value string }

// WriteOutputs appends outputs to w, the file that GITHUB_OUTPUT names. A value may have several lines; none can pass
// for another output, since its delimiter is random.
func WriteOutputs(w io.Writer, outputs []Output) error {
	var b strings.Builder
	for _, o := range outputs {
		if !outputName.MatchString(o.Name) {
			return fmt.Errorf("%q is no name of an output", o.Name)
		}
		delimiter := "ghadelimiter_" + rand.Text()
		if strings.Contains(o.Value, delimiter) {
			return fmt.Errorf("the value of the output %s holds its delimiter", o.Name)
		}
		fmt.Fprintf(&b, "%s<<%s\n%s\n%s\n", o.Name, delimiter, o.Value, delimiter)
	}
	_, err := io.WriteString(w, b.String())
	return err
}

var outputName = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_-]*$`)
