package report_test

import (
	"bytes"
	"testing"

	"github.com/corsgate/corsgate/report"
)

func TestASpoolGivesBackAnyPart(t *testing.T) {
	var s report.Spool
	defer s.Close()
	var all []byte
	for i := range 3000 { // more than it keeps in memory
		line := bytes.Repeat([]byte{byte(i)}, 1000+i%7)
		all = append(all, line...)
		if _, err := s.Write(line); err != nil {
			t.Fatal(err)
		}
	}
	if s.Size() != int64(len(all)) {
		t.Fatalf("the size is %d, want %d", s.Size(), len(all))
	}
	for off := 0; off < len(all); off += 77_777 {
		for _, n := range []int{0, 1, 5_000, len(all) - off} {
			if n = min(n, len(all)-off); n < 0 {
				continue
			}
			var got bytes.Buffer
			if err := s.CopyTo(&got, int64(off), int64(n)); err != nil {
				t.Fatal(err)
			}
			if !bytes.Equal(got.Bytes(), all[off:off+n]) {
				t.Fatalf("%d bytes at %d differ", n, off)
			}
		}
	}
}
