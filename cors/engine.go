package cors

// Engine is a browser's deviations from the Fetch Standard, as data on top of the one algorithm. The zero Engine
// follows the standard to the letter.
type Engine struct {
	Name string // standard, chromium, firefox or webkit
}

// The engines.
var (
	Standard = Engine{Name: "standard"}
	Chromium = Engine{Name: "chromium"}
	Firefox  = Engine{Name: "firefox"}
	WebKit   = Engine{Name: "webkit"}
)

// EngineByName returns the engine of that name, and whether there is one.
func EngineByName(name string) (Engine, bool) {
	for _, e := range []Engine{Standard, Chromium, Firefox, WebKit} {
		if e.Name == name {
			return e, true
		}
	}
	return Engine{}, false
}
