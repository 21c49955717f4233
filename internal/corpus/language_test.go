package corpus_test

import (
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"github.com/corsgate/corsgate/audit"
	"github.com/corsgate/corsgate/cors"
	"github.com/corsgate/corsgate/internal/corpus"
)

// rule is why the language of files can't say a recorded case. A case falls under the first rule that applies.
type rule struct {
	cases   int // how many
	name    string
	mistake bool // the file is refused; else it would mean another fetch
	applies func(c *corpus.Case) bool
}

func rules() []rule {
	return []rule{
		{21, "a method that fetch() refuses is a mistake in a file", true, hasImpossibleMethod},
		{16, "a URL that is neither http(s) nor below a target is a mistake", true, func(c *corpus.Case) bool {
			return !strings.HasPrefix(c.Request.URL, "http://") && !strings.HasPrefix(c.Request.URL, "https://")
		}},
		{30, "a header's name that fetch() refuses is a mistake", true, anyHeader(func(name, _ string) bool {
			return !cors.ValidHeaderName(name)
		})},
		{180, "a header that browsers set themselves is a mistake, where they ignore it", true, anyHeader(forbidden)},
		{47, "a header's value with a control character, or one that is no byte, is a mistake", true, anyHeader(unwritable)},
		{4, "GET or HEAD with a body is a mistake", true, func(c *corpus.Case) bool {
			method := cors.NormalizeMethod(c.Request.Method)
			return c.Request.Body != nil && (method == "GET" || method == "HEAD")
		}},
		{85, "mode no-cors with another method or redirect mode than it has is a mistake", true, func(c *corpus.Case) bool {
			r := c.Request
			return r.Mode == cors.ModeNoCORS &&
				(!cors.SafelistedMethod(cors.NormalizeMethod(r.Method)) || r.Redirect != cors.RedirectFollow)
		}},
		{40, "cookies are SameSite=None and of the URL's host", false, func(c *corpus.Case) bool {
			return c.CookiesSet && means(c, func(f *cors.Fetch) { f.Cookies = languageCookies(f.URL) })
		}},
		{9, "the page around a null origin has no name", false, func(c *corpus.Case) bool {
			return means(c, func(f *cors.Fetch) { f.Embedder, f.Unsandboxed = cors.Origin{}, cors.Origin{} })
		}},
	}
}

func ruleFor(c *corpus.Case) *rule {
	for _, r := range rules() {
		if r.applies(c) {
			return &r
		}
	}
	return nil
}

func hasImpossibleMethod(c *corpus.Case) bool {
	return !cors.ValidHeaderName(c.Request.Method) || cors.ForbiddenMethod(c.Request.Method)
}

func anyHeader(bad func(name, value string) bool) func(*corpus.Case) bool {
	return func(c *corpus.Case) bool {
		return slices.ContainsFunc(c.Request.Headers, func(h [2]string) bool { return bad(h[0], h[1]) })
	}
}

func forbidden(name, value string) bool { return cors.ForbiddenRequestHeader(name, value) }

func unwritable(_, value string) bool {
	return strings.ContainsFunc(value, func(r rune) bool { return r > 0xFF || r != '\t' && r < ' ' || r == 0x7F })
}

// means reports whether a change to the recorded fetch changes what any engine sends or decides.
func means(c *corpus.Case, change func(*cors.Fetch)) bool {
	for _, e := range cors.Engines() {
		recorded, err := c.Fetch()
		if err != nil {
			return true
		}
		changed := recorded
		change(&changed)
		before, errBefore := c.Run(e, recorded)
		after, errAfter := c.Run(e, changed)
		if errBefore != nil || errAfter != nil || !reflect.DeepEqual(before, after) {
			return true
		}
	}
	return false
}

// languageCookies are what `cookies: {sid: none}` means.
func languageCookies(url string) []cors.Cookie {
	o, _ := cors.URLOrigin(url)
	return []cors.Cookie{{
		Name: "sid", Value: "none", Host: o.Host, Secure: o.Scheme == "https", SameSite: cors.SameSiteNone,
	}}
}

const anything = "[allowed, blocked, opaque, opaque-redirect]"

// scenario writes the case as a scenario that is named by its id. Where the engines agree, want says on what.
func scenario(c *corpus.Case, want []cors.Outcome) string {
	r := c.Request
	var b strings.Builder
	line := func(key, value string) { fmt.Fprintf(&b, "    %s: %s\n", key, value) }
	fmt.Fprintf(&b, "  - name: %s\n", c.ID)
	line("paths", quoted(r.URL))
	line("origins", quoted(c.PageOrigin))
	line("methods", quoted(r.Method))
	if len(r.Headers) > 0 {
		line("headers", headerSet(r.Headers))
	}
	if r.Body != nil {
		line("body", quoted(*r.Body))
	}
	if c.CookiesSet {
		line("cookies", "{sid: none}")
	}
	line("credentials", string(r.Credentials))
	line("mode", string(r.Mode))
	line("redirect", string(r.Redirect))
	line("expect", expectation(want))
	return b.String()
}

func expectation(want []cors.Outcome) string {
	for _, o := range want {
		if o.Verdict != want[0].Verdict || o.Reason != want[0].Reason || o.Stage != want[0].Stage {
			return anything
		}
	}
	switch o := want[0]; o.Verdict {
	case cors.Undecided:
		return anything
	case cors.Blocked:
		return fmt.Sprintf("{outcome: blocked, reason: %s, stage: %s}", o.Reason, o.Stage)
	default:
		return string(o.Verdict)
	}
}

// headerSet writes headers as a mapping; the lines of one name as a list.
func headerSet(headers [][2]string) string {
	var entries []string
	for i, h := range headers {
		same := func(o [2]string) bool { return strings.EqualFold(o[0], h[0]) }
		if slices.ContainsFunc(headers[:i], same) {
			continue
		}
		var values []string
		for _, o := range headers {
			if same(o) {
				values = append(values, quoted(o[1]))
			}
		}
		entries = append(entries, quoted(h[0])+": ["+strings.Join(values, ", ")+"]")
	}
	return "{" + strings.Join(entries, ", ") + "}"
}

// quoted writes a YAML string. Go's escapes are YAML's too; a dollar sign before a brace would begin a variable.
func quoted(s string) string { return strings.ReplaceAll(strconv.QuoteToASCII(s), "${", "$${") }

// file is a whole file of scenarios. Findings are off: some need further requests, and fail cases that are as expected.
func file(scenarios ...string) string {
	var off []string
	for _, r := range audit.Rules() {
		if r.Is(audit.KindFinding) {
			off = append(off, r.ID+": off")
		}
	}
	return "version: 1\nrules: {" + strings.Join(off, ", ") + "}\n" +
		"defaults: {send: always, repeat: 1, browsers: [standard, chromium, firefox, webkit]}\nscenarios:\n" +
		strings.Join(scenarios, "")
}
