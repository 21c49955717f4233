package browsers

import (
	"context"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	protocol "github.com/chromedp/cdproto/browser"
	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/chromedp"

	"github.com/corsgate/corsgate/internal/corpus"
)

// chromium is driven through the DevTools protocol.
type chromium struct {
	ctx  context.Context
	end  context.CancelFunc
	name string

	mu       sync.Mutex
	urls     map[network.RequestID]string // of requests before any redirect
	failures []failure
	console  []string
}

// failure is what DevTools tells of a request that failed.
type failure struct{ url, cors, network string }

func startChromium(t *testing.T, proxy string) browser {
	home := t.TempDir()
	if err := allowThirdPartyCookies(home); err != nil {
		t.Fatal(err)
	}
	options := append(chromedp.DefaultExecAllocatorOptions[:],
		chromedp.ExecPath(installed(t, "chromium", "chromium")), chromedp.NoSandbox, chromedp.DisableGPU, chromedp.IgnoreCertErrors,
		chromedp.ProxyServer("http://"+proxy), chromedp.UserDataDir(home),
		chromedp.Flag("proxy-bypass-list", "<-loopback>"), chromedp.Flag("disable-quic", true),
		chromedp.Flag("disable-component-update", true), chromedp.Flag("lang", "en-US"),
		// Frames stay in the process of their page, so that one DevTools session hears of all requests.
		chromedp.Flag("disable-site-isolation-trials", true),
		chromedp.Flag("disable-features", "LocalNetworkAccessChecks,HttpsUpgrades,IsolateOrigins,IsolateSandboxedIframes"),
	)
	allocator, stop := chromedp.NewExecAllocator(context.Background(), options...)
	ctx, cancel := chromedp.NewContext(allocator)
	c := &chromium{ctx: ctx, end: func() { cancel(); stop() }, urls: map[network.RequestID]string{}}
	if err := c.start(); err != nil {
		c.end()
		t.Fatal(err)
	}
	return c
}

// allowThirdPartyCookies writes the setting of a new profile.
func allowThirdPartyCookies(home string) error {
	if err := os.Mkdir(filepath.Join(home, "Default"), 0o700); err != nil {
		return err
	}
	settings := `{"profile": {"cookie_controls_mode": 0, "block_third_party_cookies": false}}`
	return os.WriteFile(filepath.Join(home, "Default", "Preferences"), []byte(settings), 0o600)
}

func (c *chromium) start() error {
	if err := chromedp.Listen(c.ctx, c.hear); err != nil {
		return err
	}
	known, err := chromedp.CallBrowser(c.ctx, protocol.GetVersion, cdp.Empty{})
	if err != nil {
		return err
	}
	c.name = known.Product
	if _, err = chromedp.Call(c.ctx, network.Enable, network.EnableParams{}); err == nil {
		_, err = chromedp.Call(c.ctx, log.Enable, cdp.Empty{})
	}
	return err
}

func (c *chromium) version() string { return c.name }

func (c *chromium) aspects() []corpus.Aspect {
	return append(common(), corpus.AspectReason, corpus.AspectMessage)
}

func (c *chromium) close() { c.end() }

func (c *chromium) visit(address string) error {
	ctx, cancel := context.WithTimeout(c.ctx, longest)
	defer cancel()
	return chromedp.Do(ctx, chromedp.Navigate(address))
}

func (c *chromium) ask(job string) (string, error) {
	ctx, cancel := context.WithTimeout(c.ctx, longest)
	defer cancel()
	return chromedp.Run(ctx, chromedp.Evaluate[string]("ask("+job+")", chromedp.EvalAwaitPromise))
}

func (c *chromium) hear(event any) {
	c.mu.Lock()
	defer c.mu.Unlock()
	switch event := event.(type) {
	case *network.EventRequestWillBeSent:
		if c.urls[event.RequestID] == "" {
			c.urls[event.RequestID] = event.Request.URL
		}
	case *network.EventLoadingFailed:
		if event.Type != "Preflight" {
			c.failures = append(c.failures, newFailure(c.urls[event.RequestID], event))
		}
	case *log.EventEntryAdded:
		c.console = append(c.console, event.Entry.Text)
	}
}

// newFailure writes the codes as the recordings do.
func newFailure(url string, event *network.EventLoadingFailed) failure {
	f := failure{url: url, network: event.ErrorText}
	if event.BlockedReason != "" {
		f.network += ":" + string(event.BlockedReason)
	}
	if status := event.CorsErrorStatus; status != nil {
		f.cors = strings.TrimSuffix(string(status.CorsError)+":"+status.FailedParameter, ":")
	}
	return f
}

func (c *chromium) said(id string) (s words) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, f := range c.failures {
		if strings.Contains(f.url+"/", "/c/"+id+"/") {
			s.cors, s.network = join(s.cors, f.cors), join(s.network, f.network)
		}
	}
	first := slices.IndexFunc(c.console, func(text string) bool { return strings.Contains(text, "/c/"+id) })
	if first >= 0 {
		s.console = c.console[first]
	}
	return s
}

// join joins what is said several times, as the recordings do.
func join(before, more string) string {
	if before == "" || more == "" {
		return before + more
	}
	return before + "; " + more
}
