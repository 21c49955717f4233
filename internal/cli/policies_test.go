package cli_test

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/corsgate/corsgate/audit"
	"github.com/corsgate/corsgate/internal/cli"
	"github.com/corsgate/corsgate/internal/demo"
	"github.com/corsgate/corsgate/report"
)

// The policies that the demonstration API is meant to meet; see package demo.
const (
	frontEnds = `
      origins: [https://app.example.com, https://admin.example.com]
      methods: [GET, POST, PUT, DELETE]
      headers: [Content-Type, Authorization]`
	withCredentials    = frontEnds + "\n      credentials: true"
	anyone             = "\n      origins: \"*\"\n      methods: \"*\"\n      headers: \"*\""
	restOfTheAgreement = `
    expose: [X-Request-Id]
    max-age: 10m
`
)

// allowOf is what an endpoint is meant to allow.
func allowOf(e demo.Endpoint) string {
	switch e.Twin {
	case "/right/no-credentials":
		return frontEnds
	case "/right/wildcards":
		return anyone
	}
	return withCredentials
}

// TestEachProbeGetsThroughWhereItsFaultIsAndNowhereElse runs the policy of each endpoint that is wrong against it, and
// against the one that gets the same thing right.
func TestEachProbeGetsThroughWhereItsFaultIsAndNowhereElse(t *testing.T) {
	server, err := demo.Start("127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer server.Close()
	shown := map[string]bool{}
	for _, e := range demo.Endpoints() {
		if !slices.Contains(audit.ProbeIDs(), e.ID) {
			continue
		}
		t.Run(e.ID, func(t *testing.T) {
			allow := allowOf(e)
			if got := probesThrough(t, server.URL, e.Path, allow); !slices.Contains(got, e.ID) {
				t.Errorf("%s: %v got through, not %s", e.Path, got, e.ID)
			}
			if got := probesThrough(t, server.URL, e.Twin, allow); len(got) > 0 {
				t.Errorf("%s: %v got through", e.Twin, got)
			}
			shown[e.ID] = true
		})
	}
	for _, id := range audit.ProbeIDs() {
		if !shown[id] {
			t.Errorf("no endpoint shows %s", id)
		}
	}
}

// TestServersThatMeetTheirPolicyPass runs the policy against correct servers of different styles.
func TestServersThatMeetTheirPolicyPass(t *testing.T) {
	server, err := demo.Start("127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer server.Close()
	for _, path := range []string{
		"/right/list", "/right/rs-cors", "/right/jub0bs-cors", "/right/private", "/right/cookie", "/right/corp",
		"/right/token", "/right/strict", "/right/cache",
	} {
		t.Run(strings.TrimPrefix(path, "/right/"), func(t *testing.T) {
			for _, c := range runPolicy(t, server.URL, path, withCredentials+restOfTheAgreement) {
				if c.Status != report.Passed {
					t.Errorf("%s %s: %+v", c.Status, c.Name, c.Mismatch)
				}
			}
		})
	}
}

// probesThrough runs a policy and returns the probes and refusals that got through, and the names of other cases that
// failed.
func probesThrough(t *testing.T, server, path, allow string) []string {
	t.Helper()
	var ids []string
	for _, c := range runPolicy(t, server, path, allow+restOfTheAgreement) {
		switch {
		case c.Status == report.Passed:
		case c.Probe == "":
			ids = append(ids, c.Name)
		case !slices.Contains(ids, c.Probe):
			ids = append(ids, c.Probe)
		}
	}
	return ids
}

func runPolicy(t *testing.T, server, path, rest string) []report.Case {
	t.Helper()
	file := filepath.Join(t.TempDir(), "corsgate.yaml")
	text := "version: 1\ntarget: " + server + "\npolicies:\n  - name: front ends\n    paths: " + path + "/1\n    allow:" + rest
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	var stdout, stderr bytes.Buffer
	code := cli.Main([]string{"run", "--report-json", "-", file}, strings.NewReader(""), &stdout, &stderr)
	var got struct{ Cases []report.Case }
	if err := json.Unmarshal(stdout.Bytes(), &got); err != nil || len(got.Cases) == 0 || code > 1 {
		t.Fatalf("exit code %d, %v\n%s", code, err, stderr.String())
	}
	return got.Cases
}
