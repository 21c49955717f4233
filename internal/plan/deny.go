package plan

import (
	"slices"
	"strings"

	"github.com/corsgate/corsgate/assert"
	"github.com/corsgate/corsgate/audit"
	"github.com/corsgate/corsgate/cors"
	"github.com/corsgate/corsgate/spec"
)

// deny derives what must not get through at a place: the probes that the policy and the file leave in.
func (d *derivation) deny(at place) {
	probes, known := d.probes[at.origin]
	if !known {
		probes = audit.Probes(*d.intent, at.origin, d.planner.options.Seed)
		d.probes[at.origin] = probes
	}
	for i := range probes {
		if p := &probes[i]; d.wants(p.ID) {
			d.probe(at, p)
		}
	}
}

func (d *derivation) wants(id string) bool {
	return (d.policy.Probes == nil || slices.Contains(d.policy.Probes, id)) && d.levels[id] != audit.LevelOff
}

func (d *derivation) probe(at place, p *audit.Probe) {
	c := d.template(at)
	c.Kind, c.Probe, c.Severity, c.Expect = kindOf(p.ID), p.ID, p.Severity, d.refusal(p.ID)
	if c.Send == spec.SendAlways { // what must be refused is not tried out
		c.Send = spec.SendAuto
	}
	c.Browsers = d.among(d.browsers, func(e *cors.Engine) bool { return slices.Contains(p.Engines, e.Name) })
	c.Fetch.Origin, c.Fetch.Credentials = p.Origin, p.Credentials
	c.Fetch.Method, c.Fetch.Headers = d.carrier(at, p)
	d.add(c, at, point{origin: shownOrigin(p), label: label(c.Fetch.Headers), about: p.ID})
}

// kindOf tells what an allowed page may not do from what others may not.
func kindOf(probe string) Kind {
	if strings.HasSuffix(probe, "-beyond-policy") {
		return KindDeny
	}
	return KindProbe
}

// refusal is what is expected of a server that refuses a probe.
func (d *derivation) refusal(id string) assert.Expectation {
	is := func(key, header, value string) assert.Header {
		return assert.Header{Field: "response." + key, Name: header, Matcher: assert.Matcher{Equals: &value}}
	}
	star := is("allow-origin", "Access-Control-Allow-Origin", "*")
	switch id {
	case "wildcard-origin":
		return assert.Expectation{Response: &assert.Response{Never: []assert.Header{star}}}
	case "wildcard-with-credentials":
		credentials := is("allow-credentials", "Access-Control-Allow-Credentials", "true")
		return assert.Expectation{Response: &assert.Response{Never: []assert.Header{star, credentials}}}
	case "exposes-beyond-policy":
		return assert.Expectation{Response: &assert.Response{ReadableOnly: d.policy.Expose}}
	}
	return assert.Expectation{Outcome: []cors.Verdict{cors.Blocked}}
}

// carrier is the request that tries a probe: a GET, unless only other methods are allowed and one of them has a
// preflight that shows the same.
func (d *derivation) carrier(at place, p *audit.Probe) (method string, headers []cors.Header) {
	if p.Header.Name != "" {
		headers = []cors.Header{p.Header}
	}
	if p.Method != "" {
		return p.Method, headers
	}
	isGET := func(m string) bool { return cors.NormalizeMethod(m) == "GET" }
	looksAtResponse := d.refusal(p.ID).Response != nil
	if headers != nil || looksAtResponse || slices.ContainsFunc(d.policy.Allow.Methods, isGET) {
		return "GET", headers
	}
	if sent := d.sent(); sent != "" && d.policy.Send != spec.SendAlways {
		return sent, nil
	}
	c, ok := d.preflighted(at, page{origin: p.Origin})
	if !ok {
		return "GET", nil
	}
	return c.Fetch.Method, c.Fetch.Headers
}

// shownOrigin is the probe's origin with a star for each random label: the second word of its label.
func shownOrigin(p *audit.Probe) string {
	words := strings.Fields(p.Label)
	if len(words) < 2 {
		return p.Origin.String()
	}
	return words[1]
}
