package spec_test

import (
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/corsgate/corsgate/spec"
)

var update = flag.Bool("update", false, "write the golden files anew")

// TestFilesGiveTheirDiagnostics compares each testdata/*.yaml with the .golden file beside it, which is empty for a
// good file.
func TestFilesGiveTheirDiagnostics(t *testing.T) {
	files, err := filepath.Glob("testdata/*.yaml")
	if err != nil || len(files) == 0 {
		t.Fatal("no files", err)
	}
	environment := map[string]string{"API_TOKEN": "hunter22"}
	options := spec.Options{
		LookupEnv: func(name string) (string, bool) { v, ok := environment[name]; return v, ok },
		Rules:     []string{"trusts-prefix", "wildcard-with-credentials", "max-age-over-cap", "vary-origin-missing"},
		Probes:    []string{"trusts-prefix", "wildcard-with-credentials", "credentials-beyond-policy"},
	}
	for _, file := range files {
		t.Run(filepath.Base(file), func(t *testing.T) {
			text, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			got := ""
			if _, mistakes := spec.Parse(filepath.Base(file), text, options); mistakes != nil {
				got = mistakes.Error() + "\n"
			}
			golden := strings.TrimSuffix(file, ".yaml") + ".golden"
			if *update {
				if err := os.WriteFile(golden, []byte(got), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(golden)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(string(want), got); diff != "" {
				t.Error("-want +got\n" + diff)
			}
		})
	}
}
