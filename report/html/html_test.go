package html_test

import (
	"bytes"
	"errors"
	"flag"
	"os"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/corsgate/corsgate/report"
	"github.com/corsgate/corsgate/report/html"
)

var update = flag.Bool("update", false, "write the golden files anew")

// catalogue is a small one.
var catalogue = []report.Rule{
	{ID: "trusts-prefix", Kind: report.RuleProbe, Title: "An origin that starts like an allowed one is let in",
		What: "The server compares the start of the origin only.", Why: "Anybody can register such a domain."},
	{ID: "vary-origin-missing", Kind: report.RuleFinding, Title: "Vary lacks Origin",
		What: "The answer depends on the origin.", URL: "https://fetch.spec.whatwg.org/#cors-protocol-and-http-caches"},
}

// explained gives a Handler the catalogue.
type explained struct{ report.Handler }

func (e explained) Start(s report.Start) error {
	s.Rules = catalogue
	return e.Handler.Start(s)
}

// replay writes the run that report/testdata/sample.json holds.
func replay(t testing.TB, o html.Options) string {
	t.Helper()
	file, err := os.Open("../testdata/sample.json")
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	var b bytes.Buffer
	if err := report.Replay(file, explained{html.New(&b, o)}); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// write writes a run of cases.
func write(t testing.TB, o html.Options, cases ...*report.Case) string {
	t.Helper()
	var b bytes.Buffer
	h := html.New(&b, o)
	errs := []error{h.Start(report.Start{Cases: len(cases)})}
	sum := report.Summary{Cases: len(cases)}
	for _, c := range cases {
		errs = append(errs, h.Case(c))
		switch c.Status {
		case report.Passed:
			sum.Passed++
		case report.Failed:
			sum.Failed++
		case report.Errored:
			sum.Errors++
		case report.Skipped:
			sum.Skipped++
		}
	}
	if err := errors.Join(append(errs, h.Finish(report.Finish{Summary: sum}))...); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestTheSampleRunIsTheGoldenPage(t *testing.T) {
	const file = "testdata/sample.html"
	got := replay(t, html.Options{})
	if *update {
		if err := os.WriteFile(file, []byte(got), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}
