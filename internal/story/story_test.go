package story_test

import (
	"bytes"
	"flag"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"github.com/corsgate/corsgate/assert"
	"github.com/corsgate/corsgate/cors"
	"github.com/corsgate/corsgate/internal/demo"
	"github.com/corsgate/corsgate/internal/story"
	"github.com/corsgate/corsgate/report"
	"github.com/corsgate/corsgate/runner"
	"github.com/corsgate/corsgate/spec"
)

var update = flag.Bool("update", false, "write the golden files")

const api = "https://api.example.com"

var app = cors.Origin{Scheme: "https", Host: "app.example.com"}

// stories are fetches, told in golden files of their names.
var stories = []struct {
	name    string
	fetch   cors.Fetch
	handler http.Handler // nil: the demonstration API
}{
	{name: "a-get-passes", fetch: cors.Fetch{URL: api + "/users"}},
	{name: "a-method-is-refused", fetch: cors.Fetch{
		URL: api + "/users/1", Method: "patch", Credentials: cors.CredentialsInclude,
		Headers: []cors.Header{{Name: "Content-Type", Value: "application/json"}, {Name: "Cookie", Value: "a=b"}},
	}},
	{name: "a-put-stops", fetch: cors.Fetch{URL: api + "/users/1", Method: "PUT"}},
	{name: "a-page-at-home", fetch: cors.Fetch{Origin: cors.Origin{Scheme: "https", Host: "api.example.com"}, URL: api + "/users"}},
	{name: "no-cors-hides", fetch: cors.Fetch{
		URL: api + "/users", Mode: cors.ModeNoCORS, Headers: []cors.Header{{Name: "X-A", Value: "1"}},
	}},
	{name: "engines-differ", fetch: cors.Fetch{URL: api + "/users", Headers: []cors.Header{{Name: "DPR", Value: "2"}}}},
	{name: "the-standard-alone-blocks", handler: http.HandlerFunc(everything), fetch: cors.Fetch{
		URL: api + "/users", Headers: []cors.Header{{Name: "Authorization", Value: "Bearer x"}},
	}},
	{name: "mixed-content", fetch: cors.Fetch{URL: "http://api.example.com/"}},
	{name: "a-hostile-server", handler: http.HandlerFunc(hostile), fetch: cors.Fetch{URL: api + "/"}},
}

// everything allows all that `*` can allow.
func everything(w http.ResponseWriter, _ *http.Request) {
	for _, name := range []string{"Origin", "Methods", "Headers"} {
		w.Header().Set("Access-Control-Allow-"+name, "*")
	}
}

// hostile sends what a terminal and a CI log would act on.
func hostile(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Access-Control-Allow-Origin", "::error::\u202e\xff##[group]")
}

func tell(t *testing.T, f cors.Fetch, handler http.Handler) *story.Story {
	t.Helper()
	if handler == nil {
		handler = demo.Handler()
	}
	if f.Origin.Opaque() {
		f.Origin = app
	}
	engines := []cors.Engine{cors.Chromium, cors.Firefox, cors.WebKit, cors.Standard}
	results, _, err := runner.Collect(t.Context(), []runner.Case{{
		Target: &spec.Target{URL: api}, Fetch: f, Browsers: engines, Repeat: 1,
		Expect: assert.Expectation{Outcome: []cors.Verdict{cors.Allowed, cors.Opaque}},
	}}, runner.Options{Transport: runner.HandlerTransport(handler)})
	if err != nil {
		t.Fatal(err)
	}
	return &story.Story{Fetch: f, Notes: []string{"a note"}, Engines: engines, Case: &results[0]}
}

func TestStoriesAreToldAsBefore(t *testing.T) {
	for _, c := range stories {
		t.Run(c.name, func(t *testing.T) {
			var b bytes.Buffer
			if err := tell(t, c.fetch, c.handler).Write(&b, story.Options{}); err != nil {
				t.Fatal(err)
			}
			golden := filepath.Join("testdata", c.name+".txt")
			if *update {
				if err := os.WriteFile(golden, b.Bytes(), 0o666); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(golden)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(string(want), b.String()); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// Prose fits 80 columns; the lines on the wire, and what is to be copied, may be longer.
func TestProseFitsTheWidth(t *testing.T) {
	for _, c := range stories {
		var b bytes.Buffer
		if err := tell(t, c.fetch, c.handler).Write(&b, story.Options{Width: 80}); err != nil {
			t.Fatal(err)
		}
		prose, _, _ := strings.Cut(b.String(), "\nTo see it again\n")
		prose, _, _ = strings.Cut(prose, "\nWhy: ")
		for line := range strings.Lines(prose) {
			wire := strings.ContainsAny(strings.TrimLeft(line, " ")[:1], "<>")
			if n := utf8.RuneCountInString(strings.TrimSuffix(line, "\n")); n > 80 && !wire {
				t.Errorf("%s: %d columns: %s", c.name, n, line)
			}
		}
	}
}

func TestNothingOfAServerReachesTheTerminal(t *testing.T) {
	s := tell(t, cors.Fetch{URL: api + "/"}, http.HandlerFunc(hostile))
	var b bytes.Buffer
	if err := s.Write(&b, story.Options{}); err != nil {
		t.Fatal(err)
	}
	text, err := report.EncodeJSON(s.Document())
	if err != nil {
		t.Fatal(err)
	}
	for _, out := range []string{b.String(), string(text)} {
		if strings.ContainsAny(out, "\u202e\x1b") || strings.Contains(out, "##") || !utf8.ValidString(out) {
			t.Errorf("%q", out)
		}
	}
	if strings.Contains(b.String(), " ::error") {
		t.Errorf("%q", b.String())
	}
}

func TestTheStandardHasNoVote(t *testing.T) {
	s := tell(t, cors.Fetch{URL: api + "/users", Headers: []cors.Header{{Name: "Authorization", Value: "x"}}}, http.HandlerFunc(everything))
	if s.Case.Engines["standard"].Outcome != "blocked" || s.Blocked() || !s.Decided() {
		t.Errorf("%+v: blocked %t, decided %t", s.Case.Engines, s.Blocked(), s.Decided())
	}
}

func TestColourMarksTitlesAndNothingElse(t *testing.T) {
	s := tell(t, cors.Fetch{URL: api + "/users"}, nil)
	var plain, coloured bytes.Buffer
	if err := s.Write(&plain, story.Options{}); err != nil {
		t.Fatal(err)
	}
	if err := s.Write(&coloured, story.Options{Color: true}); err != nil {
		t.Fatal(err)
	}
	without := strings.NewReplacer("\x1b[1m", "", "\x1b[0m", "").Replace(coloured.String())
	if diff := cmp.Diff(plain.String(), without); diff != "" || without == coloured.String() {
		t.Error(diff)
	}
}

func TestTheCallOfFetchAsksForTheSame(t *testing.T) {
	body := "a\n\"\u2028é"
	for _, c := range []struct {
		fetch cors.Fetch
		want  string
	}{
		{cors.Fetch{URL: "https://a.example/"}, `fetch("https://a.example/")`},
		{
			cors.Fetch{URL: "https://a.example/", Method: "POST", Body: &body, Mode: cors.ModeCORS, Credentials: cors.CredentialsOmit,
				Redirect: cors.RedirectError, Headers: []cors.Header{{Name: "X-A", Value: "\xe9"}}},
			`fetch("https://a.example/", {method: "POST", mode: "cors", credentials: "omit", redirect: "error", headers: {"X-A": "é"}, body: "a\n\"\u2028é"})`,
		},
		{
			cors.Fetch{URL: "https://a.example/", Headers: []cors.Header{{Name: "X-A", Value: "1"}, {Name: "x-a", Value: "2"}}},
			`fetch("https://a.example/", {headers: [["X-A", "1"], ["x-a", "2"]]})`,
		},
	} {
		s := story.Story{Fetch: c.fetch, Case: &report.Case{}}
		if diff := cmp.Diff(c.want, s.Document().Fetch); diff != "" {
			t.Error(diff)
		}
	}
}
