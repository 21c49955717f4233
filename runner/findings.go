package runner

import (
	"context"

	"github.com/corsgate/corsgate/audit"
	"github.com/corsgate/corsgate/cors"
	"github.com/corsgate/corsgate/internal/plan"
	"github.com/corsgate/corsgate/report"
)

// findings are what is wrong with a case's exchanges whatever was expected, at the levels of its file.
func (r *run) findings(ctx context.Context, c *plan.Case, rd *round) []report.Finding {
	if r.options.NoFindings {
		return nil
	}
	o := audit.Observation{Fetch: c.Fetch, Browsers: c.Browsers, Rerouted: r.rerouted(c)}
	for _, u := range rd.uses {
		o.Exchanges = append(o.Exchanges, newAuditExchange(u.request, u.flight))
	}
	for _, request := range r.needs(c, &o) {
		o.Beside = append(o.Beside, r.beside(ctx, rd, request))
	}
	var list []report.Finding
	for _, f := range audit.Findings(&o) {
		if level := levelOf(c, f); level != audit.LevelOff {
			list = append(list, report.Finding{Rule: f.Rule, Severity: string(level), Message: f.Message})
		}
	}
	return list
}

// levelOf is what the file says of the rule, or the level of its severity. That browsers' users are locked out is no
// error in a case whose author wants just that.
func levelOf(c *plan.Case, f audit.Finding) audit.Level {
	if level, said := c.Levels[f.Rule]; said {
		return level
	}
	if f.Severity == audit.S2 && !allows(c) {
		return audit.LevelWarning
	}
	return f.Severity.Level()
}

// needs are the further requests whose answers show whether a cache could mix origins up: none for an answer that is
// the same for everybody, or where the file does not want to know.
func (r *run) needs(c *plan.Case, o *audit.Observation) []cors.Request {
	if c.Levels["vary-origin-missing"] == audit.LevelOff && c.Levels["vary-missing-on-non-cors"] == audit.LevelOff {
		return nil
	}
	return o.Needs(nil)
}

// beside sends a request that findings need, once for all cases.
func (r *run) beside(ctx context.Context, rd *round, request cors.Request) audit.Exchange {
	if !plan.Sends(rd.c, request) {
		return audit.Exchange{Request: request}
	}
	key := flightKey{exchange: plan.Identity(rd.c, request)}
	a := attempt{timeout: positive(rd.c.Timeout, r.options.Timeout)}
	f := r.lookouts.get(key, func(f *flight) { r.look(ctx, f, rd, request, a) })
	return newAuditExchange(request, f)
}

// rerouted reports whether the way to the server is not the one that a browser would find.
func (r *run) rerouted(c *plan.Case) bool {
	o, t := r.options, c.Target
	return t.Connect != "" || t.Proxy != "" || o.Proxy != "" || len(o.Resolve) > 0 || len(o.ConnectTo) > 0 ||
		o.Transport != nil
}

// fails reports whether a finding fails its case.
func (r *run) fails(f report.Finding) bool {
	return f.Severity == string(audit.LevelError) || r.options.Strict && f.Severity == string(audit.LevelWarning)
}

// lowered turns what got through into a finding where the file gives its rule a lower level than error.
func lowered(c *plan.Case, mismatches []report.Mismatch) (level audit.Level, ok bool) {
	level, said := c.Levels[c.Probe]
	return level, said && level != audit.LevelError && c.Probe != "" && len(mismatches) > 0
}
