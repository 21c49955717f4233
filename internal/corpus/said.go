package corpus

import (
	"strings"
	"unicode/utf8"

	"github.com/corsgate/corsgate/cors"
)

// chromiumNames are Chromium's names of reasons; those of the CORS check have Preflight in front in a preflight.
var chromiumNames = map[cors.Reason]string{
	cors.ReasonMissingAllowOriginHeader:    "MissingAllowOriginHeader",
	cors.ReasonWildcardOriginNotAllowed:    "WildcardOriginNotAllowed",
	cors.ReasonMultipleAllowOriginValues:   "MultipleAllowOriginValues",
	cors.ReasonInvalidAllowOriginValue:     "InvalidAllowOriginValue",
	cors.ReasonAllowOriginMismatch:         "AllowOriginMismatch",
	cors.ReasonInvalidAllowCredentials:     "InvalidAllowCredentials",
	cors.ReasonPreflightInvalidStatus:      "PreflightInvalidStatus",
	cors.ReasonPreflightDisallowedRedirect: "PreflightDisallowedRedirect",
	cors.ReasonInvalidAllowMethods:         "InvalidAllowMethodsPreflightResponse",
	cors.ReasonInvalidAllowHeaders:         "InvalidAllowHeadersPreflightResponse",
	cors.ReasonMethodDisallowedByPreflight: "MethodDisallowedByPreflightResponse",
	cors.ReasonHeaderDisallowedByPreflight: "HeaderDisallowedByPreflightResponse",
	cors.ReasonRedirectContainsCredentials: "RedirectContainsCredentials",
	cors.ReasonCORSDisabledScheme:          "CorsDisabledScheme",
}

// chromiumErrors are the network errors of reasons that are no CORS errors.
var chromiumErrors = map[cors.Reason]string{
	cors.ReasonMixedContent:       ":mixed-content",
	cors.ReasonBadPort:            "net::ERR_UNSAFE_PORT",
	cors.ReasonInvalidRedirect:    "net::ERR_INVALID_REDIRECT",
	cors.ReasonTooManyRedirects:   "net::ERR_TOO_MANY_REDIRECTS",
	cors.ReasonRedirectDisallowed: "net::ERR_FAILED",
	cors.ReasonCORPNotSameOrigin:  "net::ERR_BLOCKED_BY_RESPONSE.NotSameOrigin",
	cors.ReasonCORPNotSameSite:    "net::ERR_BLOCKED_BY_RESPONSE.NotSameSite",
}

var firefoxNames = map[cors.Reason]string{
	cors.ReasonMissingAllowOriginHeader:    "CORSMissingAllowOrigin2",
	cors.ReasonWildcardOriginNotAllowed:    "CORSNotSupportingCredentials",
	cors.ReasonMultipleAllowOriginValues:   "CORSMultipleAllowOriginNotAllowed",
	cors.ReasonAllowOriginMismatch:         "CORSAllowOriginNotMatchingOrigin",
	cors.ReasonInvalidAllowCredentials:     "CORSMissingAllowCredentials",
	cors.ReasonPreflightInvalidStatus:      "CORSPreflightDidNotSucceed3",
	cors.ReasonPreflightDisallowedRedirect: "CORSExternalRedirectNotAllowed",
	cors.ReasonInvalidAllowMethods:         "CORSInvalidAllowMethod",
	cors.ReasonInvalidAllowHeaders:         "CORSInvalidAllowHeader",
	cors.ReasonMethodDisallowedByPreflight: "CORSMethodNotFound",
	cors.ReasonHeaderDisallowedByPreflight: "CORSMissingAllowHeaderFromPreflight2",
}

// webkitClasses are the parts of WebKit's texts that tell its reasons apart.
var webkitClasses = []string{
	"is not allowed by Access-Control-Allow-Origin", "Cannot use wildcard", "cannot contain more than one origin",
	"Credentials flag is true", "Preflight response is not successful", "Access-Control-Allow-Methods has an invalid value",
	"Access-Control-Allow-Headers has an invalid value", "is not allowed by Access-Control-Allow-Methods",
	"is not allowed by Access-Control-Allow-Headers", "has credentials", "non CORS scheme",
	"cannot follow more than 20", "Not allowed to follow a redirection", "Cross-Origin-Resource-Policy",
	"restricted network port", "Unsafe attempt to load", "No-Cors mode requires",
}

// reason is the engine's own word for why it blocked; empty when it gave none.
func (r *Result) reason(engine string) string {
	switch engine {
	case "chromium":
		if first, _, _ := strings.Cut(r.CORSError, "; "); first != "" {
			return first
		}
		if r.NetError == "net::ERR_RESPONSE_HEADERS_MULTIPLE_LOCATION" {
			return chromiumErrors[cors.ReasonInvalidRedirect]
		}
		for _, known := range chromiumErrors {
			if strings.HasPrefix(r.NetError, known) {
				return known
			}
		}
		return ""
	case "firefox":
		first, _, _ := strings.Cut(r.CORSError, "; ")
		if first == "CORSDidNotSucceed2" || first == "CORSAllowHeaderFromPreflightDeprecation" {
			return ""
		}
		return first
	}
	return classOf(r.CORSError)
}

func classOf(text string) string {
	for _, class := range webkitClasses {
		if strings.Contains(text, class) {
			return class
		}
	}
	return ""
}

// reasonOf says an outcome's reason in the engine's own words, as the recordings hold them.
func reasonOf(engine string, o cors.Outcome) string {
	switch engine {
	case "chromium":
		return chromiumReason(o)
	case "firefox":
		if strings.Contains(o.Message, "CORS request not http") {
			return "CORSRequestNotHttp"
		}
		return firefoxNames[o.Reason]
	}
	return classOf(o.Message)
}

func chromiumReason(o cors.Outcome) string {
	name := chromiumNames[o.Reason]
	switch {
	case name == "":
		return chromiumErrors[o.Reason]
	case !strings.Contains(o.Message, "blocked by CORS policy"):
		return ""
	}
	switch o.Reason {
	case cors.ReasonMissingAllowOriginHeader, cors.ReasonWildcardOriginNotAllowed, cors.ReasonMultipleAllowOriginValues,
		cors.ReasonInvalidAllowOriginValue, cors.ReasonAllowOriginMismatch, cors.ReasonInvalidAllowCredentials:
		if o.Stage == cors.StagePreflight {
			name = "Preflight" + name
		}
	}
	switch o.Reason {
	case cors.ReasonWildcardOriginNotAllowed, cors.ReasonInvalidAllowMethods, cors.ReasonInvalidAllowHeaders,
		cors.ReasonRedirectContainsCredentials, cors.ReasonCORSDisabledScheme:
		return name
	}
	if o.Detail == "" || !utf8.ValidString(o.Detail) {
		return name
	}
	return strings.TrimRight(name+":"+o.Detail, ":") // as the recorder joined them
}

// message is what the engine's console said, in the part that the Flow's message gives.
func (r *Result) message(engine string) string {
	first, _, _ := strings.Cut(r.Console, "\n")
	switch engine {
	case "chromium":
		return strings.Replace(first, "/__page", "/", 1)
	case "firefox":
		if strings.HasPrefix(first, "Cross-Origin Request Warning") {
			return ""
		}
		return strings.Replace(first, "/__page", "/", 1)
	}
	said, _, _ := strings.Cut(r.CORSError, "; ") // as the recorder joined several
	return said
}

// comparable drops from a text what the recording lost: WebKit's console was read through a terminal, which knows no
// Latin-1, and cut at semicolons.
func comparable(engine, text string) string {
	if engine != "webkit" {
		return text
	}
	text, _, _ = strings.Cut(text, "; ")
	text = strings.ReplaceAll(text, "\u00ef\u00bf\u00bd", "?")
	return strings.Map(func(r rune) rune {
		if r >= 0x80 {
			return '?'
		}
		return r
	}, text)
}
