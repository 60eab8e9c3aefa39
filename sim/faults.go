package sim

import "time"

// Faults is everything the network can be told to do wrong. Its methods take
// effect at once; they may be called while calls are up.
type Faults struct{ n *Network }

// StatusFault is what happens to status callbacks. Shares are 0 to 1.
type StatusFault struct {
	Drop      float64       // never sent
	Duplicate float64       // sent twice
	Reorder   float64       // sent after the one that follows it
	Delay     time.Duration // sent so much later, drawn from 0 to Delay
}

// Status sets what happens to the status callbacks of calls and conferences.
func (f *Faults) Status(s StatusFault) {}

// DuplicateWebhooks sends this share (0 to 1) of TwiML requests twice; the
// second answer counts, as if the first had been lost on the way back.
func (f *Faults) DuplicateWebhooks(share float64) {}

// RESTFault is how a REST request goes wrong.
type RESTFault string

// The ways a REST request can go wrong.
const (
	RESTThrottled  RESTFault = "429"        // 20429 with Retry-After: not acted on
	RESTError      RESTFault = "500"        // 20500 JSON after the request was acted on
	RESTBusy       RESTFault = "503"        // 20503 JSON, not acted on
	RESTBadGateway RESTFault = "502"        // HTML page, after the request was acted on
	RESTLost       RESTFault = "502-before" // HTML page, not acted on
	RESTHang       RESTFault = "hang"       // not acted on; no answer until the client gives up
	RESTHangAfter  RESTFault = "hang-after" // acted on; no answer until the client gives up
	RESTCut        RESTFault = "cut"        // acted on, then the connection is cut
	RESTRedirect   RESTFault = "302"        // not acted on
	RESTEmpty      RESTFault = "empty"      // acted on; 201 with no body
	RESTFinished   RESTFault = "21220"      // answers as if the call had just ended
)

// REST makes the next times requests whose method and path match go wrong;
// times below 0 is until ClearREST. The path is matched by its end, ids left
// out: "POST Calls.json", "POST Calls/*.json", "POST Queues/*/Members/*.json".
func (f *Faults) REST(what string, fault RESTFault, times int) {}

// ClearREST ends all REST faults.
func (f *Faults) ClearREST() {}

// StaleFetch makes GET of calls show what was true so long ago.
func (f *Faults) StaleFetch(d time.Duration) {}

// Unreachable makes webhooks to an origin fail to connect.
func (f *Faults) Unreachable(origin string, down bool) {}
