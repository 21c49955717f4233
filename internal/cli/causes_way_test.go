package cli_test

import (
	"crypto/tls"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/corsgate/corsgate/internal/demo"
)

// without serves the demonstration API as if it had no CORS.
func without(h http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		r.Header.Del("Origin")
		h.ServeHTTP(w, r)
	})
}

// serveAt serves at an address until the test ends, and returns its port.
func serveAt(t *testing.T, address string, h http.Handler) (port string) {
	t.Helper()
	listener, err := net.Listen("tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewUnstartedServer(h)
	server.Listener.Close()
	server.Listener = listener
	server.Start()
	t.Cleanup(server.Close)
	_, port, _ = net.SplitHostPort(listener.Addr().String())
	return port
}

const oneName = `
target: http://api.localhost:%s
scenarios:
  - name: proof
    paths: [/right/list, /right/list/1]
    methods: [GET, PUT]
    origins: https://app.example.com
    credentials: include
    expect: allowed
`

func TestTheAddressWhoseServerIsStaleIsNamed(t *testing.T) {
	port := serveAt(t, "127.0.0.1:0", without(demo.Handler()))
	serveAt(t, "127.0.0.2:"+port, demo.Handler())
	r, _ := runText(t, fmt.Sprintf(oneName, port), "--resolve", "api.localhost:"+port+":127.0.0.1,127.0.0.2")
	checkCauses(t, r, "node-disagrees")
	if !strings.Contains(r.causes(), "127.0.0.1:"+port+" and 127.0.0.2:"+port+" differ") {
		t.Error(r.causes())
	}
}

func TestIPv4AndIPv6AreToldApart(t *testing.T) {
	port := serveAt(t, "127.0.0.1:0", without(demo.Handler()))
	serveAt(t, "[::1]:"+port, demo.Handler())
	r, _ := runText(t, fmt.Sprintf(strings.Replace(oneName, "PUT", "HEAD", 1), port),
		"--resolve", "api.localhost:"+port+":127.0.0.1,::1")
	checkCauses(t, r, "protocol-differs")
	if !strings.Contains(r.causes(), "over IPv4, while the same request over IPv6 passes") {
		t.Error(r.causes())
	}
}

func TestHTTPVersionsAreToldApart(t *testing.T) {
	api := demo.Handler()
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.ProtoMajor == 2 {
			without(api).ServeHTTP(w, r)
			return
		}
		api.ServeHTTP(w, r)
	}))
	server.EnableHTTP2 = true
	server.TLS = &tls.Config{NextProtos: []string{"h2", "http/1.1"}}
	server.StartTLS()
	t.Cleanup(server.Close)
	const file = "\ntarget: %s\nscenarios:\n  - name: proof\n    paths: /right/list\n    methods: [GET, HEAD]\n" +
		"    origins: https://app.example.com\n    credentials: include\n    expect: allowed\n"
	r, _ := runText(t, fmt.Sprintf(file, server.URL), "--insecure")
	checkCauses(t, r, "protocol-differs")
	if !strings.Contains(r.causes(), "over HTTP/2, while the same request over HTTP/1.1 passes") {
		t.Error(r.causes())
	}
	r, _ = runText(t, fmt.Sprintf(file, server.URL), "--insecure", "--http", "1.1")
	if r.Summary.Passed != len(r.Cases) {
		t.Errorf("over HTTP/1.1: %s", r.causes())
	}
}

func TestAStreamThatIsResetIsADroppedPreflightToo(t *testing.T) {
	server := httptest.NewUnstartedServer(demo.Handler())
	server.EnableHTTP2 = true
	server.StartTLS()
	t.Cleanup(server.Close)
	const file = "\ntarget: %s\nscenarios:\n  - name: proof\n    paths: /wrong/options-dropped-closed\n    methods: PUT\n" +
		"    origins: https://app.example.com\n    expect: allowed\n"
	r, _ := runText(t, fmt.Sprintf(file, server.URL), "--insecure")
	checkCauses(t, r, "options-dropped")
}
