package main

import (
	"encoding/json"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"example.org/crisisline/config"
	"example.org/crisisline/rota"
)

// write puts text in a file of the desk's.
func (d desk) write(name, text string) string {
	d.t.Helper()
	path := filepath.Join(d.folder, name)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		d.t.Fatal(err)
	}
	return path
}

// opened is a desk with the example plan in force.
func opened(t *testing.T) desk {
	t.Helper()
	d := newDesk(t)
	d.types(exitDone, "plan", "apply", d.file("plan.yaml"), "--why", "first plan")
	return d
}

// Two teams are merged: looked at, done, taken back, with an edit in between
// that stays.
func TestPlanMergeAndCancel(t *testing.T) {
	t.Parallel()
	d := opened(t)
	merge := []string{"plan", "merge", "pseh", "southampton", "--into", "south", "--name", "South Hampshire", "--at", "2027-04-01T08:00"}
	look := d.types(exitDone, append(merge, "--dry-run")...).stdout
	says(t, look, "as it is", "as it would be", "south", "nobody would be in two places", "+ team south", "Nothing was changed")
	var preview rota.Preview
	if err := json.Unmarshal([]byte(d.types(exitDone, append(merge, "--dry-run", "--json")...).stdout), &preview); err != nil || len(preview.After) != 1 {
		t.Errorf("%+v, %v", preview, err)
	}
	says(t, d.types(exitUsage, merge...).stderr, "--why")
	says(t, d.types(exitDone, append(merge, "--why", "trusts merge")...).stdout, "version 2 is in force")
	says(t, d.types(exitDone, "plan", "who", "--at", "2027-04-01 07:59", "--team", "south").stderr, "south is pseh at that time")
	says(t, d.types(exitDone, "plan", "who", "--at", "2027-04-01 08:00", "--team", "south").stdout, "ada", "ivo")
	people := d.write("people.csv", "id,name\nada,Ada Again\n")
	d.types(exitDone, "plan", "import", "people", people, "--why", "married")
	says(t, d.types(exitDone, "plan", "merge", "--into", "south", "--cancel", "--why", "not yet").stdout, "version 4")
	text := d.types(exitDone, "plan", "export").stdout
	says(t, text, "Ada Again", "# Still on old posters")
	if strings.Contains(text, "south,") || strings.Contains(text, "South Hampshire") {
		t.Error("something of the merger is left")
	}
	says(t, d.types(exitFailed, "plan", "merge", "--into", "south", "--cancel", "--why", "again").stderr, "plan history")
	says(t, d.types(exitFailed, append(merge[:len(merge)-1:len(merge)-1], "2020-01-01", "--why", "x")...).stderr, "cut-over is not ahead: choose")
}

func TestPlanSplit(t *testing.T) {
	t.Parallel()
	d := opened(t)
	split := []string{"plan", "split", "pseh", "--new", "havant", "--name", "Havant", "--at", "2027-04-01", "--localities", "havant,east-hampshire"}
	says(t, d.types(exitDone, append(split, "--dry-run")...).stdout, "+ team havant", "havant east-hampshire")
	d.types(exitDone, append(split, "--why", "a team of its own")...)
	says(t, d.types(exitFailed, append(split, "--why", "twice")...).stderr, "choose a new id")
	says(t, d.types(exitDone, "plan", "split", "--new", "havant", "--cancel", "--why", "no").stdout, "version 3")
	if got := d.types(exitDone, "plan", "export").stdout; strings.Contains(got, "split_off:\n      - {team: havant") || strings.Contains(got, "name: Havant\n    from: ") {
		t.Error("something of the split is left")
	}
}

func TestPlanTablesAndCalendars(t *testing.T) {
	t.Parallel()
	d := opened(t)
	people := d.write("people.csv", d.types(exitDone, "plan", "export", "--people").stdout)
	shifts := d.write("shifts.csv", d.types(exitDone, "plan", "export", "--shifts").stdout)
	says(t, d.types(exitDone, "plan", "import", "people", people, "--exact", "--dry-run").stdout, "the same plan")
	says(t, d.types(exitDone, "plan", "import", "shifts", shifts, "--exact", "--dry-run").stdout, "the same plan")
	says(t, d.types(exitFindings, "plan", "import", "people", d.write("bad.csv", "id,team,number\nada,psehh,12\nx,pseh,999\n"), "--dry-run").stdout,
		"bad.csv:2: ", "bad.csv:3: ")
	calendar := d.types(exitDone, "plan", "export", "--calendar", "--person", "edda").stdout
	says(t, calendar, "BEGIN:VCALENDAR", "X-CRISISLINE-PERSON:edda")
	if strings.Contains(calendar, "X-CRISISLINE-PERSON:finn") {
		t.Error("finn is in edda's calendar")
	}
	ics := d.write("edda.ics", calendar)
	says(t, d.types(exitDone, "plan", "import", "calendar", ics, "--source", "edda", "--dry-run").stdout, "+ shift edda-", "Nothing was changed")
	says(t, d.types(exitDone, "plan", "export", "--roster").stdout, "person,team,tier,start,end", "edda,pseh,responding,2026-11-23 20:00,2026-11-24 08:00")
	says(t, d.types(exitFailed, "plan", "import", "nonsense", ics, "--dry-run").stderr, "people, shifts, roster, calendar")
}

func TestPlanFeeds(t *testing.T) {
	t.Parallel()
	d := opened(t)
	got := d.types(exitDone, "plan", "feed", "add", "--person", "edda")
	if !strings.HasPrefix(got.stdout, "/feeds/") || !strings.HasSuffix(got.stdout, ".ics\n") {
		t.Errorf("%q", got.stdout)
	}
	var feeds []rota.GivenFeed
	list := d.types(exitDone, "plan", "feed", "list", "--json").stdout
	if err := json.Unmarshal([]byte(list), &feeds); err != nil || len(feeds) != 1 || feeds[0].Who != "dm7" {
		t.Fatalf("%v, %v", feeds, err)
	}
	d.types(exitDone, "plan", "feed", "revoke", feeds[0].ID)
	says(t, d.types(exitFailed, "plan", "feed", "revoke", feeds[0].ID).stderr, "plan feed list")
	says(t, d.types(exitFailed, "plan", "feed", "add", "--person", "nobody").stderr, "no such thing")
}

func TestPlanDrafts(t *testing.T) {
	t.Parallel()
	d := opened(t)
	says(t, d.types(exitDone, "plan", "publish").stdout, "no drafts")
	draft := d.file("draft.yaml", "name: Ada,", "name: Ada L,")
	says(t, d.types(exitDone, "plan", "apply", draft, "--draft", "names", "--why", "a new name").stdout, "plan publish names")
	says(t, d.types(exitDone, "plan", "publish").stdout, "names", "a new name")
	says(t, d.types(exitDone, "plan", "diff", draft, "--json").stdout, `"What": "responder ada"`)
	says(t, d.types(exitDone, "plan", "publish", "names", "--dry-run").stdout, "name Ada → Ada L", "Nothing was changed")
	says(t, d.types(exitDone, "plan", "publish", "names").stdout, "version 2 is in force")
	says(t, d.types(exitFailed, "plan", "publish", "names").stderr, "lists them")
	says(t, d.types(exitDone, "plan", "history", "--json").stdout, `"why": "a new name"`)
	says(t, d.types(exitDone, "plan", "undo", "--version", "2", "--why", "wrong name").stdout, "version 3")
	if got := d.types(exitDone, "plan", "export").stdout; strings.Contains(got, "Ada L") {
		t.Error("the change is still there")
	}
}

func TestPlanGapsAndHours(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	good, bad := d.file("good.yaml"), d.file("bad.yaml", "people: [edda, finn]", "people: [edda]")
	says(t, d.types(exitDone, "plan", "gaps", good, "--days", "42").stdout, "no gap in the next 42 days")
	says(t, d.types(exitFindings, "plan", "gaps", bad, "--days", "14").stdout, "pseh", "11.50", "refuse", "Put somebody on")
	var gaps []gap
	if err := json.Unmarshal([]byte(d.types(exitFindings, "plan", "gaps", bad, "--json").stdout), &gaps); err != nil || len(gaps) < 20 {
		t.Errorf("%d gaps, %v", len(gaps), err)
	}
	says(t, d.types(exitDone, "plan", "hours", good, "--person", "edda", "--weeks", "2").stdout, "week 48 of 2026", "48.00", "pseh-night")
	says(t, d.types(exitDone, "plan", "hours", good).stdout, "BANK HOLIDAYS", "edda")
	says(t, d.types(exitFailed, "plan", "hours", good, "--person", "nobody").stderr, "plan export --people")
}

func TestPlanHolidays(t *testing.T) {
	t.Parallel()
	d := opened(t)
	says(t, d.types(exitDone, "plan", "holidays").stdout, "2026-12-25", "Christmas Day")
	newer := d.write("holidays.json", `{"england-and-wales":{"events":[{"title":"New Year’s Day","date":"2031-01-01","notes":""}]}}`)
	says(t, d.types(exitDone, "plan", "holidays", "--from", newer, "--why", "2031").stdout, "version 2")
	says(t, d.types(exitDone, "plan", "holidays").stdout, "2031-01-01", "2026-12-25")
	says(t, d.types(exitFailed, "plan", "holidays", "--from", d.write("x.json", "{}"), "--why", "x").stderr, "gov.uk")
}

// Twenty people change the plan at the same moment, each with a command of
// their own; nobody's change is lost.
func TestTwentyWritersLoseNothing(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	cfg := config.Default()
	cfg.Service.DataDir = d.folder
	st, err := openStore(t.Context(), cfg, slog.New(slog.DiscardHandler)) // one server for all
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = st.Close() })
	d.types(exitDone, "plan", "apply", filepath.Join("testdata", "plan.yaml"), "--why", "first plan", "--anyway")
	const writers = 20
	var wg sync.WaitGroup
	for i := range writers {
		file := d.write(fmt.Sprintf("w%d.csv", i), fmt.Sprintf("id,name,team,number\nw%d,Writer,portsmouth,07700 9003%02d\n", i, i))
		wg.Go(func() {
			d.types(exitDone, "plan", "import", "people", file, "--why", fmt.Sprint("writer ", i), "--anyway")
		})
	}
	wg.Wait()
	text := d.types(exitDone, "plan", "export").stdout
	for i := range writers {
		says(t, text, fmt.Sprintf("id: w%d,", i))
	}
	says(t, d.types(exitDone, "plan", "history").stdout, fmt.Sprint(writers+1, " "))
}
