package spec_test

import (
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/corsgate/corsgate/spec"
)

// TestVariablesMayBeUnsetWhereTheCallerAllowsIt reads a file that has a variable at every place.
func TestVariablesMayBeUnsetWhereTheCallerAllowsIt(t *testing.T) {
	const file = "testdata/unset/every-place.yaml"
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if _, mistakes := spec.Parse(file, text, spec.Options{}); len(mistakes) == 0 {
		t.Error("without the option they are no mistakes")
	}
	suite, mistakes := spec.Parse(file, text, spec.Options{AllowUnset: true})
	if len(mistakes) > 0 {
		t.Fatal(mistakes)
	}
	want := []string{"API_TOKEN", "API_URL", "N", "ORIGIN", "PATH_X", "TAG"}
	if !slices.Equal(suite.Unset, want) {
		t.Errorf("got %v, want %v", suite.Unset, want)
	}
	wrong := strings.Replace(string(text), "version: 1", "version: 1\nvresion: 2", 1)
	if _, mistakes := spec.Parse(file, []byte(wrong), spec.Options{AllowUnset: true}); len(mistakes) != 1 {
		t.Errorf("other mistakes are told: %v", mistakes)
	}
}
