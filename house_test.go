package main

import (
	"bytes"
	"go/ast"
	"go/build"
	"go/format"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

const module = "github.com/corsgate/corsgate"

// room is what one folder may import: other rooms, packages of other modules, and of the standard library all but what
// it must never.
type room struct {
	rooms []string
	other []string
	never []string
	clock bool // it may call time.Now
}

// rooms is the whole house. What is not listed may not be imported.
var rooms = map[string]room{
	".": {rooms: []string{"internal/cli"}, never: []string{"net/http", "flag"}},
	"cors": {never: []string{ // the heart decides; it neither asks nor tells anybody
		"net/http", "os", "context", "log", "log/slog", "io", "bufio", "flag", "crypto/rand", "math/rand", "math/rand/v2",
	}},
	"spec":   {rooms: []string{"cors"}, other: []string{"gopkg.in/yaml.v3"}, never: []string{"net/http", "log", "flag"}},
	"assert": {rooms: []string{"cors"}, never: []string{"net/http", "os", "log", "flag"}},
	"audit": {
		rooms: []string{"cors"}, never: []string{"net/http", "os", "log", "flag"},
		other: []string{"golang.org/x/net/publicsuffix"},
	},
	"internal/plan": { // audit knows the public suffixes
		rooms: []string{"spec", "assert", "audit", "cors"}, never: []string{"net/http", "os", "log", "flag", "math/rand"},
	},
	"runner": { // spec, since a Go program hands it a Suite
		rooms: []string{"internal/plan", "assert", "audit", "cors", "report", "spec"}, never: []string{"flag", "log"},
		other: []string{"golang.org/x/net/http/httpproxy", "golang.org/x/net/proxy", "golang.org/x/time/rate"},
		clock: true,
	},
	"report":      {never: []string{"net/http", "log", "flag"}},
	"report/text": {rooms: []string{"report"}, other: []string{"github.com/vbauerster/mpb/v8", "github.com/vbauerster/mpb/v8/decor"}, never: []string{"os", "net/http", "flag"}, clock: true},
	"report/junit": {
		rooms: []string{"report"}, other: []string{"github.com/jstemmer/go-junit-report/v2/junit"},
		never: []string{"os", "net/http", "flag"},
	},
	"report/sarif": {
		rooms: []string{"report"}, other: []string{"github.com/owenrumney/go-sarif/v3/pkg/report/v210/sarif"},
		never: []string{"os", "net/http", "flag"},
	},
	"report/html":   {rooms: []string{"report"}, never: []string{"os", "net/http", "flag"}},
	"report/github": {rooms: []string{"report"}, never: []string{"os", "net/http", "flag"}},
	"internal/cli": {
		rooms: []string{"spec", "assert", "audit", "cors", "internal/plan", "internal/demo", "internal/draft", "internal/paste", "internal/story",
			"runner", "report", "report/text", "report/junit",
			"report/sarif", "report/html", "report/github"},
		other: []string{"github.com/spf13/cobra", "github.com/spf13/cobra/doc", "github.com/spf13/pflag", "golang.org/x/term"}, clock: true,
	},
	"internal/corpus": {rooms: []string{"cors"}, never: []string{"net/http", "log", "flag"}, clock: true}, // for tests
	"internal/story":  {rooms: []string{"cors", "report"}, never: []string{"net/http", "os", "log", "flag"}},
	"internal/paste":  {rooms: []string{"cors"}, never: []string{"net/http", "os", "log", "flag"}},
	"internal/draft":  {rooms: []string{"cors", "audit", "report"}, never: []string{"net/http", "os", "log", "flag"}},
	"internal/demo":   {other: []string{"github.com/rs/cors", "github.com/jub0bs/cors"}, clock: true},
}

// isExample reports whether a folder is an example: a program as users have it, with what they would import.
func isExample(folder string) bool {
	return folder == "examples" || strings.HasPrefix(folder, "examples/")
}

func TestARoomImportsWhatItMayAndNothingElse(t *testing.T) {
	for folder, imports := range importsOfAllRooms(t) {
		allowed, known := rooms[folder]
		if !known {
			t.Errorf("%s is no room of the house", folder)
		}
		for _, path := range imports {
			inside, isRoom := strings.CutPrefix(path, module+"/")
			switch {
			case isRoom && !slices.Contains(allowed.rooms, inside):
				t.Errorf("%s must not import the room %s", folder, inside)
			case !isRoom && !isStandard(path) && !slices.Contains(allowed.other, path):
				t.Errorf("%s must not import %s", folder, path)
			case slices.Contains(allowed.never, path):
				t.Errorf("%s must never import %s", folder, path)
			}
		}
	}
}

func TestTheTableHasNoRoomThatIsGone(t *testing.T) {
	imports := importsOfAllRooms(t)
	for folder, r := range rooms {
		if _, ok := imports[folder]; !ok {
			t.Errorf("there is no room %s", folder)
		}
		for _, path := range r.other {
			if !slices.Contains(imports[folder], path) {
				t.Errorf("%s no longer imports %s", folder, path)
			}
		}
	}
}

func TestEachDependencyIsImportedInOneRoomOnly(t *testing.T) {
	importer := map[string]string{}
	for folder, imports := range importsOfAllRooms(t) {
		for _, path := range imports {
			if isStandard(path) || strings.HasPrefix(path, module) {
				continue
			}
			if other, ok := importer[path]; ok {
				t.Errorf("both %s and %s import %s", folder, other, path)
			}
			importer[path] = folder
		}
	}
}

// isStandard reports whether a package is of the standard library: other paths start with a domain.
func isStandard(path string) bool {
	first, _, _ := strings.Cut(path, "/")
	return !strings.Contains(first, ".")
}

// importsOfAllRooms returns the imports of every folder with Go files, tests aside.
func importsOfAllRooms(t *testing.T) map[string][]string {
	t.Helper()
	all := map[string][]string{}
	for _, file := range goFiles(t) {
		folder := filepath.ToSlash(filepath.Dir(file))
		if _, known := all[folder]; known || isExample(folder) || strings.HasSuffix(file, "_test.go") {
			continue
		}
		p, err := build.ImportDir(folder, 0)
		if err != nil {
			t.Fatal(err)
		}
		all[folder] = p.Imports
	}
	return all
}

func goFiles(t *testing.T) []string {
	t.Helper()
	var files []string
	err := filepath.WalkDir(".", func(path string, d fs.DirEntry, err error) error {
		if err == nil && d.IsDir() && path != "." && slices.Contains([]string{"testdata", "node_modules", "results", "dist"}, d.Name()) ||
			d.IsDir() && len(path) > 1 && strings.HasPrefix(d.Name(), ".") {
			return fs.SkipDir
		}
		if strings.HasSuffix(path, ".go") {
			files = append(files, path)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}

func TestFilesAreFormattedAndSmall(t *testing.T) {
	for _, file := range goFiles(t) {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		formatted, err := format.Source(text)
		if err != nil || !bytes.Equal(text, formatted) {
			t.Errorf("%s is not formatted (%v)", file, err)
		}
		most := 400
		if file == "main.go" {
			most = 20
		}
		if lines := bytes.Count(text, []byte("\n")); lines > most {
			t.Errorf("%s has %d lines, at most %d fit", file, lines, most)
		}
	}
}

func TestFunctionsAreSmallAndPackagesHaveNoInit(t *testing.T) {
	for _, file := range goFiles(t) {
		if strings.HasSuffix(file, "_test.go") {
			continue
		}
		positions := token.NewFileSet()
		tree, err := parser.ParseFile(positions, file, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		clock := isExample(filepath.ToSlash(filepath.Dir(file))) || rooms[filepath.ToSlash(filepath.Dir(file))].clock
		ast.Inspect(tree, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.FuncDecl:
				lines := positions.Position(n.End()).Line - positions.Position(n.Pos()).Line + 1
				if lines > 60 {
					t.Errorf("%s: %s has %d lines", positions.Position(n.Pos()), n.Name.Name, lines)
				}
				if n.Name.Name == "init" && n.Recv == nil {
					t.Errorf("%s: there is an init", positions.Position(n.Pos()))
				}
			case *ast.SelectorExpr:
				if x, ok := n.X.(*ast.Ident); ok && x.Name == "time" && n.Sel.Name == "Now" && !clock {
					t.Errorf("%s: time is an argument here", positions.Position(n.Pos()))
				}
			}
			return true
		})
	}
}

func TestPackagesAreCalledByANoun(t *testing.T) {
	for folder := range importsOfAllRooms(t) {
		if name := filepath.Base(folder); slices.Contains(strings.Fields("util utils common types helpers models misc"), name) {
			t.Errorf("%s says nothing of what it holds", strconv.Quote(name))
		}
	}
}
