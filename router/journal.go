package router

import (
	"slices"
	"sync"
	"time"

	"example.org/crisisline/call"
)

// journalled is one call that was handled while the store was gone, or only its
// end, when another instance handled it. It holds no number.
type journalled struct {
	Call   call.ID     `json:"call"`
	Line   string      `json:"line,omitempty"`
	Team   string      `json:"team,omitempty"`
	Caller call.Caller `json:"caller,omitempty"`
	Begun  int64       `json:"begun,omitempty"` // ms; 0: it is another instance's, which must hear of its end
	Ended  int64       `json:"ended,omitempty"` // ms; 0 while in progress
	How    string      `json:"how,omitempty"`   // joined, guided, left, lost_track
	told   bool        // the store has ended what it knew of the call
}

// How a call on the snapshot ended. Left is what a status callback says of every
// caller, with whom it is not told; the others are known for certain.
const (
	howJoined = "joined"
	howGuided = "guided"
	howLeft   = "left"
	howLost   = "lost_track"
)

// surer reports that how says more than had.
func surer(how, had string) bool {
	return had == "" || ((how == howJoined || how == howGuided) && had != howJoined && had != howGuided)
}

// elsewhere reports that only the end is known here.
func (c journalled) elsewhere() bool { return c.Begun == 0 }

// onSnapshot reports that the call is known to have been rung from the snapshot.
func (c journalled) onSnapshot() bool { return c.Begun != 0 || c.How != howLeft }

// and is what two journals know of one call together.
func (c journalled) and(other journalled) journalled {
	if c.elsewhere() {
		c, other = other, c
	}
	if other.Ended != 0 && surer(other.How, c.How) {
		c.How = other.How
		if c.Ended == 0 {
			c.Ended = other.Ended
		}
	}
	return c
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

// journal remembers degraded calls until the store is back: in memory, and on
// disk (journalfile.go), so that a process that dies loses nothing. It is bounded:
// beyond its limit calls are still rung, and no longer counted.
type journal struct {
	mu    sync.Mutex
	calls map[call.ID]*journalled
	file  *journalFile // nil: in memory alone
	err   error        // of the disk, for Health
}

// journalMost is far beyond what a service takes in any outage worth the name.
const journalMost = 10_000

// newJournal keeps a journal in a folder that several instances may share; "" in
// memory. What cannot be read or written is told by failure; calls go on.
func newJournal(folder string) *journal {
	j := &journal{calls: map[call.ID]*journalled{}}
	if folder == "" {
		return j
	}
	j.file, j.err = openJournalFile(folder)
	if j.err == nil {
		j.err = j.adoptLocked()
	}
	return j
}

// begun notes that a call is rung from the snapshot.
func (j *journal) begun(id call.ID, line, team string, caller call.Caller, now time.Time) {
	j.mu.Lock()
	defer j.mu.Unlock()
	c, known := j.calls[id]
	if id == "" || (known && !c.elsewhere()) || (!known && len(j.calls) >= journalMost) {
		return
	}
	if caller == "" {
		caller = call.CallerUnknown
	}
	j.putLocked(journalled{Call: id, Line: line, Team: team, Caller: caller, Begun: call.Millis(now)})
}

// left notes the end of a call that is here; heard of any call, for whoever has it.
func (j *journal) left(id call.ID, now time.Time) { j.end(id, howLeft, now, false) }

func (j *journal) heard(id call.ID, how string, now time.Time) { j.end(id, how, now, true) }

// end writes how a degraded call ended. What is surer takes the place of what
// was said before; when it ended is what was said first.
func (j *journal) end(id call.ID, how string, now time.Time, evenIfElsewhere bool) {
	j.mu.Lock()
	defer j.mu.Unlock()
	c, known := j.calls[id]
	switch {
	case !known && (!evenIfElsewhere || id == "" || len(j.calls) >= journalMost):
		return
	case !known:
		j.putLocked(journalled{Call: id, Ended: call.Millis(now), How: how})
		return
	case !surer(how, c.How):
		return
	}
	next := *c
	if next.How = how; next.Ended == 0 {
		next.Ended = call.Millis(now)
	}
	j.putLocked(next)
}

// putLocked keeps a call as it is now, here and on disk.
func (j *journal) putLocked(c journalled) {
	j.calls[c.Call] = &c
	j.writeLocked(journalLine{journalled: c})
}

func (j *journal) writeLocked(l journalLine) {
	if j.file != nil {
		j.err = j.file.append(l, j.calls)
	}
}

// all is every call, oldest first; one of which no end was heard is over when no
// call lasts so long.
func (j *journal) all(now time.Time, longest time.Duration) (calls []journalled) {
	j.mu.Lock()
	defer j.mu.Unlock()
	for _, c := range j.calls {
		if c.Ended == 0 && now.Sub(call.FromMillis(c.Begun)) > longest {
			c.Ended, c.How = call.Millis(now), howLost
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
	c, known := j.calls[id]
	return known && c.onSnapshot()
}

func (j *journal) forget(id call.ID) {
	j.mu.Lock()
	defer j.mu.Unlock()
	delete(j.calls, id)
	j.writeLocked(journalLine{journalled: journalled{Call: id}, Gone: true})
}

// failure is why the disk does not hold what is here, nil when it does.
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

// adopt takes over what instances of the same folder left that are no more.
func (j *journal) adopt() {
	j.mu.Lock()
	defer j.mu.Unlock()
	if j.file != nil {
		if err := j.adoptLocked(); err != nil {
			j.err = err
		}
	}
}

func (j *journal) adoptLocked() error {
	return j.file.adopt(func(l journalLine) error {
		c := l.journalled
		if had, known := j.calls[l.Call]; known {
			c = had.and(c)
		}
		j.putLocked(c)
		return j.err
	})
}

// sync has the disk keep what was written; close lets another take it up.
func (j *journal) sync() {
	if j.file != nil {
		if err := j.file.sync(); err != nil {
			j.mu.Lock()
			j.err = err
			j.mu.Unlock()
		}
	}
}

func (j *journal) close() {
	j.mu.Lock()
	defer j.mu.Unlock()
	if j.file != nil {
		j.err = j.file.close()
		j.file = nil
	}
}
