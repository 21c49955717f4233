package cors

import (
	"slices"
	"strconv"
	"strings"
	"time"
)

// Cache is a browser's preflight cache for one top-level site: https://fetch.spec.whatwg.org/#cors-preflight-cache.
// The zero Cache is empty. It is not safe for concurrent use.
type Cache struct{ entries []cacheEntry }

// cacheEntry is https://fetch.spec.whatwg.org/#cache-entry. It holds either a method or a header name.
type cacheEntry struct {
	origin      Origin
	url         string
	credentials bool
	method      string
	name        string // lower case
	expires     time.Time
}

const (
	defaultMaxAge = 5 * time.Second
	wildcard      = "*"
)

// cacheCovers reports whether cached entries stand for the preflight of u.
func (f *Flow) cacheCovers(u unsafeRequest) bool {
	entries := f.cacheMatches()
	if f.coveredBy(entries, u) {
		return true
	}
	if f.engine.CacheHoldsOneAnswer && len(entries) > 0 {
		f.forget()
	}
	return false
}

func (f *Flow) coveredBy(entries []cacheEntry, u unsafeRequest) bool {
	if len(entries) == 0 || !f.cacheSkipsMethod(u.method) && !f.methodEntry(entries, u.method) {
		return false
	}
	for _, name := range u.names {
		if !f.nameEntry(entries, name) {
			return false
		}
	}
	return true
}

func (f *Flow) cacheSkipsMethod(method string) bool {
	if method == "HEAD" && f.engine.CacheAsksForHEAD {
		return false
	}
	return SafelistedMethod(method) && !f.fetch.ForcePreflight
}

// methodEntry is https://fetch.spec.whatwg.org/#concept-cache-match-method.
func (f *Flow) methodEntry(entries []cacheEntry, method string) bool {
	return slices.ContainsFunc(entries, func(e cacheEntry) bool {
		return e.method == method || e.method == wildcard && !f.engine.CacheIgnoresWildcard && !f.includes()
	})
}

// nameEntry is https://fetch.spec.whatwg.org/#concept-cache-match-header.
func (f *Flow) nameEntry(entries []cacheEntry, name string) bool {
	return slices.ContainsFunc(entries, func(e cacheEntry) bool {
		if e.name != wildcard {
			return e.name == name
		}
		return !f.engine.CacheIgnoresWildcard && !f.includes() &&
			(name != "authorization" || f.engine.CacheWildcardCoversAuthorization)
	})
}

// cacheMatches returns the entries of https://fetch.spec.whatwg.org/#concept-cache-match that have not expired.
func (f *Flow) cacheMatches() []cacheEntry {
	var matches []cacheEntry
	for _, e := range f.cache.entries {
		if f.isKey(e) && f.now.Before(e.expires) {
			matches = append(matches, e)
		}
	}
	return matches
}

func (f *Flow) isKey(e cacheEntry) bool {
	origin := f.preflightOrigin()
	if e.origin != origin || e.url != f.cacheURL() || origin.Opaque() && f.engine.CacheSkipsOpaqueOrigins {
		return false
	}
	if f.engine.CacheKeepsCredentialsApart {
		return e.credentials == f.includes()
	}
	return e.credentials || !f.includes()
}

// remember is https://fetch.spec.whatwg.org/#cors-preflight-fetch, steps 7.8 to 7.13.
func (f *Flow) remember(r Response, methods, names []string) {
	maxAge := f.engine.maxAge(r.Headers)
	if f.engine.CacheHoldsOneAnswer {
		f.forget()
	}
	if maxAge <= 0 || f.engine.CacheURLLimit > 0 && len(f.url().String()) >= f.engine.CacheURLLimit {
		return
	}
	entry := cacheEntry{
		origin: f.preflightOrigin(), url: f.cacheURL(), credentials: f.includes(), expires: r.Received.Add(maxAge),
	}
	for _, method := range methods {
		e := entry
		e.method = method
		f.cache.put(e)
	}
	for _, name := range names {
		e := entry
		e.name = lowerASCII(name)
		f.cache.put(e)
	}
}

// put replaces the entry that differs in its end alone.
func (c *Cache) put(e cacheEntry) {
	i := slices.IndexFunc(c.entries, func(old cacheEntry) bool {
		old.expires = e.expires
		return old == e
	})
	if i < 0 {
		c.entries = append(c.entries, e)
		return
	}
	c.entries[i] = e
}

// forget deletes the entries of the current origin and URL, whatever their credentials.
func (f *Flow) forget() {
	origin, url := f.preflightOrigin(), f.cacheURL()
	f.cache.entries = slices.DeleteFunc(f.cache.entries, func(e cacheEntry) bool {
		return e.origin == origin && e.url == url
	})
}

// maxAge is https://fetch.spec.whatwg.org/#cors-preflight-fetch, steps 7.8 to 7.10. A negative age is none, as all
// engines have it; the standard, read to the letter, would make it the default.
func (e Engine) maxAge(headers []Header) time.Duration {
	value, ok := get(headers, "Access-Control-Max-Age")
	if !ok || value == "" && e.EmptyMaxAgeIsDefault {
		return defaultMaxAge
	}
	if digits, negative := strings.CutPrefix(value, "-"); negative && isDigits(digits) {
		return 0
	}
	if !isDigits(value) || count(headers, "Access-Control-Max-Age") > 1 {
		return e.MalformedMaxAge
	}
	seconds, err := strconv.ParseInt(value, 10, 64)
	if err != nil || time.Duration(seconds) > maxDuration/time.Second {
		if e.HugeMaxAgeIsMalformed {
			return e.MalformedMaxAge
		}
		seconds = int64(maxDuration / time.Second)
	}
	age := time.Duration(seconds) * time.Second
	if e.MaxAgeCap > 0 {
		age = min(age, e.MaxAgeCap)
	}
	return age
}

const maxDuration = time.Duration(1<<63 - 1)

func isDigits(s string) bool { return s != "" && strings.Trim(s, "0123456789") == "" }

// cacheURL is the URL of a cache entry: URLs that differ in their fragment differ.
func (f *Flow) cacheURL() string {
	return f.url().String() + f.url().fragment
}
