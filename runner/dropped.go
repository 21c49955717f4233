package runner

import (
	"context"
	"net/http"
	"strings"

	"github.com/corsgate/corsgate/audit"
	"github.com/corsgate/corsgate/cors"
	"github.com/corsgate/corsgate/internal/plan"
	"github.com/corsgate/corsgate/report"
)

// dropped is the cause of a preflight that is never answered where a GET is; nil when that is not what happened. It
// sends at most one GET for each URL of a target, with the page's Origin.
func (r *run) dropped(ctx context.Context, rd *round) *report.Cause {
	for _, u := range rd.uses {
		if u.request.Kind != cors.KindPreflight || !unanswered(u.flight.trouble) {
			continue
		}
		get := cors.Request{Kind: cors.KindRequest, Method: http.MethodGet, URL: u.request.URL}
		if asks := mayAsk(rd.c); !plan.Sends(&asks, get) {
			return nil
		}
		key := flightKey{exchange: plan.Identity(rd.c, get)}
		get.Headers = origin(u.request.Headers)
		a := attempt{timeout: positive(rd.c.Timeout, r.options.Timeout)}
		f := r.lookouts.get(key, func(f *flight) { r.look(ctx, f, rd, get, a) })
		if f.trouble != nil {
			return nil
		}
		return droppedCause(rd.c, u, newAuditExchange(get, f))
	}
	return nil
}

// unanswered reports whether the server had its chance to answer.
func unanswered(t *trouble) bool {
	return t != nil && !t.cut && (t.kind == kindTimeout || t.kind == kindClosed || t.reset)
}

func origin(headers []cors.Header) []cors.Header {
	for _, h := range headers {
		if strings.EqualFold(h.Name, "Origin") {
			return []cors.Header{h}
		}
	}
	return nil
}

// look makes one try without the retries of fly.
func (r *run) look(ctx context.Context, f *flight, rd *round, request cors.Request, a attempt) {
	x := r.try(ctx, rd, request, a)
	if x == nil {
		f.trouble = ended(ctx)
		return
	}
	f.tries, f.trouble = []*exchange{x}, x.trouble
	if r.part != nil {
		r.part.look(rd.c, request)
	}
}

// droppedCause is what the diagnosis makes of a preflight without an answer and a GET beside it.
func droppedCause(c *plan.Case, u *use, get audit.Exchange) *report.Cause {
	diagnosis := audit.NewDiagnosis(audit.Failure{
		Fetch: c.Fetch, Engine: c.Browsers[0], Exchanges: []audit.Exchange{newAuditExchange(u.request, u.flight)},
	})
	if _, asks := diagnosis.Next(); asks {
		diagnosis.Receive(get)
	}
	if _, asks := diagnosis.Next(); asks {
		return nil
	}
	if cause, found := diagnosis.Cause(); found {
		return newCause(cause)
	}
	return nil
}
