package paste

import (
	"bytes"
	"encoding/json"
	"math"
	"strconv"
	"strings"
)

// value is a JavaScript value that needs nothing but itself.
type value struct {
	kind    valueKind
	text    string // of a string; of numbers, booleans, null and undefined as String() writes them
	members []member
	items   []value
	at      int
}

type member struct {
	key   string
	at    int
	value value
}

type valueKind int

const (
	kindUndefined valueKind = iota
	kindNull
	kindBool
	kindNumber
	kindString
	kindObject
	kindArray
	kindParams // new URLSearchParams(...): text is the query
	kindForm   // new FormData()
)

// maxDepth bounds how deep values lie in each other.
const maxDepth = 64

// value reads a value, and strings added to it with +.
func (p *scanner) value(depth int) (value, error) {
	v, err := p.operand(depth)
	for err == nil {
		var plus bool
		if plus, err = p.take("+"); err != nil || !plus {
			break
		}
		var next value
		if next, err = p.operand(depth); err != nil {
			break
		}
		if v.kind != kindString && next.kind != kindString || !v.scalar() || !next.scalar() {
			return v, p.mistake(next.at, "only strings are added here", "write the sum itself")
		}
		v.kind, v.text = kindString, v.text+next.text
	}
	return v, err
}

func (v value) scalar() bool { return v.kind < kindObject }

func (p *scanner) operand(depth int) (value, error) {
	t, err := p.next()
	if err != nil {
		return value{}, err
	}
	if depth > maxDepth {
		return value{}, p.mistake(t.at, "this lies too deep", "")
	}
	switch {
	case t.kind == tokenString:
		return value{kind: kindString, text: t.text, at: t.at}, nil
	case t.kind == tokenNumber:
		return p.numberOf(t, 1)
	case t.kind == tokenName:
		return p.named(t, depth)
	case t.text == "-" || t.text == "+":
		return p.signed(t)
	case t.text == "{":
		return p.object(t, depth)
	case t.text == "[":
		return p.array(t, depth)
	case t.kind == tokenEnd:
		return value{}, p.mistake(t.at, "the text ends here, where a value is missing", "")
	}
	return value{}, p.mistake(t.at, "a value is missing here", "write a string, a number, an object or a list")
}

func (p *scanner) signed(sign token) (value, error) {
	t, err := p.next()
	if err != nil {
		return value{}, err
	}
	if t.kind != tokenNumber {
		return value{}, p.mistake(sign.at, "a number is missing here", "")
	}
	factor := 1.0
	if sign.text == "-" {
		factor = -1
	}
	return p.numberOf(t, factor)
}

// numberOf keeps the text that JavaScript would print.
func (p *scanner) numberOf(t token, factor float64) (value, error) {
	n, err := strconv.ParseFloat(strings.ReplaceAll(t.text, "_", ""), 64)
	if len(t.text) > 2 && t.text[0] == '0' && isLetter(t.text[1]) && t.text[1]|0x20 != 'e' {
		var whole uint64
		whole, err = strconv.ParseUint(t.text, 0, 53)
		n = float64(whole)
	}
	if err != nil {
		return value{}, p.mistake(t.at, "that is no number", "quote what is text")
	}
	return value{kind: kindNumber, text: numberText(n * factor), at: t.at}, nil
}

// numberText is https://tc39.es/ecma262/#sec-numeric-types-number-tostring.
func numberText(n float64) string {
	switch size := math.Abs(n); {
	case size == 0:
		return "0"
	case size < 1e21 && size >= 1e-6:
		return strconv.FormatFloat(n, 'f', -1, 64)
	}
	text := strconv.FormatFloat(n, 'e', -1, 64)
	mantissa, exponent, _ := strings.Cut(text, "e")
	return mantissa + "e" + exponent[:1] + strings.TrimLeft(exponent[1:], "0")
}

// object reads {key: value, ...}; the second of one key wins, at the place of the first.
func (p *scanner) object(open token, depth int) (value, error) {
	v, places := value{kind: kindObject, at: open.at}, map[string]int{}
	for {
		if done, err := p.take("}"); done || err != nil {
			return v, err
		}
		m, err := p.member(depth)
		if err != nil {
			return v, err
		}
		if place, known := places[m.key]; known {
			v.members[place] = m
		} else {
			places[m.key], v.members = len(v.members), append(v.members, m)
		}
		if more, err := p.more(open, "}"); err != nil || !more {
			return v, err
		}
	}
}

func (p *scanner) member(depth int) (member, error) {
	key, err := p.next()
	if err != nil {
		return member{}, err
	}
	switch {
	case key.kind == tokenEnd:
		return member{}, p.mistake(key.at, "the text ends here, within an object", "")
	case key.text == "..." || key.text == ".":
		return member{}, p.mistake(key.at, "what ... adds is not known", "write the entries themselves")
	case key.text == "[" && key.kind == tokenSign:
		return member{}, p.mistake(key.at, "a computed key is not known", "write the key itself")
	case key.kind == tokenSign:
		return member{}, p.mistake(key.at, "a key is missing here", "")
	}
	colon, err := p.take(":")
	if err != nil {
		return member{}, err
	}
	if !colon {
		return member{}, p.mistake(key.at, key.text+" is a variable or a function, which is not known here", "write it as "+key.text+": \"value\", or leave it out")
	}
	v, err := p.value(depth + 1)
	return member{key.text, key.at, v}, err
}

func (p *scanner) array(open token, depth int) (value, error) {
	v := value{kind: kindArray, at: open.at}
	for {
		if done, err := p.take("]"); done || err != nil {
			return v, err
		}
		item, err := p.value(depth + 1)
		if err != nil {
			return v, err
		}
		v.items = append(v.items, item)
		if more, err := p.more(open, "]"); err != nil || !more {
			return v, err
		}
	}
}

// more reports whether a list goes on, behind a comma, and goes behind its end otherwise.
func (p *scanner) more(open token, end string) (bool, error) {
	t, err := p.next()
	switch {
	case err != nil:
		return false, err
	case t.kind == tokenSign && t.text == ",":
		return true, nil
	case t.kind == tokenSign && t.text == end:
		return false, nil
	case t.kind == tokenEnd:
		return false, p.mistake(open.at, "this "+open.text+" is never closed", "")
	}
	return false, p.mistake(t.at, "a comma or "+end+" is missing here", "")
}

// named reads what starts with a name: a constant, or one of the calls that are known.
func (p *scanner) named(t token, depth int) (value, error) {
	switch t.text {
	case "true", "false":
		return value{kind: kindBool, text: t.text, at: t.at}, nil
	case "null":
		return value{kind: kindNull, text: t.text, at: t.at}, nil
	case "undefined":
		return value{text: t.text, at: t.at}, nil
	case "new":
		return p.construct(t, depth)
	case "JSON", "btoa", "String":
		return p.convert(t, depth)
	}
	if t.text == "function" || t.text == "async" {
		return value{}, p.mistake(t.at, "functions are not read", "leave it out")
	}
	return value{}, p.mistake(t.at, t.text+" is a variable, which is not known here", "write its value in its place")
}

// convert reads JSON.stringify(value), btoa(text) and String(value).
func (p *scanner) convert(t token, depth int) (value, error) {
	name := t.text
	if name == "JSON" {
		for _, want := range []string{".", "stringify"} {
			part, err := p.next()
			if err != nil || part.text != want {
				return value{}, or(err, p.mistake(t.at, "of JSON only JSON.stringify(...) is read", "write the value itself"))
			}
		}
	}
	args, err := p.arguments(t, depth)
	if err != nil {
		return value{}, err
	}
	v := value{kind: kindString, at: t.at}
	switch {
	case len(args) == 0:
		return value{}, p.mistake(t.at, "its argument is missing", "")
	case name == "JSON":
		v.text = args[0].json()
	case !args[0].scalar():
		return value{}, p.mistake(args[0].at, "only a text is converted here", "write the value itself")
	case name == "btoa":
		v.text = strings.TrimPrefix(basic(args[0].text), "Basic ")
	default:
		v.text = args[0].text
	}
	return v, nil
}

func or(err, otherwise error) error {
	if err != nil {
		return err
	}
	return otherwise
}

// construct reads new Headers(...), new URLSearchParams(...), new URL("...") and new FormData().
func (p *scanner) construct(t token, depth int) (value, error) {
	name, err := p.next()
	if err != nil {
		return value{}, err
	}
	args, err := p.arguments(name, depth)
	if err != nil {
		return value{}, err
	}
	first := value{kind: kindObject}
	if len(args) > 0 {
		first = args[0]
	}
	first.at = t.at
	switch {
	case name.text == "Headers" && (first.kind == kindObject || first.kind == kindArray):
		return first, nil
	case name.text == "URL" && len(args) == 1 && first.kind == kindString:
		return first, nil
	case name.text == "FormData" && len(args) == 0:
		return value{kind: kindForm, at: t.at}, nil
	case name.text == "URLSearchParams" && first.kind == kindString:
		return value{kind: kindParams, text: strings.TrimPrefix(first.text, "?"), at: t.at}, nil
	case name.text == "URLSearchParams":
		return value{kind: kindParams, text: first.query(), at: t.at}, nil
	}
	return value{}, p.mistake(name.at, "new "+name.text+"(...) is not read in this form", "write the value itself")
}

// arguments reads what a call's parentheses hold.
func (p *scanner) arguments(callee token, depth int) ([]value, error) {
	open, err := p.next()
	if err != nil {
		return nil, err
	}
	if open.text != "(" || open.kind != tokenSign {
		return nil, p.mistake(callee.at, callee.text+" is not known here", "write its value in its place")
	}
	var args []value
	for {
		if done, err := p.take(")"); done || err != nil {
			return args, err
		}
		arg, err := p.value(depth + 1)
		if err != nil {
			return nil, err
		}
		args = append(args, arg)
		if more, err := p.more(open, ")"); err != nil || !more {
			return args, err
		}
	}
}

// json is what JSON.stringify makes of v.
func (v value) json() string {
	switch v.kind {
	case kindString:
		return quoteJSON(v.text)
	case kindUndefined, kindNull:
		return "null"
	case kindArray:
		var parts []string
		for _, item := range v.items {
			parts = append(parts, item.json())
		}
		return "[" + strings.Join(parts, ",") + "]"
	case kindObject, kindParams, kindForm:
		var parts []string
		for _, m := range v.members {
			if m.value.kind != kindUndefined {
				parts = append(parts, quoteJSON(m.key)+":"+m.value.json())
			}
		}
		return "{" + strings.Join(parts, ",") + "}"
	}
	return v.text
}

func quoteJSON(s string) string {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	_ = e.Encode(s) // a string always has a form
	return strings.TrimSuffix(b.String(), "\n")
}

// query is the members of v as a query, such as a=1&b=2.
func (v value) query() string {
	var parts []string
	for _, m := range v.members {
		switch text := m.value.text; m.value.kind {
		case kindUndefined, kindNull:
		case kindObject, kindArray:
			parts = append(parts, formEscape(m.key)+"="+formEscape(m.value.json()))
		default:
			parts = append(parts, formEscape(m.key)+"="+formEscape(text))
		}
	}
	return strings.Join(parts, "&")
}
