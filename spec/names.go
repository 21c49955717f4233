package spec

// newScope starts the scope of the file, without environment.
func newScope() *scope {
	return &scope{declared: map[string]*declaration{}, values: map[string]*resolved{}}
}

// overlay is the scope of one of the file's environments.
func (s *scope) overlay(over map[string]*declaration) *scope {
	return &scope{declared: s.declared, over: over, values: map[string]*resolved{}}
}

// declare adds names to the file's scope. A name that is there already is a mistake.
func (d *decoder) declare(names []*declaration) {
	for _, is := range names {
		if first, twice := d.scope.declared[is.name]; twice {
			d.reportf(is.pos, "duplicate-name", "the name %s stands under %s already, on line %d", quote(is.name), first.kind,
				first.pos.Line)
			continue
		}
		d.scope.declared[is.name] = is
	}
}

// resolveAll looks every declared name up, so that the mistakes of unused ones are told too.
func (d *decoder) resolveAll(names []*declaration) (ok bool) {
	ok = true
	for _, is := range names {
		ok = d.lookup(is.pos, is.name).ok && ok
	}
	return ok
}

// variables is the value of vars.
func variables() value[[]*declaration] {
	of := shape{what: "text"}
	s := shape{form: formMapping, what: "a mapping of names to values", of: &of, empty: true}
	return value[[]*declaration]{s, func(d *decoder, n *node) ([]*declaration, bool) {
		return d.declarations(n, s, variableName)
	}}
}

// imports is the value of env and secrets: a list of names, or a mapping of names to defaults.
func imports(kind nameKind) value[[]*declaration] {
	name, fallback := shape{what: "an environment variable's name"}, shape{what: "a default, or nothing", void: true}
	names := shape{form: formList, what: "a list of names", of: &name, one: true, empty: true, unique: true}
	defaults := shape{form: formMapping, what: "a mapping of names to defaults", of: &fallback, empty: true}
	s := shape{form: formEither, what: "a list of names, or a mapping of names to defaults",
		either: []shape{names, defaults}}
	return value[[]*declaration]{s, func(d *decoder, n *node) ([]*declaration, bool) {
		if n.kind == mapping {
			return d.declarations(n, s, kind)
		}
		items, ok := many(line(name.what)).read(d, n)
		var all []*declaration
		for i, item := range items {
			is := &declaration{name: item, pos: n.item(i).pos, kind: kind}
			if !d.validName(is) {
				ok = false
				continue
			}
			all = append(all, is)
		}
		return all, ok
	}}
}

// declarations reads a mapping of names to values.
func (d *decoder) declarations(n *node, s shape, kind nameKind) (all []*declaration, ok bool) {
	if n.kind != mapping {
		d.wrongKind(n, s)
		return nil, false
	}
	ok = true
	for _, e := range n.entries {
		is := &declaration{name: e.name, pos: e.pos, kind: kind, value: e.value}
		switch {
		case kind != variableName && e.value.kind == scalar && (e.value.missing() || e.value.text == ""):
			is.value = nil
		case e.value.kind != scalar || e.value.missing():
			d.wrongKind(e.value, shape{what: "text"})
			ok, is.value = false, &node{}
		case kind == secretName:
			d.hide(e.value)
		}
		if !d.validName(is) {
			ok = false
			continue
		}
		all = append(all, is)
	}
	return all, ok
}

// hide keeps a secret's default out of diagnostics, whatever else is wrong with it.
func (d *decoder) hide(value *node) {
	d.hidden[value.pos.Line] = true
	if len(value.text) >= shortestSecret {
		d.secrets = append(d.secrets, value.text)
	}
}

func (d *decoder) validName(is *declaration) bool {
	if variable.MatchString(is.name) {
		return true
	}
	d.report(is.pos, mistake{"invalid-name", quote(is.name) + " is not a variable's name",
		"a name has letters, digits and _, and does not begin with a digit"})
	return false
}

// index keys declarations by their names.
func index(all []*declaration) map[string]*declaration {
	names := make(map[string]*declaration, len(all))
	for _, is := range all {
		names[is.name] = is
	}
	return names
}
