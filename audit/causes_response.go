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
		return d.causeOf("redirect-with-credentials-in-url", fmt.Sprintf("the redirect (status %d) leads to an address with a "+
			"user name or password in it, which browsers refuse", x.Response.Status), d.evidence(Exchange{}, ""))
	}
	if x.Request.Hop == 0 {
		return nil
	}
	message := fmt.Sprintf("%s redirects to %s, whose answer to the %s (%s) does not allow %s", d.failure.Fetch.URL,
		x.Request.URL, requestWord(x.Request), originText(x), d.failure.Fetch.Origin)
	if requestHeader(x.Request, "Origin") == "null" && !d.failure.Fetch.Origin.Opaque() {
		message += "; behind a redirect from one foreign origin to another the browser sends Origin: null"
	}
	return d.causeOf("redirect-target-lacks-cors", message, d.evidence(d.redirect(x.Request.Hop), "passes, and leads there"))
}

// redirect is the answer that led to a hop.
func (d *Diagnosis) redirect(hop int) Exchange {
	for _, x := range d.failure.Exchanges {
		if x.Request.Kind == cors.KindRequest && x.Request.Hop == hop-1 {
			return x
		}
	}
	return Exchange{}
}

// errorsLackCORS suspects that only good answers carry the headers.
func errorsLackCORS(d *Diagnosis) *Cause {
	x, ok := d.failingResponse()
	if !ok || !isErrorStatus(x.Response) && !leadsToLogin(x) || hasAllowOrigin(x.Response) {
		return nil
	}
	good, known := d.goodAnswer(x)
	if !known || good.Response == nil {
		return nil
	}
	return d.causeOf("errors-lack-cors", fmt.Sprintf("the answer with status %d carries no Access-Control-Allow-Origin, while "+
		"others (status %d) do: the page can't see what went wrong", x.Response.Status, good.Response.Status),
		d.evidence(good, "carries the headers"))
}

// goodAnswer is an answer with CORS headers for this origin: to a request like the failing one, else to a preflight. It
// is empty when 2xx answers lack them too, or none has them.
func (d *Diagnosis) goodAnswer(x Exchange) (Exchange, bool) {
	const enough = 2
	like := d.goodRequests(x)
	for _, request := range like[:min(enough, len(like))] {
		answer, known := d.ask(Ask{Request: request})
		if !known {
			return Exchange{}, false
		}
		// A front page without CORS says nothing of an API below it.
		if hasAllowOrigin(answer.Response) || isOK(answer.Response) && pathOf(request.URL) != "/" {
			return withCORS(answer), true
		}
	}
	for _, before := range d.failure.Exchanges {
		if before.Request.Kind == cors.KindPreflight && isOK(before.Response) {
			return withCORS(before), true
		}
	}
	return d.preflightBeside()
}

// withCORS is x when its answer allows some origin.
func withCORS(x Exchange) Exchange {
	if !hasAllowOrigin(x.Response) {
		return Exchange{}
	}
	return x
}

// goodRequests are requests like the failing one that may be answered well, the likeliest first: with the credentials
// that others send, and for other pages.
func (d *Diagnosis) goodRequests(x Exchange) []cors.Request {
	var list []cors.Request
	request := x.Request
	if !isSafe(request.Method) {
		request.Method, request.Body = "GET", nil
		request.Headers = withoutHeaders(request.Headers, "content-type")
	}
	if with := d.withIntendedCredentials(request); with != nil && x.Response.Status != 404 {
		list = append(list, *with)
	}
	for _, url := range append(d.otherURLs(), parents(d.failure.Fetch.URL)...) {
		request.URL = url
		list = append(list, request)
	}
	return list
}

// withIntendedCredentials is a request with the Authorization that other pages of the file send; nil when it has one of
// its own or the file has none.
func (d *Diagnosis) withIntendedCredentials(r cors.Request) *cors.Request {
	if requestHeader(r, "Authorization") != "" || len(d.failure.Intended.Authorization) == 0 {
		return nil
	}
	with := withHeader(r, "Authorization", d.failure.Intended.Authorization[0])
	return &with
}

// parents are the addresses of the page above, and of the first of all.
func parents(url string) []string {
	url, _, _ = strings.Cut(url, "?")
	base, path := strings.TrimSuffix(url, pathAndQuery(url)), strings.TrimSuffix(pathAndQuery(url), "/")
	var list []string
	if i := strings.LastIndexByte(path, '/'); i > 0 {
		list = append(list, base+path[:i])
	}
	if path != "" {
		list = append(list, base+"/")
	}
	return list
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

// otherURLs are the intended addresses but for the failing one, those that begin like it first.
func (d *Diagnosis) otherURLs() []string {
	failing := d.failure.Fetch.URL
	var others []string
	for _, url := range d.failure.Intended.URLs {
		if url != failing && !slices.Contains(others, url) {
			others = append(others, url)
		}
	}
	slices.SortStableFunc(others, func(a, b string) int { return commonPrefix(b, failing) - commonPrefix(a, failing) })
	return others
}

func commonPrefix(a, b string) int {
	n := 0
	for n < min(len(a), len(b)) && a[n] == b[n] {
		n++
	}
	return n
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
	status := strconv.Itoa(x.Response.Status)
	if location, ok := value(x.Response, "Location"); ok && isRedirectStatus(x.Response) {
		status += " to " + location
	}
	return d.causeOf("response-lacks-cors", fmt.Sprintf("the preflight passes, but the answer to the %s itself (status %s) "+
		"carries no Access-Control-Allow-Origin", x.Request.Method, status), d.evidence(preflight, "passes"))
}

// headerNotExposed suspects Access-Control-Expose-Headers.
func headerNotExposed(d *Diagnosis) *Cause {
	x, ok := d.failing()
	if !ok {
		return nil
	}
	var hidden []string
	for _, name := range d.failure.Unreadable {
		_, present := value(x.Response, name)
		if present && len(lines(d.failure.Outcome.Readable, name)) == 0 {
			hidden = append(hidden, name)
		}
	}
	if hidden == nil {
		return nil
	}
	message := fmt.Sprintf("the page can't read %s: Access-Control-Expose-Headers is %s", joinNames(hidden),
		listed(x.Response, "Access-Control-Expose-Headers"))
	if slices.Contains(elements(x.Response, "Access-Control-Expose-Headers"), "*") {
		message += ", which stands for nothing when credentials go along"
	}
	cause := d.causeOf("header-not-exposed", message, []Evidence{{x, "carries " + joinNames(hidden) + ", and does not expose it"}})
	cause.Values.Header = joinNames(hidden)
	return cause
}

// notConfigured is the cause that is left: nothing on this page answers any CORS request.
func notConfigured(d *Diagnosis) *Cause {
	x, ok := d.refusedOrigin()
	if !ok || hasCORS(x.Response) {
		return nil
	}
	elsewhere, known := d.corsElsewhere()
	if !known {
		return nil
	}
	preflight, known := d.tryPreflight(preflightOf(d.failure.Fetch))
	if !known {
		return nil
	}
	message := "no answer carries a CORS header, neither to a preflight nor to the request itself"
	if preflight.last.Response == nil {
		message = "the answer carries no CORS header"
	}
	if location, _ := value(x.Response, "Location"); isRedirectStatus(x.Response) {
		message += fmt.Sprintf(", which is a redirect (status %d to %s)", x.Response.Status, location)
	}
	if elsewhere.Response != nil {
		message += fmt.Sprintf("; on %s they are there", elsewhere.Request.URL)
	}
	return d.causeOf("cors-not-configured", message, d.evidence(elsewhere, "has CORS headers"))
}

// corsElsewhere asks for the same origin where a redirect leads, or else for another page of the file.
func (d *Diagnosis) corsElsewhere() (Exchange, bool) {
	x, _ := d.failing()
	location, _ := value(x.Response, "Location")
	to := resolve(x.Request.URL, location)
	urls := d.otherURLs()
	if to != "" && hostOf(to) == hostOf(x.Request.URL) {
		urls = []string{to}
	}
	if len(urls) == 0 {
		return Exchange{}, true
	}
	f := d.failure.Fetch
	f.URL, f.Method, f.Body, f.Headers = urls[0], "GET", nil, nil
	t, known := d.try(f)
	if !known || !hasCORS(t.last.Response) {
		return Exchange{}, known
	}
	return t.last, true
}

func listed(r *cors.Response, name string) string {
	v, ok := value(r, name)
	if !ok {
		return "absent"
	}
	return strconv.Quote(v)
}

// said tells what a list holds, after what it leads to; nothing of an answer that a strict server left without CORS.
func said(r *cors.Response, name string) string {
	if !hasCORS(r) {
		return ""
	}
	return ": " + name + " is " + listed(r, name)
}

func joinNames(names []string) string { return strings.Join(names, ", ") }
