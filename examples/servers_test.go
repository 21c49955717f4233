//go:build servers

package examples_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

// A server is a row of the table: software with a configuration out of a folder, and what its corsgate.yaml finds.
type server struct {
	name     string
	folder   string
	install  func(t *testing.T, folder, dir string)             // makes the software ready in dir, a copy of the folder
	start    func(t *testing.T, dir string, port int) *exec.Cmd // not yet started
	failures string                                             // file in testdata with the cases that fail; empty: none
}

func servers() []server {
	return []server{
		{name: "nginx, a map and always", folder: "nginx", install: installNginx, start: nginx("nginx.conf")},
		{name: "nginx, no always, no OPTIONS", folder: "nginx", install: installNginx, start: nginx("nginx-wrong.conf"),
			failures: "nginx-wrong.txt"},
		{name: "Express, cors package", folder: "express", install: npmCI, start: node("server.js")},
		{name: "Express, as guides have it", folder: "express", install: npmCI, start: node("guide.js"),
			failures: "express-guide.txt"},
		{name: "Go, rs/cors", folder: "go-rs-cors", install: goBuild, start: goServer()},
		{name: "Go, rs/cors, careless", folder: "go-rs-cors", install: goBuild, start: goServer("-wrong"),
			failures: "go-rs-cors-wrong.txt"},
		{name: "Go, jub0bs/cors", folder: "go-jub0bs-cors", install: goBuild, start: goServer()},
		{name: "Go, jub0bs/cors, careless", folder: "go-jub0bs-cors", install: goBuild, start: goServer("-wrong"),
			failures: "go-jub0bs-cors-wrong.txt"},
	}
}

// TestRealServers starts each server on a loopback port, runs its folder's file against it and compares. It prints a
// line a server.
func TestRealServers(t *testing.T) {
	var table strings.Builder
	for _, s := range servers() {
		t.Run(s.name, func(t *testing.T) { table.WriteString(s.test(t)) })
	}
	fmt.Printf("\n%-32s %6s %7s %7s %7s\n%s\n", "server", "cases", "passed", "failed", "exit", table.String())
}

// test returns the server's line of the table.
func (s server) test(t *testing.T) string {
	dir := t.TempDir()
	if err := os.CopyFS(dir, os.DirFS(s.folder)); err != nil {
		t.Fatal(err)
	}
	s.install(t, s.folder, dir)
	port := freePort(t)
	startServer(t, s.start(t, dir, port), port)
	code, r := run(t, s.folder, "--var", "port="+strconv.Itoa(port))
	checkResult(t, s.failures, code, r)
	return fmt.Sprintf("%-32s %6d %7d %7d %7d\n", s.name, r.Summary.Cases, r.Summary.Passed, r.Summary.Failed, code)
}

func TestRealServersExpress5RefusesTheGuidesRoute(t *testing.T) {
	dir := t.TempDir()
	if err := os.CopyFS(dir, os.DirFS("express")); err != nil {
		t.Fatal(err)
	}
	npmCI(t, "express", dir)
	cmd := exec.Command("node", "-e", "require('express')().options('*', () => {})")
	cmd.Dir = dir
	if out, err := cmd.CombinedOutput(); err == nil || !strings.Contains(string(out), "Missing parameter name") {
		t.Errorf("error %v and\n%s", err, out)
	}
}

func freePort(t *testing.T) int {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	return listener.Addr().(*net.TCPAddr).Port
}

// startServer starts cmd, waits until it answers, and stops it when the test ends.
func startServer(t *testing.T, cmd *exec.Cmd, port int) {
	t.Helper()
	var output bytes.Buffer
	cmd.Stdout, cmd.Stderr = &output, &output
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	t.Cleanup(func() { stop(t, cmd.Process, ended) })
	deadline := time.After(30 * time.Second)
	for {
		response, err := http.Get(fmt.Sprintf("http://127.0.0.1:%d/", port))
		if err == nil {
			response.Body.Close()
			return
		}
		select {
		case err := <-ended:
			ended <- err
			t.Fatalf("the server ended: %v\n%s", err, output.String())
		case <-deadline:
			t.Fatal("the server does not answer")
		case <-time.After(50 * time.Millisecond):
		}
	}
}

func stop(t *testing.T, process *os.Process, ended chan error) {
	if err := process.Signal(syscall.SIGTERM); err != nil && !errors.Is(err, os.ErrProcessDone) {
		t.Error(err)
	}
	select {
	case <-ended:
	case <-time.After(10 * time.Second):
		if err := process.Kill(); err != nil {
			t.Error(err)
		}
		<-ended
	}
}

func installNginx(t *testing.T, _, _ string) {
	if _, err := exec.LookPath("nginx"); err == nil {
		return
	}
	installed(t, exec.Command("apt-get", "update"))
	cmd := exec.Command("apt-get", "install", "-y", "--no-install-recommends", "nginx")
	// RUNLEVEL keeps Debian's package from starting a server of its own.
	cmd.Env = append(os.Environ(), "DEBIAN_FRONTEND=noninteractive", "RUNLEVEL=1")
	installed(t, cmd)
}

func nginx(config string) func(*testing.T, string, int) *exec.Cmd {
	return func(t *testing.T, dir string, port int) *exec.Cmd {
		usePort(t, filepath.Join(dir, config), port)
		// One process, so that stopping it stops everything, and nobody changes to a user who can't read dir.
		return exec.Command("nginx", "-p", dir, "-c", config, "-g", "daemon off; master_process off;")
	}
}

// usePort puts the port in place of the one that stands in the example.
func usePort(t *testing.T, file string, port int) {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	changed := strings.ReplaceAll(string(text), "127.0.0.1:8080", fmt.Sprintf("127.0.0.1:%d", port))
	if changed == string(text) {
		t.Fatalf("%s listens elsewhere than 127.0.0.1:8080", file)
	}
	if err := os.WriteFile(file, []byte(changed), 0o600); err != nil {
		t.Fatal(err)
	}
}

func npmCI(t *testing.T, _, dir string) {
	cmd := exec.Command("npm", "ci", "--no-audit", "--no-fund")
	cmd.Dir = dir
	installed(t, cmd)
}

func node(script string) func(*testing.T, string, int) *exec.Cmd {
	return func(_ *testing.T, dir string, port int) *exec.Cmd {
		cmd := exec.Command("node", script)
		cmd.Dir = dir
		// What a production server shows of an error: no stack.
		cmd.Env = append(os.Environ(), "PORT="+strconv.Itoa(port), "NODE_ENV=production")
		return cmd
	}
}

func goBuild(t *testing.T, folder, dir string) {
	installed(t, exec.Command("go", "build", "-o", filepath.Join(dir, "server"), "./"+folder))
}

func goServer(flags ...string) func(*testing.T, string, int) *exec.Cmd {
	return func(_ *testing.T, dir string, port int) *exec.Cmd {
		return exec.Command(filepath.Join(dir, "server"), append(flags, "-addr", fmt.Sprintf("127.0.0.1:%d", port))...)
	}
}

// installed runs an installer for at most five minutes.
func installed(t *testing.T, cmd *exec.Cmd) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Minute)
	defer cancel()
	bounded := exec.CommandContext(ctx, cmd.Path, cmd.Args[1:]...)
	bounded.Dir, bounded.Env = cmd.Dir, cmd.Env
	if out, err := bounded.CombinedOutput(); err != nil {
		t.Fatalf("%v: %v\n%s", cmd.Args, err, out)
	}
}
