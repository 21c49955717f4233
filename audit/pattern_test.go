package audit

import (
	"testing"
)

func TestAPatternMatchesOneLabelOrMore(t *testing.T) {
	p, err := ParsePattern("https://*.preview.example.com")
	if err != nil {
		t.Fatal(err)
	}
	for s, want := range map[string]bool{
		"https://a.preview.example.com":      true,
		"https://a.b.preview.example.com":    true,
		"https://preview.example.com":        false,
		"https://apreview.example.com":       false,
		"https://a.preview.example.com.":     false,
		"https://a.preview.example.com.test": false,
		"http://a.preview.example.com":       false,
		"https://a.preview.example.com:8443": false,
		"null":                               false,
	} {
		if p.Match(origin(t, s)) != want {
			t.Errorf("%s: want %v", s, want)
		}
	}
	if (Pattern{}).Match(origin(t, "https://a.test")) || (Pattern{}).Match(origin(t, "null")) {
		t.Error("the zero pattern matches something")
	}
}

func TestAPatternIsWrittenAsABrowserWritesOrigins(t *testing.T) {
	for s, ok := range map[string]bool{
		"https://*.example.com":        true,
		"http://*.localhost:3000":      true,
		"https://*.com":                true,
		"https://*.Example.com":        false,
		"https://*.example.com/":       false,
		"https://*.example.com:443":    false,
		"https://*example.com":         false,
		"https://a.*.example.com":      false,
		"https://*.*.example.com":      false,
		"*.example.com":                false,
		"https://*.":                   false,
		"https://*.192.0.2.1":          false,
		"https://*.user@example.com":   false,
		"https://example.com":          false,
		"https://*.example.com https:": false,
	} {
		p, err := ParsePattern(s)
		if (err == nil) != ok {
			t.Errorf("%s: %v", s, err)
		}
		if err == nil && p.String() != s {
			t.Errorf("%s became %s", s, p)
		}
	}
}

func TestSamplesMatchTheirPatternAndFollowTheSeed(t *testing.T) {
	p, err := ParsePattern("https://*.preview.example.com:8443")
	if err != nil {
		t.Fatal(err)
	}
	first, again, other := p.Samples(1), p.Samples(1), p.Samples(2)
	if len(first) != 2 || len(other) != 2 {
		t.Fatalf("%v, %v", first, other)
	}
	for i := range first {
		if !p.Match(first[i]) || first[i] != again[i] || first[i] == other[i] {
			t.Errorf("%v, again %v, under another seed %v", first[i], again[i], other[i])
		}
	}
}
