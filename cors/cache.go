package cors

// Cache is a browser's preflight cache: https://fetch.spec.whatwg.org/#concept-cache.
type Cache struct{}

func (f *Flow) cacheCovers(u unsafeRequest) bool { return false }

func (f *Flow) remember(r Response, methods, names []string) {}
