package runner

import (
	"bytes"
	"strings"

	"github.com/corsgate/corsgate/cors"
)

// The limits of a response head.
const (
	maxHeadBytes   = 256 << 10
	maxHeadLines   = 1000
	maxInformative = 32 // 1xx answers before the final one
)

// recorder keeps the bytes of one HTTP/1 response head, since http.Header knows neither the order of different names
// nor how they were written. Its zero value waits for a head; a nil recorder records nothing.
type recorder struct {
	head  []byte // of the final answer, up to the empty line
	line  int    // where the line begins that is not complete yet
	lines int
	early int // 1xx answers so far
	done  bool
}

// take records p and says what limit was passed, if one was.
func (r *recorder) take(p []byte) *trouble {
	if r == nil || r.done {
		return nil
	}
	r.head = append(r.head, p...)
	for !r.done {
		n := bytes.IndexByte(r.head[r.line:], '\n')
		if n < 0 {
			break
		}
		r.endLine(r.line + n + 1)
		if r.lines > maxHeadLines || r.early > maxInformative {
			return r.stop()
		}
	}
	if len(r.head) > maxHeadBytes {
		return r.stop()
	}
	return nil
}

// endLine ends the current line before next.
func (r *recorder) endLine(next int) {
	empty := len(bytes.TrimRight(r.head[r.line:next], "\r\n")) == 0
	r.line, r.lines = next, r.lines+1
	switch {
	case !empty:
	case informative(r.head):
		r.early++
		r.head, r.line, r.lines = r.head[next:], 0, 0
	default:
		r.head, r.done = r.head[:next], true
	}
}

func (r *recorder) stop() *trouble {
	r.done = true
	switch {
	case r.early > maxInformative:
		return troublef(kindProtocol, "more than %d informational answers and no final one", maxInformative)
	case r.lines > maxHeadLines:
		return troublef(kindProtocol, "the head of the answer has more than %d lines", maxHeadLines)
	}
	return troublef(kindProtocol, "the head of the answer is larger than %d KiB", maxHeadBytes>>10)
}

// garbage reports whether what came so far can't become an HTTP answer.
func (r *recorder) garbage() bool {
	if r == nil {
		return false
	}
	n := min(len(r.head), len("HTTP/"))
	return string(r.head[:n]) != "HTTP/"[:n]
}

// informative reports whether head is that of a 1xx answer which another one follows. 101 is final.
func informative(head []byte) bool {
	_, rest, _ := bytes.Cut(head, []byte(" "))
	return len(rest) >= 3 && rest[0] == '1' && !bytes.HasPrefix(rest, []byte("101"))
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
