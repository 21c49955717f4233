package report_test

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/corsgate/corsgate/report"
)

// shard is one report of a plan of four cases. Each case is a place and the identities of its exchanges.
type shard struct {
	index, total int
	plan         string
	places       [][]string // by the order of cases: the place, then identities
	looks        []string
	status       report.Status
}

func (s shard) write(t *testing.T, folder string) string {
	t.Helper()
	var b bytes.Buffer
	h := report.NewJSON(&b)
	started := time.Date(2026, 11, 23, 12, 0, s.index, 0, time.UTC)
	sum := report.Summary{Cases: len(s.places), Exchanges: len(s.looks)}
	errs := []error{h.Start(report.Start{
		Tool: report.Tool{Name: "corsgate", Version: "v1"}, Started: started, Cases: len(s.places),
		Shard: &report.Shard{Index: s.index, Total: s.total, Plan: s.plan, Cases: 4},
	})}
	sent := map[string]bool{}
	for _, p := range s.places {
		c := &report.Case{ID: p[0], Name: "case " + p[0], Status: s.status}
		fmt.Sscan(p[0], &c.Position)
		for _, identity := range p[1:] {
			c.Exchanges = append(c.Exchanges, report.Exchange{Kind: "request", Identity: identity, Shared: sent[identity]})
			if !sent[identity] || identity == "" {
				sum.Exchanges++
			}
			sent[identity] = identity != ""
		}
		if s.status == report.Failed {
			sum.Failed++
		} else {
			sum.Passed++
		}
		errs = append(errs, h.Case(c))
	}
	errs = append(errs, h.Finish(report.Finish{Summary: sum, Duration: 5 * time.Second, Looks: s.looks}))
	for _, err := range errs {
		if err != nil {
			t.Fatal(err)
		}
	}
	file := filepath.Join(folder, fmt.Sprintf("%d-of-%d-%s.json", s.index, s.total, s.plan))
	if err := os.WriteFile(file, b.Bytes(), 0o666); err != nil {
		t.Fatal(err)
	}
	return file
}

// heard is what a Handler was told.
type heard struct {
	start  report.Start
	lines  []string
	finish report.Finish
}

func (h *heard) Start(s report.Start) error {
	h.start = s
	return nil
}

func (h *heard) Case(c *report.Case) error {
	line := c.Name
	for _, x := range c.Exchanges {
		line += fmt.Sprintf(" %t%s", x.Shared, x.Identity)
	}
	if c.Position != 0 {
		line += " with a position"
	}
	h.lines = append(h.lines, line)
	return nil
}

func (h *heard) Finish(f report.Finish) error {
	h.finish = f
	return nil
}

func TestMergedShardsAreOneRun(t *testing.T) {
	folder := t.TempDir()
	files := []string{
		shard{2, 2, "p", [][]string{{"1", "a", ""}, {"4", "b", "a"}}, []string{"x", "x"}, report.Failed}.write(t, folder),
		shard{1, 2, "p", [][]string{{"2", "a", "a"}, {"3", "b", ""}}, []string{"x", "y"}, report.Passed}.write(t, folder),
	}
	shards, err := report.ReadShards(files)
	if err != nil {
		t.Fatal(err)
	}
	var h heard
	summary, err := shards.Replay(&h)
	if err != nil {
		t.Fatal(err)
	}
	want := []string{"case 1 false false", "case 2 true true", "case 3 false false", "case 4 true true"}
	if diff := cmp.Diff(want, h.lines); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	// Sent for cases: a and one more for 1, b and one more for 3. Besides: x twice, and y.
	wantSummary := report.Summary{Cases: 4, Passed: 2, Failed: 2, Exchanges: 4 + 3}
	if summary != wantSummary || h.finish.Summary != wantSummary {
		t.Errorf("got %+v and %+v, want %+v", summary, h.finish.Summary, wantSummary)
	}
	if h.start.Shard != nil || h.finish.Looks != nil || h.start.Cases != 4 {
		t.Errorf("it starts as %+v and ends as %+v", h.start, h.finish)
	}
	if h.start.Started.Second() != 1 || h.finish.Duration != 6*time.Second {
		t.Errorf("it takes %s from %s on", h.finish.Duration, h.start.Started)
	}
}

func TestReportsThatAreNotTheShardsOfOnePlanAreRefused(t *testing.T) {
	folder := t.TempDir()
	two := func(index int, plan string, places ...string) string {
		s := shard{index: index, total: 2, plan: plan, status: report.Passed}
		for _, p := range places {
			s.places = append(s.places, []string{p})
		}
		return s.write(t, folder)
	}
	right := two(1, "p", "1", "2")
	tests := []struct {
		name, want string
		files      []string
	}{
		{"missing", "shard 2 of 2 is missing", []string{right}},
		{"twice", "both are shard 1 of 2", []string{right, right}},
		{"other plans", "are shards of different plans", []string{right, two(2, "q", "3", "4")}},
		{"a case twice", "has a case at place 2 of 4", []string{right, two(2, "r", "2", "3")}},
		{"a case too few", "the plan has 4 cases, its shards have 3", []string{right, two(2, "s", "3")}},
		{"out of order", "has a case at place 3 of 4", []string{right, two(2, "t", "4", "3")}},
		{"beyond the plan", "has a case at place 5 of 4", []string{right, two(2, "u", "3", "5")}},
		{"no shard", "says that it is shard 3 of 2", []string{right, two(3, "v", "3", "4")}},
	}
	for _, tt := range tests {
		for i, file := range tt.files { // the reports of one test are of one plan, unless it is about that
			if tt.name != "other plans" {
				tt.files[i] = withPlan(t, file, "p")
			}
		}
		_, err := report.ReadShards(tt.files)
		if err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: got %v, want %s", tt.name, err, tt.want)
		}
	}
}

func withPlan(t *testing.T, file, plan string) string {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	_, rest, _ := strings.Cut(string(text), `"plan": "`)
	old, _, _ := strings.Cut(rest, `"`)
	changed := file + "." + plan
	text = bytes.Replace(text, []byte(`"plan": "`+old+`"`), []byte(`"plan": "`+plan+`"`), 1)
	if err := os.WriteFile(changed, text, 0o666); err != nil {
		t.Fatal(err)
	}
	return changed
}

func TestAWriterThatFailsDoesNotKeepTheMergeFromGoingOn(t *testing.T) {
	file := shard{1, 1, "p", [][]string{{"1"}, {"2"}, {"3"}, {"4"}}, nil, report.Passed}.write(t, t.TempDir())
	shards, err := report.ReadShards([]string{file})
	if err != nil {
		t.Fatal(err)
	}
	var h heard
	summary, err := shards.Replay(report.Tee(&full{err: os.ErrInvalid}, &h))
	if err == nil || summary.Cases != 4 || len(h.lines) != 4 {
		t.Errorf("got %v, %+v and %v", err, summary, h.lines)
	}
}
