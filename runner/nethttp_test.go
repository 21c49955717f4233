package runner_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/corsgate/corsgate/cors"
	"github.com/corsgate/corsgate/report"
	"github.com/corsgate/corsgate/runner"
)

// TestOddAnswersThatNetHTTPTakes holds that what net/http drops, joins or reorders is reported as the server sent it.
func TestOddAnswersThatNetHTTPTakes(t *testing.T) {
	const end = "Content-Length: 0\r\n\r\n"
	fields := func(pairs ...string) []report.Field {
		list := []report.Field{{"Access-Control-Allow-Origin", "*"}}
		for i := 0; i < len(pairs); i += 2 {
			list = append(list, report.Field{pairs[i], pairs[i+1]})
		}
		return list
	}
	empty := fields("Content-Length", "0")
	tests := []struct {
		name, answer string
		status       int
		want         []report.Field
	}{
		{"no reason phrase", "HTTP/1.1 200\r\nAccess-Control-Allow-Origin: *\r\n" + end, 200, empty},
		{"HTTP/1.0", "HTTP/1.0 200 OK\r\nAccess-Control-Allow-Origin: *\r\n" + end, 200, empty},
		{"a status that nobody defined", "HTTP/1.1 999 Odd\r\nAccess-Control-Allow-Origin: *\r\n" + end, 999, empty},
		{"two informational answers", "HTTP/1.1 100 Continue\r\nX-Early: 1\r\n\r\nHTTP/1.1 102 Processing\r\n\r\n" +
			allowedHead + end, 200, empty},
		{"a blank before the colon", allowedHead + "X-A : 1\r\n" + end, 200, fields("X-A ", "1", "Content-Length", "0")},
		{"a blank in a name", allowedHead + "X A: 1\r\n" + end, 200, fields("X A", "1", "Content-Length", "0")},
		{"a tab in a value", allowedHead + "X-A: a\tb\r\n" + end, 200, fields("X-A", "a\tb", "Content-Length", "0")},
		{"bytes that are not ASCII", allowedHead + "X-A: \x80\x9f\xa0\xff\r\n" + end, 200,
			fields("X-A", "\x80\x9f\xa0\xff", "Content-Length", "0")},
		{"the same length twice", allowedHead + "Content-Length: 0\r\n" + end, 200,
			fields("Content-Length", "0", "Content-Length", "0")},
		{"a length beside chunks", allowedHead + "Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 200,
			fields("Content-Length", "2", "Transfer-Encoding", "chunked")},
		{"trailers are no headers", allowedHead + "Transfer-Encoding: chunked\r\nTrailer: X-Late\r\n\r\n0\r\nX-Late: 1\r\n\r\n",
			200, fields("Transfer-Encoding", "chunked", "Trailer", "X-Late")},
		{"an encoding that is not undone", allowedHead + "Content-Encoding: gzip\r\nContent-Length: 3\r\n\r\nabc", 200,
			fields("Content-Encoding", "gzip", "Content-Length", "3")},
		{"204 with a length", "HTTP/1.1 204 None\r\nAccess-Control-Allow-Origin: *\r\nContent-Length: 5\r\n\r\n", 204,
			fields("Content-Length", "5")},
		{"205 with a body", "HTTP/1.1 205 Reset\r\nAccess-Control-Allow-Origin: *\r\nContent-Length: 2\r\n\r\nok", 205,
			fields("Content-Length", "2")},
		{"what concerns the connection", allowedHead + "Connection: close, X-A\r\nX-A: 1\r\nsEt-cOOkie: a=b\r\n" + end, 200,
			fields("Connection", "close, X-A", "X-A", "1", "sEt-cOOkie", "a=b", "Content-Length", "0")},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got := collect(t, runner.Options{}, get("http://"+script(t, test.answer)+"/"))[0]
			if got.Status != report.Passed {
				t.Fatalf("%s %+v %+v", got.Status, got.Error, got.Mismatch)
			}
			response := got.Exchanges[0].Response
			if diff := cmp.Diff(test.want, response.Headers); diff != "" || response.Status != test.status {
				t.Errorf("status %d, headers (-want +got):\n%s", response.Status, diff)
			}
		})
	}
}

// TestAnswersThatNetHTTPRefusesAreNoVerdict lists heads that some browser reads: nothing is said of them but that.
func TestAnswersThatNetHTTPRefusesAreNoVerdict(t *testing.T) {
	const end = "Content-Length: 0\r\n\r\n"
	tests := []luck{
		{"a status of four digits", "HTTP/1.1 1000 OK\r\nAccess-Control-Allow-Origin: *\r\n" + end, "protocol", "status code"},
		{"a signed status", "HTTP/1.1 +20 OK\r\nAccess-Control-Allow-Origin: *\r\n" + end, "protocol", "status"},
		{"a version in lower case", "http/1.1 200 OK\r\n" + end, "protocol", "not HTTP"},
		{"a version before headers", "HTTP/0.9 200 OK\r\nAccess-Control-Allow-Origin: *\r\n" + end, "protocol", "HTTP/0.9"},
		{"an empty line first", "\r\n" + allowedHead + end, "protocol", "not HTTP"},
		{"a tab before the colon", allowedHead + "X-A\t: 1\r\n" + end, "protocol", "malformed"},
		{"a name that is no token", allowedHead + "X(A: 1\r\n" + end, "protocol", "malformed"},
		{"a name that is not ASCII", allowedHead + "X-\xe9: 1\r\n" + end, "protocol", "malformed"},
		{"no name", allowedHead + ": 1\r\n" + end, "protocol", "malformed"},
		{"DEL in a value", allowedHead + "X-A: a\x7fb\r\n" + end, "protocol", "malformed"},
		{"a carriage return in a value", allowedHead + "X-A: a\rb\r\n" + end, "protocol", "malformed"},
		{"a vertical tab after a value", allowedHead + "X-A: a\x0b\r\n" + end, "protocol", "malformed"},
		{"a first line that is folded", "HTTP/1.1 200 OK\r\n X-A: 1\r\n" + end, "protocol", "malformed"},
		{"a list of equal lengths", allowedHead + "Content-Length: 0, 0\r\n\r\n", "protocol", "Content-Length"},
		{"a length that is no number", allowedHead + "Content-Length: abc\r\n\r\n", "protocol", "Content-Length"},
		{"a length with a sign", allowedHead + "Content-Length: +1\r\n\r\n", "protocol", "Content-Length"},
		{"an empty length", allowedHead + "Content-Length: \r\n\r\n", "protocol", "Content-Length"},
		{"an unknown transfer encoding", allowedHead + "Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n",
			"protocol", "transfer encoding"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			wantTrouble(t, collect(t, runner.Options{}, get("http://"+script(t, test.url)+"/"))[0], test)
		})
	}
}

// TestRequestsThatNetHTTPRefusesNeverLeave is about cases that were built in code: no file can have them.
func TestRequestsThatNetHTTPRefusesNeverLeave(t *testing.T) {
	for _, value := range []string{"a\x01b", "a\x7fb"} {
		address, heads := record(t)
		c := get("http://" + address + "/")
		c.Fetch.Headers = []cors.Header{{Name: "X-A", Value: value}}
		got := collect(t, runner.Options{}, c)[0]
		wantTrouble(t, got, luck{"", "", "protocol", "cannot be sent"})
		if preflight := <-heads; !strings.HasPrefix(preflight, "OPTIONS ") || len(heads) > 0 {
			t.Errorf("%q went out, and %d more", preflight, len(heads))
		}
	}
}
