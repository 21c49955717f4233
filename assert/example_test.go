package assert_test

import (
	"fmt"

	"github.com/corsgate/corsgate/assert"
	"github.com/corsgate/corsgate/cors"
)

func ExampleCheck() {
	expected := assert.Expectation{
		Outcome: []cors.Verdict{cors.Allowed},
		Response: &assert.Response{Headers: []assert.Header{{
			Field: "response.vary", Name: "Vary", Matcher: assert.Matcher{Contains: []string{"Origin"}},
		}}},
	}
	observed := assert.Observation{
		Browsers: []assert.Browser{{Name: "firefox", Outcome: cors.Outcome{Verdict: cors.Allowed}}},
		Response: &cors.Response{Status: 200, Headers: []cors.Header{{Name: "Vary", Value: "Accept-Encoding"}}},
	}
	for _, r := range assert.Check(expected, observed) {
		if !r.OK {
			fmt.Println(r.Field+":", r.Message)
		}
	}
	// Output:
	// response.vary: response Vary should contain Origin, but is "Accept-Encoding"
}
