package corpus

import (
	"slices"
	"strings"

	"github.com/corsgate/corsgate/cors"
)

// Exception leaves answers out of the comparison by a rule: what they show is an artefact of one build, or was decided
// otherwise on purpose.
type Exception struct {
	Name    string
	Why     string
	Engine  string // empty: all
	Aspects []Aspect
	applies func(c *Case, r *Result) bool
}

// Exceptions returns the rules, in the order in which they are tried.
func Exceptions() []Exception {
	return []Exception{
		{
			Name: "mixed content on a loopback host", Engine: "webkit", Aspects: Aspects(),
			Why: "WebKit blocks an https page's request to http on this very machine; people stand a local server in for " +
				"production, so corsgate gives the CORS verdict and the finding mixed-content-loopback",
			applies: func(c *Case, _ *Result) bool {
				return topLevel(c).Scheme == "https" && isLoopbackHTTP(c.Request.URL)
			},
		},
		{
			Name: "an empty method", Aspects: Aspects(),
			Why:     "fetch() throws; the language of corsgate has no way to write one, and an empty Fetch.Method means GET",
			applies: func(c *Case, _ *Result) bool { return c.Request.Method == "" },
		},
		{
			Name: "a header line of 64 KiB", Engine: "webkit", Aspects: Aspects(),
			Why:     "libsoup, the network layer of WebKitGTK, refuses the answer; Safari has another one",
			applies: func(c *Case, _ *Result) bool { return longestValue(c) > 60<<10 },
		},
		{
			Name: "a space in the host of a redirect", Engine: "chromium", Aspects: []Aspect{AspectWire},
			Why:     "Chromium follows it to a host with %20, which the recording server could not log",
			applies: func(c *Case, _ *Result) bool { return strings.Contains(location(c), "exa mple") },
		},
		{
			Name: "which of several refused headers is named", Engine: "chromium", Aspects: []Aspect{AspectReason, AspectMessage},
			Why: "Chromium looks through the request's headers in the order of its hash table; corsgate names the first in " +
				"alphabetical order",
			applies: func(c *Case, r *Result) bool {
				return strings.HasPrefix(r.CORSError, "HeaderDisallowedByPreflightResponse:") && severalUnsafeNames(r)
			},
		},
		{
			Name: "the length of a data: URL", Engine: "firefox", Aspects: []Aspect{AspectReadable},
			Why:     "Firefox gives the response a Content-Length; no server is asked",
			applies: func(c *Case, _ *Result) bool { return strings.HasPrefix(c.Request.URL, "data:") },
		},
		{
			Name: "the name of a null principal", Engine: "firefox", Aspects: []Aspect{AspectMessage},
			Why:     "Firefox names a random id instead of the origin null",
			applies: func(c *Case, r *Result) bool { return strings.Contains(r.Console, "moz-nullprincipal") },
		},
		{
			Name: "words for targets that are not http", Aspects: []Aspect{AspectReason, AspectMessage},
			Why: "the engines word it by scheme and mode in a dozen ways, or say nothing",
			applies: func(c *Case, _ *Result) bool {
				return !strings.HasPrefix(c.Request.URL, "http") || c.Group == "redirloc" && !strings.HasPrefix(location(c), "http")
			},
		},
	}
}

// ExceptionFor returns the name of the rule that leaves an aspect of a case out; empty: none does.
func ExceptionFor(engine string, c *Case, r *Result, a Aspect) string {
	for _, x := range Exceptions() {
		if (x.Engine == "" || x.Engine == engine) && slices.Contains(x.Aspects, a) && x.applies(c, r) {
			return x.Name
		}
	}
	return ""
}

func topLevel(c *Case) cors.Origin {
	if o, err := cors.ParseOrigin(c.PageOrigin); err == nil && !o.Opaque() {
		return o
	}
	return Page()
}

func isLoopbackHTTP(url string) bool {
	o, err := cors.URLOrigin(url)
	return err == nil && o.Scheme == "http" && o.Loopback()
}

func longestValue(c *Case) (longest int) {
	for _, a := range []*Answer{c.Plan.Preflight, c.Plan.Actual} {
		if a == nil {
			continue
		}
		for _, h := range a.Headers {
			longest = max(longest, len(h[1]))
		}
	}
	return longest
}

func location(c *Case) string {
	for _, h := range c.Plan.Actual.Headers {
		if h[0] == "Location" {
			return h[1]
		}
	}
	return ""
}

func severalUnsafeNames(r *Result) bool {
	return slices.ContainsFunc(r.Seen, func(s Seen) bool {
		return strings.Contains(s.Headers["Access-Control-Request-Headers"], ",")
	})
}
