package cors

import "strings"

// checkIncludes reports whether the CORS check of r asks for credentials.
func (f *Flow) checkIncludes(r Response) bool {
	firstIncluded := f.fetch.Credentials != CredentialsOmit && f.urls[0].origin().SameOrigin(f.fetch.Origin)
	return f.includes() || f.engine.RedirectCheckIncludes && isRedirectStatus(r.Status) && firstIncluded
}

// receiveResponse is https://fetch.spec.whatwg.org/#http-fetch from step 4.5 on.
func (f *Flow) receiveResponse(r Response) {
	stage := StageResponse
	var err error
	if isRedirectStatus(r.Status) {
		stage = StageRedirect
		f.target, err = f.locationURL(r)
	}
	if f.refusedBeforeCORS(r, err) {
		return
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
		f.receiveRedirect(r, err)
		return
	}
	f.finish(r)
}

// refusedBeforeCORS reports whether the engine looked at where r leads before it looked at CORS, and blocked that.
func (f *Flow) refusedBeforeCORS(r Response, err error) bool {
	switch {
	case f.engine.MixedContentFirst && f.fetch.Redirect != RedirectManual && f.target != nil && f.isMixed(f.target):
		f.urls = append(f.urls, f.target)
		f.refuse(ReasonMixedContent)
	case f.engine.BadLocationFirst && err != nil:
		f.refuseLocation(r)
	default:
		return false
	}
	return true
}

func (f *Flow) receiveRedirect(r Response, err error) {
	switch {
	case f.fetch.Redirect == RedirectError:
		f.block(StageRedirect, failure{reason: ReasonRedirectDisallowed})
	case f.fetch.Redirect == RedirectManual:
		f.outcome = Outcome{Verdict: OpaqueRedirect, Type: TypeOpaqueRedirect, URL: f.url().String()}
	case err != nil:
		f.refuseLocation(r)
	case f.target == nil:
		f.finish(r)
	default:
		f.follow(r)
	}
}

func (f *Flow) refuseLocation(r Response) {
	location, _ := get(r.Headers, "Location")
	f.block(StageRedirect, failure{ReasonInvalidRedirect, location})
}

// refuseSuspect blocks r, which the standard would read: a header that may stand once has lines that differ.
func (f *Flow) refuseSuspect(r Response, name string) {
	stage := StageResponse
	switch {
	case f.next.Kind == KindPreflight:
		stage = StagePreflight
	case isRedirectStatus(r.Status):
		stage = StageRedirect
	}
	reason := ReasonConflictingHeaders
	if name == "Location" {
		reason = ReasonInvalidRedirect
	}
	f.block(stage, failure{reason, name})
}

// follow is https://fetch.spec.whatwg.org/#concept-http-redirect-fetch from step 5 on.
func (f *Flow) follow(r Response) {
	reason := f.refusedTarget(f.target)
	if reason == ReasonCORSDisabledScheme {
		f.urls = append(f.urls, f.target)
	}
	if reason != "" {
		location, _ := get(r.Headers, "Location")
		f.block(StageRedirect, failure{reason, location})
		return
	}
	f.changeMethod(r.Status, f.target)
	// 13. If current URL's origin is not same origin with locationURL's origin, then remove `Authorization`.
	if !f.url().origin().SameOrigin(f.target.origin()) {
		f.headers = without(f.headers, "Authorization")
	}
	if !f.fetch.Origin.SameOrigin(f.target.origin()) {
		f.headers = without(f.headers, f.engine.GoneAfterRedirect...)
	}
	f.urls, f.target = append(f.urls, f.target), nil
	f.mainFetch()
}

// locationURL is https://fetch.spec.whatwg.org/#concept-response-location-url; nil without an error when the response
// leads nowhere.
func (f *Flow) locationURL(r Response) (*pageURL, error) {
	location, ok := get(r.Headers, "Location")
	switch {
	case !ok, location == "" && f.engine.EmptyLocation == EmptyIsNone:
		return nil, nil
	case location == "" && f.engine.EmptyLocation == EmptyIsInvalid:
		return nil, errURL
	}
	target, err := urlParser{base: f.url(), spaceInHost: f.engine.SpaceInHost}.parse(location)
	if err == nil && target.fragment == "" {
		target.fragment = f.url().fragment
	}
	return target, err
}

// suspectHeader returns the first of the engine's suspect headers whose lines differ; empty: none.
func (f *Flow) suspectHeader(r Response) string {
	for _, name := range f.engine.SuspectHeaders {
		if linesDiffer(r, name) {
			return name
		}
	}
	return ""
}

func linesDiffer(r Response, name string) bool {
	first, seen := "", false
	for _, h := range r.Headers {
		if !equalFoldASCII(h.Name, name) {
			continue
		}
		if seen && h.Value != first {
			return true
		}
		first, seen = h.Value, true
	}
	return false
}

// isRedirectStatus reports whether status is https://fetch.spec.whatwg.org/#redirect-status.
func isRedirectStatus(status int) bool {
	switch status {
	case 301, 302, 303, 307, 308:
		return true
	}
	return false
}

// isRedirect reports whether r leads somewhere else.
func isRedirect(r Response) bool {
	return isRedirectStatus(r.Status) && count(r.Headers, "Location") > 0
}

// refusedTarget is steps 5 to 10 of https://fetch.spec.whatwg.org/#concept-http-redirect-fetch.
func (f *Flow) refusedTarget(target *pageURL) Reason {
	switch {
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
