package spec

import (
	"fmt"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

// maxDiagnostics is how many mistakes of a file are told one by one.
const maxDiagnostics = 200

// mistake is what a Diagnostic says, without its place.
type mistake struct{ rule, message, hint string }

// decoder turns the tree of one file into a Suite and collects the mistakes on its way.
type decoder struct {
	source  *source
	options Options
	folder  string // of the file
	scope   *scope
	cases   int // of all scenarios so far

	found  []placed
	told   map[placed]bool // what is in found: a shared node may be read twice
	untold int             // mistakes after the first maxDiagnostics
	beyond Pos             // the place of the first of them

	secrets []string
	unset   []string          // names without a value, where they may be
	hidden  map[int]bool      // lines that hold a secret's default
	budget  int               // bytes that interpolation may still make
	homes   map[string]string // an environment that gives a value to a name, by name
}

func newDecoder(s *source, o Options) *decoder {
	if o.LookupEnv == nil {
		o.LookupEnv = func(string) (string, bool) { return "", false }
	}
	return &decoder{
		source: s, options: o, folder: filepath.Dir(s.file), budget: maxInterpolated,
		told: map[placed]bool{}, hidden: map[int]bool{}, homes: map[string]string{},
	}
}

func (d *decoder) report(pos Pos, m mistake) { d.add(placed{pos: pos, mistake: m}) }

func (d *decoder) add(p placed) {
	switch {
	case d.told[p]:
	case d.full():
		if d.untold++; d.untold == 1 {
			d.beyond = p.pos
		}
	default:
		d.told[p] = true
		d.found = append(d.found, p)
	}
}

// reportf reports a mistake without hint.
func (d *decoder) reportf(pos Pos, rule, format string, args ...any) {
	d.report(pos, mistake{rule: rule, message: fmt.Sprintf(format, args...)})
}

// full reports whether a further mistake would only be counted.
func (d *decoder) full() bool { return len(d.found) == maxDiagnostics }

// diagnostics returns what was reported, in the order of the places; nil when nothing was.
func (d *decoder) diagnostics() Diagnostics {
	if d.untold > 0 {
		d.found = append(d.found, placed{pos: d.beyond, mistake: mistake{rule: "too-many-mistakes",
			message: fmt.Sprintf("%d more mistakes from here on are not shown", d.untold)}})
	}
	for i := range d.found {
		d.found[i].pos = d.source.clamp(d.found[i].pos)
	}
	slices.SortStableFunc(d.found, func(a, b placed) int { return a.pos.compare(b.pos) })
	redact := d.redactor()
	var all Diagnostics
	for _, p := range d.found {
		all = append(all, d.diagnostic(p, redact))
	}
	return all
}

func (d *decoder) diagnostic(p placed, redact func(string) string) Diagnostic {
	m := Diagnostic{File: d.source.file, Pos: p.pos, Rule: p.mistake.rule,
		Message: p.mistake.message, Hint: p.mistake.hint}
	switch {
	case redact == nil:
	case redact(p.value) != p.value:
		m.Message, m.Hint = p.masked, ""
	default:
		m.Message, m.Hint = redact(m.Message), redact(m.Hint)
	}
	if d.source.text != "" && !d.hidden[p.pos.Line] {
		m.Source, m.Caret = d.source.excerpt(p.pos, redact)
	}
	return m
}

// redactor returns what replaces secrets, the longest first; nil when there are none.
func (d *decoder) redactor() func(string) string {
	if len(d.secrets) == 0 {
		return nil
	}
	var pairs []string
	longest := slices.SortedFunc(slices.Values(d.secrets), func(a, b string) int { return len(b) - len(a) })
	for _, secret := range longest {
		pairs = append(pairs, secret, "***")
		if quoted := strconv.Quote(secret); len(quoted) != len(secret)+2 {
			pairs = append(pairs, quoted[1:len(quoted)-1], "***")
		}
	}
	return strings.NewReplacer(pairs...).Replace
}

func (p Pos) compare(q Pos) int {
	if p.Line != q.Line {
		return p.Line - q.Line
	}
	return p.Column - q.Column
}

// quote returns a value for a message, cut when it is long.
func quote(s string) string {
	const most = 80
	if head, cut := firstRunes(s, most); cut {
		return strconv.Quote(head) + "…"
	}
	return strconv.Quote(s)
}
