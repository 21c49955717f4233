package demo

import (
	"bytes"
	"maps"
	"net/http"
	"strconv"
	"sync"
	"sync/atomic"
	"time"
)

// wrongNetworks lists endpoints that are right themselves, behind something that is not.
func wrongNetworks() []endpoint {
	behind := func(id, twin, title string, layer func(next http.Handler) http.Handler) endpoint {
		return wrong(id, "", twin, title, func(path string) http.Handler {
			return layer(policy{}.before(resource(path)))
		})
	}
	return []endpoint{
		behind("cache-ignores-origin", "/right/cache", "behind a cache that ignores Vary", newCache("").before),
		behind("node-disagrees", listPath, "one node of three was left out of the roll-out", oneStaleNode),
		behind("protocol-differs", listPath, "HEAD goes another way than GET", headWithoutCORS),
		behind("edge-differs", listPath, "behind an edge that drops Allow-Credentials", dropCredentials),
		behind("origin-stripped", listPath, "behind a proxy that drops Origin", stripOrigin),
	}
}

// oneStaleNode is a balancer that gives every third request to a node without CORS.
func oneStaleNode(next http.Handler) http.Handler {
	var requests atomic.Uint64
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if requests.Add(1)%3 != 0 {
			next.ServeHTTP(w, r)
			return
		}
		stripOrigin(next).ServeHTTP(w, r)
	})
}

func headWithoutCORS(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodHead {
			stripOrigin(next).ServeHTTP(w, r)
			return
		}
		next.ServeHTTP(w, r)
	})
}

func stripOrigin(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		r = r.Clone(r.Context())
		r.Header.Del("Origin")
		next.ServeHTTP(w, r)
	})
}

func dropCredentials(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		rec := record(next, r)
		rec.header.Del("Access-Control-Allow-Credentials")
		rec.send(w)
	})
}

// recording is an answer that is kept.
type recording struct {
	header http.Header
	status int
	body   bytes.Buffer
	made   time.Time
}

func record(next http.Handler, r *http.Request) *recording {
	rec := &recording{header: http.Header{}, status: http.StatusOK, made: time.Now()}
	next.ServeHTTP(rec, r)
	return rec
}

func (rec *recording) Header() http.Header         { return rec.header }
func (rec *recording) WriteHeader(status int)      { rec.status = status }
func (rec *recording) Write(p []byte) (int, error) { return rec.body.Write(p) }

func (rec *recording) send(w http.ResponseWriter) {
	maps.Copy(w.Header(), rec.header)
	w.WriteHeader(rec.status)
	_, _ = w.Write(rec.body.Bytes())
}

// A cache keeps at most cacheSize answers for at most cacheTime.
const (
	cacheSize = 1000
	cacheTime = time.Minute
)

// cache is a shared cache for the good answers to GET.
type cache struct {
	vary string // the one request header that is part of its key; empty: none

	mu   sync.Mutex
	kept map[string]*recording
}

func newCache(vary string) *cache { return &cache{vary: vary, kept: map[string]*recording{}} }

func (c *cache) before(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method != http.MethodGet {
			next.ServeHTTP(w, r)
			return
		}
		rec, hit := c.get(next, r)
		w.Header().Set("X-Cache", "MISS")
		if hit {
			w.Header().Set("X-Cache", "HIT")
			w.Header().Set("Age", strconv.Itoa(int(time.Since(rec.made).Seconds())))
		}
		rec.send(w)
	})
}

// get returns the answer, and whether it was kept from an earlier request.
func (c *cache) get(next http.Handler, r *http.Request) (rec *recording, hit bool) {
	key := r.URL.RequestURI()
	if c.vary != "" {
		key += "\x00" + r.Header.Get(c.vary)
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if rec, ok := c.kept[key]; ok && time.Since(rec.made) < cacheTime {
		return rec, true
	}
	rec = record(next, r)
	if len(c.kept) >= cacheSize {
		clear(c.kept)
	}
	if rec.status == http.StatusOK {
		rec.header.Set("Cache-Control", "public, max-age=60")
		c.kept[key] = rec
	}
	return rec, false
}
