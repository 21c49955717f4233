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
	"sync"
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

// clients are the clients of a run's targets. They are safe for concurrent use.
type clients struct {
	life    context.Context // ends their connections
	options Options
	mu      sync.Mutex
	of      map[spec.Target]*client
}

// newClients makes a client for each target of cases. Their connections end with ctx.
func newClients(ctx context.Context, cases []plan.Case, o Options) (*clients, error) {
	all := &clients{life: ctx, options: o, of: make(map[spec.Target]*client)}
	for i := range cases {
		if cases[i].Target == nil || len(cases[i].Browsers) == 0 {
			return nil, fmt.Errorf("case %q has no target or no browser", cases[i].ID)
		}
		if err := all.add(*cases[i].Target); err != nil {
			return nil, err
		}
	}
	return all, nil
}

// add makes a client for t unless there is one.
func (s *clients) add(t spec.Target) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.of[t] != nil {
		return nil
	}
	c, err := newClient(s.life, t, s.options)
	if err == nil {
		s.of[t] = c
	}
	return err
}

// get returns the client of t, which add has made.
func (s *clients) get(t spec.Target) *client {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.of[t]
}

func (s *clients) close() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, c := range s.of {
		c.close()
	}
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
