package plan

import (
	"cmp"
	"regexp"
	"slices"

	"github.com/corsgate/corsgate/audit"
	"github.com/corsgate/corsgate/cors"
	"github.com/corsgate/corsgate/spec"
)

// Options choose among the cases of a plan. They change no case: ids and names stay what they are without them. The
// zero value chooses all.
type Options struct {
	Tags   []string       // cases with any of these; empty: all
	Filter *regexp.Regexp // matched against "scenario / name"; nil: all
	Seed   uint64         // of the random labels in the origins of probes; no id or name depends on it
}

// New returns the cases of a suite in a promised order: first those of its policies (see the package's documentation),
// then scenario by scenario, and within one by target, path, origin, method, header set and credentials mode, each in
// the suite's order. A path that is an absolute URL is independent of
// the targets and so runs once, with the first of them.
//
// The cases share strings and slices with s, which must not change any more. Defaults are filled in. The error names
// the first thing in s that no file could say: a Suite built in code is checked as one from a file is.
func New(s *spec.Suite, o Options) ([]Case, error) { return NewAll([]*spec.Suite{s}, o) }

// NewAll is New for several suites, one after the other; ids are unique among all of them.
func NewAll(suites []*spec.Suite, o Options) ([]Case, error) {
	total := 0.0
	for _, s := range suites {
		if err := check(s); err != nil {
			return nil, err
		}
		for _, sc := range s.Scenarios {
			sc = withDefaults(sc)
			total += size(s, &sc)
		}
	}
	p := planner{options: o, ids: map[string]int{}}
	if o.Filter == nil { // a slice that grows would take twice the memory
		p.cases = make([]Case, 0, int(min(total, maxCases)))
	}
	for _, s := range suites {
		p.suite(s)
	}
	return p.cases, nil
}

type planner struct {
	options Options
	cases   []Case
	ids     map[string]int // how often each id was given away
}

func (p *planner) suite(s *spec.Suite) {
	n := namer{file: fileBase(s.File), mask: mask(s.Secrets), names: map[[2]string]int{}}
	shared := levels(s)
	for i := range s.Policies {
		d := p.derivation(s, &s.Policies[i], &n)
		d.levels = shared
		d.run()
	}
	for i := range s.Scenarios {
		sc := withDefaults(s.Scenarios[i])
		p.scenario(s, &sc, &n, shared)
	}
}

// size is the number of a scenario's cases, or somewhat more where some paths are absolute.
func size(s *spec.Suite, sc *spec.Scenario) float64 {
	n := 1.0
	for _, length := range []int{
		len(targets(s, sc.Targets)), len(sc.Paths), len(sc.Origins), len(sc.Methods), len(sc.Headers), len(sc.Credentials),
	} {
		n *= float64(length)
	}
	return n
}

func (p *planner) scenario(s *spec.Suite, sc *spec.Scenario, n *namer, shared map[string]audit.Level) {
	m := matrix{sc: sc, template: template(s, sc), labels: n.headerLabels(sc.Headers)}
	m.template.Levels = shared
	places(s, sc.Targets, sc.Paths, func(t *spec.Target, path string) {
		m.each(t, path, func(c Case, point point) { p.add(c, point, n) })
	})
}

// places calls f for each target and path. A path that is an absolute URL is independent of the targets and so comes
// once, with the first of them.
func places(s *spec.Suite, names, paths []string, f func(t *spec.Target, path string)) {
	chosen := targets(s, names)
	for i, t := range chosen {
		for _, path := range paths {
			switch absolute := isAbsolute(path); {
			case absolute && i == 0:
				f(wayTo(path, chosen), path)
			case !absolute && t != nil:
				f(t, path)
			}
		}
	}
}

// add gives c its id and name, and keeps it when it is chosen.
func (p *planner) add(c Case, at point, n *namer) {
	c.ID = n.id(&c, at)
	p.ids[c.ID]++
	c.ID = ordinal(c.ID, "-", p.ids[c.ID], "")
	c.Name = n.name(&c, at)
	if p.options.choose(&c) {
		p.cases = append(p.cases, c)
	}
}

func (o Options) choose(c *Case) bool {
	if len(o.Tags) > 0 && !slices.ContainsFunc(o.Tags, func(t string) bool { return slices.Contains(c.Tags, t) }) {
		return false
	}
	return o.Filter == nil || o.Filter.MatchString(c.Scenario+" / "+c.Name)
}

// point is the part of a case's place in the matrix that names and ids are made from.
type point struct {
	path   string
	target string // its name
	label  string // of the header set
	origin string // of a derived case, as people read it: * stands for what is random; empty: the request's
	about  string // of a derived case: what it tries beside the request; empty: the request alone
}

// matrix multiplies the lists of one scenario.
type matrix struct {
	sc       *spec.Scenario
	template Case
	labels   []string // of the header sets
}

func (m *matrix) each(t *spec.Target, path string, yield func(Case, point)) {
	c := m.template
	c.Target = t
	c.Fetch.URL = join(t.URL, path)
	c.Fetch.Cookies = cookies(m.sc.Cookies, c.Fetch.URL)
	for _, c.Fetch.Origin = range m.sc.Origins {
		for _, c.Fetch.Method = range m.sc.Methods {
			for i := range m.sc.Headers {
				c.Fetch.Headers = m.sc.Headers[i]
				for _, c.Fetch.Credentials = range m.sc.Credentials {
					yield(c, point{path: path, target: t.Name, label: m.labels[i]})
				}
			}
		}
	}
}

// template is what all cases of a scenario have in common.
func template(s *spec.Suite, sc *spec.Scenario) Case {
	return Case{
		Scenario: sc.Name, File: s.File, Line: sc.Pos.Line, Tags: sc.Tags, Kind: KindScenario,
		Fetch: cors.Fetch{
			Body: sc.Body, Mode: sc.Mode, Redirect: sc.Redirect, PublicSuffixes: audit.PublicSuffixes,
		},
		Browsers: engines(sc.Browsers), Send: sc.Send, Repeat: sc.Repeat, Timeout: sc.Timeout, Skip: sc.Skip,
		Expect: expectation(sc),
	}
}

func engines(names []string) []cors.Engine {
	all := make([]cors.Engine, len(names))
	for i, name := range names {
		all[i], _ = cors.EngineByName(name)
	}
	return all
}

// withDefaults gives each field that was left out the value that the format promises.
func withDefaults(sc spec.Scenario) spec.Scenario {
	orDefault(&sc.Paths, "/")
	orDefault(&sc.Methods, "GET")
	orDefault(&sc.Headers, nil)
	orDefault(&sc.Credentials, cors.CredentialsSameOrigin)
	orDefault(&sc.Browsers, cors.Chromium.Name, cors.Firefox.Name, cors.WebKit.Name)
	sc.Mode = cmp.Or(sc.Mode, cors.ModeCORS)
	sc.Redirect = cmp.Or(sc.Redirect, cors.RedirectFollow)
	sc.Send = cmp.Or(sc.Send, spec.SendAuto)
	sc.Repeat = cmp.Or(sc.Repeat, 1)
	return sc
}

func orDefault[T any](list *[]T, values ...T) {
	if len(*list) == 0 {
		*list = values
	}
}

// targets returns the targets of these names, or all, in the suite's order; nil alone when there is none, for absolute
// URLs.
func targets(s *spec.Suite, names []string) []*spec.Target {
	var chosen []*spec.Target
	for i := range s.Targets {
		if t := &s.Targets[i]; len(names) == 0 || slices.Contains(names, t.Name) {
			chosen = append(chosen, t)
		}
	}
	if len(chosen) == 0 {
		return []*spec.Target{nil}
	}
	return chosen
}

// wayTo returns the first target of the URL's scheme, host and port, whose connection settings then hold for the URL;
// else a target without settings.
func wayTo(absolute string, targets []*spec.Target) *spec.Target {
	for _, t := range targets {
		if t != nil && sameOrigin(t.URL, absolute) {
			return t
		}
	}
	return &spec.Target{}
}

// cookies are those that the browser holds for the host of a URL; they may go along from any site.
func cookies(jar []spec.Cookie, url string) []cors.Cookie {
	if len(jar) == 0 {
		return nil
	}
	o, _ := cors.URLOrigin(url)
	all := make([]cors.Cookie, len(jar))
	for i, k := range jar {
		all[i] = cors.Cookie{
			Name: k.Name, Value: k.Value, Host: o.Host, Secure: o.Scheme == "https", SameSite: cors.SameSiteNone,
		}
	}
	return all
}
