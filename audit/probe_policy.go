package audit

import (
	"slices"

	"github.com/corsgate/corsgate/cors"
)

// The method and the request header that no server is meant to know.
const (
	inventedMethod = "CORSGATE"
	inventedHeader = "X-Corsgate-Probe"
)

// wildcards adds the probes that look for a star in the answer.
func (p *prober) wildcards() {
	if !p.in.AnyOrigin {
		p.foreign(Probe{ID: "wildcard-origin", Engines: everyEngine(), Credentials: cors.CredentialsOmit}, p.scheme()+"://"+attacker)
	}
	for _, page := range p.pages() {
		p.page(Probe{ID: "wildcard-with-credentials", Credentials: cors.CredentialsInclude}, page)
	}
}

// beyond adds, for each page that may call, what it may not do.
func (p *prober) beyond() {
	for _, page := range p.pages() {
		p.methods(page)
	}
	for _, page := range p.pages() {
		p.headers(page)
	}
	for _, page := range p.pages() {
		if !p.in.Credentials {
			p.page(Probe{ID: "credentials-beyond-policy", Credentials: cors.CredentialsInclude}, page)
		}
	}
	for _, page := range p.pages() {
		if p.in.Expose != nil {
			p.page(Probe{ID: "exposes-beyond-policy", Credentials: p.credentials()}, page)
		}
	}
}

// pages returns the templates of the origins that are meant to get through: a stranger's where everyone is.
func (p *prober) pages() []string {
	var pages []string
	if slices.Contains(p.in.Origins, cors.Origin{}) {
		pages = append(pages, "null")
	}
	for _, b := range p.allowed() {
		pages = append(pages, b.String())
	}
	if len(pages) == 0 && p.in.AnyOrigin {
		return []string{p.scheme() + "://" + attacker}
	}
	return pages
}

func (p *prober) methods(page string) {
	for _, method := range []string{"PUT", "PATCH", "DELETE", inventedMethod} {
		if !p.in.AllowsMethod(method) {
			p.page(Probe{ID: "method-beyond-policy", Method: method, Credentials: p.credentials()}, page)
		}
	}
}

func (p *prober) headers(page string) {
	for _, h := range []cors.Header{{Name: inventedHeader, Value: "1"}, {Name: "Authorization", Value: "Bearer corsgate"}} {
		if !p.in.AllowsHeader(h.Name) {
			p.page(Probe{ID: "header-beyond-policy", Header: h, Credentials: p.credentials()}, page)
		}
	}
}

// page adds a probe of an origin that is allowed.
func (p *prober) page(probe Probe, template string) {
	o, err := cors.ParseOrigin(fill(template, p.seed))
	if err != nil || o.SameOrigin(p.target) {
		return
	}
	probe.Origin, probe.Engines = o, everyEngine()
	p.add(probe, show(template))
}
