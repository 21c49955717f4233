package runner

import (
	"context"
	"crypto/tls"
	"net"
	"net/url"
	"sync/atomic"
	"time"
)

// dialer makes the connections of one target: https://curl.se/docs/manpage.html#--connect-to and --resolve, proxies
// and TLS. It is safe for concurrent use.
type dialer struct {
	life    context.Context // ends with the run; a Transport's dials outlive the request that asked for them
	tls     *tls.Config
	http    string // "", 1.1 or 2
	reroute []reroute
	resolve []resolution
	proxy   func(*url.URL) (*url.URL, error)
}

// progress says how far an exchange has come, for the message of a timeout. Dials find it in their context.
type progress struct {
	deadline time.Time
	phase    atomic.Pointer[string]
}

type progressKey struct{}

// dialGrace lets the exchange's own timer end it, which knows more.
const dialGrace = 500 * time.Millisecond

func (p *progress) enter(phase string) { p.phase.Store(&phase) }

// context returns the dial's own context: a Transport hands over one that has lost deadline and cancellation.
func (d *dialer) context(ctx context.Context) (context.Context, *progress, context.CancelFunc) {
	p, ok := ctx.Value(progressKey{}).(*progress)
	if !ok {
		p = &progress{deadline: time.Now().Add(defaultTimeout)}
	}
	late := troublef(kindTimeout, "no connection in time")
	bound, cancel := context.WithDeadlineCause(d.life, p.deadline.Add(dialGrace), late)
	return bound, p, cancel
}

// dialPlain is the DialContext of a Transport.
func (d *dialer) dialPlain(ctx context.Context, _, addr string) (net.Conn, error) {
	ctx, p, cancel := d.context(ctx)
	defer cancel()
	w, err := d.reach(ctx, p, "http", addr)
	if err != nil {
		return nil, err
	}
	if d.http == "2" {
		return w, nil
	}
	return w.recording(), nil
}

// dialTLS is the DialTLSContext of a Transport, which speaks HTTP/2 when it gets a bare *tls.Conn that agreed on it.
func (d *dialer) dialTLS(ctx context.Context, _, addr string) (net.Conn, error) {
	ctx, p, cancel := d.context(ctx)
	defer cancel()
	w, err := d.reach(ctx, p, "https", addr)
	if err != nil {
		return nil, err
	}
	secure, err := d.handshake(ctx, p, w, addr)
	if err != nil {
		w.Close()
		return nil, err
	}
	if secure.ConnectionState().NegotiatedProtocol == "h2" {
		return secure, nil
	}
	if d.http == "2" {
		secure.Close()
		return nil, troublef(kindProtocol, "%s does not speak HTTP/2", addr)
	}
	outer := &wire{Conn: secure, remote: w.remote, wantsCertificate: w.wantsCertificate}
	return outer.recording(), nil
}

func (d *dialer) handshake(ctx context.Context, p *progress, w *wire, addr string) (*tls.Conn, error) {
	host, _, _ := net.SplitHostPort(addr)
	config := d.tls.Clone()
	config.ServerName = host
	config.NextProtos = map[string][]string{"": {"h2", "http/1.1"}, "1.1": {"http/1.1"}, "2": {"h2"}}[d.http]
	config.GetClientCertificate = func(*tls.CertificateRequestInfo) (*tls.Certificate, error) {
		if len(d.tls.Certificates) > 0 {
			return &d.tls.Certificates[0], nil
		}
		w.wantsCertificate = true
		return new(tls.Certificate), nil
	}
	p.enter("the TLS handshake with " + addr)
	secure := tls.Client(w, config)
	if err := secure.HandshakeContext(ctx); err != nil {
		return nil, handshakeTrouble(ctx, host, addr, err)
	}
	p.enter("the answer of " + addr)
	return secure, nil
}

// reach connects to the server that a URL of scheme and addr names, through the proxy that is meant for it.
func (d *dialer) reach(ctx context.Context, p *progress, scheme, addr string) (*wire, error) {
	address := d.route(addr)
	via, err := d.proxyFor(scheme, addr)
	switch {
	case err != nil:
		return nil, err
	case via == nil:
		conn, err := d.tcp(ctx, p, address)
		if err != nil {
			return nil, err
		}
		p.enter("the answer of " + addr)
		return &wire{Conn: conn, remote: conn.RemoteAddr().String()}, nil
	}
	conn, err := d.throughProxy(ctx, p, via, address, d.absolute(scheme, addr))
	if err != nil {
		return nil, err
	}
	return &wire{Conn: conn}, nil
}

// tcp connects to address, to the addresses that --resolve gives for it or else to those of the name.
func (d *dialer) tcp(ctx context.Context, p *progress, address string) (net.Conn, error) {
	p.enter("the connection to " + address)
	var network net.Dialer
	var err error
	for _, at := range d.addresses(address) {
		var conn net.Conn
		if conn, err = network.DialContext(ctx, "tcp", at); err == nil {
			return conn, nil
		}
	}
	return nil, connectTrouble(ctx, address, err)
}

// proxyFor returns the proxy for a URL of scheme and addr, nil for none.
func (d *dialer) proxyFor(scheme, addr string) (*url.URL, error) {
	via, err := d.proxy(&url.URL{Scheme: scheme, Host: addr})
	if err != nil {
		return nil, troublef(kindConnect, "cannot tell the proxy for %s: %s", addr, plain(err))
	}
	return via, nil
}

// absolute reports whether a request for a URL of scheme and addr goes to an HTTP proxy as it stands, with the whole
// URL in its first line. What the proxy can't be told that way goes through a tunnel.
func (d *dialer) absolute(scheme, addr string) bool {
	if scheme != "http" || d.http == "2" || d.route(addr) != addr {
		return false
	}
	via, err := d.proxyFor(scheme, addr)
	return err == nil && via != nil && (via.Scheme == "http" || via.Scheme == "https")
}
