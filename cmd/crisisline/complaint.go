package main

import "time"

// complaintEvery is how often a fault that lasts is said again.
const complaintEvery = time.Minute

// complaint keeps a fault that lasts from filling the log: it is said when it is
// new, and once a minute while it stays the same. Not for several goroutines.
type complaint struct {
	said string
	at   time.Time
}

// due reports whether err is to be said at now; nil is the end of what was said.
func (c *complaint) due(now time.Time, err error) bool {
	if err == nil {
		*c = complaint{}
		return false
	}
	if err.Error() == c.said && now.Sub(c.at) < complaintEvery {
		return false
	}
	c.said, c.at = err.Error(), now
	return true
}
