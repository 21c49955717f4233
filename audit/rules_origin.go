package audit

// prevalenceOf quotes Chen et al., We Still Don't Have Secure Cross-Domain Requests, USENIX Security 2018, table 3.
func prevalenceOf(share string) string {
	return share + " of 481,589 sub-domains with CORS (Chen et al., USENIX Security 2018)"
}

const corsCheck = "https://fetch.spec.whatwg.org/#concept-cors-check"

// seeOrigin is the command that shows how a server answers an origin.
func seeOrigin(origin string) string {
	return "curl -si -H 'Origin: " + origin + "' https://api.example.com/ | grep -i '^access-control'"
}

// originProbes are the probes whose Origin is foreign. Their examples are for the allowed origin
// https://app.example.com.
var originProbes = []Rule{
	{
		ID: "reflects-any-origin", Kinds: []Kind{KindProbe}, Title: "any origin is allowed", Severity: S1,
		WithoutCredentials: S3, Prevalence: prevalenceOf("3.3 %"), Reference: corsCheck, Fix: FixAllow,
		What: "The server copies whatever `Origin` it gets into `Access-Control-Allow-Origin`.",
		Why: "Every web page can read the answers. With `Access-Control-Allow-Credentials: true` it reads them as the " +
			"visitor who is logged in, which even `*` would not allow.",
		See:    seeOrigin("https://stranger.test"),
		Remedy: "Compare `Origin` with a list of whole origins, and send nothing back when it is not in it.",
	},
	{
		ID: "trusts-prefix", Kinds: []Kind{KindProbe}, Title: "an origin that begins like an allowed one is allowed",
		Severity: S1, Prevalence: prevalenceOf("0.4 %"), Reference: corsCheck, Fix: FixAllow,
		What: "The server looks at how `Origin` begins and not at where it ends, as `startsWith` or a pattern without " +
			"`$` does.",
		Why:    "Whoever owns attacker.test can name a host app.example.com.attacker.test, and is let in.",
		See:    seeOrigin("https://app.example.com.attacker.test"),
		Remedy: "Compare whole origins; if it must be a pattern, end it with `$`, or `\\z` where `$` matches before a line break.",
	},
	{
		ID: "trusts-suffix", Kinds: []Kind{KindProbe}, Title: "an origin that ends like an allowed one is allowed",
		Severity: S1, Prevalence: prevalenceOf("6.8 %"), Reference: corsCheck, Fix: FixAllow,
		What:   "The server looks at how `Origin` ends, as `endsWith(\"example.com\")` does, without the dot before it.",
		Why:    "Anybody can register evilexample.com, and is let in.",
		See:    seeOrigin("https://evilexample.com"),
		Remedy: "Compare whole origins; if sub-domains are meant, compare the end with `.example.com`, dot included.",
	},
	{
		ID: "trusts-substring", Kinds: []Kind{KindProbe}, Title: "a part of an allowed origin is allowed", Severity: S1,
		Prevalence: prevalenceOf("0.1 %"), Reference: corsCheck, Fix: FixAllow,
		What: "The server searches `Origin` in a text that holds the allowed ones, as `allowed.includes(origin)` does " +
			"when `allowed` is a string and not a list.",
		Why:    "A shorter name is found too, and xample.com or example.co may be anybody's.",
		See:    seeOrigin("https://xample.com"),
		Remedy: "Split the configured text into a list first, then look for an element that equals `Origin`.",
	},
	{
		ID: "unescaped-dot", Kinds: []Kind{KindProbe}, Title: "a dot of the pattern matches any character", Severity: S1,
		Prevalence: prevalenceOf("0.2 %"), Reference: corsCheck, Fix: FixAllow,
		What:   "The allow-list is a regular expression whose dots are not escaped, so that a dot stands for any character.",
		Why:    "appxexample.com can be registered by anybody, and is let in.",
		See:    seeOrigin("https://appxexample.com"),
		Remedy: "Compare whole origins; if it must be a pattern, write each dot as `\\.`.",
	},
	{
		ID: "trusts-null", Kinds: []Kind{KindProbe}, Title: "the origin null is allowed", Severity: S1,
		WithoutCredentials: S3, Prevalence: prevalenceOf("0.8 %"), Fix: FixAllow,
		Reference: "https://html.spec.whatwg.org/multipage/browsers.html#ascii-serialisation-of-an-origin",
		What:      "The server answers `Origin: null` with `Access-Control-Allow-Origin: null`.",
		Why: "Every page can make a frame whose origin is opaque (`<iframe sandbox=\"allow-scripts\">`), so that null " +
			"means anybody.",
		See:    seeOrigin("null"),
		Remedy: "Take `null` off the list; serve local files and sandboxed frames that need the API from a real origin.",
	},
	{
		ID: "trusts-http", Kinds: []Kind{KindProbe}, Title: "an https origin is allowed over plain http too", Severity: S1,
		Prevalence: prevalenceOf("12.7 %"), Reference: corsCheck, Fix: FixAllow,
		What: "The server ignores the scheme of `Origin`, or lists http beside https.",
		Why: "Whoever sits between a visitor and any network can put a script into a plain http page of that host, and " +
			"reads the https API with it.",
		See:    seeOrigin("http://app.example.com"),
		Remedy: "List origins with `https://`, and compare the scheme as well.",
	},
	{
		ID: "trusts-any-subdomain", Kinds: []Kind{KindProbe}, Title: "every sub-domain is allowed", Severity: S3,
		Prevalence: prevalenceOf("17.5 %"), Reference: corsCheck, Fix: FixAllow,
		What: "A sub-domain that nobody named, and that may not even exist, is let in.",
		Why: "One forgotten host below the domain (a dangling DNS record, a page with a scripting hole, a customer's own " +
			"name) is enough to read the API.",
		See:    seeOrigin("https://anything.example.com"),
		Remedy: "List the sub-domains that need the API by name.",
	},
	{
		ID: "ignores-port", Kinds: []Kind{KindProbe}, Title: "the port of an origin is ignored", Severity: S3,
		Reference: "https://html.spec.whatwg.org/multipage/browsers.html#same-origin", Fix: FixAllow,
		What:   "The server compares host names, so that an allowed host is allowed on every port.",
		Why:    "Another service on that machine, often an older or an internal one, becomes a way to the API.",
		See:    seeOrigin("https://app.example.com:8443"),
		Remedy: "Compare whole origins, port included.",
	},
	{
		ID: "trusts-localhost", Kinds: []Kind{KindProbe}, Title: "pages of the visitor's own machine are allowed",
		Severity: S1, WithoutCredentials: S3, Reference: corsCheck, Fix: FixAllow,
		What: "The server lets in http://localhost, 127.0.0.1 or whatever begins like them: a rule from development that " +
			"went live.",
		Why: "Any program that serves pages on a visitor's machine reads the API as that visitor, and so does " +
			"https://localhost.attacker.test where only the beginning is compared.",
		See:    seeOrigin("http://localhost:3000"),
		Remedy: "Keep development origins in the development configuration alone.",
	},
	{
		ID: "trusts-shared-hosting", Kinds: []Kind{KindProbe}, Title: "hosts where anybody can publish are allowed",
		Severity: S1, Reference: "https://publicsuffix.org/list/", Fix: FixAllow,
		What: "The server lets in any page of a hosting service: github.io, pages.dev, netlify.app, vercel.app, a " +
			"bucket host, a code playground.",
		Why:    "An account there is free, so that anybody can put a script behind such an origin.",
		See:    seeOrigin("https://stranger.github.io"),
		Remedy: "List your own project's origin in full, or a name of your own domain for it.",
	},
	{
		ID: "trusts-special-characters", Kinds: []Kind{KindProbe},
		Title: "a special character is taken for the end of a host", Severity: S1,
		Reference: "https://url.spec.whatwg.org/#forbidden-domain-code-point", Fix: FixAllow,
		Engines: []string{"chromium", "firefox", "webkit"},
		What: "A pattern such as `^https://app\\.example\\.com([^a-z.]|$)` takes a character like `_` or `` ` `` for the " +
			"end of the host.",
		Why: "Such characters may stand in a host name: all engines take `_` `-` `$` `+`, Chromium and WebKit most others " +
			"too, and app.example.com`.attacker.test is the attacker's.",
		See:    seeOrigin("https://app.example.com_.attacker.test"),
		Remedy: "Compare whole origins; if it must be a pattern, let only `$`, or `:` and digits, follow the host.",
	},
	{
		ID: "ignores-scheme-of-extension", Kinds: []Kind{KindProbe},
		Title: "origins of extensions and app shells are allowed", Severity: S3,
		Reference: "https://html.spec.whatwg.org/multipage/browsers.html#concept-origin-tuple", Fix: FixAllow,
		Engines: []string{"chromium", "firefox", "webkit"},
		What: "The server lets in every chrome-extension://, moz-extension:// or capacitor:// origin, or does not look at " +
			"the scheme.",
		Why:    "Any extension that a visitor has installed reads the API without asking for a permission to do so.",
		See:    seeOrigin("chrome-extension://mhjfbmdgcfjbbpaeojofohoefgiehjai"),
		Remedy: "List your extension's or app's own origin in full, id included.",
	},
}
