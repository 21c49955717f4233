package report

import (
	"errors"
	"fmt"
	"iter"
	"os"
	"time"
)

// Shards are the JSON reports of all shards of one plan. They are for one goroutine.
type Shards struct {
	reports []*shardReport
	owner   map[int]*shardReport // by a case's place in the plan
	sent    map[string]bool      // the identities of exchanges so far
	doubled int                  // exchanges that several shards have sent
}

// ReadShards reads reports from files, of which there must be one or more, in any order. It refuses reports that can't
// be read, or that are not all and only the shards of one plan. The report of a whole run may stand alone.
func ReadShards(files []string) (*Shards, error) {
	m := &Shards{owner: map[int]*shardReport{}, sent: map[string]bool{}}
	for _, file := range files {
		s := &shardReport{file: file}
		if err := s.replay(s); err != nil {
			return nil, err
		}
		m.reports = append(m.reports, s)
	}
	return m, m.check()
}

// Replay feeds h as one run of the whole plan would have, the cases in the plan's order, and must be called once only.
// What that run would have shared counts once, and is marked as shared, also where several shards have sent it. The
// files are read again, so that memory does not grow with their evidence. The error joins what h returned, or says
// that a file has changed in the meantime.
func (m *Shards) Replay(h Handler) (Summary, error) {
	for _, s := range m.reports {
		s.next, s.stop = iter.Pull2(s.cases())
		defer s.stop()
	}
	finish, started := m.sum()
	errs := []error{h.Start(Start{Tool: m.reports[0].start.Tool, Started: started, Cases: finish.Summary.Cases})}
	for place := 1; place <= len(m.owner); place++ {
		owner := m.owner[place]
		c, err, ok := owner.next()
		if !ok {
			err = fmt.Errorf("report %s: it has changed", owner.file)
		}
		if err != nil {
			return Summary{}, err
		}
		m.join(c)
		errs = append(errs, h.Case(c))
	}
	finish.Summary.Exchanges -= m.doubled
	errs = append(errs, h.Finish(finish))
	return finish.Summary, errors.Join(errs...)
}

// shardReport is one of the files. As a Handler it surveys what the file holds.
type shardReport struct {
	file   string
	start  Start
	finish Finish
	places []int
	next   func() (*Case, error, bool)
	stop   func()
}

func (s *shardReport) replay(h Handler) error {
	in, err := os.Open(s.file)
	if err != nil {
		return fmt.Errorf("report %s: %w", s.file, withoutPath(err))
	}
	defer in.Close()
	if err := Replay(in, h); err != nil {
		return fmt.Errorf("report %s: %w", s.file, err)
	}
	return nil
}

// Start, Case and Finish are a Handler's.

func (s *shardReport) Start(start Start) error {
	s.start = start
	return nil
}

func (s *shardReport) Case(c *Case) error {
	s.places = append(s.places, c.Position)
	return nil
}

func (s *shardReport) Finish(f Finish) error {
	s.finish = f
	return nil
}

// check refuses what is not one plan's shards.
func (m *Shards) check() error {
	first := m.reports[0]
	if len(m.reports) == 1 && first.start.Shard == nil {
		for i := range first.places {
			m.owner[i+1] = first
		}
		return nil
	}
	byIndex := map[int]*shardReport{}
	for _, s := range m.reports {
		if err := m.fits(s); err != nil {
			return err
		}
		if other := byIndex[s.start.Shard.Index]; other != nil {
			return fmt.Errorf("%s and %s both are shard %d of %d", other.file, s.file, s.start.Shard.Index, s.start.Shard.Total)
		}
		byIndex[s.start.Shard.Index] = s
	}
	for i := 1; i <= first.start.Shard.Total; i++ {
		if byIndex[i] == nil {
			return fmt.Errorf("shard %d of %d is missing", i, first.start.Shard.Total)
		}
	}
	return m.own()
}

// fits reports why s can't be merged with the first report; it may be the first.
func (m *Shards) fits(s *shardReport) error {
	first, mine := m.reports[0], s.start.Shard
	switch {
	case mine == nil:
		return fmt.Errorf("%s is the report of a whole run, not of a shard", s.file)
	case mine.Total < 1 || mine.Index < 1 || mine.Index > mine.Total:
		return fmt.Errorf("%s says that it is shard %d of %d", s.file, mine.Index, mine.Total)
	case s.start.Tool != first.start.Tool:
		return fmt.Errorf("%s is of %s and %s of %s", first.file, first.start.Tool, s.file, s.start.Tool)
	case mine.Total != first.start.Shard.Total:
		return fmt.Errorf("%s is one of %d shards and %s one of %d", first.file, first.start.Shard.Total, s.file, mine.Total)
	case mine.Plan != first.start.Shard.Plan || mine.Cases != first.start.Shard.Cases:
		return fmt.Errorf("%s and %s are shards of different plans", first.file, s.file)
	}
	return nil
}

// String is the tool's name and version.
func (t Tool) String() string { return t.Name + " " + t.Version }

// own finds out which report has which case.
func (m *Shards) own() error {
	total := m.reports[0].start.Shard.Cases
	for _, s := range m.reports {
		last := 0
		for _, place := range s.places {
			if place <= last || place > total || m.owner[place] != nil {
				return fmt.Errorf("%s has a case at place %d of %d, where none of its own can be", s.file, place, total)
			}
			last, m.owner[place] = place, s
		}
	}
	if len(m.owner) != total {
		return fmt.Errorf("the plan has %d cases, its shards have %d", total, len(m.owner))
	}
	return nil
}

// sum adds the counts up. The time is that from the first start to the last end.
func (m *Shards) sum() (f Finish, started time.Time) {
	started = m.reports[0].start.Started
	var ended time.Time
	for _, s := range m.reports {
		f.Summary = f.Summary.plus(s.finish.Summary)
		f.Interrupted = f.Interrupted || s.finish.Interrupted
		if s.start.Started.Before(started) {
			started = s.start.Started
		}
		if end := s.start.Started.Add(s.finish.Duration); end.After(ended) {
			ended = end
		}
	}
	f.Duration = ended.Sub(started)
	m.doubled = m.doubledLooks()
	return f, started
}

func (s Summary) plus(t Summary) Summary {
	return Summary{
		Cases: s.Cases + t.Cases, Passed: s.Passed + t.Passed, Failed: s.Failed + t.Failed, Errors: s.Errors + t.Errors,
		Skipped: s.Skipped + t.Skipped, Exchanges: s.Exchanges + t.Exchanges, Findings: s.Findings + t.Findings,
	}
}

// doubledLooks counts the further requests that one run would not have repeated.
func (m *Shards) doubledLooks() int {
	all, most := 0, map[string]int{}
	for _, s := range m.reports {
		mine := map[string]int{}
		for _, look := range s.finish.Looks {
			all++
			mine[look]++
			most[look] = max(most[look], mine[look])
		}
	}
	for _, n := range most {
		all -= n
	}
	return all
}

// join makes a shard's case one of the whole run.
func (m *Shards) join(c *Case) {
	c.Position = 0
	var made []string
	for i := range c.Exchanges {
		x := &c.Exchanges[i]
		if x.Identity == "" {
			continue
		}
		if m.sent[x.Identity] && !x.Shared {
			m.doubled++
			x.Shared = true
		}
		made = append(made, x.Identity)
		x.Identity = ""
	}
	for _, identity := range made {
		m.sent[identity] = true
	}
}

var errEnough = errors.New("no more is wanted")

// cases reads the file again, case by case.
func (s *shardReport) cases() iter.Seq2[*Case, error] {
	return func(yield func(*Case, error) bool) {
		err := s.replay(caseHandler(func(c *Case) error {
			if !yield(c, nil) {
				return errEnough
			}
			return nil
		}))
		if err != nil && !errors.Is(err, errEnough) {
			yield(nil, err)
		}
	}
}

// caseHandler is a Handler that wants the cases alone.
type caseHandler func(*Case) error

func (h caseHandler) Start(Start) error   { return nil }
func (h caseHandler) Case(c *Case) error  { return h(c) }
func (h caseHandler) Finish(Finish) error { return nil }
