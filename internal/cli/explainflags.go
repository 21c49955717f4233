package cli

import (
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/spf13/pflag"

	"github.com/corsgate/corsgate/cors"
	"github.com/corsgate/corsgate/internal/paste"
	"github.com/corsgate/corsgate/report"
	"github.com/corsgate/corsgate/runner"
	"github.com/corsgate/corsgate/spec"
)

// explainFlags are the flags of explain, with curl's names where it has one.
type explainFlags struct {
	run   runFlags               // the connection, and how to write
	given func(flag string) bool // reports whether a flag was set

	origin, method, data        string
	headers, cookies            []string
	credentials, mode, redirect string
	client, send                string
	asJSON                      bool
}

func (f *explainFlags) define(flags *pflag.FlagSet) {
	flags.SortFlags = false
	flags.StringVar(&f.origin, "origin", "", "`ORIGIN` of the page that asks; null for one without")
	flags.StringVarP(&f.method, "request", "X", "", "`METHOD`, as a script would write it")
	flags.StringArrayVarP(&f.headers, "header", "H", nil, "`HEADER` that the script sets, as 'Name: value', may be repeated")
	flags.StringVarP(&f.data, "data", "d", "", "body, a `TEXT`; makes the request a POST")
	flags.StringArrayVarP(&f.cookies, "cookie", "b", nil, "cookies that the browser holds, as `NAME=VALUE; ...`")
	flags.Var(newChoice(&f.credentials, "", "omit", "same-origin", "include"), "credentials",
		"credentials mode (default same-origin, as in fetch())")
	flags.Var(newChoice(&f.mode, "", "cors", "no-cors", "same-origin"), "mode", "mode (default cors)")
	flags.Var(newChoice(&f.redirect, "", "follow", "error", "manual"), "redirect", "redirect mode (default follow)")
	flags.Var(newChoice(&f.client, "", paste.Clients()...), "client",
		"the library whose own headers are added (default: as pasted, or fetch)")
	flags.Var(newChoice(&f.send, string(spec.SendAuto), "auto", "always", "never"), "send",
		"whether the request itself is sent: auto stops methods after the preflight that may change something")
	f.run.defineConnection(flags)
	flags.Var(&f.run.timeout, "timeout", "longest time of one exchange (default 10s)")
	flags.BoolVar(&f.asJSON, "json", false, "as JSON")
	flags.BoolVar(&f.run.noColor, "no-color", false, "no colours; so does the environment variable NO_COLOR")
}

// read returns the request that the argument means: a URL, a file or a text; without one, stdin.
func (f *explainFlags) read(args []string, stdin io.Reader) (*paste.Request, error) {
	const hint = "write corsgate explain https://..., or paste a fetch(...) call or a curl command into it"
	switch {
	case len(args) > 1:
		return nil, usage("quote what belongs together", "explain takes one URL, file or text, got %d", len(args))
	case len(args) == 1 && args[0] != "-":
		return readArgument(args[0])
	case len(args) == 0 && isTerminal(stdin):
		return nil, usage(hint, "there is no URL")
	}
	text, err := readText(stdin)
	if err != nil {
		return nil, usage("", "can't read stdin: %v", err)
	}
	return parsePasted("stdin", text)
}

func readArgument(arg string) (*paste.Request, error) {
	path, isDemo := strings.CutPrefix(arg, "demo")
	switch {
	case isDemo && (path == "" || path[0] == '/'):
		return &paste.Request{Fetch: cors.Fetch{URL: demoPrefix + path}}, nil
	case hasScheme(arg):
		return &paste.Request{Fetch: cors.Fetch{URL: arg}}, nil
	case strings.ContainsAny(arg, "( \n"):
		return parsePasted("argument", arg)
	}
	file, err := os.Open(arg)
	if err != nil {
		return nil, usage("a URL has a scheme: https://"+arg, "there is no file %s, and it is no URL", arg)
	}
	defer file.Close()
	text, err := readText(file)
	if err != nil {
		return nil, usage("", "can't read %s: %v", arg, cause(err))
	}
	return parsePasted(arg, text)
}

// hasScheme reports whether a text starts as URLs do.
func hasScheme(s string) bool {
	scheme, _, ok := strings.Cut(s, "://")
	return ok && !strings.ContainsAny(scheme, "( \n'\"`")
}

// parsePasted reads a text, or tells its mistake with the line and a caret.
func parsePasted(name, text string) (*paste.Request, error) {
	r, err := paste.Parse(text)
	var m *paste.Mistake
	if !errors.As(err, &m) {
		return r, err
	}
	before := []rune(m.Source)[:m.Caret]
	caret := utf8.RuneCountInString(report.Visible(string(before), 0))
	return nil, usage(m.Hint, "%s:%d:%d: %s\n  %s\n  %s^", name, m.Line, m.Column, m.Problem,
		report.Visible(m.Source, 0), strings.Repeat(" ", caret))
}

// lay puts the flags over what was pasted, and says what had to be assumed.
func (f *explainFlags) lay(r *paste.Request) (notes []string, err error) {
	fetch := &r.Fetch
	if strings.HasPrefix(f.data, "@") {
		return nil, usage("write the text itself", "--data %s: files are not read", f.data)
	}
	if f.given("data") {
		fetch.Body, r.Object = &f.data, paste.IsObject(f.data)
		fetch.Method = or(fetch.Method, "POST")
	}
	fetch.Method = or(f.method, fetch.Method)
	fetch.Credentials = cors.CredentialsMode(or(f.credentials, string(fetch.Credentials)))
	fetch.Mode = cors.Mode(or(f.mode, string(fetch.Mode)))
	fetch.Redirect = cors.RedirectMode(or(f.redirect, string(fetch.Redirect)))
	r.Client = paste.Client(or(f.client, string(r.Client)))
	if fetch.Headers, err = f.layHeaders(fetch.Headers); err != nil {
		return nil, err
	}
	if notes, err = f.layOrigin(r); err != nil {
		return nil, err
	}
	if slices.ContainsFunc(fetch.Headers, func(h cors.Header) bool { return strings.EqualFold(h.Name, "Origin") }) {
		notes = append(notes, "the browser writes Origin by itself; --origin names the page that it is of")
	}
	for _, c := range f.cookies {
		fetch.Cookies = append(fetch.Cookies, paste.Cookies(c, fetch.URL)...)
	}
	return notes, nil
}

// layHeaders replaces headers of the same name.
func (f *explainFlags) layHeaders(headers []cors.Header) ([]cors.Header, error) {
	var added []cors.Header
	for _, line := range f.headers {
		name, value, ok := strings.Cut(line, ":")
		value, latin := cors.ByteString(cors.NormalizeHeaderValue(value))
		if !ok || !latin || !cors.ValidHeaderName(name) || !cors.ValidHeaderValue(value) {
			return nil, usage("write it as -H 'Name: value'", "--header %s is no header", line)
		}
		added = append(added, cors.Header{Name: name, Value: value})
	}
	kept := slices.DeleteFunc(slices.Clone(headers), func(h cors.Header) bool {
		return slices.ContainsFunc(added, func(a cors.Header) bool { return strings.EqualFold(a.Name, h.Name) })
	})
	return append(kept, added...), nil
}

// layOrigin finds the page's origin, and makes the URL absolute by it.
func (f *explainFlags) layOrigin(r *paste.Request) (notes []string, err error) {
	relative := !strings.Contains(r.Fetch.URL, "://")
	switch {
	case f.given("origin"):
		origin, err := cors.ParseOrigin(f.origin)
		if err != nil {
			return nil, usage(originHint(err), "--origin: %s", err)
		}
		r.Fetch.Origin = origin
	case r.HasOrigin:
	case relative:
		return nil, usage("name the page's origin with --origin https://...", "%s is relative to a page that is not known", r.Fetch.URL)
	default:
		r.Fetch.Origin = assumedOrigin(r.Fetch.URL)
		notes = append(notes, "the page is taken to be at "+r.Fetch.Origin.String()+"; --origin names another")
	}
	r.Fetch.URL = onPage(r.Fetch.Origin, r.Fetch.URL)
	return notes, nil
}

// onPage is a URL as it is read on a page at the root of the origin.
func onPage(page cors.Origin, url string) string {
	switch {
	case strings.Contains(url, "://"):
		return url
	case strings.HasPrefix(url, "//"):
		return page.Scheme + ":" + url
	}
	return page.String() + "/" + strings.TrimPrefix(url, "/")
}

// assumedOrigin is a page of the scheme that may ask for the URL: https may not ask for plain http elsewhere.
func assumedOrigin(url string) cors.Origin {
	page := cors.Origin{Scheme: "https", Host: "app.example.com"}
	if target, err := cors.URLOrigin(url); err == nil && !target.PotentiallyTrustworthy() {
		page.Scheme = "http"
	}
	return page
}

func originHint(err error) string {
	var wrong *cors.OriginError
	if errors.As(err, &wrong) && wrong.Want != "" {
		return "a browser sends " + wrong.Want
	}
	return "write it as https://app.example.com, or null"
}

// options are the runner's, with the way to the server that a curl command named.
func (f *explainFlags) options(w paste.Way) runner.Options {
	o := f.run.runnerOptions()
	o.Diagnose = 0 // as many as the runner takes by itself
	o.Insecure = o.Insecure || w.Insecure
	o.Proxy, o.HTTP, o.CACert = or(o.Proxy, w.Proxy), or(o.HTTP, w.HTTP), or(o.CACert, w.CACert)
	if o.Cert == "" {
		o.Cert, o.Key = w.Cert, w.Key
	}
	o.Resolve, o.ConnectTo = append(o.Resolve, w.Resolve...), append(o.ConnectTo, w.ConnectTo...)
	return o
}

// curlWay is the way to the server in curl's words.
func curlWay(o runner.Options) []string {
	var words []string
	add := func(option string, values ...string) {
		for _, v := range values {
			if v != "" {
				words = append(words, option, report.ShellWord(v))
			}
		}
	}
	if o.Insecure {
		words = append(words, "-k")
	}
	if o.HTTP == "1.1" {
		words = append(words, "--http1.1")
	}
	add("-x", o.Proxy)
	add("--resolve", o.Resolve...)
	add("--connect-to", o.ConnectTo...)
	add("--cacert", o.CACert)
	add("--cert", o.Cert)
	add("--key", o.Key)
	return words
}

// choice is the value of a flag that is one of a few words.
type choice struct {
	value *string
	known []string
}

func newChoice(value *string, initial string, known ...string) choice {
	*value = initial
	return choice{value, known}
}

func (c choice) Set(s string) error {
	if !slices.Contains(c.known, s) {
		return fmt.Errorf("there are %s", strings.Join(c.known, ", "))
	}
	*c.value = s
	return nil
}

func (c choice) String() string {
	if c.value == nil {
		return ""
	}
	return *c.value
}

func (c choice) Type() string { return strings.Join(c.known, "|") }
