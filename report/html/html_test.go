package html_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"testing"
	"unicode"

	"github.com/google/go-cmp/cmp"
	dom "golang.org/x/net/html"

	"github.com/corsgate/corsgate/report"
	"github.com/corsgate/corsgate/report/html"
)

var update = flag.Bool("update", false, "write the golden files anew")

// catalogue is a small one.
var catalogue = []report.Rule{
	{ID: "trusts-prefix", Kinds: []string{report.RuleProbe}, Title: "An origin that starts like an allowed one is let in",
		What: "The server compares the start of the origin only.", Why: "Anybody can register such a domain."},
	{ID: "vary-origin-missing", Kinds: []string{report.RuleFinding}, Title: "Vary lacks Origin",
		What: "The answer depends on the origin.", URL: "https://fetch.spec.whatwg.org/#cors-protocol-and-http-caches"},
}

// explained gives a Handler the catalogue.
type explained struct{ report.Handler }

func (e explained) Start(s report.Start) error {
	s.Rules = catalogue
	return e.Handler.Start(s)
}

// replay writes the run that report/testdata/sample.json holds.
func replay(t testing.TB, o html.Options) string {
	t.Helper()
	file, err := os.Open("../testdata/sample.json")
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	var b bytes.Buffer
	if err := report.Replay(file, explained{html.New(&b, o)}); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// write writes a run of cases.
func write(t testing.TB, o html.Options, cases ...*report.Case) string {
	t.Helper()
	var b bytes.Buffer
	h := html.New(&b, o)
	errs := []error{h.Start(report.Start{Cases: len(cases)})}
	sum := report.Summary{Cases: len(cases)}
	for _, c := range cases {
		errs = append(errs, h.Case(c))
		switch c.Status {
		case report.Passed:
			sum.Passed++
		case report.Failed:
			sum.Failed++
		case report.Errored:
			sum.Errors++
		case report.Skipped:
			sum.Skipped++
		}
	}
	if err := errors.Join(append(errs, h.Finish(report.Finish{Summary: sum}))...); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestTheSampleRunIsTheGoldenPage(t *testing.T) {
	const file = "testdata/sample.html"
	got := replay(t, html.Options{})
	if *update {
		if err := os.WriteFile(file, []byte(got), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

// page is a page as a browser's parser has it.
type page struct {
	nodes []*dom.Node
	texts []string
}

func read(t testing.TB, text string) page {
	t.Helper()
	root, err := dom.Parse(strings.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	var p page
	for n := range root.Descendants() {
		switch n.Type {
		case dom.ElementNode:
			p.nodes = append(p.nodes, n)
		case dom.TextNode:
			p.texts = append(p.texts, n.Data)
		}
	}
	return p
}

func attr(n *dom.Node, name string) string {
	for _, a := range n.Attr {
		if a.Key == name {
			return a.Val
		}
	}
	return ""
}

// all returns the elements with a name and one of their classes; empty: any.
func (p page) all(name, class string) []*dom.Node {
	var list []*dom.Node
	for _, n := range p.nodes {
		if (name == "" || n.Data == name) && (class == "" || slices.Contains(strings.Fields(attr(n, "class")), class)) {
			list = append(list, n)
		}
	}
	return list
}

func text(n *dom.Node) string {
	var parts []string
	for d := range n.Descendants() {
		if d.Type == dom.TextNode {
			parts = append(parts, strings.Fields(d.Data)...)
		}
	}
	return strings.Join(parts, " ")
}

func TestEveryCaseIsInAMatrixOrOnItsOwnAndEveryLinkLeadsSomewhere(t *testing.T) {
	p := read(t, replay(t, html.Options{}))
	ids := map[string]bool{}
	for _, n := range p.nodes {
		if id := attr(n, "id"); id != "" {
			if ids[id] {
				t.Errorf("%s stands there twice", id)
			}
			ids[id] = true
		}
	}
	if n := len(p.all("details", "case")); n != 9 {
		t.Errorf("there are %d cases, want 9", n)
	}
	for _, n := range p.all("a", "") {
		if to, inside := strings.CutPrefix(attr(n, "href"), "#"); inside && !ids[to] {
			t.Errorf("%s leads nowhere", to)
		}
	}
}

func TestTheMatrixHasOriginsAsRowsAndRequestsAsColumns(t *testing.T) {
	c := func(origin, method, path, suffix string, status report.Status, outcome string) *report.Case {
		return &report.Case{
			Name: method + " " + path + " from " + origin + suffix, Scenario: "s", Status: status, Outcome: outcome, Target: "edge",
			Request: report.Request{Origin: origin, Method: method, URL: "https://api.example" + path},
		}
	}
	partial := c("https://b.example", "PUT", "/1", ", on edge", report.Passed, "allowed")
	partial.Checked = "preflight"
	stuck := c("https://b.example", "GET", "/2", ", on edge", report.Errored, "undecided")
	stuck.Error = &report.Error{Kind: "dns", Message: "no such host"}
	through := c("null", "GET", "/1", ", include, on edge", report.Failed, "allowed")
	through.Kind, through.Probe = "probe", "trusts-null"
	p := read(t, write(t, html.Options{},
		c("https://a.example", "GET", "/1", ", omit, on edge", report.Passed, "blocked"),
		c("https://a.example", "GET", "/1", ", include, on edge", report.Failed, "allowed"),
		partial, stuck, through, c("https://c.example", "GET", "/2", ", on edge", report.Skipped, ""),
	))
	var got []string
	for _, tr := range p.all("tr", "") {
		var cells []string
		for n := range tr.ChildNodes() {
			if n.Type == dom.ElementNode {
				cells = append(cells, text(n))
			}
		}
		got = append(got, strings.Join(cells, " | "))
	}
	want := []string{
		"origin | /1 | /2", "GET | PUT | GET",
		"https://a.example | ✓ blocked omit ✗ allowed include | · | ·",
		"https://b.example | · | ✓ allowed preflight only | ! dns",
		"null probe trusts-null | ✗ allowed include | · | ·",
		"https://c.example | · | · | – skipped",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

func TestNothingOfTheServerActsOnThePage(t *testing.T) {
	out := replay(t, html.Options{Title: "<b>&\u202e"})
	p := read(t, out)
	for _, name := range []string{"script", "style"} {
		list := p.all(name, "")
		if len(list) != 1 {
			t.Fatalf("there are %d of %s", len(list), name)
		}
		sum := sha256.Sum256([]byte(list[0].FirstChild.Data))
		if want := name + "-src 'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'"; !strings.Contains(out, want) {
			t.Errorf("the page's policy lacks %s", want)
		}
	}
	for _, n := range p.nodes {
		for _, a := range n.Attr {
			if strings.HasPrefix(a.Key, "on") || a.Key == "style" || a.Key == "src" ||
				a.Key == "href" && !strings.HasPrefix(a.Val, "#") && a.Val != catalogue[1].URL {
				t.Errorf("%s has %s=%q", n.Data, a.Key, a.Val)
			}
		}
		if !slices.Contains(elements, n.Data) {
			t.Errorf("there is a %s", n.Data)
		}
	}
	for line := range strings.Lines(strings.Join(p.texts, "")) {
		if strings.HasPrefix(strings.TrimSpace(line), "::error") || strings.Contains(line, "##") {
			t.Errorf("a log command: %q", line)
		}
		for _, c := range strings.TrimSuffix(line, "\n") {
			if !unicode.IsPrint(c) && c != '\t' {
				t.Errorf("%q in %.200q", c, line)
			}
		}
	}
}

// elements are all that the page uses.
var elements = strings.Fields("html head meta title style body header div span h1 h2 h3 h4 p dl dt dd svg rect small nav " +
	"button input output main section article code details summary ul ol li a table thead tbody tr th td pre b q script")

func TestThousandsOfCasesFitOnAPage(t *testing.T) {
	const many = 5000
	var cases []*report.Case
	for i := range many {
		c := &report.Case{
			Name: fmt.Sprint(i), Scenario: fmt.Sprint("scenario ", i/1000), Status: report.Passed, Outcome: "allowed",
			Request: report.Request{Origin: fmt.Sprintf("https://app%d.example", i%50), Method: "GET",
				URL: fmt.Sprintf("https://api.example/%d", i/50)},
			Exchanges: []report.Exchange{{Kind: "request", Response: &report.WireResponse{Status: 200,
				Headers: []report.Field{{"X-Filler", strings.Repeat("x", 1000)}}}}},
		}
		if i%500 == 0 {
			c.Status, c.Reason = report.Failed, "missing-allow-origin-header"
		}
		cases = append(cases, c)
	}
	out := write(t, html.Options{Evidence: 1 << 20}, cases...)
	if len(out) > 10<<20 {
		t.Errorf("the page has %d bytes", len(out))
	}
	p := read(t, out)
	if n := len(p.all("", "case")); n != many {
		t.Errorf("there are %d cases", n)
	}
	if n := len(p.all("a", "chip")); n != many {
		t.Errorf("there are %d cells", n)
	}
	if n := len(p.all("li", "exchange")); n < 100 || n > 1100 {
		t.Errorf("there are %d exchanges", n)
	}
	for _, n := range p.all("details", "failed") {
		if slices.Contains(strings.Fields(attr(n, "class")), "case") && !strings.Contains(text(n), "X-Filler") {
			t.Error("a failure has no evidence although there is room")
		}
	}
	if note := fmt.Sprintf("Of %d cases only the result is told", many-len(p.all("li", "exchange"))); !strings.Contains(out, note) {
		t.Errorf("the page does not say %q", note)
	}
}

func TestThePageSaysHowTheRunEnded(t *testing.T) {
	tests := []struct {
		name  string
		cases []*report.Case
		want  string
	}{
		{"nothing ran", nil, "corsgate: Passed"},
		{"all is well", []*report.Case{{Status: report.Passed}, {Status: report.Skipped}}, "corsgate: Passed"},
		{"undecided", []*report.Case{{Status: report.Passed}, {Status: report.Errored}}, "corsgate: Undecided"},
		{"a failure weighs more", []*report.Case{{Status: report.Failed}, {Status: report.Errored}}, "corsgate: Failed"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := text(read(t, write(t, html.Options{}, tt.cases...)).all("h1", "")[0]); got != tt.want {
				t.Errorf("got %q", got)
			}
		})
	}
}

func TestTroubleThatManyCasesShareIsToldOnce(t *testing.T) {
	cause := &report.Cause{ID: "trusts-prefix", Message: "m", Remedy: "do this:\nline 1\nline 2"}
	var cases []*report.Case
	for i := range 7 {
		cases = append(cases, &report.Case{Name: fmt.Sprint(i), Status: report.Failed, Cause: cause, Reason: "x", Probe: "trusts-prefix"})
	}
	cases = append(cases, &report.Case{Name: "8", Status: report.Failed, Reason: "allow-origin-mismatch"})
	items := read(t, write(t, html.Options{}, cases...)).all("article", "item")
	if len(items) != 2 {
		t.Fatalf("there are %d items", len(items))
	}
	want := "7 cases trusts-prefix m remedy do this: line 1 line 2 : 0 : 1 : 2 : 3 : 4 and more: 7 in all"
	if got := text(items[0]); got != want {
		t.Errorf("got %s", got)
	}
	if got := text(items[1]); !strings.Contains(got, "names another origin than the page's") {
		t.Errorf("got %s", got)
	}
}

// full is a disk without room.
type full struct{}

func (full) Write([]byte) (int, error) { return 0, errors.New("no space left") }

func TestAnOutputThatCannotBeWrittenIsAnError(t *testing.T) {
	h := html.New(full{}, html.Options{})
	if err := errors.Join(h.Start(report.Start{}), h.Case(&report.Case{}), h.Finish(report.Finish{})); err == nil {
		t.Error("no error")
	}
}

func BenchmarkPassedCases(b *testing.B) {
	for name, evidence := range map[string]int64{"in full": 1 << 40, "in a line": 1} {
		b.Run(name, func(b *testing.B) {
			c := &report.Case{
				Scenario: "users", File: "corsgate.yaml", Line: 3, Status: report.Passed, Checked: "all",
				Request: report.Request{Origin: "https://app.example.com", Method: "GET", URL: "https://api.example.com/users"},
				Exchanges: []report.Exchange{{Kind: "request", Response: &report.WireResponse{Status: 200,
					Headers: []report.Field{{"Access-Control-Allow-Origin", "https://app.example.com"}, {"Vary", "Origin"}}}}},
			}
			h := html.New(io.Discard, html.Options{Evidence: evidence})
			for i := range b.N {
				c.Name = fmt.Sprintf("GET /users/%d from https://app.example.com", i)
				if err := h.Case(c); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportAllocs()
		})
	}
}

func TestManyCasesOfACellThatPassedAreFolded(t *testing.T) {
	var cases []*report.Case
	for i := range 7 {
		c := &report.Case{
			Name: fmt.Sprintf("GET / from https://*.example, omit, header %d, on edge, trusts-null", i), Target: "edge", Probe: "trusts-null",
			Status: report.Passed, Outcome: "blocked", Checked: "all",
			Request: report.Request{Origin: "https://x.example", Method: "GET", URL: "https://api.example/"},
		}
		switch i {
		case 1:
			c.Checked = "preflight"
		case 2:
			c.Outcome = "allowed"
		case 5:
			c.Status, c.Outcome = report.Failed, "allowed"
		}
		cases = append(cases, c)
	}
	cell := text(read(t, write(t, html.Options{}, cases...)).all("td", "first")[0])
	want := "✗ allowed omit, header 5 ✓ 5 blocked, 1 allowed 1 preflight only ✓ blocked omit, header 0 "
	if !strings.HasPrefix(cell, want) {
		t.Errorf("got %s", cell)
	}
}
