package config

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

// TestExampleIsTheDefault loads the file people copy: what it sets must be what
// would be anyway, and it must explain every key there is.
func TestExampleIsTheDefault(t *testing.T) {
	t.Parallel()
	const example = "../config.example.yaml"
	got, err := Load(example, nil)
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(Default(), got, cmpopts.EquateEmpty()); d != "" {
		t.Errorf("the example differs from Default() (-default +example):\n%s", d)
	}
	text, err := os.ReadFile(example)
	if err != nil {
		t.Fatal(err)
	}
	shown := keysShown(string(text))
	for _, name := range Keys() {
		if !shown[name] {
			t.Errorf("the example does not show %s", name)
		}
		delete(shown, name)
	}
	for name := range shown {
		t.Errorf("the example shows %s, which is no key", name)
	}
}

// TestExampleWithEverythingUncommented loads the same file with the commented
// keys in force: they must be keys, of the right kind.
func TestExampleWithEverythingUncommented(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("../config.example.yaml")
	if err != nil {
		t.Fatal(err)
	}
	file := t.TempDir() + "/all.yaml"
	all := regexp.MustCompile(`(?m)^( *)# ?([a-z_]+: .*)$`).ReplaceAllString(string(text), "$1$2")
	all = regexp.MustCompile(`(?m)^ *[a-z_]+_file: .*$`).ReplaceAllString(all, "")
	if err := os.WriteFile(file, []byte(all), 0o600); err != nil {
		t.Fatal(err)
	}
	cfg, err := Load(file, nil)
	if err != nil {
		t.Fatal(err)
	}
	if cfg.Twilio.AccountSID == "" || cfg.Redis.Password.Reveal() == "" {
		t.Error("nothing was uncommented")
	}
}

// keysShown reads "section:" and "  key: value" lines, commented out or not.
func keysShown(text string) map[string]bool {
	shown := map[string]bool{}
	line := regexp.MustCompile(`^( *)(?:# ?)?([a-z_]+):( .*)?$`)
	var path [3]string
	for l := range strings.Lines(text) {
		m := line.FindStringSubmatch(strings.TrimRight(l, "\n"))
		if m == nil {
			continue
		}
		depth := len(m[1]) / 2
		path[depth] = m[2]
		list := path[0] == "standards" || path[0] == "follow_ups"
		if depth > 0 && list {
			continue
		}
		name := strings.Join(path[:depth+1], ".")
		if m[3] != "" || list {
			shown[name] = true
		}
	}
	return shown
}

// TestEveryFieldIsExplained holds config.go to one sentence a field, beginning
// with the field's name.
func TestEveryFieldIsExplained(t *testing.T) {
	t.Parallel()
	file, err := parser.ParseFile(token.NewFileSet(), "config.go", nil, parser.ParseComments)
	if err != nil {
		t.Fatal(err)
	}
	ast.Inspect(file, func(n ast.Node) bool {
		spec, ok := n.(*ast.TypeSpec)
		if !ok {
			return true
		}
		s, ok := spec.Type.(*ast.StructType)
		if !ok || spec.Name.Name == "Config" {
			return true
		}
		for _, f := range s.Fields.List {
			name := f.Names[0].Name
			if doc := f.Doc.Text(); !strings.HasPrefix(doc, name+" ") || !strings.HasSuffix(doc, ".\n") {
				t.Errorf("%s.%s: the comment must be a sentence that begins with the field's name", spec.Name.Name, name)
			}
		}
		return true
	})
}
