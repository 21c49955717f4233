package cors

import (
	"slices"
	"strings"
)

// unsafeRequest is what makes a preflight necessary: a method, and the names of unsafe headers in lower case, sorted.
type unsafeRequest struct {
	method string
	names  []string
}

// unsafe returns what a preflight for the current URL asks for.
func (f *Flow) unsafe() unsafeRequest {
	if f.engine.PreflightListsGoneHeaders {
		return unsafeRequest{f.method, f.firstNames}
	}
	return unsafeRequest{f.method, f.engine.unsafeNames(f.headers)}
}

// needsPreflight is the condition of main fetch's step 12, "request's use-CORS-preflight flag is set", and the cases
// after it.
func (f *Flow) needsPreflight() bool {
	u := f.unsafe()
	sticky := f.engine.StickyPreflight && (f.preflighted || len(f.firstNames) > 0)
	return f.fetch.ForcePreflight || !SafelistedMethod(u.method) || len(u.names) > 0 || sticky
}

// sendPreflight is https://fetch.spec.whatwg.org/#cors-preflight-fetch, steps 1 to 6.
func (f *Flow) sendPreflight() {
	u := f.unsafe()
	headers := []Header{{"Accept", "*/*"}, {"Access-Control-Request-Method", u.method}}
	if len(u.names) > 0 {
		headers = append(headers, Header{"Access-Control-Request-Headers", strings.Join(u.names, ",")})
	}
	headers = append(headers, Header{"Origin", f.preflightOrigin().String()})
	headers = append(headers, f.refererHeader()...)
	headers = append(headers, f.preflightMetadata()...)
	f.send(Request{Kind: KindPreflight, Method: "OPTIONS", Headers: headers})
}

// preflightOrigin is the origin that a preflight names and that its answer must allow.
func (f *Flow) preflightOrigin() Origin {
	if f.engine.PreflightKeepsPageOrigin {
		return f.fetch.Origin
	}
	return f.origin()
}

// receivePreflight is https://fetch.spec.whatwg.org/#cors-preflight-fetch, step 7, and what follows in http-fetch.
func (f *Flow) receivePreflight(r Response) {
	if fail := f.judgePreflight(r); fail.reason != "" {
		f.block(StagePreflight, fail)
		return
	}
	if f.isMixedContent() {
		f.refuse(ReasonMixedContent)
		return
	}
	f.passed = true
	f.sendRequest()
}

func (f *Flow) judgePreflight(r Response) failure {
	if fail := f.judgePreflightHead(r); fail.reason != "" {
		return fail
	}
	// 7.1-7.3. Extract the lists; if either is failure, then return a network error.
	methods, bad, ok := tokens(r.Headers, "Access-Control-Allow-Methods")
	if !ok {
		return failure{ReasonInvalidAllowMethods, bad}
	}
	if f.engine.MethodsBeforeHeaders {
		if fail := f.judgeMethod(methods); fail.reason != "" {
			return fail
		}
	}
	names, bad, ok := tokens(r.Headers, "Access-Control-Allow-Headers")
	if !ok {
		return failure{ReasonInvalidAllowHeaders, bad}
	}
	if fail := f.judgeLists(methods, names); fail.reason != "" {
		return fail
	}
	f.remember(r, methods, names)
	return failure{}
}

// judgePreflightHead is the condition of step 7: "If a CORS check for request and response returns success and
// response's status is an ok status".
func (f *Flow) judgePreflightHead(r Response) failure {
	order := f.engine.PreflightOrder
	if order == nil {
		order = []PreflightCheck{CheckOrigin, CheckRedirect, CheckStatus}
	}
	for _, check := range order {
		switch {
		case check == CheckOrigin:
			if fail := f.preflightOriginCheck(r); fail.reason != "" {
				return fail
			}
		case check == CheckRedirect && isRedirect(r):
			return failure{reason: ReasonPreflightDisallowedRedirect}
		case check == CheckStatus && (r.Status < 200 || r.Status > 299):
			return failure{reason: ReasonPreflightInvalidStatus}
		}
	}
	return failure{}
}

func (f *Flow) preflightOriginCheck(r Response) failure {
	if f.engine.PreflightPassesAtHome && f.url().origin().SameOrigin(f.fetch.Origin) {
		return failure{}
	}
	return f.corsCheck(r, f.preflightOrigin(), f.includes())
}

// judgeLists is steps 7.4 to 7.7 of https://fetch.spec.whatwg.org/#cors-preflight-fetch.
func (f *Flow) judgeLists(methods, names []string) failure {
	if fail := f.judgeMethod(methods); fail.reason != "" {
		return fail
	}
	star := !f.includes() && slices.Contains(names, wildcard)
	for _, field := range f.offenderOrder(f.unsafe().names) {
		name := lowerASCII(field)
		// 7.6. A CORS non-wildcard request-header name must be listed itself.
		covered := star && (name != "authorization" || f.engine.WildcardCoversAuthorization)
		// 7.7. For each unsafeName of the CORS-unsafe request-header names
		if !covered && !containsFold(names, name) {
			return failure{ReasonHeaderDisallowedByPreflight, field}
		}
	}
	return failure{}
}

// offenderOrder puts the unsafe names in the order in which the engine looks for one that is not allowed; it may give
// them the spelling that the engine names them by.
func (f *Flow) offenderOrder(names []string) []string {
	common := f.engine.CommonHeadersFirst
	if common == nil {
		return names
	}
	var first, rest []string
	for _, h := range combine(f.scriptHeaders) {
		i := slices.IndexFunc(common, func(name string) bool { return equalFoldASCII(name, h.Name) })
		switch {
		case !containsFold(names, h.Name):
		case i >= 0:
			first = append(first, common[i])
		default:
			rest = append(rest, h.Name)
		}
	}
	return append(first, rest...)
}

func (f *Flow) judgeMethod(methods []string) failure {
	// 7.4. If methods is null and request's use-CORS-preflight flag is set, then set methods to request's method.
	if methods == nil && f.fetch.ForcePreflight {
		return failure{}
	}
	// 7.5. If request's method is not in methods, not a CORS-safelisted method, and not covered by `*`
	star := !f.includes() && slices.Contains(methods, wildcard)
	if !SafelistedMethod(f.method) && !star && !slices.Contains(methods, f.method) {
		return failure{ReasonMethodDisallowedByPreflight, f.method}
	}
	return failure{}
}
