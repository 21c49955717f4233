package audit

import "slices"

// Kind says what a rule is for.
type Kind string

// The kinds of rule.
const (
	KindProbe   Kind = "probe"   // more is allowed than was intended
	KindFinding Kind = "finding" // wrong or wasteful whatever was expected
	KindCause   Kind = "cause"   // why a page that should get through does not
)

// Rule is an entry of the catalogue. All texts are plain sentences without markup but for `code`.
type Rule struct {
	ID                 string
	Kinds              []Kind // one, or two that mean the same thing seen from two sides
	Title              string // a noun or a clause, lower case, without a full stop
	Severity           Severity
	WithoutCredentials Severity // where credentials are not allowed along; zero: the same
	What               string   // what is the case
	Why                string   // what comes of it
	See                string   // a command or a comparison that shows it
	Remedy             string   // one sentence
	Fix                Fix      // what kind of change cures it: chooses the snippet
	Reference          string   // URL of the standard's section
	Prevalence         string   // how often it is seen; empty where nobody has counted
	Engines            []string // the engines that it depends on; nil: all alike
}

// Is reports whether the rule is of that kind.
func (r Rule) Is(k Kind) bool { return slices.Contains(r.Kinds, k) }

// SeverityWith returns the severity where the answer lets credentials through, or does not.
func (r Rule) SeverityWith(credentials bool) Severity {
	if !credentials && r.WithoutCredentials != 0 {
		return r.WithoutCredentials
	}
	return r.Severity
}

// Level returns the level that the rule has when no file says otherwise.
func (r Rule) Level() Level { return r.Severity.Level() }

// catalogue is all that corsgate knows by name: probes, then findings, then causes, each in the order of its table.
var catalogue = slices.Concat(originProbes, policyProbes, findings, preflightCauses, responseCauses)

// Rules returns the catalogue in its order. The slice is the caller's; what its elements point to is not to be changed.
func Rules() []Rule { return slices.Clone(catalogue) }

// Lookup returns the rule of that id, and whether there is one.
func Lookup(id string) (Rule, bool) {
	i := slices.IndexFunc(catalogue, func(r Rule) bool { return r.ID == id })
	if i < 0 {
		return Rule{}, false
	}
	return catalogue[i], true
}

// rule returns a rule that must exist.
func rule(id string) Rule {
	r, ok := Lookup(id)
	if !ok {
		panic("audit: no rule " + id)
	}
	return r
}
