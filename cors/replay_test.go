package cors_test

import (
	"fmt"
	"os"
	"slices"
	"sort"
	"strings"
	"testing"
	"time"

	"github.com/corsgate/corsgate/cors"
)

// replayed is what the Flow made of a recorded case.
type replayed struct {
	requests []cors.Request
	outcomes []cors.Outcome // of the fetch and of each later one
}

const maxExchanges = 200

func replay(t testing.TB, c *recordedCase, e cors.Engine) replayed {
	t.Helper()
	var r replayed
	cache := new(cors.Cache)
	now := recordingStart
	run := func(f cors.Fetch) {
		f.Started = now
		flow := cors.NewFlow(e, f, cache)
		for request, ok := flow.Next(); ok; request, ok = flow.Next() {
			if r.requests = append(r.requests, request); len(r.requests) > maxExchanges {
				t.Fatalf("%s: the flow does not end", c.ID)
			}
			response := c.Plan.answer(request)
			response.Received = now
			flow.Receive(response)
		}
		r.outcomes = append(r.outcomes, flow.Outcome())
	}
	run(c.fetch(t, c.Request, c.PageOrigin))
	for _, then := range c.Then {
		now = now.Add(time.Duration(then.WaitMS)*time.Millisecond + 50*time.Millisecond)
		origin := then.PageOrigin
		if origin == "" {
			origin = c.PageOrigin
		}
		run(c.fetch(t, then.Request, origin))
	}
	return r
}

// recordedCookies are the cookies that the recordings' pages held: one pair for each host.
func recordedCookies(rawURL string) []cors.Cookie {
	var cookies []cors.Cookie
	for _, host := range []string{
		"api.example.net", "api2.example.net", "api.example.com", "app.example.com", "sub.app.example.com",
		"localhost", "127.0.0.1", "[::1]", "xn--mnchen-3ya.example",
	} {
		cookies = append(cookies,
			cors.Cookie{Name: "sid", Value: "none", Host: host, Secure: true, SameSite: cors.SameSiteNone},
			cors.Cookie{Name: "lax", Value: "lax", Host: host, SameSite: cors.SameSiteLax})
	}
	return cookies
}

func TestReplayShow(t *testing.T) {
	want := os.Getenv("SHOW")
	if want == "" {
		t.Skip()
	}
	cases := readLines[recordedCase](t, "cases.jsonl.gz")
	for _, e := range cors.Engines()[1:] {
		if only := os.Getenv("ENGINE"); only != "" && only != e.Name {
			continue
		}
		byID := map[string]recorded{}
		for _, r := range readLines[recorded](t, "results-"+e.Name+".jsonl.gz") {
			byID[r.ID] = r
		}
		bad := map[string]int{}
		shown := map[string]int{}
		for i := range cases {
			c := &cases[i]
			want := byID[c.ID]
			got := replay(t, c, e)
			for _, d := range differences(c, want, got) {
				kind, _, _ := strings.Cut(d, ":")
				key := kind + " " + c.Group
				bad[key]++
				if shown[key]++; shown[key] <= 4 && (os.Getenv("SHOW") == "all" || strings.HasPrefix(d, os.Getenv("SHOW")) || strings.Contains(key, os.Getenv("SHOW"))) {
					fmt.Printf("%s %s %s | %s\n", e.Name, c.ID, c.Note, d)
				}
			}
		}
		keys := []string{}
		for k := range bad {
			keys = append(keys, k)
		}
		sort.Strings(keys)
		for _, k := range keys {
			fmt.Println("  ", e.Name, k, bad[k])
		}
	}
}

func differences(c *recordedCase, want recorded, got replayed) (diffs []string) {
	o := got.outcomes[0]
	outcome := string(o.Verdict)
	if want.Outcome == "throws-before-send" && o.Stage == cors.StageRequest {
		outcome = want.Outcome
	}
	if outcome != want.Outcome {
		diffs = append(diffs, fmt.Sprintf("outcome: want %s (%s %s) got %s %s %s", want.Outcome, want.CORSError, want.NetError, outcome, o.Reason, o.Stage))
	}
	gotType := string(o.Type)
	if gotType != want.ResponseType || o.Verdict != cors.Blocked && o.Status != want.Status || o.Redirected != want.Redirected {
		diffs = append(diffs, fmt.Sprintf("type: want %s %d %v got %s %d %v", want.ResponseType, want.Status, want.Redirected, gotType, o.Status, o.Redirected))
	}
	var names []string
	for _, h := range o.Readable {
		names = append(names, strings.ToLower(h.Name))
	}
	slices.Sort(names)
	names = slices.Compact(names)
	if !slices.Equal(names, want.Readable) && o.Verdict == cors.Allowed {
		diffs = append(diffs, fmt.Sprintf("readable: want %q got %q", want.Readable, names))
	}
	a, b := wireOf(want.Seen), wireOfFlow(got.requests)
	for i := range max(len(a), len(b)) {
		x, y := "", ""
		if i < len(a) {
			x = a[i]
		}
		if i < len(b) {
			y = b[i]
		}
		if x != y {
			diffs = append(diffs, fmt.Sprintf("wire: #%d\n   want %s\n   got  %s", i, x, y))
			break
		}
	}
	return diffs
}

var ignored = []string{"referer", "sec-fetch-storage-access", "content-length", "user-agent", "connection", "host", "accept-encoding", "sec-ch-ua", "sec-ch-ua-platform", "cache-control", "pragma"}

func defaultLanguage(n, v string) bool {
	return n == "accept-language" && (v == "en-US,en;q=0.9" || v == "en-US,en;q=0.5" || v == "en-US, en;q=0.90" || v == "en-US, en;q=0.9" || v == "en-US")
}

func wireOf(seen []seenRequest) (lines []string) {
	for _, s := range seen {
		var fields []string
		for n, v := range s.Headers {
			if n = strings.ToLower(n); !slices.Contains(ignored, n) && !defaultLanguage(n, v) {
				fields = append(fields, n+"="+bytesOf(v))
			}
		}
		sort.Strings(fields)
		lines = append(lines, fmt.Sprintf("%s %s %s %.1500q", s.Kind, s.Method, s.URL, fields))
	}
	return lines
}

func wireOfFlow(requests []cors.Request) (lines []string) {
	for _, r := range requests {
		var fields []string
		for _, h := range r.Headers {
			if n := strings.ToLower(h.Name); !slices.Contains(ignored, n) {
				fields = append(fields, n+"="+h.Value)
			}
		}
		sort.Strings(fields)
		kind := "actual"
		if r.Kind == cors.KindPreflight {
			kind = "preflight"
		}
		lines = append(lines, fmt.Sprintf("%s %s %s %.1500q", kind, r.Method, r.URL, fields))
	}
	return lines
}

func TestReasonShow(t *testing.T) {
	if os.Getenv("REASON") == "" {
		t.Skip()
	}
	cases := readLines[recordedCase](t, "cases.jsonl.gz")
	for _, e := range cors.Engines()[1:] {
		byID := map[string]recorded{}
		for _, r := range readLines[recorded](t, "results-"+e.Name+".jsonl.gz") {
			byID[r.ID] = r
		}
		n := map[string]int{}
		ex := map[string]string{}
		for i := range cases {
			c := &cases[i]
			want := byID[c.ID]
			got := replay(t, c, e).outcomes[0]
			if got.Verdict != cors.Blocked && want.Console == "" {
				continue
			}
			r := strings.NewReplacer(c.PageOrigin, "{o}", c.Request.URL, "{u}", bytesOf(got.Detail), "{d}", c.ID, "{id}")
			if got.Detail == "" {
				r = strings.NewReplacer(c.PageOrigin, "{o}", c.Request.URL, "{u}", c.ID, "{id}")
			}
			s := want.Console
			if len(s) > 430 {
				s = s[:430]
			}
			key := fmt.Sprintf("%s/%s | %s | %s | %s", got.Stage, got.Reason, r.Replace(want.CORSError), want.NetError, strings.ReplaceAll(r.Replace(s), "\n", " // "))
			n[key]++
			ex[key] = c.ID
		}
		keys := []string{}
		for k := range n {
			keys = append(keys, k)
		}
		sort.Strings(keys)
		for _, k := range keys {
			fmt.Println(e.Name, n[k], ex[k], k)
		}
	}
}
