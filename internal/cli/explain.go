package cli

import (
	"context"
	"io"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"github.com/corsgate/corsgate/assert"
	"github.com/corsgate/corsgate/audit"
	"github.com/corsgate/corsgate/cors"
	"github.com/corsgate/corsgate/internal/demo"
	"github.com/corsgate/corsgate/internal/paste"
	"github.com/corsgate/corsgate/internal/plan"
	"github.com/corsgate/corsgate/internal/story"
	"github.com/corsgate/corsgate/report"
	"github.com/corsgate/corsgate/runner"
	"github.com/corsgate/corsgate/spec"
)

func (a *app) explainCommand() *cobra.Command {
	var f explainFlags
	c := &cobra.Command{
		Use:   "explain [flags] [URL or FILE]",
		Short: "Tell one request as a browser lives it",
		Long: "Explain makes one request as browsers would, and tells what each of them makes of it, why, and what to\n" +
			"change. Without a URL it reads a pasted fetch(...) or axios call, or a curl command, from a file or from\n" +
			"stdin: as developer tools copy them. Flags win over what was pasted. demo/PATH is the demonstration API.\n\n" +
			"It exits with 0 when all browsers allow it, 1 when one blocks it, 2 when the command line or the text is\n" +
			"wrong and nothing was sent, and 3 when that could not be found out.",
		RunE: func(c *cobra.Command, args []string) error {
			f.given = c.Flags().Changed
			return a.explainRequest(c.Context(), args, c.InOrStdin(), &f)
		},
	}
	f.define(c.Flags())
	return c
}

// explainRequest is text → request → case → runner → story.
func (a *app) explainRequest(ctx context.Context, args []string, stdin io.Reader, f *explainFlags) error {
	if err := f.run.check(); err != nil {
		return err
	}
	pasted, err := f.read(args, stdin)
	if err != nil {
		return err
	}
	stopDemo, err := serveDemo(pasted)
	if err != nil {
		return err
	}
	defer stopDemo()
	one, err := f.caseOf(pasted)
	if err != nil {
		return err
	}
	cases, options := []plan.Case{one.plan}, f.options(pasted.Way)
	if err := runner.Check(cases, options); err != nil {
		return usage("", "%s", err)
	}
	ctx, stop := untilSignal(ctx)
	defer stop()
	results, _, err := runner.Collect(ctx, cases, options)
	if err != nil {
		return &failure{code: exitUndecided, message: err.Error()}
	}
	told := one.story(&results[0])
	told.Way = curlWay(options)
	return a.tellStory(told, f)
}

// demoPrefix starts a URL of the demonstration API, which has no port before it is started.
const demoPrefix = "http://demo.localhost"

// serveDemo starts the demonstration API when the request goes there. The caller must call stop.
func serveDemo(r *paste.Request) (stop func(), err error) {
	path, ok := strings.CutPrefix(r.Fetch.URL, demoPrefix)
	if !ok {
		return func() {}, nil
	}
	server, err := demo.Start(anyPort)
	if err != nil {
		return nil, &failure{code: exitUndecided, message: err.Error()}
	}
	r.Fetch.URL = server.URL + path
	return func() { server.Close() }, nil
}

// explained is a request on its way from the text to the story.
type explained struct {
	plan  plan.Case
	notes []string
}

// caseOf is the case of one request that expects to get through. The standard, which has no vote, is asked beside the
// browsers.
func (f *explainFlags) caseOf(r *paste.Request) (*explained, error) {
	notes, err := f.lay(r)
	if err != nil {
		return nil, err
	}
	fetch, added := r.Client.Send(r.Fetch, r.Object)
	fetch.PublicSuffixes, fetch.Method = audit.PublicSuffixes, or(fetch.Method, "GET")
	target, err := cors.URLOrigin(fetch.URL)
	if err != nil || target.Scheme != "http" && target.Scheme != "https" {
		return nil, usage("write a URL such as https://api.example.com/users", "%s is no http or https URL", r.Fetch.URL)
	}
	e := &explained{notes: append(append(r.Notes, notes...), added...)}
	e.plan = plan.Case{
		ID: "explain", Scenario: "explain", Name: fetch.Method + " " + fetch.URL, Kind: plan.KindScenario,
		Target: &spec.Target{URL: target.String()}, Fetch: fetch, Repeat: 1, Send: f.sends(r),
		Browsers: []cors.Engine{cors.Chromium, cors.Firefox, cors.WebKit, cors.Standard},
		Expect:   assert.Expectation{Outcome: []cors.Verdict{cors.Allowed, cors.Opaque, cors.OpaqueRedirect}},
	}
	return e, nil
}

func or(s, otherwise string) string {
	if s == "" {
		return otherwise
	}
	return s
}

// sends holds back a request whose header values are made up.
func (f *explainFlags) sends(r *paste.Request) spec.Send {
	if r.Preflight && f.send == string(spec.SendAuto) {
		return spec.SendNever
	}
	return spec.Send(f.send)
}

func (e *explained) story(result *report.Case) *story.Story {
	s := &story.Story{Fetch: e.plan.Fetch, Notes: e.notes, Engines: e.plan.Browsers, Case: result}
	if result.Checked != "preflight" {
		return s
	}
	steps, _ := plan.Forecast(&e.plan)
	for _, step := range steps {
		if step.Sent {
			continue
		}
		x := report.Exchange{Kind: string(step.Request.Kind), Engines: step.Engines, Request: report.WireRequest{
			Method: step.Request.Method, URL: step.Request.URL, Headers: fields(step.Request.Headers),
		}}
		if step.Request.Body != nil {
			x.Request.Body = *step.Request.Body
		}
		s.Unsent = append(s.Unsent, x)
	}
	return s
}

// tellStory writes the story and turns it into the command's exit code.
func (a *app) tellStory(s *story.Story, f *explainFlags) error {
	var err error
	if f.asJSON {
		var text []byte
		if text, err = report.EncodeJSON(s.Document()); err == nil {
			_, err = a.stdout.Write(text)
		}
	} else {
		o := f.run.textOptions(a.stdout)
		err = s.Write(a.stdout, story.Options{Color: o.Color, Width: o.Width})
	}
	switch {
	case err != nil:
		return &failure{code: exitUndecided, message: err.Error()}
	case s.Blocked():
		return exit(exitFailed)
	case !s.Decided():
		return exit(exitUndecided)
	}
	return nil
}

// readText reads what was pasted: at most a little more than a parser takes.
func readText(r io.Reader) (string, error) {
	text, err := io.ReadAll(io.LimitReader(r, 1<<20))
	return string(text), err
}

// isTerminal reports whether somebody would have to type what is read.
func isTerminal(r io.Reader) bool {
	file, ok := r.(*os.File)
	if !ok {
		return false
	}
	_, terminal := terminalWidth(file)
	return terminal
}
