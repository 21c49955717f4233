// Package draft writes first files: from what a server answers to a handful of safe requests, and from a recording of
// the real front end. It sends nothing itself: Questions is a file too, whose cases' results go into Learn.
package draft

import (
	"bytes"
	"encoding/json"
	"fmt"
	"regexp"
	"strings"

	"github.com/corsgate/corsgate/cors"
)

// File is a corsgate file in the making.
type File struct {
	Notes     []string   // comments on top
	Target    string     // empty: all paths are absolute URLs
	Rules     []Rule     // whose levels are lowered
	Scenarios []Scenario // at least one
}

// Rule is a rule at the level warning, and why it is.
type Rule struct{ ID, Note string }

// Scenario is one entry of a file's scenarios. Empty lists are left out.
type Scenario struct {
	Notes       []string
	Name        string
	Paths       []string
	Origins     []string
	Methods     []string
	Headers     []cors.Header
	Credentials []string
	Never       bool   // only preflights are sent
	Expect      string // allowed or blocked
}

// Text returns the file as YAML.
func (f *File) Text() []byte {
	w := new(writer)
	w.notes("", f.Notes)
	w.line("version: 1")
	if f.Target != "" {
		w.line("target: %s", scalar(f.Target))
	}
	if len(f.Rules) > 0 {
		w.line("")
		w.line("rules:")
	}
	for _, r := range f.Rules {
		w.notes("  ", []string{r.Note})
		w.line("  %s: warning", r.ID)
	}
	w.line("")
	w.line("scenarios:")
	for i, s := range f.Scenarios {
		if i > 0 {
			w.line("")
		}
		w.scenario(s)
	}
	return w.Bytes()
}

type writer struct{ bytes.Buffer }

func (w *writer) line(format string, args ...any) { fmt.Fprintf(w, format+"\n", args...) }

// notes writes comments, in lines that can be read.
func (w *writer) notes(indent string, notes []string) {
	const width = 100
	for _, note := range notes {
		line := indent + "#"
		for _, word := range strings.Fields(note) {
			if len(line)+1+len(word) > width && line != indent+"#" {
				w.line("%s", line)
				line = indent + "#"
			}
			line += " " + word
		}
		w.line("%s", line)
	}
}

func (w *writer) scenario(s Scenario) {
	w.notes("  ", s.Notes)
	w.line("  - name: %s", scalar(s.Name))
	w.list("paths", s.Paths)
	w.list("origins", s.Origins)
	w.list("methods", s.Methods)
	if len(s.Headers) > 0 {
		w.line("    headers:")
	}
	for _, h := range s.Headers {
		w.line("      %s: %s", scalar(h.Name), scalar(h.Value))
	}
	w.list("credentials", s.Credentials)
	if s.Never {
		w.line("    send: never")
	}
	w.line("    expect: %s", s.Expect)
}

// list writes a list, in one line where that is short.
func (w *writer) list(key string, values []string) {
	const short = 80
	var all []string
	for _, v := range values {
		all = append(all, scalar(v))
	}
	switch line := strings.Join(all, ", "); {
	case len(all) == 0:
	case len(line) <= short:
		w.line("    %s: [%s]", key, line)
	default:
		w.line("    %s:", key)
		for _, v := range all {
			w.line("      - %s", v)
		}
	}
}

// plain is what needs no quotes, also within [ and ].
var plain = regexp.MustCompile(`^[A-Za-z/][A-Za-z0-9_./-]*( [A-Za-z][A-Za-z0-9_./-]*)*$` +
	`|^https?://[A-Za-z0-9_.:/-]+[A-Za-z0-9_/-]$`)

// scalar is a text as YAML, in quotes where it could mean something else.
func scalar(text string) string {
	text = strings.ReplaceAll(text, "${", "$${")
	if plain.MatchString(text) {
		return text
	}
	var b bytes.Buffer
	e := json.NewEncoder(&b) // a JSON string is a YAML string
	e.SetEscapeHTML(false)
	if e.Encode(text) != nil {
		return `""`
	}
	return strings.TrimSuffix(b.String(), "\n")
}
