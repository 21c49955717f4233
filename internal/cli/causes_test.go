package cli_test

import (
	"bytes"
	"encoding/json"
	"fmt"
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

// The scenarios that meet the demonstration API's faults. Each is run against an endpoint that is wrong, and against
// the one that gets the same thing right. ${path} is the endpoint's.
const (
	theAppReads = `
    credentials: include`
	bothRead = `
    origins: [https://app.example.com, https://admin.example.com]
    credentials: include`
	theAppUsesItems = `
    paths: ["${path}/1", "${path}/2", "${path}/3", "${path}/4"]
    methods: [GET, PUT, DELETE]
    credentials: include`
	theAppReadsHeads = `
    methods: [GET, HEAD]
    credentials: include`
	theAppReadsAbsent = `
    paths: ["${path}/1", "${path}/none"]
    credentials: include`
	theAppReadsWithout = `
    credentials: omit`
	theAppLogsIn = `
    headers: [{}, {Authorization: Bearer demo}]
    credentials: include`
	theAppReadsTheID = `
    credentials: include
    expect: {outcome: allowed, response: {readable: [X-Request-Id]}}`
	theAppEdits = `
    methods: [PUT, DELETE]
    headers: {Content-Type: application/json, Authorization: Bearer demo}
    credentials: include`
	theAppEditsSoon = theAppEdits + `
    timeout: 300ms`
	theAppSendsAToken = `
    browsers: [standard]
    headers: {Authorization: Bearer demo}
    credentials: omit`
)

// twoWays are targets of a file: the endpoint, and another way to the same thing.
const twoWays = `
targets:
  edge: http://${host}${path}
  origin: http://${host}/right/list
scenarios:
  - name: proof
    paths: /1
    origins: https://app.example.com
    credentials: include
    expect: allowed
`

const oneWay = `
target: http://${host}
defaults: {paths: "${path}", origins: https://app.example.com, expect: allowed}
scenarios:
  - name: proof`

// scenarioOf says how an endpoint is met that is wrong in the way of a cause.
func scenarioOf(e demo.Endpoint) string {
	switch e.ID {
	case "edge-differs", "origin-stripped":
		return twoWays
	case "errors-lack-cors":
		if strings.HasSuffix(e.Path, "-401") {
			return oneWay + theAppLogsIn
		}
		return oneWay + theAppReadsAbsent
	case "redirect-target-lacks-cors":
		if strings.HasSuffix(e.Path, "-null") {
			return oneWay + theAppReadsWithout
		}
	}
	return oneWay + scenarios()[e.ID]
}

func scenarios() map[string]string {
	return map[string]string{
		"cors-not-configured":                   theAppReads,
		"origin-not-allowed":                    bothRead,
		"origin-differs-by":                     theAppReads,
		"method-not-allowed":                    theAppEdits,
		"header-not-allowed":                    theAppEdits,
		"credentials-not-allowed":               theAppReads,
		"wildcard-with-credentials":             theAppReads,
		"wildcard-does-not-cover-authorization": theAppSendsAToken,
		"method-case":                           theAppEdits,
		"preflight-requires-auth":               theAppEdits,
		"preflight-redirected":                  theAppEdits,
		"options-not-handled":                   theAppEdits,
		"options-dropped":                       theAppEditsSoon,
		"preflight-header-parsing":              theAppEdits,
		"response-lacks-cors":                   theAppReads,
		"duplicate-cors-headers":                theAppReads,
		"malformed-allow-origin":                theAppReads,
		"cache-ignores-origin":                  bothRead,
		"node-disagrees":                        theAppUsesItems,
		"protocol-differs":                      theAppReadsHeads,
		"redirect-target-lacks-cors":            theAppReads,
		"redirect-with-credentials-in-url":      theAppReads,
		"challenge-page":                        theAppReads,
		"header-not-exposed":                    theAppReadsTheID,
	}
}

// wrongBy are the endpoints that show a cause.
func wrongBy(id string) []demo.Endpoint {
	return slices.DeleteFunc(demo.Endpoints(), func(e demo.Endpoint) bool { return e.ID != id })
}

func TestEveryCauseIsNamedAndNoneWhereTheServerIsRight(t *testing.T) {
	host := startDemo(t)
	var table strings.Builder
	for _, rule := range audit.Rules() {
		if !rule.Is(audit.KindCause) {
			continue
		}
		if len(wrongBy(rule.ID)) == 0 {
			t.Errorf("no endpoint shows %s", rule.ID)
		}
		for _, e := range wrongBy(rule.ID) {
			t.Run(strings.TrimPrefix(e.Path, "/wrong/"), func(t *testing.T) {
				wrong := runFile(t, scenarioOf(e), "host="+host, "path="+e.Path)
				checkCauses(t, wrong, e.ID)
				fmt.Fprintf(&table, "%-40s %d asks\n%s", strings.TrimPrefix(e.Path, "/wrong/"), wrong.asks(), wrong.causes())
				for _, c := range runFile(t, scenarioOf(e), "host="+host, "path="+e.Twin).Cases {
					if c.Status != report.Passed || c.Cause != nil {
						t.Errorf("%s at %s: %s, cause %+v", c.Name, e.Twin, c.Status, c.Cause)
					}
				}
			})
		}
	}
	t.Logf("further requests for all failures of a run, and what they told:\n%s", table.String())
}

// checkCauses demands that something went wrong, all of it for one cause, told with its evidence.
func checkCauses(t *testing.T, r causeReport, want string) {
	t.Helper()
	failed := 0
	for _, c := range r.Cases {
		if c.Status == report.Passed {
			continue
		}
		failed++
		switch {
		case c.Cause == nil:
			t.Errorf("%s: %s without a cause", c.Name, c.Status)
		case c.Cause.ID != want:
			t.Errorf("%s: cause %s, not %s: %s", c.Name, c.Cause.ID, want, c.Cause.Message)
		case c.Cause.Message == "" || c.Cause.Remedy == "" || len(c.Cause.Evidence) == 0:
			t.Errorf("%s: told in part: %+v", c.Name, c.Cause)
		}
	}
	if failed == 0 {
		t.Errorf("all %d cases passed", len(r.Cases))
	}
	const forFindings = 2 // each case's answers may be compared with those to others
	if r.asks() > failed*audit.MaxAsks+forFindings*len(r.Cases) {
		t.Errorf("%d further requests for %d failures", r.asks(), failed)
	}
}

// causeReport is what these tests read of a JSON report.
type causeReport struct {
	Summary report.Summary `json:"summary"`
	Cases   []struct {
		Name      string        `json:"name"`
		Kind      string        `json:"kind"`
		Status    report.Status `json:"status"`
		Reason    string        `json:"reason"`
		Cause     *report.Cause `json:"cause"`
		Exchanges []struct {
			Shared bool `json:"shared"`
		} `json:"exchanges"`
	} `json:"cases"`
}

// asks is the number of requests that belong to no case: those of diagnoses.
func (r causeReport) asks() int {
	asks := r.Summary.Exchanges
	for _, c := range r.Cases {
		for _, x := range c.Exchanges {
			if !x.Shared {
				asks--
			}
		}
	}
	return asks
}

// causes tells each cause that was named once.
func (r causeReport) causes() string {
	var told []string
	for _, c := range r.Cases {
		if c.Cause == nil {
			continue
		}
		text := "    " + c.Cause.ID + ": " + c.Cause.Message + "\n"
		for _, e := range c.Cause.Evidence {
			text += "      " + e + "\n"
		}
		if !slices.Contains(told, text) {
			told = append(told, text)
		}
	}
	return strings.Join(told, "")
}

func startDemo(t *testing.T) (host string) {
	t.Helper()
	server, err := demo.Start("127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { server.Close() })
	return strings.TrimPrefix(server.URL, "http://")
}

// runFile runs a file of that text through the whole tool, with variables of the form name=value.
func runFile(t *testing.T, text string, vars ...string) causeReport {
	t.Helper()
	var flags []string
	for _, v := range vars {
		flags = append(flags, "--var", v)
	}
	r, _ := runText(t, text, flags...)
	return r
}

// runText runs a file of that text with flags, and returns what stands on the terminal too.
func runText(t *testing.T, text string, flags ...string) (causeReport, string) {
	t.Helper()
	dir := t.TempDir()
	file, out := filepath.Join(dir, "corsgate.yaml"), filepath.Join(dir, "report.json")
	if err := os.WriteFile(file, []byte("version: 1\nvars: {host: \"\", path: \"\"}"+text), 0o600); err != nil {
		t.Fatal(err)
	}
	args := append([]string{"run", file, "--report-json", out, "--no-progress"}, flags...)
	var stdout, stderr bytes.Buffer
	code := cli.Main(args, nil, &stdout, &stderr)
	data, err := os.ReadFile(out)
	if err != nil {
		t.Fatalf("exit code %d: %s%s", code, stderr.String(), stdout.String())
	}
	var r causeReport
	if err := json.Unmarshal(data, &r); err != nil {
		t.Fatal(err)
	}
	return r, stdout.String()
}
