package audit

import (
	"slices"

	"github.com/corsgate/corsgate/cors"
)

// Failure is a case that ended otherwise than its author expects, with what its run knows beside it. The slices are
// read, never changed.
type Failure struct {
	Fetch      cors.Fetch
	Engine     cors.Engine // the first browser that disagrees with the author
	Outcome    cors.Outcome
	Exchanges  []Exchange // those of that browser's flow, in order
	GotThrough bool       // the author expects a block, the browser allows
	Probe      string     // the probe that the case makes; empty: none
	Unreadable []string   // headers that the page should read and can't
	Intended   Intended
	Target     string   // name of the case's target; empty: the file names none
	Others     []string // names of other targets of the file, ways to the same server
	Addresses  []string // host:port of each address that the server's name has; nil: one, or not known
}

// Intended is what else the author of the file lets through, in the order of the file.
type Intended struct {
	Origins     []cors.Origin
	Methods     []string
	Headers     []string // names of request headers
	Credentials bool     // somewhere credentials are sent along
	URLs        []string // of the same target

	Authorization []string // values that are sent to the same target
}

// Ask is a request that a diagnosis wants to have answered.
type Ask struct {
	Request cors.Request // OPTIONS, GET or HEAD, never with a body
	Fresh   int          // 1 and up: on a connection of its own, each number once
	HTTP    string       // "1.1" or "2"; empty: as the case was sent
	Target  string       // another of the file's targets; empty: the case's
	Address string       // of Failure.Addresses; empty: whichever the case's requests go to
}

// Answer is what came back for an Ask.
type Answer = Exchange

// Cause is why a failure happened.
type Cause struct {
	ID       string // in the catalogue
	Message  string // one sentence with the case's values; quotes raw bytes of the server
	Evidence []Evidence
	Values   Values // for the remedy
}

// Evidence is an exchange and what it shows.
type Evidence struct {
	Exchange Exchange
	Shows    string // e.g. "fails", "passes without x-custom"
}

// Values are what a remedy is written with.
type Values struct {
	Origin, Method, Header, URL string
}

// MaxAsks bounds the requests of one diagnosis unless its Limit says otherwise. The second that is not answered in time
// ends it as well.
const MaxAsks = 12

// Diagnosis finds the cause of one failure by asking for variations of it. Like cors.Flow it does no I/O: Next says
// what to ask, Receive takes the answer, and Cause is there when Next has nothing more. It never asks for an unsafe
// method. It is not safe for concurrent use.
type Diagnosis struct {
	failure Failure
	Limit   int // of requests; 0: MaxAsks
	asked   []Ask
	answers []Answer
	pending *Ask
	cause   *Cause
	done    bool
}

// NewDiagnosis starts a diagnosis.
func NewDiagnosis(f Failure) *Diagnosis {
	d := &Diagnosis{failure: f}
	return d
}

// Next returns the request to send now, the same one until Receive is called; false when the diagnosis has ended.
func (d *Diagnosis) Next() (Ask, bool) {
	if d.pending == nil && !d.done {
		d.think()
	}
	if d.pending == nil {
		return Ask{}, false
	}
	return *d.pending, true
}

// Receive takes the answer to the request that Next returned.
func (d *Diagnosis) Receive(a Answer) {
	if d.pending == nil {
		return
	}
	d.asked, d.answers, d.pending = append(d.asked, *d.pending), append(d.answers, a), nil
}

// Cause returns the cause, and whether one was found. It is final once Next has returned false.
func (d *Diagnosis) Cause() (Cause, bool) {
	if d.cause == nil {
		return Cause{}, false
	}
	return *d.cause, true
}

// suspect looks for one cause in what is known. It returns the cause; or nil after d.ask has noted what it needs to
// know first; or nil.
type suspect func(d *Diagnosis) *Cause

// think goes through the suspects, the most specific first, until one is the cause or needs an answer. It starts anew
// after each answer, so that a suspect is straight code.
func (d *Diagnosis) think() {
	for _, s := range d.suspects() {
		if cause := s(d); cause != nil {
			d.cause, d.done, d.pending = cause, true, nil
			return
		}
		if d.pending != nil {
			return
		}
	}
	d.done = true
}

// suspects are the causes in the order in which they are told when several fit.
func (d *Diagnosis) suspects() []suspect {
	switch {
	case d.failure.GotThrough:
		return []suspect{gotThrough}
	case d.failure.Outcome.Verdict == cors.Allowed:
		return []suspect{headerNotExposed}
	case d.failure.Outcome.Verdict == cors.Undecided:
		return []suspect{optionsDropped}
	case !d.blamesCORS():
		return []suspect{challengePage, nodeDisagrees, protocolDiffers, edgeDiffers}
	}
	return []suspect{
		challengePage, preflightRequiresAuth, preflightRedirected, optionsNotHandled, duplicateHeaders, malformedOrigin,
		nodeDisagrees, protocolDiffers, edgeDiffers, cacheIgnoresOrigin, redirects, errorsLackCORS, responseLacksCORS,
		wildcardWithCredentials, preflightHeaderParsing, methodCase, headerNotAllowed, methodNotAllowed,
		credentialsNotAllowed, originDiffersBy, credentialsRefused, originNotAllowed, notConfigured,
	}
}

// blamesCORS reports whether the browser's reason lies in what CORS says of an answer.
func (d *Diagnosis) blamesCORS() bool {
	switch d.failure.Outcome.Reason {
	case cors.ReasonRedirectDisallowed, cors.ReasonInvalidRedirect, cors.ReasonTooManyRedirects,
		cors.ReasonCORSDisabledScheme, cors.ReasonCORPNotSameOrigin, cors.ReasonCORPNotSameSite,
		cors.ReasonDisallowedByMode, cors.ReasonMixedContent, cors.ReasonBadPort, cors.ReasonConflictingHeaders:
		return false
	}
	return true
}

// ask returns the answer to a. When it is not known yet and may still be asked, it notes the need and ok is false; a
// suspect then returns nil at once. Beyond the limit the answer is empty, without a response.
func (d *Diagnosis) ask(a Ask) (answer Answer, ok bool) {
	if i := slices.IndexFunc(d.asked, func(b Ask) bool { return sameAsk(a, b) }); i >= 0 {
		return d.answers[i], true
	}
	if a.asTheCase() {
		if i := slices.IndexFunc(d.failure.Exchanges, func(x Exchange) bool { return sameRequest(x.Request, a.Request) }); i >= 0 {
			return d.failure.Exchanges[i], true
		}
	}
	if len(d.asked) >= d.limit() || d.isTired() {
		return Answer{}, true
	}
	d.pending = &a
	return Answer{}, false
}

// isTired reports whether so many requests were not answered in time that more would only cost time.
func (d *Diagnosis) isTired() bool {
	const enough = 2
	late := 0
	for _, a := range d.answers {
		if a.Error == "timeout" {
			late++
		}
	}
	return late >= enough
}

func (d *Diagnosis) limit() int {
	if d.Limit > 0 {
		return d.Limit
	}
	return MaxAsks
}

// asTheCase reports whether the request goes the way that the case's requests go.
func (a Ask) asTheCase() bool {
	return a.Fresh == 0 && a.HTTP == "" && a.Target == "" && a.Address == ""
}

func sameAsk(a, b Ask) bool {
	return a.Fresh == b.Fresh && a.HTTP == b.HTTP && a.Target == b.Target && a.Address == b.Address &&
		sameRequest(a.Request, b.Request)
}

func sameRequest(a, b cors.Request) bool {
	return a.Method == b.Method && a.URL == b.URL && slices.Equal(a.Headers, b.Headers)
}

// failing is the exchange that decided against the page; ok is false when nothing was answered.
func (d *Diagnosis) failing() (x Exchange, ok bool) {
	if len(d.failure.Exchanges) == 0 {
		return Exchange{}, false
	}
	x = d.failure.Exchanges[len(d.failure.Exchanges)-1]
	return x, x.Response != nil
}

// failingPreflight is the same, when it is the preflight of the page's own request, not of a redirected one.
func (d *Diagnosis) failingPreflight() (x Exchange, ok bool) {
	x, ok = d.failing()
	return x, ok && x.Request.Kind == cors.KindPreflight && x.Request.Hop == 0
}

// failingResponse is the same, when it is the answer to the request itself.
func (d *Diagnosis) failingResponse() (x Exchange, ok bool) {
	x, ok = d.failing()
	return x, ok && x.Request.Kind == cors.KindRequest
}

// trial is what a browser makes of a variation of the failed fetch.
type trial struct {
	outcome cors.Outcome
	last    Exchange // the last exchange
}

func (t trial) passes() bool { return t.outcome.Verdict == cors.Allowed }

// try runs a variation of the failed fetch; ok is false while an answer is missing. Beyond the limit the trial is
// undecided.
func (d *Diagnosis) try(f cors.Fetch) (t trial, ok bool) {
	return d.tryBy(f, func(r cors.Request) Ask { return Ask{Request: r} })
}

// tryBy is try with each request asked in a way of its own.
func (d *Diagnosis) tryBy(f cors.Fetch, way func(cors.Request) Ask) (t trial, ok bool) {
	flow := cors.NewFlow(d.failure.Engine, f, nil)
	for request, more := flow.Next(); more; request, more = flow.Next() {
		if request.Method != "OPTIONS" && request.Method != "GET" && request.Method != "HEAD" {
			flow.Stop()
			break
		}
		request.Body = nil
		answer, known := d.ask(way(request))
		if !known {
			return trial{}, false
		}
		t.last = answer
		if answer.Response == nil {
			return t, true
		}
		flow.Receive(*answer.Response)
	}
	t.outcome = flow.Outcome()
	return t, true
}

// preflightOf is a fetch like f that surely has a preflight, and stops after it: nothing unsafe is asked.
func preflightOf(f cors.Fetch) cors.Fetch {
	f.ForcePreflight = true
	return f
}

// evidence pairs the failing exchange with the one beside it that passes.
func (d *Diagnosis) evidence(passes Exchange, shows string) []Evidence {
	var all []Evidence
	if x, ok := d.failing(); ok {
		all = append(all, Evidence{x, "fails"})
	}
	if passes.Response != nil {
		all = append(all, Evidence{passes, shows})
	}
	return all
}

func (d *Diagnosis) causeOf(id, message string, evidence []Evidence) *Cause {
	f := d.failure.Fetch
	return &Cause{
		ID: id, Message: message, Evidence: evidence,
		Values: Values{Origin: f.Origin.String(), Method: f.Method, URL: f.URL},
	}
}
