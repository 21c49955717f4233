package audit

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/corsgate/corsgate/cors"
)

const (
	appOrigin = "https://app.example.com"
	apiURL    = "https://api.example.net/users"
)

// asked is a GET of the origin, or of none, and its answer: header lines of the response and, marked by ">", of the
// request; "-" and a text is the body.
func asked(origin string, status int, lines ...string) Exchange {
	x := Exchange{Request: cors.Request{Kind: cors.KindRequest, Method: "GET", URL: apiURL}}
	if origin != "" {
		x.Request.Headers = fields("Origin: " + origin)
	}
	var response []string
	for _, line := range lines {
		if header, ok := strings.CutPrefix(line, ">"); ok {
			x.Request.Headers = append(x.Request.Headers, fields(header)...)
		} else if body, ok := strings.CutPrefix(line, "-"); ok {
			x.Body = []byte(body)
		} else {
			response = append(response, line)
		}
	}
	x.Response = &cors.Response{Status: status, Headers: fields(response...)}
	return x
}

func get(lines ...string) Exchange { return asked(appOrigin, 200, lines...) }

func preflight(lines ...string) Exchange {
	x := asked(appOrigin, 204, append(lines, ">Access-Control-Request-Method: PUT")...)
	x.Request.Kind, x.Request.Method = cors.KindPreflight, "OPTIONS"
	return x
}

const (
	allowed     = "Access-Control-Allow-Origin: https://app.example.com"
	anyone      = "Access-Control-Allow-Origin: *"
	credentials = "Access-Control-Allow-Credentials: true"
	ten         = "Access-Control-Max-Age: 600"
	vary        = "Vary: Origin"
)

func exchanges(list ...Exchange) []Exchange { return list }

func TestAFindingNeedsAnExchangeThatShowsIt(t *testing.T) {
	for _, tt := range []struct {
		id, name string
		x        Exchange
		want     bool
	}{
		{"duplicate-cors-header", "two lines", get(allowed, allowed), true},
		{"duplicate-cors-header", "two origins on two lines", get(allowed, anyone), true},
		{"duplicate-cors-header", "joined by a proxy", get(allowed + ", https://app.example.com"), true},
		{"duplicate-cors-header", "credentials twice", get(allowed, credentials, credentials), true},
		{"duplicate-cors-header", "in a preflight", preflight(allowed, allowed), true},
		{"duplicate-cors-header", "one line", get(allowed, credentials), false},
		{"duplicate-cors-header", "lists may have several lines",
			preflight(allowed, ten, "Access-Control-Allow-Methods: PUT", "Access-Control-Allow-Methods: DELETE"), false},

		{"malformed-allow-origin", "a list", get(allowed + ", https://b.example.com"), true},
		{"malformed-allow-origin", "a list with spaces", get(allowed + " https://b.example.com"), true},
		{"malformed-allow-origin", "a slash", get(allowed + "/"), true},
		{"malformed-allow-origin", "a path", get(allowed + "/index.html"), true},
		{"malformed-allow-origin", "upper case", get("Access-Control-Allow-Origin: https://App.example.com"), true},
		{"malformed-allow-origin", "no scheme", get("Access-Control-Allow-Origin: app.example.com"), true},
		{"malformed-allow-origin", "an empty value", get("Access-Control-Allow-Origin:"), true},
		{"malformed-allow-origin", "undefined", get("Access-Control-Allow-Origin: undefined"), true},
		{"malformed-allow-origin", "a pattern", get("Access-Control-Allow-Origin: https://*.example.com"), true},
		{"malformed-allow-origin", "the default port", get("Access-Control-Allow-Origin: https://app.example.com:443"), true},
		{"malformed-allow-origin", "another origin", get("Access-Control-Allow-Origin: https://b.example.com"), false},
		{"malformed-allow-origin", "a star", get(anyone), false},
		{"malformed-allow-origin", "null", get("Access-Control-Allow-Origin: null"), false},
		{"malformed-allow-origin", "none", get(), false},
		{"malformed-allow-origin", "an extension", get("Access-Control-Allow-Origin: chrome-extension://abc"), false},

		{"malformed-allow-credentials", "True", get(allowed, "Access-Control-Allow-Credentials: True"), true},
		{"malformed-allow-credentials", "false", get(allowed, "Access-Control-Allow-Credentials: false"), true},
		{"malformed-allow-credentials", "empty", get(allowed, "Access-Control-Allow-Credentials:"), true},
		{"malformed-allow-credentials", "true", get(allowed, credentials), false},

		{"wildcard-literal-with-credentials", "methods", preflight(allowed, credentials, ten, "Access-Control-Allow-Methods: *"), true},
		{"wildcard-literal-with-credentials", "headers", preflight(allowed, credentials, ten, "Access-Control-Allow-Headers: x-a, *"), true},
		{"wildcard-literal-with-credentials", "exposed", get(allowed, credentials, "Access-Control-Expose-Headers: *"), true},
		{"wildcard-literal-with-credentials", "without credentials", preflight(anyone, ten, "Access-Control-Allow-Methods: *"), false},
		{"wildcard-literal-with-credentials", "a stranger's preflight",
			preflight("Access-Control-Allow-Origin: https://b.example.com", credentials, ten, "Access-Control-Allow-Methods: *"), false},

		{"authorization-not-covered-by-wildcard", "a star alone",
			preflight(">Access-Control-Request-Headers: authorization,x-a", anyone, ten, "Access-Control-Allow-Headers: *"), true},
		{"authorization-not-covered-by-wildcard", "named beside the star",
			preflight(">Access-Control-Request-Headers: authorization", anyone, ten, "Access-Control-Allow-Headers: *, authorization"), false},
		{"authorization-not-covered-by-wildcard", "not asked for",
			preflight(">Access-Control-Request-Headers: x-a", anyone, ten, "Access-Control-Allow-Headers: *"), false},

		{"preflight-headers-on-response", "methods", get(allowed, "Access-Control-Allow-Methods: PUT"), true},
		{"preflight-headers-on-response", "max-age", get(allowed, ten), true},
		{"preflight-headers-on-response", "on a preflight", preflight(allowed, ten, "Access-Control-Allow-Methods: PUT"), false},
		{"response-headers-on-preflight", "expose", preflight(allowed, ten, "Access-Control-Expose-Headers: x-a"), true},
		{"response-headers-on-preflight", "on a response", get(allowed, "Access-Control-Expose-Headers: x-a"), false},

		{"max-age-missing", "missing", preflight(allowed), true},
		{"max-age-missing", "there", preflight(allowed, ten), false},
		{"max-age-missing", "zero is a choice", preflight(allowed, "Access-Control-Max-Age: 0"), false},
		{"max-age-missing", "a refused preflight says nothing", preflight(), false},
		{"max-age-over-cap", "a week", preflight(allowed, "Access-Control-Max-Age: 604800"), true},
		{"max-age-over-cap", "beyond 64 bits", preflight(allowed, "Access-Control-Max-Age: 100000000000000000000"), true},
		{"max-age-over-cap", "a day, which Firefox keeps", preflight(allowed, "Access-Control-Max-Age: 86400"), false},
		{"max-age-malformed", "a unit", preflight(allowed, "Access-Control-Max-Age: 10m"), true},
		{"max-age-malformed", "two lines", preflight(allowed, ten, ten), true},
		{"max-age-malformed", "negative", preflight(allowed, "Access-Control-Max-Age: -1"), true},
		{"max-age-malformed", "digits", preflight(allowed, ten), false},

		{"expose-set-cookie", "set-cookie", get(allowed, "Access-Control-Expose-Headers: x-a, set-cookie"), true},
		{"expose-set-cookie", "a custom name", get(allowed, "Access-Control-Expose-Headers: x-set-cookie"), false},
		{"safelisted-name-listed", "content-type", get(allowed, "Access-Control-Expose-Headers: x-a, content-type"), true},
		{"safelisted-name-listed", "etag is not safelisted", get(allowed, "Access-Control-Expose-Headers: ETag"), false},
		{"forbidden-name-listed", "host", preflight(allowed, ten, "Access-Control-Allow-Headers: x-a, Host"), true},
		{"forbidden-name-listed", "sec-", preflight(allowed, ten, "Access-Control-Allow-Headers: Sec-Fetch-Mode"), true},
		{"forbidden-name-listed", "a script may set it", preflight(allowed, ten, "Access-Control-Allow-Headers: User-Agent"), false},

		{"preflight-has-body", "a page", preflight(allowed, ten, "Content-Type: text/html", "-<html>"), true},
		{"preflight-has-body", "no body", preflight(allowed, ten), false},
		{"preflight-has-body", "a refusal may say why", preflight("-Invalid CORS request"), false},
		{"preflight-sets-cookie", "a session", preflight(allowed, ten, "Set-Cookie: s=1"), true},
		{"preflight-sets-cookie", "on the response", get(allowed, "Set-Cookie: s=1"), false},

		{"cookie-not-cross-site", "neither attribute", get(allowed, credentials, "Set-Cookie: s=1; Path=/"), true},
		{"cookie-not-cross-site", "Lax", get(allowed, credentials, "Set-Cookie: s=1; SameSite=Lax; Secure"), true},
		{"cookie-not-cross-site", "not Secure", get(allowed, credentials, "Set-Cookie: s=1; samesite=none"), true},
		{"cookie-not-cross-site", "both", get(allowed, credentials, "Set-Cookie: s=1; SameSite=None; Secure; Partitioned"), false},
		{"cookie-not-cross-site", "removed", get(allowed, credentials, "Set-Cookie: s=; Max-Age=0"), false},
		{"cookie-not-cross-site", "without credentials nothing is kept", get(allowed, "Set-Cookie: s=1"), false},
		{"third-party-cookie-blocked", "a third-party cookie", get(allowed, credentials, "Set-Cookie: s=1; SameSite=None; Secure"), true},
		{"third-party-cookie-blocked", "partitioned",
			get(allowed, credentials, "Set-Cookie: s=1; SameSite=None; Secure; Partitioned"), false},

		{"corp-conflicts", "same-origin", get(allowed, "Cross-Origin-Resource-Policy: same-origin"), true},
		{"corp-conflicts", "same-site on another site", get(anyone, "Cross-Origin-Resource-Policy: same-site"), true},
		{"corp-conflicts", "cross-origin", get(allowed, "Cross-Origin-Resource-Policy: cross-origin"), false},
		{"corp-conflicts", "an origin that is not allowed", get("Cross-Origin-Resource-Policy: same-origin"), false},
	} {
		o := &Observation{
			Fetch: cors.Fetch{Origin: origin(t, appOrigin)}, Browsers: cors.Engines()[1:], Exchanges: exchanges(tt.x),
		}
		found := Findings(o)
		i := slices.IndexFunc(found, func(f Finding) bool { return f.Rule == tt.id })
		if (i >= 0) != tt.want {
			t.Errorf("%s: %s: found %v", tt.id, tt.name, found)
		}
		if i >= 0 && (found[i].Message == "" || found[i].Exchange != 0 || found[i].Severity != rule(tt.id).Severity) {
			t.Errorf("%s: %s: %+v", tt.id, tt.name, found[i])
		}
	}
}

func TestVaryIsMissedOnlyWhereACacheCouldMixAnswersUp(t *testing.T) {
	const other = "https://b.example.com"
	otherAllowed := "Access-Control-Allow-Origin: " + other
	for _, tt := range []struct {
		name   string
		x      Exchange
		beside []Exchange
		want   []string
	}{
		{"reflected without Vary", get(allowed), exchanges(asked("", 200), asked(other, 200, otherAllowed)),
			[]string{"vary-origin-missing", "vary-missing-on-non-cors"}},
		{"Vary only with Origin", get(allowed, vary), exchanges(asked("", 200), asked(other, 200, otherAllowed, vary)),
			[]string{"vary-missing-on-non-cors"}},
		{"Vary only for those who are allowed", get(allowed, vary), exchanges(asked("", 200, vary), asked(other, 200)),
			[]string{"vary-origin-missing"}},
		{"Vary names something else", get(allowed, "Vary: Accept-Encoding"),
			exchanges(asked("", 200, vary), asked(other, 200, otherAllowed, vary)), []string{"vary-origin-missing"}},
		{"reflected with Vary", get(allowed, "Vary: accept, ORIGIN"),
			exchanges(asked("", 200, vary), asked(other, 200, otherAllowed, vary)), nil},
		{"Vary: *", get(allowed, "Vary: *"), exchanges(asked("", 200, "Vary: *"), asked(other, 200, "Vary: *")), nil},
		{"constant", get(allowed), exchanges(asked("", 200, allowed), asked(other, 200, allowed)), nil},
		{"public", get(anyone), exchanges(asked("", 200, anyone), asked(other, 200, anyone)), nil},
		{"not stored", get(allowed, "Cache-Control: no-store"), exchanges(asked("", 200), asked(other, 200, otherAllowed)), nil},
		{"private", get(allowed, "Cache-Control: max-age=60, Private"), exchanges(asked("", 200), asked(other, 200, otherAllowed)), nil},
		{"401", asked(appOrigin, 401, allowed), exchanges(asked("", 401), asked(other, 401, otherAllowed)), nil},
		{"403", asked(appOrigin, 403, allowed), exchanges(asked("", 403), asked(other, 403, otherAllowed)), nil},
		{"500 is not kept", asked(appOrigin, 500, allowed), exchanges(asked("", 500), asked(other, 500, otherAllowed)), nil},
		{"302 is kept when told", asked(appOrigin, 302, allowed, "Cache-Control: max-age=60"),
			exchanges(asked("", 302, "Cache-Control: max-age=60"), asked(other, 302, otherAllowed)),
			[]string{"vary-origin-missing", "vary-missing-on-non-cors"}},
		{"with Authorization", get(allowed, ">Authorization: Bearer x"),
			exchanges(asked("", 200, ">Authorization: Bearer x"), asked(other, 200, otherAllowed, ">Authorization: Bearer x")), nil},
		{"with Authorization, public", get(allowed, ">Authorization: Bearer x", "Cache-Control: public"),
			exchanges(asked(other, 200, otherAllowed, ">Authorization: Bearer x")), []string{"vary-origin-missing"}},
		{"nothing to compare with", get(allowed), nil, nil},
		{"the answers beside were lost", get(allowed), exchanges(Exchange{Request: asked("", 0).Request}), nil},
		{"a preflight", preflight(allowed, ten), exchanges(asked(other, 200)), nil},
	} {
		var got []string
		for _, f := range Findings(&Observation{
			Fetch: cors.Fetch{Origin: origin(t, appOrigin)}, Exchanges: exchanges(tt.x), Beside: tt.beside,
		}) {
			got = append(got, f.Rule)
			if len(f.Beside) != 1 {
				t.Errorf("%s: %s is compared with %v", tt.name, f.Rule, f.Beside)
			}
		}
		if diff := cmp.Diff(tt.want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", tt.name, diff)
		}
	}
}

func TestOnlyWhatACacheCouldKeepIsAskedForAgain(t *testing.T) {
	for _, tt := range []struct {
		name string
		x    Exchange
		want []string // the Origin of each
	}{
		{"a GET", get(allowed), []string{"", "https://b.example.com"}},
		{"not stored", get(allowed, "Cache-Control: no-store"), nil},
		{"a preflight", preflight(allowed), nil},
		{"no Origin", asked("", 200), nil},
		{"no CORS", get(), nil},
		{"everybody", get("Access-Control-Allow-Origin: *"), nil},
	} {
		o := &Observation{Exchanges: exchanges(tt.x)}
		var got []string
		for _, r := range o.Needs(origins(t, "null", appOrigin, "https://b.example.com")) {
			if r.URL != apiURL || r.Method != "GET" || r.Body != nil {
				t.Errorf("%s: asks for %+v", tt.name, r)
			}
			got = append(got, requestHeader(r, "Origin"))
		}
		if diff := cmp.Diff(tt.want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", tt.name, diff)
		}
	}
	if got := (&Observation{Exchanges: exchanges(get(allowed))}).Needs(nil); len(got) != 2 || requestHeader(got[1], "Origin") != stranger {
		t.Errorf("without another origin a stranger's is asked for, not %v", got)
	}
}

func TestTheNetworkIsToldByPageAndAddress(t *testing.T) {
	for _, tt := range []struct {
		page, url, remote string
		rerouted          bool
		want              string
	}{
		{appOrigin, "http://127.0.0.1:8080/", "127.0.0.1:8080", false, "mixed-content-loopback"},
		{appOrigin, "http://localhost/", "[::1]:80", false, "mixed-content-loopback"},
		{appOrigin, "https://localhost/", "[::1]:443", false, ""},
		{"http://app.example.com", "http://localhost/", "", false, ""},
		{appOrigin, "https://10.1.2.3/", "10.1.2.3:443", false, "local-network-target"},
		{appOrigin, "https://[fd00::1]/", "", false, "local-network-target"},
		{appOrigin, "https://api.corp.net/", "192.168.1.7:443", false, "local-network-target"},
		{appOrigin, "https://api.corp.net/", "[::ffff:192.168.1.7]:443", false, "local-network-target"},
		{appOrigin, "https://api.corp.net/", "192.168.1.7:443", true, ""},
		{appOrigin, "https://api.corp.net/", "203.0.113.7:443", false, ""},
		{appOrigin, "https://api.example.com/", "10.0.0.7:443", false, ""},
		{"http://intranet", "http://10.1.2.3/", "", false, ""},
		{"http://10.0.0.1", "http://10.1.2.3/", "", false, ""},
		{"null", "http://10.1.2.3/", "", false, ""},
	} {
		x := Exchange{Request: cors.Request{Kind: cors.KindRequest, Method: "GET", URL: tt.url}, Response: &cors.Response{Status: 200}, Remote: tt.remote}
		o := &Observation{
			Fetch: cors.Fetch{Origin: origin(t, tt.page)}, Browsers: cors.Engines(), Exchanges: exchanges(x), Rerouted: tt.rerouted,
		}
		got := ""
		for _, f := range Findings(o) {
			got += f.Rule
		}
		if got != tt.want {
			t.Errorf("%s to %s at %s: %q, want %q", tt.page, tt.url, tt.remote, got, tt.want)
		}
		o.Browsers = []cors.Engine{cors.Firefox}
		if found := Findings(o); found != nil {
			t.Errorf("%s to %s concerns Firefox: %v", tt.page, tt.url, found)
		}
	}
}

func TestEveryFindingOfTheCatalogueHasADetector(t *testing.T) {
	var catalogued, detected []string
	for _, r := range Rules() {
		if r.Is(KindFinding) {
			catalogued = append(catalogued, r.ID)
		}
	}
	for _, d := range detectors {
		detected = append(detected, d.id)
	}
	if diff := cmp.Diff(catalogued, detected); diff != "" {
		t.Errorf("(-catalogue +detectors):\n%s", diff)
	}
}

func FuzzFindingsPointAtTheirExchange(f *testing.F) {
	f.Add("PUT", "Access-Control-Allow-Origin", "https://app.example.com, https://app.example.com", "Set-Cookie", "a=b; SameSite")
	f.Add("GET", "Access-Control-Max-Age", "1e9", "Access-Control-Expose-Headers", "*,,\xff, set-cookie")
	f.Add("GET", "Vary", "*", "Cache-Control", "private")
	f.Fuzz(func(t *testing.T, method, name1, value1, name2, value2 string) {
		headers := []cors.Header{{Name: name1, Value: value1}, {Name: name2, Value: value2}}
		first, second := get(allowed), preflight(allowed)
		first.Request.Method = method
		first.Response.Headers = append(first.Response.Headers, headers...)
		second.Response.Headers = append(second.Response.Headers, headers...)
		o := &Observation{
			Fetch: cors.Fetch{Origin: origin(t, appOrigin)}, Browsers: cors.Engines(), Exchanges: exchanges(first, Exchange{}, second),
			Beside: exchanges(asked("", 200), asked("https://b.example.com", 200, vary)),
		}
		seen := map[string]bool{}
		for _, found := range Findings(o) {
			if seen[found.Rule] || found.Message == "" || o.Exchanges[found.Exchange].Response == nil {
				t.Errorf("%+v", found)
			}
			seen[found.Rule] = true
		}
	})
}
