package html

import (
	"net/url"
	"slices"
	"strings"

	"github.com/corsgate/corsgate/report"
)

// groupKey is what a matrix is for.
type groupKey struct{ file, scenario, target string }

// group is a scenario or policy against one target: its matrix, and where the Spool has its cases.
type group struct {
	ID             int
	key            groupKey
	line           int
	counts         report.Summary
	origins, paths []string            // in the order of their first cases
	methods        map[string][]string // of each path
	cells          map[cellKey][]chip
	probes         map[string]string // the one probe that sends an origin; empty: several, or none
	hosts          []string
	labels         []string
	serious, calm  []part
}

type cellKey struct{ origin, method, path string }

// chip is a case in the matrix.
type chip struct {
	ID      int
	Class   string
	Symbol  string
	Word    string // the outcome; of a case without one, why
	Label   string // what sets it apart from the other cases of its cell
	Probe   string // empty: none, or the row tells
	Partial bool
}

// part is a piece of the Spool.
type part struct{ off, n int64 }

func newGroup(id int, c *report.Case) *group {
	return &group{
		ID: id, key: groupKey{c.File, c.Scenario, c.Target}, line: c.Line,
		methods: map[string][]string{}, cells: map[cellKey][]chip{}, probes: map[string]string{},
	}
}

func (g *group) add(c *report.Case, id int) {
	count(&g.counts, c.Status)
	host, path := split(c.Request.URL)
	key := cellKey{c.Request.Origin, c.Request.Method, host + path}
	if known := slices.Contains(g.origins, key.origin); !known {
		g.origins = append(g.origins, key.origin)
		g.probes[key.origin] = c.Probe
	} else if g.probes[key.origin] != c.Probe {
		g.probes[key.origin] = ""
	}
	g.hosts = with(g.hosts, host)
	g.paths = with(g.paths, key.path)
	g.methods[key.path] = with(g.methods[key.path], key.method)
	one := newChip(c, id)
	g.labels = with(g.labels, one.Label)
	g.cells[key] = append(g.cells[key], one)
}

func count(n *report.Summary, status report.Status) {
	n.Cases++
	switch status {
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

// with returns list with s in it once.
func with(list []string, s string) []string {
	if slices.Contains(list, s) {
		return list
	}
	return append(list, s)
}

// split parts a URL before its path.
func split(raw string) (host, path string) {
	u, err := url.Parse(raw)
	if err != nil || u.Host == "" {
		return "", raw
	}
	host = u.Scheme + "://" + u.Host
	if path = strings.TrimPrefix(raw, host); !strings.HasPrefix(path, "/") {
		path = "/" + path
	}
	return host, path
}

func newChip(c *report.Case, id int) chip {
	one := chip{
		ID: id, Class: string(c.Status), Symbol: symbol(c.Status), Word: show(c.Outcome), Label: label(c), Probe: show(c.Probe),
	}
	switch {
	case c.Status == report.Errored && c.Error != nil:
		one.Word = show(c.Error.Kind)
	case c.Status == report.Errored || c.Status == report.Skipped:
		one.Word = string(c.Status)
	default:
		one.Partial = c.Checked == "preflight"
	}
	return one
}

// label is what a case's name says beyond method, path, origin, target and probe.
func label(c *report.Case) string {
	_, rest, _ := strings.Cut(c.Name, " from ")
	_, rest, _ = strings.Cut(rest, ", ")
	parts := strings.Split(rest, ", ")
	parts = slices.DeleteFunc(parts, func(p string) bool { return p == "on "+c.Target || p == c.Probe })
	return show(strings.Join(parts, ", "))
}

func symbol(status report.Status) string {
	switch status {
	case report.Passed:
		return "✓"
	case report.Failed:
		return "✗"
	case report.Errored:
		return "!"
	}
	return "–"
}

// keep adds p to the parts of g, or to the last of them where it follows that one.
func (g *group) keep(serious bool, p part) {
	list := &g.calm
	if serious {
		list = &g.serious
	}
	if last := len(*list) - 1; last >= 0 && (*list)[last].off+(*list)[last].n == p.off {
		(*list)[last].n += p.n
		return
	}
	*list = append(*list, p)
}
