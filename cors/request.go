package cors

import (
	"slices"
	"strconv"
	"strings"
)

// requestHeaders are the headers of the request itself for the current URL.
func (f *Flow) requestHeaders() []Header {
	headers := make([]Header, 0, len(f.headers)+8)
	for _, h := range combine(f.singletons()) {
		if !slices.Contains(f.engine.IgnoredHeaders, lowerASCII(h.Name)) {
			headers = append(headers, f.written(h))
		}
	}
	if _, ok := get(headers, "Accept"); !ok {
		headers = append(headers, Header{"Accept", "*/*"})
	}
	headers = append(headers, f.originHeader()...)
	headers = append(headers, f.refererHeader()...)
	headers = append(headers, f.requestMetadata()...)
	return append(headers, f.cookieHeader()...)
}

// singletons returns the script's headers with one line of each of the engine's SingletonHeaders.
func (f *Flow) singletons() []Header {
	if f.engine.SingletonHeaders == nil {
		return f.headers
	}
	var kept []Header
	for i, h := range f.headers {
		name := lowerASCII(h.Name)
		others := f.headers[i+1:]
		if name == "content-type" && f.body != nil {
			others = f.headers[:i]
		}
		if !slices.Contains(f.engine.SingletonHeaders, name) || count(others, name) == 0 {
			kept = append(kept, h)
		}
	}
	return kept
}

// written returns h as the engine puts it on the wire.
func (f *Flow) written(h Header) Header {
	if f.engine.RewritesRange && f.method == "GET" && equalFoldASCII(h.Name, "Range") {
		h.Value = rewrittenRange(h.Value)
	}
	if f.engine.SendsUTF8 && !isASCII(h.Value) {
		var utf8 strings.Builder
		for i := range len(h.Value) {
			utf8.WriteRune(rune(h.Value[i]))
		}
		h.Value = utf8.String()
	}
	return h
}

// rewrittenRange rebuilds a single range with a start from its numbers; any other value stays.
func rewrittenRange(value string) string {
	unit, ranges, ok := strings.Cut(value, "=")
	first, last, dash := strings.Cut(ranges, "-")
	start, startOK := rangeNumber(first)
	end, endOK := rangeNumber(last)
	if strings.Trim(last, "\t ") == "" {
		end, endOK = "", true
	}
	if !ok || !dash || !equalFoldASCII(strings.Trim(unit, "\t "), "bytes") || !startOK || !endOK {
		return value
	}
	return "bytes=" + start + "-" + end
}

func rangeNumber(s string) (string, bool) {
	n, err := strconv.ParseInt(strings.TrimPrefix(strings.Trim(s, "\t "), "+"), 10, 64)
	return strconv.FormatInt(n, 10), err == nil && n >= 0
}

// originHeader is https://fetch.spec.whatwg.org/#append-a-request-origin-header.
func (f *Flow) originHeader() []Header {
	origin := f.origin()
	switch {
	case f.tainting == taintCORS:
	case (f.method == "GET" || f.method == "HEAD") && !f.keepsOrigin():
		return nil
	case f.engine.NoCORSOriginEnds && f.fetch.Mode == ModeNoCORS && f.leftAnOrigin():
		origin = Origin{}
	// The default referrer policy, strict-origin-when-cross-origin, hides an https page from plain http.
	case f.fetch.Mode != ModeCORS && f.downgrades():
		origin = Origin{}
	}
	return []Header{{"Origin", origin.String()}}
}

// keepsOrigin reports whether the Origin of a request that was not GET or HEAD at first is still there.
func (f *Flow) keepsOrigin() bool {
	first := NormalizeMethod(f.fetch.Method)
	return f.engine.OriginOutlivesMethod && first != "GET" && first != "HEAD" && !f.leftAnOrigin()
}

// refererHeader is the Referer of the default referrer policy, for a page whose path is not known.
func (f *Flow) refererHeader() []Header {
	if f.fetch.Origin.Opaque() || f.downgrades() {
		return nil
	}
	return []Header{{"Referer", f.fetch.Origin.String() + "/"}}
}

func (f *Flow) downgrades() bool { return f.fetch.Origin.Scheme == "https" && f.url().scheme == "http" }

// origin is https://fetch.spec.whatwg.org/#serializing-a-request-origin: opaque once a redirect left a foreign origin.
func (f *Flow) origin() Origin {
	page := f.fetch.Origin
	for i := 1; i < len(f.urls); i++ {
		last, next := f.urls[i-1].origin(), f.urls[i].origin()
		if !next.SameOrigin(last) && !page.SameOrigin(last) {
			return Origin{}
		}
	}
	return page
}

// requestMetadata is https://w3c.github.io/webappsec-fetch-metadata/#framework for the request itself.
func (f *Flow) requestMetadata() []Header {
	gone := f.engine.NoMetadataAfterRedirect && f.tainting == taintCORS && f.crossed(len(f.urls)-1)
	if gone || !f.url().origin().PotentiallyTrustworthy() {
		return nil
	}
	return metadata(f.fetch.Mode, f.fetchSite(f.urls))
}

// leftAnOrigin reports whether a redirect so far went to another origin.
func (f *Flow) leftAnOrigin() bool {
	for i := range f.urls {
		if f.crossed(i) {
			return true
		}
	}
	return false
}

// crossed reports whether a redirect from another origin led to URL i.
func (f *Flow) crossed(i int) bool {
	return i > 0 && !f.urls[i].origin().SameOrigin(f.urls[i-1].origin())
}

// preflightMetadata is the same for a preflight, which is a request of its own: it has no redirects behind it.
func (f *Flow) preflightMetadata() []Header {
	u := f.url()
	switch {
	case u.origin().PotentiallyTrustworthy() && f.engine.PreflightSiteIsOrigin && f.origin().Opaque():
		return metadata(ModeCORS, "cross-site")
	case u.origin().PotentiallyTrustworthy():
		return metadata(ModeCORS, f.fetchSite([]*pageURL{u}))
	case f.engine.PreflightAlwaysHasMode:
		return []Header{{"Sec-Fetch-Mode", string(ModeCORS)}}
	}
	return nil
}

func metadata(mode Mode, site string) []Header {
	return []Header{{"Sec-Fetch-Dest", "empty"}, {"Sec-Fetch-Mode", string(mode)}, {"Sec-Fetch-Site", site}}
}

// fetchSite is https://w3c.github.io/webappsec-fetch-metadata/#abstract-opdef-set-site.
func (f *Flow) fetchSite(urls []*pageURL) string {
	site := "same-origin"
	for _, u := range urls {
		switch {
		case u.origin().SameOrigin(f.fetch.Origin):
		case !f.sameSite(u.origin(), f.fetch.Origin):
			return "cross-site"
		default:
			site = "same-site"
		}
	}
	return site
}
