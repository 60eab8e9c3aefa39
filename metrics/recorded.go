package metrics

import (
	"time"

	"example.org/crisisline/call"
)

// Recorded is what responders said came of calls, each counted once, as it was
// said last.
type Recorded struct {
	Codes     map[call.Code]int64 `json:"codes,omitempty"`
	Responses int64               `json:"responses,omitempty"` // a response category was said, none needed included
	Hard      int64               `json:"hard,omitempty"`
	Consent   int64               `json:"consent,omitempty"`    // duty to refer: they agreed
	NoConsent int64               `json:"no_consent,omitempty"` // it came up, and they did not
}

// Coded is of how many calls an outcome was recorded.
func (r Recorded) Coded() (n int64) {
	for _, of := range r.Codes {
		n += of
	}
	return n
}

func (r *Recorded) merge(o Recorded) {
	for code, n := range o.Codes {
		r.code(code, n)
	}
	r.Responses += o.Responses
	r.Hard += o.Hard
	r.Consent += o.Consent
	r.NoConsent += o.NoConsent
}

func (r *Recorded) code(code call.Code, by int64) {
	if r.Codes == nil {
		r.Codes = map[call.Code]int64{}
	}
	if r.Codes[code] += by; r.Codes[code] == 0 {
		delete(r.Codes, code)
	}
}

// said is one call's record, as far as it is counted.
type said struct {
	date      string // on which the call was received
	code      call.Code
	responded bool
	hard      bool
	duty      call.DutyToRefer
}

// count adds what was said of a call, or takes it back.
func (r *Recorded) count(s said, by int64) {
	if s.code != "" {
		r.code(s.code, by)
	}
	if s.responded {
		r.Responses += by
	}
	if s.hard {
		r.Hard += by
	}
	switch s.duty {
	case call.DutyConsent:
		r.Consent += by
	case call.DutyNoConsent:
		r.NoConsent += by
	}
}

// recorded counts a wrap-up record on the day its call was received, in place of
// what was said of the call before. A day that was taken is not changed.
func (d *Days) recorded(e call.Event) {
	received := e.At.Add(-time.Duration(e.WaitMs) * time.Millisecond)
	if !d.counts(received) {
		return
	}
	date, _ := d.local(received)
	if date < d.taken && d.days[date] == nil {
		return
	}
	s := said{date: date, code: e.Code, responded: e.Category != "", hard: e.Hard, duty: e.Duty}
	if before, ok := d.said[e.Call]; ok {
		s.date = before.date
		d.day(s.date).Recorded.count(before, -1)
	}
	if d.said == nil {
		d.said = map[call.ID]said{}
	}
	d.said[e.Call] = s
	d.day(s.date).Recorded.count(s, 1)
}

// OutcomeRow is one outcome code in a table of a page.
type OutcomeRow struct {
	Code  call.Code
	Words string
	Count int64
	Share string // of the answered calls with a code, withheld when its few could be somebody
}

// Outcomes are the codes in their order, those of no call included.
func (r Recorded) Outcomes() []OutcomeRow {
	rows, all := make([]OutcomeRow, 0, len(call.Codes)), r.Coded()
	for _, code := range call.Codes {
		n := r.Codes[code]
		rows = append(rows, OutcomeRow{Code: code, Words: code.Words(), Count: n, Share: cellText(Proportion{n, all})})
	}
	return rows
}

// CodesRecorded is of what share of the answered calls an outcome code was
// recorded, for a page.
func (b Board) CodesRecorded() string {
	return cellText(Proportion{b.Sum.Recorded.Coded(), b.Items.A03})
}

// ResponsesRecorded is of what share of them a response category was said, or that
// nobody need be seen.
func (b Board) ResponsesRecorded() string {
	return cellText(Proportion{b.Sum.Recorded.Responses, b.Items.A03})
}
