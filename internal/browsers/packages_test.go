package browsers

import (
	"fmt"
	"os"
	"os/exec"
	"testing"

	"github.com/corsgate/corsgate/internal/corpus"
)

// common is what every browser tells through any protocol.
func common() []corpus.Aspect {
	return []corpus.Aspect{
		corpus.AspectOutcome, corpus.AspectResponse, corpus.AspectWire, corpus.AspectReadable, corpus.AspectLater,
	}
}

// install installs Debian packages unless the program is there.
func install(program string, packages ...string) error {
	if _, err := exec.LookPath(program); err == nil {
		return nil
	}
	for _, arguments := range [][]string{
		{"update"}, append([]string{"install", "-y", "--no-install-recommends"}, packages...),
	} {
		command := exec.Command("apt-get", arguments...)
		command.Env = append(os.Environ(), "DEBIAN_FRONTEND=noninteractive")
		if output, err := command.CombinedOutput(); err != nil {
			return fmt.Errorf("cannot install %s: %w\n%s", program, err, output)
		}
	}
	return nil
}

// installed is the path of a program that must be there, or that its packages must bring.
func installed(t *testing.T, program string, packages ...string) string {
	t.Helper()
	if err := install(program, packages...); err != nil {
		t.Fatal(err)
	}
	path, err := exec.LookPath(program)
	if err != nil {
		t.Fatal(err)
	}
	return path
}
