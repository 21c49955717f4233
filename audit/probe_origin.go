package audit

import (
	"strconv"
	"strings"

	"github.com/corsgate/corsgate/cors"
)

// base is an origin that others are derived from. Its host may have words in it.
type base struct {
	scheme, host string
	port         uint16
}

// with returns the template of a serialised origin that differs from b in its host.
func (b base) with(host string) string {
	b.host = host
	return b.String()
}

func (b base) String() string {
	return cors.Origin{Scheme: b.scheme, Host: b.host, Port: b.port}.String()
}

// registrable returns the registrable domain of b's host; empty when it has none.
func (b base) registrable() string { return cors.RegistrableDomain(PublicSuffixes, b.host) }

// attacker is a registrable domain that nobody has: .test is reserved for the like of it.
const attacker = word + ".test"

// bases returns the allowed origins, a sample of each pattern and, unless it is this machine or an address, the
// target's origin.
func (p *prober) bases() []base {
	bases := p.allowed()
	if t := p.target; !t.Opaque() && !t.Loopback() && !isAddress(t.Host) {
		bases = append(bases, base{t.Scheme, t.Host, t.Port})
	}
	return bases
}

// allowed returns the allowed origins that have a host, and a sample of each pattern.
func (p *prober) allowed() []base {
	var bases []base
	for _, o := range p.in.Origins {
		if !o.Opaque() {
			bases = append(bases, base{o.Scheme, o.Host, o.Port})
		}
	}
	for _, pattern := range p.in.Patterns {
		below := pattern.below
		bases = append(bases, base{below.Scheme, word + "." + below.Host, below.Port})
	}
	return bases
}

// origins adds the probes whose origin is foreign.
func (p *prober) origins() {
	p.strangers()
	derivations := []func(base){
		p.prefix, p.suffix, p.substring, p.dots, nil, p.plainHTTP, p.subdomains, p.ports, nil, nil, p.characters, p.schemes,
	}
	once := []func(){4: p.opaque, 8: p.localhost, 9: p.sharedHosting}
	bases := p.bases()
	for i, derive := range derivations {
		if derive == nil {
			once[i]()
			continue
		}
		for _, b := range bases {
			derive(b)
		}
	}
}

// strangers adds reflects-any-origin: an unrelated domain, and one below each public suffix of the intent, since some
// servers take the last two labels of app.example.co.uk for its domain.
func (p *prober) strangers() {
	hosts := []string{attacker}
	for _, b := range p.bases() {
		if domain := b.registrable(); domain != "" {
			_, suffix, _ := strings.Cut(domain, ".")
			hosts = append(hosts, word+"."+suffix)
		}
	}
	for _, host := range hosts {
		stranger := p.scheme() + "://" + host
		p.origin("reflects-any-origin", stranger, everyEngine())
		p.foreign(Probe{ID: "reflects-any-origin", Engines: everyEngine(), Credentials: cors.CredentialsOmit}, stranger)
	}
}

// scheme is that of strangers that may ask the target at all: from https, nothing goes to plain http.
func (p *prober) scheme() string {
	if p.target.Scheme == "http" && !p.target.PotentiallyTrustworthy() {
		return "http"
	}
	return "https"
}

func (p *prober) prefix(b base) {
	p.origin("trusts-prefix", b.with(b.host+"."+attacker), everyEngine())
}

// suffix adds a label glued before the registrable domain and, for a pattern, before the name that the star stands
// before; that name alone is no name below itself either.
func (p *prober) suffix(b base) {
	if domain := b.registrable(); domain != "" {
		p.origin("trusts-suffix", b.with(word+domain), everyEngine())
	}
	if below, ok := strings.CutPrefix(b.host, word+"."); ok {
		p.origin("trusts-suffix", b.with(word+below), everyEngine())
		bare := Probe{ID: "trusts-suffix", Engines: everyEngine(), Credentials: p.credentials(), Severity: S3}
		p.foreign(bare, b.with(below))
	}
}

func (p *prober) substring(b base) {
	for _, host := range []string{b.registrable(), b.host} {
		if len(host) <= 2 {
			continue
		}
		if shorter := host[1:]; shorter[0] != '.' { // no page's host begins with a dot
			p.origin("trusts-substring", b.with(shorter), everyEngine())
		}
		p.origin("trusts-substring", b.with(host[:len(host)-1]), everyEngine())
	}
}

// dots adds unescaped-dot: each dot of the host in turn is a letter.
func (p *prober) dots(b base) {
	for i := range len(b.host) {
		if b.host[i] == '.' && !isAddress(b.host) {
			p.origin("unescaped-dot", b.with(b.host[:i]+"x"+b.host[i+1:]), everyEngine())
		}
	}
}

func (p *prober) opaque() { p.origin("trusts-null", "null", everyEngine()) }

func (p *prober) plainHTTP(b base) {
	if b.scheme == "https" {
		p.origin("trusts-http", base{"http", b.host, portOf("http", b.port)}.String(), everyEngine())
	}
}

func (p *prober) subdomains(b base) {
	if domain := b.registrable(); domain != "" {
		p.origin("trusts-any-subdomain", b.with(word+"."+domain), everyEngine())
		p.origin("trusts-any-subdomain", b.with(word+"."+b.host), everyEngine())
	}
}

// ports adds another port, and the default one where the origin has another.
func (p *prober) ports(b base) {
	other := uint16(8443)
	if b.port == other {
		other++
	}
	if b.port != 0 {
		p.origin("ignores-port", base{b.scheme, b.host, 0}.String(), everyEngine())
	}
	p.origin("ignores-port", base{b.scheme, b.host, other}.String(), everyEngine())
}

func (p *prober) localhost() {
	for _, origin := range []string{
		"http://localhost", "http://localhost:3000", "http://127.0.0.1", "http://127.0.0.1:8080", "https://localhost." + attacker,
	} {
		p.origin("trusts-localhost", origin, everyEngine())
	}
}

// sharedHosting adds hosts where anybody can publish a page that runs scripts.
func (p *prober) sharedHosting() {
	for _, host := range []string{
		word + ".github.io", word + ".pages.dev", word + ".netlify.app", word + ".vercel.app",
		"codepen.io", "cdpn.io", "jsfiddle.net", "fiddle.jshell.net", word + ".repl.it", word + ".replit.app",
		word + ".s3.amazonaws.com", "s3.amazonaws.com", "storage.googleapis.com",
	} {
		p.origin("trusts-shared-hosting", "https://"+host, everyEngine())
	}
}

func (p *prober) characters(b base) {
	for _, c := range specialCharacters() {
		p.origin("trusts-special-characters", b.with(b.host+c.char+"."+attacker), c.engines)
	}
}

// schemes adds ignores-scheme-of-extension: extensions of any id, and the schemes of apps around a web view, which can
// take any host.
func (p *prober) schemes(b base) {
	const id = "ignores-scheme-of-extension"
	chromium, firefox, webkit := []string{cors.Chromium.Name}, []string{cors.Firefox.Name}, []string{cors.WebKit.Name}
	p.origin(id, "chrome-extension://mhjfbmdgcfjbbpaeojofohoefgiehjai", chromium)
	p.origin(id, "moz-extension://0d7f2a5c-6f5e-4b53-9c1a-4f2b8e7d6a10", firefox)
	p.origin(id, "safari-web-extension://5b1c6f0e-93a7-4c1d-8e52-7f0a9d3b2c44", webkit)
	p.origin(id, "capacitor://localhost", webkit)
	p.origin(id, "app://localhost", chromium)
	p.origin(id, "capacitor://"+b.host, webkit)
	p.origin(id, "app://"+b.host, chromium)
}

// portOf returns a port as the origins of a scheme have it: 0 for the default one.
func portOf(scheme string, port uint16) uint16 {
	o, err := cors.ParseOrigin(scheme + "://host:" + strconv.Itoa(int(port)))
	if err != nil {
		return 0
	}
	return o.Port
}
