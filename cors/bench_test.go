package cors_test

import (
	"testing"

	"github.com/corsgate/corsgate/cors"
)

// BenchmarkFlow replays the recorded cases; a verdict is one case in one engine.
func BenchmarkFlow(b *testing.B) {
	cases := recordedCases(b)
	for _, e := range cors.Engines() {
		b.Run(e.Name, func(b *testing.B) {
			b.ReportAllocs()
			for i := range b.N {
				replay(b, &cases[i%len(cases)], e)
			}
			b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "verdicts/s")
		})
	}
}
