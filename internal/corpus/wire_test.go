package corpus_test

import (
	"bytes"
	"flag"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/corsgate/corsgate/cors"
	"github.com/corsgate/corsgate/internal/cli"
	"github.com/corsgate/corsgate/internal/corpus"
	"github.com/corsgate/corsgate/report"
	"github.com/corsgate/corsgate/spec"
)

var (
	whole = flag.Bool("whole", false, "send all cases over sockets, not every 16th")
	show  = flag.Int("show", 10, "how many cases that disagree a failing test shows")
)

// answered is what the Flow of one engine comes to when net/http stands between it and the server.
type answered struct {
	requests []cors.Request
	outcome  cors.Outcome // undecided where refused is set
	refused  bool         // the last request or its answer is one that net/http takes for broken HTTP
}

func play(t *testing.T, c *corpus.Case, e cors.Engine) (got answered) {
	t.Helper()
	fetch, err := c.Fetch()
	if err != nil {
		t.Fatal(err)
	}
	flow := cors.NewFlow(e, fetch, nil)
	for request, ok := flow.Next(); ok; request, ok = flow.Next() {
		got.requests = append(got.requests, request)
		response := c.Answer(request)
		response.Headers = folded(response.Headers)
		if unsendable(request) || unreadable(response) {
			got.refused = true
			return got
		}
		flow.Receive(response)
	}
	got.outcome = flow.Outcome()
	return got
}

// unsendable reports whether a URL is none for net/http: Chromium alone goes to hosts with a space.
func unsendable(r cors.Request) bool {
	_, err := url.Parse(r.URL)
	return err != nil
}

// unreadable reports whether a head breaks https://httpwg.org/specs/rfc9110.html#fields in a way that browsers, but not
// net/http, put up with.
func unreadable(r cors.Response) bool {
	return slices.ContainsFunc(r.Headers, func(h cors.Header) bool {
		name := strings.ReplaceAll(h.Name, " ", "_") // net/http takes blanks, but not first
		return !cors.ValidHeaderName(name) || strings.HasPrefix(h.Name, " ") ||
			strings.ContainsFunc(h.Value, func(c rune) bool { return c != '\t' && c < ' ' || c == 0x7F })
	})
}

// folded joins lines that begin with white space to those before them, as every reader of HTTP/1.1 does.
func folded(headers []cors.Header) []cors.Header {
	var lines []cors.Header
	for _, h := range headers {
		if last := len(lines) - 1; last >= 0 && strings.HasPrefix(h.Name, " ") {
			lines[last].Value += h.Name + ": " + h.Value
			continue
		}
		lines = append(lines, h)
	}
	return lines
}

// expected is what a run of the whole tool must come to for one case.
type expected struct {
	c       *corpus.Case
	engines []answered // in the order of cors.Engines
}

func (x *expected) refused() bool {
	return slices.ContainsFunc(x.engines, func(a answered) bool { return a.refused })
}

func (x *expected) outcomes() (all []cors.Outcome) {
	for _, a := range x.engines {
		all = append(all, a.outcome)
	}
	return all
}

func TestTheWholeToolAgreesWithTheFlowOverSockets(t *testing.T) {
	cases, err := corpus.Cases()
	if err != nil {
		t.Fatal(err)
	}
	server, err := corpus.Serve(cases)
	if err != nil {
		t.Fatal(err)
	}
	defer server.Close()
	all := expressible(t, cases)
	results := runAll(t, server, all)
	received := map[string][]corpus.Received{}
	for _, r := range server.Received() {
		received[r.CaseID()] = append(received[r.CaseID()], r)
	}
	failed := 0
	for i := range all {
		problem := judge(&all[i], results[all[i].c.ID], received[all[i].c.ID])
		delete(received, all[i].c.ID)
		if problem == "" {
			continue
		}
		if failed++; failed <= *show {
			t.Errorf("%s (%s): %s", all[i].c.ID, all[i].c.Note, problem)
		}
	}
	for id, strays := range received {
		t.Errorf("the server saw %d requests of %q that no case makes, such as %s", len(strays), id, strays[0].URL)
	}
	t.Logf("%d of %d cases agree in outcome, reason, stage, console text and wire, with four engines", len(all)-failed, len(all))
}

// expressible sorts out what the language can't say, counts it, and checks that files with such mistakes are refused.
func expressible(t *testing.T, cases []corpus.Case) []expected {
	t.Helper()
	var all []expected
	counts := map[string]int{}
	refused, later := 0, 0
	for i := range cases {
		c := &cases[i]
		if r := ruleFor(c); r != nil {
			counts[r.name]++
			checkMistake(t, c, r)
			continue
		}
		later += len(c.Then)
		if !*whole && i%16 != 0 && c.Group != "junk" {
			continue
		}
		x := expected{c: c}
		for _, e := range cors.Engines() {
			x.engines = append(x.engines, play(t, c, e))
		}
		if all = append(all, x); x.refused() {
			refused++
		}
	}
	t.Logf("of %d cases, %d are run, of which %d meet a head or a URL that net/http refuses;\n"+
		"%d later fetches are left out: between cases there is no preflight cache. Files can't say:\n%s",
		len(cases), len(all), refused, later, table(t, counts))
	return all
}

// checkMistake holds that a file with a case under r is refused, where the rule says so.
func checkMistake(t *testing.T, c *corpus.Case, r *rule) {
	t.Helper()
	text := file(scenario(c, []cors.Outcome{{}}))
	_, mistakes := spec.Parse("corpus.cors.yaml", []byte(text), spec.Options{})
	if refused := len(mistakes) > 0; refused != r.mistake {
		t.Errorf("%s: %s, and the file has the mistakes %v", c.ID, r.name, mistakes)
	}
}

func table(t *testing.T, counts map[string]int) string {
	t.Helper()
	var b strings.Builder
	for _, r := range rules() {
		fmt.Fprintf(&b, "%5d  %s\n", counts[r.name], r.name)
		if counts[r.name] != r.cases {
			t.Errorf("%d cases under the rule %q, want %d", counts[r.name], r.name, r.cases)
		}
	}
	return b.String()
}

// runAll is one run of the command over one file.
func runAll(t *testing.T, server *corpus.Server, all []expected) map[string]*report.Case {
	t.Helper()
	var scenarios []string
	for i := range all {
		scenarios = append(scenarios, scenario(all[i].c, all[i].outcomes()))
	}
	folder := t.TempDir()
	input, output := filepath.Join(folder, "corpus.cors.yaml"), filepath.Join(folder, "report.json")
	if err := os.WriteFile(input, []byte(file(scenarios...)), 0o600); err != nil {
		t.Fatal(err)
	}
	var stdout, stderr bytes.Buffer
	code := cli.Main([]string{
		"run", input, "--proxy", "http://" + server.Address(), "-k", "--no-share", "--report-json", output, "-q",
	}, nil, &stdout, &stderr)
	if code != 0 && code != 3 {
		t.Errorf("exit code %d\n%.4000s\n%.4000s", code, stderr.String(), stdout.String())
	}
	saved, err := os.Open(output)
	if err != nil {
		t.Fatal(err)
	}
	defer saved.Close()
	got := collected{}
	if err := report.Replay(saved, got); err != nil {
		t.Fatal(err)
	}
	if len(got) != len(all) {
		t.Errorf("%d results of %d cases", len(got), len(all))
	}
	return got
}

// collected keeps the cases of a report by their scenarios' names.
type collected map[string]*report.Case

func (c collected) Start(report.Start) error   { return nil }
func (c collected) Finish(report.Finish) error { return nil }
func (c collected) Case(got *report.Case) error {
	kept := *got
	c[got.Scenario] = &kept
	return nil
}

// judge says what is wrong with what came of a case; empty: nothing.
func judge(want *expected, got *report.Case, received []corpus.Received) string {
	if got == nil {
		return "it has no result"
	}
	problems := []string{judgeStatus(want, got)}
	for i, e := range cors.Engines() {
		problems = append(problems, judgeEngine(e.Name, want.engines[i], got))
	}
	problems = append(problems, judgeWire(want, got, received))
	return strings.Join(slices.DeleteFunc(problems, func(s string) bool { return s == "" }), "\n")
}

// judgeStatus holds that a case with broken HTTP is an error of its kind, and that any other is as its file expects.
func judgeStatus(want *expected, got *report.Case) string {
	switch {
	case want.refused() && (got.Status != report.Errored || got.Error == nil || got.Error.Kind != "protocol"):
		return fmt.Sprintf("status %s, error %+v for an answer that net/http refuses", got.Status, got.Error)
	case !want.refused() && got.Status != report.Passed:
		return fmt.Sprintf("status %s, error %+v, mismatches %+v", got.Status, got.Error, got.Mismatch)
	case got.Checked != "all":
		return "checked " + got.Checked
	}
	return judgeResponse(want, got)
}

// judgeResponse compares what the script sees: of the first browser that is blocked, else of the first.
func judgeResponse(want *expected, got *report.Case) string {
	o := want.engines[0].outcome
	for _, a := range want.engines {
		if a.outcome.Verdict == cors.Blocked && o.Verdict != cors.Blocked {
			o = a.outcome
		}
	}
	var response *report.Response
	if o.Verdict == cors.Allowed && !want.refused() {
		response = &report.Response{Status: o.Status, Readable: []string{}}
		for _, h := range o.Readable {
			response.Readable = append(response.Readable, h.Name)
		}
	}
	return cmp.Diff(response, got.Response)
}

func judgeEngine(name string, want answered, got *report.Case) string {
	o, verdict := want.outcome, got.Engines[name]
	expect := report.Verdict{
		Outcome: string(o.Verdict), Reason: string(o.Reason), Stage: string(o.Stage), Message: o.Message,
	}
	if want.refused {
		expect.Outcome = "undecided"
	}
	if len(verdict.Message) >= report.FileLimit {
		expect.Message = verdict.Message // it is cut
	}
	if diff := cmp.Diff(expect, verdict); diff != "" {
		return name + " (-flow +tool):\n" + diff
	}
	return ""
}

// judgeWire compares what the server received, in its order and to the byte, with what the Flows of all engines send;
// what several send is sent once.
func judgeWire(want *expected, got *report.Case, received []corpus.Received) string {
	var lines, seen []string
	for _, r := range union(want.engines) {
		if !unsendable(r) {
			lines = append(lines, onTheWire(r))
		}
	}
	for _, r := range received {
		head, known := withoutAgent(r.Head)
		if !known {
			return "a request without the name of corsgate:\n" + r.Head
		}
		seen = append(seen, head+r.Body)
	}
	if want.refused() { // a kept connection with a broken answer is tried again, on a fresh one
		seen = slices.Compact(seen)
	}
	if diff := cmp.Diff(lines, seen); diff != "" {
		return "wire (-flow +server):\n" + diff
	}
	if len(got.Exchanges) != len(union(want.engines)) {
		return fmt.Sprintf("%d exchanges in the report, %d on the wire", len(got.Exchanges), len(lines))
	}
	return ""
}

// union is the requests of all engines, engine by engine, without those that an earlier engine has sent as often.
func union(engines []answered) []cors.Request {
	var all []cors.Request
	sent := map[string]bool{}
	for _, a := range engines {
		times := map[string]int{}
		for _, r := range a.requests {
			text := r.Method + r.URL + fmt.Sprint(r.Headers, r.Body)
			key := fmt.Sprint(times[text], text)
			times[text]++
			if !sent[key] {
				sent[key] = true
				all = append(all, r)
			}
		}
	}
	return all
}

// onTheWire is a request as net/http writes it to a proxy or a tunnel, without User-Agent: Host first, the length, then
// the other lines sorted by name.
func onTheWire(r cors.Request) string {
	scheme, rest, _ := strings.Cut(r.URL, "://")
	slash := strings.Index(rest, "/")
	host, target := rest[:slash], rest[slash:]
	if scheme == "http" {
		target = r.URL
	}
	headers := []cors.Header{{Name: "Accept-Encoding", Value: "gzip, deflate"}}
	for _, h := range r.Headers {
		switch {
		case strings.EqualFold(h.Name, "User-Agent"):
			continue
		case strings.EqualFold(h.Name, "Range"):
			headers[0].Value = "identity"
		}
		headers = append(headers, h)
	}
	slices.SortStableFunc(headers, func(a, b cors.Header) int { return strings.Compare(a.Name, b.Name) })
	switch method := r.Method; {
	case r.Body != nil && *r.Body != "":
		headers = slices.Insert(headers, 0, cors.Header{Name: "Content-Length", Value: fmt.Sprint(len(*r.Body))})
	case method == "POST" || method == "PUT" || method == "PATCH":
		headers = slices.Insert(headers, 0, cors.Header{Name: "Content-Length", Value: "0"})
	}
	text := r.Method + " " + target + " HTTP/1.1\r\nHost: " + host + "\r\n"
	for _, h := range headers {
		text += h.Name + ": " + h.Value + "\r\n"
	}
	text += "\r\n"
	if r.Body != nil {
		text += *r.Body
	}
	return text
}

// withoutAgent removes the User-Agent, and reports whether it is there once and names corsgate.
func withoutAgent(head string) (string, bool) {
	before, rest, ok := strings.Cut(head, "\r\nUser-Agent: ")
	agent, after, _ := strings.Cut(rest, "\r\n")
	return before + "\r\n" + after, ok && strings.Contains(agent, "corsgate/") && !strings.Contains(after, "\r\nUser-Agent: ")
}
