package cors_test

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/corsgate/corsgate/cors"
	"github.com/corsgate/corsgate/internal/corpus"
)

// deviation tells one field of Engine to somebody who writes front ends. {} stands for the field's value.
type deviation struct{ field, says string }

// chapter is a part of docs/engines.md.
type chapter struct {
	title      string
	deviations []deviation
}

var chapters = []chapter{
	{"Which requests need a preflight", []deviation{
		{"SafelistedHints", "Setting one of the client hints {} to a valid value needs no preflight."},
		{"UnjudgedHeaders", "Setting {} needs no preflight."},
		{"IgnoredHeaders", "A script's {} is not sent; the browser's own is."},
		{"SingletonHeaders", "Of several lines of {} one alone is sent."},
		{"JudgesJoinedHeaders", "A header that a script appends several times is judged as one joined value: more than 128 bytes " +
			"in all, and there is a preflight."},
		{"NoSafelistTotal", "There is no limit of 1024 bytes on all safelisted headers together."},
		{"SafelistIsASCII", "A character beyond ASCII in `Accept` or `Content-Type` needs a preflight."},
		{"SafelistRefusesComma", "A comma anywhere in `Content-Type` needs a preflight."},
		{"LooseRange", "`Range` needs none with `Bytes=` in any case and with a plus sign."},
		{"RangeLimit", "`Range` needs one for numbers above {}."},
		{"RepeatsUnsafeNames", "A header set twice stands twice in `Access-Control-Request-Headers`."},
		{"ModeBeforePolicy", "`mode: \"same-origin\"` is judged before blocked ports and mixed content."},
	}},
	{"What is sent", []deviation{
		{"RewritesRange", "A GET's `Range` is rebuilt from its numbers before it is sent."},
		{"GoneAfterRedirect", "A redirect removes {} that a script has set, but for one to the page's own origin."},
		{"SendsUTF8", "Characters beyond ASCII in a header value are sent as UTF-8 instead of Latin-1."},
	}},
	{"How answers are judged", []deviation{
		{"WildcardCoversAuthorization", "`Access-Control-Allow-Headers: *` covers `Authorization` when there are no credentials."},
		{"CredentialsSkipEmptyLines", "An empty line of `Access-Control-Allow-Credentials` beside `true` does no harm."},
		{"SuspectHeaders", "Lines of {} that differ make any answer an error, a preflight's too."},
		{"TrimsHeaderNames", "A space between a response header's name and its colon does no harm."},
		{"PreflightOrder", "What is looked at first in a preflight's answer, and so named as the reason: {}."},
		{"MethodsBeforeHeaders", "The method is judged before the list of headers is even read."},
		{"CommonHeadersFirst", "Of several refused headers a common one is named first, then the script's order counts."},
		{"OriginProblems", "An `Access-Control-Allow-Origin` that is not the page's origin is called {}."},
	}},
	{"Redirects", []deviation{
		{"BadLocationFirst", "A redirect to what is no URL is refused before its CORS headers are looked at."},
		{"MixedContentFirst", "A redirect from https to http is blocked before its CORS headers are looked at."},
		{"StickyPreflight", "After one preflight, or with an unsafe header, every later hop has one, though a redirect turned the " +
			"request into a plain GET."},
		{"PreflightBeforeMixed", "A redirect from https to http gets its preflight before it is blocked."},
		{"PreflightListsGoneHeaders", "That preflight still lists headers which the redirect removed, `Authorization` among them."},
		{"PreflightKeepsPageOrigin", "A preflight after redirects names the page's own origin, while the request after it says " +
			"`null`: a server has to allow both."},
		{"PreflightPassesAtHome", "A preflight to the page's own origin passes without `Access-Control-Allow-Origin`."},
		{"PreflightSiteIsOrigin", "`Sec-Fetch-Site` of a preflight is `cross-site` once the origin is `null`."},
		{"PreflightAlwaysHasMode", "A preflight carries `Sec-Fetch-Mode` also to plain http."},
		{"NoMetadataAfterRedirect", "The request right after a cross-origin redirect has no `Sec-Fetch-*` headers."},
		{"RefusesUserinfoInNoCORS", "A `Location` with a user name is blocked in `no-cors` too."},
		{"OriginOutlivesMethod", "A POST that a redirect within one origin turned into a GET keeps its `Origin`."},
		{"NoCORSOriginEnds", "In mode `no-cors` the `Origin` of a POST is `null` from the first cross-origin redirect on."},
		{"EmptyLocation", "An empty `Location` {}."},
		{"SpaceInHost", "A space in the host of a `Location` is taken as %20."},
		{"CrossOriginDeleteBecomes", "A DELETE that is redirected to another origin becomes a {}, with 307 and 308 too."},
		{"RedirectCheckIncludes", "A redirect back from another origin must allow credentials when the first request, to the page's " +
			"own origin, carried some."},
	}},
	{"Cookies of the same site", []deviation{
		{"CookiesIgnoreScheme", "http and https are one site: Lax and Strict cookies go from http pages to https."},
		{"CookiesIgnoreSandbox", "A sandboxed frame is of the site of its URL."},
		{"CookiesForgetHops", "After a redirect through another site they go along again."},
		{"CookiesToTopLevelHost", "They always go to the very host of the page."},
	}},
	{"The preflight cache", []deviation{
		{"MaxAgeCap", "An answer is kept {} at most, whatever `Access-Control-Max-Age` says."},
		{"MalformedMaxAge", "With an `Access-Control-Max-Age` that is no number it is kept {}."},
		{"HugeMaxAgeIsMalformed", "A number beyond 64 bits is no number."},
		{"EmptyMaxAgeIsDefault", "An empty `Access-Control-Max-Age` is as good as none."},
		{"CacheHoldsOneAnswer", "There is one answer for an origin and URL: a new preflight replaces it."},
		{"CacheKeepsCredentialsApart", "An answer given with credentials does not serve requests without."},
		{"CacheIgnoresWildcard", "A `*` in the lists never saves a later preflight."},
		{"CacheWildcardCoversAuthorization", "A `*` saves the preflight for `Authorization`."},
		{"CacheAsksForHEAD", "HEAD with an unsafe header is preflighted again unless the server listed HEAD."},
		{"CacheSkipsOpaqueOrigins", "Pages with the origin `null` are preflighted each time."},
		{"CacheOutlivesFailure", "The answer stays when the request after it fails."},
		{"CacheURLLimit", "Answers for URLs of {} bytes and more are not kept."},
	}},
	{"Around", []deviation{
		{"AboutBlankIsOpaque", "`fetch(\"about:blank\", {mode: \"no-cors\"})` succeeds."},
	}},
}

// TestTheDocumentationOfEnginesIsTheirData writes docs/engines.md from the engines, and demands a sentence for each
// field that an engine can have.
func TestTheDocumentationOfEnginesIsTheirData(t *testing.T) {
	golden(t, "../docs/engines.md", enginesPage(t))
	var told []string
	for _, c := range chapters {
		for _, d := range c.deviations {
			told = append(told, d.field)
		}
	}
	for i := range reflect.TypeFor[cors.Deviations]().NumField() {
		field := reflect.TypeFor[cors.Deviations]().Field(i)
		if field.IsExported() && !slices.Contains(told, field.Name) {
			t.Errorf("docs/engines.md has no sentence for %s", field.Name)
		}
	}
}

const enginesIntro = `# Where browsers differ

corsgate decides as the Fetch Standard says, with the deviations of three engines: Chromium (Chrome, Edge, Opera),
Firefox and WebKit (Safari). On nearly everything they agree: which origin values are accepted, the status of a
preflight, lists with a broken element, exposed headers, that preflights never carry cookies. Where they don't, a page can
work in one browser and fail in another, and ` + "`corsgate run`" + ` says so.

What a front-end developer should know:

- ` + "`Access-Control-Allow-Headers: *`" + ` covers ` + "`Authorization`" + ` in all three today, against the standard. Name it all the same.
- Redirects of requests that need a preflight are where browsers differ most. Call the final address instead.
- A bad preflight gets different reasons: Chromium and Firefox look at the origin first, WebKit at the status.
- Safari caches a preflight for ten minutes at most, Chrome for two hours, Firefox for a day.

This page is made from the data that corsgate decides by; the recordings are of Chromium 156, Firefox ESR 153 and
WebKitGTK 2.50.
`

func enginesPage(t *testing.T) string {
	var b strings.Builder
	b.WriteString(enginesIntro)
	for _, c := range chapters {
		fmt.Fprintf(&b, "\n## %s\n\n", c.title)
		b.WriteString("| what is otherwise than in the standard | Chromium | Firefox | WebKit |\n| --- | --- | --- | --- |\n")
		for _, d := range c.deviations {
			b.WriteString(d.rows())
		}
	}
	b.WriteString("\n## What is left out of the comparison\n\ncorsgate's decisions are held against 6,527 recorded fetches in each " +
		"engine. Not compared are headers that the\nlayers below fetch() set (`User-Agent`, `Accept-Encoding`, client hints of the " +
		"browser's own), `Referer`, and Chromium's\n`Sec-Fetch-Storage-Access`, which corsgate does not send: one request serves " +
		"all three engines.\n\nThese answers are left out, by rule:\n\n| rule | engine | why | answers |\n| --- | --- | --- | --- |\n")
	counts := exceptionCounts(t)
	for _, x := range corpus.Exceptions() {
		engine := x.Engine
		if engine == "" {
			engine = "all"
		}
		fmt.Fprintf(&b, "| %s | %s | %s | %d |\n", x.Name, engine, x.Why, counts[x.Name])
	}
	return b.String()
}

// rows are the lines of a table for one field: one for each value that an engine has and the standard has not.
func (d deviation) rows() string {
	engines := cors.Engines()
	var b strings.Builder
	var done []string
	for _, e := range engines[1:] {
		text := d.text(e)
		if text == d.text(engines[0]) || slices.Contains(done, text) {
			continue
		}
		done = append(done, text)
		b.WriteString("| " + strings.ReplaceAll(d.says, "{}", text) + " |")
		for _, other := range engines[1:] {
			if d.text(other) == text {
				b.WriteString(" yes")
			}
			b.WriteString(" |")
		}
		b.WriteString("\n")
	}
	return b.String()
}

// text is the field's value as a sentence has it; engines with the same text do the same.
func (d deviation) text(e cors.Engine) string {
	value := reflect.ValueOf(*e.Deviations).FieldByName(d.field)
	switch v := value.Interface().(type) {
	case bool:
		return map[bool]string{true: "yes"}[v]
	case string:
		return v
	case time.Duration:
		if v == 0 {
			return "not at all"
		}
		return durationText(v)
	case []string:
		return strings.Join(quoted(v), ", ")
	case map[string]cors.Hint:
		var names []string
		for name := range v {
			names = append(names, name)
		}
		slices.Sort(names)
		return strings.Join(quoted(names), ", ")
	case []cors.PreflightCheck:
		return checksText(v)
	case cors.OriginProblems:
		return problemsText(v)
	case cors.EmptyTarget:
		return []string{"leads to the same URL", "is none: the redirect itself is the answer", "is an error"}[v]
	}
	return fmt.Sprint(value.Interface())
}

func durationText(d time.Duration) string {
	if d >= time.Hour {
		return fmt.Sprintf("%g hours", d.Hours())
	}
	return fmt.Sprintf("%g minutes", d.Minutes())
}

func quoted(names []string) []string {
	quoted := make([]string, len(names))
	for i, name := range names {
		quoted[i] = "`" + name + "`"
	}
	return quoted
}

func checksText(order []cors.PreflightCheck) string {
	var words []string
	for _, check := range order {
		words = append(words, []string{"the origin", "whether it is a redirect", "the status"}[check])
	}
	return strings.Join(words, ", then ")
}

func problemsText(p cors.OriginProblems) string {
	multiple := "a list only when it stands on two lines"
	if p.Multiple != "" {
		multiple = fmt.Sprintf("a list when it has one of the characters %q", p.Multiple)
	}
	if p.Invalid {
		return multiple + ", invalid when it is not a URL, else a mismatch"
	}
	return multiple + ", else a mismatch"
}

func exceptionCounts(t *testing.T) map[string]int {
	t.Helper()
	counts := map[string]int{}
	cases := recordedCases(t)
	for _, e := range cors.Engines()[1:] {
		results, err := corpus.Results(e.Name)
		if err != nil {
			t.Fatal(err)
		}
		for i := range cases {
			c := &cases[i]
			rules := map[string]bool{}
			for _, d := range corpus.Compare(e, results[c.ID], replay(t, c, e)) {
				rules[corpus.ExceptionFor(e.Name, c, results[c.ID], d.Aspect)] = true
			}
			for rule := range rules {
				counts[rule]++
			}
		}
	}
	return counts
}
