package sim

import (
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"strings"
	"testing"
)

// Every section of docs/twilio.md that code names is there, and every reading is
// explained in it.
func TestReferencesToTwilioPage(t *testing.T) {
	t.Parallel()
	page, err := os.ReadFile("../docs/twilio.md")
	if err != nil {
		t.Fatal(err)
	}
	sections := map[string]bool{}
	for _, m := range regexp.MustCompile(`(?m)^##+ (\d+(?:\.\d+)?)\.? `).FindAllStringSubmatch(string(page), -1) {
		if sections[m[1]] {
			t.Errorf("docs/twilio.md has section %s twice", m[1])
		}
		sections[m[1]] = true
	}
	var named int
	for _, folder := range []string{"../*/*.go", "../cmd/*/*.go", "../twilio/*/*.go"} {
		files, err := filepath.Glob(folder)
		if err != nil {
			t.Fatal(err)
		}
		for _, file := range files {
			src, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			for _, section := range sectionsNamed(string(src)) {
				named++
				if !sections[section] {
					t.Errorf("%s: docs/twilio.md has no section %q", file, section)
				}
			}
		}
	}
	if named < 20 {
		t.Errorf("%d references found, which cannot be all", named)
	}
	for _, reading := range reflect.VisibleFields(reflect.TypeFor[Readings]()) {
		if !strings.Contains(string(page), "`"+reading.Name+"`") {
			t.Errorf("docs/twilio.md does not explain the reading %s", reading.Name)
		}
	}
}

var (
	reference = regexp.MustCompile(`twilio\.md((?:(?:,| and)?\s(?://\s)?\d+(?:\.\d+)?)+)`)
	number    = regexp.MustCompile(`\d+(?:\.\d+)?`)
)

// sectionsNamed is the sections that text refers to, by the page's name and
// numbers, of which there may be more than one.
func sectionsNamed(text string) []string {
	var found []string
	for _, m := range reference.FindAllStringSubmatch(text, -1) {
		found = append(found, number.FindAllString(m[1], -1)...)
	}
	return found
}

func TestSectionsNamed(t *testing.T) {
	t.Parallel()
	const page = "docs/twilio" + ".md"
	for text, want := range map[string]string{
		"(" + page + " 1.5).":              "1.5",
		page + " 4.1, 4.2: TwiML":          "4.1 4.2",
		page + " 1.6 and 7.1 D: the first": "1.6 7.1",
		page + " 11: both":                 "11",
		page + "\n// 3.3: retries":         "3.3",
		"what " + page + " says":           "",
	} {
		if got := strings.Join(sectionsNamed(text), " "); got != want {
			t.Errorf("%q: got %q, want %q", text, got, want)
		}
	}
}
