package plan

import (
	"github.com/corsgate/corsgate/assert"
	"github.com/corsgate/corsgate/cors"
	"github.com/corsgate/corsgate/spec"
)

// expectation turns what the author wrote into what is checked. One value serves all cases of a scenario.
func expectation(sc *spec.Scenario) assert.Expectation {
	e := sc.Expect
	return assert.Expectation{
		Outcome: outcomes(sc), Reason: e.Reason, Stage: e.Stage,
		Preflight: preflight(e.Preflight), Response: response(e.Response),
	}
}

// outcomes fills in the outcome of an author who left it out: blocked where a reason or stage is named, else that the
// page gets through, as far as the request's mode lets it.
func outcomes(sc *spec.Scenario) []cors.Verdict {
	switch {
	case len(sc.Expect.Outcome) > 0:
		return sc.Expect.Outcome
	case len(sc.Expect.Reason)+len(sc.Expect.Stage) > 0:
		return []cors.Verdict{cors.Blocked}
	}
	through := []cors.Verdict{cors.Allowed}
	if sc.Mode == cors.ModeNoCORS {
		through = append(through, cors.Opaque)
	}
	if sc.Redirect == cors.RedirectManual {
		through = append(through, cors.OpaqueRedirect)
	}
	return through
}

func preflight(e *spec.PreflightExpect) *assert.Preflight {
	if e == nil {
		return nil
	}
	return &assert.Preflight{Sent: e.Sent, Status: matcher(e.Status), Headers: headers("preflight.", []named{
		{"allow-origin", "Access-Control-Allow-Origin", e.AllowOrigin},
		{"allow-methods", "Access-Control-Allow-Methods", e.AllowMethods},
		{"allow-headers", "Access-Control-Allow-Headers", e.AllowHeaders},
		{"allow-credentials", "Access-Control-Allow-Credentials", e.AllowCredentials},
		{"max-age", "Access-Control-Max-Age", e.MaxAge},
		{"vary", "Vary", e.Vary},
	}, e.Headers)}
}

func response(e *spec.ResponseExpect) *assert.Response {
	if e == nil {
		return nil
	}
	return &assert.Response{
		Status: matcher(e.Status), Readable: e.Readable, Unreadable: e.Unreadable,
		Headers: headers("response.", []named{
			{"allow-origin", "Access-Control-Allow-Origin", e.AllowOrigin},
			{"allow-credentials", "Access-Control-Allow-Credentials", e.AllowCredentials},
			{"expose-headers", "Access-Control-Expose-Headers", e.ExposeHeaders},
			{"vary", "Vary", e.Vary},
		}, e.Headers),
	}
}

// named is a header that the format has a key of its own for.
type named struct {
	key, header string
	matcher     *spec.Matcher
}

func headers(prefix string, known []named, others []spec.HeaderMatcher) []assert.Header {
	var all []assert.Header
	for _, k := range known {
		if k.matcher != nil {
			all = append(all, assert.Header{Field: prefix + k.key, Name: k.header, Matcher: *matcher(k.matcher)})
		}
	}
	for _, h := range others {
		all = append(all, assert.Header{Field: prefix + "headers." + h.Name, Name: h.Name, Matcher: *matcher(&h.Matcher)})
	}
	return all
}

func matcher(m *spec.Matcher) *assert.Matcher {
	if m == nil {
		return nil
	}
	return &assert.Matcher{
		Equals: m.Equals, Contains: m.Contains, Excludes: m.Excludes, Exactly: m.Exactly,
		Matches: m.Matches, AtLeast: m.AtLeast, AtMost: m.AtMost, Absent: m.Absent,
	}
}
