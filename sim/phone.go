package sim

import (
	"time"
)

// TB is what the phone script needs of a test: *testing.T, *testing.B and
// rapid's T have it.
type TB interface {
	Helper()
	Fatalf(format string, args ...any)
}

// Habit is what a phone does by itself when it rings or is up.
type Habit struct {
	Kind  HabitKind
	After time.Duration // of ringing, until it acts; for DropsMidCall, of talk
}

// HabitKind is the closed set of habits.
type HabitKind string

// The habits a phone may have. Scripted is the zero value: it rings until the
// script, a person or the web page answers.
const (
	Scripted     HabitKind = ""
	Voicemail    HabitKind = "voicemail"      // picks up after a while (10 s), speaks, presses nothing, hangs up after 2 min
	Busy         HabitKind = "busy"           // engaged
	Rejects      HabitKind = "rejects"        // declined on the handset (after 2 s): the carrier says no-answer
	NoAnswer     HabitKind = "no answer"      // rings out
	Invalid      HabitKind = "invalid"        // no such number: failed, SIP 404
	DeadNetwork  HabitKind = "dead network"   // never rings: no-answer, SIP 487, at the timeout
	DropsMidCall HabitKind = "drops mid-call" // scripted, and the line dies after so much talk
)

// Phone is one telephone. It holds one call at a time: a second that comes in
// finds it engaged.
type Phone struct {
	n      *Network
	number string

	// Guarded by the network.
	from     string // what the network says of its number when it dials
	habit    Habit
	legs     []*leg // ringing or up at this phone
	answerer func(*leg)
}

// Phone gives the telephone with that number, always the same one. It does not
// ring while another leg is at it.
func (n *Network) Phone(number string) *Phone {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.phone(number)
}

// Number is the phone's own.
func (p *Phone) Number() string { return p.number }

// Has sets the phone's habit from the next ring on.
func (p *Phone) Has(h Habit) *Phone {
	p.n.mu.Lock()
	defer p.n.mu.Unlock()
	p.habit = h
	return p
}

// Presents sets what the network says of the phone's number when it dials:
// "anonymous", "+266696687", "" or anything else. Presents(p.Number()) undoes it.
func (p *Phone) Presents(from string) *Phone {
	p.n.mu.Lock()
	defer p.n.mu.Unlock()
	p.from = from
	return p
}

// Dials rings a line of the service. It returns at once; the first document is
// on its way.
func (p *Phone) Dials(t TB, line string) *Talk {
	t.Helper()
	p.n.mu.Lock()
	defer p.n.mu.Unlock()
	l := p.dial(line)
	if l == nil {
		t.Fatalf("no such line in the network")
		return nil
	}
	return &Talk{leg: l}
}

// dial makes an inbound leg; nil when the line is nobody's.
func (p *Phone) dial(number string) *leg {
	n := p.n
	line := n.lines[number]
	if line == nil {
		return nil
	}
	l := n.newLeg("inbound", p.from, number)
	l.line, l.phone = line, p
	l.dialled = n.now()
	p.legs = append(p.legs, l)
	l.backup = target{raw: line.FallbackURL, method: line.FallbackMethod}
	l.reports.to = target{raw: line.StatusURL, method: line.StatusMethod}
	l.reports.want(nil)
	l.set(statusRinging)
	l.moment(Moment{Kind: MomentDialled})
	l.live(func() { l.run(target{raw: line.VoiceURL, method: line.VoiceMethod}) })
	return l
}

// ringLimit is how long the phone script waits for something, in the world's
// time, unless told.
const ringLimit = time.Minute

// Rings waits up to a minute until the phone rings for a leg it has not
// reported yet.
func (p *Phone) Rings(t TB) *Talk {
	t.Helper()
	return p.RingsWithin(t, ringLimit)
}

// RingsWithin is Rings with a limit of the world's time.
func (p *Phone) RingsWithin(t TB, limit time.Duration) *Talk {
	t.Helper()
	var talk *Talk
	ok := p.n.Until(limit, func() bool {
		p.n.mu.Lock()
		defer p.n.mu.Unlock()
		for _, l := range p.legs {
			if l.rings() && !l.reported {
				l.reported = true
				talk = &Talk{leg: l}
				return true
			}
		}
		return false
	})
	if !ok {
		t.Fatalf("phone …%s has not rung within %v", tail(p.number), limit)
	}
	return talk
}

// IsSilent fails the test if the phone rings now.
func (p *Phone) IsSilent(t TB) {
	t.Helper()
	p.n.step(0)
	if p.n.Ringing(p.number) > 0 {
		t.Fatalf("phone …%s rings", tail(p.number))
	}
}

// NothingElseRings fails the test when any phone rings apart from those given.
func (n *Network) NothingElseRings(t TB, but ...*Phone) {
	t.Helper()
	n.step(0)
	n.mu.Lock()
	defer n.mu.Unlock()
	for _, p := range n.phones {
		for _, l := range p.legs {
			if l.rings() && !contains(but, p) {
				t.Fatalf("phone …%s rings too", tail(p.number))
			}
		}
	}
}

func contains(phones []*Phone, p *Phone) bool {
	for _, other := range phones {
		if other == p {
			return true
		}
	}
	return false
}

// tail is enough of a drama number to know it by in a failed test.
func tail(number string) string {
	if len(number) <= 3 {
		return number
	}
	return number[len(number)-3:]
}
