// Package plan turns a checked Suite into Cases: the points of its matrix, in a stable order and with stable ids. A
// Case is a plain value that can be printed, compared and tested; nothing here sends anything.
//
// # Policies
//
// Cases are derived from a policy for each of its targets and paths. First come those of kind allow, for each page: each
// allowed origin but the server's own, two samples of each pattern (one label and two) and, where anyone may ask, a
// stranger and the opaque origin.
//   - Each allowed method with no header, with each header alone, with all together and, where some have no value, with
//     all that have one; each without credentials and, where these are allowed, with them. Without credentials means
//     the mode same-origin: omit is the same to another origin. A header without a value gets an invented one, and no
//     request with an invented value is sent, only its preflight. Where any method or header is allowed, a few stand
//     for all.
//   - max-age, in the answer to the first request that has a preflight in every browser.
//   - expose, in the answer to the first method that is really sent, with all headers that have a value.
//   - errors: a GET to a path that does not exist below the path and, where good requests carry cookies or
//     Authorization, one without these.
//
// Then come the probes of package audit in its order: of kind deny what allowed pages may not do, of kind probe what
// nobody else may. A probe is a GET unless only other methods are allowed; then it is the first of them that has a
// preflight. A probe runs in those of the policy's browsers that can send its origin.
//
// A case is left out where it could show nothing: in browsers in which no preflight and no request that may be sent
// comes first (a POST without headers under send: auto), and of what must be refused in those that send nothing at all
// (an https page that asks a plain http server). Unsafe methods stop after their preflight unless send says otherwise;
// those of probes do so always.
//
// Ids and names show a star in the place of each random label, so that neither depends on Options.Seed.
package plan
