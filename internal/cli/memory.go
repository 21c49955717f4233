package cli

import (
	"os"
	"runtime/debug"
)

// largeRun is the memory up to which garbage may pile up; a run of 100,000 cases needs about half of it.
const largeRun = 320 << 20

// spareMemory has the garbage collector work harder, rather than take twice what a large run needs. GOMEMLIMIT wins.
func spareMemory() {
	if os.Getenv("GOMEMLIMIT") == "" {
		debug.SetMemoryLimit(largeRun)
	}
}
