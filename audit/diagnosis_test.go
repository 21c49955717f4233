package audit_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/corsgate/corsgate/audit"
	"github.com/corsgate/corsgate/cors"
)

// server answers a request: one way to be wrong.
type server func(audit.Ask) audit.Answer

const (
	app   = "https://app.example.com"
	admin = "https://admin.example.com"
	api   = "https://api.example.net/users/1"
)

func field(r cors.Request, name string) string {
	for _, h := range r.Headers {
		if strings.EqualFold(h.Name, name) {
			return h.Value
		}
	}
	return ""
}

func reply(status int, headers ...string) audit.Answer {
	r := &cors.Response{Status: status}
	for _, h := range headers {
		name, value, _ := strings.Cut(h, ": ")
		r.Headers = append(r.Headers, cors.Header{Name: name, Value: value})
	}
	return audit.Answer{Response: r, Protocol: "HTTP/1.1"}
}

// config is a server that is right for its allow-list; a test bends what it says.
type config struct {
	origins, methods, headers []string
	credentials               bool
}

var right = config{
	origins: []string{app, admin}, methods: []string{"PUT", "PATCH"}, headers: []string{"content-type", "authorization"},
	credentials: true,
}

func contains(list []string, item string) bool {
	for _, x := range list {
		if strings.EqualFold(x, item) {
			return true
		}
	}
	return false
}

func (c config) answer(a audit.Ask) audit.Answer {
	origin := field(a.Request, "Origin")
	headers := []string{"Vary: Origin"}
	if contains(c.origins, origin) {
		headers = append(headers, "Access-Control-Allow-Origin: "+origin)
		if c.credentials {
			headers = append(headers, "Access-Control-Allow-Credentials: true")
		}
	}
	if a.Request.Method != "OPTIONS" {
		return reply(200, headers...)
	}
	return reply(204, append(headers, "Access-Control-Allow-Methods: "+strings.Join(c.methods, ", "),
		"Access-Control-Allow-Headers: "+strings.Join(c.headers, ", "))...)
}

// strict omits everything when a part of a preflight is refused.
func (c config) strict(a audit.Ask) audit.Answer {
	if a.Request.Method != "OPTIONS" {
		return c.answer(a)
	}
	method := field(a.Request, "Access-Control-Request-Method")
	refused := !contains(c.origins, field(a.Request, "Origin")) || !cors.SafelistedMethod(method) && !contains(c.methods, method)
	for name := range strings.SplitSeq(field(a.Request, "Access-Control-Request-Headers"), ",") {
		refused = refused || name != "" && !contains(c.headers, name)
	}
	if refused {
		return reply(403, "Vary: Origin, Access-Control-Request-Method, Access-Control-Request-Headers")
	}
	return c.answer(a)
}

func origin(t testing.TB, s string) cors.Origin {
	t.Helper()
	o, err := cors.ParseOrigin(s)
	if err != nil {
		t.Fatal(err)
	}
	return o
}

// diagnose runs a fetch against a server as the executor would, then its diagnosis.
func diagnose(t testing.TB, f cors.Fetch, intended audit.Intended, others []string, serve server) (audit.Cause, int) {
	t.Helper()
	flow := cors.NewFlow(cors.Chromium, f, nil)
	failure := audit.Failure{
		Fetch: f, Engine: cors.Chromium, Intended: intended, Others: others,
	}
	for request, more := flow.Next(); more; request, more = flow.Next() {
		if request.Method != "OPTIONS" && request.Method != "GET" && request.Method != "HEAD" {
			flow.Stop()
			break
		}
		x := serve(audit.Ask{Request: request})
		x.Request = request
		failure.Exchanges = append(failure.Exchanges, x)
		if x.Response == nil {
			break
		}
		flow.Receive(*x.Response)
	}
	failure.Outcome = flow.Outcome()
	d := audit.NewDiagnosis(failure)
	asked := 0
	for ask, more := d.Next(); more; ask, more = d.Next() {
		if asked++; asked > audit.MaxAsks {
			t.Fatal("the diagnosis asks too much")
		}
		if m := ask.Request.Method; m != "OPTIONS" && m != "GET" && m != "HEAD" || ask.Request.Body != nil {
			t.Fatalf("the diagnosis asks with %s", m)
		}
		x := serve(ask)
		x.Request = ask.Request
		d.Receive(x)
	}
	cause, _ := d.Cause()
	return cause, asked
}

func TestARefusedHeaderIsFoundAmongMany(t *testing.T) {
	f := cors.Fetch{Origin: origin(t, app), URL: api, Method: "PUT"}
	server := right
	for _, name := range []string{"a", "b", "c", "d", "e", "f", "g", "h"} {
		f.Headers = append(f.Headers, cors.Header{Name: "X-" + name, Value: "1"})
		if name != "f" {
			server.headers = append(slices.Clip(server.headers), "x-"+name)
		}
	}
	cause, asked := diagnose(t, f, audit.Intended{}, nil, server.strict)
	if cause.ID != "header-not-allowed" || cause.Values.Header != "x-f" {
		t.Errorf("%s for %q (%s) after %d requests", cause.ID, cause.Values.Header, cause.Message, asked)
	}
}

func TestADiagnosisEndsWhereNothingIsAnswered(t *testing.T) {
	preflight := cors.Request{Kind: cors.KindPreflight, Method: "OPTIONS", URL: api}
	failing := reply(403)
	failing.Request = preflight
	d := audit.NewDiagnosis(audit.Failure{
		Fetch: cors.Fetch{Origin: origin(t, app), URL: api, Method: "PUT"}, Engine: cors.Chromium,
		Outcome: cors.Outcome{
			Verdict: cors.Blocked, Reason: cors.ReasonPreflightInvalidStatus, Stage: cors.StagePreflight,
		},
		Exchanges: []audit.Exchange{failing},
	})
	asked := 0
	for ask, more := d.Next(); more; ask, more = d.Next() {
		asked++
		d.Receive(audit.Answer{Request: ask.Request, Error: "timeout"})
	}
	if cause, found := d.Cause(); asked != 2 || found {
		t.Errorf("%d requests, cause %+v", asked, cause)
	}
}

func TestALimitLowersWhatIsAsked(t *testing.T) {
	f := cors.Fetch{Origin: origin(t, app), URL: api}
	flow := cors.NewFlow(cors.Chromium, f, nil)
	request, _ := flow.Next()
	failing := reply(200)
	failing.Request = request
	flow.Receive(*failing.Response)
	for limit := 1; limit <= audit.MaxAsks; limit++ {
		d := audit.NewDiagnosis(audit.Failure{
			Fetch: f, Engine: cors.Chromium, Outcome: flow.Outcome(), Exchanges: []audit.Exchange{failing},
		})
		d.Limit = limit
		asked := 0
		for ask, more := d.Next(); more; ask, more = d.Next() {
			asked++
			d.Receive(audit.Answer{Request: ask.Request, Response: failing.Response})
		}
		if asked > limit {
			t.Errorf("%d requests with a limit of %d", asked, limit)
		}
	}
}
