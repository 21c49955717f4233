package plan

import (
	"regexp"

	"github.com/corsgate/corsgate/spec"
)

// Options choose among the cases of a plan. They change no case: ids and names stay what they are without them. The
// zero value chooses all.
type Options struct {
	Tags   []string       // cases with any of these; empty: all
	Filter *regexp.Regexp // matched against "scenario / name" and the id; nil: all
}

// New returns the cases of a suite.
func New(s *spec.Suite, o Options) ([]Case, error) { return nil, nil }
