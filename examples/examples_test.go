// Package examples_test runs the examples.
package examples_test

import (
	"encoding/json"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// corsgateReport is what these tests read of a JSON report.
type corsgateReport struct {
	Summary struct{ Cases, Passed, Failed, Errors, Skipped int }
	Cases   []corsgateCase
}

type corsgateCase struct {
	Name, Scenario, Status, Outcome, Reason string
	Mismatches                              []struct{ Field, Want, Got string }
}

// failures lists the cases that did not pass: status, scenario, name, and what was got for what.
func (r corsgateReport) failures() []string {
	var list []string
	for _, c := range r.Cases {
		if c.Status == "passed" {
			continue
		}
		line := c.Status + ": " + c.Scenario + ": " + c.Name
		for _, m := range c.Mismatches {
			line += "; " + m.Field + " " + m.Got + ", not " + m.Want
		}
		if c.Reason != "" {
			line += " (" + c.Reason + ")"
		}
		list = append(list, line)
	}
	return list
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
	failing := []string{
		"failed: both front ends read: GET /wrong/origin-not-allowed from https://admin.example.com",
		"failed: strangers stay out",
		"failed: the app edits",
		"failed: the app sees which error it got",
	}
	for folder, demo := range folders(t) {
		t.Run(folder, func(t *testing.T) {
			if !demo {
				if code, out := command(t, "validate", folder); code != 0 {
					t.Errorf("exit code %d\n%s", code, out)
				}
				return
			}
			var wantFailures []string
			wantCode := 0
			if folder == "failing" {
				wantFailures, wantCode = failing, 1
			}
			code, r := run(t, folder)
			if code != wantCode {
				t.Errorf("exit code %d, not %d", code, wantCode)
			}
			checkFailures(t, wantFailures, r)
		})
	}
}

// checkFailures compares failures by how they begin.
func checkFailures(t *testing.T, want []string, r corsgateReport) {
	t.Helper()
	if r.Summary.Cases == 0 || r.Summary.Cases != len(r.Cases) {
		t.Errorf("%d cases in the summary, %d in the list", r.Summary.Cases, len(r.Cases))
	}
	got := r.failures()
	if len(got) == len(want) {
		for i, prefix := range want {
			if strings.HasPrefix(got[i], prefix) {
				got[i] = prefix
			}
		}
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("failures (-want +got):\n%s", diff)
	}
}
