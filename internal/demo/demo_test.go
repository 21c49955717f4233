package demo

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"net/http"
	"net/http/httptrace"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "write the golden files")

// ask is a request that the wire test sends to every endpoint, in this order.
type ask struct {
	what   string
	method string
	child  string // below the endpoint's path
	header []string
}

func from(origin string) ask {
	return ask{what: "GET from " + origin, method: "GET", header: []string{"Origin", origin}}
}

func preflight(what, method, headers string, more ...string) ask {
	return ask{what: what, method: "OPTIONS", header: append([]string{"Origin", appOrigin,
		"Access-Control-Request-Method", method, "Access-Control-Request-Headers", headers}, more...)}
}

func asks() []ask {
	app := []string{"Origin", appOrigin}
	list := []ask{
		{what: "GET without Origin", method: "GET"},
		from(appOrigin),
		from(adminOrigin),
		{what: "GET with a token", method: "GET", header: []string{"Origin", appOrigin, "Authorization", "Bearer x"}},
		{what: "HEAD", method: "HEAD", header: app},
		{what: "GET /none", method: "GET", child: "/none", header: app},
		preflight("preflight of PUT", "PUT", "authorization,content-type"),
		preflight("preflight of PUT, spaces", "PUT", "authorization, content-type"),
		preflight("preflight of PUT, upper case", "PUT", "Authorization,Content-Type"),
		preflight("preflight of PUT, with a token", "PUT", "content-type", "Authorization", "Bearer x"),
		preflight("preflight of PROPFIND", "PROPFIND", "x-invented"),
	}
	for _, stranger := range strangers() {
		list = append(list, from(stranger))
	}
	return list
}

func strangers() []string {
	return []string{
		"https://evil.example", "null", "http://app.example.com", "https://app.example.com:8443",
		"https://app.example.com.evil.example", "https://app.example.com_.evil.example", "https://evilexample.com",
		"https://example.co", "https://appxexample.com", "https://x.app.example.com", "https://www.app.example.com",
		"https://app.example.com.", "https://App.Example.com", "http://localhost:3000", "https://evil.github.io",
		"chrome-extension://abcdefgh",
	}
}

func TestEveryEndpointAnswersAsRecorded(t *testing.T) {
	server := start(t)
	answers := map[string][]string{}
	for _, e := range Endpoints() {
		answers[e.Path] = answerAll(t, server.URL+e.Path)
	}
	var got strings.Builder
	for _, e := range Endpoints() {
		fmt.Fprintf(&got, "%s: %s\n", e.Path, e.Title)
		if e.Twin != "" {
			fmt.Fprintf(&got, "  shows %s, unlike %s\n", e.ID, e.Twin)
		}
		writeAnswers(&got, answers[e.Path], answers[e.Twin])
	}
	port := server.URL[strings.LastIndex(server.URL, ":"):]
	golden(t, filepath.Join("testdata", "wire.txt"), strings.ReplaceAll(got.String(), port, ":80"))
}

// writeAnswers writes the answers that differ from the twin's, each with all requests that got it.
func writeAnswers(w io.Writer, answers, twin []string) {
	var order []string
	requests := map[string][]string{}
	for i, a := range asks() {
		if twin != nil && twin[i] == answers[i] {
			continue
		}
		if requests[answers[i]] == nil {
			order = append(order, answers[i])
		}
		requests[answers[i]] = append(requests[answers[i]], a.what)
	}
	everyStranger := "GET from " + strings.Join(strangers(), "; GET from ")
	for _, line := range order {
		who := strings.ReplaceAll(strings.Join(requests[line], "; "), everyStranger, "GET from every stranger")
		fmt.Fprintf(w, "  > %s\n  < %s\n", who, line)
	}
}

func TestEveryWrongEndpointDiffersFromItsTwin(t *testing.T) {
	server := start(t)
	paths := map[string]bool{}
	for _, e := range Endpoints() {
		if e.ID == "" {
			paths[e.Path] = true
		}
	}
	for _, e := range Endpoints() {
		switch {
		case e.ID == "":
		case !paths[e.Twin]:
			t.Errorf("%s: its twin %q is not an endpoint that is right", e.Path, e.Twin)
		case slices.Equal(answerAll(t, server.URL+e.Path), answerAll(t, server.URL+e.Twin)):
			t.Errorf("%s answers everything as %s does", e.Path, e.Twin)
		}
	}
}

func TestNoPathComesTwice(t *testing.T) {
	seen := map[string]bool{}
	for _, e := range Endpoints() {
		if seen[e.Path] {
			t.Errorf("%s comes twice", e.Path)
		}
		seen[e.Path] = true
	}
}

func TestTheIndexListsEveryEndpoint(t *testing.T) {
	server := start(t)
	text := get(t, server.URL+"/", "text/plain")
	for _, e := range Endpoints() {
		if !strings.Contains(text, e.Path+" ") {
			t.Errorf("%s is missing from the text", e.Path)
		}
	}
	var list []Endpoint
	if err := json.Unmarshal([]byte(get(t, server.URL+"/", "application/json")), &list); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(Endpoints(), list); diff != "" {
		t.Errorf("the JSON index (-want +got):\n%s", diff)
	}
}

func TestStartRefusesAddressesThatOthersCanReach(t *testing.T) {
	for _, addr := range []string{":0", "0.0.0.0:0", "[::]:0", "192.0.2.1:0", "localhost:0", "127.0.0.1", ""} {
		if server, err := Start(addr); err == nil {
			t.Errorf("Start(%q) serves at %s", addr, server.URL)
			server.Close()
		}
	}
}

func TestCloseEndsRequestsThatAreNeverAnswered(t *testing.T) {
	server, err := Start("127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	sent, ended := make(chan struct{}), make(chan string)
	ctx := httptrace.WithClientTrace(t.Context(), &httptrace.ClientTrace{
		WroteRequest: func(httptrace.WroteRequestInfo) { close(sent) },
	})
	go func() {
		ended <- answer(ctx, server.URL+"/wrong/options-dropped-silent", preflight("", "PUT", "content-type"))
	}()
	<-sent
	if err := server.Close(); err != nil {
		t.Error(err)
	}
	if got := <-ended; got != "no answer" {
		t.Errorf("got %s", got)
	}
}

func start(t *testing.T) *Server {
	t.Helper()
	server, err := Start("127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := server.Close(); err != nil {
			t.Error(err)
		}
	})
	return server
}

// answerAll sends every ask and returns the answers in one line each.
func answerAll(t *testing.T, url string) []string {
	t.Helper()
	limit := 10 * time.Second
	if strings.HasSuffix(url, "-silent") {
		limit = 50 * time.Millisecond
	}
	var lines []string
	for _, a := range asks() {
		ctx, cancel := context.WithTimeout(t.Context(), limit)
		lines = append(lines, answer(ctx, url, a))
		cancel()
	}
	return lines
}

func answer(ctx context.Context, url string, a ask) string {
	r, err := http.NewRequestWithContext(ctx, a.method, url+a.child, nil)
	if err != nil {
		return err.Error()
	}
	for pair := range slices.Chunk(a.header, 2) {
		r.Header.Set(pair[0], pair[1])
	}
	response, err := http.DefaultTransport.RoundTrip(r)
	if err != nil {
		return "no answer"
	}
	defer response.Body.Close()
	body, _ := io.ReadAll(response.Body)
	line := []string{response.Status[:3]}
	for _, name := range []string{
		"Location", "Www-Authenticate", "Access-Control-Allow-Origin", "Access-Control-Allow-Credentials",
		"Access-Control-Allow-Methods", "Access-Control-Allow-Headers", "Access-Control-Max-Age",
		"Access-Control-Expose-Headers", "Vary", "Set-Cookie", "Cross-Origin-Resource-Policy", "Cache-Control",
		"X-Cache", "Cf-Mitigated", "X-Request-Id",
	} {
		for _, value := range response.Header.Values(name) {
			line = append(line, fmt.Sprintf("%s=%q", strings.TrimPrefix(name, "Access-Control-"), value))
		}
	}
	if a.method == "OPTIONS" && len(body) > 0 {
		line = append(line, "and a body")
	}
	return strings.Join(line, " ")
}

func get(t *testing.T, url, accept string) string {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), "GET", url, nil)
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Accept", accept)
	response, err := http.DefaultTransport.RoundTrip(r)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return string(body)
}

func golden(t *testing.T, path, got string) {
	t.Helper()
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(strings.Split(string(want), "\n"), strings.Split(got, "\n")); diff != "" {
		t.Errorf("%s (-want +got):\n%s", path, diff)
	}
}
