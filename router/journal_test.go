package router

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

func TestJournalSurvivesARestart(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "calls.json")
	j := newJournal(file)
	j.begun("CA1", "public", "portsmouth", "", noon)
	j.begun("CA1", "public", "portsmouth", "", noon.Add(time.Second)) // the same webhook again
	j.begun("CA2", "public", "portsmouth", "self", noon)
	j.joined("CA1", noon.Add(time.Minute))
	j.left("CA1", noon.Add(time.Hour)) // the end is written once

	again := newJournal(file)
	want := []journalled{{Call: "CA1", Line: "public", Team: "portsmouth", Caller: "unknown",
		Begun: noon.UnixMilli(), Ended: noon.Add(time.Minute).UnixMilli(), How: "joined"}}
	if diff := cmp.Diff(want, over(again, noon.Add(time.Minute)), cmpopts.IgnoreUnexported(journalled{})); diff != "" {
		t.Errorf("after a restart (-want +got):\n%s", diff)
	}
	if again.live() != 1 {
		t.Errorf("%d calls in progress, want 1", again.live())
	}
	again.forget("CA1")
	if n := len(over(newJournal(file), noon)); n != 0 {
		t.Errorf("%d calls left after the journal was brought home", n)
	}
}

// over is the calls that have ended.
func over(j *journal, now time.Time) (ended []journalled) {
	for _, c := range j.all(now) {
		if c.Ended != 0 {
			ended = append(ended, c)
		}
	}
	return ended
}

func TestJournalGivesUpOnACallWhoseEndIsNeverHeard(t *testing.T) {
	t.Parallel()
	j := newJournal("")
	j.begun("CA1", "public", "portsmouth", "", noon)
	over := over(j, noon.Add(journalStale+time.Second))
	if len(over) != 1 || over[0].How != "lost_track" {
		t.Errorf("%+v, want it over as lost_track", over)
	}
}

func TestJournalOfADamagedFileStartsEmptyAndSaysSo(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "calls.json")
	if err := os.WriteFile(file, []byte(`[{"call":`), 0o600); err != nil {
		t.Fatal(err)
	}
	j := newJournal(file)
	if j.err == nil {
		t.Error("a damaged file is passed over in silence")
	}
	j.begun("CA1", "public", "portsmouth", "", noon)
	if j.err != nil || j.live() != 1 {
		t.Errorf("a new call is not journalled: %v", j.err)
	}
}
