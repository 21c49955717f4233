// Package report is the contract between a run and everything that shows it: plain values for its start, each case
// and its finish, and the Handler that receives them. Outputs live in folders below; the JSON writer and Replay, which
// feeds a saved JSON report to any other Handler, live here.
package report

import "time"

// Handler receives a run: Start once, Case once for each case in plan order, Finish once. All calls come from one
// goroutine. A Handler must not keep or change the *Case after Case has returned. An error means that the output can't
// be written; the run goes on and the other handlers still get everything.
type Handler interface {
	Start(Start) error
	Case(*Case) error
	Finish(Finish) error
}

// Progress is what a Handler may also implement to hear of cases decided out of order, before their turn in the plan.
// It is called from the goroutine of the Handler's other methods.
type Progress interface {
	Progress(done, total int)
}

// Tool names the program that made a report.
type Tool struct {
	Name    string `json:"name"`
	Version string `json:"version"`
}

// Start opens a run.
type Start struct {
	Tool    Tool
	RunID   string // stands in the User-Agent of everything that was sent
	Started time.Time
	Cases   int    // how many will follow
	Shard   *Shard // nil: the run has all cases of its plan
	Rules   []Rule // the catalogue, for outputs that explain; not part of the JSON report, so Replay has none
}

// Shard says which part of a plan a run is; Merge joins the reports of all parts.
type Shard struct {
	Index int    `json:"index"` // from 1 to Total
	Total int    `json:"total"`
	Plan  string `json:"plan"`  // a digest: the parts of one plan have the same
	Cases int    `json:"cases"` // of the whole plan
}

// Finish closes a run.
type Finish struct {
	Summary     Summary
	Duration    time.Duration
	Interrupted bool // some cases were not decided since the run was cut short
	// Looks are, of a shard, the Identity of each request that no case made: to find causes and findings.
	Looks []string
}

// Summary counts a run.
type Summary struct {
	Cases     int `json:"cases"`
	Passed    int `json:"passed"`
	Failed    int `json:"failed"`
	Errors    int `json:"errors"`
	Skipped   int `json:"skipped"`
	Exchanges int `json:"exchanges"` // sent on the wire, retries included; a shared one counts once
	Findings  int `json:"findings"`
}

// Status says how a case ended.
type Status string

// The statuses. A mismatch is a failure; not having found out is an error.
const (
	Passed  Status = "passed"
	Failed  Status = "failed"
	Errored Status = "error"
	Skipped Status = "skipped"
)

// Case is the result of one case, in the shape of the JSON report. Slices are never nil in JSON.
type Case struct {
	ID        string             `json:"id"`
	Name      string             `json:"name"`
	Scenario  string             `json:"scenario"`
	File      string             `json:"file"`
	Line      int                `json:"line"`
	Target    string             `json:"target"`
	Tags      []string           `json:"tags"`
	Kind      string             `json:"kind"`            // scenario, allow, deny or probe
	Probe     string             `json:"probe,omitempty"` // of kind probe: its id in the catalogue
	Request   Request            `json:"request"`
	Status    Status             `json:"status"`
	Checked   string             `json:"checked"` // all, or preflight when the request itself was not sent
	Skip      string             `json:"skip,omitempty"`
	Duration  Millis             `json:"duration_ms"`
	Outcome   string             `json:"outcome"`
	Reason    string             `json:"reason"`
	Stage     string             `json:"stage"`
	Engines   map[string]Verdict `json:"engines"`
	Browsers  []string           `json:"browsers"` // the keys of Engines in the case's order
	Response  *Response          `json:"response"` // what the script sees; nil unless it sees something
	Exchanges []Exchange         `json:"exchanges"`
	Mismatch  []Mismatch         `json:"mismatches"`
	Findings  []Finding          `json:"findings"`
	Cause     *Cause             `json:"cause"`
	Error     *Error             `json:"error"`
	Position  int                `json:"position,omitempty"` // of a shard's case: its place in the plan, from 1
}

// Request is what the page's script asked for.
type Request struct {
	Origin      string  `json:"origin"`
	URL         string  `json:"url"`
	Method      string  `json:"method"`
	Mode        string  `json:"mode"`
	Credentials string  `json:"credentials"`
	Redirect    string  `json:"redirect"`
	Headers     []Field `json:"headers"`
}

// Verdict is what one engine decides.
type Verdict struct {
	Outcome string `json:"outcome"`
	Reason  string `json:"reason"`
	Stage   string `json:"stage"`
	Message string `json:"message"` // as its console says it
}

// Response is what the script can read.
type Response struct {
	Status   int      `json:"status"`
	Readable []string `json:"readable_headers"`
}

// Exchange is one request on the wire and what came back.
type Exchange struct {
	Kind     string        `json:"kind"` // preflight or request
	Request  WireRequest   `json:"request"`
	Response *WireResponse `json:"response"` // nil: none came
	Duration Millis        `json:"duration_ms"`
	Shared   bool          `json:"shared"`          // sent for another case; this one has the same
	Engines  []string      `json:"engines"`         // those of the case's browsers that send it
	Try      int           `json:"try,omitempty"`   // 1 and up for a retry
	Round    int           `json:"round,omitempty"` // 1 and up for a repetition
	Error    *Error        `json:"error,omitempty"` // in JSON one string, "kind: message", or null
	Note     string        `json:"note,omitempty"`  // trouble after the head: it changes no verdict
	// Identity is, in a shard and where cases may share the exchange, equal to that of the same one in other shards.
	Identity string `json:"identity,omitempty"`
}

// WireRequest is a request as it was sent.
type WireRequest struct {
	Method  string  `json:"method"`
	URL     string  `json:"url"`
	Headers []Field `json:"headers"`
	Body    string  `json:"body,omitempty"`
}

// WireResponse is the head of an answer: headers in order, with duplicates.
type WireResponse struct {
	Protocol string  `json:"protocol"` // HTTP/1.1, HTTP/2.0
	Remote   string  `json:"remote"`   // address that answered; empty when not known
	Status   int     `json:"status"`
	Headers  []Field `json:"headers"`
}

// Field is one header line: name, value.
type Field [2]string

// Mismatch is one expectation that did not hold.
type Mismatch struct {
	Field   string `json:"field"`
	Want    string `json:"want"`
	Got     string `json:"got"`
	Message string `json:"message"`
}

// Finding is something wrong or risky whatever was expected.
type Finding struct {
	Rule     string `json:"rule"`
	Severity string `json:"severity"` // info, warning or error
	Message  string `json:"message"`
}

// Cause is the root cause of a failure.
type Cause struct {
	ID       string   `json:"id"`
	Message  string   `json:"message"`
	Remedy   string   `json:"remedy"`
	Evidence []string `json:"evidence"`
}

// Error says why something could not be found out.
type Error struct {
	Kind    string `json:"kind"` // dns, connect, tls, timeout, closed, protocol or interrupted
	Message string `json:"message"`
}

// Millis is a duration that JSON shows as milliseconds with a fraction.
type Millis time.Duration
