package spec

import (
	"maps"
	"net/url"
	"slices"
	"strings"

	"github.com/corsgate/corsgate/cors"
)

// checker checks scenarios as a whole, once each of their values has been read.
type checker struct {
	*decoder
	file    *file
	targets []Target
	known   map[string]*Target   // by name; what a scenario may choose from
	hosts   map[cors.Origin]bool // of all targets
}

func newChecker(d *decoder, f *file) *checker {
	c := &checker{decoder: d, file: f, targets: f.chosen(d.options), known: map[string]*Target{}}
	c.hosts = map[cors.Origin]bool{}
	for i, t := range c.targets {
		c.hosts[originOf(t.URL)] = true
		if t.Name != "" {
			c.known[t.Name] = &c.targets[i]
		}
	}
	return c
}

// check reports what is wrong with s as a whole. What needs a value that has a mistake of its own is left out.
func (c *checker) check(s *draft) {
	if c.tooMany(s) {
		return
	}
	c.checkTargets(s)
	c.checkOrigins(s)
	c.checkBody(s)
	c.checkNoCORS(s)
	c.checkSend(s)
}

// good reports whether the scenario's own values under these keys, if any, are free of mistakes.
func (s *draft) good(keys ...string) bool {
	return !slices.ContainsFunc(keys, func(key string) bool {
		f, own := s.own[key]
		return own && !f.ok
	})
}

// at is the place of the i-th value under a key, or of the scenario when the key is not its own.
func (s *draft) at(key string, i int) Pos {
	if f, own := s.own[key]; own && f.ok {
		return f.node.item(i).pos
	}
	return s.Pos
}

func (s *draft) methods() []string {
	if len(s.Methods) == 0 {
		return []string{"GET"}
	}
	return s.Methods
}

// taken is where a name of a policy or a scenario stands first.
type taken struct {
	what string
	line int
}

// checkName refuses a name that another scenario or policy has.
func (c *checker) checkName(s *draft, what string) {
	name := s.own["name"]
	if !name.ok {
		return
	}
	if first, twice := c.file.taken[s.Name]; twice {
		c.reportf(name.node.pos, "duplicate-name", "the %s on line %d has this name already", first.what, first.line)
		return
	}
	c.file.taken[s.Name] = taken{what, s.Pos.Line}
}

// tooMany counts the scenario's cases.
func (c *checker) tooMany(s *draft) bool {
	n := product(len(s.Paths), len(s.Origins), len(s.Methods), len(s.Headers), len(s.Credentials), c.countTargets(s))
	return c.count(s.Pos, "scenario", n)
}

// countTargets is the number of targets that s runs against.
func (c *checker) countTargets(s *draft) int {
	if len(s.Targets) == 0 {
		return len(c.targets)
	}
	return len(s.Targets)
}

// product multiplies, an empty list counting as one, and stops when it is too much anyway.
func product(sides ...int) int {
	n := 1
	for _, side := range sides {
		if n *= max(1, side); n > maxCases {
			break
		}
	}
	return n
}

// count adds n cases of what begins at pos to the file's; true when the file has more than it may.
func (c *checker) count(pos Pos, what string, n int) bool {
	c.cases += n
	if c.cases <= maxCases {
		return false
	}
	if c.cases-n <= maxCases {
		c.reportf(pos, "too-many-cases", "with this %s the file makes more than %d cases", what, maxCases)
	}
	return true
}

// checkTargets checks the names of targets, and that there is one for paths that are no URLs.
func (c *checker) checkTargets(s *draft) {
	if !s.good("targets", "paths") || c.file.badTarget {
		return
	}
	relative := len(s.Paths) == 0 || slices.ContainsFunc(s.Paths, func(p string) bool { return !isAbsolute(p) })
	if len(c.targets) == 0 && relative {
		c.report(c.file.root.pos, mistake{"missing-key", `the file needs the key "target"`, c.file.hintTarget()})
	}
	for i, name := range s.Targets {
		if c.known[name] == nil && !(len(c.known) == 0 && c.file.names(name)) {
			c.unknownTarget(s.at("targets", i), name)
		}
	}
	if len(c.known) == 0 {
		s.Targets = nil // the only target stands in for all that the file names
	}
}

func (c *checker) unknownTarget(pos Pos, name string) {
	hint := "the targets of this file have no names"
	if len(c.known) > 0 && !c.full() {
		hint = suggest(name, slices.Sorted(maps.Keys(c.known)))
	}
	c.report(pos, mistake{"unknown-target", "unknown target " + quote(name), hint})
}

func (c *checker) checkOrigins(s *draft) {
	if len(s.Origins) == 0 && s.good("origins") {
		c.report(s.Pos, mistake{"missing-key", `a scenario needs the key "origins"`,
			"name the pages that ask, as in origins: https://app.example.com"})
	}
}

// checkBody is https://fetch.spec.whatwg.org/#dom-request: a GET or HEAD with a body throws.
func (c *checker) checkBody(s *draft) {
	if s.Body == nil || !s.good("methods", "body") {
		return
	}
	for i, m := range s.methods() {
		if m = cors.NormalizeMethod(m); m == "GET" || m == "HEAD" {
			c.report(s.at("methods", i), mistake{"impossible-request", m + " can't have a body",
				"give the methods that have one a scenario of their own"})
		}
	}
}

// checkNoCORS is https://fetch.spec.whatwg.org/#dom-request: what mode no-cors allows.
func (c *checker) checkNoCORS(s *draft) {
	if s.Mode != cors.ModeNoCORS || !s.good("methods", "mode", "redirect") {
		return
	}
	for i, m := range s.methods() {
		if !cors.SafelistedMethod(cors.NormalizeMethod(m)) {
			c.report(s.at("methods", i), mistake{"impossible-request", "mode no-cors allows GET, HEAD and POST alone", ""})
		}
	}
	if s.Redirect != "" && s.Redirect != cors.RedirectFollow {
		c.report(s.at("redirect", 0), mistake{"impossible-request", "mode no-cors follows redirects and nothing else",
			"leave redirect out, or write follow"})
	}
}

// checkSend refuses methods that would not be sent and have no preflight either: nothing would be seen.
func (c *checker) checkSend(s *draft) {
	if s.Send == SendAlways || !s.good("methods", "headers", "mode", "send", "body", "browsers", "origins", "paths") {
		return
	}
	for i, m := range s.methods() {
		m = cors.NormalizeMethod(m)
		switch {
		case s.Send != SendNever && (m == "GET" || m == "HEAD" || m == "OPTIONS"):
		case s.Mode == cors.ModeNoCORS && !cors.SafelistedMethod(m): // told by checkNoCORS
		case !s.preflights(m):
			c.report(s.at("methods", i), mistake{"nothing-to-check",
				m + " is not sent under send: " + string(s.send()) + " and has no preflight to check",
				"write send: always to have it really sent"})
		default:
			c.checkSameOrigin(s, m)
			c.checkResponse(s, m, i)
		}
	}
}

// checkResponse refuses expectations of a response that is not asked for.
func (c *checker) checkResponse(s *draft, method string, i int) {
	e := s.expect
	if e == nil || e.Response == nil {
		return
	}
	if blocked := slices.Contains(e.Outcome, cors.Blocked) || e.Reason != nil || e.Stage != nil; !blocked {
		c.report(s.at("methods", i), mistake{"nothing-to-check",
			method + " is not sent under send: " + string(s.send()) + ": nothing shows what response expects",
			"write send: always to have it really sent, or leave response out"})
	}
}

func (s *draft) send() Send {
	if s.Send == "" {
		return SendAuto
	}
	return s.Send
}

// preflights reports whether a method has a preflight with each header set, in at least one of the browsers.
func (s *draft) preflights(method string) bool {
	if s.Mode != "" && s.Mode != cors.ModeCORS {
		return false
	}
	if !cors.SafelistedMethod(method) {
		return true
	}
	sets := s.Headers
	if len(sets) == 0 {
		sets = [][]cors.Header{nil}
	}
	return !slices.ContainsFunc(sets, func(set []cors.Header) bool {
		return !slices.ContainsFunc(s.engines(), func(e cors.Engine) bool {
			return cors.NeedsPreflight(e, cors.Fetch{Origin: cors.Origin{Scheme: "https", Host: "page.example"},
				URL: "https://server.example/", Method: method, Headers: set, Body: s.Body})
		})
	})
}

func (s *draft) engines() (all []cors.Engine) {
	for _, e := range cors.Engines() {
		if len(s.Browsers) == 0 && e.Name != cors.Standard.Name || slices.Contains(s.Browsers, e.Name) {
			all = append(all, e)
		}
	}
	return all
}

// checkSameOrigin refuses origins that the request goes back to: it has no preflight then.
func (c *checker) checkSameOrigin(s *draft, method string) {
	hosts := c.hostsOf(s)
	for i, o := range s.Origins {
		if !o.Opaque() && hosts[o] {
			c.report(s.at("origins", i), mistake{"nothing-to-check",
				"a " + method + " from " + o.String() + " to itself is not sent under send: " + string(s.send()) +
					" and has no preflight to check", "write send: always to have it really sent"})
		}
	}
}

// hostsOf returns the origins that the scenario's requests go to.
func (c *checker) hostsOf(s *draft) map[cors.Origin]bool {
	hosts := map[cors.Origin]bool{}
	relative := len(s.Paths) == 0
	for _, p := range s.Paths {
		if isAbsolute(p) {
			hosts[originOf(p)] = true
		} else {
			relative = true
		}
	}
	switch {
	case relative && len(hosts) == 0 && len(s.Targets) == 0:
		return c.hosts
	case !relative:
		return hosts
	}
	for i, t := range c.targets {
		if len(s.Targets) == 0 || slices.Contains(s.Targets, t.Name) {
			hosts[originOf(c.targets[i].URL)] = true
		}
	}
	return hosts
}

// originOf returns a URL's origin; an opaque one for what has none.
func originOf(address string) cors.Origin {
	u, err := url.Parse(address)
	if err != nil || u.Host == "" {
		return cors.Origin{}
	}
	host := strings.ToLower(u.Host)
	switch u.Scheme {
	case "http":
		host = strings.TrimSuffix(host, ":80")
	case "https":
		host = strings.TrimSuffix(host, ":443")
	}
	o, err := cors.ParseOrigin(u.Scheme + "://" + host)
	if err != nil {
		return cors.Origin{}
	}
	return o
}
