package runner

import (
	"context"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/corsgate/corsgate/cors"
	"github.com/corsgate/corsgate/internal/plan"
)

// retry says whether x, the latest of so many tries, is followed by another one, and after what pause.
func (r *run) retry(c *plan.Case, request cors.Request, x *exchange, tries int) (time.Duration, bool) {
	if tries > r.options.Retry {
		return 0, false
	}
	if x.trouble != nil {
		return r.options.RetryInterval, mayRetry(request, x)
	}
	busy := x.response.Status == http.StatusTooManyRequests || x.response.Status == http.StatusServiceUnavailable
	// A repeated case is after just such a node, and its answer must not be replaced by another node's.
	if !busy || c.Repeat > 1 || !resendable(request.Method) {
		return 0, false
	}
	pause, asked := retryAfter(x.response)
	if !asked {
		return r.options.RetryInterval, true
	}
	return pause, pause <= r.options.RetryMax
}

// mayRetry reports whether a request that ran into trouble may be sent again: no unsafe one that may have arrived.
func mayRetry(request cors.Request, x *exchange) bool {
	switch x.trouble.kind {
	case kindDNS, kindConnect:
		return true
	case kindClosed, kindTimeout:
		return !x.trouble.cut && (!x.reached || resendable(request.Method))
	}
	return false
}

// retryAfter is https://httpwg.org/specs/rfc9110.html#field.retry-after: seconds or a date.
func retryAfter(response *cors.Response) (time.Duration, bool) {
	for _, h := range response.Headers {
		if !strings.EqualFold(h.Name, "Retry-After") {
			continue
		}
		if seconds, err := strconv.ParseUint(h.Value, 10, 31); err == nil {
			return time.Duration(seconds) * time.Second, true
		}
		if date, err := http.ParseTime(h.Value); err == nil {
			return max(0, date.Sub(response.Received)), true
		}
	}
	return 0, false
}

// sleep waits for d and reports whether ctx lasted that long.
func sleep(ctx context.Context, d time.Duration) bool {
	if d <= 0 {
		return ctx.Err() == nil
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-ctx.Done():
		return false
	}
}
