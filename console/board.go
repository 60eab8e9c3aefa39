package console

import (
	"fmt"
	"time"

	"example.org/crisisline/call"
	"example.org/crisisline/metrics"
	"example.org/crisisline/queue"
	"example.org/crisisline/rota"
)

// moment is everything the board is computed from.
type moment struct {
	Now     time.Time
	Rota    *rota.Rota // nil: no plan is in force
	Calls   queue.Snapshot
	Stale   bool // the store could not be read just now; Calls is the last that could
	Figures metrics.Items
	Mode    string
	Reasons []string
	Timing  rota.Timing
	WrapUp  time.Duration
	// ReofferAfter is when the same person may be asked again for the same call.
	ReofferAfter time.Duration
	Zone         *time.Location
	Can          map[string]bool // actions there are
	CanChange    bool            // the rota can be changed from here
	CanFollow    bool            // what is owed after calls has a page
	Live         bool            // for a live fragment: clocks are left to the browser
}

// board is the page Now, in the order it is read.
type board struct {
	CanChange bool // the rota can be changed from here
	At        time.Time
	AsOf      string // local time of the calls shown
	Alarms    []alarm
	Calm      string // said when there is no alarm
	Owed      owedLine
	Sum       sum
	Waiting   []teamCallers
	Talking   talking
	Quiet     []string // teams without a caller
	Duty      []teamDuty
	Next      *change
	Figures   []figure
	Basis     string // what the figures count, in words
	Done      string // what was just done by a button; never in a live fragment
}

// title is the page's title: what a tab in the background should tell.
func (b board) title() string {
	for _, a := range b.Alarms {
		if a.Level == "danger" {
			return "! " + a.Title
		}
	}
	if b.Sum.Waiting > 0 {
		return fmt.Sprintf("%d waiting", b.Sum.Waiting)
	}
	return "Now"
}

// sum is the board in four numbers.
type sum struct {
	Waiting int
	Longest clock // of the caller who has waited longest
	Talking int
	Free    int
	OnShift int // people in the responding and backup tiers
}

// compose is the board of one moment. It is pure.
func compose(m moment) board {
	c := newComposer(m)
	b := board{At: m.Now, AsOf: onWall(m.Calls.At, m.Zone, "15:04:05")}
	b.Duty = c.duties()
	b.Waiting, b.Talking, b.Quiet = c.callers()
	b.Sum = c.sum()
	b.Next = c.nextChange()
	b.Alarms = c.alarms()
	b.CanChange = m.CanChange
	b.Owed = c.owed()
	if len(b.Alarms) == 0 {
		b.Calm = c.calm(b.Next)
	}
	b.Figures, b.Basis = figures(m.Figures)
	if m.Stale && m.Figures.A01 == 0 {
		b.Figures = unread()
	}
	return b
}

// composer holds what several parts of a board look up.
type composer struct {
	moment
	names
	presence map[string]queue.PresenceRecord
	offers   map[call.ID][]queue.OfferRecord // open ones
	teams    []string                        // open today, and any that has a caller
}

func newComposer(m moment) *composer {
	c := &composer{moment: m, names: names{m.Rota, m.Zone}}
	if c.Stale {
		c.Can = nil // whatever a button does needs the store
	}
	c.index()
	return c
}

func (c *composer) index() {
	c.presence = make(map[string]queue.PresenceRecord, len(c.Calls.Presences))
	for _, p := range c.Calls.Presences {
		c.presence[p.Responder] = p
	}
	c.offers = make(map[call.ID][]queue.OfferRecord)
	for _, o := range c.Calls.Offers {
		if o.State != queue.OfferOver {
			c.offers[o.Call] = append(c.offers[o.Call], o)
		}
	}
	c.teams = c.openTeams(c.Now)
	for i := range c.Calls.Calls {
		r := &c.Calls.Calls[i]
		if r.State.Live() && !has(c.teams, r.Team) {
			c.teams = append(c.teams, r.Team)
		}
	}
}

// state is what a responder is doing; nobody who was never rung is in the
// store, and they are free.
func (c *composer) state(responder string) queue.PresenceRecord {
	if p, ok := c.presence[responder]; ok {
		if p.Presence == call.PresenceFree && p.OnPhone {
			p.Presence = onPhone
		}
		return p
	}
	return queue.PresenceRecord{Responder: responder, Presence: call.PresenceFree}
}

// onShift is the people of a team and tier; none without a plan.
func (c *composer) onShift(team string, tier call.Tier) []rota.Duty {
	if c.Rota == nil {
		return nil
	}
	return c.Rota.OnShift(team, tier, c.Now)
}

func (c *composer) since(t time.Time) clock { return c.clock(clock{Since: t}) }
func (c *composer) until(t time.Time) clock { return c.clock(clock{Until: t}) }

func (c *composer) clock(k clock) clock {
	switch {
	case c.Stale:
		k.at, k.Stopped = c.Calls.At, true
	case !c.Live:
		k.at = c.Now
	}
	return k
}

func (c *composer) sum() sum {
	var s sum
	var oldest time.Time
	for i := range c.Calls.Calls {
		switch r := &c.Calls.Calls[i]; {
		case r.State.Unanswered():
			s.Waiting++
			if oldest.IsZero() || r.ReceivedAt.Before(oldest) {
				oldest = r.ReceivedAt
			}
		case r.State.Live():
			s.Talking++
		}
	}
	if !oldest.IsZero() {
		s.Longest = c.since(oldest)
	}
	seen := map[string]bool{}
	for _, team := range c.teams {
		for _, tier := range []call.Tier{call.TierResponding, call.TierBackup} {
			for _, d := range c.onShift(team, tier) {
				if seen[d.Responder] {
					continue
				}
				seen[d.Responder] = true
				s.OnShift++
				if c.state(d.Responder).Presence == call.PresenceFree {
					s.Free++
				}
			}
		}
	}
	return s
}

func has(set []string, v string) bool {
	for _, s := range set {
		if s == v {
			return true
		}
	}
	return false
}
