package assert

import (
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/corsgate/corsgate/cors"
)

// value is what a Matcher looks at.
type value struct {
	text    string // of several header lines: joined with ", " as https://fetch.spec.whatwg.org/#concept-header-list-get
	present bool
	list    bool // text is a list even where it has one element
	fold    bool // elements compare case-insensitively
}

// headerValue returns the header of that name; a nil response has none.
func headerValue(r *cors.Response, name string) value {
	v := value{}
	v.list, v.fold = listField(name)
	if r == nil {
		return v
	}
	var lines []string
	for _, h := range r.Headers {
		if strings.EqualFold(h.Name, name) {
			lines = append(lines, trim(h.Value))
		}
	}
	v.text, v.present = strings.Join(lines, ", "), len(lines) > 0
	return v
}

// listField reports whether a header is a list by definition, and whether that list is one of case-insensitive names.
func listField(name string) (list, fold bool) {
	switch strings.ToLower(name) {
	case "access-control-allow-methods":
		return true, false
	case "access-control-allow-headers", "access-control-expose-headers", "vary":
		return true, true
	}
	return false, false
}

// elements splits a list: https://httpwg.org/specs/rfc9110.html#abnf.extension.recipient.
func elements(text string) []string {
	var all []string
	for e := range strings.SplitSeq(text, ",") {
		if e = trim(e); e != "" {
			all = append(all, e)
		}
	}
	return all
}

func trim(s string) string { return strings.Trim(s, " \t") }

func (v value) same(a, b string) bool {
	return a == b || v.fold && strings.EqualFold(a, b)
}

func (v value) has(element string) bool {
	return slices.ContainsFunc(elements(v.text), func(e string) bool { return v.same(e, trim(element)) })
}

func (v value) equals(want string) bool {
	if !v.present || !v.list {
		return v.present && v.text == want
	}
	return slices.EqualFunc(elements(v.text), elements(want), v.same)
}

// among reports whether every element of v is one of want.
func (v value) among(want []string) bool {
	return !slices.ContainsFunc(elements(v.text), func(e string) bool {
		return !slices.ContainsFunc(want, func(w string) bool { return v.same(e, trim(w)) })
	})
}

func (v value) hasAll(want []string) bool {
	return !slices.ContainsFunc(want, func(w string) bool { return !v.has(w) })
}

func (v value) hasAny(want []string) bool { return slices.ContainsFunc(want, v.has) }

// number reads decimal digits, with or without a minus sign: a status, or the seconds of a max age.
func (v value) number() (float64, bool) {
	digits := strings.TrimPrefix(v.text, "-")
	if digits == "" || strings.Trim(digits, "0123456789") != "" {
		return 0, false
	}
	n, err := strconv.ParseFloat(v.text, 64)
	return n, err == nil
}

// condition is one field of a Matcher.
type condition struct {
	want string // on its own: contains PUT
	says string // after "it should": contain PUT
	ok   bool
}

// conditions holds v against every field of m that is set.
func (m *Matcher) conditions(v value) []condition {
	var all []condition
	add := func(ok bool, want, says string) { all = append(all, condition{want, says, ok}) }
	if m.Absent {
		add(!v.present, "absent", "be absent")
	}
	if m.Equals != nil {
		add(v.equals(*m.Equals), *m.Equals, `be "`+*m.Equals+`"`)
	}
	if names := join(m.Contains, "and"); names != "" {
		add(v.hasAll(m.Contains), "contains "+names, "contain "+names)
	}
	if names := join(m.Excludes, "or"); names != "" {
		add(!v.hasAny(m.Excludes), "excludes "+names, "not contain "+names)
	}
	if m.Exactly != nil {
		names := exactly(m.Exactly)
		add(v.hasAll(m.Exactly) && v.among(m.Exactly), names, "list "+names)
	}
	if m.Matches != "" {
		add(v.present && matches(m.Matches, v.text), "matches "+m.Matches, "match "+m.Matches)
	}
	return append(all, m.bounds(v)...)
}

func (m *Matcher) bounds(v value) []condition {
	var all []condition
	n, ok := v.number()
	if m.AtLeast != nil {
		want := "at least " + decimal(*m.AtLeast)
		all = append(all, condition{want, "be " + want, ok && n >= *m.AtLeast})
	}
	if m.AtMost != nil {
		want := "at most " + decimal(*m.AtMost)
		all = append(all, condition{want, "be " + want, ok && n <= *m.AtMost})
	}
	return all
}

// wants is m in words, whatever it looks at.
func (m *Matcher) wants() string {
	var all []string
	for _, c := range m.conditions(value{}) {
		all = append(all, c.want)
	}
	return join(all, "and")
}

// check makes one Result of all conditions. Where unseen says why there is nothing to look at, none of them holds.
func (m *Matcher) check(field, subject string, v value, unseen string) Result {
	var wants, says []string
	for _, c := range m.conditions(v) {
		if !c.ok || unseen != "" {
			wants, says = append(wants, c.want), append(says, c.says)
		}
	}
	if len(wants) == 0 {
		return holds(field)
	}
	got, but := v.text, `is "`+v.text+`"`
	switch {
	case unseen != "":
		got, but = "not seen", unseen
	case !v.present:
		got, but = "absent", "is absent"
	}
	return Result{
		Field: field, Want: join(wants, "and"), Got: got,
		Message: subject + " should " + join(says, "and") + ", but " + but,
	}
}

func exactly(want []string) string {
	if len(want) == 0 {
		return "nothing"
	}
	return "exactly " + join(want, "and")
}

// matches treats an expression that does not compile as one that nothing matches: it has been refused before.
func matches(expression, text string) bool {
	re, err := regexp.Compile(expression)
	return err == nil && re.MatchString(text)
}

func decimal(f float64) string { return strconv.FormatFloat(f, 'f', -1, 64) }
