package cors_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/corsgate/corsgate/cors"
)

// exception leaves recorded answers out of the comparison by a rule: what they show is an artefact of one build, or was
// decided otherwise on purpose.
type exception struct {
	name    string
	why     string
	engine  string // empty: all
	aspects []aspect
	applies func(c *recordedCase, r *recorded) bool
}

var exceptions = []exception{
	{
		name: "mixed content on a loopback host", engine: "webkit", aspects: aspects,
		why: "WebKit blocks an https page's request to http on this very machine; people stand a local server in for " +
			"production, so corsgate gives the CORS verdict and the finding mixed-content-loopback",
		applies: func(c *recordedCase, _ *recorded) bool {
			return topLevel(c).Scheme == "https" && isLoopbackHTTP(c.Request.URL)
		},
	},
	{
		name: "an empty method", aspects: aspects,
		why:     "fetch() throws; the language of corsgate has no way to write one, and an empty Fetch.Method means GET",
		applies: func(c *recordedCase, _ *recorded) bool { return c.Request.Method == "" },
	},
	{
		name: "a header line of 64 KiB", engine: "webkit", aspects: aspects,
		why:     "libsoup, the network layer of WebKitGTK, refuses the answer; Safari has another one",
		applies: func(c *recordedCase, _ *recorded) bool { return longestValue(c) > 60<<10 },
	},
	{
		name: "a space in the host of a redirect", engine: "chromium", aspects: []aspect{aspectWire},
		why:     "Chromium follows it to a host with %20, which the recording server could not log",
		applies: func(c *recordedCase, _ *recorded) bool { return strings.Contains(location(c), "exa mple") },
	},
	{
		name: "which of several refused headers is named", engine: "chromium", aspects: []aspect{aspectReason, aspectMessage},
		why: "Chromium looks through the request's headers in the order of its hash table; corsgate names the first in " +
			"alphabetical order",
		applies: func(c *recordedCase, r *recorded) bool {
			return strings.HasPrefix(r.CORSError, "HeaderDisallowedByPreflightResponse:") && severalUnsafeNames(r)
		},
	},
	{
		name: "the length of a data: URL", engine: "firefox", aspects: []aspect{aspectReadable},
		why:     "Firefox gives the response a Content-Length; no server is asked",
		applies: func(c *recordedCase, _ *recorded) bool { return strings.HasPrefix(c.Request.URL, "data:") },
	},
	{
		name: "the name of a null principal", engine: "firefox", aspects: []aspect{aspectMessage},
		why:     "Firefox names a random id instead of the origin null",
		applies: func(c *recordedCase, r *recorded) bool { return strings.Contains(r.Console, "moz-nullprincipal") },
	},
	{
		name: "words for targets that are not http", aspects: []aspect{aspectReason, aspectMessage},
		why: "the engines word it by scheme and mode in a dozen ways, or say nothing",
		applies: func(c *recordedCase, _ *recorded) bool {
			return !strings.HasPrefix(c.Request.URL, "http") || c.Group == "redirloc" && !strings.HasPrefix(location(c), "http")
		},
	},
}

func exceptionFor(engine string, c *recordedCase, r *recorded, a aspect) string {
	for _, x := range exceptions {
		if (x.engine == "" || x.engine == engine) && slices.Contains(x.aspects, a) && x.applies(c, r) {
			return x.name
		}
	}
	return ""
}

// checkExceptions bounds what may be left out, and fails for a rule that leaves nothing out any more.
func checkExceptions(t *testing.T, used map[string]int, excepted map[aspect]int, all int) {
	t.Helper()
	for _, x := range exceptions {
		if used[x.name] == 0 {
			t.Errorf("the exception %q matches nothing any more", x.name)
		}
	}
	for _, a := range aspects {
		limit := 0.02
		if a == aspectOutcome {
			limit = 0.005
		}
		if share := float64(excepted[a]) / float64(all); share > limit {
			t.Errorf("%s: %.2f %% of the answers are left out, more than %.1f %%", a, 100*share, 100*limit)
		}
	}
}

func topLevel(c *recordedCase) cors.Origin {
	if o, err := cors.ParseOrigin(c.PageOrigin); err == nil && !o.Opaque() {
		return o
	}
	return page
}

func isLoopbackHTTP(url string) bool {
	o, err := cors.URLOrigin(url)
	return err == nil && o.Scheme == "http" && o.Loopback()
}

func longestValue(c *recordedCase) (longest int) {
	for _, a := range []*answer{c.Plan.Preflight, c.Plan.Actual} {
		if a == nil {
			continue
		}
		for _, h := range a.Headers {
			longest = max(longest, len(h[1]))
		}
	}
	return longest
}

func location(c *recordedCase) string {
	for _, h := range c.Plan.Actual.Headers {
		if h[0] == "Location" {
			return h[1]
		}
	}
	return ""
}

func severalUnsafeNames(r *recorded) bool {
	return slices.ContainsFunc(r.Seen, func(s seenRequest) bool {
		return strings.Contains(s.Headers["Access-Control-Request-Headers"], ",")
	})
}
