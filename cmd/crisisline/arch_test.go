package main

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"maps"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

const (
	module    = "example.org/crisisline/"
	mostLines = 400 // of one file: a longer one is two things
)

// mayImport is the architecture: each package may import only the project
// packages beside it. Top to bottom, it is also the order to read the code in.
var mayImport = map[string][]string{
	"call":               {},
	"config":             {},
	"examples":           {},
	"deploy/grafana":     {}, // a module of its own
	"rota":               {"call"},
	"queue":              {"call"},
	"metrics":            {"call"},
	"twilio":             {"call"},
	"twilio/conformance": {"call", "twilio"},
	"router":             {"call", "rota", "queue", "twilio", "metrics"},
	"console/access":     {},
	"console/audit":      {},
	"console":            {"call", "rota", "queue", "metrics", "console/access", "console/audit"},
	"sim":                {"call", "twilio"},
	"cmd/crisisline":     {"call", "config", "rota", "queue", "metrics", "twilio", "router", "console", "console/access", "console/audit", "sim", "examples"},
}

// borders are the files where a foreign library may be seen; a pattern without
// a slash at its end is a file's, matched as package path does.
var borders = []struct {
	library string // import path, and whatever is below it
	where   []string
	why     string
}{
	{"github.com/redis/go-redis/", []string{"queue/", "rota/store*.go", "console/access/store*.go", "console/audit/store*.go", "cmd/crisisline/"}, "state is read and written where it belongs"},
	{"github.com/prometheus/client_golang/", []string{"metrics/", "cmd/crisisline/"}, "metrics are made from the ledger, in one package"},
	{"github.com/spf13/viper", []string{"config/load.go"}, "no package knows where a setting came from"},
	{"github.com/go-viper/mapstructure/", []string{"config/load.go"}, "it comes with viper"},
	{"github.com/spf13/cobra", []string{"cmd/crisisline/"}, "only the binary has a command line"},
	{"github.com/twilio/twilio-go/", []string{"twilio/"}, "the vendor's words stop there"},
	{"github.com/getkin/kin-openapi/", []string{"twilio/conformance/"}, "for tests only"},
	{"github.com/alicebob/miniredis/", []string{"cmd/crisisline/"}, "the store of a trial; elsewhere for tests only"},
	{"github.com/arran4/golang-ical", []string{"rota/ical*.go"}, "a calendar is one of the plan's ways in and out"},
	{"github.com/google/go-cmp/", nil, "for tests only"},
	{"pgregory.net/rapid", nil, "for tests only"},
	{"go.uber.org/goleak", nil, "for tests only"},
	{"github.com/coreos/go-oidc/", []string{"console/access/provider.go"}, "who signs in where is said in one file"},
	{"golang.org/x/oauth2", []string{"console/access/provider.go"}, "who signs in where is said in one file"},
	{"github.com/alexedwards/scs/", []string{"console/access/"}, "sessions are one package's"},
	{"github.com/go-redis/redis_rate/", []string{"console/access/"}, "only signing in is limited; a telephone never is"},
	{"github.com/danielgtaylor/huma/", []string{"console/api*.go"}, "the JSON API describes itself there"},
	{"github.com/oauth2-proxy/mockoidc", nil, "for tests only"},
	{"testing", []string{"twilio/conformance/", "sim/"}, "what runs in production tests nothing"},
}

// source is one Go file, its path from the root of the repository.
type source struct {
	path string
	file *ast.File
	text string
}

func (s source) pkg() string { return path.Dir(s.path) }

func (s source) imports() (paths []string) {
	for _, i := range s.file.Imports {
		p, _ := strconv.Unquote(i.Path.Value)
		paths = append(paths, p)
	}
	return paths
}

func TestImportsFollowTheTable(t *testing.T) {
	t.Parallel()
	seen := map[string]bool{}
	for _, s := range sources(t) {
		if strings.HasSuffix(s.path, "_test.go") {
			continue
		}
		allowed, ok := mayImport[s.pkg()]
		if !ok {
			t.Errorf("%s: package %s is not in mayImport; add it there and to docs/ARCHITECTURE.md", s.path, s.pkg())
		}
		seen[s.pkg()] = true
		for _, p := range s.imports() {
			if dep, ours := strings.CutPrefix(p, module); ours && !slices.Contains(allowed, dep) {
				t.Errorf("%s: %s may not import %s", s.path, s.pkg(), dep)
			}
		}
	}
	for _, pkg := range slices.Sorted(maps.Keys(mayImport)) {
		if !seen[pkg] {
			t.Errorf("%s: in mayImport, but there is no such package", pkg)
		}
	}
}

func TestForeignLibrariesStayBehindTheirBorders(t *testing.T) {
	t.Parallel()
	for _, s := range sources(t) {
		if strings.HasSuffix(s.path, "_test.go") {
			continue
		}
		for _, p := range s.imports() {
			for _, b := range borders {
				if below(p, b.library) && !slices.ContainsFunc(b.where, s.matches) {
					t.Errorf("%s: may not import %s: %s", s.path, p, b.why)
				}
			}
		}
	}
}

// TestNoForbiddenTools keeps out what would let tests lie: mock libraries, and
// assertion libraries that hide what differs.
func TestNoForbiddenTools(t *testing.T) {
	t.Parallel()
	for _, s := range sources(t) {
		for _, p := range s.imports() {
			for _, no := range []string{"github.com/stretchr/testify", "go.uber.org/mock", "github.com/golang/mock", "github.com/pkg/errors"} {
				if below(p, no) {
					t.Errorf("%s: may not import %s", s.path, p)
				}
			}
			if p == "log" && !strings.HasSuffix(s.path, "_test.go") {
				t.Errorf("%s: logs through log/slog, which it is handed", s.path)
			}
		}
	}
}

func TestEveryPackageIsExplained(t *testing.T) {
	t.Parallel()
	explained := map[string]bool{}
	for _, s := range sources(t) {
		if !strings.HasSuffix(s.path, "_test.go") {
			explained[s.pkg()] = explained[s.pkg()] || s.file.Doc != nil
		}
	}
	for _, pkg := range slices.Sorted(maps.Keys(explained)) {
		if !explained[pkg] {
			t.Errorf("%s: no package comment", pkg)
		}
	}
}

func TestFilesAreShort(t *testing.T) {
	t.Parallel()
	for _, s := range sources(t) {
		if n := strings.Count(s.text, "\n"); n > mostLines {
			t.Errorf("%s: %d lines, the most is %d: which two things is it?", s.path, n, mostLines)
		}
	}
}

// TestArchitecturePageHoldsTheTable keeps docs/ARCHITECTURE.md to mayImport.
func TestArchitecturePageHoldsTheTable(t *testing.T) {
	t.Parallel()
	page, err := os.ReadFile(filepath.Join("..", "..", "docs", "ARCHITECTURE.md"))
	if err != nil {
		t.Fatal(err)
	}
	for _, pkg := range slices.Sorted(maps.Keys(mayImport)) {
		deps := "nothing"
		switch {
		case pkg == "cmd/crisisline":
			deps = "all; the only reader of `config`"
		case len(mayImport[pkg]) > 0:
			deps = "`" + strings.Join(mayImport[pkg], "` `") + "`"
		}
		if row := "| `" + pkg + "` | " + deps + " |"; !strings.Contains(string(page), row) {
			t.Errorf("docs/ARCHITECTURE.md has no row\n%s", row)
		}
	}
}

// below reports whether an import path is that library or a package of it.
func below(p, library string) bool {
	return p == strings.TrimSuffix(library, "/") || strings.HasPrefix(p, strings.TrimSuffix(library, "/")+"/")
}

func (s source) matches(pattern string) bool {
	if folder, ok := strings.CutSuffix(pattern, "/"); ok {
		return s.pkg() == folder
	}
	ok, err := path.Match(pattern, s.path)
	return ok && err == nil
}

// sources parses every Go file of the repository, leaving out what git leaves
// out. It reads through os, so that the test cache sees what it depends on.
func sources(t *testing.T) (all []source) {
	t.Helper()
	root := filepath.Join("..", "..")
	ignored := ignoredFolders(t, root)
	err := filepath.WalkDir(root, func(file string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(root, file)
		if err != nil {
			return err
		}
		rel = filepath.ToSlash(rel)
		if d.IsDir() {
			if rel != "." && (strings.HasPrefix(d.Name(), ".") || d.Name() == "testdata" || ignored[rel]) {
				return filepath.SkipDir
			}
			return nil
		}
		if !strings.HasSuffix(rel, ".go") {
			return nil
		}
		text, err := os.ReadFile(file)
		if err != nil {
			return err
		}
		parsed, err := parser.ParseFile(token.NewFileSet(), file, text, parser.ImportsOnly|parser.ParseComments)
		if err != nil {
			return err
		}
		all = append(all, source{path: rel, file: parsed, text: string(text)})
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(all) == 0 {
		t.Fatal("no sources found")
	}
	return all
}

func ignoredFolders(t *testing.T, root string) map[string]bool {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(root, ".gitignore"))
	if err != nil {
		t.Fatal(err)
	}
	ignored := map[string]bool{}
	for line := range strings.Lines(string(text)) {
		if folder, ok := strings.CutSuffix(strings.TrimSpace(line), "/"); ok {
			ignored[strings.TrimPrefix(folder, "/")] = true
		}
	}
	return ignored
}
