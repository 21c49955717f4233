package report

// rewriter changes the free texts of a Case. The words of our own vocabulary (statuses, reasons, stages, engines,
// rules, ids of the catalogue) are left alone: readers compare them.
type rewriter struct {
	author func(string) string // for what the file, the command line or corsgate itself says
	server func(string) string // for what may quote the server
}

// copy returns a deep copy of c with its texts rewritten. Its slices and its map are never nil.
func (r rewriter) copy(c *Case) *Case {
	d := *c
	d.ID, d.Name, d.Scenario = r.author(c.ID), r.author(c.Name), r.author(c.Scenario)
	d.File, d.Target, d.Skip = r.author(c.File), r.author(c.Target), r.author(c.Skip)
	d.Tags = each(c.Tags, r.author)
	d.Request.Origin, d.Request.URL = r.author(c.Request.Origin), r.author(c.Request.URL)
	d.Request.Method = r.author(c.Request.Method)
	d.Request.Headers = fields(c.Request.Headers, r.author)
	d.Engines = make(map[string]Verdict, len(c.Engines))
	for name, v := range c.Engines {
		v.Message = r.server(v.Message)
		d.Engines[name] = v
	}
	d.Browsers = each(c.Browsers, same)
	if c.Response != nil {
		d.Response = &Response{Status: c.Response.Status, Readable: each(c.Response.Readable, r.server)}
	}
	d.Exchanges = each(c.Exchanges, r.exchange)
	d.Mismatch = each(c.Mismatch, r.mismatch)
	d.Findings = each(c.Findings, r.finding)
	d.Cause = r.cause(c.Cause)
	d.Error = r.error(c.Error)
	return &d
}

func (r rewriter) exchange(x Exchange) Exchange {
	q := x.Request
	x.Request = WireRequest{r.author(q.Method), r.server(q.URL), fields(q.Headers, r.author), r.author(q.Body)}
	if p := x.Response; p != nil {
		x.Response = &WireResponse{r.server(p.Protocol), r.server(p.Remote), p.Status, fields(p.Headers, r.server)}
	}
	x.Engines = each(x.Engines, same)
	x.Error = r.error(x.Error)
	x.Note = r.server(x.Note)
	x.Identity = r.author(x.Identity)
	return x
}

func (r rewriter) mismatch(m Mismatch) Mismatch {
	return Mismatch{Field: r.author(m.Field), Want: r.author(m.Want), Got: r.server(m.Got), Message: r.server(m.Message)}
}

func (r rewriter) finding(f Finding) Finding {
	f.Message = r.server(f.Message)
	return f
}

func (r rewriter) cause(c *Cause) *Cause {
	if c == nil {
		return nil
	}
	return &Cause{c.ID, r.server(c.Message), r.server(c.Remedy), each(c.Evidence, r.server)}
}

func (r rewriter) error(e *Error) *Error {
	if e == nil {
		return nil
	}
	return &Error{Kind: e.Kind, Message: r.server(e.Message)}
}

func fields(list []Field, f func(string) string) []Field {
	return each(list, func(h Field) Field { return Field{f(h[0]), f(h[1])} })
}

// each returns f of every element, in a new slice that is not nil.
func each[T any](list []T, f func(T) T) []T {
	out := make([]T, len(list))
	for i, v := range list {
		out[i] = f(v)
	}
	return out
}

func same(s string) string { return s }
