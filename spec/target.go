package spec

import (
	"net"
	"net/url"
	"regexp"
	"strconv"
	"strings"
)

// target is a URL or an object of settings.
func target() value[*Target] {
	address, settings := targetURL(), targetTable()
	s := shape{form: formEither, what: "a URL, demo or an object with the key url",
		either: []shape{address.shape, settings.shape()}}
	return value[*Target]{s, func(d *decoder, n *node) (*Target, bool) {
		t := &Target{}
		switch n.kind {
		case mapping:
			found, ok := settings.read(d, n, t)
			return t, d.checkTarget(t, found) && ok && found.ok()
		case scalar:
			var ok bool
			t.URL, ok = address.read(d, n)
			return t, ok
		}
		d.wrongKind(n, s)
		return nil, false
	}}
}

// checkTarget checks settings against each other, and makes their file names relative to the working directory.
func (d *decoder) checkTarget(t *Target, found fields) bool {
	for _, name := range []*string{&t.CA, &t.ClientCert, &t.ClientKey} {
		if *name != "" {
			d.inFolder(name)
		}
	}
	cert, hasCert := found["client-cert"]
	key, hasKey := found["client-key"]
	switch {
	case hasCert && !hasKey:
		d.report(cert.node.pos, mistake{"missing-key", "client-cert needs client-key beside it",
			"both may name the same file"})
	case hasKey && !hasCert:
		d.report(key.node.pos, mistake{"missing-key", "client-key needs client-cert beside it",
			"both may name the same file"})
	default:
		return true
	}
	return false
}

var targetName = regexp.MustCompile(`^[A-Za-z0-9_][A-Za-z0-9_.-]*$`)

// targets is a mapping of names to targets.
func targets() value[[]Target] {
	of := target()
	s := shape{form: formMapping, what: "a mapping of names to targets", of: &of.shape}
	return value[[]Target]{s, func(d *decoder, n *node) (all []Target, ok bool) {
		if n.kind != mapping {
			d.wrongKind(n, s)
			return nil, false
		}
		ok = len(n.entries) > 0
		if !ok {
			d.reportf(n.pos, "empty-list", "no target stands here")
		}
		for _, e := range n.entries {
			if !targetName.MatchString(e.name) {
				ok = false
				d.report(e.pos, mistake{"invalid-name", quote(e.name) + " is not a target's name",
					"a name has letters, digits, _, - and ."})
			}
			t, good := of.read(d, e.value)
			if ok = ok && good; good {
				t.Name = e.name
				all = append(all, *t)
			}
		}
		return all, ok
	}}
}

func targetURL() value[string] {
	return scalarOf(shape{what: "an http or https URL, or demo"}, func(s string) (string, *flaw) {
		if s == TargetDemo {
			return s, nil
		}
		return s, badTargetURL(s)
	})
}

func badTargetURL(s string) *flaw {
	bad := func(says, hint string) *flaw { return &flaw{"invalid-url", says, hint} }
	u, err := url.Parse(s)
	switch {
	case strings.EqualFold(s, TargetDemo):
		return bad("is not an http or https URL", "did you mean demo?")
	case err != nil || strings.ContainsAny(s, " \\") || refuseControls(s) != nil:
		return bad("is not a URL", "")
	case u.Scheme != "http" && u.Scheme != "https":
		return bad("is not an http or https URL", "write https:// before the host")
	case u.Hostname() == "":
		return bad("has no host", "")
	case !isASCII(u.Host):
		return bad("has a host that is not ASCII", "write the host's xn-- form, which browsers send")
	case u.User != nil:
		return bad("has a user name", "fetch() refuses such URLs; use an Authorization header")
	case u.RawQuery != "" || u.ForceQuery:
		return bad("has a query", "write it at the paths of the scenarios")
	case strings.Contains(s, "#"):
		return bad("has a fragment", "browsers send none")
	case u.Port() != "" && !isPort(u.Port()):
		return bad("has a port that is no number from 1 to 65535", "")
	}
	return nil
}

func isPort(s string) bool {
	n, err := strconv.ParseUint(s, 10, 16)
	return err == nil && n > 0
}

func isASCII(s string) bool {
	return !strings.ContainsFunc(s, func(r rune) bool { return r >= 0x80 })
}

func hostPort() value[string] {
	return scalarOf(shape{what: "a host:port"}, func(s string) (string, *flaw) {
		host, port, err := net.SplitHostPort(s)
		if err != nil || host == "" || !isPort(port) || strings.ContainsAny(s, "/@ ") || refuseControls(s) != nil {
			return "", &flaw{"invalid-address", "is not a host:port", "write it like 203.0.113.7:443 or \"[2001:db8::7]:443\""}
		}
		return s, nil
	})
}

func proxyURL() value[string] {
	return scalarOf(shape{what: "the URL of a proxy"}, func(s string) (string, *flaw) {
		u, err := url.Parse(s)
		if err != nil || u.Hostname() == "" {
			return "", &flaw{"invalid-url", "is not the URL of a proxy", "write it like http://proxy.example.com:3128"}
		}
		switch u.Scheme {
		case "http", "https", "socks5":
			return s, nil
		}
		return "", &flaw{"invalid-url", "is not the URL of a proxy that can be used", "its scheme is http, https or socks5"}
	})
}

func fileName() value[string] { return line("a file's name") }
