package cli

import (
	"bufio"
	"errors"
	"io"
	"os"
	"path/filepath"

	"github.com/spf13/pflag"

	"github.com/corsgate/corsgate/report"
	"github.com/corsgate/corsgate/report/github"
	"github.com/corsgate/corsgate/report/html"
	"github.com/corsgate/corsgate/report/junit"
	"github.com/corsgate/corsgate/report/sarif"
	"github.com/corsgate/corsgate/report/text"
)

// outputFlags say what is written where.
type outputFlags struct {
	junit, json, sarif, html, markdown string // paths; -: stdout; empty: no such report
	noColor, noProgress                bool
	verbose, quiet                     bool
	noAnnotations, noJobSummary        bool
	dialect                            dialect
}

func (f *outputFlags) define(flags *pflag.FlagSet) {
	flags.StringVar(&f.junit, "report-junit", "", "write a JUnit report to `FILE`; - is stdout")
	flags.Var(&f.dialect, "junit-dialect", "of the JUnit report: common (default), or strict for Jenkins' xunit plugin")
	flags.StringVar(&f.json, "report-json", "", "write a JSON report to `FILE`; - is stdout")
	flags.StringVar(&f.sarif, "report-sarif", "", "write a SARIF report, for code scanning, to `FILE`; - is stdout")
	flags.StringVar(&f.html, "report-html", "", "write a report as one web page to `FILE`; - is stdout")
	flags.StringVar(&f.markdown, "report-markdown", "", "write a summary in Markdown to `FILE`; - is stdout")
	flags.BoolVar(&f.noAnnotations, "no-annotations", false, "in GitHub Actions: no annotations in the log")
	flags.BoolVar(&f.noJobSummary, "no-job-summary", false, "in GitHub Actions: no summary on the page of the run")
	flags.BoolVar(&f.noColor, "no-color", false, "no colours; so does the environment variable NO_COLOR")
	flags.BoolVar(&f.noProgress, "no-progress", false, "no progress bar")
	flags.BoolVarP(&f.verbose, "verbose", "v", false, "tell of every case and exchange")
	flags.BoolVarP(&f.quiet, "quiet", "q", false, "tell of failures and errors only")
}

// reportFile is a report that was asked for.
type reportFile struct {
	flag, path string
	handler    func(io.Writer) report.Handler
}

// check refuses what no single flag can.
func (f *outputFlags) check() error {
	if f.verbose && f.quiet {
		return usage("leave one out", "--verbose and --quiet exclude each other")
	}
	return nil
}

func (f *outputFlags) reports() []reportFile {
	all := []reportFile{
		{"--report-junit", f.junit, func(w io.Writer) report.Handler {
			return junit.New(w, junit.Options{Dialect: junit.Dialect(f.dialect), Folders: folders()})
		}},
		{"--report-json", f.json, report.NewJSON},
		{"--report-sarif", f.sarif, func(w io.Writer) report.Handler { return sarif.New(w, sarif.Options{Folders: folders()}) }},
		{"--report-html", f.html, func(w io.Writer) report.Handler { return html.New(w, html.Options{}) }},
		{"--report-markdown", f.markdown, func(w io.Writer) report.Handler {
			return github.NewSummary(w, github.SummaryOptions{})
		}},
	}
	var wanted []reportFile
	for _, r := range all {
		if r.path != "" {
			wanted = append(wanted, r)
		}
	}
	return wanted
}

// outputs are the terminal's report and the files'. As a Handler it passes everything on to all of them.
type outputs struct {
	report.Handler
	files []*output
}

// openOutputs makes sure that every report can be written, and removes old ones.
// The files that were read may not become reports.
func (a *app) openOutputs(f *outputFlags, read []string) (*outputs, error) {
	reports := f.reports()
	if err := checkPaths(reports, read); err != nil {
		return nil, err
	}
	console := a.stdout
	out := new(outputs)
	for _, r := range reports {
		if r.path == "-" {
			console = a.stderr
		}
		o, err := a.open(r)
		if err != nil {
			return nil, errors.Join(usage("", "%s", err), out.close())
		}
		out.files = append(out.files, o)
	}
	// The terminal comes first, so that its summary stands whatever becomes of the files.
	handlers := []report.Handler{text.New(console, f.textOptions(console))}
	for _, o := range out.files {
		handlers = append(handlers, o)
	}
	handlers = append(handlers, f.workflowHandlers(console, out)...)
	out.Handler = report.Tee(handlers...)
	return out, nil
}

// Start adds the catalogue, for the reports that explain.
func (o *outputs) Start(s report.Start) error {
	s.Rules = catalogue()
	return o.Handler.Start(s)
}

// Progress is for the terminal.
func (o *outputs) Progress(done, total int) {
	if p, ok := o.Handler.(report.Progress); ok {
		p.Progress(done, total)
	}
}

// close puts the reports under their names and returns what kept any from being written.
func (o *outputs) close() error {
	var errs []error
	for _, f := range o.files {
		errs = append(errs, f.close())
	}
	return errors.Join(errs...)
}

func (a *app) open(r reportFile) (*output, error) {
	if r.path == "-" {
		w := bufio.NewWriter(a.stdout)
		return &output{name: r.flag, handler: r.handler(w), commit: w.Flush, discard: w.Flush}, nil
	}
	file, err := report.Create(r.path)
	if err != nil {
		return nil, err
	}
	return &output{name: r.flag, handler: r.handler(file), commit: file.Commit, discard: file.Discard}, nil
}

// output is one report on its way into a file, which it may reach only as a whole.
type output struct {
	name            string
	handler         report.Handler
	commit, discard func() error
	err             error // the first
	finished        bool
}

func (o *output) keep(err error) error {
	if o.err == nil {
		o.err = err
	}
	return nil
}

// Start, Case and Finish keep errors for close: each is told once, and with the file that it concerns.

func (o *output) Start(s report.Start) error { return o.keep(o.handler.Start(s)) }

func (o *output) Case(c *report.Case) error { return o.keep(o.handler.Case(c)) }

func (o *output) Finish(f report.Finish) error {
	o.finished = true
	return o.keep(o.handler.Finish(f))
}

func (o *output) close() error {
	if o.err == nil && o.finished {
		return o.commit()
	}
	return errors.Join(o.err, o.discard())
}

// checkPaths refuses two reports in one file, and a report in place of a file that was read.
func checkPaths(reports []reportFile, read []string) error {
	taken := map[string]string{}
	for _, file := range read {
		taken[realPath(file)] = "one of the files to read"
	}
	for _, r := range reports {
		path := realPath(r.path)
		if other, ok := taken[path]; ok && path != os.DevNull {
			return usage("give the report a file of its own", "%s %s is %s", r.flag, r.path, other)
		}
		taken[path] = "also that of " + r.flag
	}
	return nil
}

// realPath makes two names of one file equal, also where there is no such file yet.
func realPath(path string) string {
	if path == "-" {
		return path
	}
	absolute, err := filepath.Abs(path)
	if err != nil {
		return path
	}
	if real, err := filepath.EvalSymlinks(absolute); err == nil {
		return real
	}
	if folder, err := filepath.EvalSymlinks(filepath.Dir(absolute)); err == nil {
		return filepath.Join(folder, filepath.Base(absolute))
	}
	return absolute
}

// dialect is the value of --junit-dialect.
type dialect junit.Dialect

func (d *dialect) Set(s string) error {
	switch s {
	case "common":
		*d = dialect(junit.Common)
	case "strict":
		*d = dialect(junit.Strict)
	default:
		return errors.New("use common or strict")
	}
	return nil
}

func (d *dialect) String() string { return string(*d) }
func (d *dialect) Type() string   { return "NAME" }
