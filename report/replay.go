package report

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"time"
)

// Replay reads the JSON report that r holds and feeds it to h as the run did, with the server's bytes as they were
// unless they had been cut. It refuses other versions, and reports that are broken, end early or whose summary does
// not count the cases that follow; h may have been given some of the cases by then. Memory stays flat where the cases
// come last, as NewJSON writes them.
func Replay(r io.Reader, h Handler) error {
	p := replay{in: json.NewDecoder(r), h: h, seen: map[string]bool{}}
	if err := p.report(); err != nil {
		if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
			err = errors.New("it ends early")
		}
		return fmt.Errorf("read the report: %w", err)
	}
	return nil
}

type replay struct {
	in      *json.Decoder
	h       Handler
	head    head
	started time.Time
	seen    map[string]bool // keys of the report
	told    bool            // Start was called
	waiting []*Case         // cases that came before what Start must tell
	got     Summary
}

func (p *replay) report() error {
	if err := p.delim('{', "a JSON object"); err != nil {
		return err
	}
	for p.in.More() {
		if err := p.member(); err != nil {
			return err
		}
	}
	if err := p.delim('}', "the end of the report"); err != nil {
		return err
	}
	if _, err := p.in.Token(); err != io.EOF {
		return errors.New("something follows its end")
	}
	return p.finish()
}

func (p *replay) member() error {
	token, err := p.in.Token()
	if err != nil {
		return err
	}
	key, _ := token.(string)
	if p.seen[key] {
		return fmt.Errorf("%q stands there twice", key)
	}
	p.seen[key] = true
	if key == "cases" {
		return p.cases()
	}
	if err := p.value(key); err != nil {
		return fmt.Errorf("%q: %w", key, err)
	}
	return nil
}

func (p *replay) value(key string) error {
	switch key {
	case "version":
		return p.version()
	case "tool":
		return p.in.Decode(&p.head.Tool)
	case "started":
		return p.in.Decode(&p.started)
	case "duration_ms":
		return p.in.Decode(&p.head.Duration)
	case "interrupted":
		return p.in.Decode(&p.head.Interrupted)
	case "summary":
		return p.in.Decode(&p.head.Summary)
	case "shard":
		return p.in.Decode(&p.head.Shard)
	case "looks":
		return p.in.Decode(&p.head.Looks)
	}
	return p.in.Decode(new(json.RawMessage))
}

func (p *replay) version() error {
	if err := p.in.Decode(&p.head.Version); err != nil {
		return err
	}
	if p.head.Version != Version {
		return fmt.Errorf("this program reads version %d, not %d", Version, p.head.Version)
	}
	return nil
}

// complete reports whether everything is known that Start tells.
func (p *replay) complete() bool {
	return p.seen["version"] && p.seen["tool"] && p.seen["started"] && p.seen["summary"]
}

func (p *replay) start() error {
	p.told = true
	return p.h.Start(Start{Tool: p.head.Tool, Started: p.started, Cases: p.head.Summary.Cases, Shard: p.head.Shard})
}

func (p *replay) cases() error {
	if err := p.delim('[', "a list of cases"); err != nil {
		return err
	}
	if p.complete() {
		if err := p.start(); err != nil {
			return err
		}
	}
	for p.in.More() {
		c, err := p.next()
		if err != nil {
			return err
		}
		if !p.told {
			p.waiting = append(p.waiting, c)
		} else if err := p.h.Case(c); err != nil {
			return err
		}
	}
	return p.delim(']', "the end of the cases")
}

func (p *replay) next() (*Case, error) {
	var c Case
	p.got.Cases++
	if err := p.in.Decode(&c); err != nil {
		return nil, fmt.Errorf("case %d: %w", p.got.Cases, err)
	}
	switch c.Status {
	case Passed:
		p.got.Passed++
	case Failed:
		p.got.Failed++
	case Errored:
		p.got.Errors++
	case Skipped:
		p.got.Skipped++
	default:
		return nil, fmt.Errorf("case %d has the status %q, which does not exist", p.got.Cases, c.Status)
	}
	return rewriter{unescapeBytes, unescapeBytes}.copy(&c), nil
}

func (p *replay) finish() error {
	for _, key := range []string{"version", "tool", "started", "summary", "cases"} {
		if !p.seen[key] {
			return fmt.Errorf("%q is missing", key)
		}
	}
	want := p.head.Summary
	p.got.Exchanges, p.got.Findings = want.Exchanges, want.Findings
	if p.got != want {
		return fmt.Errorf("its summary does not count its cases: %+v, but there are %+v", want, p.got)
	}
	if err := p.catchUp(); err != nil {
		return err
	}
	return p.h.Finish(Finish{
		Summary: want, Duration: time.Duration(p.head.Duration), Interrupted: p.head.Interrupted, Looks: p.head.Looks,
	})
}

// catchUp passes on the cases that had to wait.
func (p *replay) catchUp() error {
	if p.told {
		return nil
	}
	if err := p.start(); err != nil {
		return err
	}
	for _, c := range p.waiting {
		if err := p.h.Case(c); err != nil {
			return err
		}
	}
	return nil
}

func (p *replay) delim(want json.Delim, what string) error {
	token, err := p.in.Token()
	if err != nil {
		return err
	}
	if token != want {
		return fmt.Errorf("%s stands where %s should be", Visible(fmt.Sprint(token), 40), what)
	}
	return nil
}
