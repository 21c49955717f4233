package cors

import "strings"

// checkIncludes reports whether the CORS check of r asks for credentials.
func (f *Flow) checkIncludes(r Response) bool {
	firstIncluded := f.fetch.Credentials != CredentialsOmit && f.urls[0].origin().SameOrigin(f.fetch.Origin)
	return f.includes() || f.engine.RedirectCheckIncludes && isRedirectStatus(r.Status) && firstIncluded
}

// receiveResponse is https://fetch.spec.whatwg.org/#http-fetch from step 4.5 on.
func (f *Flow) receiveResponse(r Response) {
	stage := f.stage(StageResponse)
	if isRedirectStatus(r.Status) {
		stage = StageRedirect
	}
	// 4.5. If request's response tainting is "cors" and a CORS check returns failure, then return a network error.
	if f.tainting == taintCORS {
		if fail := f.corsCheck(r, f.origin(), f.checkIncludes(r)); fail.reason != "" {
			f.block(stage, fail)
			return
		}
	}
	// 5. If tainting is "opaque" and the cross-origin resource policy check returns blocked, then a network error.
	if reason := f.corpCheck(r); reason != "" {
		f.block(stage, failure{reason: reason})
		return
	}
	// 6. If response's status is a redirect status
	if isRedirectStatus(r.Status) {
		f.receiveRedirect(r)
		return
	}
	f.finish(r)
}

func (f *Flow) receiveRedirect(r Response) {
	switch f.fetch.Redirect {
	case RedirectError:
		f.block(StageRedirect, failure{reason: ReasonRedirectDisallowed})
	case RedirectManual:
		f.outcome = Outcome{Verdict: OpaqueRedirect, Type: TypeOpaqueRedirect, URL: f.url().String()}
	default:
		f.follow(r)
	}
}

// follow is https://fetch.spec.whatwg.org/#concept-http-redirect-fetch.
func (f *Flow) follow(r Response) {
	// 3-4. Let locationURL be the location URL. If it is null, then return response.
	location, ok := get(r.Headers, "Location")
	if !ok || location == "" && f.engine.EmptyLocation == EmptyIsNone {
		f.finish(r)
		return
	}
	target, err := f.target(r)
	if reason := f.refusedTarget(target, err); reason != "" {
		f.block(StageRedirect, failure{reason, location})
		return
	}
	f.changeMethod(r.Status, target)
	// 13. If current URL's origin is not same origin with locationURL's origin, then remove `Authorization`.
	if !f.url().origin().SameOrigin(target.origin()) {
		f.headers = without(f.headers, "Authorization")
	}
	f.urls = append(f.urls, target)
	f.mainFetch()
}

// target is https://fetch.spec.whatwg.org/#concept-response-location-url.
func (f *Flow) target(r Response) (*pageURL, error) {
	location, _ := get(r.Headers, "Location")
	if location == "" && f.engine.EmptyLocation == EmptyIsInvalid || f.engine.RefusesSeveralLocations && differ(r.Headers) {
		return nil, errURL
	}
	target, err := urlParser{base: f.url(), spaceInHost: f.engine.SpaceInHost}.parse(location)
	if err == nil && target.fragment == "" {
		target.fragment = f.url().fragment
	}
	return target, err
}

// differ reports whether there are Location lines of different values.
func differ(headers []Header) bool {
	first := ""
	for _, h := range headers {
		if !equalFoldASCII(h.Name, "Location") {
			continue
		}
		if first != "" && h.Value != first {
			return true
		}
		first = h.Value
	}
	return false
}

// refusedTarget is steps 5 to 10 of https://fetch.spec.whatwg.org/#concept-http-redirect-fetch.
func (f *Flow) refusedTarget(target *pageURL, err error) Reason {
	switch {
	case err != nil:
		return ReasonInvalidRedirect
	// 6. If locationURL's scheme is not an HTTP(S) scheme, then return a network error.
	case !target.isHTTP():
		return ReasonCORSDisabledScheme
	// 7. If request's redirect count is 20, then return a network error.
	case len(f.urls) > maxRedirects:
		return ReasonTooManyRedirects
	// 9. Mode "cors", credentials in locationURL, and another origin than the request's; 10. tainting "cors".
	case f.fetch.Mode == ModeCORS && target.hasCredentials() &&
		(f.tainting == taintCORS || !target.origin().SameOrigin(f.fetch.Origin)):
		return ReasonRedirectContainsCredentials
	case f.fetch.Mode == ModeNoCORS && target.hasCredentials() && f.engine.RefusesUserinfoInNoCORS:
		return ReasonRedirectContainsCredentials
	}
	return ""
}

// changeMethod is step 12 of https://fetch.spec.whatwg.org/#concept-http-redirect-fetch.
func (f *Flow) changeMethod(status int, target *pageURL) {
	if f.method == "DELETE" && f.engine.CrossOriginDeleteBecomes != "" && !f.url().origin().SameOrigin(target.origin()) {
		f.method = f.engine.CrossOriginDeleteBecomes
	}
	toGET := (status == 301 || status == 302) && f.method == "POST" ||
		status == 303 && f.method != "GET" && f.method != "HEAD"
	if !toGET {
		return
	}
	f.method, f.body = "GET", nil
	f.headers = without(f.headers, "Content-Encoding", "Content-Language", "Content-Location", "Content-Type")
}

// corpCheck is https://fetch.spec.whatwg.org/#cross-origin-resource-policy-check without an embedder policy.
func (f *Flow) corpCheck(r Response) Reason {
	if f.tainting != taintOpaque {
		return ""
	}
	policy, _ := get(r.Headers, "Cross-Origin-Resource-Policy")
	page, server := f.fetch.Origin, f.url().origin()
	switch strings.TrimSpace(policy) {
	case "same-origin":
		if !page.SameOrigin(server) {
			return ReasonCORPNotSameOrigin
		}
	case "same-site":
		if !f.schemelesslySameSite(page, server) || page.Scheme != "https" && server.Scheme == "https" {
			return ReasonCORPNotSameSite
		}
	}
	return ""
}
