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
	case cors.ReasonMethodDisallowedByPreflight, cors.ReasonHeaderDisallowedByPreflight,
		cors.ReasonInvalidAllowMethods, cors.ReasonInvalidAllowHeaders:
		return true, true
	}
	f := d.plainFetch()
	for _, method := range d.otherMethods() {
		f.Method = method
		t, known := d.tryPreflight(f)
		if !known || t.passes() {
			return t.passes(), known
		}
	}
	return false, true
}

// otherMethods are GET and a few of the intended methods, but for the failing one.
func (d *Diagnosis) otherMethods() []string {
	const enough = 3
	failing := cors.NormalizeMethod(d.failure.Fetch.Method)
	methods := []string{"GET"}
	for _, m := range d.failure.Intended.Methods {
		if m = cors.NormalizeMethod(m); m != failing && !slices.Contains(methods, m) && len(methods) < enough {
			methods = append(methods, m)
		}
	}
	return methods
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
			return d.wildcard("wildcard-with-credentials", fmt.Sprintf("%s is *, which stands for nothing when credentials go "+
				"along", name), "passes without credentials", func(f *cors.Fetch) { f.Credentials = cors.CredentialsOmit })
		}
		if d.failure.Outcome.Reason == cors.ReasonHeaderDisallowedByPreflight {
			return d.wildcard("wildcard-does-not-cover-authorization", "Access-Control-Allow-Headers is *, which by the "+
				"standard does not cover Authorization", "passes without Authorization",
				func(f *cors.Fetch) { f.Headers = withoutHeaders(f.Headers, "authorization") })
		}
	}
	return nil
}

// wildcard is the cause whose evidence is that the page passes after a change.
func (d *Diagnosis) wildcard(id, message, shows string, change func(*cors.Fetch)) *Cause {
	f := d.failure.Fetch
	change(&f)
	t, known := d.vary(f)
	if !known {
		return nil
	}
	if !t.passes() {
		t.last = Exchange{}
	}
	return d.causeOf(id, message, d.evidence(t.last, shows))
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
		if d.failure.Outcome.Reason != cors.ReasonMethodDisallowedByPreflight || !strings.EqualFold(listed, method) {
			continue
		}
		passes, known := d.passesWithAnotherMethod()
		if !known {
			return nil
		}
		return d.causeOf("method-case", fmt.Sprintf("the page sends %s, the server allows %s: methods are compared with "+
			"their case, and browsers put only DELETE, GET, HEAD, OPTIONS, POST and PUT in upper case", method, listed),
			d.evidence(passes, "passes with another method"))
	}
	if method == strings.ToUpper(method) {
		return nil
	}
	f := d.failure.Fetch
	f.Method = strings.ToUpper(method)
	t, known := d.vary(f)
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
	if d.failure.Outcome.Reason == cors.ReasonInvalidAllowHeaders {
		return d.unreadableList(x, "header-not-allowed", "Access-Control-Allow-Headers")
	}
	method, bare, refuses := d.refusesHeaders(x)
	if !refuses {
		return nil
	}
	refused, known := d.refusedNames(x, method, names)
	if !known || len(refused) == 0 {
		return nil
	}
	message := "the preflight passes without " + joinNames(refused) + said(x.Response, "Access-Control-Allow-Headers")
	if method != d.failure.Fetch.Method {
		message += fmt.Sprintf("; with %s it does not pass even so%s", d.failure.Fetch.Method,
			said(x.Response, "Access-Control-Allow-Methods"))
	}
	cause := d.causeOf("header-not-allowed", message, d.evidence(bare, "passes without "+joinNames(refused)))
	cause.Values.Header = joinNames(refused)
	return cause
}

// unreadableList is the cause where a list has something that is no name: browsers then refuse all of it.
func (d *Diagnosis) unreadableList(x Exchange, id, name string) *Cause {
	return d.causeOf(id, fmt.Sprintf("%s is %s: a list of names with commas between them must stand there, or browsers refuse "+
		"all of it", name, listed(x.Response, name)), d.evidence(Exchange{}, ""))
}

// refusesHeaders reports whether headers are what is refused, or one of the things: a preflight passes without them, and
// not with them. It returns the method of the two, the page's own where that is not refused as well.
func (d *Diagnosis) refusesHeaders(x Exchange) (method string, bare Exchange, refuses bool) {
	names := unsafeNames(x.Request)
	if len(names) == 0 {
		return "", Exchange{}, false
	}
	method, bare, known := d.passesBare()
	if !known || method == "" {
		return "", Exchange{}, false
	}
	with, known := d.tryNames(method, names)
	return method, bare, known && with.last.Response != nil && !with.passes()
}

// passesBare finds a method whose preflight passes without headers: the page's own where it does; empty when none does.
func (d *Diagnosis) passesBare() (method string, passes Exchange, known bool) {
	for _, method := range append([]string{d.failure.Fetch.Method}, d.otherMethods()...) {
		t, known := d.tryNames(method, nil)
		if !known || t.passes() {
			return method, t.last, known
		}
	}
	return "", Exchange{}, true
}

// refusedNames are the header names that the server does not allow, as its answer says or as halving finds.
func (d *Diagnosis) refusedNames(x Exchange, method string, names []string) (refused []string, known bool) {
	allowed := elements(x.Response, "Access-Control-Allow-Headers")
	if d.lists(x.Response) {
		for _, name := range names {
			if !containsName(allowed, name) && !slices.Contains(allowed, "*") {
				refused = append(refused, name)
			}
		}
		return refused, true
	}
	refused, known = d.halve(method, names)
	if !known {
		return nil, false
	}
	alone, known := d.tryNames(method, refused)
	if alone.passes() {
		return names, known // they are refused together alone
	}
	return refused, known
}

// lists reports whether a refusing answer tells what it allows: then nobody needs to be asked.
func (d *Diagnosis) lists(r *cors.Response) bool {
	switch d.failure.Outcome.Reason {
	case cors.ReasonHeaderDisallowedByPreflight, cors.ReasonMethodDisallowedByPreflight:
		_, headers := value(r, "Access-Control-Allow-Headers")
		return headers
	}
	return false
}

// halve finds the refused ones of names that are refused together. Where a half passes, it is the other; where nothing
// more may be asked, what is left stands for them.
func (d *Diagnosis) halve(method string, names []string) (refused []string, known bool) {
	if len(names) == 1 {
		return names, true
	}
	first, second := names[:len(names)/2], names[len(names)/2:]
	t, known := d.tryNames(method, first)
	switch {
	case !known:
		return nil, false
	case t.last.Response == nil:
		return names, true
	case t.passes():
		return d.halve(method, second)
	}
	refused, known = d.halve(method, first)
	if !known {
		return nil, false
	}
	t, known = d.tryNames(method, second)
	if !known || t.last.Response == nil || t.passes() {
		return refused, known
	}
	more, known := d.halve(method, second)
	return append(slices.Clip(refused), more...), known
}

// tryNames tries the preflight of a method with these unsafe headers alone.
func (d *Diagnosis) tryNames(method string, names []string) (trial, bool) {
	f := preflightOf(d.failure.Fetch)
	f.Method, f.Headers, f.Body = method, nil, nil
	for _, h := range d.failure.Fetch.Headers {
		if slices.Contains(names, strings.ToLower(h.Name)) {
			f.Headers = append(f.Headers, h)
		}
	}
	return d.tryPreflight(f)
}

// vary tries a variation of the failed fetch as far as that came.
func (d *Diagnosis) vary(f cors.Fetch) (trial, bool) {
	if _, ok := d.failingPreflight(); ok {
		return d.tryPreflight(preflightOf(f))
	}
	return d.try(f)
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
	if ok && d.failure.Outcome.Reason == cors.ReasonInvalidAllowMethods {
		return d.unreadableList(x, "method-not-allowed", "Access-Control-Allow-Methods")
	}
	if !ok || cors.SafelistedMethod(method) {
		return nil
	}
	passes, known := d.passesWithAnotherMethod()
	if !known || passes.Response == nil {
		return nil
	}
	return d.causeOf("method-not-allowed", fmt.Sprintf("the preflight passes for %s, not for %s%s",
		requestHeader(passes.Request, "Access-Control-Request-Method"), method,
		said(x.Response, "Access-Control-Allow-Methods")), d.evidence(passes, "passes with another method"))
}

func (d *Diagnosis) passesWithAnotherMethod() (Exchange, bool) {
	for _, other := range d.otherMethods() {
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
