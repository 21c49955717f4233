package runner_test

import (
	"context"
	"fmt"
	"log"
	"net/http"

	rs "github.com/rs/cors"

	"github.com/corsgate/corsgate/assert"
	"github.com/corsgate/corsgate/cors"
	"github.com/corsgate/corsgate/report"
	"github.com/corsgate/corsgate/runner"
	"github.com/corsgate/corsgate/spec"
)

// A file is run against a real middleware, in process.
func ExampleHandlerTransport() {
	file := `
version: 1
target: https://api.example.com
scenarios:
  - name: the web app edits users
    paths: /users/1
    origins: https://app.example.com
    methods: [GET, PUT, DELETE]
    credentials: include
    expect: allowed
  - name: strangers stay out
    paths: /users/1
    origins: [https://evil.example, https://app.example.com.evil.example, null]
    expect: {outcome: blocked, reason: missing-allow-origin-header}
`
	suite, mistakes := spec.Parse("corsgate.yaml", []byte(file), spec.Options{})
	if mistakes != nil {
		log.Fatal(mistakes)
	}
	cases, err := runner.Cases(suite, runner.Selection{})
	if err != nil {
		log.Fatal(err)
	}
	middleware := rs.New(rs.Options{
		AllowedOrigins:   []string{"https://app.example.com"},
		AllowedMethods:   []string{"GET", "PUT"},
		AllowCredentials: true,
	})
	api := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, "Jane") })
	results, summary, err := runner.Collect(context.Background(), cases, runner.Options{
		Transport: runner.HandlerTransport(middleware.Handler(api)),
	})
	if err != nil {
		log.Fatal(err)
	}
	for _, c := range results {
		fmt.Println(c.Status, c.Request.Method, "from", c.Request.Origin)
	}
	fmt.Println(summary.Passed, "of", summary.Cases, "passed")
	// Output:
	// passed GET from https://app.example.com
	// passed PUT from https://app.example.com
	// failed DELETE from https://app.example.com
	// passed GET from https://evil.example
	// passed GET from https://app.example.com.evil.example
	// passed GET from null
	// 5 of 6 passed
}

// Cases can be built in code, and their results come as values.
func ExampleCollect() {
	api := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Access-Control-Allow-Origin", "*")
	})
	target := &spec.Target{URL: "https://api.example.com"}
	origin, err := cors.ParseOrigin("https://app.example.com")
	if err != nil {
		log.Fatal(err)
	}
	var cases []runner.Case
	for _, credentials := range []cors.CredentialsMode{cors.CredentialsOmit, cors.CredentialsInclude} {
		cases = append(cases, runner.Case{
			ID: string(credentials), Name: string(credentials), Target: target,
			Fetch:    cors.Fetch{Origin: origin, URL: target.URL + "/users", Credentials: credentials},
			Browsers: []cors.Engine{cors.Chromium, cors.Firefox, cors.WebKit},
			Expect:   assert.Expectation{Outcome: []cors.Verdict{cors.Allowed}},
		})
	}
	results, _, err := runner.Collect(context.Background(), cases, runner.Options{
		Transport: runner.HandlerTransport(api),
	})
	if err != nil {
		log.Fatal(err)
	}
	for _, c := range results {
		fmt.Println(c.Name, c.Status)
		for _, m := range c.Mismatch {
			fmt.Println(" ", m.Message)
		}
	}
	// Output:
	// omit passed
	// include failed
	//   expected allowed, but every browser blocks (wildcard-origin-not-allowed)
}

// failures is a report.Handler that prints what is not as expected, as it comes.
type failures struct{}

func (failures) Start(report.Start) error { return nil }

func (failures) Case(c *report.Case) error {
	if c.Status == report.Failed || c.Status == report.Errored {
		fmt.Println(c.Status, c.Name, c.Reason, c.Error)
	}
	return nil
}

func (failures) Finish(f report.Finish) error {
	fmt.Println(f.Summary.Cases, "cases,", f.Summary.Exchanges, "exchanges")
	return nil
}

// A Handler of one's own hears of each case in the order of the plan.
func ExampleRun() {
	api := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {})
	suite := &spec.Suite{
		File:    "corsgate.yaml",
		Targets: []spec.Target{{URL: "https://api.example.com"}},
		Scenarios: []spec.Scenario{{
			Name:    "the app",
			Origins: []cors.Origin{{Scheme: "https", Host: "app.example.com"}},
			Expect:  spec.Expect{Outcome: []cors.Verdict{cors.Allowed}},
		}},
	}
	cases, err := runner.Cases(suite, runner.Selection{})
	if err != nil {
		log.Fatal(err)
	}
	_, err = runner.Run(context.Background(), cases, runner.Options{
		Transport: runner.HandlerTransport(api),
		Diagnose:  -1,
	}, failures{})
	if err != nil {
		log.Fatal(err)
	}
	// Output:
	// failed GET / from https://app.example.com missing-allow-origin-header <nil>
	// 1 cases, 1 exchanges
}
