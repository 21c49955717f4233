package cli

import (
	"os"
	"runtime/debug"
)

// largeRun is the memory up to which garbage may pile up; a run of 100,000 cases needs about half of it.
const largeRun = 320 << 20

// rareCollection lets garbage grow to four times of what is in use: small runs hardly collect any.
const rareCollection = 400

// tuneMemory trades memory for speed as far as a large run has it to spare. GOMEMLIMIT and GOGC win.
func tuneMemory() {
	if os.Getenv("GOMEMLIMIT") == "" {
		debug.SetMemoryLimit(largeRun)
	}
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(rareCollection)
	}
}
