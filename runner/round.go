package runner

import (
	"context"
	"slices"

	"github.com/corsgate/corsgate/cors"
	"github.com/corsgate/corsgate/internal/plan"
)

// round is one performance of a case: what its browsers came to over the exchanges that they share.
type round struct {
	c       *plan.Case
	index   int // of c in the run
	engines []engine
	uses    []*use // in the order in which they were first asked for
}

// engine is one browser's part of a round.
type engine struct {
	name      string
	outcome   cors.Outcome
	stopped   bool     // the request itself may not be sent
	trouble   *trouble // why it is undecided; nil where it is not, or has nothing to check
	preflight *cors.Response
	response  *cors.Response
}

// use is an exchange as one case sees it.
type use struct {
	key     flightKey
	request cors.Request
	flight  *flight
	engines []string
}

func (r *run) round(ctx context.Context, index int) *round {
	c := &r.cases[index]
	rd := &round{c: c, index: index, engines: make([]engine, 0, len(c.Browsers))}
	for _, e := range c.Browsers {
		rd.engines = append(rd.engines, r.perform(ctx, rd, e))
	}
	return rd
}

// perform asks the flow of one engine what to send, and tells it what came.
func (r *run) perform(ctx context.Context, rd *round, e cors.Engine) engine {
	in := engine{name: e.Name}
	var sent []plan.Key
	flow := cors.NewFlow(e, rd.c.Fetch, nil)
	for request, ok := flow.Next(); ok && !r.skipped(rd.index); request, ok = flow.Next() {
		if !plan.Sends(rd.c, request) {
			in.stopped = true
			flow.Stop()
			break
		}
		key := rd.identity(request)
		u := r.use(ctx, rd, request, flightKey{key, count(sent, key)})
		u.engines = append(u.engines, e.Name)
		if in.trouble = u.flight.trouble; in.trouble != nil {
			return in
		}
		sent = append(sent, key)
		in.see(request, u.flight.answer())
		flow.Receive(*u.flight.answer())
	}
	in.outcome = flow.Outcome()
	return in
}

func (in *engine) see(request cors.Request, response *cors.Response) {
	if request.Kind != cors.KindPreflight {
		in.response = response
	} else if in.preflight == nil {
		in.preflight = response
	}
}

// identity is plan.Identity, which takes longer than to see that another browser of the case asked for the same.
func (rd *round) identity(request cors.Request) plan.Key {
	for _, u := range rd.uses {
		if same(u.request, request) {
			return u.key.exchange
		}
	}
	return plan.Identity(rd.c, request)
}

func same(a, b cors.Request) bool {
	return a.Method == b.Method && a.URL == b.URL && slices.Equal(a.Headers, b.Headers) &&
		(a.Body == b.Body || a.Body != nil && b.Body != nil && *a.Body == *b.Body)
}

// use returns the exchange of that key: the case's own, another case's, or a new one.
func (r *run) use(ctx context.Context, rd *round, request cors.Request, key flightKey) *use {
	for _, u := range rd.uses {
		if u.key == key {
			return u
		}
	}
	request.Headers = slices.Clone(request.Headers)
	u := &use{key: key, request: request, engines: make([]string, 0, len(rd.c.Browsers))}
	send := func(f *flight) { r.fly(ctx, f, rd, request) }
	if plan.Shared(rd.c, request) && !r.options.NoShare {
		u.flight = r.flights.get(key, send)
	} else {
		u.flight = newFlight()
		u.flight.make(send)
	}
	rd.uses = append(rd.uses, u)
	return u
}

func count(keys []plan.Key, key plan.Key) int {
	n := 0
	for _, k := range keys {
		if k == key {
			n++
		}
	}
	return n
}

// verdict is what the browsers of a round agree on: any that blocks decides, else the first. The zero Outcome is an
// undecided one, where there is trouble or nothing to check.
func (rd *round) verdict() cors.Outcome {
	var first cors.Outcome
	if rd.trouble() != nil {
		return first
	}
	for _, in := range rd.engines {
		if in.outcome.Verdict == cors.Blocked {
			return in.outcome
		}
		if first.Verdict == cors.Undecided {
			first = in.outcome
		}
	}
	return first
}

// trouble is the first browser's.
func (rd *round) trouble() *trouble {
	for _, in := range rd.engines {
		if in.trouble != nil {
			return in.trouble
		}
	}
	return nil
}

// primary is the first browser that was decided, or the first one.
func (rd *round) primary() engine {
	for _, in := range rd.engines {
		if in.outcome.Verdict != cors.Undecided {
			return in
		}
	}
	return rd.engines[0]
}

func (rd *round) stopped() bool {
	return slices.ContainsFunc(rd.engines, func(in engine) bool { return in.stopped })
}
