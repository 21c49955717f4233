package audit

import (
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
	login := isRedirectStatus(x.Response) && isLogin(location)
	with, ok := d.preflightWithCredentials(x)
	if !ok {
		return nil
	}
	if x.Response.Status != 401 && !challenged && !login && !isOK(with.Response) {
		return nil
	}
	message := fmt.Sprintf("the preflight is answered with status %d: the server asks for authentication, which a browser "+
		"never sends with a preflight", x.Response.Status)
	if login {
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

func isLogin(location string) bool {
	location = strings.ToLower(location)
	return slices.ContainsFunc([]string{"login", "signin", "sign-in", "sign_in", "/auth", "oauth", "sso", "saml"},
		func(mark string) bool { return strings.Contains(location, mark) })
}

// preflightWithCredentials asks for the preflight with the page's own Authorization and cookies; an empty Exchange when
// it has none.
func (d *Diagnosis) preflightWithCredentials(x Exchange) (Exchange, bool) {
	request := x.Request
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
	return d.causeOf("preflight-redirected", fmt.Sprintf("the preflight is redirected (status %d) %s, which browsers refuse",
		x.Response.Status, redirectKind(x.Request.URL, location)), d.evidence(Exchange{}, ""))
}

// redirectKind says what a redirect changes.
func redirectKind(from, to string) string {
	switch {
	case to == "":
		return "without saying where"
	case strings.Replace(from, "http://", "https://", 1) == to:
		return "from http to https (" + to + ")"
	case strings.HasSuffix(to, strings.TrimSuffix(pathOf(from), "/")+"/") && !strings.HasSuffix(pathOf(from), "/"):
		return "to the address with a slash at its end (" + to + ")"
	case strings.HasSuffix(pathOf(from), "/") && strings.HasSuffix(to, strings.TrimSuffix(pathOf(from), "/")):
		return "to the address without the slash at its end (" + to + ")"
	case hostOf(to) == "www."+hostOf(from):
		return "from the bare domain to www (" + to + ")"
	case "www."+hostOf(to) == hostOf(from):
		return "from www to the bare domain (" + to + ")"
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
	_, rest, ok := strings.Cut(url, "://")
	if !ok {
		rest = url
	}
	i := strings.IndexByte(rest, '/')
	if i < 0 {
		return "/"
	}
	path, _, _ := strings.Cut(rest[i:], "?")
	return path
}

// optionsNotHandled suspects a server that has no answer for OPTIONS, whoever asks for whatever.
func optionsNotHandled(d *Diagnosis) *Cause {
	x, ok := d.failingPreflight()
	if !ok || isOK(x.Response) && hasCORS(x.Response) || variesByOrigin(x.Response) {
		return nil
	}
	changed, ok := d.anyPreflightChanges(x)
	if !ok || changed {
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
	return d.causeOf("options-not-handled", fmt.Sprintf("%s, while GET is answered with status %d: the server does not "+
		"handle preflights", what, get.Response.Status), d.evidence(get, "is answered"))
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
		t, known := d.try(f)
		if !known {
			return false, false
		}
		answered := t.last.Response
		if answered != nil && (isOK(answered) != isOK(x.Response) || hasCORS(answered) != hasCORS(x.Response)) {
			return true, true
		}
	}
	return false, true
}

// simplerPreflights are preflights of which at least one gets through when the server handles any.
func (d *Diagnosis) simplerPreflights() []cors.Fetch {
	var all []cors.Fetch
	plain := preflightOf(d.failure.Fetch)
	plain.Method, plain.Headers, plain.Body, plain.Credentials = "GET", nil, nil, cors.CredentialsOmit
	all = append(all, plain)
	for _, o := range d.otherOrigins() {
		other := plain
		other.Origin = o
		all = append(all, other)
		break
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
	names := unsafeNames(x.Request)
	for _, form := range otherForms(d.failure.Fetch.Headers, names) {
		answer, known := d.ask(Ask{Request: withHeader(x.Request, "Access-Control-Request-Headers", form)})
		if !known {
			return nil
		}
		if answer.Response != nil && d.preflightPasses(*answer.Response) {
			return d.causeOf("preflight-header-parsing", fmt.Sprintf("the preflight passes when its header list is written %q; "+
				"a browser writes %q, in lower case, sorted, without spaces", form, strings.Join(names, ",")),
				d.evidence(answer, "passes with the list in another form"))
		}
	}
	return nil
}

// otherForms writes the header list as servers may expect it and browsers never do.
func otherForms(headers []cors.Header, names []string) []string {
	if len(names) == 0 {
		return nil
	}
	var written []string
	for _, h := range headers {
		if slices.Contains(names, strings.ToLower(h.Name)) && !slices.Contains(written, h.Name) {
			written = append(written, h.Name)
		}
	}
	var titled []string
	for _, name := range names {
		titled = append(titled, titleCase(name))
	}
	browser := strings.Join(names, ",")
	var forms []string
	for _, form := range []string{
		strings.Join(written, ", "), strings.Join(titled, ", "), strings.Join(names, ", "), strings.Join(titled, ","),
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
