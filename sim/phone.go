package sim

import "time"

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
	Voicemail    HabitKind = "voicemail"      // picks up after a while, speaks, presses nothing
	Busy         HabitKind = "busy"           // engaged
	Rejects      HabitKind = "rejects"        // declined on the handset: the carrier says no-answer
	NoAnswer     HabitKind = "no answer"      // rings out
	Invalid      HabitKind = "invalid"        // no such number: failed, SIP 404
	DeadNetwork  HabitKind = "dead network"   // never rings: no-answer, SIP 487, at the timeout
	DropsMidCall HabitKind = "drops mid-call" // scripted, and the line dies after so much talk
)

// Phone is one telephone.
type Phone struct {
	n      *Network
	number string
}

// Phone gives the telephone with that number, always the same one.
func (n *Network) Phone(number string) *Phone { return &Phone{n: n, number: number} }

// Number is the phone's own.
func (p *Phone) Number() string { return p.number }

// Has sets the phone's habit from the next ring on.
func (p *Phone) Has(h Habit) *Phone { return p }

// Presents sets what the network says of the phone's number when it dials:
// "anonymous", "+266696687", "" or anything else. Presents(p.Number()) undoes it.
func (p *Phone) Presents(from string) *Phone { return p }

// Dials rings a line of the service. It returns at once; the first document is
// on its way.
func (p *Phone) Dials(t TB, line string) *Talk { return nil }

// Rings waits until the phone rings for a leg it has not reported yet.
func (p *Phone) Rings(t TB) *Talk { return nil }

// RingsWithin is Rings with a limit of the world's time.
func (p *Phone) RingsWithin(t TB, limit time.Duration) *Talk { return nil }

// IsSilent fails the test if the phone rings now.
func (p *Phone) IsSilent(t TB) {}

// Talk is one call as the phone at its end knows it.
type Talk struct{}

// SID is the carrier's name of the leg.
func (k *Talk) SID() string { return "" }

// Status is the leg's status in Twilio's words.
func (k *Talk) Status() string { return "" }

// Answers picks the ringing phone up.
func (k *Talk) Answers() *Talk { return k }

// Declines rejects the ringing call on the handset.
func (k *Talk) Declines() {}

// Presses keys, all at once.
func (k *Talk) Presses(digits string) *Talk { return k }

// HangsUp ends the call at this phone.
func (k *Talk) HangsUp() {}

// Hears waits until words have been spoken on the leg since the last Hears.
// Case and spacing do not count; "…" stands for anything between.
func (k *Talk) Hears(t TB, words string) *Talk { return k }

// HearsWithin is Hears with a limit of the world's time.
func (k *Talk) HearsWithin(t TB, limit time.Duration, words string) *Talk { return k }

// NeverHeard fails the test if words were spoken on the leg at any time so far.
func (k *Talk) NeverHeard(t TB, words string) *Talk { return k }

// IsBridgedTo waits until both legs hear each other.
func (k *Talk) IsBridgedTo(t TB, other *Talk) *Talk { return k }

// IsAlone waits until the leg hears nobody.
func (k *Talk) IsAlone(t TB) *Talk { return k }

// StopsRinging waits until the leg rings no more and was not answered.
func (k *Talk) StopsRinging(t TB) {}

// IsOver waits until the leg has ended.
func (k *Talk) IsOver(t TB) {}

// IsUp fails the test unless the leg is answered and not ended.
func (k *Talk) IsUp(t TB) *Talk { return k }

// Waits lets d of the world's time pass.
func (k *Talk) Waits(d time.Duration) *Talk { return k }

// Transcript is everything that happened on the leg so far.
func (k *Talk) Transcript() []Moment { return nil }

// Moment is one thing that happened on a leg.
type Moment struct {
	At    time.Time
	Kind  MomentKind
	Text  string        // what was heard, which keys, how it ended
	Legs  []string      // joined, left: the legs now heard
	Lasts time.Duration // heard: how long it took, estimated at 2.5 words a second
}

// MomentKind is the closed set of moments.
type MomentKind string

// What can happen on a leg.
const (
	MomentRang     MomentKind = "rang"
	MomentAnswered MomentKind = "answered"
	MomentHeard    MomentKind = "heard"
	MomentPressed  MomentKind = "pressed"
	MomentJoined   MomentKind = "joined"
	MomentAlone    MomentKind = "alone"
	MomentQueued   MomentKind = "queued"
	MomentEnded    MomentKind = "ended"
)
