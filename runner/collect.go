package runner

import (
	"context"

	"github.com/corsgate/corsgate/internal/plan"
	"github.com/corsgate/corsgate/report"
	"github.com/corsgate/corsgate/spec"
)

// Case is one case to run: an alias, so that programs outside of this module can build cases in code. Its Target must
// not be nil, and it needs at least one browser.
type Case = plan.Case

// Selection chooses among the cases of a suite; its zero value chooses all.
type Selection = plan.Options

// Cases returns the cases of a suite in their order, with ids that are the same in every run.
func Cases(s *spec.Suite, which Selection) ([]Case, error) { return plan.New(s, which) }

// Collect runs cases as [Run] does and returns their results as values, in the order of the cases.
func Collect(ctx context.Context, cases []Case, o Options) ([]report.Case, report.Summary, error) {
	var all collector
	summary, err := Run(ctx, cases, o, &all)
	return all.cases, summary, err
}

// collector keeps every case of a run. Run makes each one anew, so that keeping it is safe.
type collector struct{ cases []report.Case }

func (c *collector) Start(s report.Start) error {
	c.cases = make([]report.Case, 0, s.Cases)
	return nil
}

func (c *collector) Case(one *report.Case) error {
	c.cases = append(c.cases, *one)
	return nil
}

func (c *collector) Finish(report.Finish) error { return nil }
