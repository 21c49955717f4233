package audit

// responseCauses are the causes that lie in the answer to the request itself, or on the way to the server.
var responseCauses = []Rule{
	{
		ID: "response-lacks-cors", Kinds: []Kind{KindCause}, Title: "only the preflight has CORS headers", Severity: S2,
		Reference: corsCheck, Fix: FixAllow,
		What: "The preflight passes, and the answer to the request itself carries no CORS header.",
		Why: "Browsers check both. The two are often answered by different things: a proxy or a gateway takes OPTIONS, " +
			"the application the rest.",
		See:    seeRequest,
		Remedy: "Add `Access-Control-Allow-Origin`, and `-Allow-Credentials` where it is needed, to every answer.",
	},
	{
		ID: "errors-lack-cors", Kinds: []Kind{KindCause}, Title: "error answers lack CORS headers", Severity: S2,
		Reference: corsCheck, Fix: FixErrors,
		What: "Good answers carry CORS headers, this error does not: nginx `add_header` without `always`, a framework's " +
			"error handler, an authorizer or gateway that answers first.",
		Why:    "The script can't see the status: a 401 that should lead to the log-in looks like a lost connection.",
		See:    "curl -si -H 'Origin: https://app.example.com' https://api.example.com/no-such-page",
		Remedy: "Add the CORS headers where every answer goes through, errors included.",
	},
	{
		ID: "duplicate-cors-headers", Kinds: []Kind{KindCause}, Title: "a CORS header comes twice", Severity: S2,
		Reference: corsCheck, Fix: FixDouble,
		What:   "`Access-Control-Allow-Origin` or `-Allow-Credentials` comes twice, or as `a, a`.",
		Why:    "A proxy and an application both add it; browsers join the lines, and the joined value equals no origin.",
		See:    seeOrigin("https://app.example.com"),
		Remedy: "Let one place add CORS headers, and take them out of the other.",
	},
	{
		ID: "cache-ignores-origin", Kinds: []Kind{KindCause}, Title: "a cache serves one origin's answer to another",
		Severity: S2, Reference: corsCaches, Fix: FixCache,
		What: "Under a fresh URL the page passes; after somebody else asked for it, or in the other order, it gets the " +
			"answer that was kept.",
		Why: "The cache's key does not contain `Origin`, or the server sends no `Vary: Origin`. Age, X-Cache or " +
			"CF-Cache-Status tell which cache.",
		See: "curl -si 'https://api.example.com/?x=1' >/dev/null; " +
			"curl -si -H 'Origin: https://app.example.com' 'https://api.example.com/?x=1'",
		Remedy: "Send `Vary: Origin` always, and make the cache honour it or put `Origin` into its key.",
	},
	{
		ID: "edge-differs", Kinds: []Kind{KindCause}, Title: "the way through the CDN answers otherwise", Severity: S2,
		Reference: "https://www.rfc-editor.org/rfc/rfc9110#section-7.7", Fix: FixInfrastructure,
		What: "The same request passes straight at the origin server and fails through the edge: a header was " +
			"dropped, added or changed.",
		Why:    "The edge has rules of its own for headers, methods or caching.",
		See:    "curl -si --connect-to api.example.com:443:203.0.113.7:443 https://api.example.com/, and without",
		Remedy: "Let the edge pass `Origin`, OPTIONS and the CORS headers through, or let it alone set them.",
	},
	{
		ID: "node-disagrees", Kinds: []Kind{KindCause}, Title: "one server of several answers otherwise", Severity: S3,
		Reference: corsCheck, Fix: FixInfrastructure,
		What: "Repeated on fresh connections, or sent to each address, some answers differ.",
		Why:  "A node is left behind by a deployment; pages fail now and then, for some.",
		See: "for a in $(dig +short api.example.com); do curl -si --resolve api.example.com:443:$a " +
			"https://api.example.com/; done",
		Remedy: "Bring the node to the configuration of the others, or take it out of the pool.",
	},
	{
		ID: "protocol-differs", Kinds: []Kind{KindCause}, Title: "another protocol is answered otherwise", Severity: S3,
		Reference: "https://www.rfc-editor.org/rfc/rfc9110#section-3.1", Fix: FixInfrastructure,
		What:   "HTTP/1.1 and HTTP/2, IPv4 and IPv6, or GET and HEAD are not answered alike.",
		Why:    "They end at different listeners or handlers, and only one of them has the CORS headers.",
		See:    "curl -si --http1.1 https://api.example.com/; curl -si --http2 https://api.example.com/",
		Remedy: "Put the CORS configuration into every listener and handler.",
	},
	{
		ID: "redirect-target-lacks-cors", Kinds: []Kind{KindCause}, Title: "a redirect leads where CORS is missing",
		Severity: S2, Reference: "https://fetch.spec.whatwg.org/#concept-http-redirect-fetch", Fix: FixRedirect,
		What: "The first answer passes, a later one does not. After a redirect from one foreign origin to another the " +
			"page's origin is sent as `null`.",
		Why:    "Every answer on the way is checked for itself.",
		See:    "curl -siL -H 'Origin: https://app.example.com' https://api.example.com/",
		Remedy: "Call the last URL of the chain, or send CORS headers with each answer of it.",
	},
	{
		ID: "redirect-with-credentials-in-url", Kinds: []Kind{KindCause},
		Title: "a redirect has a user name in its URL", Severity: S2,
		Reference: "https://fetch.spec.whatwg.org/#concept-http-redirect-fetch", Fix: FixRedirect,
		What:   "`Location` carries user:password@, which browsers refuse across origins.",
		Why:    "Credentials in URLs leak; the standard makes it a network error.",
		See:    "curl -sI https://api.example.com/ | grep -i '^location'",
		Remedy: "Redirect to a URL without credentials.",
	},
	{
		ID: "challenge-page", Kinds: []Kind{KindCause}, Title: "a bot check or firewall answers", Severity: S2,
		Reference: corsCheck, Fix: FixInfrastructure,
		What:   "A page of a firewall or bot protection comes with 403, 429 or 503 in place of the API's answer.",
		Why:    "A script can't solve a challenge, and a preflight has no cookie that says one was solved.",
		See:    seeRequest,
		Remedy: "Exempt OPTIONS, and the API's paths, from the challenge.",
	},
	{
		ID: "origin-stripped", Kinds: []Kind{KindCause}, Title: "Origin gets lost on the way", Severity: S2,
		Reference: "https://fetch.spec.whatwg.org/#origin-header", Fix: FixOrigin,
		What:   "Answers with and without `Origin` are the same, while another way to the same server gives CORS headers.",
		Why:    "A CDN or proxy drops request headers that are not on its list, so that the server sees no CORS request.",
		See:    seeTwice,
		Remedy: "Forward `Origin`, `Access-Control-Request-Method` and `Access-Control-Request-Headers` to the server.",
	},
	{
		ID: "header-not-exposed", Kinds: []Kind{KindCause}, Title: "a response header is not exposed", Severity: S2,
		Reference: exposeHeaders, Fix: FixExpose,
		What: "The header is in the response and not in `Access-Control-Expose-Headers`.",
		Why: "Scripts read seven safelisted headers, and others only when they are named; `*` names all but " +
			"for requests with credentials.",
		See:    seeOrigin("https://app.example.com"),
		Remedy: "Add the header to `Access-Control-Expose-Headers`.",
	},
}
