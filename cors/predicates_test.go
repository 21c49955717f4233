package cors_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/corsgate/corsgate/cors"
)

func TestMethodsLoseTheirCaseOnlyWhenTheStandardSaysSo(t *testing.T) {
	for method, want := range map[string]string{
		"get": "GET", "Post": "POST", "put": "PUT", "delete": "DELETE", "head": "HEAD", "options": "OPTIONS",
		"patch": "patch", "PATCH": "PATCH", "query": "query",
	} {
		if got := cors.NormalizeMethod(method); got != want {
			t.Errorf("%s: got %s, want %s", method, got, want)
		}
	}
	for _, method := range []string{"CONNECT", "connect", "Trace", "TRACK"} {
		if !cors.ForbiddenMethod(method) {
			t.Errorf("%s is not forbidden", method)
		}
	}
	if cors.ForbiddenMethod("GET") || cors.SafelistedMethod("get") || !cors.SafelistedMethod("HEAD") {
		t.Error("GET, get or HEAD is in the wrong list")
	}
}

func TestForbiddenRequestHeadersAreThoseThatScriptsCannotSet(t *testing.T) {
	for _, c := range []struct {
		name, value string
		forbidden   bool
	}{
		{"Cookie", "a=b", true}, {"origin", "https://a.example", true}, {"Host", "x", true}, {"DNT", "1", true},
		{"Sec-Fetch-Mode", "cors", true}, {"proxy-authorization", "x", true}, {"Access-Control-Request-Method", "PUT", true},
		{"Content-Length", "1", true}, {"Set-Cookie", "a", true},
		{"X-HTTP-Method-Override", "DELETE", false}, {"X-HTTP-Method-Override", "GET, trace", true},
		{"X-Method-Override", `"TRACE"`, false}, {"X-Method-Override", `a, "b, TRACE"`, false}, {"x-http-method", "TRACK", true},
		{"User-Agent", "x", false}, {"Authorization", "x", false}, {"Access-Control-Request-Private-Network", "true", false},
		{"Secret", "x", false}, {"Proxy", "x", false},
	} {
		if got := cors.ForbiddenRequestHeader(c.name, c.value); got != c.forbidden {
			t.Errorf("%s: %s: got %t", c.name, c.value, got)
		}
	}
}

func TestSafelistedRequestHeadersAreJudgedByValue(t *testing.T) {
	for _, c := range []struct {
		name, value string
		safelisted  bool
	}{
		{"Accept", "text/html, */*;q=0.8", true}, {"accept", "", true}, {"Accept", "a\tb", true}, {"Accept", "é", true},
		{"Accept", `"a"`, false}, {"Accept", "a:b", false}, {"Accept", "a\x7fb", false}, {"Accept", "a\x01b", false},
		{"Accept", strings.Repeat("a", 128), true}, {"Accept", strings.Repeat("a", 129), false},
		{"Accept-Language", "de-DE, *;q=0.5", true}, {"Accept-Language", "a_b", false}, {"Content-Language", "a\tb", false},
		{"Accept-Language", "", true},
		{"Content-Type", "text/plain", true}, {"Content-Type", "TEXT/Plain;garbage", true}, {"Content-Type", "text/plain;", true},
		{"Content-Type", "multipart/form-data; boundary=x", true}, {"Content-Type", "application/json", false},
		{"Content-Type", "", false}, {"Content-Type", "text /plain", false}, {"Content-Type", "text/plain, text/html", false},
		{"Content-Type", "text/plain;a=é", true}, {"Content-Type", "text/plain ;x", true}, {"Content-Type", "text", false},
		{"Range", "bytes=0-", true}, {"Range", "bytes=0-1", true}, {"Range", "bytes=-5", false}, {"Range", "bytes=2-1", false},
		{"Range", "bytes=0-1,2-3", false}, {"Range", "Bytes=0-", false}, {"Range", "bytes= 0-", false},
		{"Range", "bytes=99999999999999999999999-", true}, {"Range", "bytes=00-0", true},
		{"X-Custom", "", false}, {"Authorization", "x", false}, {"DPR", "1", false}, {"Last-Event-ID", "1", false},
	} {
		if got := cors.SafelistedRequestHeader(c.name, c.value); got != c.safelisted {
			t.Errorf("%s: %.40q: got %t", c.name, c.value, got)
		}
	}
}

func TestPreflightAsksForAllSafelistedHeadersWhenTheirValuesAreTooMany(t *testing.T) {
	fetch := cors.Fetch{Origin: cors.Origin{Scheme: "https", Host: "a.example"}, URL: "https://b.example/"}
	for range 8 {
		fetch.Headers = append(fetch.Headers, cors.Header{Name: "Accept", Value: strings.Repeat("a", 128)})
	}
	if cors.NeedsPreflight(cors.Standard, fetch) {
		t.Error("1024 bytes cause a preflight")
	}
	fetch.Headers = append(fetch.Headers, cors.Header{Name: "accept-language", Value: "d"})
	request, _ := cors.NewFlow(cors.Standard, fetch, nil).Next()
	if got := deref(valueOf(request.Headers, "Access-Control-Request-Headers")); got != "accept,accept-language" {
		t.Errorf("1025 bytes: the preflight asks for %q", got)
	}
}

func TestOriginsAreThoseThatABrowserSends(t *testing.T) {
	for _, good := range []string{
		"null", "https://app.example.com", "http://localhost:3000", "http://[::1]:8080", "https://xn--mnchen-3ya.example",
		"chrome-extension://abcdefgh", "http://127.0.0.1", "https://a_b.example", "https://example.com.",
	} {
		o, err := cors.ParseOrigin(good)
		if err != nil || o.String() != good {
			t.Errorf("%s: got %q, %v", good, o.String(), err)
		}
	}
	for bad, want := range map[string]string{
		"https://App.Example.com:443/": "https://app.example.com", "https://app.example.com/": "https://app.example.com",
		"app.example.com": "https://app.example.com", "https://münchen.example": "https://xn--mnchen-3ya.example",
		"http://a.example:80": "http://a.example", "https://u:p@a.example": "https://a.example", "NULL": "null",
		"https://a.example:99999": "", "https://": "", "*": "", "": "", "https://0x7f.1": "https://127.0.0.1",
		"https://[0:0::1]": "https://[::1]", "https://a.example?x": "https://a.example",
		"HTTPS://a.example": "https://a.example", "https://1.2.3.400": "", "https://a b.example": "",
	} {
		_, err := cors.ParseOrigin(bad)
		var problem *cors.OriginError
		if !errors.As(err, &problem) || problem.Want != want {
			t.Errorf("%q: got %v, want a hint %q", bad, err, want)
		}
	}
}

func TestLocationsResolveAsInABrowser(t *testing.T) {
	for location, want := range map[string]string{
		"/x": "https://a.example/x", "x": "https://a.example/dir/x", "../x": "https://a.example/x", "?q": "https://a.example/dir/page?q",
		"#f": "https://a.example/dir/page?old", "//b.example": "https://b.example/", "https:x": "https://a.example/dir/x",
		`\\b.example\c`: "https://b.example/c", "https://B.Example:443/%7e": "https://b.example/%7e",
		" https://b.example/a b ": "https://b.example/a%20b", "https://münchen.example/ü": "https://xn--mnchen-3ya.example/%C3%BC",
		"/a/./b/../c/%2e": "https://a.example/a/c/", "https://b.example:8443?x": "https://b.example:8443/?x",
		"ht\ntps://b.example": "https://b.example/", "https:///b.example": "https://b.example/",
		"/é?ü='": "https://a.example/%C3%A9?%C3%BC=%27", "http://0x7f.1/": "http://127.0.0.1/",
	} {
		flow := cors.NewFlow(cors.Standard, cors.Fetch{
			Origin: cors.Origin{Scheme: "http", Host: "page.example"}, URL: "https://a.example/dir/page?old",
		}, nil)
		flow.Receive(cors.Response{Status: 302, Headers: []cors.Header{
			{Name: "Access-Control-Allow-Origin", Value: "*"}, {Name: "Location", Value: location},
		}})
		if next, ok := flow.Next(); !ok || next.URL != want {
			t.Errorf("%q: got %q (%v), want %q", location, next.URL, flow.Outcome().Reason, want)
		}
	}
}

// suffixes is a public suffix list of one rule beside the default one.
type suffixes struct{}

func (suffixes) PublicSuffix(domain string) string {
	if strings.HasSuffix(domain, "co.uk") {
		return "co.uk"
	}
	return domain[strings.LastIndexByte(domain, '.')+1:]
}

func TestRegistrableDomainsFollowThePublicSuffixList(t *testing.T) {
	for host, want := range map[string]string{
		"a.b.example.co.uk": "example.co.uk", "co.uk": "", "example.com": "example.com", "www.example.com.": "example.com.",
		"127.0.0.1": "", "[::1]": "", "localhost": "",
	} {
		if got := cors.RegistrableDomain(suffixes{}, host); got != want {
			t.Errorf("%s: got %q, want %q", host, got, want)
		}
	}
	if got := cors.RegistrableDomain(nil, "a.example.com"); got != "example.com" {
		t.Errorf("without a list: got %q", got)
	}
}

func TestHeaderValuesAreByteStrings(t *testing.T) {
	if b, ok := cors.ByteString("é"); !ok || b != "\xe9" {
		t.Errorf("é: got %q, %t", b, ok)
	}
	if _, ok := cors.ByteString("Ā"); ok {
		t.Error("Ā is a byte string")
	}
}

func TestStopAllowsOnlyWhatAPreflightHasPassed(t *testing.T) {
	origin := cors.Origin{Scheme: "https", Host: "a.example"}
	put := cors.NewFlow(cors.Standard, cors.Fetch{Origin: origin, URL: "https://b.example/", Method: "PUT"}, nil)
	put.Receive(cors.Response{Status: 204, Headers: []cors.Header{
		{Name: "Access-Control-Allow-Origin", Value: "*"}, {Name: "Access-Control-Allow-Methods", Value: "PUT"},
	}})
	put.Stop()
	if _, more := put.Next(); more || put.Outcome().Verdict != cors.Allowed {
		t.Errorf("after a passed preflight: %+v", put.Outcome())
	}
	post := cors.NewFlow(cors.Standard, cors.Fetch{Origin: origin, URL: "https://b.example/", Method: "POST"}, nil)
	post.Stop()
	if post.Outcome().Verdict != cors.Undecided {
		t.Errorf("without a preflight: %+v", post.Outcome())
	}
}
