package spec

import (
	"fmt"
	"io"
	"os"
)

// maxFile is the largest file that is parsed, in bytes.
const maxFile = 8 << 20

// Options say what a file may refer to. The zero value is a file without variables from outside.
type Options struct {
	Environment string                           // --env: one of the file's environments; empty: none
	Vars        map[string]string                // --var; they win over the file's
	LookupEnv   func(name string) (string, bool) // nil: no environment variable is set
	Target      string                           // --target: replaces the file's target or targets; empty: the file's

	// AllowUnset makes it no mistake that a variable of the environment, or a secret, has no value: what needs it is
	// not checked, and missing in the Suite, which must not be run then. See Suite.Unset.
	AllowUnset bool

	// Rules and Probes are the ids that may stand under rules and probes. Nil: any word may; what plans the cases
	// refuses unknown ones then.
	Rules, Probes []string
}

// Load reads and parses a file. Its error is a Diagnostics when the file has mistakes, and another one when it can't be
// read.
func Load(file string, o Options) (*Suite, error) {
	text, err := read(file)
	if err != nil {
		return nil, fmt.Errorf("can't read the file: %w", err)
	}
	suite, mistakes := Parse(file, text, o)
	if mistakes != nil {
		return nil, mistakes
	}
	return suite, nil
}

// read stops one byte beyond maxFile, which is enough for Parse to refuse the file.
func read(file string) ([]byte, error) {
	f, err := os.Open(file)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return io.ReadAll(io.LimitReader(f, maxFile+1))
}

// Parse parses the text of a file that is called file in diagnostics; relative file names in it are taken from that
// file's folder. It returns a Suite, or, when there is any mistake, nil and all of them: at most 200 and one that
// counts the rest. It reads nothing but its arguments, is linear in len(text), and safe for concurrent use. The Suite's
// slices may be shared between its scenarios: the caller must not modify them.
func Parse(file string, text []byte, o Options) (*Suite, Diagnostics) {
	source, mistake := newSource(file, text)
	d := newDecoder(source, o)
	if mistake != nil {
		d.report(mistake.pos, mistake.mistake)
		return nil, d.diagnostics()
	}
	root, ok := d.parseTree()
	if !ok {
		return nil, d.diagnostics()
	}
	suite := d.suite(root)
	if found := d.diagnostics(); found != nil {
		return nil, found
	}
	return suite, nil
}
