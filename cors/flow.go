package cors

import "time"

// maxRedirects is the limit of https://fetch.spec.whatwg.org/#concept-http-redirect-fetch, step 7.
const maxRedirects = 20

// Flow is one fetch in one engine: https://fetch.spec.whatwg.org/#concept-main-fetch and what it calls, cut at each
// request on the wire. It does no I/O and is not safe for concurrent use.
type Flow struct {
	engine   Engine
	fetch    Fetch // as given, defaults filled in
	cache    *Cache
	method   string
	headers  []Header // the script's that may be sent, and Content-Type of the body; lines of one name not joined
	body     *string
	urls     []*pageURL // https://fetch.spec.whatwg.org/#concept-request-url-list
	tainting tainting

	scriptHeaders []Header // headers before any redirect
	firstNames    []string // the unsafe header names of the script's own request
	preflighted   bool     // a hop so far needed a preflight, sent or cached
	passed        bool     // a preflight of this hop has passed
	again         bool     // the request went out a second time, after a 421

	received Response // the last one
	target   *pageURL // of the redirect response that is being judged; nil: it is none

	now     time.Time // for the preflight cache
	next    Request
	pending bool
	outcome Outcome
}

// tainting is https://fetch.spec.whatwg.org/#concept-request-response-tainting.
type tainting int

const (
	taintBasic tainting = iota
	taintCORS
	taintOpaque
)

// NewFlow starts a fetch. A nil cache means an empty one that nobody else sees. The cache may be shared by flows of one
// engine and one top-level site that take turns.
func NewFlow(e Engine, f Fetch, cache *Cache) *Flow {
	if cache == nil {
		cache = new(Cache)
	}
	if e.Deviations == nil {
		e.Deviations = Standard.Deviations
	}
	flow := &Flow{engine: e, fetch: withDefaults(f), cache: cache, now: f.Started}
	if fail := flow.construct(); fail.reason != "" {
		flow.block(StageRequest, fail)
		return flow
	}
	flow.scriptHeaders = flow.headers
	flow.firstNames = e.unsafeNames(flow.headers)
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
	r.Headers = f.engine.readHeaders(r.Headers)
	f.received, f.target = r, nil
	suspect := f.suspectHeader(r)
	switch {
	case suspect != "":
		f.refuseSuspect(r, suspect)
	// https://fetch.spec.whatwg.org/#http-network-or-cache-fetch, step 15
	case r.Status == 421 && !f.again:
		f.again = true
		f.next.NewConnection = true
		f.pending = true
	case f.next.Kind == KindPreflight:
		f.receivePreflight(r)
	default:
		f.receiveResponse(r)
	}
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

func (f *Flow) includes() bool { return f.fetch.Credentials == CredentialsInclude }

func (f *Flow) block(stage Stage, fail failure) {
	// 12, "If response is a network error, then clear cache entries given request"
	if f.preflighted && !f.engine.CacheOutlivesFailure {
		f.forget()
	}
	f.outcome = Outcome{Verdict: Blocked, Reason: fail.reason, Stage: stage, Detail: fail.detail}
	f.outcome.Message = f.message()
}

// mainFetch is https://fetch.spec.whatwg.org/#concept-main-fetch from step 7 on, for the current URL.
func (f *Flow) mainFetch() {
	u := f.url()
	switch {
	case f.engine.ModeBeforePolicy && f.fetch.Mode == ModeSameOrigin && !u.origin().SameOrigin(f.fetch.Origin) &&
		u.scheme != "data":
		f.refuse(ReasonDisallowedByMode)
	// 7. Bad ports and mixed content
	case u.isHTTP() && isBadPort(u.port):
		f.refuse(ReasonBadPort)
	case f.isMixedContent() && !f.postponesMixedContent():
		f.refuse(ReasonMixedContent)
	// 12, "request's current URL's origin is same origin with request's origin, and response tainting is basic"
	case f.tainting == taintBasic && u.origin().SameOrigin(f.fetch.Origin):
		f.sendRequest()
	case u.scheme == "data":
		f.finishData()
	// 12, "request's mode is same-origin"
	case f.fetch.Mode == ModeSameOrigin:
		f.refuse(ReasonDisallowedByMode)
	// 12, "request's mode is no-cors"
	case f.fetch.Mode == ModeNoCORS:
		f.noCORSFetch()
	// 12, "request's current URL's scheme is not an HTTP(S) scheme"
	case !u.isHTTP():
		f.refuse(ReasonCORSDisabledScheme)
	default:
		f.corsFetch()
	}
}

// refuse blocks the fetch before its next request is sent.
func (f *Flow) refuse(reason Reason) {
	stage := StageRequest
	if len(f.urls) > 1 {
		stage = StageRedirect
	}
	f.block(stage, failure{reason: reason})
}

func (f *Flow) noCORSFetch() {
	u := f.url()
	switch {
	case f.fetch.Redirect != RedirectFollow:
		f.refuse(ReasonNoCORSRedirect)
	case f.engine.AboutBlankIsOpaque && u.scheme == "about" && u.path == "blank":
		f.outcome = Outcome{Verdict: Opaque, Type: TypeOpaque}
	case !u.isHTTP():
		f.refuse(ReasonCORSDisabledScheme)
	default:
		f.tainting = taintOpaque
		f.sendRequest()
	}
}

// corsFetch is the last two cases of main fetch's step 12, and https://fetch.spec.whatwg.org/#http-fetch, step 4.2.
func (f *Flow) corsFetch() {
	f.tainting, f.passed = taintCORS, false
	if !f.needsPreflight() {
		f.sendRequest()
		return
	}
	f.preflighted = true
	if f.cacheCovers(f.unsafe()) {
		f.passed = true
		f.sendRequest()
		return
	}
	f.sendPreflight()
}

// isMixedContent is https://w3c.github.io/webappsec-mixed-content/#should-block-fetch.
func (f *Flow) isMixedContent() bool {
	return f.isMixed(f.url())
}

func (f *Flow) isMixed(u *pageURL) bool {
	return u.scheme == "http" && f.topLevel().Scheme == "https" && !u.origin().PotentiallyTrustworthy()
}

func (f *Flow) postponesMixedContent() bool {
	return f.engine.PreflightBeforeMixed && len(f.urls) > 1 && f.fetch.Mode == ModeCORS && f.needsPreflight()
}

func (f *Flow) sendRequest() {
	f.send(Request{Kind: KindRequest, Method: f.method, Headers: f.requestHeaders(), Body: f.body})
}

func (f *Flow) send(r Request) {
	r.URL, r.Hop = f.url().String(), len(f.urls)-1
	f.next, f.pending, f.again = r, true, false
}
