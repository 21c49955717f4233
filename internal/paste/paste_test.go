package paste_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/corsgate/corsgate/cors"
	"github.com/corsgate/corsgate/internal/paste"
)

// told is a request in lines: method, URL, what differs from the defaults, headers, body.
func told(r *paste.Request) string {
	f := r.Fetch
	lines := []string{strings.TrimSpace(f.Method + " " + f.URL)}
	add := func(name, value string) {
		if value != "" {
			lines = append(lines, name+"="+value)
		}
	}
	if r.HasOrigin {
		add("origin", f.Origin.String())
	}
	if r.Client != paste.ClientFetch {
		add("client", string(r.Client))
	}
	add("mode", string(f.Mode))
	add("credentials", string(f.Credentials))
	add("redirect", string(f.Redirect))
	for _, h := range f.Headers {
		lines = append(lines, h.Name+": "+h.Value)
	}
	for _, c := range f.Cookies {
		add("cookie "+c.Name, c.Value)
	}
	if f.Body != nil {
		lines = append(lines, fmt.Sprintf("body=%q", *f.Body))
	}
	if r.Object {
		add("body", "object")
	}
	if r.Preflight {
		add("preflight", "copied")
	}
	if w := r.Way; fmt.Sprint(w) != fmt.Sprint(paste.Way{}) {
		add("way", strings.Trim(fmt.Sprintf("%v", w), "{}"))
	}
	return strings.Join(lines, "\n")
}

// readable are texts and what they say; the lines of want are separated by " | ".
var readable = []struct{ name, text, want string }{
	{"fetch of a URL", `fetch("https://a.example/x")`, `https://a.example/x`},
	{"all three kinds of string", "fetch('https://a.example/', {method: \"PUT\", body: `a\nb`})", `PUT https://a.example/ | body="a\nb"`},
	{"await, assignment and what follows", `const r = await window.fetch('/x').then(r => r.json());`, `/x`},
	{"destructuring", `const { data } = await axios.get('https://a.example/x')`, `GET https://a.example/x | client=axios`},
	{"comments and trailing commas", "// why\nfetch('https://a.example', /* how */ {method: 'POST', headers: {'X-A': '1',},},)",
		`POST https://a.example | X-A: 1`},
	{"a body of JSON.stringify", `fetch("https://a.example", {method: "POST", body: JSON.stringify({a: 1, "b": [true, null, -1.50, undefined], c: undefined, d: {e: "<\n"}})})`,
		`POST https://a.example | body="{\"a\":1,\"b\":[true,null,-1.5,null],\"d\":{\"e\":\"<\\n\"}}"`},
	{"new Headers", `fetch("https://a.example", {headers: new Headers({"X-A": 1, 'X-B': true})})`, `https://a.example | X-A: 1 | X-B: true`},
	{"headers as pairs", `fetch("https://a.example", {headers: [["X-A", "1"], ["X-A", "2"]]})`, `https://a.example | X-A: 1 | X-A: 2`},
	{"modes", `fetch("https://a.example", {mode: "no-cors", credentials: 'include', redirect: 'error', cache: 'no-store'})`,
		`https://a.example | mode=no-cors | credentials=include | redirect=error`},
	{"a query as body", `fetch("https://a.example", {method: "POST", body: new URLSearchParams({a: "b c", d: 1})})`,
		`POST https://a.example | Content-Type: application/x-www-form-urlencoded;charset=UTF-8 | body="a=b+c&d=1"`},
	{"an object as body", `fetch("https://a.example", {method: "POST", body: {a: 1}})`, `POST https://a.example | body="[object Object]"`},
	{"added strings", `fetch("https://a.example/" + 1, {headers: {Authorization: 'Basic ' + btoa("u:p")}})`,
		`https://a.example/1 | Authorization: Basic dTpw`},
	{"escapes", `fetch("\x68ttps://a.example/\u00e9\u{1F600}\uD83D\uDE00\
x")`, "https://a.example/é😀😀x"},
	{"a value from Latin-1", `fetch("https://a.example", {headers: {"X-A": "é"}})`, "https://a.example | X-A: \xe9"},
	{"copied from Chromium's developer tools", `fetch("https://a.example/u", {
  "headers": {
    "accept": "*/*",
    "accept-language": "en-US,en;q=0.9",
    "content-type": "application/json",
    "sec-ch-ua": "\"Chromium\";v=\"130\"",
    "sec-fetch-mode": "cors"
  },
  "referrer": "https://app.example.com/page?x",
  "referrerPolicy": "strict-origin-when-cross-origin",
  "body": "{\"a\":1}",
  "method": "POST",
  "mode": "cors",
  "credentials": "include"
});`, `POST https://a.example/u | origin=https://app.example.com | mode=cors | credentials=include | content-type: application/json | body="{\"a\":1}"`},
	{"the second of one key", `fetch("/x", {headers: {a: 1, b: 2, a: 3}})`, `/x | a: 3 | b: 2`},
	{"numbers", `fetch("https://a.example", {method: "POST", body: JSON.stringify([1e21, 0x10, 1_000, .5, 1e-7, 123456789012345680000, -0])})`,
		`POST https://a.example | body="[1e+21,16,1000,0.5,1e-7,123456789012345680000,0]"`},

	{"axios with a config", `axios({url: "https://a.example/x", method: "patch", data: {a: 1}, withCredentials: true, headers: {"X-A": null}})`,
		`patch https://a.example/x | client=axios | credentials=include | body="{\"a\":1}" | body=object`},
	{"axios.post with data and config", `axios.post("/x", {a: 1}, {baseURL: "https://a.example/v1/", params: {q: "b c", n: null}, headers: {"X-A": "1"}})`,
		`POST https://a.example/v1/x?q=b+c | client=axios | X-A: 1 | body="{\"a\":1}" | body=object`},
	{"axios.delete with data in its config", `axios.delete("https://a.example", {data: "x", auth: {username: "u", password: "p"}})`,
		`DELETE https://a.example | client=axios | Authorization: Basic dTpw | body="x"`},
	{"axios sends an object as a form where told", `axios.post("https://a.example", {a: "b c"}, {headers: {"content-type": "application/x-www-form-urlencoded"}})`,
		`POST https://a.example | client=axios | content-type: application/x-www-form-urlencoded | body="a=b+c"`},
	{"axios with a URL and a config", `axios("https://a.example#f", {params: {a: 1}})`, `https://a.example?a=1#f | client=axios`},

	{"curl", `curl https://a.example/x`, `https://a.example/x`},
	{"curl without a scheme", `$ curl localhost:3000/x`, `http://localhost:3000/x`},
	{"curl with glued and combined options", `curl -sSkXPUT https://a.example -H'X-A: 1' -HX-B:2`, `PUT https://a.example | X-A: 1 | X-B: 2 | way=true  [] []    `},
	{"curl with data", `curl https://a.example -d a=1 -d 'b=2'`, `POST https://a.example | Content-Type: application/x-www-form-urlencoded | body="a=1&b=2"`},
	{"curl --json", `curl --json '{"a":1}' https://a.example`, `POST https://a.example | Content-Type: application/json | Accept: application/json | body="{\"a\":1}"`},
	{"curl -G", `curl -G https://a.example/?z=0 --data-urlencode 'a=b c&d'`, `https://a.example/?z=0&a=b+c%26d`},
	{"curl -I", `curl -I https://a.example`, `HEAD https://a.example`},
	{"curl -u", `curl -u u:p https://a.example`, `https://a.example | Authorization: Basic dTpw`},
	{"curl -b", `curl -b 'a=b; c=d=e' https://a.example`, `https://a.example | credentials=include | cookie a=b | cookie c=d=e`},
	{"curl -F", `curl -F a=@file -F b=c https://a.example`, `POST https://a.example | Content-Type: multipart/form-data; boundary=corsgate | body=""`},
	{"curl's way to the server", `curl -x http://p:1 --resolve a.example:443:127.0.0.1 --connect-to ::b: --cacert ca.pem -E c.pem --key k.pem --http1.1 https://a.example`,
		`https://a.example | way=false http://p:1 [a.example:443:127.0.0.1] [::b:] ca.pem c.pem k.pem 1.1`},
	{"an Origin", `curl -H 'Origin: https://app.example.com' -H 'X-A;' -H 'Accept:' https://a.example`, `https://a.example | origin=https://app.example.com | X-A: `},
	{"the origin null", `curl -H 'Origin: null' https://a.example`, `https://a.example | origin=null`},
	{"a Referer", `curl -e https://app.example.com/page https://a.example`, `https://a.example | origin=https://app.example.com`},
	{"the shell's end of a command", "curl https://a.example 2>&1 | jq . # why", `https://a.example`},
	{"a copied preflight", `curl -X OPTIONS https://a.example -H 'Origin: https://app.example.com' -H 'Access-Control-Request-Method: PATCH' -H 'Access-Control-Request-Headers: content-type,x-a'`,
		`PATCH https://a.example | origin=https://app.example.com | content-type: application/json | x-a: x | preflight=copied`},
	{"copied from Chromium as cURL (bash)", `curl 'https://a.example/u?a=1&b=2' \
  -X 'POST' \
  -H 'accept: application/json' \
  -H 'accept-language: en-US,en;q=0.9' \
  -b 'sid=1' \
  -H 'content-type: application/json' \
  -H 'origin: https://app.example.com' \
  -H 'priority: u=1, i' \
  -H 'referer: https://app.example.com/' \
  -H 'sec-ch-ua: "Chromium";v="130"' \
  -H 'sec-fetch-mode: cors' \
  -H 'user-agent: Mozilla/5.0 (X11)' \
  --data-raw $'{"a":"it\'s \u0021\n"}' \
  --compressed`,
		`POST https://a.example/u?a=1&b=2 | origin=https://app.example.com | credentials=include | accept: application/json | content-type: application/json | cookie sid=1 | body="{\"a\":\"it's !\n\"}"`},
	{"copied from Chromium as cURL (cmd)", "curl ^\"https://a.example/u?a=1^&b=2^\" ^\r\n  -H ^\"origin: https://app.example.com^\" ^\r\n" +
		"  -H ^\"sec-ch-ua: ^\\^\"Chromium^\\^\";v=^\\^\"130^\\^\"^\" ^\r\n  --data-raw ^\"^{^\\^\"a^\\^\":1^}^\"",
		`POST https://a.example/u?a=1&b=2 | origin=https://app.example.com | Content-Type: application/x-www-form-urlencoded | body="{\"a\":1}"`},
	{"the older form of cmd", "curl \"https://a.example/\" ^\n -H \"X-A: b\"\"c\" -X PUT", `PUT https://a.example/ | X-A: b"c`},
	{"double quotes in a shell", `curl "https://a.example/\"\$x" -H "X-A: a\b$"`, `https://a.example/"$x | X-A: a\b$`},
	{"ANSI-C escapes", `curl https://a.example -d $'\x41\101\u00e9\t\\'`, "POST https://a.example | Content-Type: application/x-www-form-urlencoded | body=\"AAé\\t\\\\\""},
}

func TestTextsAreReadAsTheyWork(t *testing.T) {
	for _, c := range readable {
		t.Run(c.name, func(t *testing.T) {
			r, err := paste.Parse(c.text)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(strings.ReplaceAll(c.want, " | ", "\n"), told(r)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

var wrong = []struct{ name, text, want string }{
	{"nothing", " \n", "1:1: there is nothing to read"},
	{"something else", "wget https://a.example", "1:1: this is neither a call of fetch() or axios nor a curl command"},
	{"a variable", "fetch(url)", "1:7: url is a variable, which is not known here"},
	{"a variable deep inside", "fetch('https://a.example', {\n  headers: {Authorization: `Bearer ` + token}\n})", "2:40: token is a variable, which is not known here"},
	{"a template with a value", "fetch(`https://${host}/`)", "1:16: the value of ${...} is not known"},
	{"a shorthand", "fetch('https://a.example', {headers})", "1:29: headers is a variable or a function, which is not known here"},
	{"a spread", "fetch('https://a.example', {...options})", "1:29: what ... adds is not known"},
	{"a computed key", "fetch('https://a.example', {[k]: 1})", "1:29: a computed key is not known"},
	{"a function", "fetch('https://a.example', {signal: function() {}})", "1:37: functions are not read"},
	{"no URL", "fetch({method: 'GET'})", "1:7: the URL is missing here"},
	{"no argument", "fetch()", "1:6: the URL is missing here"},
	{"an unclosed string", "fetch('https://a.example\n)", "1:7: this string is not closed in its line"},
	{"an unclosed object", "fetch('https://a.example', {a: 1", "1:28: this { is never closed"},
	{"an unclosed comment", "fetch('https://a.example' /* ", "1:27: this comment is never closed"},
	{"a missing comma", "fetch('https://a.example' {})", "1:27: a comma or ) is missing here"},
	{"another mode", "fetch('https://a.example', {mode: 'CORS'})", "1:35: mode has no such value"},
	{"a header that throws", "fetch('https://a.example', {headers: {'X A': '1'}})", "1:39: that is no header: the browser throws a TypeError"},
	{"a header beyond Latin-1", "fetch('https://a.example', {headers: {'X-A': '€'}})", "1:46: a header has no characters beyond U+00FF: the browser throws a TypeError"},
	{"a method of fetch", "fetch.get('https://a.example')", "1:7: fetch has no method get"},
	{"axios.create", "axios.create({})", "1:13: axios.create is not read"},
	{"too long", "fetch('" + strings.Repeat("x", 256<<10) + "')", "1:1: it is too long"},
	{"too deep", "fetch('https://a.example', " + strings.Repeat("[", 100) + ")", "1:92: this lies too deep"},
	{"an octal escape", `fetch('\101')`, "1:8: octal escapes are no longer JavaScript"},

	{"no URL for curl", "curl -X PUT", "1:1: the command has no URL"},
	{"two URLs", "curl https://a.example https://b.example", "1:24: a second URL"},
	{"an unknown option", "curl --frobnicate https://a.example", "1:6: what --frobnicate means for a browser is not known"},
	{"an unknown letter", "curl -sZ https://a.example", "1:6: what -Z means for a browser is not known"},
	{"a missing value", "curl https://a.example -H", "1:24: -H needs a value"},
	{"a variable of the shell", `curl https://a.example -H "Authorization: Bearer $TOKEN"`, "1:50: the shell would put something else here, which is not known"},
	{"an unquoted ampersand", "curl https://a.example/?a=1&b=2", "1:28: the shell ends the command at an unquoted &"},
	{"an unclosed quote", "curl 'https://a.example", "1:6: this quote is never closed"},
	{"an unclosed quote in cmd", "curl ^\"https://a.example ^\n", "1:7: this quote is never closed"},
	{"an Origin that no browser sends", "curl https://a.example \\\n  -H 'Origin: https://App.example.com/'", "2:6: \"https://App.example.com/\" is not an origin: it has a path or a trailing slash"},
	{"a body from a file", "curl https://a.example -d @body.json", "1:27: files are not read"},
	{"cookies from a file", "curl https://a.example -b jar.txt", "1:27: a file of cookies is not read"},
}

func TestMistakesAreToldWithTheirPlace(t *testing.T) {
	for _, c := range wrong {
		t.Run(c.name, func(t *testing.T) {
			_, err := paste.Parse(c.text)
			var mistake *paste.Mistake
			if !errors.As(err, &mistake) {
				t.Fatalf("%v is no mistake", err)
			}
			if mistake.Error() != c.want {
				t.Errorf("got  %s\nwant %s", mistake, c.want)
			}
		})
	}
}

func TestALongLineIsShownAroundThePlace(t *testing.T) {
	_, err := paste.Parse("fetch(" + strings.Repeat(" ", 200) + "é, x)")
	var m *paste.Mistake
	if !errors.As(err, &m) || m.Column != 207 || m.Caret != 50 || !strings.HasPrefix(m.Source[m.Caret:], "é, x") {
		t.Errorf("%+v", m)
	}
}

func TestWhatIsLeftOutIsSaid(t *testing.T) {
	for text, want := range map[string]string{
		`fetch("/x", {withCredentials: true})`:                           `credentials: "include" is meant`,
		`fetch("/x", {method: "POST", body: {}})`:                        "JSON.stringify(...) is meant",
		`curl https://a.example -H 'User-Agent: x' -H 'Sec-X: y'`:        "User-Agent, Sec-X",
		`curl https://a.example -H 'Sec-Fetch-Mode: navigate'`:           "that was a navigation",
		`curl https://a.example -H 'Access-Control-Request-Method: PUT'`: "that is a preflight",
		`curl https://a.example -H 'Host: b.example'`:                    "a page can't set Host",
	} {
		r, err := paste.Parse(text)
		if err != nil {
			t.Error(err)
		} else if notes := strings.Join(r.Notes, "\n"); !strings.Contains(notes, want) {
			t.Errorf("%s: %q lacks %q", text, notes, want)
		}
	}
}

// FuzzParse: every text is read or refused with a place within it, and a request that is read is one that the rules
// can judge.
func FuzzParse(f *testing.F) {
	for _, c := range readable {
		f.Add(c.text)
	}
	for _, c := range wrong {
		f.Add(c.text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		r, err := paste.Parse(text)
		var m *paste.Mistake
		switch {
		case errors.As(err, &m):
			if m.Line < 1 || m.Line > 1+strings.Count(text, "\n") || m.Column < 1 || m.Problem == "" {
				t.Errorf("%+v", m)
			}
		case err != nil:
			t.Errorf("%v is no mistake", err)
		default:
			for _, client := range paste.Clients() {
				sent, _ := paste.Client(client).Send(r.Fetch, r.Object)
				cors.NewFlow(cors.Standard, sent, nil).Next()
			}
		}
	})
}
