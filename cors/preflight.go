package cors

import (
	"slices"
	"strings"
)

// needsPreflight is main fetch's second last case of step 12 with http-fetch's step 4.2.1.
func (f *Flow) needsPreflight() bool {
	if !f.fetch.ForcePreflight && !f.unsafe().isUnsafe() {
		return false
	}
	return !f.cacheCovers(f.unsafe())
}

// sendPreflight is https://fetch.spec.whatwg.org/#cors-preflight-fetch, steps 1 to 6.
func (f *Flow) sendPreflight() {
	headers := []Header{
		{"Accept", "*/*"},
		{"Access-Control-Request-Method", f.method},
	}
	if names := f.unsafe().names; len(names) > 0 {
		headers = append(headers, Header{"Access-Control-Request-Headers", strings.Join(names, ",")})
	}
	headers = append(headers, Header{"Origin", f.preflightOrigin().String()})
	headers = append(headers, f.refererHeader()...)
	headers = append(headers, f.fetchMetadata([]*pageURL{f.url()}, ModeCORS)...)
	f.next = Request{
		Kind: KindPreflight, Method: "OPTIONS", URL: f.url().String(), Headers: headers, Hop: len(f.urls) - 1,
	}
	f.pending = true
}

// receivePreflight is https://fetch.spec.whatwg.org/#cors-preflight-fetch, step 7, and what follows in http-fetch.
func (f *Flow) receivePreflight(r Response) {
	if fail := f.judgePreflight(r); fail.reason != "" {
		f.block(StagePreflight, fail.reason, fail.detail)
		return
	}
	f.passed = true
	f.send()
}

func (f *Flow) judgePreflight(r Response) failure {
	// 7. If a CORS check for request and response returns success and response's status is an ok status:
	if fail := f.corsCheck(r, f.preflightOrigin().String()); fail.reason != "" {
		return fail
	}
	if isRedirectStatus(r.Status) {
		return failure{ReasonPreflightDisallowedRedirect, ""}
	}
	if r.Status < 200 || r.Status > 299 {
		return failure{ReasonPreflightInvalidStatus, ""}
	}
	// 7.1-7.3. Extract the lists; if either is failure, then return a network error.
	methods, bad, ok := tokens(r.Headers, "Access-Control-Allow-Methods")
	if !ok {
		return failure{ReasonInvalidAllowMethods, bad}
	}
	names, bad, ok := tokens(r.Headers, "Access-Control-Allow-Headers")
	if !ok {
		return failure{ReasonInvalidAllowHeaders, bad}
	}
	// 7.4. If methods is null and request's use-CORS-preflight flag is set, then set methods to request's method.
	if methods == nil && f.fetch.ForcePreflight {
		methods = []string{f.method}
	}
	if fail := f.judgeLists(methods, names); fail.reason != "" {
		return fail
	}
	f.remember(r, methods, names)
	return failure{}
}

// judgeLists is steps 7.5 to 7.7 of https://fetch.spec.whatwg.org/#cors-preflight-fetch.
func (f *Flow) judgeLists(methods, names []string) failure {
	wildcard := f.fetch.Credentials != CredentialsInclude
	// 7.5. If request's method is not in methods, not a CORS-safelisted method, and not covered by `*`
	if !slices.Contains(methods, f.method) && !SafelistedMethod(f.method) && !(wildcard && slices.Contains(methods, "*")) {
		return failure{ReasonMethodDisallowedByPreflight, f.method}
	}
	starNames := wildcard && slices.Contains(names, "*")
	for _, name := range f.unsafe().names {
		// 7.6. A CORS non-wildcard request-header name must be listed itself.
		covered := starNames && (name != "authorization" || f.engine.WildcardCoversAuthorization)
		// 7.7. For each unsafeName of the CORS-unsafe request-header names
		if !covered && !containsFold(names, name) {
			return failure{ReasonHeaderDisallowedByPreflight, name}
		}
	}
	return failure{}
}

func isRedirectStatus(status int) bool {
	switch status {
	case 301, 302, 303, 307, 308:
		return true
	}
	return false
}

// preflightOrigin is the origin that a preflight names and that its answer must allow.
func (f *Flow) preflightOrigin() Origin { return f.origin() }
