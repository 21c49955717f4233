package report

import (
	"bytes"
	"errors"
	"io"
	"os"
)

// Spool keeps what can't be written yet, since something that must stand before it is known last. It holds the first
// MiB in memory and the rest in a temporary file; where no such file can be made, all of it in memory. The zero value
// is ready for use by one goroutine.
type Spool struct {
	mem     bytes.Buffer
	file    *os.File
	size    int64 // in all
	flushed int64 // of it, in the file
	noFile  bool
}

const spoolMemory = 1 << 20

// Size returns how many bytes were written.
func (s *Spool) Size() int64 { return s.size }

// Write appends p. An error means that the temporary file can't take more; the Spool is of no use then.
func (s *Spool) Write(p []byte) (int, error) {
	if s.mem.Len()+len(p) > spoolMemory {
		if err := s.flush(); err != nil {
			return 0, err
		}
	}
	s.size += int64(len(p))
	return s.mem.Write(p)
}

func (s *Spool) flush() error {
	if s.file == nil && !s.noFile {
		file, err := os.CreateTemp("", "corsgate-spool-")
		if s.file, s.noFile = file, err != nil; err == nil {
			_ = os.Remove(file.Name()) // where an open file can be removed, a killed run leaves nothing behind
		}
	}
	if s.noFile {
		return nil
	}
	n, err := s.mem.WriteTo(s.file)
	s.flushed += n
	return err
}

// CopyTo writes the n bytes that stand at off to w.
func (s *Spool) CopyTo(w io.Writer, off, n int64) error {
	if n <= 0 {
		return nil
	}
	if off < s.flushed {
		part := min(n, s.flushed-off)
		if _, err := io.Copy(w, io.NewSectionReader(s.file, off, part)); err != nil {
			return err
		}
		if off, n = off+part, n-part; n == 0 {
			return nil
		}
	}
	start := off - s.flushed
	_, err := w.Write(s.mem.Bytes()[start : start+n])
	return err
}

// Close drops the bytes and removes the temporary file.
func (s *Spool) Close() error {
	file := s.file
	*s = Spool{}
	if file == nil {
		return nil
	}
	err := file.Close()
	if gone := os.Remove(file.Name()); gone != nil && !errors.Is(gone, os.ErrNotExist) {
		err = errors.Join(err, gone)
	}
	return err
}
