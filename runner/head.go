package runner

import (
	"bytes"
	"strings"
	"sync"

	"github.com/corsgate/corsgate/cors"
)

// The limits of a response head.
const (
	maxHeadBytes     = 256 << 10
	maxHeadLines     = 1000
	maxInformational = 32 // 1xx answers before the final one
)

// recorder keeps the bytes of one HTTP/1 response head, since http.Header knows neither the order of different names
// nor how they were written. Its zero value waits for a head. It is safe for concurrent use.
type recorder struct {
	bare bool // the answer to a HEAD request: no body follows

	mu    sync.Mutex
	head  []byte // of the final answer, up to the empty line
	line  int    // where the line begins that is not complete yet
	lines int
	early int // 1xx answers so far
	done  bool
}

// take records p. It returns how many bytes of p belong to the answer, and the limit that was passed, if one was.
func (r *recorder) take(p []byte) (int, *trouble) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.done {
		return r.within(len(p), len(p)), nil
	}
	r.head = append(r.head, p...)
	size := len(r.head)
	for !r.done {
		n := bytes.IndexByte(r.head[r.line:], '\n')
		if n < 0 {
			break
		}
		size -= r.endLine(r.line + n + 1)
		if r.lines > maxHeadLines || r.early > maxInformational {
			return 0, r.stop()
		}
	}
	if len(r.head) > maxHeadBytes {
		return 0, r.stop()
	}
	return r.within(len(p), size-len(r.head)), nil
}

// within is how many of n bytes belong to the answer, when the last of them came after its head.
func (r *recorder) within(n, after int) int {
	if r.done && (r.bare || bodyless(r.head)) {
		return n - after
	}
	return n
}

// endLine ends the current line before next. It returns how many bytes it dropped: an informational answer's.
func (r *recorder) endLine(next int) int {
	empty := len(bytes.TrimRight(r.head[r.line:next], "\r\n")) == 0
	r.line, r.lines = next, r.lines+1
	switch {
	case !empty:
	case informational(r.head[:next]):
		r.early++
		r.head, r.line, r.lines = r.head[next:], 0, 0
		return next
	default:
		r.head, r.done = r.head[:next], true
	}
	return 0
}

func (r *recorder) stop() *trouble {
	r.done = true
	switch {
	case r.early > maxInformational:
		return troublef(kindProtocol, "more than %d informational answers and no final one", maxInformational)
	case r.lines > maxHeadLines:
		return troublef(kindProtocol, "the head of the answer has more than %d lines", maxHeadLines)
	}
	return troublef(kindProtocol, "the head of the answer is larger than %d KiB", maxHeadBytes>>10)
}

// text returns what was recorded so far.
func (r *recorder) text() string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return string(r.head)
}

// garbage reports whether what came so far can't become an HTTP answer.
func (r *recorder) garbage() bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	n := min(len(r.head), len("HTTP/"))
	return string(r.head[:n]) != "HTTP/"[:n]
}

// torn reports whether only a part of the first line came.
func (r *recorder) torn() bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return len(r.head) > 0 && r.lines == 0
}

// informational reports whether head is that of a 1xx answer which another one follows. 101 is final.
func informational(head []byte) bool {
	status := statusOf(head)
	return len(status) == 3 && status[0] == '1' && status != "101"
}

// bodyless reports whether an answer with that head has no body, whatever its lines say:
// https://httpwg.org/specs/rfc9112.html#message.body.length
func bodyless(head []byte) bool {
	status := statusOf(head)
	return status == "204" || status == "304"
}

// statusOf finds the status where net/http does.
func statusOf(head []byte) string {
	line, _, _ := bytes.Cut(head, []byte("\n"))
	_, rest, _ := bytes.Cut(bytes.Trim(line, " \t\r"), []byte(" "))
	status, _, _ := bytes.Cut(bytes.TrimLeft(rest, " "), []byte(" "))
	return string(status)
}

// parseHead returns the header lines of a head that net/http has accepted. Folded lines are joined as net/http does.
func parseHead(head string) []cors.Header {
	_, head, _ = strings.Cut(head, "\n")
	headers := make([]cors.Header, 0, strings.Count(head, "\n"))
	for line := range strings.Lines(head) {
		text := strings.TrimRight(line, "\r\n")
		if n := len(headers); n > 0 && text != "" && (text[0] == ' ' || text[0] == '\t') {
			headers[n-1].Value = strings.Trim(headers[n-1].Value+" "+strings.Trim(text, " \t"), " \t")
			continue
		}
		if name, value, ok := strings.Cut(text, ":"); ok {
			headers = append(headers, cors.Header{Name: name, Value: strings.Trim(value, " \t")})
		}
	}
	return headers
}
