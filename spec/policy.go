package spec

import (
	"time"

	"github.com/corsgate/corsgate/cors"
)

// Policy is one entry of `policies`, defaults applied: what is meant to be allowed on some paths. Cases are derived from
// it, of what must get through and of what must not. Fields that a Scenario has too mean the same.
type Policy struct {
	Name   string
	Pos    Pos
	Paths  []string // empty: "/"
	Allow  Allow
	Expose []string // names of response headers; nil: not said, empty: none
	MaxAge *Matcher // seconds; nil: not said
	Probes []string // ids of the probes to derive; nil: all, empty: none
	Errors Errors

	Cookies  []Cookie
	Body     *string // of methods that may have one
	Send     Send
	Browsers []string
	Targets  []string
	Tags     []string
	Timeout  time.Duration
	Skip     string
}

// Allow is what a policy allows.
type Allow struct {
	Origins     []cors.Origin
	Patterns    []string // scheme://*.host[:port], where the star stands for one label or more
	AnyOrigin   bool     // strangers and the opaque origin too; the two lists are empty then
	Methods     []string // as a script would write them; empty: GET
	AnyMethod   bool     // Methods is empty then
	Headers     []AllowedHeader
	AnyHeader   bool // Headers is empty then
	Credentials bool
}

// AllowedHeader is a request header that a policy allows.
type AllowedHeader struct {
	Name  string
	Value *string // what requests carry; nil: the header is asked for in preflights only
}

// Errors says which answers show that errors are answered as a policy has it. The zero value means a path that does not
// exist below each of its paths and, where good requests carry credentials, the same requests without.
type Errors struct {
	Off   bool     // none
	Paths []string // these paths fail; empty: the zero value's
}

// Level is what a finding does to its case.
type Level string

// The levels.
const (
	LevelOff     Level = "off"     // it is not told
	LevelInfo    Level = "info"    // it is told
	LevelWarning Level = "warning" // it fails the case where the user is strict
	LevelError   Level = "error"   // it fails the case
)

// RuleLevel is the level that a file gives to a rule.
type RuleLevel struct {
	Pos   Pos
	Rule  string // its id in the catalogue
	Level Level
}

// Serve says how the server under test is started.
type Serve struct {
	Pos     Pos
	Command []string      // the program and its arguments; no shell
	Ready   string        // an http(s) URL that answers, or a host:port that takes connections, once it is up
	Timeout time.Duration // until then; 0: 30 s
	Env     []Variable    // added to the environment of corsgate itself
	Dir     string        // where it is started, relative to the working directory; empty: the file's folder
}

// Variable is an environment variable.
type Variable struct{ Name, Value string }
