//go:build unix

package cli_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// twoCases has one case that is decided at once, and one whose answer never comes.
const twoCases = `
version: 1
target: http://127.0.0.1
scenarios:
  - name: answered
    paths: /quick
    origins: [http://app.example.com]
    expect: OUTCOME
  - name: never answered
    paths: /slow
    origins: [http://app.example.com]
`

// slowServer never answers below /slow, and says when it was asked.
func slowServer(t *testing.T) (url string, asked <-chan struct{}) {
	t.Helper()
	requests := make(chan struct{}, 1000)
	server := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/slow" {
			requests <- struct{}{}
			<-r.Context().Done()
		}
	}))
	t.Cleanup(server.Close)
	return server.URL, requests
}

// start runs the command in a folder that has file as its corsgate.yaml.
func start(t *testing.T, file string, stdout io.Writer, args ...string) (c *exec.Cmd, folder string) {
	t.Helper()
	folder = t.TempDir()
	if err := os.WriteFile(filepath.Join(folder, "corsgate.yaml"), []byte(file), 0o666); err != nil {
		t.Fatal(err)
	}
	c = exec.Command("corsgate", append([]string{"run", "--report-json", "out.json"}, args...)...)
	c.Dir, c.Stdout, c.Stderr = folder, stdout, os.Stderr
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Process.Kill() })
	return c, folder
}

// await waits until the server was asked; a command that ended before will never ask.
func await(t *testing.T, asked <-chan struct{}) {
	t.Helper()
	select {
	case <-asked:
	case <-time.After(time.Minute):
		t.Fatal("the server was not asked")
	}
}

func interrupt(t *testing.T, c *exec.Cmd, s os.Signal) {
	t.Helper()
	if err := c.Process.Signal(s); err != nil {
		t.Fatal(err)
	}
}

// reportedCase is the part of a case in the JSON report that these tests look at.
type reportedCase struct {
	Status string
	Error  *struct{ Kind string }
}

func readReport(t *testing.T, folder string) []reportedCase {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(folder, "out.json"))
	if err != nil {
		t.Fatal(err)
	}
	var r struct{ Cases []reportedCase }
	if err := json.Unmarshal(text, &r); err != nil {
		t.Fatal(err)
	}
	return r.Cases
}

func TestTheFirstSignalEndsTheRunAndItsReportsAreWritten(t *testing.T) {
	tests := []struct {
		name    string
		signal  os.Signal
		outcome string
		code    int
		status  string
	}{
		{"SIGINT after a case that passed", os.Interrupt, "blocked", 3, "passed"},
		{"SIGTERM after a case that passed", syscall.SIGTERM, "blocked", 3, "passed"},
		{"SIGINT after a case that failed", os.Interrupt, "allowed", 1, "failed"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			url, asked := slowServer(t)
			var stdout bytes.Buffer
			c, folder := start(t, strings.ReplaceAll(twoCases, "OUTCOME", tt.outcome), &stdout, "--target", url, "--jobs", "1")
			await(t, asked)
			interrupt(t, c, tt.signal)
			var ended *exec.ExitError
			if err := c.Wait(); !errors.As(err, &ended) || ended.ExitCode() != tt.code {
				t.Errorf("ended with %v, want exit code %d", err, tt.code)
			}
			cases := readReport(t, folder)
			if len(cases) != 2 || cases[0].Status != tt.status || cases[1].Status != "error" ||
				cases[1].Error == nil || cases[1].Error.Kind != "interrupted" {
				t.Errorf("reported %+v", cases)
			}
			if !strings.Contains(stdout.String(), "2 cases") {
				t.Errorf("the counts are missing:\n%s", stdout.String())
			}
		})
	}
}

// The report on stdout is larger than a pipe holds and nobody reads it, so the first signal can't end the process.
func TestTheSecondSignalEndsTheProcessAtOnce(t *testing.T) {
	url, asked := slowServer(t)
	reader, writer, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer reader.Close()
	var paths []string
	for i := range 300 {
		paths = append(paths, fmt.Sprintf("/quick/%d", i))
	}
	file := strings.ReplaceAll(twoCases, "paths: /quick", "paths: ["+strings.Join(paths, ", ")+"]")
	c, _ := start(t, strings.ReplaceAll(file, "OUTCOME", "blocked"), writer, "--target", url, "--report-json", "-")
	writer.Close()
	await(t, asked)
	ended := make(chan error, 1)
	go func() { ended <- c.Wait() }()
	for range 200 {
		c.Process.Signal(os.Interrupt)
		select {
		case <-ended:
			if status := c.ProcessState.Sys().(syscall.WaitStatus); !status.Signaled() || status.Signal() != syscall.SIGINT {
				t.Errorf("ended with %v", c.ProcessState)
			}
			return
		case <-time.After(50 * time.Millisecond):
		}
	}
	t.Error("it goes on after many signals")
}

func TestAClosedPipeDoesNotKeepReportsFromBeingWritten(t *testing.T) {
	url, _ := slowServer(t)
	reader, writer, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	reader.Close()
	file, _, _ := strings.Cut(strings.ReplaceAll(twoCases, "OUTCOME", "blocked"), "  - name: never answered")
	c, folder := start(t, file, writer, "--target", url)
	writer.Close()
	var ended *exec.ExitError
	if err := c.Wait(); !errors.As(err, &ended) || ended.ExitCode() != 3 {
		t.Errorf("ended with %v, want exit code 3", err)
	}
	if cases := readReport(t, folder); len(cases) != 1 || cases[0].Status != "passed" {
		t.Errorf("reported %+v", cases)
	}
}

func TestTheDemonstrationServesUntilItIsInterrupted(t *testing.T) {
	c := exec.Command("corsgate", "demo")
	out, err := c.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	defer c.Process.Kill()
	line := make([]byte, 256)
	n, err := out.Read(line)
	if err != nil {
		t.Fatal(err)
	}
	response, err := http.Get(strings.TrimSpace(string(line[:n])) + "/users")
	if err != nil {
		t.Fatal(err)
	}
	response.Body.Close()
	if response.StatusCode != http.StatusOK {
		t.Errorf("got %s", response.Status)
	}
	interrupt(t, c, syscall.SIGTERM)
	if err := c.Wait(); err != nil {
		t.Errorf("ended with %v", err)
	}
}
