package assert

import (
	"slices"
	"strconv"
	"strings"

	"github.com/corsgate/corsgate/cors"
)

// Check compares an observation with what was expected of it. It returns one Result for each thing that e mentions:
// outcome, reason and stage, then the preflight's checks, then the response's, each in e's order. What could not be
// seen does not hold. Check keeps neither argument and never panics, whatever bytes a server sent.
func Check(e Expectation, o Observation) []Result {
	var results []Result
	decided := slices.DeleteFunc(slices.Clone(o.Browsers), func(b Browser) bool {
		return b.Outcome.Verdict == cors.Undecided
	})
	if len(e.Outcome) > 0 {
		results = append(results, checkOutcome(e.Outcome, decided))
	}
	blocked := firstBlocked(decided)
	if len(e.Reason) > 0 {
		results = append(results, checkBlock("reason", e.Reason, blocked.Reason))
	}
	if len(e.Stage) > 0 {
		results = append(results, checkBlock("stage", e.Stage, blocked.Stage))
	}
	if e.Preflight != nil {
		results = append(results, checkPreflight(e.Preflight, o.Preflight)...)
	}
	if e.Response != nil {
		results = append(results, checkResponse(e.Response, o, decided)...)
	}
	return results
}

func checkOutcome(want []cors.Verdict, browsers []Browser) Result {
	unexpected := func(b Browser) bool { return !slices.Contains(want, b.Outcome.Verdict) }
	if len(browsers) > 0 && !slices.ContainsFunc(browsers, unexpected) {
		return holds("outcome")
	}
	expected := join(want, "or")
	return Result{
		Field: "outcome", Want: expected, Got: verdicts(browsers),
		Message: "expected " + expected + ", but " + verdictSentence(browsers),
	}
}

// checkBlock checks why or where the case was blocked; got is empty when no browser blocks.
func checkBlock[T ~string](field string, want []T, got T) Result {
	if slices.Contains(want, got) && got != "" {
		return holds(field)
	}
	r := Result{Field: field, Want: join(want, "or"), Got: string(got)}
	if got == "" {
		r.Got = "none"
		r.Message = "expected " + field + " " + r.Want + ", but no browser blocks"
		return r
	}
	r.Message = "expected " + field + " " + r.Want + ", but it is " + r.Got
	return r
}

// firstBlocked returns the outcome that names a case's reason and stage; the zero Outcome when no browser blocks.
func firstBlocked(browsers []Browser) cors.Outcome {
	i := slices.IndexFunc(browsers, func(b Browser) bool { return b.Outcome.Verdict == cors.Blocked })
	if i < 0 {
		return cors.Outcome{}
	}
	return browsers[i].Outcome
}

func checkPreflight(e *Preflight, got *cors.Response) []Result {
	var results []Result
	if e.Sent != nil {
		results = append(results, checkSent(*e.Sent, got != nil))
	}
	unseen := ""
	if got == nil {
		unseen = "no preflight was sent"
	}
	return append(results, checkHead("preflight", e.Status, e.Headers, got, unseen)...)
}

func checkSent(want, got bool) Result {
	said := map[bool]string{true: "sent", false: "not sent"}
	if want == got {
		return holds("preflight.sent")
	}
	message := "expected a preflight, but none was sent"
	if got {
		message = "expected no preflight, but one was sent"
	}
	return Result{Field: "preflight.sent", Want: said[want], Got: said[got], Message: message}
}

// notSeen says why nothing is known of a response.
const notSeen = "was not seen: the case stopped after its preflight (send: always sends the request)"

func checkResponse(e *Response, o Observation, browsers []Browser) []Result {
	unseen := ""
	switch {
	case o.Partial:
		unseen = notSeen
	case o.Response == nil:
		unseen = "the request was not sent"
	}
	results := checkHead("response", e.Status, e.Headers, o.Response, unseen)
	for _, name := range e.Readable {
		results = append(results, checkReadable(name, e, o, browsers))
	}
	for _, name := range e.Unreadable {
		results = append(results, checkUnreadable(name, o, browsers))
	}
	if e.ReadableOnly != nil {
		results = append(results, checkReadableOnly(e.ReadableOnly, o, browsers))
	}
	if len(e.Never) > 0 {
		results = append(results, checkNever(e.Never, o.Response, unseen))
	}
	return results
}

// checkNever checks that some condition does not hold. Where unseen says why there is no response, the check fails.
func checkNever(conditions []Header, r *cors.Response, unseen string) Result {
	var says, got []string
	for _, h := range conditions {
		v := headerValue(r, h.Name)
		if unseen == "" && !h.Matcher.check(h.Field, h.Name, v, "").OK {
			return holds(h.Field)
		}
		says, got = append(says, h.Name+": "+h.Matcher.wants()), append(got, v.text)
	}
	together := join(says, "and")
	result := Result{Field: conditions[0].Field, Want: "not " + together, Got: strings.Join(got, ", "),
		Message: "the response should not have " + together + ", but it has"}
	if unseen != "" {
		result.Got, result.Message = "not seen", "the response should not have "+together+", but "+unseen
	}
	return result
}

// checkHead checks status and headers of one response. Where unseen says why there is none, every check fails.
func checkHead(which string, status *Matcher, headers []Header, r *cors.Response, unseen string) []Result {
	var results []Result
	if status != nil {
		seen := value{present: unseen == ""}
		if seen.present {
			seen.text = strconv.Itoa(r.Status)
		}
		results = append(results, status.check(which+".status", which+" status", seen, unseen))
	}
	for _, h := range headers {
		results = append(results, h.Matcher.check(h.Field, which+" "+h.Name, headerValue(r, h.Name), unseen))
	}
	return results
}

// holds is the Result of a check that held.
func holds(field string) Result { return Result{Field: field, OK: true} }

// join lists words as a sentence does: a, b or c.
func join[T ~string](words []T, conjunction string) string {
	var b strings.Builder
	for i, w := range words {
		switch {
		case i > 0 && i == len(words)-1:
			b.WriteString(" " + conjunction + " ")
		case i > 0:
			b.WriteString(", ")
		}
		b.WriteString(string(w))
	}
	return b.String()
}
