package runner

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"os"
	"time"

	"github.com/corsgate/corsgate/internal/plan"
	"github.com/corsgate/corsgate/spec"
)

// client sends the exchanges of one target. It is safe for concurrent use.
type client struct {
	agent     string
	dialer    *dialer // nil when the caller brought the transport
	jobs      int
	transport http.RoundTripper // keeps connections open
}

// newClients makes a client for each target of cases. Their connections end with ctx.
func newClients(ctx context.Context, cases []plan.Case, o Options) (map[spec.Target]*client, error) {
	clients := make(map[spec.Target]*client)
	for i := range cases {
		if cases[i].Target == nil || len(cases[i].Browsers) == 0 {
			return nil, fmt.Errorf("case %q has no target or no browser", cases[i].ID)
		}
		target := *cases[i].Target
		if clients[target] != nil {
			continue
		}
		c, err := newClient(ctx, target, o)
		if err != nil {
			return nil, err
		}
		clients[target] = c
	}
	return clients, nil
}

func newClient(ctx context.Context, t spec.Target, o Options) (*client, error) {
	c := &client{agent: o.userAgent(), jobs: o.Jobs, transport: o.Transport}
	if o.Transport != nil {
		return c, nil
	}
	d, err := newDialer(ctx, t, o.forTarget(t))
	if err != nil {
		return nil, err
	}
	c.dialer = d
	c.transport = c.newTransport()
	return c, nil
}

// newTransport returns a Transport without any connection yet. It follows no redirect (it is used by RoundTrip), keeps
// no cookie, touches no compression and uses no proxy of its own: the dialer does.
func (c *client) newTransport() *http.Transport {
	protocols := new(http.Protocols)
	protocols.SetHTTP1(c.dialer.http != "2")
	protocols.SetHTTP2(c.dialer.http != "1.1")
	protocols.SetUnencryptedHTTP2(c.dialer.http == "2")
	return &http.Transport{
		DialContext:            c.dialer.dialPlain,
		DialTLSContext:         c.dialer.dialTLS,
		Protocols:              protocols,
		DisableCompression:     true,
		MaxIdleConns:           4 * c.jobs,
		MaxIdleConnsPerHost:    c.jobs,
		IdleConnTimeout:        30 * time.Second,
		MaxResponseHeaderBytes: maxHeadBytes + 4096, // the recorder's own limit comes first
	}
}

// close ends the idle connections.
func (c *client) close() {
	if idle, ok := c.transport.(*http.Transport); ok && c.dialer != nil {
		idle.CloseIdleConnections()
	}
}

func newDialer(ctx context.Context, t spec.Target, o Options) (*dialer, error) {
	d := &dialer{life: ctx, http: o.HTTP}
	if o.HTTP != "" && o.HTTP != "1.1" && o.HTTP != "2" {
		return nil, fmt.Errorf("HTTP version %q is not supported: 1.1 and 2 are", o.HTTP)
	}
	if err := d.setRoutes(t, o); err != nil {
		return nil, err
	}
	proxy, err := proxyFunc(o.Proxy)
	if err != nil {
		return nil, err
	}
	d.proxy = proxy
	d.tls, err = tlsConfig(o)
	return d, err
}

func (d *dialer) setRoutes(t spec.Target, o Options) error {
	if t.Connect != "" {
		own, err := ownRoute(t)
		if err != nil {
			return err
		}
		d.reroute = append(d.reroute, own)
	}
	for _, s := range o.ConnectTo {
		r, err := parseReroute(s)
		if err != nil {
			return err
		}
		d.reroute = append(d.reroute, r)
	}
	for _, s := range o.Resolve {
		r, err := parseResolution(s)
		if err != nil {
			return err
		}
		d.resolve = append(d.resolve, r)
	}
	return nil
}

// ownRoute is the way that a target's `connect` means for the host of its URL.
func ownRoute(t spec.Target) (reroute, error) {
	u, err := url.Parse(t.URL)
	if err != nil {
		return reroute{}, fmt.Errorf("the target's URL %q is not valid", t.URL)
	}
	host, port, err := net.SplitHostPort(t.Connect)
	if err != nil {
		return reroute{}, fmt.Errorf("connect: %q is not HOST:PORT", t.Connect)
	}
	usual := map[string]string{"http": "80", "https": "443"}[u.Scheme]
	return reroute{u.Hostname(), or(u.Port(), usual), host, port}, nil
}

func tlsConfig(o Options) (*tls.Config, error) {
	config := &tls.Config{InsecureSkipVerify: o.Insecure}
	if o.CACert != "" {
		pem, err := os.ReadFile(o.CACert)
		if err != nil {
			return nil, fmt.Errorf("cannot read the trusted certificates: %w", err)
		}
		config.RootCAs = x509.NewCertPool()
		if !config.RootCAs.AppendCertsFromPEM(pem) {
			return nil, fmt.Errorf("%s holds no certificate in PEM form", o.CACert)
		}
	}
	if o.Cert != "" {
		pair, err := tls.LoadX509KeyPair(o.Cert, or(o.Key, o.Cert))
		if err != nil {
			return nil, fmt.Errorf("cannot load the client certificate: %w", err)
		}
		config.Certificates = []tls.Certificate{pair}
	}
	return config, nil
}
