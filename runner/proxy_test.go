package runner_test

import (
	"bufio"
	"crypto/tls"
	"encoding/base64"
	"encoding/binary"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/corsgate/corsgate/report"
	"github.com/corsgate/corsgate/runner"
)

// forwardProxy is a small HTTP proxy: CONNECT and absolute URLs, with Basic authentication for user:secret. Every
// name leads to the address of the server behind it.
type forwardProxy struct {
	behind string
	mu     sync.Mutex
	seen   []string // request lines
}

func (p *forwardProxy) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	p.mu.Lock()
	p.seen = append(p.seen, r.Method+" "+r.RequestURI)
	p.mu.Unlock()
	want := "Basic " + base64.StdEncoding.EncodeToString([]byte("user:secret"))
	if r.Header.Get("Proxy-Authorization") != want {
		w.WriteHeader(http.StatusProxyAuthRequired)
		return
	}
	if r.Method == http.MethodConnect {
		p.tunnel(w)
		return
	}
	out := r.Clone(r.Context())
	out.URL = &url.URL{Scheme: "http", Host: p.behind, Path: r.URL.Path, RawQuery: r.URL.RawQuery}
	out.Header.Del("Proxy-Authorization")
	response, err := http.DefaultTransport.RoundTrip(out)
	if err != nil {
		w.WriteHeader(http.StatusBadGateway)
		return
	}
	defer response.Body.Close()
	for name, values := range response.Header {
		w.Header()[name] = values
	}
	w.WriteHeader(response.StatusCode)
	io.Copy(w, response.Body)
}

func (p *forwardProxy) tunnel(w http.ResponseWriter) {
	behind, err := net.Dial("tcp", p.behind)
	if err != nil {
		w.WriteHeader(http.StatusBadGateway)
		return
	}
	conn, _, err := http.NewResponseController(w).Hijack()
	if err != nil {
		return
	}
	io.WriteString(conn, "HTTP/1.1 200 Connection established\r\n\r\n")
	join(conn, behind)
}

func join(a, b net.Conn) {
	go func() {
		io.Copy(a, b)
		a.Close()
	}()
	io.Copy(b, a)
	b.Close()
}

func (p *forwardProxy) lines() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return strings.Join(p.seen, "; ")
}

func TestHTTPProxiesCarryEveryKindOfTarget(t *testing.T) {
	ca := newAuthority(t)
	plain := server(t, allow)
	tls2 := secure(t, certificates(ca.issue(t, "api.example.com", time.Now().Add(time.Hour))), true, allow)
	prior := unencrypted(t, allow)
	tests := []struct {
		name, behind, url, http, connect string
		line                             string
	}{
		{"plain http, absolute URL", plain.Listener.Addr().String(), "http://127.0.0.1:8081/x?q=a|b", "", "",
			"GET http://127.0.0.1:8081/x?q=a|b"},
		{"https, tunnel", tls2.Listener.Addr().String(), "https://api.example.com/x", "", "",
			"CONNECT api.example.com:443"},
		{"plain http sent elsewhere, tunnel", plain.Listener.Addr().String(), "http://127.0.0.1:8081/x", "",
			"origin.example.com:8080", "CONNECT origin.example.com:8080"},
		{"HTTP/2 with prior knowledge, tunnel", strings.TrimPrefix(prior, "http://"), "http://127.0.0.1:8081/x", "2", "",
			"CONNECT 127.0.0.1:8081"},
	}
	for _, scheme := range []string{"http", "https"} {
		for _, test := range tests {
			t.Run(scheme+" proxy: "+test.name, func(t *testing.T) {
				p := &forwardProxy{behind: test.behind}
				address := serveProxy(t, ca, scheme, p)
				c := get(test.url)
				c.Target.Connect, c.Target.HTTP = test.connect, test.http
				got := collect(t, runner.Options{CACert: ca.file, Proxy: scheme + "://user:secret@" + address}, c)[0]
				if got.Status != report.Passed {
					t.Fatalf("%s %+v; the proxy saw %s", got.Status, got.Error, p.lines())
				}
				if p.lines() != test.line {
					t.Errorf("the proxy saw %s, want %s", p.lines(), test.line)
				}
				if remote := got.Exchanges[0].Response.Remote; remote != "" {
					t.Errorf("remote %s, but behind a proxy it is not known", remote)
				}
			})
		}
	}
}

func serveProxy(t *testing.T, ca *authority, scheme string, p http.Handler) string {
	if scheme == "https" {
		return secure(t, certificates(ca.good(t)), false, p.ServeHTTP).Listener.Addr().String()
	}
	return server(t, p.ServeHTTP).Listener.Addr().String()
}

func TestProxyTroubleNamesTheProxy(t *testing.T) {
	p := &forwardProxy{behind: closedPort(t)}
	address := server(t, p.ServeHTTP).Listener.Addr().String()
	rows := []struct {
		luck
		proxy string
	}{
		{luck{"no authorization", "https://api.example.com/", "connect", "407 Proxy Authentication Required"},
			"http://" + address},
		{luck{"not reached", "https://api.example.com/", "connect", "502 Bad Gateway"},
			"http://user:secret@" + address},
		{luck{"refused", "https://api.example.com/", "connect", "cannot connect to"}, "http://" + closedPort(t)},
		{luck{"SOCKS refused", "https://api.example.com/", "connect", "cannot connect to"}, "socks5h://" + closedPort(t)},
		{luck{"silent", "https://api.example.com/", "timeout", "the answer of the proxy"},
			"http://" + listen(t, func(net.Conn) {})},
		{luck{"SOCKS silent", "https://api.example.com/", "timeout", "the answer of the proxy"},
			"socks5h://" + listen(t, func(net.Conn) {})},
		{luck{"SOCKS says no", "https://api.example.com/", "connect", "did not connect to api.example.com:443"},
			"socks5h://" + socks(t, closedPort(t), nil)},
		{luck{"not a proxy", "https://api.example.com/", "connect", "did not connect"},
			"http://" + once(t, "220 mail.example.com\r\n")},
	}
	for _, row := range rows {
		t.Run(row.name, func(t *testing.T) {
			got := collect(t, runner.Options{Proxy: row.proxy, Timeout: time.Second}, get(row.url))[0]
			wantTrouble(t, got, row.luck)
		})
	}
}

// socks is a SOCKS5 proxy (https://www.rfc-editor.org/rfc/rfc1928) without authentication whose every connection leads
// to behind. It hands the addresses that it is asked for on.
func socks(t *testing.T, behind string, asked chan<- string) string {
	return listen(t, func(conn net.Conn) {
		reader := bufio.NewReader(conn)
		head := make([]byte, 2)
		io.ReadFull(reader, head)
		io.CopyN(io.Discard, reader, int64(head[1]))
		conn.Write([]byte{5, 0})
		address := socksAddress(reader)
		if asked != nil {
			asked <- address
		}
		next, err := net.Dial("tcp", behind)
		if err != nil {
			conn.Write([]byte{5, 5, 0, 1, 0, 0, 0, 0, 0, 0})
			return
		}
		conn.Write([]byte{5, 0, 0, 1, 0, 0, 0, 0, 0, 0})
		join(conn, next)
	})
}

func socksAddress(reader io.Reader) string {
	head := make([]byte, 4)
	io.ReadFull(reader, head)
	size := map[byte]int{1: 4, 4: 16}[head[3]]
	if head[3] == 3 {
		length := make([]byte, 1)
		io.ReadFull(reader, length)
		size = int(length[0])
	}
	rest := make([]byte, size+2)
	io.ReadFull(reader, rest)
	host := string(rest[:size])
	if head[3] != 3 {
		host = net.IP(rest[:size]).String()
	}
	port := &net.TCPAddr{Port: int(binary.BigEndian.Uint16(rest[size:]))}
	return host + port.String()
}

func TestSOCKSProxiesLookNamesUpWhereCurlDoes(t *testing.T) {
	ca := newAuthority(t)
	s := secure(t, certificates(ca.issue(t, "api.example.com", time.Now().Add(time.Hour))), true, allow)
	tests := []struct{ scheme, asked string }{
		{"socks5h", "api.example.com:443"},
		{"socks5", "127.0.0.9:443"},
	}
	for _, test := range tests {
		t.Run(test.scheme, func(t *testing.T) {
			asked := make(chan string, 1)
			got := collect(t, runner.Options{
				CACert: ca.file, Resolve: []string{"api.example.com:443:127.0.0.9"},
				Proxy: test.scheme + "://" + socks(t, s.Listener.Addr().String(), asked),
			}, get("https://api.example.com/"))[0]
			if got.Status != report.Passed {
				t.Fatalf("%s %+v", got.Status, got.Error)
			}
			if address := <-asked; address != test.asked {
				t.Errorf("asked for %s, want %s", address, test.asked)
			}
		})
	}
}

func TestProxiesComeFromTheEnvironmentButNotForLoopback(t *testing.T) {
	p := &forwardProxy{behind: server(t, allow).Listener.Addr().String()}
	t.Setenv("HTTP_PROXY", "http://user:secret@"+server(t, p.ServeHTTP).Listener.Addr().String())
	t.Setenv("NO_PROXY", "direct.example.com")
	through, loopback := get("http://api.example.com/"), get(server(t, allow).URL)
	direct := get("http://direct.example.com:8081/")
	through.Fetch.Origin.Scheme, direct.Fetch.Origin.Scheme = "http", "http"
	way := "direct.example.com:8081:" + closedPort(t)
	results := collect(t, runner.Options{ConnectTo: []string{way}}, through, loopback, direct)
	if results[0].Status != report.Passed || results[1].Status != report.Passed {
		t.Errorf("%+v, %+v", results[0].Error, results[1].Error)
	}
	if results[2].Error == nil || results[2].Error.Kind != "connect" {
		t.Errorf("past the proxy: %+v", results[2].Error)
	}
	if p.lines() != "GET http://api.example.com/" {
		t.Errorf("the proxy saw %s", p.lines())
	}
}

func TestRoutes(t *testing.T) {
	ca := newAuthority(t)
	s := secure(t, certificates(ca.issue(t, "api.example.com", time.Now().Add(time.Hour))), false, allow)
	address := s.Listener.Addr().String()
	_, port, _ := net.SplitHostPort(address)
	tests := []struct {
		name    string
		options runner.Options
		url     string
		connect string
		passes  bool
	}{
		{"--resolve", runner.Options{Resolve: []string{"api.example.com:" + port + ":127.0.0.1"}},
			"https://api.example.com:" + port, "", true},
		{"--resolve with several addresses",
			runner.Options{Resolve: []string{"api.example.com:" + port + ":[::1],127.0.0.1"}},
			"https://api.example.com:" + port, "", true},
		{"--resolve of another port", runner.Options{Resolve: []string{"api.example.invalid:1:127.0.0.1"}},
			"https://api.example.invalid:" + port, "", false},
		{"--connect-to", runner.Options{ConnectTo: []string{"api.example.com:443:" + address}},
			"https://api.example.com/", "", true},
		{"--connect-to for any host", runner.Options{ConnectTo: []string{"::" + address}},
			"https://api.example.com/", "", true},
		{"the target's own way", runner.Options{}, "https://api.example.com/", address, true},
		{"the target's own way wins", runner.Options{ConnectTo: []string{"::127.0.0.1:1"}},
			"https://api.example.com/", address, true},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			c := get(test.url)
			c.Target.Connect = test.connect
			test.options.CACert = ca.file
			got := collect(t, test.options, c)[0]
			if (got.Status == report.Passed) != test.passes {
				t.Errorf("%s %+v", got.Status, got.Error)
			}
		})
	}
}

func TestClientCertificatesAndTrustOfATargetWin(t *testing.T) {
	ca := newAuthority(t)
	cert, key := writePair(t, ca.issue(t, "client", time.Now().Add(time.Hour)))
	s := secure(t, &tls.Config{
		Certificates: []tls.Certificate{ca.good(t)}, ClientAuth: tls.RequireAndVerifyClientCert, ClientCAs: ca.pool(),
	}, true, allow)
	global, own, insecure := get(s.URL), get(s.URL), get(s.URL)
	own.Target.CA, own.Target.ClientCert, own.Target.ClientKey = ca.file, cert, key
	insecure.Target.Insecure, insecure.Target.ClientCert, insecure.Target.ClientKey = true, cert, key
	got := collect(t, runner.Options{CACert: ca.file, Cert: cert, Key: key}, global)[0]
	if got.Status != report.Passed {
		t.Errorf("by options: %+v", got.Error)
	}
	for _, got := range collect(t, runner.Options{}, own, insecure) {
		if got.Status != report.Passed {
			t.Errorf("by target: %+v", got.Error)
		}
	}
}

func TestOptionsThatCannotBeUsedAreToldBeforeAnythingIsSent(t *testing.T) {
	c := get("http://127.0.0.1:1/")
	badConnect := get("http://127.0.0.1:1/")
	badConnect.Target.Connect = "127.0.0.1"
	tests := []struct {
		name    string
		c       runner.Case
		options runner.Options
		says    string
	}{
		{"resolve", c, runner.Options{Resolve: []string{"api.example.com:127.0.0.1"}}, "HOST:PORT:ADDRESS"},
		{"resolve to a name", c, runner.Options{Resolve: []string{"a:1:b"}}, "HOST:PORT:ADDRESS"},
		{"connect-to", c, runner.Options{ConnectTo: []string{"a:1:b"}}, "HOST1:PORT1:HOST2:PORT2"},
		{"proxy", c, runner.Options{Proxy: "ftp://p:1"}, "ftp"},
		{"HTTP version", c, runner.Options{HTTP: "3"}, `"3"`},
		{"roots", c, runner.Options{CACert: "no-such-file.pem"}, "no-such-file.pem"},
		{"client certificate", c, runner.Options{Cert: "no-such-file.pem"}, "no-such-file.pem"},
		{"the target's connect", badConnect, runner.Options{}, "HOST:PORT"},
		{"no target", runner.Case{ID: "x"}, runner.Options{}, "target"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			_, _, err := runner.Collect(t.Context(), []runner.Case{test.c}, test.options)
			if err == nil || !strings.Contains(err.Error(), test.says) {
				t.Errorf("Run: %v, want %s", err, test.says)
			}
			checked := runner.Check([]runner.Case{test.c}, test.options)
			if checked == nil || checked.Error() != err.Error() {
				t.Errorf("Check: %v, Run: %v", checked, err)
			}
		})
	}
}
