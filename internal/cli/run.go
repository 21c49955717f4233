package cli

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/corsgate/corsgate/audit"
	"github.com/corsgate/corsgate/report"
	"github.com/corsgate/corsgate/runner"
)

func (a *app) runCommand() *cobra.Command {
	var f runFlags
	c := &cobra.Command{
		Use:   "run [flags] [FILE or FOLDER]...",
		Short: "Run the cases of files against their targets",
		Long: "Run sends what browsers would send for each case of the files, and compares what they would decide with\n" +
			"what the files expect. Without an argument it takes ./corsgate.yaml and every *.cors.yaml and *.cors.yml\n" +
			"below the current folder.\n\n" +
			"It exits with 0 when everything is as expected, 1 when some case failed, 2 when the command line or a file\n" +
			"is wrong and nothing was sent, and 3 when no case failed but some could not be decided.",
		RunE: func(c *cobra.Command, args []string) error { return a.run(c.Context(), args, &f) },
	}
	f.define(c.Flags())
	return c
}

// run is the pipeline: text → spec → plan → runner → report.
func (a *app) run(ctx context.Context, args []string, f *runFlags) error {
	if err := f.check(); err != nil {
		return err
	}
	tuneMemory()
	suites, err := a.load(args, f.suiteFlags)
	if err != nil {
		return err
	}
	demos := demoTargets(suites)
	stopDemo, err := startDemo(suites)
	if err != nil {
		return err
	}
	defer stopDemo()
	cases, err := f.choose(suites)
	if err != nil {
		return err
	}
	options := f.runnerOptions()
	options.Hide = a.hider(suites, demos)
	if err := runner.Check(cases, options); err != nil {
		return usage("", "%s", err)
	}
	out, err := a.openOutputs(&f.outputFlags, filesOf(suites))
	if err != nil {
		return err
	}
	ctx, stop := untilSignal(ctx)
	defer stop()
	started, err := a.startServers(ctx, suites)
	defer started.stop()
	if err != nil {
		return errors.Join(err, out.close(), f.writeStepOutputs(report.Summary{}, exitUndecided))
	}
	a.tellSeed(cases, f.seed, f.quiet)
	summary, err := runner.Run(ctx, cases, options, report.Redact(secrets(suites), out))
	a.tellEnded(started, f.verbose)
	err = errors.Join(err, out.close())
	told := f.writeStepOutputs(summary, exitCode(verdict(summary, err)))
	return verdict(summary, errors.Join(err, told))
}

// verdict turns what came of a run into the command's exit code. A failed case weighs more than a report that could
// not be written.
func verdict(s report.Summary, trouble error) error {
	code := exitOK
	switch {
	case s.Failed > 0:
		code = exitFailed
	case s.Errors > 0 || trouble != nil:
		code = exitUndecided
	}
	if trouble == nil {
		return exit(code)
	}
	lines := slices.Compact(strings.Split(trouble.Error(), "\n")) // each write to a closed pipe fails
	return &failure{code: code, message: strings.Join(lines, "\ncorsgate: ")}
}

// runFlags are the flags of run.
type runFlags struct {
	suiteFlags
	choiceFlags
	outputFlags

	runner                                    runner.Options
	timeout, maxTime, retryInterval, retryMax duration
	rate                                      rate
	http                                      protocol
	diagnose                                  int
}

func (f *runFlags) define(flags *pflag.FlagSet) {
	flags.SortFlags = false
	f.suiteFlags.define(flags)
	f.choiceFlags.define(flags)
	f.definePace(flags)
	f.defineConnection(flags)
	f.outputFlags.define(flags)
}

func (f *runFlags) definePace(flags *pflag.FlagSet) {
	o := &f.runner
	flags.VarP(number{&o.Jobs, 1}, "jobs", "j", "exchanges at the same time (default 16)")
	flags.Var(&f.rate, "rate", "exchanges started a second")
	flags.Var(&f.timeout, "timeout", "longest time of one exchange (default 10s); a case's own wins")
	flags.VarP(&f.maxTime, "max-time", "m", "longest time of the run")
	flags.Var(number{&o.Retry, 0}, "retry", "further tries after network trouble, 429 and 503 (default 0)")
	flags.Var(&f.retryInterval, "retry-interval", "time between two tries (default 1s)")
	flags.Var(&f.retryMax, "retry-max", "longest Retry-After that is waited for (default 10s)")
	flags.BoolVar(&o.FailFast, "fail-fast", false, "skip the cases after the first that failed")
	flags.BoolVar(&o.Strict, "strict", false, "findings at the level of a warning fail their case, too")
	flags.IntVar(&f.diagnose, "diagnose", audit.MaxAsks, "further requests, `N` at most, to find the cause of each distinct failure")
	flags.BoolVar(&o.NoShare, "no-share", false, "send every exchange, also where another case has the same")
}

func (f *runFlags) defineConnection(flags *pflag.FlagSet) {
	o := &f.runner
	flags.StringArrayVar(&o.Resolve, "resolve", nil, "`HOST:PORT:ADDR` to connect to ADDR for HOST:PORT, may be repeated")
	flags.StringArrayVar(&o.ConnectTo, "connect-to", nil,
		"`HOST1:PORT1:HOST2:PORT2` to connect to the second in place of the first, may be repeated")
	flags.StringVar(&o.CACert, "cacert", "", "PEM `FILE` of the certificates to trust")
	flags.StringVarP(&o.Cert, "cert", "E", "", "PEM `FILE` of a client certificate")
	flags.StringVar(&o.Key, "key", "", "PEM `FILE` of its key, if not in the same file")
	flags.BoolVarP(&o.Insecure, "insecure", "k", false, "accept any certificate")
	flags.StringVarP(&o.Proxy, "proxy", "x", "", "`URL` of an http, https or socks5 proxy")
	flags.Var(&f.http, "http", "HTTP version (default: as negotiated)")
}

// check refuses what no single flag can.
func (f *runFlags) check() error {
	if err := f.outputFlags.check(); err != nil {
		return err
	}
	if f.diagnose < 0 {
		return usage("write 0 for none", "--diagnose: %d is less than 0", f.diagnose)
	}
	if f.runner.Key != "" && f.runner.Cert == "" {
		return usage("name the certificate with --cert", "--key is of no use without --cert")
	}
	return nil
}

func (f *runFlags) runnerOptions() runner.Options {
	o := f.runner
	o.Version = readVersion().number
	o.Shard = runner.Shard(f.shard)
	o.Diagnose = f.diagnose
	if f.diagnose == 0 {
		o.Diagnose = -1 // runner's zero is the default
	}
	o.Rate, o.HTTP = float64(f.rate), string(f.http)
	o.Timeout, o.MaxTime = time.Duration(f.timeout), time.Duration(f.maxTime)
	o.RetryInterval, o.RetryMax = time.Duration(f.retryInterval), time.Duration(f.retryMax)
	return o
}
