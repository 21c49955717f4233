package cli

import (
	"context"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/corsgate/corsgate/internal/demo"
	"github.com/corsgate/corsgate/spec"
)

// anyPort is a loopback address with a port that is free.
const anyPort = "127.0.0.1:0"

func (a *app) demoCommand() *cobra.Command {
	var addr string
	c := &cobra.Command{
		Use:   "demo [flags]",
		Short: "Serve the demonstration API on a loopback port",
		Long: "Demo serves an API whose endpoints are right, and wrong in each well-known way, until Ctrl-C. In a file,\n" +
			"`target: demo` means the same API on a port of its own.",
		Args: noArguments,
		RunE: func(c *cobra.Command, _ []string) error { return a.demo(c.Context(), addr) },
	}
	c.Flags().StringVar(&addr, "addr", anyPort, "loopback `ADDRESS` to listen on; port 0 is a free one")
	return c
}

func (a *app) demo(ctx context.Context, addr string) error {
	ctx, stop := untilSignal(ctx)
	defer stop()
	server, err := demo.Start(addr)
	if err != nil {
		return usage("", "%s", err)
	}
	fmt.Fprintln(a.stdout, server.URL)
	a.say("the demonstration API is up; " + server.URL + "/ lists its endpoints, Ctrl-C stops it")
	<-ctx.Done()
	return server.Close()
}

// startDemo starts the demonstration API when a target of suites asks for it, and gives them its URL. The caller must
// call stop.
func startDemo(suites []*spec.Suite) (stop func(), err error) {
	targets := demoTargets(suites)
	if len(targets) == 0 {
		return func() {}, nil
	}
	server, err := demo.Start(anyPort)
	if err != nil {
		return nil, &failure{code: exitUndecided, message: err.Error()}
	}
	for _, t := range targets {
		t.URL = server.URL
	}
	return func() { server.Close() }, nil
}

func demoTargets(suites []*spec.Suite) []*spec.Target {
	var found []*spec.Target
	for _, s := range suites {
		for i := range s.Targets {
			if s.Targets[i].URL == spec.TargetDemo {
				found = append(found, &s.Targets[i])
			}
		}
	}
	return found
}
