package runner_test

import (
	"bufio"
	"crypto/tls"
	"io"
	"log"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"golang.org/x/net/http2"

	"github.com/corsgate/corsgate/report"
	"github.com/corsgate/corsgate/runner"
)

func quiet() *log.Logger { return log.New(io.Discard, "", 0) }

// luck is one kind of bad luck with a server.
type luck struct {
	name string
	url  string
	kind string
	says string // part of the message
}

func TestBadLuckIsAnErrorWithItsKindAndNoOtherCaseSuffers(t *testing.T) {
	rows := plainLuck(t)
	healthy := server(t, allow)
	var cases []runner.Case
	for _, row := range rows {
		cases = append(cases, get(row.url), get(healthy.URL+"/"+row.name))
	}
	results := collect(t, runner.Options{Timeout: time.Second, Jobs: 8}, cases...)
	for i, row := range rows {
		t.Run(row.name, func(t *testing.T) {
			wantTrouble(t, results[2*i], row)
			if other := results[2*i+1]; other.Status != report.Passed {
				t.Errorf("the case beside it: %s, %+v", other.Status, other.Error)
			}
		})
	}
}

func wantTrouble(t *testing.T, got report.Case, want luck) {
	t.Helper()
	if got.Status != report.Errored || got.Outcome != "undecided" || got.Error == nil {
		t.Fatalf("status %s, outcome %s, error %+v", got.Status, got.Outcome, got.Error)
	}
	if got.Error.Kind != want.kind || !strings.Contains(got.Error.Message, want.says) {
		t.Errorf("error %s: %s\nwant  %s: …%s…", got.Error.Kind, got.Error.Message, want.kind, want.says)
	}
	if n := len(got.Error.Message); n > 300 {
		t.Errorf("a message of %d bytes: %s", n, got.Error.Message)
	}
}

func plainLuck(t *testing.T) []luck {
	http := func(address string) string { return "http://" + address + "/" }
	answers := func(answer string) string { return http(script(t, answer)) }
	return []luck{
		{"refused", http(closedPort(t)), "connect", "refused"},
		{"unknown-name", "https://no-such-host.invalid/", "dns", "no-such-host.invalid"},
		{"reset", http(resets(t)), "closed", "closed the connection"},
		{"closed-at-once", http(once(t, "")), "closed", "before its answer was complete"},
		{"closed-mid-head", http(once(t, allowedHead)), "closed", "before its answer was complete"},
		{"closed-mid-status-line", http(once(t, "HTTP/1")), "closed", "before its answer was complete"},
		{"never-answers", http(listen(t, func(net.Conn) {})), "timeout", "took longer than 1s"},
		{"stalls-mid-head", answers(allowedHead), "timeout", "took longer than 1s"},
		{"a-byte-now-and-then", http(listen(t, drip)), "timeout", "took longer than 1s"},
		{"garbage", answers("220 mail.example.com ESMTP\r\n"), "protocol", "mail.example.com"},
		{"garbage-without-an-end", http(once(t, "\x15\x03\x01\x00\x02\x02\x50")), "protocol", "not HTTP"},
		{"status-of-two-digits", answers("HTTP/1.1 20 OK\r\n\r\n"), "protocol", "status"},
		{"status-of-letters", answers("HTTP/1.1 abc OK\r\n\r\n"), "protocol", "status"},
		{"status-099", answers("HTTP/1.1 099 Odd\r\nContent-Length: 0\r\n\r\n"), "protocol", "status 099"},
		{"unasked-101", answers("HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n"),
			"protocol", "101"},
		{"informational-and-closed", http(once(t, "HTTP/1.1 103 Early Hints\r\n\r\n")), "closed", "before"},
		{"informational-flood", http(listen(t, flood("HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n"))),
			"protocol", "informational"},
		{"unknown-version", answers("HTTP/1.7 200 OK\r\nContent-Length: 0\r\n\r\n"), "protocol", "HTTP/1.7"},
		{"major-version-3", answers("HTTP/3.0 200 OK\r\nContent-Length: 0\r\n\r\n"), "protocol", "version"},
		{"two-lengths", answers(allowedHead + "Content-Length: 1\r\nContent-Length: 2\r\n\r\nab"),
			"protocol", "Content-Length"},
		{"negative-length", answers(allowedHead + "Content-Length: -1\r\n\r\n"), "protocol", "Content-Length"},
		{"nul-in-a-header", answers(allowedHead + "X-Nul: a\x00b\r\n\r\n"), "protocol", "malformed"},
		{"bell-in-a-header", answers(allowedHead + "X-Bell: a\x07b\r\n\r\n"), "protocol", "malformed"},
		{"header-without-colon", answers(allowedHead + "what is this\r\n\r\n"), "protocol", "malformed"},
		{"ten-megabytes-of-headers", http(listen(t, bigHead)), "protocol", "larger than 256 KiB"},
		{"one-endless-line", http(listen(t, flood("x"))), "protocol", "larger than 256 KiB"},
		{"too-many-lines", answers(allowedHead + strings.Repeat("a: b\r\n", 1100) + "\r\n"), "protocol", "1000 lines"},
	}
}

func closedPort(t *testing.T) string {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	return listener.Addr().String()
}

func resets(t *testing.T) string {
	return listen(t, func(conn net.Conn) {
		readRequest(bufio.NewReader(conn))
		conn.(*net.TCPConn).SetLinger(0)
		conn.Close()
	})
}

func drip(conn net.Conn) {
	readRequest(bufio.NewReader(conn))
	for _, c := range []byte(allowedHead) {
		if _, err := conn.Write([]byte{c}); err != nil {
			return
		}
		time.Sleep(200 * time.Millisecond)
	}
}

// flood repeats text until the client has had enough, at most 64 MB.
func flood(text string) func(net.Conn) {
	return func(conn net.Conn) {
		readRequest(bufio.NewReader(conn))
		block := strings.Repeat(text, 64<<10/len(text))
		for range 1000 {
			if _, err := io.WriteString(conn, block); err != nil {
				return
			}
		}
	}
}

func bigHead(conn net.Conn) {
	readRequest(bufio.NewReader(conn))
	io.WriteString(conn, allowedHead)
	line := "X-Filler: " + strings.Repeat("f", 64<<10) + "\r\n"
	for range 160 {
		if _, err := io.WriteString(conn, line); err != nil {
			return
		}
	}
	io.WriteString(conn, "\r\n")
}

func TestEachKindOfTLSTroubleIsAnErrorThatSaysSo(t *testing.T) {
	ca, stranger := newAuthority(t), newAuthority(t)
	with := func(c tls.Certificate) string {
		return secure(t, &tls.Config{Certificates: []tls.Certificate{c}}, false, allow).URL
	}
	demanding := func(version uint16) string {
		return secure(t, &tls.Config{
			Certificates: []tls.Certificate{ca.good(t)}, ClientAuth: tls.RequireAndVerifyClientCert,
			ClientCAs: ca.pool(), MaxVersion: version,
		}, false, allow).URL
	}
	rows := []luck{
		{"expired", with(ca.issue(t, "127.0.0.1", time.Now().Add(-time.Minute))), "tls", "expired"},
		{"wrong host", with(ca.issue(t, "other.example", time.Now().Add(time.Hour))), "tls", "not for 127.0.0.1"},
		{"unknown authority", with(stranger.good(t)), "tls", "unknown authority"},
		{"plaintext on a TLS port", "https://" + server(t, allow).Listener.Addr().String(), "tls", "does not speak TLS"},
		{"handshake stalls", "https://" + listen(t, func(net.Conn) {}), "timeout", "TLS handshake"},
		{"closed in the handshake", "https://" + listen(t, hangUp), "closed", "TLS handshake"},
		{"client certificate required by TLS 1.3", demanding(tls.VersionTLS13), "tls", "certificate"},
		{"client certificate required by TLS 1.2", demanding(tls.VersionTLS12), "tls", "handshake"},
		{"no version in common", secure(t, &tls.Config{
			Certificates: []tls.Certificate{ca.good(t)}, MinVersion: tls.VersionTLS10, MaxVersion: tls.VersionTLS11,
		}, false, allow).URL, "tls", "protocol version"},
	}
	healthy := with(ca.good(t))
	var cases []runner.Case
	for _, row := range rows {
		cases = append(cases, get(row.url), get(healthy))
	}
	results := collect(t, runner.Options{Timeout: time.Second, CACert: ca.file}, cases...)
	for i, row := range rows {
		t.Run(row.name, func(t *testing.T) {
			wantTrouble(t, results[2*i], row)
			if other := results[2*i+1]; other.Status != report.Passed {
				t.Errorf("the case beside it: %s, %+v", other.Status, other.Error)
			}
		})
	}
}

// hangUp closes a connection after the first bytes.
func hangUp(conn net.Conn) {
	conn.Read(make([]byte, 1024))
	conn.Close()
}

func TestHTTP2TroubleHasItsKind(t *testing.T) {
	ca := newAuthority(t)
	rows := []struct {
		luck
		serve func(*http2.Framer, uint32) bool // whether the connection stays open
	}{
		{luck{"a reset stream", "", "protocol", "INTERNAL_ERROR"}, func(f *http2.Framer, id uint32) bool {
			return f.WriteRSTStream(id, http2.ErrCodeInternal) == nil
		}},
		{luck{"a stream refused again and again", "", "protocol", "refuses"}, func(f *http2.Framer, id uint32) bool {
			return f.WriteRSTStream(id, http2.ErrCodeRefusedStream) == nil
		}},
		{luck{"GOAWAY with an error", "", "protocol", "GOAWAY"}, func(f *http2.Framer, id uint32) bool {
			return f.WriteGoAway(0, http2.ErrCodeEnhanceYourCalm, nil) == nil
		}},
		{luck{"GOAWAY and the end of the connection", "", "protocol", "GOAWAY"}, func(f *http2.Framer, id uint32) bool {
			f.WriteGoAway(id, http2.ErrCodeInternal, nil)
			return false
		}},
		{luck{"the end of the connection", "", "closed", "closed the connection"}, func(*http2.Framer, uint32) bool {
			return false
		}},
		{luck{"a frame out of place", "", "protocol", "not valid"}, func(f *http2.Framer, id uint32) bool {
			return f.WriteContinuation(id, true, []byte{0x88}) == nil
		}},
	}
	for _, row := range rows {
		t.Run(row.name, func(t *testing.T) {
			row.url = "https://" + listenHTTP2(t, ca, row.serve)
			results := collect(t, runner.Options{Timeout: 4 * time.Second, CACert: ca.file}, get(row.url))
			wantTrouble(t, results[0], row.luck)
		})
	}
}

// listenHTTP2 speaks HTTP/2 as far as to answer each request's HEADERS frame with what serve writes.
func listenHTTP2(t *testing.T, ca *authority, serve func(*http2.Framer, uint32) bool) string {
	config := &tls.Config{Certificates: []tls.Certificate{ca.good(t)}, NextProtos: []string{"h2"}}
	return listen(t, func(conn net.Conn) {
		secure := tls.Server(conn, config)
		defer secure.Close()
		if _, err := io.ReadFull(secure, make([]byte, len(http2.ClientPreface))); err != nil {
			return
		}
		framer := http2.NewFramer(secure, secure)
		framer.WriteSettings()
		for {
			frame, err := framer.ReadFrame()
			if err != nil {
				return
			}
			if frame, ok := frame.(*http2.HeadersFrame); ok {
				if !serve(framer, frame.StreamID) {
					return
				}
			}
		}
	})
}

func TestHTTP2IsNotForcedOnAServerThatDoesNotSpeakIt(t *testing.T) {
	ca := newAuthority(t)
	config := &tls.Config{Certificates: []tls.Certificate{ca.good(t)}}
	c := get(secure(t, config, false, allow).URL)
	got := collect(t, runner.Options{CACert: ca.file, HTTP: "2"}, c)[0]
	if got.Status != report.Errored || (got.Error.Kind != "tls" && got.Error.Kind != "protocol") {
		t.Errorf("%s %+v", got.Status, got.Error)
	}
}

func TestTroubleInTheBodyIsNotedAndChangesNoVerdict(t *testing.T) {
	tests := []struct{ name, url, note string }{
		{"short", "http://" + once(t, allowedHead+"Content-Length: 10\r\n\r\nabc"), "broke off after 3 bytes"},
		{"stalled", "http://" + script(t, allowedHead+"Content-Length: 10\r\n\r\nabc"), "not complete in time"},
		{"bad chunk", "http://" + script(t, allowedHead+"Transfer-Encoding: chunked\r\n\r\nzz\r\n"), "not valid"},
		{"endless", server(t, endless).URL, ""},
		{"whole", "http://" + script(t, allowedHead+"Content-Length: 3\r\n\r\nabc"), ""},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got := collect(t, runner.Options{Timeout: time.Second}, get(test.url))[0]
			if got.Status != report.Passed {
				t.Fatalf("%s %+v", got.Status, got.Error)
			}
			if note := got.Exchanges[0].Note; !strings.Contains(note, test.note) || (note == "") != (test.note == "") {
				t.Errorf("note %q, want %q", note, test.note)
			}
		})
	}
}

func endless(w http.ResponseWriter, r *http.Request) {
	allow(w, r)
	for r.Context().Err() == nil {
		if _, err := w.Write(make([]byte, 32<<10)); err != nil {
			return
		}
	}
}

func TestARedirectLoopEndsInAVerdict(t *testing.T) {
	s := server(t, func(w http.ResponseWriter, r *http.Request) {
		allow(w, r)
		http.Redirect(w, r, "/again", http.StatusFound)
	})
	got := collect(t, runner.Options{}, get(s.URL+"/again"))[0]
	if got.Outcome != "blocked" || got.Reason != "too-many-redirects" || got.Stage != "redirect" {
		t.Errorf("%s %s %s", got.Outcome, got.Reason, got.Stage)
	}
	if n := len(got.Exchanges); n != 21 {
		t.Errorf("%d exchanges, a browser makes 21", n)
	}
}
