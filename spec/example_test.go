package spec_test

import (
	"fmt"

	"github.com/corsgate/corsgate/spec"
)

func ExampleParse() {
	text := `version: 1
target: https://api.example.com
scenarios:
  - name: strangers stay out
    origins: [https://evil.example, null]
    expect: blocked
`
	suite, mistakes := spec.Parse("corsgate.yaml", []byte(text), spec.Options{})
	if mistakes != nil {
		fmt.Println(mistakes)
		return
	}
	for _, s := range suite.Scenarios {
		fmt.Println(s.Name, s.Origins, s.Expect.Outcome)
	}
	// Output: strangers stay out [https://evil.example null] [blocked]
}

func ExampleDiagnostics() {
	text := `version: 1
target: https://api.example.com
scenarios:
  - name: the app
    orgins: https://App.Example.com/
`
	_, mistakes := spec.Parse("corsgate.yaml", []byte(text), spec.Options{})
	fmt.Println(mistakes[1])
	// Output:
	// corsgate.yaml:5:5: unknown key "orgins" [unknown-key]
	//     orgins: https://App.Example.com/
	//     ^
	// hint: did you mean "origins"?
}
