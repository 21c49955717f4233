package corpus

import (
	"bufio"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/url"
	"strconv"
	"strings"
	"sync"

	"github.com/corsgate/corsgate/cors"
)

// Server is a forward proxy on a loopback port, and every host behind it at once: it answers by the plans of its cases,
// byte for byte, and keeps what it received. It is safe for concurrent use.
type Server struct {
	listener  net.Listener
	cases     map[string]*Case
	authority *authority

	mu       sync.Mutex
	pages    map[string]string
	received []Received
	open     map[net.Conn]bool
	closed   bool
	serving  sync.WaitGroup
}

// Received is one request as it came in.
type Received struct {
	URL  string // with scheme and host
	Head string // all bytes up to and with the empty line
	Body string
}

// Serve starts a Server. Paths that are not of the form /c/ID or /c/ID/hop have 404.
func Serve(cases []Case) (*Server, error) {
	authority, err := newAuthority()
	if err != nil {
		return nil, err
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	s := &Server{
		listener: listener, cases: map[string]*Case{}, authority: authority,
		pages: map[string]string{}, open: map[net.Conn]bool{},
	}
	for i := range cases {
		s.cases[cases[i].ID] = &cases[i]
	}
	s.serving.Add(1)
	go s.accept()
	return s, nil
}

// Address is the host and port of the proxy.
func (s *Server) Address() string { return s.listener.Addr().String() }

// Page lets every host answer GET requests for path with an HTML page.
func (s *Server) Page(path, html string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.pages[path] = html
}

// Received returns what came in so far, in its order.
func (s *Server) Received() []Received {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.received[:len(s.received):len(s.received)]
}

// Close ends all connections, and returns when nothing of the server runs any more.
func (s *Server) Close() error {
	err := s.listener.Close()
	s.mu.Lock()
	s.closed = true
	for conn := range s.open {
		conn.Close()
	}
	s.mu.Unlock()
	s.serving.Wait()
	return err
}

func (s *Server) accept() {
	defer s.serving.Done()
	for {
		conn, err := s.listener.Accept()
		if err != nil {
			return
		}
		if !s.keep(conn) {
			conn.Close()
			return
		}
		go s.serve(conn)
	}
}

func (s *Server) keep(conn net.Conn) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return false
	}
	s.open[conn] = true
	s.serving.Add(1)
	return true
}

func (s *Server) serve(conn net.Conn) {
	defer s.serving.Done()
	defer func() {
		conn.Close()
		s.mu.Lock()
		defer s.mu.Unlock()
		delete(s.open, conn)
	}()
	reader := bufio.NewReader(conn)
	for {
		head, err := readHead(reader)
		if err != nil {
			return
		}
		method, target := requestLine(head)
		if method == "CONNECT" {
			io.WriteString(conn, "HTTP/1.1 200 Connection established\r\n\r\n")
			s.tunnel(conn, target)
			return
		}
		if s.exchange(conn, reader, head, target) != nil {
			return
		}
	}
}

// tunnel is the server at the other end of a CONNECT to address.
func (s *Server) tunnel(conn net.Conn, address string) {
	host, port, err := net.SplitHostPort(address)
	if err != nil {
		return
	}
	secure := tls.Server(conn, s.authority.config(host))
	defer secure.Close()
	origin := "https://" + strings.TrimSuffix(net.JoinHostPort(host, port), ":443")
	for reader := bufio.NewReader(secure); ; {
		head, err := readHead(reader)
		if err != nil {
			return
		}
		_, path := requestLine(head)
		if s.exchange(secure, reader, head, origin+path) != nil {
			return
		}
	}
}

// exchange receives the rest of a request and answers it.
func (s *Server) exchange(w io.Writer, reader *bufio.Reader, head, address string) error {
	r := Received{URL: address, Head: head}
	length, _ := strconv.Atoi(r.header("Content-Length"))
	body := make([]byte, min(length, maxHead))
	if _, err := io.ReadFull(reader, body); err != nil {
		return err
	}
	r.Body = string(body)
	s.mu.Lock()
	s.received = append(s.received, r)
	s.mu.Unlock()
	_, err := io.WriteString(w, s.answer(r))
	return err
}

func (s *Server) answer(r Received) string {
	var planned *Answer
	u, err := url.Parse(r.URL)
	if err != nil {
		return planned.text(true)
	}
	if html, ok := s.page(u.Path); ok {
		return fmt.Sprintf("HTTP/1.1 200 OK\r\nContent-Type: text/html;charset=utf-8\r\nContent-Length: %d\r\n\r\n%s",
			len(html), html)
	}
	if known := s.cases[r.CaseID()]; known != nil {
		planned = known.Plan.at(u.Path, r.Preflight())
	}
	return planned.text(r.Method() != "HEAD")
}

func (s *Server) page(path string) (html string, ok bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	html, ok = s.pages[path]
	return html, ok
}

// text is an answer on the wire: the planned bytes, and what the server of the recordings added.
func (a *Answer) text(withBody bool) string {
	if a == nil {
		a = &Answer{Status: 404}
	}
	response := a.Response()
	var b strings.Builder
	fmt.Fprintf(&b, "HTTP/1.1 %d Status\r\n", response.Status)
	for i, h := range response.Headers {
		if i < len(a.Headers) {
			h.Value = Bytes(a.Headers[i][1]) // with the white space around it
		}
		b.WriteString(h.Name + ": " + h.Value + "\r\n")
	}
	b.WriteString("\r\n")
	if withBody && response.Status != 204 && response.Status != 304 {
		b.WriteString("ok")
	}
	return b.String()
}

// Method is the request's method.
func (r Received) Method() string {
	method, _ := requestLine(r.Head)
	return method
}

// Preflight reports whether the request is a preflight.
func (r Received) Preflight() bool {
	return r.Method() == "OPTIONS" && r.header("Access-Control-Request-Method") != ""
}

// CaseID is the ID in a URL whose path is /c/ID or below; empty in others.
func (r Received) CaseID() string {
	_, rest, _ := strings.Cut(r.URL, "://")
	_, path, _ := strings.Cut(rest, "/")
	id, ok := strings.CutPrefix(path, "c/")
	if end := strings.IndexAny(id, "/?#"); ok && end >= 0 {
		id = id[:end]
	}
	if !ok {
		return ""
	}
	return id
}

// Headers are the request's header lines.
func (r Received) Headers() []cors.Header {
	var headers []cors.Header
	_, lines, _ := strings.Cut(r.Head, "\r\n")
	for line := range strings.Lines(lines) {
		if name, value, ok := strings.Cut(strings.TrimRight(line, "\r\n"), ":"); ok {
			headers = append(headers, cors.Header{Name: name, Value: strings.Trim(value, "\t ")})
		}
	}
	return headers
}

func (r Received) header(name string) string {
	for _, h := range r.Headers() {
		if strings.EqualFold(h.Name, name) {
			return h.Value
		}
	}
	return ""
}

func requestLine(head string) (method, target string) {
	line, _, _ := strings.Cut(head, "\r\n")
	method, rest, _ := strings.Cut(line, " ")
	target, _, _ = strings.Cut(rest, " ")
	return method, target
}

// maxHead is far beyond what any client of the tests sends.
const maxHead = 1 << 20

func readHead(reader *bufio.Reader) (string, error) {
	var head strings.Builder
	for head.Len() < maxHead {
		line, err := reader.ReadString('\n')
		if err != nil {
			return "", err
		}
		head.WriteString(line)
		if strings.TrimRight(line, "\r\n") == "" {
			return head.String(), nil
		}
	}
	return "", errors.New("the head does not end")
}
