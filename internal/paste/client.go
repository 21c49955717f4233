package paste

import (
	"encoding/json"
	"slices"
	"strings"

	"github.com/corsgate/corsgate/cors"
)

// Client is what a script makes its requests with. Libraries add headers, which decide whether there is a preflight.
type Client string

// The clients.
const (
	ClientFetch   Client = "fetch"
	ClientAxios   Client = "axios"
	ClientJQuery  Client = "jquery"
	ClientAngular Client = "angular"
)

// Clients returns the names of all clients.
func Clients() []string {
	return []string{string(ClientFetch), string(ClientAxios), string(ClientJQuery), string(ClientAngular)}
}

// Name returns how people call the client.
func (c Client) Name() string {
	switch c {
	case ClientAxios:
		return "axios"
	case ClientJQuery:
		return "jQuery"
	case ClientAngular:
		return "Angular's HttpClient"
	}
	return "fetch()"
}

// IsObject reports whether a body is the JSON text of an object or an array, as scripts hand them to libraries.
func IsObject(body string) bool {
	trimmed := strings.TrimLeft(body, " \t\r\n")
	return trimmed != "" && (trimmed[0] == '{' || trimmed[0] == '[') && json.Valid([]byte(body))
}

// Send returns what the client asks the browser for when a script asks it for f, and says what it changed. object says
// that the body was an object, of which f has the JSON text. f and its slices are not modified.
func (c Client) Send(f cors.Fetch, object bool) (sent cors.Fetch, notes []string) {
	if c == ClientFetch || c == "" {
		return f, nil
	}
	d := dresser{client: c, fetch: f, object: object}
	d.fetch.Headers = slices.Clone(f.Headers)
	d.upperMethod()
	switch c {
	case ClientAxios:
		d.axios()
	case ClientJQuery:
		d.jquery()
	case ClientAngular:
		d.angular()
	}
	d.dropBody()
	return d.fetch, d.notes
}

// dresser makes a client's request of a script's.
type dresser struct {
	client Client
	fetch  cors.Fetch
	object bool
	notes  []string
}

func (d *dresser) note(text string) { d.notes = append(d.notes, d.client.Name()+" "+text) }

func (d *dresser) has(name string) bool {
	return slices.ContainsFunc(d.fetch.Headers, func(h cors.Header) bool { return strings.EqualFold(h.Name, name) })
}

// add sets a header that the script has not set.
func (d *dresser) add(name, value string) {
	if !d.has(name) {
		d.fetch.Headers = append(d.fetch.Headers, cors.Header{Name: name, Value: value})
		d.note("adds " + name + ": " + value)
	}
}

// upperMethod: unlike fetch(), all three libraries write every method in capitals.
func (d *dresser) upperMethod() {
	upper := strings.ToUpper(d.fetch.Method)
	if upper != d.fetch.Method && cors.NormalizeMethod(d.fetch.Method) != upper {
		d.note("writes " + d.fetch.Method + " as " + upper)
	}
	d.fetch.Method = upper
}

func (d *dresser) bodyless() bool {
	return d.fetch.Method == "GET" || d.fetch.Method == "HEAD" || d.fetch.Method == ""
}

// dropBody: the libraries use XMLHttpRequest, where fetch() would throw: https://xhr.spec.whatwg.org/#the-send()-method,
// step 3. The Content-Type stays.
func (d *dresser) dropBody() {
	if d.fetch.Body != nil && d.bodyless() {
		d.fetch.Body = nil
		d.note("sends no body with a GET or HEAD, but the headers that go with it")
	}
}

func (d *dresser) sameOrigin() bool {
	target, err := cors.URLOrigin(d.fetch.URL)
	return err == nil && target.SameOrigin(d.fetch.Origin)
}

// xsrf copies a cookie into a header, only for the page's own server.
func (d *dresser) xsrf() {
	for _, c := range d.fetch.Cookies {
		if c.Name == "XSRF-TOKEN" && d.sameOrigin() {
			d.add("X-XSRF-TOKEN", c.Value)
		}
	}
}

const formType = "application/x-www-form-urlencoded"

// axios is version 1: lib/defaults/index.js, lib/core/dispatchRequest.js and lib/adapters/xhr.js.
func (d *dresser) axios() {
	d.add("Accept", "application/json, text/plain, */*")
	switch method := d.fetch.Method; {
	case d.fetch.Body == nil && d.has("Content-Type"):
		d.fetch.Headers = slices.DeleteFunc(d.fetch.Headers, func(h cors.Header) bool {
			return strings.EqualFold(h.Name, "Content-Type")
		})
		d.note("takes Content-Type away from a request without data")
	case d.fetch.Body == nil:
	case d.object:
		d.add("Content-Type", "application/json")
	case method == "POST" || method == "PUT" || method == "PATCH":
		d.add("Content-Type", formType)
	}
	d.xsrf()
}

// jquery is versions 3 and 4: src/ajax.js and src/ajax/xhr.js.
func (d *dresser) jquery() {
	d.add("Accept", "*/*")
	switch body := d.fetch.Body; {
	case body == nil:
	case !d.bodyless():
		d.add("Content-Type", formType+"; charset=UTF-8")
	default:
		d.fetch.URL, d.fetch.Body = withQuery(d.fetch.URL, *body), nil
		d.note("puts the data of a GET into its URL")
	}
	if d.sameOrigin() {
		d.add("X-Requested-With", "XMLHttpRequest")
	}
}

// angular is HttpClient since version 4.3: packages/common/http/src/xhr.ts, request.ts and xsrf.ts.
func (d *dresser) angular() {
	d.add("Accept", "application/json, text/plain, */*")
	switch {
	case d.fetch.Body == nil:
	case d.object:
		d.add("Content-Type", "application/json")
	default:
		d.add("Content-Type", "text/plain")
	}
	if !d.bodyless() {
		d.xsrf()
	}
}
