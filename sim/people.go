package sim

import (
	"math"
	"math/rand/v2"
	"slices"
	"time"
)

// Crowd is what callers and responders are like. The zero value of each field
// takes the default of its comment; a share below 0 is none.
type Crowd struct {
	Seed    int64
	Profile string         // of arrivals over the day: "hampshire", the default, or "flat"
	Zone    *time.Location // of the profile's hours; UTC
	PerDay  float64        // calls a day; 114, Hampshire's 2025 mean
	Calls   int            // stop after so many first calls; 0 goes on until Stop

	Lines      []CrowdLine // where callers ring; needed
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
	Professional bool    // rung by professionals only; nobody presses a key
}

// CrowdKeys are the keys of the menu, by who rings: "1", "2" and "3". Some
// callers press nothing or a wrong key whatever they are told.
type CrowdKeys struct{ Self, Carer, Professional string }

// Patience is how callers wait. Of all callers, the Leavers share gives up
// after a time drawn about Mean unless a person answers; the others hold on.
type Patience struct {
	Leavers float64       // share, 0.25
	Mean    time.Duration // 107 s, the mean wait of Hampshire's abandoners in 2025 (NHS England, NHS111-MH)
	Holds   time.Duration // the others' longest wait; 1 h
	Redials float64       // share of those who gave up that ring again, 0.4
	Again   time.Duration // mean time until they do, 90 s
}

// Answering is how responders answer.
type Answering struct {
	PickUp    time.Duration // mean time to pick up, 6 s
	Declines  float64       // share, 0.03; half press 2, half reject on the handset
	Misses    float64       // share rung out, 0.06
	Voicemail float64       // share that goes to an answerphone, 0.03
	NoKey     float64       // share picked up without pressing anything, 0.01
	Talk      time.Duration // mean talk, 20 min
	CallerEnd float64       // share of talks the caller ends, 0.6; responders press star or hang up
	WrapUpKey string        // pressed when the line speaks after the caller has gone; "" hangs up
}

// ScheduledFault changes the network's faults some time into the run.
type ScheduledFault struct {
	After time.Duration
	Do    func(*Faults)
}

// hampshire is the weight of each hour of the day. The day's total is
// published, its hours are not: an evening peak is assumed.
var hampshire = [24]float64{
	0.90, 0.70, 0.55, 0.45, 0.40, 0.40, 0.45, 0.55, 0.75, 0.95, 1.05, 1.10,
	1.10, 1.10, 1.10, 1.10, 1.15, 1.20, 1.30, 1.40, 1.50, 1.50, 1.40, 1.15,
}

// Profiles lists the profiles a Crowd may have.
var Profiles = []string{"hampshire", "flat"}

// profile is the weight of each hour, 1 in the mean. A name that is not in
// Profiles is flat.
func profile(name string) (hours [24]float64) {
	weights := hampshire
	if name != "" && name != Profiles[0] {
		weights = [24]float64{}
		for i := range weights {
			weights[i] = 1
		}
	}
	var sum float64
	for _, w := range weights {
		sum += w
	}
	for i, w := range weights {
		hours[i] = w * 24 / sum
	}
	return hours
}

// Contact is one call as its caller knew it: the truth that figures are
// compared with.
type Contact struct {
	Leg        string // call SID
	Kind       string // self, carer, professional, unknown
	Line       string
	Redial     bool
	DialledAt  time.Time
	AnsweredAt time.Time // first heard a responder; zero if never
	EndedAt    time.Time // zero while it lasts
	GaveUp     bool      // hung up before anyone answered
}

// People is a crowd at work.
type People struct {
	n     *Network
	crowd Crowd

	// Guarded by the network.
	hours    [24]float64 // weight of each hour, 1 in the mean
	rng      *rand.Rand
	stopped  bool
	dialled  int // first calls
	pending  int // redials to come
	open     int // calls up
	next     int // number of the caller's phone
	contacts []*Contact
}

// People puts a crowd on the network. It does nothing before Start.
func (n *Network) People(c Crowd) *People {
	share := func(p *float64, otherwise float64) {
		switch {
		case *p == 0:
			*p = otherwise
		case *p < 0:
			*p = 0
		}
	}
	lasts := func(d *time.Duration, otherwise time.Duration) {
		if *d == 0 {
			*d = otherwise
		}
	}
	share(&c.PerDay, 114)
	share(&c.Patience.Leavers, 0.25)
	lasts(&c.Patience.Mean, 107*time.Second)
	lasts(&c.Patience.Holds, time.Hour)
	share(&c.Patience.Redials, 0.4)
	lasts(&c.Patience.Again, 90*time.Second)
	a := &c.Answering
	lasts(&a.PickUp, 6*time.Second)
	share(&a.Declines, 0.03)
	share(&a.Misses, 0.06)
	share(&a.Voicemail, 0.03)
	share(&a.NoKey, 0.01)
	lasts(&a.Talk, 20*time.Minute)
	share(&a.CallerEnd, 0.6)
	if c.Keys == (CrowdKeys{}) {
		c.Keys = CrowdKeys{"1", "2", "3"}
	}
	if c.Zone == nil {
		c.Zone = time.UTC
	}
	return &People{n: n, crowd: c, hours: profile(c.Profile), rng: rand.New(rand.NewPCG(uint64(c.Seed), 0x70656f70))} //nolint:gosec // a story that can be told again
}

// Start lets the first caller's clock run and responders pick up.
func (p *People) Start() {
	for _, f := range p.crowd.Faults {
		p.n.opt.Clock.AfterFunc(f.After, func() { f.Do(p.n.faults) })
	}
	p.n.mu.Lock()
	defer p.n.mu.Unlock()
	for _, number := range p.crowd.Responders {
		p.n.phone(number).answerer = p.rung
	}
	p.nextArrival()
}

// Stop lets no further caller ring and responders pick up no more; calls that
// are up go on.
func (p *People) Stop() {
	p.n.mu.Lock()
	defer p.n.mu.Unlock()
	p.stopped = true
}

// Done reports whether all Calls have been made, with their redials, and are
// over.
func (p *People) Done() bool {
	p.n.mu.Lock()
	defer p.n.mu.Unlock()
	return p.crowd.Calls > 0 && p.dialled >= p.crowd.Calls && p.open == 0 && p.pending == 0
}

// Contacts are the calls made so far as their callers knew them.
func (p *People) Contacts() []Contact {
	p.n.mu.Lock()
	defer p.n.mu.Unlock()
	out := make([]Contact, len(p.contacts))
	for i, c := range p.contacts {
		out[i] = *c
	}
	return out
}

// nextArrival waits for the next caller: a Poisson process whose rate follows
// the hours, by thinning one of the busiest hour's rate.
func (p *People) nextArrival() {
	if p.stopped || p.crowd.Calls > 0 && p.dialled >= p.crowd.Calls || len(p.crowd.Lines) == 0 {
		return
	}
	most := slices.Max(p.hours[:])
	perSecond := p.crowd.PerDay / (24 * 3600) * most
	gap := time.Duration(p.rng.ExpFloat64() / perSecond * float64(time.Second))
	p.n.after(gap, func() {
		hour := p.n.now().In(p.crowd.Zone).Hour()
		if p.rng.Float64() < p.hours[hour]/most && !p.stopped {
			p.dialled++
			p.newCaller()
		}
		p.nextArrival()
	})
}

// drawn is a time with that mean, skewed as people's times are: half are
// shorter than about 0.7 of the mean.
func (p *People) drawn(mean time.Duration, sigma float64) time.Duration {
	return time.Duration(float64(mean) * math.Exp(sigma*p.rng.NormFloat64()-sigma*sigma/2))
}

// between is a time drawn evenly.
func (p *People) between(low, high time.Duration) time.Duration {
	return low + time.Duration(p.rng.Int64N(int64(high-low)))
}

func (p *People) chance(share float64) bool { return p.rng.Float64() < share }
