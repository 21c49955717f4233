// Package story tells one request as a browser lives it: what the browser makes of the call, what goes over the wire,
// what each engine decides, why, and how to see it again.
package story

import (
	"bytes"
	"io"
	"strings"

	"github.com/corsgate/corsgate/cors"
	"github.com/corsgate/corsgate/report"
)

// Story is what there is to tell. It changes nothing that it is given.
type Story struct {
	Fetch   cors.Fetch // URL is absolute
	Notes   []string   // what was read or added, and is not in the call itself; sentences without a full stop
	Engines []cors.Engine
	Case    *report.Case      // the result of Fetch, for the Engines
	Unsent  []report.Exchange // what would go out next, and was held back; without a response
	Way     []string          // options of curl for the way to the server, as words of a shell; may be empty
}

// Options say how a story is written. The zero value gives plain lines of at most 80 columns.
type Options struct {
	Color bool // 16 ANSI colours; no meaning lies in a colour alone
	Width int  // columns of the terminal; 0: 80
}

// Write writes the story as text. What servers sent is shown by report.Visible.
func (s *Story) Write(w io.Writer, o Options) error {
	if o.Width <= 0 {
		o.Width = 80
	}
	p := &page{width: o.Width, color: o.Color}
	p.title(show(s.Case.Request.Method) + " " + show(s.Case.Request.URL))
	p.text("from a page at " + s.Fetch.Origin.String())
	s.tellCall(p)
	s.tellWire(p)
	s.tellVerdict(p)
	s.tellCause(p)
	s.tellAgain(p)
	_, err := w.Write(p.Bytes())
	return err
}

// Blocked reports whether a browser blocks the request; the standard, which nobody browses with, does not count.
func (s *Story) Blocked() bool {
	for name, v := range s.Case.Engines {
		if name != cors.Standard.Name && v.Outcome == string(cors.Blocked) {
			return true
		}
	}
	return false
}

// Decided reports whether the verdict of every browser is known.
func (s *Story) Decided() bool {
	for name, v := range s.Case.Engines {
		if name != cors.Standard.Name && v.Outcome == undecided {
			return false
		}
	}
	return s.Case.Error == nil
}

// undecided is how reports write that there is no verdict.
const undecided = "undecided"

func (s *Story) classification() cors.Classification { return cors.Classify(cors.Standard, s.Fetch) }

// preflighters are the engines whose first request is a preflight.
func (s *Story) preflighters() []string {
	names := []string{}
	for _, e := range s.Engines {
		if cors.NeedsPreflight(e, s.Fetch) {
			names = append(names, e.Name)
		}
	}
	return names
}

// curlLines are the commands that send again what was sent, each once, and what was held back.
func (s *Story) curlLines() []string {
	lines := []string{}
	for _, x := range append(append([]report.Exchange{}, s.Case.Exchanges...), s.Unsent...) {
		line := strings.Join(append([]string{report.Curl(x)}, s.Way...), " ")
		if len(lines) == 0 || lines[len(lines)-1] != line {
			lines = append(lines, line)
		}
	}
	return lines
}

// show makes a text of the server or the user fit for the page.
func show(s string) string { return report.Visible(s, report.TerminalLimit) }

// page collects lines of at most width columns.
type page struct {
	bytes.Buffer
	width int
	color bool
}
