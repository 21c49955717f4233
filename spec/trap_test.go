package spec_test

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/corsgate/corsgate/cors"
	"github.com/corsgate/corsgate/spec"
)

// scenario puts lines into the only scenario of a file; its first line is line 5 of the file.
func scenario(lines ...string) string {
	return "version: 1\ntarget: https://api.example.com\nscenarios:\n  - name: a\n    " +
		strings.Join(lines, "\n    ") + "\n"
}

// taken is YAML that people get wrong, and what corsgate takes it for.
var taken = []struct {
	name string
	text string
	got  func(*spec.Suite) any
	want any
}{
	{"null, quoted or not, is the opaque origin and is never dropped",
		scenario(`origins: [null, https://a.example]`), origins, []string{"null", "https://a.example"}},
	{"a quoted null is the opaque origin",
		scenario(`origins: "null"`), origins, []string{"null"}},
	{"null is the opaque origin as the only value",
		scenario(`origins: null`), origins, []string{"null"}},
	{"a number is a method by its text",
		scenario(`origins: null`, `methods: 1`), func(s *spec.Suite) any { return s.Scenarios[0].Methods }, []string{"1"}},
	{"a version of HTTP is read by its text",
		"version: 1\ntargets: {a: {url: demo, http: 1.1}, b: {url: demo, http: 2}}\nscenarios: [{name: a, origins: null}]\n",
		func(s *spec.Suite) any { return s.Targets[0].HTTP + " " + s.Targets[1].HTTP }, "1.1 2"},
	{"no, off and their like are booleans where one is asked for, quoted or not",
		"version: 1\ntargets: {a: {url: demo, insecure: no}, b: {url: demo, insecure: On}, c: {url: demo, insecure: 'yes'}}\n" +
			"scenarios: [{name: a, origins: null}]\n",
		func(s *spec.Suite) any {
			return []bool{s.Targets[0].Insecure, s.Targets[1].Insecure, s.Targets[2].Insecure}
		}, []bool{false, true, true}},
	{"header values that YAML takes for numbers, dates, booleans or null keep their text",
		scenario(`origins: null`, `headers: {A: 007, B: 2026-11-23, C: 1e3, D: no, E: null, F: 0x10, G: "", H: 1_000}`),
		headers, "A=007 B=2026-11-23 C=1e3 D=no E=null F=0x10 G= H=1_000"},
	{"no is a name like any other",
		"version: 1\ntarget: demo\nscenarios: [{name: no, origins: null}]\n",
		func(s *spec.Suite) any { return s.Scenarios[0].Name }, "no"},
	{"a list of values makes that many lines of a header",
		scenario(`origins: null`, `headers: {A: [b, c]}`), headers, "A=b A=c"},
	{"a header's characters above ASCII are one byte each, as a script's are",
		scenario(`origins: null`, `headers: {A: é}`), headers, "A=\xe9"},
	{"a duration has a unit",
		scenario(`origins: null`, `timeout: 1m30s`), timeout, 90 * time.Second},
	{"a number without a unit counts seconds",
		scenario(`origins: null`, `timeout: 5`), timeout, 5 * time.Second},
	{"days are a unit",
		scenario(`origins: null`, `timeout: 1d1h`), timeout, 25 * time.Hour},
	{"a max-age equals its seconds, with a unit or without",
		scenario(`origins: null`, `methods: PUT`, `expect: {preflight: {max-age: 10m}}`),
		func(s *spec.Suite) any { return *s.Scenarios[0].Expect.Preflight.MaxAge.Equals }, "600"},
	{"a header that should be null equals the text null",
		scenario(`origins: null`, `expect: {response: {allow-origin: null}}`),
		func(s *spec.Suite) any { return *s.Scenarios[0].Expect.Response.AllowOrigin.Equals }, "null"},
	{"allow-credentials: no means anything but true",
		scenario(`origins: null`, `expect: {response: {allow-credentials: no}}`),
		func(s *spec.Suite) any { return s.Scenarios[0].Expect.Response.AllowCredentials.Excludes }, []string{"true"}},
	{"a list of statuses means one of them",
		scenario(`origins: null`, `expect: {response: {status: [200, 204]}}`),
		func(s *spec.Suite) any { return s.Scenarios[0].Expect.Response.Status.Matches }, "^(200|204)$"},
	{"exactly nothing differs from a matcher left out",
		scenario(`origins: null`, `expect: {response: {expose-headers: {exactly: []}}}`),
		func(s *spec.Suite) any { return s.Scenarios[0].Expect.Response.ExposeHeaders.Exactly }, []string{}},
	{"a body that looks like another type is text",
		scenario(`origins: null`, `methods: PUT`, `body: null`),
		func(s *spec.Suite) any { return *s.Scenarios[0].Body }, "null"},
	{"variables can't inject YAML",
		"version: 1\ntarget: demo\nvars: {a: \"x, B: y\"}\n" + "scenarios: [{name: a, origins: null, headers: {A: \"${a}\"}}]\n",
		headers, "A=x, B: y"},
	{"a doubled dollar makes a literal ${",
		scenario(`origins: null`, `headers: {A: "$${a} $5 $$"}`), headers, "A=${a} $5 $$"},
	{"a merge key gives what a scenario lacks",
		"version: 1\ntarget: demo\nscenarios:\n  - &a {name: a, origins: null, headers: {A: b}}\n  - {<<: *a, name: b, headers: {C: d}}\n",
		func(s *spec.Suite) any { return s.Scenarios[1].Name + s.Scenarios[1].Headers[0][0].Name }, "bC"},
	{"a merged header gives way to one that differs in case",
		"version: 1\ntarget: demo\nscenarios:\n" +
			"  - {name: a, origins: null, headers: &h {Accept: a}}\n  - {name: b, origins: null, headers: {<<: *h, accept: b}}\n",
		func(s *spec.Suite) any { return s.Scenarios[1].Headers }, [][]cors.Header{{{Name: "accept", Value: "b"}}}},
	{"an alias stands for its value",
		"version: 1\ntarget: demo\nscenarios: [{name: a, origins: &o [null]}, {name: b, origins: *o}]\n",
		func(s *spec.Suite) any { return len(s.Scenarios[1].Origins) }, 1},
	{"a byte order mark and CR LF don't matter",
		"\uFEFFversion: 1\r\ntarget: demo\r\nscenarios:\r\n  - name: a\r\n    origins: null\r\n", origins, []string{"null"}},
	{"UTF-16 with a byte order mark is read",
		utf16("version: 1\ntarget: demo\nscenarios: [{name: ä, origins: null}]\n"),
		func(s *spec.Suite) any { return s.Scenarios[0].Name }, "ä"},
	{"the origins of extensions are origins",
		scenario(`origins: chrome-extension://abcdefgh`), origins, []string{"chrome-extension://abcdefgh"}},
	{"patch keeps its case",
		scenario(`origins: null`, `methods: patch`), func(s *spec.Suite) any { return s.Scenarios[0].Methods }, []string{"patch"}},
}

func origins(s *spec.Suite) any {
	var all []string
	for _, o := range s.Scenarios[0].Origins {
		if o.Opaque() {
			all = append(all, "null")
			continue
		}
		all = append(all, o.Scheme+"://"+o.Host)
	}
	return all
}

func headers(s *spec.Suite) any {
	var all []string
	for _, h := range s.Scenarios[0].Headers[0] {
		all = append(all, h.Name+"="+h.Value)
	}
	return strings.Join(all, " ")
}

func timeout(s *spec.Suite) any { return s.Scenarios[0].Timeout }

func utf16(s string) string {
	out := "\xFE\xFF"
	for _, r := range s {
		out += string([]byte{byte(r >> 8), byte(r)})
	}
	return out
}

func TestValuesMeanWhatTheirAuthorMeans(t *testing.T) {
	for _, tt := range taken {
		t.Run(tt.name, func(t *testing.T) {
			suite, mistakes := spec.Parse("f.yaml", []byte(tt.text), spec.Options{})
			if mistakes != nil {
				t.Fatal(mistakes)
			}
			if diff := cmp.Diff(tt.want, tt.got(suite)); diff != "" {
				t.Error("-want +got\n" + diff)
			}
		})
	}
}

// refused is YAML that people get wrong, and the place, rule and hint that they get. An empty hint is not compared.
var refused = []struct{ name, text, want, hint string }{
	{"an origin left empty is not the opaque one", scenario(`origins:`), "5:13 missing-value", "write null to mean the opaque origin"},
	{"an empty item is not dropped", scenario(`origins: [https://a.example, ]`, `methods: [GET, ~]`), "6:20 missing-value", ""},
	{"an empty header value is not sent as one", scenario(`origins: null`, `headers: {A: }`), "6:18 missing-value",
		`write a value, "" for an empty text, or leave the key out`},
	{"a null key is not dropped", "null: c\nversion: 1\nscenarios: [{name: a, origins: null, paths: http://a}]", "1:1 unknown-key", ""},
	{"an unquoted star is told to be quoted", scenario(`origins: *`), "5:14 yaml-syntax", `quote it, as in "*" or "*.example.com"`},
	{"an unquoted star in a list is told to be quoted", scenario(`origins: [null, *]`), "5:21 yaml-syntax", ""},
	{"an unquoted pattern is told to be quoted", scenario(`origins: *.example.com`), "5:14 yaml-syntax", ""},
	{"a star is no origin", scenario(`origins: "*"`), "5:14 invalid-origin",
		"name the origins one by one; stars stand in policies only"},
	{"an origin in another form is told in the browser's", scenario(`origins: https://App.Example.com:443/`),
		"5:14 invalid-origin", "write https://app.example.com"},
	{"an octal number is not read as another", scenario(`origins: null`, `repeat: 010`), "6:13 invalid-number",
		"write 10: a leading zero would make it octal in YAML"},
	{"a hexadecimal status is refused", scenario(`origins: null`, `expect: {response: {status: 0xC8}}`), "6:33 invalid-number", ""},
	{"an octal status is not read as another", scenario(`origins: null`, `expect: {response: {status: 0204}}`),
		"6:33 invalid-number", "write 204: a leading zero would make it octal in YAML"},
	{"an underscore in a number is refused", scenario(`origins: null`, `repeat: 1_0`), "6:13 invalid-number", ""},
	{"a fraction is not cut off", scenario(`origins: null`, `repeat: 2.5`), "6:13 invalid-number", ""},
	{"an exponent is refused", scenario(`origins: null`, `repeat: 1e2`), "6:13 invalid-number", ""},
	{"a sign is refused", scenario(`origins: null`, `repeat: -1`), "6:13 invalid-number", ""},
	{"a number has its limits", scenario(`origins: null`, `repeat: 1001`), "6:13 out-of-range", ""},
	{"a class of statuses is told as bounds", scenario(`origins: null`, `expect: {response: {status: 2xx}}`),
		"6:33 invalid-number", "write {at-least: 200, at-most: 299}"},
	{"a timeout of nothing is refused", scenario(`origins: null`, `timeout: 0`), "6:14 out-of-range", ""},
	{"a word is no boolean", "version: 1\ntarget: {url: demo, insecure: maybe}\nscenarios: [{name: a, origins: null}]",
		"2:31 invalid-boolean", ""},
	{"skip: false does not skip", scenario(`origins: null`, `skip: false`), "6:11 invalid-skip",
		"say why it is skipped, or leave the key out to run it"},
	{"an empty list makes no case and is refused", scenario(`origins: []`), "5:14 empty-list", "leave the key out to get its default"},
	{"a value that stands twice is refused", scenario("origins: [null,\n      'null']"), "6:7 duplicate-value", ""},
	{"a key that stands twice is refused", scenario(`origins: null`, `origins: null`), "6:5 duplicate-key", "its first place is line 5"},
	{"headers that differ in case alone are one", scenario(`origins: null`, `headers: {Vary: a, vary: b}`), "6:24 duplicate-key",
		"its first place is line 6"},
	{"an unknown key is told the nearest one", scenario(`orgins: null`), "4:5 missing-key|5:5 unknown-key", `did you mean "origins"?`},
	{"a second document is refused", scenario(`origins: null`) + "---\nversion: 1\n", "6:1 second-document", ""},
	{"an unknown tag is not dropped", scenario(`origins: !foo null`), "5:14 unknown-tag", ""},
	{"a binary tag is refused", scenario(`origins: null`, `body: !!binary aGk=`), "6:11 unknown-tag", ""},
	{"an anchor by mistake does not lose a word", "version: 1\ntarget: demo\nscenarios: [{name: &foo bar, origins: null}]\n",
		"3:20 unused-anchor", "quote the value when it begins with &, or remove the anchor"},
	{"an anchor that refers to itself is refused", "version: 1\nscenarios: &a [*a]\n", "2:16 alias-cycle", ""},
	{"an alias of nothing is told where it is", scenario(`origins: *all`), "5:14 yaml-syntax", "quote the value when it begins with *"},
	{"a merge key takes mappings", scenario(`origins: null`, `<<: x`), "6:9 invalid-merge", ""},
	{"the parser's panic never comes to pass", "<<: [{0},{[] }]\n0:", "1:1 missing-key|1:1 missing-key|1:11 invalid-key|2:1 unknown-key", ""},
	{"variables in a list in brackets are told to be quoted", scenario(`origins: [${A}, ${B}]`), "5:15 yaml-syntax",
		`quote it, as in ["${name}"]`},
	{"an IPv6 address in a list in brackets is told to be quoted", scenario(`origins: [http://[::1]:80]`), "5:15 yaml-syntax", "quote the value"},
	{"a second colon is told to be quoted", scenario(`skip: soon: ok`), "5:15 yaml-syntax", "quote the value"},
	{"double braces are no text", scenario(`origins: null`, `skip: {{x}}`), "6:11 wrong-type|6:12 invalid-key", ""},
	{"an at sign is told to be quoted", scenario(`skip: @x`), "5:11 yaml-syntax", "quote the value"},
	{"a percent sign is told to be quoted", scenario(`skip: %x`), "5:11 yaml-syntax", "quote the value"},
	{"a tab in the indentation is told", "version: 1\nscenarios:\n\t- name: a\n", "3:1 yaml-syntax", "indent with spaces"},
	{"a quote that is not closed is told where it opens", "version: 1\nscenarios: \"abc\n  def\n", "2:12 yaml-syntax", "close it"},
	{"a list that is not closed is told where it opens", scenario(`origins: [a, b`, `methods: GET`), "5:14 yaml-syntax", "close it with ]"},
	{"text after a closing quote is told", scenario(`skip: 'it's'`), "5:15 yaml-syntax", ""},
	{"a mistake on the first line has a place", "a: b: c", "1:5 yaml-syntax", "quote the value"},
	{"an item out of line is told where it is", "version: 1\nscenarios:\n  - name: a\n   origins: null\n", "4:4 yaml-syntax", ""},
	{"a byte that is no UTF-8 has a place", "version: 1\ntarget: ä\xff\n", "2:10 invalid-encoding", "save the file as UTF-8"},
	{"a control character has a place", "version: 1\ntarget: a\x1b\n", "2:10 control-character", "remove it"},
	{"a line break can't be smuggled into a header", scenario(`origins: null`, `headers: {A: "b\r\nC: d"}`), "6:18 control-character", ""},
	{"NUL can't be smuggled into a header", scenario(`origins: null`, `headers: {A: "b\0"}`), "6:18 control-character", ""},
	{"a line break can't be smuggled into a header's name", scenario(`origins: null`, `headers: {"A\r\nB": c}`), "6:15 invalid-header", ""},
	{"a line break can't be smuggled into a path", scenario(`origins: null`, `paths: "/a\nb"`), "6:12 control-character", ""},
	{"an escape sequence can't be smuggled into a name",
		"version: 1\ntarget: demo\nscenarios: [{name: \"\\e[0m\", origins: null}]", "3:20 control-character", ""},
	{"an empty file is told at its beginning", "", "1:1 empty-file", "a file begins with `version: 1`"},
	{"a file of comments is empty", "# to do\n", "1:1 empty-file", ""},
	{"an empty document is empty", "---\n", "1:1 empty-file", ""},
	{"a list is no file", "- a\n", "1:1 wrong-type", ""},
	{"keys that are missing are told where they belong", "# c\ntarget: demo\n", "2:1 missing-key|2:1 missing-key", ""},
	{"empty lists of what a file is about are told", "version: 1\npolicies: []\nserve: {}\n",
		"2:11 empty-list|3:8 missing-key|3:8 missing-key", ""},
	{"a file of a later version is refused", "version: 2\nscenarios: [{name: a, origins: null, paths: http://a}]\n", "1:10 unknown-value", ""},
}

func TestMistakesAreToldAtTheirPlace(t *testing.T) {
	for _, tt := range refused {
		t.Run(tt.name, func(t *testing.T) {
			_, mistakes := spec.Parse("f.yaml", []byte(tt.text), spec.Options{})
			var got, hints []string
			for _, m := range mistakes {
				head := strings.SplitN(m.String(), ": ", 2)[0]
				place := strings.Split(head, ":")
				got = append(got, place[1]+":"+place[2]+" "+m.Rule)
				hints = append(hints, m.Hint)
			}
			if strings.Join(got, "|") != tt.want {
				t.Errorf("got %s, want %s\n%v", strings.Join(got, "|"), tt.want, mistakes)
			}
			if tt.hint != "" && !strings.Contains(strings.Join(hints, "|"), tt.hint) {
				t.Errorf("got the hints %q, want %q", hints, tt.hint)
			}
		})
	}
}
