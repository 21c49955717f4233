package corpus

import (
	"fmt"
	"strings"

	"github.com/corsgate/corsgate/cors"
)

// Aspect is one thing that a replayed case is compared by.
type Aspect string

// The aspects.
const (
	AspectOutcome  Aspect = "outcome"
	AspectResponse Aspect = "response"
	AspectWire     Aspect = "wire"
	AspectReadable Aspect = "readable headers"
	AspectLater    Aspect = "later fetches"
	AspectReason   Aspect = "reason"
	AspectMessage  Aspect = "console text"
)

// Aspects returns all aspects, in the order in which tables have them.
func Aspects() []Aspect {
	return []Aspect{
		AspectOutcome, AspectResponse, AspectWire, AspectReadable, AspectLater, AspectReason, AspectMessage,
	}
}

// Disagreement is one aspect in which a browser and the Flow differ.
type Disagreement struct {
	Aspect    Aspect
	Want, Got string // the browser's, the Flow's
}

// Compare holds what the Flow made of a case against what a browser made of it.
func Compare(e cors.Engine, want *Result, got Replayed) []Disagreement {
	var all []Disagreement
	add := func(a Aspect, want, got string) {
		if want != got {
			all = append(all, Disagreement{a, want, got})
		}
	}
	o := got.Outcomes[0]
	add(AspectOutcome, want.Outcome, outcomeOf(o))
	add(AspectResponse, fmt.Sprint(want.ResponseType, want.Status, want.Redirected), fmt.Sprint(o.Type, o.Status, o.Redirected))
	add(AspectReadable, fmt.Sprint(want.Readable), fmt.Sprint(readableOf(o)))
	own := setsLanguage(got)
	add(AspectWire, strings.Join(wireOfBrowser(want.Seen, own), "\n"), strings.Join(wireOfFlow(got.Requests), "\n"))
	for i, then := range want.Then {
		later := got.Outcomes[i+1]
		add(AspectLater, fmt.Sprint(then.Outcome, then.ResponseType, then.Status, then.Readable),
			fmt.Sprint(outcomeOf(later), later.Type, later.Status, readableOf(later)))
	}
	last := got.Outcomes[len(got.Outcomes)-1]
	add(AspectReason, want.reason(e.Name), reasonOf(e.Name, last))
	if said := want.message(e.Name); said != "" {
		add(AspectMessage, comparable(e.Name, said), comparable(e.Name, last.Message))
	}
	return all
}
