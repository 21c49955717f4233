package cors

import "strings"

// sameSite is https://html.spec.whatwg.org/#same-site: the same scheme and registrable domain.
func (f *Flow) sameSite(a, b Origin) bool {
	return !a.Opaque() && a.Scheme == b.Scheme && f.schemelesslySameSite(a, b)
}

// schemelesslySameSite is https://html.spec.whatwg.org/#schemelessly-same-site.
func (f *Flow) schemelesslySameSite(a, b Origin) bool {
	if a.Opaque() || b.Opaque() {
		return false
	}
	domain := RegistrableDomain(f.fetch.PublicSuffixes, a.Host)
	if domain == "" {
		return a.Host == b.Host
	}
	return domain == RegistrableDomain(f.fetch.PublicSuffixes, b.Host)
}

// RegistrableDomain is https://url.spec.whatwg.org/#host-registrable-domain; empty for an IP address and for a public
// suffix. With a nil list every last label is a public suffix.
func RegistrableDomain(list PublicSuffixList, host string) string {
	trimmed := strings.TrimSuffix(host, ".")
	if strings.HasPrefix(host, "[") || isIPv4(trimmed) {
		return ""
	}
	suffix := trimmed[strings.LastIndexByte(trimmed, '.')+1:]
	if list != nil {
		suffix = list.PublicSuffix(trimmed)
	}
	rest, ok := strings.CutSuffix(trimmed, "."+suffix)
	if !ok || rest == "" {
		return ""
	}
	// A trailing dot makes another domain: https://url.spec.whatwg.org/#host-public-suffix
	return rest[strings.LastIndexByte(rest, '.')+1:] + "." + suffix + host[len(trimmed):]
}
