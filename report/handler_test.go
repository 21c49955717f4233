package report_test

import (
	"errors"
	"testing"

	"github.com/corsgate/corsgate/report"
)

// full is a Handler whose disk is full. It counts its calls.
type full struct {
	calls int
	err   error
}

func (f *full) Start(report.Start) error   { f.calls++; return f.err }
func (f *full) Case(*report.Case) error    { f.calls++; return f.err }
func (f *full) Finish(report.Finish) error { f.calls++; return f.err }
func (f *full) Progress(int, int)          { f.calls++ }

func TestTeeGivesEveryHandlerEverythingAlsoWhenOneFails(t *testing.T) {
	one, two, three := &full{err: errors.New("one")}, &full{}, &full{err: errors.New("three")}
	h := report.Tee(one, two, report.Redact([]string{"x"}, three))
	for _, err := range []error{h.Start(report.Start{}), h.Case(&report.Case{}), h.Finish(report.Finish{})} {
		if !errors.Is(err, one.err) || !errors.Is(err, three.err) {
			t.Errorf("got %v, want both errors", err)
		}
	}
	h.(report.Progress).Progress(1, 2)
	for i, f := range []*full{one, two, three} {
		if f.calls != 4 {
			t.Errorf("handler %d had %d calls, want 4", i, f.calls)
		}
	}
	if err := report.Tee().Start(report.Start{}); err != nil {
		t.Errorf("a Tee of none: %v", err)
	}
}
