package corpus

import (
	"fmt"
	"time"

	"github.com/corsgate/corsgate/cors"
)

// Page is the embedding page of the recordings' frames with an opaque origin.
func Page() cors.Origin { return cors.Origin{Scheme: "https", Host: "app.example.com"} }

// Start is when a replayed page makes its first fetch.
func Start() time.Time { return time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC) }

// Replayed is what the Flow made of a case.
type Replayed struct {
	Requests []cors.Request // of all its fetches
	Outcomes []cors.Outcome // of the fetch and of each later one
}

// maxExchanges is far beyond what any flow of a case sends.
const maxExchanges = 200

// Replay answers the flows of a case as the server answered the browsers. The error says that a flow does not end, or
// that the case is broken.
func (c *Case) Replay(e cors.Engine) (Replayed, error) {
	if !c.Request.IsByteString() {
		return Replayed{Outcomes: []cors.Outcome{{
			Verdict: cors.Blocked, Stage: cors.StageRequest, Reason: cors.ReasonInvalidHeader,
		}}}, nil
	}
	later := append([]Later{{Request: c.Request}}, c.Then...)
	var r Replayed
	cache := new(cors.Cache)
	for now, i := Start(), 0; i < len(later); i++ {
		fetch, err := c.fetch(later[i])
		if err != nil {
			return r, err
		}
		if i > 0 {
			now = now.Add(time.Duration(later[i].WaitMS)*time.Millisecond + 50*time.Millisecond)
		}
		fetch.Started = now
		if err := c.run(&r, cors.NewFlow(e, fetch, cache), now); err != nil {
			return r, err
		}
	}
	return r, nil
}

// Run answers the flow of one fetch.
func (c *Case) Run(e cors.Engine, f cors.Fetch) (Replayed, error) {
	var r Replayed
	err := c.run(&r, cors.NewFlow(e, f, nil), f.Started)
	return r, err
}

func (c *Case) run(r *Replayed, flow *cors.Flow, now time.Time) error {
	for request, ok := flow.Next(); ok; request, ok = flow.Next() {
		if r.Requests = append(r.Requests, request); len(r.Requests) > maxExchanges {
			return fmt.Errorf("%s: the flow does not end", c.ID)
		}
		response := c.Answer(request)
		response.Received = now
		flow.Receive(response)
	}
	r.Outcomes = append(r.Outcomes, flow.Outcome())
	return nil
}

// Fetch is the case's own fetch as the page's browser has it.
func (c *Case) Fetch() (cors.Fetch, error) { return c.fetch(Later{Request: c.Request}) }

func (c *Case) fetch(l Later) (cors.Fetch, error) {
	if l.PageOrigin == "" {
		l.PageOrigin = c.PageOrigin
	}
	origin, err := cors.ParseOrigin(l.PageOrigin)
	if err != nil {
		return cors.Fetch{}, fmt.Errorf("%s: %w", c.ID, err)
	}
	r := l.Request
	f := cors.Fetch{
		Origin: origin, Embedder: Page(), URL: r.URL, Method: r.Method, Headers: Headers(r.Headers), Body: r.Body,
		Mode: r.Mode, Credentials: r.Credentials, Redirect: r.Redirect, Started: Start(),
	}
	if c.Frame == "sandbox" {
		f.Unsandboxed = Page()
	}
	if c.CookiesSet {
		f.Cookies = cookies()
	}
	return f, nil
}

// cookies are those that the recordings' browsers held: the same two for each host.
func cookies() []cors.Cookie {
	var all []cors.Cookie
	for _, host := range Hosts() {
		all = append(all,
			cors.Cookie{Name: "sid", Value: "none", Host: host, Secure: true, SameSite: cors.SameSiteNone},
			cors.Cookie{Name: "lax", Value: "lax", Host: host, SameSite: cors.SameSiteLax})
	}
	return all
}

// Hosts are the hosts that the recordings' pages and servers have.
func Hosts() []string {
	return []string{
		"api.example.net", "api2.example.net", "api.example.com", "app.example.com", "sub.app.example.com",
		"localhost", "127.0.0.1", "[::1]", "xn--mnchen-3ya.example",
	}
}
