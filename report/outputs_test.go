package report_test

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"errors"
	"io"
	"regexp"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/corsgate/corsgate/report"
	"github.com/corsgate/corsgate/report/github"
	"github.com/corsgate/corsgate/report/html"
	"github.com/corsgate/corsgate/report/junit"
	"github.com/corsgate/corsgate/report/sarif"
	"github.com/corsgate/corsgate/report/text"
)

// outputs are all forms in which a run may reach a log: each may be written to the standard output.
var outputs = map[string]func(io.Writer) report.Handler{
	"text":    func(w io.Writer) report.Handler { return text.New(w, text.Options{Verbose: true}) },
	"JSON":    report.NewJSON,
	"JUnit":   func(w io.Writer) report.Handler { return junit.New(w, junit.Options{}) },
	"strict":  func(w io.Writer) report.Handler { return junit.New(w, junit.Options{Dialect: junit.Strict}) },
	"SARIF":   func(w io.Writer) report.Handler { return sarif.New(w, sarif.Options{}) },
	"HTML":    func(w io.Writer) report.Handler { return html.New(w, html.Options{}) },
	"summary": func(w io.Writer) report.Handler { return github.NewSummary(w, github.SummaryOptions{}) },
	"annotations": func(w io.Writer) report.Handler {
		return github.NewAnnotations(w, report.Folders{})
	},
}

// ours is a line that a runner is to take for a command.
var ours = regexp.MustCompile(`^::(error|warning) (file=[^,:]*,line=\d+,)?title=[^,:]*::`)

// command is what some CI system obeys, wherever it stands in a line.
var command = regexp.MustCompile(`##\[|##vso\[|##teamcity\[`)

// harmless demands that out can stand in a log: no commands, no escapes of a terminal, nothing hidden or reordered.
func harmless(t *testing.T, name, out string) {
	t.Helper()
	if !utf8.ValidString(out) {
		t.Errorf("%s: not UTF-8", name)
	}
	for line := range strings.Lines(out) {
		line = strings.TrimSuffix(line, "\n")
		if strings.HasPrefix(strings.TrimSpace(line), "::") && !(name == "annotations" && ours.MatchString(line)) ||
			command.MatchString(line) {
			t.Errorf("%s: a command: %.300q", name, line)
		}
		for _, r := range line {
			if !unicode.IsPrint(r) && r != 0xfe0f { // the colour of an emoji
				t.Errorf("%s: %q in %.300q", name, r, line)
				return
			}
		}
	}
}

func TestNoOutputLetsAServerActInALog(t *testing.T) {
	for name, output := range outputs {
		var b bytes.Buffer
		if err := play(output(&b)); err != nil {
			t.Fatal(err)
		}
		harmless(t, name, b.String())
	}
}

// everywhere is a case of each status with s wherever a server's text may stand, and a where an author's may.
func everywhere(a, s string) []*report.Case {
	fields := []report.Field{{a, s}, {s, s}}
	trouble := &report.Error{Kind: "protocol", Message: s}
	c := report.Case{
		ID: "a1", Name: a, Scenario: a, File: a, Line: 1, Target: a, Tags: []string{a}, Kind: "scenario", Skip: a, Checked: "preflight",
		Outcome: "blocked", Reason: "allow-origin-mismatch", Stage: "response", Browsers: []string{"chromium"},
		Request: report.Request{Origin: a, URL: a, Method: a, Headers: fields},
		Engines: map[string]report.Verdict{"chromium": {Outcome: "blocked", Reason: "allow-origin-mismatch", Message: s}},
		Exchanges: []report.Exchange{{
			Kind: "request", Note: s, Request: report.WireRequest{Method: a, URL: s, Headers: fields, Body: a},
			Response: &report.WireResponse{Protocol: s, Remote: s, Headers: fields},
		}, {Kind: "preflight", Error: trouble}},
		Mismatch: []report.Mismatch{{Field: a, Want: a, Got: s}, {Message: s}},
		Findings: []report.Finding{{Rule: "vary-origin-missing", Severity: "warning", Message: s}},
		Cause:    &report.Cause{ID: "cause", Message: s, Remedy: s, Evidence: []string{s}},
		Error:    trouble,
	}
	var cases []*report.Case
	for _, status := range []report.Status{report.Passed, report.Failed, report.Errored, report.Skipped} {
		one := c
		one.Status = status
		cases = append(cases, &one)
	}
	return cases
}

func FuzzNoOutputLetsAServerActInALog(f *testing.F) {
	for _, s := range []string{
		"", "::error::x", " ::error::x", "\n::error::x", "\r::stop-commands::y", "##[error]x", "#\n#[error]", "##vso[task.complete]",
		"##teamcity[x]", "#", "\x1b[31m", "\x00\x07\x7f\u0080\u009b", "\u202e\u2066\u200b\ufeff", "\xff\xfe", "\ufffe\U000e0041",
		"<script>alert(1)</script>", "]]>", "`|\\`", "{{.}}", "%0A::error::x", strings.Repeat("a::", 300), "...:", "x\n\n::y",
	} {
		f.Add(s, s)
		f.Add("a", s)
	}
	f.Fuzz(func(t *testing.T, author, server string) {
		for name, output := range outputs {
			var b bytes.Buffer
			h := output(&b)
			errs := []error{h.Start(report.Start{Tool: report.Tool{Name: "corsgate"}, Cases: 4})}
			for _, c := range everywhere(author, server) {
				errs = append(errs, h.Case(c))
			}
			sum := report.Summary{Cases: 4, Passed: 1, Failed: 1, Errors: 1, Skipped: 1}
			if err := errors.Join(append(errs, h.Finish(report.Finish{Summary: sum}))...); err != nil {
				t.Fatalf("%s: %v", name, err)
			}
			harmless(t, name, b.String())
			wellFormed(t, name, b.Bytes())
		}
	})
}

func wellFormed(t *testing.T, name string, out []byte) {
	t.Helper()
	switch name {
	case "JSON", "SARIF":
		if !json.Valid(out) {
			t.Errorf("%s: not JSON: %.500s", name, out)
		}
	case "JUnit", "strict":
		d := xml.NewDecoder(bytes.NewReader(out))
		for {
			_, err := d.Token()
			if err == io.EOF {
				return
			}
			if err != nil {
				t.Fatalf("%s: %v", name, err)
			}
		}
	}
}
