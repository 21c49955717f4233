package spec

// Diagnostic is one mistake in a file.
type Diagnostic struct {
	File    string
	Pos     Pos
	Message string // lower case, no full stop
	Rule    string // e.g. unknown-key
	Hint    string // what to do instead; may be empty
	Source  string // the line that Pos points into, escaped for a terminal; may be empty
}

// Diagnostics are all mistakes of a file, in the order of their places. As an error it prints them all.
type Diagnostics []Diagnostic

// Options say what a file may refer to. The zero value is a file without variables from outside.
type Options struct {
	Environment string                           // --env: one of the file's environments; empty: none
	Vars        map[string]string                // --var; they win over the file's
	LookupEnv   func(name string) (string, bool) // nil: no environment variable is set
	Target      string                           // --target: replaces the file's target or targets; empty: the file's
}
