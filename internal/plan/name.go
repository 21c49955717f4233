package plan

import (
	"encoding/hex"
	"slices"
	"strconv"
	"strings"

	"github.com/corsgate/corsgate/cors"
)

// namer makes the ids and names of one suite. Both are made of what the author wrote, never of a target's address, so
// that two runs against two machines compare; and never of a secret's value.
type namer struct {
	file  string
	mask  *strings.Replacer
	names map[[2]string]int // how often each scenario's name was given away
}

// idLength is 48 bits in hexadecimal: two of 100,000 cases are alike once in 50,000 plans, and then numbered.
const idLength = 12

// id hashes what makes c this case: its file's name, its scenario's and its target's, and its place in the matrix.
// Edits elsewhere leave it alone.
func (n *namer) id(c *Case, at point) string {
	d := make(digest, 0, 1024)
	d.strings(n.file, n.mask.Replace(c.Scenario), at.target, n.mask.Replace(at.path),
		at.page(c), c.Fetch.Method, string(c.Fetch.Credentials))
	for _, h := range c.Fetch.Headers {
		d.strings(strings.ToLower(h.Name), n.mask.Replace(h.Value))
	}
	if c.Kind != KindScenario {
		d.strings(string(c.Kind), at.about)
	}
	sum := d.sum()
	return hex.EncodeToString(sum[:idLength/2])
}

// name says how c differs from its scenario's other cases: PUT /users/1 from https://app.example.com, include,
// content-type + authorization. It depends on c alone, and on other cases only where they would have the same name.
func (n *namer) name(c *Case, at point) string {
	name := c.Fetch.Method + " " + at.path + " from " + at.page(c)
	if c.Fetch.Credentials != cors.CredentialsSameOrigin {
		name += ", " + string(c.Fetch.Credentials)
	}
	if at.label != "" {
		name += ", " + at.label
	}
	if at.about != "" {
		name += ", " + at.about
	}
	if at.target != "" {
		name += ", on " + at.target
	}
	name = n.mask.Replace(name)
	key := [2]string{c.Scenario, name}
	n.names[key]++
	return ordinal(name, " (", n.names[key], ")")
}

// page is the origin of the page that asks, without what is random in it.
func (p point) page(c *Case) string {
	if p.origin != "" {
		return p.origin
	}
	return c.Fetch.Origin.String()
}

// ordinal appends a number to the second and later of things that are called the same.
func ordinal(name, before string, nth int, after string) string {
	if nth == 1 {
		return name
	}
	return name + before + strconv.Itoa(nth) + after
}

// headerLabels names header sets by their headers, and with values where two sets would be called the same.
func (n *namer) headerLabels(sets [][]cors.Header) []string {
	labels, seen := make([]string, len(sets)), map[string]int{}
	for i, set := range sets {
		labels[i] = headerLabel(set, func(h cors.Header) string { return strings.ToLower(h.Name) })
		seen[labels[i]]++
	}
	for i, set := range sets {
		if seen[labels[i]] > 1 {
			labels[i] = headerLabel(set, func(h cors.Header) string {
				return strings.ToLower(h.Name) + ": " + cut(n.mask.Replace(h.Value))
			})
		}
	}
	return labels
}

func headerLabel(set []cors.Header, label func(cors.Header) string) string {
	var parts []string
	for _, h := range set {
		if part := label(h); !slices.Contains(parts, part) {
			parts = append(parts, part)
		}
	}
	return strings.Join(parts, " + ")
}

// cut keeps a name readable where a header's value is long.
func cut(value string) string {
	const longest = 40
	runes := []rune(value)
	if len(runes) <= longest {
		return value
	}
	return string(runes[:longest-1]) + "…"
}

// mask replaces the values of secrets, longer ones first since one may contain another.
func mask(secrets []string) *strings.Replacer {
	sorted := slices.Clone(secrets)
	slices.SortFunc(sorted, func(a, b string) int { return len(b) - len(a) })
	var pairs []string
	for _, s := range sorted {
		if s != "" {
			pairs = append(pairs, s, "***")
		}
	}
	return strings.NewReplacer(pairs...)
}

// fileBase returns a file's name without its folders, which differ between machines and working directories.
func fileBase(file string) string {
	return file[strings.LastIndexAny(file, `/\`)+1:]
}
