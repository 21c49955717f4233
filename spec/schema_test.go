package spec_test

import (
	"bytes"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/santhosh-tekuri/jsonschema/v6"
	"gopkg.in/yaml.v3"

	"github.com/corsgate/corsgate/spec"
)

func schema(t *testing.T) *jsonschema.Schema {
	t.Helper()
	text, err := jsonschema.UnmarshalJSON(bytes.NewReader(spec.Schema(spec.Options{})))
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	if err := c.AddResource("corsgate.schema.json", text); err != nil {
		t.Fatal(err)
	}
	s, err := c.Compile("corsgate.schema.json")
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// asJSON reads YAML as editors do, by its types.
func asJSON(t *testing.T, text []byte) any {
	t.Helper()
	v, err := decode(text)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

// decode reads by YAML's types. The parser panics where a list is a key.
func decode(text []byte) (v any, err error) {
	defer func() {
		if problem := recover(); problem != nil {
			err = fmt.Errorf("panic: %v", problem)
		}
	}()
	err = yaml.Unmarshal(text, &v)
	return plain(v), err
}

// plain replaces what JSON does not have.
func plain(v any) any {
	switch v := v.(type) {
	case map[string]any:
		for k := range v {
			v[k] = plain(v[k])
		}
	case map[any]any:
		m := map[string]any{}
		for k := range v {
			m[fmt.Sprint(k)] = plain(v[k])
		}
		return m
	case []any:
		for i := range v {
			v[i] = plain(v[i])
		}
	case time.Time:
		return v.Format(time.DateOnly)
	}
	return v
}

func TestEveryGoodFileIsValidByTheSchema(t *testing.T) {
	s := schema(t)
	check := func(name string, text []byte) {
		t.Run(name, func(t *testing.T) {
			if err := s.Validate(asJSON(t, text)); err != nil {
				t.Error(err)
			}
		})
	}
	for _, tt := range slices.Concat(taken, meant) {
		check(tt.name, []byte(tt.text))
	}
	for _, file := range append(examples(t), "testdata/every-key.yaml") {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		check(filepath.ToSlash(file), text)
	}
}

// examples are the files that the examples run.
func examples(t *testing.T) []string {
	t.Helper()
	var files []string
	err := filepath.WalkDir("../examples", func(path string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() && d.Name() == "node_modules":
			return fs.SkipDir
		case d.Name() == "corsgate.yaml" || strings.HasSuffix(path, ".cors.yaml") || strings.HasSuffix(path, ".cors.yml"):
			files = append(files, path)
		}
		return nil
	})
	if err != nil || len(files) < 5 {
		t.Fatal(len(files), err)
	}
	return files
}

// expressible are the rules whose breach a schema shows.
var expressible = []string{
	"unknown-key", "missing-key", "wrong-type", "unknown-value", "invalid-boolean", "invalid-number", "invalid-duration",
	"empty-list", "duplicate-value",
}

// beyond are files that break such a rule in a way that a schema can't show: by what a variable holds, what YAML's types
// hide, or what stands elsewhere.
var beyond = map[string]string{
	"an octal number is not read as another": "a number to YAML",
	"a hexadecimal status is refused":        "a number to YAML",
	"an octal status is not read as another": "a number to YAML",
	"an underscore in a number is refused":   "a number to YAML",
	"an exponent is refused":                 "a number to YAML",
	"a value that stands twice is refused":   "null and a text to YAML",
}

func TestEveryBadFileIsInvalidByTheSchemaWhereOneCanTell(t *testing.T) {
	s := schema(t)
	told := 0
	for _, tt := range refused {
		_, mistakes := spec.Parse("f.yaml", []byte(tt.text), spec.Options{})
		shows := slices.ContainsFunc(rules(mistakes), func(r string) bool { return slices.Contains(expressible, r) })
		v, err := decode([]byte(tt.text))
		if !shows || err != nil {
			continue
		}
		told++
		why, excused := beyond[tt.name]
		if err := s.Validate(v); (err == nil) != excused {
			t.Errorf("%s: %v, excused: %q (%v)", tt.name, err, why, rules(mistakes))
		}
	}
	for _, name := range []string{"bad-targets", "policies", "unknown-names", "wrong-kinds"} {
		text, err := os.ReadFile("testdata/" + name + ".yaml")
		if err != nil {
			t.Fatal(err)
		}
		if s.Validate(asJSON(t, text)) == nil {
			t.Errorf("%s.yaml is valid", name)
		}
	}
	if told < 15 {
		t.Errorf("only %d files were compared", told)
	}
}

// TestOneMistakeMakesAFileInvalidByTheSchema has one mistake in each file, which Parse finds too.
func TestOneMistakeMakesAFileInvalidByTheSchema(t *testing.T) {
	s := schema(t)
	for _, text := range []string{
		scenario("origins: null", "origns: null"),
		scenario("origins: null", "expect: {outcome: allowed, reson: a}"),
		scenario("origins: null", "expect: allow"),
		scenario("origins: null", "expect: {response: {status: 99}}"),
		scenario("origins: null", "expect: {response: {readable: []}}"),
		scenario("origins: {a: b}"),
		scenario("origins: null", "timeout: soon"),
		scenario("origins: null", "timeout: -1"),
		scenario("origins: null", "repeat: 0"),
		scenario("origins: null", "methods: [PUT, PUT]"),
		scenario("origins: null", "headers: [a]"),
		scenario("origins: null", "tags: []"),
		policy("allow: {}"),
		policy("paths: /a"),
		policy("allow: {origins: '*', credentials: include}"),
		policy("allow: {origins: '*'}", "expose: [A, A]"),
		"version: 1\nrules: {a: fatal}\n" + scenario("origins: null")[len("version: 1\n"):],
		"version: 1\nserve: {command: [], ready: 'a:1'}\n" + scenario("origins: null")[len("version: 1\n"):],
		"version: 1\nserve: {ready: 'a:1'}\n" + scenario("origins: null")[len("version: 1\n"):],
		"target: demo\nscenarios: [{name: a, origins: null}]\n",
		"version: 1\ntarget: demo\n",
		"version: 2\ntarget: demo\nscenarios: [{name: a, origins: null}]\n",
		"version: 1\ntarget: [demo]\nscenarios: [{name: a, origins: null}]\n",
		"version: 1\ntarget: {url: demo, http: 3}\nscenarios: [{name: a, origins: null}]\n",
		"version: 1\ntarget: {url: demo, insecure: perhaps}\nscenarios: [{name: a, origins: null}]\n",
	} {
		if _, mistakes := spec.Parse("f.yaml", []byte(text), spec.Options{}); len(mistakes) != 1 {
			t.Errorf("not one mistake: %v\n%s", mistakes, text)
		}
		if s.Validate(asJSON(t, []byte(text))) == nil {
			t.Errorf("valid:\n%s", text)
		}
	}
}

func TestTheSchemaKnowsTheIDsOfRulesAndProbes(t *testing.T) {
	text := string(spec.Schema(spec.Options{Rules: []string{"a-rule"}, Probes: []string{"a-probe"}}))
	for _, id := range []string{`"a-rule": {`, `"a-probe"`} {
		if !strings.Contains(text, id) {
			t.Errorf("no %s", id)
		}
	}
}

// TestTheDocumentIsMadeFromTheTable compares docs/format.md; -update writes it.
func TestTheDocumentIsMadeFromTheTable(t *testing.T) {
	const file = "../docs/format.md"
	got := string(spec.Markdown())
	if *update {
		if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Error("-want +got\n" + diff)
	}
}
