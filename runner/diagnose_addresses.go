package runner

import (
	"context"
	"net"
	"net/netip"
	"net/url"
	"time"

	"github.com/corsgate/corsgate/internal/plan"
)

// Bounds of looking up what a name stands for.
const (
	maxAddresses  = 4
	lookupTimeout = 2 * time.Second
)

// addresses are those of the server that a case calls, host:port each; nil where there is one alone, or a proxy that
// chooses.
func (d *doctor) addresses(ctx context.Context, c *plan.Case) []string {
	at, err := url.Parse(c.Fetch.URL)
	dialer := d.run.clients.get(*c.Target).dialer
	if err != nil || dialer == nil {
		return nil
	}
	address := net.JoinHostPort(at.Hostname(), or(at.Port(), map[string]string{"http": "80", "https": "443"}[at.Scheme]))
	if via, err := dialer.proxyFor(at.Scheme, address); err != nil || via != nil {
		return nil
	}
	address = dialer.route(address)
	if list := dialer.addresses(address); len(list) > 1 {
		return list[:min(len(list), maxAddresses)]
	} else if list[0] != address {
		return nil
	}
	list, known := d.resolved[address]
	if !known {
		list = lookup(ctx, address)
		d.resolved[address] = list
	}
	return list
}

// lookup returns the addresses of a name, nil when there are not several.
func lookup(ctx context.Context, address string) []string {
	host, port, _ := net.SplitHostPort(address)
	if _, err := netip.ParseAddr(host); err == nil {
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, lookupTimeout)
	defer cancel()
	found, err := net.DefaultResolver.LookupNetIP(ctx, "ip", host)
	if err != nil || len(found) < 2 {
		return nil
	}
	var list []string
	for _, ip := range found[:min(len(found), maxAddresses)] {
		list = append(list, net.JoinHostPort(ip.Unmap().String(), port))
	}
	return list
}
