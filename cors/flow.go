package cors

import "time"

// maxRedirects is the limit of https://fetch.spec.whatwg.org/#concept-http-redirect-fetch, step 7.
const maxRedirects = 20

// Flow is one fetch in one engine: https://fetch.spec.whatwg.org/#concept-main-fetch and what it calls, cut at each
// request on the wire. It does no I/O and is not safe for concurrent use.
type Flow struct {
	engine   Engine
	fetch    Fetch // as given
	cache    *Cache
	method   string
	headers  []Header // the script's that may be sent, and Content-Type of the body; lines of one name not joined
	body     *string
	urls     []*pageURL // https://fetch.spec.whatwg.org/#concept-request-url-list
	tainting tainting
	asked    unsafeRequest // what the script asked for, whatever redirects made of it

	now     time.Time // for the preflight cache
	next    Request
	pending bool
	passed  bool // a preflight of this hop has passed
	outcome Outcome
}

// tainting is https://fetch.spec.whatwg.org/#concept-request-response-tainting.
type tainting int

const (
	taintBasic tainting = iota
	taintCORS
	taintOpaque
)

// unsafeRequest is what makes a preflight necessary: a method and the names of unsafe headers.
type unsafeRequest struct {
	method string
	names  []string
}

func (u unsafeRequest) isUnsafe() bool { return !SafelistedMethod(u.method) || len(u.names) > 0 }

// NewFlow starts a fetch. A nil cache means an empty one that nobody else sees. The cache may be shared by flows that
// take turns, one engine a cache.
func NewFlow(e Engine, f Fetch, cache *Cache) *Flow {
	if cache == nil {
		cache = new(Cache)
	}
	flow := &Flow{engine: e, fetch: withDefaults(f), cache: cache, now: f.Started}
	if reason, detail := flow.construct(); reason != "" {
		flow.block(StageRequest, reason, detail)
		return flow
	}
	flow.asked = flow.unsafe()
	flow.mainFetch()
	return flow
}

// Next returns the request that the browser sends now, the same one until Receive is called; false when the flow has
// ended.
func (f *Flow) Next() (Request, bool) { return f.next, f.pending }

// Receive takes the answer to the request that Next returned. It panics when there was none.
func (f *Flow) Receive(r Response) {
	if !f.pending {
		panic("cors: Receive without a request from Next")
	}
	f.pending = false
	if !r.Received.IsZero() {
		f.now = r.Received
	}
	if f.next.Kind == KindPreflight {
		f.receivePreflight(r)
		return
	}
	f.receiveResponse(r)
}

// Stop ends the flow instead of sending the request that Next returned. Where a preflight of this hop has passed, the
// outcome is Allowed with neither status nor readable headers; else it stays undecided.
func (f *Flow) Stop() {
	if f.pending && f.passed && f.next.Kind == KindRequest {
		f.outcome = Outcome{Verdict: Allowed, Type: TypeCORS, URL: f.url().String(), Redirected: len(f.urls) > 1}
	}
	f.pending = false
}

// Outcome returns what the fetch came to; its zero value until the flow has ended.
func (f *Flow) Outcome() Outcome { return f.outcome }

// NeedsPreflight reports whether the first request of the fetch in that engine is a preflight, with an empty cache.
func NeedsPreflight(e Engine, f Fetch) bool {
	request, ok := NewFlow(e, f, nil).Next()
	return ok && request.Kind == KindPreflight
}

func withDefaults(f Fetch) Fetch {
	if f.Method == "" {
		f.Method = "GET"
	}
	if f.Mode == "" {
		f.Mode = ModeCORS
	}
	if f.Credentials == "" {
		f.Credentials = CredentialsSameOrigin
	}
	if f.Redirect == "" {
		f.Redirect = RedirectFollow
	}
	return f
}

// url is https://fetch.spec.whatwg.org/#concept-request-current-url.
func (f *Flow) url() *pageURL { return f.urls[len(f.urls)-1] }

func (f *Flow) unsafe() unsafeRequest {
	return unsafeRequest{f.method, f.engine.unsafeNames(f.headers)}
}

func (f *Flow) block(stage Stage, reason Reason, detail string) {
	f.pending = false
	f.outcome = Outcome{Verdict: Blocked, Reason: reason, Stage: stage, Detail: detail}
	f.outcome.Message = f.message()
}

// stage names where the flow is when it is not judging a preflight.
func (f *Flow) stage(first Stage) Stage {
	if len(f.urls) > 1 {
		return StageRedirect
	}
	return first
}

// mainFetch is https://fetch.spec.whatwg.org/#concept-main-fetch from step 7 on, for the current URL.
func (f *Flow) mainFetch() {
	if reason := f.refused(); reason != "" {
		f.block(f.stage(StageRequest), reason, "")
		return
	}
	u := f.url()
	switch {
	// 12, "request's current URL's origin is same origin with request's origin, and response tainting is basic"
	case f.tainting == taintBasic && u.origin().SameOrigin(f.fetch.Origin):
		f.send()
	case u.scheme == "data":
		f.outcome = Outcome{Verdict: Allowed, Type: TypeBasic, Status: 200, URL: u.String()}
	// 12, "request's mode is same-origin"
	case f.fetch.Mode == ModeSameOrigin:
		f.block(f.stage(StageRequest), ReasonDisallowedByMode, "")
	// 12, "request's mode is no-cors"
	case f.fetch.Mode == ModeNoCORS:
		f.noCORSFetch()
	// 12, "request's current URL's scheme is not an HTTP(S) scheme"
	case !u.isHTTP():
		f.block(f.stage(StageRequest), ReasonCORSDisabledScheme, "")
	default:
		f.tainting = taintCORS
		f.corsFetch()
	}
}

func (f *Flow) noCORSFetch() {
	switch {
	case f.fetch.Redirect != RedirectFollow:
		f.block(f.stage(StageRequest), ReasonNoCORSRedirect, "")
	case !f.url().isHTTP():
		f.block(f.stage(StageRequest), ReasonCORSDisabledScheme, "")
	default:
		f.tainting = taintOpaque
		f.send()
	}
}

// corsFetch is the last two cases of main fetch's step 12, and https://fetch.spec.whatwg.org/#http-fetch, step 4.2.
func (f *Flow) corsFetch() {
	f.passed = false
	if f.needsPreflight() {
		f.sendPreflight()
		return
	}
	f.send()
}

// refused is main fetch's step 7: mixed content and bad ports.
func (f *Flow) refused() Reason {
	u := f.url()
	page := f.fetch.Origin
	if page.Opaque() {
		page = f.fetch.Embedder
	}
	switch {
	// https://w3c.github.io/webappsec-mixed-content/#should-block-fetch
	case u.scheme == "http" && page.Scheme == "https" && !u.origin().PotentiallyTrustworthy():
		return ReasonMixedContent
	case u.isHTTP() && isBadPort(u.port):
		return ReasonBadPort
	}
	return ""
}

func (f *Flow) send() {
	f.next = f.request()
	f.pending = true
}
