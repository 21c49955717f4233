package audit

import (
	"fmt"
	"strings"

	"github.com/corsgate/corsgate/cors"
)

// Pattern is a set of origins written as one: scheme://*.host[:port], where * stands for one label or more. The zero
// Pattern matches nothing.
type Pattern struct {
	below cors.Origin // the origin that the star stands before
}

// ParsePattern parses a pattern. What stands behind the star must be an origin as a browser writes it. The error says
// what is wrong with the text, in lower case and without a full stop.
func ParsePattern(s string) (Pattern, error) {
	scheme, host, ok := strings.Cut(s, "://*.")
	if !ok || strings.Contains(host, "*") {
		return Pattern{}, fmt.Errorf("%q is not a pattern such as https://*.example.com", s)
	}
	below, err := cors.ParseOrigin(scheme + "://" + host)
	if err != nil {
		return Pattern{}, fmt.Errorf("behind the star, %w", err)
	}
	if isAddress(below.Host) {
		return Pattern{}, fmt.Errorf("%q has a star before an address, and there are no names below one", s)
	}
	return Pattern{below}, nil
}

// String returns the pattern as ParsePattern reads it; empty for the zero Pattern.
func (p Pattern) String() string {
	if p == (Pattern{}) {
		return ""
	}
	return p.template("*")
}

// Match reports whether o is one of the origins that p stands for.
func (p Pattern) Match(o cors.Origin) bool {
	labels, ok := strings.CutSuffix(o.Host, "."+p.below.Host)
	if !ok || p == (Pattern{}) || o.Scheme != p.below.Scheme || o.Port != p.below.Port {
		return false
	}
	return labels != "" && !strings.HasPrefix(labels, ".") && !strings.HasSuffix(labels, ".") &&
		!strings.Contains(labels, "..")
}

// Samples returns origins that p stands for: one with a single random label and one with two. They are the same
// whenever the seed is.
func (p Pattern) Samples(seed uint64) []cors.Origin {
	if p == (Pattern{}) {
		return nil
	}
	var samples []cors.Origin
	for _, labels := range []string{word, word + "." + word} {
		o, err := cors.ParseOrigin(fill(p.template(labels), seed))
		if err == nil {
			samples = append(samples, o)
		}
	}
	return samples
}

// template puts labels, which may be a placeholder, in the place of the star.
func (p Pattern) template(labels string) string {
	scheme, host, _ := strings.Cut(p.below.String(), "://")
	return scheme + "://" + labels + "." + host
}
