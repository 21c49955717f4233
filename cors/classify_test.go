package cors_test

import (
	"strings"
	"testing"

	"github.com/corsgate/corsgate/cors"
)

func TestHeadersAreClassifiedWithTheReason(t *testing.T) {
	long := strings.Repeat("a", 129)
	for _, c := range []struct {
		name, value string
		class       cors.HeaderClass
		problem     cors.HeaderProblem
	}{
		{"Accept", "application/json", cors.HeaderSafelisted, ""},
		{"Accept", long, cors.HeaderUnsafe, cors.ProblemLength},
		{"Accept", "a:b", cors.HeaderUnsafe, cors.ProblemByte},
		{"Accept-Language", "de_AT", cors.HeaderUnsafe, cors.ProblemByte},
		{"Content-Type", "text/plain; charset=UTF-8", cors.HeaderSafelisted, ""},
		{"Content-Type", "application/json", cors.HeaderUnsafe, cors.ProblemMIMEType},
		{"content-type", "text/plain;a=\"b\"", cors.HeaderUnsafe, cors.ProblemByte},
		{"Range", "bytes=0-", cors.HeaderSafelisted, ""},
		{"Range", "bytes=-500", cors.HeaderUnsafe, cors.ProblemRange},
		{"X-A", "1", cors.HeaderUnsafe, cors.ProblemName},
		{"Authorization", long, cors.HeaderUnsafe, cors.ProblemName},
		{"Origin", "https://a.example", cors.HeaderForbidden, ""},
		{"X-HTTP-Method-Override", "TRACE", cors.HeaderForbidden, ""},
		{"X-HTTP-Method-Override", "PUT", cors.HeaderUnsafe, cors.ProblemName},
	} {
		f := cors.Fetch{URL: "https://api.example.com/", Headers: []cors.Header{{Name: c.name, Value: c.value}}}
		got := cors.Classify(cors.Standard, f)
		if h := got.Headers[0]; h.Class != c.class || h.Problem != c.problem {
			t.Errorf("%s: %s is %s (%s), want %s (%s)", c.name, c.value, h.Class, h.Problem, c.class, c.problem)
		}
		if needed := cors.NeedsPreflight(cors.Standard, f); needed != (c.class == cors.HeaderUnsafe) || needed != got.Preflight {
			t.Errorf("%s: %s: preflight %t", c.name, c.value, needed)
		}
	}
}

func TestSafelistedHeadersAreUnsafeBeyond1024BytesTogether(t *testing.T) {
	f := cors.Fetch{URL: "https://api.example.com/"}
	for range 9 {
		f.Headers = append(f.Headers, cors.Header{Name: "Accept", Value: strings.Repeat("a", 120)})
	}
	for _, h := range cors.Classify(cors.Standard, f).Headers {
		if h.Class != cors.HeaderUnsafe || h.Problem != cors.ProblemTotal {
			t.Errorf("%s (%s)", h.Class, h.Problem)
		}
	}
}

func TestACallIsClassified(t *testing.T) {
	body := "{}"
	c := cors.Classify(cors.Standard, cors.Fetch{
		Origin: cors.Origin{Scheme: "https", Host: "app.example.com"}, URL: "//api.example.com/x#y", Method: "post", Body: &body,
	})
	if c.URL != "https://api.example.com/x" || c.Site != "same-site" || c.Method != "POST" || c.Preflight || c.Refused != "" {
		t.Errorf("%+v", c)
	}
	if len(c.Headers) != 1 || !c.Headers[0].FromBody || c.Headers[0].Value != "text/plain;charset=UTF-8" {
		t.Errorf("%+v", c.Headers)
	}
	c = cors.Classify(cors.Standard, cors.Fetch{URL: "https://a.example", Mode: cors.ModeNoCORS, Headers: []cors.Header{{Name: "X-A", Value: "1"}}})
	if c.Headers[0].Class != cors.HeaderNoCORS || c.Site != "cross-site" {
		t.Errorf("%+v", c)
	}
	c = cors.Classify(cors.Standard, cors.Fetch{URL: "https://", Method: "TRACE"})
	if c.Refused != cors.ReasonInvalidURL || c.URL != "" || c.Site != "" {
		t.Errorf("%+v", c)
	}
}
