package report_test

import (
	"bytes"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/corsgate/corsgate/report"
)

func create(t *testing.T, path string) *report.File {
	t.Helper()
	f, err := report.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func write(t *testing.T, path, text string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o666); err != nil {
		t.Fatal(err)
	}
}

func wantFile(t *testing.T, path, want string) {
	t.Helper()
	got, err := os.ReadFile(path)
	if err != nil || string(got) != want {
		t.Errorf("%s holds %q, %v; want %q", path, got, err, want)
	}
}

func wantNames(t *testing.T, dir string, want ...string) {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, e := range entries {
		got = append(got, e.Name())
	}
	if strings.Join(got, " ") != strings.Join(want, " ") {
		t.Errorf("the folder holds %q, want %q", got, want)
	}
}

func TestAReportStandsUnderItsNameOnlyWhenItIsWhole(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "r.json")
	write(t, path, "old")
	f := create(t, path)
	if _, err := os.Stat(path); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("the old report is still there: %v", err)
	}
	if _, err := f.Write([]byte("new")); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(path); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("the report stands there before it is whole: %v", err)
	}
	if err := f.Commit(); err != nil {
		t.Fatal(err)
	}
	wantFile(t, path, "new")
	wantNames(t, dir, "r.json")
}

func TestADiscardedReportLeavesNothing(t *testing.T) {
	dir := t.TempDir()
	f := create(t, filepath.Join(dir, "r.json"))
	if _, err := f.Write(bytes.Repeat([]byte("x"), 1<<20)); err != nil {
		t.Fatal(err)
	}
	if err := f.Discard(); err != nil {
		t.Fatal(err)
	}
	wantNames(t, dir)
}

func TestAReportHasThePermissionsOfANewFile(t *testing.T) {
	dir := t.TempDir()
	f := create(t, filepath.Join(dir, "r.json"))
	if err := f.Commit(); err != nil {
		t.Fatal(err)
	}
	write(t, filepath.Join(dir, "like"), "")
	got, err1 := os.Stat(filepath.Join(dir, "r.json"))
	want, err2 := os.Stat(filepath.Join(dir, "like"))
	if err := errors.Join(err1, err2); err != nil || got.Mode() != want.Mode() {
		t.Errorf("got %v, want %v, %v", got.Mode(), want.Mode(), err)
	}
}

func TestMissingFoldersAreMade(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a", "b", "r.json")
	if err := create(t, path).Commit(); err != nil {
		t.Fatal(err)
	}
	wantFile(t, path, "")
}

func TestSymbolicLinksAreFollowed(t *testing.T) {
	for _, target := range []string{"there.json", "not/yet/there.json"} {
		dir := t.TempDir()
		write(t, filepath.Join(dir, "there.json"), "old")
		if err := os.Symlink("two", filepath.Join(dir, "one")); err != nil {
			t.Fatal(err)
		}
		if err := os.Symlink(target, filepath.Join(dir, "two")); err != nil {
			t.Fatal(err)
		}
		f := create(t, filepath.Join(dir, "one"))
		if _, err := f.Write([]byte("new")); err != nil {
			t.Fatal(err)
		}
		if err := f.Commit(); err != nil {
			t.Fatal(err)
		}
		wantFile(t, filepath.Join(dir, target), "new")
		if to, err := os.Readlink(filepath.Join(dir, "one")); err != nil || to != "two" {
			t.Errorf("the link is %q, %v", to, err)
		}
	}
}

func TestWhatCannotBeAReportIsAnErrorAtOnce(t *testing.T) {
	dir := t.TempDir()
	write(t, filepath.Join(dir, "file"), "")
	if err := os.Symlink("loop", filepath.Join(dir, "loop")); err != nil {
		t.Fatal(err)
	}
	tests := []struct{ name, path, want string }{
		{"a folder", dir, "is a directory"},
		{"below a file", filepath.Join(dir, "file", "r.json"), "not a directory"},
		{"a link to itself", filepath.Join(dir, "loop"), "symbolic links"},
		{"a name that is too long", filepath.Join(dir, strings.Repeat("x", 300)), "name too long"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, err := report.Create(tt.path)
			if err == nil || !strings.Contains(err.Error(), tt.want) || !strings.HasPrefix(err.Error(), "report "+tt.path) {
				t.Errorf("got %v, want %q", err, tt.want)
			}
		})
	}
	wantNames(t, dir, "file", "loop")
}

func TestWhatIsNotAFileIsWrittenInPlace(t *testing.T) {
	f := create(t, os.DevNull)
	if _, err := f.Write([]byte("x")); err != nil {
		t.Fatal(err)
	}
	if err := f.Commit(); err != nil {
		t.Fatal(err)
	}
	if info, err := os.Stat(os.DevNull); err != nil || info.Mode().IsRegular() {
		t.Errorf("%s is now %v, %v", os.DevNull, info.Mode(), err)
	}
}

func TestAFullDiskIsToldAndLeavesNothing(t *testing.T) {
	if _, err := os.Stat("/dev/full"); err != nil {
		t.Skip("this system has no /dev/full")
	}
	f := create(t, "/dev/full")
	for range 3 {
		f.Write(bytes.Repeat([]byte("x"), 64<<10))
	}
	if err := f.Commit(); err == nil || !strings.Contains(err.Error(), "report /dev/full: no space left on device") {
		t.Errorf("got %v", err)
	}
}

func TestAReportWhoseFolderIsGoneIsAnErrorAtCommit(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "gone")
	f := create(t, filepath.Join(dir, "r.json"))
	if err := os.RemoveAll(dir); err != nil {
		t.Fatal(err)
	}
	if err := f.Commit(); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("got %v", err)
	}
}
