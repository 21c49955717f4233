package runner

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"strings"
	"syscall"
	"unicode/utf8"

	"github.com/corsgate/corsgate/report"
)

// The kinds of trouble, as a report names them.
const (
	kindDNS         = "dns"
	kindConnect     = "connect"
	kindTLS         = "tls"
	kindTimeout     = "timeout"
	kindClosed      = "closed"
	kindProtocol    = "protocol"
	kindInterrupted = "interrupted"
)

// trouble is why there is no answer to a request. It is an error so that it can travel through a Transport.
type trouble struct {
	kind    string
	message string // may quote raw bytes of the server
	cut     bool   // the run was cut short, the server is not to blame
	reset   bool   // the server gave up an HTTP/2 stream, as it closes a connection of HTTP/1
}

func (t *trouble) Error() string { return t.message }

func (t *trouble) report() *report.Error {
	if t == nil {
		return nil
	}
	return &report.Error{Kind: t.kind, Message: t.message}
}

func troublef(kind, format string, args ...any) *trouble {
	return &trouble{kind: kind, message: fmt.Sprintf(format, args...)}
}

// ended says why ctx is done: its cause where that is a trouble, else what the caller of Run did to it.
func ended(ctx context.Context) *trouble {
	cause := context.Cause(ctx)
	if known, ok := errors.AsType[*trouble](cause); ok {
		return known
	}
	if errors.Is(cause, context.DeadlineExceeded) {
		return &trouble{kind: kindTimeout, message: "the run has used up its time", cut: true}
	}
	return &trouble{kind: kindInterrupted, message: "the run was interrupted", cut: true}
}

// connectTrouble classifies a failure to connect to address.
func connectTrouble(ctx context.Context, address string, err error) *trouble {
	if ctx.Err() != nil {
		return ended(ctx)
	}
	if lookup, ok := errors.AsType[*net.DNSError](err); ok {
		return troublef(kindDNS, "cannot look up %s: %s", lookup.Name, lookup.Err)
	}
	return troublef(kindConnect, "cannot connect to %s: %s", address, plain(err))
}

// handshakeTrouble classifies a failed TLS handshake with address, for a server that is called host.
func handshakeTrouble(ctx context.Context, host, address string, err error) *trouble {
	if ctx.Err() != nil {
		return ended(ctx)
	}
	if _, ok := errors.AsType[tls.RecordHeaderError](err); ok {
		return troublef(kindTLS, "%s does not speak TLS", address)
	}
	if bad, ok := errors.AsType[*tls.CertificateVerificationError](err); ok {
		return troublef(kindTLS, "the certificate of %s is not valid: %s", host, certificateTrouble(bad.Err))
	}
	if broken(err) {
		return troublef(kindClosed, "%s closed the connection during the TLS handshake", address)
	}
	return troublef(kindTLS, "the TLS handshake with %s failed: %s", address, plain(err))
}

func certificateTrouble(err error) string {
	if _, ok := errors.AsType[x509.UnknownAuthorityError](err); ok {
		return "it is signed by an unknown authority"
	}
	if name, ok := errors.AsType[x509.HostnameError](err); ok {
		return "it is not for " + name.Host
	}
	if invalid, ok := errors.AsType[x509.CertificateInvalidError](err); ok && invalid.Reason == x509.Expired {
		return "it has expired or is not valid yet"
	}
	return plain(err)
}

// wireTrouble classifies a request that was on its way to host when err came. Without a wire it had not left yet; the
// answer is nil where it is not recorded.
func wireTrouble(ctx context.Context, host string, w *wire, answer *recorder, err error) *trouble {
	if ctx.Err() != nil {
		return ended(ctx)
	}
	if known, ok := errors.AsType[*trouble](err); ok {
		return known
	}
	switch {
	case w == nil:
		return troublef(kindProtocol, "this request cannot be sent: %s", plain(err))
	case alert(err):
		return troublef(kindTLS, "%s refused the TLS connection: %s", host, plain(err))
	case answer != nil && answer.garbage():
		return troublef(kindProtocol, "%s sent something that is not HTTP: %s", host, plain(err))
	case !broken(err) && (answer == nil || !answer.torn()):
		invalid := troublef(kindProtocol, "the answer of %s is not valid: %s", host, plain(err))
		_, invalid.reset = errors.AsType[streamError](err)
		return invalid
	case w.wantsCertificate:
		return troublef(kindTLS, "%s asked for a client certificate, got none and closed the connection", host)
	}
	return troublef(kindClosed, "%s closed the connection before its answer was complete", host)
}

// alert reports whether err is a TLS alert: with TLS 1.3 the refusal of a client certificate comes after the handshake.
func alert(err error) bool {
	op, ok := errors.AsType[*net.OpError](err)
	return ok && (op.Op == "remote error" || op.Op == "local error")
}

// broken reports whether err says that the connection ended.
func broken(err error) bool {
	for _, end := range []error{
		io.EOF, io.ErrUnexpectedEOF, net.ErrClosed, io.ErrClosedPipe,
		syscall.ECONNRESET, syscall.EPIPE, syscall.ECONNABORTED,
	} {
		if errors.Is(err, end) {
			return true
		}
	}
	return false
}

// plain is the text of the innermost error, cut: what net/http and net wrap around it says nothing to users.
func plain(err error) string {
	if stream, ok := errors.AsType[streamError](err); ok {
		return stream.Error()
	}
	for inner := errors.Unwrap(err); inner != nil; inner = errors.Unwrap(err) {
		err = inner
	}
	text := err.Error()
	for _, prefix := range []string{"net/http: ", "http2: ", "http: ", "tls: ", "x509: "} {
		text = strings.TrimPrefix(text, prefix)
	}
	return cut(text, 200)
}

// cut shortens text to at most n bytes and a mark.
func cut(text string, n int) string {
	if len(text) <= n {
		return text
	}
	for n > 0 && !utf8.RuneStart(text[n]) {
		n--
	}
	return text[:n] + "…"
}

// streamError has the fields of net/http's unexported HTTP/2 stream error, so that [errors.As] fills it in.
type streamError struct {
	StreamID uint32
	Code     uint32
	Cause    error
}

// Error names the error code: https://httpwg.org/specs/rfc9113.html#ErrorCodes
func (e streamError) Error() string {
	names := [...]string{
		"NO_ERROR", "PROTOCOL_ERROR", "INTERNAL_ERROR", "FLOW_CONTROL_ERROR", "SETTINGS_TIMEOUT", "STREAM_CLOSED",
		"FRAME_SIZE_ERROR", "REFUSED_STREAM", "CANCEL", "COMPRESSION_ERROR", "CONNECT_ERROR", "ENHANCE_YOUR_CALM",
		"INADEQUATE_SECURITY", "HTTP_1_1_REQUIRED",
	}
	if int(e.Code) < len(names) {
		return "the HTTP/2 stream was reset with " + names[e.Code]
	}
	return fmt.Sprintf("the HTTP/2 stream was reset with error %d", e.Code)
}
