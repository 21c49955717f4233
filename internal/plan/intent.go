package plan

import (
	"encoding/hex"
	"slices"
	"strings"

	"github.com/corsgate/corsgate/audit"
	"github.com/corsgate/corsgate/cors"
	"github.com/corsgate/corsgate/spec"
)

// policyWithDefaults gives each field that was left out the value that the format promises.
func policyWithDefaults(p spec.Policy) spec.Policy {
	sc := withDefaults(spec.Scenario{Paths: p.Paths, Methods: p.Allow.Methods, Browsers: p.Browsers, Send: p.Send})
	p.Paths, p.Allow.Methods, p.Browsers, p.Send = sc.Paths, sc.Methods, sc.Browsers, sc.Send
	if p.Allow.AnyMethod {
		p.Allow.Methods = []string{"GET", "POST", "PUT", "PATCH", "DELETE"}
	}
	return p
}

// intent is what a policy means, as audit knows it.
func intent(p *spec.Policy) *audit.Intent {
	a := &p.Allow
	in := &audit.Intent{
		Origins: a.Origins, AnyOrigin: a.AnyOrigin, Methods: a.Methods, AnyMethod: a.AnyMethod, AnyHeader: a.AnyHeader,
		Credentials: a.Credentials, Expose: p.Expose,
	}
	for _, text := range a.Patterns {
		if pattern, err := audit.ParsePattern(text); err == nil {
			in.Patterns = append(in.Patterns, pattern)
		}
	}
	for _, h := range a.Headers {
		in.Headers = append(in.Headers, h.Name)
	}
	return in
}

// strangersScheme is that of pages that may ask a server of that origin at all: from https, nothing goes to plain http.
func strangersScheme(server cors.Origin) string {
	if server.PotentiallyTrustworthy() {
		return "https"
	}
	return server.Scheme
}

// pages returns the allowed origins, samples of patterns, and where anyone may ask a stranger of that scheme and the
// opaque origin.
func pages(a *spec.Allow, seed uint64, scheme string) []page {
	var all []page
	for _, o := range a.Origins {
		all = append(all, page{o, o.String()})
	}
	patterns := a.Patterns
	if a.AnyOrigin {
		patterns = []string{scheme + "://*.test"} // a domain that nobody has
	}
	for _, text := range patterns {
		pattern, err := audit.ParsePattern(text)
		if err != nil {
			continue
		}
		for i, o := range pattern.Samples(seed) {
			all = append(all, page{o, strings.Replace(text, "*", "*"+strings.Repeat(".*", i), 1)})
		}
	}
	if a.AnyOrigin {
		all = append(all[:1], page{shown: "null"})
	}
	return all
}

// headerSet is what a page sets in one request.
type headerSet struct {
	headers  []cors.Header
	label    string
	invented bool // some value is: no real request may carry it
}

// headerSets are no header, each alone, all together and, where not all have a value, those that have one.
func headerSets(a *spec.Allow) []headerSet {
	headers := a.Headers
	if a.AnyHeader {
		headers = []spec.AllowedHeader{{Name: "Content-Type"}, {Name: "X-Corsgate-Any"}}
	}
	sets := []headerSet{{}}
	for i := range headers {
		sets = append(sets, newHeaderSet(headers[i:i+1]))
	}
	if len(headers) > 1 {
		sets = append(sets, newHeaderSet(headers))
	}
	if n := len(valued(a)); n > 1 && n < len(headers) {
		sets = append(sets, headerSet{headers: valued(a), label: label(valued(a))})
	}
	return sets
}

func newHeaderSet(headers []spec.AllowedHeader) headerSet {
	var set headerSet
	for _, h := range headers {
		value := unsafeValue(h.Name)
		if h.Value != nil {
			value = *h.Value
		}
		set.invented = set.invented || h.Value == nil
		set.headers = append(set.headers, cors.Header{Name: h.Name, Value: value})
	}
	set.label = label(set.headers)
	return set
}

// unsafeValue is a value with which a header must be asked for.
func unsafeValue(name string) string {
	if strings.EqualFold(name, "Content-Type") {
		return "application/json"
	}
	const value = "1"
	if cors.SafelistedRequestHeader(name, value) {
		return "corsgate:1" // the colon is no https://fetch.spec.whatwg.org/#cors-unsafe-request-header-byte for nothing
	}
	return value
}

// valued are the headers that real requests carry.
func valued(a *spec.Allow) []cors.Header {
	var all []cors.Header
	for _, h := range a.Headers {
		if h.Value != nil {
			all = append(all, cors.Header{Name: h.Name, Value: *h.Value})
		}
	}
	return all
}

func only(headers []cors.Header, keep func(name string) bool) []cors.Header {
	return slices.DeleteFunc(slices.Clone(headers), func(h cors.Header) bool { return !keep(h.Name) })
}

func label(headers []cors.Header) string {
	return headerLabel(headers, func(h cors.Header) string { return strings.ToLower(h.Name) })
}

// missingPath is a path below another where nothing is, the same in every run.
func (d *derivation) missingPath(path string) string {
	h := make(digest, 0, 256)
	h.strings(d.namer.mask.Replace(d.policy.Name), d.namer.mask.Replace(path))
	sum := h.sum()
	missing := "corsgate-missing-" + hex.EncodeToString(sum[:4])
	i := strings.IndexAny(path, "?#")
	if i < 0 {
		i = len(path)
	}
	return strings.TrimSuffix(path[:i], "/") + "/" + missing + path[i:]
}

// levels are what the file says of rules.
func levels(s *spec.Suite) map[string]audit.Level {
	if len(s.Rules) == 0 {
		return nil
	}
	all := make(map[string]audit.Level, len(s.Rules))
	for _, r := range s.Rules {
		all[r.Rule] = audit.Level(r.Level)
	}
	return all
}
