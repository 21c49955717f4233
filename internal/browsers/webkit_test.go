package browsers

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/corsgate/corsgate/internal/corpus"
)

// webkit is WebKitGTK's MiniBrowser on a display of its own, driven through https://www.w3.org/TR/webdriver2/.
type webkit struct {
	driver, display *exec.Cmd
	session         string // URL
	name            string
}

// startWebKit skips the test where the packages can't be had: few systems but Debian have MiniBrowser.
func startWebKit(t *testing.T, proxy string) browser {
	for _, program := range []string{"WebKitWebDriver", "Xvfb"} {
		if err := install(program, "webkit2gtk-driver", "xvfb"); err != nil {
			t.Skip(err)
		}
	}
	browsers, _ := filepath.Glob("/usr/lib/*/webkit2gtk-4.*/MiniBrowser")
	if len(browsers) == 0 {
		t.Skip("WebKitGTK comes without MiniBrowser here")
	}
	w := new(webkit)
	if err := w.start(t.TempDir(), browsers[0], proxy); err != nil {
		w.close()
		t.Fatal(err)
	}
	return w
}

func (w *webkit) start(home, browser, proxy string) error {
	display, err := w.startDisplay()
	if err != nil {
		return err
	}
	address, err := freeAddress()
	if err != nil {
		return err
	}
	_, port, _ := net.SplitHostPort(address)
	w.driver = exec.Command("WebKitWebDriver", "--host=127.0.0.1", "--port="+port)
	w.driver.Env = append(os.Environ(), "DISPLAY="+display, "HOME="+home, "XDG_RUNTIME_DIR="+home, "LANG=en_US.UTF-8",
		"NO_AT_BRIDGE=1")
	if err := w.driver.Start(); err != nil {
		return err
	}
	if err := waitFor(address); err != nil {
		return err
	}
	return w.newSession("http://"+address+"/session", browser, proxy)
}

// startDisplay starts an X server and returns its name.
func (w *webkit) startDisplay() (string, error) {
	w.display = exec.Command("Xvfb", "-displayfd", "1", "-nolisten", "tcp")
	number, err := w.display.StdoutPipe()
	if err != nil {
		return "", err
	}
	if err := w.display.Start(); err != nil {
		return "", err
	}
	line, err := bufio.NewReader(number).ReadString('\n')
	return ":" + strings.TrimSpace(line), err
}

func freeAddress() (string, error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	return listener.Addr().String(), listener.Close()
}

func waitFor(address string) (err error) {
	for range 100 {
		var conn net.Conn
		if conn, err = net.Dial("tcp", address); err == nil {
			return conn.Close()
		}
		time.Sleep(100 * time.Millisecond)
	}
	return err
}

func (w *webkit) newSession(sessions, browser, proxy string) error {
	var made struct {
		SessionID    string
		Capabilities struct{ BrowserName, BrowserVersion string }
	}
	err := call(sessions, map[string]any{"capabilities": map[string]any{"alwaysMatch": map[string]any{
		"acceptInsecureCerts": true,
		"timeouts":            map[string]any{"script": longest.Milliseconds()},
		"webkitgtk:browserOptions": map[string]any{
			"binary": browser, "args": []string{"--automation", "--proxy=http://" + proxy},
		},
	}}}, &made)
	w.session = sessions + "/" + made.SessionID
	w.name = made.Capabilities.BrowserName + " " + made.Capabilities.BrowserVersion
	return err
}

// call sends a command and waits for its result.
func call(address string, command, result any) error {
	text, err := json.Marshal(command)
	if err != nil {
		return err
	}
	client := http.Client{Timeout: longest}
	response, err := client.Post(address, "application/json", bytes.NewReader(text))
	if err != nil {
		return err
	}
	defer response.Body.Close()
	var answer struct{ Value json.RawMessage }
	if err := json.NewDecoder(response.Body).Decode(&answer); err != nil {
		return err
	}
	if response.StatusCode != http.StatusOK {
		return fmt.Errorf("%s: %s", address, answer.Value)
	}
	if result == nil {
		return nil
	}
	return json.Unmarshal(answer.Value, result)
}

func (w *webkit) version() string { return w.name }

func (w *webkit) aspects() []corpus.Aspect { return common() }

func (w *webkit) said(string) words { return words{} }

func (w *webkit) visit(address string) error {
	return call(w.session+"/url", map[string]any{"url": address}, nil)
}

func (w *webkit) ask(job string) (answer string, err error) {
	err = call(w.session+"/execute/async", map[string]any{
		"script": "ask(" + job + ").then(arguments[0])", "args": []any{},
	}, &answer)
	return answer, err
}

func (w *webkit) close() {
	if w.session != "" {
		if request, err := http.NewRequest(http.MethodDelete, w.session, nil); err == nil {
			if response, err := http.DefaultClient.Do(request); err == nil {
				response.Body.Close()
			}
		}
	}
	for _, process := range []*exec.Cmd{w.driver, w.display} {
		if process != nil && process.Process != nil {
			process.Process.Kill()
			process.Wait()
		}
	}
}
