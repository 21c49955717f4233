package audit

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/corsgate/corsgate/cors"
)

func origin(t testing.TB, s string) cors.Origin {
	t.Helper()
	o, err := cors.ParseOrigin(s)
	if err != nil {
		t.Fatal(err)
	}
	return o
}

func origins(t testing.TB, list ...string) []cors.Origin {
	t.Helper()
	var all []cors.Origin
	for _, s := range list {
		all = append(all, origin(t, s))
	}
	return all
}

// shown returns what the labels of one rule's probes say of their origins, without random labels and repetitions.
func shown(probes []Probe, id string) []string {
	var all []string
	for _, p := range probes {
		rest, ok := strings.CutPrefix(p.Label, id+" ")
		if rest = strings.TrimSuffix(rest, " without credentials"); ok && !slices.Contains(all, rest) {
			all = append(all, rest)
		}
	}
	return all
}

func TestEachProbeIsDerivedFromEveryAllowedOriginAndTheTarget(t *testing.T) {
	const api = "https://api.example.net"
	for _, tt := range []struct {
		id, allowed string
		want        []string
	}{
		{"reflects-any-origin", "https://app.example.com", []string{"https://*.test", "https://*.com", "https://*.net"}},
		{"reflects-any-origin", "https://app.example.co.uk", []string{"https://*.test", "https://*.co.uk", "https://*.net"}},
		{"trusts-prefix", "https://app.example.com",
			[]string{"https://app.example.com.*.test", "https://api.example.net.*.test"}},
		{"trusts-prefix", "http://192.0.2.1:8000",
			[]string{"http://192.0.2.1.*.test:8000", "https://api.example.net.*.test"}},
		{"trusts-prefix", "http://[2001:db8::1]", []string{"https://api.example.net.*.test"}},
		{"trusts-suffix", "https://app.example.com", []string{"https://*example.com", "https://*example.net"}},
		{"trusts-suffix", "https://app.example.co.uk:8000", []string{"https://*example.co.uk:8000", "https://*example.net"}},
		{"trusts-suffix", "https://me.github.io", []string{"https://*me.github.io", "https://*example.net"}},
		{"trusts-suffix", "http://localhost:3000", []string{"https://*example.net"}},
		{"trusts-suffix", "http://192.0.2.1", []string{"https://*example.net"}},
		{"trusts-substring", "https://app.example.com", []string{
			"https://xample.com", "https://example.co", "https://pp.example.com", "https://app.example.co",
			"https://xample.net", "https://example.ne", "https://pi.example.net", "https://api.example.ne",
		}},
		{"trusts-substring", "https://xn--bcher-kva.example", []string{
			"https://n--bcher-kva.example", "https://xn--bcher-kva.exampl",
			"https://xample.net", "https://example.ne", "https://pi.example.net", "https://api.example.ne",
		}},
		{"unescaped-dot", "https://app.example.com", []string{
			"https://appxexample.com", "https://app.examplexcom", "https://apixexample.net", "https://api.examplexnet",
		}},
		{"unescaped-dot", "http://192.0.2.1", []string{"https://apixexample.net", "https://api.examplexnet"}},
		{"trusts-null", "https://app.example.com", []string{"null"}},
		{"trusts-null", "null", nil},
		{"trusts-http", "https://app.example.com", []string{"http://app.example.com", "http://api.example.net"}},
		{"trusts-http", "https://app.example.com:8443", []string{"http://app.example.com:8443", "http://api.example.net"}},
		{"trusts-http", "https://app.example.com:80", []string{"http://app.example.com", "http://api.example.net"}},
		{"trusts-http", "http://app.example.com", []string{"http://api.example.net"}},
		{"trusts-any-subdomain", "https://app.example.com", []string{
			"https://*.example.com", "https://*.app.example.com", "https://*.example.net", "https://*.api.example.net",
		}},
		{"trusts-any-subdomain", "https://example.com",
			[]string{"https://*.example.com", "https://*.example.net", "https://*.api.example.net"}},
		{"ignores-port", "https://app.example.com", []string{"https://app.example.com:8443", "https://api.example.net:8443"}},
		{"ignores-port", "https://app.example.com:8443", []string{
			"https://app.example.com", "https://app.example.com:8444", "https://api.example.net:8443",
		}},
		{"ignores-port", "http://[2001:db8::1]", []string{"http://[2001:db8::1]:8443", "https://api.example.net:8443"}},
		{"trusts-localhost", "https://app.example.com", []string{
			"http://localhost", "http://localhost:3000", "http://127.0.0.1", "http://127.0.0.1:8080", "https://localhost.*.test",
		}},
		{"trusts-localhost", "http://localhost:3000", []string{
			"http://localhost", "http://127.0.0.1", "http://127.0.0.1:8080", "https://localhost.*.test",
		}},
		{"trusts-shared-hosting", "https://jsfiddle.net", []string{
			"https://*.github.io", "https://*.pages.dev", "https://*.netlify.app", "https://*.vercel.app", "https://codepen.io",
			"https://cdpn.io", "https://fiddle.jshell.net", "https://*.repl.it", "https://*.replit.app",
			"https://*.s3.amazonaws.com", "https://s3.amazonaws.com", "https://storage.googleapis.com",
		}},
		{"wildcard-origin", "https://app.example.com", []string{"https://*.test"}},
		{"wildcard-with-credentials", "https://app.example.com", []string{"https://app.example.com"}},
		{"method-beyond-policy", "https://app.example.com", []string{
			"https://app.example.com PUT", "https://app.example.com PATCH", "https://app.example.com DELETE",
			"https://app.example.com CORSGATE",
		}},
		{"header-beyond-policy", "null", []string{"null X-Corsgate-Probe", "null Authorization"}},
		{"credentials-beyond-policy", "https://app.example.com", nil},
		{"exposes-beyond-policy", "https://app.example.com", []string{"https://app.example.com"}},
	} {
		in := Intent{Origins: origins(t, tt.allowed), Credentials: true, Expose: []string{}}
		if diff := cmp.Diff(tt.want, shown(Probes(in, origin(t, api), 1), tt.id)); diff != "" {
			t.Errorf("%s for %s (-want +got):\n%s", tt.id, tt.allowed, diff)
		}
	}
}

func TestSpecialCharactersAreTriedInTheEnginesThatSendThem(t *testing.T) {
	in := Intent{Origins: origins(t, "https://app.example.com")}
	got := map[string]string{}
	for _, p := range Probes(in, origin(t, "http://localhost:8080"), 7) {
		if rest, ok := strings.CutPrefix(p.Label, "trusts-special-characters https://app.example.com"); ok {
			got[strings.TrimSuffix(rest, ".*.test")] = strings.Join(p.Engines, " ")
		}
	}
	const all, most, few = "standard chromium firefox webkit", "standard chromium webkit", "standard webkit"
	want := map[string]string{"_": all, "-": all, "$": all, "+": all, "*": few}
	for _, c := range "`~!&'(),;={}\"" {
		want[string(c)] = most
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestWhatThePolicyAllowsIsNotProbed(t *testing.T) {
	in := Intent{
		Origins: origins(t, "https://app.example.com", "http://app.example.com", "https://app.example.com:8443"),
		Methods: []string{"put", "DELETE", "patch"}, Headers: []string{"authorization"}, Credentials: true,
	}
	probes := Probes(in, origin(t, "https://api.example.org"), 3)
	for _, id := range []string{"credentials-beyond-policy", "exposes-beyond-policy"} {
		if got := shown(probes, id); got != nil {
			t.Errorf("%s: %q", id, got)
		}
	}
	for _, p := range probes {
		if in.Allows(p.Origin) && (p.Method == "PUT" || p.Method == "DELETE" || p.Header.Name == "Authorization") {
			t.Errorf("%s is allowed", p.Label)
		}
	}
	if !slices.Contains(shown(probes, "method-beyond-policy"), "https://app.example.com PATCH") {
		t.Error("patch is another method than PATCH, which is not allowed")
	}
}

func TestAPublicPolicyIsProbedForWhatItStillForbids(t *testing.T) {
	ids := map[string]int{}
	for _, p := range Probes(Intent{AnyOrigin: true, AnyHeader: true}, origin(t, "https://api.example.org"), 3) {
		ids[p.ID]++
	}
	want := map[string]int{"wildcard-with-credentials": 1, "method-beyond-policy": 4, "credentials-beyond-policy": 1}
	if diff := cmp.Diff(want, ids); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestAPatternsEdgesAreProbed(t *testing.T) {
	p, err := ParsePattern("https://*.preview.example.com:8000")
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, probe := range Probes(Intent{Patterns: []Pattern{p}, Credentials: true}, origin(t, "https://api.example.com"), 5) {
		got = append(got, probe.Label)
	}
	for _, want := range []string{
		"trusts-suffix https://preview.example.com:8000", "trusts-suffix https://*preview.example.com:8000",
		"trusts-suffix https://*example.com:8000", "trusts-prefix https://*.preview.example.com.*.test:8000",
		"trusts-http http://*.preview.example.com:8000", "ignores-port https://*.preview.example.com",
		"ignores-port https://*.preview.example.com:8443", "trusts-any-subdomain https://*.example.com:8000",
		"unescaped-dot https://*.previewxexample.com:8000",
	} {
		if !slices.Contains(got, want) {
			t.Errorf("%s is missing", want)
		}
	}
	if slices.Contains(got, "trusts-any-subdomain https://*.*.preview.example.com:8000") {
		t.Error("two labels are allowed by the star")
	}
}

func TestAnOriginsProbesDependOnTheSeedAndOnItselfAlone(t *testing.T) {
	target := origin(t, "https://api.example.org")
	probes := func(seed uint64, allowed ...string) map[string]string {
		byLabel := map[string]string{}
		for _, p := range Probes(Intent{Origins: origins(t, allowed...)}, target, seed) {
			byLabel[p.Label] = p.Origin.String()
		}
		return byLabel
	}
	alone, together := probes(1, "https://a.example.com"), probes(1, "https://b.example.net", "https://a.example.com")
	for label, o := range alone {
		if together[label] != o {
			t.Errorf("%s is %s alone and %s among others", label, o, together[label])
		}
	}
	other := probes(2, "https://a.example.com")
	for label, o := range alone {
		if random := strings.Contains(label, "*."); random && other[label] == o && !strings.Contains(label, "com*.") {
			t.Errorf("%s is %s whatever the seed", label, o)
		}
		if _, ok := other[label]; !ok {
			t.Errorf("%s is missing under another seed", label)
		}
	}
}

func TestSeverityFollowsCredentials(t *testing.T) {
	for _, tt := range []struct {
		label       string
		credentials bool
		want        Severity
	}{
		{"reflects-any-origin https://*.test", true, S1},
		{"reflects-any-origin https://*.test without credentials", true, S3},
		{"reflects-any-origin https://*.test", false, S3},
		{"trusts-null null", true, S1},
		{"trusts-null null", false, S3},
		{"trusts-localhost http://localhost", false, S3},
		{"trusts-prefix https://app.example.com.*.test", false, S1},
		{"credentials-beyond-policy https://app.example.com", false, S1},
	} {
		in := Intent{Origins: origins(t, "https://app.example.com"), Credentials: tt.credentials}
		probes := Probes(in, cors.Origin{}, 1)
		i := slices.IndexFunc(probes, func(p Probe) bool { return p.Label == tt.label })
		if i < 0 || probes[i].Severity != tt.want {
			t.Errorf("%s with credentials %v: %v, want %v", tt.label, tt.credentials, probes, tt.want)
		}
	}
}

func TestAProbeIsShownByWhatTheServerAnswers(t *testing.T) {
	allowed := cors.Outcome{Verdict: cors.Allowed, Readable: []cors.Header{{Name: "X-Node", Value: "7"}}}
	head := func(lines ...string) *cors.Response { return &cors.Response{Status: 200, Headers: fields(lines...)} }
	in := &Intent{Expose: []string{"X-Request-Id"}}
	for _, tt := range []struct {
		id       string
		outcome  cors.Outcome
		response *cors.Response
		want     bool
	}{
		{"trusts-prefix", allowed, head(), true},
		{"trusts-prefix", cors.Outcome{Verdict: cors.Blocked}, head(), false},
		{"trusts-prefix", cors.Outcome{}, nil, false},
		{"wildcard-origin", allowed, head("Access-Control-Allow-Origin: *"), true},
		{"wildcard-origin", allowed, head("Access-Control-Allow-Origin: https://a.test"), false},
		{"wildcard-origin", cors.Outcome{}, nil, false},
		{"wildcard-with-credentials", cors.Outcome{Verdict: cors.Blocked},
			head("Access-Control-Allow-Origin: *", "Access-Control-Allow-Credentials: true"), true},
		{"wildcard-with-credentials", cors.Outcome{Verdict: cors.Blocked}, head("Access-Control-Allow-Origin: *"), false},
		{"exposes-beyond-policy", allowed, head(), true},
		{"exposes-beyond-policy", cors.Outcome{Verdict: cors.Allowed, Readable: fields("X-Request-Id: 1", "Expires: 0")},
			head(), false},
	} {
		if p := (Probe{ID: tt.id}); p.Shown(in, tt.outcome, tt.response) != tt.want {
			t.Errorf("%s by %v and %v: want %v", tt.id, tt.outcome, tt.response, tt.want)
		}
	}
}

// fields parses header lines.
func fields(lines ...string) []cors.Header {
	var all []cors.Header
	for _, line := range lines {
		name, value, _ := strings.Cut(line, ":")
		all = append(all, cors.Header{Name: name, Value: strings.TrimSpace(value)})
	}
	return all
}

func FuzzNoProbeIsAllowedAndEachCanBeSent(f *testing.F) {
	for _, s := range []string{
		"https://app.example.com", "https://app.example.co.uk:8443", "http://192.0.2.1", "http://[::1]:3000", "null",
		"http://localhost", "https://xn--bcher-kva.example", "https://me.github.io", "https://com", "https://a.b.c.d.e.",
		"https://*.preview.example.com", "https://app.example.com_.test", "capacitor://localhost", "https://a",
	} {
		f.Add(s, "https://*.example.com", uint64(1))
	}
	f.Fuzz(func(t *testing.T, allowed, pattern string, seed uint64) {
		in := Intent{Expose: []string{}}
		if o, err := cors.ParseOrigin(allowed); err == nil {
			in.Origins = append(in.Origins, o)
		}
		if p, err := ParsePattern(pattern); err == nil {
			in.Patterns = append(in.Patterns, p)
		}
		labels, sent := map[string]bool{}, map[string]bool{}
		for _, p := range Probes(in, cors.Origin{Scheme: "https", Host: "api.example.com"}, seed) {
			beyond := strings.Contains(p.ID, "beyond") || p.ID == "wildcard-with-credentials"
			if in.Allows(p.Origin) != beyond {
				t.Errorf("%s: %s, allowed: %v", p.Label, p.Origin, !beyond)
			}
			if o, err := cors.ParseOrigin(p.Origin.String()); err != nil || o != p.Origin {
				t.Errorf("%s: %v", p.Label, err)
			}
			key := fmt.Sprint(p.ID, p.Origin, p.Method, p.Header, p.Credentials)
			if labels[p.Label] || sent[key] || strings.Contains(p.Label, word) || len(p.Engines) == 0 {
				t.Errorf("%q comes twice or has no engines", p.Label)
			}
			labels[p.Label], sent[key] = true, true
		}
	})
}
