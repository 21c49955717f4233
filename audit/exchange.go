package audit

import "github.com/corsgate/corsgate/cors"

// Exchange is one request on the wire and what came back, as the runner saw it.
type Exchange struct {
	Request  cors.Request
	Response *cors.Response // nil: no complete head came
	Body     []byte         // the first bytes of the body, decoded; for the marks of firewalls and stacks
	Error    string         // kind of trouble when Response is nil: dns, connect, tls, timeout, closed, protocol
	Remote   string         // address that answered; empty when not known
	Protocol string         // HTTP/1.1, HTTP/2.0
}
