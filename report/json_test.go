package report_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/corsgate/corsgate/report"
)

var update = flag.Bool("update", false, "write the golden files anew")

func sampleJSON(t *testing.T) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := play(report.NewJSON(&b)); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestTheJSONReportIsTheGoldenOne(t *testing.T) {
	got := sampleJSON(t)
	const file = "testdata/sample.json"
	if *update {
		if err := os.WriteFile(file, got, 0o666); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), string(got)); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

func TestTheJSONReportHasNothingThatATerminalOrALogActsOn(t *testing.T) {
	got := string(sampleJSON(t))
	if !utf8.ValidString(got) {
		t.Error("it is not valid UTF-8")
	}
	for i, r := range got {
		if r != '\n' && !unicode.IsPrint(r) {
			t.Errorf("%q at %d", r, i)
		}
	}
	for _, command := range []string{"##[", "##vso[", "##teamcity["} {
		if strings.Contains(got, command) {
			t.Errorf("%q stands in it", command)
		}
	}
	for line := range strings.Lines(got) {
		if strings.HasPrefix(strings.TrimSpace(line), "::") {
			t.Errorf("a line starts with a command: %q", line)
		}
	}
}

func TestTheJSONReportHasTheKeysOfTheContract(t *testing.T) {
	var got struct {
		Version int
		Cases   []map[string]any
	}
	if err := json.Unmarshal(sampleJSON(t), &got); err != nil {
		t.Fatal(err)
	}
	for i, c := range got.Cases {
		for _, key := range []string{"tags", "exchanges", "mismatches", "findings", "browsers"} {
			if _, ok := c[key].([]any); !ok {
				t.Errorf("case %d: %s is %v, not a list", i, key, c[key])
			}
		}
		for _, key := range []string{"id", "name", "scenario", "file", "target", "kind", "outcome", "reason", "stage", "checked"} {
			if _, ok := c[key].(string); !ok {
				t.Errorf("case %d: %s is %v, not a string", i, key, c[key])
			}
		}
		for _, key := range []string{"response", "cause", "error", "engines", "line", "duration_ms", "request"} {
			if _, ok := c[key]; !ok {
				t.Errorf("case %d: %s is missing", i, key)
			}
		}
	}
	slow := got.Cases[6]["exchanges"].([]any)[0].(map[string]any)
	if slow["error"] != "timeout: no complete head within 10s" || slow["response"] != nil {
		t.Errorf("an exchange without an answer is %v", slow)
	}
}

// recorder keeps what it is given.
type recorder struct {
	start  report.Start
	cases  []*report.Case
	finish report.Finish
}

func (r *recorder) Start(s report.Start) error   { r.start = s; return nil }
func (r *recorder) Case(c *report.Case) error    { r.cases = append(r.cases, c); return nil }
func (r *recorder) Finish(f report.Finish) error { r.finish = f; return nil }

func TestReplayGivesTheRunAgain(t *testing.T) {
	var got recorder
	if err := report.Replay(bytes.NewReader(sampleJSON(t)), &got); err != nil {
		t.Fatal(err)
	}
	want := recorder{start: sampleStart(), cases: sample(), finish: sampleFinish()}
	want.start.RunID = "" // not part of the report
	last := want.cases[len(want.cases)-1].Exchanges[0].Response.Headers
	last[1][1] = report.Cut(last[1][1], report.FileLimit)
	if diff := cmp.Diff(want, got, cmp.AllowUnexported(recorder{}), cmpopts.EquateEmpty()); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

func TestAReplayedReportIsTheSameReport(t *testing.T) {
	want := sampleJSON(t)
	var again bytes.Buffer
	if err := report.Replay(bytes.NewReader(want), report.NewJSON(&again)); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), again.String()); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

func TestReplayTakesKeysInAnyOrder(t *testing.T) {
	want := sampleJSON(t)
	var sorted map[string]any // encoding/json sorts its keys: the cases come first
	if err := json.Unmarshal(want, &sorted); err != nil {
		t.Fatal(err)
	}
	text, err := json.Marshal(sorted)
	if err != nil {
		t.Fatal(err)
	}
	var again bytes.Buffer
	if err := report.Replay(bytes.NewReader(text), report.NewJSON(&again)); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), again.String()); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

func TestAnEmptyRunIsAReport(t *testing.T) {
	var b, again bytes.Buffer
	h := report.NewJSON(&b)
	if err := errors.Join(h.Start(sampleStart()), h.Finish(report.Finish{})); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(b.String(), `"cases": []`) {
		t.Errorf("the cases are no empty list:\n%s", b.String())
	}
	if err := report.Replay(&b, report.NewJSON(&again)); err != nil {
		t.Error(err)
	}
	if !json.Valid(again.Bytes()) {
		t.Errorf("no JSON:\n%s", again.String())
	}
}

func TestReplayRefusesWhatIsNoReport(t *testing.T) {
	const good = `{"version":1,"tool":{"name":"corsgate","version":"1"},"started":"2026-11-23T14:40:50Z","duration_ms":1,` +
		`"summary":{"cases":1,"passed":1,"failed":0,"errors":0,"skipped":0,"exchanges":0,"findings":0},` +
		`"cases":[{"status":"passed"}]}`
	if err := report.Replay(strings.NewReader(good), &recorder{}); err != nil {
		t.Fatal(err)
	}
	replace := func(from, to string) string { return strings.Replace(good, from, to, 1) }
	tests := []struct{ name, text, want string }{
		{"nothing", "", "it ends early"},
		{"another version", replace(`"version":1`, `"version":2`), "reads version 1, not 2"},
		{"a version that is a text", replace(`"version":1`, `"version":"1"`), `"version": `},
		{"no version", replace(`"version":1,`, ``), `"version" is missing`},
		{"no cases", replace(`,"cases":[{"status":"passed"}]`, ``), `"cases" is missing`},
		{"cut in a case", good[:len(good)-8], "it ends early"},
		{"cut after the cases", good[:len(good)-1], "it ends early"},
		{"a list", "[]", "where a JSON object should be"},
		{"XML", "<testsuites/>", "invalid character '<'"},
		{"more after it", good + good, "something follows its end"},
		{"a status of its own", replace(`"status":"passed"`, `"status":"great"`), `case 1 has the status "great"`},
		{"no status", replace(`"status":"passed"`, ``), `case 1 has the status ""`},
		{"a lost case", replace(`"cases":1,"passed":1`, `"cases":2,"passed":2`), "does not count its cases"},
		{"a case counted wrongly", replace(`"passed":1,"failed":0`, `"passed":0,"failed":1`), "does not count its cases"},
		{"cases twice", replace(`"cases":[`, `"cases":[],"cases":[`), `"cases" stands there twice`},
		{"a hostile token", "\"\u202e\x1b\"", "invalid character"},
		{"a hostile text", "\"\u202e\"", `\u202e stands where`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			err := report.Replay(strings.NewReader(tt.text), &recorder{})
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("got %v, want %q", err, tt.want)
			}
		})
	}
}

func TestMillisecondsHaveThreeDecimalsAtMost(t *testing.T) {
	tests := map[time.Duration]string{
		0: "0", time.Millisecond: "1", 1500 * time.Microsecond: "1.5", 1234567: "1.235", time.Hour: "3600000", 400: "0",
	}
	for d, want := range tests {
		got, err := json.Marshal(report.Millis(d))
		if err != nil || string(got) != want {
			t.Errorf("%v: got %s, %v, want %s", d, got, err, want)
		}
	}
}

func TestManyCasesGoThroughATemporaryFile(t *testing.T) {
	var b bytes.Buffer
	h := report.NewJSON(&b)
	const n = 2000 // about 4 MB
	f := report.Finish{Summary: report.Summary{Cases: n, Passed: n}}
	if err := h.Start(sampleStart()); err != nil {
		t.Fatal(err)
	}
	for i := range n {
		c := passed()
		c.ID = fmt.Sprint(i)
		if err := h.Case(c); err != nil {
			t.Fatal(err)
		}
	}
	if err := h.Finish(f); err != nil {
		t.Fatal(err)
	}
	var got recorder
	if err := report.Replay(&b, &got); err != nil {
		t.Fatal(err)
	}
	for i, c := range got.cases {
		if c.ID != fmt.Sprint(i) {
			t.Fatalf("case %d has the id %s", i, c.ID)
		}
	}
}

func FuzzJSONRoundTrip(f *testing.F) {
	for _, c := range sample() {
		f.Add(c.Name, c.Outcome, int64(c.Duration))
	}
	f.Add(`\x41`, "\xff\\x\xfe", int64(1))
	f.Add(`\\x5c`, "##[x]"+strings.Repeat("\xff", 9000), int64(-1))
	f.Fuzz(func(t *testing.T, author, server string, duration int64) {
		c := hostile()
		c.Name, c.Tags, c.Duration = author, []string{author}, report.Millis(duration/1e3*1e3)
		c.Exchanges[0].Response.Headers[0][1], c.Mismatch[0].Got = server, server
		var one, two bytes.Buffer
		h := report.NewJSON(&one)
		finish := report.Finish{Summary: report.Summary{Cases: 1, Failed: 1}}
		if err := errors.Join(h.Start(sampleStart()), h.Case(c), h.Finish(finish)); err != nil {
			t.Fatal(err)
		}
		var got recorder
		if err := report.Replay(bytes.NewReader(one.Bytes()), &got); err != nil {
			t.Fatal(err)
		}
		if got.cases[0].Name != author {
			t.Errorf("got the name %q, want %q", got.cases[0].Name, author)
		}
		if value := got.cases[0].Mismatch[0].Got; len(server) < 2000 && value != server {
			t.Errorf("got the value %q, want %q", value, server)
		}
		if err := report.Replay(bytes.NewReader(one.Bytes()), report.NewJSON(&two)); err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(one.Bytes(), two.Bytes()) {
			t.Errorf("the report changed:\n%s\n%s", one.Bytes(), two.Bytes())
		}
	})
}
