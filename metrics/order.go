package metrics

import (
	"strconv"
	"strings"
)

// order is how far a fold has read its stream.
type order struct {
	ms  int64
	seq uint64
}

// repeated reports whether id is not after the last one, and remembers it when
// it is. An entry without an id, or with one that is no stream's, has no place
// and is always new.
func (o *order) repeated(id string) bool {
	ms, seq, ok := place(id)
	if !ok {
		return false
	}
	if *o != (order{}) && (ms < o.ms || ms == o.ms && seq <= o.seq) {
		return true
	}
	o.ms, o.seq = ms, seq
	return false
}

// place reads a stream id, milliseconds-sequence.
func place(id string) (ms int64, seq uint64, ok bool) {
	left, right, found := strings.Cut(id, "-")
	if !found {
		return 0, 0, false
	}
	ms, err := strconv.ParseInt(left, 10, 64)
	if err != nil {
		return 0, 0, false
	}
	seq, err = strconv.ParseUint(right, 10, 64)
	return ms, seq, err == nil
}
