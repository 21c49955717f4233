package runner

import (
	"fmt"
	"net"
	"net/netip"
	"strings"
)

// reroute is one --connect-to: connections meant for one address go to another. Empty fields stand for any host or
// port, and for the same one.
type reroute struct{ host, port, toHost, toPort string }

// resolution is one --resolve: what a name means on a port. A host of * is any name.
type resolution struct {
	host, port string
	addresses  []string
}

// route returns where to connect for addr.
func (d *dialer) route(addr string) string {
	host, port, _ := net.SplitHostPort(addr)
	for _, r := range d.reroute {
		if (r.host == "" || strings.EqualFold(r.host, host)) && (r.port == "" || r.port == port) {
			return net.JoinHostPort(or(r.toHost, host), or(r.toPort, port))
		}
	}
	return addr
}

// addresses returns what to dial for address: itself, unless a --resolve says otherwise.
func (d *dialer) addresses(address string) []string {
	host, port, _ := net.SplitHostPort(address)
	for _, r := range d.resolve {
		if (r.host == "*" || strings.EqualFold(r.host, host)) && r.port == port {
			return r.addresses
		}
	}
	return []string{address}
}

func or(s, otherwise string) string {
	if s == "" {
		return otherwise
	}
	return s
}

// parseReroute parses HOST1:PORT1:HOST2:PORT2.
func parseReroute(s string) (reroute, error) {
	parts := splitColons(s)
	if len(parts) != 4 || !portOrEmpty(parts[1]) || !portOrEmpty(parts[3]) {
		return reroute{}, fmt.Errorf("%q is not HOST1:PORT1:HOST2:PORT2", s)
	}
	return reroute{parts[0], parts[1], parts[2], parts[3]}, nil
}

// parseResolution parses HOST:PORT:ADDR[,ADDR]... with IPv6 addresses in brackets or without. A leading + is curl's
// mark for an entry that may time out; nothing does here.
func parseResolution(s string) (resolution, error) {
	wrong := fmt.Errorf("%q is not HOST:PORT:ADDRESS", s)
	parts := splitColons(strings.TrimPrefix(s, "+"))
	if len(parts) < 3 || parts[0] == "" || parts[1] == "" || !portOrEmpty(parts[1]) {
		return resolution{}, wrong
	}
	r := resolution{host: parts[0], port: parts[1]}
	for address := range strings.SplitSeq(strings.Join(parts[2:], ":"), ",") {
		ip, err := netip.ParseAddr(strings.Trim(address, "[]"))
		if err != nil {
			return resolution{}, wrong
		}
		r.addresses = append(r.addresses, net.JoinHostPort(ip.String(), r.port))
	}
	return r, nil
}

// splitColons splits at colons outside brackets and removes the brackets.
func splitColons(s string) []string {
	var parts []string
	part, inside := "", false
	for _, c := range s {
		switch {
		case c == '[' || c == ']':
			inside = c == '['
		case c == ':' && !inside:
			parts, part = append(parts, part), ""
		default:
			part += string(c)
		}
	}
	return append(parts, part)
}

func portOrEmpty(s string) bool {
	return s == "" || (len(s) <= 5 && strings.Trim(s, "0123456789") == "")
}
