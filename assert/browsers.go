package assert

import (
	"slices"
	"strings"

	"github.com/corsgate/corsgate/cors"
)

// group is the browsers that came to the same end.
type group struct {
	names   []string
	outcome cors.Outcome
}

// groups collects browsers by verdict and reason, in the order in which each first appears.
func groups(browsers []Browser) []group {
	var all []group
	for _, b := range browsers {
		i := slices.IndexFunc(all, func(g group) bool {
			return g.outcome.Verdict == b.Outcome.Verdict && g.outcome.Reason == b.Outcome.Reason
		})
		if i < 0 {
			all = append(all, group{outcome: b.Outcome})
			i = len(all) - 1
		}
		all[i].names = append(all[i].names, b.Name)
	}
	return all
}

// verdicts says in a few words what the browsers decide: the verdict where all agree, else who decides what.
func verdicts(browsers []Browser) string {
	var parts []string
	var seen []cors.Verdict
	for _, g := range groups(browsers) {
		if !slices.Contains(seen, g.outcome.Verdict) {
			seen = append(seen, g.outcome.Verdict)
		}
		parts = append(parts, string(g.outcome.Verdict)+" ("+join(g.names, "and")+")")
	}
	switch len(seen) {
	case 0:
		return "undecided"
	case 1:
		return string(seen[0])
	}
	return strings.Join(parts, ", ")
}

// verdictSentence is verdicts as the end of a sentence, with reasons.
func verdictSentence(browsers []Browser) string {
	all := groups(browsers)
	switch {
	case len(all) == 0:
		return "nothing could be checked: there was no preflight, and the request itself was not sent"
	case len(all) == 1 && len(browsers) > 1:
		return "every browser " + does(all[0].outcome, true)
	}
	var parts []string
	for _, g := range all {
		parts = append(parts, join(g.names, "and")+" "+does(g.outcome, len(g.names) == 1))
	}
	return strings.Join(parts, ", ")
}

// does says what a browser does, or several do.
func does(o cors.Outcome, one bool) string {
	s := ""
	if one {
		s = "s"
	}
	switch o.Verdict {
	case cors.Allowed:
		return "allow" + s
	case cors.Opaque:
		return "give" + s + " an opaque response"
	case cors.OpaqueRedirect:
		return "give" + s + " an opaque redirect"
	}
	if o.Reason == "" {
		return "block" + s
	}
	return "block" + s + " (" + string(o.Reason) + ")"
}

func checkReadable(name string, e *Response, o Observation, browsers []Browser) Result {
	const field = "response.readable"
	if why := unknown(o, browsers); why != "" {
		return Result{Field: field, Want: name, Got: "not seen", Message: name + " should be readable, but " + why}
	}
	if e.MayLack && o.Response != nil && !headerValue(o.Response, name).present {
		return checkExposed(field, name, e, o.Response)
	}
	var hidden []string
	for _, b := range browsers {
		if !reads(b.Outcome, name) {
			hidden = append(hidden, b.Name)
		}
	}
	if len(hidden) == 0 {
		return holds(field)
	}
	first := browsers[slices.IndexFunc(browsers, func(b Browser) bool { return b.Name == hidden[0] })]
	return Result{
		Field: field, Want: name, Got: "not readable in " + join(hidden, "and"),
		Message: name + " should be readable, but is not in " + join(hidden, "and") + ": " +
			whyHidden(name, first.Outcome, o.Response),
	}
}

// checkExposed checks that a header which the response does not have could be read if it had it.
func checkExposed(field, name string, e *Response, r *cors.Response) Result {
	v := headerValue(r, "Access-Control-Expose-Headers")
	if v.has(name) || v.has("*") && !e.Credentials || cors.SafelistedResponseHeader(name) {
		return holds(field)
	}
	got := v.text
	if !v.present {
		got = "absent"
	}
	return Result{Field: field, Want: name, Got: got, Message: name + " should be readable, but " +
		"Access-Control-Expose-Headers does not name it"}
}

func checkReadableOnly(names []string, o Observation, browsers []Browser) Result {
	const field = "response.unreadable"
	want := "nothing"
	if len(names) > 0 {
		want = join(names, "and")
	}
	if why := unknown(o, browsers); why != "" {
		return Result{Field: field, Want: want, Got: "not seen",
			Message: "a script should read " + want + " and no other header, but " + why}
	}
	var others, readers []string
	for _, b := range browsers {
		if beyond := readableBeyond(names, b.Outcome); len(beyond) > 0 {
			others, readers = append(others, beyond...), append(readers, b.Name)
		}
	}
	slices.Sort(others)
	others = slices.Compact(others)
	if len(others) == 0 {
		return holds(field)
	}
	return Result{Field: field, Want: want, Got: join(others, "and"), Message: "a script should read " + want +
		" beside what every page can read, but it reads " + join(others, "and") + " in " + join(readers, "and")}
}

// readableBeyond returns the headers that the script can read beyond names and what every page can read.
func readableBeyond(names []string, o cors.Outcome) (others []string) {
	for _, h := range o.Readable {
		named := slices.ContainsFunc(names, func(n string) bool { return strings.EqualFold(n, h.Name) })
		if !named && !cors.SafelistedResponseHeader(h.Name) {
			others = append(others, h.Name)
		}
	}
	return others
}

func checkUnreadable(name string, o Observation, browsers []Browser) Result {
	const field = "response.unreadable"
	if why := unknown(o, browsers); why != "" {
		return Result{Field: field, Want: "not " + name, Got: "not seen",
			Message: name + " should not be readable, but " + why}
	}
	var readers []string
	for _, b := range browsers {
		if reads(b.Outcome, name) {
			readers = append(readers, b.Name)
		}
	}
	if len(readers) == 0 {
		return holds(field)
	}
	return Result{
		Field: field, Want: "not " + name, Got: "readable in " + join(readers, "and"),
		Message: name + " should not be readable, but is in " + join(readers, "and"),
	}
}

// unknown says why nothing is known of what the script can read; empty when something is.
func unknown(o Observation, browsers []Browser) string {
	switch {
	case o.Partial:
		return notSeen
	case len(browsers) == 0:
		return "nothing could be checked"
	}
	return ""
}

func reads(o cors.Outcome, name string) bool {
	return slices.ContainsFunc(o.Readable, func(h cors.Header) bool { return strings.EqualFold(h.Name, name) })
}

func whyHidden(name string, o cors.Outcome, r *cors.Response) string {
	switch {
	case o.Verdict == cors.Blocked:
		return "the page is blocked"
	case o.Verdict == cors.Opaque || o.Verdict == cors.OpaqueRedirect:
		return "the response is opaque"
	case !headerValue(r, name).present:
		return "the response does not have it"
	}
	return "Access-Control-Expose-Headers does not let the script see it"
}
