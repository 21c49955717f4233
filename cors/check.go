package cors

import "strings"

// failure says why a check did not pass; the zero failure is a pass.
type failure struct {
	reason Reason
	detail string
}

// corsCheck is https://fetch.spec.whatwg.org/#concept-cors-check for a request of that origin; include says whether its
// credentials mode is "include".
func (f *Flow) corsCheck(r Response, origin Origin, include bool) failure {
	// 1-2. Let origin be the result of getting `Access-Control-Allow-Origin`. If it is null, then return failure.
	allowed, ok := get(r.Headers, "Access-Control-Allow-Origin")
	if !ok {
		return failure{reason: ReasonMissingAllowOriginHeader}
	}
	// 3. If request's credentials mode is not "include" and origin is `*`, then return success.
	if !include && allowed == wildcard {
		return failure{}
	}
	// 4. If the result of byte-serializing a request origin is not origin, then return failure.
	if allowed != origin.String() {
		return failure{f.engine.originProblem(r, allowed), allowed}
	}
	// 5. If request's credentials mode is not "include", then return success.
	if !include {
		return failure{}
	}
	// 6-8. Let credentials be the result of getting `Access-Control-Allow-Credentials`. If it is `true`, then success.
	if credentials := f.engine.allowCredentials(r); credentials != "true" {
		return failure{ReasonInvalidAllowCredentials, credentials}
	}
	return failure{}
}

// originProblem says what is wrong with an Access-Control-Allow-Origin that is not the request's origin.
func (e Engine) originProblem(r Response, allowed string) Reason {
	p := e.OriginProblems
	several := p.Multiple == "" && count(r.Headers, "Access-Control-Allow-Origin") > 1
	switch {
	case allowed == wildcard:
		return ReasonWildcardOriginNotAllowed
	case several || strings.ContainsAny(allowed, p.Multiple):
		return ReasonMultipleAllowOriginValues
	case p.Invalid && allowed != "null" && !isURL(allowed):
		return ReasonInvalidAllowOriginValue
	}
	return ReasonAllowOriginMismatch
}

func isURL(s string) bool {
	_, err := parseURL(s)
	return err == nil
}

func (e Engine) allowCredentials(r Response) string {
	headers := r.Headers
	if e.CredentialsSkipEmptyLines {
		headers = withoutEmpty(headers)
	}
	value, _ := get(headers, "Access-Control-Allow-Credentials")
	return value
}

func withoutEmpty(headers []Header) []Header {
	var kept []Header
	for _, h := range headers {
		if h.Value != "" {
			kept = append(kept, h)
		}
	}
	return kept
}

// readHeaders returns the headers of an answer as the engine reads them.
func (e Engine) readHeaders(headers []Header) []Header {
	if !e.TrimsHeaderNames {
		return headers
	}
	read := make([]Header, len(headers))
	for i, h := range headers {
		read[i] = Header{strings.TrimRight(h.Name, "\t "), h.Value}
	}
	return read
}
