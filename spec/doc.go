// Package spec is the language of corsgate files: from YAML text to a checked [Suite], or to every mistake in it with
// its place.
//
//	suite, err := spec.Load("corsgate.yaml", spec.Options{LookupEnv: os.LookupEnv})
//	if err != nil {
//		return err // prints file:line:column: message [rule], the line, a caret and a hint for each mistake
//	}
//
// Values are read by their text, never by YAML's types, so that null, no, 010 and 1.1 mean what they mean to the author
// of a CORS test:
//   - null is the opaque origin under origins and the text null elsewhere, whether quoted or not; nothing at all, or a
//     plain ~, is refused.
//   - Where true or false is asked for, yes, no, on and off are the same, in any case.
//   - A whole number has decimal digits and no leading zero.
//   - A duration is a number with ms, s, m, h or d; a number alone counts seconds.
//   - A list may be written as its only item. It is not empty and holds nothing twice, since its length is a number of
//     cases.
//
// ${name} is replaced in values, never in keys, after YAML has been parsed; $${ is a literal ${. A name's value comes
// from --var, else from CORSGATE_VAR_name, else, for names under env and secrets, from the environment variable unless
// it is empty, else from the chosen environment's vars, else from the file. What comes from outside is taken as it is;
// what the file gives may refer to other names.
//
// Aliases and merge keys (<<) work; together they may stand for 100,000 values.
package spec
