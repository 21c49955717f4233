// Package cors decides what a browser decides: whether a page's script may send a request and read its answer.
//
// It implements the CORS parts of the Fetch Standard (https://fetch.spec.whatwg.org/) without any I/O. A [Flow] is
// the state machine of one fetch: it says what the browser would send next and is told what came back, until it has
// an [Outcome].
//
//	flow := cors.NewFlow(cors.Chromium, cors.Fetch{
//		Origin: origin, URL: "https://api.example.com/users/1", Method: "PUT",
//	}, nil)
//	for request, ok := flow.Next(); ok; request, ok = flow.Next() {
//		flow.Receive(send(request))
//	}
//	fmt.Println(flow.Outcome().Verdict)
//
// Where an engine leaves the standard, its [Deviations] say so in a named field; the algorithm is one for all.
package cors

import "time"

// Header is one header line: a name as it was written and a value as raw bytes, without outer white space.
type Header struct{ Name, Value string }

// Mode is a request's mode: https://fetch.spec.whatwg.org/#concept-request-mode. Empty means ModeCORS.
type Mode string

// The modes that a script can ask for.
const (
	ModeCORS       Mode = "cors"
	ModeNoCORS     Mode = "no-cors"
	ModeSameOrigin Mode = "same-origin"
)

// CredentialsMode says when credentials go along: https://fetch.spec.whatwg.org/#concept-request-credentials-mode.
// Empty means CredentialsSameOrigin, as in fetch().
type CredentialsMode string

// The credentials modes.
const (
	CredentialsOmit       CredentialsMode = "omit"
	CredentialsSameOrigin CredentialsMode = "same-origin"
	CredentialsInclude    CredentialsMode = "include"
)

// RedirectMode says what a redirect leads to: https://fetch.spec.whatwg.org/#concept-request-redirect-mode. Empty
// means RedirectFollow.
type RedirectMode string

// The redirect modes.
const (
	RedirectFollow RedirectMode = "follow"
	RedirectError  RedirectMode = "error"
	RedirectManual RedirectMode = "manual"
)

// Verdict is how a fetch ended for the script. Empty means that it is undecided.
type Verdict string

// The verdicts.
const (
	Undecided      Verdict = ""
	Allowed        Verdict = "allowed"
	Blocked        Verdict = "blocked"
	Opaque         Verdict = "opaque"
	OpaqueRedirect Verdict = "opaque-redirect"
)

// Stage is where a fetch was blocked. Empty unless it was.
type Stage string

// The stages, in the order in which a fetch goes through them.
const (
	StageRequest   Stage = "request"   // refused before anything was sent
	StagePreflight Stage = "preflight" // by the answer to the preflight
	StageResponse  Stage = "response"  // by the last answer, behind redirects or not
	StageRedirect  Stage = "redirect"  // by a redirect response, or before its target was asked
)

// RequestKind tells a preflight from the request that the script asked for.
type RequestKind string

// The kinds of request on the wire.
const (
	KindPreflight RequestKind = "preflight"
	KindRequest   RequestKind = "request"
)

// Cookie is a cookie that the browser holds before the fetch.
type Cookie struct {
	Name, Value string
	Host        string // the host that set it; sent to this host alone
	Secure      bool
	SameSite    SameSite
}

// SameSite is a cookie's SameSite attribute. Empty means that it was not given.
type SameSite string

// The values of the SameSite attribute.
const (
	SameSiteNone   SameSite = "None"
	SameSiteLax    SameSite = "Lax"
	SameSiteStrict SameSite = "Strict"
)

// PublicSuffixList knows which domains anybody can register below. golang.org/x/net/publicsuffix.List is one.
type PublicSuffixList interface {
	// PublicSuffix returns the public suffix of a lower-case host name.
	PublicSuffix(domain string) string
}

// Fetch is what a page's script asks for, and the page that it runs in.
type Fetch struct {
	Origin      Origin   // the page's; the zero Origin is opaque and serialises to "null"
	Embedder    Origin   // around a page with an opaque origin: decides mixed content; zero: not known
	Unsandboxed Origin   // what a sandboxed page's opaque origin would be without its sandbox; zero: opaque too
	URL         string   // absolute, or relative to the root of the page's origin
	Method      string   // as the script wrote it; empty: GET
	Headers     []Header // as the script set them, in order; never modified
	Body        *string  // a string body; nil: none
	Mode        Mode
	Credentials CredentialsMode
	Redirect    RedirectMode
	Cookies     []Cookie
	// ForcePreflight is the use-CORS-preflight flag: an upload listener on an XMLHttpRequest sets it.
	ForcePreflight bool
	// Started is when the script calls fetch(); only a preflight cache looks at it.
	Started time.Time
	// PublicSuffixes decides what is one site. Nil: a host's last two labels.
	PublicSuffixes PublicSuffixList
}

// Request is one request on the wire. The Flow owns its slices until the next call of Receive.
type Request struct {
	Kind    RequestKind
	Method  string
	URL     string   // absolute, without fragment
	Headers []Header // all that the browser's fetch layer sets, without Host, User-Agent, Content-Length and Accept-Encoding
	Body    *string  // nil: none
	Hop     int      // redirects followed before it
	// NewConnection is set when the same request goes out again, on another connection, after a 421.
	NewConnection bool
}
