package cors

import (
	"slices"
	"strings"
)

// cookieHeader is the Cookie header of https://fetch.spec.whatwg.org/#http-network-or-cache-fetch, step 8.21.
func (f *Flow) cookieHeader() []Header {
	if !f.includesCredentials() {
		return nil
	}
	var pairs []string
	for _, c := range f.fetch.Cookies {
		if f.sendsCookie(c) {
			pairs = append(pairs, c.Name+"="+c.Value)
		}
	}
	if pairs == nil {
		return nil
	}
	return []Header{{"Cookie", strings.Join(pairs, "; ")}}
}

// includesCredentials is https://fetch.spec.whatwg.org/#http-network-or-cache-fetch, step 8.3.
func (f *Flow) includesCredentials() bool {
	return f.includes() || f.fetch.Credentials == CredentialsSameOrigin && f.tainting == taintBasic
}

func (f *Flow) sendsCookie(c Cookie) bool {
	u := f.url()
	if c.Host != u.host || c.Secure && !u.origin().PotentiallyTrustworthy() {
		return false
	}
	return c.SameSite == SameSiteNone || f.isSameSiteRequest()
}

// isSameSiteRequest reports whether cookies other than SameSite=None go along: a fetch is never a top-level navigation,
// so Lax ones go where Strict ones do.
func (f *Flow) isSameSiteRequest() bool {
	if f.engine.CookiesToTopLevelHost && f.url().host == f.topLevel().Host {
		return true
	}
	hops := f.urls
	if f.engine.CookiesForgetHops {
		hops = f.urls[len(f.urls)-1:]
	}
	return !slices.ContainsFunc(hops, func(u *pageURL) bool { return !f.isCookieSite(u.origin()) })
}

func (f *Flow) isCookieSite(o Origin) bool {
	page := f.fetch.Origin
	if page.Opaque() && f.engine.CookiesIgnoreSandbox {
		page = f.fetch.Unsandboxed
	}
	if f.engine.CookiesIgnoreScheme {
		return f.schemelesslySameSite(o, page)
	}
	return f.sameSite(o, page)
}

// topLevel is the origin of the page, or of the one around it when its own is opaque.
func (f *Flow) topLevel() Origin {
	if f.fetch.Origin.Opaque() {
		return f.fetch.Embedder
	}
	return f.fetch.Origin
}
