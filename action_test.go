package main

import (
	"crypto/sha256"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestTheActionBuildsItselfRunsAndTellsItsOutputs(t *testing.T) {
	if testing.Short() {
		t.Skip("builds the command")
	}
	w := checkout(t, map[string]string{
		"args": "--filter=^passes", "report-junit": "out/junit.xml", "report-json": "out/run.json",
		"report-sarif": "out/run.sarif", "report-html": "out/run.html", "report-markdown": "out/run.md",
	})
	code, outputs := w.run()
	if code != 0 {
		t.Fatalf("exit code %d: %s", code, w.log.String())
	}
	want := map[string]string{
		"exit-code": "0", "cases": "2", "passed": "2", "failed": "0", "errors": "0", "skipped": "0",
		"report-junit": "out/junit.xml", "report-json": "out/run.json", "report-sarif": "out/run.sarif",
		"report-html": "out/run.html", "report-markdown": "out/run.md",
	}
	if diff := cmp.Diff(want, outputs); diff != "" {
		t.Errorf("outputs: -want +got:\n%s", diff)
	}
	for name, path := range outputs {
		if strings.HasPrefix(name, "report-") {
			w.read(filepath.Join(w.workspace, path))
		}
	}
	if !strings.Contains(w.read(w.summary), "corsgate") {
		t.Error("there is no job summary")
	}
	if strings.Join(w.used, " ") == "" || !strings.HasPrefix(w.used[1], "actions/setup-go@") {
		t.Errorf("it used %v", w.used)
	}
}

func TestAFailingGateFailsTheStepAndStillTellsItsOutputs(t *testing.T) {
	w := checkout(t, map[string]string{"report-junit": "junit.xml"}).cached()
	code, outputs := w.run()
	if code != 1 || outputs["exit-code"] != "1" || outputs["failed"] != "1" || outputs["passed"] != "2" {
		t.Errorf("exit code %d, outputs %v", code, outputs)
	}
	if report := w.read(filepath.Join(w.workspace, outputs["report-junit"])); !strings.Contains(report, "<failure") {
		t.Errorf("no failure in %s", report)
	}
	if log := w.log.String(); !strings.Contains(log, "::error file=corsgate.yaml,line=9") {
		t.Errorf("no annotation in %s", log)
	}
	if len(w.used) != 1 {
		t.Errorf("it used %v though the cache had the command", w.used)
	}
}

func TestFailOnSaysWhichExitCodesFailTheStep(t *testing.T) {
	const decided, wrong, undecided, mistake = "--filter=^passes", "--tags=wrong", "--timeout=1ns", "--no-such-flag"
	tests := []struct {
		failOn, argument string
		exit, step       int // the command's exit code, and the step's
	}{
		{"error", decided, 0, 0}, {"failure", decided, 0, 0}, {"never", decided, 0, 0},
		{"error", wrong, 1, 1}, {"failure", wrong, 1, 1}, {"never", wrong, 1, 0},
		{"error", undecided, 3, 3}, {"failure", undecided, 3, 0}, {"never", undecided, 3, 0},
		{"error", mistake, 2, 2}, {"failure", mistake, 2, 2}, {"never", mistake, 2, 2},
		{"sometimes", decided, 2, 2},
	}
	for _, tt := range tests {
		t.Run(tt.failOn+" "+tt.argument, func(t *testing.T) {
			w := checkout(t, map[string]string{"fail-on": tt.failOn, "args": tt.argument}).cached()
			code, outputs := w.run()
			if code != tt.step || outputs["exit-code"] != fmt.Sprint(tt.exit) {
				t.Errorf("the step ends with %d and exit-code %s, want %d and %d:\n%s", code, outputs["exit-code"], tt.step, tt.exit,
					w.log.String())
			}
		})
	}
}

func TestInputsReachTheCommandAsTheyAre(t *testing.T) {
	w := checkout(t, map[string]string{
		"files": "a folder/it's \"quoted\" $(touch pwned).cors.yaml\r\n\n  two  .cors.yaml\n",
		"args":  "--var=app=a b  c\n--filter=`touch pwned`;touch pwned|^;'\"\n",
		"env":   "${HOME} && touch pwned", "target": "demo", "shard": "1/2\ntouch pwned", "working-directory": "sub folder",
		"report-junit": "../../report 'of' $PATH.xml",
	}).cached()
	if err := os.Mkdir(filepath.Join(w.workspace, "sub folder"), 0o777); err != nil {
		t.Fatal(err)
	}
	arguments := filepath.Join(w.temp, "arguments")
	folder := filepath.Join(w.temp, "corsgate-action", w.contexts["steps.which.outputs.key"])
	echo := "#!/bin/sh\nprintf '%s\\0' \"$@\" > \"" + arguments + "\"\n"
	if err := os.WriteFile(filepath.Join(folder, "corsgate"), []byte(echo), 0o777); err != nil {
		t.Fatal(err)
	}
	if code, _ := w.run(); code != 0 {
		t.Fatalf("exit code %d: %s", code, w.log.String())
	}
	want := []string{
		"run", "--target=demo", "--env=${HOME} && touch pwned", "--shard=1/2\ntouch pwned",
		"--report-junit=../../report 'of' $PATH.xml", "--var=app=a b  c", "--filter=`touch pwned`;touch pwned|^;'\"", "--",
		"a folder/it's \"quoted\" $(touch pwned).cors.yaml", "  two  .cors.yaml",
	}
	got := strings.Split(strings.TrimSuffix(w.read(arguments), "\x00"), "\x00")
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	for _, name := range []string{"pwned", "sub folder/pwned"} {
		if _, err := os.Stat(filepath.Join(w.workspace, name)); err == nil {
			t.Errorf("an input was executed: there is %s", name)
		}
	}
}

func TestSummaryAndAnnotationsCanBeSwitchedOff(t *testing.T) {
	w := checkout(t, map[string]string{"job-summary": "false", "annotations": "false"}).cached()
	if code, _ := w.run(); code != 1 {
		t.Errorf("exit code %d", code)
	}
	if strings.Contains(w.log.String(), "::error") {
		t.Errorf("an annotation in %s", w.log.String())
	}
	if _, err := os.Stat(w.summary); err == nil {
		t.Error("there is a summary")
	}
	w = checkout(t, map[string]string{"annotations": "maybe"}).cached()
	if code, outputs := w.run(); code != 2 || outputs["exit-code"] != "2" {
		t.Errorf("exit code %d, outputs %v", code, outputs)
	}
}

func TestAReleasedBinaryRunsOnlyWithItsChecksum(t *testing.T) {
	binary, err := built()
	if err != nil {
		t.Fatal(err)
	}
	checksum := fmt.Sprintf("%x", sha256.Sum256(binary))
	tests := []struct {
		name, asset, checksum string
		code                  int
		log                   string
	}{
		{"the right one", "corsgate_v1.2.3_linux_amd64", checksum, 0, "PASS"},
		{"a wrong one", "corsgate_v1.2.3_linux_amd64", strings.Repeat("0", 64), 2,
			"the SHA-256 checksum of corsgate_v1.2.3_linux_amd64 is " + checksum},
		{"none for this machine", "corsgate_v1.2.3_linux_arm64", checksum, 2,
			"has no checksum of that version for linux on amd64"},
		{"none of this version", "corsgate_v1.2.4_linux_amd64", checksum, 2, "has no checksum of that version"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			w := checkout(t, map[string]string{"version": "v1.2.3", "args": "--filter=^passes"})
			w.release(tt.asset, binary, tt.checksum)
			code, _ := w.run()
			if code != tt.code || !strings.Contains(w.log.String(), tt.log) {
				t.Errorf("exit code %d:\n%s", code, w.log.String())
			}
			if strings.Contains(strings.Join(w.used, " "), "setup-go") {
				t.Error("it set up Go")
			}
		})
	}
}

func TestABinaryFromTheCacheIsCheckedToo(t *testing.T) {
	w := checkout(t, map[string]string{"version": "v1.2.3"})
	w.release("corsgate_v1.2.3_linux_amd64", nil, strings.Repeat("1", 64))
	w.cached()
	if code, _ := w.run(); code != 2 || !strings.Contains(w.log.String(), "not "+strings.Repeat("1", 64)) {
		t.Errorf("exit code %d:\n%s", code, w.log.String())
	}
}

func TestEachSystemHasItsBinary(t *testing.T) {
	for system, want := range map[string][2]string{
		"Linux":   {"corsgate_v1_linux_amd64", "corsgate"},
		"macOS":   {"corsgate_v1_darwin_amd64", "corsgate"},
		"Windows": {"corsgate_v1_windows_amd64.exe", "corsgate.exe"},
	} {
		w := checkout(t, map[string]string{"version": "v1"})
		w.contexts["runner.os"] = system
		w.release(want[0], nil, strings.Repeat("2", 64))
		code := w.shell(w.action.Runs.Steps[0])
		got := [2]string{w.contexts["steps.which.outputs.asset"], w.contexts["steps.which.outputs.file"]}
		if code != 0 || got != want {
			t.Errorf("%s: exit code %d, got %v, want %v", system, code, got, want)
		}
	}
}

// pinned is an action named by a commit, with the version that the commit is.
var pinned = regexp.MustCompile(`^ *(- )?uses: [\w.-]+(/[\w.-]+)+@[0-9a-f]{40} # v\d+\.\d+\.\d+$`)

func TestWorkflowsPinActionsAndReadInputsFromTheEnvironment(t *testing.T) {
	files, err := filepath.Glob(".github/workflows/*.yml")
	if err != nil || len(files) == 0 {
		t.Fatalf("workflows: %v, %v", files, err)
	}
	for _, file := range append(files, "action.yml") {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for i, line := range strings.Split(string(text), "\n") {
			if strings.Contains(line, "uses: ") && !strings.Contains(line, "uses: ./") && !pinned.MatchString(line) {
				t.Errorf("%s:%d: %s is not pinned", file, i+1, strings.TrimSpace(line))
			}
			if strings.Contains(line, "eval ") {
				t.Errorf("%s:%d: eval", file, i+1)
			}
		}
	}
	for _, step := range readAction(t).Runs.Steps {
		if strings.Contains(step.Run, "${{") {
			t.Errorf("the script of %q has an expression in it", step.Name)
		}
	}
}
