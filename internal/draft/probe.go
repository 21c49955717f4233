package draft

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/corsgate/corsgate/audit"
	"github.com/corsgate/corsgate/cors"
	"github.com/corsgate/corsgate/report"
)

// stranger is an origin that nobody has on a list.
const stranger = "https://stranger.example"

// The names of the questions.
const (
	whoReads  = "who may read"
	whoWrites = "what may be written"
	whoSigns  = "who may sign in"
)

// Probe finds out what a server allows today. Its zero value is of no use; see NewProbe.
type Probe struct {
	target, path string
	origins      []string // to ask for
	own          bool     // the caller named them
}

// demo as a target is the demonstration API, on a loopback address.
const demo = "demo"

// NewProbe starts with the likely origins of a server's front ends, or with those that the caller knows.
func NewProbe(target, path string, origins []string) (*Probe, error) {
	p := &Probe{target: target, path: path, origins: origins, own: len(origins) > 0}
	for _, o := range origins {
		if _, err := cors.ParseOrigin(o); err != nil {
			return nil, fmt.Errorf("%s is no origin: %w", o, err)
		}
	}
	if p.own {
		return p, nil
	}
	api := cors.Origin{Scheme: "http", Host: "localhost"}
	if target != demo {
		var err error
		if api, err = cors.URLOrigin(target); err != nil {
			return nil, err
		}
	}
	p.origins = likely(api)
	return p, nil
}

// likely are the origins that front ends of an API often have.
func likely(api cors.Origin) []string {
	if api.Loopback() {
		return []string{
			"http://localhost:3000", "http://localhost:5173", "http://localhost:4200", "http://localhost:8080",
			"http://localhost", "http://127.0.0.1:3000", "https://app.example.com",
		}
	}
	domain := cors.RegistrableDomain(audit.PublicSuffixes, api.Host)
	if domain == "" {
		return []string{api.Scheme + "://" + api.Host, "http://localhost:3000", "https://app.example.com"}
	}
	var list []string
	for _, host := range []string{domain, "www." + domain, "app." + domain, "admin." + domain, "web." + domain} {
		if host != api.Host {
			list = append(list, "https://"+host)
		}
	}
	if rest, ok := strings.CutPrefix(api.Host, "api."); ok && rest != domain {
		list = append(list, "https://"+rest, "https://app."+rest)
	}
	return append(list, "http://localhost:3000")
}

// Origins is the file that asks who may read: GET requests only.
func (p *Probe) Origins() *File {
	ask := append(slices.Clone(p.origins), stranger, "null")
	return p.file(Scenario{Name: whoReads, Origins: ask, Credentials: []string{"omit", "include"}})
}

// Writes is the file that asks what an origin may do: preflights only.
func (p *Probe) Writes(origin, credentials string) *File {
	one := []string{origin}
	return p.file(
		Scenario{
			Name: whoWrites, Origins: one, Methods: []string{"POST", "PUT", "PATCH", "DELETE"},
			Headers: []cors.Header{jsonType}, Credentials: []string{credentials}, Never: true,
		},
		Scenario{
			Name: whoSigns, Origins: one, Headers: []cors.Header{authorization}, Credentials: []string{credentials}, Never: true,
		})
}

var (
	jsonType      = cors.Header{Name: "Content-Type", Value: "application/json"}
	authorization = cors.Header{Name: "Authorization", Value: "Bearer of-nobody"}
)

func (p *Probe) file(scenarios ...Scenario) *File {
	for i := range scenarios {
		scenarios[i].Paths, scenarios[i].Expect = []string{p.path}, "allowed"
	}
	return &File{Target: p.target, Scenarios: scenarios}
}

// Named returns the origins that the answers name and that were not asked for, which is asked for again: a server that
// always answers the same shows its front end.
func (p *Probe) Named(results []report.Case) []string {
	var found []string
	for _, c := range results {
		for _, x := range c.Exchanges {
			for _, value := range allowedOrigins(x) {
				o, err := cors.ParseOrigin(value)
				asked := slices.Contains(p.origins, value) || value == stranger || slices.Contains(found, value)
				if err == nil && !o.Opaque() && !asked {
					found = append(found, value)
				}
			}
		}
	}
	p.origins = append(p.origins, found...)
	return found
}

func allowedOrigins(x report.Exchange) []string {
	if x.Response == nil {
		return nil
	}
	var values []string
	for _, h := range x.Response.Headers {
		if strings.EqualFold(h[0], "Access-Control-Allow-Origin") {
			values = append(values, h[1])
		}
	}
	return values
}

// Readers is what the answers to Origins say.
type Readers struct {
	Origins     []string // who gets through, of those that were asked for
	Credentials string   // include, where all of them get through with credentials; else omit
	Everybody   bool     // a stranger does too
	Null        bool     // so does the opaque origin
}

// ErrUndecided says that there was no answer; its text is why.
type ErrUndecided struct{ Why string }

func (e *ErrUndecided) Error() string { return e.Why }

// Read evaluates the answers to Origins.
func (p *Probe) Read(results []report.Case) (Readers, error) {
	with, without := map[string]bool{}, map[string]bool{}
	for _, c := range results {
		if c.Status == report.Errored {
			return Readers{}, &ErrUndecided{c.Error.Message}
		}
		seen := without
		if c.Request.Credentials == "include" {
			seen = with
		}
		seen[c.Request.Origin] = c.Outcome == "allowed"
	}
	r := Readers{Credentials: "include"}
	through := with
	if !slices.ContainsFunc(p.origins, func(o string) bool { return with[o] }) {
		r.Credentials, through = "omit", without
	}
	for _, o := range p.origins {
		if through[o] {
			r.Origins = append(r.Origins, o)
		}
	}
	r.Everybody, r.Null = through[stranger], through["null"]
	if len(r.Origins) == 0 {
		return r, errors.New(p.nobody(results))
	}
	return r, nil
}

// nobody says why there is nothing to write.
func (p *Probe) nobody(results []report.Case) string {
	asked := strings.Join(p.origins, ", ")
	for _, c := range results {
		for _, x := range c.Exchanges {
			if values := allowedOrigins(x); len(values) > 0 {
				return fmt.Sprintf("the server sends Access-Control-Allow-Origin: %s, but none of these gets through: %s",
					values[0], asked)
			}
		}
	}
	return "no answer carries CORS headers: either none is configured for " + p.path +
		", or it is for other origins than " + asked
}
