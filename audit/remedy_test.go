package audit

import (
	"encoding/json"
	"go/parser"
	"go/token"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/corsgate/corsgate/cors"
)

func TestEveryRuleHasASnippetForEveryStack(t *testing.T) {
	for _, r := range Rules() {
		for _, stack := range Stacks() {
			for _, withCredentials := range []bool{false, true} {
				s := r.Snippet(stack, Values{}, withCredentials)
				if strings.TrimSpace(s.Text) == "" || !strings.HasSuffix(s.Text, "\n") || strings.Contains(s.Text, "<no value>") {
					t.Errorf("%s on %s: %q", r.ID, stack, s.Text)
				}
				if s.Stack != stack && s.Stack != StackAny {
					t.Errorf("%s on %s is for %s", r.ID, stack, s.Stack)
				}
			}
		}
	}
}

func TestASnippetHasTheValuesOfTheCase(t *testing.T) {
	v := Values{Origin: "https://app.example.org:8443", Method: "PATCH", Header: "x-one, x-two", URL: "https://api.example.org/a"}
	for _, tt := range []struct {
		id          string
		stack       Stack
		credentials bool
		want, not   []string
	}{
		{"method-not-allowed", StackNginx, false,
			[]string{`"https://app.example.org:8443" $http_origin;`, `"GET, POST, PATCH"`, "204"}, []string{"Allow-Credentials"}},
		{"header-not-allowed", StackExpress, true,
			[]string{`allowedHeaders: ["Content-Type", "x-one", "x-two"]`, "credentials: true"}, []string{"exposedHeaders"}},
		{"header-not-exposed", StackSpring, false, []string{`setExposedHeaders(List.of("x-one", "x-two"))`}, nil},
		{"header-not-exposed", StackAny, false, []string{"Access-Control-Expose-Headers: x-one, x-two"}, nil},
		{"credentials-not-allowed", StackDjango, false, []string{"CORS_ALLOW_CREDENTIALS = True"}, nil},
		{"credentials-beyond-policy", StackLaravel, true, []string{"'supports_credentials' => false"}, nil},
		{"origin-not-allowed", StackApache, false, []string{`"^https://app\.example\.org:8443$"`}, nil},
		{"errors-lack-cors", StackNginx, false, []string{"always;"}, []string{"return 204"}},
		{"errors-lack-cors", StackFlask, false, []string{"CORS("}, nil},
		{"preflight-redirected", StackExpress, false, []string{"https://api.example.org/a"}, nil},
		{"reflects-any-origin", StackNginx, false, []string{`"https://app.example.com" $http_origin;`}, []string{"example.org"}},
		{"method-beyond-policy", StackExpress, false, []string{`"GET", "POST"`}, []string{"PATCH", "x-one", "example.org"}},
		{"wildcard-with-credentials", StackGo, false, []string{"https://app.example.org:8443", "Credentialed"}, nil},
		{"wildcard-does-not-cover-authorization", StackGo, false, []string{`"Authorization"`}, nil},
	} {
		text := rule(tt.id).Snippet(tt.stack, v, tt.credentials).Text
		for _, want := range tt.want {
			if !strings.Contains(text, want) {
				t.Errorf("%s on %s lacks %s:\n%s", tt.id, tt.stack, want, text)
			}
		}
		for _, not := range tt.not {
			if strings.Contains(text, not) {
				t.Errorf("%s on %s has %s:\n%s", tt.id, tt.stack, not, text)
			}
		}
	}
}

func TestMethodCaseIsCuredByUpperCase(t *testing.T) {
	text := rule("method-case").Snippet(StackExpress, Values{Method: "patch"}, false).Text
	if !strings.Contains(text, `"PATCH"`) || strings.Contains(text, `"patch"`) {
		t.Error(text)
	}
}

func TestTheGoSnippetIsGo(t *testing.T) {
	text := rule("cors-not-configured").Snippet(StackGo, Values{}, true).Text
	if _, err := parser.ParseFile(token.NewFileSet(), "", "package p\nfunc f() {\n"+text+"}", 0); err != nil {
		t.Errorf("%v in\n%s", err, text)
	}
}

// TestTheSnippetsAreTakenByTheSoftware asks what is installed here whether it understands its snippets.
func TestTheSnippetsAreTakenByTheSoftware(t *testing.T) {
	const frontend = "defaults\n mode http\n timeout client 1s\n timeout connect 1s\n timeout server 1s\n" +
		"frontend f\n bind 127.0.0.1:18099\n%s"
	for _, tt := range []struct {
		stack          Stack
		id, wrap, file string // %s in wrap is the snippet
		command        []string
	}{
		{StackHAProxy, "cors-not-configured", frontend, "haproxy.cfg", []string{"haproxy", "-c", "-f"}},
		{StackHAProxy, "header-not-exposed", frontend, "haproxy.cfg", []string{"haproxy", "-c", "-f"}},
		{StackHAProxy, "duplicate-cors-headers", frontend, "haproxy.cfg", []string{"haproxy", "-c", "-f"}},
		{StackExpress, "header-not-exposed", "(async () => {%s})", "express.js", []string{"node", "--check"}},
		{StackFastify, "cors-not-configured", "(async () => {%s})", "fastify.js", []string{"node", "--check"}},
		{StackCloudflare, "header-not-exposed", "%s", "worker.mjs", []string{"node", "--check"}},
		{StackDjango, "header-not-exposed", "%s", "settings.py", []string{"python3", "-m", "py_compile"}},
		{StackFlask, "header-not-exposed", "%s", "flask.py", []string{"python3", "-m", "py_compile"}},
	} {
		if _, err := exec.LookPath(tt.command[0]); err != nil {
			t.Logf("%s is not installed", tt.command[0])
			continue
		}
		file := filepath.Join(t.TempDir(), tt.file)
		text := strings.Replace(tt.wrap, "%s", rule(tt.id).Snippet(tt.stack, Values{}, true).Text, 1)
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		command := exec.CommandContext(t.Context(), tt.command[0], append(slices.Clone(tt.command[1:]), file)...)
		if out, err := command.CombinedOutput(); err != nil {
			t.Errorf("%s: %v\n%s\n%s", tt.file, err, out, text)
		}
	}
}

// TestTheApacheSnippetsAreTakenByApache loads the modules that the snippets name.
func TestTheApacheSnippetsAreTakenByApache(t *testing.T) {
	const modules = "/usr/lib/apache2/modules/"
	if _, err := exec.LookPath("apache2"); err != nil {
		t.Skip("Apache is not installed")
	}
	for id, wrap := range map[string]string{
		"header-not-exposed": "%s", "errors-lack-cors": "%s", "duplicate-cors-headers": "%s",
		"preflight-requires-auth": "<Location />\n%s</Location>\n",
	} {
		dir := t.TempDir()
		conf := "ServerName localhost\nListen 127.0.0.1:18097\nPidFile " + dir + "/pid\nErrorLog " + dir + "/error\n"
		for _, m := range []string{"mpm_event", "authz_core", "authz_user", "authn_core", "setenvif", "headers", "rewrite"} {
			conf += "LoadModule " + m + "_module " + modules + "mod_" + m + ".so\n"
		}
		conf += strings.Replace(wrap, "%s", rule(id).Snippet(StackApache, Values{}, true).Text, 1)
		file := filepath.Join(dir, "apache.conf")
		if err := os.WriteFile(file, []byte(conf), 0o600); err != nil {
			t.Fatal(err)
		}
		if out, err := exec.CommandContext(t.Context(), "apache2", "-t", "-d", dir, "-f", file).CombinedOutput(); err != nil {
			t.Errorf("%s: %v\n%s\n%s", id, err, out, conf)
		}
	}
}

// TestTheNginxSnippetsAreTakenByNginx puts each part where its comment says.
func TestTheNginxSnippetsAreTakenByNginx(t *testing.T) {
	if _, err := exec.LookPath("nginx"); err != nil {
		t.Skip("nginx is not installed")
	}
	for _, id := range []string{
		"header-not-exposed", "errors-lack-cors", "preflight-requires-auth", "duplicate-cors-headers", "cache-ignores-origin",
		"origin-stripped", "preflight-redirected", "corp-conflicts",
	} {
		dir := t.TempDir()
		text := rule(id).Snippet(StackNginx, Values{}, true).Text
		maps := regexp.MustCompile(`(?s)map \$\w+ \$\w+ \{.*?\n\}\n`)
		inside := maps.ReplaceAllString(text, "")
		if !strings.Contains(inside, "location /") {
			inside = "location / {\n" + inside + "\n}"
		}
		conf := "pid " + dir + "/pid;\nerror_log stderr;\nevents {}\nhttp {\n" + strings.Join(maps.FindAllString(text, -1), "\n") +
			"\nserver {\nlisten 127.0.0.1:18098;\n" + inside + "\n}\n}\n"
		file := filepath.Join(dir, "nginx.conf")
		if err := os.WriteFile(file, []byte(conf), 0o600); err != nil {
			t.Fatal(err)
		}
		if out, err := exec.CommandContext(t.Context(), "nginx", "-t", "-q", "-p", dir, "-c", file).CombinedOutput(); err != nil {
			t.Errorf("%s: %v\n%s\n%s", id, err, out, conf)
		}
	}
}

func TestAStackIsBetrayedByItsAnswers(t *testing.T) {
	for _, tt := range []struct {
		want    Stack
		headers []string
		body    string
	}{
		{StackNginx, []string{"Server: nginx/1.22.1"}, ""},
		{StackNginx, []string{"Server: openresty"}, ""},
		{StackNginx, nil, "<hr><center>nginx</center>"},
		{StackApache, []string{"Server: Apache/2.4.57 (Debian)"}, ""},
		{StackSpring, []string{"Server: Apache-Coyote/1.1"}, ""},
		{StackExpress, []string{"Server: nginx", "X-Powered-By: Express"}, ""},
		{StackExpress, nil, "<pre>Cannot OPTIONS /users</pre>"},
		{StackFastify, nil, `{"message":"Route OPTIONS:/x not found","error":"Not Found","statusCode":404}`},
		{StackSpring, []string{"Set-Cookie: JSESSIONID=1; Path=/"}, ""},
		{StackSpring, nil, "Invalid CORS request"},
		{StackDjango, []string{"Server: gunicorn", "Set-Cookie: csrftoken=1"}, ""},
		{StackFlask, []string{"Server: Werkzeug/3.0.1 Python/3.11.7"}, ""},
		{StackGo, []string{"X-Content-Type-Options: nosniff"}, "404 page not found\n"},
		{StackASPNET, []string{"Server: Kestrel"}, ""},
		{StackLaravel, []string{"Set-Cookie: a=1", "Set-Cookie: laravel_session=1"}, ""},
		{StackAPIGateway, []string{"x-amzn-RequestId: 1", "x-amz-apigw-id: 1", "Via: 1.1 a.cloudfront.net (CloudFront)", "X-Amz-Cf-Id: 1"}, ""},
		{StackCloudFront, []string{"Via: 1.1 a.cloudfront.net (CloudFront)", "X-Amz-Cf-Id: 1"}, ""},
		{StackCloudflare, []string{"Server: cloudflare", "CF-Ray: 1"}, ""},
		{StackHAProxy, nil, "<h1>503 Service Unavailable</h1>\nNo server is available to handle this request.\n"},
		{StackAny, []string{"Server: secret", "X-Note: nginx"}, "404 page not found\n"},
		{StackAny, nil, ""},
	} {
		if got := DetectStack(fields(tt.headers...), []byte(tt.body)); got != tt.want {
			t.Errorf("%q %q: %s, want %s", tt.headers, tt.body, got, tt.want)
		}
	}
}

func FuzzAnyAnswerHasAStackAndAnyValuesASnippet(f *testing.F) {
	f.Add("Server", "nginx", "<html>", "https://app.example.com", "PUT", "x-a, x-b")
	f.Add("", "\xff", "\x00", "null", "`", ",,")
	f.Fuzz(func(t *testing.T, name, value, body, origin, method, header string) {
		stack := DetectStack([]cors.Header{{Name: name, Value: value}}, []byte(body))
		if !slices.Contains(Stacks(), stack) {
			t.Fatalf("stack %q", stack)
		}
		s := rule("header-not-allowed").Snippet(stack, Values{Origin: origin, Method: method, Header: header}, true)
		if _, err := json.Marshal(s); err != nil || s.Text == "" {
			t.Errorf("%q, %v", s.Text, err)
		}
	})
}

func TestAdviceIsForTheStackThatTheEvidenceBetrays(t *testing.T) {
	failing := Evidence{Exchange: get("Server: nginx/1.22", allowed, credentials), Shows: "fails"}
	silent := Evidence{Exchange: Exchange{Error: "timeout"}, Shows: "fails"}
	for _, tt := range []struct {
		cause    Cause
		sentence string
		stack    Stack
		has      string
	}{
		{Cause{ID: "method-not-allowed", Evidence: []Evidence{failing}, Values: Values{Method: "PUT"}},
			"Add the method to `Access-Control-Allow-Methods`.", StackNginx, "$cors_credentials"},
		{Cause{ID: "method-not-allowed", Evidence: []Evidence{silent, failing}}, rule("method-not-allowed").Remedy, StackNginx, "always"},
		{Cause{ID: "options-dropped", Evidence: []Evidence{silent}}, rule("options-dropped").Remedy, StackAny, "OPTIONS"},
		{Cause{ID: "no-such-cause"}, "", "", ""},
	} {
		sentence, s := tt.cause.Advice()
		if sentence != tt.sentence || s.Stack != tt.stack || !strings.Contains(s.Text, tt.has) {
			t.Errorf("%s: %q, %+v", tt.cause.ID, sentence, s)
		}
	}
}
