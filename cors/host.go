package cors

import (
	"errors"
	"net/netip"
	"strconv"
	"strings"
	"unicode"
)

// parseHost is https://url.spec.whatwg.org/#concept-host-parser for special URLs. Domains are lower-cased and encoded
// in Punycode; the mapping and normalisation of UTS #46 beyond case is left out, since a name that needs it is never
// one that a server sends in a Location header.
func (p urlParser) parseHost(s string) (string, error) {
	if s == "" {
		return "", errors.New("it has no host")
	}
	if s[0] == '[' {
		return parseIPv6(s)
	}
	domain, err := domainToASCII(percentDecode(s))
	if err != nil {
		return "", err
	}
	judged := domain
	if p.spaceInHost {
		judged, domain = strings.ReplaceAll(domain, " ", ""), strings.ReplaceAll(domain, " ", "%20")
	}
	if strings.ContainsFunc(judged, isForbiddenDomain) {
		return "", errors.New("its host has a character that no host has")
	}
	if endsInNumber(domain) {
		return parseIPv4(domain)
	}
	return domain, nil
}

// isForbiddenDomain is https://url.spec.whatwg.org/#forbidden-domain-code-point.
func isForbiddenDomain(r rune) bool {
	return r <= ' ' || r == 0x7F || strings.ContainsRune("#%/:<>?@[\\]^|", r)
}

func percentDecode(s string) string {
	if !strings.Contains(s, "%") {
		return s
	}
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		if s[i] == '%' && i+2 < len(s) {
			if n, err := strconv.ParseUint(s[i+1:i+3], 16, 8); err == nil {
				b.WriteByte(byte(n))
				i += 2
				continue
			}
		}
		b.WriteByte(s[i])
	}
	return b.String()
}

// domainToASCII is https://url.spec.whatwg.org/#concept-domain-to-ascii, with the limits that parseHost names.
func domainToASCII(domain string) (string, error) {
	if isASCII(domain) {
		return strings.ToLower(domain), nil
	}
	labels := strings.Split(strings.Map(unicode.ToLower, domain), ".")
	for i, label := range labels {
		if isASCII(label) {
			continue
		}
		encoded, ok := punycode(label)
		if !ok {
			return "", errors.New("its host is not a domain name")
		}
		labels[i] = "xn--" + encoded
	}
	return strings.Join(labels, "."), nil
}

func parseIPv6(s string) (string, error) {
	addr, err := netip.ParseAddr(strings.Trim(s, "[]"))
	if err != nil || !strings.HasSuffix(s, "]") || !addr.Is6() || addr.Zone() != "" {
		return "", errors.New("its host is not an IPv6 address")
	}
	if addr.Is4In6() {
		b := addr.As16()
		high, low := uint64(b[12])<<8|uint64(b[13]), uint64(b[14])<<8|uint64(b[15])
		return "[::ffff:" + strconv.FormatUint(high, 16) + ":" + strconv.FormatUint(low, 16) + "]", nil
	}
	return "[" + addr.String() + "]", nil
}

func isIPv4(host string) bool {
	addr, err := netip.ParseAddr(host)
	return err == nil && addr.Is4()
}

// endsInNumber is https://url.spec.whatwg.org/#ends-in-a-number-checker.
func endsInNumber(domain string) bool {
	trimmed := strings.TrimSuffix(domain, ".")
	last := trimmed[strings.LastIndexByte(trimmed, '.')+1:]
	if last == "" {
		return false
	}
	_, ok := ipv4Number(last)
	return ok || strings.Trim(last, "0123456789") == ""
}

var errIPv4 = errors.New("its host is not an IPv4 address")

// parseIPv4 is https://url.spec.whatwg.org/#concept-ipv4-parser.
func parseIPv4(domain string) (string, error) {
	parts := strings.Split(strings.TrimSuffix(domain, "."), ".")
	if len(parts) > 4 {
		return "", errIPv4
	}
	var address uint64
	for i, part := range parts {
		n, ok := ipv4Number(part)
		limit := uint64(256)
		if i == len(parts)-1 {
			limit = 1 << (8 * (5 - len(parts)))
		}
		if !ok || n >= limit {
			return "", errIPv4
		}
		if i == len(parts)-1 {
			address |= n
		} else {
			address |= n << (8 * (3 - i))
		}
	}
	return netip.AddrFrom4([4]byte{byte(address >> 24), byte(address >> 16), byte(address >> 8), byte(address)}).String(), nil
}

// ipv4Number is https://url.spec.whatwg.org/#ipv4-number-parser.
func ipv4Number(s string) (uint64, bool) {
	base := 10
	lower := strings.ToLower(s)
	switch {
	case s == "":
		return 0, false
	case strings.HasPrefix(lower, "0x"):
		s, base = s[2:], 16
	case len(s) >= 2 && s[0] == '0':
		s, base = s[1:], 8
	}
	if s == "" {
		return 0, true
	}
	n, err := strconv.ParseUint(s, base, 64)
	return n, err == nil && s[0] != '+'
}

// punycode encodes one label: https://www.rfc-editor.org/rfc/rfc3492#section-6.3.
func punycode(label string) (string, bool) {
	runes := []rune(label)
	var out []byte
	for _, r := range runes {
		if r < 0x80 {
			out = append(out, byte(r))
		}
		if r == unicode.ReplacementChar {
			return "", false
		}
	}
	basic := len(out)
	if basic > 0 {
		out = append(out, '-')
	}
	n, delta, bias, handled := rune(0x80), 0, 72, basic
	for handled < len(runes) {
		next := nextCodePoint(runes, n)
		delta += int(next-n) * (handled + 1)
		n = next
		for _, r := range runes {
			if r < n {
				delta++
			}
			if r == n {
				out = appendVariableLength(out, delta, bias)
				bias = adaptBias(delta, handled+1, handled == basic)
				delta = 0
				handled++
			}
		}
		delta++
		n++
	}
	return string(out), true
}

func nextCodePoint(runes []rune, from rune) rune {
	next := rune(unicode.MaxRune)
	for _, r := range runes {
		if r >= from && r < next {
			next = r
		}
	}
	return next
}

func appendVariableLength(out []byte, q, bias int) []byte {
	const digits = "abcdefghijklmnopqrstuvwxyz0123456789"
	for k := 36; ; k += 36 {
		t := min(max(k-bias, 1), 26)
		if q < t {
			return append(out, digits[q])
		}
		out = append(out, digits[t+(q-t)%(36-t)])
		q = (q - t) / (36 - t)
	}
}

func adaptBias(delta, points int, first bool) int {
	if first {
		delta /= 700
	} else {
		delta /= 2
	}
	delta += delta / points
	k := 0
	for ; delta > 455; k += 36 {
		delta /= 35
	}
	return k + 36*delta/(delta+38)
}
