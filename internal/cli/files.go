package cli

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// defaultFile is what a folder's own file is called.
const defaultFile = "corsgate.yaml"

// findFiles returns the files that args mean, each once, in the order of args: a file means itself; a folder, and no
// argument the current one, its corsgate.yaml and every *.cors.yaml and *.cors.yml below it, sorted.
func findFiles(args []string) ([]string, error) {
	if len(args) == 0 {
		args = []string{"."}
	}
	var found fileSet
	for _, arg := range args {
		info, err := os.Stat(arg)
		switch {
		case errors.Is(err, fs.ErrNotExist):
			return nil, usage("files are named relative to the current folder", "there is no file or folder %s", arg)
		case err != nil:
			return nil, usage("", "can't look at %s: %v", arg, cause(err))
		case !info.IsDir():
			found.add(arg)
			continue
		}
		if err := found.addFolder(arg); err != nil {
			return nil, err
		}
	}
	return found.names, nil
}

// addFolder adds the files of a folder, of which there must be one.
func (s *fileSet) addFolder(root string) error {
	own := filepath.Join(root, defaultFile)
	info, err := os.Stat(own)
	has := err == nil && !info.IsDir()
	if has {
		s.add(own)
	}
	below, err := filesBelow(root)
	if err != nil {
		return usage("", "can't look below %s: %v", root, cause(err))
	}
	if !has && len(below) == 0 {
		where := "in " + root
		if root == "." {
			where = "here"
		}
		return usage("write a corsgate.yaml, or name a file or folder",
			"there is no corsgate.yaml %s, and no *.cors.yaml below", where)
	}
	for _, name := range below {
		s.add(name)
	}
	return nil
}

func filesBelow(root string) ([]string, error) {
	var found []string
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		switch hidden := path != root && strings.HasPrefix(d.Name(), "."); {
		case err != nil:
			return err
		case d.IsDir() && (hidden || path != root && slices.Contains([]string{"node_modules", "vendor"}, d.Name())):
			return fs.SkipDir
		case d.IsDir() || hidden:
		case strings.HasSuffix(path, ".cors.yaml") || strings.HasSuffix(path, ".cors.yml"):
			found = append(found, path)
		}
		return nil
	})
	return found, err
}

// fileSet is files by what they are, not by how they are named.
type fileSet struct {
	names []string
	infos []os.FileInfo
}

func (s *fileSet) add(name string) {
	info, err := os.Stat(name)
	if err == nil && s.has(info) {
		return
	}
	s.names, s.infos = append(s.names, filepath.ToSlash(filepath.Clean(name))), append(s.infos, info)
}

func (s *fileSet) has(info os.FileInfo) bool {
	return slices.ContainsFunc(s.infos, func(known os.FileInfo) bool { return os.SameFile(known, info) })
}

// cause is what a file system error says without the operation and the path.
func cause(err error) error {
	var path *fs.PathError
	if errors.As(err, &path) {
		return path.Err
	}
	return err
}
