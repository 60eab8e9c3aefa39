package sim

import (
	"slices"
	"strings"
	"time"
)

// webState is what the page shows. It never holds a number.
type webState struct {
	Lines      []string       `json:"lines"`
	Responders []webResponder `json:"responders"`
	Taken      int            `json:"taken"` // index of the phone the page answers, -1 none
	Caller     *webLeg        `json:"caller"`
	Responder  *webLeg        `json:"responder"`
	Legs       []webRow       `json:"legs"`
}

type webResponder struct {
	Label string `json:"label"`
	State string `json:"state"` // quiet, rings, in a call
}

// webLeg is a leg at one of the page's own phones.
type webLeg struct {
	SID     string    `json:"sid"`
	Line    string    `json:"line"`
	Status  string    `json:"status"`
	Rings   bool      `json:"rings"`
	Over    bool      `json:"over"`
	Bridged []string  `json:"bridged"`
	Since   int64     `json:"since"` // ms since 1970: answered or made
	Moments []webLine `json:"moments"`
}

type webLine struct {
	N    int        `json:"n"` // counts from 0 within the leg
	Kind MomentKind `json:"kind"`
	Text string     `json:"text"`
	At   int64      `json:"at"` // ms since the leg was made
}

// webRow is one leg of the network's list.
type webRow struct {
	Who    string `json:"who"`
	Where  string `json:"where"`
	Status string `json:"status"`
	With   string `json:"with"`
	Heard  string `json:"heard"`
	Since  int64  `json:"since"`
}

// maxCaptions is how many moments of a leg the page is sent.
const maxCaptions = 60

func (w *web) state() webState {
	w.n.mu.Lock()
	defer w.n.mu.Unlock()
	s := webState{Taken: w.taken, Caller: w.leg(w.call), Responder: w.leg(w.rung), Responders: []webResponder{}, Legs: []webRow{}}
	for _, line := range w.page.Lines {
		s.Lines = append(s.Lines, line.Label)
	}
	for _, r := range w.page.Responders {
		state := "quiet"
		for _, l := range w.n.phone(r.Number).legs {
			state = "in a call"
			if l.rings() {
				state = "rings"
			}
		}
		s.Responders = append(s.Responders, webResponder{r.Label, state})
	}
	for _, l := range slices.Backward(w.n.order) {
		if l.ended.IsZero() {
			s.Legs = append(s.Legs, w.row(l))
		}
		if len(s.Legs) == 200 {
			break
		}
	}
	return s
}

func (w *web) leg(l *leg) *webLeg {
	if l == nil {
		return nil
	}
	out := &webLeg{
		SID: l.sid, Line: w.lineOf(l), Status: w.status(l), Rings: l.rings(), Over: !l.ended.IsZero(), Since: l.since().UnixMilli(),
		Bridged: []string{}, Moments: []webLine{},
	}
	for _, other := range l.hearing {
		out.Bridged = append(out.Bridged, w.who(other))
	}
	for i := max(0, len(l.moments)-maxCaptions); i < len(l.moments); i++ {
		m := l.moments[i]
		text := m.Text
		if m.Kind == MomentJoined {
			text = w.names(m.Legs)
		}
		out.Moments = append(out.Moments, webLine{N: i, Kind: m.Kind, Text: text, At: m.At.Sub(l.created).Milliseconds()})
	}
	return out
}

func (w *web) row(l *leg) webRow {
	row := webRow{Who: w.who(l), Where: w.lineOf(l), Status: w.status(l), Since: l.since().UnixMilli()}
	with := make([]string, 0, len(l.hearing))
	for _, other := range l.hearing {
		with = append(with, other.sid)
	}
	row.With = w.names(with)
	for _, m := range slices.Backward(l.moments) {
		if m.Kind == MomentHeard {
			row.Heard = m.Text
			break
		}
	}
	return row
}

func (l *leg) since() time.Time {
	if l.answered.IsZero() {
		return l.created
	}
	return l.answered
}

func (w *web) names(sids []string) string {
	var names []string
	for _, sid := range sids {
		if l := w.n.legs[sid]; l != nil {
			names = append(names, w.who(l))
		}
	}
	return strings.Join(names, ", ")
}

// who names a leg's phone: a responder's label, the page's own, or "a caller"
// with the end of the call's opaque name.
func (w *web) who(l *leg) string {
	for i, r := range w.page.Responders {
		if r.Number == l.phoneNumber() {
			if i == w.taken {
				return r.Label + " (you)"
			}
			return r.Label
		}
	}
	if l == w.call {
		return "You, the caller"
	}
	if l.direction == "inbound" {
		return "Caller " + l.sid[len(l.sid)-4:]
	}
	return "Phone " + l.sid[len(l.sid)-4:]
}

func (l *leg) phoneNumber() string {
	if l.phone == nil {
		return l.to
	}
	return l.phone.number
}

func (w *web) lineOf(l *leg) string {
	number := l.to
	if l.direction != "inbound" {
		number = l.from
	}
	for _, line := range w.page.Lines {
		if line.Number == number {
			return line.Label
		}
	}
	return ""
}

// status is the leg's state in plain words.
func (w *web) status(l *leg) string {
	switch {
	case !l.ended.IsZero():
		return "ended"
	case len(l.hearing) > 0:
		return "connected"
	case l.rings():
		return "rings"
	case l.member != nil:
		return "waits"
	case l.seat != nil:
		return "being connected"
	case l.status == statusQueued || l.status == statusInitiated:
		return "being dialled"
	}
	return "hears the line"
}
