package spec

import (
	"slices"

	"github.com/corsgate/corsgate/cors"
)

func policiesKey(o Options) key[file] {
	t := policyTable(o)
	of := t.shape()
	s := shape{form: formList, what: "a list of policies", of: &of}
	about := "What is meant to be allowed; all that must get through, and all that must not, is derived from it."
	return key[file]{keyInfo{name: "policies", about: about, shape: s}, func(d *decoder, n *node, f *file) bool {
		switch {
		case n.kind != sequence:
			d.wrongKind(n, s)
		case len(n.items) == 0:
			d.reportf(n.pos, "empty-list", "no policy stands here")
		default:
			d.policies(n, t, f)
		}
		return true
	}}
}

func (d *decoder) policies(n *node, t table[policyDraft], f *file) {
	c := newChecker(d, f)
	for _, item := range n.items {
		p := policyDraft{draft: f.defaults}
		p.Pos = item.pos
		found, _ := t.read(d, item, &p)
		if found == nil {
			continue
		}
		p.own = found
		c.checkName(&p.draft, "policy")
		c.checkPolicy(&p)
		f.policies = append(f.policies, p.complete())
	}
}

// complete puts together what a policy has of its own and in common with scenarios.
func (p *policyDraft) complete() Policy {
	all, s := p.policy, &p.Scenario
	all.Name, all.Pos, all.Paths = s.Name, s.Pos, s.Paths
	all.Cookies, all.Body, all.Send, all.Browsers = s.Cookies, s.Body, s.Send, s.Browsers
	all.Targets, all.Tags, all.Timeout, all.Skip = s.Targets, s.Tags, s.Timeout, s.Skip
	return all
}

// probesPerOrigin is about as many cases as the probes of one origin make.
const probesPerOrigin = 100

// checkPolicy reports what is wrong with p as a whole.
func (c *checker) checkPolicy(p *policyDraft) {
	a := &p.policy.Allow
	origins := 2*len(a.Patterns) + len(a.Origins) + 1
	allowed := product(origins, len(a.Methods), len(a.Headers)+2, 2)
	each := product(len(p.Paths), c.countTargets(&p.draft))
	if c.count(p.Pos, "policy", product(each, allowed+origins*probesPerOrigin)) {
		return
	}
	c.checkTargets(&p.draft)
	c.checkPolicyBody(p)
	c.checkSeen(p)
}

// checkPolicyBody refuses a body that no method of the policy can have.
func (c *checker) checkPolicyBody(p *policyDraft) {
	_, own := p.own["body"]
	if !own || !p.good("allow", "body") || p.policy.Allow.AnyMethod || slices.ContainsFunc(p.methods(), hasBody) {
		return
	}
	c.report(p.at("body", 0), mistake{"impossible-request", "no method of this policy can have a body",
		"GET and HEAD have none"})
}

func hasBody(method string) bool {
	method = cors.NormalizeMethod(method)
	return method != "GET" && method != "HEAD"
}

func (p *policyDraft) methods() []string {
	if len(p.policy.Allow.Methods) == 0 {
		return []string{"GET"}
	}
	return p.policy.Allow.Methods
}

// checkSeen refuses what would never be looked at, since no request or preflight of the policy shows it.
func (c *checker) checkSeen(p *policyDraft) {
	if !p.good("allow", "send", "expose", "max-age") {
		return
	}
	if p.policy.MaxAge != nil && !p.preflighted() {
		c.report(p.own["max-age"].node.pos, mistake{"nothing-to-check",
			"no request of this policy has a preflight, which max-age is for", "allow a method such as PUT, or a header"})
	}
	if p.policy.Expose != nil && !p.sent() {
		c.report(p.own["expose"].node.pos, mistake{"nothing-to-check",
			"no request of this policy is really sent, so that nothing shows what is exposed",
			"allow GET, or write send: always"})
	}
	if p.Send == SendNever && !p.preflighted() {
		c.report(p.at("send", 0), mistake{"nothing-to-check", "nothing of this policy is sent, and there is no preflight to check",
			"leave send out"})
	}
}

// preflighted reports whether some request that the policy allows has a preflight.
func (p *policyDraft) preflighted() bool {
	a := &p.policy.Allow
	unsafe := func(m string) bool { return !cors.SafelistedMethod(cors.NormalizeMethod(m)) }
	return a.AnyMethod || a.AnyHeader || slices.ContainsFunc(a.Methods, unsafe) ||
		slices.ContainsFunc(a.Headers, func(h AllowedHeader) bool {
			return h.Value == nil || !cors.SafelistedRequestHeader(h.Name, *h.Value)
		})
}

// sent reports whether some request that the policy allows is really sent.
func (p *policyDraft) sent() bool {
	a := &p.policy.Allow
	return p.Send == SendAlways || p.Send != SendNever && (a.AnyMethod || slices.ContainsFunc(p.methods(), isSafe))
}

// isSafe reports whether a method is sent under send: auto.
func isSafe(method string) bool {
	method = cors.NormalizeMethod(method)
	return method == "GET" || method == "HEAD" || method == "OPTIONS"
}
