package runner

import (
	"context"
	"crypto/rand"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/corsgate/corsgate/audit"
	"github.com/corsgate/corsgate/internal/plan"
	"github.com/corsgate/corsgate/spec"
)

// The defaults of Options.
const (
	defaultJobs          = 16
	defaultTimeout       = 10 * time.Second
	defaultRetryInterval = time.Second
	defaultRetryMax      = 10 * time.Second
)

// Options say how a run is made. The zero value is the default of every field. What a case's target says itself
// (its way to the server, certificates, proxy, HTTP version) wins over the fields here. Run does not change it.
type Options struct {
	Version string // of the program that runs, for reports and User-Agent; empty: dev
	RunID   string // a token that marks the run in User-Agent; empty: a random one

	Jobs    int           // exchanges at the same time; 0: 16
	Rate    float64       // exchanges started a second; 0: no limit
	Timeout time.Duration // of one exchange, from dialling to the complete head; 0: 10 s. A case's own wins
	MaxTime time.Duration // of the run; 0: no limit

	Retry         int           // further tries of an exchange after trouble, and after 429 and 503; 0: none
	RetryInterval time.Duration // between two tries, where the server does not say; 0: 1 s
	RetryMax      time.Duration // the longest Retry-After that is waited for; a longer one ends the tries; 0: 10 s

	Strict     bool // a finding at warning fails its case
	NoFindings bool // look for no findings, and send no request for them

	Diagnose int // further requests for each distinct failure, to find its cause; 0: 12; negative: none

	// Shard is the part of the cases to run; the zero value is all of them. What a case comes to does not depend on it.
	Shard Shard
	// Hide takes out of a text what the reports of shards must not hold even as a hash (secrets), and what differs
	// between the machines of one plan. It must be safe for concurrent use. Nil: texts stay as they are.
	Hide func(string) string

	FailFast bool // skip all cases after the first one, in the plan's order, that failed
	NoShare  bool // send an exchange for each case, also where another case has the same

	Resolve   []string // HOST:PORT:ADDRESS[,ADDRESS]..., as curl's --resolve
	ConnectTo []string // HOST1:PORT1:HOST2:PORT2, as curl's --connect-to
	CACert    string   // PEM file of trusted roots; empty: the system's
	Cert, Key string   // PEM files of a client certificate; Key empty: in the file of Cert
	Insecure  bool     // accept any certificate
	Proxy     string   // http, https, socks5 or socks5h URL; empty: what the environment says, never for loopback
	HTTP      string   // "1.1" or "2", with http URLs prior knowledge; empty: as negotiated

	// Transport sends everything in place of the network; see [HandlerTransport]. It must be safe for concurrent use.
	// Nil: the network. With it the eight fields from Resolve on, and the targets' own, mean nothing.
	Transport http.RoundTripper
}

// withDefaults returns o with every zero field filled in.
func (o Options) withDefaults() Options {
	o.Version = or(o.Version, "dev")
	o.RunID = or(o.RunID, strings.ToLower(rand.Text()[:10]))
	o.Jobs = positive(o.Jobs, defaultJobs)
	o.Timeout = positive(o.Timeout, defaultTimeout)
	o.RetryInterval = positive(o.RetryInterval, defaultRetryInterval)
	o.RetryMax = positive(o.RetryMax, defaultRetryMax)
	if o.Diagnose == 0 {
		o.Diagnose = audit.MaxAsks
	}
	return o
}

func positive[T int | time.Duration](n, otherwise T) T {
	if n <= 0 {
		return otherwise
	}
	return n
}

// userAgent is what every request calls itself.
func (o Options) userAgent() string {
	return fmt.Sprintf("corsgate/%s (run %s; +CORS test)", o.Version, o.RunID)
}

// Check reports what would keep Run from starting: options that can't be parsed, certificates that can't be read, of
// o and of the targets of cases. Nothing is sent.
func Check(cases []plan.Case, o Options) error {
	if err := o.Shard.Check(); err != nil {
		return err
	}
	_, err := newClients(context.Background(), cases, o.withDefaults())
	return err
}

// forTarget lays the target's own settings over o's.
func (o Options) forTarget(t spec.Target) Options {
	o.CACert = or(t.CA, o.CACert)
	if t.ClientCert != "" {
		o.Cert, o.Key = t.ClientCert, t.ClientKey
	}
	o.Proxy = or(t.Proxy, o.Proxy)
	o.HTTP = or(t.HTTP, o.HTTP)
	o.Insecure = o.Insecure || t.Insecure
	return o
}
