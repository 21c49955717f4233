package spec

import (
	"regexp"
	"slices"
	"strings"
)

// maxInterpolated is how many bytes the variables of a file may make of it.
const maxInterpolated = 64 << 20

// nameKind says which key of the file declares a name.
type nameKind string

const (
	variableName    nameKind = "vars"
	environmentName nameKind = "env"
	secretName      nameKind = "secrets"
)

// declaration is a name that ${name} stands for.
type declaration struct {
	name  string
	pos   Pos
	kind  nameKind
	value *node // nil: none
}

// resolved is a name's value in a scope.
type resolved struct {
	text   string
	secret bool
	ok     bool // false: it has none, which was reported
	open   bool // it is being resolved: a name that needs it is a cycle
}

// scope is the names that can be used in a file, in one of its environments.
type scope struct {
	declared map[string]*declaration // by the file; shared by the scopes of its environments
	over     map[string]*declaration // by the environment
	values   map[string]*resolved
}

var variable = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_.-]*$`)

// interpolate returns a scalar's text with every ${name} replaced, and whether it holds a secret. $${ stands for ${.
func (d *decoder) interpolate(n *node) (text string, secret, ok bool) {
	if !strings.Contains(n.text, "${") {
		return n.text, false, true
	}
	var b strings.Builder
	ok = true
	for rest := n.text; ; {
		before, after, found := strings.Cut(rest, "${")
		if !found {
			b.WriteString(rest)
			return b.String(), secret, ok && d.spend(n.pos, b.Len())
		}
		if literal, escaped := strings.CutSuffix(before, "$"); escaped {
			b.WriteString(literal + "${")
			rest = after
			continue
		}
		name, after, closed := strings.Cut(after, "}")
		if !closed {
			d.report(n.pos, mistake{"invalid-interpolation", "${ has no closing brace", "write $${ to mean the characters ${"})
			return "", secret, false
		}
		b.WriteString(before)
		v := d.lookup(n.pos, name)
		ok, secret = ok && v.ok && d.spend(n.pos, len(v.text)), secret || v.secret
		if !ok {
			v.text = ""
		}
		b.WriteString(v.text)
		rest = after
	}
}

// spend takes from what interpolation may still make; false when that is too little.
func (d *decoder) spend(pos Pos, bytes int) bool {
	if d.budget < 0 {
		return false
	}
	if d.budget -= bytes + 1; d.budget < 0 {
		d.reportf(pos, "too-large", "variables make more than %d MiB of this file", maxInterpolated>>20)
		return false
	}
	return true
}

// lookup returns the value of a name that is used at pos.
func (d *decoder) lookup(pos Pos, name string) resolved {
	if !variable.MatchString(name) {
		d.report(pos, mistake{"invalid-interpolation", quote("${"+name+"}") + " is not a variable's name",
			"write $${ to mean the characters ${; defaults stand under vars or env"})
		return resolved{}
	}
	v, known := d.scope.values[name]
	switch {
	case known && v.open:
		d.reportf(pos, "variable-cycle", "the variable %s needs its own value", quote(name))
		return resolved{}
	case known:
		return *v
	}
	v = &resolved{open: true}
	d.scope.values[name] = v
	*v = d.resolve(pos, name)
	if d.scope.declaration(name) == nil {
		delete(d.scope.values, name) // so that each use of an unknown name is told
	}
	return *v
}

// resolve finds a name's value: --var, CORSGATE_VAR_name, then the environment's and the file's declarations.
func (d *decoder) resolve(pos Pos, name string) resolved {
	is := d.scope.declaration(name)
	outside, given := d.outside(name)
	switch {
	case is == nil && given:
		return resolved{text: outside, ok: true}
	case is == nil:
		d.report(pos, mistake{"unknown-variable", "unknown variable " + quote(name), d.hintVariable(name)})
		return resolved{}
	case !given && is.kind != variableName:
		outside, given = d.options.LookupEnv(name)
		given = given && outside != ""
	}
	v := resolved{text: outside, ok: true}
	if !given {
		v = d.ownValue(is)
	}
	if is.kind == secretName && v.ok {
		v.secret, v.ok = true, d.keepSecret(is, v.text, given)
	}
	return v
}

func (d *decoder) outside(name string) (string, bool) {
	if v, ok := d.options.Vars[name]; ok {
		return v, true
	}
	return d.options.LookupEnv("CORSGATE_VAR_" + name)
}

// ownValue is the value that the file gives to a name.
func (d *decoder) ownValue(is *declaration) resolved {
	if is.value == nil && d.options.AllowUnset {
		d.unset = append(d.unset, is.name)
		return resolved{}
	}
	if is.value == nil {
		d.report(is.pos, mistake{"missing-variable", "the environment variable " + is.name + " is not set, or empty",
			"set it, or give it a default in the file"})
		return resolved{}
	}
	if is.value.kind == broken {
		return resolved{}
	}
	text, secret, ok := d.interpolate(is.value)
	return resolved{text: text, secret: secret, ok: ok}
}

// shortestSecret is in bytes: what is shorter stands in ordinary text by chance.
const shortestSecret = 4

// keepSecret remembers a secret's value, so that no diagnostic shows it.
func (d *decoder) keepSecret(is *declaration, value string, given bool) bool {
	pos := is.pos
	if !given {
		pos = is.value.pos
	}
	switch {
	case len(value) < shortestSecret:
		d.report(pos, mistake{"weak-secret", "the secret " + is.name + " has fewer than 4 bytes",
			"it could not be hidden in reports; declare it under env when it is none"})
		return false
	case strings.ContainsAny(value, "\n\r\u0085\u2028\u2029"):
		d.report(pos, mistake{"weak-secret", "the secret " + is.name + " has a line break",
			"it could not be hidden in reports; often only the last line break is too many"})
		return false
	}
	d.secrets = append(d.secrets, value)
	return true
}

func (s *scope) declaration(name string) *declaration {
	if is, ok := s.over[name]; ok {
		return is
	}
	return s.declared[name]
}

func (d *decoder) hintVariable(name string) string {
	if d.full() {
		return ""
	}
	var known []string
	for _, names := range []map[string]*declaration{d.scope.declared, d.scope.over} {
		for k := range names {
			known = append(known, k)
		}
	}
	slices.Sort(known)
	if best := nearest(name, known); best != "" {
		return "did you mean ${" + best + "}?"
	}
	if home, ok := d.homes[name]; ok {
		return "the environment " + home + " has it: choose one with --env"
	}
	return "declare it under vars or env, or give it with --var " + name + "=…"
}
