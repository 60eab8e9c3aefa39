package queue

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"example.org/crisisline/call"
)

// The oracle decides what the scripts decide, by looking at everything there
// is. It knows the rules and nothing of pools, scores kept ready, or indexes.
type oracle struct {
	picture
	tried map[string]map[string]string // call → responder → when
	up    map[string]string            // responder → offer whose leg is at their ear
	pace  int64
	now   time.Time
}

func (o oracle) triedLately(id, r string, within time.Duration) bool {
	at := number(o.tried[id][r])
	return at != 0 && at+within.Milliseconds() > ms(o.now)
}

func (o oracle) presence(r string) (p call.Presence, since int64, id string) {
	if v := o.presences[r]; len(v) == 3 {
		return call.Presence(v[0]), number(v[1]), v[2]
	}
	return call.PresenceFree, 0, ""
}

func (o oracle) onPhone(r string) bool { return o.offers[o.up[r]] != nil }

// wantsPhone: unanswered, not held back, fewer phones than wanted.
func (o oracle) wantsPhone(id string, want int) bool {
	c := o.calls[id]
	return call.State(c["st"]).Unanswered() && number(c["nb"]) <= ms(o.now) && len(split(c["open"])) < want
}

// claim says who is promised: by rank of their kind of readiness, then of their
// group, then by how long they have been idle, the dropped responder before all.
func (o oracle) claim(c Claim) []string {
	id := string(c.Call)
	type candidate struct {
		r     string
		kind  int // 0 asked first, 1 free, 2 in wrap-up, 3 set aside
		group int
		since int64
	}
	var all []candidate
	for g, group := range c.Groups {
		for _, r := range group.Responders {
			p, since, had := o.presence(r)
			kind := 0
			switch {
			case slices.ContainsFunc(all, func(x candidate) bool { return x.r == r }) || o.triedLately(id, r, c.ReofferAfter) || o.onPhone(r):
				continue
			case r == o.calls[id]["pf"] && (p == call.PresenceFree || p == call.PresenceWrapUp && had == id):
			case p == call.PresenceFree:
				kind = 1
			case p == call.PresenceWrapUp && c.AllowWrapUp && since+c.WrapUpLeast.Milliseconds() <= ms(o.now):
				kind = 2
			case p == call.PresenceAway && c.AllowAway && strings.HasPrefix(had, string(call.PauseMissed)):
				kind = 3
			default:
				continue
			}
			all = append(all, candidate{r, kind, g, since})
		}
	}
	slices.SortStableFunc(all, func(a, b candidate) int {
		return cmp.Or(cmp.Compare(a.kind, b.kind), cmp.Compare(a.group, b.group), cmp.Compare(a.since, b.since))
	})
	asked := []string{}
	open := len(split(o.calls[id]["open"]))
	for ; len(all) > 0 && o.wantsPhone(id, c.Want) && open < c.Want; open++ {
		if open > 0 && c.Pace > 0 && o.pace > ms(o.now) {
			break
		}
		o.pace = max(o.pace, ms(o.now)) + c.Pace.Milliseconds()
		asked, all = append(asked, all[0].r), all[1:]
	}
	return asked
}

// free says which call a freed responder is promised to, "" for none.
func (o oracle) free(f Freed) (best string) {
	if p, _, _ := o.presence(f.Responder); p != call.PresenceFree || o.onPhone(f.Responder) {
		return ""
	}
	bestScore, bestDuty := int64(0), 0
	for id, c := range o.calls {
		duty := slices.IndexFunc(f.Duties, func(d Duty) bool { return slices.Contains(split(c["pools"]), d.Pool) })
		further := c["open"] != "" && f.Pace > 0 && o.pace > ms(o.now)
		if duty < 0 || number(c["nb"]) != 0 || !o.wantsPhone(id, int(number(c["want"]))) || further ||
			o.triedLately(id, f.Responder, f.ReofferAfter) {
			continue
		}
		score := number(c["sc"])
		if best == "" || cmp.Or(cmp.Compare(score, bestScore), cmp.Compare(duty, bestDuty), cmp.Compare(id, best)) < 0 {
			best, bestScore, bestDuty = id, score, duty
		}
	}
	return best
}
