package audit

// Severity says how bad something is. The smaller, the worse; the zero Severity is none.
type Severity int

// The severities.
const (
	S1 Severity = iota + 1 // somebody's data can be stolen
	S2                     // browsers' users are locked out
	S3                     // latent or intermittent
	S4                     // hygiene
)

// String returns S1 to S4; empty for none.
func (s Severity) String() string {
	if s < S1 || s > S4 {
		return ""
	}
	return "S" + string(rune('0'+s))
}

// Meaning returns the severity in words.
func (s Severity) Meaning() string {
	switch s {
	case S1:
		return "somebody's data can be stolen"
	case S2:
		return "browsers' users are locked out"
	case S3:
		return "latent or intermittent"
	case S4:
		return "hygiene"
	}
	return ""
}

// Level is what a finding does to its case: an error fails it, a warning does so where the user is strict.
type Level string

// The levels.
const (
	LevelOff     Level = "off"
	LevelInfo    Level = "info"
	LevelWarning Level = "warning"
	LevelError   Level = "error"
)

// Level returns the level that a finding of the severity has when nobody says otherwise.
func (s Severity) Level() Level {
	switch s {
	case S1, S2:
		return LevelError
	case S3:
		return LevelWarning
	case S4:
		return LevelInfo
	}
	return LevelOff
}

// On returns the severity of what was seen on an answer of that status: on an error page there is less to steal.
func (s Severity) On(status int) Severity {
	if s == S1 && status >= 400 {
		return S3
	}
	return s
}
