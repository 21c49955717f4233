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
		if len(all) < 2 && !doubled(list) || !d.blames(name) {
			continue
		}
		return d.causeOf("duplicate-cors-headers", fmt.Sprintf("%s comes %d times (%s), as when a proxy and the application "+
			"both add it", name, max(len(all), len(list)), strings.Join(all, " and ")), d.evidence(Exchange{}, ""))
	}
	return nil
}

// doubled reports whether a list has something twice, or a wildcard beside an origin: nobody writes that in one place.
func doubled(list []string) bool {
	sorted := slices.Sorted(slices.Values(list))
	return len(slices.Compact(sorted)) < len(list) || len(list) > 1 && slices.Contains(list, "*")
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
	return d.causeOf("malformed-allow-origin", fmt.Sprintf("Access-Control-Allow-Origin is %q: %s; a browser compares it "+
		"byte for byte with %s", allowed, problem, d.failure.Fetch.Origin), d.evidence(Exchange{}, ""))
}

// originProblem says why a value is neither an origin, nor null, nor a wildcard; empty when it is one.
func originProblem(allowed string) string {
	if allowed == "*" {
		return ""
	}
	if strings.ContainsAny(allowed, ", ") {
		return "it is a list where one origin must stand"
	}
	if host := hostOf(allowed); strings.Contains(host, "*") {
		return "it is a pattern where one origin, or * alone, must stand"
	}
	_, err := cors.ParseOrigin(allowed)
	problem, isOriginError := err.(*cors.OriginError)
	switch {
	case err == nil:
		return ""
	case allowed == "":
		return "it is empty"
	case strings.ToLower(allowed) != allowed:
		return "it has upper case"
	case isOriginError:
		return problem.Problem
	}
	return err.Error()
}
