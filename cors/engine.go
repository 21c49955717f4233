package cors

import (
	"math"
	"time"
)

// Engine is a browser's deviations from the Fetch Standard, as data on top of the one algorithm. The zero Engine
// follows the standard to the letter. Each field says what the engine does that the standard does not say.
type Engine struct {
	Name string // standard, chromium, firefox or webkit

	// Which request headers need a preflight.

	SafelistedHints      map[string]Hint // client hints that need none when their value has the syntax; keys in lower case
	UnjudgedHeaders      []string        // need none, whatever their value; in lower case
	IgnoredHeaders       []string        // the script's value is not sent; in lower case
	JudgesJoinedHeaders  bool            // lines of one name are joined before the 128-byte limit and the value are judged
	NoSafelistTotal      bool            // the 1024-byte limit on all safelisted values is not applied
	SafelistIsASCII      bool            // bytes from 0x80 up are unsafe in Accept and Content-Type
	SafelistRefusesComma bool            // a comma anywhere in Content-Type is unsafe
	LooseRange           bool            // Range takes its unit in any case and a plus sign
	RangeLimit           uint64          // Range numbers above it are unsafe; 0: none
	RepeatsUnsafeNames   bool            // a header set twice stands twice in Access-Control-Request-Headers

	// How answers are judged.

	WildcardCoversAuthorization bool // `*` in Access-Control-Allow-Headers covers Authorization

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

// The engines.
var (
	Standard = Engine{Name: "standard", MalformedMaxAge: defaultMaxAge}
	Chromium = Engine{
		Name: "chromium",
		SafelistedHints: map[string]Hint{
			"device-memory": HintDecimal, "dpr": HintDecimal, "downlink": HintDecimal,
			"width": HintInteger, "viewport-width": HintInteger, "rtt": HintInteger,
			"ect": HintConnectionType, "save-data": HintSwitch,
		},
		UnjudgedHeaders:             []string{"user-agent"},
		IgnoredHeaders:              []string{"user-agent"},
		JudgesJoinedHeaders:         true,
		RangeLimit:                  math.MaxInt64,
		WildcardCoversAuthorization: true,
	}
	Firefox = Engine{
		Name:                        "firefox",
		NoSafelistTotal:             true,
		SafelistIsASCII:             true,
		SafelistRefusesComma:        true,
		RangeLimit:                  math.MaxUint64,
		RepeatsUnsafeNames:          true,
		WildcardCoversAuthorization: true,
	}
	WebKit = Engine{
		Name:                        "webkit",
		JudgesJoinedHeaders:         true,
		NoSafelistTotal:             true,
		LooseRange:                  true,
		WildcardCoversAuthorization: true,
		RangeLimit:                  math.MaxUint64,
	}
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
