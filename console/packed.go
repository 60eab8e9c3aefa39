package console

import (
	"bytes"
	"compress/flate"
	"encoding/binary"
	"hash/crc32"
	"net/http"
	"strings"
	"sync"
)

// A board is sent the same bytes as every other, so they are compressed once and
// not once a board. A deflate stream is a sequence of blocks; those made without
// looking back beyond their own beginning, and flushed to a whole byte, are good in
// any stream. Each board's stream is a gzip header of its own, then the shared
// blocks, and at its end its own checksum.

// packHead begins a gzip stream (RFC 1952): no name, no time, no system.
var packHead = []byte{0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255}

// packLevel: a large board takes a few milliseconds and comes to a tenth. Higher
// levels gain a few per cent.
const packLevel = 5

var packers = sync.Pool{New: func() any {
	w, err := flate.NewWriter(nil, packLevel)
	if err != nil { // the level is a constant
		panic(err)
	}
	return w
}}

// pack is a message as blocks that may follow any others.
func pack(message []byte) []byte {
	if len(message) < 1<<10 {
		return store(message)
	}
	w, _ := packers.Get().(*flate.Writer)
	defer packers.Put(w)
	var b bytes.Buffer
	w.Reset(&b)
	_, err := w.Write(message)
	if err == nil {
		err = w.Flush()
	}
	if err != nil { // a buffer takes everything
		return nil
	}
	return b.Bytes()
}

// store is a small message as one block that is not compressed.
func store(message []byte) []byte {
	n := uint16(len(message)) //nolint:gosec // below 1 kB
	b := append(make([]byte, 0, 5+len(message)), 0)
	b = binary.LittleEndian.AppendUint16(b, n)
	b = binary.LittleEndian.AppendUint16(b, ^n)
	return append(b, message...)
}

// stream is what one board is sent. The zero stream is sent plain.
type stream struct {
	packed    bool
	sum, size uint32 // of everything sent so far, not packed
}

// begins is the first message, with what must stand before it.
func (s *stream) begins(message []byte) []byte {
	if !s.packed {
		return message
	}
	return append(packHead[:len(packHead):len(packHead)], s.small(message)...)
}

// small is one message below 1 kB.
func (s *stream) small(message []byte) []byte {
	if !s.packed {
		return message
	}
	s.count(message)
	return store(message)
}

// frame is what a board must be sent that was last sent frame seq.
func (s *stream) frame(f *frame, seq uint64) []byte {
	if !s.packed {
		return f.since(seq)
	}
	s.count(f.since(seq))
	return f.packedSince(seq)
}

// ends is what must stand after the last message: an empty last block, checksum
// and length.
func (s *stream) ends() []byte {
	if !s.packed {
		return nil
	}
	b := binary.LittleEndian.AppendUint32([]byte{1, 0, 0, 0xff, 0xff}, s.sum)
	return binary.LittleEndian.AppendUint32(b, s.size)
}

func (s *stream) count(message []byte) {
	s.sum = crc32.Update(s.sum, crc32.IEEETable, message)
	s.size += uint32(len(message)) //nolint:gosec // gzip keeps the length modulo 2³²
}

// takesPacked reports whether whoever asks can read gzip. One who puts conditions on
// it is sent it plain.
func takesPacked(r *http.Request) bool {
	for _, word := range strings.Split(r.Header.Get("Accept-Encoding"), ",") {
		if strings.TrimSpace(word) == "gzip" {
			return true
		}
	}
	return false
}
