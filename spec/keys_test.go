package spec

import (
	"os"
	"strings"
	"testing"
)

// walk calls f for every key that an object of the shape can hold.
func walk(s shape, f func(keyInfo)) {
	for _, k := range s.keys {
		f(k)
		walk(k.shape, f)
	}
	for _, e := range s.either {
		walk(e, f)
	}
	if s.of != nil {
		walk(*s.of, f)
	}
}

func TestEveryKeyIsDescribedInOneSentence(t *testing.T) {
	walk(fileTable(Options{}).shape(), func(k keyInfo) {
		first := strings.ToUpper(k.about[:1])
		if k.about[:1] != first || !strings.HasSuffix(k.about, ".") || strings.Count(k.about, ". ") > 0 {
			t.Errorf("%s: %q is not one sentence", k.name, k.about)
		}
		if k.shape.what == "" {
			t.Errorf("%s: its value has no description", k.name)
		}
		if k.shape.form == formWords && len(k.shape.words) == 0 {
			t.Errorf("%s: its words are missing", k.name)
		}
	})
}

func TestEveryKeyStandsInTheFileThatHasThemAll(t *testing.T) {
	text, err := os.ReadFile("testdata/every-key.yaml")
	if err != nil {
		t.Fatal(err)
	}
	walk(fileTable(Options{}).shape(), func(k keyInfo) {
		if !strings.Contains(string(text), k.name+":") {
			t.Errorf("no %s", k.name)
		}
	})
}
