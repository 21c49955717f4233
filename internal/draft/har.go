package draft

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/corsgate/corsgate/cors"
)

// archive is what of a recording matters here: http://www.softwareishard.com/blog/har-12-spec/
type archive struct {
	Log struct {
		Entries []entry `json:"entries"`
	} `json:"log"`
}

type entry struct {
	Request struct {
		Method  string   `json:"method"`
		URL     string   `json:"url"`
		Headers []pair   `json:"headers"`
		Cookies []object `json:"cookies"`
	} `json:"request"`
	Response struct {
		Status int `json:"status"`
	} `json:"response"`
}

type pair struct {
	Name  string `json:"name"`
	Value string `json:"value"`
}

type object struct{}

// FromHAR makes a file of a browser's recording of a front end: a scenario of each kind of cross-origin request that
// got an answer. Values of headers and queries stay out of it, but for Content-Type, since they may be secret.
func FromHAR(r io.Reader) (*File, error) {
	var a archive
	if err := json.NewDecoder(r).Decode(&a); err != nil {
		return nil, fmt.Errorf("it is no HAR recording: %w", err)
	}
	g := gatherer{byKey: map[string]*call{}}
	for _, e := range a.Log.Entries {
		g.add(e)
	}
	if len(g.calls) == 0 {
		return nil, errors.New(g.nothing(len(a.Log.Entries)))
	}
	return g.file(), nil
}

// call is requests that differ in nothing but ids in their paths, and origins.
type call struct {
	api, path, method string
	headers           []cors.Header
	credentials       string
	origins           []string
}

type gatherer struct {
	calls   []*call
	byKey   map[string]*call
	blocked int
	unasked []string // requests that change something and have no preflight
}

func (g *gatherer) add(e entry) {
	page, err := cors.ParseOrigin(e.header("Origin"))
	api, apiErr := cors.URLOrigin(e.Request.URL)
	mode := e.header("Sec-Fetch-Mode")
	switch {
	case err != nil, apiErr != nil, api.Opaque(), page == api, e.Request.Method == "OPTIONS", mode != "" && mode != "cors":
		return
	case e.Response.Status == 0:
		g.blocked++
		return
	}
	c := &call{
		api: api.String(), path: pathOf(e.Request.URL), method: e.Request.Method, headers: e.scriptHeaders(),
		credentials: "same-origin",
	}
	if len(c.headers) == 0 && c.method == "POST" {
		g.leave(c.method + " " + pattern(c.path))
		return
	}
	if len(e.Request.Cookies) > 0 || e.header("Cookie") != "" {
		c.credentials = "include"
	}
	key := fmt.Sprintf("%q %q %q %q %q", c.api, pattern(c.path), c.method, c.headers, c.credentials)
	if known := g.byKey[key]; known != nil {
		c = known
	} else {
		g.calls, g.byKey[key] = append(g.calls, c), c
	}
	if !slices.Contains(c.origins, page.String()) {
		c.origins = append(c.origins, page.String())
	}
}

// leave notes a request that can't be checked without sending it.
func (g *gatherer) leave(name string) {
	if !slices.Contains(g.unasked, name) {
		g.unasked = append(g.unasked, name)
	}
}

// header returns a header of the request; HTTP/2 writes the names in lower case.
func (e entry) header(name string) string {
	for _, h := range e.Request.Headers {
		if strings.EqualFold(h.Name, name) {
			return h.Value
		}
	}
	return ""
}

// scriptHeaders are those that the page's script has set, sorted by name, without safelisted ones.
func (e entry) scriptHeaders() []cors.Header {
	var set []cors.Header
	for _, h := range e.Request.Headers {
		name := strings.ToLower(h.Name)
		value := cors.NormalizeHeaderValue(h.Value)
		own := slices.Contains(browsersOwn(), name) || cors.ForbiddenRequestHeader(h.Name, h.Value)
		known := slices.ContainsFunc(set, func(s cors.Header) bool { return s.Name == name })
		if own || known || !cors.ValidHeaderName(h.Name) || cors.SafelistedRequestHeader(h.Name, value) {
			continue
		}
		set = append(set, cors.Header{Name: name, Value: standIn(name, value)})
	}
	slices.SortFunc(set, func(a, b cors.Header) int { return strings.Compare(a.Name, b.Name) })
	return set
}

// browsersOwn are headers that scripts could set and browsers set themselves.
func browsersOwn() []string {
	return []string{
		"accept", "accept-language", "user-agent", "cache-control", "pragma", "priority", "dnt", "if-none-match",
		"if-modified-since", "purpose", "te",
	}
}

// standIn is a value that needs a preflight as the recorded one did, and tells nothing.
func standIn(name, value string) string {
	switch name {
	case "content-type":
		return value
	case "authorization":
		return authorization.Value
	}
	return "x"
}

func pathOf(url string) string {
	_, rest, _ := strings.Cut(url, "://")
	if i := strings.IndexAny(rest, "?#"); i >= 0 {
		rest = rest[:i]
	}
	if i := strings.IndexByte(rest, '/'); i >= 0 {
		return rest[i:]
	}
	return "/"
}

// pattern is a path without what looks like an id in it: a segment with a digit.
func pattern(path string) string {
	segments := strings.Split(path, "/")
	for i, s := range segments {
		if strings.ContainsAny(s, "0123456789") && !isVersion(s) {
			segments[i] = "*"
		}
	}
	return strings.Join(segments, "/")
}

// isVersion reports whether a segment is v1, v2 and so on.
func isVersion(segment string) bool {
	return len(segment) <= 3 && strings.HasPrefix(segment, "v") && strings.Trim(segment[1:], "0123456789") == ""
}

func (g *gatherer) nothing(entries int) string {
	if len(g.unasked) > 0 {
		return "all of its requests could only be checked by really sending them: " + strings.Join(g.unasked, ", ")
	}
	if g.blocked > 0 {
		return fmt.Sprintf("none of its %d cross-origin requests got an answer: the browser blocked them", g.blocked)
	}
	return fmt.Sprintf("none of its %d requests went from a page to another origin", entries)
}

func (g *gatherer) file() *File {
	f := &File{Notes: []string{
		"What the front end did while it was recorded. Values of headers and queries are left out, since they may be secret.",
	}}
	if len(g.unasked) > 0 {
		f.Notes = append(f.Notes, "Left out, since they have no preflight and would have to be really sent (send: always): "+
			strings.Join(g.unasked, ", ")+".")
	}
	if api := g.calls[0].api; !slices.ContainsFunc(g.calls, func(c *call) bool { return c.api != api }) {
		f.Target = api
	}
	names := map[string]int{}
	var pages []string
	for _, c := range g.merged() {
		f.Scenarios = append(f.Scenarios, c.scenario(f.Target, names))
		pages = append(pages, c.origins...)
	}
	if !slices.Contains(pages, stranger) {
		f.Scenarios = append(f.Scenarios, g.strangers(f.Target))
	}
	return f
}

// merged joins calls that differ in their methods only.
func (g *gatherer) merged() []*mergedCall {
	var list []*mergedCall
	byKey := map[string]*mergedCall{}
	for _, c := range g.calls {
		key := fmt.Sprintf("%q %q %q %q %q", c.api, pattern(c.path), c.headers, c.credentials, c.origins)
		m := byKey[key]
		if m == nil {
			m = &mergedCall{call: c}
			byKey[key], list = m, append(list, m)
		}
		m.methods = append(m.methods, c.method)
	}
	return list
}

type mergedCall struct {
	*call
	methods []string
}

func (c *mergedCall) scenario(target string, names map[string]int) Scenario {
	s := Scenario{
		Name:    strings.Join(c.methods, ", ") + " " + pattern(c.path),
		Origins: c.origins, Methods: c.methods, Headers: c.headers,
		Paths: []string{c.url(target)}, Expect: "allowed",
	}
	if c.credentials != "same-origin" {
		s.Credentials = []string{c.credentials}
	}
	if names[s.Name]++; names[s.Name] > 1 {
		s.Name = fmt.Sprintf("%s (%d)", s.Name, names[s.Name])
	}
	return s
}

// url is the path, or the whole URL where the file has no target.
func (c *call) url(target string) string {
	if target != "" {
		return c.path
	}
	return c.api + c.path
}

func (g *gatherer) strangers(target string) Scenario {
	first := g.calls[0]
	for _, c := range g.calls {
		if c.method == "GET" {
			first = c
			break
		}
	}
	return Scenario{
		Name: "nobody else does", Paths: []string{first.url(target)}, Origins: []string{stranger, "null"},
		Credentials: []string{"include"}, Expect: "blocked",
		Notes: []string{"Not recorded, but most likely meant. Leave it out where the data is public."},
	}
}
