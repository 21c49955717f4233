// Package paste reads requests that people copy and paste: a call of fetch() or axios, or a curl command as a shell or
// the developer tools of a browser write it. It reads text alone: nothing is looked up, and nothing is sent.
//
//	request, err := paste.Parse(`fetch("https://api.example.com/users", {method: "PUT"})`)
//
// An error is a [*Mistake] with its place in the text.
package paste

import (
	"regexp"
	"strings"

	"github.com/corsgate/corsgate/cors"
)

// Request is what a pasted text says of a request.
type Request struct {
	Fetch     cors.Fetch // URL may be relative to the page; Origin means something where HasOrigin is set
	HasOrigin bool
	Client    Client   // what makes it: ClientFetch or ClientAxios; ClientFetch for a curl command too
	Object    bool     // the body was given as an object, and is its JSON text
	Preflight bool     // a copied preflight: Fetch is the request that it asks for, its header values are made up
	Way       Way      // how a curl command reaches the server
	Notes     []string // what was left out or is read in a way of its own, as sentences without a full stop
}

// Way is how a server is reached, in the terms of curl's options of these names. The zero value is the plain way.
type Way struct {
	Insecure           bool
	Proxy              string
	Resolve, ConnectTo []string
	CACert, Cert, Key  string
	HTTP               string // "1.1", "2" or empty
}

// maxText bounds what is read.
const maxText = 256 << 10

// Parse reads a text. What stands behind the call or command is not looked at.
func Parse(text string) (*Request, error) {
	s := source(text)
	if len(text) > maxText {
		return nil, s.mistake(0, "it is too long", "at most 256 KiB are read")
	}
	start := len(text) - len(strings.TrimLeft(text, " \t\r\n\ufeff"))
	if rest, ok := strings.CutPrefix(text[start:], "$ "); ok {
		start = len(text) - len(rest)
	}
	switch {
	case start == len(text):
		return nil, s.mistake(0, "there is nothing to read", kindsOfText)
	case isCurl.MatchString(text[start:]):
		return parseCurl(s, start)
	}
	return parseCall(s)
}

const kindsOfText = "paste a fetch(...) or axios call, or a curl command"

var isCurl = regexp.MustCompile(`^curl(\.exe)?[\s^]`)

func (r *Request) note(text string) { r.Notes = append(r.Notes, text) }

// setOrigin takes the page's origin from an Origin header or from the URL of the page.
func (r *Request) setOrigin(o cors.Origin) { r.Fetch.Origin, r.HasOrigin = o, true }

// header returns the value of the first header of the name that the script sets.
func (r *Request) header(name string) (string, bool) {
	for _, h := range r.Fetch.Headers {
		if strings.EqualFold(h.Name, name) {
			return h.Value, true
		}
	}
	return "", false
}

func (r *Request) setDefault(name, value string) {
	if _, ok := r.header(name); !ok {
		r.Fetch.Headers = append(r.Fetch.Headers, cors.Header{Name: name, Value: value})
	}
}
