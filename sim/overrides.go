package sim

import (
	"strconv"
	"strings"
	"time"
)

// overrides are how a webhook is sent, from the fragment of its URL
// (docs/twilio.md 3.3: twilio.com/docs/usage/webhooks/webhooks-connection-overrides).
type overrides struct {
	connect, read, total time.Duration
	retries              int
	on                   map[string]bool // 4xx 5xx ct rt all
}

// parseOverrides reads "ct=2000&rt=4000&tt=12000&rc=2&rp=5xx,ct". What is
// missing, unknown or out of range keeps Twilio's default.
func parseOverrides(fragment string) overrides {
	o := overrides{connect: 5 * time.Second, read: 15 * time.Second, total: 15 * time.Second, retries: 1, on: map[string]bool{"ct": true}}
	for pair := range strings.SplitSeq(fragment, "&") {
		name, value, _ := strings.Cut(pair, "=")
		switch name {
		case "ct":
			o.connect = millis(value, 100, 10_000, o.connect)
		case "rt":
			o.read = millis(value, 100, 15_000, o.read)
		case "tt":
			o.total = millis(value, 100, 15_000, o.total)
		case "rc":
			if rc, err := strconv.Atoi(value); err == nil && rc >= 0 && rc <= 5 {
				o.retries = rc
			}
		case "rp":
			o.on = map[string]bool{}
			for _, p := range strings.FieldsFunc(value, func(r rune) bool { return r == ',' || r == '|' }) {
				o.on[p] = true
			}
		}
	}
	return o
}

func millis(s string, low, high int, otherwise time.Duration) time.Duration {
	ms, err := strconv.Atoi(s)
	if err != nil || ms < low || ms > high {
		return otherwise
	}
	return time.Duration(ms) * time.Millisecond
}

// again reports whether an attempt that failed in this way is made again.
func (o overrides) again(how string) bool { return o.on["all"] || o.on[how] }
