package audit

import (
	"fmt"
	"slices"
	"strings"

	"github.com/corsgate/corsgate/cors"
)

// unrelated is an origin that no server has reason to allow.
var unrelated = cors.Origin{Scheme: "https", Host: "corsgate-unrelated.example"}

// gotThrough names what let a page through that should have been stopped: the rule of the probe that is like it.
func gotThrough(d *Diagnosis) *Cause {
	x, ok := d.failing()
	if !ok {
		return nil
	}
	if d.failure.Probe != "" {
		return probeGotThrough(d)
	}
	if d.failure.Outcome.Verdict != cors.Allowed || d.failure.Outcome.Type != cors.TypeCORS {
		return nil
	}
	if slices.Contains(d.failure.Intended.Origins, d.failure.Fetch.Origin) {
		return d.beyondIntent()
	}
	allowed, _ := value(x.Response, "Access-Control-Allow-Origin")
	origin := d.failure.Fetch.Origin
	if allowed == "*" {
		return d.through("wildcard-origin", "the server allows every origin (*)", Exchange{})
	}
	f := d.failure.Fetch
	f.Origin = unrelated
	t, known := d.try(f)
	if !known {
		return nil
	}
	if t.passes() {
		return d.through("reflects-any-origin", fmt.Sprintf("the server allows whatever origin asks; %s gets through too",
			unrelated), t.last)
	}
	if origin.Opaque() {
		return d.through("trusts-null", "the server allows the origin null, which every sandboxed frame has", Exchange{})
	}
	for _, intended := range d.otherOrigins() {
		if id := likeness(intended, origin); id != "" {
			return d.through(id, fmt.Sprintf("the server takes %s for %s", origin, intended), Exchange{})
		}
	}
	if origin.Loopback() {
		return d.through("trusts-localhost", fmt.Sprintf("the server allows %s: a page that anybody can make its user run",
			origin), Exchange{})
	}
	return nil
}

// beyondIntent is the cause where the origin is meant to get in, and something else of the request is not; nil when it
// is not that.
func (d *Diagnosis) beyondIntent() *Cause {
	f, in := d.failure.Fetch, d.failure.Intended
	method := cors.NormalizeMethod(f.Method)
	listed := slices.ContainsFunc(in.Methods, func(m string) bool { return cors.NormalizeMethod(m) == method })
	switch {
	case !listed && !cors.SafelistedMethod(method):
		return d.through("method-beyond-policy", fmt.Sprintf("the server allows %s to %s", method, f.Origin), Exchange{})
	case f.Credentials == cors.CredentialsInclude && !in.Credentials:
		return d.through("credentials-beyond-policy", fmt.Sprintf("the server allows credentials to %s", f.Origin), Exchange{})
	}
	var beyond []string
	for _, h := range f.Headers {
		if !containsName(in.Headers, h.Name) {
			beyond = append(beyond, h.Name)
		}
	}
	if beyond == nil {
		return nil
	}
	return d.through("header-beyond-policy", fmt.Sprintf("the server allows %s to %s", joinNames(beyond), f.Origin), Exchange{})
}

// probeGotThrough names the probe itself, but where any origin gets through: then that is what all origin probes show.
func probeGotThrough(d *Diagnosis) *Cause {
	id, origin := d.failure.Probe, d.failure.Fetch.Origin
	if isOriginProbe(id) && id != "reflects-any-origin" {
		f := d.failure.Fetch
		f.Origin = unrelated
		t, known := d.try(f)
		if !known {
			return nil
		}
		if t.passes() {
			return d.through("reflects-any-origin", fmt.Sprintf("the server allows %s as it allows every origin; %s gets "+
				"through too", origin, unrelated), t.last)
		}
	}
	found, _ := Lookup(id)
	return d.through(id, fmt.Sprintf("%s got through: %s", origin, found.Title), Exchange{})
}

// isOriginProbe reports whether the probe sends an origin that the policy does not name.
func isOriginProbe(id string) bool {
	return strings.HasPrefix(id, "trusts-") || strings.HasPrefix(id, "ignores-") || id == "unescaped-dot" ||
		id == "reflects-any-origin"
}

func (d *Diagnosis) through(id, message string, other Exchange) *Cause {
	evidence := []Evidence{}
	if x, ok := d.failing(); ok {
		evidence = append(evidence, Evidence{x, "gets through"})
	}
	if other.Response != nil {
		evidence = append(evidence, Evidence{other, "gets through too"})
	}
	return d.causeOf(id, message, evidence)
}

// likeness is the probe whose origins stand to an allowed one as o does; empty when none does.
func likeness(allowed, o cors.Origin) string {
	domain := cors.RegistrableDomain(PublicSuffixes, allowed.Host)
	same := o.Host == allowed.Host
	switch {
	case same && o.Scheme == "http" && allowed.Scheme == "https":
		return "trusts-http"
	case same && o.Port != allowed.Port:
		return "ignores-port"
	case domain != "" && strings.HasSuffix(o.Host, "."+domain):
		return "trusts-any-subdomain"
	case domain != "" && strings.HasSuffix(o.Host, domain):
		return "trusts-suffix"
	case strings.HasPrefix(o.Host, allowed.Host):
		return "trusts-prefix"
	case len(o.Host) == len(allowed.Host) && dotsDiffer(allowed.Host, o.Host):
		return "unescaped-dot"
	case domain != "" && strings.Contains(o.Host, strings.Trim(domain, ".")[1:]):
		return "trusts-substring"
	}
	return ""
}

// dotsDiffer reports whether b is a with some of its dots replaced.
func dotsDiffer(a, b string) bool {
	differs := false
	for i := range len(a) {
		if a[i] == b[i] {
			continue
		}
		if a[i] != '.' {
			return false
		}
		differs = true
	}
	return differs
}
