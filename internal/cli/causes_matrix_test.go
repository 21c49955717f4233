package cli_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/corsgate/corsgate/internal/demo"
	"github.com/corsgate/corsgate/report"
)

// alsoNamed are other causes that an endpoint may have where its own does not show.
func alsoNamed(id string) []string {
	switch id {
	case "cors-not-configured":
		return []string{"options-not-handled"} // which comes first, and is true as well
	case "origin-differs-by":
		return []string{"origin-not-allowed"} // of the second front end, whose origin is not near the listed one
	case "preflight-requires-auth", "preflight-redirected":
		return []string{"errors-lack-cors", "cors-not-configured"} // where the request itself is refused or redirected
	case "wildcard-does-not-cover-authorization":
		return []string{"credentials-not-allowed"} // the endpoint takes none
	case "edge-differs":
		return []string{"credentials-not-allowed"} // what it looks like without another way to compare with
	case "origin-stripped":
		return []string{"options-not-handled", "origin-not-allowed"} // the same
	}
	return nil
}

func TestWhateverFailsNamesTheEndpointsOwnCause(t *testing.T) {
	host := startDemo(t)
	random := rand.New(rand.NewPCG(1, 2))
	for _, e := range demo.Endpoints() {
		// An endpoint that never answers is only slow; its neighbour that closes the connection shows the same.
		if scenarios()[e.ID] == "" && alsoNamed(e.ID) == nil || strings.HasSuffix(e.Path, "-silent") {
			continue
		}
		for n := range 2 {
			file := anyScenario(random)
			t.Run(fmt.Sprintf("%s/%d", strings.TrimPrefix(e.Path, "/wrong/"), n), func(t *testing.T) {
				for _, c := range runFile(t, file, "host="+host, "path="+e.Path).Cases {
					if c.Status == report.Passed {
						continue
					}
					if c.Cause == nil || c.Cause.ID != e.ID && !slices.Contains(alsoNamed(e.ID), c.Cause.ID) {
						t.Errorf("%s (%s): %+v", c.Name, c.Reason, c.Cause)
					}
				}
				if t.Failed() {
					t.Log(file)
				}
			})
		}
	}
}

// thePolicy is what the API is meant for.
const thePolicy = `
target: http://${host}
policies:
  - name: proof
    paths: "${path}"
    allow:
      origins: [https://app.example.com, https://admin.example.com]
      methods: [GET, PUT]
      headers: [Content-Type, Authorization]
      credentials: true
    expose: [X-Request-Id]
    probes: none
`

func TestWhatAPolicyFindsNamesTheEndpointsOwnCause(t *testing.T) {
	host := startDemo(t)
	for _, e := range demo.Endpoints() {
		if scenarios()[e.ID] == "" && alsoNamed(e.ID) == nil || strings.HasSuffix(e.Path, "-silent") {
			continue
		}
		t.Run(strings.TrimPrefix(e.Path, "/wrong/"), func(t *testing.T) {
			failed := 0
			for _, c := range runFile(t, thePolicy, "host="+host, "path="+e.Path).Cases {
				if c.Status == report.Passed || c.Kind != "allow" {
					continue
				}
				failed++
				if c.Cause == nil || c.Cause.ID != e.ID && !slices.Contains(alsoNamed(e.ID), c.Cause.ID) {
					t.Errorf("%s (%s): %+v", c.Name, c.Reason, c.Cause)
				}
			}
			if failed == 0 && e.ID != "protocol-differs" { // which shows in HEAD alone
				t.Error("nothing failed")
			}
		})
	}
}

// anyScenario meets an endpoint in some of the ways that its front ends are meant to.
func anyScenario(r *rand.Rand) string {
	return oneWay + fmt.Sprintf(`
    paths: [%s]
    origins: [%s]
    methods: [%s]
    headers: [%s]
    credentials: [%s]
    cookies: {session: demo}
`, some(r, `"${path}"`, `"${path}/1"`, `"${path}/none"`),
		some(r, "https://app.example.com", "https://admin.example.com"),
		some(r, "GET", "HEAD", "PUT", "DELETE"),
		some(r, "{}", "{Content-Type: application/json}", "{Authorization: Bearer demo}",
			"{Authorization: Bearer demo, Content-Type: application/json}"),
		some(r, "omit", "include"))
}

// some returns a few items in their order, at least one, with commas between them.
func some(r *rand.Rand, items ...string) string {
	for {
		var list []string
		for _, item := range items {
			if r.IntN(2) == 0 {
				list = append(list, item)
			}
		}
		if list != nil {
			return strings.Join(list, ", ")
		}
	}
}

func TestEveryRightEndpointPassesWhatItIsMeantFor(t *testing.T) {
	host := startDemo(t)
	everything := []string{
		theAppReads, bothRead, theAppReadsHeads, theAppReadsAbsent, theAppReadsWithout, theAppLogsIn, theAppEdits,
		theAppSendsAToken,
	}
	meant := map[string][]string{
		"/status":                    {theAppReadsWithout},
		"/right/one-origin":          {theAppReads, theAppReadsAbsent, theAppLogsIn, theAppEdits},
		"/right/no-credentials":      {theAppReadsWithout, theAppSendsAToken},
		"/right/wildcards":           {theAppReadsWithout},
		"/right/redirect":            {theAppReads, bothRead, theAppReadsWithout},
		"/right/redirect-public":     {theAppReadsWithout},
		"/right/redirect-other-host": {theAppReadsWithout},
	}
	for _, e := range demo.Endpoints() {
		if e.ID != "" {
			continue
		}
		for _, scenario := range or(meant[e.Path], everything) {
			r := runFile(t, oneWay+scenario, "host="+host, "path="+e.Path)
			for _, c := range r.Cases {
				if c.Status != report.Passed || c.Cause != nil {
					t.Errorf("%s: %s, cause %+v", c.Name, c.Status, c.Cause)
				}
			}
			if r.asks() > 2*len(r.Cases) {
				t.Errorf("%s: %d further requests where nothing failed", e.Path, r.asks())
			}
		}
	}
}

func or(list, otherwise []string) []string {
	if list == nil {
		return otherwise
	}
	return list
}

func TestManyCasesWithOneCauseAreToldOnce(t *testing.T) {
	host := startDemo(t)
	var paths []string
	for i := range 25 {
		paths = append(paths, fmt.Sprintf("/wrong/cors-not-configured/%d", i))
	}
	const file = "\ntarget: http://%s\nscenarios:\n  - name: many\n    paths: [%s, /right/list]\n    methods: [GET, HEAD]\n" +
		"    origins: https://app.example.com\n    expect: allowed\n"
	_, out := runText(t, fmt.Sprintf(file, host, strings.Join(paths, ", ")))
	const told = "50 cases, one cause: cors-not-configured:"
	if strings.Count(out, "one cause:") != 1 || !strings.Contains(out, told) {
		t.Errorf("%q is not told once in\n%s", told, out)
	}
}
