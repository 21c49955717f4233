package audit

// seeRequest is the command that compares a request with its preflight.
const seeRequest = "curl -si -H 'Origin: https://app.example.com' https://api.example.com/ | head -20"

// preflightCauses are the causes that lie in the server's lists, or in the way that it answers OPTIONS.
var preflightCauses = []Rule{
	{
		ID: "cors-not-configured", Kinds: []Kind{KindCause}, Title: "there is no CORS at all", Severity: S2,
		Reference: corsCheck, Fix: FixAllow,
		What: "No answer carries a CORS header: not for any origin, not to a preflight, not to the request itself.",
		Why: "By default browsers keep the answers of other origins from scripts; the server has to allow " +
			"what it wants allowed.",
		See:    seeOrigin("https://app.example.com"),
		Remedy: "Add CORS headers for this path.",
	},
	{
		ID: "origin-not-allowed", Kinds: []Kind{KindCause}, Title: "this origin is not on the server's list", Severity: S2,
		Reference: corsCheck, Fix: FixAllow,
		What:   "The server answers this origin without CORS headers, or with another one's, while others get through.",
		Why:    "The page was forgotten when it was deployed under this name, or the list is that of another environment.",
		See:    seeOrigin("https://app.example.com"),
		Remedy: "Add the origin to the server's list.",
	},
	{
		ID: "origin-differs-by", Kinds: []Kind{KindCause}, Title: "a near miss: the listed origin differs in one thing",
		Severity: S2, Reference: "https://html.spec.whatwg.org/multipage/browsers.html#same-origin", Fix: FixAllow,
		What: "The server lets in an origin that differs from the page's in its scheme, its port, `www.`, a dot at its " +
			"end, or upper case.",
		Why:    "Origins are compared byte for byte: http and https, or two ports, are two origins.",
		See:    "curl -si with each of the two origins",
		Remedy: "Write the origin on the server's list as the browser sends it: lower case, no slash, no default port.",
	},
	{
		ID: "method-not-allowed", Kinds: []Kind{KindCause}, Title: "the method is not on the server's list", Severity: S2,
		Reference: corsPreflight, Fix: FixAllow,
		What:   "The preflight passes for another method, and `Access-Control-Allow-Methods` lacks this one.",
		Why:    "Browsers send anything but GET, HEAD and POST only after the preflight named it.",
		See:    seePreflight("-H 'Access-Control-Request-Method: PUT'"),
		Remedy: "Add the method to `Access-Control-Allow-Methods`.",
	},
	{
		ID: "header-not-allowed", Kinds: []Kind{KindCause}, Title: "a request header is not on the server's list",
		Severity: S2, Reference: corsPreflight, Fix: FixAllow,
		What: "The preflight passes without this request header, and `Access-Control-Allow-Headers` lacks it.",
		Why: "Every header that a script sets beyond the few safelisted ones must be named, Content-Type included when " +
			"it is application/json.",
		See:    seePreflight("-H 'Access-Control-Request-Method: POST' -H 'Access-Control-Request-Headers: content-type'"),
		Remedy: "Add the header to `Access-Control-Allow-Headers`.",
	},
	{
		ID: "credentials-not-allowed", Kinds: []Kind{KindCause}, Title: "the server allows no credentials", Severity: S2,
		Reference: protocolTable, Fix: FixAllow,
		What: "The page passes without credentials; with `credentials: \"include\"` the answer lacks " +
			"`Access-Control-Allow-Credentials: true`.",
		Why:    "Browsers then keep the answer from the script, and the preflight too must have the header.",
		See:    seeOrigin("https://app.example.com"),
		Remedy: "Send `Access-Control-Allow-Credentials: true`, or call the API without credentials.",
	},
	{
		ID: "wildcard-does-not-cover-authorization", Kinds: []Kind{KindCause},
		Title: "`*` does not stand for Authorization", Severity: S2, Engines: []string{"standard"},
		Reference: "https://fetch.spec.whatwg.org/#cors-non-wildcard-request-header-name", Fix: FixAllow,
		What: "The request has an `Authorization` header, and `Access-Control-Allow-Headers` is `*`, which does not " +
			"cover it by the standard.",
		Why:    "Today's browsers let it pass; one that follows the standard to the letter does not.",
		See:    seePreflight("-H 'Access-Control-Request-Method: GET' -H 'Access-Control-Request-Headers: authorization'"),
		Remedy: "Name `Authorization` in `Access-Control-Allow-Headers`, beside the `*` if need be.",
	},
	{
		ID: "method-case", Kinds: []Kind{KindCause}, Title: "the method is listed in another case", Severity: S2,
		Reference: "https://fetch.spec.whatwg.org/#concept-method-normalize", Fix: FixAllow,
		What: "Methods are compared case by case. The script says `patch` where the server lists `PATCH`, or the " +
			"server's list is in lower case.",
		Why: "Browsers write only DELETE, GET, HEAD, OPTIONS, POST and PUT in upper case by themselves; `patch` is " +
			"another method than `PATCH`.",
		See:    seePreflight("-H 'Access-Control-Request-Method: patch'"),
		Remedy: "Write the method in upper case, in the script and in `Access-Control-Allow-Methods`.",
	},
	{
		ID: "preflight-requires-auth", Kinds: []Kind{KindCause}, Title: "the preflight has to log in", Severity: S2,
		Reference: "https://fetch.spec.whatwg.org/#cors-protocol-and-credentials", Fix: FixAuth,
		What: "OPTIONS is answered with 401, 403 or a redirect to a log-in, and passes with credentials.",
		Why: "Preflights never carry cookies, `Authorization` or a client certificate: authentication that comes before " +
			"CORS refuses them all.",
		See:    seePreflight("-H 'Access-Control-Request-Method: PUT'"),
		Remedy: "Answer preflights before authentication.",
	},
	{
		ID: "preflight-redirected", Kinds: []Kind{KindCause}, Title: "the preflight is redirected", Severity: S2,
		Reference: corsPreflight, Fix: FixRedirect,
		What: "OPTIONS is answered with a redirect: from http to https, to a path with or without a slash, " +
			"from apex to www.",
		Why: "Browsers don't follow redirects of preflights; they block the request.",
		See: "curl -sI -X OPTIONS -H 'Origin: https://app.example.com' -H 'Access-Control-Request-Method: " +
			"PUT' https://api.example.com/",
		Remedy: "Call the URL that the redirect leads to, or answer OPTIONS before redirecting.",
	},
	{
		ID: "options-not-handled", Kinds: []Kind{KindCause}, Title: "nothing answers OPTIONS", Severity: S2,
		Reference: corsPreflight, Fix: FixPreflight,
		What: "OPTIONS is answered with 403, 404, 405, 501, a server error or a page, while the method itself is answered.",
		Why: "A preflight must be answered with a status from 200 to 299 and the CORS headers; routers know only the " +
			"methods that somebody wrote.",
		See:    seePreflight("-H 'Access-Control-Request-Method: PUT'"),
		Remedy: "Answer OPTIONS with 204 and the CORS headers on every path, before routing.",
	},
	{
		ID: "options-dropped", Kinds: []Kind{KindCause}, Title: "something swallows OPTIONS", Severity: S2,
		Reference: corsPreflight, Fix: FixInfrastructure,
		What:   "OPTIONS gets no answer at all, while GET is answered.",
		Why:    "A firewall, a balancer or an intrusion filter drops the method.",
		See:    "curl -m 10 -si -X OPTIONS https://api.example.com/; curl -m 10 -si https://api.example.com/",
		Remedy: "Let OPTIONS pass through the firewall or balancer in front of the server.",
	},
	{
		ID: "preflight-header-parsing", Kinds: []Kind{KindCause},
		Title: "the server reads the list of asked headers too strictly", Severity: S2,
		Reference: "https://fetch.spec.whatwg.org/#cors-preflight-fetch", Fix: FixPreflight,
		What: "The preflight passes when `Access-Control-Request-Headers` is written in another case, order or spacing " +
			"than a browser writes it.",
		Why: "A browser sends the names in lower case, sorted, with commas and no spaces; header names don't differ by " +
			"case, and a proxy may add spaces.",
		See: seePreflight("-H 'Access-Control-Request-Method: PUT' -H 'Access-Control-Request-Headers: authorization,content-type'"),
		Remedy: "Split the list at commas, trim spaces, and compare the names without regard to case, or update " +
			"the middleware.",
	},
}
