package report

import (
	"bufio"
	"crypto/rand"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// File is a report file that comes to stand under its name whole or not at all. It is for one goroutine; each File
// ends with Commit or Discard.
type File struct {
	name string // as the user gave it, for messages
	path string // the final one, symbolic links followed
	temp string // empty when written in place
	file *os.File
	w    *bufio.Writer
	err  error // the first; there is no Commit after it
}

// Create checks that a report can be written to path, makes missing parent folders, and removes an old report there,
// so that nobody takes it for that of this run. What is not a regular file (a pipe, /dev/null) is written in place.
func Create(path string) (*File, error) {
	f := &File{name: path}
	if err := f.open(); err != nil {
		return nil, f.explain(err)
	}
	f.w = bufio.NewWriterSize(f.file, 64<<10)
	return f, nil
}

func (f *File) open() error {
	info, err := os.Stat(f.name)
	switch {
	case err == nil && info.IsDir():
		return errors.New("is a directory")
	case err == nil && !info.Mode().IsRegular():
		f.file, err = os.OpenFile(f.name, os.O_WRONLY, 0)
		return err
	}
	if f.path, err = followLinks(f.name); err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(f.path), 0o777); err != nil {
		return err
	}
	if err := f.openTemp(); err != nil {
		return err
	}
	if err := removeOld(f.path); err != nil {
		return errors.Join(err, f.Discard())
	}
	return nil
}

// openTemp opens a new file beside the final one, with the permissions that os.Create gives.
func (f *File) openTemp() (err error) {
	f.temp = filepath.Join(filepath.Dir(f.path), ".corsgate-"+rand.Text()[:12])
	f.file, err = os.OpenFile(f.temp, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o666)
	return err
}

// removeOld removes the file at path, unless it is protected against writing.
func removeOld(path string) error {
	old, err := os.OpenFile(path, os.O_WRONLY, 0)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	return errors.Join(old.Close(), os.Remove(path))
}

// followLinks returns the path that path leads to, also when nothing stands there yet.
func followLinks(path string) (string, error) {
	for range 40 {
		to, err := os.Readlink(path)
		if err != nil {
			return path, nil // no link
		}
		if !filepath.IsAbs(to) {
			to = filepath.Join(filepath.Dir(path), to)
		}
		path = to
	}
	return "", errors.New("too many symbolic links")
}

// Write adds p to the report.
func (f *File) Write(p []byte) (int, error) {
	n, err := f.w.Write(p)
	return n, f.keep(err)
}

// Commit puts the report under its name. After an error nothing stands there.
func (f *File) Commit() error {
	f.keep(f.w.Flush())
	f.keep(f.file.Close())
	if f.err == nil && f.temp != "" {
		f.keep(os.Rename(f.temp, f.path))
	}
	if f.err != nil {
		f.removeTemp()
	}
	return f.err
}

// Discard drops the report; nothing stands under its name.
func (f *File) Discard() error {
	return errors.Join(f.file.Close(), f.removeTemp())
}

func (f *File) removeTemp() error {
	if f.temp == "" {
		return nil
	}
	return os.Remove(f.temp)
}

// keep remembers the first error.
func (f *File) keep(err error) error {
	if err != nil && f.err == nil {
		f.err = f.explain(err)
	}
	return f.err
}

// explain says of which report err speaks, without the name of the temporary file.
func (f *File) explain(err error) error { return fmt.Errorf("report %s: %w", f.name, withoutPath(err)) }

// withoutPath is what a file system error says without the operation and the path.
func withoutPath(err error) error {
	var path *fs.PathError
	var link *os.LinkError
	switch {
	case errors.As(err, &path):
		return path.Err
	case errors.As(err, &link):
		return link.Err
	}
	return err
}
