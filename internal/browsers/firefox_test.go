package browsers

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/coder/websocket"
	"github.com/coder/websocket/wsjson"

	"github.com/corsgate/corsgate/internal/corpus"
)

// firefox is driven through https://w3c.github.io/webdriver-bidi/, which it speaks itself.
type firefox struct {
	process *exec.Cmd
	conn    *websocket.Conn
	calls   int
	name    string
	context string // the id of the tab
}

func startFirefox(t *testing.T, proxy string) browser {
	home := t.TempDir()
	if err := os.WriteFile(filepath.Join(home, "user.js"), []byte(firefoxSettings(proxy)), 0o600); err != nil {
		t.Fatal(err)
	}
	f := &firefox{process: exec.Command(installed(t, "firefox-esr", "firefox-esr"),
		"--headless", "--no-remote", "--profile", home, "--remote-debugging-port", "0", "about:blank")}
	f.process.Env = append(os.Environ(), "HOME="+home, "MOZ_HEADLESS=1", "LANG=en_US.UTF-8")
	errors, err := f.process.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := f.process.Start(); err != nil {
		t.Fatal(err)
	}
	if err := f.start(errors); err != nil {
		f.close()
		t.Fatal(err)
	}
	return f
}

// firefoxSettings send all requests to the proxy, and switch off what stands in the way of pages over plain http.
func firefoxSettings(proxy string) string {
	host, port, _ := strings.Cut(proxy, ":")
	settings := ""
	set := func(name string, value any) {
		text, _ := json.Marshal(value)
		settings += fmt.Sprintf("user_pref(%q, %s);\n", name, text)
	}
	for _, scheme := range []string{"http", "ssl"} {
		set("network.proxy."+scheme, host)
		set("network.proxy."+scheme+"_port", json.Number(port))
	}
	set("network.proxy.type", 1)
	set("network.proxy.allow_hijacking_localhost", true)
	set("network.proxy.no_proxies_on", "")
	set("network.cookie.cookieBehavior", 0)
	set("network.lna.enabled", false)
	set("network.lna.blocking", false)
	set("dom.security.https_first", false)
	set("network.stricttransportsecurity.preloadlist", false)
	set("app.update.auto", false)
	set("datareporting.policy.dataSubmissionEnabled", false)
	set("network.captive-portal-service.enabled", false)
	set("network.connectivity-service.enabled", false)
	return settings
}

func (f *firefox) start(errors io.Reader) error {
	address, err := listening(errors)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(context.Background(), longest)
	defer cancel()
	if f.conn, _, err = websocket.Dial(ctx, address+"/session", nil); err != nil {
		return err
	}
	f.conn.SetReadLimit(16 << 20)
	var session struct {
		Capabilities struct{ BrowserName, BrowserVersion string }
	}
	if err := f.call("session.new", map[string]any{"capabilities": map[string]any{
		"alwaysMatch": map[string]any{"acceptInsecureCerts": true},
	}}, &session); err != nil {
		return err
	}
	f.name = session.Capabilities.BrowserName + " " + session.Capabilities.BrowserVersion
	var tree struct{ Contexts []struct{ Context string } }
	if err := f.call("browsingContext.getTree", map[string]any{}, &tree); err != nil {
		return err
	}
	if len(tree.Contexts) == 0 {
		return fmt.Errorf("there is no tab")
	}
	f.context = tree.Contexts[0].Context
	return nil
}

// listening reads the address that Firefox says it listens on, and goes on reading so that Firefox can write.
func listening(errors io.Reader) (string, error) {
	lines := bufio.NewScanner(errors)
	for lines.Scan() {
		if _, address, ok := strings.Cut(lines.Text(), "WebDriver BiDi listening on "); ok {
			go io.Copy(io.Discard, errors)
			return address, nil
		}
	}
	return "", fmt.Errorf("Firefox ended before it listened: %v", lines.Err())
}

// call sends a command and waits for its result.
func (f *firefox) call(method string, params, result any) error {
	ctx, cancel := context.WithTimeout(context.Background(), longest)
	defer cancel()
	f.calls++
	command := map[string]any{"id": f.calls, "method": method, "params": params}
	if err := wsjson.Write(ctx, f.conn, command); err != nil {
		return err
	}
	for {
		var message struct {
			ID             int
			Type           string
			Error, Message string
			Result         json.RawMessage
		}
		if err := wsjson.Read(ctx, f.conn, &message); err != nil {
			return err
		}
		switch {
		case message.ID != f.calls:
		case message.Type != "success":
			return fmt.Errorf("%s: %s: %s", method, message.Error, message.Message)
		case result != nil:
			return json.Unmarshal(message.Result, result)
		default:
			return nil
		}
	}
}

func (f *firefox) version() string { return f.name }

func (f *firefox) aspects() []corpus.Aspect { return common() }

func (f *firefox) said(string) words { return words{} }

func (f *firefox) visit(address string) error {
	return f.call("browsingContext.navigate", map[string]any{"context": f.context, "url": address, "wait": "complete"}, nil)
}

func (f *firefox) ask(job string) (string, error) {
	var evaluated struct {
		Result           struct{ Value string }
		ExceptionDetails struct{ Text string }
	}
	err := f.call("script.evaluate", map[string]any{
		"expression": "ask(" + job + ")", "awaitPromise": true, "target": map[string]any{"context": f.context},
	}, &evaluated)
	if err == nil && evaluated.ExceptionDetails.Text != "" {
		err = fmt.Errorf("the page threw %s", evaluated.ExceptionDetails.Text)
	}
	return evaluated.Result.Value, err
}

func (f *firefox) close() {
	if f.conn != nil {
		f.call("browser.close", map[string]any{}, nil)
		f.conn.CloseNow()
	}
	f.process.Process.Kill()
	f.process.Wait()
}
