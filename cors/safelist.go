package cors

import (
	"slices"
	"strconv"
	"strings"
)

// hasUnsafeByte reports whether value has a https://fetch.spec.whatwg.org/#cors-unsafe-request-header-byte.
func (e Engine) hasUnsafeByte(value string) bool {
	for i := range len(value) {
		c := value[i]
		if c < 0x20 && c != '\t' || c == 0x7F || c >= 0x80 && e.SafelistIsASCII || strings.IndexByte(`"():<>?@[\]{}`, c) >= 0 {
			return true
		}
	}
	return false
}

// safelistsContentType reports whether the essence of value is that of an HTML form.
func (e Engine) safelistsContentType(value string) bool {
	if e.SafelistRefusesComma && strings.Contains(value, ",") {
		return false
	}
	switch essence(value) {
	case "application/x-www-form-urlencoded", "multipart/form-data", "text/plain":
		return true
	}
	return false
}

// essence is that of https://mimesniff.spec.whatwg.org/#parse-a-mime-type, or empty when value is no MIME type.
func essence(value string) string {
	kind, rest, ok := strings.Cut(strings.Trim(value, "\t\n\r "), "/")
	subtype, _, _ := strings.Cut(rest, ";")
	subtype = strings.TrimRight(subtype, "\t\n\r ")
	if !ok || !isToken(kind) || !isToken(subtype) {
		return ""
	}
	return lowerASCII(kind + "/" + subtype)
}

// safelistsRange is https://fetch.spec.whatwg.org/#simple-range-header-value without white space and with a start.
func (e Engine) safelistsRange(value string) bool {
	unit, ranges, ok := strings.Cut(value, "=")
	if !ok || unit != "bytes" && !(e.LooseRange && equalFoldASCII(unit, "bytes")) {
		return false
	}
	first, last, ok := strings.Cut(ranges, "-")
	if !ok || !e.isRangeNumber(first) {
		return false
	}
	return last == "" || e.isRangeNumber(last) && compareDigits(first, last) <= 0
}

func (e Engine) isRangeNumber(s string) bool {
	if e.LooseRange {
		s = strings.TrimPrefix(s, "+")
	}
	if s == "" || strings.Trim(s, "0123456789") != "" {
		return false
	}
	n, err := strconv.ParseUint(s, 10, 64)
	return e.RangeLimit == 0 || err == nil && n <= e.RangeLimit
}

// compareDigits compares two decimal numbers of any length.
func compareDigits(a, b string) int {
	a, b = strings.TrimLeft(a, "+0"), strings.TrimLeft(b, "+0")
	if len(a) != len(b) {
		return len(a) - len(b)
	}
	return strings.Compare(a, b)
}

// unsafeNames is https://fetch.spec.whatwg.org/#cors-unsafe-request-header-names: lower case, sorted, each once.
func (e Engine) unsafeNames(headers []Header) []string {
	var unsafe, safelisted []string
	total := 0
	for _, h := range e.judgedHeaders(headers) {
		name := lowerASCII(h.Name)
		switch {
		case slices.Contains(e.UnjudgedHeaders, name):
		case e.safelistsRequestHeader(name, h.Value) || e.safelistsHint(name, h.Value):
			safelisted, total = append(safelisted, name), total+len(h.Value)
		default:
			unsafe = append(unsafe, name)
		}
	}
	if total > maxSafelistedTotal && !e.NoSafelistTotal {
		unsafe = append(unsafe, safelisted...)
	}
	slices.Sort(unsafe)
	if e.RepeatsUnsafeNames {
		return unsafe
	}
	return slices.Compact(unsafe)
}

// judgedHeaders returns the lines that the safelist is asked about: each for itself, or joined by name.
func (e Engine) judgedHeaders(headers []Header) []Header {
	if e.JudgesJoinedHeaders {
		return combine(headers)
	}
	return headers
}

// combine joins lines of one name with a comma, at the place of the first, as all engines send them.
func combine(headers []Header) []Header {
	combined := make([]Header, 0, len(headers))
	for _, h := range headers {
		i := slices.IndexFunc(combined, func(c Header) bool { return equalFoldASCII(c.Name, h.Name) })
		if i < 0 {
			combined = append(combined, h)
			continue
		}
		combined[i].Value += ", " + h.Value
	}
	return combined
}

func (e Engine) safelistsHint(name, value string) bool {
	switch e.SafelistedHints[name] {
	case HintInteger:
		return value != "" && strings.Trim(value, "0123456789") == ""
	case HintDecimal:
		whole, fraction, dot := strings.Cut(value, ".")
		digits := func(s string) bool { return s != "" && strings.Trim(s, "0123456789") == "" }
		return digits(whole) && (!dot || digits(fraction))
	case HintConnectionType:
		return slices.Contains([]string{"slow-2g", "2g", "3g", "4g"}, value)
	case HintSwitch:
		return value == "on"
	}
	return false
}
