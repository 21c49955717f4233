package audit

import (
	"bytes"
	"flag"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/corsgate/corsgate/cors"
)

var update = flag.Bool("update", false, "write docs/rules.md")

func ids(k Kind) []string {
	var all []string
	for _, r := range Rules() {
		if r.Is(k) {
			all = append(all, r.ID)
		}
	}
	return all
}

func TestTheCatalogueIsComplete(t *testing.T) {
	for k, want := range map[Kind]string{
		KindProbe: `reflects-any-origin trusts-prefix trusts-suffix trusts-substring unescaped-dot trusts-null trusts-http
			trusts-any-subdomain ignores-port trusts-localhost trusts-shared-hosting trusts-special-characters
			ignores-scheme-of-extension wildcard-with-credentials wildcard-origin method-beyond-policy header-beyond-policy
			credentials-beyond-policy exposes-beyond-policy`,
		KindFinding: `vary-origin-missing vary-missing-on-non-cors duplicate-cors-header malformed-allow-origin
			malformed-allow-credentials wildcard-literal-with-credentials authorization-not-covered-by-wildcard
			preflight-headers-on-response response-headers-on-preflight max-age-missing max-age-over-cap max-age-malformed
			expose-set-cookie safelisted-name-listed forbidden-name-listed preflight-has-body preflight-sets-cookie
			cookie-not-cross-site third-party-cookie-blocked corp-conflicts mixed-content-loopback local-network-target`,
		KindCause: `cors-not-configured origin-not-allowed origin-differs-by method-not-allowed header-not-allowed
			credentials-not-allowed wildcard-with-credentials wildcard-does-not-cover-authorization method-case
			preflight-requires-auth preflight-redirected options-not-handled options-dropped preflight-header-parsing
			response-lacks-cors errors-lack-cors duplicate-cors-headers malformed-allow-origin cache-ignores-origin
			edge-differs node-disagrees protocol-differs redirect-target-lacks-cors redirect-with-credentials-in-url
			challenge-page origin-stripped header-not-exposed`,
	} {
		got, wanted := ids(k), strings.Fields(want)
		slices.Sort(got)
		slices.Sort(wanted)
		if diff := cmp.Diff(wanted, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", k, diff)
		}
	}
}

func TestEveryRuleSaysAllThatReportsShow(t *testing.T) {
	seen := map[string]bool{}
	for _, r := range Rules() {
		if seen[r.ID] {
			t.Errorf("%s stands there twice", r.ID)
		}
		seen[r.ID] = true
		if found, ok := Lookup(r.ID); !ok || found.Title != r.Title {
			t.Errorf("%s is not found", r.ID)
		}
		if r.Title == "" || r.See == "" || strings.HasSuffix(r.Title, ".") || r.Severity.String() == "" {
			t.Errorf("%s: title %q, severity %v, see %q", r.ID, r.Title, r.Severity, r.See)
		}
		for _, text := range []string{r.What, r.Why, r.Remedy} {
			if !strings.HasSuffix(text, ".") && !strings.HasSuffix(text, ".)") || strings.Count(text, "`")%2 != 0 &&
				!strings.Contains(text, "`` ` ``") && !strings.Contains(text, "com`.attacker") {
				t.Errorf("%s: %q", r.ID, text)
			}
		}
		if u, err := url.Parse(r.Reference); err != nil || u.Scheme != "https" {
			t.Errorf("%s: reference %q", r.ID, r.Reference)
		}
		for _, name := range r.Engines {
			if _, ok := cors.EngineByName(name); !ok {
				t.Errorf("%s: engine %q", r.ID, name)
			}
		}
	}
	if _, ok := Lookup("no-such-rule"); ok {
		t.Error("there is a rule that nobody wrote")
	}
}

func TestLevelsFollowSeverities(t *testing.T) {
	for id, want := range map[string]Level{
		"reflects-any-origin": LevelError, "duplicate-cors-header": LevelError, "vary-origin-missing": LevelWarning,
		"max-age-missing": LevelInfo,
	} {
		if got := rule(id).Level(); got != want {
			t.Errorf("%s: %s, want %s", id, got, want)
		}
	}
	if S1.On(404) != S3 || S1.On(200) != S1 || S2.On(500) != S2 || Severity(0).Level() != LevelOff {
		t.Error("an error page weighs as much as a good answer, or something else less")
	}
}

func TestTheDocumentationIsMadeFromTheCatalogue(t *testing.T) {
	file := filepath.Join("..", "docs", "rules.md")
	if *update {
		if err := os.WriteFile(file, Markdown(), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	have, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(have, Markdown()) {
		t.Error("docs/rules.md is not of this catalogue: go test ./audit -run Documentation -update")
	}
}
