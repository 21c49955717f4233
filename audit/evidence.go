package audit

import (
	"fmt"
	"strings"
)

// Text tells an exchange in one line: the request as far as it matters to CORS, the answer, and what that shows. It
// quotes raw bytes of the server.
func (e Evidence) Text() string {
	r := e.Exchange.Request
	var asks []string
	for _, name := range []string{"Origin", "Access-Control-Request-Method", "Access-Control-Request-Headers"} {
		if v := requestHeader(r, name); v != "" {
			asks = append(asks, name+": "+v)
		}
	}
	line := r.Method + " " + r.URL
	if asks != nil {
		line += " (" + strings.Join(asks, "; ") + ")"
	}
	return line + " → " + e.Exchange.answerText() + ": " + e.Shows
}

func (x Exchange) answerText() string {
	if x.Response == nil {
		return x.Error
	}
	answer := fmt.Sprintf("%d", x.Response.Status)
	var said []string
	for _, h := range x.Response.Headers {
		if isCORSHeader(h.Name) || strings.EqualFold(h.Name, "Location") || strings.EqualFold(h.Name, "Vary") {
			said = append(said, h.Name+": "+h.Value)
		}
	}
	if said == nil {
		return answer + " without CORS headers"
	}
	return answer + ", " + strings.Join(said, "; ")
}
