package console

import (
	"bytes"
	"encoding/json"
	"sync"
	"time"

	"example.org/crisisline/call"
)

// part is one region of the board, as HTML.
type part struct {
	ID   string
	HTML string
}

// frame is the board as it was last rendered. It never changes; every board
// that is up to date is sent the same bytes.
type frame struct {
	seq   uint64
	at    time.Time
	parts []part
	delta []byte // what differs from seq-1

	whole sync.Once
	full  []byte

	packing, packingAll sync.Once
	packed, packedWhole []byte
}

// next is the frame after f, or f itself when nothing differs. f may be nil.
func (f *frame) next(at time.Time, parts []part, touched []call.ID) *frame {
	old := map[string]string{}
	seq := uint64(1)
	if f != nil {
		seq = f.seq + 1
		for _, p := range f.parts {
			old[p.ID] = p.HTML
		}
	}
	var changed []part
	for _, p := range parts {
		if html, ok := old[p.ID]; !ok || html != p.HTML {
			changed = append(changed, p)
		}
	}
	if f != nil && len(changed) == 0 && len(touched) == 0 {
		return f
	}
	return &frame{seq: seq, at: at, parts: parts, delta: encode(at, changed, touched)}
}

// since is what a board that was last sent frame seq must be sent now.
func (f *frame) since(seq uint64) []byte {
	if seq > 0 && seq == f.seq-1 {
		return f.delta
	}
	f.whole.Do(func() { f.full = encode(f.at, f.parts, nil) })
	return f.full
}

// packedSince is since, compressed once for every board.
func (f *frame) packedSince(seq uint64) []byte {
	if seq > 0 && seq == f.seq-1 {
		f.packing.Do(func() { f.packed = pack(f.delta) })
		return f.packed
	}
	f.packingAll.Do(func() { f.packedWhole = pack(f.since(seq)) })
	return f.packedWhole
}

// message is one server-sent event.
type message struct {
	At      int64             `json:"at"` // the server's clock, ms
	Parts   map[string]string `json:"parts,omitempty"`
	Touched []call.ID         `json:"touched,omitempty"` // calls something happened to
}

// encode is a message on the wire: one line of JSON, so that no part can end
// the event early.
func encode(at time.Time, parts []part, touched []call.ID) []byte {
	m := message{At: at.UnixMilli(), Touched: touched, Parts: make(map[string]string, len(parts))}
	for _, p := range parts {
		m.Parts[p.ID] = p.HTML
	}
	var b bytes.Buffer
	b.WriteString("event: board\ndata: ")
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)  // it is parsed as JSON, never as HTML
	if e.Encode(m) != nil { // a map of strings always encodes
		return nil
	}
	b.WriteString("\n") // Encode ended the line; this ends the event
	return b.Bytes()
}

// beat tells a board that it is still connected, and the time.
func beat(at time.Time) []byte {
	b, err := json.Marshal(message{At: at.UnixMilli()})
	if err != nil {
		return nil
	}
	return append(append([]byte("event: beat\ndata: "), b...), "\n\n"...)
}
