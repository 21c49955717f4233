package runner

import (
	"crypto/tls"
	"net"
	"sync"
)

// wire is a connection that knows whom it reaches and, for HTTP/1, records the head of each answer. The Transport
// reads it from a goroutine of its own.
type wire struct {
	net.Conn
	remote           string // the address of the server; empty behind a proxy
	wantsCertificate bool   // the server asked for a client certificate and got none

	mu       sync.Mutex
	recorder *recorder // nil for HTTP/2
	over     *trouble  // the limit that a head has passed: the connection is of no more use
}

// Read records what it reads. A head beyond the limits ends the connection.
func (w *wire) Read(p []byte) (int, error) {
	n, err := w.Conn.Read(p)
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.over == nil {
		w.over = w.recorder.take(p[:n])
	}
	if w.over != nil {
		w.Conn.Close()
		return 0, w.over
	}
	return n, err
}

// expect starts the recording of a new answer.
func (w *wire) expect() {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.recorder != nil {
		w.recorder = new(recorder)
	}
}

// head returns what was recorded since expect; empty for HTTP/2.
func (w *wire) head() string {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.recorder == nil {
		return ""
	}
	return string(w.recorder.head)
}

// garbage reports whether what came since expect can't become an HTTP answer.
func (w *wire) garbage() bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.recorder.garbage()
}

// torn reports whether the connection ended within the first line of an answer that may have been HTTP.
func (w *wire) torn() bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.recorder != nil && w.recorder.lines == 0 && len(w.recorder.head) > 0 && !w.recorder.garbage()
}

// wireOf finds the wire below a connection that a Transport uses; nil when there is none.
func wireOf(conn net.Conn) *wire {
	if secure, ok := conn.(*tls.Conn); ok {
		conn = secure.NetConn()
	}
	w, _ := conn.(*wire)
	return w
}
