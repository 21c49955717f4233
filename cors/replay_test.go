package cors_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/corsgate/corsgate/cors"
)

// replayed is what the Flow made of a recorded case.
type replayed struct {
	requests []cors.Request
	outcomes []cors.Outcome // of the fetch and of each later one
}

const maxExchanges = 200

// replay answers the flows of a case as the recording's server answered the browsers.
func replay(t testing.TB, c *recordedCase, e cors.Engine) replayed {
	t.Helper()
	var r replayed
	cache := new(cors.Cache)
	now := recordingStart
	run := func(f cors.Fetch) {
		f.Started = now
		flow := cors.NewFlow(e, f, cache)
		for request, ok := flow.Next(); ok; request, ok = flow.Next() {
			if r.requests = append(r.requests, request); len(r.requests) > maxExchanges {
				t.Fatalf("%s: the flow does not end", c.ID)
			}
			response := c.Plan.answer(request)
			response.Received = now
			flow.Receive(response)
		}
		r.outcomes = append(r.outcomes, flow.Outcome())
	}
	if !c.Request.isByteString() {
		return replayed{outcomes: []cors.Outcome{{
			Verdict: cors.Blocked, Stage: cors.StageRequest, Reason: cors.ReasonInvalidHeader,
		}}}
	}
	run(c.fetch(t, c.Request, c.PageOrigin))
	for _, then := range c.Then {
		now = now.Add(time.Duration(then.WaitMS)*time.Millisecond + 50*time.Millisecond)
		origin := then.PageOrigin
		if origin == "" {
			origin = c.PageOrigin
		}
		run(c.fetch(t, then.Request, origin))
	}
	return r
}

// outcomeOf is the recording's word for an outcome: a Request constructor that throws is blocked at StageRequest.
func outcomeOf(o cors.Outcome) string {
	if o.Stage != cors.StageRequest {
		return string(o.Verdict)
	}
	switch o.Reason {
	case cors.ReasonForbiddenMethod, cors.ReasonInvalidMethod, cors.ReasonInvalidHeader, cors.ReasonInvalidURL,
		cors.ReasonURLCredentials, cors.ReasonBodyNotAllowed, cors.ReasonNoCORSMethod:
		return "throws-before-send"
	}
	return string(o.Verdict)
}

func readableOf(o cors.Outcome) []string {
	var names []string
	for _, h := range o.Readable {
		names = append(names, strings.ToLower(h.Name))
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// unrecorded are the headers that the recordings leave out, or that the network below fetch sets.
var unrecorded = []string{
	"accept-encoding", "cache-control", "connection", "content-length", "host", "pragma", "referer", "sec-ch-ua",
	"sec-ch-ua-platform", "sec-fetch-storage-access", "user-agent",
}

// defaultLanguages are what the browsers send as Accept-Language when a script sets none.
var defaultLanguages = []string{"en-US,en;q=0.9", "en-US,en;q=0.5", "en-US"}

// wire tells a request in one line: what the recordings hold of it.
func wire(kind, method, url string, headers []cors.Header, ownLanguage bool) string {
	var fields []string
	for _, h := range headers {
		name := strings.ToLower(h.Name)
		byBrowser := name == "accept-language" && !ownLanguage && slices.Contains(defaultLanguages, h.Value)
		if !slices.Contains(unrecorded, name) && !byBrowser {
			fields = append(fields, fmt.Sprintf("%s: %q", name, h.Value))
		}
	}
	slices.Sort(fields)
	return kind + " " + method + " " + url + "\n\t" + strings.Join(fields, "\n\t")
}

func wireOfBrowser(seen []seenRequest, ownLanguage bool) (lines []string) {
	for _, s := range seen {
		var headers []cors.Header
		for name, value := range s.Headers {
			headers = append(headers, cors.Header{Name: name, Value: bytesOf(value)})
		}
		lines = append(lines, wire(s.Kind, s.Method, s.URL, headers, ownLanguage))
	}
	return lines
}

func wireOfFlow(requests []cors.Request) (lines []string) {
	for _, r := range requests {
		kind := "actual"
		if r.Kind == cors.KindPreflight {
			kind = "preflight"
		}
		lines = append(lines, wire(kind, r.Method, r.URL, r.Headers, true))
	}
	return lines
}

// setsLanguage reports whether an Accept-Language of the script itself goes out.
func setsLanguage(got replayed) bool {
	for _, r := range got.requests {
		if slices.ContainsFunc(r.Headers, func(h cors.Header) bool { return strings.EqualFold(h.Name, "Accept-Language") }) {
			return true
		}
	}
	return false
}
