package console

import (
	"bytes"
	"compress/flate"
	"encoding/binary"
	"net/http"
	"strings"
	"sync"
)

// A board is sent the same bytes as every other, so they are compressed once and
// not once a board. A deflate stream is a sequence of blocks; those made without
// looking back beyond their own beginning, and flushed to a whole byte, are good in
// any stream. Each board's stream is a gzip header of its own and then the shared
// blocks. It has no end, as a live stream has none, and so no checksum.

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
