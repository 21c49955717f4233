package plan_test

import (
	"testing"
	"time"

	"github.com/corsgate/corsgate/cors"
	"github.com/corsgate/corsgate/internal/plan"
	"github.com/corsgate/corsgate/spec"
)

func TestWhatMayBeSent(t *testing.T) {
	preflight := cors.Request{Kind: cors.KindPreflight, Method: "OPTIONS"}
	tests := []struct {
		send                         spec.Send
		preflight, get, options, put bool
	}{
		{"", true, true, true, false},
		{spec.SendAuto, true, true, true, false},
		{spec.SendAlways, true, true, true, true},
		{spec.SendNever, true, false, false, false},
	}
	for _, tt := range tests {
		c := &plan.Case{Send: tt.send}
		got := [4]bool{plan.Sends(c, preflight), plan.Sends(c, request("GET")), plan.Sends(c, request("OPTIONS")),
			plan.Sends(c, request("PUT"))}
		if want := [4]bool{tt.preflight, tt.get, tt.options, tt.put}; got != want {
			t.Errorf("send %q: got %v, want %v", tt.send, got, want)
		}
	}
}

func request(method string) cors.Request { return cors.Request{Kind: cors.KindRequest, Method: method} }

func TestWhatMayBeShared(t *testing.T) {
	tests := []struct {
		repeat int
		method string
		want   bool
	}{
		{0, "GET", true}, {1, "HEAD", true}, {1, "OPTIONS", true},
		{2, "GET", false}, {1, "PUT", false}, {1, "POST", false}, {1, "get", false}, {1, "PROPFIND", false},
	}
	for _, tt := range tests {
		if got := plan.Shared(&plan.Case{Repeat: tt.repeat}, request(tt.method)); got != tt.want {
			t.Errorf("%s, repeat %d: got %t", tt.method, tt.repeat, got)
		}
	}
}

func TestIdentityIsThatOfTheBytesAndTheWay(t *testing.T) {
	body := "x"
	same := func() (*plan.Case, cors.Request) {
		return &plan.Case{Target: &spec.Target{Name: "edge", URL: "https://a.example"}}, cors.Request{
			Method: "GET", URL: "https://a.example/", Headers: []cors.Header{{Name: "A", Value: "1"}, {Name: "B", Value: "2"}},
		}
	}
	c, r := same()
	first := plan.Identity(c, r)
	tests := []struct {
		name   string
		change func(*plan.Case, *cors.Request)
		same   bool
	}{
		{"nothing", func(*plan.Case, *cors.Request) {}, true},
		{"another case", func(c *plan.Case, _ *cors.Request) { c.ID, c.Name, c.Line = "x", "y", 3 }, true},
		{"the hop at which it is sent", func(_ *plan.Case, r *cors.Request) { r.Hop = 1 }, true},
		{"method", func(_ *plan.Case, r *cors.Request) { r.Method = "HEAD" }, false},
		{"URL", func(_ *plan.Case, r *cors.Request) { r.URL += "?" }, false},
		{"the order of headers", func(_ *plan.Case, r *cors.Request) {
			r.Headers[0], r.Headers[1] = r.Headers[1], r.Headers[0]
		}, false},
		{"a header's case", func(_ *plan.Case, r *cors.Request) { r.Headers[0].Name = "a" }, false},
		{"where a header ends", func(_ *plan.Case, r *cors.Request) { r.Headers[0] = cors.Header{Name: "A1"} }, false},
		{"a body", func(_ *plan.Case, r *cors.Request) { r.Body = &body }, false},
		{"an empty body", func(_ *plan.Case, r *cors.Request) { r.Body = new(string) }, false},
		{"the target's name", func(c *plan.Case, _ *cors.Request) { c.Target.Name = "origin" }, false},
		{"the address", func(c *plan.Case, _ *cors.Request) { c.Target.Connect = "127.0.0.1:1" }, false},
		{"the proxy", func(c *plan.Case, _ *cors.Request) { c.Target.Proxy = "http://127.0.0.1:1" }, false},
		{"the trust", func(c *plan.Case, _ *cors.Request) { c.Target.Insecure = true }, false},
		{"the patience", func(c *plan.Case, _ *cors.Request) { c.Timeout = time.Second }, false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			c, r := same()
			tt.change(c, &r)
			if got := plan.Identity(c, r) == first; got != tt.same {
				t.Errorf("same: %t, want %t", got, tt.same)
			}
		})
	}
}
