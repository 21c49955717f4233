package cli

import (
	"errors"
	"fmt"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/pflag"

	"github.com/corsgate/corsgate/audit"
	"github.com/corsgate/corsgate/internal/plan"
	"github.com/corsgate/corsgate/report"
	"github.com/corsgate/corsgate/spec"
)

// suiteFlags say how files are read.
type suiteFlags struct {
	target string
	env    string
	vars   variables
	unset  bool // variables of the environment may be
}

func (f *suiteFlags) define(flags *pflag.FlagSet) {
	f.vars = variables{}
	flags.StringVar(&f.target, "target", "", "`URL` in place of the file's target or targets; demo: the built-in API")
	flags.StringVar(&f.env, "env", "", "`NAME` of one of the file's environments")
	flags.Var(f.vars, "var", "value of a variable, may be repeated")
}

// choiceFlags choose among the cases.
type choiceFlags struct {
	tags   []string
	filter expression
	shard  shard
	seed   seed
}

func (f *choiceFlags) define(flags *pflag.FlagSet) {
	flags.StringSliceVar(&f.tags, "tags", nil, "only cases with one of these `TAGS`")
	flags.Var(&f.filter, "filter", "only cases whose \"scenario / name\" matches the regular expression")
	flags.Var(&f.shard, "shard", "only one of N parts of the cases; auto: the one that the CI system says")
	flags.Var(&f.seed, "seed", "seed of the random labels in the origins of probes; random: another one each time (default 1)")
}

// load reads all files that args mean and learns their secrets. When any file has a mistake, it tells all mistakes of
// all files.
func (a *app) load(args []string, f suiteFlags) ([]*spec.Suite, error) {
	files, err := findFiles(args)
	if err != nil {
		return nil, err
	}
	options := spec.Options{Environment: f.env, Vars: f.vars, LookupEnv: os.LookupEnv, Target: f.target, AllowUnset: f.unset}
	options.Rules, options.Probes = ruleIDs(), audit.ProbeIDs()
	var suites []*spec.Suite
	var mistakes mistakes
	for _, file := range files {
		suite, err := spec.Load(file, options)
		if err != nil {
			mistakes.add(file, err)
			continue
		}
		suites = append(suites, suite)
	}
	a.redactor = report.NewRedactor(secrets(suites))
	return suites, a.tell(mistakes)
}

// ruleIDs are the ids of what a file can give a level to.
func ruleIDs() []string {
	var ids []string
	for _, r := range audit.Rules() {
		if r.Is(audit.KindFinding) || r.Is(audit.KindProbe) {
			ids = append(ids, r.ID)
		}
	}
	return ids
}

func filesOf(suites []*spec.Suite) []string {
	files := make([]string, len(suites))
	for i, s := range suites {
		files[i] = s.File
	}
	return files
}

func secrets(suites []*spec.Suite) []string {
	var all []string
	for _, s := range suites {
		all = append(all, s.Secrets...)
	}
	return all
}

// mistakes are those of several files.
type mistakes struct {
	texts []string
	count int
	files int
}

func (m *mistakes) add(file string, err error) {
	m.files++
	var found spec.Diagnostics
	if !errors.As(err, &found) {
		m.count++
		m.texts = append(m.texts, file+": "+err.Error())
		return
	}
	m.count += len(found)
	for _, d := range found {
		m.texts = append(m.texts, d.String())
	}
}

// tell writes mistakes, one below the other, and returns the failure that they are.
func (a *app) tell(m mistakes) error {
	if m.count == 0 {
		return nil
	}
	fmt.Fprintln(a.stderr, a.redactor.String(strings.Join(m.texts, "\n")))
	return usage("", "%s in %s; nothing was sent", counted(m.count, "mistake"), counted(m.files, "file"))
}

// choose plans the suites' cases and refuses a choice that leaves none: a gate that checks nothing is open.
func (f choiceFlags) choose(suites []*spec.Suite) ([]plan.Case, error) {
	cases, err := plan.NewAll(suites, plan.Options{Tags: f.tags, Filter: f.filter.Regexp, Seed: f.seed.value()})
	if err != nil {
		return nil, usage("", "%s", err)
	}
	if len(cases) > 0 {
		return cases, nil
	}
	var asked []string
	if len(f.tags) > 0 {
		asked = append(asked, "--tags "+strings.Join(f.tags, ","))
	}
	if f.filter.Regexp != nil {
		asked = append(asked, "--filter "+f.filter.Regexp.String())
	}
	if asked == nil {
		return nil, usage("", "the files have no case")
	}
	return nil, usage("corsgate plan lists all cases", "no case matches %s", strings.Join(asked, " and "))
}

// tellSeed says how to repeat a run whose probes have random labels.
func (a *app) tellSeed(cases []plan.Case, s seed, quiet bool) {
	isProbe := func(c plan.Case) bool { return c.Kind == plan.KindProbe }
	if !quiet && slices.ContainsFunc(cases, isProbe) {
		a.say("the labels of the probes are those of --seed " + strconv.FormatUint(s.value(), 10))
	}
}

// counted is a number and what it counts.
func counted(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}

// variables is the value of --var.
type variables map[string]string

func (v variables) Set(s string) error {
	name, value, ok := strings.Cut(s, "=")
	if !ok || name == "" {
		return errors.New("write it as name=value")
	}
	v[name] = value
	return nil
}

func (v variables) String() string { return "" }
func (v variables) Type() string   { return "NAME=VALUE" }

// expression is the value of --filter; nil: none.
type expression struct{ *regexp.Regexp }

func (e *expression) Set(s string) (err error) {
	e.Regexp, err = regexp.Compile(s)
	return err
}

func (e *expression) String() string { return "" }
func (e *expression) Type() string   { return "RE" }
