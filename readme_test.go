package main

import (
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// inReadme is set in the environment of the documents' commands, some of which run tests.
const inReadme = "CORSGATE_DOCUMENTED_COMMANDS"

// TestTheDocumentsCommandsWork runs what README.md and docs show in `sh` blocks, in their order, in a copy of this
// folder.
func TestTheDocumentsCommandsWork(t *testing.T) {
	if os.Getenv(inReadme) != "" {
		t.Skip("one of the commands runs this test")
	}
	if testing.Short() {
		t.Skip("builds the command several times")
	}
	folder := copyOfThisFolder(t)
	for _, document := range documents(t) {
		for _, command := range commands(blocks(t, document, "sh")) {
			t.Run(document+": "+command, func(t *testing.T) {
				c := exec.Command("sh", "-eu", "-c", command)
				c.Dir, c.Env = folder, append(os.Environ(), inReadme+"=1")
				if out, err := c.CombinedOutput(); err != nil {
					t.Errorf("%v\n%s", err, out)
				}
			})
		}
	}
}

// TestTheReadmeShowsRealOutput compares the first two outputs that README.md shows with what the commands print now.
func TestTheReadmeShowsRealOutput(t *testing.T) {
	shown := blocks(t, "README.md", "text")
	for i, args := range [][]string{
		{"run", "examples/quickstart"}, {"run", "examples/failing", "--filter", "both front ends"},
	} {
		c := exec.Command("go", append([]string{"run", "."}, args...)...)
		out, err := c.Output()
		if len(out) == 0 {
			t.Fatal(err)
		}
		want := varying.ReplaceAllString(string(out), "N")
		if _, output, ok := strings.Cut(shown[i], "\n"); ok && strings.HasPrefix(shown[i], "$ ") {
			shown[i] = output
		}
		if got := varying.ReplaceAllString(shown[i], "N"); strings.TrimSpace(got) != strings.TrimSpace(want) {
			t.Errorf("README.md shows\n%s\nwhere %v prints\n%s", shown[i], args, out)
		}
	}
}

// varying is what differs from run to run: ports and durations.
var varying = regexp.MustCompile(`127\.0\.0\.1:\d+|\d+ ms`)

// TestTheDocumentsFilesAreValid checks each complete file that the documents show.
func TestTheDocumentsFilesAreValid(t *testing.T) {
	checked := 0
	for _, document := range documents(t) {
		for _, text := range blocks(t, document, "yaml") {
			if !strings.Contains(text, "version: 1\n") {
				continue // a part of a file, or another tool's
			}
			file := filepath.Join(t.TempDir(), "corsgate.yaml")
			if err := os.WriteFile(file, []byte(text), 0o666); err != nil {
				t.Fatal(err)
			}
			if out, err := exec.Command("go", "run", ".", "validate", file).CombinedOutput(); err != nil {
				t.Errorf("%s: %s", document, out)
			}
			checked++
		}
	}
	if checked == 0 {
		t.Error("the documents show no file")
	}
}

func documents(t *testing.T) []string {
	t.Helper()
	found, err := filepath.Glob("docs/*.md")
	if err != nil {
		t.Fatal(err)
	}
	return append([]string{"README.md"}, found...)
}

// blocks returns the fenced blocks of a language.
func blocks(t *testing.T, document, language string) []string {
	t.Helper()
	text, err := os.ReadFile(document)
	if err != nil {
		t.Fatal(err)
	}
	var found []string
	fence := regexp.MustCompile("(?ms)^```" + language + "\n(.*?)^```$")
	for _, m := range fence.FindAllStringSubmatch(string(text), -1) {
		found = append(found, m[1])
	}
	return found
}

// commands returns the lines of blocks, those with a backslash at their end joined with the next.
func commands(blocks []string) []string {
	text := strings.ReplaceAll(strings.Join(blocks, ""), "\\\n", " ")
	return slices.DeleteFunc(strings.Split(text, "\n"), func(line string) bool {
		return strings.TrimSpace(line) == "" || strings.HasPrefix(line, "#")
	})
}

// copyOfThisFolder is what a checkout has.
func copyOfThisFolder(t *testing.T) string {
	t.Helper()
	to := t.TempDir()
	left := []string{".git", "node_modules", "results", "dist"}
	err := filepath.WalkDir(".", func(path string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case slices.Contains(left, d.Name()) && d.IsDir():
			return fs.SkipDir
		case d.IsDir():
			return os.MkdirAll(filepath.Join(to, path), 0o777)
		case path == "corsgate" || !d.Type().IsRegular():
			return nil
		}
		return copyFile(path, filepath.Join(to, path))
	})
	if err != nil {
		t.Fatal(err)
	}
	return to
}

func copyFile(from, to string) error {
	text, err := os.ReadFile(from)
	if err != nil {
		return err
	}
	info, err := os.Stat(from)
	if err != nil {
		return err
	}
	return os.WriteFile(to, text, info.Mode())
}
