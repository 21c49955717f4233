package sarif

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net/url"
	"strings"

	"github.com/owenrumney/go-sarif/v3/pkg/report/v210/sarif"

	"github.com/corsgate/corsgate/report"
)

// trouble is what becomes a result: one for a failure, and one for each finding.
type trouble struct {
	id    string
	kinds []string // where the catalogue may have it
	level string
	nth   int // of its id within the case, from 0
	text  []string
}

func troubles(c *report.Case) []trouble {
	var list []trouble
	if c.Status == report.Failed && (len(c.Mismatch) > 0 || c.Cause != nil || len(c.Findings) == 0) {
		list = append(list, failure(c))
	}
	nth := map[string]int{}
	for _, f := range c.Findings {
		list = append(list, trouble{
			id: f.Rule, kinds: []string{report.RuleFinding}, level: sarifLevel(f.Severity), nth: nth[f.Rule],
			text: append([]string{f.Message}, answer(c)...),
		})
		nth[f.Rule]++
	}
	return list
}

// failure names the rule by the most that is known: the cause, the probe, the browsers' reason, what was expected.
func failure(c *report.Case) trouble {
	t := trouble{level: sarif.LevelError, text: failureText(c)}
	switch {
	case c.Cause != nil && (c.Kind == "deny" || c.Kind == "probe"):
		t.id, t.kinds = c.Cause.ID, []string{report.RuleProbe, report.RuleCause, report.RuleFinding}
	case c.Cause != nil:
		t.id, t.kinds = c.Cause.ID, []string{report.RuleCause, report.RuleProbe, report.RuleFinding}
	case c.Probe != "":
		t.id, t.kinds = c.Probe, []string{report.RuleProbe}
	case c.Reason != "":
		t.id, t.kinds = c.Reason, []string{report.RuleReason}
	default:
		t.id, t.kinds = expectation, []string{expectation}
	}
	return t
}

// expectation is the rule, and its kind, of an expectation that the catalogue knows nothing about.
const expectation = "expectation"

// rule returns the rule of t; one that the catalogue lacks says what is known without it.
func (r *rules) rule(t trouble) report.Rule {
	if rule, ok := report.FindRule(r.known, t.id, t.kinds...); ok {
		return rule
	}
	switch t.kinds[0] {
	case report.RuleReason:
		return report.ReasonRule(t.id)
	case expectation:
		return report.Rule{
			ID: expectation, Kinds: []string{expectation}, Title: "The server does not answer as the scenario expects", Level: "error",
			What: "What the scenario expects and what the server answers differ. The message tells in what.",
		}
	}
	return report.Rule{ID: t.id, Kinds: t.kinds[:1]}
}

func (w *writer) result(c *report.Case, t trouble) *sarif.Result {
	at := w.rules.add(w.rules.rule(t))
	id := *w.rules.list[at].ID
	text := literal(append([]string{c.Name + ": " + t.text[0]}, t.text[1:]...)...)
	r := sarif.NewRuleResult(id).WithRuleIndex(at).WithLevel(t.level).WithMessage(sarif.NewTextMessage(text))
	p := sarif.NewPropertyBag().Add("case", visible(c.ID)).Add("scenario", visible(c.Scenario))
	if c.Target != "" {
		p.Add("target", visible(c.Target))
	}
	return r.AddLocation(w.location(c)).WithProperties(p).WithPartialFingerprints(fingerprints(id, c, t.nth))
}

// fingerprints hold what makes a result the same in another run, on another line, and against another machine: the
// rule and the case, whose id is made of what the author wrote. GitHub looks at the first only.
func fingerprints(rule string, c *report.Case, nth int) map[string]string {
	sum := sha256.Sum256([]byte(rule + "\x00" + c.ID + "\x00" + c.Probe))
	return map[string]string{"primaryLocationLineHash": fmt.Sprintf("%s:%d", hex.EncodeToString(sum[:8]), nth+1)}
}

const rootID = "%SRCROOT%"

func (w *writer) location(c *report.Case) *sarif.Location {
	file := w.o.Folders.Relative(c.File)
	uri := url.URL{Path: file}
	place := sarif.NewSimpleArtifactLocation("")
	switch {
	case strings.HasPrefix(file, "/"):
		uri.Scheme = "file"
	case len(file) > 1 && file[1] == ':':
		uri.Scheme, uri.Path = "file", "/"+file
	default:
		place.WithURIBaseID(rootID)
	}
	place.WithURI(uri.String())
	region := sarif.NewRegion().WithStartLine(max(c.Line, 1))
	return sarif.NewLocationWithPhysicalLocation(sarif.NewPhysicalLocation().WithArtifactLocation(place).WithRegion(region))
}
