package audit

import (
	"fmt"
	"slices"
	"strings"

	"github.com/corsgate/corsgate/cors"
)

// originPasses reports whether a preflight that asks for nothing but the origin passes: then it is what the failing one
// asks for that is refused.
func (d *Diagnosis) originPasses() (passes, known bool) {
	switch d.failure.Outcome.Reason {
	case cors.ReasonMethodDisallowedByPreflight, cors.ReasonHeaderDisallowedByPreflight:
		return true, true
	}
	f := preflightOf(d.failure.Fetch)
	f.Method, f.Headers, f.Body, f.Credentials = "GET", nil, nil, cors.CredentialsOmit
	t, known := d.tryPreflight(f)
	return t.passes(), known
}

// refusedPreflight is the failing preflight when its origin is not what is refused.
func (d *Diagnosis) refusedPreflight() (x Exchange, ok bool) {
	x, ok = d.failingPreflight()
	if !ok {
		return x, false
	}
	passes, known := d.originPasses()
	return x, passes && known
}

// wildcardWithCredentials suspects a `*` that is only a name when credentials go along.
func wildcardWithCredentials(d *Diagnosis) *Cause {
	x, ok := d.failing()
	if !ok {
		return nil
	}
	for _, name := range d.blamedLists() {
		if !slices.Contains(elements(x.Response, name), "*") {
			continue
		}
		if d.failure.Fetch.Credentials == cors.CredentialsInclude {
			return d.causeOf("wildcard-with-credentials", fmt.Sprintf("%s is *, which stands for nothing when credentials go "+
				"along", name), d.evidence(Exchange{}, ""))
		}
		if d.failure.Outcome.Reason == cors.ReasonHeaderDisallowedByPreflight {
			return d.causeOf("wildcard-does-not-cover-authorization", "Access-Control-Allow-Headers is *, which by the standard "+
				"does not cover Authorization", d.evidence(Exchange{}, ""))
		}
	}
	return nil
}

// blamedLists are the headers in which the browser's reason lies.
func (d *Diagnosis) blamedLists() []string {
	switch d.failure.Outcome.Reason {
	case cors.ReasonWildcardOriginNotAllowed:
		return []string{"Access-Control-Allow-Origin"}
	case cors.ReasonMethodDisallowedByPreflight:
		return []string{"Access-Control-Allow-Methods"}
	case cors.ReasonHeaderDisallowedByPreflight:
		return []string{"Access-Control-Allow-Headers"}
	}
	return nil
}

// methodCase suspects a method in another case: only six are normalised.
func methodCase(d *Diagnosis) *Cause {
	x, ok := d.refusedPreflight()
	method := cors.NormalizeMethod(d.failure.Fetch.Method)
	if !ok || cors.SafelistedMethod(method) {
		return nil
	}
	for _, listed := range elements(x.Response, "Access-Control-Allow-Methods") {
		if d.failure.Outcome.Reason == cors.ReasonMethodDisallowedByPreflight && strings.EqualFold(listed, method) {
			return d.causeOf("method-case", fmt.Sprintf("the page sends %s, the server allows %s: methods are compared with "+
				"their case, and only DELETE, GET, HEAD, OPTIONS, POST and PUT are put in upper case", method, listed),
				d.evidence(Exchange{}, ""))
		}
	}
	if method == strings.ToUpper(method) {
		return nil
	}
	f := preflightOf(d.failure.Fetch)
	f.Method = strings.ToUpper(method)
	t, known := d.try(f)
	if !known || !t.passes() {
		return nil
	}
	return d.causeOf("method-case", fmt.Sprintf("the page sends %s, the server allows %s: methods are compared with their case",
		method, f.Method), d.evidence(t.last, "passes with "+f.Method))
}

// headerNotAllowed suspects request headers: it leaves all of them out, then halves them until those that the server
// refuses are left.
func headerNotAllowed(d *Diagnosis) *Cause {
	x, ok := d.refusedPreflight()
	if !ok {
		return nil
	}
	names := unsafeNames(x.Request)
	if len(names) == 0 {
		return nil
	}
	bare, known := d.tryNames(nil)
	if !known || !bare.passes() {
		return nil
	}
	refused, known := d.refusedNames(x, names)
	if !known || len(refused) == 0 {
		return nil
	}
	cause := d.causeOf("header-not-allowed", fmt.Sprintf("the preflight passes without %s: Access-Control-Allow-Headers is %s",
		joinNames(refused), listed(x.Response, "Access-Control-Allow-Headers")),
		d.evidence(bare.last, "passes without "+joinNames(refused)))
	cause.Values.Header = joinNames(refused)
	return cause
}

// refusedNames are the header names that the server does not allow, as its answer says or as halving finds.
func (d *Diagnosis) refusedNames(x Exchange, names []string) (refused []string, known bool) {
	allowed := elements(x.Response, "Access-Control-Allow-Headers")
	if d.failure.Outcome.Reason == cors.ReasonHeaderDisallowedByPreflight {
		for _, name := range names {
			if !slices.ContainsFunc(allowed, func(a string) bool { return strings.EqualFold(a, name) }) {
				refused = append(refused, name)
			}
		}
		return refused, true
	}
	return d.halve(names)
}

// halve finds the refused ones of names, of which at least one is.
func (d *Diagnosis) halve(names []string) (refused []string, known bool) {
	if len(names) == 1 {
		return names, true
	}
	for _, half := range [][]string{names[:len(names)/2], names[len(names)/2:]} {
		t, known := d.tryNames(half)
		if !known {
			return nil, false
		}
		if t.passes() {
			continue
		}
		found, known := d.halve(half)
		if !known {
			return nil, false
		}
		refused = append(refused, found...)
	}
	return refused, true
}

// tryNames tries the preflight with these unsafe headers alone.
func (d *Diagnosis) tryNames(names []string) (trial, bool) {
	f := preflightOf(d.failure.Fetch)
	f.Headers = nil
	for _, h := range d.failure.Fetch.Headers {
		if slices.Contains(names, strings.ToLower(h.Name)) {
			f.Headers = append(f.Headers, h)
		}
	}
	return d.tryPreflight(f)
}

// tryPreflight tries the preflight alone: a passed one is a pass, whatever the request after it would bring.
func (d *Diagnosis) tryPreflight(f cors.Fetch) (t trial, ok bool) {
	flow := cors.NewFlow(d.failure.Engine, f, nil)
	request, more := flow.Next()
	if !more || request.Kind != cors.KindPreflight {
		return trial{}, true
	}
	answer, known := d.ask(Ask{Request: request})
	if !known || answer.Response == nil {
		return trial{last: answer}, known
	}
	flow.Receive(*answer.Response)
	flow.Stop()
	return trial{outcome: flow.Outcome(), last: answer}, true
}

// methodNotAllowed suspects the method: it tries the preflight with a method that needs no permission.
func methodNotAllowed(d *Diagnosis) *Cause {
	x, ok := d.refusedPreflight()
	method := cors.NormalizeMethod(d.failure.Fetch.Method)
	if !ok || cors.SafelistedMethod(method) {
		return nil
	}
	passes, known := d.passesWithAnotherMethod(method)
	if !known || passes.Response == nil {
		return nil
	}
	return d.causeOf("method-not-allowed", fmt.Sprintf("the preflight passes for %s, not for %s: Access-Control-Allow-Methods "+
		"is %s", requestHeader(passes.Request, "Access-Control-Request-Method"), method,
		listed(x.Response, "Access-Control-Allow-Methods")), d.evidence(passes, "passes with another method"))
}

func (d *Diagnosis) passesWithAnotherMethod(method string) (Exchange, bool) {
	others := append([]string{"GET", "POST"}, d.failure.Intended.Methods...)
	for i, other := range others {
		const enough = 4
		if cors.NormalizeMethod(other) == method || i > enough {
			continue
		}
		f := preflightOf(d.failure.Fetch)
		f.Method, f.Body = other, nil
		t, known := d.tryPreflight(f)
		if !known {
			return Exchange{}, false
		}
		if t.passes() {
			return t.last, true
		}
	}
	return Exchange{}, true
}

// credentialsNotAllowed suspects Access-Control-Allow-Credentials.
func credentialsNotAllowed(d *Diagnosis) *Cause {
	x, ok := d.failing()
	if !ok || d.failure.Fetch.Credentials != cors.CredentialsInclude {
		return nil
	}
	f := d.failure.Fetch
	f.Credentials = cors.CredentialsOmit
	t, known := d.try(f)
	if !known || !t.passes() {
		return nil
	}
	return d.causeOf("credentials-not-allowed", fmt.Sprintf("the page passes without credentials: Access-Control-Allow-"+
		"Credentials is %s, and must be true", listed(x.Response, "Access-Control-Allow-Credentials")),
		d.evidence(t.last, "passes without credentials"))
}

// originDiffersBy suspects an origin on the server's list that is nearly the page's.
func originDiffersBy(d *Diagnosis) *Cause {
	x, ok := d.failing()
	if !ok || d.failure.Fetch.Origin.Opaque() {
		return nil
	}
	if allowed, present := value(x.Response, "Access-Control-Allow-Origin"); present {
		o, err := cors.ParseOrigin(allowed)
		if by := differsBy(d.failure.Fetch.Origin, o); err == nil && by != "" {
			return d.differs(o, by, Exchange{})
		}
		return nil
	}
	for _, near := range nearOrigins(d.failure.Fetch.Origin) {
		f := d.failure.Fetch
		f.Origin = near
		t, known := d.try(f)
		if !known {
			return nil
		}
		if t.passes() {
			return d.differs(near, differsBy(d.failure.Fetch.Origin, near), t.last)
		}
	}
	return nil
}

func (d *Diagnosis) differs(near cors.Origin, by string, passes Exchange) *Cause {
	return d.causeOf("origin-differs-by", fmt.Sprintf("the server allows %s; the page's origin %s differs from it by %s",
		near, d.failure.Fetch.Origin, by), d.evidence(passes, "passes with "+near.String()))
}

// nearOrigins are the origins that people write when they mean o.
func nearOrigins(o cors.Origin) []cors.Origin {
	var near []cors.Origin
	add := func(n cors.Origin) {
		if n != o && !slices.Contains(near, n) {
			near = append(near, n)
		}
	}
	swapped := o
	swapped.Scheme = map[string]string{"http": "https", "https": "http"}[o.Scheme]
	if swapped.Scheme != "" {
		add(swapped)
	}
	withoutPort := o
	withoutPort.Port = 0
	add(withoutPort)
	www := o
	if host, ok := strings.CutPrefix(o.Host, "www."); ok {
		www.Host = host
	} else if !strings.HasPrefix(o.Host, "[") && strings.Contains(o.Host, ".") {
		www.Host = "www." + o.Host
	}
	add(www)
	dot := o
	if host, ok := strings.CutSuffix(o.Host, "."); ok {
		dot.Host = host
	} else {
		dot.Host = o.Host + "."
	}
	add(dot)
	return near
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
	add(strings.HasSuffix(page.Host, ".") != strings.HasSuffix(allowed.Host, "."), "a trailing dot")
	return strings.Join(by, " and ")
}

// originNotAllowed suspects the server's list: another origin gets what this one does not.
func originNotAllowed(d *Diagnosis) *Cause {
	x, ok := d.failing()
	if !ok {
		return nil
	}
	for i, other := range d.otherOrigins() {
		const enough = 2
		if i == enough {
			break
		}
		f := d.failure.Fetch
		f.Origin = other
		t, known := d.try(f)
		if !known {
			return nil
		}
		if t.passes() {
			return d.causeOf("origin-not-allowed", fmt.Sprintf("the server allows %s, not %s", other, d.failure.Fetch.Origin),
				d.evidence(t.last, "passes with "+other.String()))
		}
	}
	if allowed, present := value(x.Response, "Access-Control-Allow-Origin"); present && d.blames("Access-Control-Allow-Origin") {
		return d.causeOf("origin-not-allowed", fmt.Sprintf("the server allows %s, not %s", allowed, d.failure.Fetch.Origin),
			d.evidence(Exchange{}, ""))
	}
	if variesByOrigin(x.Response) || hasCORS(x.Response) {
		return d.causeOf("origin-not-allowed", fmt.Sprintf("the server looks at the origin and does not allow %s",
			d.failure.Fetch.Origin), d.evidence(Exchange{}, ""))
	}
	return nil
}
