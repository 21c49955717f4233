package spec

import "strings"

// form is the form of the values that a key takes.
type form int

const (
	formText form = iota
	formBoolean
	formInteger
	formNumber
	formDuration
	formWords   // one of a few
	formList    // of shape.of
	formMapping // of names of the author's choice to shape.of
	formObject  // of shape.keys
	formEither  // any of shape.either
)

// shape describes the values that a key takes. The decoder's messages speak from it, and whatever describes the
// language to people or editors is made from it.
type shape struct {
	form     form
	what     string    // with an article, e.g. "an origin that a browser sends"
	nothing  string    // a hint for who wrote no value; empty: a general one
	words    []string  // of formWords
	min, max int       // of formInteger; min of formDuration, too
	of       *shape    // of formList and formMapping
	one      bool      // a list may be written as its only item
	empty    bool      // a list or mapping may be empty
	void     bool      // the value may be left out: nothing stands behind the key
	names    []string  // of formMapping: the names that there are; nil: any
	unique   bool      // a list holds no item twice
	keys     []keyInfo // of formObject
	either   []shape   // of formEither
}

// keyInfo describes one key of an object.
type keyInfo struct {
	name     string
	about    string // one sentence
	required bool
	shape    shape
}

// value is a kind of value: its description and how it is read. read reports every mistake, and false when there was
// one.
type value[V any] struct {
	shape shape
	read  func(d *decoder, n *node) (V, bool)
}

// key is a key of the object that fills a T.
type key[T any] struct {
	keyInfo
	decode func(d *decoder, n *node, into *T) bool
}

// table is an object of the language: all its keys, in the order in which they are read and documented.
type table[T any] struct {
	what string // with an article
	keys []key[T]
}

// field is a key whose value goes to a field of T.
func field[T, V any](name, about string, v value[V], at func(*T) *V) key[T] {
	return key[T]{keyInfo{name: name, about: about, shape: v.shape}, func(d *decoder, n *node, into *T) bool {
		got, ok := v.read(d, n)
		if ok {
			*at(into) = got
		}
		return ok
	}}
}

// required makes a key one that must be there.
func required[T any](k key[T]) key[T] {
	k.required = true
	return k
}

// filling is a key whose value is put into T by a function.
func filling[T, V any](name, about string, v value[V], put func(into *T, got V)) key[T] {
	return key[T]{keyInfo{name: name, about: about, shape: v.shape}, func(d *decoder, n *node, into *T) bool {
		got, ok := v.read(d, n)
		if ok {
			put(into, got)
		}
		return ok
	}}
}

// lift makes a key of U one of a T that holds a U.
func lift[T, U any](k key[U], at func(*T) *U) key[T] {
	return key[T]{k.keyInfo, func(d *decoder, n *node, into *T) bool { return k.decode(d, n, at(into)) }}
}

// shape describes the object.
func (t table[T]) shape() shape {
	s := shape{form: formObject, what: t.what}
	for _, k := range t.keys {
		s.keys = append(s.keys, k.keyInfo)
	}
	return s
}

// value makes the object a kind of value.
func (t table[T]) value() value[T] {
	return value[T]{t.shape(), func(d *decoder, n *node) (into T, ok bool) {
		fields, ok := t.read(d, n, &into)
		return into, ok && fields.ok()
	}}
}

// fields are the keys that an object has.
type fields map[string]fieldState

// fieldState says where a key's value is and whether it was read without a mistake.
type fieldState struct {
	node *node
	ok   bool
}

// ok reports whether all values were read without a mistake.
func (f fields) ok() bool {
	for _, state := range f {
		if !state.ok {
			return false
		}
	}
	return true
}

// read decodes a mapping key by key. It reports false for a mapping with a key unknown or missing, and for another
// value; what it could read has been read then too.
func (t table[T]) read(d *decoder, n *node, into *T) (found fields, ok bool) {
	if n.kind != mapping {
		d.wrongKind(n, shape{what: t.what + ", which is a mapping"})
		return nil, false
	}
	values := make(map[string]entry, len(n.entries))
	for _, e := range n.entries {
		values[e.name] = e
	}
	ok, found = true, make(fields, len(n.entries))
	for _, k := range t.keys {
		e, present := values[k.name]
		delete(values, k.name)
		switch {
		case present:
			found[k.name] = fieldState{e.value, k.decode(d, e.value, into)}
		case k.required:
			ok = false
			d.report(n.pos, k.missingFrom(t.what))
		}
	}
	for _, e := range n.entries {
		if _, unknown := values[e.name]; unknown {
			ok = false
			d.unknownKey(e, t.names)
		}
	}
	return found, ok
}

func (t table[T]) names() (names []string) {
	for _, k := range t.keys {
		names = append(names, k.name)
	}
	return names
}

func (d *decoder) unknownKey(e entry, known func() []string) {
	if d.full() {
		d.report(e.pos, mistake{})
		return
	}
	m := mistake{"unknown-key", "unknown key " + quote(e.name), suggest(e.name, known())}
	d.add(placed{pos: e.pos, mistake: m, value: e.name, masked: "unknown key"})
}

// missingFrom is the mistake of an object without the key.
func (k keyInfo) missingFrom(what string) mistake {
	about := strings.ToLower(k.about[:1]) + strings.TrimSuffix(k.about[1:], ".")
	return mistake{"missing-key", what + " needs the key " + quote(k.name), k.name + " is " + about}
}

// wrongKind reports a node of another kind than the one that stands there; a broken one has been reported before.
func (d *decoder) wrongKind(n *node, want shape) {
	switch {
	case n.kind == broken:
	case n.missing():
		d.report(n.pos, mistake{"missing-value", "expected " + want.what + ", got nothing", hintNothing(n, want)})
	default:
		masked := "expected " + want.what
		m := mistake{rule: "wrong-type", message: masked + ", got " + n.says()}
		d.add(placed{pos: n.pos, mistake: m, value: n.text, masked: masked})
	}
}

func hintNothing(n *node, want shape) string {
	switch {
	case want.nothing != "":
		return want.nothing
	case n.text == "~":
		return `a plain ~ is nothing in YAML; quote it to mean the character`
	}
	return `write a value, "" for an empty text, or leave the key out`
}
