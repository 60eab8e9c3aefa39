package sim

import (
	"net/url"
	"strconv"
	"strings"
	"time"
)

// geography is the parameters Twilio sends "if available", which outside North
// America are mostly empty (docs/twilio.md 1.1).
var geography = []string{"City", "State", "Zip", "Country"}

// params are those of every voice request about the leg, and more on top.
func (l *leg) params(more ...url.Values) url.Values {
	v := url.Values{
		"AccountSid": {l.n.opt.AccountSID},
		"ApiVersion": {"2010-04-01"},
		"CallSid":    {l.sid},
		"CallStatus": {l.status},
		"Direction":  {l.direction},
		"From":       {l.from}, "Caller": {l.from},
		"To": {l.to}, "Called": {l.to},
	}
	for _, who := range []string{"From", "Caller", "To", "Called"} {
		for _, part := range geography {
			v.Set(who+part, "")
		}
	}
	if l.parent != nil {
		v.Set("ParentCallSid", l.parent.sid)
	}
	for _, extra := range more {
		for name, values := range extra {
			v[name] = values
		}
	}
	return v
}

func itoa(n int) string { return strconv.Itoa(n) }

// whole is d in whole seconds.
func whole(d time.Duration) string { return itoa(int(d.Round(time.Second) / time.Second)) }

// rfc2822 is how Twilio writes an instant.
func rfc2822(t time.Time) string { return t.UTC().Format("Mon, 02 Jan 2006 15:04:05 +0000") }

// reports is where a leg's status callbacks go and which are wanted.
type reports struct {
	to     target
	events map[string]bool
	seq    int
	out    outbox
}

func (r *reports) want(words []string) {
	r.events = map[string]bool{}
	for _, word := range words {
		for event := range strings.FieldsSeq(word) {
			r.events[event] = true
		}
	}
	if len(r.events) == 0 {
		r.events["completed"] = true
	}
}

// report sends a status callback of the leg, if it is wanted: initiated,
// ringing, answered or completed, the last for any end (docs/twilio.md 1.4). An
// inbound number's own callback comes at the end only.
func (l *leg) report(event string) {
	if l.reports.to.raw == "" || !l.reports.events[event] {
		return
	}
	more := url.Values{
		"CallbackSource": {"call-progress-events"},
		"SequenceNumber": {itoa(l.reports.seq)},
		"Timestamp":      {rfc2822(l.n.now())},
	}
	l.reports.seq++
	if event == "completed" {
		talk := time.Duration(0)
		if !l.answered.IsZero() {
			talk = l.ended.Sub(l.answered)
		}
		more.Set("CallDuration", whole(talk))
		more.Set("Duration", itoa(int((talk+time.Minute-1)/time.Minute)))
		if l.direction != "inbound" {
			more.Set("SipResponseCode", itoa(l.sip))
		}
	}
	l.n.post(&l.reports.out, l.reports.to, l.params(more))
}
