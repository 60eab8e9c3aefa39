package router

import (
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"example.org/crisisline/call"
)

func TestJournalSurvivesARestart(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	j := newJournal(folder)
	j.begun("CA1", "public", "portsmouth", "", noon)
	j.begun("CA1", "public", "portsmouth", "", noon.Add(time.Second)) // the same webhook again
	j.begun("CA2", "public", "portsmouth", "self", noon)
	j.heard("CA1", howJoined, noon.Add(time.Minute))
	j.left("CA1", noon.Add(time.Hour)) // what is surer was said first

	j.close()

	again := newJournal(folder)
	want := []journalled{{Call: "CA1", Line: "public", Team: "portsmouth", Caller: "unknown",
		Begun: noon.UnixMilli(), Ended: noon.Add(time.Minute).UnixMilli(), How: "joined"}}
	if diff := cmp.Diff(want, over(again, noon.Add(time.Minute)), cmpopts.IgnoreUnexported(journalled{})); diff != "" {
		t.Errorf("after a restart (-want +got):\n%s", diff)
	}
	if again.live() != 1 {
		t.Errorf("%d calls in progress, want 1", again.live())
	}
	again.forget("CA1")
	again.close()
	if n := len(over(newJournal(folder), noon)); n != 0 {
		t.Errorf("%d calls left after the journal was brought home", n)
	}
}

// over is the calls that have ended.
func over(j *journal, now time.Time) (ended []journalled) {
	for _, c := range j.all(now, carrierLimit) {
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
	over := over(j, noon.Add(carrierLimit+time.Second))
	if len(over) != 1 || over[0].How != "lost_track" {
		t.Errorf("%+v, want it over as lost_track", over)
	}
}

// Two instances share a folder: each has a journal of its own, and whoever is left
// takes up what the other left.
func TestJournalsOfOneFolder(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	first, second := newJournal(folder), newJournal(folder)
	first.begun("CA1", "public", "portsmouth", "", noon)
	second.begun("CA2", "public", "portsmouth", "", noon)
	first.begun("CA3", "public", "portsmouth", "", noon)
	second.adopt()
	if got := ids(second); !slices.Equal(got, []call.ID{"CA2"}) {
		t.Errorf("the second has %v while the first lives", got)
	}
	inspected(t, folder, JournalFacts{Instances: 2, Held: 3})
	first.close()
	inspected(t, folder, JournalFacts{Instances: 1, Held: 1, Left: 2})
	second.adopt()
	if got := ids(second); !slices.Equal(got, []call.ID{"CA1", "CA2", "CA3"}) {
		t.Errorf("the second has %v when the first is no more", got)
	}
	if got := ids(newJournal(folder)); len(got) != 0 {
		t.Errorf("a third, in the first one's place, has %v as well", got)
	}
	second.close()
	if got := ids(newJournal(folder)); !slices.Equal(got, []call.ID{"CA1", "CA2", "CA3"}) {
		t.Errorf("a fourth has %v", got)
	}
}

func inspected(t *testing.T, folder string, want JournalFacts) {
	t.Helper()
	if got, err := InspectJournal(folder); got != want || err != nil {
		t.Errorf("from outside: %+v, %v, want %+v", got, err, want)
	}
}

func ids(j *journal) (all []call.ID) {
	for _, c := range j.all(noon, carrierLimit) {
		all = append(all, c.Call)
	}
	slices.Sort(all)
	return all
}

// What a crash, or a full disk, may leave of the last line costs that line; a
// line that is damaged among others is told of, and the others count.
func TestJournalOfADamagedFile(t *testing.T) {
	t.Parallel()
	const whole = `{"call":"CA1","line":"public","begun":1}` + "\n"
	for name, tt := range map[string]struct {
		text  string
		want  []call.ID
		fails bool
	}{
		"torn last line":      {whole + `{"call":"CA2","li`, []call.ID{"CA1"}, false},
		"torn, but for one":   {whole + `{"call":"CA2","begun":2}`, []call.ID{"CA1"}, false},
		"damaged in between":  {`{"call":` + "\n" + whole, []call.ID{"CA1"}, true},
		"forgotten":           {whole + `{"call":"CA1","gone":true}` + "\n", nil, false},
		"nothing but a start": {`{`, nil, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			folder := t.TempDir()
			if err := os.WriteFile(filepath.Join(folder, "1.jsonl"), []byte(tt.text), 0o600); err != nil {
				t.Fatal(err)
			}
			j := newJournal(folder)
			if got := ids(j); !slices.Equal(got, tt.want) || (j.failure() != nil) != tt.fails {
				t.Errorf("%v, %v", got, j.failure())
			}
			j.begun("CA9", "public", "portsmouth", "", noon)
			if j.failure() != nil {
				t.Errorf("a new call is not journalled: %v", j.failure())
			}
			j.close()
			if got := ids(newJournal(folder)); !slices.Equal(got, append(slices.Clone(tt.want), "CA9")) {
				t.Errorf("the next has %v", got)
			}
		})
	}
}

// What could not be read of a file, our own or a dead instance's, is kept for
// somebody to look at, and not emptied with the rest.
func TestJournalKeepsWhatItCannotRead(t *testing.T) {
	t.Parallel()
	const damaged = `{"call":` + "\n" + `{"call":"CA1","line":"public","begun":1}` + "\n"
	for _, place := range []string{"1", "2"} {
		folder := t.TempDir()
		if err := os.WriteFile(filepath.Join(folder, place+".jsonl"), []byte(damaged), 0o600); err != nil {
			t.Fatal(err)
		}
		j := newJournal(folder)
		if got := ids(j); !slices.Equal(got, []call.ID{"CA1"}) {
			t.Errorf("place %s: %v", place, got)
		}
		j.close()
		if kept, err := os.ReadFile(filepath.Join(folder, place+".unreadable")); string(kept) != damaged {
			t.Errorf("place %s: kept is %q, %v", place, kept, err)
		}
	}
}

// The disk is full, or the folder not ours: calls are journalled in memory, that is
// told, and all of them are on disk once it takes them.
func TestJournalOnADiskThatFails(t *testing.T) {
	t.Parallel()
	folder := filepath.Join(t.TempDir(), "calls")
	j := newJournal(folder)
	j.begun("CA1", "public", "portsmouth", "", noon)
	_ = j.file.out.Close() // as good as a disk that takes nothing
	j.begun("CA2", "public", "portsmouth", "", noon)
	if j.failure() == nil {
		t.Error("a call that is not on disk is passed over in silence")
	}
	j.begun("CA3", "public", "portsmouth", "", noon)
	if err := j.failure(); err != nil {
		t.Error(err)
	}
	j.close()
	if got := ids(newJournal(folder)); !slices.Equal(got, []call.ID{"CA1", "CA2", "CA3"}) {
		t.Errorf("on disk are %v", got)
	}
}

func TestJournalFileStaysSmall(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	j := newJournal(folder)
	j.begun("CA0", "public", "portsmouth", "", noon)
	for i := range 3000 {
		id := call.ID("CA" + strconv.Itoa(i+1))
		j.begun(id, "public", "portsmouth", "", noon)
		j.forget(id)
	}
	if info, err := os.Stat(filepath.Join(folder, "1.jsonl")); err != nil || info.Size() > 64<<10 {
		t.Errorf("after 3000 calls: %v, %v", info.Size(), err)
	}
	j.close()
	if got := ids(newJournal(folder)); !slices.Equal(got, []call.ID{"CA0"}) {
		t.Errorf("the next has %v", got)
	}
}
