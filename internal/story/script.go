package story

import (
	"bytes"
	"encoding/json"
	"strings"

	"github.com/corsgate/corsgate/cors"
)

// header is short for a type that stands here often.
type header = cors.Header

// script is the call of fetch() that asks for the same, in one line.
func (s *Story) script() string {
	f := s.Fetch
	var options []string
	add := func(key, value string) {
		if value != "" {
			options = append(options, key+": "+quoted(value))
		}
	}
	if f.Method != "GET" {
		add("method", f.Method)
	}
	add("mode", string(f.Mode))
	add("credentials", string(f.Credentials))
	add("redirect", string(f.Redirect))
	if len(f.Headers) > 0 {
		options = append(options, "headers: "+scriptHeaders(f.Headers))
	}
	if f.Body != nil {
		options = append(options, "body: "+quoted(*f.Body))
	}
	if options == nil {
		return "fetch(" + quoted(f.URL) + ")"
	}
	return "fetch(" + quoted(f.URL) + ", {" + strings.Join(options, ", ") + "})"
}

// scriptHeaders is an object, or a list of pairs where a name comes twice.
func scriptHeaders(headers []header) string {
	var members, pairs []string
	seen := map[string]bool{}
	for _, h := range headers {
		name, value := quoted(h.Name), quoted(latin1(h.Value))
		members, pairs = append(members, name+": "+value), append(pairs, "["+name+", "+value+"]")
		seen[strings.ToLower(h.Name)] = true
	}
	if len(seen) < len(headers) {
		return "[" + strings.Join(pairs, ", ") + "]"
	}
	return "{" + strings.Join(members, ", ") + "}"
}

// latin1 is the string whose characters are the bytes of a header's value.
func latin1(value string) string {
	var b strings.Builder
	for i := range len(value) {
		b.WriteRune(rune(value[i]))
	}
	return b.String()
}

// quoted is a JavaScript string.
func quoted(s string) string {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	_ = e.Encode(s) // a string always has a form
	return strings.TrimSuffix(b.String(), "\n")
}
