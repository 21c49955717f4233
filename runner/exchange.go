package runner

import (
	"context"
	"net/http"
	"net/http/httptrace"
	"slices"
	"strings"
	"time"

	"github.com/corsgate/corsgate/cors"
)

// exchange is one try of one request and what came of it. It is not changed once it is made.
type exchange struct {
	response *cors.Response // nil: none came
	protocol string         // HTTP/1.1 or HTTP/2.0
	remote   string         // address of the server; empty when not known
	took     time.Duration  // until the head was complete
	trouble  *trouble       // nil: the head is complete
	reached  bool           // the request may have reached the server
	sends    int            // how often it was sent: twice when a kept connection turned out to be out of step
	note     string         // trouble in the body
	body     string         // the beginning of an error's body, decoded
}

// attempt is how to make one exchange.
type attempt struct {
	timeout time.Duration
	fresh   bool // on a connection of its own
}

// exchange sends r and waits for the head of the answer, and for the body as far as it is read.
//
// A Transport resends a request by itself when a kept connection dies under it before any byte of the answer, but only
// GET, HEAD and OPTIONS, as browsers do. All others get a connection of their own, on which it never does. A kept
// connection may also be out of step, when a server sent more than it announced: an answer on it that makes no sense is
// asked for again on a fresh one.
func (c *client) exchange(ctx context.Context, r cors.Request, a attempt) *exchange {
	if !resendable(r.Method) {
		a.fresh = true
	}
	x, t := c.try(ctx, r, a)
	if t.outOfStep(x) && ctx.Err() == nil {
		a.fresh = true
		x, _ = c.try(ctx, r, a)
		x.sends++
	}
	return x
}

// resendable reports whether a server may see a request of this method twice without harm:
// https://httpwg.org/specs/rfc9110.html#safe.methods
func resendable(method string) bool {
	return method == http.MethodGet || method == http.MethodHead || method == http.MethodOptions
}

func (c *client) try(ctx context.Context, r cors.Request, a attempt) (*exchange, *trace) {
	start := time.Now()
	t := &trace{method: r.Method, progress: &progress{deadline: start.Add(a.timeout)}}
	t.progress.enter("the request to " + r.URL)
	ctx, t.cancel = context.WithCancelCause(ctx)
	defer t.cancel(nil)
	timer := time.AfterFunc(a.timeout, func() { t.cancel(t.late(a.timeout)) })
	defer timer.Stop()
	x := &exchange{sends: 1}
	request, err := c.request(r)
	if err != nil {
		x.trouble = troublef(kindProtocol, "this request cannot be sent: %s", plain(err))
		return x, t
	}
	t.progress.enter("the answer of " + request.URL.Host)
	transport, done := c.connections(a.fresh)
	defer done()
	response, err := transport.RoundTrip(request.WithContext(t.attach(ctx)))
	x.took, x.reached = time.Since(start), t.wire != nil || c.dialer == nil
	if err != nil {
		x.trouble = c.trouble(ctx, request.URL.Host, t, err)
		return x, t
	}
	defer response.Body.Close()
	x.takeHead(response, t)
	if x.trouble == nil {
		x.takeBody(ctx, response)
	}
	return x, t
}

// trouble classifies an error of RoundTrip.
func (c *client) trouble(ctx context.Context, host string, t *trace, err error) *trouble {
	if c.dialer == nil && t.wire == nil {
		t.wire = new(wire)
	}
	return wireTrouble(ctx, host, t.wire, t.answer, err)
}

// connections returns the Transport to use and what to do afterwards.
func (c *client) connections(fresh bool) (http.RoundTripper, func()) {
	if !fresh || c.dialer == nil {
		return c.transport, func() {}
	}
	own := c.newTransport()
	return own, own.CloseIdleConnections
}

// takeHead takes status and header lines over, as they were on the wire where that is known.
func (x *exchange) takeHead(response *http.Response, t *trace) {
	x.response = &cors.Response{Status: response.StatusCode, Received: time.Now()}
	x.protocol = response.Proto
	switch {
	case t.wire == nil:
		x.response.Headers = sortedHeaders(response.Header, false)
	case t.answer == nil:
		x.remote = t.wire.remote
		x.response.Headers = sortedHeaders(response.Header, response.ProtoMajor == 2)
	default:
		x.remote = t.wire.remote
		x.response.Headers = parseHead(t.answer.text())
	}
	if x.trouble = headTrouble(response, x.response.Headers); x.trouble != nil {
		x.response = nil
	}
}

// headTrouble says what is wrong with a head that net/http has accepted.
func headTrouble(response *http.Response, headers []cors.Header) *trouble {
	switch {
	case response.StatusCode == http.StatusSwitchingProtocols:
		return troublef(kindProtocol, "the server answered 101 and switched protocols without being asked")
	case response.StatusCode < 200:
		return troublef(kindProtocol, "the server answered with status %03d", response.StatusCode)
	case response.ProtoMajor == 0, response.ProtoMajor == 1 && response.ProtoMinor > 1, response.ProtoMajor > 2:
		return troublef(kindProtocol, "the server answered with the unknown version %s", response.Proto)
	case len(headers) > maxHeadLines:
		return troublef(kindProtocol, "the head of the answer has more than %d lines", maxHeadLines)
	}
	return nil
}

// sortedHeaders lists a header whose order on the wire is not known: by name, the lines of one name in their order.
func sortedHeaders(h http.Header, lower bool) []cors.Header {
	headers := make([]cors.Header, 0, len(h))
	for name, values := range h {
		if lower {
			name = strings.ToLower(name)
		}
		for _, value := range values {
			headers = append(headers, cors.Header{Name: name, Value: value})
		}
	}
	slices.SortStableFunc(headers, func(a, b cors.Header) int { return strings.Compare(a.Name, b.Name) })
	return headers
}

// trace follows one exchange through a Transport.
type trace struct {
	method   string
	progress *progress
	cancel   context.CancelCauseFunc
	wire     *wire     // the last connection that was used; nil: none yet
	answer   *recorder // what came over it; nil for HTTP/2
	reused   bool
	sends    int
}

// maxStreams bounds how often a Transport may resend by itself when the server refuses HTTP/2 streams: it would go on
// with growing pauses.
const maxStreams = 2

func (t *trace) attach(ctx context.Context) context.Context {
	ctx = context.WithValue(ctx, progressKey{}, t.progress)
	return httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{GotConn: t.gotConn})
}

func (t *trace) gotConn(info httptrace.GotConnInfo) {
	t.sends++
	t.reused = info.Reused
	if t.wire = wireOf(info.Conn); t.wire == nil {
		return
	}
	if t.answer = t.wire.expect(t.method); t.answer == nil && t.sends > maxStreams {
		t.cancel(refused())
	}
}

func refused() *trouble { return troublef(kindProtocol, "the server refuses every HTTP/2 stream") }

// late is the trouble of an exchange whose time is up.
func (t *trace) late(timeout time.Duration) *trouble {
	return troublef(kindTimeout, "%s took longer than %s", *t.progress.phase.Load(), timeout)
}

// outOfStep reports whether x went wrong, or was answered before it was sent, on a kept HTTP/1 connection.
func (t *trace) outOfStep(x *exchange) bool {
	if !t.reused || t.answer == nil {
		return false
	}
	return (x.trouble != nil && x.trouble.kind == kindProtocol) || (x.trouble == nil && t.answer.text() == "")
}
