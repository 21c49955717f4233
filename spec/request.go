package spec

import (
	"errors"
	"strings"
	"unicode"

	"github.com/corsgate/corsgate/cors"
)

func origin() value[cors.Origin] {
	of := shape{what: "an origin that a browser sends", nothing: hintOpaque}
	return scalarOf(of, func(s string) (cors.Origin, *flaw) {
		if strings.Contains(s, "*") {
			return cors.Origin{}, &flaw{"invalid-origin", "is not an origin that a browser sends",
				"name the origins one by one; stars stand in policies only"}
		}
		return parseOrigin(s)
	})
}

const hintOpaque = "write null to mean the opaque origin"

func parseOrigin(s string) (cors.Origin, *flaw) {
	if f := refuseControls(s); f != nil {
		return cors.Origin{}, f
	}
	o, err := cors.ParseOrigin(s)
	if err == nil {
		return o, nil
	}
	f := &flaw{rule: "invalid-origin", says: "is not an origin that a browser sends"}
	var refused *cors.OriginError
	if errors.As(err, &refused) {
		f.says += ": " + refused.Problem
		if refused.Want != "" {
			f.hint = "write " + refused.Want
		}
	}
	return o, f
}

func method() value[string] {
	return scalarOf(shape{what: "a method that a page may use"}, func(s string) (string, *flaw) {
		switch {
		case cors.ForbiddenMethod(s):
			return "", &flaw{"impossible-request", "is a method that browsers refuse to send", ""}
		case !cors.ValidHeaderName(s): // a method is a token, as a header's name is
			return "", &flaw{"impossible-request", "is not a method",
				"a method has letters, digits and a few signs, such as GET"}
		}
		return s, nil
	})
}

// path is a path below the target, or an absolute URL that fetch() takes.
func path() value[string] {
	return scalarOf(shape{what: "a path or an absolute URL"}, func(s string) (string, *flaw) {
		switch {
		case refuseControls(s) != nil:
			return "", refuseControls(s)
		case isAbsolute(s):
			return s, badURL(s)
		case strings.Contains(s, "://"):
			return "", &flaw{"invalid-path", "is not an http or https URL", ""}
		case !strings.HasPrefix(s, "/"):
			return "", &flaw{"invalid-path", "does not begin with a slash", "write " + quote("/"+s)}
		}
		return s, nil
	})
}

func isAbsolute(s string) bool {
	scheme, _, ok := strings.Cut(s, "://")
	return ok && (strings.EqualFold(scheme, "http") || strings.EqualFold(scheme, "https"))
}

// badURL asks the Flow what fetch() says to a URL.
func badURL(s string) *flaw {
	switch flow := cors.NewFlow(cors.Standard, cors.Fetch{URL: s}, nil); flow.Outcome().Reason {
	case cors.ReasonInvalidURL:
		return &flaw{"invalid-url", "is not a URL", ""}
	case cors.ReasonURLCredentials:
		return &flaw{"impossible-request", "has a user name, which fetch() refuses", "use an Authorization header"}
	}
	return nil
}

// headerSets is one set of headers, or a list of sets.
func headerSets() value[[][]cors.Header] {
	text := text("a header's value")
	values := list(text).shape
	set := shape{form: formMapping, what: "a mapping of header names to values", of: &values, empty: true}
	s := shape{form: formList, what: "a mapping of header names to values, or a list of such", of: &set, one: true}
	return value[[][]cors.Header]{s, func(d *decoder, n *node) (sets [][]cors.Header, ok bool) {
		ok = n.kind != sequence || len(n.items) > 0
		if !ok {
			d.report(n.pos, mistake{"empty-list", "the list is empty", "leave the key out to set no header"})
			return nil, false
		}
		items := []*node{n}
		if n.kind == sequence {
			items = n.items
		}
		for _, item := range items {
			headers, good := d.headerSet(item, set.what)
			ok = ok && good
			sets = append(sets, headers)
		}
		return sets, ok
	}}
}

// headerSet reads one set. It is empty, but not nil, when it has no header.
func (d *decoder) headerSet(n *node, what string) (headers []cors.Header, ok bool) {
	entries, ok := d.headerEntries(n, what)
	headers = []cors.Header{}
	for _, e := range entries {
		values, good := list(headerValue()).read(d, e.value)
		if good && len(values) == 0 {
			good = false
			d.report(e.value.pos, mistake{"empty-list", "the list is empty", "leave the header out to send none"})
		}
		ok = ok && good
		for _, v := range values {
			if good && cors.ForbiddenRequestHeader(e.name, v) {
				ok = false
				d.report(e.pos, mistake{"impossible-request", "browsers don't let a page set the header " + quote(e.name) +
					onlyForValue(e.name), hintForbidden(e.name)})
			}
			headers = append(headers, cors.Header{Name: e.name, Value: v})
		}
	}
	return headers, ok
}

// onlyForValue says more of a header that pages can set to other values.
func onlyForValue(name string) string {
	if cors.ForbiddenRequestHeader(name, "") {
		return ""
	}
	return " to a method that they don't send"
}

// headerValue is a header's value as a script can give it: of characters up to U+00FF, each one byte on the wire.
func headerValue() value[string] {
	return scalarOf(shape{what: "a header's value"}, func(s string) (string, *flaw) {
		written := strings.Map(func(r rune) rune {
			if r == '\t' || r >= 0x80 && r <= 0xFF { // bytes, no characters
				return -1
			}
			return r
		}, s)
		if f := refuseControls(written); f != nil {
			return "", f
		}
		if strings.ContainsFunc(s, func(r rune) bool { return r > 0xFF }) {
			return "", &flaw{"invalid-header", "has a character that no header can have", "headers hold characters up to U+00FF"}
		}
		return toLatin1(s), nil
	})
}

func toLatin1(s string) string {
	if isASCII(s) {
		return s
	}
	var b []byte
	for _, r := range s {
		b = append(b, byte(r))
	}
	return string(b)
}

func hintForbidden(name string) string {
	switch strings.ToLower(name) {
	case "origin", "referer":
		return "the page's origin stands under origins"
	case "cookie":
		return "the browser's cookies stand under cookies"
	case "access-control-request-method":
		return "the browser sends it by itself for what stands under methods"
	case "access-control-request-headers":
		return "the browser sends it by itself for what stands under headers"
	}
	return "the browser sets it by itself, or not at all"
}

func headerName() value[string] {
	return scalarOf(shape{what: "a header's name"}, func(s string) (string, *flaw) {
		if !cors.ValidHeaderName(s) {
			return "", &flaw{"invalid-header", "is not a header's name", ""}
		}
		return s, nil
	})
}

// cookies is a mapping of names to values.
func cookies() value[[]Cookie] {
	of := cookieValue()
	s := shape{form: formMapping, what: "a mapping of cookie names to values", of: &of.shape, empty: true}
	return value[[]Cookie]{s, func(d *decoder, n *node) (all []Cookie, ok bool) {
		if n.kind != mapping {
			d.wrongKind(n, s)
			return nil, false
		}
		ok = true
		for _, e := range n.entries {
			if !cors.ValidHeaderName(e.name) {
				ok = false
				d.reportf(e.pos, "invalid-cookie", "%s is not a cookie's name", quote(e.name))
			}
			v, good := of.read(d, e.value)
			ok = ok && good
			all = append(all, Cookie{e.name, v})
		}
		return all, ok
	}}
}

func cookieValue() value[string] {
	return scalarOf(shape{what: "a cookie's value"}, func(s string) (string, *flaw) {
		if f := refuseControls(s); f != nil {
			return "", f
		}
		if strings.Contains(s, ";") {
			return "", &flaw{"invalid-cookie", "is not a cookie's value", "a semicolon ends it; write %3B"}
		}
		return s, nil
	})
}

func body() value[*string] { return pointer(text("text")) }

func pointer[V any](v value[V]) value[*V] {
	return value[*V]{v.shape, func(d *decoder, n *node) (*V, bool) {
		got, ok := v.read(d, n)
		return &got, ok
	}}
}

func browser() value[string] {
	var names []string
	for _, e := range cors.Engines() {
		names = append(names, e.Name)
	}
	return words("a browser", names...)
}

func tag() value[string] {
	return scalarOf(shape{what: "a tag"}, func(s string) (string, *flaw) {
		bad := func(r rune) bool { return unicode.IsSpace(r) || unicode.IsControl(r) || r == ',' }
		if s == "" || strings.ContainsFunc(s, bad) || strings.ContainsAny(s[:1], "!-") {
			return "", &flaw{"invalid-name", "is not a tag", "a tag has no blanks or commas, and does not begin with ! or -"}
		}
		return s, nil
	})
}

// skip is a reason: a word that reads as a switch is refused, since any text skips.
func skip() value[string] {
	reason := line("the reason as text")
	return scalarOf(reason.shape, func(s string) (string, *flaw) {
		switch strings.ToLower(s) {
		case "true", "yes", "on", "false", "no", "off", "null":
			return "", &flaw{"invalid-skip", "is not a reason", "say why it is skipped, or leave the key out to run it"}
		case "":
			return "", &flaw{"empty-value", "is empty", "say why it is skipped, or leave the key out to run it"}
		}
		return s, refuseControls(s)
	})
}

func outcome() value[cors.Verdict] {
	return words("an outcome", cors.Allowed, cors.Blocked, cors.Opaque, cors.OpaqueRedirect)
}

func stage() value[cors.Stage] {
	return words("a stage", cors.StageRequest, cors.StagePreflight, cors.StageResponse, cors.StageRedirect)
}
