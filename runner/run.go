package runner

import (
	"context"
	"errors"
	"math"
	"sync/atomic"
	"time"

	"golang.org/x/time/rate"

	"github.com/corsgate/corsgate/internal/plan"
	"github.com/corsgate/corsgate/report"
)

// Bounds of what is in memory at the same time.
const (
	activePerJob = 32    // cases under way for each exchange that may be: they may wait for the same one
	maxAhead     = 16384 // cases decided before their turn in the report
)

// run is the state of one Run.
type run struct {
	options Options
	whole   []plan.Case // the plan
	part    *part       // of it, the shard that runs; nil: all of it
	cases   []plan.Case // those that run
	clients *clients
	rate    *rate.Limiter // nil: none

	queue     queue
	flights   flights
	lookouts  flights
	exchanges atomic.Int64
	failed    atomic.Int64 // fail-fast: the smallest index of a failed case
}

// Run executes cases and tells h of them in their order, whatever the number of workers. It returns when all cases
// have been told and nothing of it runs any more. It does not change cases.
//
// A server's misbehaviour is a case's result, never an error. The error says that the options can't be used (nothing
// was sent and h not called, see [Check]), or joins what h returned.
//
// When ctx ends, or MaxTime is over, nothing more is sent, exchanges under way are cancelled and what they would have
// decided is told as an error of kind interrupted (or timeout). h is called from the goroutine of Run alone.
func Run(ctx context.Context, cases []plan.Case, o Options, h report.Handler) (report.Summary, error) {
	started := time.Now()
	o = o.withDefaults()
	if o.MaxTime > 0 {
		var stop context.CancelFunc
		over := troublef(kindTimeout, "the run has used up its time of %s", o.MaxTime)
		over.cut = true
		ctx, stop = context.WithTimeoutCause(ctx, o.MaxTime, over)
		defer stop()
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	if err := o.Shard.Check(); err != nil {
		return report.Summary{}, err
	}
	all, err := newClients(ctx, cases, o)
	if err != nil {
		return report.Summary{}, err
	}
	defer all.close()
	r := newRun(cases, all, o)
	if h, err = r.choose(h); err != nil {
		return report.Summary{}, err
	}
	t := &teller{run: r, ctx: ctx, handler: h, started: started, cancel: cancel, doctor: newDoctor(r)}
	err = t.start()
	results := make(chan result, maxAhead)
	ahead := make(chan struct{}, maxAhead)
	go r.feed(ctx, ahead, results)
	err = errors.Join(err, t.tell(ahead, results), t.finish())
	return t.summary, err
}

func newRun(cases []plan.Case, all *clients, o Options) *run {
	r := &run{options: o, whole: cases, cases: cases, clients: all, queue: queue{free: o.Jobs}}
	r.flights.known = make(map[flightKey]*flight)
	r.lookouts.known = make(map[flightKey]*flight)
	r.failed.Store(math.MaxInt64)
	if o.Rate > 0 {
		r.rate = rate.NewLimiter(rate.Limit(o.Rate), 1)
	}
	return r
}

// choose keeps to the shard that the options name, and returns the Handler that tells it to h as such.
func (r *run) choose(h report.Handler) (report.Handler, error) {
	if r.options.Shard == (Shard{}) {
		return h, nil
	}
	p, err := newPart(r.whole, r.options, h)
	if err != nil {
		return nil, err
	}
	r.part, r.cases = p, p.cases()
	return p, nil
}

// feed starts the cases in their order. A single job means that the exchanges come in their order too.
func (r *run) feed(ctx context.Context, ahead chan<- struct{}, results chan<- result) {
	width := activePerJob * r.options.Jobs
	if r.options.Jobs == 1 {
		width = 1
	}
	active := make(chan struct{}, width)
	for i := range r.cases {
		ahead <- struct{}{}
		active <- struct{}{}
		go func() {
			done := r.execute(ctx, i)
			<-active
			results <- done
		}()
	}
}

// skipped reports whether the case at index comes after one that failed, and fail-fast is on.
func (r *run) skipped(index int) bool { return int64(index) > r.failed.Load() }

// fail notes that the case at index failed.
func (r *run) fail(index int) {
	for r.options.FailFast {
		least := r.failed.Load()
		if int64(index) >= least || r.failed.CompareAndSwap(least, int64(index)) {
			return
		}
	}
}
