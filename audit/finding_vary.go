package audit

import (
	"fmt"
	"slices"
	"strings"

	"github.com/corsgate/corsgate/cors"
)

// stranger is an origin that nobody means to allow.
const stranger = "https://stranger.corsgate.test"

// Needs returns the few requests whose answers Findings compares with those of the case: the first GET or HEAD again,
// without Origin and with another one, where the answer names an origin. others are origins that the file also lets through; the first that is not the
// case's own is taken, else a stranger's. No request where a cache could not keep the answer anyway.
func (o *Observation) Needs(others []cors.Origin) []cors.Request {
	x := o.compared()
	if x == nil {
		return nil
	}
	own := requestHeader(x.Request, "Origin")
	other := stranger
	for _, origin := range others {
		if s := origin.String(); s != own && !origin.Opaque() {
			other = s
			break
		}
	}
	bare, second := x.Request, withHeader(x.Request, "Origin", other)
	bare.Headers = withoutHeaders(bare.Headers, "origin", "referer")
	second.Headers = withoutHeaders(second.Headers, "referer")
	return []cors.Request{bare, second}
}

// compared returns the request of the case whose answer a shared cache could keep; nil when there is none.
func (o *Observation) compared() *Exchange {
	i := slices.IndexFunc(o.Exchanges, func(x Exchange) bool {
		return x.Request.Kind == cors.KindRequest && x.Request.Hop == 0 && requestHeader(x.Request, "Origin") != ""
	})
	if i < 0 || !cacheable(&o.Exchanges[i]) || !namesOrigin(o.Exchanges[i].Response) {
		return nil
	}
	return &o.Exchanges[i]
}

// namesOrigin reports whether an answer allows one origin: one that allows all, or none, is the same for everybody.
func namesOrigin(r *cors.Response) bool {
	allowed, ok := value(r, "Access-Control-Allow-Origin")
	return ok && allowed != "*"
}

// varyOriginMissing compares the answers to two origins.
func varyOriginMissing(o *Observation, x *Exchange) (string, []int) {
	i, other := o.beside(x, func(origin string) bool { return origin != "" })
	if other == nil || x != o.compared() || grant(x.Response) == grant(other.Response) {
		return "", nil
	}
	for _, y := range []*Exchange{x, other} {
		if cacheable(y) && !variesByOrigin(y.Response) && !variesByAll(y.Response) {
			return fmt.Sprintf("%s gets %s, %s gets %s, and the answer to %s may be kept and has %s",
				requestHeader(x.Request, "Origin"), grant(x.Response), requestHeader(other.Request, "Origin"),
				grant(other.Response), requestHeader(y.Request, "Origin"), varyWords(y.Response)), []int{i}
		}
	}
	return "", nil
}

// varyMissingWithoutOrigin compares the answer with the one that a request without Origin gets.
func varyMissingWithoutOrigin(o *Observation, x *Exchange) (string, []int) {
	i, bare := o.beside(x, func(origin string) bool { return origin == "" })
	if bare == nil || x != o.compared() || grant(x.Response) == grant(bare.Response) || !cacheable(bare) ||
		variesByOrigin(bare.Response) || variesByAll(bare.Response) {
		return "", nil
	}
	return fmt.Sprintf("without Origin the answer has %s and %s, may be kept, and is then served to %s too, which needs %s",
		grant(bare.Response), varyWords(bare.Response), requestHeader(x.Request, "Origin"), grant(x.Response)), []int{i}
}

// beside returns the first answer beside x to the same URL and method whose Origin, empty for none, is wanted and is
// not x's own.
func (o *Observation) beside(x *Exchange, wanted func(origin string) bool) (int, *Exchange) {
	own := requestHeader(x.Request, "Origin")
	for i := range o.Beside {
		y := &o.Beside[i]
		origin := requestHeader(y.Request, "Origin")
		same := y.Request.URL == x.Request.URL && y.Request.Method == x.Request.Method
		if same && y.Response != nil && origin != own && wanted(origin) {
			return i, y
		}
	}
	return 0, nil
}

// grant is what an answer says about who may read it, in words.
func grant(r *cors.Response) string {
	var said []string
	for _, name := range []string{
		"Access-Control-Allow-Origin", "Access-Control-Allow-Credentials", "Access-Control-Expose-Headers",
	} {
		if v, ok := value(r, name); ok {
			said = append(said, name+": "+v)
		}
	}
	if said == nil {
		return "no CORS header"
	}
	return strings.Join(said, ", ")
}

func varyWords(r *cors.Response) string {
	if v, ok := value(r, "Vary"); ok {
		return "only Vary: " + v
	}
	return "no Vary"
}

func variesByAll(r *cors.Response) bool { return slices.Contains(elements(r, "Vary"), "*") }

// cacheable reports whether a shared cache may keep the answer: https://www.rfc-editor.org/rfc/rfc9111#section-3.
func cacheable(x *Exchange) bool {
	if x.Response == nil || x.Request.Method != "GET" && x.Request.Method != "HEAD" {
		return false
	}
	if directive(x.Response, "no-store", "private") || x.Response.Status == 401 || x.Response.Status == 403 {
		return false
	}
	// https://www.rfc-editor.org/rfc/rfc9111#section-3.5
	if requestHeader(x.Request, "Authorization") != "" && !directive(x.Response, "public", "s-maxage", "must-revalidate") {
		return false
	}
	// https://www.rfc-editor.org/rfc/rfc9110#section-15.1-2: statuses that are cacheable without being told to be.
	switch x.Response.Status {
	case 200, 203, 204, 206, 300, 301, 308, 404, 405, 410, 414, 501:
		return true
	}
	_, expires := value(x.Response, "Expires")
	return expires || directive(x.Response, "public", "max-age", "s-maxage")
}

// directive reports whether Cache-Control has one of the directives.
func directive(r *cors.Response, names ...string) bool {
	return slices.ContainsFunc(elements(r, "Cache-Control"), func(element string) bool {
		name, _, _ := strings.Cut(element, "=")
		return containsName(names, strings.TrimRight(name, " "))
	})
}
