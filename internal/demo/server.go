package demo

import (
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/netip"
	"time"
)

// Server is a running demonstration API.
type Server struct {
	URL string // http://host:port, without a slash at its end

	server *http.Server
	done   chan error
}

// Start serves the API on a loopback address such as 127.0.0.1:0 or [::1]:8080, over HTTP/1.1 and, by prior
// knowledge, HTTP/2. Port 0 takes a free one. The caller must Close the Server.
func Start(addr string) (*Server, error) {
	if err := checkLoopback(addr); err != nil {
		return nil, err
	}
	listener, err := net.Listen("tcp", addr)
	if err != nil {
		return nil, fmt.Errorf("can't start the demonstration API: %w", err)
	}
	s := &Server{URL: "http://" + listener.Addr().String(), server: newHTTPServer(), done: make(chan error, 1)}
	go func() { s.done <- s.server.Serve(listener) }()
	return s, nil
}

// Close stops the server and cuts off requests in flight. It must be called once.
func (s *Server) Close() error {
	err := s.server.Close()
	if serveErr := <-s.done; !errors.Is(serveErr, http.ErrServerClosed) {
		err = errors.Join(err, serveErr)
	}
	return err
}

func newHTTPServer() *http.Server {
	protocols := new(http.Protocols)
	protocols.SetHTTP1(true)
	protocols.SetUnencryptedHTTP2(true)
	return &http.Server{
		Handler:           Handler(),
		Protocols:         protocols,
		ReadHeaderTimeout: 10 * time.Second,
		IdleTimeout:       time.Minute,
		ErrorLog:          log.New(io.Discard, "", 0),
	}
}

// checkLoopback refuses addresses that other machines could reach: the API is wrong on purpose.
func checkLoopback(addr string) error {
	host, _, err := net.SplitHostPort(addr)
	if err != nil {
		return fmt.Errorf("the demonstration API needs an address such as 127.0.0.1:8080: %w", err)
	}
	if ip, err := netip.ParseAddr(host); err == nil && ip.IsLoopback() {
		return nil
	}
	return fmt.Errorf("the demonstration API listens on a loopback address such as 127.0.0.1:8080, not on %q", addr)
}
