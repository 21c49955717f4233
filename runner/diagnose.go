package runner

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/corsgate/corsgate/audit"
	"github.com/corsgate/corsgate/cors"
	"github.com/corsgate/corsgate/internal/plan"
	"github.com/corsgate/corsgate/report"
	"github.com/corsgate/corsgate/spec"
)

// maxDiagnoses bounds the distinct failures of a run that are diagnosed: beyond it something is wrong with all of it,
// and what looks like those that were diagnosed has their cause.
const maxDiagnoses = 200

// doctor finds the causes of failed cases. It works in the order of the cases and from one goroutine, so that the same
// answers give the same causes.
type doctor struct {
	run      *run
	causes   map[string]*report.Cause // by failure; nil where none was found
	alike    map[string]*report.Cause // by symptom; nil where failures of that symptom had several causes
	intended map[spec.Target]audit.Intended
	others   map[spec.Target][]string
	targets  map[string]*spec.Target
	resolved map[string][]string // see addresses
}

func newDoctor(r *run) *doctor {
	d := &doctor{
		run: r, causes: make(map[string]*report.Cause), alike: make(map[string]*report.Cause), intended: make(map[spec.Target]audit.Intended),
		others: make(map[spec.Target][]string), targets: make(map[string]*spec.Target),
		resolved: make(map[string][]string),
	}
	for i := range r.whole {
		d.note(&r.whole[i])
	}
	for _, name := range d.names() {
		for target := range d.intended {
			if target.Name != "" && target.Name != name {
				d.others[target] = append(d.others[target], name)
			}
		}
	}
	return d
}

func (d *doctor) names() []string {
	var names []string
	for name := range d.targets {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

// note remembers what a case lets through, a few of each kind.
func (d *doctor) note(c *plan.Case) {
	const enough = 16
	in := d.intended[*c.Target]
	if allows(c) {
		in.Origins = remember(in.Origins, c.Fetch.Origin, enough)
		in.Methods = remember(in.Methods, or(c.Fetch.Method, "GET"), enough)
		in.URLs = remember(in.URLs, c.Fetch.URL, enough)
		in.Credentials = in.Credentials || c.Fetch.Credentials == cors.CredentialsInclude
		for _, h := range c.Fetch.Headers {
			in.Headers = remember(in.Headers, h.Name, enough)
			if strings.EqualFold(h.Name, "Authorization") {
				in.Authorization = remember(in.Authorization, h.Value, 1)
			}
		}
	}
	d.intended[*c.Target] = in
	if c.Target.Name != "" {
		d.targets[c.Target.Name] = c.Target
	}
}

func remember[T comparable](list []T, item T, enough int) []T {
	if len(list) >= enough || slices.Contains(list, item) {
		return list
	}
	return append(list, item)
}

func allows(c *plan.Case) bool { return slices.Contains(c.Expect.Outcome, cors.Allowed) }

// examine returns the cause of a failed case; nil when there is none to name, or no way to find it.
func (d *doctor) examine(ctx context.Context, c *plan.Case, res *result) *report.Cause {
	f, ok := d.failure(c, res)
	if !ok || d.run.options.Diagnose < 0 {
		return nil
	}
	key := signature(c, f)
	if cause, known := d.causes[key]; known {
		return cause
	}
	looks := symptom(c, f)
	if len(d.causes) >= maxDiagnoses {
		return d.alike[looks]
	}
	if ctx.Err() != nil {
		return nil
	}
	cause := d.diagnose(ctx, c, f)
	d.causes[key] = cause
	if first, seen := d.alike[looks]; !seen {
		d.alike[looks] = cause
	} else if first != nil && (cause == nil || cause.ID != first.ID) {
		d.alike[looks] = nil
	}
	return cause
}

// failure is what a diagnosis starts from: the first browser that disagrees with the author.
func (d *doctor) failure(c *plan.Case, res *result) (audit.Failure, bool) {
	f := audit.Failure{
		Fetch: c.Fetch, Probe: c.Probe, Intended: d.intended[*c.Target], Target: c.Target.Name, Others: d.others[*c.Target],
		Unreadable: unreadable(c, res.mismatches),
	}
	f.Fetch.Method = or(f.Fetch.Method, "GET")
	for i, in := range res.chosen.engines {
		f.GotThrough = (in.outcome.Verdict != cors.Blocked || c.Probe != "") && !allows(c)
		wrong := in.outcome.Verdict != cors.Undecided && !slices.Contains(c.Expect.Outcome, in.outcome.Verdict)
		if wrong || len(f.Unreadable) > 0 {
			f.Engine, f.Outcome = c.Browsers[i], in.outcome
			f.Exchanges = exchangesOf(res.chosen, in.name)
			return f, len(f.Exchanges) > 0
		}
	}
	return f, false
}

// unreadable are the headers that the page should read and can't.
func unreadable(c *plan.Case, mismatches []report.Mismatch) []string {
	if c.Expect.Response == nil {
		return nil
	}
	for _, m := range mismatches {
		if m.Field == "response.readable" {
			return c.Expect.Response.Readable
		}
	}
	return nil
}

func exchangesOf(rd *round, engine string) []audit.Exchange {
	var list []audit.Exchange
	for _, u := range rd.uses {
		if slices.Contains(u.engines, engine) && len(u.flight.tries) > 0 {
			list = append(list, newAuditExchange(u.request, u.flight))
		}
	}
	return list
}

func newAuditExchange(request cors.Request, f *flight) audit.Exchange {
	x := audit.Exchange{Request: request}
	if f.trouble != nil {
		x.Error = f.trouble.kind
		if f.trouble.reset {
			x.Error = kindClosed
		}
	}
	if len(f.tries) == 0 {
		return x
	}
	last := f.tries[len(f.tries)-1]
	x.Response, x.Remote, x.Protocol, x.Body = last.response, last.remote, last.protocol, []byte(last.body)
	return x
}

// signature tells failures apart that may have different causes.
func signature(c *plan.Case, f audit.Failure) string {
	last := f.Exchanges[len(f.Exchanges)-1]
	return fmt.Sprintf("%+q %q %q %q %q %q %t %q %q %q", c.Target.Name, c.Target.URL, f.Probe, f.Engine.Name, f.Outcome.Reason,
		f.Outcome.Detail, f.GotThrough, f.Unreadable, last.Request.Method+" "+last.Request.URL, last.Request.Headers)
}

// symptom is what failures on different paths have in common that look the same from outside.
func symptom(c *plan.Case, f audit.Failure) string {
	last := f.Exchanges[len(f.Exchanges)-1]
	var answer []string
	if last.Response != nil {
		answer = append(answer, fmt.Sprint(last.Response.Status))
		for _, h := range last.Response.Headers {
			if decisive(strings.ToLower(h.Name)) {
				answer = append(answer, h.Name, h.Value)
			}
		}
	}
	return fmt.Sprintf("%+q %q %q %q %q %t %q %q %q %q", c.Target.Name, c.Target.URL, f.Probe, f.Engine.Name, f.Outcome.Reason,
		f.GotThrough, f.Unreadable, last.Request.Method, last.Request.Headers, answer)
}

// diagnose asks what the diagnosis wants to know.
func (d *doctor) diagnose(ctx context.Context, c *plan.Case, f audit.Failure) *report.Cause {
	f.Addresses = d.addresses(ctx, c)
	diagnosis := audit.NewDiagnosis(f)
	diagnosis.Limit = d.run.options.Diagnose
	for ask, more := diagnosis.Next(); more; ask, more = diagnosis.Next() {
		diagnosis.Receive(d.ask(ctx, c, ask))
	}
	cause, found := diagnosis.Cause()
	if !found || ctx.Err() != nil { // then some answers are missing
		return nil
	}
	return newCause(cause)
}

// ask sends what a diagnosis asks, in the way that the case was sent. It is empty where that may not be.
func (d *doctor) ask(ctx context.Context, c *plan.Case, ask audit.Ask) audit.Answer {
	variant := mayAsk(c)
	if !d.aim(&variant, &ask) || !plan.Sends(&variant, ask.Request) {
		return audit.Answer{Request: ask.Request}
	}
	rd := &round{c: &variant}
	key := flightKey{plan.Identity(&variant, ask.Request), ask.Fresh}
	f := d.run.lookouts.get(key, func(f *flight) {
		a := attempt{timeout: positive(c.Timeout, d.run.options.Timeout), fresh: ask.Fresh > 0}
		d.run.look(ctx, f, rd, ask.Request, a)
	})
	return newAuditExchange(ask.Request, f)
}

// mayAsk is the case with leave to send what changes nothing: a policy's case does without its request where nobody has
// said what to send.
func mayAsk(c *plan.Case) plan.Case {
	variant := *c
	if c.Kind != plan.KindScenario {
		variant.Send = spec.SendAuto
	}
	return variant
}

// aim turns a case towards the target and the protocol of an ask.
func (d *doctor) aim(c *plan.Case, ask *audit.Ask) bool {
	target := *c.Target
	if ask.Target != "" {
		other := d.targets[ask.Target]
		if other == nil {
			return false
		}
		path, below := strings.CutPrefix(ask.Request.URL, strings.TrimSuffix(target.URL, "/"))
		if !below {
			return false
		}
		ask.Request.URL = strings.TrimSuffix(other.URL, "/") + path
		target = *other
	}
	target.HTTP, target.Connect = or(ask.HTTP, target.HTTP), or(ask.Address, target.Connect)
	c.Target = &target
	return d.run.clients.add(target) == nil
}

func newCause(c audit.Cause) *report.Cause {
	out := &report.Cause{ID: c.ID, Message: c.Message, Evidence: []string{}}
	sentence, snippet := c.Advice()
	out.Remedy = sentence
	if snippet.Text != "" {
		out.Remedy += "\n" + snippet.Text
	}
	for _, e := range c.Evidence {
		out.Evidence = append(out.Evidence, e.Text())
	}
	return out
}
