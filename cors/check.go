package cors

import "strings"

// failure says why a check did not pass; the zero failure is a pass.
type failure struct {
	reason Reason
	detail string
}

// corsCheck is https://fetch.spec.whatwg.org/#concept-cors-check for a request of that serialised origin.
func (f *Flow) corsCheck(r Response, origin string) failure {
	include := f.fetch.Credentials == CredentialsInclude
	// 1-2. Let origin be the result of getting `Access-Control-Allow-Origin`. If it is null, then return failure.
	allowed, ok := get(r.Headers, "Access-Control-Allow-Origin")
	if !ok {
		return failure{ReasonMissingAllowOriginHeader, ""}
	}
	// 3. If request's credentials mode is not "include" and origin is `*`, then return success.
	if !include && allowed == "*" {
		return failure{}
	}
	// 4. If the result of byte-serializing a request origin is not origin, then return failure.
	if allowed != origin {
		return failure{f.classifyOrigin(allowed), allowed}
	}
	// 5. If request's credentials mode is not "include", then return success.
	if !include {
		return failure{}
	}
	// 6-8. Let credentials be the result of getting `Access-Control-Allow-Credentials`. If it is `true`, then success.
	if credentials, _ := get(r.Headers, "Access-Control-Allow-Credentials"); credentials != "true" {
		return failure{ReasonInvalidAllowCredentials, credentials}
	}
	return failure{}
}

// classifyOrigin says what is wrong with an Access-Control-Allow-Origin that is not the request's origin.
func (f *Flow) classifyOrigin(allowed string) Reason {
	switch {
	case allowed == "*":
		return ReasonWildcardOriginNotAllowed
	case strings.ContainsAny(allowed, " ,"):
		return ReasonMultipleAllowOriginValues
	case allowed != "null" && !looksLikeURL(allowed):
		return ReasonInvalidAllowOriginValue
	}
	return ReasonAllowOriginMismatch
}

func looksLikeURL(s string) bool {
	_, err := parseURL(s, nil)
	return err == nil
}
