package cors

// Flow is one fetch in one engine. It does no I/O and is not safe for concurrent use.
type Flow struct {
	outcome Outcome
}

// NewFlow starts a fetch. A nil cache means an empty one that nobody else sees.
func NewFlow(e Engine, f Fetch, cache *Cache) *Flow { return &Flow{} }

// Next returns the request that the browser sends now, the same one until Receive is called; false when the flow has
// ended.
func (f *Flow) Next() (Request, bool) { return Request{}, false }

// Receive takes the answer to the request that Next returned.
func (f *Flow) Receive(r Response) {}

// Stop ends the flow instead of sending the request that Next returned. Where the browser's checks so far (at least
// one preflight of this hop) have passed, the outcome is Allowed with neither status nor readable headers; else it
// stays undecided.
func (f *Flow) Stop() {}

// Outcome returns what the fetch came to; its zero value until the flow has ended.
func (f *Flow) Outcome() Outcome { return f.outcome }

// Cache is a browser's preflight cache: https://fetch.spec.whatwg.org/#cors-preflight-cache.
type Cache struct{}
