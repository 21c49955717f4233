package report_test

import (
	"io"
	"testing"

	"github.com/corsgate/corsgate/report"
)

func BenchmarkJSON(b *testing.B) {
	h, c := report.NewJSON(io.Discard), passed()
	b.ReportAllocs()
	for b.Loop() {
		if err := h.Case(c); err != nil {
			b.Fatal(err)
		}
	}
	if err := h.Finish(report.Finish{}); err != nil {
		b.Fatal(err)
	}
}

func BenchmarkRedact(b *testing.B) {
	h, c := report.Redact([]string{"supersecret"}, report.Tee()), passed()
	b.ReportAllocs()
	for b.Loop() {
		if err := h.Case(c); err != nil {
			b.Fatal(err)
		}
	}
}
