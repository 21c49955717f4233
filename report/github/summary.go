// Package github writes a run for GitHub Actions: a job summary in Markdown, annotations, and a step's outputs.
//
//	h := report.Tee(github.NewSummary(file, github.SummaryOptions{}), github.NewAnnotations(os.Stdout, report.Folders{}))
//
// The Markdown may be used anywhere. Whatever a server sent, it is no markup, and no command to the runner:
// https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-commands
package github

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"time"

	"github.com/corsgate/corsgate/report"
)

// SummaryLimit is how many bytes a summary has at most. A runner drops a summary of more than 1 MiB as a whole.
const SummaryLimit = 900 << 10

// SummaryOptions say how a summary is made. The zero value is the default.
type SummaryOptions struct {
	Limit int // bytes that are left for it; 0, or more: SummaryLimit
}

// NewSummary returns a Handler that writes the summary to w, all of it at Finish. What does not fit is left out, and
// the summary says so.
func NewSummary(w io.Writer, o SummaryOptions) report.Handler {
	if o.Limit <= 0 || o.Limit > SummaryLimit {
		o.Limit = SummaryLimit
	}
	return &summary{w: w, limit: o.Limit, byKey: map[scenarioKey]*scenario{}}
}

type summary struct {
	w     io.Writer
	limit int
	start report.Start

	scenarios []*scenario // in the order of their first cases
	byKey     map[scenarioKey]*scenario
	troubles  tally
	findings  tally
	details   []string // of failures and errors, at most limit bytes
	size      int      // of details
	left      int      // cases whose details do not fit
	partial   int
}

type scenarioKey struct{ file, scenario, target string }

type scenario struct {
	key    scenarioKey
	line   int
	counts report.Summary
}

func (s *summary) Start(start report.Start) error {
	s.start = start
	return nil
}

func (s *summary) Case(c *report.Case) error {
	s.count(c)
	s.troubles.addTrouble(c)
	s.findings.addFindings(c)
	if c.Checked == "preflight" && (c.Status == report.Passed || c.Status == report.Failed) {
		s.partial++
	}
	if c.Status != report.Failed && c.Status != report.Errored {
		return nil
	}
	text := details(c)
	if s.size += len(text); s.size > s.limit {
		s.left++
		return nil
	}
	s.details = append(s.details, text)
	return nil
}

func (s *summary) count(c *report.Case) {
	key := scenarioKey{c.File, c.Scenario, c.Target}
	one := s.byKey[key]
	if one == nil {
		one = &scenario{key: key, line: c.Line}
		s.byKey[key] = one
		s.scenarios = append(s.scenarios, one)
	}
	n := &one.counts
	n.Cases++
	switch c.Status {
	case report.Passed:
		n.Passed++
	case report.Failed:
		n.Failed++
	case report.Errored:
		n.Errors++
	case report.Skipped:
		n.Skipped++
	}
}

// tailRoom is kept for the line that tells what was left out.
const tailRoom = 200

func (s *summary) Finish(f report.Finish) error {
	out := page{limit: s.limit - tailRoom}
	out.add(s.heading(f))
	out.list("\n### What is wrong\n\n", s.troubles.texts(troubleText))
	out.list("\n### Findings, whatever was expected\n\n| severity | rule | cases | |\n|---|---|--:|---|\n",
		s.findings.texts(findingText))
	out.list("\n### Scenarios and policies\n\n| | scenario | passed | failed | undecided | skipped |\n|---|---|--:|--:|--:|--:|\n",
		scenarioRows(s.scenarios))
	out.list("\n### Failures\n\n", s.details)
	if left := s.left + out.left; left > 0 {
		out.limit += tailRoom
		out.add(fmt.Sprintf("\n%d more entries are left out to keep this summary small; the other reports have them.\n", left))
	}
	w := bufio.NewWriter(s.w)
	w.Write(out.Bytes())
	return w.Flush()
}

// page is Markdown of at most limit bytes.
type page struct {
	bytes.Buffer
	limit int
	left  int // entries that do not fit
}

func (p *page) add(text string) bool {
	if p.Len()+len(text) > p.limit {
		return false
	}
	p.WriteString(text)
	return true
}

// list adds the entries that fit, below a heading.
func (p *page) list(heading string, entries []string) {
	if len(entries) == 0 {
		return
	}
	fits := p.add(heading)
	for i, e := range entries {
		if fits = fits && p.add(e); !fits {
			p.left += len(entries) - i
			return
		}
	}
}

func (s *summary) heading(f report.Finish) string {
	n := f.Summary
	verdict := fmt.Sprintf("✅ corsgate: %s passed", cases(n.Passed))
	switch {
	case n.Failed > 0:
		verdict = fmt.Sprintf("❌ corsgate: %d of %s failed", n.Failed, cases(n.Cases))
	case n.Errors > 0 || f.Interrupted:
		verdict = fmt.Sprintf("⚠️ corsgate: %d of %s could not be decided", n.Errors, cases(n.Cases))
	}
	text := "## " + verdict + "\n\n| cases | passed | failed | undecided | skipped | exchanges | time |\n" +
		"|--:|--:|--:|--:|--:|--:|--:|\n" + fmt.Sprintf("| %d | %d | %d | %d | %d | %d | %s |\n",
		n.Cases, n.Passed, n.Failed, n.Errors, n.Skipped, n.Exchanges, f.Duration.Round(time.Millisecond))
	if s.partial > 0 {
		text += fmt.Sprintf("\n%s checked up to the preflight; the requests were not sent.\n", cases(s.partial))
	}
	if f.Interrupted {
		text += "\nThe run was interrupted: not every case was decided.\n"
	}
	return text
}

// cases says how many: "1 case", "12 cases".
func cases(n int) string {
	if n == 1 {
		return "1 case"
	}
	return fmt.Sprintf("%d cases", n)
}

func scenarioRows(list []*scenario) []string {
	rows := make([]string, len(list))
	for i, s := range list {
		n, mark := s.counts, "✅"
		switch {
		case n.Failed > 0:
			mark = "❌"
		case n.Errors > 0:
			mark = "⚠️"
		case n.Skipped == n.Cases:
			mark = "➖"
		}
		name := prose(s.key.scenario)
		if s.key.target != "" {
			name += " on " + prose(s.key.target)
		}
		rows[i] = fmt.Sprintf("| %s | %s <sub>%s</sub> | %d | %d | %d | %d |\n",
			mark, name, cell(code(fmt.Sprintf("%s:%d", s.key.file, s.line))), n.Passed, n.Failed, n.Errors, n.Skipped)
	}
	return rows
}
