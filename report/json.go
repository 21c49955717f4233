package report

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"math"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

// Version is the version of the JSON report.
const Version = 1

// NewJSON returns a Handler that writes the JSON report to w, all of it at Finish: the summary stands before the
// cases, which wait in a Spool. Bytes of a server that are not UTF-8 stand as \xNN in the JSON string, and a backslash
// that would read as such an escape as \x5c; values of a server are cut at FileLimit. Characters that a terminal or a
// CI log could act on are written as JSON escapes.
func NewJSON(w io.Writer) Handler { return &jsonWriter{w: w} }

type jsonWriter struct {
	w     io.Writer
	start Start
	cases Spool
	err   error // the first; the report can't be whole after it
}

// head is what stands before the cases.
type head struct {
	Version     int      `json:"version"`
	Tool        Tool     `json:"tool"`
	Started     string   `json:"started"`
	Duration    Millis   `json:"duration_ms"`
	Interrupted bool     `json:"interrupted,omitempty"`
	Summary     Summary  `json:"summary"`
	Shard       *Shard   `json:"shard,omitempty"`
	Looks       []string `json:"looks,omitempty"`
}

func (j *jsonWriter) Start(s Start) error {
	j.start = s
	return nil
}

func (j *jsonWriter) Case(c *Case) error {
	if j.err != nil {
		return j.err
	}
	text, err := encode(forJSON().copy(c), "    ")
	if err == nil {
		err = j.add(text)
	}
	j.err = err
	return err
}

func (j *jsonWriter) add(text []byte) error {
	separator := "\n    "
	if j.cases.Size() > 0 {
		separator = ",\n    "
	}
	if _, err := io.WriteString(&j.cases, separator); err != nil {
		return err
	}
	_, err := j.cases.Write(text)
	return err
}

func (j *jsonWriter) Finish(f Finish) error {
	defer j.cases.Close()
	if j.err != nil {
		return j.err
	}
	h := head{
		Version: Version, Tool: j.start.Tool,
		Started:  j.start.Started.UTC().Truncate(time.Millisecond).Format(time.RFC3339Nano),
		Duration: Millis(f.Duration), Interrupted: f.Interrupted, Summary: f.Summary,
		Shard: j.start.Shard, Looks: f.Looks,
	}
	text, err := encode(h, "")
	if err != nil {
		return err
	}
	w := bufio.NewWriter(j.w)
	w.Write(bytes.TrimSuffix(text, []byte("\n}")))
	w.WriteString(",\n  \"cases\": [")
	if err := j.cases.CopyTo(w, 0, j.cases.Size()); err != nil {
		return err
	}
	if j.cases.Size() > 0 {
		w.WriteString("\n  ")
	}
	w.WriteString("]\n}\n")
	return w.Flush()
}

// forJSON makes texts fit for a JSON string.
func forJSON() rewriter {
	return rewriter{author: escapeBytes, server: func(s string) string { return Cut(escapeBytes(s), FileLimit) }}
}

// encode returns v as readable JSON whose lines after the first start with indent.
func encode(v any, indent string) ([]byte, error) {
	b, err := marshal(v)
	if err != nil {
		return nil, err
	}
	return defuse(layout(b, indent)), nil
}

// marshal is json.Marshal, but that &, < and > in a URL stay readable.
func marshal(v any) ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		return nil, err
	}
	return bytes.TrimSuffix(b.Bytes(), []byte("\n")), nil
}

// defuse writes what Visible would not show as itself as JSON escapes. The structure of JSON has no such characters,
// so only strings change, and only in their notation.
func defuse(b []byte) []byte {
	var out []byte
	done := 0 // of b is in out
	for i := 0; i < len(b); {
		if c := b[i]; c < 0x7f && c != '#' { // control characters are escapes by now
			i++
			continue
		}
		r, n := utf8.DecodeRune(b[i:])
		command := r == '#' && i > 0 && b[i-1] == '#'
		if i += n; shows(r) && !command {
			continue
		}
		out = append(append(out, b[done:i-n]...), jsonEscape(r)...)
		done = i
	}
	if done == 0 {
		return b
	}
	return append(out, b[done:]...)
}

func jsonEscape(r rune) string {
	if r < 0x10000 {
		return fmt.Sprintf(`\u%04x`, r)
	}
	r -= 0x10000
	return fmt.Sprintf(`\u%04x\u%04x`, 0xd800+r>>10, 0xdc00+r&0x3ff)
}

// MarshalJSON writes milliseconds with at most three decimals.
func (m Millis) MarshalJSON() ([]byte, error) {
	return strconv.AppendFloat(nil, math.Round(float64(m)/1e3)/1e3, 'f', -1, 64), nil
}

// UnmarshalJSON reads milliseconds.
func (m *Millis) UnmarshalJSON(b []byte) error {
	ms, err := strconv.ParseFloat(string(b), 64)
	if err != nil {
		return fmt.Errorf("%s is no number of milliseconds", b)
	}
	*m = Millis(math.Round(ms * 1e6))
	return nil
}

// exchangeJSON is an Exchange whose error is one string, as the format has it.
type exchangeJSON struct {
	bareExchange
	Error *string `json:"error"`
}

type bareExchange Exchange

// MarshalJSON writes the error as "kind: message", or null.
func (x Exchange) MarshalJSON() ([]byte, error) {
	out := exchangeJSON{bareExchange: bareExchange(x)}
	if x.Error != nil {
		text := x.Error.Kind + ": " + x.Error.Message
		out.Error = &text
	}
	return marshal(out)
}

// UnmarshalJSON reads what MarshalJSON wrote.
func (x *Exchange) UnmarshalJSON(b []byte) error {
	var in exchangeJSON
	if err := json.Unmarshal(b, &in); err != nil {
		return err
	}
	*x = Exchange(in.bareExchange)
	if in.Error != nil {
		kind, message, _ := strings.Cut(*in.Error, ": ")
		x.Error = &Error{Kind: kind, Message: message}
	}
	return nil
}
