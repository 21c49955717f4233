package text

import (
	"fmt"
	"io"
	"sync/atomic"

	"github.com/corsgate/corsgate/report"
	"github.com/vbauerster/mpb/v8"
	"github.com/vbauerster/mpb/v8/decor"
)

// live is the bar below the lines. Its methods do nothing on nil.
type live struct {
	container *mpb.Progress // writing to it puts lines above the bar
	bar       *mpb.Bar
	told      int // cases that had their turn
	failed    atomic.Int64
	errors    atomic.Int64
}

func newLive(w io.Writer, cases int, o Options) *live {
	l := &live{container: mpb.New(mpb.WithOutput(w), mpb.WithWidth(o.Width), mpb.WithAutoRefresh())}
	l.bar = l.container.AddBar(int64(cases),
		mpb.BarRemoveOnComplete(),
		mpb.PrependDecorators(decor.CountersNoUnit("%d of %d cases ")),
		mpb.AppendDecorators(decor.Any(func(decor.Statistics) string { return l.trouble() })),
	)
	return l
}

func (l *live) trouble() string {
	return fmt.Sprintf(" %d failed, %s", l.failed.Load(), count(int(l.errors.Load()), "error"))
}

// progress moves the bar to done cases; it never goes back.
func (l *live) progress(done int) {
	if l != nil && int64(done) > l.bar.Current() {
		l.bar.SetCurrent(int64(done))
	}
}

// add counts c, whose turn it was.
func (l *live) add(c *report.Case) {
	if l == nil {
		return
	}
	switch c.Status {
	case report.Failed:
		l.failed.Add(1)
	case report.Errored:
		l.errors.Add(1)
	}
	l.told++
	l.progress(l.told)
}

// close removes the bar and waits until everything is written.
func (l *live) close() error {
	if l == nil {
		return nil
	}
	l.bar.Abort(true)
	l.container.Wait()
	return l.container.Error
}
