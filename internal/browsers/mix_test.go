package browsers

import (
	"flag"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"

	"github.com/corsgate/corsgate/internal/corpus"
)

var mix = flag.Uint64("mix", 0, "ask SIZE new cases, made of parts of the recorded ones with this seed")

// mixer makes new cases of parts of recorded ones.
type mixer struct {
	*rand.Rand
	cases []corpus.Case
}

func mixed(cases []corpus.Case, seed uint64, n int) []corpus.Case {
	m := mixer{rand.New(rand.NewPCG(seed, 0)), cases}
	made := make([]corpus.Case, n)
	for i := range made {
		made[i] = m.mix(fmt.Sprintf("new-%05d", i))
	}
	return made
}

// mix returns a case that takes each part from the first case drawn or, with the given chance, from another one.
func (m mixer) mix(id string) corpus.Case {
	first := m.draw()
	c, from := *first, []string{first.ID}
	c.Then, c.Group = nil, "mix"
	for _, part := range []struct {
		percent int
		take    func(*corpus.Case)
	}{
		{30, func(o *corpus.Case) { c.PageOrigin, c.Frame = o.PageOrigin, o.Frame }},
		{30, func(o *corpus.Case) { c.Request.Method, c.Request.Body = o.Request.Method, o.Request.Body }},
		{40, func(o *corpus.Case) { c.Request.Headers = slices.Concat(c.Request.Headers, o.Request.Headers) }},
		{30, func(o *corpus.Case) { c.Request.Credentials = o.Request.Credentials }},
		{10, func(o *corpus.Case) { c.Request.Mode = o.Request.Mode }},
		{10, func(o *corpus.Case) { c.Request.Redirect = o.Request.Redirect }},
		{20, func(o *corpus.Case) { c.CookiesSet = o.CookiesSet }},
		{40, func(o *corpus.Case) { c.Plan.Preflight = laid(o.Plan.Preflight, c.Plan.Preflight) }},
		{40, func(o *corpus.Case) { c.Plan.Actual = laid(o.Plan.Actual, c.Plan.Actual) }},
		{20, func(o *corpus.Case) { c.Plan = o.Plan }},
	} {
		if other := m.draw(); m.chance(part.percent) {
			part.take(other)
			from = append(from, other.ID)
		}
	}
	c.ID, c.Note = id, strings.Join(from, " ")
	m.rename(&c, from)
	return c
}

// rename puts the case's id in the place of those that its parts come from, and changes some of the values.
func (m mixer) rename(c *corpus.Case, from []string) {
	var pairs []string
	for _, id := range from {
		pairs = append(pairs, id, c.ID)
	}
	ids := strings.NewReplacer(pairs...)
	c.Request.URL = ids.Replace(c.Request.URL)
	c.Request.Headers = m.bend(c.Request.Headers, ids)
	c.Plan.Preflight, c.Plan.Actual = m.bendAnswer(c.Plan.Preflight, ids), m.bendAnswer(c.Plan.Actual, ids)
	c.Plan.Hops = slices.Clone(c.Plan.Hops)
	for i, hop := range c.Plan.Hops {
		c.Plan.Hops[i].Preflight, c.Plan.Hops[i].Actual = m.bendAnswer(hop.Preflight, ids), m.bendAnswer(hop.Actual, ids)
	}
}

// laid is the answer top, with those headers of bottom that it has not.
func laid(top, bottom *corpus.Answer) *corpus.Answer {
	if top == nil || bottom == nil {
		return top
	}
	both := corpus.Answer{Status: top.Status, Headers: slices.Clone(top.Headers)}
	for _, h := range bottom.Headers {
		if !slices.ContainsFunc(top.Headers, func(o [2]string) bool { return strings.EqualFold(o[0], h[0]) }) {
			both.Headers = append(both.Headers, h)
		}
	}
	return &both
}

func (m mixer) bendAnswer(a *corpus.Answer, ids *strings.Replacer) *corpus.Answer {
	if a == nil {
		return nil
	}
	return &corpus.Answer{Status: a.Status, Headers: m.bend(a.Headers, ids)}
}

// bend changes a character in some of the values. Cookies are left out, since they would reach later cases, and a
// Location stays, since the server must know the case by the path.
func (m mixer) bend(headers [][2]string, ids *strings.Replacer) [][2]string {
	var bent [][2]string
	for _, h := range headers {
		name, value := strings.ToLower(h[0]), ids.Replace(h[1])
		if name != "content-length" && name != "location" && m.chance(12) {
			value = m.change(value)
		}
		if name != "set-cookie" && name != "clear-site-data" {
			bent = append(bent, [2]string{h[0], value})
		}
	}
	return bent
}

// change inserts, drops or replaces a character, or makes all of them capitals.
func (m mixer) change(s string) string {
	old, letters := []rune(s), []rune(" \t,,*;=\"aZ/:.-09\u0080\u00e9\u00a0_x")
	at, with := m.IntN(len(old)+1), string(letters[m.IntN(len(letters))])
	switch {
	case m.chance(40) || at == len(old):
		return string(old[:at]) + with + string(old[at:])
	case m.chance(40):
		return string(old[:at]) + string(old[at+1:])
	case m.chance(30):
		return strings.ToUpper(s)
	}
	return string(old[:at]) + with + string(old[at+1:])
}

func (m mixer) chance(percent int) bool { return m.IntN(100) < percent }

func (m mixer) draw() *corpus.Case { return &m.cases[m.IntN(len(m.cases))] }
