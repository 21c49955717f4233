package runner_test

import (
	"bufio"
	"crypto/tls"
	"io"
	"net"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/corsgate/corsgate/cors"
	"github.com/corsgate/corsgate/report"
	"github.com/corsgate/corsgate/runner"
)

// record answers every request and hands its head and body on.
func record(t *testing.T) (address string, heads <-chan string) {
	seen := make(chan string, 100)
	address = listen(t, func(conn net.Conn) {
		reader := bufio.NewReader(conn)
		for {
			head, err := readHead(reader)
			if err != nil {
				return
			}
			body := make([]byte, contentLength(head))
			io.ReadFull(reader, body)
			seen <- head + string(body)
			io.WriteString(conn, allowedHead+"Access-Control-Allow-Methods: *\r\nAccess-Control-Allow-Headers: *\r\n"+
				"Content-Length: 0\r\n\r\n")
		}
	})
	return address, seen
}

func contentLength(head string) int {
	_, rest, found := strings.Cut(head, "Content-Length: ")
	n := 0
	for _, c := range rest {
		if !found || c < '0' || c > '9' {
			break
		}
		n = 10*n + int(c-'0')
	}
	return n
}

// lines makes header lines of names and values in turn.
func lines(pairs ...string) []cors.Header {
	var list []cors.Header
	for i := 0; i < len(pairs); i += 2 {
		list = append(list, cors.Header{Name: pairs[i], Value: pairs[i+1]})
	}
	return list
}

// wanted picks the lines of a head that begin with one of names, in any case.
func wanted(head string, names ...string) []string {
	var lines []string
	for line := range strings.SplitSeq(head, "\r\n") {
		for _, name := range names {
			if strings.HasPrefix(strings.ToLower(line), strings.ToLower(name)+":") {
				lines = append(lines, line)
			}
		}
	}
	return lines
}

func TestRequestsGoOutAsTheyWereWritten(t *testing.T) {
	text := "hello"
	empty := ""
	tests := []struct {
		name  string
		fetch cors.Fetch
		path  string
		lines []string // names of the lines to look at
		want  []string // the request line, those lines, and the body
	}{
		{"header names keep their case, values their bytes",
			cors.Fetch{Headers: lines("x-lower", "1", "X-UPPER", "caf\xe9", "x-Mixed", "")}, "/",
			[]string{"x-lower", "x-upper", "x-mixed"},
			[]string{"GET / HTTP/1.1", "X-UPPER: caf\xe9", "x-Mixed: ", "x-lower: 1", ""}},
		{"duplicates are joined, as browsers do",
			cors.Fetch{Headers: lines("X-Two", "b", "X-Two", "a")}, "/",
			[]string{"x-two"}, []string{"GET / HTTP/1.1", "X-Two: b, a", ""}},
		{"a GET has no length", cors.Fetch{}, "/", []string{"content-length", "transfer-encoding"},
			[]string{"GET / HTTP/1.1", ""}},
		{"a POST without a body says so", cors.Fetch{Method: "POST"}, "/", []string{"content-length"},
			[]string{"POST / HTTP/1.1", "Content-Length: 0", ""}},
		{"a POST with an empty body says so", cors.Fetch{Method: "POST", Body: &empty}, "/", []string{"content-length"},
			[]string{"POST / HTTP/1.1", "Content-Length: 0", ""}},
		{"a POST with a body is not chunked", cors.Fetch{Method: "POST", Body: &text}, "/",
			[]string{"content-length", "transfer-encoding"}, []string{"POST / HTTP/1.1", "Content-Length: 5", "hello"}},
		{"a DELETE without a body has no length", cors.Fetch{Method: "DELETE"}, "/", []string{"content-length"},
			[]string{"DELETE / HTTP/1.1", ""}},
		{"a PATCH without a body has one, unlike browsers'", cors.Fetch{Method: "PATCH"}, "/",
			[]string{"content-length"}, []string{"PATCH / HTTP/1.1", "Content-Length: 0", ""}},
		{"methods keep their case", cors.Fetch{Method: "patch"}, "/", nil, []string{"patch / HTTP/1.1", ""}},
		{"paths and queries are not escaped again", cors.Fetch{}, "/a|b/%7e/$[]?q=a|b&c=%20;'", nil,
			[]string{"GET /a|b/%7e/$[]?q=a|b&c=%20;%27 HTTP/1.1", ""}},
		{"an empty query stays", cors.Fetch{}, "/a?", nil, []string{"GET /a? HTTP/1.1", ""}},
		{"a path of two slashes stays", cors.Fetch{}, "//a/b", nil, []string{"GET //a/b HTTP/1.1", ""}},
		{"compression is what browsers ask for", cors.Fetch{}, "/", []string{"accept-encoding", "connection"},
			[]string{"GET / HTTP/1.1", "Accept-Encoding: gzip, deflate", ""}},
		{"a range is not compressed", cors.Fetch{Headers: lines("Range", "bytes=0-9")}, "/",
			[]string{"accept-encoding", "range"},
			[]string{"GET / HTTP/1.1", "Accept-Encoding: identity", "Range: bytes=0-9", ""}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			address, heads := record(t)
			c := always("http://"+address+test.path, "GET")
			test.fetch.Origin, test.fetch.URL = page, c.Fetch.URL
			c.Fetch = test.fetch
			got := collect(t, runner.Options{}, c)[0]
			if got.Status != report.Passed {
				t.Fatalf("%s %+v %+v", got.Status, got.Error, got.Mismatch)
			}
			last := ""
			for range got.Exchanges {
				last = <-heads
			}
			head, body, _ := strings.Cut(last, "\r\n\r\n")
			sent := append([]string{strings.Split(head, "\r\n")[0]}, wanted(head, test.lines...)...)
			if diff := cmp.Diff(test.want, append(sent, body)); diff != "" {
				t.Errorf("on the wire (-want +got):\n%s", diff)
			}
		})
	}
}

func TestEveryRequestNamesItselfAndItsRun(t *testing.T) {
	address, heads := record(t)
	plain, own := preflighted("http://"+address+"/1"), get("http://"+address+"/2")
	own.Fetch.Headers = lines("user-agent", "mine/1")
	collect(t, runner.Options{Version: "1.2", RunID: "r7", Jobs: 1}, plain, own)
	agent := "corsgate/1.2 (run r7; +CORS test)"
	if got := wanted(<-heads, "user-agent"); len(got) != 1 || got[0] != "User-Agent: "+agent {
		t.Errorf("%q", got)
	}
	if len(heads) == 0 {
		t.Error("nothing was sent for the case with a User-Agent of its own")
	}
	for len(heads) > 0 {
		got := wanted(<-heads, "user-agent")
		if len(got) != 1 || !strings.HasSuffix(got[0], agent) {
			t.Errorf("%q", got)
		}
	}
}

func TestResponseHeadsComeInAsTheServerWroteThem(t *testing.T) {
	head := "HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n" +
		"HTTP/1.1 200 Fine\r\nx-ZULU: 1\r\naccess-control-ALLOW-origin:*\r\nX-Bytes: caf\xe9\xff  \r\nX-Alpha: \t 2\r\n" +
		"x-zulu: 3\r\nX-Folded: a\r\n  b\r\nX-Empty:\r\nTransfer-Encoding: chunked\r\nConnection: keep-alive\r\n\r\n0\r\n\r\n"
	address := script(t, head)
	want := []report.Field{
		{"x-ZULU", "1"}, {"access-control-ALLOW-origin", "*"}, {"X-Bytes", "caf\xe9\xff"}, {"X-Alpha", "2"},
		{"x-zulu", "3"}, {"X-Folded", "a b"}, {"X-Empty", ""}, {"Transfer-Encoding", "chunked"},
		{"Connection", "keep-alive"},
	}
	// The second and third case reuse the connection of the first.
	for _, got := range collect(t, runner.Options{Jobs: 1, NoShare: true},
		get("http://"+address+"/"), get("http://"+address+"/"), get("http://"+address+"/")) {
		response := got.Exchanges[0].Response
		if got.Status != report.Passed || response == nil {
			t.Fatalf("%s %+v", got.Status, got.Error)
		}
		if diff := cmp.Diff(want, response.Headers); diff != "" {
			t.Errorf("headers (-want +got):\n%s", diff)
		}
		if response.Status != 200 || response.Protocol != "HTTP/1.1" || response.Remote != address {
			t.Errorf("%+v", response)
		}
	}
}

func TestBareLineFeedsEndLinesToo(t *testing.T) {
	address := script(t, "HTTP/1.1 200 OK\nAccess-Control-Allow-Origin: *\nContent-Length: 0\n\n")
	got := collect(t, runner.Options{}, get("http://"+address+"/"))[0]
	want := []report.Field{{"Access-Control-Allow-Origin", "*"}, {"Content-Length", "0"}}
	if diff := cmp.Diff(want, got.Exchanges[0].Response.Headers); diff != "" {
		t.Errorf("headers (-want +got):\n%s", diff)
	}
}

func TestHTTP2HeadersAreLowerCaseAndSorted(t *testing.T) {
	ca := newAuthority(t)
	handle := func(w http.ResponseWriter, r *http.Request) {
		allow(w, r)
		w.Header()["Date"] = nil
		w.Header().Add("X-Two", "b")
		w.Header().Add("X-Two", "a")
		w.Header().Set("X-Proto", r.Proto)
		w.Header().Set("Content-Type", "text/plain")
	}
	tests := []struct {
		name, http string
		url        string
	}{
		{"by ALPN", "", secure(t, certificates(ca.good(t)), true, handle).URL},
		{"asked for", "2", secure(t, certificates(ca.good(t)), true, handle).URL},
		{"prior knowledge", "2", unencrypted(t, handle)},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got := collect(t, runner.Options{CACert: ca.file, HTTP: test.http}, get(test.url))[0]
			if got.Status != report.Passed {
				t.Fatalf("%s %+v", got.Status, got.Error)
			}
			response := got.Exchanges[0].Response
			want := []report.Field{
				{"access-control-allow-headers", "*"}, {"access-control-allow-methods", "*"},
				{"access-control-allow-origin", "*"}, {"content-length", "0"}, {"content-type", "text/plain"},
				{"x-proto", "HTTP/2.0"}, {"x-two", "b"}, {"x-two", "a"},
			}
			if diff := cmp.Diff(want, response.Headers); diff != "" {
				t.Errorf("headers (-want +got):\n%s", diff)
			}
			if response.Protocol != "HTTP/2.0" || response.Remote == "" {
				t.Errorf("%+v", response)
			}
		})
	}
}

func certificates(c tls.Certificate) *tls.Config {
	return &tls.Config{Certificates: []tls.Certificate{c}}
}

// unencrypted serves HTTP/2 alone, without TLS.
func unencrypted(t *testing.T, handle http.HandlerFunc) string {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s := &http.Server{Handler: handle, Protocols: new(http.Protocols)}
	s.Protocols.SetUnencryptedHTTP2(true)
	go s.Serve(listener)
	t.Cleanup(func() { s.Close() })
	return "http://" + listener.Addr().String()
}

func TestHTTP11IsSpokenWhereItIsAskedFor(t *testing.T) {
	ca := newAuthority(t)
	s := secure(t, certificates(ca.good(t)), true, allow)
	c := get(s.URL)
	c.Target.HTTP = "1.1"
	got := collect(t, runner.Options{CACert: ca.file, HTTP: "2"}, c)[0]
	if got.Status != report.Passed || got.Exchanges[0].Response.Protocol != "HTTP/1.1" {
		t.Errorf("%s %+v %+v", got.Status, got.Error, got.Exchanges)
	}
}

// counted counts the connections to a server.
func counted(t *testing.T, handle http.HandlerFunc) (url string, connections *atomic.Int64) {
	connections = new(atomic.Int64)
	s := server(t, handle)
	address := listen(t, func(conn net.Conn) {
		connections.Add(1)
		behind, err := net.Dial("tcp", s.Listener.Addr().String())
		if err != nil {
			return
		}
		defer behind.Close()
		go io.Copy(behind, conn)
		io.Copy(conn, behind)
	})
	return "http://" + address, connections
}

func TestConnectionsAreReusedButForRepeatAndForUnsafeMethods(t *testing.T) {
	tests := []struct {
		name  string
		cases func(url string) []runner.Case
		want  int64
	}{
		{"twenty GETs", func(url string) []runner.Case { return many(20, get(url)) }, 1},
		{"five repetitions", func(url string) []runner.Case {
			c := get(url)
			c.Repeat = 5
			return []runner.Case{c}
		}, 5},
		{"three PUTs, whose preflight is shared", func(url string) []runner.Case {
			return many(3, always(url, "PUT"))
		}, 4},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			url, connections := counted(t, allow)
			results := collect(t, runner.Options{Jobs: 1}, test.cases(url)...)
			for _, got := range results {
				if got.Status != report.Passed {
					t.Fatalf("%s %+v", got.Status, got.Error)
				}
			}
			if n := connections.Load(); n != test.want {
				t.Errorf("%d connections, want %d", n, test.want)
			}
		})
	}
}

func many(n int, c runner.Case) []runner.Case {
	cases := make([]runner.Case, n)
	for i := range cases {
		cases[i] = c
	}
	return cases
}

func TestAConnectionOutOfStepSpoilsNoOtherCase(t *testing.T) {
	tests := []struct{ name, method, answer string }{
		{"a body with 204", "GET", "HTTP/1.1 204 No Content\r\nAccess-Control-Allow-Origin: *\r\n\r\nleft over"},
		{"a body for HEAD", "HEAD", allowedHead + "Content-Length: 9\r\n\r\nleft over"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			c := get("http://" + script(t, test.answer) + "/")
			c.Fetch.Method = test.method
			for _, got := range collect(t, runner.Options{NoShare: true, Jobs: 4}, many(50, c)...) {
				if got.Status != report.Passed {
					t.Fatalf("%s %+v", got.Status, got.Error)
				}
			}
		})
	}
}
