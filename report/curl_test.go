package report_test

import (
	"bufio"
	"bytes"
	"context"
	"io"
	"net"
	"net/http"
	"os/exec"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/corsgate/corsgate/report"
)

// arrival is a request as it reached the server.
type arrival struct {
	line    string
	headers []string
	body    string
}

// listen answers every connection with an empty response and passes on what came.
func listen(t *testing.T) (addr string, arrivals <-chan arrival) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	ch := make(chan arrival, 1)
	go func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			ch <- serve(conn)
		}
	}()
	return l.Addr().String(), ch
}

func serve(conn net.Conn) arrival {
	defer conn.Close()
	conn.SetDeadline(time.Now().Add(10 * time.Second))
	var got bytes.Buffer
	buf := make([]byte, 64<<10)
	for {
		n, err := conn.Read(buf)
		got.Write(buf[:n])
		head, body, whole := strings.Cut(got.String(), "\r\n\r\n")
		if whole && len(body) >= contentLength(head) || err != nil {
			io.WriteString(conn, "HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
			lines := strings.Split(head, "\r\n")
			return arrival{line: lines[0], headers: lines[1:], body: body}
		}
	}
}

func contentLength(head string) int {
	r, err := http.ReadRequest(bufio.NewReader(strings.NewReader(head + "\r\n\r\n")))
	if err != nil {
		return 0
	}
	return int(max(r.ContentLength, 0))
}

type curlTest struct {
	name, method, path string
	headers            []report.Field
	body               string
}

func curlTests() []curlTest {
	ua, accept := report.Field{"User-Agent", "corsgate/1"}, report.Field{"Accept", "*/*"}
	all := ""
	for i := range 256 {
		all += string([]byte{byte(i)})
	}
	return []curlTest{
		{"a GET", "GET", "/", []report.Field{ua, accept, {"Origin", app}}, ""},
		{"a HEAD", "HEAD", "/", []report.Field{ua, accept}, ""},
		{"a preflight", "OPTIONS", "/users?a=1&b=$x;c", []report.Field{ua, accept, {"Access-Control-Request-Method", "PUT"}}, ""},
		{"a method of one's own", "pAt-C'h", "/", []report.Field{ua, accept}, ""},
		{"none of curl's own headers", "GET", "/", nil, ""},
		{"a body without a type", "POST", "/", nil, "a=b"},
		{"a body with a GET", "GET", "/", []report.Field{ua, accept}, "x"},
		{"a body that looks like a file", "POST", "/", []report.Field{ua, accept, {"Content-Type", "text/plain"}}, "@/etc/hostname"},
		{"quotes and line breaks", "PUT", "/", []report.Field{{"X-Q", `it's "$HOME" \ !x`}}, "it's\r\n`id` \\n\t$(id)"},
		{"a body of every byte", "POST", "/", nil, all},
		{"a body of every byte but NUL", "POST", "/", nil, all[1:]},
		{"a header that is not ASCII", "GET", "/", []report.Field{{"X-U", "Grüße \xff\xfe ##[x] ::y"}}, ""},
		{"an empty header, and one twice", "GET", "/", []report.Field{{"X-E", ""}, {"X-T", "1"}, {"X-T", "2"}}, ""},
		{"braces and dots", "GET", "/{a,b}/[1-3]/./../x", nil, ""},
		{"a host of its own", "GET", "/", []report.Field{{"Host", "other.example"}}, ""},
		{"percent signs in a body with NUL", "POST", "/", nil, "100%d\x00##'\\"},
	}
}

func TestTheCurlLineSendsTheSameRequest(t *testing.T) {
	bash, err1 := exec.LookPath("bash")
	_, err2 := exec.LookPath("curl")
	if err1 != nil || err2 != nil {
		t.Skip("needs bash and curl")
	}
	for _, tt := range curlTests() {
		t.Run(tt.name, func(t *testing.T) {
			addr, arrivals := listen(t)
			line := report.Curl(report.Exchange{Request: report.WireRequest{
				Method: tt.method, URL: "http://" + addr + tt.path, Headers: tt.headers, Body: tt.body,
			}})
			if line != report.Visible(line, 0) {
				t.Errorf("the line is not fit for a terminal: %q", line)
			}
			ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
			defer cancel()
			cmd := exec.CommandContext(ctx, bash, "--norc", "-c", line)
			cmd.Env = []string{"PATH=/usr/bin:/bin:/usr/local/bin", "HOME=" + t.TempDir()}
			if out, err := cmd.CombinedOutput(); err != nil {
				t.Fatalf("%s: %v\n%s", line, err, out)
			}
			want := arrival{line: tt.method + " " + tt.path + " HTTP/1.1", headers: sentHeaders(addr, tt.headers), body: tt.body}
			got := <-arrivals
			got.headers = slices.DeleteFunc(got.headers, func(h string) bool { return strings.HasPrefix(h, "Content-Length: ") })
			slices.Sort(got.headers)
			if diff := cmp.Diff(want, got, cmp.AllowUnexported(arrival{})); diff != "" {
				t.Errorf("%s\n-want +got:\n%s", line, diff)
			}
		})
	}
}

// sentHeaders are the lines that headers make, sorted, with the Host that every request has.
func sentHeaders(addr string, headers []report.Field) []string {
	lines := []string{}
	host := addr
	for _, h := range headers {
		if h[0] == "Host" {
			host = h[1]
			continue
		}
		lines = append(lines, strings.TrimRight(h[0]+": "+h[1], " "))
	}
	lines = append(lines, "Host: "+host)
	slices.Sort(lines)
	return lines
}

func TestTheCurlLineIsOneThatPeopleCanRead(t *testing.T) {
	x := preflight("PUT", "/users/1", app, 204)
	const want = `curl -i -X OPTIONS https://api.example.com/users/1 -H 'Origin: https://app.example.com' -H 'Accept: */*' ` +
		`-H 'User-Agent: corsgate/0.1.0 (run r1)' -H 'Access-Control-Request-Method: PUT'`
	if got := report.Curl(x); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}
