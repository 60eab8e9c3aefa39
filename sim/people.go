package sim

import "time"

// Crowd is what callers and responders are like. The zero value of each field
// takes the default of its comment.
type Crowd struct {
	Seed    int64
	Profile string  // hourly profile of arrivals; "hampshire" is the only one and the default
	PerDay  float64 // calls a day; 114, Hampshire's 2025 mean
	Calls   int     // stop after so many first calls; 0 goes on until Stop

	Lines      []CrowdLine // where callers ring; weights by Share
	Responders []string    // numbers of the phones the crowd answers
	Keys       CrowdKeys

	Patience  Patience
	Answering Answering
	Faults    []ScheduledFault
}

// CrowdLine is one line callers ring.
type CrowdLine struct {
	Number       string
	Share        float64 // relative weight; 0 counts as 1
	Professional bool    // rung by professionals only, and has no menu
}

// CrowdKeys are the keys of the menu, by who rings. A caller who presses
// nothing, or a wrong key, is part of the crowd.
type CrowdKeys struct{ Self, Carer, Professional string }

// Patience is how callers wait. Of all callers, the Leavers share gives up
// after a time drawn about Mean unless a person answers; the others hold on.
type Patience struct {
	Leavers float64       // share, 0.25
	Mean    time.Duration // 107 s, the mean wait of Hampshire's abandoners in 2025
	Holds   time.Duration // the others' longest wait; 1 h
	Redials float64       // share of leavers who ring again, 0.4
	Again   time.Duration // mean time until they do, 90 s
}

// Answering is how responders answer.
type Answering struct {
	PickUp    time.Duration // mean time to pick up, 6 s
	Declines  float64       // share, 0.03
	Misses    float64       // share rung out, 0.06
	Voicemail float64       // share that goes to an answerphone, 0.03
	NoKey     float64       // share picked up without pressing anything, 0.01
	Talk      time.Duration // mean talk, 20 min
	WrapUpKey string        // pressed when the line speaks after the caller has gone; "" hangs up
}

// ScheduledFault changes the network's faults some time into the run.
type ScheduledFault struct {
	After time.Duration
	Do    func(*Faults)
}

// People is a crowd at work.
type People struct{}

// People puts a crowd on the network. It does nothing before Start.
func (n *Network) People(c Crowd) *People { return &People{} }

// Start lets the first caller's clock run.
func (p *People) Start() {}

// Stop lets no further caller ring and responders pick up no more; calls that
// are up go on.
func (p *People) Stop() {}

// Done reports whether all Calls have been made and are over.
func (p *People) Done() bool { return true }

// Contacts are the calls made so far as their callers knew them.
func (p *People) Contacts() []Contact { return nil }

// Contact is one call as its caller knew it: the truth that figures are
// compared with.
type Contact struct {
	Leg        string // call SID
	Kind       string // self, carer, professional, unknown
	Redial     bool
	DialledAt  time.Time
	AnsweredAt time.Time // first heard a responder; zero if never
	EndedAt    time.Time // zero while it lasts
	GaveUp     bool      // hung up before anyone answered
}
