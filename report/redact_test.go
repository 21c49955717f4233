package report_test

import (
	"encoding/base64"
	"encoding/json"
	"net/url"
	"reflect"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/corsgate/corsgate/report"
)

const secret = `p@ss/w%rd "é\<+ß`

func jsonText(t testing.TB, s string) string {
	b, err := json.Marshal(s)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func TestASecretIsHiddenInEveryForm(t *testing.T) {
	every := ""
	for i := range len(secret) {
		every += "%" + strconv.FormatInt(int64(secret[i]), 16)
	}
	basic := func(user string) string { return base64.StdEncoding.EncodeToString([]byte(user + ":" + secret)) }
	tests := []struct{ name, in, want string }{
		{"as it is", "Bearer " + secret + "!", "Bearer ***!"},
		{"twice", secret + secret, "******"},
		{"in a path", "/a/" + url.PathEscape(secret) + "/b", "/a/***/b"},
		{"in a query", "?a=" + url.QueryEscape(secret) + "&b", "?a=***&b"},
		{"percent-encoded in lower case", strings.ToLower(url.QueryEscape(secret)), "***"},
		{"percent-encoded byte by byte", every, "***"},
		{"percent-encoded in part", `p@ss%2fw%25rd%20"é\<+ß`, "***"},
		{"in JSON", jsonText(t, "a "+secret+" b"), `"a *** b"`},
		{"in JSON with all escapes", `"p@ss\/w%rd \"\u00e9\\\u003C+\u00DF"`, `"***"`},
		{"in a Go string", strconv.QuoteToASCII(secret), `"***"`},
		{"in lower case", strings.ToLower("https://" + secret + ".example"), "https://***.example"},
		{"in the middle of a word", "x" + secret + "y", "x***y"},
		{"base64", base64.StdEncoding.EncodeToString([]byte(secret)), "***"},
		{"base64 for URLs", base64.URLEncoding.EncodeToString([]byte(secret)), "***"},
		{"not there", "p@ss", "p@ss"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := report.NewRedactor([]string{secret}).String(tt.in); got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
	for _, user := range []string{"a", "ab", "abc", "abcd"} {
		got := report.NewRedactor([]string{secret}).String("Basic " + basic(user))
		rest := strings.TrimSuffix(strings.TrimPrefix(got, "Basic "), "***")
		plain, _ := base64.RawStdEncoding.DecodeString(rest)
		if !strings.HasSuffix(got, "***") || strings.Contains(string(plain), ":p") {
			t.Errorf("user %q: got %q, which still says %q", user, got, plain)
		}
	}
}

func TestSecretsThatOverlapAreBothHidden(t *testing.T) {
	tests := []struct {
		name    string
		secrets []string
		in      string
		want    string
	}{
		{"one within the other", []string{"token", "my-token-1"}, "my-token-1 token", "*** ***"},
		{"the end of one starts the other", []string{"abcd", "cdef"}, "xabcdefy", "x***y"},
		{"an empty one", []string{""}, "abc", "abc"},
		{"none", nil, "abc", "abc"},
		{"only percent signs", []string{"%%%%"}, "%25%%25%%", "***"},
		{"many ways to read it", []string{strings.Repeat(`\`, 40)}, strings.Repeat(`\`, 79), "***"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := report.NewRedactor(tt.secrets).String(tt.in); got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}

// vocabulary are the fields whose words are corsgate's own; a secret's value is never in them.
var vocabulary = map[string]bool{
	"Status": true, "Kind": true, "Probe": true, "Checked": true, "Outcome": true, "Reason": true, "Stage": true,
	"Mode": true, "Credentials": true, "Redirect": true, "Rule": true, "Severity": true, "Browsers": true,
	"Engines": true,
}

// fill sets every string below v, but for the vocabulary, to text.
func fill(v reflect.Value, text string) {
	switch v.Kind() {
	case reflect.String:
		v.SetString(text)
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		fill(v.Elem(), text)
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), 1, 1))
		fill(v.Index(0), text)
	case reflect.Array:
		for i := range v.Len() {
			fill(v.Index(i), text)
		}
	case reflect.Struct:
		for i := range v.NumField() {
			if name := v.Type().Field(i).Name; !vocabulary[name] && !(name == "ID" && v.Type() == reflect.TypeFor[report.Cause]()) {
				fill(v.Field(i), text)
			}
		}
	}
}

func TestNoTextOfACaseKeepsASecret(t *testing.T) {
	var c report.Case
	fill(reflect.ValueOf(&c).Elem(), "a "+secret)
	c.Engines = map[string]report.Verdict{"firefox": {Message: secret}}
	before, err := json.Marshal(c)
	if err != nil {
		t.Fatal(err)
	}
	var got recorder
	h := report.Redact([]string{secret}, &got)
	start := report.Start{RunID: secret, Tool: report.Tool{Version: secret}}
	if err := h.Start(start); err != nil {
		t.Fatal(err)
	}
	if err := h.Case(&c); err != nil {
		t.Fatal(err)
	}
	all, err := json.Marshal([]any{got.start, got.cases})
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(string(all), `p@ss`) {
		t.Errorf("the secret is still there:\n%s", all)
	}
	after, err := json.Marshal(c)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(before), string(after)); diff != "" {
		t.Errorf("the case of the caller changed:\n%s", diff)
	}
}

func FuzzRedactorHidesItsSecret(f *testing.F) {
	f.Add(secret, "a", "b")
	f.Add("abcd", "ab", "cd")
	f.Add("%25x", "%", "25")
	f.Fuzz(func(t *testing.T, secret, before, after string) {
		if len(secret) < 4 || strings.Contains("***", secret) || strings.Contains(secret, "*") {
			t.Skip()
		}
		r := report.NewRedactor([]string{secret})
		for _, form := range []string{secret, url.PathEscape(secret), url.QueryEscape(secret)} {
			if got := r.String(before + form + after); strings.Contains(got, secret) {
				t.Errorf("%q became %q", before+form+after, got)
			}
		}
	})
}
