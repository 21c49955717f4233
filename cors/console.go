package cors

import (
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"
)

// console is what an engine writes to its developers' console about a blocked fetch: a line for each reason, where
// {name} stands for a value of the case. Reasons that it says nothing about have the error that its network log shows,
// or none.
type console struct {
	frame     string // around a text of the CORS check or the preflight; empty: none
	preflight string // before a text of the CORS check in a preflight, and of a bad status
	redirect  string // before the text of a redirect response that failed the CORS check
	texts     map[Reason]string
	lines     map[Reason]string // texts without the frame
	redirects map[Reason]string // the same after a redirect
	schemes   map[string]string // the same for a redirect to a URL of that scheme
	noCORS    map[Reason]string // the same after a redirect in mode no-cors
	quote     func(string) string
}

const chromiumUnsafeRedirect = "net::ERR_UNSAFE_REDIRECT"

const corsFailure = " Have the server send the header with a valid value."

var chromiumConsole = console{
	frame:     "Access to fetch at '{url}{fragment}'{redirected} from origin '{page}' has been blocked by CORS policy: {text}",
	preflight: "Response to preflight request doesn't pass access control check: ",
	texts: map[Reason]string{
		ReasonMissingAllowOriginHeader: "No 'Access-Control-Allow-Origin' header is present on the requested resource.",
		ReasonWildcardOriginNotAllowed: "The value of the 'Access-Control-Allow-Origin' header in the response must not be " +
			"the wildcard '*' when the request's credentials mode is 'include'.",
		ReasonMultipleAllowOriginValues: "The 'Access-Control-Allow-Origin' header contains multiple values '{detail}', " +
			"but only one is allowed." + corsFailure,
		ReasonInvalidAllowOriginValue: "The 'Access-Control-Allow-Origin' header contains the invalid value '{detail}'." +
			corsFailure,
		ReasonAllowOriginMismatch: "The 'Access-Control-Allow-Origin' header has a value '{detail}' that is not equal to " +
			"the supplied origin." + corsFailure,
		ReasonInvalidAllowCredentials: "The value of the 'Access-Control-Allow-Credentials' header in the response is " +
			"'{detail}' which must be 'true' when the request's credentials mode is 'include'.",
		ReasonPreflightInvalidStatus:      "It does not have HTTP ok status.",
		ReasonPreflightDisallowedRedirect: "Redirect is not allowed for a preflight request.",
		ReasonInvalidAllowMethods:         "Cannot parse Access-Control-Allow-Methods response header field in preflight response.",
		ReasonInvalidAllowHeaders:         "Cannot parse Access-Control-Allow-Headers response header field in preflight response.",
		ReasonMethodDisallowedByPreflight: "Method {detail} is not allowed by Access-Control-Allow-Methods in preflight response.",
		ReasonHeaderDisallowedByPreflight: "Request header field {detail} is not allowed by Access-Control-Allow-Headers in " +
			"preflight response.",
		ReasonRedirectContainsCredentials: "Redirect location '' contains a username and password, which is disallowed for " +
			"cross-origin requests.",
	},
	noCORS: map[Reason]string{
		ReasonInvalidRedirect: "net::ERR_INVALID_REDIRECT", ReasonRedirectContainsCredentials: "",
		ReasonCORSDisabledScheme: "",
	},
	schemes: map[string]string{
		"about": chromiumUnsafeRedirect, "blob": chromiumUnsafeRedirect, "data": chromiumUnsafeRedirect,
		"file": chromiumUnsafeRedirect,
	},
	redirects: map[Reason]string{
		ReasonCORSDisabledScheme: "Access to fetch at '{url}{fragment}'{redirected} from origin '{page}' has been blocked by CORS " +
			"policy: Cross origin requests are only supported for protocol schemes: chrome, " +
			"chrome-experimental-site-token-provider, chrome-extension, chrome-untrusted, data, http, https, isolated-app.",
		ReasonDisallowedByMode: "Unsafe attempt to load URL {url} from frame with URL {page}/. Domains, protocols and " +
			"ports must match.",
	},
	lines: map[Reason]string{
		ReasonDisallowedByMode: "Fetch API cannot load {url}{fragment}. Request mode is \"same-origin\" but the URL's origin is not " +
			"same as the request origin {page}.",
		ReasonNoCORSRedirect: "Fetch API cannot load {url}. Request mode is \"no-cors\" but the redirect mode is not \"follow\".",
		ReasonMixedContent: "Mixed Content: The page at '{top}/' was loaded over HTTPS, but requested an insecure resource " +
			"'{url}'. This request has been blocked; the content must be served over HTTPS.",
		ReasonCORSDisabledScheme: "Fetch API cannot load {url}. URL scheme \"{scheme}\" is not supported.",
		ReasonBadPort:            "net::ERR_UNSAFE_PORT",
		ReasonInvalidRedirect:    "net::ERR_INVALID_REDIRECT",
		ReasonTooManyRedirects:   "net::ERR_TOO_MANY_REDIRECTS",
		ReasonRedirectDisallowed: "net::ERR_FAILED",
		ReasonCORPNotSameOrigin:  "net::ERR_BLOCKED_BY_RESPONSE.NotSameOrigin",
		ReasonCORPNotSameSite:    "net::ERR_BLOCKED_BY_RESPONSE.NotSameSite",
	},
	quote: func(s string) string {
		var b strings.Builder
		for i := range len(s) {
			if s[i] < 0x20 || s[i] >= 0x7F {
				fmt.Fprintf(&b, `\u%04X`, s[i])
				continue
			}
			b.WriteByte(s[i])
		}
		return b.String()
	},
}

// standardConsole says the same in fewer words: the standard has no console.
var standardConsole = console{texts: chromiumConsole.texts, lines: chromiumConsole.lines, quote: chromiumConsole.quote}

const firefoxDidNotSucceed = "Cross-Origin Request Blocked: The Same Origin Policy disallows reading the remote " +
	"resource at {previous}. (Reason: CORS request did not succeed). Status code: (null)."

var firefoxConsole = console{
	frame: "Cross-Origin Request Blocked: The Same Origin Policy disallows reading the remote resource at {url}. " +
		"(Reason: {text}",
	texts: map[Reason]string{
		ReasonMissingAllowOriginHeader:    "CORS header ‘Access-Control-Allow-Origin’ missing). Status code: {status}.",
		ReasonMultipleAllowOriginValues:   "Multiple CORS header ‘Access-Control-Allow-Origin’ not allowed).",
		ReasonAllowOriginMismatch:         "CORS header ‘Access-Control-Allow-Origin’ does not match ‘{detail}’).",
		ReasonInvalidAllowCredentials:     "expected ‘true’ in CORS header ‘Access-Control-Allow-Credentials’).",
		ReasonPreflightInvalidStatus:      "CORS preflight response did not succeed). Status code: {status}.",
		ReasonPreflightDisallowedRedirect: "CORS request external redirect not allowed).",
		ReasonInvalidAllowMethods:         "invalid token ‘{detail}’ in CORS header ‘Access-Control-Allow-Methods’).",
		ReasonInvalidAllowHeaders:         "invalid token ‘{detail}’ in CORS header ‘Access-Control-Allow-Headers’).",
		ReasonMethodDisallowedByPreflight: "Did not find method in CORS header ‘Access-Control-Allow-Methods’).",
		ReasonHeaderDisallowedByPreflight: "header ‘{detail}’ is not allowed according to header " +
			"‘Access-Control-Allow-Headers’ from CORS preflight response).",
	},
	lines: map[Reason]string{
		ReasonWildcardOriginNotAllowed: "Cross-Origin Request Blocked: The Same Origin Policy disallows reading the remote " +
			"resource at ‘{url}’. (Reason: Credential is not supported if the CORS header ‘Access-Control-Allow-Origin’ " +
			"is ‘*’).",
		ReasonMixedContent:                "Blocked loading mixed active content “{url}”",
		ReasonDisallowedByMode:            "Security Error: Content at {page}/ may not load data from {url}{fragment}.",
		ReasonTooManyRedirects:            firefoxDidNotSucceed,
		ReasonConflictingHeaders:          firefoxDidNotSucceed,
		ReasonInvalidRedirect:             firefoxDidNotSucceed,
		ReasonCORSDisabledScheme:          firefoxDidNotSucceed,
		ReasonRedirectContainsCredentials: firefoxDidNotSucceed,
		ReasonCORPNotSameOrigin:           firefoxCORP,
		ReasonCORPNotSameSite:             firefoxCORP,
	},
	schemes: map[string]string{"ftp": firefoxNotHTTP, "blob": firefoxSecurityError},
	noCORS: map[Reason]string{
		ReasonInvalidRedirect: "", ReasonTooManyRedirects: "", ReasonCORSDisabledScheme: "",
	},
	quote: func(s string) string { return strings.ToValidUTF8(s, string(utf8.RuneError)) },
}

const firefoxNotHTTP = "Cross-Origin Request Blocked: The Same Origin Policy disallows reading the remote resource at " +
	"{url}. (Reason: CORS request not http)."

const firefoxSecurityError = "Security Error: Content at {previous} may not load data from {url}."

const firefoxCORP = "The resource at “{url}” was blocked due to its Cross-Origin-Resource-Policy header (or lack " +
	"thereof). See https://developer.mozilla.org/docs/Web/HTTP/Cross-Origin_Resource_Policy_(CORP)#"

const webkitOrigin = "Origin {origin} is not allowed by Access-Control-Allow-Origin. Status code: {status}"

const webkitScheme = "Cross-origin redirection to {target} denied by Cross-Origin Resource Sharing policy: not allowed " +
	"to follow a cross-origin CORS redirection with non CORS scheme"

const webkitCORP = "Cancelled load to {url} because it violates the resource's Cross-Origin-Resource-Policy response header."

var webkitConsole = console{
	redirect: "Cross-origin redirection to {target} denied by Cross-Origin Resource Sharing policy: ",
	texts: map[Reason]string{
		ReasonMissingAllowOriginHeader:    webkitOrigin,
		ReasonAllowOriginMismatch:         webkitOrigin,
		ReasonWildcardOriginNotAllowed:    "Cannot use wildcard in Access-Control-Allow-Origin when credentials flag is true.",
		ReasonMultipleAllowOriginValues:   "Access-Control-Allow-Origin cannot contain more than one origin.",
		ReasonInvalidAllowCredentials:     `Credentials flag is true, but Access-Control-Allow-Credentials is not "true".`,
		ReasonPreflightInvalidStatus:      "Preflight response is not successful. Status code: {status}",
		ReasonInvalidAllowMethods:         "Header Access-Control-Allow-Methods has an invalid value: {methods}",
		ReasonInvalidAllowHeaders:         "Header Access-Control-Allow-Headers has an invalid value: {headers}",
		ReasonMethodDisallowedByPreflight: "Method {detail} is not allowed by Access-Control-Allow-Methods.",
		ReasonHeaderDisallowedByPreflight: "Request header field {detail} is not allowed by Access-Control-Allow-Headers.",
		ReasonRedirectContainsCredentials: "redirection URL {detail} has credentials",
	},
	lines: map[Reason]string{
		ReasonDisallowedByMode:   "Fetch API cannot load {url}{fragment}.",
		ReasonNoCORSRedirect:     "No-Cors mode requires follow redirect mode",
		ReasonBadPort:            "Not allowed to use restricted network port {port}: {url}",
		ReasonMixedContent:       "Not allowed to request resource",
		ReasonInvalidRedirect:    webkitScheme,
		ReasonCORSDisabledScheme: "Cross origin requests are only supported for HTTP.",
		ReasonTooManyRedirects:   "Load cannot follow more than 20 redirections",
		ReasonRedirectDisallowed: "Not allowed to follow a redirection while loading {url}",
		ReasonCORPNotSameOrigin:  webkitCORP,
		ReasonCORPNotSameSite:    webkitCORP,
	},
	redirects: map[Reason]string{
		ReasonDisallowedByMode:   "Unsafe attempt to load URL {url} from origin {page}. Domains, protocols and ports must match.",
		ReasonCORSDisabledScheme: webkitScheme,
		ReasonMixedContent:       "",
	},
	schemes: map[string]string{"ftp": "FTP URLs are disabled"},
	noCORS: map[Reason]string{
		ReasonInvalidRedirect: "", ReasonCORSDisabledScheme: "Redirection to URL with a scheme that is not HTTP(S).",
	},
	quote: func(s string) string {
		var b strings.Builder
		for i := range len(s) {
			b.WriteRune(rune(s[i]))
		}
		return b.String()
	},
}

// message is what the engine's console says of a blocked fetch; empty where it says nothing.
func (f *Flow) message() string {
	c, o := f.engine.console, f.outcome
	if line, ok := f.line(c); ok {
		return f.fill(line)
	}
	text := c.texts[o.Reason]
	if o.Stage == StagePreflight && !isListReason(o.Reason) {
		text = c.preflight + text
	}
	if f.target != nil {
		text = c.redirect + text
	}
	if c.frame != "" {
		text = strings.Replace(c.frame, "{text}", text, 1)
	}
	return f.fill(text)
}

// line is the text that stands without a frame, and whether there is one.
func (f *Flow) line(c *console) (text string, ok bool) {
	reason, redirected := f.outcome.Reason, f.outcome.Stage == StageRedirect
	if text, ok = c.schemes[f.scheme()]; ok && redirected && reason == ReasonCORSDisabledScheme {
		return text, true
	}
	if text, ok = c.noCORS[reason]; ok && redirected && f.fetch.Mode == ModeNoCORS {
		return text, true
	}
	if text, ok = c.redirects[reason]; ok && redirected {
		return text, true
	}
	text, ok = c.lines[reason]
	return text, ok || c.texts[reason] == ""
}

func (f *Flow) scheme() string {
	if len(f.urls) == 0 {
		return ""
	}
	return f.url().scheme
}

// isListReason reports whether the reason lies in the lists of a preflight's answer.
func isListReason(r Reason) bool {
	switch r {
	case ReasonInvalidAllowMethods, ReasonInvalidAllowHeaders, ReasonMethodDisallowedByPreflight,
		ReasonHeaderDisallowedByPreflight:
		return true
	}
	return false
}

// fill puts the case's values into a template.
func (f *Flow) fill(template string) string {
	if template == "" {
		return ""
	}
	url, previous, redirected := f.fetch.URL, f.fetch.URL, ""
	port, fragment := "", ""
	if len(f.urls) > 0 {
		u := f.url()
		fragment = u.fragment
		url, previous, port = u.String(), f.urls[max(0, len(f.urls)-2)].String(), strconv.Itoa(int(u.port))
	}
	if len(f.urls) > 1 {
		redirected = " (redirected from '" + f.urls[0].String() + f.urls[0].fragment + "')"
	}
	quote := f.engine.console.quote
	value := func(name string) string {
		v, _ := get(f.received.Headers, name)
		return quote(v)
	}
	target := quote(f.outcome.Detail)
	if f.target != nil {
		target = f.target.String()
	}
	return strings.NewReplacer(
		"{url}", url, "{fragment}", fragment, "{previous}", previous, "{port}", port, "{scheme}", f.scheme(), "{redirected}", redirected, "{target}", target,
		"{page}", f.fetch.Origin.String(), "{top}", f.topLevel().String(), "{origin}", f.origin().String(),
		"{detail}", quote(f.outcome.Detail), "{status}", strconv.Itoa(f.received.Status),
		"{methods}", value("Access-Control-Allow-Methods"), "{headers}", value("Access-Control-Allow-Headers"),
	).Replace(template)
}
