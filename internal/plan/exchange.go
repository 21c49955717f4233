package plan

import (
	"crypto/sha256"
	"encoding/binary"

	"github.com/corsgate/corsgate/cors"
	"github.com/corsgate/corsgate/spec"
)

// Key identifies an exchange within a run: equal keys are byte-identical requests over the same way to the same
// target, under the same time limit. Keys are comparable and the same in every run.
type Key [sha256.Size]byte

// Sends reports whether c lets r onto the wire. A preflight always may go; what follows it depends on c.Send.
func Sends(c *Case, r cors.Request) bool {
	if r.Kind == cors.KindPreflight || c.Send == spec.SendAlways {
		return true
	}
	return c.Send != spec.SendNever && safe(r.Method)
}

// Shared reports whether the answer to r may be taken from, and kept for, another case's request of the same
// Identity. An unsafe request changes the server, and a repeated one asks for an answer of its own.
func Shared(c *Case, r cors.Request) bool {
	return c.Repeat <= 1 && safe(r.Method)
}

// Identity returns the Key of r when it is sent for c.
func Identity(c *Case, r cors.Request) Key {
	d := make(digest, 0, 1024)
	d.target(c.Target)
	d.number(int(c.Timeout))
	d.strings(r.Method, r.URL)
	d.number(len(r.Headers))
	for _, h := range r.Headers {
		d.strings(h.Name, h.Value)
	}
	if r.Body != nil {
		d.strings("body", *r.Body)
	}
	return d.sum()
}

// safe reports whether a request of this method leaves the server as it was:
// https://httpwg.org/specs/rfc9110.html#safe.methods
func safe(method string) bool {
	return method == "GET" || method == "HEAD" || method == "OPTIONS"
}

// digest collects values with their lengths, so that no two lists of values look the same.
type digest []byte

func (d *digest) number(n int) { *d = binary.BigEndian.AppendUint64(*d, uint64(n)) }

func (d *digest) strings(values ...string) {
	d.number(len(values))
	for _, v := range values {
		d.number(len(v))
		*d = append(*d, v...)
	}
}

func (d *digest) target(t *spec.Target) {
	d.strings(t.Name, t.URL, t.Connect, t.CA, t.ClientCert, t.ClientKey, t.Proxy, t.HTTP)
	if t.Insecure {
		d.strings("insecure")
	}
}

func (d digest) sum() Key { return sha256.Sum256(d) }
