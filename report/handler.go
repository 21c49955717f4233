package report

import "errors"

// Tee returns a Handler that passes everything on to each of handlers, in their order. One that fails keeps none of
// the others from hearing the rest; the errors of one call come back joined. With no handlers it accepts everything.
func Tee(handlers ...Handler) Handler { return tee(handlers) }

type tee []Handler

func (t tee) each(call func(Handler) error) error {
	var errs []error
	for _, h := range t {
		errs = append(errs, call(h))
	}
	return errors.Join(errs...)
}

func (t tee) Start(s Start) error { return t.each(func(h Handler) error { return h.Start(s) }) }

func (t tee) Case(c *Case) error { return t.each(func(h Handler) error { return h.Case(c) }) }

func (t tee) Finish(f Finish) error { return t.each(func(h Handler) error { return h.Finish(f) }) }

func (t tee) Progress(done, total int) {
	for _, h := range t {
		passProgress(h, done, total)
	}
}

// passProgress tells h, if it wants to know.
func passProgress(h Handler, done, total int) {
	if p, ok := h.(Progress); ok {
		p.Progress(done, total)
	}
}
