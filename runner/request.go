package runner

import (
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"

	"github.com/corsgate/corsgate/cors"
)

// request makes the HTTP request for r. net/http keeps the case of header names, duplicates, empty values and raw
// bytes, but sends the lines sorted by name, Host and User-Agent first; with HTTP/2 all names are lower case.
func (c *client) request(r cors.Request) (*http.Request, error) {
	u, err := url.Parse(r.URL)
	if err != nil {
		return nil, err
	}
	request := &http.Request{
		Method: r.Method, URL: u, Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1, Header: c.header(r.Headers),
	}
	setBody(request, r.Body)
	absolute := c.dialer != nil && c.dialer.absolute(u.Scheme, hostPort(u))
	if absolute {
		if via, err := c.dialer.proxyFor(u.Scheme, hostPort(u)); err == nil && via.User != nil {
			request.Header["Proxy-Authorization"] = []string{proxyAuthorization(via)}
		}
	}
	setPath(u, r.URL, absolute)
	return request, nil
}

// header returns the lines of headers with what a browser's network layer adds. The name of corsgate and its run goes
// behind a User-Agent of the case's own.
func (c *client) header(headers []cors.Header) http.Header {
	h := make(http.Header, len(headers)+2)
	agent, encodings := c.agent, "gzip, deflate"
	for _, line := range headers {
		switch {
		case strings.EqualFold(line.Name, "User-Agent"):
			agent = line.Value + " " + agent
			continue
		// https://fetch.spec.whatwg.org/#http-network-or-cache-fetch, "If httpRequest's header list contains `Range`"
		case strings.EqualFold(line.Name, "Range"):
			encodings = "identity"
		}
		h[line.Name] = append(h[line.Name], line.Value)
	}
	h["User-Agent"] = []string{agent}
	h["Accept-Encoding"] = []string{encodings}
	return h
}

// setBody sets a body that can be sent once only: a Transport must not resend it.
func setBody(request *http.Request, body *string) {
	switch {
	case body == nil:
	case *body == "":
		request.Body = http.NoBody
	default:
		request.Body = io.NopCloser(strings.NewReader(*body))
		request.ContentLength = int64(len(*body))
	}
}

// setPath makes net/http send path and query of a URL as they are, where url.URL would escape characters that browsers
// leave alone; with absolute, the whole URL. A path that begins with two slashes stays as url.URL has it, which would
// take it for a host.
func setPath(u *url.URL, rawURL string, absolute bool) {
	_, rest, _ := strings.Cut(rawURL, "://")
	path := "/"
	if i := strings.IndexAny(rest, "/?"); i >= 0 {
		path = "/" + strings.TrimPrefix(rest[i:], "/")
	}
	switch {
	case absolute:
		path = "//" + u.Host + path
	case strings.HasPrefix(path, "//"):
		return
	}
	u.Opaque, u.RawQuery, u.ForceQuery = path, "", false
}

// hostPort is the address that a Transport dials for u.
func hostPort(u *url.URL) string {
	return net.JoinHostPort(u.Hostname(), or(u.Port(), map[string]string{"http": "80", "https": "443"}[u.Scheme]))
}
