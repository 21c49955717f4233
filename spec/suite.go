package spec

import (
	"time"

	"github.com/corsgate/corsgate/cors"
)

// Suite is one checked file: every value is resolved (defaults, variables, environment) and every request in it is one
// that a browser can make. The zero value of each field has the meaning that the format gives to a key left out, so a
// Suite can also be built in code; plan fills the defaults in.
type Suite struct {
	File      string   // as it was named; stands in reports
	Targets   []Target // in the file's order; empty when all paths are absolute
	Policies  []Policy
	Scenarios []Scenario
	Rules     []RuleLevel // in the file's order, no rule twice; what is not named keeps its own level
	Serve     *Serve      // nil: the server under test is up already
	Secrets   []string    // values that no output may show
	Unset     []string    // names without a value, sorted; with Options.AllowUnset only
}

// TargetDemo as a Target's URL means the built-in demonstration API.
const TargetDemo = "demo"

// Target is a server under test and the way to it.
type Target struct {
	Name       string // empty for the single `target`
	URL        string // http(s) URL without query or fragment, or TargetDemo
	Connect    string // host:port to dial in place of the URL's; empty: the URL's
	CA         string // PEM file of trusted roots; empty: the system's. Relative to the working directory
	ClientCert string // PEM file
	ClientKey  string // PEM file
	Proxy      string // http, https or socks5 URL; empty: from the environment
	HTTP       string // "1.1", "2" or empty: as negotiated
	Insecure   bool   // accept any certificate
}

// Pos is a place in a file: 1-based; columns count runes. The zero Pos is no place.
type Pos struct{ Line, Column int }

// Send says what may really be sent.
type Send string

// The values of `send`. Empty means SendAuto.
const (
	SendAuto   Send = "auto"   // GET, HEAD and OPTIONS; other methods stop after the preflight
	SendAlways Send = "always" // everything
	SendNever  Send = "never"  // preflights only
)

// Scenario is one entry of `scenarios`, defaults applied. Its lists multiply.
type Scenario struct {
	Name        string
	Pos         Pos
	Paths       []string // paths below the target's URL, or absolute http(s) URLs; empty: "/"
	Origins     []cors.Origin
	Methods     []string        // as a script would write them; empty: GET
	Headers     [][]cors.Header // header sets; empty: one empty set
	Credentials []cors.CredentialsMode
	Cookies     []Cookie
	Body        *string
	Mode        cors.Mode
	Redirect    cors.RedirectMode
	Send        Send
	Browsers    []string // names of engines; empty: chromium, firefox, webkit
	Repeat      int      // 0 means 1
	Targets     []string // names; empty: all
	Tags        []string
	Timeout     time.Duration // 0: the run's
	Skip        string        // why; empty: not skipped
	Expect      Expect
}

// Cookie is a cookie that the browser holds for the target's host.
type Cookie struct{ Name, Value string }

// Expect is what the author expects. The zero value expects that the page gets through.
type Expect struct {
	Pos       Pos
	Outcome   []cors.Verdict // any of these
	Reason    []cors.Reason  // any of these
	Stage     []cors.Stage   // any of these
	Preflight *PreflightExpect
	Response  *ResponseExpect
}

// PreflightExpect is what is expected of the first preflight.
type PreflightExpect struct {
	Sent             *bool
	Status           *Matcher
	AllowOrigin      *Matcher
	AllowMethods     *Matcher
	AllowHeaders     *Matcher
	AllowCredentials *Matcher
	MaxAge           *Matcher // a duration; seconds on the wire
	Vary             *Matcher
	Headers          []HeaderMatcher
}

// ResponseExpect is what is expected of the final response.
type ResponseExpect struct {
	Status           *Matcher
	AllowOrigin      *Matcher
	AllowCredentials *Matcher
	ExposeHeaders    *Matcher
	Vary             *Matcher
	Readable         []string // header names that the script must see
	Unreadable       []string // header names that it must not see
	Headers          []HeaderMatcher
}

// HeaderMatcher is a Matcher for a header of any name.
type HeaderMatcher struct {
	Name string
	Matcher
}

// Matcher is a condition on a header or status; every field that is set must hold. List fields compare the elements of
// a comma-separated value.
type Matcher struct {
	Pos      Pos
	Equals   *string
	Contains []string // all of these
	Excludes []string // none of these
	Exactly  []string // these and no others, in any order; empty but not nil: no element
	Matches  string   // a regular expression (RE2), unanchored
	AtLeast  *float64 // seconds for max-age
	AtMost   *float64
	Absent   bool
}
