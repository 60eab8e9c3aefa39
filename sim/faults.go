package sim

import (
	"strings"
	"time"
)

// Faults is everything the network can be told to do wrong. Its methods take
// effect at once; they may be called while calls are up.
type Faults struct {
	n *Network

	// Guarded by the network.
	status StatusFault
	slow   time.Duration
	twice  float64
	rest   []restFault
	stale  time.Duration
	down   map[string]bool
	early  bool
}

// StatusFault is what happens to status callbacks. Shares are 0 to 1.
type StatusFault struct {
	Drop      float64       // never sent
	Duplicate float64       // sent twice
	Reorder   float64       // sent after the one that follows it
	Delay     time.Duration // sent so much later, drawn from 0 to Delay
}

func (f *Faults) set(fn func()) {
	f.n.mu.Lock()
	defer f.n.mu.Unlock()
	fn()
}

// Status sets what happens to the status callbacks of calls and conferences.
func (f *Faults) Status(s StatusFault) { f.set(func() { f.status = s }) }

// DuplicateWebhooks makes this share (0 to 1) of all webhooks twice with the
// same idempotency token, one after the other, as when the first answer is lost
// on its way back. The second answer counts.
func (f *Faults) DuplicateWebhooks(share float64) { f.set(func() { f.twice = share }) }

// SlowDocuments makes every request for a TwiML document wait, drawn from 0 to
// d of the network's time, before it is sent, so that status callbacks and other
// legs overtake it.
func (f *Faults) SlowDocuments(d time.Duration) { f.set(func() { f.slow = d }) }

// late draws the wait of one document.
func (f *Faults) late() time.Duration {
	if f.slow <= 0 {
		return 0
	}
	return time.Duration(f.n.rng.Int64N(int64(f.slow)))
}

// EarlyCallbacks answers POST Calls only after the first status callbacks of
// the call have been answered: they overtake the reply.
func (f *Faults) EarlyCallbacks(on bool) { f.set(func() { f.early = on }) }

// StaleFetch makes GET of calls show what was true so long ago: "call fetch is
// eventually consistent" (docs/twilio.md 1.4).
func (f *Faults) StaleFetch(d time.Duration) { f.set(func() { f.stale = d }) }

// Unreachable makes webhooks to an origin, public or actual, fail to connect.
func (f *Faults) Unreachable(origin string, down bool) {
	f.set(func() { f.down[strings.TrimRight(origin, "/")] = down })
}

// RESTFault is how a REST request goes wrong.
type RESTFault string

// The ways a REST request can go wrong.
const (
	RESTThrottled  RESTFault = "429"        // 20429 with Retry-After: 1; not acted on
	RESTError      RESTFault = "500"        // 20500 JSON, acted on all the same
	RESTBusy       RESTFault = "503"        // 20503 JSON, not acted on
	RESTBadGateway RESTFault = "502"        // HTML page, acted on all the same
	RESTLost       RESTFault = "502-before" // HTML page, not acted on
	RESTHang       RESTFault = "hang"       // not acted on; no answer until the client gives up
	RESTHangAfter  RESTFault = "hang-after" // acted on; no answer until the client gives up
	RESTCut        RESTFault = "cut"        // acted on, then the connection is cut
	RESTRedirect   RESTFault = "302"        // not acted on
	RESTEmpty      RESTFault = "empty"      // acted on; the status without a body
	RESTFinished   RESTFault = "21220"      // answers as if the call had just ended; not acted on
	RESTForbidden  RESTFault = "401"        // 20003; not acted on
)

type restFault struct {
	what  string
	fault RESTFault
	left  int
}

// REST makes the next times requests of that kind go wrong; times below 0 is
// until ClearREST. A kind is the method and the path below the account with
// every id as a star: "POST Calls.json", "POST Calls/*.json",
// "POST Queues/*/Members/*.json"; "" is every request.
func (f *Faults) REST(what string, fault RESTFault, times int) {
	f.set(func() { f.rest = append(f.rest, restFault{what, fault, times}) })
}

// ClearREST ends all REST faults.
func (f *Faults) ClearREST() { f.set(func() { f.rest = nil }) }

// takeREST is the fault that hits this request, if any.
func (f *Faults) takeREST(kind string) RESTFault {
	for i := range f.rest {
		r := &f.rest[i]
		if r.left == 0 || r.what != "" && r.what != kind {
			continue
		}
		if r.left > 0 {
			r.left--
		}
		return r.fault
	}
	return ""
}

// Magic numbers: telephones with a habit from the start.
const (
	NumberBusy        = "+447700900980"
	NumberNoAnswer    = "+447700900981"
	NumberRejects     = "+447700900982"
	NumberVoicemail   = "+447700900983"
	NumberInvalid     = "+447700900984"
	NumberDeadNetwork = "+447700900985"
)

var magicHabits = map[string]Habit{
	NumberBusy:        {Kind: Busy},
	NumberNoAnswer:    {Kind: NoAnswer},
	NumberRejects:     {Kind: Rejects},
	NumberVoicemail:   {Kind: Voicemail, After: 4 * time.Second},
	NumberInvalid:     {Kind: Invalid},
	NumberDeadNetwork: {Kind: DeadNetwork},
}

// Magic numbers: POST Calls to them is refused, or goes wrong.
const (
	NumberRefusedInvalid    = "+447700900990" // 21211 the number is not valid
	NumberRefusedUnroutable = "+447700900991" // 21214 cannot be reached
	NumberRefusedGeo        = "+447700900992" // 21215 no permission for the country
	NumberRefusedBlocked    = "+447700900993" // 21216 blocked
	NumberRefusedLike       = "+447700900994" // 21217 does not look valid
	NumberThrottled         = "+447700900995"
	NumberBadGateway        = "+447700900996" // called all the same
	NumberCut               = "+447700900997" // called all the same
	NumberHang              = "+447700900998" // not called
	NumberServerError       = "+447700900999" // called all the same
)

var magicRefusals = map[string]int{
	NumberRefusedInvalid: 21211, NumberRefusedUnroutable: 21214, NumberRefusedGeo: 21215,
	NumberRefusedBlocked: 21216, NumberRefusedLike: 21217,
}

var magicFaults = map[string]RESTFault{
	NumberThrottled: RESTThrottled, NumberBadGateway: RESTBadGateway, NumberCut: RESTCut,
	NumberHang: RESTHang, NumberServerError: RESTError,
}
