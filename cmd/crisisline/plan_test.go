package main

import (
	"encoding/json"
	"encoding/xml"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"example.org/crisisline/examples"
)

// desk is a person at a terminal, with a data folder of their own.
type desk struct {
	t       *testing.T
	environ []string
	folder  string
}

func newDesk(t *testing.T) desk {
	t.Helper()
	folder := t.TempDir()
	return desk{t: t, folder: folder, environ: []string{
		"CRISISLINE_SERVICE_DATA_DIR=" + folder, "LOGNAME=dm7",
		"CRISISLINE_PRIVACY_KEY=" + strings.Repeat("k", 32),
	}}
}

// types runs a command and expects its exit code.
func (d desk) types(exit int, args ...string) started {
	d.t.Helper()
	got := command(d.t, d.environ, "", args...)
	if got.exit != exit {
		d.t.Fatalf("%v: exit %d, not %d\nstdout: %s\nstderr: %s", args, got.exit, exit, got.stdout, got.stderr)
	}
	return got
}

// file writes the example plan with some of its text replaced.
func (d desk) file(name string, replace ...string) string {
	d.t.Helper()
	text := string(examples.Plan)
	for i := 0; i < len(replace); i += 2 {
		if !strings.Contains(text, replace[i]) {
			d.t.Fatalf("the example plan does not say %q any more", replace[i])
		}
		text = strings.Replace(text, replace[i], replace[i+1], 1)
	}
	path := filepath.Join(d.folder, name)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		d.t.Fatal(err)
	}
	return path
}

func says(t *testing.T, text string, parts ...string) {
	t.Helper()
	for _, part := range parts {
		if !strings.Contains(text, part) {
			t.Errorf("does not say %q:\n%s", part, text)
		}
	}
}

// TestPlanFromExampleToUndo is a manager's way through: each step is in force
// for the next, across processes.
func TestPlanFromExampleToUndo(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	first := d.file("first.yaml")
	if got := d.types(exitDone, "plan", "example").stdout; got != string(examples.Plan) {
		t.Error("the example is another")
	}
	d.types(exitFailed, "plan", "who")
	d.types(exitDone, "plan", "check", first)
	says(t, d.types(exitDone, "plan", "apply", first, "--why", "first plan").stdout, "version 1 is in force")
	says(t, d.types(exitDone, "plan", "who", "--at", "2026-11-23 21:00").stdout, "edda", "finn", "shift pseh-night", "last-human-1", "always")

	second := d.file("second.yaml", "people: [edda, finn]", "people: [edda]")
	diff := d.types(exitDone, "plan", "diff", second).stdout
	says(t, diff, "~ shift pseh-night: people [edda, finn] → [edda]",
		"Mon 23 Nov 2026 20:00 GMT to Tue 24 Nov 2026 08:00 GMT, pseh responding: finn off")
	says(t, d.types(exitDone, "plan", "diff", first).stdout, "the same plan")
	says(t, d.types(exitDone, "plan", "apply", second, "--why", "finn is ill", "--by", "dm9", "--anyway").stdout, "version 2 is in force")
	if got := d.types(exitDone, "plan", "who", "--at", "2026-11-23 21:00").stdout; strings.Contains(got, "finn") {
		t.Errorf("finn is still on shift:\n%s", got)
	}
	d.types(exitFailed, "plan", "apply", first, "--why", "stale", "--expect", "1")
	says(t, d.types(exitDone, "plan", "undo", "--why", "finn is well").stdout, "version 3 is in force")
	says(t, d.types(exitDone, "plan", "history").stdout, "first plan", "dm7", "finn is ill", "dm9", "(version 1 again) finn is well")
	if got := d.types(exitDone, "plan", "export").stdout; got != string(examples.Plan) {
		t.Error("the export is not what was applied")
	}
}

func TestPlanWhoInOrder(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	got := d.types(exitDone, "plan", "who", d.file("plan.yaml"), "--at", "2026-11-23 21:00", "--line", "public").stdout
	says(t, got, "own_team", "neighbour", "backup", "duty_manager", "last_human", "1m45s")
	says(t, d.types(exitFailed, "plan", "who", d.file("plan.yaml"), "--line", "nobody").stderr, `no line "nobody"`)
	says(t, d.types(exitFailed, "plan", "who", d.file("plan.yaml"), "--at", "teatime").stderr, `"teatime" is not a time`)
	says(t, d.types(exitDone, "plan", "who", d.file("plan.yaml"), "--team", "solent-portsmouth", "--at", "2026-11-23 21:00").stdout, "edda")
	says(t, d.types(exitFailed, "plan", "who", d.file("plan.yaml"), "--team", "nowhere").stderr, "no team is or was called")
	var list []onDuty
	if err := json.Unmarshal([]byte(d.types(exitDone, "plan", "who", d.file("plan.yaml"), "--team", "pseh", "--json").stdout), &list); err != nil {
		t.Fatal(err)
	}
	if len(list) < 4 || list[0].Team != "pseh" {
		t.Errorf("got %v", list)
	}
}

// TestBadPlanIsRefusedAndTheRunningOneStays tells everything at once.
func TestBadPlanIsRefusedAndTheRunningOneStays(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	d.types(exitDone, "plan", "apply", d.file("good.yaml"), "--why", "first plan")
	bad := d.file("bad.yaml", "people: [edda, finn]", "people: [edda, fin]", "pseh-day, team: pseh", "pseh-day, team: peh")
	for _, args := range [][]string{{"plan", "check", bad}, {"plan", "apply", bad, "--why", "x"}, {"plan", "diff", bad}} {
		says(t, d.types(exitFindings, args...).stdout, "bad.yaml:", `did you mean "finn"?`, `did you mean "pseh"?`)
	}
	says(t, d.types(exitDone, "plan", "history").stdout, "1  ")
	says(t, d.types(exitUsage, "plan", "apply", bad).stderr, "why")
}

// TestPlanWithAGapNeedsTheWordAnyway refuses what would leave an hour empty.
func TestPlanWithAGapNeedsTheWordAnyway(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	gap := d.file("gap.yaml", "people: [edda, finn]", "people: [edda]")
	says(t, d.types(exitFindings, "plan", "check", gap).stdout, "refuse", "pseh", "more of: refuse coverage_responding pseh")
	got := d.types(exitFindings, "plan", "apply", gap, "--why", "x")
	says(t, got.stderr, "--anyway")
	d.types(exitFailed, "plan", "who")
	says(t, d.types(exitDone, "plan", "apply", gap, "--why", "x", "--anyway").stdout, "version 1")
	var findings []map[string]any
	if err := json.Unmarshal([]byte(d.types(exitFindings, "plan", "check", "--json").stdout), &findings); err != nil || len(findings) == 0 {
		t.Errorf("%v, %v", findings, err)
	}
}

// TestFallbackDocumentNeedsNothingOfOurs: the document that answers when we are
// gone must not ask us anything, nor show a caller's number.
func TestFallbackDocumentNeedsNothingOfOurs(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	plan := d.file("plan.yaml")
	says(t, d.types(exitFailed, "plan", "export", plan, "--fallback-twiml").stderr, "--line: public, professionals, old-portsmouth")
	text := d.types(exitDone, "plan", "export", plan, "--fallback-twiml", "--line", "public").stdout
	if err := xml.Unmarshal([]byte(text), new(struct{ XMLName xml.Name })); err != nil {
		t.Fatal(err)
	}
	says(t, text, `callerId="+448081570001"`, "<Number>", "9 9 9", "8 5 2 5 8", "<Hangup/>")
	night := d.types(exitDone, "plan", "export", plan, "--fallback-twiml", "--line", "public", "--during", "2h").stdout
	if by, all := strings.Count(text, "<Number>"), strings.Count(night, "<Number>"); by != 2 || all <= by || all > dialMost {
		t.Errorf("%d and %d numbers:\n%s", by, all, night)
	}
	for _, not := range []string{"http", "action=", "url=", "<Gather", "<Redirect"} {
		if strings.Contains(text, not) {
			t.Errorf("holds %q:\n%s", not, text)
		}
	}
}

// TestPlanInMemoryIsRefused: a plan applied to a store that ends with the
// command would be a lie.
func TestPlanInMemoryIsRefused(t *testing.T) {
	d := newDesk(t)
	file := d.file("plan.yaml")
	t.Setenv("PATH", t.TempDir())
	says(t, d.types(exitFailed, "plan", "apply", file, "--why", "x").stderr, "install redis-server")
}

func TestPlanFromStandardInput(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	got := command(t, d.environ, "service: x\nteems: []\n", "plan", "check", "-")
	if got.exit != exitFindings {
		t.Fatalf("exit %d: %s", got.exit, got.stderr)
	}
	says(t, got.stdout, `standard input:2: unknown key "teems": did you mean "teams"?`)
}
