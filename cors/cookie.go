package cors

import "strings"

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
	page := f.fetch.Origin
	if page.Opaque() && f.engine.CookiesByEmbedder {
		page = f.fetch.Embedder
	}
	same := func(u *pageURL) bool {
		if f.engine.CookiesIgnoreScheme {
			return f.schemelesslySameSite(u.origin(), page)
		}
		return f.sameSite(u.origin(), page)
	}
	for _, u := range f.urls[:len(f.urls)-1] {
		if !same(u) {
			return f.sameSiteAgain(same, page)
		}
	}
	return same(f.url())
}

func (f *Flow) sameSiteAgain(same func(*pageURL) bool, page Origin) bool {
	switch f.engine.CookiesAfterRedirect {
	case RedirectJudgedBySite:
		return same(f.url())
	case RedirectJudgedByHost:
		return f.url().host == page.Host
	}
	return false
}
