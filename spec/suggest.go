package spec

import "strings"

// Bounds that keep suggestions cheap whatever the file holds.
const maxSuggested, maxCandidates = 64, 300

// suggest returns a hint that names the known word nearest to an unknown one, or all of them when they are few; empty
// when there is none to name.
func suggest(word string, known []string) string {
	if best := nearest(word, known); best != "" {
		return "did you mean " + quote(best) + "?"
	}
	if len(known) == 0 || len(known) > 20 {
		return ""
	}
	return "known here: " + strings.Join(known, ", ")
}

// nearest returns the known word within a third of word's length, else one that begins alike; empty if there is none.
func nearest(word string, known []string) (best string) {
	lower := strings.ToLower(word)
	if len(lower) > maxSuggested || len(known) > maxCandidates {
		return ""
	}
	least, longest := max(1, len(lower)/3)+1, max(4, len(lower)*2/3)-1
	var alike string
	for _, k := range known {
		if len(k) > maxSuggested {
			continue
		}
		if n := distance(lower, strings.ToLower(k)); n < least {
			best, least = k, n
		}
		if n := commonPrefix(lower, strings.ToLower(k)); n > longest {
			alike, longest = k, n
		}
	}
	if best == "" {
		return alike
	}
	return best
}

func commonPrefix(a, b string) (n int) {
	for n < len(a) && n < len(b) && a[n] == b[n] {
		n++
	}
	return n
}

// distance is the number of letters to insert, delete, replace or swap with their neighbour to get from a to b.
func distance(a, b string) int {
	before, above, row := make([]int, len(b)+1), make([]int, len(b)+1), make([]int, len(b)+1)
	for j := range above {
		above[j] = j
	}
	for i := 1; i <= len(a); i++ {
		row[0] = i
		for j := 1; j <= len(b); j++ {
			cost := 1
			if a[i-1] == b[j-1] {
				cost = 0
			}
			row[j] = min(above[j]+1, row[j-1]+1, above[j-1]+cost)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				row[j] = min(row[j], before[j-2]+1)
			}
		}
		before, above, row = above, row, before
	}
	return above[len(b)]
}
