// Package sarif writes a run as SARIF 2.1.0, for code scanning:
//
//	h := sarif.New(file, sarif.Options{Folders: report.Folders{Repository: root, Working: folder}})
//
// Failures and findings are results at the line of their scenario, each with the rule that explains it. What could not
// be decided is no result but a notification of the run. The format:
// https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/sarif-v2.1.0-errata01-os-complete.html
package sarif

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"github.com/owenrumney/go-sarif/v3/pkg/report/v210/sarif"

	"github.com/corsgate/corsgate/report"
)

// maxResults is what GitHub takes; a file with more is refused as a whole, as it is with more rules. It shows 5,000:
// https://docs.github.com/en/code-security/code-scanning/troubleshooting-sarif-uploads/results-exceed-limit
const (
	maxResults       = 25_000
	maxNotifications = 1_000
)

// Options say how a run is told. The zero value is for files that are named as seen from the repository's root.
type Options struct {
	Folders report.Folders
}

// New returns a Handler that writes the report to w, all of it at Finish. Of more than 25,000 results the least
// serious are left out, and a notification tells how many.
func New(w io.Writer, o Options) report.Handler { return &writer{w: w, o: o} }

type writer struct {
	w       io.Writer
	o       Options
	start   report.Start
	rules   rules
	results report.Spool
	index   []entry
	notes   []*sarif.Notification
	errors  int
	err     error // the first; the report can't be whole after it
}

// entry is where the Spool holds a result.
type entry struct {
	off, n int64
	level  string
}

func (w *writer) Start(s report.Start) error {
	w.start = s
	w.rules.addAll(s.Rules)
	return nil
}

func (w *writer) Case(c *report.Case) error {
	if w.err != nil {
		return w.err
	}
	if c.Status == report.Errored {
		w.note(c)
	}
	for _, t := range troubles(c) {
		if w.err = w.add(c, t); w.err != nil {
			return w.err
		}
	}
	return nil
}

func (w *writer) add(c *report.Case, t trouble) error {
	text, err := json.Marshal(w.result(c, t))
	if err != nil {
		return err
	}
	e := entry{off: w.results.Size(), n: int64(len(text)), level: t.level}
	w.index = append(w.index, e)
	_, err = w.results.Write(text)
	return err
}

// note keeps that c could not be decided.
func (w *writer) note(c *report.Case) {
	if w.errors++; w.errors > maxNotifications {
		return
	}
	n := sarif.NewNotification().WithLevel(sarif.LevelError).AddLocation(w.location(c))
	w.notes = append(w.notes, n.WithMessage(sarif.NewTextMessage(literal(c.Name+": "+report.Headline(c)))))
}

func (w *writer) Finish(f report.Finish) error {
	defer w.results.Close()
	if w.err != nil {
		return w.err
	}
	kept := mostSerious(w.index, maxResults)
	log := sarif.NewReport().AddRun(w.run(f, len(w.index)-len(kept)))
	text, err := json.MarshalIndent(log, "", "  ")
	if err != nil {
		return err
	}
	before, after, ok := bytes.Cut(text, []byte(`"results": []`))
	if !ok {
		return errors.New("the SARIF library leaves out an empty list of results")
	}
	out := bufio.NewWriter(w.w)
	out.Write(before)
	if err := w.copyResults(out, kept); err != nil {
		return err
	}
	out.Write(append(after, '\n'))
	return out.Flush()
}

// copyResults writes the member with the results, one a line.
func (w *writer) copyResults(out *bufio.Writer, kept []entry) error {
	separator := "\n        "
	out.WriteString(`"results": [`)
	for _, e := range kept {
		out.WriteString(separator)
		if err := w.results.CopyTo(out, e.off, e.n); err != nil {
			return err
		}
		separator = ",\n        "
	}
	_, err := out.WriteString("\n      ]")
	return err
}

// run is all but the results.
func (w *writer) run(f report.Finish, omitted int) *sarif.Run {
	driver := sarif.NewToolComponent().WithName(visible(w.start.Tool.Name)).WithVersion(visible(w.start.Tool.Version))
	driver.Rules = w.rules.list
	root := sarif.NewArtifactLocation().WithDescription(sarif.NewTextMessage("the root of the repository"))
	run := sarif.NewRun().WithTool(sarif.NewTool().WithDriver(driver)).WithColumnKind("unicodeCodePoints")
	run.OriginalUriBaseIds = map[string]sarif.ArtifactLocation{rootID: *root}
	return run.AddInvocation(w.invocation(f, omitted))
}

func (w *writer) invocation(f report.Finish, omitted int) *sarif.Invocation {
	const utc = "2006-01-02T15:04:05.000Z"
	started := w.start.Started.UTC()
	i := sarif.NewInvocation().WithExecutionSuccessful(f.Summary.Errors == 0 && !f.Interrupted)
	i.WithStartTimeUtc(started.Format(utc)).WithEndTimeUtc(started.Add(f.Duration).Format(utc))
	i.ToolExecutionNotifications = append(i.ToolExecutionNotifications, w.notes...)
	if more := w.errors - len(w.notes); more > 0 {
		i.AddToolExecutionNotification(warning("%d more cases could not be decided", more))
	}
	if omitted > 0 {
		i.AddToolExecutionNotification(warning("%d of %d results, the least serious, were left out: code scanning takes %d",
			omitted, len(w.index), maxResults))
	}
	return i
}

func warning(format string, args ...any) *sarif.Notification {
	return sarif.NewNotification().WithMessage(sarif.NewTextMessage(fmt.Sprintf(format, args...)))
}

// mostSerious returns at most limit of index in their order: errors before warnings before notes, earlier ones first.
func mostSerious(index []entry, limit int) []entry {
	room := map[string]int{}
	for _, level := range []string{sarif.LevelError, sarif.LevelWarning, sarif.LevelNote} {
		for _, e := range index {
			if e.level == level && limit > 0 {
				room[level]++
				limit--
			}
		}
	}
	var kept []entry
	for _, e := range index {
		if room[e.level] > 0 {
			room[e.level]--
			kept = append(kept, e)
		}
	}
	return kept
}
