package spec

import (
	"net"
	"net/url"
	"path/filepath"
	"strings"
)

// command is a list of a program and its arguments.
func command() value[[]string] {
	word := scalarOf(shape{what: "a word of the command"}, func(s string) (string, *flaw) {
		if strings.Contains(s, "\x00") {
			return "", refuseControls(s)
		}
		return s, nil
	})
	words := list(word)
	words.shape.empty, words.shape.what = false, "a list of the program and its arguments"
	return value[[]string]{words.shape, func(d *decoder, n *node) ([]string, bool) {
		all, ok := words.read(d, n)
		switch {
		case !ok:
		case len(all) == 0 || all[0] == "":
			ok = false
			d.report(n.pos, mistake{"empty-list", "no program stands here", "write it like [node, server.js]"})
		case n.kind == scalar && strings.Contains(all[0], " "):
			ok = false
			d.report(n.pos, mistake{"invalid-command", "no shell takes " + quote(n.text) + " apart",
				"write each word of it for itself, like [node, server.js]"})
		}
		return all, ok
	}}
}

// ready is where the server answers.
func ready() value[string] {
	return scalarOf(shape{what: "an http or https URL, or a host:port"}, func(s string) (string, *flaw) {
		if !strings.Contains(s, "://") {
			host, port, err := net.SplitHostPort(s)
			if err != nil || host == "" || !isPort(port) || refuseControls(s) != nil {
				return "", &flaw{"invalid-address", "is not an http or https URL, and no host:port either",
					"write it like http://127.0.0.1:3000/health"}
			}
			return s, nil
		}
		u, err := url.Parse(s)
		if err != nil || u.Hostname() == "" || u.Scheme != "http" && u.Scheme != "https" || refuseControls(s) != nil {
			return "", &flaw{"invalid-url", "is not an http or https URL", "write it like http://127.0.0.1:3000/health"}
		}
		return s, nil
	})
}

// environmentVariables is a mapping of names to values.
func environmentVariables() value[[]Variable] {
	of := text("a value")
	s := shape{form: formMapping, what: "a mapping of environment variables to values", of: &of.shape, empty: true}
	return value[[]Variable]{s, func(d *decoder, n *node) (all []Variable, ok bool) {
		if n.kind != mapping {
			d.wrongKind(n, s)
			return nil, false
		}
		ok = true
		for _, e := range n.entries {
			if e.name == "" || strings.ContainsAny(e.name, "=\x00") {
				ok = false
				d.reportf(e.pos, "invalid-name", "%s is not an environment variable's name", quote(e.name))
			}
			v, good := of.read(d, e.value)
			if good && strings.Contains(v, "\x00") {
				good = false
				d.reportf(e.value.pos, "control-character", "an environment variable can't have NUL in its value")
			}
			ok = ok && good
			all = append(all, Variable{e.name, v})
		}
		return all, ok
	}}
}

// inFolder makes the name of a file or folder relative to the working directory; left out, it is the file's own folder.
func (d *decoder) inFolder(name *string) {
	if !filepath.IsAbs(*name) {
		*name = filepath.Join(d.folder, filepath.FromSlash(*name))
	}
}
