package audit

// The parts of a preflight that texts point to.
const (
	corsPreflight = "https://fetch.spec.whatwg.org/#cors-preflight-fetch"
	exposeHeaders = "https://fetch.spec.whatwg.org/#http-access-control-expose-headers"
	protocolTable = "https://fetch.spec.whatwg.org/#cors-protocol-and-credentials"
)

// seePreflight is the command that shows how a server answers a preflight.
func seePreflight(asks string) string {
	return "curl -si -X OPTIONS -H 'Origin: https://app.example.com' " + asks +
		" https://api.example.com/ | grep -i '^access-control'"
}

// policyProbes are the probes of an allowed page that may do less than it tries, and those of the wildcards.
var policyProbes = []Rule{
	{
		ID: "wildcard-with-credentials", Kinds: []Kind{KindProbe, KindCause}, Title: "`*` on an answer with credentials",
		Severity: S2, Prevalence: prevalenceOf("1.5 %"), Reference: protocolTable, Fix: FixAllow,
		What: "With credentials, `*` is no wildcard: not in `Access-Control-Allow-Origin`, where browsers refuse it, and " +
			"not in the lists of methods and headers, where it is an ordinary name.",
		Why:    "Every request with `credentials: \"include\"` fails, whether or not there is a cookie to send.",
		See:    seeOrigin("https://app.example.com"),
		Remedy: "Send the request's own origin, once it is found in the list, and name each method and header.",
	},
	{
		ID: "wildcard-origin", Kinds: []Kind{KindProbe}, Title: "`*` where the policy names origins", Severity: S3,
		Reference: corsCheck, Fix: FixAllow,
		What:   "The server sends `Access-Control-Allow-Origin: *`, so that every page can read what needs no credentials.",
		Why:    "What is reachable without logging in, and what an internal network lets its own people see, is open to all pages.",
		See:    seeOrigin("https://stranger.test"),
		Remedy: "Send the request's own origin when it is in the list, and nothing otherwise.",
	},
	{
		ID: "method-beyond-policy", Kinds: []Kind{KindProbe}, Title: "a method that is not listed is allowed", Severity: S3,
		Reference: corsPreflight, Fix: FixAllow,
		What: "A preflight for a method that the policy does not name passes: the server sends back whatever method is " +
			"asked for, or lists them all. (GET, HEAD and POST can't be refused.)",
		Why:    "A script on an allowed page, or one that got into it, can change and delete what it was only meant to read.",
		See:    seePreflight("-H 'Access-Control-Request-Method: DELETE'"),
		Remedy: "List the methods that the front end uses.",
	},
	{
		ID: "header-beyond-policy", Kinds: []Kind{KindProbe}, Title: "a request header that is not listed is allowed",
		Severity: S3, Reference: corsPreflight, Fix: FixAllow,
		What: "A preflight for a header that the policy does not name passes: the server sends back what is asked for, " +
			"or `*`.",
		Why: "Headers that decide something inside (X-Forwarded-For, X-HTTP-Method-Override, a debug switch) can be set " +
			"by any script of an allowed page.",
		See:    seePreflight("-H 'Access-Control-Request-Method: GET' -H 'Access-Control-Request-Headers: x-anything'"),
		Remedy: "List the request headers that the front end sets.",
	},
	{
		ID: "credentials-beyond-policy", Kinds: []Kind{KindProbe}, Title: "credentials are allowed where none are meant",
		Severity: S1, Reference: protocolTable, Fix: FixAllow,
		What:   "The answer carries `Access-Control-Allow-Credentials: true`, although the policy wants no credentials.",
		Why:    "Cookies go along, so that scripts on the allowed pages read the answers as the visitor who is logged in.",
		See:    seeOrigin("https://app.example.com"),
		Remedy: "Leave `Access-Control-Allow-Credentials` out.",
	},
	{
		ID: "exposes-beyond-policy", Kinds: []Kind{KindProbe}, Title: "response headers are readable that are not listed",
		Severity: S4, Reference: exposeHeaders, Fix: FixAllow,
		What:   "`Access-Control-Expose-Headers` names headers that the policy does not, or is `*`.",
		Why:    "Scripts learn what is meant for operators: versions, node names, internal ids.",
		See:    seeOrigin("https://app.example.com"),
		Remedy: "List the response headers that the front end reads.",
	},
}
