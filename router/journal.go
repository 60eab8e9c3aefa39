package router

import (
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"time"

	"example.org/crisisline/call"
)

// journalled is one call that was handled while the store was gone. It holds
// no number.
type journalled struct {
	Call   call.ID     `json:"call"`
	Line   string      `json:"line"`
	Team   string      `json:"team"`
	Caller call.Caller `json:"caller"`
	Begun  int64       `json:"begun"`           // ms
	Ended  int64       `json:"ended,omitempty"` // ms; 0 while in progress
	How    string      `json:"how,omitempty"`   // joined, guided, left, lost_track
	told   bool        // the store has ended what it knew of the call
}

// events is the call as the ledger would have had it.
func (c journalled) events() []call.Event {
	begun, ended := call.FromMillis(c.Begun), call.FromMillis(c.Ended)
	return []call.Event{
		{At: begun, Kind: call.KindReceived, Call: c.Call, Line: c.Line, Team: c.Team, Caller: c.Caller},
		{
			At: ended, Kind: call.KindFinished, Call: c.Call, Line: c.Line, Team: c.Team, Caller: c.Caller,
			Outcome: call.OutcomeFallback, Reason: c.How, WaitMs: c.Ended - c.Begun,
		},
	}
}

// journal remembers degraded calls until the store is back: in memory, and in a
// file that is replaced whole, so that a crash loses nothing. It is bounded:
// beyond its limit calls are still rung, and no longer counted.
type journal struct {
	mu    sync.Mutex
	file  string
	calls map[call.ID]*journalled
	err   error // of the last write, for Health
}

// journalMost is far beyond what a service takes in any outage worth the name;
// journalStale is when a call of which no end was heard is taken as over.
const (
	journalMost  = 10_000
	journalStale = 4 * time.Hour
)

func newJournal(file string) *journal {
	j := &journal{file: file, calls: map[call.ID]*journalled{}}
	if file == "" {
		return j
	}
	data, err := os.ReadFile(file) //nolint:gosec // G304: in the operator's data folder
	if err != nil {
		if !errors.Is(err, os.ErrNotExist) {
			j.err = err
		}
		return j
	}
	var calls []*journalled
	if j.err = json.Unmarshal(data, &calls); j.err == nil {
		for _, c := range calls {
			j.calls[c.Call] = c
		}
	}
	return j
}

func (j *journal) begun(id call.ID, line, team string, caller call.Caller, now time.Time) {
	j.mu.Lock()
	defer j.mu.Unlock()
	if _, known := j.calls[id]; known || id == "" || len(j.calls) >= journalMost {
		return
	}
	if caller == "" {
		caller = call.CallerUnknown
	}
	j.calls[id] = &journalled{Call: id, Line: line, Team: team, Caller: caller, Begun: call.Millis(now)}
	j.saveLocked()
}

func (j *journal) joined(id call.ID, now time.Time) { j.end(id, "joined", now) }
func (j *journal) guided(id call.ID, now time.Time) { j.end(id, "guided", now) }
func (j *journal) left(id call.ID, now time.Time)   { j.end(id, "left", now) }

// end writes how a degraded call ended, once.
func (j *journal) end(id call.ID, how string, now time.Time) {
	j.mu.Lock()
	defer j.mu.Unlock()
	c, known := j.calls[id]
	if !known || c.Ended != 0 {
		return
	}
	c.Ended, c.How = call.Millis(now), how
	j.saveLocked()
}

// all is every call, oldest first; one of which no end is heard for long is over.
func (j *journal) all(now time.Time) (calls []journalled) {
	j.mu.Lock()
	defer j.mu.Unlock()
	for _, c := range j.calls {
		if c.Ended == 0 && now.Sub(call.FromMillis(c.Begun)) > journalStale {
			c.Ended, c.How = call.Millis(now), "lost_track"
		}
		calls = append(calls, *c)
	}
	slices.SortFunc(calls, func(a, b journalled) int { return int(a.Begun - b.Begun) })
	return calls
}

// tell notes that the store has been told; knows reports whether a call is, or
// was, on the snapshot.
func (j *journal) tell(id call.ID) {
	j.mu.Lock()
	defer j.mu.Unlock()
	if c, known := j.calls[id]; known {
		c.told = true
	}
}

func (j *journal) knows(id call.ID) bool {
	j.mu.Lock()
	defer j.mu.Unlock()
	_, known := j.calls[id]
	return known
}

func (j *journal) forget(id call.ID) {
	j.mu.Lock()
	defer j.mu.Unlock()
	delete(j.calls, id)
	j.saveLocked()
}

// failure is why the last write failed, nil when it did not.
func (j *journal) failure() error {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.err
}

// live is how many degraded calls are in progress.
func (j *journal) live() (n int) {
	j.mu.Lock()
	defer j.mu.Unlock()
	for _, c := range j.calls {
		if c.Ended == 0 {
			n++
		}
	}
	return n
}

func (j *journal) saveLocked() {
	if j.file == "" {
		return
	}
	calls := make([]*journalled, 0, len(j.calls))
	for _, c := range j.calls {
		calls = append(calls, c)
	}
	data, err := json.Marshal(calls)
	if err == nil {
		err = replaceFile(j.file, data)
	}
	j.err = err
}

// replaceFile writes a file so that a reader, or a crash, sees the old one or
// the new one and never half.
func replaceFile(name string, data []byte) error {
	tmp, err := os.CreateTemp(filepath.Dir(name), ".journal-*")
	if err != nil {
		return err
	}
	defer func() { _ = os.Remove(tmp.Name()) }() // gone already when the rename took
	_, err = tmp.Write(data)
	err = errors.Join(err, tmp.Sync(), tmp.Close())
	if err != nil {
		return err
	}
	return os.Rename(tmp.Name(), name)
}
