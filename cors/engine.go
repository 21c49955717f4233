package cors

import (
	"math"
	"time"
)

// Engine is a browser, or the standard itself. The zero Engine follows the standard.
type Engine struct {
	Name        string // standard, chromium, firefox or webkit
	*Deviations        // nil: those of Standard. Never changed
}

// Deviations are where an engine leaves the Fetch Standard, as data on top of the one algorithm. Each field says what
// the engine does that the standard does not say.
type Deviations struct {
	console *console

	// Which request headers need a preflight, and how they are sent.

	SafelistedHints      map[string]Hint // client hints that need none when their value has the syntax; keys in lower case
	UnjudgedHeaders      []string        // need none, whatever their value; in lower case
	IgnoredHeaders       []string        // the script's value is not sent; in lower case
	SingletonHeaders     []string        // of several lines the last is sent, of Content-Type with a body the first; in lower case
	JudgesJoinedHeaders  bool            // lines of one name are joined before the 128-byte limit and the value are judged
	NoSafelistTotal      bool            // the 1024-byte limit on all safelisted values is not applied
	SafelistIsASCII      bool            // bytes from 0x80 up are unsafe in Accept and Content-Type
	SafelistRefusesComma bool            // a comma anywhere in Content-Type is unsafe
	LooseRange           bool            // Range takes its unit in any case and a plus sign
	RangeLimit           uint64          // Range numbers above it are unsafe; 0: none
	RewritesRange        bool            // a GET's Range is sent as rebuilt from its numbers
	GoneAfterRedirect    []string        // the script's headers that a redirect removes, but for one to the page's own origin
	SendsUTF8            bool            // bytes from 0x80 up in a script's header are sent as UTF-8
	RepeatsUnsafeNames   bool            // a header set twice stands twice in Access-Control-Request-Headers

	ModeBeforePolicy bool // mode same-origin is judged before bad ports and mixed content

	// How answers are judged.

	PreflightOrder              []PreflightCheck // the order of the checks, which decides the reason; nil: the standard's
	MethodsBeforeHeaders        bool             // the method is judged before Access-Control-Allow-Headers is parsed
	CommonHeadersFirst          []string         // offending headers are looked for in these, then in the script's order; nil: sorted
	OriginProblems              OriginProblems   // how an Access-Control-Allow-Origin that is not the origin is told apart
	WildcardCoversAuthorization bool             // `*` in Access-Control-Allow-Headers covers Authorization
	CredentialsSkipEmptyLines   bool             // empty lines of Access-Control-Allow-Credentials do not count
	SuspectHeaders              []string         // an answer whose lines of one of these differ is a network error
	TrimsHeaderNames            bool             // white space between a header's name and its colon is ignored

	// Redirects.

	MixedContentFirst         bool        // a redirect to mixed content is blocked before its CORS check
	BadLocationFirst          bool        // a Location that is no URL is refused before the CORS check
	StickyPreflight           bool        // once a preflight was needed, or a header unsafe, every later hop needs one
	PreflightBeforeMixed      bool        // a redirect to mixed content is blocked after its preflight, not before
	PreflightListsGoneHeaders bool        // headers that a redirect removed are still listed
	PreflightKeepsPageOrigin  bool        // a preflight after redirects names the page's origin, never null
	PreflightPassesAtHome     bool        // a preflight to the page's own origin is not checked for Allow-Origin
	PreflightSiteIsOrigin     bool        // Sec-Fetch-Site of a preflight is cross-site once the origin is null
	PreflightAlwaysHasMode    bool        // a preflight carries Sec-Fetch-Mode to every URL
	NoMetadataAfterRedirect   bool        // no Sec-Fetch-* on the request right after a cross-origin redirect
	OriginOutlivesMethod      bool        // a request that a redirect within one origin turned into GET keeps its Origin
	NoCORSOriginEnds          bool        // in mode no-cors the Origin is null from the first cross-origin redirect on
	RefusesUserinfoInNoCORS   bool        // a Location with credentials is blocked in mode no-cors too
	EmptyLocation             EmptyTarget // what an empty Location means
	SpaceInHost               bool        // a space in a URL's host is taken as %20
	CrossOriginDeleteBecomes  string      // the method that a DELETE has after a cross-origin redirect; empty: DELETE
	RedirectCheckIncludes     bool        // a redirect response is checked with credentials when the first request had them

	// Cookies.

	CookiesIgnoreScheme   bool // http and https are one site
	CookiesIgnoreSandbox  bool // a sandboxed page is of the site of its URL
	CookiesForgetHops     bool // cross-site hops before the request do not count
	CookiesToTopLevelHost bool // a request to the host of the top-level page is always same-site
	AboutBlankIsOpaque    bool // a no-cors fetch of about:blank succeeds

	// The preflight cache.

	MaxAgeCap                        time.Duration // longest time an answer is kept; 0: no limit
	MalformedMaxAge                  time.Duration // for an Access-Control-Max-Age that is no number; 0: not kept
	HugeMaxAgeIsMalformed            bool          // as is a number beyond 64 bits
	EmptyMaxAgeIsDefault             bool          // an empty Access-Control-Max-Age counts as absent
	CacheHoldsOneAnswer              bool          // for an origin and URL; a new one, or one that does not suffice, ends the old one
	CacheKeepsCredentialsApart       bool          // an answer with credentials does not serve requests without
	CacheIgnoresWildcard             bool          // `*` never serves a later request
	CacheWildcardCoversAuthorization bool          // `*` serves a later request with Authorization
	CacheAsksForHEAD                 bool          // a later HEAD is served only when it was listed
	CacheSkipsOpaqueOrigins          bool          // answers to the origin null never serve a later request
	CacheOutlivesFailure             bool          // answers are kept when the request after them fails
	CacheURLLimit                    int           // answers for URLs of so many bytes are not kept; 0: no limit
}

// Hint is the syntax of a client hint's value.
type Hint int

// The syntaxes of client hints.
const (
	HintNone           Hint = iota
	HintInteger             // digits
	HintDecimal             // digits, with a fraction or without
	HintConnectionType      // slow-2g, 2g, 3g or 4g
	HintSwitch              // on
)

// PreflightCheck is one of the checks of a preflight's head that come before its lists.
type PreflightCheck int

// The checks of a preflight's head.
const (
	CheckOrigin   PreflightCheck = iota // the CORS check
	CheckRedirect                       // the status is a redirect's
	CheckStatus                         // the status is not 200 to 299
)

// OriginProblems says how an engine classifies an Access-Control-Allow-Origin that is not the request's origin.
type OriginProblems struct {
	Multiple string // characters that make a value multiple; empty: only a second line does
	Invalid  bool   // a value that is not a URL has a reason of its own
}

// EmptyTarget says what an empty Location means.
type EmptyTarget int

// The meanings of an empty Location.
const (
	EmptyIsCurrent EmptyTarget = iota // the same URL again, as the URL standard has it
	EmptyIsNone                       // no redirect: the response itself is the result
	EmptyIsInvalid                    // an invalid redirect
)

// suspectHeaders could smuggle a second response.
var suspectHeaders = []string{"Location", "Content-Disposition"}

// The standard and the browsers. They are values to copy, never to change.
var (
	Standard = Engine{"standard", &Deviations{
		console:         &standardConsole,
		OriginProblems:  OriginProblems{Multiple: " ,", Invalid: true},
		MalformedMaxAge: defaultMaxAge,
	}}
	Chromium = Engine{"chromium", &Deviations{
		console:          &chromiumConsole,
		ModeBeforePolicy: true,
		SafelistedHints: map[string]Hint{
			"device-memory": HintDecimal, "dpr": HintDecimal, "downlink": HintDecimal,
			"width": HintInteger, "viewport-width": HintInteger, "rtt": HintInteger,
			"ect": HintConnectionType, "save-data": HintSwitch,
		},
		UnjudgedHeaders:             []string{"user-agent"},
		GoneAfterRedirect:           []string{"device-memory", "dpr", "width", "viewport-width", "rtt", "downlink", "ect"},
		IgnoredHeaders:              []string{"user-agent"},
		JudgesJoinedHeaders:         true,
		RangeLimit:                  math.MaxInt64,
		RewritesRange:               true,
		PreflightOrder:              []PreflightCheck{CheckRedirect, CheckOrigin, CheckStatus},
		OriginProblems:              OriginProblems{Multiple: " ,", Invalid: true},
		WildcardCoversAuthorization: true,
		SuspectHeaders:              suspectHeaders,
		TrimsHeaderNames:            true,
		PreflightAlwaysHasMode:      true,
		RefusesUserinfoInNoCORS:     true,
		BadLocationFirst:            true,
		NoCORSOriginEnds:            true,
		EmptyLocation:               EmptyIsNone,
		SpaceInHost:                 true,
		CookiesForgetHops:           true,
		MaxAgeCap:                   2 * time.Hour,
		MalformedMaxAge:             defaultMaxAge,
		HugeMaxAgeIsMalformed:       true,
		CacheHoldsOneAnswer:         true,
		CacheSkipsOpaqueOrigins:     true,
		CacheOutlivesFailure:        true,
		CacheURLLimit:               1024,
	}}
	Firefox = Engine{"firefox", &Deviations{
		console:          &firefoxConsole,
		ModeBeforePolicy: true,
		SingletonHeaders: []string{
			"authorization", "content-disposition", "content-type", "from", "if-modified-since", "if-unmodified-since",
			"max-forwards", "user-agent",
		},
		NoSafelistTotal:             true,
		SafelistIsASCII:             true,
		SafelistRefusesComma:        true,
		RangeLimit:                  math.MaxUint64,
		RepeatsUnsafeNames:          true,
		PreflightOrder:              []PreflightCheck{CheckRedirect, CheckOrigin, CheckStatus},
		MethodsBeforeHeaders:        true,
		WildcardCoversAuthorization: true,
		CredentialsSkipEmptyLines:   true,
		SuspectHeaders:              suspectHeaders,
		MixedContentFirst:           true,
		StickyPreflight:             true,
		PreflightKeepsPageOrigin:    true,
		PreflightPassesAtHome:       true,
		CookiesIgnoreScheme:         true,
		AboutBlankIsOpaque:          true,
		MaxAgeCap:                   24 * time.Hour,
		EmptyMaxAgeIsDefault:        true,
		CacheKeepsCredentialsApart:  true,
		CacheIgnoresWildcard:        true,
		CacheAsksForHEAD:            true,
	}}
	WebKit = Engine{"webkit", &Deviations{
		console:             &webkitConsole,
		ModeBeforePolicy:    true,
		JudgesJoinedHeaders: true,
		NoSafelistTotal:     true,
		LooseRange:          true,
		RangeLimit:          math.MaxUint64,
		SendsUTF8:           true,
		PreflightOrder:      []PreflightCheck{CheckStatus, CheckOrigin},
		CommonHeadersFirst: []string{
			"Accept", "Accept-Language", "Authorization", "Cache-Control", "Content-Disposition", "Content-Encoding",
			"Content-Language", "Content-Location", "Content-Range", "Content-Type", "If-Match", "If-Modified-Since",
			"If-None-Match", "If-Range", "If-Unmodified-Since", "Last-Event-ID", "Last-Modified", "Link", "Pragma",
			"Purpose", "Range", "Upgrade-Insecure-Requests", "User-Agent", "Vary",
		},
		OriginProblems:                   OriginProblems{Multiple: ","},
		WildcardCoversAuthorization:      true,
		StickyPreflight:                  true,
		PreflightBeforeMixed:             true,
		PreflightListsGoneHeaders:        true,
		PreflightSiteIsOrigin:            true,
		NoMetadataAfterRedirect:          true,
		OriginOutlivesMethod:             true,
		EmptyLocation:                    EmptyIsInvalid,
		CrossOriginDeleteBecomes:         "GET",
		RedirectCheckIncludes:            true,
		CookiesIgnoreScheme:              true,
		CookiesIgnoreSandbox:             true,
		CookiesToTopLevelHost:            true,
		MaxAgeCap:                        10 * time.Minute,
		MalformedMaxAge:                  defaultMaxAge,
		HugeMaxAgeIsMalformed:            true,
		CacheHoldsOneAnswer:              true,
		CacheWildcardCoversAuthorization: true,
		CacheOutlivesFailure:             true,
	}}
)

// Engines returns the standard and the three browsers, in the order in which they are always named.
func Engines() []Engine { return []Engine{Standard, Chromium, Firefox, WebKit} }

// EngineByName returns the engine of that name, and whether there is one.
func EngineByName(name string) (Engine, bool) {
	for _, e := range Engines() {
		if e.Name == name {
			return e, true
		}
	}
	return Engine{}, false
}
