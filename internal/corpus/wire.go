package corpus

import (
	"fmt"
	"slices"
	"strings"

	"github.com/corsgate/corsgate/cors"
)

// outcomeOf is the recording's word for an outcome: a Request constructor that throws is blocked at StageRequest.
func outcomeOf(o cors.Outcome) string {
	if o.Stage != cors.StageRequest {
		return string(o.Verdict)
	}
	switch o.Reason {
	case cors.ReasonForbiddenMethod, cors.ReasonInvalidMethod, cors.ReasonInvalidHeader, cors.ReasonInvalidURL,
		cors.ReasonURLCredentials, cors.ReasonBodyNotAllowed, cors.ReasonNoCORSMethod:
		return "throws-before-send"
	}
	return string(o.Verdict)
}

func readableOf(o cors.Outcome) []string {
	var names []string
	for _, h := range o.Readable {
		names = append(names, strings.ToLower(h.Name))
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// unrecorded are the headers that the recordings leave out, or that the network below fetch sets.
func unrecorded() []string {
	return []string{
		"accept-encoding", "cache-control", "connection", "content-length", "host", "pragma", "referer", "sec-ch-ua",
		"sec-ch-ua-platform", "sec-fetch-storage-access", "user-agent",
	}
}

// defaultLanguages are what the browsers send as Accept-Language when a script sets none.
func defaultLanguages() []string { return []string{"en-US,en;q=0.9", "en-US,en;q=0.5", "en-US"} }

// wire tells a request in one line: what the recordings hold of it.
func wire(kind, method, url string, headers []cors.Header, ownLanguage bool) string {
	var fields []string
	for _, h := range headers {
		name := strings.ToLower(h.Name)
		byBrowser := name == "accept-language" && !ownLanguage && slices.Contains(defaultLanguages(), h.Value)
		if !slices.Contains(unrecorded(), name) && !byBrowser {
			fields = append(fields, fmt.Sprintf("%s: %q", name, h.Value))
		}
	}
	slices.Sort(fields)
	return kind + " " + method + " " + url + "\n\t" + strings.Join(fields, "\n\t")
}

func wireOfBrowser(seen []Seen, ownLanguage bool) (lines []string) {
	for _, s := range seen {
		var headers []cors.Header
		for name, value := range s.Headers {
			headers = append(headers, cors.Header{Name: name, Value: Bytes(value)})
		}
		lines = append(lines, wire(s.Kind, s.Method, s.URL, headers, ownLanguage))
	}
	return lines
}

func wireOfFlow(requests []cors.Request) (lines []string) {
	for _, r := range requests {
		kind := "actual"
		if r.Kind == cors.KindPreflight {
			kind = "preflight"
		}
		lines = append(lines, wire(kind, r.Method, r.URL, r.Headers, true))
	}
	return lines
}

// setsLanguage reports whether an Accept-Language of the script itself goes out.
func setsLanguage(got Replayed) bool {
	for _, r := range got.Requests {
		if slices.ContainsFunc(r.Headers, func(h cors.Header) bool { return strings.EqualFold(h.Name, "Accept-Language") }) {
			return true
		}
	}
	return false
}
