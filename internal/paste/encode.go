package paste

import (
	"encoding/base64"
	"errors"
	"net/url"
	"strings"

	"github.com/corsgate/corsgate/cors"
)

func basic(userPassword string) string {
	return "Basic " + base64.StdEncoding.EncodeToString([]byte(userPassword))
}

func formEscape(s string) string { return url.QueryEscape(s) }

// withQuery adds a query to the one that a URL has.
func withQuery(u, query string) string {
	if query == "" {
		return u
	}
	u, fragment, hasFragment := strings.Cut(u, "#")
	separator := "?"
	if strings.Contains(u, "?") {
		separator = "&"
	}
	u += separator + query
	if hasFragment {
		u += "#" + fragment
	}
	return u
}

// wantedOrigin is the hint for an origin that is none.
func wantedOrigin(err error) string {
	var wrong *cors.OriginError
	if errors.As(err, &wrong) && wrong.Want != "" {
		return "a browser sends " + wrong.Want
	}
	return "write it as https://app.example.com, or null"
}
