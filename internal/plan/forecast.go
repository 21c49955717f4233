package plan

import (
	"slices"

	"github.com/corsgate/corsgate/cors"
)

// Step is an exchange that a case is to make.
type Step struct {
	Request cors.Request
	Engines []string // the case's browsers that make it
	Sent    bool     // false: c.Send holds it back
}

// Forecast returns the exchanges of c as far as they are known before anything is sent: what each browser sends first,
// and after a preflight, if that passes, the request itself. What a redirect would lead to is not known. When no
// browser sends anything, refused says why the first of them does not.
func Forecast(c *Case) (steps []Step, refused cors.Outcome) {
	var keys []Key
	for _, e := range c.Browsers {
		flow := cors.NewFlow(e, c.Fetch, nil)
		for request, ok := flow.Next(); ok; request, ok = flow.Next() {
			key := Identity(c, request)
			i := slices.Index(keys, key)
			if i < 0 {
				i = len(keys)
				keys = append(keys, key)
				steps = append(steps, Step{Request: request, Sent: Sends(c, request)})
			}
			steps[i].Engines = append(steps[i].Engines, e.Name)
			if request.Kind != cors.KindPreflight {
				break
			}
			flow.Receive(passing(request))
		}
		if len(steps) == 0 && refused.Verdict == cors.Undecided {
			refused = flow.Outcome()
		}
	}
	if len(steps) > 0 {
		refused = cors.Outcome{}
	}
	return steps, refused
}

// passing is an answer that lets any preflight pass.
func passing(preflight cors.Request) cors.Response {
	r := cors.Response{Status: 204, Headers: []cors.Header{{Name: "Access-Control-Allow-Credentials", Value: "true"}}}
	answers := map[string]string{
		"Origin":                         "Access-Control-Allow-Origin",
		"Access-Control-Request-Method":  "Access-Control-Allow-Methods",
		"Access-Control-Request-Headers": "Access-Control-Allow-Headers",
	}
	for _, h := range preflight.Headers {
		if name, ok := answers[h.Name]; ok {
			r.Headers = append(r.Headers, cors.Header{Name: name, Value: h.Value})
		}
	}
	return r
}
