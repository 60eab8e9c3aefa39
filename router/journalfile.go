package router

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"

	"example.org/crisisline/call"
)

// A journal on disk is a folder with a place for each instance that shares it:
// 1.lock and 1.jsonl, 2.lock and 2.jsonl, and so on. Who holds the lock owns the
// place. The kernel lets go of it when the process ends, however it ends, and then
// whoever comes next, or is there already, takes up what is in the file. A place
// is never removed, so that a lock is never held on a file nobody sees.
//
// The file has a line for each thing that happened, the last one of a call
// counts. It is written at once, so that a process that is killed loses nothing,
// and synced by the next tick, a quarter of a second later: a machine that loses
// its power may lose that much. To sync in the webhook would have a caller wait
// for the disk, in the very moment in which something else is wrong already.
// A last line that was torn is passed over: its call goes on, uncounted.
type journalFile struct {
	mu     sync.Mutex
	folder string
	place  int
	lock   *os.File
	out    *os.File
	lines  int  // in the file
	dirty  bool // written, not synced
	stale  bool // a write failed: the file is to be written anew
}

// journalLine is one thing that happened to a call; Gone: it is in the ledger.
type journalLine struct {
	journalled
	Gone bool `json:"gone,omitempty"`
}

// placesMost is more instances than share one folder.
const placesMost = 256

// compactAt is from how many lines on, and how many for each call, a file is written anew.
const (
	compactAt   = 256
	compactEach = 8
)

// unreadable ends the name of a file that is kept because not all of it was read.
const unreadable = ".unreadable"

func (f *journalFile) name(place int, kind string) string {
	return filepath.Join(f.folder, strconv.Itoa(place)+kind)
}

// openJournalFile takes the first place that is nobody's. What it holds is read
// by adopt.
func openJournalFile(folder string) (*journalFile, error) {
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return nil, fmt.Errorf("make journal's folder: %w", err)
	}
	f := &journalFile{folder: folder}
	for f.place = 1; f.place <= placesMost; f.place++ {
		lock, err := f.take(f.place)
		if err != nil {
			return nil, err
		}
		if lock != nil {
			f.lock = lock
			return f, nil
		}
	}
	return nil, fmt.Errorf("take a place in the journal: all %d are taken", placesMost)
}

// take locks a place; nil when another has it.
func (f *journalFile) take(place int) (*os.File, error) {
	lock, err := os.OpenFile(f.name(place, ".lock"), os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, fmt.Errorf("take a place in the journal: %w", err)
	}
	err = syscall.Flock(int(lock.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
	if err != nil {
		_ = lock.Close()
		if errors.Is(err, syscall.EWOULDBLOCK) {
			return nil, nil
		}
		return nil, fmt.Errorf("take a place in the journal: %w", err)
	}
	return lock, nil
}

// adopt gives the calls of every place that is nobody's, of its own when it has
// not been read yet, to put; a place is emptied when all of its are put.
func (f *journalFile) adopt(put func(journalLine) error) error {
	var errs error
	if f.out == nil {
		errs = f.openOwn(put)
	}
	entries, err := os.ReadDir(f.folder)
	if err != nil {
		return errors.Join(errs, fmt.Errorf("read journal's folder: %w", err))
	}
	for _, e := range entries {
		number, isFile := strings.CutSuffix(e.Name(), ".jsonl")
		place, err := strconv.Atoi(number)
		if info, err2 := e.Info(); !isFile || err != nil || err2 != nil || place == f.place || info.Size() == 0 {
			continue
		}
		errs = errors.Join(errs, f.adoptPlace(place, put))
	}
	return errs
}

func (f *journalFile) adoptPlace(place int, put func(journalLine) error) error {
	lock, err := f.take(place)
	if err != nil || lock == nil {
		return err
	}
	defer func() { _ = lock.Close() }() // and with it the lock
	calls, err := readLines(f.name(place, ".jsonl"))
	for _, c := range calls {
		if err := put(journalLine{journalled: *c}); err != nil {
			return err
		}
	}
	if len(calls) > 0 {
		if err := f.sync(); err != nil { // ours holds them before theirs does not
			return err
		}
	}
	if err != nil { // the rest of it is for somebody to look at
		return errors.Join(err, os.Rename(f.name(place, ".jsonl"), f.name(place, unreadable)))
	}
	return os.Truncate(f.name(place, ".jsonl"), 0)
}

// openOwn reads what this place's last owner left, and writes it anew.
func (f *journalFile) openOwn(put func(journalLine) error) error {
	left, err := readLines(f.name(f.place, ".jsonl"))
	if err != nil {
		_ = os.Remove(f.name(f.place, unreadable))
		err = errors.Join(err, os.Link(f.name(f.place, ".jsonl"), f.name(f.place, unreadable)))
	}
	f.mu.Lock()
	rewritten := f.rewrite(left)
	f.mu.Unlock()
	err = errors.Join(err, rewritten)
	for _, c := range left {
		err = errors.Join(err, put(journalLine{journalled: *c}))
	}
	return err
}

// readLines gives the calls of a file as its last lines have them. A torn last
// line is no error; a line that cannot be read among others is.
func readLines(name string) (map[call.ID]*journalled, error) {
	calls := map[call.ID]*journalled{}
	text, err := os.ReadFile(name) //nolint:gosec // G304: in the operator's data folder
	if errors.Is(err, os.ErrNotExist) {
		return calls, nil
	}
	if err != nil {
		return calls, fmt.Errorf("read journal: %w", err)
	}
	whole := bytes.LastIndexByte(text, '\n') + 1
	for at := range bytes.Lines(text[:whole]) {
		var l journalLine
		if e := json.Unmarshal(at, &l); e != nil {
			err = fmt.Errorf("read journal %s: %w", filepath.Base(name), e)
			continue
		}
		if calls[l.Call] = &l.journalled; l.Gone {
			delete(calls, l.Call)
		}
	}
	return calls, err
}

// append writes one line behind the others. Now and then, and after a write that
// failed, the file is written anew from all that the journal holds.
func (f *journalFile) append(l journalLine, all map[call.ID]*journalled) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.stale || (f.lines >= compactAt && f.lines >= compactEach*len(all)) {
		return f.rewrite(all)
	}
	text, err := json.Marshal(l)
	if err == nil {
		_, err = f.out.Write(append(text, '\n'))
	}
	f.lines++
	f.dirty, f.stale = true, err != nil
	if err != nil {
		return fmt.Errorf("write journal: %w", err)
	}
	return nil
}

// rewrite replaces the file whole, so that a crash leaves the old one or the new
// one and never half.
func (f *journalFile) rewrite(all map[call.ID]*journalled) error {
	f.stale = true
	tmp, err := os.CreateTemp(f.folder, ".journal-*")
	if err != nil {
		return fmt.Errorf("write journal anew: %w", err)
	}
	var text []byte
	for _, c := range all {
		one, e := json.Marshal(journalLine{journalled: *c})
		text, err = append(append(text, one...), '\n'), errors.Join(err, e)
	}
	_, e := tmp.Write(text)
	if err = errors.Join(err, e, tmp.Sync(), os.Rename(tmp.Name(), f.name(f.place, ".jsonl"))); err != nil {
		_ = tmp.Close()
		_ = os.Remove(tmp.Name())
		return fmt.Errorf("write journal anew: %w", err)
	}
	if f.out != nil {
		_ = f.out.Close()
	}
	f.out, f.lines, f.dirty, f.stale = tmp, len(all), false, false // the next line goes where the last one ended
	return nil
}

func (f *journalFile) sync() error {
	f.mu.Lock()
	out, dirty := f.out, f.dirty
	f.dirty = false
	f.mu.Unlock()
	if !dirty || out == nil {
		return nil
	}
	if err := out.Sync(); err != nil && !errors.Is(err, os.ErrClosed) { // closed: written anew, and synced, meanwhile
		return fmt.Errorf("sync journal: %w", err)
	}
	return nil
}

func (f *journalFile) close() error {
	f.mu.Lock()
	defer f.mu.Unlock()
	err := f.lock.Close()
	if f.out != nil {
		err = errors.Join(f.out.Close(), err)
	}
	return err
}

// JournalFacts is what a journal's folder holds, for whoever looks from outside.
type JournalFacts struct {
	Instances int // that have a place in it
	Held      int // calls in their places, not in the ledger yet
	Left      int // calls in places that are nobody's: the next instance there takes them up
}

// InspectJournal looks at a journal's folder and changes nothing. A folder that is
// not there yet holds nothing. What cannot be read is an error, and the rest counts.
func InspectJournal(folder string) (facts JournalFacts, err error) {
	f := &journalFile{folder: folder}
	entries, err := os.ReadDir(folder)
	if errors.Is(err, os.ErrNotExist) {
		return facts, nil
	}
	for _, e := range entries {
		number, isLock := strings.CutSuffix(e.Name(), ".lock")
		place, notNumber := strconv.Atoi(number)
		if !isLock || notNumber != nil {
			continue
		}
		calls, e1 := readLines(f.name(place, ".jsonl"))
		taken, e2 := isTaken(f.name(place, ".lock"))
		err = errors.Join(err, e1, e2)
		if taken {
			facts.Instances++
			facts.Held += len(calls)
		} else {
			facts.Left += len(calls)
		}
	}
	return facts, err
}

func isTaken(name string) (bool, error) {
	lock, err := os.Open(name) //nolint:gosec // G304: in the operator's data folder
	if err != nil {
		return false, fmt.Errorf("look at journal: %w", err)
	}
	defer func() { _ = lock.Close() }()
	err = syscall.Flock(int(lock.Fd()), syscall.LOCK_SH|syscall.LOCK_NB)
	if err != nil && !errors.Is(err, syscall.EWOULDBLOCK) {
		return false, fmt.Errorf("look at journal: %w", err)
	}
	return err != nil, nil
}
