package runner_test

import (
	"bufio"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"io"
	"math/big"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/corsgate/corsgate/assert"
	"github.com/corsgate/corsgate/cors"
	"github.com/corsgate/corsgate/internal/plan"
	"github.com/corsgate/corsgate/report"
	"github.com/corsgate/corsgate/runner"
	"github.com/corsgate/corsgate/spec"
)

const app = "https://app.example.com"

var page = cors.Origin{Scheme: "https", Host: "app.example.com"}

// allowedHead is an HTTP/1 answer that lets every page in.
const allowedHead = "HTTP/1.1 200 OK\r\nAccess-Control-Allow-Origin: *\r\n"

// get is a case that needs no preflight and expects to get through, in Chromium.
func get(url string) runner.Case {
	return runner.Case{
		ID: "get " + url, Name: "get", Scenario: "test", Kind: plan.KindScenario,
		Target: &spec.Target{URL: url}, Repeat: 1,
		Fetch:    cors.Fetch{Origin: page, URL: url},
		Browsers: []cors.Engine{cors.Chromium},
		Expect:   assert.Expectation{Outcome: []cors.Verdict{cors.Allowed}},
	}
}

// preflighted is a case that stops after its preflight.
func preflighted(url string) runner.Case {
	c := get(url)
	c.Fetch.Method = "PUT"
	return c
}

// always is a case that really sends an unsafe request.
func always(url, method string) runner.Case {
	c := get(url)
	c.Fetch.Method, c.Send = method, spec.SendAlways
	return c
}

func collect(t *testing.T, o runner.Options, cases ...runner.Case) []report.Case {
	t.Helper()
	if o.Timeout == 0 {
		o.Timeout = 5 * time.Second
	}
	if o.Diagnose == 0 {
		o.Diagnose = -1 // tests that count requests count their own
	}
	o.NoFindings = true
	results, summary, err := runner.Collect(context.Background(), cases, o)
	if err != nil {
		t.Fatal(err)
	}
	if len(results) != len(cases) || summary.Cases != len(cases) {
		t.Fatalf("%d results and a summary of %d for %d cases", len(results), summary.Cases, len(cases))
	}
	return results
}

// listen serves each connection to a loopback port with a goroutine and returns the port's address.
func listen(t *testing.T, serve func(net.Conn)) string {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { listener.Close() })
	go func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			t.Cleanup(func() { conn.Close() })
			go serve(conn)
		}
	}()
	return listener.Addr().String()
}

// script answers each request on a connection with the same bytes, without closing it.
func script(t *testing.T, answer string) string {
	return listen(t, func(conn net.Conn) {
		reader := bufio.NewReader(conn)
		for {
			if !readRequest(reader) {
				return
			}
			io.WriteString(conn, answer)
		}
	})
}

// once answers the first request of each connection and closes it.
func once(t *testing.T, answer string) string {
	return listen(t, func(conn net.Conn) {
		readRequest(bufio.NewReader(conn))
		io.WriteString(conn, answer)
		conn.Close()
	})
}

// readRequest reads the head of a request, and reports whether there was one.
func readRequest(reader *bufio.Reader) bool {
	head, err := readHead(reader)
	return err == nil && head != ""
}

func readHead(reader *bufio.Reader) (string, error) {
	var head strings.Builder
	for {
		line, err := reader.ReadString('\n')
		head.WriteString(line)
		if err != nil || strings.TrimSpace(line) == "" {
			return head.String(), err
		}
	}
}

// allow is a handler that lets every page in.
func allow(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Access-Control-Allow-Origin", "*")
	w.Header().Set("Access-Control-Allow-Methods", "*")
	w.Header().Set("Access-Control-Allow-Headers", "*")
}

func server(t *testing.T, handle http.HandlerFunc) *httptest.Server {
	s := httptest.NewServer(handle)
	t.Cleanup(s.Close)
	return s
}

// authority is a CA of the tests' own.
type authority struct {
	key  *ecdsa.PrivateKey
	cert *x509.Certificate
	file string // PEM
}

func newAuthority(t *testing.T) *authority {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "test CA"}, IsCA: true, BasicConstraintsValid: true,
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour), KeyUsage: x509.KeyUsageCertSign,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	cert, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	return &authority{key, cert, writePEM(t, "CERTIFICATE", der)}
}

// issue makes a certificate for host that is valid until end.
func (a *authority) issue(t *testing.T, host string, end time.Time) tls.Certificate {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(2), Subject: pkix.Name{CommonName: host},
		NotBefore: time.Now().Add(-24 * time.Hour), NotAfter: end,
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth, x509.ExtKeyUsageClientAuth},
	}
	if ip := net.ParseIP(host); ip != nil {
		template.IPAddresses = []net.IP{ip}
	} else {
		template.DNSNames = []string{host}
	}
	der, err := x509.CreateCertificate(rand.Reader, template, a.cert, &key.PublicKey, a.key)
	if err != nil {
		t.Fatal(err)
	}
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}
}

func (a *authority) good(t *testing.T) tls.Certificate {
	return a.issue(t, "127.0.0.1", time.Now().Add(time.Hour))
}

func (a *authority) pool() *x509.CertPool {
	pool := x509.NewCertPool()
	pool.AddCert(a.cert)
	return pool
}

// secure serves handle over TLS with that configuration, with HTTP/2 too when it is asked for.
func secure(t *testing.T, config *tls.Config, http2 bool, handle http.HandlerFunc) *httptest.Server {
	s := httptest.NewUnstartedServer(handle)
	s.TLS = config
	s.EnableHTTP2 = http2
	s.Config.ErrorLog = quiet()
	s.StartTLS()
	t.Cleanup(s.Close)
	return s
}

func writePEM(t *testing.T, kind string, der []byte) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "file.pem")
	data := pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der})
	if err := os.WriteFile(file, data, 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

// writePair writes a certificate and its key.
func writePair(t *testing.T, c tls.Certificate) (cert, key string) {
	t.Helper()
	der, err := x509.MarshalPKCS8PrivateKey(c.PrivateKey)
	if err != nil {
		t.Fatal(err)
	}
	return writePEM(t, "CERTIFICATE", c.Certificate[0]), writePEM(t, "PRIVATE KEY", der)
}
