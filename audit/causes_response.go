package audit

import (
	"fmt"
	"hash/fnv"
	"slices"
	"strconv"
	"strings"

	"github.com/corsgate/corsgate/cors"
)

func cacheKey(s string) string {
	h := fnv.New64a()
	h.Write([]byte(s))
	return strconv.FormatUint(h.Sum64(), 36)
}

// redirects suspects the hops behind the first answer.
func redirects(d *Diagnosis) *Cause {
	x, ok := d.failing()
	if !ok {
		return nil
	}
	if d.failure.Outcome.Reason == cors.ReasonRedirectContainsCredentials {
		return d.causeOf("redirect-with-credentials-in-url", "the redirect leads to an address with a user name or password in "+
			"it, which browsers refuse", d.evidence(Exchange{}, ""))
	}
	if x.Request.Hop == 0 {
		return nil
	}
	origin := requestHeader(x.Request, "Origin")
	message := fmt.Sprintf("the redirect's target %s does not allow the page", x.Request.URL)
	if origin == "null" && !d.failure.Fetch.Origin.Opaque() {
		message += "; behind a redirect from one foreign origin to another the browser names the origin null"
	}
	return d.causeOf("redirect-target-lacks-cors", message, d.evidence(Exchange{}, ""))
}

// errorsLackCORS suspects that only good answers carry the headers.
func errorsLackCORS(d *Diagnosis) *Cause {
	x, ok := d.failingResponse()
	if !ok || !isErrorStatus(x.Response) || hasAllowOrigin(x.Response) {
		return nil
	}
	good, known := d.goodAnswer()
	if !known || good.Response == nil {
		return nil
	}
	return d.causeOf("errors-lack-cors", fmt.Sprintf("the answer with status %d carries no Access-Control-Allow-Origin, while "+
		"good answers do: the page can't read what went wrong", x.Response.Status), d.evidence(good, "carries the headers"))
}

// goodAnswer is a 2xx answer with CORS headers for this origin: the preflight before the failure, or another page; empty
// when there is none.
func (d *Diagnosis) goodAnswer() (Exchange, bool) {
	for _, x := range d.failure.Exchanges {
		if x.Request.Kind == cors.KindPreflight && isOK(x.Response) && hasAllowOrigin(x.Response) {
			return x, true
		}
	}
	const enough = 3
	for i, url := range d.otherURLs() {
		if i == enough {
			break
		}
		f := d.failure.Fetch
		f.URL, f.Method, f.Body, f.Headers = url, "GET", nil, withoutHeaders(f.Headers, "content-type")
		t, known := d.try(f)
		if !known {
			return Exchange{}, false
		}
		if isOK(t.last.Response) && hasAllowOrigin(t.last.Response) {
			return t.last, true
		}
	}
	return d.preflightBeside()
}

// preflightBeside asks whether a preflight for the page passes where the failing fetch had none.
func (d *Diagnosis) preflightBeside() (Exchange, bool) {
	f := preflightOf(d.failure.Fetch)
	request, more := cors.NewFlow(d.failure.Engine, f, nil).Next()
	if !more || request.Kind != cors.KindPreflight {
		return Exchange{}, true
	}
	answer, known := d.ask(Ask{Request: request})
	if !known || !isOK(answer.Response) || !hasAllowOrigin(answer.Response) {
		return Exchange{}, known
	}
	return answer, true
}

func (d *Diagnosis) otherURLs() []string {
	var others []string
	for _, url := range d.failure.Intended.URLs {
		if url != d.failure.Fetch.URL && !slices.Contains(others, url) {
			others = append(others, url)
		}
	}
	return others
}

// responseLacksCORS suspects a server that handles preflights and forgets the request itself.
func responseLacksCORS(d *Diagnosis) *Cause {
	x, ok := d.failingResponse()
	if !ok || hasAllowOrigin(x.Response) {
		return nil
	}
	for _, before := range d.failure.Exchanges {
		if before.Request.Kind == cors.KindPreflight && hasAllowOrigin(before.Response) {
			return d.lacksCORS(x, before)
		}
	}
	preflight, known := d.preflightBeside()
	if !known || preflight.Response == nil {
		return nil
	}
	return d.lacksCORS(x, preflight)
}

func (d *Diagnosis) lacksCORS(x, preflight Exchange) *Cause {
	return d.causeOf("response-lacks-cors", fmt.Sprintf("the preflight passes, but the answer to the %s itself (status %d) "+
		"carries no Access-Control-Allow-Origin", x.Request.Method, x.Response.Status), d.evidence(preflight, "passes"))
}

// headerNotExposed suspects Access-Control-Expose-Headers.
func headerNotExposed(d *Diagnosis) *Cause {
	x, ok := d.failing()
	if !ok {
		return nil
	}
	for _, name := range d.failure.Unreadable {
		if v, present := value(x.Response, name); present {
			exposed, _ := value(x.Response, "Access-Control-Expose-Headers")
			cause := d.causeOf("header-not-exposed", fmt.Sprintf("%s is in the answer (%q), but Access-Control-Expose-Headers "+
				"is %q: the page can't read it", name, v, exposed), d.evidence(Exchange{}, ""))
			cause.Values.Header = name
			return cause
		}
	}
	return nil
}

// notConfigured is the cause that is left: nothing on this page answers any CORS request.
func notConfigured(d *Diagnosis) *Cause {
	x, ok := d.failing()
	if !ok || hasCORS(x.Response) {
		return nil
	}
	preflight, known := d.preflightBeside()
	if !known || preflight.Response != nil {
		return nil
	}
	elsewhere, known := d.corsElsewhere()
	if !known {
		return nil
	}
	message := "no answer carries a CORS header, whoever asks"
	if elsewhere.Response != nil {
		message = fmt.Sprintf("this path carries no CORS header, whoever asks; %s does", elsewhere.Request.URL)
	}
	return d.causeOf("cors-not-configured", message, d.evidence(elsewhere, "has CORS headers"))
}

// corsElsewhere asks another page of the file for the same origin.
func (d *Diagnosis) corsElsewhere() (Exchange, bool) {
	for i, url := range d.otherURLs() {
		if i == 1 {
			break
		}
		f := d.failure.Fetch
		f.URL, f.Method, f.Body, f.Headers = url, "GET", nil, nil
		t, known := d.try(f)
		if !known {
			return Exchange{}, false
		}
		if hasCORS(t.last.Response) {
			return t.last, true
		}
	}
	return Exchange{}, true
}

func listed(r *cors.Response, name string) string {
	v, ok := value(r, name)
	if !ok {
		return "absent"
	}
	return strconv.Quote(v)
}

func joinNames(names []string) string { return strings.Join(names, ", ") }
