package audit

import (
	"slices"

	"github.com/corsgate/corsgate/cors"
)

// Observation is one case as it was seen on the wire. Nothing of it is changed.
type Observation struct {
	Fetch     cors.Fetch
	Browsers  []cors.Engine
	Exchanges []Exchange // of all browsers, each once, in the order in which they were sent
	Beside    []Exchange // answers to what Needs asks for; in any order, missing ones are no error
	// Rerouted says that the file or the command line chose the way (connect, a proxy, --resolve): the address that
	// answered is not the one that a browser would find.
	Rerouted bool
}

// Finding is something wrong or wasteful whatever was expected, and where it was seen.
type Finding struct {
	Rule     string // its id in the catalogue
	Severity Severity
	Message  string // one sentence with the values; quotes raw bytes of the server
	Exchange int    // index in Observation.Exchanges of what shows it
	Beside   []int  // indexes in Observation.Beside of what it was compared with; nil: with nothing
}

// Findings returns what is wrong with the exchanges of a case, each rule at most once, in the order of the catalogue.
// Where an answer of Beside is missing, what it would show is not looked for.
func Findings(o *Observation) []Finding {
	var found []Finding
	for _, d := range detectors {
		if f, ok := d.find(o); ok {
			found = append(found, f)
		}
	}
	return found
}

// detector looks for one finding.
type detector struct {
	id   string
	kind cors.RequestKind // the exchanges that it looks at; empty: all
	// tell returns the message, empty where x shows nothing. x has a response.
	tell func(o *Observation, x *Exchange) string
	// compare, in place of tell, looks at the answers beside x too and returns the index of the one that matters.
	compare func(o *Observation, x *Exchange) (message string, beside []int)
}

// detectors are in the order of the catalogue.
var detectors = []detector{
	{id: "vary-origin-missing", kind: cors.KindRequest, compare: varyOriginMissing},
	{id: "vary-missing-on-non-cors", kind: cors.KindRequest, compare: varyMissingWithoutOrigin},
	{id: "duplicate-cors-header", tell: duplicated},
	{id: "malformed-allow-origin", tell: malformedAllowOrigin},
	{id: "malformed-allow-credentials", tell: malformedAllowCredentials},
	{id: "wildcard-literal-with-credentials", tell: wildcardIsLiteral},
	{id: "authorization-not-covered-by-wildcard", kind: cors.KindPreflight, tell: authorizationNotCovered},
	{id: "preflight-headers-on-response", kind: cors.KindRequest, tell: preflightHeadersOnResponse},
	{id: "response-headers-on-preflight", kind: cors.KindPreflight, tell: responseHeadersOnPreflight},
	{id: "max-age-missing", kind: cors.KindPreflight, tell: maxAgeMissing},
	{id: "max-age-over-cap", kind: cors.KindPreflight, tell: maxAgeOverCap},
	{id: "max-age-malformed", kind: cors.KindPreflight, tell: maxAgeMalformed},
	{id: "expose-set-cookie", kind: cors.KindRequest, tell: exposesSetCookie},
	{id: "safelisted-name-listed", kind: cors.KindRequest, tell: safelistedNameListed},
	{id: "forbidden-name-listed", kind: cors.KindPreflight, tell: forbiddenNameListed},
	{id: "preflight-has-body", kind: cors.KindPreflight, tell: preflightHasBody},
	{id: "preflight-sets-cookie", kind: cors.KindPreflight, tell: preflightSetsCookie},
	{id: "cookie-not-cross-site", kind: cors.KindRequest, tell: cookieNotCrossSite},
	{id: "third-party-cookie-blocked", kind: cors.KindRequest, tell: thirdPartyCookieBlocked},
	{id: "corp-conflicts", kind: cors.KindRequest, tell: corpConflicts},
	{id: "mixed-content-loopback", tell: mixedContentOnLoopback},
	{id: "local-network-target", tell: localNetworkTarget},
}

// find returns the first exchange that shows the finding.
func (d *detector) find(o *Observation) (Finding, bool) {
	for i := range o.Exchanges {
		x := &o.Exchanges[i]
		if x.Response == nil || d.kind != "" && x.Request.Kind != d.kind {
			continue
		}
		if message, beside := d.look(o, x); message != "" {
			return Finding{d.id, rule(d.id).Severity, message, i, beside}, true
		}
	}
	return Finding{}, false
}

func (d *detector) look(o *Observation, x *Exchange) (message string, beside []int) {
	if d.compare != nil {
		return d.compare(o, x)
	}
	return d.tell(o, x), nil
}

// judges reports whether the engine is one of the case's browsers.
func (o *Observation) judges(e cors.Engine) bool {
	return slices.ContainsFunc(o.Browsers, func(b cors.Engine) bool { return b.Name == e.Name })
}

// lets reports whether an answer allows the origin that its request names, credentials aside.
func lets(x *Exchange) bool {
	allowed, ok := value(x.Response, "Access-Control-Allow-Origin")
	return ok && (allowed == "*" || allowed == requestHeader(x.Request, "Origin"))
}

// passed reports whether x is a preflight whose status and origin are good.
func passed(x *Exchange) bool { return isOK(x.Response) && lets(x) }
