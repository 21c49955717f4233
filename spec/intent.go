package spec

import (
	"net/netip"
	"slices"
	"strings"

	"github.com/corsgate/corsgate/cors"
)

// anything is a list of values, or * for all that there are.
type anything[V any] struct {
	items []V
	all   bool
}

const star = "*"

// orStar is a list, or the star alone.
func orStar[V any](list value[[]V]) value[anything[V]] {
	s := shape{form: formEither, what: list.shape.what + ", or * for any",
		either: []shape{{form: formWords, what: star, words: []string{star}}, list.shape}}
	return value[anything[V]]{s, func(d *decoder, n *node) (anything[V], bool) {
		stars, others := d.stars(n)
		switch {
		case len(stars) == 0:
			items, ok := list.read(d, n)
			return anything[V]{items: items}, ok
		case others == nil:
			return anything[V]{all: true}, true
		}
		d.report(stars[0], mistake{"contradiction", "* stands for all that there are", "leave it out, or leave the others out"})
		list.read(d, others)
		return anything[V]{}, false
	}}
}

// stars returns the places of the stars in a list that may be written as its only item, and a list of all else; nil
// when there is nothing else.
func (d *decoder) stars(n *node) (stars []Pos, others *node) {
	items := []*node{n}
	if n.kind == sequence {
		items = n.items
	}
	rest := &node{kind: sequence, pos: n.pos}
	for _, item := range items {
		if d.isStar(item) {
			stars = append(stars, item.pos)
		} else {
			rest.items = append(rest.items, item)
		}
	}
	if len(rest.items) == 0 {
		return stars, nil
	}
	return stars, rest
}

func (d *decoder) isStar(n *node) bool {
	if n.kind != scalar || !strings.Contains(n.text, "${") {
		return n.kind == scalar && n.text == star
	}
	text, _, ok := d.interpolate(n)
	return ok && text == star
}

// allowedOrigin is an origin, or a pattern.
type allowedOrigin struct {
	origin  cors.Origin
	pattern string // empty: it is an origin
}

func allowedOrigins() value[anything[allowedOrigin]] {
	of := shape{what: "an origin, or a pattern such as https://*.example.com", nothing: hintOpaque}
	return orStar(many(scalarOf(of, func(s string) (allowedOrigin, *flaw) {
		if strings.Contains(s, star) {
			return allowedOrigin{pattern: s}, badPattern(s)
		}
		o, f := parseOrigin(s)
		return allowedOrigin{origin: o}, f
	})))
}

// badPattern says what keeps a text from being scheme://*.host[:port].
func badPattern(s string) *flaw {
	scheme, rest, ok := strings.Cut(s, "://*.")
	if !ok || strings.Contains(rest, star) {
		return &flaw{"invalid-origin", "is not a pattern of origins",
			"a star stands for whole labels at the beginning of a host, as in https://*.example.com"}
	}
	below, f := parseOrigin(scheme + "://" + rest)
	if f != nil {
		f.says = strings.Replace(f.says, "is not an origin that a browser sends", "is not a pattern of origins", 1)
		f.hint = strings.Replace(f.hint, "://", "://*.", 1)
		return f
	}
	if _, err := netip.ParseAddr(strings.Trim(below.Host, "[]")); err == nil {
		return &flaw{"invalid-origin", "has a star before an address", "name the origins one by one"}
	}
	return nil
}

func (a *Allow) setOrigins(got anything[allowedOrigin]) {
	a.AnyOrigin = got.all
	for _, is := range got.items {
		if is.pattern != "" {
			a.Patterns = append(a.Patterns, is.pattern)
		} else {
			a.Origins = append(a.Origins, is.origin)
		}
	}
}

// allowedHeaders is a list of names, or a mapping of names to values, of which some may be left out.
func allowedHeaders() value[anything[AllowedHeader]] {
	names := orStar(list(settableName()))
	names.shape.either[1].unique = true
	of := shape{what: "a header's value, or nothing", void: true}
	values := shape{form: formMapping, what: "a mapping of header names to values", of: &of, empty: true}
	s := shape{form: formEither, what: "a list of header names, a mapping of names to values, or * for any",
		either: append(slices.Clone(names.shape.either), values)}
	return value[anything[AllowedHeader]]{s, func(d *decoder, n *node) (anything[AllowedHeader], bool) {
		if n.kind == mapping {
			return d.headerValues(n, values.what)
		}
		got, ok := names.read(d, n)
		all := anything[AllowedHeader]{all: got.all}
		for _, name := range got.items {
			all.items = append(all.items, AllowedHeader{Name: name})
		}
		return all, ok && uniqueNames(d, n, got.items)
	}}
}

func settableName() value[string] {
	return scalarOf(headerName().shape, func(s string) (string, *flaw) {
		switch {
		case !cors.ValidHeaderName(s):
			return "", &flaw{"invalid-header", "is not a header's name", ""}
		case cors.ForbiddenRequestHeader(s, ""):
			return "", &flaw{"impossible-request", "is a header that browsers don't let a page set", hintForbidden(s)}
		}
		return s, nil
	})
}

func (d *decoder) headerValues(n *node, what string) (all anything[AllowedHeader], ok bool) {
	entries, ok := d.headerEntries(n, what)
	for _, e := range entries {
		h := AllowedHeader{Name: e.name}
		if !e.value.missing() {
			v, good := headerValue().read(d, e.value)
			ok, h.Value = ok && good, &v
		}
		ok = d.settable(e.pos, h) && ok
		all.items = append(all.items, h)
	}
	return all, ok
}

// settable refuses a header that no page can set.
func (d *decoder) settable(pos Pos, h AllowedHeader) bool {
	value := ""
	if h.Value != nil {
		value = *h.Value
	}
	if !cors.ForbiddenRequestHeader(h.Name, value) {
		return true
	}
	d.report(pos, mistake{"impossible-request", "browsers don't let a page set the header " + quote(h.Name) +
		onlyForValue(h.Name), hintForbidden(h.Name)})
	return false
}

// exposedNames are those of response headers.
func exposedNames() value[[]string] {
	names := list(scalarOf(headerName().shape, func(s string) (string, *flaw) {
		switch {
		case s == star:
			return "", &flaw{"invalid-header", "is not a header's name", "leave expose out to let anything be exposed"}
		case strings.EqualFold(s, "Set-Cookie") || strings.EqualFold(s, "Set-Cookie2"):
			return "", &flaw{"impossible-request", "is a header that no page can read", ""}
		case !cors.ValidHeaderName(s):
			return "", &flaw{"invalid-header", "is not a header's name", ""}
		}
		return s, nil
	}))
	names.shape.unique = true
	return value[[]string]{names.shape, func(d *decoder, n *node) ([]string, bool) {
		items, ok := names.read(d, n)
		return items, ok && uniqueNames(d, n, items)
	}}
}

// uniqueNames refuses a header's name that stands in a list twice, in whatever case.
func uniqueNames(d *decoder, n *node, names []string) bool {
	lower := make([]string, len(names))
	for i, name := range names {
		lower[i] = strings.ToLower(name)
	}
	return unique(d, n, lower)
}
