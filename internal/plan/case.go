package plan

import (
	"time"

	"github.com/corsgate/corsgate/assert"
	"github.com/corsgate/corsgate/audit"
	"github.com/corsgate/corsgate/cors"
	"github.com/corsgate/corsgate/spec"
)

// Kind says where a case comes from.
type Kind string

// The kinds of case.
const (
	KindScenario Kind = "scenario"
	KindAllow    Kind = "allow"
	KindDeny     Kind = "deny"
	KindProbe    Kind = "probe"
)

// Case is one point of the matrix.
type Case struct {
	ID       string // the same in every run, unique in the plan
	Name     string // unique in its scenario
	Scenario string
	File     string
	Line     int
	Target   *spec.Target // shared by all cases of the target; never nil, never changed
	Tags     []string
	Kind     Kind
	Probe    string         // the id of what KindDeny and KindProbe must not show
	Severity audit.Severity // of Probe
	Intent   *audit.Intent  // of the policy that the case is derived from; nil: it is a scenario's. Never changed
	Fetch    cors.Fetch
	Browsers []cors.Engine // in the file's order, at least one
	Send     spec.Send
	Repeat   int           // at least 1
	Timeout  time.Duration // of one exchange; 0: the run's
	Skip     string        // why it is not run; empty: it is
	Expect   assert.Expectation
	Levels   map[string]audit.Level // what the file says of rules; nil: nothing. Never changed
}
