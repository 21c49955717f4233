package spec

import (
	"slices"
	"strings"
	"time"
)

// policyDraft is a policy on its way. Its draft has what policies and scenarios have in common.
type policyDraft struct {
	draft
	policy Policy
}

// policyTable is one entry of policies.
func policyTable(o Options) table[policyDraft] {
	keys := []key[policyDraft]{
		required(field("name", "What the policy is about, unique in the file.", line("a name"),
			func(p *policyDraft) *string { return &p.Name })),
		required(field("allow", "What is meant to get through; all else must be refused.", allowTable().value(),
			func(p *policyDraft) *Allow { return &p.policy.Allow })),
		field("expose",
			"The response headers that pages can read, beside those that every page can; left out, any may be.",
			exposedNames(), func(p *policyDraft) *[]string { return &p.policy.Expose }),
		field("max-age", "What Access-Control-Max-Age must be, as a duration or as seconds.",
			maxAgeMatcher("a duration or a matcher"), func(p *policyDraft) **Matcher { return &p.policy.MaxAge }),
		field("probes", "The probes to derive of what must be refused, by the ids that corsgate rules lists; all if left out.",
			probes(o.Probes), func(p *policyDraft) *[]string { return &p.policy.Probes }),
		field("errors",
			"Paths that answer with an error, which must be answered like all else; left out, such requests are made up.",
			errorPaths(), func(p *policyDraft) *Errors { return &p.policy.Errors }),
	}
	for _, k := range scenarioKeys() {
		if slices.Contains(sharedKeys(), k.name) {
			keys = append(keys, lift(k, func(p *policyDraft) *draft { return &p.draft }))
		}
	}
	return table[policyDraft]{"a policy", keys}
}

// sharedKeys are the keys that a policy has from scenarios.
func sharedKeys() []string {
	return []string{"paths", "cookies", "body", "send", "browsers", "targets", "tags", "timeout", "skip"}
}

// allowTable is what a policy allows.
func allowTable() table[Allow] {
	return table[Allow]{"what is allowed", []key[Allow]{
		required(filling("origins",
			"The origins of the pages that may ask; the star of a pattern is one label or more, and * alone is anyone.",
			allowedOrigins(), (*Allow).setOrigins)),
		filling("methods",
			"The methods that pages may use, GET if left out, or * for any; GET, HEAD and POST can't be refused.",
			orStar(many(method())), func(a *Allow, got anything[string]) { a.Methods, a.AnyMethod = got.items, got.all }),
		filling("headers",
			"The request headers that pages may set, or * for any; one without a value is asked for in preflights only.",
			allowedHeaders(), func(a *Allow, got anything[AllowedHeader]) { a.Headers, a.AnyHeader = got.items, got.all }),
		field("credentials", "Whether pages may send cookies and read what comes back; no if left out.", boolean(),
			func(a *Allow) *bool { return &a.Credentials }),
	}}
}

// probes is a list of ids, or all, or none.
func probes(ids []string) value[[]string] {
	items := many(known("a probe", ids))
	s := shape{form: formEither, what: "all, none or a list of probes",
		either: []shape{{form: formWords, what: "all or none", words: []string{"all", "none"}}, items.shape}}
	return value[[]string]{s, func(d *decoder, n *node) ([]string, bool) {
		if n.kind == scalar {
			switch text, _, _ := d.interpolate(n); text {
			case "all":
				return nil, true
			case "none":
				return []string{}, true
			}
		}
		return items.read(d, n)
	}}
}

// known is one of the ids; any word when there are none.
func known(what string, ids []string) value[string] {
	if ids == nil {
		return line(what)
	}
	return words(what, ids...)
}

// errorPaths is a list of paths, or off.
func errorPaths() value[Errors] {
	paths, switched := many(path()), boolean()
	off := switched.shape
	off.what = "off"
	s := shape{form: formEither, what: "off or a list of paths", either: []shape{off, paths.shape}}
	return value[Errors]{s, func(d *decoder, n *node) (Errors, bool) {
		if n.kind == scalar && isSwitch(n.text) {
			on, ok := switched.read(d, n)
			return Errors{Off: !on}, ok
		}
		all, ok := paths.read(d, n)
		return Errors{Paths: all}, ok
	}}
}

func isSwitch(s string) bool {
	return slices.Contains([]string{"true", "yes", "on", "false", "no", "off"}, strings.ToLower(s))
}

// rules is a mapping of rules to levels.
func rules(ids []string) value[[]RuleLevel] {
	level := words("a level", LevelOff, LevelInfo, LevelWarning, LevelError)
	s := shape{form: formMapping, what: "a mapping of rules to levels", of: &level.shape, names: ids, empty: true}
	return value[[]RuleLevel]{s, func(d *decoder, n *node) (all []RuleLevel, ok bool) {
		if n.kind != mapping {
			d.wrongKind(n, s)
			return nil, false
		}
		ok = true
		for _, e := range n.entries {
			if ids != nil && !slices.Contains(ids, e.name) {
				ok = false
				d.unknownRule(e, ids)
			}
			l, good := level.read(d, e.value)
			ok = ok && good
			all = append(all, RuleLevel{e.pos, e.name, l})
		}
		return all, ok
	}}
}

func (d *decoder) unknownRule(e entry, ids []string) {
	if d.full() {
		d.report(e.pos, mistake{})
		return
	}
	hint := suggest(e.name, ids)
	if hint == "" {
		hint = "corsgate rules lists them all"
	}
	m := mistake{"unknown-rule", "unknown rule " + quote(e.name), hint}
	d.add(placed{pos: e.pos, mistake: m, value: e.name, masked: "unknown rule"})
}

// serve is how the server under test is started.
func serve() value[*Serve] {
	t := serveTable()
	return value[*Serve]{t.shape(), func(d *decoder, n *node) (*Serve, bool) {
		s := &Serve{Pos: n.pos}
		found, ok := t.read(d, n, s)
		d.inFolder(&s.Dir)
		return s, ok && found.ok()
	}}
}

func serveTable() table[Serve] {
	return table[Serve]{"how the server is started", []key[Serve]{
		required(field("command", "The program and its arguments, one by one: no shell takes them apart.", command(),
			func(s *Serve) *[]string { return &s.Command })),
		required(field("ready", "The http or https URL, or the host:port, that answers once the server is up.", ready(),
			func(s *Serve) *string { return &s.Ready })),
		field("timeout", "How long that may take, 30s if left out.", duration(),
			func(s *Serve) *time.Duration { return &s.Timeout }),
		field("env", "Environment variables for it, beside those of corsgate itself.", environmentVariables(),
			func(s *Serve) *[]Variable { return &s.Env }),
		field("dir", "The folder to start it in, relative to this file; that of this file if left out.", fileName(),
			func(s *Serve) *string { return &s.Dir }),
	}}
}
