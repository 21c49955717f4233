package cli

import (
	"bufio"
	"encoding/json"

	"github.com/corsgate/corsgate/cors"
	"github.com/corsgate/corsgate/internal/plan"
	"github.com/corsgate/corsgate/report"
)

// planJSON is the answer of corsgate plan --json.
type planJSON struct {
	Version int        `json:"version"`
	Summary planCount  `json:"summary"`
	Cases   []planCase `json:"cases"`
}

type planCount struct {
	Cases     int `json:"cases"`
	Exchanges int `json:"exchanges"` // if every preflight passes, without what redirects lead to
}

// planCase has the names of report.Case where it has the same things.
type planCase struct {
	ID        string         `json:"id"`
	Name      string         `json:"name"`
	Scenario  string         `json:"scenario"`
	File      string         `json:"file"`
	Line      int            `json:"line"`
	Target    string         `json:"target"`
	Tags      []string       `json:"tags"`
	Kind      plan.Kind      `json:"kind"`
	Probe     string         `json:"probe,omitempty"`
	Skip      string         `json:"skip,omitempty"`
	Browsers  []string       `json:"browsers"`
	Request   report.Request `json:"request"`
	Expect    []cors.Verdict `json:"expect"`
	Exchanges []planStep     `json:"exchanges"`
}

type planStep struct {
	Kind    cors.RequestKind   `json:"kind"`
	Request report.WireRequest `json:"request"`
	Engines []string           `json:"engines"`
	Sent    bool               `json:"sent"`
}

func (a *app) writePlanJSON(w *bufio.Writer, cases []plan.Case) error {
	count := exchangeCount{seen: map[plan.Key]bool{}}
	out := planJSON{Version: report.Version, Cases: make([]planCase, 0, len(cases))}
	for i := range cases {
		out.Cases = append(out.Cases, planned(&cases[i], &count))
	}
	out.Summary = planCount{len(cases), count.n}
	text, err := json.MarshalIndent(out, "", "  ")
	if err != nil {
		return err
	}
	w.WriteString(a.redactor.String(string(text)) + "\n")
	return nil
}

func planned(c *plan.Case, count *exchangeCount) planCase {
	out := planCase{
		ID: c.ID, Name: c.Name, Scenario: c.Scenario, File: c.File, Line: c.Line, Target: c.Target.Name,
		Tags: append([]string{}, c.Tags...), Kind: c.Kind, Probe: c.Probe, Skip: c.Skip, Expect: c.Expect.Outcome,
		Request: report.Request{
			Origin: c.Fetch.Origin.String(), URL: c.Fetch.URL, Method: c.Fetch.Method, Mode: string(c.Fetch.Mode),
			Credentials: string(c.Fetch.Credentials), Redirect: string(c.Fetch.Redirect), Headers: fields(c.Fetch.Headers),
		},
		Exchanges: []planStep{},
	}
	for _, e := range c.Browsers {
		out.Browsers = append(out.Browsers, e.Name)
	}
	if c.Skip != "" {
		return out
	}
	steps, _ := plan.Forecast(c)
	for _, s := range steps {
		count.add(c, s)
		out.Exchanges = append(out.Exchanges, planStep{
			Kind: s.Request.Kind, Engines: s.Engines, Sent: s.Sent,
			Request: report.WireRequest{Method: s.Request.Method, URL: s.Request.URL, Headers: fields(s.Request.Headers)},
		})
	}
	return out
}

func fields(headers []cors.Header) []report.Field {
	all := make([]report.Field, len(headers))
	for i, h := range headers {
		all[i] = report.Field{h.Name, h.Value}
	}
	return all
}
