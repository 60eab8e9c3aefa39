package console

import (
	"sync"
	"time"
)

const (
	// refusedAgain is when the same refusal of the same person is kept again.
	refusedAgain = time.Minute
	seldomKept   = 1024
)

// seldom remembers what happened a moment ago. The zero seldom is ready.
type seldom struct {
	mu   sync.Mutex
	last map[string]time.Time
}

// first reports whether what was not there within refusedAgain. With too many to
// remember, everything is first.
func (s *seldom) first(what string, now time.Time) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if at, ok := s.last[what]; ok && now.Sub(at) < refusedAgain {
		return false
	}
	if s.last == nil || len(s.last) >= seldomKept {
		s.last = map[string]time.Time{}
	}
	s.last[what] = now
	return true
}
