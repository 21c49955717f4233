package audit

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/corsgate/corsgate/cors"
)

func requestWord(r cors.Request) string {
	if r.Kind == cors.KindPreflight {
		return "preflight"
	}
	return r.Method + " request"
}

// getBeside asks for a GET of the page beside a failing preflight.
func (d *Diagnosis) getBeside() (Exchange, bool) {
	f := d.failure.Fetch
	f.Method, f.Headers, f.Body, f.ForcePreflight = "GET", nil, nil, false
	request, more := cors.NewFlow(d.failure.Engine, f, nil).Next()
	if !more {
		return Exchange{}, true
	}
	return d.ask(Ask{Request: request})
}

// optionsDropped suspects something that swallows OPTIONS.
func optionsDropped(d *Diagnosis) *Cause {
	exchanges := d.failure.Exchanges
	if len(exchanges) == 0 {
		return nil
	}
	x := exchanges[len(exchanges)-1]
	if x.Request.Kind != cors.KindPreflight || x.Error != "timeout" && x.Error != "closed" {
		return nil
	}
	get, ok := d.getBeside()
	if !ok || get.Response == nil {
		return nil
	}
	return d.causeOf("options-dropped", fmt.Sprintf("OPTIONS is never answered (%s), while GET answers with status %d",
		x.Error, get.Response.Status), []Evidence{{x, "is never answered"}, {get, "is answered"}})
}

// preflightRequiresAuth suspects authentication that does not let the preflight through: browsers send none with it.
func preflightRequiresAuth(d *Diagnosis) *Cause {
	x, ok := d.failingPreflight()
	if !ok || isOK(x.Response) {
		return nil
	}
	_, challenged := value(x.Response, "WWW-Authenticate")
	location, _ := value(x.Response, "Location")
	login := leadsToLogin(x)
	with, ok := d.preflightWithCredentials(x)
	if !ok {
		return nil
	}
	if x.Response.Status != 401 && !challenged && !login {
		if !isOK(with.Response) {
			return nil
		}
		if _, differs, known := d.repeated(x); differs || !known {
			return nil
		}
	}
	message := fmt.Sprintf("the preflight is answered with status %d: the server asks for authentication, which a browser "+
		"never sends with a preflight", x.Response.Status)
	if isRedirectStatus(x.Response) {
		message = fmt.Sprintf("the preflight is redirected to %s: the server asks for a login, and a browser never sends "+
			"credentials with a preflight", location)
	}
	return d.causeOf("preflight-requires-auth", message, d.evidence(passing(with), "passes with credentials"))
}

// passing is x when its answer is a good one.
func passing(x Exchange) Exchange {
	if !isOK(x.Response) {
		return Exchange{}
	}
	return x
}

// leadsToLogin reports whether an answer is a redirect to a place where people log in.
func leadsToLogin(x Exchange) bool {
	location, _ := value(x.Response, "Location")
	return isRedirectStatus(x.Response) && isLogin(location, x.Request.URL)
}

// isLogin reports whether a redirect leads to a place where people log in: a part of its host or path says so that the
// address it comes from does not have.
func isLogin(location, from string) bool {
	there, here := parts(location), parts(from)
	return slices.ContainsFunc([]string{
		"login", "log-in", "logon", "signin", "sign-in", "sign_in", "auth", "authorize", "authenticate", "oauth", "oauth2",
		"sso", "saml", "saml2", "accounts", "session", "sessions",
	}, func(word string) bool { return slices.Contains(there, word) && !slices.Contains(here, word) })
}

// parts are the labels of a URL's host and the segments of its path, in lower case.
func parts(url string) []string {
	url, _, _ = strings.Cut(strings.ToLower(url), "?")
	return strings.FieldsFunc(url, func(c rune) bool { return strings.ContainsRune("/.:#;", c) })
}

// preflightWithCredentials asks for the preflight with the page's own Authorization and cookies, or with those that
// others send; an empty Exchange when there are none.
func (d *Diagnosis) preflightWithCredentials(x Exchange) (Exchange, bool) {
	request := x.Request
	if with := d.withIntendedCredentials(request); with != nil {
		request = *with
	}
	for _, h := range d.failure.Fetch.Headers {
		if strings.EqualFold(h.Name, "Authorization") {
			request = withHeader(request, "Authorization", h.Value)
		}
	}
	var cookies []string
	for _, c := range d.failure.Fetch.Cookies {
		cookies = append(cookies, c.Name+"="+c.Value)
	}
	if cookies != nil {
		request = withHeader(request, "Cookie", strings.Join(cookies, "; "))
	}
	if sameRequest(request, x.Request) {
		return Exchange{}, true
	}
	return d.ask(Ask{Request: request})
}

// preflightRedirected suspects a redirect of OPTIONS: a preflight may never be redirected.
func preflightRedirected(d *Diagnosis) *Cause {
	x, ok := d.failingPreflight()
	if !ok || !isRedirectStatus(x.Response) {
		return nil
	}
	location, _ := value(x.Response, "Location")
	there, known := d.preflightThere(x, location)
	if !known {
		return nil
	}
	return d.causeOf("preflight-redirected", fmt.Sprintf("the preflight is redirected (status %d) %s, which browsers refuse",
		x.Response.Status, redirectKind(x.Request.URL, location)), d.evidence(there, "passes where the redirect leads"))
}

// preflightThere asks for the preflight where a redirect within the same host leads; empty when it fails there too.
func (d *Diagnosis) preflightThere(x Exchange, location string) (Exchange, bool) {
	to := resolve(x.Request.URL, location)
	if to == "" || hostOf(to) != hostOf(x.Request.URL) {
		return Exchange{}, true
	}
	request := x.Request
	request.URL = to
	answer, known := d.ask(Ask{Request: request})
	if !known || answer.Response == nil || !d.preflightPasses(*answer.Response) {
		return Exchange{}, known
	}
	return answer, true
}

// resolve returns the address that a Location without dots means; empty when there is none.
func resolve(base, location string) string {
	switch {
	case strings.HasPrefix(location, "//"):
		return ""
	case strings.HasPrefix(location, "/"):
		return strings.TrimSuffix(base, pathAndQuery(base)) + location
	case strings.Contains(location, "://"):
		return location
	}
	return ""
}

// redirectKind says what a redirect changes.
func redirectKind(from, to string) string {
	here, there := pathOf(from), pathOf(to)
	upgraded := strings.HasPrefix(from, "http://") && strings.HasPrefix(to, "https://")
	switch {
	case to == "":
		return "without saying where"
	case upgraded && hostOf(from) == hostOf(to):
		return "from http to https (" + to + ")"
	case hostOf(to) != "" && hostOf(to) == "www."+hostOf(from):
		return "from the bare domain to www (" + to + ")"
	case hostOf(to) != "" && "www."+hostOf(to) == hostOf(from):
		return "from www to the bare domain (" + to + ")"
	case strings.HasSuffix(there, here+"/"):
		return "to the address with a slash at its end (" + to + ")"
	case strings.HasSuffix(here, "/") && strings.HasSuffix(there, strings.TrimSuffix(here, "/")):
		return "to the address without the slash at its end (" + to + ")"
	}
	return "to " + to
}

func hostOf(url string) string {
	o, err := cors.URLOrigin(url)
	if err != nil {
		return ""
	}
	return o.Host
}

// pathOf is what stands behind the origin of a URL, up to the query.
func pathOf(url string) string {
	path, _, _ := strings.Cut(pathAndQuery(url), "?")
	return cmp.Or(path, "/")
}

// pathAndQuery is what stands behind the origin of a URL.
func pathAndQuery(url string) string {
	_, rest, ok := strings.Cut(url, "://")
	if !ok {
		rest = url
	}
	if i := strings.IndexAny(rest, "/?"); i >= 0 {
		return rest[i:]
	}
	return ""
}

// optionsNotHandled suspects a server that has no answer for OPTIONS, whoever asks for whatever.
func optionsNotHandled(d *Diagnosis) *Cause {
	x, ok := d.failingPreflight()
	if !ok || isOK(x.Response) && hasCORS(x.Response) || isRefusal(x.Response) {
		return nil
	}
	changed, ok := d.anyPreflightChanges(x)
	if !ok || changed {
		return nil
	}
	if _, differs, known := d.repeated(x); differs || !known {
		return nil
	}
	get, ok := d.getBeside()
	if !ok || get.Response == nil || !d.answersBeside(x, get) {
		return nil
	}
	what := fmt.Sprintf("OPTIONS is answered with status %d", x.Response.Status)
	if isOK(x.Response) {
		what += " and without any CORS header, as if it were any other request"
	}
	message := fmt.Sprintf("%s, while GET is answered with status %d: the server does not handle preflights", what,
		get.Response.Status)
	if !hasAllowOrigin(get.Response) {
		message += ", and GET carries no Access-Control-Allow-Origin either"
	}
	return d.causeOf("options-not-handled", message, d.evidence(get, "is answered"))
}

// isRefusal reports whether a CORS layer that looks at Origin says no, as strict ones do.
func isRefusal(r *cors.Response) bool {
	return (r.Status == 400 || r.Status == 403) && variesByOrigin(r)
}

// answersBeside reports whether GET is served where OPTIONS is not.
func (d *Diagnosis) answersBeside(options, get Exchange) bool {
	if isOK(options.Response) {
		return hasAllowOrigin(get.Response)
	}
	return hasCORS(get.Response) || isOK(get.Response) || get.Response.Status != options.Response.Status
}

// anyPreflightChanges reports whether another origin, a simpler method or no headers get another answer: then it is
// this very request that is refused.
func (d *Diagnosis) anyPreflightChanges(x Exchange) (changed, ok bool) {
	for _, f := range d.simplerPreflights() {
		t, known := d.tryPreflight(f)
		if !known {
			return false, false
		}
		if isOK(t.last.Response) && (!isOK(x.Response) || hasCORS(t.last.Response)) {
			return true, true
		}
	}
	return false, true
}

// simplerPreflights are preflights of which at least one gets through when the server handles any.
func (d *Diagnosis) simplerPreflights() []cors.Fetch {
	plain := d.plainFetch()
	all := []cors.Fetch{plain}
	if others := d.otherOrigins(); len(others) > 0 {
		other := plain
		other.Origin = others[0]
		all = append(all, other)
	}
	return all
}

// otherOrigins are the intended origins but for the failing one.
func (d *Diagnosis) otherOrigins() []cors.Origin {
	var others []cors.Origin
	for _, o := range d.failure.Intended.Origins {
		if o != d.failure.Fetch.Origin && !o.Opaque() {
			others = append(others, o)
		}
	}
	return others
}

// preflightHeaderParsing suspects a server that reads Access-Control-Request-Headers in one form alone.
func preflightHeaderParsing(d *Diagnosis) *Cause {
	x, ok := d.refusedPreflight()
	if !ok {
		return nil
	}
	if method, _, refuses := d.refusesHeaders(x); !refuses || method != d.failure.Fetch.Method {
		return nil
	}
	names := unsafeNames(x.Request)
	for _, form := range otherForms(names) {
		answer, known := d.ask(Ask{Request: withHeader(x.Request, "Access-Control-Request-Headers", form)})
		if !known {
			return nil
		}
		if answer.Response != nil && d.preflightPasses(*answer.Response) {
			return d.causeOf("preflight-header-parsing", fmt.Sprintf("the preflight passes when its header list is written %q; "+
				"a browser writes %q, in lower case, sorted, without spaces", form, strings.Join(names, ",")),
				d.evidence(answer, "passes with the list in another form"))
		}
		if hasConstantList(x.Response, answer.Response) {
			return nil
		}
	}
	return nil
}

// hasConstantList reports whether two answers to lists of other forms have the same list: the server does not look.
func hasConstantList(a, b *cors.Response) bool {
	if b == nil {
		return false
	}
	here, listed := value(a, "Access-Control-Allow-Headers")
	there, _ := value(b, "Access-Control-Allow-Headers")
	return listed && here == there
}

// otherForms writes the header list as servers may expect it and browsers never do.
func otherForms(names []string) []string {
	if len(names) == 0 {
		return nil
	}
	var titled []string
	for _, name := range names {
		titled = append(titled, titleCase(name))
	}
	browser := strings.Join(names, ",")
	var forms []string
	for _, form := range []string{
		strings.Join(titled, ", "), strings.Join(names, ", "), strings.Join(titled, ","),
	} {
		if form != browser && form != "" && !slices.Contains(forms, form) {
			forms = append(forms, form)
		}
	}
	return forms
}

func titleCase(name string) string {
	parts := strings.Split(name, "-")
	for i, p := range parts {
		if p != "" {
			parts[i] = strings.ToUpper(p[:1]) + p[1:]
		}
	}
	return strings.Join(parts, "-")
}

// preflightPasses reports whether the browser would be content with r as the answer to the failing preflight.
func (d *Diagnosis) preflightPasses(r cors.Response) bool {
	flow := cors.NewFlow(d.failure.Engine, d.failure.Fetch, nil)
	request, more := flow.Next()
	if !more || request.Kind != cors.KindPreflight {
		return false
	}
	flow.Receive(r)
	next, more := flow.Next()
	return more && next.Kind == cors.KindRequest
}
