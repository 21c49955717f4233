package spec

import (
	"math"
	"regexp"
	"strconv"
	"strings"

	"github.com/corsgate/corsgate/cors"
)

// matcherOf is a condition on a value: a scalar that it equals, a list of elements that it contains, or an object of
// conditions. listed makes the condition of a list.
func matcherOf(what string, equals value[string], t table[Matcher],
	listed func(items []string) Matcher) value[*Matcher] {
	item := many(equals)
	s := shape{form: formEither, what: what, either: []shape{item.shape, t.shape()}}
	return value[*Matcher]{s, func(d *decoder, n *node) (*Matcher, bool) {
		m, ok := Matcher{}, false
		switch n.kind {
		case mapping:
			m, ok = d.conditions(t, n)
		case sequence:
			var items []string
			if items, ok = item.read(d, n); ok {
				m = listed(items)
			}
		default:
			var text string
			if text, ok = equals.read(d, n); ok {
				m.Equals = &text
			}
		}
		m.Pos = n.pos
		return &m, ok
	}}
}

// conditions reads an object of conditions, and refuses those that can't hold together.
func (d *decoder) conditions(t table[Matcher], n *node) (m Matcher, ok bool) {
	found, ok := t.read(d, n, &m)
	switch {
	case !ok || !found.ok():
		return m, false
	case len(found) == 0:
		d.report(n.pos, mistake{"empty-matcher", t.what + " without a condition checks nothing", suggest("", t.names())})
	case m.Absent && len(found) > 1:
		d.reportf(found["absent"].node.pos, "contradiction", "what is absent can't meet other conditions")
	case m.AtLeast != nil && m.AtMost != nil && *m.AtLeast > *m.AtMost:
		d.reportf(found["at-most"].node.pos, "contradiction", "at-most is below at-least")
	default:
		return m, true
	}
	return m, false
}

func contains(items []string) Matcher { return Matcher{Contains: items} }

// anyOf is the condition of a list of statuses, of which an answer has one.
func anyOf(items []string) Matcher { return Matcher{Matches: "^(" + strings.Join(items, "|") + ")$"} }

// equal is the condition of one value.
func equal(about string, v value[string]) key[Matcher] {
	return key[Matcher]{keyInfo{name: "equals", about: about, shape: v.shape},
		func(d *decoder, n *node, into *Matcher) bool {
			text, ok := v.read(d, n)
			into.Equals = &text
			return ok
		}}
}

func matches() key[Matcher] {
	return field("matches", "The value matches this regular expression (RE2), which may match a part of it.", pattern(),
		func(m *Matcher) *string { return &m.Matches })
}

func bounds(v value[*float64]) []key[Matcher] {
	return []key[Matcher]{
		field("at-least", "The value is a number that is not below this one.", v,
			func(m *Matcher) **float64 { return &m.AtLeast }),
		field("at-most", "The value is a number that is not above this one.", v,
			func(m *Matcher) **float64 { return &m.AtMost }),
	}
}

func absent() key[Matcher] {
	v := scalarOf(shape{form: formBoolean, what: "true"}, func(s string) (bool, *flaw) {
		if strings.EqualFold(s, "true") {
			return true, nil
		}
		return false, &flaw{"invalid-boolean", "is not true", `to ask that there is a value, write {matches: ".*"}`}
	})
	return field("absent", "There is no such header.", v, func(m *Matcher) *bool { return &m.Absent })
}

func headerMatcher(what string) value[*Matcher] {
	return headerMatcherOf(what, text("a header's value"))
}

func headerMatcherOf(what string, equals value[string]) value[*Matcher] {
	elements := many(line("an element of a list"))
	keys := []key[Matcher]{
		equal("The whole value is this one.", equals),
		field("contains", "The comma-separated list has all these elements.", elements,
			func(m *Matcher) *[]string { return &m.Contains }),
		field("excludes", "The comma-separated list has none of these elements.", elements,
			func(m *Matcher) *[]string { return &m.Excludes }),
		field("exactly", "The comma-separated list has these elements, in any order, and no others.",
			list(line("an element of a list")), func(m *Matcher) *[]string { return &m.Exactly }),
		matches(),
	}
	keys = append(append(keys, bounds(number())...), absent())
	return matcherOf(what, equals, table[Matcher]{"a header's matcher", keys}, contains)
}

// statusMatcher takes a list as well: an answer has one of those.
func statusMatcher(what string) value[*Matcher] {
	status := scalarOf(shape{form: formInteger, what: "a status", min: 100, max: 999}, parseStatus)
	keys := append([]key[Matcher]{equal("The status is this one.", status), matches()}, bounds(number())...)
	return matcherOf(what, status, table[Matcher]{"a status matcher", keys}, anyOf)
}

func parseStatus(s string) (string, *flaw) {
	if n, err := strconv.Atoi(s); err == nil && decimal.MatchString(s) && n >= 100 && n <= 999 {
		return s, nil
	}
	return "", &flaw{"invalid-number", "is not a status of three digits", hintStatus(s)}
}

var statusClass = regexp.MustCompile(`^[1-5][xX][xX]$`)

func hintStatus(s string) string {
	if statusClass.MatchString(s) {
		return "write {at-least: " + s[:1] + "00, at-most: " + s[:1] + "99}"
	}
	return hintDecimal(s)
}

// maxAgeMatcher compares seconds: a duration equals the number of seconds that it has.
func maxAgeMatcher(what string) value[*Matcher] {
	of := shape{form: formDuration, what: "a duration such as 10m", min: math.MinInt32}
	age := scalarOf(of, func(s string) (string, *flaw) {
		if number, negative := strings.CutPrefix(s, "-"); negative && decimal.MatchString(number) {
			return s, nil
		}
		d, f := parseDuration(s)
		return strconv.FormatFloat(d.Seconds(), 'f', -1, 64), f
	})
	keys := append([]key[Matcher]{equal("The time is this one.", age), matches()}, bounds(seconds())...)
	return matcherOf(what, age, table[Matcher]{"a max-age matcher", append(keys, absent())}, anyOf)
}

// credentialsMatcher reads true as the header's only good value, and false as anything else, its absence too.
func credentialsMatcher(what string) value[*Matcher] {
	v := headerMatcherOf(what, text("true or false"))
	return value[*Matcher]{v.shape, func(d *decoder, n *node) (*Matcher, bool) {
		m, ok := v.read(d, n)
		if !ok || n.kind != scalar {
			return m, ok
		}
		switch strings.ToLower(*m.Equals) {
		case "true", "yes", "on":
			*m.Equals = "true"
		case "false", "no", "off":
			m.Equals, m.Excludes = nil, []string{"true"}
		}
		return m, true
	}}
}

// headerMatchers is a mapping of header names to conditions.
func headerMatchers() value[[]HeaderMatcher] {
	of := headerMatcher("a header's matcher")
	s := shape{form: formMapping, what: "a mapping of header names to matchers", of: &of.shape}
	return value[[]HeaderMatcher]{s, func(d *decoder, n *node) (all []HeaderMatcher, ok bool) {
		entries, ok := d.headerEntries(n, s.what)
		for _, e := range entries {
			m, good := of.read(d, e.value)
			if ok = ok && good; good {
				all = append(all, HeaderMatcher{e.name, *m})
			}
		}
		return all, ok
	}}
}

// headerEntries returns a mapping's entries when its keys are header names; a name stands there once in any case.
func (d *decoder) headerEntries(n *node, what string) (entries []entry, ok bool) {
	if n.kind != mapping {
		d.wrongKind(n, shape{what: what})
		return nil, false
	}
	ok = true
	first := make(map[string]entry, len(n.entries))
	for _, e := range n.entries {
		before, twice := first[strings.ToLower(e.name)]
		switch {
		case !cors.ValidHeaderName(e.name):
			ok = false
			d.report(e.pos, mistake{"invalid-header", quote(e.name) + " is not a header's name", ""})
			continue
		case twice && e.merged:
			continue
		case twice:
			ok = false
			d.report(e.pos, mistake{"duplicate-key", "the header " + quote(e.name) + " stands here twice",
				"its first place is line " + strconv.Itoa(before.pos.Line)})
			continue
		}
		first[strings.ToLower(e.name)] = e
		entries = append(entries, e)
	}
	return entries, ok
}
