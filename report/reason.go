package report

// ReasonRule returns the rule of a reason for which a browser blocks, in words that stand alone. An unknown reason
// gets a rule that says no more than its name.
func ReasonRule(reason string) Rule {
	r := Rule{
		ID: reason, Kinds: []string{RuleReason}, Severity: "S2", Level: "error",
		Title: "Browsers block the request: " + reason, What: reasonText(reason),
		URL: "https://fetch.spec.whatwg.org/#http-cors-protocol",
	}
	if r.What == "" {
		r.What = "A browser does not let the page have the response. Its reason is " + reason + "."
	}
	return r
}

// reasonText says in a sentence or two what a reason means.
func reasonText(reason string) string {
	if text := headerReason(reason); text != "" {
		return text
	}
	if text := preflightReason(reason); text != "" {
		return text
	}
	return requestReason(reason)
}

// headerReason is for those of the CORS check: https://fetch.spec.whatwg.org/#concept-cors-check
func headerReason(reason string) string {
	switch reason {
	case "missing-allow-origin-header":
		return "The answer has no Access-Control-Allow-Origin header, so no page of another origin may read it."
	case "wildcard-origin-not-allowed":
		return "Access-Control-Allow-Origin is *, which does not count for a request with credentials. Name the origin."
	case "multiple-allow-origin-values":
		return "Access-Control-Allow-Origin has several values. It may hold one origin only; often a proxy and the " +
			"application both add the header."
	case "invalid-allow-origin-value":
		return "The value of Access-Control-Allow-Origin is no origin: scheme, host and port, without a path."
	case "allow-origin-mismatch":
		return "Access-Control-Allow-Origin names another origin than the page's. Compare scheme, host and port."
	case "invalid-allow-credentials":
		return "The request carries credentials, and Access-Control-Allow-Credentials is not exactly true."
	case "corp-not-same-origin":
		return "Cross-Origin-Resource-Policy: same-origin keeps pages of other origins from using the response."
	case "corp-not-same-site":
		return "Cross-Origin-Resource-Policy: same-site keeps pages of other sites from using the response."
	}
	return ""
}

// preflightReason is for those of preflights and redirects: https://fetch.spec.whatwg.org/#cors-preflight-fetch
func preflightReason(reason string) string {
	switch reason {
	case "preflight-invalid-status":
		return "The preflight, an OPTIONS request without credentials, was not answered with a status from 200 to 299."
	case "preflight-disallowed-redirect":
		return "The preflight was answered with a redirect, which browsers do not follow."
	case "invalid-allow-methods-preflight-response":
		return "Access-Control-Allow-Methods in the preflight's answer is not a list of methods."
	case "invalid-allow-headers-preflight-response":
		return "Access-Control-Allow-Headers in the preflight's answer is not a list of header names."
	case "method-disallowed-by-preflight-response":
		return "Access-Control-Allow-Methods in the preflight's answer lacks the method. Case matters, but for " +
			"DELETE, GET, HEAD, OPTIONS, POST and PUT."
	case "header-disallowed-by-preflight-response":
		return "Access-Control-Allow-Headers in the preflight's answer lacks a header that the page sends. " +
			"A * does not stand for Authorization, nor for anything in a request with credentials."
	case "redirect-contains-credentials":
		return "A redirect leads to a URL with a user name or password, which CORS forbids."
	case "redirect-disallowed":
		return "The response is a redirect, and the page asked for none (redirect mode error)."
	case "invalid-redirect":
		return "The Location of a redirect is no URL, or several Location lines differ."
	case "conflicting-headers":
		return "The response has Content-Disposition lines that differ: Chromium and Firefox take that for an " +
			"attempt to smuggle a response."
	case "too-many-redirects":
		return "The response is the 21st redirect in a row."
	case "cors-disabled-scheme":
		return "The request, or a redirect, leads to a URL that is neither http nor https."
	}
	return ""
}

// requestReason is for those that lie in the request itself.
func requestReason(reason string) string {
	switch reason {
	case "mixed-content":
		return "A page served over https may not fetch a plain http URL."
	case "forbidden-method", "invalid-method", "no-cors-method":
		return "The page may not use this method; nothing is sent."
	case "url-has-credentials":
		return "fetch() takes no URL with a user name or a password; an Authorization header does the same."
	case "body-not-allowed":
		return "fetch() takes no body for a GET or HEAD."
	case "invalid-header", "invalid-url", "no-cors-redirect":
		return "fetch() refuses the request as it stands; nothing is sent."
	case "disallowed-by-mode":
		return "The mode is same-origin and the URL is of another origin; nothing is sent."
	case "bad-port":
		return "Browsers do not connect to this port."
	}
	return ""
}
