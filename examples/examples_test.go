// Package examples_test runs the examples.
package examples_test

import (
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "write the files in testdata")

// corsgateReport is what these tests read of a JSON report.
type corsgateReport struct {
	Summary struct{ Cases, Passed, Failed, Errors, Skipped int }
	Cases   []corsgateCase
}

type corsgateCase struct {
	Name, Scenario, Status, Outcome, Reason string
	Mismatches                              []struct{ Field string }
	Cause                                   *struct{ ID string }
}

// failures lists the cases that did not pass, one a line: what did not hold, and the browser's reason.
func (r corsgateReport) failures() string {
	var list strings.Builder
	for _, c := range r.Cases {
		if c.Status == "passed" {
			continue
		}
		var fields []string
		for _, m := range c.Mismatches {
			fields = append(fields, m.Field)
		}
		line := fmt.Sprintf("%s: %s: %s: %s", c.Status, c.Scenario, c.Name, strings.Join(fields, ", "))
		if c.Reason != "" {
			line += " (" + c.Reason + ")"
		}
		if c.Cause != nil {
			line += ": " + c.Cause.ID
		}
		list.WriteString(line + "\n")
	}
	return list.String()
}

// build builds the command once for all tests.
var build = sync.OnceValues(func() (string, error) {
	dir, err := os.MkdirTemp("", "corsgate-examples-")
	if err != nil {
		return "", err
	}
	binary := filepath.Join(dir, "corsgate")
	out, err := exec.Command("go", "build", "-o", binary, "..").CombinedOutput()
	if err != nil {
		return "", errors.New(string(out))
	}
	return binary, nil
})

func TestMain(m *testing.M) {
	code := m.Run()
	if binary, err := build(); err == nil {
		os.RemoveAll(filepath.Dir(binary))
	}
	os.Exit(code)
}

// run runs corsgate run in this folder and returns its exit code and its JSON report.
func run(t *testing.T, args ...string) (int, corsgateReport) {
	t.Helper()
	file := filepath.Join(t.TempDir(), "report.json")
	code, out := command(t, append([]string{"run", "--no-progress", "--report-json", file}, args...)...)
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatalf("%v; exit code %d and\n%s", err, code, out)
	}
	var r corsgateReport
	if err := json.Unmarshal(data, &r); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if t.Failed() {
			t.Logf("exit code %d and\n%s", code, out)
		}
	})
	return code, r
}

func command(t *testing.T, args ...string) (code int, output string) {
	t.Helper()
	binary, err := build()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), binary, args...)
	out, err := cmd.CombinedOutput()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		t.Fatal(err)
	}
	return cmd.ProcessState.ExitCode(), string(out)
}

// folders returns the examples, and whether each runs against the built-in demonstration API.
func folders(t *testing.T) map[string]bool {
	t.Helper()
	files, err := filepath.Glob("*/corsgate.yaml")
	if err != nil || len(files) == 0 {
		t.Fatalf("no examples found: %v", err)
	}
	list := map[string]bool{}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		list[filepath.Dir(file)] = strings.Contains(string(text), "\ntarget: demo")
	}
	return list
}

func TestExamplesAreAsTheySay(t *testing.T) {
	for folder, demo := range folders(t) {
		t.Run(folder, func(t *testing.T) {
			if !demo {
				if code, out := command(t, "validate", folder); code != 0 {
					t.Errorf("exit code %d\n%s", code, out)
				}
				return
			}
			failures := ""
			if folder == "failing" {
				failures = "failing.txt"
			}
			code, r := run(t, folder)
			checkResult(t, failures, code, r)
		})
	}
}

func TestTheReadmesFirstFilePasses(t *testing.T) {
	readme, err := os.ReadFile("../README.md")
	if err != nil {
		t.Fatal(err)
	}
	_, text, found := strings.Cut(string(readme), "```yaml\nversion: 1\n")
	text, _, _ = strings.Cut(text, "```")
	file := filepath.Join(t.TempDir(), "corsgate.yaml")
	if err := os.WriteFile(file, []byte("version: 1\n"+text), 0o600); err != nil || !found {
		t.Fatalf("no first file in README.md (%v)", err)
	}
	code, r := run(t, file)
	checkResult(t, "", code, r)
}

func TestTheReadmeShowsTheLibraryExample(t *testing.T) {
	readme, err := os.ReadFile("../README.md")
	if err != nil {
		t.Fatal(err)
	}
	source, err := os.ReadFile("library/cors_test.go")
	if err != nil {
		t.Fatal(err)
	}
	_, shown, _ := strings.Cut(string(source), "\nfunc TestCORS")
	shown, _, _ = strings.Cut(shown, "\nfunc newAPI")
	if shown == "" || !strings.Contains(string(readme), "func TestCORS"+shown) {
		t.Errorf("README.md does not show\nfunc TestCORS%s", shown)
	}
}

// checkResult compares the cases that did not pass with the file of that name in testdata; no name: all must pass.
func checkResult(t *testing.T, name string, code int, r corsgateReport) {
	t.Helper()
	if r.Summary.Cases == 0 || r.Summary.Cases != len(r.Cases) {
		t.Errorf("%d cases in the summary, %d in the list", r.Summary.Cases, len(r.Cases))
	}
	wantCode, want := 0, ""
	if name != "" {
		wantCode, want = 1, golden(t, filepath.Join("testdata", name), r.failures())
	}
	if code != wantCode {
		t.Errorf("exit code %d, not %d", code, wantCode)
	}
	if diff := cmp.Diff(want, r.failures()); diff != "" {
		t.Errorf("failures (-want +got):\n%s", diff)
	}
}

// golden returns what a file holds, which is got after -update.
func golden(t *testing.T, file, got string) string {
	t.Helper()
	if *update {
		if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return string(want)
}
