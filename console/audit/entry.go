package audit

import (
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"time"
)

// Entry is one thing somebody did.
type Entry struct {
	Number int64     `json:"-"` // from 1, without a gap
	At     time.Time `json:"at"`
	Who    string    `json:"who"`             // the person's id, never a name
	Role   string    `json:"role,omitempty"`  // the highest role they had
	What   string    `json:"what"`            // closed set: Kinds
	About  string    `json:"about,omitempty"` // id of the call, person, team, draft or version
	Why    string    `json:"why,omitempty"`   // the reason they gave
	Before string    `json:"before,omitempty"`
	After  string    `json:"after,omitempty"`

	// Teams is whose business it is, "*" for the whole service's; none in entries
	// from before it was kept.
	Teams []string `json:"teams,omitempty"`

	MAC string `json:"-"` // hex
}

// The closed set of things that are kept.
const (
	SignedIn   = "signed_in"
	SignedOut  = "signed_out"
	Refused    = "refused" // somebody asked for what they may not do; About is the permission
	Acted      = "acted"   // a button of the board; About is the call or person, After the action
	SawNumber  = "saw_number"
	Recorded   = "recorded" // what came of a call, or of a promise after one
	Reviewed   = "reviewed"
	Drafted    = "drafted"
	Published  = "published" // a plan came into force; About is its version, After its digest
	Imported   = "imported"
	Exported   = "exported"
	Access     = "access" // sessions ended, tokens and codes made or ended
	TestedCall = "tested_call"
)

// Kinds lists the closed set.
var Kinds = []string{
	SignedIn, SignedOut, Refused, Acted, SawNumber, Recorded, Reviewed, Drafted, Published, Imported, Exported, Access, TestedCall,
}

// Words is what an entry's kind says it is.
func Words(kind string) string {
	return map[string]string{
		SignedIn: "signed in", SignedOut: "signed out", Refused: "was refused", Acted: "acted", SawNumber: "saw a number",
		Recorded: "recorded", Reviewed: "reviewed", Drafted: "drafted a change", Published: "changed the rota",
		Imported: "imported", Exported: "exported", Access: "changed who may sign in", TestedCall: "tested the line",
	}[kind]
}

// Keys bind and seal entries.
type Keys struct {
	Seal   func(plain, aad []byte) []byte
	Open   func(box, aad []byte) ([]byte, error)
	Sign   func(msg []byte) []byte
	Verify func(msg, sig []byte) bool
}

// Root is how a log comes by its keys. It has a secret of its own, made once and
// kept in the store under the service's key: when that is rotated, what was
// written before still holds.
type Root struct {
	Seal   func(plain, aad []byte) []byte // with the service's key
	Open   func(box, aad []byte) ([]byte, error)
	Derive func(secret []byte) (Keys, error)
}

// bound is what a mac is over.
func bound(number int64, box, before []byte) []byte {
	msg := append([]byte("audit\x00"), binary.BigEndian.AppendUint64(nil, uint64(number))...) //nolint:gosec // numbers are positive
	msg = append(msg, before...)
	return append(msg, box...)
}

func (k Keys) seal(e Entry) ([]byte, error) {
	text, err := json.Marshal(e)
	if err != nil {
		return nil, err
	}
	return k.Seal(text, fmt.Appendf(nil, "audit %d", e.Number)), nil
}

func (k Keys) open(number int64, box, mac []byte) (Entry, error) {
	text, err := k.Open(box, fmt.Appendf(nil, "audit %d", number))
	if err != nil {
		return Entry{}, fmt.Errorf("entry %d does not open: %w", number, err)
	}
	e := Entry{}
	if err := json.Unmarshal(text, &e); err != nil {
		return Entry{}, fmt.Errorf("entry %d: %w", number, err)
	}
	e.Number, e.MAC = number, hex.EncodeToString(mac)
	return e, nil
}
