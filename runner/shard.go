package runner

import (
	"encoding/hex"
	"fmt"
	"slices"
	"sync"

	"github.com/corsgate/corsgate/cors"
	"github.com/corsgate/corsgate/internal/plan"
	"github.com/corsgate/corsgate/report"
)

// Shard is one of the parts of a plan that run on machines of their own: an alias, so that programs outside of this
// module can choose one.
type Shard = plan.Shard

// part is a shard of a plan under way. As a Handler it adds to what the run tells what merging needs: the places of
// the cases in the whole plan, and which exchanges other shards have too.
type part struct {
	report.Handler
	shard   report.Shard
	whole   []plan.Case
	places  []int // of the shard's cases in whole
	hide    func(string) string
	noShare bool
	told    int // cases

	mu    sync.Mutex
	looks []string // identities of the requests that looked for causes and findings
}

// newPart deals out cases; what is told goes on to h.
func newPart(cases []plan.Case, o Options, h report.Handler) (*part, error) {
	name, err := plan.Digest(cases, o.Hide)
	if err != nil {
		return nil, err
	}
	p := &part{Handler: h, whole: cases, places: o.Shard.Of(cases), hide: o.Hide, noShare: o.NoShare}
	p.shard = report.Shard{Index: o.Shard.Index, Total: o.Shard.Total, Plan: name, Cases: len(cases)}
	if p.hide == nil {
		p.hide = func(s string) string { return s }
	}
	return p, nil
}

// cases are those of the shard.
func (p *part) cases() []plan.Case {
	mine := make([]plan.Case, len(p.places))
	for i, place := range p.places {
		mine[i] = p.whole[place]
	}
	return mine
}

// Start, Case and Finish are a Handler's.

func (p *part) Start(s report.Start) error {
	s.Shard = &p.shard
	return p.Handler.Start(s)
}

func (p *part) Case(c *report.Case) error {
	place := p.places[p.told]
	p.told++
	c.Position = place + 1
	p.identify(&p.whole[place], c.Exchanges)
	return p.Handler.Case(c)
}

func (p *part) Finish(f report.Finish) error {
	slices.Sort(p.looks)
	f.Looks = p.looks
	return p.Handler.Finish(f)
}

// Progress is the inner Handler's, where it is one.
func (p *part) Progress(done, total int) {
	if inner, ok := p.Handler.(report.Progress); ok {
		inner.Progress(done, total)
	}
}

// identify names the exchanges of a case that other cases may share. A second one of the same kind, in a redirect
// loop, is another exchange; a second try is not.
func (p *part) identify(c *plan.Case, exchanges []report.Exchange) {
	seen := map[plan.Key]int{}
	for i := range exchanges {
		x := &exchanges[i]
		request := cors.Request{Method: x.Request.Method, URL: x.Request.URL}
		if p.noShare || !plan.Shared(c, request) {
			continue
		}
		if x.Request.Body != "" {
			request.Body = &x.Request.Body
		}
		for _, h := range x.Request.Headers {
			request.Headers = append(request.Headers, cors.Header{Name: h[0], Value: h[1]})
		}
		key := p.key(c, request)
		if x.Try == 0 {
			seen[key]++
		}
		x.Identity = fmt.Sprintf("%s-%d", name(key), seen[key])
	}
}

// look notes a request that no case makes.
func (p *part) look(c *plan.Case, request cors.Request) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.looks = append(p.looks, name(p.key(c, request)))
}

// key is plan.Identity without what is to be hidden: the hash of a weak secret could be guessed from.
func (p *part) key(c *plan.Case, request cors.Request) plan.Key {
	shown, target := *c, *c.Target
	for _, s := range []*string{&target.URL, &target.Connect, &target.Proxy, &request.URL} {
		*s = p.hide(*s)
	}
	shown.Target = &target
	headers := make([]cors.Header, len(request.Headers))
	for i, h := range request.Headers {
		headers[i] = cors.Header{Name: p.hide(h.Name), Value: p.hide(h.Value)}
	}
	request.Headers = headers
	if request.Body != nil {
		body := p.hide(*request.Body)
		request.Body = &body
	}
	return plan.Identity(&shown, request)
}

func name(k plan.Key) string { return hex.EncodeToString(k[:8]) }
