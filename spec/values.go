package spec

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"
	"unicode"
)

// flaw says what is wrong with a scalar's text. says follows the value, as in `"10 s" is not a duration`, and must not
// repeat it.
type flaw struct{ rule, says, hint string }

// scalarOf makes a kind of value of a function that parses a scalar's text, with variables filled in.
func scalarOf[V any](s shape, parse func(text string) (V, *flaw)) value[V] {
	return value[V]{s, func(d *decoder, n *node) (v V, ok bool) {
		if n.kind != scalar || n.missing() {
			d.wrongKind(n, s)
			return v, false
		}
		text, secret, ok := d.interpolate(n)
		if !ok {
			return v, false
		}
		v, f := parse(text)
		if f != nil {
			d.reportFlaw(n, text, secret, s, f)
		}
		return v, f == nil
	}}
}

// reportFlaw quotes the value, but for one that holds a secret: then a part of it could hide in the flaw's words too.
func (d *decoder) reportFlaw(n *node, text string, secret bool, s shape, f *flaw) {
	p := placed{pos: n.pos, value: text, masked: "*** is not " + s.what}
	if secret {
		p.mistake = mistake{f.rule, p.masked, ""}
	} else {
		p.mistake = mistake{f.rule, quote(text) + " " + f.says, f.hint}
	}
	d.add(p)
}

// text is any text.
func text(what string) value[string] {
	return scalarOf(shape{what: what}, func(s string) (string, *flaw) { return s, nil })
}

// line is a text that stands on one line of a report.
func line(what string) value[string] {
	return scalarOf(shape{what: what}, func(s string) (string, *flaw) {
		if strings.TrimSpace(s) == "" {
			return "", &flaw{rule: "empty-value", says: "is empty"}
		}
		return s, refuseControls(s)
	})
}

func refuseControls(s string) *flaw {
	for _, r := range s {
		if unicode.IsControl(r) {
			return &flaw{rule: "control-character", says: fmt.Sprintf("has the control character %U", r)}
		}
	}
	return nil
}

// boolean takes the words that people write for it, whether quoted or not, so that YAML's own rules don't matter.
func boolean() value[bool] {
	return scalarOf(shape{form: formBoolean, what: "true or false"}, func(s string) (bool, *flaw) {
		switch strings.ToLower(s) {
		case "true", "yes", "on":
			return true, nil
		case "false", "no", "off":
			return false, nil
		}
		return false, &flaw{rule: "invalid-boolean", says: "is not true or false"}
	})
}

var decimal = regexp.MustCompile(`^(0|[1-9][0-9]*)$`)

// integer takes decimal digits alone: no sign, no leading zero, no other base.
func integer(what string, least, most int) value[int] {
	return scalarOf(shape{form: formInteger, what: what, min: least, max: most}, func(s string) (int, *flaw) {
		n, err := strconv.Atoi(s)
		switch {
		case !decimal.MatchString(s):
			return 0, &flaw{"invalid-number", "is not " + what, hintDecimal(s)}
		case err != nil || n < least || n > most:
			return 0, &flaw{"out-of-range", fmt.Sprintf("is not between %d and %d", least, most), ""}
		}
		return n, nil
	})
}

func hintDecimal(s string) string {
	if trimmed := strings.TrimLeft(s, "0"); decimal.MatchString(trimmed) {
		return "write " + trimmed + ": a leading zero would make it octal in YAML"
	}
	return "write decimal digits alone"
}

var fraction = regexp.MustCompile(`^-?(0|[1-9][0-9]*)(\.[0-9]+)?$`)

// number takes decimal digits with sign and fraction.
func number() value[*float64] {
	return scalarOf(shape{form: formNumber, what: "a number"}, func(s string) (*float64, *flaw) {
		n, err := strconv.ParseFloat(s, 64)
		if err != nil || !fraction.MatchString(s) {
			return nil, &flaw{"invalid-number", "is not a number", hintDecimal(s)}
		}
		return &n, nil
	})
}

// duration is a time above zero.
func duration() value[time.Duration] {
	s := shape{form: formDuration, what: "a duration such as 10s"}
	return scalarOf(s, func(s string) (time.Duration, *flaw) {
		d, f := parseDuration(s)
		if f == nil && d <= 0 {
			return 0, &flaw{"out-of-range", "is not above zero", ""}
		}
		return d, f
	})
}

// seconds is a duration as a number of seconds.
func seconds() value[*float64] {
	s := shape{form: formDuration, what: "a duration such as 10m"}
	return scalarOf(s, func(s string) (*float64, *flaw) {
		d, f := parseDuration(s)
		n := d.Seconds()
		return &n, f
	})
}

// parseDuration takes numbers with the units ms, s, m, h and d; whole numbers alone count seconds, as max-age does.
func parseDuration(s string) (time.Duration, *flaw) {
	bad := &flaw{"invalid-duration", "is not a duration", "write a number and a unit, such as 500ms, 10s, 5m, 2h or 1d"}
	if decimal.MatchString(s) {
		s += "s"
	}
	var whole time.Duration
	if days, rest, ok := strings.Cut(s, "d"); ok {
		n, err := strconv.Atoi(days)
		if err != nil || !decimal.MatchString(days) || n > 36500 {
			return 0, bad
		}
		if whole = time.Duration(n) * 24 * time.Hour; rest == "" {
			return whole, nil
		}
		s = rest
	}
	d, err := time.ParseDuration(s)
	if err != nil || strings.ContainsAny(s, "+-µnu") || whole+d < 0 {
		return 0, bad
	}
	return whole + d, nil
}

// words is one of a few words.
func words[V ~string](what string, all ...V) value[V] {
	list := make([]string, len(all))
	for i, w := range all {
		list[i] = string(w)
	}
	return scalarOf(shape{form: formWords, what: what, words: list}, func(s string) (V, *flaw) {
		for _, w := range all {
			if string(w) == s {
				return w, nil
			}
		}
		return "", &flaw{"unknown-value", "is not " + what, suggest(s, list)}
	})
}

// pattern is a regular expression.
func pattern() value[string] {
	return scalarOf(shape{what: "a regular expression"}, func(s string) (string, *flaw) {
		if s == "" {
			return "", &flaw{"empty-value", "matches everything", `write ".*" to ask that there is a value`}
		}
		if _, err := regexp.Compile(s); err != nil {
			return "", &flaw{"invalid-pattern", "is not a regular expression", strings.TrimPrefix(err.Error(),
				"error parsing regexp: ")}
		}
		return s, nil
	})
}

// many is a list, or its only item alone. It is not empty and holds nothing twice.
func many[V comparable](item value[V]) value[[]V] {
	v := list(item)
	v.shape.unique, v.shape.empty = true, false
	return value[[]V]{v.shape, func(d *decoder, n *node) ([]V, bool) {
		items, ok := v.read(d, n)
		if ok && len(items) == 0 {
			d.report(n.pos, mistake{"empty-list", "the list is empty", "leave the key out to get its default"})
			return nil, false
		}
		return items, ok && unique(d, n, items)
	}}
}

func unique[V comparable](d *decoder, n *node, items []V) bool {
	first, ok := make(map[V]int, len(items)), true
	for i, item := range items {
		if j, twice := first[item]; twice {
			ok = false
			d.reportf(n.item(i).pos, "duplicate-value", "this stands in the list twice, first on line %d", n.item(j).pos.Line)
			continue
		}
		first[item] = i
	}
	return ok
}

// list is a list, or its only item alone. It may be empty.
func list[V any](item value[V]) value[[]V] {
	of := item.shape
	s := shape{form: formList, what: "a list, or " + of.what, of: &of, one: true, empty: true}
	return value[[]V]{s, func(d *decoder, n *node) ([]V, bool) {
		items, all := []V{}, []*node{n}
		if n.kind == sequence {
			all = n.items
		}
		ok := true
		for _, i := range all {
			v, good := item.read(d, i)
			ok = ok && good
			items = append(items, v)
		}
		return items, ok
	}}
}
