// Package assert holds what the author of a case expects and compares it with what was seen.
package assert

import "github.com/corsgate/corsgate/cors"

// Expectation is what one case expects. Zero fields expect nothing.
type Expectation struct {
	Outcome   []cors.Verdict // any of these, of every browser
	Reason    []cors.Reason  // any of these
	Stage     []cors.Stage   // any of these
	Preflight *Preflight
	Response  *Response
}

// Preflight is what is expected of the first preflight.
type Preflight struct {
	Sent    *bool
	Status  *Matcher
	Headers []Header
}

// Response is what is expected of the final response.
type Response struct {
	Status       *Matcher
	Headers      []Header
	Readable     []string
	Unreadable   []string
	MayLack      bool     // a Readable header may be absent where Access-Control-Expose-Headers would let it be read
	Credentials  bool     // the request has credentials: then * in Access-Control-Expose-Headers is a name like any other
	ReadableOnly []string // not nil: beside what every page can read, these headers and no others
	Never        []Header // these conditions do not hold all at once; the first one's Field names the check
}

// Header is a Matcher for the header of a name.
type Header struct {
	Field   string // how a Result names it, e.g. preflight.allow-methods
	Name    string
	Matcher Matcher
}

// Matcher is a condition on a value; every field that is set must hold.
type Matcher struct {
	Equals   *string
	Contains []string // elements of a comma-separated list
	Excludes []string
	Exactly  []string // not nil: these elements and no others
	Matches  string   // RE2, unanchored
	AtLeast  *float64
	AtMost   *float64
	Absent   bool
}

// Observation is what was seen of one case.
type Observation struct {
	Browsers  []Browser      // in the case's order, the first is the primary one
	Preflight *cors.Response // of the primary browser's first preflight; nil: none was sent
	Response  *cors.Response // the last response of the primary browser's requests; nil: none was sent
	Partial   bool           // stopped after the preflight: nothing is known of the response
}

// Browser is one engine's outcome.
type Browser struct {
	Name    string
	Outcome cors.Outcome
}

// Result is one check. Want and Got are empty when it holds.
type Result struct {
	Field   string // outcome, reason, stage, preflight.status, response.vary, ...
	OK      bool
	Want    string
	Got     string
	Message string // one sentence that says both
}
