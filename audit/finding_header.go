package audit

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/corsgate/corsgate/cors"
)

// single are the CORS headers of which an answer has one line with one value.
var single = []string{"Access-Control-Allow-Origin", "Access-Control-Allow-Credentials"}

// standsTwice reports whether the header stands on several lines, or has one value several times.
func standsTwice(r *cors.Response, name string) bool {
	list := elements(r, name)
	slices.Sort(list)
	return len(lines(r.Headers, name)) > 1 || len(slices.Compact(slices.Clone(list))) < len(list)
}

func duplicated(_ *Observation, x *Exchange) string {
	for _, name := range single {
		if !standsTwice(x.Response, name) {
			continue
		}
		if all := lines(x.Response.Headers, name); len(all) > 1 {
			return fmt.Sprintf("%s comes on %d lines: %s", name, len(all), strings.Join(all, " and "))
		}
		joined, _ := value(x.Response, name)
		return fmt.Sprintf("%s has a value twice: %s", name, joined)
	}
	return ""
}

func malformedAllowOrigin(_ *Observation, x *Exchange) string {
	allowed, ok := value(x.Response, "Access-Control-Allow-Origin")
	if !ok || standsTwice(x.Response, "Access-Control-Allow-Origin") {
		return ""
	}
	if problem := originProblem(allowed); problem != "" {
		return fmt.Sprintf("Access-Control-Allow-Origin is \"%s\": %s", allowed, problem)
	}
	return ""
}

func malformedAllowCredentials(_ *Observation, x *Exchange) string {
	v, ok := value(x.Response, "Access-Control-Allow-Credentials")
	if !ok || v == "true" || standsTwice(x.Response, "Access-Control-Allow-Credentials") {
		return ""
	}
	return fmt.Sprintf("Access-Control-Allow-Credentials is \"%s\", and only true in lower case means anything", v)
}

// wildcardIsLiteral looks for a star in the lists of an answer that allows credentials.
func wildcardIsLiteral(_ *Observation, x *Exchange) string {
	if !allowsCredentials(x.Response) || !lets(x) {
		return ""
	}
	names := []string{"Access-Control-Expose-Headers"}
	if x.Request.Kind == cors.KindPreflight {
		names = []string{"Access-Control-Allow-Methods", "Access-Control-Allow-Headers"}
	}
	for _, name := range names {
		if slices.Contains(elements(x.Response, name), "*") {
			return fmt.Sprintf("credentials are allowed, and on a request with credentials the * in %s is only a name", name)
		}
	}
	return ""
}

func authorizationNotCovered(_ *Observation, x *Exchange) string {
	allowed := elements(x.Response, "Access-Control-Allow-Headers")
	asked := containsName(unsafeNames(x.Request), "authorization")
	if !asked || allowsCredentials(x.Response) || !slices.Contains(allowed, "*") || containsName(allowed, "Authorization") {
		return ""
	}
	return "Access-Control-Allow-Headers is *, which does not cover Authorization by the standard; today's browsers let it pass"
}

func preflightHeadersOnResponse(_ *Observation, x *Exchange) string {
	if x.Request.Method == "OPTIONS" {
		return ""
	}
	for _, name := range []string{"Access-Control-Allow-Methods", "Access-Control-Allow-Headers", "Access-Control-Max-Age"} {
		if v, ok := value(x.Response, name); ok {
			return fmt.Sprintf("the answer to the %s has %s: %s, which browsers read in preflights alone", x.Request.Method, name, v)
		}
	}
	return ""
}

func responseHeadersOnPreflight(_ *Observation, x *Exchange) string {
	if v, ok := value(x.Response, "Access-Control-Expose-Headers"); ok {
		return "the preflight's answer has Access-Control-Expose-Headers: " + v + ", which browsers read in the response alone"
	}
	return ""
}

func maxAgeMissing(_ *Observation, x *Exchange) string {
	if _, ok := value(x.Response, "Access-Control-Max-Age"); ok || !passed(x) {
		return ""
	}
	return "the preflight has no Access-Control-Max-Age, so that browsers ask again after 5 seconds"
}

// seconds returns the number in Access-Control-Max-Age; not ok when there is none, or no number.
func seconds(r *cors.Response) (n uint64, ok bool) {
	v, _ := value(r, "Access-Control-Max-Age")
	if v == "" || strings.Trim(v, "0123456789") != "" {
		return 0, false
	}
	n, err := strconv.ParseUint(v, 10, 64)
	if err != nil {
		n = 1<<64 - 1
	}
	return n, true
}

// maxAgeOverCap tells of a time that none of the case's browsers honours.
func maxAgeOverCap(o *Observation, x *Exchange) string {
	var longest time.Duration
	var caps []string
	for _, e := range o.Browsers {
		if e.MaxAgeCap == 0 {
			return ""
		}
		longest = max(longest, e.MaxAgeCap)
		caps = append(caps, fmt.Sprintf("%s %d", e.Name, int(e.MaxAgeCap.Seconds())))
	}
	n, ok := seconds(x.Response)
	if !ok || caps == nil || n <= uint64(longest.Seconds()) {
		return ""
	}
	v, _ := value(x.Response, "Access-Control-Max-Age")
	return fmt.Sprintf("Access-Control-Max-Age is %s, longer than any of the browsers keeps a preflight: %s seconds", v,
		strings.Join(caps, ", "))
}

func maxAgeMalformed(_ *Observation, x *Exchange) string {
	v, ok := value(x.Response, "Access-Control-Max-Age")
	if _, number := seconds(x.Response); !ok || number {
		return ""
	}
	return fmt.Sprintf("Access-Control-Max-Age is \"%s\" and not one number of seconds", v)
}

func exposesSetCookie(_ *Observation, x *Exchange) string {
	for _, name := range elements(x.Response, "Access-Control-Expose-Headers") {
		if strings.EqualFold(name, "Set-Cookie") || strings.EqualFold(name, "Set-Cookie2") {
			return "Access-Control-Expose-Headers names " + name + ", which no script can read"
		}
	}
	return ""
}

func safelistedNameListed(_ *Observation, x *Exchange) string {
	names := selected(elements(x.Response, "Access-Control-Expose-Headers"), func(name string) bool {
		return containsName(safelistedResponseNames, name)
	})
	if names == nil {
		return ""
	}
	return "Access-Control-Expose-Headers names what every script can read: " + joinNames(names)
}

func forbiddenNameListed(_ *Observation, x *Exchange) string {
	names := selected(elements(x.Response, "Access-Control-Allow-Headers"), func(name string) bool {
		return cors.ForbiddenRequestHeader(name, "")
	})
	if names == nil {
		return ""
	}
	return "Access-Control-Allow-Headers names what no script can set: " + joinNames(names)
}

// selected returns the names that are wanted; nil for none.
func selected(names []string, wanted func(string) bool) []string {
	var kept []string
	for _, name := range names {
		if wanted(name) {
			kept = append(kept, name)
		}
	}
	return kept
}

func preflightHasBody(_ *Observation, x *Exchange) string {
	if !passed(x) || len(x.Body) == 0 {
		return ""
	}
	kind, ok := value(x.Response, "Content-Type")
	if ok {
		kind = " of " + kind
	}
	return fmt.Sprintf("the preflight's answer, status %d, has a body%s that nobody reads", x.Response.Status, kind)
}
