package audit

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"github.com/corsgate/corsgate/cors"
)

// freshRepeats is how often the failing request is sent again on a connection of its own.
const freshRepeats = 3

// nodeDisagrees suspects one server of several: it repeats the failing request on connections of their own, then at
// each address of the name.
func nodeDisagrees(d *Diagnosis) *Cause {
	x, ok := d.failing()
	if !ok || !isSafe(x.Request.Method) {
		return nil
	}
	again, differs, known := d.repeated(x)
	if !differs || !known {
		return nil
	}
	return d.disagreement(x, again)
}

// repeated sends a request again, on other connections and to other addresses, until its answer differs; differs is
// false when none does.
func (d *Diagnosis) repeated(x Exchange) (again Exchange, differs, known bool) {
	for _, way := range d.repetitions(x) {
		again, known = d.ask(way)
		if !known {
			return Exchange{}, false, false
		}
		if again.Response != nil && !sameCORS(*x.Response, *again.Response) {
			return again, true, true
		}
	}
	return Exchange{}, false, true
}

// repetitions are the ways in which the same request may meet another server: IPv6 beside IPv4 is another protocol.
func (d *Diagnosis) repetitions(x Exchange) []Ask {
	var ways []Ask
	for n := 1; n <= freshRepeats; n++ {
		ways = append(ways, Ask{Request: x.Request, Fresh: n})
	}
	for _, address := range d.failure.Addresses {
		if address != x.Remote && isIPv6(address) == isIPv6(x.Remote) {
			ways = append(ways, Ask{Request: x.Request, Address: address})
		}
	}
	return ways
}

func (d *Diagnosis) disagreement(x, other Exchange) *Cause {
	where := ""
	if x.Remote != "" && other.Remote != "" && x.Remote != other.Remote {
		where = fmt.Sprintf(": %s and %s differ", x.Remote, other.Remote)
	}
	shows := "the same request, answered otherwise"
	if d.passesInstead(*other.Response) {
		shows = "the same request, passes"
	}
	return d.causeOf("node-disagrees", fmt.Sprintf("the same %s is answered with %s, and with %s when it is sent again: not "+
		"all servers behind this name are configured alike%s", requestWord(x.Request), originText(x), originText(other), where),
		d.evidence(other, shows))
}

// originText says in a few words what an answer allows.
func originText(x Exchange) string {
	status := fmt.Sprintf("status %d", x.Response.Status)
	if allowed, ok := value(x.Response, "Access-Control-Allow-Origin"); ok {
		return status + " and Access-Control-Allow-Origin: " + allowed
	}
	return status + " and no Access-Control-Allow-Origin"
}

func isIPv6(address string) bool {
	at, err := netip.ParseAddrPort(address)
	return err == nil && at.Addr().Is6() && !at.Addr().Is4In6()
}

func isSafe(method string) bool { return method == "GET" || method == "HEAD" || method == "OPTIONS" }

// sameCORS reports whether two answers mean the same to CORS: the kind of status and the CORS headers.
func sameCORS(a, b cors.Response) bool {
	return a.Status/100 == b.Status/100 && slices.Equal(corsLines(a.Headers), corsLines(b.Headers))
}

// corsLines are the CORS headers of an answer, sorted.
func corsLines(headers []cors.Header) []string {
	var all []string
	for _, h := range headers {
		if isCORSHeader(h.Name) {
			all = append(all, strings.ToLower(h.Name)+": "+h.Value)
		}
	}
	slices.Sort(all)
	return all
}

// protocolDiffers suspects that HTTP/1.1 and HTTP/2, IPv4 and IPv6, or GET and HEAD take different ways.
func protocolDiffers(d *Diagnosis) *Cause {
	x, ok := d.failing()
	if !ok || !isSafe(x.Request.Method) {
		return nil
	}
	for _, way := range d.otherProtocols(x) {
		answer, known := d.ask(way.ask)
		if !known {
			return nil
		}
		if answer.Response != nil && d.passesInstead(*answer.Response) && (way.ask.HTTP == "" || answer.Protocol != x.Protocol) {
			return d.causeOf("protocol-differs", fmt.Sprintf("the %s fails over %s, while the same request over %s passes",
				requestWord(x.Request), way.here, way.there), d.evidence(answer, "passes over "+way.there))
		}
	}
	return methodPairDiffers(d, x)
}

// protocolWay is another protocol to ask over.
type protocolWay struct {
	ask         Ask
	here, there string
}

func (d *Diagnosis) otherProtocols(x Exchange) []protocolWay {
	var ways []protocolWay
	switch {
	case strings.HasPrefix(x.Protocol, "HTTP/2"):
		ways = append(ways, protocolWay{Ask{Request: x.Request, HTTP: "1.1"}, "HTTP/2", "HTTP/1.1"})
	case x.Protocol != "" && strings.HasPrefix(x.Request.URL, "https:"):
		ways = append(ways, protocolWay{Ask{Request: x.Request, HTTP: "2"}, x.Protocol, "HTTP/2"})
	}
	family := map[bool]string{false: "IPv4", true: "IPv6"}
	for _, address := range d.failure.Addresses {
		if six := isIPv6(address); x.Remote != "" && six != isIPv6(x.Remote) {
			return append(ways, protocolWay{Ask{Request: x.Request, Address: address}, family[!six], family[six]})
		}
	}
	return ways
}

func methodPairDiffers(d *Diagnosis, x Exchange) *Cause {
	pair := map[string]string{"GET": "HEAD", "HEAD": "GET"}[x.Request.Method]
	if pair == "" {
		return nil
	}
	request := x.Request
	request.Method = pair
	answer, known := d.ask(Ask{Request: request})
	if !known || answer.Response == nil || !d.passesInstead(*answer.Response) {
		return nil
	}
	if cached, known := d.passesUncached(x); cached.Response != nil || !known {
		return nil
	}
	return d.causeOf("protocol-differs", fmt.Sprintf("%s fails, while %s of the same page passes", x.Request.Method, pair),
		d.evidence(answer, "passes with "+pair))
}

// passesInstead reports whether the browser would have been content with r in place of the failing answer.
func (d *Diagnosis) passesInstead(r cors.Response) bool {
	flow := cors.NewFlow(d.failure.Engine, d.failure.Fetch, nil)
	for i, x := range d.failure.Exchanges {
		if _, more := flow.Next(); !more || x.Response == nil {
			return false
		}
		if i == len(d.failure.Exchanges)-1 {
			flow.Receive(r)
			break
		}
		flow.Receive(*x.Response)
	}
	if _, more := flow.Next(); more {
		return true
	}
	return flow.Outcome().Verdict != cors.Blocked
}

// cacheIgnoresOrigin suspects a cache that keeps one origin's answer for all: it asks for the page under fresh cache
// keys, with this origin first, then with it after somebody else.
func cacheIgnoresOrigin(d *Diagnosis) *Cause {
	x, ok := d.failing()
	if !ok || x.Request.Kind == cors.KindPreflight || !isOK(x.Response) && cacheMark(x.Response) == "" {
		return nil
	}
	first, known := d.passesUncached(x)
	if !known || first.Response == nil {
		return nil
	}
	for _, before := range d.somebodyElse(x) {
		if _, known := d.ask(Ask{Request: before}); !known {
			return nil
		}
		request := x.Request
		request.URL = before.URL
		second, known := d.ask(Ask{Request: request})
		if !known {
			return nil
		}
		if second.Response != nil && !d.passesInstead(*second.Response) {
			return d.cached(x, first, second)
		}
	}
	return nil
}

// passesUncached is the answer to the failing GET under an address that no cache knows, when that passes.
func (d *Diagnosis) passesUncached(x Exchange) (Exchange, bool) {
	if x.Request.Method != "GET" {
		return Exchange{}, true
	}
	answer, known := d.ask(Ask{Request: withKey(x.Request, "a")})
	if !known || answer.Response == nil || !d.passesInstead(*answer.Response) {
		return Exchange{}, known
	}
	return answer, true
}

// somebodyElse are requests for the page by others, each under an address of its own: without Origin, and another page.
func (d *Diagnosis) somebodyElse(x Exchange) []cors.Request {
	without := withKey(x.Request, "b")
	without.Headers = withoutHeaders(without.Headers, "origin")
	other := unrelated
	if all := d.otherOrigins(); len(all) > 0 {
		other = all[0]
	}
	return []cors.Request{without, withHeader(withKey(x.Request, "c"), "Origin", other.String())}
}

func (d *Diagnosis) cached(x, first, second Exchange) *Cause {
	mark := cacheMark(second.Response)
	if mark == "" {
		mark = cacheMark(x.Response)
	}
	return d.causeOf("cache-ignores-origin", "a cache serves this page what it kept for somebody else: under a fresh address "+
		"the request passes, and fails there too once another has asked before"+mark,
		append(d.evidence(first, "passes under an address that no cache knows"),
			Evidence{second, "fails once somebody else has asked for it"}))
}

// withKey makes an address of its own for caches, the same in each run for the same page.
func withKey(r cors.Request, key string) cors.Request {
	separator := "?"
	if strings.Contains(r.URL, "?") {
		separator = "&"
	}
	r.URL += separator + "corsgate=" + cacheKey(r.URL+requestHeader(r, "Origin")+key)
	return r
}

// cacheMark says what a cache wrote on an answer.
func cacheMark(r *cors.Response) string {
	for _, name := range []string{"Age", "X-Cache", "CF-Cache-Status", "X-Cache-Status", "X-Varnish"} {
		if v, ok := value(r, name); ok && v != "0" {
			return fmt.Sprintf(" (%s: %s)", name, v)
		}
	}
	return ""
}
