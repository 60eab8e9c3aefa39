package main

import (
	"errors"
	"testing"
	"time"
)

// TestAFaultThatLastsIsSaidOnceAMinute: and anew when it is another, or has been
// away.
func TestAFaultThatLastsIsSaidOnceAMinute(t *testing.T) {
	t.Parallel()
	down, refused := errors.New("down"), errors.New("refused")
	var c complaint
	for _, at := range []struct {
		second int
		err    error
		said   bool
	}{
		{0, down, true},
		{2, down, false},
		{58, down, false},
		{60, down, true},
		{62, refused, true},
		{64, refused, false},
		{66, down, true},
		{68, nil, false},
		{70, down, true},
	} {
		if got := c.due(time.Unix(int64(at.second), 0), at.err); got != at.said {
			t.Errorf("at %d s, %v: said %v", at.second, at.err, got)
		}
	}
}
