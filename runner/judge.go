package runner

import (
	"context"
	"slices"
	"time"

	"github.com/corsgate/corsgate/assert"
	"github.com/corsgate/corsgate/audit"
	"github.com/corsgate/corsgate/cors"
	"github.com/corsgate/corsgate/internal/plan"
	"github.com/corsgate/corsgate/report"
)

// result is what a case came to.
type result struct {
	index      int
	status     report.Status
	skip       string
	took       time.Duration
	rounds     []*round // one, or as many as the case repeats; none when it was skipped
	chosen     *round   // whose outcome is the case's
	trouble    *trouble
	mismatches []report.Mismatch
	findings   []report.Finding
	cause      *report.Cause
}

const nothingToCheck = "there is no preflight, and the request itself may not be sent"

// execute performs the case at index, as often as it repeats, and judges it.
func (r *run) execute(ctx context.Context, index int) result {
	c := &r.cases[index]
	res := result{index: index, status: report.Skipped, skip: c.Skip}
	if c.Skip != "" || r.skipped(index) {
		return res
	}
	start := time.Now()
	for range max(1, c.Repeat) {
		res.rounds = append(res.rounds, r.round(ctx, index))
	}
	r.judge(ctx, c, &res)
	res.took = time.Since(start)
	if res.status == report.Failed {
		r.fail(index)
	}
	return res
}

func (r *run) judge(ctx context.Context, c *plan.Case, res *result) {
	res.chosen = majority(res.rounds)
	if disagreement := disagree(c, res.rounds); disagreement != nil {
		res.mismatches, res.cause = []report.Mismatch{disagreement.mismatch}, &disagreement.cause
	}
	for _, rd := range res.rounds {
		if res.trouble = rd.trouble(); res.trouble != nil {
			res.status = report.Errored
			if dropped := r.dropped(ctx, rd); dropped != nil {
				res.cause = dropped
			}
			return
		}
	}
	if res.chosen.verdict().Verdict == cors.Undecided {
		res.skip = nothingToCheck
		return
	}
	res.mismatches = append(mismatches(c, res.chosen), res.mismatches...)
	res.findings = r.findings(ctx, c, res.chosen)
	if level, ok := lowered(c, res.mismatches); ok {
		res.lower(c.Probe, level)
	}
	res.status = report.Passed
	if len(res.mismatches) > 0 || slices.ContainsFunc(res.findings, r.fails) {
		res.status = report.Failed
	}
}

// lower makes a finding of what got through.
func (res *result) lower(probe string, level audit.Level) {
	if level != audit.LevelOff {
		res.findings = append(res.findings, report.Finding{
			Rule: probe, Severity: string(level), Message: res.mismatches[0].Message,
		})
	}
	res.mismatches = nil
}

// mismatches are the expectations of c that did not hold in rd.
func mismatches(c *plan.Case, rd *round) []report.Mismatch {
	primary := rd.primary()
	seen := assert.Observation{
		Preflight: primary.preflight, Response: primary.response, Partial: primary.stopped,
	}
	for _, in := range rd.engines {
		seen.Browsers = append(seen.Browsers, assert.Browser{Name: in.name, Outcome: in.outcome})
	}
	var list []report.Mismatch
	for _, result := range assert.Check(c.Expect, seen) {
		if !result.OK {
			list = append(list, report.Mismatch{
				Field: result.Field, Want: result.Want, Got: result.Got, Message: result.Message,
			})
		}
	}
	return list
}
