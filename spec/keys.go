package spec

import (
	"time"

	"github.com/corsgate/corsgate/cors"
)

// file is what the top level of a file says.
type file struct {
	root         *node
	badTarget    bool // a target has a mistake
	version      string
	env, secrets []*declaration
	vars         []*declaration
	environments []environment
	target       *Target
	targets      []Target
	defaults     draft
	taken        map[string]taken // names of policies and scenarios
	policies     []Policy
	scenarios    []Scenario
	rules        []RuleLevel
	serve        *Serve
}

// fileTable is the top level of the language. Keys are read in this order, whatever theirs is in the file: names come
// before what uses them. o has the ids of rules and probes.
func fileTable(o Options) table[file] {
	return table[file]{"a file", []key[file]{
		required(field("version", "The version of the format, which is 1.",
			words("1, the only version there is", "1"), func(f *file) *string { return &f.version })),
		declaring("secrets",
			"Environment variables that ${name} may read, like those of env, but no output shows their values.",
			imports(secretName), func(f *file) *[]*declaration { return &f.secrets }),
		declaring("env",
			"Environment variables that ${name} may read: a list, or a mapping to defaults; one without must be set.",
			imports(environmentName), func(f *file) *[]*declaration { return &f.env }),
		declaring("vars", "Values that ${name} stands for; --var and CORSGATE_VAR_name override them.",
			variables(), func(f *file) *[]*declaration { return &f.vars }),
		environmentsKey(),
		targeting(field("target",
			"The server under test: its URL, `demo` for the built-in one, or an object with more settings.",
			target(), func(f *file) **Target { return &f.target })),
		targeting(field("targets", "Several servers under test, each under its name.", targets(),
			func(f *file) *[]Target { return &f.targets })),
		field("serve",
			"How to start the server under test, which is stopped at the end; not done where --target or --env names another.",
			serve(), func(f *file) **Serve { return &f.serve }),
		defaultsKey(),
		field("rules", "The levels of findings and probes, by the ids that corsgate rules lists.", rules(o.Rules),
			func(f *file) *[]RuleLevel { return &f.rules }),
		policiesKey(o),
		scenariosKey(),
	}}
}

// targetTable is a target with settings.
func targetTable() table[Target] {
	return table[Target]{"a target", []key[Target]{
		required(field("url", "The URL that paths are appended to, or `demo`.", targetURL(),
			func(t *Target) *string { return &t.URL })),
		field("connect", "The host:port to dial in place of the URL's; Host and TLS name stay the URL's.", hostPort(),
			func(t *Target) *string { return &t.Connect }),
		field("ca", "A PEM file of the root certificates to trust, relative to this file.", fileName(),
			func(t *Target) *string { return &t.CA }),
		field("client-cert", "A PEM file with the client's certificate, relative to this file.", fileName(),
			func(t *Target) *string { return &t.ClientCert }),
		field("client-key", "A PEM file with the client's key, relative to this file.", fileName(),
			func(t *Target) *string { return &t.ClientKey }),
		field("proxy", "The URL of an http, https or socks5 proxy.", proxyURL(),
			func(t *Target) *string { return &t.Proxy }),
		field("http", "The version of HTTP to speak; left out, what client and server agree on.",
			words("1.1 or 2", "1.1", "2"), func(t *Target) *string { return &t.HTTP }),
		field("insecure", "Accept any certificate.", boolean(), func(t *Target) *bool { return &t.Insecure }),
	}}
}

// scenarioTable is one entry of scenarios.
func scenarioTable() table[draft] {
	name := required(field("name", "What the scenario is about, unique in the file.", line("a name"),
		func(s *draft) *string { return &s.Name }))
	return table[draft]{"a scenario", append([]key[draft]{name}, scenarioKeys()...)}
}

// scenarioKeys are the keys of a scenario that defaults can give, too.
func scenarioKeys() []key[draft] {
	return append(matrixKeys(), []key[draft]{
		field("cookies", "The cookies that the browser holds for the target, by name; sent only where a browser would.",
			cookies(), func(s *draft) *[]Cookie { return &s.Cookies }),
		field("body", "The request's body.", body(), func(s *draft) **string { return &s.Body }),
		field("mode", "The request's mode, cors if left out.",
			words("a mode", cors.ModeCORS, cors.ModeNoCORS, cors.ModeSameOrigin),
			func(s *draft) *cors.Mode { return &s.Mode }),
		field("redirect", "What a redirect leads to, follow if left out.",
			words("a redirect mode", cors.RedirectFollow, cors.RedirectError, cors.RedirectManual),
			func(s *draft) *cors.RedirectMode { return &s.Redirect }),
		field("send",
			"What is really sent: auto, the default, sends GET, HEAD and OPTIONS, and of other methods the preflight; "+
				"always sends everything; never sends preflights only.",
			words("auto, always or never", SendAuto, SendAlways, SendNever), func(s *draft) *Send { return &s.Send }),
		field("browsers", "The browsers that decide, all three if left out; standard is the Fetch Standard to the letter.",
			many(browser()), func(s *draft) *[]string { return &s.Browsers }),
		field("repeat", "How often the same exchange is made on fresh connections; all answers must agree.",
			integer("a whole number", 1, 1000), func(s *draft) *int { return &s.Repeat }),
		field("targets", "The names of the targets to run against, all if left out.", many(line("a target's name")),
			func(s *draft) *[]string { return &s.Targets }),
		field("tags", "Words to choose by, with --tags.", many(tag()), func(s *draft) *[]string { return &s.Tags }),
		field("timeout", "How long one exchange may take until the head of its answer is complete.", duration(),
			func(s *draft) *time.Duration { return &s.Timeout }),
		field("skip", "Why it is not run.", skip(), func(s *draft) *string { return &s.Skip }),
		field("expect",
			"What must come of it: an outcome, or an object that says more; allowed if left out, opaque in mode no-cors.",
			expect(), func(s *draft) **Expect { return &s.expect }),
	}...)
}

// matrixKeys are the keys whose lists multiply.
func matrixKeys() []key[draft] {
	return []key[draft]{
		field("paths", "Paths below the target's URL, or absolute http(s) URLs; / if left out.", many(path()),
			func(s *draft) *[]string { return &s.Paths }),
		field("origins", "The origins of the pages that ask; null is the opaque origin.", many(origin()),
			func(s *draft) *[]cors.Origin { return &s.Origins }),
		field("methods", "Methods as a script writes them, GET if left out.", many(method()),
			func(s *draft) *[]string { return &s.Methods }),
		field("headers",
			"The headers that the script sets: one set, or a list of sets; a list as a value makes several lines.",
			headerSets(), func(s *draft) *[][]cors.Header { return &s.Headers }),
		field("credentials", "Credentials modes, same-origin if left out.",
			many(words("a credentials mode", cors.CredentialsOmit, cors.CredentialsSameOrigin, cors.CredentialsInclude)),
			func(s *draft) *[]cors.CredentialsMode { return &s.Credentials }),
	}
}

// expectTable is an expectation with more than an outcome.
func expectTable() table[Expect] {
	return table[Expect]{"an expectation", []key[Expect]{
		field("outcome", "The outcome, or a list of which any will do.", many(outcome()),
			func(e *Expect) *[]cors.Verdict { return &e.Outcome }),
		field("reason", "Why it is blocked, or a list of which any will do.", many(words("a reason", cors.Reasons()...)),
			func(e *Expect) *[]cors.Reason { return &e.Reason }),
		field("stage", "Where it is blocked, or a list of which any will do.", many(stage()),
			func(e *Expect) *[]cors.Stage { return &e.Stage }),
		field("preflight", "What is expected of the first preflight.", pointer(preflightTable().value()),
			func(e *Expect) **PreflightExpect { return &e.Preflight }),
		field("response", "What is expected of the final response.", pointer(responseTable().value()),
			func(e *Expect) **ResponseExpect { return &e.Response }),
	}}
}

func preflightTable() table[PreflightExpect] {
	return table[PreflightExpect]{"the expectation of a preflight", []key[PreflightExpect]{
		field("sent", "Whether a preflight is sent.", pointer(boolean()),
			func(p *PreflightExpect) **bool { return &p.Sent }),
		field("status", "Its status.", statusMatcher("a status"), func(p *PreflightExpect) **Matcher { return &p.Status }),
		field("allow-origin", "Its Access-Control-Allow-Origin.", headerMatcher("an origin, * or a matcher"),
			func(p *PreflightExpect) **Matcher { return &p.AllowOrigin }),
		field("allow-methods", "Its Access-Control-Allow-Methods.", headerMatcher("methods or a matcher"),
			func(p *PreflightExpect) **Matcher { return &p.AllowMethods }),
		field("allow-headers", "Its Access-Control-Allow-Headers.", headerMatcher("header names or a matcher"),
			func(p *PreflightExpect) **Matcher { return &p.AllowHeaders }),
		field("allow-credentials", "Its Access-Control-Allow-Credentials; false means anything but true.",
			credentialsMatcher("true, false or a matcher"), func(p *PreflightExpect) **Matcher { return &p.AllowCredentials }),
		field("max-age", "Its Access-Control-Max-Age, as a duration or as seconds.", maxAgeMatcher("a duration or a matcher"),
			func(p *PreflightExpect) **Matcher { return &p.MaxAge }),
		field("vary", "Its Vary.", headerMatcher("header names or a matcher"),
			func(p *PreflightExpect) **Matcher { return &p.Vary }),
		field("headers", "Any other of its headers, by name.", headerMatchers(),
			func(p *PreflightExpect) *[]HeaderMatcher { return &p.Headers }),
	}}
}

func responseTable() table[ResponseExpect] {
	return table[ResponseExpect]{"the expectation of a response", []key[ResponseExpect]{
		field("status", "Its status.", statusMatcher("a status"), func(r *ResponseExpect) **Matcher { return &r.Status }),
		field("allow-origin", "Its Access-Control-Allow-Origin.", headerMatcher("an origin, * or a matcher"),
			func(r *ResponseExpect) **Matcher { return &r.AllowOrigin }),
		field("allow-credentials", "Its Access-Control-Allow-Credentials; false means anything but true.",
			credentialsMatcher("true, false or a matcher"), func(r *ResponseExpect) **Matcher { return &r.AllowCredentials }),
		field("expose-headers", "Its Access-Control-Expose-Headers.", headerMatcher("header names or a matcher"),
			func(r *ResponseExpect) **Matcher { return &r.ExposeHeaders }),
		field("vary", "Its Vary.", headerMatcher("header names or a matcher"),
			func(r *ResponseExpect) **Matcher { return &r.Vary }),
		field("readable", "Names of headers that the script must be able to read.", many(headerName()),
			func(r *ResponseExpect) *[]string { return &r.Readable }),
		field("unreadable", "Names of headers that the script must not be able to read.", many(headerName()),
			func(r *ResponseExpect) *[]string { return &r.Unreadable }),
		field("headers", "Any other of its headers, by name.", headerMatchers(),
			func(r *ResponseExpect) *[]HeaderMatcher { return &r.Headers }),
	}}
}

// environmentTable is what an environment replaces.
func environmentTable() table[environment] {
	return table[environment]{"an environment", []key[environment]{
		overlaying("vars", "Values that replace those of the file's vars, or add to them."),
		field("target", "The server under test in this environment.", target(),
			func(e *environment) **Target { return &e.target }),
		field("targets", "The servers under test in this environment.", targets(),
			func(e *environment) *[]Target { return &e.targets }),
	}}
}
