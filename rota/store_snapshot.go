package rota

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// The snapshot is the last plan this process saw in force, on its own disk, so
// that it can route when it starts and the store is gone. It is sealed like
// the store's copy, and signed, so that a file from elsewhere is refused.

// snapshot is the file's form.
type snapshot struct {
	Service string `json:"service"`
	Version int64  `json:"version"`
	Box     []byte `json:"box"`
	Sig     []byte `json:"sig"`
}

// signedPart is what the signature is of.
func (s *snapshot) signedPart() []byte {
	return append(fmt.Appendf(nil, "crisisline plan snapshot\n%s\n%d\n", s.Service, s.Version), s.Box...)
}

func (b *Book) saveSnapshot(rec record) error {
	if b.opt.SnapshotFile == "" {
		return nil
	}
	if b.opt.Sign == nil {
		return ErrNoSeal
	}
	box, err := b.sealed(rec)
	if err != nil {
		return err
	}
	s := snapshot{Service: b.opt.Service, Version: rec.Version, Box: box}
	s.Sig = b.opt.Sign(s.signedPart())
	text, err := json.Marshal(s)
	if err != nil {
		return err
	}
	return replaceFile(b.opt.SnapshotFile, text)
}

// replaceFile writes a file whole or not at all, even if the power goes: into
// another file first, to the disk, then over the old one by name.
func replaceFile(name string, text []byte) (err error) {
	dir := filepath.Dir(name)
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	f, err := os.CreateTemp(dir, filepath.Base(name)+".*") // mode 0600
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			_ = os.Remove(f.Name())
		}
	}()
	_, err = f.Write(text)
	err = errors.Join(err, f.Sync(), f.Close())
	if err != nil {
		return err
	}
	if err = os.Rename(f.Name(), name); err != nil {
		return err
	}
	d, err := os.Open(dir) //nolint:gosec // the folder of the configured file
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}

// LoadSnapshot makes the plan last put on disk current, unless a plan at least
// as new already is. ErrNoPlan when there is no file, ErrCorrupt when it is
// not one of ours or was altered.
func (b *Book) LoadSnapshot() error {
	b.turn <- struct{}{}
	defer b.end()
	rec, err := b.readSnapshot()
	if err != nil {
		return fmt.Errorf("load plan snapshot: %w", err)
	}
	if r := b.Current(); r != nil && r.version >= rec.Version {
		return nil
	}
	r, err := b.ready(rec)
	if err != nil {
		return fmt.Errorf("load plan snapshot: %w", err)
	}
	b.current.Store(r)
	b.opt.Log.Warn("plan in force from snapshot", "version", rec.Version, "published_at", rec.At)
	return nil
}

func (b *Book) readSnapshot() (record, error) {
	text, err := os.ReadFile(b.opt.SnapshotFile)
	if b.opt.SnapshotFile == "" || errors.Is(err, fs.ErrNotExist) {
		return record{}, ErrNoPlan
	}
	if err != nil {
		return record{}, err
	}
	var s snapshot
	if err := json.Unmarshal(text, &s); err != nil || s.Service != b.opt.Service {
		return record{}, fmt.Errorf("%w: not a snapshot of this service", ErrCorrupt)
	}
	if b.opt.Verify == nil {
		return record{}, ErrNoSeal
	}
	if !b.opt.Verify(s.signedPart(), s.Sig) {
		return record{}, fmt.Errorf("%w: wrong signature", ErrCorrupt)
	}
	return b.opened(s.Box, s.Version)
}
