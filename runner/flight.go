package runner

import (
	"context"
	"sync"

	"github.com/corsgate/corsgate/cors"
	"github.com/corsgate/corsgate/internal/plan"
)

// flight is one exchange with all its tries. Its fields are for reading once it is over.
type flight struct {
	over    sync.WaitGroup
	tries   []*exchange
	trouble *trouble // of the last try, or why there was none

	told bool // a report has it already; used by the reporting goroutine only
}

// answer is the response to the last try. The flight must be over and without trouble.
func (f *flight) answer() *cors.Response { return f.tries[len(f.tries)-1].response }

// flightKey names an exchange. A browser that sends the same request twice in one fetch, in a redirect loop, gets two
// answers: nth counts the ones before.
type flightKey struct {
	exchange plan.Key
	nth      int
}

// flights makes sure that each exchange is made once. It is safe for concurrent use.
type flights struct {
	mu    sync.Mutex
	known map[flightKey]*flight
}

// get returns the flight for key, which send makes unless it is under way or over already.
func (s *flights) get(key flightKey, send func(*flight)) *flight {
	s.mu.Lock()
	f := s.known[key]
	if f != nil {
		s.mu.Unlock()
		f.over.Wait()
		return f
	}
	f = newFlight()
	s.known[key] = f
	s.mu.Unlock()
	f.make(send)
	return f
}

func newFlight() *flight {
	f := new(flight)
	f.over.Add(1)
	return f
}

func (f *flight) make(send func(*flight)) {
	defer f.over.Done()
	send(f)
}

// fly makes a flight of request for a round: one try, and more where the options and the answer ask for it.
func (r *run) fly(ctx context.Context, f *flight, rd *round, request cors.Request) {
	a := attempt{timeout: positive(rd.c.Timeout, r.options.Timeout), fresh: rd.c.Repeat > 1 || request.NewConnection}
	for {
		x := r.try(ctx, rd, request, a)
		if x == nil {
			f.trouble = ended(ctx)
			return
		}
		f.tries, f.trouble = append(f.tries, x), x.trouble
		pause, again := r.retry(rd.c, request, x, len(f.tries))
		if !again || !sleep(ctx, pause) {
			return
		}
	}
}

// try makes one exchange when its turn has come; nil when the run ended before.
func (r *run) try(ctx context.Context, rd *round, request cors.Request, a attempt) *exchange {
	if !r.queue.enter(ctx, rd.index) {
		return nil
	}
	defer r.queue.leave()
	if r.rate != nil && !sleep(ctx, r.rate.Reserve().Delay()) {
		return nil
	}
	x := r.clients.get(*rd.c.Target).exchange(ctx, request, a)
	r.exchanges.Add(int64(x.sends))
	return x
}
