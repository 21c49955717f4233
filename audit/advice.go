package audit

import "slices"

// Advice returns what to do about c: a sentence, and a snippet for the stack that its evidence betrays. Both are empty
// for a cause that is not in the catalogue.
func (c Cause) Advice() (sentence string, s Snippet) {
	r, ok := Lookup(c.ID)
	if !ok {
		return "", Snippet{}
	}
	withCredentials := slices.ContainsFunc(c.Evidence, func(e Evidence) bool { return allowsCredentials(e.Exchange.Response) })
	return r.Remedy, r.Snippet(c.stack(), c.Values, withCredentials)
}

// stack is what the first telling answer of the evidence betrays.
func (c Cause) stack() Stack {
	for _, e := range c.Evidence {
		if e.Exchange.Response == nil {
			continue
		}
		if s := DetectStack(e.Exchange.Response.Headers, e.Exchange.Body); s != StackAny {
			return s
		}
	}
	return StackAny
}
