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
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// A server is a row of the table: software with a configuration out of a folder, and what its corsgate.yaml finds.
type server struct {
	name     string
	folder   string
	install  func(t *testing.T, folder, dir string)             // makes the software ready in dir, a copy of the folder
	start    func(t *testing.T, dir string, port int) *exec.Cmd // not yet started
	causes   []string                                           // of the cases that fail, in order of appearance
	failures string                                             // file in testdata with these cases; empty: they vary
}

func servers() []server {
	return slices.Concat(proxies(), applications(), goServers())
}

func proxies() []server {
	return []server{
		{name: "nginx, a map and always", folder: "nginx", install: debian("nginx"), start: nginx("nginx.conf")},
		{name: "nginx, no always, no OPTIONS", folder: "nginx", install: debian("nginx"), start: nginx("nginx-wrong.conf"),
			causes: []string{"options-not-handled", "errors-lack-cors"}, failures: "nginx-wrong.txt"},
		{name: "nginx, a location's own add_header", folder: "nginx", install: debian("nginx"),
			start: nginx("nginx-nested.conf"), causes: []string{"response-lacks-cors"}, failures: "nginx-nested.txt"},
		{name: "nginx, proxy and application", folder: "nginx", install: debian("nginx"), start: nginx("nginx-twice.conf"),
			causes: []string{"duplicate-cors-headers"}, failures: "nginx-twice.txt"},
		{name: "Apache, always", folder: "apache", install: debian("apache2"), start: apache("apache.conf")},
		{name: "Apache, no always, no OPTIONS", folder: "apache", install: debian("apache2"), start: apache("apache-wrong.conf"),
			causes: []string{"options-not-handled", "errors-lack-cors"}, failures: "apache-wrong.txt"},
		{name: "HAProxy, two nodes", folder: "haproxy", install: debian("haproxy"), start: haproxy("haproxy.cfg")},
		{name: "HAProxy, one of them stale", folder: "haproxy", install: debian("haproxy"), start: haproxy("haproxy-wrong.cfg"),
			causes: []string{"node-disagrees"}},
		{name: "Varnish, Vary: Origin", folder: "varnish", install: debian("varnish"), start: varnish("varnish.vcl")},
		{name: "Varnish, whoever asks first", folder: "varnish", install: debian("varnish"), start: varnish("varnish-wrong.vcl"),
			causes: []string{"cache-ignores-origin"}},
	}
}

func applications() []server {
	return []server{
		{name: "Express, cors package", folder: "express", install: npmCI, start: node("server.js")},
		{name: "Express, as guides have it", folder: "express", install: npmCI, start: node("guide.js"),
			causes: []string{"", "trusts-localhost"}, failures: "express-guide.txt"},
		{name: "Express, CORS first", folder: "express-auth", install: npmCI, start: node("server.js")},
		{name: "Express, authentication first", folder: "express-auth", install: npmCI, start: node("auth-first.js"),
			causes: []string{"preflight-requires-auth", "errors-lack-cors"}, failures: "express-auth.txt"},
		{name: "Flask, Flask-CORS", folder: "flask", install: pip, start: python("server.py")},
		{name: "Flask, as guides have it", folder: "flask", install: pip, start: python("guide.py"),
			causes: []string{"trusts-localhost"}, failures: "flask-guide.txt"},
		{name: "Flask, headers by hand as well", folder: "flask", install: pip, start: python("twice.py"),
			causes: []string{"duplicate-cors-headers"}, failures: "flask-twice.txt"},
		{name: "Django, CORS first", folder: "django", install: pip, start: python("server.py")},
		{name: "Django, CORS late", folder: "django", install: pip, start: python("late.py"),
			causes: []string{"response-lacks-cors"}, failures: "django-late.txt"},
		{name: "Spring, Security knows of CORS", folder: "spring", install: maven, start: spring()},
		{name: "Spring, Security does not", folder: "spring", install: maven, start: spring("--wrong=true"),
			causes: []string{"preflight-requires-auth", "errors-lack-cors"}, failures: "spring-wrong.txt"},
	}
}

func goServers() []server {
	return []server{
		{name: "Go, rs/cors", folder: "go-rs-cors", install: goBuild, start: goServer()},
		{name: "Go, rs/cors, careless", folder: "go-rs-cors", install: goBuild, start: goServer("-wrong"),
			causes:   []string{"method-not-allowed", "trusts-suffix", "trusts-any-subdomain", "trusts-http"},
			failures: "go-rs-cors-wrong.txt"},
		{name: "Go, jub0bs/cors", folder: "go-jub0bs-cors", install: goBuild, start: goServer()},
		{name: "Go, jub0bs/cors, careless", folder: "go-jub0bs-cors", install: goBuild, start: goServer("-wrong"),
			causes: []string{"header-not-allowed", "trusts-any-subdomain"}, failures: "go-jub0bs-cors-wrong.txt"},
	}
}

// TestRealServers starts each server on a loopback port, runs its folder's file against it and compares. It prints a
// line a server.
func TestRealServers(t *testing.T) {
	var table strings.Builder
	ready := map[string]string{} // a copy of each folder, with its software installed
	for _, s := range servers() {
		t.Run(s.name, func(t *testing.T) { table.WriteString(s.test(t, ready)) })
	}
	for _, dir := range ready {
		if err := os.RemoveAll(dir); err != nil {
			t.Error(err)
		}
	}
	fmt.Printf("\n%-36s %6s %7s %7s %7s  %s\n%s\n", "server", "cases", "passed", "failed", "exit", "causes", table.String())
}

// test returns the server's line of the table.
func (s server) test(t *testing.T, ready map[string]string) string {
	dir := s.prepare(t, ready)
	port := freePort(t)
	startServer(t, s.start(t, dir, port), port)
	code, r := run(t, s.folder, "--var", "port="+strconv.Itoa(port))
	if s.causes == nil || s.failures != "" {
		checkResult(t, s.failures, code, r)
	}
	if diff := cmp.Diff(s.causes, r.causes()); diff != "" {
		t.Errorf("causes (-want +got):\n%s", diff)
	}
	return fmt.Sprintf("%-36s %6d %7d %7d %7d  %s\n", s.name, r.Summary.Cases, r.Summary.Passed, r.Summary.Failed, code,
		strings.Join(r.causes(), ", "))
}

// prepare returns the copy of the server's folder, which the first row that needs it makes.
func (s server) prepare(t *testing.T, ready map[string]string) string {
	if ready[s.folder] == "" {
		dir, err := os.MkdirTemp("", "corsgate-"+s.folder+"-")
		if err != nil {
			t.Fatal(err)
		}
		ready[s.folder] = dir
		if err := os.CopyFS(dir, os.DirFS(s.folder)); err != nil {
			t.Fatal(err)
		}
		s.install(t, s.folder, dir)
	}
	return ready[s.folder]
}

// cause is the case's, empty where there is none.
func (c corsgateCase) cause() string {
	if c.Cause == nil {
		return ""
	}
	return c.Cause.ID
}

// causes are those of the cases that did not pass, each once, in order of appearance.
func (r corsgateReport) causes() []string {
	var list []string
	for _, c := range r.Cases {
		if c.Status != "passed" && !slices.Contains(list, c.cause()) {
			list = append(list, c.cause())
		}
	}
	return list
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

// debian installs a package of Debian where its command is missing.
func debian(name string) func(*testing.T, string, string) {
	return func(t *testing.T, _, _ string) {
		if _, err := exec.LookPath(commandOf(name)); err == nil {
			return
		}
		installed(t, exec.Command("apt-get", "update"))
		cmd := exec.Command("apt-get", "install", "-y", "--no-install-recommends", name)
		// RUNLEVEL keeps Debian's packages from starting servers of their own.
		cmd.Env = append(os.Environ(), "DEBIAN_FRONTEND=noninteractive", "RUNLEVEL=1")
		installed(t, cmd)
	}
}

func commandOf(name string) string {
	switch name {
	case "varnish":
		return "varnishd"
	case "maven":
		return "mvn"
	default:
		return name
	}
}

func nginx(config string) func(*testing.T, string, int) *exec.Cmd {
	return func(t *testing.T, dir string, port int) *exec.Cmd {
		usePorts(t, filepath.Join(dir, config), port)
		// One process, so that stopping it stops everything, and nobody changes to a user who can't read dir.
		return exec.Command("nginx", "-p", dir, "-c", config, "-g", "daemon off; master_process off;")
	}
}

func apache(config string) func(*testing.T, string, int) *exec.Cmd {
	return func(t *testing.T, dir string, port int) *exec.Cmd {
		usePorts(t, filepath.Join(dir, config), port)
		if err := os.Chmod(dir, 0o755); err != nil { // its workers run as nobody
			t.Fatal(err)
		}
		return exec.Command("apache2", "-d", dir, "-f", config, "-DFOREGROUND")
	}
}

func haproxy(config string) func(*testing.T, string, int) *exec.Cmd {
	return func(t *testing.T, dir string, port int) *exec.Cmd {
		usePorts(t, filepath.Join(dir, config), port)
		return exec.Command("haproxy", "-db", "-f", filepath.Join(dir, config))
	}
}

// varnish starts the application behind the cache, too.
func varnish(config string) func(*testing.T, string, int) *exec.Cmd {
	return func(t *testing.T, dir string, port int) *exec.Cmd {
		behind := freePort(t)
		startServer(t, node("app.js")(t, dir, behind), behind)
		file := filepath.Join(dir, config)
		replace(t, file, `"8081"`, strconv.Quote(strconv.Itoa(behind)))
		return exec.Command("varnishd", "-F", "-j", "none", "-n", filepath.Join(t.TempDir(), "work"), "-s", "malloc,16m",
			"-a", fmt.Sprintf("127.0.0.1:%d", port), "-f", file)
	}
}

// usePorts puts the port in place of the one that stands in the example, and free ones for what stands behind it.
func usePorts(t *testing.T, file string, port int) {
	t.Helper()
	replace(t, file, "127.0.0.1:8080", fmt.Sprintf("127.0.0.1:%d", port))
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	for _, behind := range []string{"127.0.0.1:8081", "127.0.0.1:8082"} {
		if strings.Contains(string(text), behind) {
			replace(t, file, behind, fmt.Sprintf("127.0.0.1:%d", freePort(t)))
		}
	}
}

// replace changes what must stand in a file.
func replace(t *testing.T, file, from, to string) {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(text), from) {
		t.Fatalf("%s does not say %s", file, from)
	}
	if err := os.WriteFile(file, []byte(strings.ReplaceAll(string(text), from, to)), 0o600); err != nil {
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

// pip installs what the folder requires into an environment of its own.
func pip(t *testing.T, _, dir string) {
	installed(t, exec.Command("python3", "-m", "venv", filepath.Join(dir, "venv")))
	installed(t, exec.Command(filepath.Join(dir, "venv", "bin", "pip"), "install", "--quiet", "--disable-pip-version-check",
		"-r", filepath.Join(dir, "requirements.txt")))
}

func python(script string) func(*testing.T, string, int) *exec.Cmd {
	return func(_ *testing.T, dir string, port int) *exec.Cmd {
		cmd := exec.Command(filepath.Join(dir, "venv", "bin", "python"), script)
		cmd.Dir = dir
		cmd.Env = append(os.Environ(), "PORT="+strconv.Itoa(port))
		return cmd
	}
}

func maven(t *testing.T, folder, dir string) {
	debian("maven")(t, folder, dir)
	cmd := exec.Command("mvn", "--quiet", "--batch-mode", "package")
	cmd.Dir = dir
	installed(t, cmd)
}

func spring(flags ...string) func(*testing.T, string, int) *exec.Cmd {
	return func(_ *testing.T, dir string, port int) *exec.Cmd {
		settings := []string{
			"-jar", filepath.Join(dir, "target", "api.jar"), "--server.address=127.0.0.1", fmt.Sprintf("--server.port=%d", port),
			"--spring.security.user.name=demo", "--spring.security.user.password=demo",
		}
		return exec.Command("java", append(settings, flags...)...)
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
