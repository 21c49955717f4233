package paste

import (
	"strings"

	"github.com/corsgate/corsgate/cors"
)

// curlLetters are curl's short options.
var curlLetters = map[byte]string{
	'#': "progress-bar", '0': "http1.0", '4': "ipv4", '6': "ipv6", 'A': "user-agent", 'D': "dump-header", 'E': "cert",
	'F': "form", 'G': "get", 'H': "header", 'I': "head", 'L': "location", 'N': "no-buffer", 'O': "remote-name",
	'S': "show-error", 'X': "request", 'b': "cookie", 'c': "cookie-jar", 'd': "data", 'e': "referer", 'f': "fail",
	'g': "globoff", 'i': "include", 'k': "insecure", 'm': "max-time", 'o': "output", 's': "silent", 'u': "user",
	'v': "verbose", 'w': "write-out", 'x': "proxy",
}

// curlOptions are the options that can be told in a browser's terms, and those that change nothing about the request.
var curlOptions = map[string]option{
	"url": {true, (*curl).setURL}, "request": {true, (*curl).setMethod}, "header": {true, (*curl).setHeader},
	"data": {true, (*curl).setData}, "data-ascii": {true, (*curl).setData}, "data-binary": {true, (*curl).setData},
	"data-raw": {true, (*curl).setRawData}, "data-urlencode": {true, (*curl).setEncodedData},
	"json": {true, (*curl).setJSON}, "user": {true, (*curl).setUser}, "cookie": {true, (*curl).setCookie},
	"oauth2-bearer": {true, func(c *curl, w word) error {
		return c.setHeader(word{"Authorization: Bearer " + w.text, w.at})
	}},
	"referer": {true, func(c *curl, w word) error { return c.setHeader(word{"Referer: " + w.text, w.at}) }},
	"user-agent": {true, func(c *curl, w word) error {
		return c.setHeader(word{"User-Agent: " + w.text, w.at})
	}},
	"form": {true, (*curl).setForm}, "form-string": {true, (*curl).setForm},
	"url-query": {true, func(c *curl, w word) error {
		c.query = append(c.query, w.text)
		return nil
	}},
	"get":  {false, func(c *curl, _ word) error { c.get = true; return nil }},
	"head": {false, func(c *curl, _ word) error { c.head = true; return nil }},

	"insecure":   {false, func(c *curl, _ word) error { c.request.Way.Insecure = true; return nil }},
	"proxy":      {true, func(c *curl, w word) error { c.request.Way.Proxy = w.text; return nil }},
	"cacert":     {true, func(c *curl, w word) error { c.request.Way.CACert = w.text; return nil }},
	"cert":       {true, func(c *curl, w word) error { c.request.Way.Cert = w.text; return nil }},
	"key":        {true, func(c *curl, w word) error { c.request.Way.Key = w.text; return nil }},
	"http1.1":    {false, func(c *curl, _ word) error { c.request.Way.HTTP = "1.1"; return nil }},
	"http2":      {},
	"resolve":    {true, (*curl).setResolve},
	"connect-to": {true, (*curl).setConnectTo},
	"http2-prior-knowledge": {false, func(c *curl, _ word) error {
		c.request.Way.HTTP = "2"
		return nil
	}},

	"compressed": {}, "fail": {}, "fail-with-body": {}, "globoff": {}, "http1.0": {}, "include": {}, "ipv4": {}, "ipv6": {},
	"location": {}, "no-buffer": {}, "no-keepalive": {}, "no-progress-meter": {}, "path-as-is": {}, "progress-bar": {},
	"remote-header-name": {}, "remote-name": {}, "show-error": {}, "silent": {}, "ssl-no-revoke": {}, "tlsv1.2": {},
	"tlsv1.3": {}, "verbose": {},
	"connect-timeout": {arg: true}, "cookie-jar": {arg: true}, "dump-header": {arg: true}, "max-redirs": {arg: true},
	"max-time": {arg: true}, "output": {arg: true}, "retry": {arg: true}, "retry-delay": {arg: true},
	"stderr": {arg: true}, "trace": {arg: true}, "trace-ascii": {arg: true}, "write-out": {arg: true},
}

func (c *curl) setForm(w word) error {
	if !c.form {
		c.request.note("the parts of the form are left out: only its Content-Type matters")
		c.headers = append(c.headers, curlHeader{
			cors.Header{Name: "Content-Type", Value: "multipart/form-data; boundary=corsgate"}, w.at,
		})
	}
	c.form = true
	return nil
}

func (c *curl) setResolve(w word) error {
	c.request.Way.Resolve = append(c.request.Way.Resolve, w.text)
	return nil
}

func (c *curl) setConnectTo(w word) error {
	c.request.Way.ConnectTo = append(c.request.Way.ConnectTo, w.text)
	return nil
}

// finish makes the request of what was read.
func (c *curl) finish(start int) (*Request, error) {
	if c.url.text == "" {
		return nil, c.mistake(start, "the command has no URL", "write curl 'https://...'")
	}
	if strings.HasPrefix(c.url.text, "-") || strings.ContainsAny(c.url.text, " \t\n") {
		return nil, c.mistake(c.url.at, "that is no URL", "quote what belongs together")
	}
	r := &c.request
	r.Client, r.Fetch.URL = ClientFetch, c.url.text
	if !strings.Contains(c.url.text, "://") {
		r.Fetch.URL = "http://" + c.url.text
		r.note("curl takes a URL without a scheme as http://")
	}
	c.setBody()
	if err := c.dealHeaders(); err != nil {
		return nil, err
	}
	return r, nil
}

// setBody gives the data its place and the request its method.
func (c *curl) setBody() {
	r := &c.request
	joined := strings.Join(c.data, "&")
	switch {
	case c.get && c.hasData:
		c.query = append(c.query, joined)
	case c.hasData:
		r.Fetch.Method, r.Fetch.Body = "POST", &joined
	case c.form:
		r.Fetch.Method, r.Fetch.Body = "POST", new(string)
	}
	if c.head {
		r.Fetch.Method = "HEAD"
	}
	if c.method.text != "" {
		r.Fetch.Method = c.method.text
	}
	r.Fetch.URL = withQuery(r.Fetch.URL, strings.Join(c.query, "&"))
}
