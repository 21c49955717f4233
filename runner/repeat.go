package runner

import (
	"fmt"
	"slices"
	"strings"

	"github.com/corsgate/corsgate/cors"
	"github.com/corsgate/corsgate/internal/plan"
	"github.com/corsgate/corsgate/report"
)

// majority is the first round with the verdict that most decided rounds came to; on a tie a blocked one. Without a
// decided round it is the first.
func majority(rounds []*round) *round {
	votes := make(map[cors.Verdict]int)
	for _, rd := range rounds {
		votes[rd.verdict().Verdict]++
	}
	best := rounds[0]
	for _, rd := range rounds[1:] {
		verdict, leader := rd.verdict().Verdict, best.verdict().Verdict
		switch {
		case verdict == cors.Undecided:
		case leader == cors.Undecided, votes[verdict] > votes[leader],
			votes[verdict] == votes[leader] && verdict == cors.Blocked && leader != cors.Blocked:
			best = rd
		}
	}
	return best
}

// disagreement is what a repeated case came to whose answers differ.
type disagreement struct {
	mismatch report.Mismatch
	cause    report.Cause
}

// party is the rounds with the same answers.
type party struct {
	told    []string // see describe
	rounds  int
	remotes []string // addresses that answered, in order of appearance
}

// disagree compares the decided rounds of a case; nil when they agree.
func disagree(c *plan.Case, rounds []*round) *disagreement {
	if len(rounds) < 2 {
		return nil
	}
	parties := split(rounds)
	if len(parties) < 2 {
		return nil
	}
	var got, evidence []string
	at := firstDifference(parties)
	for _, p := range parties {
		got = append(got, fmt.Sprintf("%d× %s", p.rounds, p.told[0]))
		evidence = append(evidence, p.evidence(at))
	}
	all := fmt.Sprintf("the same answer %d times", c.Repeat)
	return &disagreement{
		mismatch: report.Mismatch{
			Field: "repeat", Want: all, Got: strings.Join(got, ", "),
			Message: "expected " + all + ", but the answers differ: " + strings.Join(got, ", "),
		},
		cause: report.Cause{
			ID:       "node-disagrees",
			Message:  fmt.Sprintf("the same request got %d different answers on fresh connections", len(parties)),
			Remedy:   "bring the configuration of all nodes behind this address to the same state",
			Evidence: evidence,
		},
	}
}

// split puts the decided rounds into parties, in order of appearance.
func split(rounds []*round) []*party {
	var parties []*party
	for _, rd := range rounds {
		if rd.trouble() != nil {
			continue
		}
		told := rd.describe()
		i := slices.IndexFunc(parties, func(p *party) bool { return slices.Equal(p.told, told) })
		if i < 0 {
			i, parties = len(parties), append(parties, &party{told: told})
		}
		parties[i].add(rd)
	}
	return parties
}

func (p *party) add(rd *round) {
	p.rounds++
	for _, u := range rd.uses {
		remote := u.flight.tries[len(u.flight.tries)-1].remote
		if remote != "" && !slices.Contains(p.remotes, remote) {
			p.remotes = append(p.remotes, remote)
		}
	}
}

func (p *party) evidence(at int) string {
	text := fmt.Sprintf("%d× %s", p.rounds, p.told[0])
	if at > 0 && at < len(p.told) {
		text += ": " + p.told[at]
	}
	if len(p.remotes) > 0 {
		text += ", from " + strings.Join(p.remotes, ", ")
	}
	return text
}

// firstDifference is the first exchange whose answers are not the same in all parties; 0 when there is none.
func firstDifference(parties []*party) int {
	for i := 1; ; i++ {
		for _, p := range parties {
			switch {
			case i >= len(p.told):
				return 0
			case p.told[i] != parties[0].told[i]:
				return i
			}
		}
	}
}

// describe tells what a round came to, then each answer by what matters to browsers. Rounds that agree tell the same.
func (rd *round) describe() []string {
	verdict := rd.verdict()
	told := []string{string(verdict.Verdict)}
	if verdict.Reason != "" {
		told[0] += " (" + string(verdict.Reason) + ")"
	}
	for _, u := range rd.uses {
		told = append(told, describe(u))
	}
	return told
}

func describe(u *use) string {
	answer := u.flight.answer()
	var text strings.Builder
	fmt.Fprintf(&text, "%s %s answered %d", u.request.Method, u.request.URL, answer.Status)
	for _, h := range answer.Headers {
		if name := strings.ToLower(h.Name); decisive(name) {
			fmt.Fprintf(&text, ", %s: %s", name, h.Value)
		}
	}
	return text.String()
}

// decisive reports whether browsers and caches decide by the header of that lower-case name.
func decisive(name string) bool {
	switch name {
	case "vary", "location", "cross-origin-resource-policy":
		return true
	}
	return strings.HasPrefix(name, "access-control-")
}
