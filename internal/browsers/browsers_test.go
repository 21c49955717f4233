// Package browsers asks real browsers again what the recordings hold, so that a new version's changed mind is noticed.
// It is a module of its own, since it needs what corsgate does not.
package browsers

import (
	_ "embed"
	"encoding/json"
	"flag"
	"fmt"
	"net/textproto"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/corsgate/corsgate/cors"
	"github.com/corsgate/corsgate/internal/corpus"
)

var (
	size = flag.Int("size", 1000, "about how many cases to ask")
	only = flag.String("id", "", "ask these cases alone: the beginning of their ids")
	show = flag.Int("show", 5, "how many disagreements of a kind are shown in full")
)

//go:embed page.html
var page string

const pagePath = "/__page"

// browser is a running browser whose every request goes to the server of the test.
type browser interface {
	version() string
	visit(address string) error     // opens a page in place of the one before
	ask(job string) (string, error) // calls the page's function ask, and waits for what it promises
	said(id string) words           // of the requests of a case, where the browser tells
	aspects() []corpus.Aspect       // what it can be compared by
	close()
}

// words are a browser's own for what went wrong.
type words struct{ cors, network, console string }

// longest is how long one question may take.
const longest = 30 * time.Second

// job is the argument of the page's function ask.
type job struct {
	Frame   string `json:"frame"`
	Fetches []step `json:"fetches"`
}

type step struct {
	WaitMS  int64  `json:"wait_ms"`
	Request asking `json:"request"`
}

type asking struct {
	URL         string      `json:"url"`
	Method      string      `json:"method"`
	Headers     [][2]string `json:"headers"`
	Body        *string     `json:"body"`
	Mode        string      `json:"mode"`
	Credentials string      `json:"credentials"`
	Redirect    string      `json:"redirect"`
}

func newJob(c *corpus.Case) job {
	j := job{Frame: c.Frame, Fetches: []step{{Request: newAsking(c.Request)}}}
	for _, later := range c.Then {
		j.Fetches = append(j.Fetches, step{later.WaitMS + 50, newAsking(later.Request)})
	}
	return j
}

func newAsking(f corpus.Fetch) asking {
	return asking{f.URL, f.Method, f.Headers, f.Body, string(f.Mode), string(f.Credentials), string(f.Redirect)}
}

// reply is one element of what the page's function ask returns.
type reply struct {
	Outcome      string
	ResponseType string `json:"response_type"`
	Status       int
	Redirected   bool
	Readable     []string `json:"readable_headers"`
}

func TestBrowsersDecideAsTheFlowDoes(t *testing.T) {
	cases, err := corpus.Cases()
	if err != nil {
		t.Fatal(err)
	}
	if *mix != 0 {
		cases = mixed(cases, *mix, *size)
	}
	for _, start := range []struct {
		engine cors.Engine
		run    func(*testing.T, string) browser
	}{{cors.Chromium, startChromium}, {cors.Firefox, startFirefox}, {cors.WebKit, startWebKit}} {
		t.Run(start.engine.Name, func(t *testing.T) {
			server, err := corpus.Serve(cases)
			if err != nil {
				t.Fatal(err)
			}
			defer server.Close()
			server.Page(pagePath, page)
			b := start.run(t, server.Address())
			defer b.close()
			compare(t, start.engine, b, server, sample(cases))
		})
	}
}

// sample takes cases of every group, as many of each as its share of all: those without cookies first, and each kind in
// the order of their pages.
func sample(cases []corpus.Case) []*corpus.Case {
	var chosen []*corpus.Case
	groups := map[string]int{}
	every := max(1, len(cases)/(*size))
	for i := range cases {
		c := &cases[i]
		switch {
		case *only != "" && !strings.HasPrefix(c.ID, *only):
			continue
		case *only != "" || groups[c.Group]%every == 0:
			chosen = append(chosen, c)
		}
		groups[c.Group]++
	}
	slices.SortStableFunc(chosen, func(a, b *corpus.Case) int {
		if a.CookiesSet != b.CookiesSet {
			return map[bool]int{false: -1, true: 1}[a.CookiesSet]
		}
		return strings.Compare(pageOf(a), pageOf(b))
	})
	return chosen
}

// setCookies gives the browser the cookies of the recordings.
func setCookies(b browser) error {
	for _, host := range corpus.Hosts() {
		if err := b.visit("https://" + host + pagePath); err != nil {
			return err
		}
		if _, err := b.ask(`{"fetches": [], "cookies": ["sid=none; SameSite=None; Secure", "lax=lax; SameSite=Lax"]}`); err != nil {
			return err
		}
	}
	return nil
}

// pageOf is the page to open for a case: a null origin is a frame's within it.
func pageOf(c *corpus.Case) string {
	if c.PageOrigin == "null" {
		return corpus.Page().String() + pagePath
	}
	return c.PageOrigin + pagePath
}

// tally counts how many cases agree, are left out by a rule, or differ, by aspect.
type tally struct {
	engine                      cors.Engine
	agreed, excepted, differing map[corpus.Aspect]int
}

func compare(t *testing.T, e cors.Engine, b browser, server *corpus.Server, cases []*corpus.Case) {
	t.Helper()
	started := time.Now()
	all := tally{e, map[corpus.Aspect]int{}, map[corpus.Aspect]int{}, map[corpus.Aspect]int{}}
	open, cookies := "", false
	for _, c := range cases {
		if c.CookiesSet && !cookies {
			if err := setCookies(b); err != nil {
				t.Fatal(err)
			}
			open, cookies = "", true
		}
		if address := pageOf(c); address != open {
			if err := b.visit(address); err != nil {
				t.Fatal(address, err)
			}
			open = address
		}
		all.add(t, c, live(t, b, server, c), b.aspects())
	}
	if *only == "" && len(cases) < 300 {
		t.Errorf("a sample of %d cases is too small", len(cases))
	}
	t.Logf("%s, %d cases in %s\n%s", b.version(), len(cases), time.Since(started).Round(time.Second), all.table(b.aspects()))
}

// add compares what the browser made of a case with what the Flow makes of it.
func (all *tally) add(t *testing.T, c *corpus.Case, want *corpus.Result, aspects []corpus.Aspect) {
	t.Helper()
	got, err := c.Replay(all.engine)
	if err != nil {
		t.Fatal(err)
	}
	differences := corpus.Compare(all.engine, want, got)
	for _, a := range aspects {
		d := slices.IndexFunc(differences, func(d corpus.Disagreement) bool { return d.Aspect == a })
		switch {
		case d < 0 && a == corpus.AspectLater && len(c.Then) == 0:
		case d < 0:
			all.agreed[a]++
		case corpus.ExceptionFor(all.engine.Name, c, want, a) != "":
			all.excepted[a]++
		default:
			if all.differing[a]++; all.differing[a] <= *show {
				t.Errorf("%s, %s (%s):\n  case    %s\n  browser %s\n  flow    %s", a, c.ID, c.Note, written(c),
					differences[d].Want, differences[d].Got)
			}
		}
	}
}

func written(c *corpus.Case) string {
	text, err := json.Marshal(c)
	if err != nil {
		return err.Error()
	}
	return string(text)
}

func (all *tally) table(aspects []corpus.Aspect) string {
	var s strings.Builder
	fmt.Fprintf(&s, "%-18s %6s %9s %7s\n", "", "agree", "left out", "differ")
	for _, a := range aspects {
		fmt.Fprintf(&s, "%-18s %6d %9d %7d\n", a, all.agreed[a], all.excepted[a], all.differing[a])
	}
	return s.String()
}

// live is what the browser makes of a case now.
func live(t *testing.T, b browser, server *corpus.Server, c *corpus.Case) *corpus.Result {
	t.Helper()
	before := len(server.Received())
	text, err := json.Marshal(newJob(c))
	if err != nil {
		t.Fatal(err)
	}
	answer, err := b.ask(string(text))
	if err != nil {
		t.Fatal(c.ID, err)
	}
	var replies []reply
	if err := json.Unmarshal([]byte(answer), &replies); err != nil || len(replies) != 1+len(c.Then) {
		t.Fatalf("%s: %v, %s", c.ID, err, answer)
	}
	first := replies[0]
	r := &corpus.Result{
		ID: c.ID, Outcome: first.Outcome, ResponseType: first.ResponseType, Status: first.Status,
		Redirected: first.Redirected, Readable: first.Readable,
	}
	for _, later := range replies[1:] {
		r.Then = append(r.Then, corpus.LaterResult{
			Outcome: later.Outcome, ResponseType: later.ResponseType, Status: later.Status, Readable: later.Readable,
		})
	}
	said := b.said(c.ID)
	r.CORSError, r.NetError, r.Console = said.cors, said.network, said.console
	for _, received := range server.Received()[before:] {
		if received.CaseID() == c.ID {
			r.Seen = append(r.Seen, seen(c, received))
		}
	}
	return r
}

// seen writes a request down as the recordings do, without what the browser adds to every request.
func seen(c *corpus.Case, r corpus.Received) corpus.Seen {
	s := corpus.Seen{Kind: "actual", Method: r.Method(), URL: r.URL, Headers: map[string]string{}}
	if r.Preflight() {
		s.Kind = "preflight"
	}
	for _, h := range r.Headers() {
		name, value := strings.ToLower(h.Name), isomorphic(h.Value)
		if added(name) && (s.Kind == "preflight" || !sets(c, name)) {
			continue
		}
		key := textproto.CanonicalMIMEHeaderKey(h.Name)
		if before, ok := s.Headers[key]; ok {
			value = before + " | " + value
		}
		s.Headers[key] = value
	}
	return s
}

// isomorphic is https://infra.spec.whatwg.org/#isomorphic-decode.
func isomorphic(bytes string) string {
	var s strings.Builder
	for i := range len(bytes) {
		s.WriteRune(rune(bytes[i]))
	}
	return s.String()
}

func added(name string) bool {
	return slices.Contains([]string{
		"accept-language", "dnt", "priority", "proxy-connection", "sec-ch-ua-mobile", "sec-gpc", "te", "upgrade-insecure-requests",
	}, name)
}

func sets(c *corpus.Case, name string) bool {
	return slices.ContainsFunc(c.Request.Headers, func(h [2]string) bool { return strings.EqualFold(h[0], name) })
}
