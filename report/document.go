package report

// EncodeJSON returns v as the JSON report writes its parts: readable, with a line break at the end, and with JSON
// escapes for characters that a terminal or a CI log could act on. Texts of a server must be in a Case that JSONCase
// made.
func EncodeJSON(v any) ([]byte, error) {
	text, err := encode(v, "")
	return append(text, '\n'), err
}

// JSONCase returns a deep copy of c with its texts as the JSON report has them: bytes that are not UTF-8 escaped,
// values of a server cut at FileLimit.
func JSONCase(c *Case) *Case { return forJSON().copy(c) }
