package spec

import (
	"slices"
	"strings"
)

// environment is what one of a file's environments replaces.
type environment struct {
	name    string
	vars    []*declaration
	target  *Target
	targets []Target
	scope   *scope
}

// declaring is a key whose names join the file's.
func declaring(name, about string, v value[[]*declaration], at func(*file) *[]*declaration) key[file] {
	return key[file]{keyInfo{name: name, about: about, shape: v.shape}, func(d *decoder, n *node, f *file) bool {
		names, ok := v.read(d, n)
		d.declare(names)
		*at(f) = names
		return ok
	}}
}

// overlaying is a key whose names hold in one environment, for what is read after it.
func overlaying(name, about string) key[environment] {
	v := variables()
	info := keyInfo{name: name, about: about, shape: v.shape}
	return key[environment]{info, func(d *decoder, n *node, e *environment) bool {
		names, ok := v.read(d, n)
		e.vars = names
		for _, is := range e.vars {
			d.homes[is.name] = e.name
			if first := d.scope.declared[is.name]; first != nil && first.kind != variableName {
				d.reportf(is.pos, "duplicate-name", "the name %s stands under %s already, on line %d", quote(is.name),
					first.kind, first.pos.Line)
			}
		}
		d.scope = d.scope.overlay(index(e.vars))
		return ok
	}}
}

// environmentsKey reads all environments, each with its own names, and keeps to the names of the chosen one after.
func environmentsKey() key[file] {
	t := environmentTable()
	of := t.shape()
	s := shape{form: formMapping, what: "a mapping of names to environments", of: &of}
	about := "What differs from one environment to another; --env NAME chooses one."
	return key[file]{keyInfo{name: "environments", about: about, shape: s}, func(d *decoder, n *node, f *file) bool {
		if n.kind != mapping {
			d.wrongKind(n, s)
			return false
		}
		for _, entry := range n.entries {
			e, ok := d.environment(t, entry)
			f.environments = append(f.environments, e)
			f.badTarget = f.badTarget || !ok
		}
		if e := f.environment(d.options.Environment); e != nil {
			d.scope = e.scope
		}
		return true
	}}
}

func (d *decoder) environment(t table[environment], from entry) (environment, bool) {
	e := environment{name: from.name}
	if !targetName.MatchString(e.name) {
		d.report(from.pos, mistake{"invalid-name", quote(e.name) + " is not an environment's name",
			"a name has letters, digits, _, - and ."})
	}
	outer := d.scope
	d.scope = outer.overlay(nil)
	found, _ := t.read(d, from.value, &e)
	d.bothTargets(found)
	d.resolveAll(e.vars)
	e.scope, d.scope = d.scope, outer
	return e, found.ok()
}

func (d *decoder) bothTargets(found fields) {
	_, one := found["target"]
	if several, both := found["targets"]; one && both {
		d.report(several.node.pos, mistake{"contradiction", "target and targets stand here both", "keep one of them"})
	}
}

// environment returns the environment of that name; nil when there is none.
func (f *file) environment(name string) *environment {
	i := slices.IndexFunc(f.environments, func(e environment) bool { return e.name == name })
	if i < 0 || name == "" {
		return nil
	}
	return &f.environments[i]
}

// chosen returns the targets to run against.
func (f *file) chosen(o Options) []Target {
	if o.Target != "" {
		return []Target{{URL: o.Target}}
	}
	if e := f.environment(o.Environment); e != nil && (e.target != nil || e.targets != nil) {
		return either(e.target, e.targets)
	}
	return either(f.target, f.targets)
}

// served is how the server under test is started; nil where the command line chose targets of which none is it.
func (f *file) served(o Options) *Serve {
	e := f.environment(o.Environment)
	if f.serve == nil || o.Target == "" && (e == nil || e.target == nil && e.targets == nil) {
		return f.serve
	}
	ready := f.serve.Ready
	if !strings.Contains(ready, "://") {
		ready = "http://" + ready
	}
	at := originOf(ready)
	isIt := func(t Target) bool { o := originOf(t.URL); return o.Host == at.Host && o.Port == at.Port }
	if !slices.ContainsFunc(f.chosen(o), isIt) {
		return nil
	}
	return f.serve
}

func either(one *Target, several []Target) []Target {
	if one != nil {
		return []Target{*one}
	}
	return several
}

// names reports whether any target of the file has that name, in whatever environment.
func (f *file) names(target string) bool {
	named := func(t Target) bool { return t.Name == target }
	return slices.ContainsFunc(f.targets, named) || slices.ContainsFunc(f.environments, func(e environment) bool {
		return slices.ContainsFunc(e.targets, named)
	})
}

// targeting is a key that says where to send; a mistake there makes later ones about missing targets moot.
func targeting(k key[file]) key[file] {
	decode := k.decode
	k.decode = func(d *decoder, n *node, f *file) bool {
		ok := decode(d, n, f)
		f.badTarget = f.badTarget || !ok
		return ok
	}
	return k
}

func (f *file) hintTarget() string {
	var names []string
	for _, e := range f.environments {
		if e.target != nil || e.targets != nil {
			names = append(names, e.name)
		}
	}
	if len(names) > 0 && len(names) <= 30 {
		return "choose an environment with --env: " + strings.Join(names, ", ")
	}
	return "write target: https://api.example.com, or give --target"
}

// suite decodes the whole file. What it returns is complete only if nothing was reported.
func (d *decoder) suite(root *node) *Suite {
	f := &file{root: root, taken: map[string]taken{}}
	d.scope = newScope()
	found, _ := fileTable(d.options).read(d, root, f)
	if found == nil {
		return nil
	}
	d.bothTargets(found)
	for _, names := range [][]*declaration{f.env, f.secrets, f.vars} {
		d.resolveAll(names)
	}
	d.checkOptions(f, found)
	_, scenarios := found["scenarios"]
	_, policies := found["policies"]
	if !scenarios && !policies {
		d.report(root.pos, scenariosKey().missingFrom("a file"))
	}
	secrets := slices.Compact(slices.Sorted(slices.Values(d.secrets)))
	unset := slices.Compact(slices.Sorted(slices.Values(d.unset)))
	return &Suite{File: d.source.file, Targets: f.chosen(d.options), Policies: f.policies, Scenarios: f.scenarios,
		Rules: f.rules, Serve: f.served(d.options), Secrets: secrets, Unset: unset}
}

// checkOptions checks what comes from the command line.
func (d *decoder) checkOptions(f *file, found fields) {
	if name := d.options.Environment; name != "" && f.environment(name) == nil {
		pos := f.root.pos
		if e, ok := found["environments"]; ok {
			pos = e.node.pos
		}
		d.report(pos, mistake{"unknown-environment", "--env: the file has no environment " + quote(name),
			f.hintEnvironment(name)})
	}
	if address := d.options.Target; address != "" && address != TargetDemo {
		if flaw := badTargetURL(address); flaw != nil {
			d.report(f.root.pos, mistake{flaw.rule, "--target: " + quote(address) + " " + flaw.says, flaw.hint})
		}
	}
}

func (f *file) hintEnvironment(name string) string {
	var names []string
	for _, e := range f.environments {
		names = append(names, e.name)
	}
	return suggest(name, names)
}
