package audit

import (
	"fmt"
	"slices"
	"strings"

	"github.com/corsgate/corsgate/cors"
)

// duplicateHeaders suspects a proxy and an application that both add the header.
func duplicateHeaders(d *Diagnosis) *Cause {
	x, ok := d.failing()
	if !ok {
		return nil
	}
	for _, name := range []string{"Access-Control-Allow-Origin", "Access-Control-Allow-Credentials"} {
		all := lines(x.Response.Headers, name)
		list := elements(x.Response, name)
		doubled := len(list) > 1 && len(slices.Compact(slices.Clone(list))) < len(list)
		if len(all) < 2 && !doubled || !d.blames(name) {
			continue
		}
		return d.causeOf("duplicate-cors-headers", fmt.Sprintf("%s stands there %d times (%s): a proxy and the application "+
			"both add it", name, max(len(all), len(list)), strings.Join(all, " and ")), d.evidence(Exchange{}, ""))
	}
	return nil
}

// blames reports whether the browser's reason lies in that header.
func (d *Diagnosis) blames(name string) bool {
	switch d.failure.Outcome.Reason {
	case cors.ReasonInvalidAllowCredentials:
		return name == "Access-Control-Allow-Credentials"
	case cors.ReasonMultipleAllowOriginValues, cors.ReasonAllowOriginMismatch, cors.ReasonInvalidAllowOriginValue,
		cors.ReasonWildcardOriginNotAllowed:
		return name == "Access-Control-Allow-Origin"
	}
	return false
}

// malformedOrigin suspects an Access-Control-Allow-Origin that is no origin.
func malformedOrigin(d *Diagnosis) *Cause {
	x, ok := d.failing()
	if !ok || !d.blames("Access-Control-Allow-Origin") {
		return nil
	}
	allowed, _ := value(x.Response, "Access-Control-Allow-Origin")
	problem := originProblem(allowed)
	if problem == "" {
		return nil
	}
	return d.causeOf("malformed-allow-origin", fmt.Sprintf("Access-Control-Allow-Origin is %q: %s", allowed, problem),
		d.evidence(Exchange{}, ""))
}

// originProblem says why a value is neither an origin, nor null, nor a wildcard; empty when it is one.
func originProblem(allowed string) string {
	if allowed == "*" {
		return ""
	}
	if strings.ContainsAny(allowed, ", ") {
		return "it is a list, and a browser takes one origin only"
	}
	if host := hostOf(allowed); strings.Contains(host, "*") {
		return "a browser knows no patterns, only one origin or *"
	}
	_, err := cors.ParseOrigin(allowed)
	problem, isOriginError := err.(*cors.OriginError)
	switch {
	case err == nil:
		return ""
	case allowed == "":
		return "it is empty"
	case isOriginError && problem.Want != "" && problem.Want != allowed:
		return problem.Problem + "; a browser compares it byte for byte with " + problem.Want
	case isOriginError:
		return problem.Problem
	}
	return err.Error()
}

// nodeDisagrees suspects one server of several: it repeats the failing request on connections of their own.
func nodeDisagrees(d *Diagnosis) *Cause {
	x, ok := d.failing()
	if !ok || !isSafe(x.Request.Method) {
		return nil
	}
	const repeats = 3
	for n := 1; n <= repeats; n++ {
		again, known := d.ask(Ask{Request: x.Request, Fresh: n})
		if !known {
			return nil
		}
		if again.Response == nil || sameCORS(*x.Response, *again.Response) {
			continue
		}
		where := ""
		if x.Remote != "" && again.Remote != "" && x.Remote != again.Remote {
			where = fmt.Sprintf(": %s fails, %s does not", x.Remote, again.Remote)
		}
		return d.causeOf("node-disagrees", "the same request on another connection is answered otherwise: not all servers "+
			"behind this name are configured alike"+where, d.evidence(again, "answers otherwise on another connection"))
	}
	return nil
}

func isSafe(method string) bool { return method == "GET" || method == "HEAD" || method == "OPTIONS" }

// sameCORS reports whether two answers mean the same to CORS: the kind of status and the CORS headers.
func sameCORS(a, b cors.Response) bool {
	return a.Status/100 == b.Status/100 && slices.Equal(corsLines(a.Headers), corsLines(b.Headers))
}

// corsLines are the CORS headers of an answer, sorted.
func corsLines(headers []cors.Header) []string {
	var all []string
	for _, h := range headers {
		if isCORSHeader(h.Name) {
			all = append(all, strings.ToLower(h.Name)+": "+h.Value)
		}
	}
	slices.Sort(all)
	return all
}

// protocolDiffers suspects that HTTP/1.1 and HTTP/2, or GET and HEAD, take different ways.
func protocolDiffers(d *Diagnosis) *Cause {
	x, ok := d.failing()
	if !ok || !isSafe(x.Request.Method) {
		return nil
	}
	other := "2"
	if strings.HasPrefix(x.Protocol, "HTTP/2") {
		other = "1.1"
	}
	if strings.HasPrefix(x.Request.URL, "https:") && x.Protocol != "" {
		answer, known := d.ask(Ask{Request: x.Request, HTTP: other})
		if !known {
			return nil
		}
		if answer.Response != nil && answer.Protocol != x.Protocol && d.passesInstead(*answer.Response) {
			return d.causeOf("protocol-differs", fmt.Sprintf("%s fails, while the same request over %s passes", x.Protocol,
				answer.Protocol), d.evidence(answer, "passes over "+answer.Protocol))
		}
	}
	return methodPairDiffers(d, x)
}

func methodPairDiffers(d *Diagnosis, x Exchange) *Cause {
	pair := map[string]string{"GET": "HEAD", "HEAD": "GET"}[x.Request.Method]
	if pair == "" {
		return nil
	}
	request := x.Request
	request.Method = pair
	answer, known := d.ask(Ask{Request: request})
	if !known || answer.Response == nil || !d.passesInstead(*answer.Response) {
		return nil
	}
	return d.causeOf("protocol-differs", fmt.Sprintf("%s fails, while %s of the same page passes", x.Request.Method, pair),
		d.evidence(answer, "passes with "+pair))
}

// passesInstead reports whether the browser would have been content with r in place of the failing answer.
func (d *Diagnosis) passesInstead(r cors.Response) bool {
	flow := cors.NewFlow(d.failure.Engine, d.failure.Fetch, nil)
	for i, x := range d.failure.Exchanges {
		if _, more := flow.Next(); !more || x.Response == nil {
			return false
		}
		if i == len(d.failure.Exchanges)-1 {
			flow.Receive(r)
			break
		}
		flow.Receive(*x.Response)
	}
	if _, more := flow.Next(); more {
		return true
	}
	return flow.Outcome().Verdict != cors.Blocked
}

// edgeDiffers suspects what stands between two ways to the same server.
func edgeDiffers(d *Diagnosis) *Cause {
	x, ok := d.failing()
	if !ok || !isSafe(x.Request.Method) {
		return nil
	}
	for _, target := range d.failure.Others {
		answer, known := d.ask(Ask{Request: x.Request, Target: target})
		if !known {
			return nil
		}
		if answer.Response == nil || !d.passesInstead(*answer.Response) {
			continue
		}
		if cause, known := originStripped(d, x, answer, target); cause != nil || !known {
			return cause
		}
		return d.causeOf("edge-differs", fmt.Sprintf("%s passes: on the way here %s", target,
			differenceOf(*x.Response, *answer.Response)), d.evidence(answer, "passes through "+target))
	}
	return nil
}

// originStripped suspects that Origin gets lost: what comes back here is what the other way answers without Origin.
func originStripped(d *Diagnosis, x, passes Exchange, target string) (cause *Cause, known bool) {
	bare := x.Request
	bare.Headers = withoutHeaders(bare.Headers, "origin")
	here, known := d.ask(Ask{Request: bare})
	if !known {
		return nil, false
	}
	there, known := d.ask(Ask{Request: bare, Target: target})
	if !known {
		return nil, false
	}
	if here.Response == nil || there.Response == nil || !alike(*x.Response, *here.Response) ||
		!alike(*x.Response, *there.Response) || onlyCORSDropped(*passes.Response, *x.Response) {
		return nil, true
	}
	return d.causeOf("origin-stripped", fmt.Sprintf("the answer is the same with and without Origin, and the same that %s "+
		"gives without Origin: the header gets lost on the way to the server", target),
		d.evidence(passes, "passes through "+target)), true
}

// alike reports whether two answers have the same status and the same header names.
func alike(a, b cors.Response) bool {
	return a.Status == b.Status && slices.Equal(namesOf(a, nil), namesOf(b, nil))
}

// onlyCORSDropped reports whether b is a without its CORS headers.
func onlyCORSDropped(a, b cors.Response) bool {
	return a.Status == b.Status && slices.Equal(namesOf(a, isCORSHeader), namesOf(b, isCORSHeader))
}

// namesOf are the header names of an answer, sorted, but for those that differ between any two servers.
func namesOf(r cors.Response, skip func(string) bool) []string {
	var names []string
	for _, h := range r.Headers {
		name := strings.ToLower(h.Name)
		switch name {
		case "date", "server", "via", "connection", "keep-alive", "age", "x-cache", "transfer-encoding", "content-length":
			continue
		}
		if skip == nil || !skip(name) {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// differenceOf says which CORS header was dropped, added or changed between the server and the failing answer.
func differenceOf(here, there cors.Response) string {
	for _, h := range append(slices.Clone(there.Headers), here.Headers...) {
		if !isCORSHeader(h.Name) && !strings.EqualFold(h.Name, "Vary") {
			continue
		}
		a, inHere := value(&here, h.Name)
		b, inThere := value(&there, h.Name)
		switch {
		case !inHere:
			return fmt.Sprintf("%s was dropped (it is %q there)", h.Name, b)
		case !inThere:
			return fmt.Sprintf("%s was added (%q)", h.Name, a)
		case a != b:
			return fmt.Sprintf("%s was changed from %q to %q", h.Name, b, a)
		}
	}
	return fmt.Sprintf("status %d became %d", there.Status, here.Status)
}

// cacheIgnoresOrigin suspects a cache that keeps one origin's answer for all: it asks for the page under fresh cache
// keys, with this origin first and with it after a request without.
func cacheIgnoresOrigin(d *Diagnosis) *Cause {
	x, ok := d.failingResponse()
	if !ok || x.Request.Method != "GET" {
		return nil
	}
	first, known := d.ask(Ask{Request: withKey(x.Request, "a")})
	if !known || first.Response == nil || !d.passesInstead(*first.Response) {
		return nil
	}
	without := withKey(x.Request, "b")
	without.Headers = withoutHeaders(without.Headers, "origin")
	if _, known := d.ask(Ask{Request: without}); !known {
		return nil
	}
	second, known := d.ask(Ask{Request: withKey(x.Request, "b")})
	if !known || second.Response == nil || d.passesInstead(*second.Response) {
		return nil
	}
	mark := cacheMark(second.Response)
	if mark == "" {
		mark = cacheMark(x.Response)
	}
	return d.causeOf("cache-ignores-origin", "a cache serves this origin what it kept for another: under a fresh address the "+
		"page passes, and fails there too once somebody else asked first"+mark,
		d.evidence(first, "passes under an address that no cache knows"))
}

// withKey makes an address of its own for caches, the same in each run for the same page.
func withKey(r cors.Request, key string) cors.Request {
	separator := "?"
	if strings.Contains(r.URL, "?") {
		separator = "&"
	}
	r.URL += separator + "corsgate=" + cacheKey(r.URL+requestHeader(r, "Origin")+key)
	return r
}

// cacheMark says what a cache wrote on an answer.
func cacheMark(r *cors.Response) string {
	for _, name := range []string{"Age", "X-Cache", "CF-Cache-Status", "X-Cache-Status", "X-Varnish"} {
		if v, ok := value(r, name); ok && v != "0" {
			return fmt.Sprintf(" (%s: %s)", name, v)
		}
	}
	return ""
}
