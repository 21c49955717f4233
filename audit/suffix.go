package audit

import (
	"golang.org/x/net/publicsuffix"

	"github.com/corsgate/corsgate/cors"
)

// PublicSuffixes is the public suffix list: below which domains anybody can register, and so what is one site. It is
// never changed and safe for concurrent use.
var PublicSuffixes cors.PublicSuffixList = publicsuffix.List
