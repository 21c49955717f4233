package report

import (
	"path"
	"strings"
)

// Folders tell where files lie, as absolute paths with the slashes of any system. With the zero value a relative file
// stays as it is.
type Folders struct {
	Repository string // its root, to which dashboards relate files
	Working    string // to which Case.File relates
}

// Relative returns file as seen from the root of the repository, with forward slashes. A file outside of it comes
// back as an absolute path; without known folders, as it was given.
func (f Folders) Relative(file string) string {
	file = slashes(file)
	if !absolute(file) {
		if f.Working == "" {
			return path.Clean(file)
		}
		file = path.Join(slashes(f.Working), file)
	}
	file = path.Clean(file)
	root := strings.TrimSuffix(path.Clean(slashes(f.Repository)), "/") + "/"
	if f.Repository != "" && len(file) > len(root) && samePath(file[:len(root)], root) {
		return file[len(root):]
	}
	return file
}

func slashes(s string) string { return strings.ReplaceAll(s, `\`, "/") }

// absolute reports whether file starts at a root or a drive.
func absolute(file string) bool { return strings.HasPrefix(file, "/") || drive(file) }

func drive(file string) bool { return len(file) > 2 && file[1] == ':' && file[2] == '/' }

// samePath compares as the file system does: the drives of Windows do not tell cases apart.
func samePath(a, b string) bool {
	if drive(a) && drive(b) {
		return strings.EqualFold(a, b)
	}
	return a == b
}
