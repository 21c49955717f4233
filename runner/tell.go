package runner

import (
	"context"
	"errors"
	"time"

	"github.com/corsgate/corsgate/report"
)

// teller hands the results of a run to its Handler, from one goroutine.
type teller struct {
	run     *run
	ctx     context.Context // of the run
	doctor  *doctor
	handler report.Handler
	started time.Time
	cancel  context.CancelFunc

	summary     report.Summary
	interrupted bool
}

const afterFailure = "a case before it failed"

func (t *teller) start() error {
	o := t.run.options
	return t.handler.Start(report.Start{
		Tool:    report.Tool{Name: "corsgate", Version: o.Version},
		RunID:   o.RunID,
		Started: t.started,
		Cases:   len(t.run.cases),
	})
}

// tell takes the results as they come and passes them on in the order of the cases. It frees a place in ahead for each.
func (t *teller) tell(ahead <-chan struct{}, results <-chan result) error {
	progress, _ := t.handler.(report.Progress)
	waiting := make(map[int]result)
	var errs []error
	for next, decided := 0, 0; next < len(t.run.cases); {
		res := <-results
		waiting[res.index] = res
		decided++
		if progress != nil {
			progress.Progress(decided, len(t.run.cases))
		}
		for {
			res, ok := waiting[next]
			if !ok {
				break
			}
			delete(waiting, next)
			errs = append(errs, t.tellCase(&res))
			next++
			<-ahead
		}
	}
	return errors.Join(errs...)
}

func (t *teller) tellCase(res *result) error {
	if t.run.skipped(res.index) && res.skip == "" {
		*res = result{index: res.index, status: report.Skipped, skip: afterFailure}
	}
	if res.status == report.Failed && t.run.options.FailFast {
		t.cancel()
	}
	if res.status == report.Failed && res.cause == nil {
		res.cause = t.doctor.examine(t.ctx, &t.run.cases[res.index], res)
	}
	t.interrupted = t.interrupted || res.trouble != nil && res.trouble.cut
	t.count(res.status)
	t.summary.Findings += len(res.findings)
	return t.handler.Case(newCase(&t.run.cases[res.index], res))
}

func (t *teller) count(status report.Status) {
	t.summary.Cases++
	switch status {
	case report.Passed:
		t.summary.Passed++
	case report.Failed:
		t.summary.Failed++
	case report.Errored:
		t.summary.Errors++
	case report.Skipped:
		t.summary.Skipped++
	}
}

func (t *teller) finish() error {
	t.summary.Exchanges = int(t.run.exchanges.Load())
	return t.handler.Finish(report.Finish{
		Summary: t.summary, Duration: time.Since(t.started), Interrupted: t.interrupted,
	})
}
