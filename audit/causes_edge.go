package audit

import (
	"fmt"
	"slices"
	"strings"

	"github.com/corsgate/corsgate/cors"
)

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
		stripped, known := d.originStripped(x, target)
		if !known {
			return nil
		}
		if stripped {
			return d.causeOf("origin-stripped", fmt.Sprintf("%s answers alike with and without Origin, as %s does when there is "+
				"none, and %s allows the page when it gets Origin: the header gets lost on the way", d.here(), target, target),
				d.evidence(answer, "passes through "+target))
		}
		return d.causeOf("edge-differs", fmt.Sprintf("the same request passes through %s and fails through %s: %s", target,
			d.here(), differenceOf(*x.Response, *answer.Response)), d.evidence(answer, "passes through "+target))
	}
	return nil
}

// here names the way that the case takes.
func (d *Diagnosis) here() string {
	if d.failure.Target == "" {
		return "this target"
	}
	return d.failure.Target
}

// originStripped reports whether Origin gets lost on the way: requests are answered as the other way answers them
// without Origin. An edge that drops headers of the answer looks the same but for preflights, which the server then
// still sees as such.
func (d *Diagnosis) originStripped(x Exchange, target string) (stripped, known bool) {
	if hasCORS(x.Response) {
		return false, true
	}
	like, known := d.answersLikeWithoutOrigin(x, target)
	if !known || !like || x.Request.Kind == cors.KindPreflight {
		return like, known
	}
	request, more := cors.NewFlow(d.failure.Engine, preflightOf(d.failure.Fetch), nil).Next()
	if !more || request.Kind != cors.KindPreflight {
		return true, true
	}
	preflight, known := d.ask(Ask{Request: request})
	if !known || preflight.Response == nil {
		return known, known
	}
	if hasCORS(preflight.Response) {
		return false, true
	}
	return d.answersLikeWithoutOrigin(preflight, target)
}

// answersLikeWithoutOrigin reports whether x is answered as the same request is without Origin, here and through target.
func (d *Diagnosis) answersLikeWithoutOrigin(x Exchange, target string) (like, known bool) {
	bare := x.Request
	bare.Headers = withoutHeaders(bare.Headers, "origin")
	for _, way := range []Ask{{Request: bare}, {Request: bare, Target: target}} {
		answer, known := d.ask(way)
		if !known {
			return false, false
		}
		if answer.Response == nil || !alike(*x.Response, *answer.Response) {
			return false, true
		}
	}
	return true, true
}

// alike reports whether two answers have the same status and the same header names.
func alike(a, b cors.Response) bool {
	return a.Status == b.Status && slices.Equal(namesOf(a), namesOf(b))
}

// namesOf are the header names of an answer, sorted, but for those that differ between any two servers.
func namesOf(r cors.Response) []string {
	var names []string
	for _, h := range r.Headers {
		name := strings.ToLower(h.Name)
		switch name {
		case "date", "server", "via", "connection", "keep-alive", "age", "x-cache", "x-varnish", "cf-ray", "transfer-encoding",
			"content-length", "vary", "etag", "last-modified", "accept-ranges":
			continue
		}
		names = append(names, name)
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// differenceOf says which headers were dropped, added or changed between the server and the failing answer.
func differenceOf(here, there cors.Response) string {
	var changes []string
	for _, name := range corsNames(there, here) {
		a, inHere := value(&here, name)
		b, inThere := value(&there, name)
		switch {
		case !inHere:
			changes = append(changes, fmt.Sprintf("%s is dropped (%q)", name, b))
		case !inThere:
			changes = append(changes, fmt.Sprintf("%s is added (%q)", name, a))
		case a != b:
			changes = append(changes, fmt.Sprintf("%s is changed from %q to %q", name, b, a))
		}
	}
	if here.Status != there.Status {
		changes = append(changes, fmt.Sprintf("status %d becomes %d", there.Status, here.Status))
	}
	return strings.Join(changes, ", ") + " on the way"
}

// corsNames are the names of the CORS headers of two answers, each once.
func corsNames(a, b cors.Response) []string {
	var names []string
	for _, h := range slices.Concat(a.Headers, b.Headers) {
		if isCORSHeader(h.Name) && !containsName(names, h.Name) {
			names = append(names, h.Name)
		}
	}
	return names
}
