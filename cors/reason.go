package cors

// Reason says why a fetch was blocked, named as in Chromium's CorsError where it has a name there. Empty unless it
// was blocked. A preflight that fails a check has the reason of that check, and StagePreflight.
type Reason string

// Reasons that lie in the request itself; nothing was sent.
const (
	ReasonForbiddenMethod    Reason = "forbidden-method"     // CONNECT, TRACE, TRACK
	ReasonInvalidMethod      Reason = "invalid-method"       // not a token
	ReasonInvalidHeader      Reason = "invalid-header"       // not a field name, or a value with NUL, CR or LF
	ReasonInvalidURL         Reason = "invalid-url"          // does not parse
	ReasonURLCredentials     Reason = "url-has-credentials"  // user:password@ in the URL given to fetch()
	ReasonBodyNotAllowed     Reason = "body-not-allowed"     // a body with GET or HEAD
	ReasonNoCORSMethod       Reason = "no-cors-method"       // no-cors allows GET, HEAD and POST
	ReasonNoCORSRedirect     Reason = "no-cors-redirect"     // no-cors follows redirects or fails
	ReasonDisallowedByMode   Reason = "disallowed-by-mode"   // mode same-origin, another origin
	ReasonCORSDisabledScheme Reason = "cors-disabled-scheme" // not http or https
	ReasonMixedContent       Reason = "mixed-content"        // an https page, a plain http URL
	ReasonBadPort            Reason = "bad-port"             // https://fetch.spec.whatwg.org/#port-blocking
)

// Reasons of the CORS check, in a preflight and in a response: https://fetch.spec.whatwg.org/#concept-cors-check.
const (
	ReasonMissingAllowOriginHeader  Reason = "missing-allow-origin-header"
	ReasonWildcardOriginNotAllowed  Reason = "wildcard-origin-not-allowed"
	ReasonMultipleAllowOriginValues Reason = "multiple-allow-origin-values"
	ReasonInvalidAllowOriginValue   Reason = "invalid-allow-origin-value"
	ReasonAllowOriginMismatch       Reason = "allow-origin-mismatch"
	ReasonInvalidAllowCredentials   Reason = "invalid-allow-credentials"
)

// Reasons that a preflight's answer gives: https://fetch.spec.whatwg.org/#cors-preflight-fetch.
const (
	ReasonPreflightInvalidStatus      Reason = "preflight-invalid-status"
	ReasonPreflightDisallowedRedirect Reason = "preflight-disallowed-redirect"
	ReasonInvalidAllowMethods         Reason = "invalid-allow-methods-preflight-response"
	ReasonInvalidAllowHeaders         Reason = "invalid-allow-headers-preflight-response"
	ReasonMethodDisallowedByPreflight Reason = "method-disallowed-by-preflight-response"
	ReasonHeaderDisallowedByPreflight Reason = "header-disallowed-by-preflight-response"
)

// Reasons that redirects and no-cors responses give.
const (
	ReasonRedirectContainsCredentials Reason = "redirect-contains-credentials"
	ReasonRedirectDisallowed          Reason = "redirect-disallowed" // redirect mode error
	ReasonInvalidRedirect             Reason = "invalid-redirect"    // a Location that does not parse, or Location lines that differ
	ReasonTooManyRedirects            Reason = "too-many-redirects"
	ReasonConflictingHeaders          Reason = "conflicting-headers" // lines of one header that differ and may not
	ReasonCORPNotSameOrigin           Reason = "corp-not-same-origin"
	ReasonCORPNotSameSite             Reason = "corp-not-same-site"
)

// Reasons returns all reasons, those of the request first, in the order in which a fetch could meet them.
func Reasons() []Reason {
	return []Reason{
		ReasonInvalidURL, ReasonURLCredentials, ReasonInvalidMethod, ReasonForbiddenMethod, ReasonNoCORSMethod,
		ReasonInvalidHeader, ReasonBodyNotAllowed, ReasonBadPort, ReasonMixedContent, ReasonDisallowedByMode,
		ReasonNoCORSRedirect, ReasonCORSDisabledScheme,
		ReasonMissingAllowOriginHeader, ReasonWildcardOriginNotAllowed, ReasonMultipleAllowOriginValues,
		ReasonInvalidAllowOriginValue, ReasonAllowOriginMismatch, ReasonInvalidAllowCredentials,
		ReasonPreflightDisallowedRedirect, ReasonPreflightInvalidStatus, ReasonInvalidAllowMethods,
		ReasonInvalidAllowHeaders, ReasonMethodDisallowedByPreflight, ReasonHeaderDisallowedByPreflight,
		ReasonRedirectDisallowed, ReasonInvalidRedirect, ReasonTooManyRedirects, ReasonRedirectContainsCredentials,
		ReasonConflictingHeaders,
		ReasonCORPNotSameOrigin, ReasonCORPNotSameSite,
	}
}
