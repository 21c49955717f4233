// Package library_test tests a middleware in process, as a program that uses corsgate as a library does.
package library_test

import (
	"net/http"
	"testing"

	"github.com/rs/cors"

	"github.com/corsgate/corsgate/report"
	"github.com/corsgate/corsgate/runner"
	"github.com/corsgate/corsgate/spec"
)

func TestCORS(t *testing.T) {
	suite, err := spec.Load("corsgate.yaml", spec.Options{})
	if err != nil {
		t.Fatal(err) // every mistake in the file, with line and column
	}
	cases, err := runner.Cases(suite, runner.Selection{})
	if err != nil {
		t.Fatal(err)
	}
	options := runner.Options{Transport: runner.HandlerTransport(newAPI())} // without it: the network
	results, _, err := runner.Collect(t.Context(), cases, options)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range results {
		if c.Status != report.Passed {
			t.Errorf("%s: %s: %s", c.Scenario, c.Name, report.Headline(&c))
		}
	}
}

func newAPI() http.Handler {
	api := http.NewServeMux()
	api.HandleFunc("/users", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNoContent) })
	return cors.New(cors.Options{
		AllowedOrigins:   []string{"https://app.example.com"},
		AllowedMethods:   []string{"GET", "PUT", "DELETE"},
		AllowedHeaders:   []string{"Content-Type"},
		AllowCredentials: true,
	}).Handler(api)
}
