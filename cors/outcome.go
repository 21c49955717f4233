package cors

import "time"

// Response is the head of an answer from the wire.
type Response struct {
	Status   int
	Headers  []Header  // in order, duplicates kept
	Received time.Time // when the head was complete; only a preflight cache looks at it
}

// ResponseType is https://fetch.spec.whatwg.org/#concept-response-type, as response.type shows it to a script.
type ResponseType string

// The response types.
const (
	TypeBasic          ResponseType = "basic"
	TypeCORS           ResponseType = "cors"
	TypeOpaque         ResponseType = "opaque"
	TypeOpaqueRedirect ResponseType = "opaqueredirect"
)

// Outcome is what a fetch came to. The zero value is an undecided one.
type Outcome struct {
	Verdict Verdict
	Reason  Reason
	Stage   Stage
	Detail  string // what the reason is about: the offending value, method or header name; raw bytes of the server
	Message string // what the engine's console says; quotes raw bytes of the server

	// What the script sees, unless it was blocked.
	Type       ResponseType
	Status     int    // 0 for opaque responses
	URL        string // of the last hop
	Redirected bool
	Readable   []Header // in the response's order; names as sent
}
