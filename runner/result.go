package runner

import (
	"github.com/corsgate/corsgate/cors"
	"github.com/corsgate/corsgate/internal/plan"
	"github.com/corsgate/corsgate/report"
)

// The values of `checked`.
const (
	checkedAll       = "all"
	checkedPreflight = "preflight"
)

// undecided is how reports write the empty verdict.
const undecided = "undecided"

// newCase puts a result into the shape of a report. It must be called in the order of the cases: an exchange is the
// case's that has it first, and shared with those after.
func newCase(c *plan.Case, res *result) *report.Case {
	out := &report.Case{
		ID: c.ID, Name: c.Name, Scenario: c.Scenario, File: c.File, Line: c.Line, Target: c.Target.Name,
		Tags: append([]string{}, c.Tags...), Kind: string(c.Kind), Probe: c.Probe, Request: newRequest(c.Fetch),
		Status: res.status, Checked: checkedAll, Skip: res.skip, Duration: report.Millis(res.took),
		Outcome: undecided, Engines: map[string]report.Verdict{}, Browsers: []string{},
		Exchanges: []report.Exchange{}, Mismatch: append([]report.Mismatch{}, res.mismatches...),
		Findings: append([]report.Finding{}, res.findings...), Cause: res.cause, Error: res.trouble.report(),
	}
	if res.chosen == nil {
		return out
	}
	if res.chosen.stopped() {
		out.Checked = checkedPreflight
	}
	for _, in := range res.chosen.engines {
		out.Browsers = append(out.Browsers, in.name)
		out.Engines[in.name] = newVerdict(in.outcome)
	}
	if res.trouble == nil {
		verdict := res.chosen.verdict()
		out.Outcome, out.Reason, out.Stage = word(verdict.Verdict), string(verdict.Reason), string(verdict.Stage)
		out.Response = newResponse(verdict)
	}
	for i, rd := range res.rounds {
		for _, u := range rd.uses {
			out.Exchanges = append(out.Exchanges, newExchanges(u, i)...)
		}
	}
	return out
}

func newRequest(f cors.Fetch) report.Request {
	return report.Request{
		Origin:      f.Origin.String(),
		URL:         f.URL,
		Method:      or(f.Method, "GET"),
		Mode:        or(string(f.Mode), string(cors.ModeCORS)),
		Credentials: or(string(f.Credentials), string(cors.CredentialsSameOrigin)),
		Redirect:    or(string(f.Redirect), string(cors.RedirectFollow)),
		Headers:     fields(f.Headers),
	}
}

func newVerdict(o cors.Outcome) report.Verdict {
	return report.Verdict{
		Outcome: word(o.Verdict), Reason: string(o.Reason), Stage: string(o.Stage), Message: o.Message,
	}
}

func word(v cors.Verdict) string { return or(string(v), undecided) }

// newResponse is what the script sees; nil when that is nothing, for blocked and opaque responses and for requests
// that were not sent.
func newResponse(o cors.Outcome) *report.Response {
	if o.Verdict != cors.Allowed || o.Status == 0 {
		return nil
	}
	seen := &report.Response{Status: o.Status, Readable: []string{}}
	for _, h := range o.Readable {
		seen.Readable = append(seen.Readable, h.Name)
	}
	return seen
}

// newExchanges lists the tries of one exchange.
func newExchanges(u *use, round int) []report.Exchange {
	var list []report.Exchange
	for i, x := range u.flight.tries {
		list = append(list, report.Exchange{
			Kind:     string(u.request.Kind),
			Request:  newWireRequest(u.request),
			Response: x.report(),
			Duration: report.Millis(x.took),
			Shared:   u.flight.told,
			Engines:  u.engines,
			Try:      i,
			Round:    round,
			Error:    x.trouble.report(),
			Note:     x.note,
		})
	}
	u.flight.told = true
	return list
}

func newWireRequest(r cors.Request) report.WireRequest {
	w := report.WireRequest{Method: r.Method, URL: r.URL, Headers: fields(r.Headers)}
	if r.Body != nil {
		w.Body = *r.Body
	}
	return w
}

// report returns the head of the answer; nil when there is none.
func (x *exchange) report() *report.WireResponse {
	if x.response == nil {
		return nil
	}
	return &report.WireResponse{
		Protocol: x.protocol, Remote: x.remote, Status: x.response.Status, Headers: fields(x.response.Headers),
	}
}

func fields(headers []cors.Header) []report.Field {
	list := make([]report.Field, len(headers))
	for i, h := range headers {
		list[i] = report.Field{h.Name, h.Value}
	}
	return list
}
