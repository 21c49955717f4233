package audit

import (
	"slices"
	"strings"

	"github.com/corsgate/corsgate/cors"
)

// lines returns the values of all lines of a name.
func lines(headers []cors.Header, name string) []string {
	var values []string
	for _, h := range headers {
		if strings.EqualFold(h.Name, name) {
			values = append(values, h.Value)
		}
	}
	return values
}

// value is all lines of a name joined as a browser reads them, and whether there is one.
func value(r *cors.Response, name string) (string, bool) {
	if r == nil {
		return "", false
	}
	joined, ok := "", false
	for _, h := range r.Headers {
		switch {
		case len(h.Name) != len(name) || !strings.EqualFold(h.Name, name):
		case ok:
			joined += ", " + h.Value
		default:
			joined, ok = h.Value, true
		}
	}
	return joined, ok
}

// elements are the members of a comma-separated list over all lines of a name.
func elements(r *cors.Response, name string) []string {
	joined, _ := value(r, name)
	var list []string
	for element := range strings.SplitSeq(joined, ",") {
		if element = strings.Trim(element, "\t "); element != "" {
			list = append(list, element)
		}
	}
	return list
}

const corsPrefix = "access-control-"

// isCORSHeader reports whether name is one of the response headers of CORS.
func isCORSHeader(name string) bool { return strings.HasPrefix(strings.ToLower(name), corsPrefix) }

// hasCORS reports whether a response carries any CORS header.
func hasCORS(r *cors.Response) bool {
	return r != nil && slices.ContainsFunc(r.Headers, func(h cors.Header) bool { return isCORSHeader(h.Name) })
}

// hasAllowOrigin reports whether a response allows some origin.
func hasAllowOrigin(r *cors.Response) bool {
	_, ok := value(r, "Access-Control-Allow-Origin")
	return ok
}

// variesByOrigin reports whether a response says that it depends on Origin: a server that looks at it.
func variesByOrigin(r *cors.Response) bool {
	return slices.ContainsFunc(elements(r, "Vary"), func(name string) bool { return strings.EqualFold(name, "Origin") })
}

func isOK(r *cors.Response) bool { return r != nil && r.Status >= 200 && r.Status < 300 }

func isRedirectStatus(r *cors.Response) bool {
	return r != nil && r.Status >= 300 && r.Status < 400 && r.Status != 304
}

func isErrorStatus(r *cors.Response) bool { return r != nil && r.Status >= 400 }

func requestHeader(r cors.Request, name string) string {
	return strings.Join(lines(r.Headers, name), ", ")
}

// withHeader returns the request with one header replaced, in a copy.
func withHeader(r cors.Request, name, value string) cors.Request {
	r.Headers = replaced(r.Headers, name, value)
	return r
}

// replaced returns a copy of headers with one line of that name, where the first of them stood or at the end.
func replaced(headers []cors.Header, name, value string) []cors.Header {
	list := make([]cors.Header, 0, len(headers)+1)
	done := false
	for _, h := range headers {
		switch {
		case !strings.EqualFold(h.Name, name):
			list = append(list, h)
		case !done:
			list, done = append(list, cors.Header{Name: h.Name, Value: value}), true
		}
	}
	if !done {
		list = append(list, cors.Header{Name: name, Value: value})
	}
	return list
}

// withoutHeaders returns the fetch's headers but for those of the names, which are in lower case.
func withoutHeaders(headers []cors.Header, names ...string) []cors.Header {
	var kept []cors.Header
	for _, h := range headers {
		if !slices.Contains(names, strings.ToLower(h.Name)) {
			kept = append(kept, h)
		}
	}
	return kept
}

// unsafeNames are the names that a preflight of the request asks for.
func unsafeNames(r cors.Request) []string {
	list := requestHeader(r, "Access-Control-Request-Headers")
	if list == "" {
		return nil
	}
	return strings.Split(list, ",")
}
