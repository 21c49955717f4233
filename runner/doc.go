// Package runner executes cases: it sends what their flows ask for, shares identical exchanges, and hands each case's
// result to a [report.Handler] in the order of the plan. It is the only HTTP client of corsgate and knows nothing of
// CORS: [cors.Flow] says what to send next and what the answers mean, [assert.Check] whether that was expected.
//
// A Go test loads a file and runs it against a handler in process:
//
//	suite, err := spec.Load("corsgate.yaml", spec.Options{})
//	...
//	cases, err := runner.Cases(suite, runner.Selection{})
//	...
//	options := runner.Options{Transport: runner.HandlerTransport(newAPI())} // without it: the network
//	results, _, err := runner.Collect(t.Context(), cases, options)
//	...
//	for _, c := range results {
//		if c.Status != report.Passed {
//			t.Errorf("%s: %v %v", c.Name, c.Mismatch, c.Error)
//		}
//	}
//
// # On the wire
//
// Exchanges go through net/http's Transport. What a Flow asks for arrives with these differences to a browser:
//   - Header lines come sorted by name, after Host and User-Agent; Connection is left out. Over HTTP/1 their names keep
//     the case that they have in the file, over HTTP/2 all are lower case.
//   - User-Agent names corsgate and the run, behind the case's own value where it has one.
//   - Accept-Encoding is "gzip, deflate", with a Range header "identity". Bodies are not looked at.
//   - A PATCH without a body has Content-Length: 0; a browser sends none. A POST or PUT has it in both.
//
// Reports show the header lines that the Flow asked for, without Host, User-Agent, Accept-Encoding and Content-Length,
// and response heads as the server wrote them: all lines in their order, names and values to the byte. Over HTTP/2,
// and with a caller's Transport, where the order is not known, they are sorted by name.
//
// What net/http refuses is an error of kind protocol, never a guess at what a browser would make of it: a control byte
// in a header, a space before its colon, a line without a colon, lengths that contradict each other.
//
// # Sent once, or again
//
// Identical exchanges of several cases are sent once, under any concurrency, but for unsafe methods (all but GET, HEAD
// and OPTIONS), repeated cases and different targets; the browsers of one case always share. A request that a browser
// sends twice within one fetch, in a redirect loop, is sent twice.
//
// Connections are kept and used again, but for repeated cases and for unsafe methods: on a kept connection that dies,
// nobody can tell whether a server has seen a request. GET, HEAD and OPTIONS may then be resent by net/http, unnoticed.
package runner
