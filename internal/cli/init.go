package cli

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"github.com/corsgate/corsgate/cors"
	"github.com/corsgate/corsgate/internal/demo"
	"github.com/corsgate/corsgate/internal/draft"
	"github.com/corsgate/corsgate/internal/plan"
	"github.com/corsgate/corsgate/report"
	"github.com/corsgate/corsgate/runner"
	"github.com/corsgate/corsgate/spec"
)

// initFlags are the flags of init.
type initFlags struct {
	run     runFlags // of the connection
	har     string
	output  string
	origins []string
	force   bool
}

func (a *app) initCommand() *cobra.Command {
	var f initFlags
	c := &cobra.Command{
		Use:   "init [flags] URL",
		Short: "Write a first file for a URL, or from a recording",
		Long: "Init finds out what a server allows today, by a handful of GET requests and preflights from origins that\n" +
			"front ends of it may have, and writes a file that passes. With --har it makes the file of a recording of the\n" +
			"real front end (HAR, as the network panel of a browser's developer tools exports it) and sends nothing.\n" +
			"demo/PATH is the demonstration API.\n\n" +
			"It exits with 0 when the file is written, 1 when there is nothing to write, 2 when the command line is wrong,\n" +
			"and 3 when the server could not be asked.",
		RunE: func(c *cobra.Command, args []string) error { return a.init(c.Context(), args, &f) },
	}
	flags := c.Flags()
	flags.SortFlags = false
	flags.StringArrayVar(&f.origins, "origin", nil, "`ORIGIN` of a front end, instead of likely ones; may be repeated")
	flags.StringVar(&f.har, "har", "", "make the file of the recording in `FILE`")
	flags.StringVarP(&f.output, "output", "o", defaultFile, "`FILE` to write; - is stdout")
	flags.BoolVar(&f.force, "force", false, "replace the file if it exists")
	flags.Var(&f.run.timeout, "timeout", "longest time of one exchange (default 10s)")
	f.run.defineConnection(flags)
	return c
}

func (a *app) init(ctx context.Context, args []string, f *initFlags) error {
	if err := f.check(args); err != nil {
		return err
	}
	if f.har != "" {
		return a.initFromHAR(f)
	}
	ctx, stop := untilSignal(ctx)
	defer stop()
	target, path, err := splitURL(args[0])
	if err != nil {
		return err
	}
	asker := &asker{app: a, options: f.run.runnerOptions()}
	if target == spec.TargetDemo {
		server, err := demo.Start(anyPort)
		if err != nil {
			return &failure{code: exitUndecided, message: err.Error()}
		}
		defer server.Close()
		asker.demo = server.URL
	}
	probe, err := draft.NewProbe(target, path, f.origins)
	if err != nil {
		return usage("write it as a browser sends it, such as https://app.example.com", "%s", err)
	}
	file, cases, err := asker.draft(ctx, probe)
	if err != nil {
		return err
	}
	return a.writeDraft(f, file, fmt.Sprintf("%s, which pass", counted(cases, "case")))
}

func (f *initFlags) check(args []string) error {
	switch {
	case f.har == "" && len(args) == 0:
		return usage("corsgate init https://api.example.com/users", "name the URL of something that pages read")
	case f.har != "" && len(args) > 0:
		return usage("leave one out", "the URL %s and --har exclude each other", args[0])
	case f.har != "" && len(f.origins) > 0:
		return usage("leave one out", "--origin and --har exclude each other")
	case len(args) > 1:
		return usage("corsgate init --help tells more", "init takes one URL, got %d", len(args))
	}
	if _, err := os.Lstat(f.output); f.output != "-" && !f.force && !errors.Is(err, fs.ErrNotExist) {
		return usage("replace it with --force, or write another one with --output", "there is a %s already", f.output)
	}
	return f.run.check()
}

// splitURL returns the target that a URL belongs to, and the path below it.
func splitURL(url string) (target, path string, err error) {
	const hint = "write it as https://api.example.com/users"
	if url == spec.TargetDemo {
		return url, "/users", nil
	}
	if rest, ok := strings.CutPrefix(url, spec.TargetDemo+"/"); ok {
		return spec.TargetDemo, "/" + rest, nil
	}
	origin, err := cors.URLOrigin(url)
	if err != nil || origin.Scheme != "http" && origin.Scheme != "https" {
		return "", "", usage(hint, "%s is no http or https URL", url)
	}
	_, rest, _ := strings.Cut(url, "://")
	rest, _, _ = strings.Cut(rest, "#")
	if i := strings.IndexAny(rest, "/?"); i < 0 {
		rest = "/"
	} else if rest = rest[i:]; rest[0] == '?' {
		rest = "/" + rest
	}
	return origin.String(), rest, nil
}

func (a *app) initFromHAR(f *initFlags) error {
	in, err := os.Open(f.har)
	if err != nil {
		return usage("", "can't read %s: %v", f.har, cause(err))
	}
	defer in.Close()
	file, err := draft.FromHAR(in)
	if err != nil {
		return &failure{code: exitFailed, message: f.har + ": " + err.Error(),
			hint: "record the front end while it talks to the API, with the network panel of the developer tools"}
	}
	cases, err := casesOf(file, "")
	if err != nil {
		return err
	}
	return a.writeDraft(f, file, counted(len(cases), "case"))
}

func (a *app) writeDraft(f *initFlags, file *draft.File, what string) error {
	if f.output == "-" {
		_, err := a.stdout.Write(file.Text())
		return err
	}
	if err := os.WriteFile(f.output, file.Text(), 0o666); err != nil {
		return &failure{code: exitUndecided, message: fmt.Sprintf("can't write %s: %v", f.output, cause(err))}
	}
	_, err := fmt.Fprintf(a.stdout, "wrote %s: %s, %s\nread it, make it say what you intend, and run it: corsgate run %s\n",
		f.output, counted(len(file.Scenarios), "scenario"), what, f.output)
	return err
}

// asker runs drafts.
type asker struct {
	app     *app
	options runner.Options
	demo    string // URL of the demonstration API; empty: it was not asked for
}

// draft asks the server what it allows, and makes a file of it that passes.
func (k *asker) draft(ctx context.Context, p *draft.Probe) (*draft.File, int, error) {
	results, err := k.ask(ctx, p.Origins())
	if err == nil && len(p.Named(results)) > 0 {
		results, err = k.ask(ctx, p.Origins())
	}
	if err != nil {
		return nil, 0, err
	}
	readers, err := p.Read(results)
	if err != nil {
		return nil, 0, nothingToWrite(err)
	}
	writes, err := k.ask(ctx, p.Writes(readers.Origins[0], readers.Credentials))
	if err != nil {
		return nil, 0, err
	}
	file := p.Learn(readers, writes)
	cases, err := k.confirm(ctx, file)
	return file, cases, err
}

func nothingToWrite(err error) error {
	var undecided *draft.ErrUndecided
	if errors.As(err, &undecided) {
		return &failure{code: exitUndecided, message: "the server could not be asked: " + undecided.Why}
	}
	return &failure{code: exitFailed, message: err.Error(),
		hint: "name your front ends with --origin https://app.example.com, and a path that they read"}
}

// confirm makes sure that the file passes, with findings as warnings where they alone keep it from passing.
func (k *asker) confirm(ctx context.Context, file *draft.File) (cases int, err error) {
	results, err := k.ask(ctx, file)
	if err == nil && file.Lower(results) {
		results, err = k.ask(ctx, file)
	}
	for _, c := range results {
		if c.Status != report.Passed && c.Status != report.Skipped {
			return 0, &failure{code: exitFailed, hint: "corsgate explain tells more of it, and init may work for another path",
				message: fmt.Sprintf("the server does not answer alike each time: %s: %s", c.Name, report.Headline(&c))}
		}
	}
	return len(results), err
}

// ask runs a draft.
func (k *asker) ask(ctx context.Context, file *draft.File) ([]report.Case, error) {
	cases, err := casesOf(file, k.demo)
	if err != nil {
		return nil, err
	}
	results, _, err := runner.Collect(ctx, cases, k.options)
	if err != nil {
		return nil, usage("", "%s", err)
	}
	return results, nil
}

// casesOf plans a draft. That it can't be planned is nobody's mistake but ours.
func casesOf(file *draft.File, demo string) ([]plan.Case, error) {
	suite, mistakes := spec.Parse(defaultFile, file.Text(), spec.Options{LookupEnv: os.LookupEnv})
	if len(mistakes) > 0 {
		return nil, &failure{code: exitFailed, message: "no file can say this: " + mistakes[0].String()}
	}
	if demo != "" {
		for _, t := range demoTargets([]*spec.Suite{suite}) {
			t.URL = demo
		}
	}
	cases, err := plan.New(suite, plan.Options{Seed: defaultSeed})
	if err != nil {
		return nil, &failure{code: exitFailed, message: "no file can say this: " + err.Error()}
	}
	return cases, nil
}
