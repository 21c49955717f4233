package audit

import (
	"embed"
	"io/fs"
	"path"
	"regexp"
	"slices"
	"strings"
	"text/template"

	"github.com/corsgate/corsgate/cors"
)

// Fix is a kind of change that cures something. Each has snippets in the folder of its name, one for each stack that
// needs its own; a stack without one takes the one of allow, if that is what the change comes to, or any.
type Fix string

// The kinds of change.
const (
	FixAllow          Fix = "allow"          // list what is allowed, and answer with it
	FixErrors         Fix = "errors"         // send the headers with errors too
	FixExpose         Fix = "expose"         // let scripts read a response header
	FixPreflight      Fix = "preflight"      // answer OPTIONS early
	FixAuth           Fix = "auth"           // answer OPTIONS before authentication
	FixDouble         Fix = "double"         // let one place alone add the headers
	FixCache          Fix = "cache"          // keep answers apart by Origin
	FixOrigin         Fix = "origin"         // forward Origin
	FixRedirect       Fix = "redirect"       // do without the redirect
	FixInfrastructure Fix = "infrastructure" // change what stands before the server
	FixCookie         Fix = "cookie"         // set a cookie that comes back
	FixPolicy         Fix = "policy"         // Cross-Origin-Resource-Policy
	FixTarget         Fix = "target"         // call another address
)

// Fixes returns all kinds of change that the catalogue names, in the order of their first rule.
func Fixes() []Fix {
	var all []Fix
	for _, r := range catalogue {
		if !slices.Contains(all, r.Fix) {
			all = append(all, r.Fix)
		}
	}
	return all
}

//go:embed snippets
var snippetFiles embed.FS

// Snippet is a text to paste, once its values are the reader's own.
type Snippet struct {
	Stack    Stack  // that it is written for; StackAny when it names headers alone
	Language string // as in a fence of Markdown: nginx, js, yaml ...; empty: plain
	Text     string // ends with a line break; quotes the values as they are
}

// Snippet returns what cures r on that stack, with the case's values. withCredentials says whether credentials are to
// be allowed; rules about credentials don't ask. Values that are empty are those of an example.
func (r Rule) Snippet(stack Stack, v Values, withCredentials bool) Snippet {
	file := r.Fix.file(stack)
	var b strings.Builder
	if err := snippets.ExecuteTemplate(&b, file, newSnippetValues(r, v, withCredentials)); err != nil {
		panic("audit: " + err.Error())
	}
	name, extension, _ := strings.Cut(path.Base(file), ".")
	return Snippet{Stack(name), languages[extension], b.String()}
}

// languages are the names that Markdown knows the files' languages by.
var languages = map[string]string{
	"conf": "nginx", "js": "js", "java": "java", "py": "python", "cs": "csharp", "php": "php", "yaml": "yaml",
}

// file returns the name of the template for the fix on that stack.
func (f Fix) file(stack Stack) string {
	folders := []Fix{f}
	switch f {
	case FixErrors, FixExpose, FixPreflight, FixAuth:
		folders = append(folders, FixAllow)
	}
	for _, s := range []Stack{stack, StackAny} {
		for _, folder := range folders {
			for _, t := range snippets.Templates() {
				if strings.HasPrefix(t.Name(), "snippets/"+string(folder)+"/"+string(s)+".") {
					return t.Name()
				}
			}
		}
	}
	panic("audit: no snippet for " + string(f))
}

var snippets = parseSnippets()

func parseSnippets() *template.Template {
	all := template.New("").Funcs(template.FuncMap{
		"comma":  func(list []string) string { return strings.Join(list, ", ") },
		"quoted": func(list []string) string { return quoteEach(list, `"`) },
		"single": func(list []string) string { return quoteEach(list, `'`) },
	})
	err := fs.WalkDir(snippetFiles, "snippets", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		text, err := snippetFiles.ReadFile(name)
		if err != nil {
			return err
		}
		_, err = all.New(name).Parse(string(text))
		return err
	})
	if err != nil {
		panic("audit: " + err.Error())
	}
	return all
}

func quoteEach(list []string, quote string) string {
	if len(list) == 0 {
		return ""
	}
	return quote + strings.Join(list, quote+", "+quote) + quote
}

// snippetValues is what a snippet allows.
type snippetValues struct {
	Origin, URL              string
	Methods, Headers, Expose []string
	Credentials              bool
}

// OriginPattern is a regular expression that matches the origin alone.
func (s snippetValues) OriginPattern() string { return regexp.QuoteMeta(s.Origin) }

func newSnippetValues(r Rule, v Values, withCredentials bool) snippetValues {
	if r.Is(KindProbe) && !r.Is(KindCause) { // what got through is not to be allowed
		v = Values{URL: v.URL}
	}
	s := snippetValues{
		Origin: v.Origin, URL: v.URL, Methods: []string{"GET", "POST"}, Headers: []string{"Content-Type"},
		Credentials: withCredentials,
	}
	if s.Origin == "" {
		s.Origin = "https://app.example.com"
	}
	if s.URL == "" {
		s.URL = "https://api.example.com/"
	}
	switch r.ID {
	case "wildcard-with-credentials", "credentials-not-allowed", "wildcard-literal-with-credentials",
		"malformed-allow-credentials":
		s.Credentials = true
	case "credentials-beyond-policy":
		s.Credentials = false
	case "method-case":
		v.Method = strings.ToUpper(v.Method)
	case "wildcard-does-not-cover-authorization", "authorization-not-covered-by-wildcard":
		s.Headers = append(s.Headers, "Authorization")
	}
	if v.Method != "" && !slices.Contains(s.Methods, v.Method) && !cors.SafelistedMethod(v.Method) {
		s.Methods = append(s.Methods, v.Method)
	}
	s.name(r.ID, v.Header)
	return s
}

// name adds the case's headers, a list as in a header's value, to those that are read or to those that are sent.
func (s *snippetValues) name(id, headers string) {
	to := &s.Headers
	if id == "header-not-exposed" {
		to = &s.Expose
	}
	for name := range strings.SplitSeq(headers, ",") {
		if name = strings.TrimSpace(name); name != "" && !containsName(*to, name) {
			*to = append(*to, name)
		}
	}
	if id == "header-not-exposed" && s.Expose == nil {
		s.Expose = []string{"X-Request-Id"}
	}
}
