package queue

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/redis/go-redis/v9"

	"example.org/crisisline/call"
)

// picture is the whole of a service's state, read key by key.
type picture struct {
	calls, offers map[string]map[string]string
	presences     map[string][]string           // responder → state, since, call
	pools         map[string]map[string]float64 // pool → call → score
	due, live     map[string]float64
}

func (w *world) picture() picture {
	w.Helper()
	p := picture{calls: map[string]map[string]string{}, offers: map[string]map[string]string{},
		presences: map[string][]string{}, pools: map[string]map[string]float64{}}
	keys, err := w.rdb.Keys(w.ctx(), w.key("*")).Result()
	if err != nil {
		w.Fatal(err)
	}
	hashes, zsets := w.readAll(append(keys, w.key(keyPresence), w.key(keyDue), w.key(keyLive)))
	for name, h := range hashes {
		switch kind, id, _ := strings.Cut(name, ":"); kind {
		case "call":
			p.calls[id] = h
		case "offer":
			p.offers[id] = h
		case keyPresence:
			for r, v := range h {
				p.presences[r] = strings.SplitN(v, "|", 3)
			}
		}
	}
	p.due, p.live = zsets[keyDue], zsets[keyLive]
	for name, scores := range zsets {
		if pool, ok := strings.CutPrefix(name, "q:"); ok {
			p.pools[pool] = scores
		}
	}
	return p
}

// readAll reads the hashes and sorted sets among the keys, by their names
// without the prefix, in one round trip.
func (w *world) readAll(keys []string) (hashes map[string]map[string]string, zsets map[string]map[string]float64) {
	w.Helper()
	hashCmds, zsetCmds := map[string]*redis.MapStringStringCmd{}, map[string]*redis.ZSliceCmd{}
	_, err := w.rdb.Pipelined(w.ctx(), func(pipe redis.Pipeliner) error {
		for _, key := range keys {
			name := strings.TrimPrefix(key, w.Store.prefix)
			switch kind, _, _ := strings.Cut(name, ":"); kind {
			case "call", "offer", keyPresence:
				hashCmds[name] = pipe.HGetAll(w.ctx(), key)
			case "q", keyDue, keyLive:
				zsetCmds[name] = pipe.ZRangeWithScores(w.ctx(), key, 0, -1)
			}
		}
		return nil
	})
	if err != nil {
		w.Fatal(err)
	}
	hashes, zsets = map[string]map[string]string{}, map[string]map[string]float64{}
	for name, cmd := range hashCmds {
		hashes[name] = cmd.Val()
	}
	for name, cmd := range zsetCmds {
		zsets[name] = map[string]float64{}
		for _, z := range cmd.Val() {
			zsets[name][z.Member.(string)] = z.Score
		}
	}
	return hashes, zsets
}

func (w *world) hash(key string) map[string]string {
	w.Helper()
	h, err := w.rdb.HGetAll(w.ctx(), key).Result()
	if err != nil {
		w.Fatal(err)
	}
	return h
}

// everything is each key's contents as text, for looking for what must not be
// there and for telling whether anything changed.
func (w *world) everything() map[string]string {
	w.Helper()
	keys, err := w.rdb.Keys(w.ctx(), w.key("*")).Result()
	if err != nil {
		w.Fatal(err)
	}
	all := map[string]string{}
	for _, key := range keys {
		kind, err := w.rdb.Type(w.ctx(), key).Result()
		if err != nil {
			w.Fatal(err)
		}
		var v any
		switch kind {
		case "hash":
			v, err = w.rdb.HGetAll(w.ctx(), key).Result()
		case "zset":
			v, err = w.rdb.ZRangeWithScores(w.ctx(), key, 0, -1).Result()
		case "list":
			v, err = w.rdb.LRange(w.ctx(), key, 0, -1).Result()
		case "stream":
			v, err = w.rdb.XRange(w.ctx(), key, "-", "+").Result()
		default:
			v, err = w.rdb.Get(w.ctx(), key).Result()
		}
		if err != nil {
			w.Fatal(err)
		}
		all[key] = fmt.Sprint(v)
	}
	return all
}

// check holds the whole store to every invariant of doc.go.
func (w *world) check() {
	w.Helper()
	p := w.picture()
	wrong := slices.Concat(p.checkPools(), p.checkOffers(), p.checkPeople(), p.checkDeadlines(), checkLedger(w.events(), p))
	if len(wrong) > 0 {
		w.Fatalf("the store is not whole:\n%s", strings.Join(wrong, "\n"))
	}
}

// Rule 1: a call stands in its pools exactly while it is unanswered, fewer
// phones ring than are wanted, and nothing holds it back.
func (p picture) checkPools() (wrong []string) {
	standing := 0
	for id, c := range p.calls {
		pools := split(c["pools"])
		wanted := call.State(c["st"]).Unanswered() && len(split(c["open"])) < int(number(c["want"])) &&
			number(c["nb"]) == 0 && len(pools) > 0
		for _, pool := range pools {
			score, stands := p.pools[pool][id]
			if stands != wanted || stands && score != float64(number(c["sc"])) {
				wrong = append(wrong, fmt.Sprintf("%s (%s, open %q, want %s): in pool %s %v score %v, should be %v at %s",
					id, c["st"], c["open"], c["want"], pool, stands, score, wanted, c["sc"]))
			}
			if stands {
				standing++
			}
		}
	}
	for pool, members := range p.pools {
		standing -= len(members)
		for id := range members {
			if !slices.Contains(split(p.calls[id]["pools"]), pool) {
				wrong = append(wrong, fmt.Sprintf("pool %s holds %s, which does not wait there", pool, id))
			}
		}
	}
	if standing != 0 && len(wrong) == 0 {
		wrong = append(wrong, "pools and calls do not count the same")
	}
	return wrong
}

// Every open offer is its call's, and its call's open offers are open.
func (p picture) checkOffers() (wrong []string) {
	for id, o := range p.offers {
		c := p.calls[o["c"]]
		open := o["st"] != string(OfferOver)
		if open != slices.Contains(split(c["open"]), id) {
			wrong = append(wrong, fmt.Sprintf("offer %s is %s, its call has open %q", id, o["st"], c["open"]))
		}
		if open && !call.State(c["st"]).Unanswered() {
			wrong = append(wrong, fmt.Sprintf("offer %s is open for a call that is %s", id, c["st"]))
		}
		if open == (o["rs"] != "") {
			wrong = append(wrong, fmt.Sprintf("offer %s is %s with result %q", id, o["st"], o["rs"]))
		}
	}
	for id, c := range p.calls {
		for _, o := range split(c["open"]) {
			if p.offers[o]["c"] != id {
				wrong = append(wrong, fmt.Sprintf("%s has open offer %s, which is not its own", id, o))
			}
		}
		if s := call.State(c["st"]); s == call.StateOffered && c["open"] == "" || s == call.StateWaiting && c["open"] != "" {
			wrong = append(wrong, fmt.Sprintf("%s is %s with open offers %q", id, s, c["open"]))
		}
	}
	return wrong
}

// Nobody is promised twice; whoever is promised, connected or in wrap-up is so
// for a call that says the same.
func (p picture) checkPeople() (wrong []string) {
	promised := map[string][]string{}
	for _, o := range p.offers {
		if o["st"] != string(OfferOver) {
			promised[o["r"]] = append(promised[o["r"]], o["c"])
		}
	}
	has := map[string][]string{}
	for id, c := range p.calls {
		switch call.State(c["st"]) {
		case call.StateAccepted, call.StateConnected:
			has[c["rp"]] = append(has[c["rp"]], string(call.PresenceConnected)+" "+id)
		case call.StateWrapUp:
			has[c["rp"]] = append(has[c["rp"]], string(call.PresenceWrapUp)+" "+id)
		}
	}
	everyone := map[string]bool{}
	for _, names := range []map[string][]string{promised, has, p.presences} {
		for r := range names {
			everyone[r] = true
		}
	}
	for r := range everyone {
		want := []string{}
		for _, id := range promised[r] {
			want = append(want, string(call.PresenceOffered)+" "+id)
		}
		want = append(want, has[r]...)
		if len(want) > 1 {
			wrong = append(wrong, fmt.Sprintf("%s is promised more than once: %v", r, want))
			continue
		}
		is := ""
		if v := p.presences[r]; len(v) == 3 && v[0] != "free" && v[0] != "break" && v[0] != "away" {
			is = v[0] + " " + v[2]
			if v[0] == string(call.PresenceWrapUp) && len(want) == 0 && p.calls[v[2]]["rp"] != r {
				continue // dropped, and finishing
			}
		}
		if strings.Join(want, "") != is {
			wrong = append(wrong, fmt.Sprintf("%s is %q, should be %q", r, is, want))
		}
	}
	return wrong
}

// No call and no offer is without an owner: each has a deadline that brings it
// up, and nothing that is over has one.
func (p picture) checkDeadlines() (wrong []string) {
	want := map[string]bool{}
	may := map[string]bool{}
	for id, c := range p.calls {
		s := call.State(c["st"])
		if s.Live() {
			want["live:"+id] = true
		}
		if s.Live() != (p.live[id] != 0) {
			wrong = append(wrong, fmt.Sprintf("%s is %s, among the live %v", id, s, p.live[id] != 0))
		}
		may["call:"+id] = s.Unanswered()
		if s == call.StateAccepted {
			want["bridge:"+id] = true
		}
	}
	for id, o := range p.offers {
		if o["st"] != string(OfferOver) {
			want["offer:"+id] = true
		}
		if o["st"] == string(OfferPromised) {
			want["send:"+id] = true
		}
	}
	for r, v := range p.presences {
		if v[0] == string(call.PresenceWrapUp) {
			want["wrap:"+r] = true
		}
	}
	for member := range want {
		if p.due[member] == 0 {
			wrong = append(wrong, "no deadline "+member)
		}
	}
	for member := range p.due {
		if !want[member] && !may[member] && !strings.HasPrefix(member, "away:") && !strings.HasPrefix(member, "leg:") {
			wrong = append(wrong, "deadline of something over: "+member)
		}
	}
	return wrong
}

// checkLedger replays the ledger through the state table: it must lead to the
// states the store has, and its sums must be the store's.
func checkLedger(events []call.Event, p picture) (wrong []string) {
	states := map[call.ID]call.State{}
	open := map[call.ID]map[call.OfferID]bool{}
	teams := map[call.ID]string{}
	received, finished := 0, 0
	for _, e := range events {
		s := states[e.Call]
		if e.Kind == call.KindHandedOver && teams[e.Call] != e.FromTeam {
			wrong = append(wrong, fmt.Sprintf("%s is handed over from %s, and was with %s", e.Call, e.FromTeam, teams[e.Call]))
		}
		if e.Call != "" && e.Offer == "" {
			teams[e.Call] = e.Team
		}
		switch e.Kind {
		case call.KindReceived:
			received++
			if s != "" {
				wrong = append(wrong, fmt.Sprintf("%s is received twice", e.Call))
			}
			states[e.Call], open[e.Call] = call.StateIntake, map[call.OfferID]bool{}
			continue
		case call.KindFinished:
			finished++
		case call.KindOffered:
			if open[e.Call][e.Offer] {
				wrong = append(wrong, fmt.Sprintf("%s is offered twice", e.Offer))
			}
			open[e.Call][e.Offer] = true
		case call.KindOfferEnded:
			if !open[e.Call][e.Offer] {
				wrong = append(wrong, fmt.Sprintf("%s ends and is not open", e.Offer))
			}
			delete(open[e.Call], e.Offer)
			continue
		}
		switch e.Kind {
		case call.KindWaiting, call.KindOffered, call.KindAccepted, call.KindConnected, call.KindDropped, call.KindFinished, call.KindWrapUpEnded:
			next, ok := call.Next(s, e.Kind)
			if !ok {
				wrong = append(wrong, fmt.Sprintf("%s: %s in state %s", e.Call, e.Kind, s))
			}
			if e.Kind == call.KindWaiting && len(open[e.Call]) > 0 {
				next = call.StateOffered
			}
			states[e.Call] = next
		}
	}
	for id, c := range p.calls {
		if states[call.ID(id)] != call.State(c["st"]) {
			wrong = append(wrong, fmt.Sprintf("%s is %s, the ledger says %s", id, c["st"], states[call.ID(id)]))
		}
		if teams[call.ID(id)] != c["tm"] {
			wrong = append(wrong, fmt.Sprintf("%s is with %s, the ledger says %s", id, c["tm"], teams[call.ID(id)]))
		}
		if n := len(split(c["open"])); n != len(open[call.ID(id)]) {
			wrong = append(wrong, fmt.Sprintf("%s has %d open offers, the ledger %v", id, n, slices.Collect(maps.Keys(open[call.ID(id)]))))
		}
	}
	if received != finished+len(p.live) {
		wrong = append(wrong, fmt.Sprintf("received %d, finished %d, live %d", received, finished, len(p.live)))
	}
	return wrong
}
