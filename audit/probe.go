package audit

import (
	"fmt"
	"strings"

	"github.com/corsgate/corsgate/cors"
)

// Probe is a request that a server of the given intent must refuse, or must not answer as Shown says. It is plain data
// that its receiver owns.
type Probe struct {
	ID          string      // the rule in the catalogue
	Label       string      // unique among the probes of an intent, and the same whatever the seed: * for a random label
	Origin      cors.Origin // the page's; opaque for trusts-null
	Method      string      // empty: GET
	Header      cors.Header // a request header that the script sets; no name: none
	Credentials cors.CredentialsMode
	Engines     []string // that can send the origin
	Severity    Severity // if it gets through on a good answer; see Rule.SeverityWith for what the answer adds
}

// Probes returns what a server of that intent must refuse: every probe of the catalogue, for each allowed origin, for
// samples of each pattern, and for the host of target, the origin of the URL under test. No probe has an origin that is
// allowed or that is target itself, and no origin stands twice under one ID.
//
// The order is that of the catalogue, then of the origins. The same arguments give the same probes; an origin's random
// labels depend on the seed and on itself alone.
func Probes(in Intent, target cors.Origin, seed uint64) []Probe {
	p := prober{in: &in, target: target, seed: seed, seen: map[string]bool{}}
	if !in.AnyOrigin {
		p.origins()
	}
	p.wildcards()
	p.beyond()
	return p.probes
}

// ProbeIDs returns the ids of all probes in the order of the catalogue.
func ProbeIDs() []string {
	var ids []string
	for _, r := range Rules() {
		if r.Is(KindProbe) {
			ids = append(ids, r.ID)
		}
	}
	return ids
}

// Shown reports whether an answer shows what p looks for: that a browser lets the page through or, for the probes of
// the wildcards and of Expose-Headers, that a header says so. o is the outcome in one engine, response the last one of
// the request itself; nil where there was none.
func (p *Probe) Shown(in *Intent, o cors.Outcome, response *cors.Response) bool {
	switch p.ID {
	case "wildcard-origin":
		return allowsAll(response)
	case "wildcard-with-credentials":
		return allowsAll(response) && allowsCredentials(response)
	case "exposes-beyond-policy":
		return len(in.exposedBeyond(o.Readable)) > 0
	}
	return o.Verdict == cors.Allowed
}

// Fetch returns what the probe's page asks of a URL.
func (p *Probe) Fetch(url string) cors.Fetch {
	f := cors.Fetch{
		Origin: p.Origin, URL: url, Method: p.Method, Credentials: p.Credentials, PublicSuffixes: PublicSuffixes,
	}
	if p.Header.Name != "" {
		f.Headers = []cors.Header{p.Header}
	}
	return f
}

// exposedBeyond returns the names of readable headers that nobody means to expose, each once.
func (in *Intent) exposedBeyond(readable []cors.Header) []string {
	var names []string
	for _, h := range readable {
		if !in.Exposes(h.Name) && !containsName(names, h.Name) {
			names = append(names, h.Name)
		}
	}
	return names
}

func allowsAll(r *cors.Response) bool {
	origin, _ := value(r, "Access-Control-Allow-Origin")
	return origin == "*"
}

func allowsCredentials(r *cors.Response) bool {
	credentials, _ := value(r, "Access-Control-Allow-Credentials")
	return credentials == "true"
}

// prober collects the probes of one intent.
type prober struct {
	in     *Intent
	target cors.Origin
	seed   uint64
	probes []Probe
	seen   map[string]bool // labels, and what is sent
}

// origin adds a probe of an origin that is foreign to the intent; template is a serialised origin with words in it.
func (p *prober) origin(id, template string, engines []string) {
	p.foreign(Probe{ID: id, Engines: engines, Credentials: p.credentials()}, template)
}

// credentials is the mode in which strangers would do most harm.
func (p *prober) credentials() cors.CredentialsMode {
	if p.in.Credentials {
		return cors.CredentialsInclude
	}
	return cors.CredentialsOmit
}

func (p *prober) foreign(probe Probe, template string) {
	o, err := cors.ParseOrigin(fill(template, p.seed))
	if err != nil || p.in.Allows(o) || o.SameOrigin(p.target) {
		return
	}
	probe.Origin = o
	p.add(probe, show(template))
}

// add completes a probe and keeps it unless there is one like it. shown is its origin without what is random.
func (p *prober) add(probe Probe, shown string) {
	probe.Label = strings.TrimRight(probe.ID+" "+shown+" "+probe.Method+probe.Header.Name, " ")
	withCredentials := probe.Credentials == cors.CredentialsInclude
	if p.in.Credentials && !withCredentials {
		probe.Label += " without credentials"
	}
	if probe.Severity == 0 {
		probe.Severity = rule(probe.ID).SeverityWith(withCredentials)
	}
	key := probe
	key.Label, key.Severity, key.Engines = "", 0, nil
	id := fmt.Sprint(key)
	if !p.seen[id] && !p.seen[probe.Label] {
		p.seen[id], p.seen[probe.Label] = true, true
		p.probes = append(p.probes, probe)
	}
}
