package paste

import (
	"regexp"
	"slices"
	"strings"

	"github.com/corsgate/corsgate/cors"
)

// callStart is what a call may begin with: what its result is assigned to, await, the global object.
var callStart = regexp.MustCompile(`^(?:(?:const|let|var)\s+[^=;()]+=\s*|[\w$.]+\s*=\s*)?(?:return\s+)?(?:await\s+)?` +
	`(?:(?:window|globalThis|self)\.)?(fetch|axios)(?:\.([A-Za-z]+))?\s*\(`)

// call is a call of fetch() or axios while it is read.
type call struct {
	scanner
	request Request
	place   int // of the arguments
}

func parseCall(s source) (*Request, error) {
	c := &call{scanner: scanner{source: s}}
	if err := c.space(); err != nil {
		return nil, err
	}
	rest := string(s[c.at:])
	found := callStart.FindStringSubmatchIndex(rest)
	if found == nil {
		return nil, s.mistake(c.at, "this is neither a call of fetch() or axios nor a curl command", kindsOfText)
	}
	callee, verb := rest[found[2]:found[3]], ""
	if found[4] >= 0 {
		verb = rest[found[4]:found[5]]
	}
	start := c.at
	c.at += found[1] - 1
	c.place = c.at
	args, err := c.arguments(token{text: callee, at: c.at}, 0)
	if err != nil {
		return nil, err
	}
	switch {
	case callee == "fetch" && verb == "":
		err = c.fetchCall(args)
	case callee == "axios":
		err = c.axiosCall(verb, args)
	default:
		err = s.mistake(start+found[4], "fetch has no method "+verb, kindsOfText)
	}
	if err != nil {
		return nil, err
	}
	return &c.request, nil
}

// fetchCall is fetch(url) or fetch(url, options).
func (c *call) fetchCall(args []value) error {
	c.request.Client = ClientFetch
	if len(args) == 0 || args[0].kind != kindString {
		return c.missingURL(args)
	}
	c.request.Fetch.URL = args[0].text
	if len(args) < 2 || args[1].kind < kindObject {
		return nil
	}
	options := args[1]
	for _, m := range options.members {
		if err := c.fetchOption(m); err != nil {
			return err
		}
	}
	c.dropBrowsers()
	return nil
}

func (c *call) missingURL(args []value) error {
	at := c.place
	if len(args) > 0 {
		at = args[0].at
	}
	return c.mistake(at, "the URL is missing here", `write it as a string: "https://api.example.com/..."`)
}

// fetchOption is a member of https://fetch.spec.whatwg.org/#requestinit.
func (c *call) fetchOption(m member) (err error) {
	f := &c.request.Fetch
	switch m.key {
	case "method":
		f.Method, err = c.textOf(m)
	case "headers":
		f.Headers, err = c.headersOf(m.value)
	case "body":
		c.fetchBody(m.value)
	case "mode":
		err = c.setMode(m)
	case "credentials":
		f.Credentials, err = oneOf(c, m, cors.CredentialsOmit, cors.CredentialsSameOrigin, cors.CredentialsInclude)
	case "redirect":
		f.Redirect, err = oneOf(c, m, cors.RedirectFollow, cors.RedirectError, cors.RedirectManual)
	case "referrer":
		if origin, wrong := cors.URLOrigin(m.value.text); wrong == nil {
			c.request.setOrigin(origin)
		}
	case "referrerPolicy", "cache", "integrity", "keepalive", "signal", "priority", "duplex", "window":
	default:
		c.request.note("fetch() does not know the option " + m.key + fetchHint(m.key) + ", and ignores it")
	}
	return err
}

// fetchHint names what somebody meant who has another library in mind.
func fetchHint(key string) string {
	meant := map[string]string{
		"withCredentials": `credentials: "include"`, "data": "body", "json": "body", "header": "headers", "type": "method",
		"params": "the URL's query", "credential": "credentials",
	}[key]
	if meant == "" {
		return ""
	}
	return " (" + meant + " is meant)"
}

func (c *call) setMode(m member) (err error) {
	if m.value.text == "navigate" {
		c.request.note("mode navigate is for the browser alone; explained is a fetch() of the same URL")
		return nil
	}
	c.request.Fetch.Mode, err = oneOf(c, m, cors.ModeCORS, cors.ModeNoCORS, cors.ModeSameOrigin)
	return err
}

// fetchBody is https://fetch.spec.whatwg.org/#concept-bodyinit-extract for what a literal can be.
func (c *call) fetchBody(v value) {
	f := &c.request.Fetch
	switch text := v.text; v.kind {
	case kindUndefined, kindNull:
	case kindParams:
		f.Body = &text
		c.request.setDefault("Content-Type", formType+";charset=UTF-8")
	case kindForm:
		c.request.note("the parts of the form are left out: only its Content-Type matters")
		f.Body = new(string)
		c.request.setDefault("Content-Type", "multipart/form-data; boundary=corsgate")
	case kindObject:
		text = "[object Object]"
		f.Body = &text
		c.request.note(`fetch() does not turn an object into JSON: the server gets "[object Object]"; ` +
			"JSON.stringify(...) is meant")
	case kindArray:
		text = v.json()
		f.Body = &text
	default:
		f.Body = &text
	}
}

// dropBrowsers lets the browser's own headers go from a call that was copied from its developer tools.
func (c *call) dropBrowsers() {
	f := &c.request.Fetch
	if !slices.ContainsFunc(f.Headers, marksBrowser) {
		return
	}
	var own []string
	var kept []cors.Header
	for _, h := range f.Headers {
		if isBrowsers(h, true) {
			own = append(own, h.Name)
			continue
		}
		kept = append(kept, h)
	}
	f.Headers = kept
	c.request.note("left out, since the browser sets it by itself: " + strings.Join(own, ", "))
}

func (c *call) textOf(m member) (string, error) {
	if m.value.kind != kindString {
		return "", c.mistake(m.value.at, m.key+" is a string", "")
	}
	return m.value.text, nil
}

// oneOf returns the value of an option that is an enumeration; another value makes fetch() throw.
func oneOf[T ~string](c *call, m member, known ...T) (T, error) {
	if m.value.kind == kindUndefined {
		return "", nil
	}
	var names []string
	for _, k := range known {
		if m.value.kind == kindString && m.value.text == string(k) {
			return k, nil
		}
		names = append(names, string(k))
	}
	return "", c.mistake(m.value.at, m.key+" has no such value", "there are "+strings.Join(names, ", "))
}

// headersOf reads {name: value}, or a list of [name, value].
func (c *call) headersOf(v value) ([]cors.Header, error) {
	var list []cors.Header
	for _, item := range v.items {
		if item.kind != kindArray || len(item.items) != 2 || !item.items[0].scalar() {
			return nil, c.mistake(item.at, "a header is missing here", `write it as ["Name", "value"]`)
		}
		v.members = append(v.members, member{item.items[0].text, item.at, item.items[1]})
	}
	for _, m := range v.members {
		h, err := c.headerOf(m)
		if err != nil {
			return nil, err
		}
		list = append(list, h)
	}
	return list, nil
}

func (c *call) headerOf(m member) (cors.Header, error) {
	text, ok := cors.ByteString(m.value.text)
	switch {
	case !m.value.scalar():
		return cors.Header{}, c.mistake(m.value.at, "the value of a header is text", "")
	case !ok:
		return cors.Header{}, c.mistake(m.value.at, "a header has no characters beyond U+00FF: the browser throws a TypeError", "")
	case !cors.ValidHeaderName(m.key) || !cors.ValidHeaderValue(cors.NormalizeHeaderValue(text)):
		return cors.Header{}, c.mistake(m.at, "that is no header: the browser throws a TypeError", "")
	}
	return cors.Header{Name: m.key, Value: cors.NormalizeHeaderValue(text)}, nil
}
