package plan

import (
	"cmp"
	"slices"
	"strings"

	"github.com/corsgate/corsgate/assert"
	"github.com/corsgate/corsgate/audit"
	"github.com/corsgate/corsgate/cors"
	"github.com/corsgate/corsgate/spec"
)

// derivation makes the cases of one policy.
type derivation struct {
	planner *planner
	suite   *spec.Suite
	policy  spec.Policy // defaults filled in
	namer   *namer
	intent  *audit.Intent
	sets    []headerSet
	levels  map[string]audit.Level
	probes  map[cors.Origin][]audit.Probe // by the origin of the URL

	browsers []cors.Engine
	subsets  map[int][]cors.Engine // of browsers, by a bit for each: most cases have the same
}

// page is an allowed origin.
type page struct {
	origin cors.Origin
	shown  string // with a star for each random label
}

// place is where a case is sent.
type place struct {
	target *spec.Target
	path   string
	origin cors.Origin // of the URL
}

func (p *planner) derivation(s *spec.Suite, policy *spec.Policy, n *namer) *derivation {
	filled := policyWithDefaults(*policy)
	return &derivation{
		planner: p, suite: s, policy: filled, namer: n, intent: intent(&filled),
		sets: headerSets(&filled.Allow), probes: map[cors.Origin][]audit.Probe{},
		browsers: engines(filled.Browsers), subsets: map[int][]cors.Engine{},
	}
}

// run derives in the order that the package's documentation promises.
func (d *derivation) run() {
	places(d.suite, d.policy.Targets, d.policy.Paths, func(t *spec.Target, path string) {
		at := d.place(t, path)
		for _, page := range pages(&d.policy.Allow, d.planner.options.Seed, strangersScheme(at.origin)) {
			if !page.origin.SameOrigin(at.origin) { // a page may always call its own server
				d.allow(at, page)
			}
		}
		d.deny(at)
	})
}

func (d *derivation) place(t *spec.Target, path string) place {
	o, _ := cors.URLOrigin(join(t.URL, path))
	return place{t, path, o}
}

// allow derives what a page must be able to do.
func (d *derivation) allow(at place, from page) {
	for _, method := range d.policy.Allow.Methods {
		for i := range d.sets {
			for _, mode := range d.modes() {
				d.add(d.request(at, from, method, &d.sets[i], mode), at, point{origin: from.shown, label: d.sets[i].label})
			}
		}
	}
	d.maxAge(at, from)
	d.exposes(at, from)
	d.errors(at, from)
}

// modes are the credentials modes in which a page must get through. As its request is cross-origin, omit would be the
// same as same-origin.
func (d *derivation) modes() []cors.CredentialsMode {
	if d.policy.Allow.Credentials {
		return []cors.CredentialsMode{cors.CredentialsSameOrigin, cors.CredentialsInclude}
	}
	return []cors.CredentialsMode{cors.CredentialsSameOrigin}
}

// strongest is the mode in which most can go wrong.
func (d *derivation) strongest() cors.CredentialsMode { return d.modes()[len(d.modes())-1] }

// request is a case of a request that must get through.
func (d *derivation) request(at place, from page, method string, set *headerSet, mode cors.CredentialsMode) Case {
	c := d.template(at)
	c.Kind, c.Expect = KindAllow, assert.Expectation{Outcome: []cors.Verdict{cors.Allowed}}
	c.Fetch.Origin, c.Fetch.Method, c.Fetch.Headers, c.Fetch.Credentials = from.origin, method, set.headers, mode
	if m := cors.NormalizeMethod(method); m != "GET" && m != "HEAD" {
		c.Fetch.Body = d.policy.Body
	}
	if set.invented {
		c.Send = spec.SendNever
	}
	return c
}

// template is what all cases at a place have in common.
func (d *derivation) template(at place) Case {
	p := &d.policy
	url := join(at.target.URL, at.path)
	return Case{
		Scenario: p.Name, File: d.suite.File, Line: p.Pos.Line, Target: at.target, Tags: p.Tags,
		Fetch: cors.Fetch{
			URL: url, Cookies: cookies(p.Cookies, url), Mode: cors.ModeCORS, Redirect: cors.RedirectFollow,
			PublicSuffixes: audit.PublicSuffixes,
		},
		Browsers: d.browsers, Send: p.Send, Repeat: 1, Timeout: p.Timeout, Skip: p.Skip,
		Intent: d.intent, Levels: d.levels,
	}
}

// add names c and keeps it for those browsers that have something to send, if any has.
func (d *derivation) add(c Case, at place, called point) {
	switch {
	case !mayStart(&c):
		c.Browsers = d.among(c.Browsers, func(e *cors.Engine) bool { return starts(&c, e) })
	case len(c.Browsers) > 0 && c.Kind != KindAllow && !starts(&c, &c.Browsers[0]):
		return // mixed content and blocked ports are the same in all browsers
	}
	if len(c.Browsers) == 0 {
		return
	}
	called.path, called.target = cmp.Or(called.path, at.path), at.target.Name
	d.planner.add(c, called, d.namer)
}

// among returns those of the policy's browsers that are in all and wanted. Nobody may change the slice.
func (d *derivation) among(all []cors.Engine, wanted func(*cors.Engine) bool) []cors.Engine {
	which := 0
	for i := range d.browsers {
		e := &d.browsers[i]
		if wanted(e) && slices.ContainsFunc(all, func(other cors.Engine) bool { return other.Name == e.Name }) {
			which |= 1 << i
		}
	}
	if which == 1<<len(d.browsers)-1 {
		return d.browsers
	}
	if _, known := d.subsets[which]; !known {
		var some []cors.Engine
		for i, e := range d.browsers {
			if which&(1<<i) != 0 {
				some = append(some, e)
			}
		}
		d.subsets[which] = some
	}
	return d.subsets[which]
}

// mayStart reports whether what any browser sends first for c, a request to another origin, may surely be sent.
func mayStart(c *Case) bool {
	method := cors.NormalizeMethod(c.Fetch.Method)
	return !cors.SafelistedMethod(method) || safe(method) && c.Send != spec.SendNever
}

// starts reports whether c comes to a verdict in a browser: what it sends first may be sent. One that sends nothing
// blocks the page itself, which says something of a page that must get through, and nothing of any other.
func starts(c *Case, e *cors.Engine) bool {
	request, ok := cors.NewFlow(*e, c.Fetch, nil).Next()
	if !ok {
		return c.Kind == KindAllow
	}
	return Sends(c, request)
}

// maxAge derives a case from the first request that has a preflight.
func (d *derivation) maxAge(at place, from page) {
	if d.policy.MaxAge == nil {
		return
	}
	c, ok := d.preflighted(at, from)
	if !ok {
		return
	}
	c.Expect.Preflight = &assert.Preflight{Headers: []assert.Header{
		{Field: "preflight.max-age", Name: "Access-Control-Max-Age", Matcher: *matcher(d.policy.MaxAge)},
	}}
	d.add(c, at, point{origin: from.shown, label: label(c.Fetch.Headers), about: "max-age"})
}

// preflighted is the first allowed request that every browser has a preflight for, without what follows it.
func (d *derivation) preflighted(at place, from page) (c Case, ok bool) {
	for _, method := range d.policy.Allow.Methods {
		for i := range d.sets {
			c = d.request(at, from, method, &d.sets[i], d.strongest())
			c.Send = spec.SendNever
			holdsBack := func(e cors.Engine) bool { return !starts(&c, &e) }
			if !slices.ContainsFunc(c.Browsers, holdsBack) {
				return c, true
			}
		}
	}
	return c, false
}

// sent is the first allowed method that is really sent, a safe one if there is any; empty when there is none.
func (d *derivation) sent() string {
	methods := d.policy.Allow.Methods
	i := slices.IndexFunc(methods, func(m string) bool { return safe(cors.NormalizeMethod(m)) })
	switch {
	case i >= 0 && d.policy.Send != spec.SendNever:
		return methods[i]
	case d.policy.Send == spec.SendAlways:
		return methods[0]
	}
	return ""
}

// exposes derives that a page can read what is meant to be exposed. That it reads nothing else is a probe.
func (d *derivation) exposes(at place, from page) {
	method := d.sent()
	if len(d.policy.Expose) == 0 || method == "" {
		return
	}
	set := headerSet{headers: valued(&d.policy.Allow)}
	c := d.request(at, from, method, &set, d.strongest())
	c.Expect.Response = &assert.Response{
		Readable: d.policy.Expose, MayLack: true, Credentials: d.strongest() == cors.CredentialsInclude,
	}
	d.add(c, at, point{origin: from.shown, label: label(set.headers), about: "exposed headers"})
}

// errors derives that errors are answered like all else.
func (d *derivation) errors(at place, from page) {
	p := &d.policy
	if p.Errors.Off {
		return
	}
	withAuthorization := headerSet{headers: only(valued(&p.Allow), isAuthorization)}
	if len(p.Errors.Paths) == 0 {
		d.fails(at, from, d.missingPath(at.path), &withAuthorization)
		d.unauthenticated(at, from)
		return
	}
	for _, path := range p.Errors.Paths {
		if at.path == p.Paths[0] { // once for the policy, not once for each of its paths
			d.fails(at, from, path, &withAuthorization)
		}
	}
}

// fails derives that a page can read the error that a path answers with.
func (d *derivation) fails(at place, from page, path string, set *headerSet) {
	c := d.request(at, from, "GET", set, d.strongest())
	c.Fetch.URL = join(at.target.URL, path)
	c.Fetch.Cookies = cookies(d.policy.Cookies, c.Fetch.URL)
	d.add(c, at, point{origin: from.shown, label: label(set.headers), path: path, about: "error"})
}

// unauthenticated derives that a page can read the refusal of a request that lacks what others carry to say who asks.
func (d *derivation) unauthenticated(at place, from page) {
	a := &d.policy.Allow
	headers := valued(a)
	rest := only(headers, func(name string) bool { return !isAuthorization(name) })
	carriesCookies := a.Credentials && len(d.policy.Cookies) > 0
	if len(rest) == len(headers) && !carriesCookies {
		return
	}
	set := headerSet{headers: rest}
	c := d.request(at, from, cmp.Or(d.sent(), "GET"), &set, d.strongest())
	c.Fetch.Cookies = nil
	d.add(c, at, point{origin: from.shown, label: label(rest), about: "without authentication"})
}

func isAuthorization(name string) bool { return strings.EqualFold(name, "Authorization") }
