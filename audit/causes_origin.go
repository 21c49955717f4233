package audit

import (
	"fmt"
	"slices"
	"strings"

	"github.com/corsgate/corsgate/cors"
)

// credentialsNotAllowed suspects Access-Control-Allow-Credentials.
func credentialsNotAllowed(d *Diagnosis) *Cause {
	if d.blamesOrigin() {
		return nil
	}
	return d.passesWithoutCredentials()
}

// credentialsRefused suspects the same where the browser complains of something else: of an origin or a status that
// credentials may have brought about.
func credentialsRefused(d *Diagnosis) *Cause { return d.passesWithoutCredentials() }

func (d *Diagnosis) passesWithoutCredentials() *Cause {
	x, ok := d.failing()
	if !ok || d.failure.Fetch.Credentials != cors.CredentialsInclude {
		return nil
	}
	f := d.failure.Fetch
	f.Credentials = cors.CredentialsOmit
	t, known := d.vary(f)
	if !known || !t.passes() {
		return nil
	}
	return d.causeOf("credentials-not-allowed", fmt.Sprintf("the page passes without credentials: Access-Control-Allow-"+
		"Credentials is %s, and must be true", listed(x.Response, "Access-Control-Allow-Credentials")),
		d.evidence(t.last, "passes without credentials"))
}

// originDiffersBy suspects an origin on the server's list that is nearly the page's.
func originDiffersBy(d *Diagnosis) *Cause {
	x, ok := d.refusedOrigin()
	page := d.failure.Fetch.Origin
	if !ok || page.Opaque() || isRedirectStatus(x.Response) {
		return nil
	}
	if allowed, present := value(x.Response, "Access-Control-Allow-Origin"); present {
		o, err := cors.ParseOrigin(allowed)
		if by := differsBy(page, o); err == nil && by != "" {
			return d.differs(allowed, by, Exchange{})
		}
		return nil
	}
	if _, known := d.otherPasses(); !known {
		return nil
	}
	for _, near := range d.nearOrigins() {
		passes, known := d.passesAs(near.text)
		if !known {
			return nil
		}
		if passes.Response != nil {
			return d.differs(near.text, near.by, passes)
		}
	}
	return nil
}

// blamesOrigin reports whether the browser's reason may lie in the page's origin.
func (d *Diagnosis) blamesOrigin() bool {
	switch d.failure.Outcome.Reason {
	case cors.ReasonMissingAllowOriginHeader, cors.ReasonAllowOriginMismatch, cors.ReasonPreflightInvalidStatus:
		return true
	}
	return false
}

// refusedOrigin is the failing exchange when it may be the origin that is refused: not when a preflight passes that asks
// for nothing else.
func (d *Diagnosis) refusedOrigin() (x Exchange, ok bool) {
	x, ok = d.failing()
	if !ok || !d.blamesOrigin() {
		return x, false
	}
	if x.Request.Kind != cors.KindPreflight {
		return x, true
	}
	if passes, known := d.originPasses(); passes || !known {
		return x, false
	}
	plain, known := d.tryPreflight(d.plainFetch())
	return x, known && plain.last.Response != nil
}

// plainFetch is a fetch whose preflight asks for nothing but the origin.
func (d *Diagnosis) plainFetch() cors.Fetch {
	f := preflightOf(d.failure.Fetch)
	f.Method, f.Headers, f.Body, f.Credentials = "GET", nil, nil, cors.CredentialsOmit
	return f
}

// passesAs is the answer to a page of another origin, when it lets that one through. The origin may be written as no
// browser writes it.
func (d *Diagnosis) passesAs(origin string) (Exchange, bool) {
	request, passes := d.originTrial()
	answer, known := d.ask(Ask{Request: withHeader(request, "Origin", origin)})
	if !known || answer.Response == nil {
		return Exchange{}, known
	}
	allowed, _ := value(answer.Response, "Access-Control-Allow-Origin")
	asOurs := *answer.Response
	asOurs.Headers = replaced(asOurs.Headers, "Access-Control-Allow-Origin", d.failure.Fetch.Origin.String())
	if allowed != origin || !passes(asOurs) {
		return Exchange{}, true
	}
	return answer, true
}

// originTrial is the request that tells whether an origin is allowed, and what a good answer to it is: the failing
// request itself, but in place of a preflight one that asks for nothing else.
func (d *Diagnosis) originTrial() (request cors.Request, passes func(cors.Response) bool) {
	x, _ := d.failing()
	if x.Request.Kind != cors.KindPreflight {
		return x.Request, d.passesInstead
	}
	plain := d.plainFetch()
	request, _ = cors.NewFlow(d.failure.Engine, plain, nil).Next()
	return request, func(r cors.Response) bool {
		flow := cors.NewFlow(d.failure.Engine, plain, nil)
		flow.Next()
		flow.Receive(r)
		flow.Stop()
		return flow.Outcome().Verdict == cors.Allowed
	}
}

func (d *Diagnosis) differs(near, by string, passes Exchange) *Cause {
	return d.causeOf("origin-differs-by", fmt.Sprintf("the server allows %s; the page's origin %s differs from it by %s",
		near, d.failure.Fetch.Origin, by), d.evidence(passes, "passes with "+near))
}

// nearOrigin is what somebody may have written who meant the page's origin.
type nearOrigin struct{ text, by string }

// nearOrigins are those that stand near the page's: first what the file intends, then what people write.
func (d *Diagnosis) nearOrigins() []nearOrigin {
	page := d.failure.Fetch.Origin
	var near []nearOrigin
	add := func(text, by string) {
		if text != page.String() && !slices.ContainsFunc(near, func(n nearOrigin) bool { return n.text == text }) {
			near = append(near, nearOrigin{text, by})
		}
	}
	for _, o := range d.otherOrigins() {
		if by := differsBy(page, o); by != "" {
			add(o.String(), by)
		}
	}
	for _, o := range tupleSlips(page) {
		add(o.String(), differsBy(page, o))
	}
	inCase := func(host string) { add(strings.Replace(page.String(), page.Host, host, 1), "upper case") }
	inCase(titledLabels(page.Host))
	if host, ok := strings.CutSuffix(page.Host, "."); ok {
		add(strings.Replace(page.String(), page.Host, host, 1), "a dot at its end")
	} else if !isAddress(page.Host) {
		add(strings.Replace(page.String(), page.Host, page.Host+".", 1), "a dot at its end")
	}
	add(page.String()+"/", "a slash at its end")
	inCase(strings.ToUpper(page.Host))
	return near
}

// tupleSlips are origins that differ from o in one of the things that tell origins apart.
func tupleSlips(o cors.Origin) []cors.Origin {
	scheme, port, www := o, o, o
	scheme.Scheme = map[string]string{"http": "https", "https": "http"}[o.Scheme]
	if scheme.Scheme == "" {
		scheme = o
	}
	port.Port = 0
	if o.Port == 0 {
		port.Port = map[string]uint16{"http": 8080, "https": 8443}[o.Scheme]
	}
	if host, ok := strings.CutPrefix(o.Host, "www."); ok {
		www.Host = host
	} else if strings.Contains(o.Host, ".") && !isAddress(o.Host) {
		www.Host = "www." + o.Host
	}
	return []cors.Origin{scheme, www, port}
}

// titledLabels writes a host as a name: App.Example.com.
func titledLabels(host string) string {
	if isAddress(host) {
		return host
	}
	labels := strings.Split(host, ".")
	for i, label := range labels[:max(1, len(labels)-1)] {
		labels[i] = titleCase(label)
	}
	return strings.Join(labels, ".")
}

// differsBy says what tells two near origins apart; empty when they are not near.
func differsBy(page, allowed cors.Origin) string {
	host := func(o cors.Origin) string {
		return strings.ToLower(strings.TrimSuffix(strings.TrimPrefix(o.Host, "www."), "."))
	}
	if page == allowed || host(page) != host(allowed) {
		return ""
	}
	var by []string
	add := func(differs bool, what string) {
		if differs {
			by = append(by, what)
		}
	}
	add(page.Scheme != allowed.Scheme, "its scheme")
	add(page.Port != allowed.Port, "its port")
	add(strings.HasPrefix(page.Host, "www.") != strings.HasPrefix(allowed.Host, "www."), "www")
	add(strings.HasSuffix(page.Host, ".") != strings.HasSuffix(allowed.Host, "."), "a dot at its end")
	return strings.Join(by, " and ")
}

// originNotAllowed suspects the server's list: another origin gets what this one does not.
func originNotAllowed(d *Diagnosis) *Cause {
	x, ok := d.refusedOrigin()
	if !ok {
		return nil
	}
	page := d.failure.Fetch.Origin
	other, known := d.otherPasses()
	if !known {
		return nil
	}
	if other.Response != nil {
		passing := requestHeader(other.Request, "Origin")
		return d.causeOf("origin-not-allowed", fmt.Sprintf("the server allows %s, not %s", passing, page),
			d.evidence(other, "passes with "+passing))
	}
	if allowed, present := value(x.Response, "Access-Control-Allow-Origin"); present && d.blames("Access-Control-Allow-Origin") {
		return d.causeOf("origin-not-allowed", fmt.Sprintf("the server allows %s, not %s", allowed, page),
			d.evidence(Exchange{}, ""))
	}
	if variesByOrigin(x.Response) || hasCORS(x.Response) {
		return d.causeOf("origin-not-allowed", fmt.Sprintf("the server looks at the origin and does not allow %s", page),
			d.evidence(Exchange{}, ""))
	}
	return nil
}

// otherPasses is the answer to the failing request of another intended origin that gets through; empty when none does.
func (d *Diagnosis) otherPasses() (Exchange, bool) {
	const enough = 2
	for i, other := range d.otherOrigins() {
		if i == enough {
			break
		}
		answer, known := d.passesAs(other.String())
		if !known || answer.Response != nil {
			return answer, known
		}
	}
	return Exchange{}, true
}
