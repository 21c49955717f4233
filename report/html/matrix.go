package html

import (
	"fmt"
	"strings"

	"github.com/corsgate/corsgate/report"
)

// groupView is a group as the template shows it.
type groupView struct {
	ID                            int
	Scenario, Target, Place, Host string
	Label                         string // what all cases share beyond method, path and origin
	Class, Symbol, Tally          string
	Open                          bool
	Matrix                        bool
	Paths                         []column
	Rows                          []row
	Calm                          string
}

// column is a path with the methods that are used on it.
type column struct {
	Path    string
	Methods []string
}

type row struct {
	Origin, Probe string
	Cells         []cell
}

// cell has no chips where the combination is no case.
type cell struct {
	Chips  []chip
	Folded []chip // cases that passed, where there are many
	Fold   string // what they are: 8 allowed, 2 blocked
	Note   string // how many of them were checked up to the preflight
	First  bool   // of its path
}

// manyChips is from how many on the cases of a cell that passed are folded.
const manyChips = 4

// smallRun is how many cases a run may have for all of its scenarios to lie open.
const smallRun = 200

func (g *group) view(cases int) groupView {
	n := g.counts
	v := groupView{
		ID: g.ID, Scenario: show(g.key.scenario), Target: show(g.key.target), Tally: tally(n),
		Place: fmt.Sprintf("%s:%d", show(g.key.file), g.line), Calm: tally(report.Summary{Passed: n.Passed, Skipped: n.Skipped}),
		Open: cases <= smallRun || n.Failed+n.Errors > 0, Matrix: n.Cases > 1,
	}
	v.Class, v.Symbol = g.worst()
	if len(g.hosts) == 1 {
		v.Host = show(g.hosts[0])
	}
	if len(g.labels) == 1 {
		v.Label = g.labels[0]
	}
	for _, p := range g.paths {
		v.Paths = append(v.Paths, column{show(strings.TrimPrefix(p, g.host())), shown(g.methods[p])})
	}
	for _, o := range g.origins {
		v.Rows = append(v.Rows, row{Origin: show(o), Probe: show(g.probes[o]), Cells: g.row(o)})
	}
	return v
}

// host is what all URLs start with; empty: there are several.
func (g *group) host() string {
	if len(g.hosts) == 1 {
		return g.hosts[0]
	}
	return ""
}

func (g *group) row(origin string) []cell {
	var cells []cell
	for _, p := range g.paths {
		for i, m := range g.methods[p] {
			one := fold(g.chips(cellKey{origin, m, p}))
			one.First = i == 0
			cells = append(cells, one)
		}
	}
	return cells
}

// chips returns those of one cell, without what all of the group or of the row have in common.
func (g *group) chips(key cellKey) []chip {
	chips := g.cells[key]
	for i := range chips {
		if len(g.labels) == 1 {
			chips[i].Label = ""
		}
		if g.probes[key.origin] != "" {
			chips[i].Probe = ""
		}
	}
	return chips
}

// fold puts the cases that passed together, where there are many.
func fold(chips []chip) cell {
	var calm, rest []chip
	partial, counts := 0, map[string]int{}
	var words []string
	for _, c := range chips {
		if c.Class != string(report.Passed) {
			rest = append(rest, c)
			continue
		}
		calm = append(calm, c)
		counts[c.Word]++
		words = with(words, c.Word)
		if c.Partial {
			partial++
		}
	}
	if len(calm) < manyChips {
		return cell{Chips: chips}
	}
	for i, w := range words {
		words[i] = fmt.Sprintf("%d %s", counts[w], w)
	}
	one := cell{Chips: rest, Folded: calm, Fold: strings.Join(words, ", ")}
	switch {
	case partial == len(calm):
		one.Note = "preflight only"
	case partial > 0:
		one.Note = fmt.Sprintf("%d preflight only", partial)
	}
	return one
}

func (g *group) worst() (class, symbolOf string) {
	status := report.Passed
	switch n := g.counts; {
	case n.Failed > 0:
		status = report.Failed
	case n.Errors > 0:
		status = report.Errored
	case n.Skipped == n.Cases:
		status = report.Skipped
	}
	return string(status), symbol(status)
}

// tally names the counts that are not zero.
func tally(n report.Summary) string {
	var parts []string
	for _, s := range []struct {
		count int
		word  string
	}{{n.Failed, "failed"}, {n.Errors, "undecided"}, {n.Passed, "passed"}, {n.Skipped, "skipped"}} {
		if s.count > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", s.count, s.word))
		}
	}
	return strings.Join(parts, ", ")
}

func shown(list []string) []string {
	out := make([]string, len(list))
	for i, s := range list {
		out[i] = show(s)
	}
	return out
}
