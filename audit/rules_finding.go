package audit

// The sections that findings rest on.
const (
	varyField    = "https://www.rfc-editor.org/rfc/rfc9110#section-12.5.5"
	corsCaches   = "https://fetch.spec.whatwg.org/#cors-protocol-and-http-caches"
	maxAgeHeader = "https://fetch.spec.whatwg.org/#http-access-control-max-age"
	cookieSites  = "https://datatracker.ietf.org/doc/html/draft-ietf-httpbis-rfc6265bis#section-5.6.7"
)

// seeTwice is the command that compares the answers with and without an Origin.
const seeTwice = "for o in https://app.example.com https://admin.example.com ''; do curl -si -H \"Origin: $o\" " +
	"https://api.example.com/ | grep -iE '^(vary|access-control|cache-control)'; echo; done"

// findings are wrong or wasteful whatever was expected.
var findings = []Rule{
	{
		ID: "vary-origin-missing", Kinds: []Kind{KindFinding}, Title: "the answer differs by Origin, and Vary does not say so",
		Severity: S3, Prevalence: "27 % of the sub-domains that differ by origin (Chen et al., USENIX Security 2018)",
		Reference: corsCaches, Fix: FixAllow,
		What: "Two origins get different answers that a shared cache may keep, and `Vary` does not name `Origin`.",
		Why: "A CDN, a proxy or the browser's own cache serves one front end what was meant for another, which then " +
			"fails until the entry expires.",
		See:    seeTwice,
		Remedy: "Send `Vary: Origin` with every answer that depends on `Origin`, with the refusals too.",
	},
	{
		ID: "vary-missing-on-non-cors", Kinds: []Kind{KindFinding}, Title: "Vary is missing where there is no Origin",
		Severity: S3, Reference: corsCaches, Fix: FixAllow,
		What: "The answer to a request without `Origin` (an image, a link, a crawler) does not name `Origin` in `Vary`, " +
			"although the answers to origins differ from it.",
		Why: "A cache keeps it for everyone: after somebody opened the URL in a tab, scripts get an answer without any " +
			"CORS header.",
		See:    seeTwice,
		Remedy: "Send `Vary: Origin` always, not only when the request has an `Origin`.",
	},
	{
		ID: "duplicate-cors-header", Kinds: []Kind{KindFinding}, Title: "a CORS header comes twice", Severity: S2,
		Reference: corsCheck, Fix: FixDouble,
		What: "`Access-Control-Allow-Origin` or `Access-Control-Allow-Credentials` stands on two lines, or has its value " +
			"twice.",
		Why: "Browsers join the lines to `a, a`, which equals no origin, so that every page is blocked. The cause is " +
			"nearly always a proxy and an application that both add the header.",
		See:    seeOrigin("https://app.example.com"),
		Remedy: "Let one place add CORS headers, and take them out of the other.",
	},
	{
		ID: "malformed-allow-origin", Kinds: []Kind{KindFinding, KindCause},
		Title: "Access-Control-Allow-Origin is no origin", Severity: S2, Reference: corsCheck, Fix: FixAllow,
		What: "The value is not one that can equal an `Origin`: a list, a pattern, a trailing slash or a path, upper " +
			"case, no scheme, nothing at all, or `undefined`.",
		Why:    "Browsers compare it byte for byte with the page's origin; whatever is not equal is refused.",
		See:    seeOrigin("https://app.example.com"),
		Remedy: "Send the request's own origin as it came, once it is found in the list.",
	},
	{
		ID: "malformed-allow-credentials", Kinds: []Kind{KindFinding},
		Title: "Access-Control-Allow-Credentials is not `true`", Severity: S2,
		Reference: "https://fetch.spec.whatwg.org/#http-access-control-allow-credentials", Fix: FixAllow,
		What:   "The value is something else than `true` in lower case: `True`, `1`, `yes`, `false`.",
		Why:    "Only `true` means anything; requests with credentials are blocked.",
		See:    seeOrigin("https://app.example.com"),
		Remedy: "Send `Access-Control-Allow-Credentials: true`, or leave the header out: there is no `false`.",
	},
	{
		ID: "wildcard-literal-with-credentials", Kinds: []Kind{KindFinding},
		Title: "`*` is a mere name when credentials are on", Severity: S2, Reference: protocolTable, Fix: FixAllow,
		What: "A list of methods, request headers or exposed headers is `*` in an answer that allows credentials.",
		Why: "On a request with credentials `*` allows only a method or header that is called `*`: nothing is allowed, " +
			"nothing exposed.",
		See:    seePreflight("-H 'Access-Control-Request-Method: PUT'"),
		Remedy: "Name the methods and headers.",
	},
	{
		ID: "authorization-not-covered-by-wildcard", Kinds: []Kind{KindFinding},
		Title: "`*` does not cover Authorization by the standard", Severity: S4, Engines: []string{"standard"},
		Reference: "https://fetch.spec.whatwg.org/#cors-non-wildcard-request-header-name", Fix: FixAllow,
		What: "`Access-Control-Allow-Headers: *` is all that allows `Authorization`. The standard wants the name itself; " +
			"Chromium, Firefox and WebKit let it pass today.",
		Why:    "The browsers mean to follow the standard (Firefox warns already), and then every such request fails.",
		See:    seePreflight("-H 'Access-Control-Request-Method: GET' -H 'Access-Control-Request-Headers: authorization'"),
		Remedy: "Send `Access-Control-Allow-Headers: *, Authorization`.",
	},
	{
		ID: "preflight-headers-on-response", Kinds: []Kind{KindFinding}, Title: "preflight headers on a response",
		Severity: S4, Reference: "https://fetch.spec.whatwg.org/#http-responses", Fix: FixAllow,
		What: "`Access-Control-Allow-Methods`, `-Allow-Headers` or `-Max-Age` stands on the answer to the request " +
			"itself, where no browser reads it.",
		Why: "It is bytes on every answer, and often a sign that somebody set the headers everywhere and the preflight " +
			"is answered elsewhere.",
		See:    seeOrigin("https://app.example.com"),
		Remedy: "Send these headers in answers to preflights alone.",
	},
	{
		ID: "response-headers-on-preflight", Kinds: []Kind{KindFinding}, Title: "response headers on a preflight",
		Severity: S4, Reference: "https://fetch.spec.whatwg.org/#http-responses", Fix: FixAllow,
		What:   "`Access-Control-Expose-Headers` stands on the answer to a preflight, where no browser reads it.",
		Why:    "If it is missing on the answer to the request itself, scripts can't read the headers that it names.",
		See:    seePreflight("-H 'Access-Control-Request-Method: PUT'"),
		Remedy: "Send `Access-Control-Expose-Headers` with the answer to the request itself.",
	},
	{
		ID: "max-age-missing", Kinds: []Kind{KindFinding}, Title: "preflights are hardly cached", Severity: S4,
		Reference: maxAgeHeader, Fix: FixAllow,
		What:   "The preflight's answer has no `Access-Control-Max-Age`.",
		Why:    "Browsers then ask again after 5 seconds: nearly every request costs two round trips.",
		See:    seePreflight("-H 'Access-Control-Request-Method: PUT'"),
		Remedy: "Send `Access-Control-Max-Age: 7200`, the longest that Chromium keeps.",
	},
	{
		ID: "max-age-over-cap", Kinds: []Kind{KindFinding}, Title: "max-age is longer than browsers keep it", Severity: S4,
		Reference: maxAgeHeader, Fix: FixAllow, Engines: []string{"chromium", "firefox", "webkit"},
		What: "`Access-Control-Max-Age` is above 86400 seconds, which no browser honours: Chromium keeps a preflight " +
			"7200 seconds at most, Firefox 86400, WebKit 600.",
		Why:    "Somebody may count on a time that does not come true; it does no harm.",
		See:    seePreflight("-H 'Access-Control-Request-Method: PUT'"),
		Remedy: "Send 7200, or up to 86400 for Firefox's sake.",
	},
	{
		ID: "max-age-malformed", Kinds: []Kind{KindFinding}, Title: "max-age is no number of seconds", Severity: S4,
		Reference: maxAgeHeader, Fix: FixAllow, Engines: []string{"chromium", "firefox", "webkit"},
		What: "`Access-Control-Max-Age` has a sign, a unit or a fraction, or comes twice.",
		Why: "Firefox does not cache the preflight at all, Chromium and WebKit keep it 5 seconds: the header might as " +
			"well be missing.",
		See:    seePreflight("-H 'Access-Control-Request-Method: PUT'"),
		Remedy: "Send one header of digits, such as `Access-Control-Max-Age: 7200`.",
	},
	{
		ID: "expose-set-cookie", Kinds: []Kind{KindFinding}, Title: "Set-Cookie can't be exposed", Severity: S4,
		Reference: "https://fetch.spec.whatwg.org/#forbidden-response-header-name", Fix: FixAllow,
		What:   "`Access-Control-Expose-Headers` names `Set-Cookie` or `Set-Cookie2`, which no script can ever read.",
		Why:    "Somebody counts on something that does not work; where a session needs reading, it belongs in the body.",
		See:    seeOrigin("https://app.example.com"),
		Remedy: "Take the name off the list.",
	},
	{
		ID: "safelisted-name-listed", Kinds: []Kind{KindFinding}, Title: "exposes what every script can read", Severity: S4,
		Reference: "https://fetch.spec.whatwg.org/#cors-safelisted-response-header-name", Fix: FixAllow,
		What: "`Access-Control-Expose-Headers` names Cache-Control, Content-Language, Content-Length, Content-Type, " +
			"Expires, Last-Modified or Pragma.",
		Why:    "It is needless; it does no harm.",
		See:    seeOrigin("https://app.example.com"),
		Remedy: "Take the name off the list.",
	},
	{
		ID: "forbidden-name-listed", Kinds: []Kind{KindFinding}, Title: "allows a header that no script can set",
		Severity: S4, Reference: "https://fetch.spec.whatwg.org/#forbidden-request-header", Fix: FixAllow,
		What: "`Access-Control-Allow-Headers` names a header that browsers keep to themselves: Host, Origin, Cookie, " +
			"Referer, anything that begins with Sec- or Proxy-.",
		Why:    "It allows nothing. (To allow cookies, the header is `Access-Control-Allow-Credentials`.)",
		See:    seePreflight("-H 'Access-Control-Request-Method: PUT'"),
		Remedy: "Take the name off the list.",
	},
	{
		ID: "preflight-has-body", Kinds: []Kind{KindFinding}, Title: "a preflight's answer has a body", Severity: S4,
		Reference: corsPreflight, Fix: FixPreflight,
		What: "The answer to a preflight brings a body, which nobody reads.",
		Why: "It is often a page of the application: the request went through all of it, log-in and database included, " +
			"before a CORS layer added its headers.",
		See:    seePreflight("-H 'Access-Control-Request-Method: PUT'"),
		Remedy: "Answer preflights with 204 and no body, before the application.",
	},
	{
		ID: "preflight-sets-cookie", Kinds: []Kind{KindFinding}, Title: "a preflight's answer sets a cookie", Severity: S3,
		Reference: corsPreflight, Fix: FixPreflight,
		What: "The answer to a preflight has `Set-Cookie`. Preflights carry no cookies, and those of their answers are " +
			"ignored.",
		Why:    "A session is created for each preflight and never used: sessions pile up, balancers lose their stickiness.",
		See:    seePreflight("-H 'Access-Control-Request-Method: PUT'"),
		Remedy: "Answer preflights before the session layer.",
	},
	{
		ID: "cookie-not-cross-site", Kinds: []Kind{KindFinding}, Title: "a cookie that never comes back", Severity: S3,
		Reference: cookieSites, Fix: FixCookie,
		What: "An answer to a page of another site sets a cookie without `SameSite=None; Secure`, on a request with " +
			"credentials.",
		Why: "Browsers neither keep it nor send it with the next request of that page: the log-in seems to work, and the " +
			"next request is anonymous.",
		See:    "curl -si -H 'Origin: https://app.example.com' https://api.example.com/ | grep -i '^set-cookie'",
		Remedy: "Set the cookie with `SameSite=None; Secure`, or serve page and API from one site.",
	},
	{
		ID: "third-party-cookie-blocked", Kinds: []Kind{KindFinding}, Title: "a third-party cookie that browsers block",
		Severity: S4, Reference: "https://privacycg.github.io/storage-access/", Fix: FixCookie,
		Engines: []string{"firefox", "webkit"},
		What: "The cookie is meant for requests from another site, and is not `Partitioned`. Safari blocks such cookies, " +
			"Firefox keeps one jar for each site, and Chromium blocks them in private windows.",
		Why:    "A session that began on the API's own site is missing in requests from the page, though the headers are right.",
		See:    "curl -si -H 'Origin: https://app.example.com' https://api.example.com/ | grep -i '^set-cookie'",
		Remedy: "Serve page and API from one site, add `Partitioned`, or send a token in `Authorization` instead.",
	},
	{
		ID: "corp-conflicts", Kinds: []Kind{KindFinding}, Title: "Cross-Origin-Resource-Policy refuses what CORS allows",
		Severity: S2, Reference: "https://fetch.spec.whatwg.org/#cross-origin-resource-policy-header", Fix: FixPolicy,
		What: "The answer allows the origin by CORS and has `Cross-Origin-Resource-Policy: same-origin` or `same-site`, " +
			"which rules it out.",
		Why: "fetch() in mode cors works, while the same URL in an `<img>`, a `<script>` or a no-cors fetch of that page " +
			"is blocked.",
		See: "curl -si -H 'Origin: https://app.example.com' https://api.example.com/ | " +
			"grep -iE '^(access-control-allow-origin|cross-origin-resource-policy)'",
		Remedy: "Send `Cross-Origin-Resource-Policy: cross-origin` where other sites are meant to load the resource.",
	},
	{
		ID: "mixed-content-loopback", Kinds: []Kind{KindFinding}, Title: "an https page calls plain http on this machine",
		Severity: S4, Reference: "https://w3c.github.io/webappsec-mixed-content/#should-block-fetch", Fix: FixTarget,
		Engines: []string{"webkit"},
		What: "The page is https, the target plain http on a loopback host. Chromium and Firefox trust such hosts, WebKit " +
			"blocks the request as mixed content.",
		Why:    "Where the local server stands in for production nothing is wrong; where it is the real one, Safari fails.",
		See:    "in Safari: fetch(\"http://localhost:8080/\") on any https page",
		Remedy: "Serve the local API over https, if pages in Safari are meant to call it.",
	},
	{
		ID: "local-network-target", Kinds: []Kind{KindFinding}, Title: "a public page calls a private address",
		Severity: S4, Reference: "https://wicg.github.io/local-network-access/", Fix: FixTarget,
		Engines: []string{"chromium"},
		What:    "The page's host is public, the target's address is in private address space.",
		Why: "Chromium asks the visitor for the permission to reach the local network first, and only on https pages; no " +
			"CORS header changes that.",
		See:    "getent hosts api.example.com",
		Remedy: "Expect the question, ask for it where the page can explain it, or put the API on a public address.",
	},
}
