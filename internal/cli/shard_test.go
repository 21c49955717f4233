package cli_test

import (
	"bytes"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/corsgate/corsgate/internal/demo"
)

// sharded is a plan with what shards could get wrong: exchanges that several cases share, failures with one cause and
// with several, redirects, a secret, a repeated case, a skipped one, and one that nothing is sent for.
const sharded = `
version: 1
target: demo
secrets: [API_TOKEN]
vars: {closed: replaced by a flag}
scenarios:
  - name: shared
    paths: [/users, /users/1, /users/2]
    origins: [https://app.example.com, https://admin.example.com]
    methods: [GET, PUT, DELETE]
    headers: [{}, {Authorization: "Bearer ${API_TOKEN}"}]
    credentials: [omit, include]
    expect: allowed
  - name: the same again
    paths: [/users, /users/1]
    origins: [https://app.example.com, https://evil.example]
    credentials: [omit, include]
    expect: allowed
  - name: one cause
    paths: /wrong/origin-not-allowed
    origins: [https://app.example.com, https://admin.example.com, https://third.example.com]
    credentials: [omit, include]
    expect: allowed
  - name: wrong
    paths: [/wrong/reflects-any-origin, /wrong/errors-lack-cors-404/none, /wrong/preflight-requires-auth-401]
    origins: [https://app.example.com]
    methods: [GET, PUT]
    headers: {Content-Type: application/json}
    expect: blocked
  - name: repeated
    paths: /users
    origins: [https://app.example.com]
    repeat: 3
  - name: skipped
    origins: [https://app.example.com]
    skip: later
  - name: nothing listens
    paths: http://${closed}/
    origins: [http://app.example.com]
`

// folderWith is a folder with a corsgate.yaml.
func folderWith(t *testing.T, file string) string {
	t.Helper()
	folder := t.TempDir()
	if err := os.WriteFile(filepath.Join(folder, "corsgate.yaml"), []byte(file), 0o666); err != nil {
		t.Fatal(err)
	}
	return folder
}

// corsgate runs the command in a folder and returns its exit code and what it printed.
func corsgate(t *testing.T, folder string, args ...string) (code int, stdout, stderr string) {
	t.Helper()
	c := exec.Command("corsgate", args...)
	var out, errs bytes.Buffer
	c.Dir, c.Stdout, c.Stderr = folder, &out, &errs
	c.Env = append(os.Environ(), "GITHUB_ACTIONS=")
	err := c.Run()
	var ended *exec.ExitError
	if err != nil && !errors.As(err, &ended) {
		t.Fatal(err)
	}
	return c.ProcessState.ExitCode(), out.String(), errs.String()
}

// reportsOf are flags for every kind of report, and the files' names.
func reportsOf(name string) (flags, files []string) {
	for _, kind := range []string{"json", "junit", "sarif", "html", "markdown"} {
		flags = append(flags, "--report-"+kind, name+"."+kind)
		files = append(files, name+"."+kind)
	}
	return flags, files
}

// times are the parts of reports that no two runs have in common.
var times = regexp.MustCompile(`"duration_ms": [0-9.]+|"(startTimeUtc|endTimeUtc|started)": ?"[^"]*"|time(stamp)?="[^"]*"` +
	`|[0-9.]+[\s\p{Z}]*(µs|ms|s)\b|[A-Z][a-z]{2}, \d\d [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d GMT` +
	`|\d+ [A-Z][a-z]+ \d{4}, \d\d:\d\d:\d\d UTC`)

func withoutTimes(t *testing.T, file string) string {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return times.ReplaceAllString(string(text), "TIME")
}

func TestShardsMergeIntoTheBytesOfTheSingleRun(t *testing.T) {
	server, err := demo.Start("127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer server.Close()
	t.Setenv("API_TOKEN", "s3cr3t-token")
	folder := folderWith(t, sharded)
	wholeFlags, wholeFiles := reportsOf("whole")
	run := []string{"run", "--target", server.URL, "--var", "closed=" + closedAddress(t)}
	wholeCode, wholeText, _ := corsgate(t, folder, append(run, wholeFlags...)...)
	if wholeCode != 1 {
		t.Fatalf("exit code %d:\n%s", wholeCode, wholeText)
	}
	for _, total := range []int{1, 2, 3, 7} {
		t.Run(fmt.Sprintf("%d shards", total), func(t *testing.T) {
			merge := []string{"merge"}
			for i := total; i >= 1; i-- { // any order will do
				file := fmt.Sprintf("shard-%d-of-%d.json", i, total)
				merge = append(merge, file)
				code, text, _ := corsgate(t, folder, append(run, "--shard", fmt.Sprintf("%d/%d", i, total), "--report-json", file)...)
				if code != 0 && code != 1 && code != 3 {
					t.Fatalf("shard %d: exit code %d:\n%s", i, code, text)
				}
			}
			flags, files := reportsOf("merged")
			code, text, stderr := corsgate(t, folder, append(merge, flags...)...)
			if code != wholeCode {
				t.Errorf("exit code %d, want %d:\n%s", code, wholeCode, stderr)
			}
			if diff := cmp.Diff(onTerminal(wholeText), onTerminal(text)); diff != "" {
				t.Errorf("on the terminal: -whole +merged:\n%s", diff)
			}
			for i, file := range files {
				want, got := withoutTimes(t, filepath.Join(folder, wholeFiles[i])), withoutTimes(t, filepath.Join(folder, file))
				if diff := cmp.Diff(want, got); diff != "" {
					t.Errorf("%s: -whole +merged:\n%.4000s", file, diff)
				}
			}
		})
	}
}

// A hash of a secret would be enough to guess a weak one.
func TestWhatShardsTellEachOtherDoesNotDependOnSecrets(t *testing.T) {
	server, err := demo.Start("127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer server.Close()
	folder := folderWith(t, `
version: 1
secrets: [API_TOKEN, OTHER_TOKEN]
scenarios:
  - name: two secrets
    paths: ["/users?key=${API_TOKEN}", "/users?key=${OTHER_TOKEN}"]
    origins: [https://app.example.com]
    headers: {Authorization: "Bearer ${API_TOKEN}"}
`)
	var reports []string
	for _, secret := range []string{"hunter2", "hunter3"} {
		t.Setenv("OTHER_TOKEN", "other-"+secret)
		t.Setenv("API_TOKEN", secret)
		file := secret + ".json"
		code, text, stderr := corsgate(t, folder, "run", "--target", server.URL, "--shard", "1/1", "--report-json", file)
		if code != 0 {
			t.Fatalf("exit code %d:\n%s%s", code, text, stderr)
		}
		reports = append(reports, withoutTimes(t, filepath.Join(folder, file)))
	}
	if diff := cmp.Diff(reports[0], reports[1]); diff != "" {
		t.Errorf("%.4000s", diff)
	}
	identities := regexp.MustCompile(`"identity": "[^"]*"`).FindAllString(reports[0], -1)
	slices.Sort(identities)
	if distinct := slices.Compact(slices.Clone(identities)); len(identities) < 4 || len(distinct) != len(identities) {
		t.Errorf("the exchanges of two secrets have the identities %v", identities)
	}
}

func TestAKilledShardIsMissedUntilItHasRunAgain(t *testing.T) {
	asked, release := make(chan struct{}, 100), make(chan struct{})
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/slow" {
			asked <- struct{}{}
			select {
			case <-release:
			case <-r.Context().Done():
			}
		}
		w.Header().Set("Access-Control-Allow-Origin", "*")
	}))
	defer server.Close()
	folder := folderWith(t, `
version: 1
scenarios:
  - name: one is slow
    paths: [`+server.URL+`/slow, `+server.URL+`/a, `+server.URL+`/b, `+server.URL+`/c]
    origins: [http://app.example.com]
`)
	var running []*exec.Cmd
	for i := range 3 {
		shard := fmt.Sprint(i + 1)
		c := exec.Command("corsgate", "run", "--shard", shard+"/3", "--report-json", shard+".json")
		c.Dir = folder
		if err := c.Start(); err != nil {
			t.Fatal(err)
		}
		running = append(running, c)
	}
	await(t, asked)
	killed := killTheSlowOne(t, running, folder)

	all := []string{"1.json", "2.json", "3.json"}
	code, _, stderr := corsgate(t, folder, append([]string{"merge", "--report-junit", "all.xml"}, all...)...)
	wantError(t, code, stderr, "report "+killed+".json: no such file or directory")
	var rest []string
	for _, file := range all {
		if file != killed+".json" {
			rest = append(rest, file)
		}
	}
	code, _, stderr = corsgate(t, folder, append([]string{"merge", "--report-junit", "all.xml"}, rest...)...)
	wantError(t, code, stderr, "shard "+killed+" of 3 is missing")
	if _, err := os.Stat(filepath.Join(folder, "all.xml")); err == nil {
		t.Error("a report was written")
	}

	close(release)
	if code, text, _ := corsgate(t, folder, "run", "--shard", killed+"/3", "--report-json", killed+".json"); code != 0 {
		t.Fatalf("exit code %d:\n%s", code, text)
	}
	code, text, stderr := corsgate(t, folder, append([]string{"merge"}, all...)...)
	if code != 0 || !regexp.MustCompile(`PASS +4 cases: 4 passed; 4 exchanges`).MatchString(text) {
		t.Errorf("exit code %d: %s%s", code, text, stderr)
	}
}

// killTheSlowOne waits until all but one of the commands have written their reports, and kills that one.
func killTheSlowOne(t *testing.T, running []*exec.Cmd, folder string) (shard string) {
	t.Helper()
	ended := make(chan int)
	for i, c := range running {
		go func() {
			_ = c.Wait() // how it ended shows in its report
			ended <- i
		}()
	}
	slow := map[int]bool{0: true, 1: true, 2: true}
	for range 2 {
		delete(slow, <-ended)
	}
	for i := range slow {
		if err := running[i].Process.Kill(); err != nil {
			t.Fatal(err)
		}
		<-ended
		shard = fmt.Sprint(i + 1)
	}
	if _, err := os.Stat(filepath.Join(folder, shard+".json")); err == nil {
		t.Fatal("the killed shard has written a report")
	}
	return shard
}

// closedAddress is one where nobody listens.
func closedAddress(t *testing.T) string {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	return listener.Addr().String()
}

// onTerminal is what a run tells, without times and the line breaks that depend on how long they are.
func onTerminal(text string) string {
	return times.ReplaceAllString(strings.Join(strings.Fields(text), " "), "TIME")
}

func wantError(t *testing.T, code int, stderr, want string) {
	t.Helper()
	if code != 2 || !regexp.MustCompile(`(?m)^corsgate: `+regexp.QuoteMeta(want)+`$`).MatchString(stderr) {
		t.Errorf("exit code %d and %q, want 2 and %q", code, stderr, want)
	}
}
