package runner

import (
	"bufio"
	"context"
	"crypto/tls"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"time"

	"golang.org/x/net/http/httpproxy"
	"golang.org/x/net/proxy"
)

// maxProxyHead bounds the answer to a CONNECT.
const maxProxyHead = 64 << 10

// proxyFunc says which proxy is for which URL: the named one for all, loopback too; without a name what the
// environment says (HTTP_PROXY, HTTPS_PROXY, NO_PROXY), which never is one for loopback.
func proxyFunc(name string) (func(*url.URL) (*url.URL, error), error) {
	if name == "" {
		return httpproxy.FromEnvironment().ProxyFunc(), nil
	}
	if !strings.Contains(name, "://") {
		name = "http://" + name
	}
	u, err := url.Parse(name)
	if err != nil || u.Hostname() == "" {
		return nil, fmt.Errorf("the proxy is not a URL such as http://proxy.example:3128")
	}
	switch u.Scheme {
	case "http", "https", "socks5", "socks5h":
		return func(*url.URL) (*url.URL, error) { return u, nil }, nil
	}
	return nil, fmt.Errorf("a proxy of scheme %q is not supported: http, https, socks5 and socks5h are", u.Scheme)
}

// throughProxy connects to address through via. With absolute, an HTTP proxy is told the URL in each request, and the
// connection is the one to the proxy.
func (d *dialer) throughProxy(
	ctx context.Context, p *progress, via *url.URL, address string, absolute bool,
) (net.Conn, error) {
	if strings.HasPrefix(via.Scheme, "socks5") {
		return d.throughSOCKS(ctx, p, via, address)
	}
	conn, err := d.tcp(ctx, p, proxyAddress(via))
	if err != nil {
		return nil, err
	}
	if via.Scheme == "https" {
		conn, err = d.secureProxy(ctx, p, conn, via)
	}
	if err == nil && !absolute {
		err = tunnel(ctx, p, conn, via, address)
	}
	if err != nil {
		conn.Close()
		return nil, err
	}
	p.enter("the answer of " + address + " through the proxy")
	return conn, nil
}

func (d *dialer) secureProxy(ctx context.Context, p *progress, conn net.Conn, via *url.URL) (net.Conn, error) {
	p.enter("the TLS handshake with the proxy " + via.Host)
	config := &tls.Config{
		ServerName: via.Hostname(), RootCAs: d.tls.RootCAs, InsecureSkipVerify: d.tls.InsecureSkipVerify,
	}
	secure := tls.Client(conn, config)
	if err := secure.HandshakeContext(ctx); err != nil {
		return conn, handshakeTrouble(ctx, "the proxy "+via.Hostname(), "the proxy "+via.Host, err)
	}
	return secure, nil
}

// throughSOCKS connects by https://www.rfc-editor.org/rfc/rfc1928. As in curl, names are looked up here for socks5 and
// by the proxy for socks5h.
func (d *dialer) throughSOCKS(ctx context.Context, p *progress, via *url.URL, address string) (net.Conn, error) {
	if via.Scheme == "socks5" {
		resolved, err := d.lookUp(ctx, address)
		if err != nil {
			return nil, err
		}
		address = resolved
	}
	var auth *proxy.Auth
	if via.User != nil {
		password, _ := via.User.Password()
		auth = &proxy.Auth{User: via.User.Username(), Password: password}
	}
	socks, err := proxy.SOCKS5("tcp", proxyAddress(via), auth, forward{d, p, via.Host})
	if err != nil {
		return nil, troublef(kindConnect, "cannot use the proxy %s: %s", via.Host, plain(err))
	}
	conn, err := socks.(proxy.ContextDialer).DialContext(ctx, "tcp", address)
	if err != nil {
		return nil, socksTrouble(ctx, via, address, err)
	}
	p.enter("the answer of " + address + " through the proxy")
	return conn, nil
}

func socksTrouble(ctx context.Context, via *url.URL, address string, err error) error {
	if ctx.Err() != nil {
		return ended(ctx)
	}
	if known, ok := errors.AsType[*trouble](err); ok {
		return known
	}
	return troublef(kindConnect, "the proxy %s did not connect to %s: %s", via.Host, address, plain(err))
}

// lookUp replaces the name in address by its first IP address.
func (d *dialer) lookUp(ctx context.Context, address string) (string, error) {
	address = d.addresses(address)[0]
	host, port, _ := net.SplitHostPort(address)
	ips, err := net.DefaultResolver.LookupHost(ctx, host)
	if err != nil {
		return "", connectTrouble(ctx, host, err)
	}
	return net.JoinHostPort(ips[0], port), nil
}

// forward is how a SOCKS dialer reaches its proxy.
type forward struct {
	d     *dialer
	p     *progress
	proxy string
}

func (f forward) Dial(network, address string) (net.Conn, error) {
	return f.DialContext(f.d.life, network, address)
}

func (f forward) DialContext(ctx context.Context, _, address string) (net.Conn, error) {
	conn, err := f.d.tcp(ctx, f.p, address)
	f.p.enter("the answer of the proxy " + f.proxy)
	return conn, err
}

// tunnel asks the HTTP proxy at the other end of conn to connect to address:
// https://httpwg.org/specs/rfc9110.html#CONNECT
func tunnel(ctx context.Context, p *progress, conn net.Conn, via *url.URL, address string) error {
	p.enter("the answer of the proxy " + via.Host)
	stop := context.AfterFunc(ctx, func() { conn.SetDeadline(time.Unix(1, 0)) })
	defer stop()
	request := &http.Request{
		Method: http.MethodConnect, URL: &url.URL{Opaque: address}, Host: address, Header: http.Header{},
	}
	if authorization := proxyAuthorization(via); authorization != "" {
		request.Header.Set("Proxy-Authorization", authorization)
	}
	err := request.Write(conn)
	var response *http.Response
	var reader *bufio.Reader
	if err == nil {
		reader = bufio.NewReader(io.LimitReader(conn, maxProxyHead))
		response, err = http.ReadResponse(reader, request)
	}
	switch {
	case ctx.Err() != nil:
		return ended(ctx)
	case err != nil:
		return troublef(kindConnect, "the proxy %s did not connect to %s: %s", via.Host, address, plain(err))
	case response.StatusCode < 200 || response.StatusCode > 299:
		return troublef(kindConnect, "the proxy %s did not connect to %s: it answered %d %s",
			via.Host, address, response.StatusCode, http.StatusText(response.StatusCode))
	case reader.Buffered() > 0:
		return troublef(kindProtocol, "the proxy %s sent data before it was asked for any", via.Host)
	}
	return nil
}

// proxyAuthorization is the value of Proxy-Authorization that the user and password of a proxy's URL mean.
func proxyAuthorization(via *url.URL) string {
	if via.User == nil {
		return ""
	}
	password, _ := via.User.Password()
	return "Basic " + base64.StdEncoding.EncodeToString([]byte(via.User.Username()+":"+password))
}

// proxyAddress is the host and port of a proxy's URL.
func proxyAddress(via *url.URL) string {
	ports := map[string]string{"http": "80", "https": "443", "socks5": "1080", "socks5h": "1080"}
	return net.JoinHostPort(via.Hostname(), or(via.Port(), ports[via.Scheme]))
}
