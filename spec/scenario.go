package spec

import (
	"slices"

	"github.com/corsgate/corsgate/cors"
)

// maxCases is how many cases the scenarios of a file may make.
const maxCases = 1_000_000

// draft is a scenario on its way: which keys it has itself, and where.
type draft struct {
	Scenario
	own    fields
	expect *Expect
}

func defaultsKey() key[file] {
	t := table[draft]{"defaults", scenarioKeys()}
	about := "Keys of scenarios, and of policies, for all that don't have them; an own value replaces the one here."
	return key[file]{keyInfo{name: "defaults", about: about, shape: t.shape()},
		func(d *decoder, n *node, f *file) bool {
			found, ok := t.read(d, n, &f.defaults)
			f.defaults.own = found
			return ok && found.ok()
		}}
}

func scenariosKey() key[file] {
	t := scenarioTable()
	of := t.shape()
	s := shape{form: formList, what: "a list of scenarios", of: &of}
	return key[file]{keyInfo{name: "scenarios", about: "What is tried, and what must come of it.", shape: s},
		func(d *decoder, n *node, f *file) bool {
			switch {
			case n.kind != sequence:
				d.wrongKind(n, s)
			case len(n.items) == 0:
				d.reportf(n.pos, "empty-list", "no scenario stands here")
			default:
				d.scenarios(n, t, f)
			}
			return true
		}}
}

func (d *decoder) scenarios(n *node, t table[draft], f *file) {
	c := newChecker(d, f)
	for _, item := range n.items {
		s := f.defaults
		s.Pos = item.pos
		found, _ := t.read(d, item, &s)
		if found == nil {
			continue
		}
		s.own = found
		c.checkName(&s, "scenario")
		c.check(&s)
		f.scenarios = append(f.scenarios, s.complete())
	}
}

// complete fills the expectation in.
func (s *draft) complete() Scenario {
	if s.expect != nil {
		s.Expect = *s.expect
	}
	if e := &s.Expect; len(e.Outcome) == 0 {
		e.Outcome = s.impliedOutcome()
	}
	return s.Scenario
}

func (s *draft) impliedOutcome() []cors.Verdict {
	switch e := s.Expect; {
	case len(e.Reason) > 0 || len(e.Stage) > 0:
		return []cors.Verdict{cors.Blocked}
	case s.Mode == cors.ModeNoCORS:
		return []cors.Verdict{cors.Opaque}
	case s.Redirect == cors.RedirectManual:
		return []cors.Verdict{cors.Allowed, cors.OpaqueRedirect}
	}
	return []cors.Verdict{cors.Allowed}
}

// expect is an outcome, or an object.
func expect() value[*Expect] {
	outcomes, t := many(outcome()), expectTable()
	s := shape{form: formEither, what: "an outcome or an object", either: []shape{outcomes.shape, t.shape()}}
	return value[*Expect]{s, func(d *decoder, n *node) (*Expect, bool) {
		e, ok := Expect{Pos: n.pos}, false
		if n.kind != mapping {
			e.Outcome, ok = outcomes.read(d, n)
			return &e, ok
		}
		found, ok := t.read(d, n, &e)
		if len(n.entries) == 0 {
			d.report(n.pos, mistake{"empty-expectation", "the expectation says nothing", suggest("", t.names())})
			return &e, false
		}
		return &e, ok && found.ok() && d.checkExpect(&e, found)
	}}
}

// checkExpect refuses expectations that can't hold together.
func (d *decoder) checkExpect(e *Expect, found fields) bool {
	before := len(d.found)
	if len(e.Outcome) > 0 && !slices.Contains(e.Outcome, cors.Blocked) {
		for _, key := range []string{"reason", "stage"} {
			if f, ok := found[key]; ok {
				d.reportf(f.node.pos, "contradiction", "only what is blocked has a %s, and outcome does not name blocked", key)
			}
		}
	}
	if p := e.Preflight; p != nil && p.Sent != nil && !*p.Sent && len(found["preflight"].node.entries) > 1 {
		d.reportf(found["preflight"].node.pos, "contradiction", "a preflight that is not sent can't meet other expectations")
	}
	return len(d.found) == before
}
