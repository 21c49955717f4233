//go:build unix

package cli_test

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// build makes the command as users have it.
func build(b *testing.B) string {
	b.Helper()
	name := filepath.Join(b.TempDir(), "corsgate")
	c := exec.Command("go", "build", "-trimpath", "-o", name, "github.com/corsgate/corsgate")
	if out, err := c.CombinedOutput(); err != nil {
		b.Fatalf("%v\n%s", err, out)
	}
	return name
}

// BenchmarkColdStart is a whole process: under 20 ms.
func BenchmarkColdStart(b *testing.B) {
	name := build(b)
	for b.Loop() {
		if err := exec.Command(name, "version").Run(); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkHundredThousandCases runs them with all reports, over a thousand exchanges and over as many as cases. The
// memory is the most that the process had, the demonstration API's included: under 400 MB.
func BenchmarkHundredThousandCases(b *testing.B) {
	name := build(b)
	for _, exchanges := range []int{1_000, 100_000} {
		b.Run(fmt.Sprintf("exchanges=%d", exchanges), func(b *testing.B) {
			folder := b.TempDir()
			if err := os.WriteFile(filepath.Join(folder, "corsgate.yaml"), []byte(largeFile(exchanges)), 0o666); err != nil {
				b.Fatal(err)
			}
			most := int64(0)
			for b.Loop() {
				c := exec.Command(name, "run", "-q", "--report-json", "out.json", "--report-junit", "out.xml")
				c.Dir = folder
				if out, err := c.CombinedOutput(); err != nil || !strings.Contains(string(out), "100000 passed") {
					b.Fatalf("%v\n%s", err, out)
				}
				most = max(most, c.ProcessState.SysUsage().(*syscall.Rusage).Maxrss)
			}
			b.ReportMetric(float64(most)/1e3, "MB-peak")
			b.ReportMetric(100_000*float64(b.N)/b.Elapsed().Seconds(), "cases/s")
		})
	}
}

// largeFile has 100,000 cases: a hundred origins or a hundred scenarios over a thousand paths.
func largeFile(exchanges int) string {
	var paths, origins []string
	for i := range 1_000 {
		paths = append(paths, fmt.Sprintf(`"/users?x=%d"`, i))
	}
	for i := range exchanges / 1_000 {
		origins = append(origins, fmt.Sprintf("https://app%d.example.com", i))
	}
	text := "version: 1\ntarget: demo\nscenarios:\n"
	for i := range 100 / len(origins) {
		text += fmt.Sprintf("  - {name: scenario %d, paths: [%s], origins: [%s], expect: [allowed, blocked]}\n",
			i, strings.Join(paths, ", "), strings.Join(origins, ", "))
	}
	return text
}
