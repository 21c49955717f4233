package runner

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"net/textproto"
	"sync"
)

// HandlerTransport returns a RoundTripper that calls h in process, without a network: the Transport of [Options] for
// testing a handler or a middleware. Host, scheme and port of the URL reach h as from a client; its RemoteAddr is
// 192.0.2.1:1234. h may not hijack the connection; what it writes is kept in memory up to 64 KiB. A handler that
// panics has closed the connection. The RoundTripper is safe for concurrent use if h is.
func HandlerTransport(h http.Handler) http.RoundTripper { return handlerTransport{h} }

type handlerTransport struct{ handler http.Handler }

// RoundTrip returns when h has, or when the request's context ends; h is then left to notice that itself.
func (t handlerTransport) RoundTrip(r *http.Request) (*http.Response, error) {
	answer := &answer{header: make(http.Header)}
	done := make(chan error, 1)
	go func() {
		done <- serve(t.handler, answer, serverRequest(r))
	}()
	select {
	case err := <-done:
		if err != nil {
			return nil, err
		}
		return answer.response(r), nil
	case <-r.Context().Done():
		return nil, context.Cause(r.Context())
	}
}

// serve calls h. http.ErrAbortHandler, or any other panic, is how a handler drops a connection.
func serve(h http.Handler, a *answer, r *http.Request) (err error) {
	defer func() {
		switch reason := recover(); reason {
		case nil:
		case http.ErrAbortHandler:
			err = troublef(kindClosed, "the handler aborted the answer")
		default:
			err = troublef(kindClosed, "the handler panicked: %v", reason)
		}
	}()
	h.ServeHTTP(a, r)
	a.WriteHeader(http.StatusOK)
	return nil
}

// serverRequest turns a client's request into what a server makes of it.
func serverRequest(r *http.Request) *http.Request {
	in := r.Clone(r.Context())
	in.Host, in.RemoteAddr = r.URL.Host, "192.0.2.1:1234"
	in.RequestURI = r.URL.RequestURI()
	if u, err := r.URL.Parse(in.RequestURI); err == nil {
		in.URL = u
	}
	in.URL.Scheme, in.URL.Host = "", ""
	in.Header = make(http.Header, len(r.Header))
	for name, values := range r.Header {
		name = textproto.CanonicalMIMEHeaderKey(name)
		in.Header[name] = append(in.Header[name], values...)
	}
	if in.Body == nil {
		in.Body = http.NoBody
	}
	return in
}

// answer is the http.ResponseWriter of an in-process call.
type answer struct {
	mu     sync.Mutex
	header http.Header // the handler's
	sent   http.Header // as it was when the head was written; nil before
	status int
	body   bytes.Buffer
}

func (a *answer) Header() http.Header { return a.header }

func (a *answer) WriteHeader(status int) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.sent == nil && (status >= 200 || status == http.StatusSwitchingProtocols) {
		a.status, a.sent = status, a.header.Clone()
	}
}

func (a *answer) Write(p []byte) (int, error) {
	if _, given := a.header["Content-Type"]; !given && a.sent == nil {
		a.header.Set("Content-Type", http.DetectContentType(p))
	}
	a.WriteHeader(http.StatusOK)
	a.mu.Lock()
	defer a.mu.Unlock()
	a.body.Write(p[:min(len(p), maxBody-a.body.Len())])
	return len(p), nil
}

// Flush implements [http.Flusher].
func (a *answer) Flush() { a.WriteHeader(http.StatusOK) }

func (a *answer) response(r *http.Request) *http.Response {
	return &http.Response{
		StatusCode: a.status, Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1, Header: a.sent,
		Body: io.NopCloser(&a.body), ContentLength: int64(a.body.Len()), Request: r,
	}
}
