package cli

import (
	"errors"
	"fmt"
	"os"
	"slices"
	"strconv"
	"strings"

	"github.com/corsgate/corsgate/internal/plan"
	"github.com/corsgate/corsgate/spec"
)

// shard is the value of --shard; the zero value is the whole plan.
type shard plan.Shard

func (s *shard) Set(text string) (err error) {
	if text == "auto" {
		*s, err = shardOf(os.Getenv)
		return err
	}
	index, total, ok := strings.Cut(text, "/")
	if !ok {
		return errors.New("write it as 1/4, or auto")
	}
	*s, err = newShard(index, total, 1)
	return err
}

func (s *shard) String() string { return "" }
func (s *shard) Type() string   { return "I/N" }

// of keeps the cases of the shard.
func (s shard) of(cases []plan.Case) []plan.Case {
	places := plan.Shard(s).Of(cases)
	mine := make([]plan.Case, len(places))
	for i, place := range places {
		mine[i] = cases[place]
	}
	return mine
}

// fanOut is how a CI system tells a job which of several alike it is.
type fanOut struct {
	name         string
	index, total string // environment variables
	first        int    // the smallest index
	hint         string // where the total comes from, if not by itself
}

func fanOuts() []fanOut {
	return []fanOut{
		{"GitLab", "CI_NODE_INDEX", "CI_NODE_TOTAL", 1, ""},
		{"CircleCI", "CIRCLE_NODE_INDEX", "CIRCLE_NODE_TOTAL", 0, ""},
		{"Buildkite", "BUILDKITE_PARALLEL_JOB", "BUILDKITE_PARALLEL_JOB_COUNT", 0, ""},
		{"Azure Pipelines", "SYSTEM_JOBPOSITIONINPHASE", "SYSTEM_TOTALJOBSINPHASE", 1, ""},
		{"Kubernetes", "JOB_COMPLETION_INDEX", "JOB_COMPLETIONS", 0, ": set it to the completions of the Job"},
	}
}

// shardOf reads the variables of the one CI system that has set them.
func shardOf(getenv func(string) string) (shard, error) {
	var found []fanOut
	for _, f := range fanOuts() {
		// GitLab sets a total of 1, and no index, where a job is not split.
		if getenv(f.index) != "" || getenv(f.total) == "1" {
			found = append(found, f)
		}
	}
	switch {
	case len(found) == 0:
		return shard{}, errors.New("no CI system says here which of its jobs this is; write it as 1/4")
	case len(found) > 1:
		return shard{}, fmt.Errorf("the variables of %s and of %s are set; write it as 1/4", found[0].name, found[1].name)
	}
	f := found[0]
	index, total := getenv(f.index), getenv(f.total)
	if total == "" {
		return shard{}, fmt.Errorf("%s is set and %s is not%s", f.index, f.total, f.hint)
	}
	if index == "" {
		index = strconv.Itoa(f.first)
	}
	s, err := newShard(index, total, f.first)
	if err != nil {
		return shard{}, fmt.Errorf("%s is %s and %s is %s: %w", f.index, index, f.total, total, err)
	}
	return s, nil
}

func newShard(index, total string, first int) (shard, error) {
	i, err := strconv.Atoi(index)
	n, otherErr := strconv.Atoi(total)
	if err != nil || otherErr != nil {
		return shard{}, errors.New("write it as 1/4, or auto")
	}
	s := plan.Shard{Index: i - first + 1, Total: n}
	if s.Total < 1 {
		return shard{}, errors.New("there must be 1 shard or more")
	}
	return shard(s), s.Check()
}

// hider returns what takes secrets out of a text, each with a name of its own, and the port of the demonstration API.
func (a *app) hider(suites []*spec.Suite, demos []*spec.Target) func(string) string {
	var pairs [][2]string
	for i, s := range secrets(suites) {
		pairs = append(pairs, [2]string{s, fmt.Sprintf("«secret %d»", i+1)})
	}
	slices.SortStableFunc(pairs, func(a, b [2]string) int { return len(b[0]) - len(a[0]) })
	for _, t := range demos {
		pairs = append(pairs, [2]string{t.URL, spec.TargetDemo})
	}
	var flat []string
	for _, p := range pairs {
		flat = append(flat, p[0], p[1])
	}
	names := strings.NewReplacer(flat...)
	return func(text string) string { return a.redactor.String(names.Replace(text)) }
}
