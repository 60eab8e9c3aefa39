package main

import (
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"example.org/crisisline/config"
)

// pages are every file a reader may open, by path from the root.
func pages(t *testing.T, endings ...string) map[string]string {
	t.Helper()
	root := filepath.Join("..", "..")
	ignored := ignoredFolders(t, root)
	found := map[string]string{}
	err := filepath.WalkDir(root, func(file string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(root, file)
		if err != nil {
			return err
		}
		if d.IsDir() {
			if rel != "." && (strings.HasPrefix(d.Name(), ".git") || d.Name() == "testdata" || ignored[filepath.ToSlash(rel)]) {
				return filepath.SkipDir
			}
			return nil
		}
		for _, ending := range endings {
			if strings.HasSuffix(rel, ending) {
				text, err := os.ReadFile(file)
				if err != nil {
					return err
				}
				found[rel] = string(text)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(found) == 0 {
		t.Fatalf("no files end in %v", endings)
	}
	return found
}

func TestLinksLeadSomewhere(t *testing.T) {
	t.Parallel()
	link := regexp.MustCompile(`\]\(([^)\s]+)\)`)
	for page, text := range pages(t, ".md") {
		for _, m := range link.FindAllStringSubmatch(text, -1) {
			u, err := url.Parse(m[1])
			if err != nil {
				t.Errorf("%s: %s: %v", page, m[1], err)
				continue
			}
			if u.Scheme != "" || u.Path == "" {
				continue
			}
			if _, err := os.Stat(filepath.Join("..", "..", filepath.Dir(page), u.Path)); err != nil {
				t.Errorf("%s: %s leads nowhere", page, m[1])
			}
		}
	}
}

// TestFilesNamedInTheArchitectureExist keeps the guide from sending readers to
// files that were renamed.
func TestFilesNamedInTheArchitectureExist(t *testing.T) {
	t.Parallel()
	text := pages(t, "ARCHITECTURE.md")["docs/ARCHITECTURE.md"]
	for _, m := range regexp.MustCompile("`([a-z]+/[A-Za-z0-9_*/.-]+)`").FindAllStringSubmatch(text, -1) {
		if found, err := filepath.Glob(filepath.Join("..", "..", m[1])); err != nil || len(found) == 0 {
			t.Errorf("docs/ARCHITECTURE.md: there is no %s", m[1])
		}
	}
}

// TestVariablesInDeploymentExist: a variable nobody knows stops the process.
func TestVariablesInDeploymentExist(t *testing.T) {
	t.Parallel()
	known := map[string]bool{"CRISISLINE_CONFIG": true}
	for _, key := range config.Keys() {
		known[config.Variable(key)] = true
	}
	for file, text := range pages(t, "Dockerfile", ".service", "compose.yaml", ".md", "Makefile", "ci.yml") {
		for _, name := range regexp.MustCompile(`CRISISLINE_[A-Z_]*[A-Z]`).FindAllString(text, -1) {
			if !known[name] {
				t.Errorf("%s: %s is no setting", file, name)
			}
		}
	}
}

// TestREADMENamesEveryCommand holds the README to the command line.
func TestREADMENamesEveryCommand(t *testing.T) {
	t.Parallel()
	text := pages(t, "README.md")["README.md"]
	root, _ := commandLine(&shell{})
	for _, c := range root.Commands() {
		if !strings.Contains(text, "crisisline "+c.Name()) {
			t.Errorf("the README does not name crisisline %s", c.Name())
		}
	}
	plan, _, err := root.Find([]string{"plan"})
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range plan.Commands() {
		if !regexp.MustCompile(`crisisline plan [a-z\\|]*\b` + c.Name() + `\b`).MatchString(text) {
			t.Errorf("the README does not name crisisline plan %s", c.Name())
		}
	}
}
