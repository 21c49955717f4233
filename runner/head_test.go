package runner

import (
	"bufio"
	"bytes"
	"compress/flate"
	"compress/gzip"
	"compress/zlib"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/corsgate/corsgate/cors"
)

var heads = []struct {
	name, stream string
	head         string // of the final answer
	within       int    // bytes of stream that belong to the answer; -1: all
}{
	{"a head and a body", "HTTP/1.1 200 OK\r\nA: b\r\n\r\nbody", "HTTP/1.1 200 OK\r\nA: b\r\n\r\n", -1},
	{"bare line feeds", "HTTP/1.1 200 OK\nA: b\n\nbody", "HTTP/1.1 200 OK\nA: b\n\n", -1},
	{"informational answers first", "HTTP/1.1 103 E\r\nL: x\r\n\r\nHTTP/1.1 100 C\r\n\r\nHTTP/1.1 200 OK\r\n\r\n",
		"HTTP/1.1 200 OK\r\n\r\n", -1},
	{"101 is final", "HTTP/1.1 101 S\r\n\r\nHTTP/1.1 200 OK\r\n\r\n", "HTTP/1.1 101 S\r\n\r\n", -1},
	{"incomplete", "HTTP/1.1 200 OK\r\nA: b\r\n", "HTTP/1.1 200 OK\r\nA: b\r\n", -1},
	{"a body where none may be", "HTTP/1.1 204 No Content\r\n\r\nbody", "HTTP/1.1 204 No Content\r\n\r\n", 27},
	{"an answer that says 1xx too late", "HTTP/1.1 304\r\n\r\nHTTP/1.1 103 E\r\n\r\n", "HTTP/1.1 304\r\n\r\n", 16},
	{"a status after two spaces", "HTTP/1.1  103 E\r\n\r\nHTTP/1.1 200 OK\r\nA: b\r\n\r\n",
		"HTTP/1.1 200 OK\r\nA: b\r\n\r\n", -1},
	{"nothing", "", "", -1},
}

func TestTheRecorderKeepsTheFinalHeadHoweverItIsCutUp(t *testing.T) {
	for _, test := range heads {
		for size := 1; size <= max(1, len(test.stream)); size++ {
			head, within := recorded(t, []byte(test.stream), size)
			want := test.within
			if want < 0 {
				want = len(test.stream)
			}
			if head != test.head || within != want {
				t.Errorf("%s, in pieces of %d: %q and %d bytes, want %q and %d",
					test.name, size, head, within, test.head, want)
			}
		}
	}
}

func recorded(t *testing.T, stream []byte, size int) (head string, within int) {
	var r recorder
	for piece := range slices.Chunk(stream, size) {
		n, over := r.take(piece)
		if n < 0 || n > len(piece) {
			t.Fatalf("%d of %d bytes", n, len(piece))
		}
		if over != nil {
			return over.message, 0
		}
		within += n
	}
	return r.text(), within
}

func FuzzRecorder(f *testing.F) {
	for _, test := range heads {
		f.Add([]byte(test.stream), 3)
	}
	f.Fuzz(func(t *testing.T, stream []byte, size int) {
		size = max(1, min(size, len(stream)))
		whole, all := recorded(t, stream, max(1, len(stream)))
		head, within := recorded(t, stream, size)
		if head != whole || within != all {
			t.Errorf("in pieces of %d: %q and %d, at once %q and %d", size, head, within, whole, all)
		}
		agreesWithNetHTTP(t, head, stream)
	})
}

// agreesWithNetHTTP checks that, where net/http finds an answer in stream, head has the same lines, but for order and
// names' case.
func agreesWithNetHTTP(t *testing.T, head string, stream []byte) {
	reader := bufio.NewReader(bytes.NewReader(stream))
	response, err := http.ReadResponse(reader, nil)
	for n := 0; err == nil && response.StatusCode/100 == 1 && response.StatusCode != 101; n++ {
		if n == maxInformational {
			return
		}
		response, err = http.ReadResponse(reader, nil)
	}
	if err != nil {
		return
	}
	got := make(http.Header)
	for _, h := range parseHead(head) {
		got.Add(h.Name, h.Value)
	}
	for name, values := range response.Header {
		if !slices.Equal(values, got[name]) {
			t.Errorf("%s: %q, net/http has %q in %q", name, got[name], values, stream)
		}
	}
}

func TestRetryAfterIsSecondsOrADate(t *testing.T) {
	now := time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)
	tests := []struct {
		value string
		want  time.Duration
		ok    bool
	}{
		{"0", 0, true},
		{"120", 2 * time.Minute, true},
		{"Mon, 23 Nov 2026 12:00:30 GMT", 30 * time.Second, true},
		{"Mon, 23 Nov 2026 11:00:00 GMT", 0, true},
		{"-1", 0, false},
		{"soon", 0, false},
		{"99999999999999999999", 0, false},
	}
	for _, test := range tests {
		got, ok := retryAfter(&cors.Response{
			Received: now, Headers: []cors.Header{{Name: "retry-after", Value: test.value}},
		})
		if got != test.want || ok != test.ok {
			t.Errorf("%q: %s %v", test.value, got, ok)
		}
	}
}

func TestTheBeginningOfABodyIsDecodedAsFarAsItGoes(t *testing.T) {
	text := strings.Repeat("Access denied. ", 20)
	pack := func(w io.WriteCloser, packed *bytes.Buffer) string {
		io.WriteString(w, text)
		w.Close()
		return packed.String()
	}
	var zipped, deflated, raw bytes.Buffer
	bare, err := flate.NewWriter(&raw, -1)
	if err != nil {
		t.Fatal(err)
	}
	gzipped := pack(gzip.NewWriter(&zipped), &zipped)
	tests := []struct{ name, encoding, body, want string }{
		{"plain", "", text, text},
		{"gzip", "gzip", gzipped, text},
		{"gzip that breaks off", "gzip", gzipped[:len(gzipped)-8], text},
		{"gzip that is none", "gzip", text, text},
		{"deflate", "deflate", pack(zlib.NewWriter(&deflated), &deflated), text},
		{"deflate without its envelope", "deflate", pack(bare, &raw), text},
		{"an encoding that was not asked for", "br", "??", "??"},
	}
	for _, test := range tests {
		if got := decoded([]byte(test.body), test.encoding); got != test.want {
			t.Errorf("%s: %q", test.name, got)
		}
	}
}

func TestRouteEntriesAreCurls(t *testing.T) {
	reroutes := map[string]reroute{
		"a:1:b:2":         {"a", "1", "b", "2"},
		"::b:":            {"", "", "b", ""},
		"[::1]:1:[::2]:2": {"::1", "1", "::2", "2"},
	}
	for text, want := range reroutes {
		if got, err := parseReroute(text); err != nil || got != want {
			t.Errorf("%s: %+v %v", text, got, err)
		}
	}
	resolutions := map[string]resolution{
		"a:1:127.0.0.1":         {"a", "1", []string{"127.0.0.1:1"}},
		"+a:1:127.0.0.1,[::1]":  {"a", "1", []string{"127.0.0.1:1", "[::1]:1"}},
		"*:443:2001:db8::1":     {"*", "443", []string{"[2001:db8::1]:443"}},
		"[::1]:80:[2001:db8::]": {"::1", "80", []string{"[2001:db8::]:80"}},
	}
	for text, want := range resolutions {
		got, err := parseResolution(text)
		if err != nil || cmp.Diff(want, got, cmp.AllowUnexported(resolution{})) != "" {
			t.Errorf("%s: %+v %v", text, got, err)
		}
	}
	for _, text := range []string{"", "a", "a:1", "a:x:127.0.0.1", "a:1:", "a:1:name", ":1:127.0.0.1"} {
		if got, err := parseResolution(text); err == nil {
			t.Errorf("%q: %+v", text, got)
		}
	}
	for _, text := range []string{"", "a:1:b", "a:x:b:2", "a:1:b:2:c"} {
		if got, err := parseReroute(text); err == nil {
			t.Errorf("%q: %+v", text, got)
		}
	}
}
