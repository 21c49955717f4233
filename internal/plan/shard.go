package plan

import (
	"encoding/hex"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
)

// Shard is one of the parts of a plan that run on machines of their own. The zero Shard is the whole plan.
type Shard struct {
	Index int // from 1 to Total
	Total int // 0: the whole plan
}

// Check reports what is wrong with s.
func (s Shard) Check() error {
	if s.Total < 0 || s != (Shard{}) && (s.Index < 1 || s.Index > s.Total) {
		return fmt.Errorf("there is no shard %d of %d: the first is 1, the last %d", s.Index, s.Total, s.Total)
	}
	return nil
}

// Of returns the indices, in order, of those of cases that belong to s; there may be none. The cases are dealt out in
// turn by their ids: shards differ by one case at most, and a plan is dealt alike wherever it is made.
func (s Shard) Of(cases []Case) []int {
	order := make([]int, len(cases))
	for i := range order {
		order[i] = i
	}
	if s.Total <= 1 {
		return order
	}
	slices.SortFunc(order, func(a, b int) int { return strings.Compare(cases[a].ID, cases[b].ID) })
	mine := make([]int, 0, len(cases)/s.Total+1)
	for i := s.Index - 1; i < len(order); i += s.Total {
		mine = append(mine, order[i])
	}
	slices.Sort(mine)
	return mine
}

// Digest names a plan by all that its cases send and expect: two plans with the same one are the same. Texts go
// through hide, which takes secrets out, and what differs between the machines of one plan; nil: they stay.
func Digest(cases []Case, hide func(string) string) (string, error) {
	d := make(digest, 0, 1024)
	for i := range cases {
		text, err := json.Marshal(contentOf(&cases[i]))
		if err != nil {
			return "", fmt.Errorf("case %s: %w", cases[i].ID, err)
		}
		if hide != nil {
			text = []byte(hide(string(text)))
		}
		d = append(d, text...)
		sum := d.sum()
		d = append(d[:0], sum[:]...)
	}
	sum := d.sum()
	return hex.EncodeToString(sum[:16]), nil
}

// contentOf is what of a case decides how it goes; what an Engine is, its name tells.
func contentOf(c *Case) any {
	browsers := make([]string, len(c.Browsers))
	for i, e := range c.Browsers {
		browsers[i] = e.Name
	}
	origin, fetch := c.Fetch.Origin.String(), c.Fetch
	fetch.PublicSuffixes = nil
	return []any{
		c.ID, c.Name, c.Scenario, c.File, c.Line, c.Target, c.Tags, c.Kind, c.Probe, origin, fetch, browsers,
		c.Send, c.Repeat, c.Timeout, c.Skip, c.Expect, c.Levels,
	}
}
