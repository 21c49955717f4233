package audit

import (
	"fmt"
	"net/netip"
	"strings"

	"golang.org/x/net/publicsuffix"

	"github.com/corsgate/corsgate/cors"
)

// sameSite is https://html.spec.whatwg.org/multipage/browsers.html#same-site for the page and the server of x.
func (o *Observation) sameSite(x *Exchange) bool {
	server, err := cors.URLOrigin(x.Request.URL)
	return err == nil && o.Fetch.Origin.Scheme == server.Scheme && o.schemelesslySameSite(server)
}

func (o *Observation) schemelesslySameSite(server cors.Origin) bool {
	page := o.Fetch.Origin
	if page.Opaque() {
		return false
	}
	domain := cors.RegistrableDomain(PublicSuffixes, page.Host)
	if domain == "" {
		return page.Host == server.Host
	}
	return domain == cors.RegistrableDomain(PublicSuffixes, server.Host)
}

// corpConflicts is https://fetch.spec.whatwg.org/#cross-origin-resource-policy-internal-check for what CORS allows.
func corpConflicts(o *Observation, x *Exchange) string {
	server, err := cors.URLOrigin(x.Request.URL)
	page := o.Fetch.Origin
	if err != nil || page.SameOrigin(server) || !lets(x) {
		return ""
	}
	policy, _ := value(x.Response, "Cross-Origin-Resource-Policy")
	samePolicySite := o.schemelesslySameSite(server) && (page.Scheme == "https" || server.Scheme != "https")
	if policy != "same-origin" && (policy != "same-site" || samePolicySite) {
		return ""
	}
	return fmt.Sprintf("CORS allows %s, and Cross-Origin-Resource-Policy: %s refuses it to images, scripts and no-cors fetches "+
		"of that page", page, policy)
}

func mixedContentOnLoopback(o *Observation, x *Exchange) string {
	server, err := cors.URLOrigin(x.Request.URL)
	mixed := o.Fetch.Origin.Scheme == "https" && server.Scheme == "http"
	if err != nil || !mixed || !server.Loopback() || !o.judges(cors.WebKit) {
		return ""
	}
	return fmt.Sprintf("the page is https and %s plain http on this machine: webkit blocks that as mixed content", server)
}

// localNetworkTarget is https://wicg.github.io/local-network-access/#local-network-request, without loopback.
func localNetworkTarget(o *Observation, x *Exchange) string {
	server, err := cors.URLOrigin(x.Request.URL)
	if err != nil || !o.judges(cors.Chromium) || !isPublicName(o.Fetch.Origin.Host) || o.schemelesslySameSite(server) {
		return ""
	}
	address, err := netip.ParseAddr(strings.Trim(server.Host, "[]"))
	if err != nil {
		remote, remoteErr := netip.ParseAddrPort(x.Remote)
		if remoteErr != nil || o.Rerouted {
			return ""
		}
		address = remote.Addr()
	}
	if !isLocal(address.Unmap()) {
		return ""
	}
	return fmt.Sprintf("%s is in private address space (%s), and chromium asks the visitors of %s first", server, address,
		o.Fetch.Origin)
}

// isPublicName reports whether a host is a name below a suffix that the Internet's registries run.
func isPublicName(host string) bool {
	_, managed := publicsuffix.PublicSuffix(host)
	return managed && !isAddress(host)
}

// isLocal reports whether an address is in the "local" address space:
// https://wicg.github.io/local-network-access/#non-public-ip-address-blocks.
func isLocal(a netip.Addr) bool {
	for _, block := range []string{
		"10.0.0.0/8", "100.64.0.0/10", "172.16.0.0/12", "192.168.0.0/16", "169.254.0.0/16", "fc00::/7", "fe80::/10",
		"fec0::/10", "0.0.0.0/8", "2001:db8::/32", "3fff::/20",
	} {
		if netip.MustParsePrefix(block).Contains(a.WithZone("")) {
			return a != netip.AddrFrom4([4]byte{})
		}
	}
	return false
}
