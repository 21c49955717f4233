package audit_test

import (
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/corsgate/corsgate/audit"
	"github.com/corsgate/corsgate/cors"
	"github.com/corsgate/corsgate/internal/demo"
)

// observe makes a fetch in each browser against a real server, and what its findings need beside it.
func observe(t *testing.T, fetch cors.Fetch) *audit.Observation {
	t.Helper()
	o := &audit.Observation{Fetch: fetch, Browsers: cors.Engines()[1:]}
	for _, e := range o.Browsers {
		flow := cors.NewFlow(e, fetch, nil)
		for request, ok := flow.Next(); ok; request, ok = flow.Next() {
			if request.Kind == cors.KindRequest && request.Method != "GET" {
				flow.Stop()
				break
			}
			x := send(t, request)
			o.Exchanges = append(o.Exchanges, x)
			flow.Receive(*x.Response)
		}
	}
	for _, request := range o.Needs(nil) {
		o.Beside = append(o.Beside, send(t, request))
	}
	return o
}

func send(t *testing.T, request cors.Request) audit.Exchange {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), request.Method, request.URL, nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, h := range request.Headers {
		r.Header.Add(h.Name, h.Value)
	}
	answer, err := http.DefaultTransport.RoundTrip(r)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	body, err := io.ReadAll(io.LimitReader(answer.Body, 1<<16))
	if err != nil {
		t.Fatal(err)
	}
	response := &cors.Response{Status: answer.StatusCode, Received: time.Now()}
	for name, values := range answer.Header {
		for _, v := range values {
			response.Headers = append(response.Headers, cors.Header{Name: name, Value: v})
		}
	}
	request.Headers = slices.Clone(request.Headers)
	return audit.Exchange{Request: request, Response: response, Body: body}
}

// fetches are what a front end asks of an endpoint: to read it, to read what is not there, and to change it.
func fetches(t *testing.T, url string, credentials cors.CredentialsMode) []cors.Fetch {
	t.Helper()
	app, err := cors.ParseOrigin("https://app.example.com")
	if err != nil {
		t.Fatal(err)
	}
	read := cors.Fetch{Origin: app, URL: url, Credentials: credentials, PublicSuffixes: audit.PublicSuffixes}
	missing, change, authorized, foreign := read, read, read, read
	foreign.Origin.Host, foreign.Method, foreign.Headers = "stranger.test", "PATCH", []cors.Header{{Name: "X-Other", Value: "1"}}
	missing.URL += "/none"
	change.Method, change.Headers = "PUT", []cors.Header{{Name: "Content-Type", Value: "application/json"}}
	authorized.Headers = []cors.Header{{Name: "Authorization", Value: "Bearer x"}}
	if strings.HasSuffix(url, "/right/wildcards") { // is meant for any header but that
		return []cors.Fetch{read, missing, change, foreign}
	}
	return []cors.Fetch{read, missing, change, foreign, authorized}
}

func TestServersThatAreWrongShowTheirFindingAndRightOnesNone(t *testing.T) {
	server, err := demo.Start("127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = server.Close() })
	shows := map[string]bool{}
	for _, e := range demo.Endpoints() {
		rule, known := audit.Lookup(e.ID)
		if e.ID != "" && (!known || !rule.Is(audit.KindFinding)) {
			continue
		}
		found := findingsOf(t, server.URL+e.Path)
		if e.ID == "" && len(found) > 0 {
			t.Errorf("%s is right and shows %v", e.Path, found)
		}
		if e.ID != "" && !slices.ContainsFunc(found, func(f audit.Finding) bool { return f.Rule == e.ID }) {
			t.Errorf("%s shows %v", e.Path, found)
		}
		shows[e.ID] = true
	}
	for _, r := range audit.Rules() {
		local := r.ID == "mixed-content-loopback" || r.ID == "local-network-target"
		if r.Is(audit.KindFinding) && !shows[r.ID] && !local {
			t.Errorf("no endpoint shows %s", r.ID)
		}
	}
}

// findingsOf returns what a front end's fetches of url show; that the server runs on this machine does not count.
func findingsOf(t *testing.T, url string) []audit.Finding {
	t.Helper()
	credentials := cors.CredentialsInclude
	if strings.HasSuffix(url, "-credentials") || strings.Contains(url, "wildcard") || strings.Contains(url, "/status") {
		credentials = cors.CredentialsOmit
	}
	var all []audit.Finding
	for _, f := range fetches(t, url, credentials) {
		for _, found := range audit.Findings(observe(t, f)) {
			if found.Rule != "mixed-content-loopback" {
				all = append(all, found)
			}
		}
	}
	return all
}

func TestServersThatTrustTooMuchShowTheirProbeAndRightOnesNone(t *testing.T) {
	server, err := demo.Start("127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = server.Close() })
	right := []string{"/users", "/right/list", "/right/rs-cors", "/right/jub0bs-cors", "/right/strict", "/right/token"}
	for _, e := range demo.Endpoints() {
		rule, _ := audit.Lookup(e.ID)
		if !rule.Is(audit.KindProbe) && !slices.Contains(right, e.Path) {
			continue
		}
		got := through(t, server.URL+e.Path, intentOf(e))
		if e.ID != "" && !got[e.ID] || e.ID == "" && len(got) > 0 {
			t.Errorf("%s, which shows %q, lets through %v", e.Path, e.ID, got)
		}
	}
}

// intentOf is what the demonstration API is meant for, without credentials where its right twin has none.
func intentOf(e demo.Endpoint) *audit.Intent {
	app := cors.Origin{Scheme: "https", Host: "app.example.com"}
	admin := cors.Origin{Scheme: "https", Host: "admin.example.com"}
	return &audit.Intent{
		Origins: []cors.Origin{app, admin}, Methods: []string{"GET", "POST", "PUT", "DELETE"},
		Headers: []string{"Content-Type", "Authorization"}, Expose: []string{"X-Request-Id"},
		Credentials: e.Twin != "/right/no-credentials",
	}
}

// through returns the ids of the probes that some engine sends and that get through.
func through(t *testing.T, url string, in *audit.Intent) map[string]bool {
	t.Helper()
	target, err := cors.URLOrigin(url)
	if err != nil {
		t.Fatal(err)
	}
	ids := map[string]bool{}
	for _, p := range audit.Probes(*in, target, 42) {
		engine, _ := cors.EngineByName(p.Engines[len(p.Engines)-1])
		flow := cors.NewFlow(engine, p.Fetch(url), nil)
		var last *cors.Response
		for request, ok := flow.Next(); ok; request, ok = flow.Next() {
			if request.Kind == cors.KindRequest && request.Method != "GET" {
				flow.Stop()
				break
			}
			x := send(t, request)
			if request.Kind == cors.KindRequest {
				last = x.Response
			}
			flow.Receive(*x.Response)
		}
		if p.Shown(in, flow.Outcome(), last) {
			ids[p.ID] = true
		}
	}
	return ids
}
