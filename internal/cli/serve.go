package cli

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"strings"
	"sync"
	"time"

	"github.com/corsgate/corsgate/spec"
)

// The times of a server under test.
const (
	defaultReady = 30 * time.Second // until it is up
	betweenTries = 50 * time.Millisecond
	longestTry   = 2 * time.Second
	graceToEnd   = 3 * time.Second // after it was told to
)

// servers are the servers under test that corsgate started.
type servers []*server

type server struct {
	serve  *spec.Serve
	cmd    *exec.Cmd
	output tail
	ended  chan struct{} // closed when the process has ended
	err    error         // how; valid once it has
}

// startServers starts what the files serve, one after the other, and waits until each is up. Whatever it returns, the
// caller must call stop.
func (a *app) startServers(ctx context.Context, suites []*spec.Suite) (servers, error) {
	var all servers
	started := map[string]bool{}
	for _, s := range suites {
		if s.Serve == nil || started[identity(s.Serve)] {
			continue
		}
		started[identity(s.Serve)] = true
		up, err := start(ctx, s.Serve)
		if up != nil {
			all = append(all, up)
		}
		if err == nil {
			err = up.wait(ctx)
		}
		if err != nil {
			if up != nil {
				a.tellOutput(up, 20)
			}
			return all, &failure{code: exitUndecided, message: err.Error()}
		}
	}
	return all, nil
}

// identity is the same for two files that serve the same.
func identity(s *spec.Serve) string {
	return fmt.Sprintf("%q %q %q %q", s.Command, s.Ready, s.Env, s.Dir)
}

// start starts a server, unless another one answers in its place.
func start(ctx context.Context, serve *spec.Serve) (*server, error) {
	if answers(ctx, serve.Ready) {
		return nil, fmt.Errorf("before the server under test was started, something else answered at %s", serve.Ready)
	}
	s := &server{serve: serve, ended: make(chan struct{})}
	s.cmd = exec.Command(serve.Command[0], serve.Command[1:]...)
	s.cmd.Dir, s.cmd.Env = serve.Dir, os.Environ()
	for _, v := range serve.Env {
		s.cmd.Env = append(s.cmd.Env, v.Name+"="+v.Value)
	}
	s.cmd.Stdout, s.cmd.Stderr = &s.output, &s.output
	s.cmd.WaitDelay = graceToEnd // what it left behind may hold its output open
	ownGroup(s.cmd)
	if err := s.cmd.Start(); err != nil {
		return nil, fmt.Errorf("can't start the server under test: %w", err)
	}
	go func() {
		s.err = s.cmd.Wait()
		close(s.ended)
	}()
	return s, nil
}

// wait returns once the server answers; else it says why it never did.
func (s *server) wait(ctx context.Context) error {
	limit := s.serve.Timeout
	if limit == 0 {
		limit = defaultReady
	}
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	for !answers(ctx, s.serve.Ready) {
		select {
		case <-s.ended:
			return fmt.Errorf("the server under test ended before it was ready: %s", s.how())
		case <-ctx.Done():
			if errors.Is(ctx.Err(), context.DeadlineExceeded) {
				return fmt.Errorf("the server under test did not answer at %s within %s", s.serve.Ready, limit)
			}
			return errors.New("interrupted while the server under test was starting")
		case <-time.After(betweenTries):
		}
	}
	return nil
}

// how says how the process ended, once it has.
func (s *server) how() string {
	if s.err == nil {
		return "exit status 0"
	}
	return s.err.Error()
}

// answers reports whether a URL answers with any status, or a host:port takes connections.
func answers(ctx context.Context, ready string) bool {
	ctx, cancel := context.WithTimeout(ctx, longestTry)
	defer cancel()
	if !strings.Contains(ready, "://") {
		conn, err := new(net.Dialer).DialContext(ctx, "tcp", ready)
		if err != nil {
			return false
		}
		return conn.Close() == nil
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, ready, nil)
	if err != nil {
		return false
	}
	transport := &http.Transport{DisableKeepAlives: true, TLSClientConfig: &tls.Config{InsecureSkipVerify: true}}
	response, err := transport.RoundTrip(request)
	if err != nil {
		return false
	}
	return response.Body.Close() == nil
}

// stop ends all servers and everything that they started.
func (all servers) stop() {
	for _, s := range all {
		terminate(s.cmd)
	}
	deadline := time.After(graceToEnd)
	for _, s := range all {
		select {
		case <-s.ended:
		case <-deadline:
		}
		kill(s.cmd)
		<-s.ended
	}
}

// tellEnded tells of servers that ended by themselves, and with verbose what all of them wrote.
func (a *app) tellEnded(all servers, verbose bool) {
	for _, s := range all {
		select {
		case <-s.ended:
			a.say("corsgate: the server under test ended during the run: " + s.how())
			a.tellOutput(s, 20)
		default:
			if verbose {
				a.tellOutput(s, 0)
			}
		}
	}
}

// tellOutput tells the last lines that a server wrote; 0: all that are known.
func (a *app) tellOutput(s *server, most int) {
	lines := strings.Split(strings.TrimRight(s.output.String(), "\r\n"), "\n")
	if most > 0 && len(lines) > most {
		lines = lines[len(lines)-most:]
	}
	for _, l := range lines {
		if l = strings.TrimRight(l, "\r"); l != "" {
			a.say("server: " + l)
		}
	}
}

// tail keeps the end of what is written to it. It is safe for concurrent use.
type tail struct {
	mu   sync.Mutex
	text []byte
}

var _ io.Writer = (*tail)(nil)

const tailBytes = 64 << 10

func (t *tail) Write(p []byte) (int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.text = append(t.text, p...)
	if beyond := len(t.text) - tailBytes; beyond > tailBytes {
		t.text = append([]byte(nil), t.text[beyond:]...)
	}
	return len(p), nil
}

func (t *tail) String() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	return string(t.text[max(0, len(t.text)-tailBytes):])
}
