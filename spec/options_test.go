package spec_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/corsgate/corsgate/spec"
)

const overlaid = `version: 1
target: https://api.example.com
vars: {app: https://app.example.com, both: "${app}"}
env: {PORT: 1, HOME: }
secrets: {TOKEN: fallback-token}
environments:
  staging: {target: https://staging.example.com, vars: {app: https://staging-app.example.com, only: x}}
  edge: {targets: {a: https://a.example.com, b: demo}}
scenarios:
  - {name: "${PORT} ${TOKEN}", origins: "${both}"}
`

func lookup(pairs ...string) func(string) (string, bool) {
	return func(name string) (string, bool) {
		for _, p := range pairs {
			if k, v, _ := strings.Cut(p, "="); k == name {
				return v, true
			}
		}
		return "", false
	}
}

func TestValuesComeFromTheNearestSource(t *testing.T) {
	for _, tt := range []struct {
		name    string
		options spec.Options
		want    string
	}{
		{"the file's own", spec.Options{LookupEnv: lookup("HOME=/")},
			"https://api.example.com: 1 fallback-token from https://app.example.com"},
		{"an environment variable before its default", spec.Options{LookupEnv: lookup("HOME=/", "PORT=2", "TOKEN=real-token")},
			"https://api.example.com: 2 real-token from https://app.example.com"},
		{"an empty environment variable counts as not set", spec.Options{LookupEnv: lookup("HOME=/", "PORT=", "TOKEN=")},
			"https://api.example.com: 1 fallback-token from https://app.example.com"},
		{"a variable of the caller's own is none of the file's", spec.Options{LookupEnv: lookup("HOME=/", "app=x", "only=x")},
			"https://api.example.com: 1 fallback-token from https://app.example.com"},
		{"the environment before the file", spec.Options{Environment: "staging", LookupEnv: lookup("HOME=/")},
			"https://staging.example.com: 1 fallback-token from https://staging-app.example.com"},
		{"the environment's targets before the file's target", spec.Options{Environment: "edge", LookupEnv: lookup("HOME=/")},
			"a=https://a.example.com b=demo: 1 fallback-token from https://app.example.com"},
		{"CORSGATE_VAR_ before both",
			spec.Options{Environment: "staging", LookupEnv: lookup("HOME=/", "CORSGATE_VAR_app=https://c.example")},
			"https://staging.example.com: 1 fallback-token from https://c.example"},
		{"--var before all", spec.Options{Vars: map[string]string{"app": "https://v.example", "PORT": "3"},
			LookupEnv: lookup("HOME=/", "CORSGATE_VAR_app=https://c.example", "PORT=2")},
			"https://api.example.com: 3 fallback-token from https://v.example"},
		{"--target before all targets", spec.Options{Environment: "edge", Target: "demo", LookupEnv: lookup("HOME=/")},
			"demo: 1 fallback-token from https://app.example.com"},
		{"what comes from outside is taken as it is",
			spec.Options{Vars: map[string]string{"PORT": "${app}"}, LookupEnv: lookup("HOME=/")},
			"https://api.example.com: ${app} fallback-token from https://app.example.com"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			suite, mistakes := spec.Parse("f.yaml", []byte(overlaid), tt.options)
			if mistakes != nil {
				t.Fatal(mistakes)
			}
			var targets []string
			for _, target := range suite.Targets {
				targets = append(targets, strings.TrimPrefix(target.Name+"="+target.URL, "="))
			}
			s := suite.Scenarios[0]
			got := fmt.Sprintf("%s: %s from %s", strings.Join(targets, " "), s.Name, s.Origins[0])
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Error("-want +got\n" + diff)
			}
		})
	}
}

func TestAServerIsStartedUnlessAnotherOneIsTested(t *testing.T) {
	text := "version: 1\ntarget: http://127.0.0.1:3000/api\nserve: {command: s, ready: \"127.0.0.1:3000\"}\n" +
		"environments: {staging: {target: https://staging.example.com}, vars: {vars: {a: b}}}\n" +
		"scenarios: [{name: a, origins: null}]\n"
	for _, tt := range []struct {
		name    string
		options spec.Options
		want    bool
	}{
		{"the file's own target", spec.Options{}, true},
		{"another target", spec.Options{Target: "https://staging.example.com"}, false},
		{"the same server by another path", spec.Options{Target: "http://127.0.0.1:3000"}, true},
		{"an environment with a target", spec.Options{Environment: "staging"}, false},
		{"an environment without a target", spec.Options{Environment: "vars"}, true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			suite, mistakes := spec.Parse("f.yaml", []byte(text), tt.options)
			if mistakes != nil {
				t.Fatal(mistakes)
			}
			if got := suite.Serve != nil; got != tt.want {
				t.Errorf("started: %t", got)
			}
		})
	}
}

func TestOptionsThatDoNotFitTheFileAreMistakes(t *testing.T) {
	for _, tt := range []struct {
		name    string
		options spec.Options
		want    string
	}{
		{"an environment that the file lacks", spec.Options{Environment: "stagign", LookupEnv: lookup("HOME=/")},
			`f.yaml:7:3: --env: the file has no environment "stagign" [unknown-environment]`},
		{"a target that is no URL", spec.Options{Target: "ftp://x", LookupEnv: lookup("HOME=/")},
			`f.yaml:1:1: --target: "ftp://x" is not an http or https URL [invalid-url]`},
		{"a variable that must be set", spec.Options{},
			`f.yaml:4:16: the environment variable HOME is not set, or empty [missing-variable]`},
		{"a secret that is too short to hide", spec.Options{LookupEnv: lookup("HOME=/", "TOKEN=abc")},
			`f.yaml:5:11: the secret TOKEN has fewer than 4 bytes [weak-secret]`},
		{"a secret with a line break", spec.Options{LookupEnv: lookup("HOME=/", "TOKEN=abcdef\n")},
			`f.yaml:5:11: the secret TOKEN has a line break [weak-secret]`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			_, mistakes := spec.Parse("f.yaml", []byte(overlaid), tt.options)
			if len(mistakes) != 1 {
				t.Fatalf("got %d mistakes\n%v", len(mistakes), mistakes)
			}
			if got, _, _ := strings.Cut(mistakes[0].String(), "\n"); got != tt.want {
				t.Errorf("got  %s\nwant %s", got, tt.want)
			}
		})
	}
}

// TestNoDiagnosticShowsASecret puts a secret wherever a value can be wrong.
func TestNoDiagnosticShowsASecret(t *testing.T) {
	const secret = `Top"Secret\Token`
	keys := []string{"name", "paths", "origins", "methods", "credentials", "mode", "redirect", "send", "browsers", "repeat",
		"targets", "tags", "timeout", "skip", "expect", "unknown"}
	for _, key := range keys {
		for _, value := range []string{"${TOKEN}", "https://${TOKEN}/../", "x ${both}", secret} {
			text := "version: 1\nsecrets: [TOKEN]\nvars: {both: \"a${TOKEN}\"}\ntarget: https://${TOKEN}/\nscenarios:\n  - " + key + ": '" +
				value + "'\n"
			_, mistakes := spec.Parse("f.yaml", []byte(text), spec.Options{LookupEnv: lookup("TOKEN=" + secret)})
			if mistakes == nil {
				t.Errorf("%s: %s is no mistake", key, value)
			}
			if shown := strings.ToLower(mistakes.Error()); strings.Contains(shown, "top") {
				t.Errorf("%s: %s shows the secret:\n%s", key, value, shown)
			}
		}
	}
}

func TestFileNamesAreRelativeToTheFile(t *testing.T) {
	text := "version: 1\ntarget: {url: demo, ca: a/b.pem, client-cert: /c.pem, client-key: ../k.pem}\n" +
		"scenarios: [{name: a, origins: null}]\n"
	suite, mistakes := spec.Parse("dir/sub/f.yaml", []byte(text), spec.Options{})
	if mistakes != nil {
		t.Fatal(mistakes)
	}
	target := suite.Targets[0]
	if got, want := target.CA+" "+target.ClientCert+" "+target.ClientKey, "dir/sub/a/b.pem /c.pem dir/k.pem"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}
