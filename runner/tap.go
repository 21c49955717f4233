package runner

import (
	"crypto/tls"
	"io"
	"net"
	"sync/atomic"
)

// wire is a connection that knows whom it reaches and, for HTTP/1, records the head of each answer.
type wire struct {
	net.Conn
	remote           string // the address of the server; empty behind a proxy
	wantsCertificate bool   // the server asked for a client certificate and got none

	answer atomic.Pointer[recorder] // of the exchange under way; nil for HTTP/2
	end    error                    // after which nothing more is read; for Read alone
}

// recording makes w record answers.
func (w *wire) recording() *wire {
	w.answer.Store(new(recorder))
	return w
}

// Read records what it reads; the one goroutine of a Transport that reads calls it. A head beyond the limits ends the
// connection, and so do bytes where no body may be: net/http would take them for the next answer.
func (w *wire) Read(p []byte) (int, error) {
	if w.end != nil {
		return 0, w.end
	}
	n, err := w.Conn.Read(p)
	answer := w.answer.Load()
	if answer == nil {
		return n, err
	}
	within, over := answer.take(p[:n])
	switch {
	case over != nil:
		w.end = over
	case within < n:
		w.end = io.EOF
	default:
		return n, err
	}
	if within > 0 {
		return within, nil
	}
	return 0, w.end
}

// expect returns the recorder for the answer that comes next; nil for HTTP/2.
func (w *wire) expect(method string) *recorder {
	if w.answer.Load() == nil {
		return nil
	}
	next := &recorder{bare: method == "HEAD"}
	w.answer.Store(next)
	return next
}

// wireOf finds the wire below a connection that a Transport uses; nil when there is none.
func wireOf(conn net.Conn) *wire {
	if secure, ok := conn.(*tls.Conn); ok {
		conn = secure.NetConn()
	}
	w, _ := conn.(*wire)
	return w
}
