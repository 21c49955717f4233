package story

import (
	"fmt"
	"strings"

	"github.com/corsgate/corsgate/cors"
	"github.com/corsgate/corsgate/report"
)

// tellCall says what the browser makes of the call before it sends anything.
func (s *Story) tellCall(p *page) {
	c := s.classification()
	p.section("What the browser makes of the call")
	p.row("site", sitePhrase(c, s.Fetch))
	p.row("method", methodPhrase(s.Fetch.Method, c.Method))
	label := "headers"
	for _, h := range c.Headers {
		p.lines(label, wrap(show(h.Name)+": "+show(h.Value), p.width-labelColumn))
		p.row("", headerPhrase(h))
		label = ""
	}
	p.row("credentials", credentialsPhrase(s.Fetch, c.Site == sameOrigin))
	if mode := modePhrase(s.Fetch.Mode); mode != "" {
		p.row("mode", mode)
	}
	p.row("preflight", s.preflightPhrase(c))
	label = "note"
	for _, n := range s.Notes {
		p.row(label, sentence(show(n)))
		label = ""
	}
}

const sameOrigin = "same-origin"

func sitePhrase(c cors.Classification, f cors.Fetch) string {
	target, err := cors.URLOrigin(f.URL)
	if err != nil {
		return "The URL is none that a browser can read."
	}
	if c.Site == "" {
		return target.String() + ", but the URL is refused as it stands."
	}
	switch {
	case f.Mode == cors.ModeNoCORS && c.Site != sameOrigin:
		return target.String() + " is another origin, but CORS does not apply in mode no-cors."
	case f.Origin.Opaque():
		return "A page without an origin of its own (sandboxed, data: or file:) is foreign to every server: CORS applies."
	case c.Site == sameOrigin:
		return "The page's own origin: CORS does not apply."
	case c.Site == "same-site":
		return target.String() + " is another origin, though of the same site: CORS applies."
	}
	return target.String() + " is another origin and another site: CORS applies."
}

func methodPhrase(written, method string) string {
	text := method
	if written != "" && written != method {
		text = written + ", which browsers send as " + method
	}
	switch {
	case cors.ForbiddenMethod(method):
		return text + ": no page may use it."
	case cors.SafelistedMethod(method):
		return text + ": needs no preflight, and no mention in Access-Control-Allow-Methods."
	case method != strings.ToUpper(method):
		return text + ": needs a preflight; browsers leave it in this case, and servers compare it so."
	}
	return text + ": needs a preflight, and must be in Access-Control-Allow-Methods."
}

func headerPhrase(h cors.ClassifiedHeader) string {
	from := ""
	if h.FromBody {
		from = "comes with the text of the body; "
	}
	switch h.Class {
	case cors.HeaderForbidden:
		return "is left out without a word: a script can't set it."
	case cors.HeaderNoCORS:
		return "is left out without a word: mode no-cors lets through only what HTML forms send."
	case cors.HeaderUnsafe:
		return from + "needs a preflight: " + problemPhrase(h) + "."
	}
	return from + "needs no preflight."
}

func problemPhrase(h cors.ClassifiedHeader) string {
	switch h.Problem {
	case cors.ProblemLength:
		return fmt.Sprintf("its value has %d bytes, more than 128", len(h.Value))
	case cors.ProblemByte:
		return "its value has a character that is not allowed there"
	case cors.ProblemMIMEType:
		return "only the types of HTML forms do without, application/x-www-form-urlencoded, multipart/form-data and " +
			"text/plain"
	case cors.ProblemRange:
		return "only one range with a start does without, such as bytes=0-499"
	case cors.ProblemTotal:
		return "the values of all such headers together have more than 1024 bytes"
	}
	return "it is not one of the few headers that do without"
}

func credentialsPhrase(f cors.Fetch, home bool) string {
	switch {
	case f.Credentials == cors.CredentialsOmit:
		return "omit: no cookies, wherever the request goes."
	case f.Credentials == cors.CredentialsInclude && home:
		return "include: cookies go along."
	case f.Credentials == cors.CredentialsInclude && f.Cookies == nil:
		return "include, though no cookie is known (-b names some): " + credentialed
	case f.Credentials == cors.CredentialsInclude:
		return "include, cookies go along where their SameSite lets them: " + credentialed
	case home:
		return "same-origin, as when nothing is said: cookies go along."
	}
	return "same-origin, as when nothing is said: no cookies go to another origin."
}

const credentialed = "the answer must name the page's origin (* is not enough) and say " +
	"Access-Control-Allow-Credentials: true."

func modePhrase(m cors.Mode) string {
	switch m {
	case cors.ModeNoCORS:
		return "no-cors: the request goes out like a form's, and the script can't read the answer."
	case cors.ModeSameOrigin:
		return "same-origin: another origin is refused."
	}
	return ""
}

func (s *Story) preflightPhrase(c cors.Classification) string {
	asking := s.preflighters()
	switch {
	case c.Refused != "" && !c.Preflight:
		return "none, since nothing is sent: " + lowerFirst(reasonText(string(c.Refused)))
	case len(asking) == 0:
		return "none: the request goes out at once."
	case len(asking) < len(s.Engines):
		return "only in " + listed(browserNames(asking)) + ": " + s.preflightCause(c)
	}
	return "yes: " + s.preflightCause(c)
}

// preflightCause names what makes the preflight necessary.
func (s *Story) preflightCause(c cors.Classification) string {
	var causes []string
	if !cors.SafelistedMethod(c.Method) {
		causes = append(causes, "the method "+c.Method)
	}
	for _, h := range c.Headers {
		if h.Class == cors.HeaderUnsafe {
			causes = append(causes, show(h.Name))
		}
	}
	if s.Fetch.ForcePreflight {
		causes = append(causes, "a listener for the progress of the upload")
	}
	if causes == nil {
		return "an OPTIONS request asks first."
	}
	return "an OPTIONS request asks first, because of " + listed(causes) + "."
}

func browserNames(engines []string) []string {
	names := make([]string, len(engines))
	for i, e := range engines {
		names[i] = report.BrowserName(e)
	}
	return names
}

// reasonText says what a reason means; the reason itself where nothing is known about it.
func reasonText(reason string) string {
	if text := report.ReasonRule(reason).What; text != "" {
		return text
	}
	return reason
}

func lowerFirst(s string) string {
	if s == "" || strings.HasPrefix(s, "Access-") {
		return s
	}
	return strings.ToLower(s[:1]) + s[1:]
}

// sentence gives a note a capital, unless it starts with a name such as fetch(), and a full stop.
func sentence(note string) string { return strings.TrimSuffix(note, ".") + "." }
