package cors

import "strings"

// cookieHeader is the Cookie header of https://fetch.spec.whatwg.org/#http-network-or-cache-fetch, step 8.21.1.
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
	switch f.fetch.Credentials {
	case CredentialsInclude:
		return true
	case CredentialsSameOrigin:
		return f.tainting == taintBasic
	}
	return false
}

func (f *Flow) sendsCookie(c Cookie) bool {
	u := f.url()
	if c.Host != u.host || c.Secure && !u.origin().PotentiallyTrustworthy() {
		return false
	}
	return c.SameSite == SameSiteNone || f.sameSiteRequest()
}

// sameSiteRequest reports whether cookies that are not SameSite=None go along: those of a page's own site.
func (f *Flow) sameSiteRequest() bool {
	for _, u := range f.urls {
		if !f.sameSite(u.origin(), f.fetch.Origin) {
			return false
		}
	}
	return true
}
