package plan

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"unicode"

	"github.com/corsgate/corsgate/assert"
	"github.com/corsgate/corsgate/audit"
	"github.com/corsgate/corsgate/cors"
	"github.com/corsgate/corsgate/spec"
)

// check refuses what no file could say. A Suite that spec made passes; one built in code may not.
func check(s *spec.Suite) error {
	names := map[string]bool{}
	for i := range s.Targets {
		t := &s.Targets[i]
		if names[t.Name] {
			return fmt.Errorf("there are two targets of the name %q", t.Name)
		}
		names[t.Name] = true
		if problem := targetProblem(t); problem != "" {
			return fmt.Errorf("target %q %s", t.URL, problem)
		}
	}
	for _, secret := range s.Secrets {
		if len(secret) < 4 || strings.ContainsAny(secret, "\r\n") {
			return fmt.Errorf("a secret has fewer than 4 bytes or a line break: it can't be kept out of the reports")
		}
	}
	for i := range s.Policies {
		p := policyWithDefaults(s.Policies[i])
		if problem := policyProblem(s, names, &p); problem != "" {
			return fmt.Errorf("policy %q: %s", p.Name, problem)
		}
	}
	for i := range s.Scenarios {
		sc := withDefaults(s.Scenarios[i])
		if problem := scenarioProblem(s, names, &sc); problem != "" {
			return fmt.Errorf("scenario %q: %s", sc.Name, problem)
		}
	}
	return checkRules(s.Rules)
}

func checkRules(rules []spec.RuleLevel) error {
	for _, r := range rules {
		if _, ok := audit.Lookup(r.Rule); !ok {
			return fmt.Errorf("there is no rule %q", r.Rule)
		}
		if !slices.Contains([]spec.Level{spec.LevelOff, spec.LevelInfo, spec.LevelWarning, spec.LevelError}, r.Level) {
			return fmt.Errorf("there is no level %q", r.Level)
		}
	}
	return nil
}

// probesPerOrigin is about as many cases as the probes of one origin make.
const probesPerOrigin = 100

// policyProblem says what is wrong with a policy, its defaults filled in; empty: nothing.
func policyProblem(s *spec.Suite, names map[string]bool, p *spec.Policy) string {
	for _, text := range p.Allow.Patterns {
		if _, err := audit.ParsePattern(text); err != nil {
			return err.Error()
		}
	}
	for _, id := range p.Probes {
		if !slices.Contains(audit.ProbeIDs(), id) {
			return fmt.Sprintf("there is no probe %q", id)
		}
	}
	sc := likeScenario(p)
	if problem := scenarioProblem(s, names, &sc); problem != "" {
		return problem
	}
	places := len(targets(s, p.Targets)) * len(p.Paths)
	if n := places * (len(sc.Origins) + 1) * probesPerOrigin; n > maxCases {
		return fmt.Sprintf("its probes would be about %d cases; at most %d can be run", n, maxCases)
	}
	return ""
}

// likeScenario is a scenario with all that a policy asks of pages, and the paths of its errors.
func likeScenario(p *spec.Policy) spec.Scenario {
	sc := withDefaults(spec.Scenario{
		Name: p.Name, Paths: slices.Concat(p.Paths, p.Errors.Paths), Methods: p.Allow.Methods, Send: p.Send,
		Browsers: p.Browsers, Targets: p.Targets, Timeout: p.Timeout,
		Credentials: []cors.CredentialsMode{cors.CredentialsSameOrigin, cors.CredentialsInclude},
	})
	for _, page := range pages(&p.Allow, 0, "https") {
		sc.Origins = append(sc.Origins, page.origin)
	}
	sc.Headers = nil
	for _, set := range headerSets(&p.Allow) {
		sc.Headers = append(sc.Headers, set.headers)
	}
	if p.MaxAge != nil {
		sc.Expect.Preflight = &spec.PreflightExpect{MaxAge: p.MaxAge}
	}
	return sc
}

func targetProblem(t *spec.Target) string {
	switch o, err := cors.URLOrigin(t.URL); {
	case t.URL == spec.TargetDemo:
		return "needs the demonstration API, which the corsgate command starts; give the URL of a server"
	case err != nil:
		return "is not a URL: " + err.Error()
	case o.Scheme != "http" && o.Scheme != "https":
		return "is not an http(s) URL"
	case strings.ContainsAny(t.URL, "?#"):
		return "has a query or a fragment"
	}
	if t.HTTP != "" && t.HTTP != "1.1" && t.HTTP != "2" {
		return fmt.Sprintf("asks for HTTP version %q: there are 1.1 and 2", t.HTTP)
	}
	return ""
}

// scenarioProblem says what is wrong with a scenario, its defaults filled in; empty: nothing.
func scenarioProblem(s *spec.Suite, targets map[string]bool, sc *spec.Scenario) string {
	for _, name := range sc.Targets {
		if !targets[name] {
			return fmt.Sprintf("there is no target %q", name)
		}
	}
	for _, path := range sc.Paths {
		if len(s.Targets) == 0 && !isAbsolute(path) {
			return fmt.Sprintf("path %q needs a target", path)
		}
	}
	if n := size(s, sc); n > maxCases {
		return fmt.Sprintf("its lists multiply to %.0f cases; at most %d can be run", n, maxCases)
	}
	for _, find := range []func(*spec.Scenario) string{
		fieldProblem, originProblem, requestProblem, expectProblem, expressionProblem,
	} {
		if problem := find(sc); problem != "" {
			return problem
		}
	}
	return ""
}

// maxCases bounds what a typing mistake in a matrix can cost.
const maxCases = 1_000_000

func fieldProblem(sc *spec.Scenario) string {
	for _, name := range sc.Browsers {
		if _, ok := cors.EngineByName(name); !ok {
			return fmt.Sprintf("there is no browser %q", name)
		}
	}
	for _, mode := range sc.Credentials {
		if !slices.Contains([]cors.CredentialsMode{
			cors.CredentialsOmit, cors.CredentialsSameOrigin, cors.CredentialsInclude,
		}, mode) {
			return fmt.Sprintf("there is no credentials mode %q", mode)
		}
	}
	switch {
	case sc.Name == "":
		return "it needs a name"
	case sc.Repeat < 0 || sc.Timeout < 0:
		return "repeat and timeout are not negative"
	case !slices.Contains([]cors.Mode{cors.ModeCORS, cors.ModeNoCORS, cors.ModeSameOrigin}, sc.Mode):
		return fmt.Sprintf("there is no mode %q", sc.Mode)
	case !slices.Contains([]spec.Send{spec.SendAuto, spec.SendAlways, spec.SendNever}, sc.Send):
		return fmt.Sprintf("there is no send %q", sc.Send)
	case !slices.Contains([]cors.RedirectMode{
		cors.RedirectFollow, cors.RedirectError, cors.RedirectManual,
	}, sc.Redirect):
		return fmt.Sprintf("there is no redirect mode %q", sc.Redirect)
	}
	return ""
}

func originProblem(sc *spec.Scenario) string {
	if len(sc.Origins) == 0 {
		return "it needs an origin"
	}
	for _, o := range sc.Origins {
		if parsed, err := cors.ParseOrigin(o.String()); err != nil {
			return err.Error()
		} else if parsed != o {
			return fmt.Sprintf("%+v is not an origin", o)
		}
	}
	return ""
}

// requestProblem tries each path, method and header set of the scenario, though not each combination of them.
func requestProblem(sc *spec.Scenario) string {
	fetch := cors.Fetch{Origin: sc.Origins[0], URL: anyTarget, Mode: sc.Mode, Redirect: sc.Redirect}
	for _, path := range sc.Paths {
		f := fetch
		f.URL = join(anyTarget, path)
		if strings.ContainsFunc(path, unicode.IsControl) || impossible(f).Reason != "" {
			return fmt.Sprintf("no request has the path %q", path)
		}
	}
	for _, method := range sc.Methods {
		f := fetch
		f.Method, f.Body = method, sc.Body
		if o := impossible(f); o.Reason != "" {
			return fmt.Sprintf("no page can send method %q: %s", method, o.Reason)
		}
	}
	for _, set := range sc.Headers {
		f := fetch
		f.Headers = set
		if o := impossible(f); o.Reason != "" {
			return fmt.Sprintf("no page can send header %q: %s", o.Detail, o.Reason)
		}
		for _, h := range set {
			if cors.ForbiddenRequestHeader(h.Name, h.Value) {
				return fmt.Sprintf("a browser lets no page set header %q", h.Name)
			}
		}
	}
	return ""
}

const anyTarget = "https://target.example"

// impossible returns the outcome of a fetch whose Request constructor throws; of any other, the zero Outcome.
func impossible(f cors.Fetch) cors.Outcome {
	switch o := cors.NewFlow(cors.Standard, f, nil).Outcome(); o.Reason {
	case cors.ReasonForbiddenMethod, cors.ReasonInvalidMethod, cors.ReasonInvalidHeader, cors.ReasonInvalidURL,
		cors.ReasonURLCredentials, cors.ReasonBodyNotAllowed, cors.ReasonNoCORSMethod:
		return o
	}
	return cors.Outcome{}
}

func expectProblem(sc *spec.Scenario) string {
	e := sc.Expect
	for _, v := range e.Outcome {
		if !slices.Contains([]cors.Verdict{cors.Allowed, cors.Blocked, cors.Opaque, cors.OpaqueRedirect}, v) {
			return fmt.Sprintf("there is no outcome %q", v)
		}
	}
	for _, r := range e.Reason {
		if !slices.Contains(cors.Reasons(), r) {
			return fmt.Sprintf("there is no reason %q", r)
		}
	}
	for _, stage := range e.Stage {
		if !slices.Contains([]cors.Stage{
			cors.StageRequest, cors.StagePreflight, cors.StageResponse, cors.StageRedirect,
		}, stage) {
			return fmt.Sprintf("there is no stage %q", stage)
		}
	}
	return ""
}

// expressionProblem compiles the regular expressions of all matchers.
func expressionProblem(sc *spec.Scenario) string {
	e := expectation(sc)
	var all []assert.Matcher
	var heads []assert.Header
	if e.Preflight != nil {
		heads = append(heads, e.Preflight.Headers...)
		all = appendMatcher(all, e.Preflight.Status)
	}
	if e.Response != nil {
		heads = append(heads, e.Response.Headers...)
		all = appendMatcher(all, e.Response.Status)
	}
	for _, h := range heads {
		all = append(all, h.Matcher)
	}
	for _, m := range all {
		if _, err := regexp.Compile(m.Matches); err != nil {
			return err.Error()
		}
	}
	return ""
}

func appendMatcher(all []assert.Matcher, m *assert.Matcher) []assert.Matcher {
	if m == nil {
		return all
	}
	return append(all, *m)
}
