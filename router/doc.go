// Package router is the judgement that joins the plan and the present: which
// webhook moves a call from which state to which, who is asked next and why,
// and what each person hears.
//
//	webhook                     caller or responder   what happens
//	POST /voice/inbound         caller                the call is created; greeting and menu; phones begin to ring
//	POST /voice/intake          caller                the key, or none: into the queue
//	POST /voice/wait            caller                one round of waiting words; a heartbeat
//	POST /voice/wait/key        caller                danger, or what else is open
//	POST /voice/queued          caller                left the queue: joined, or back in, or gone
//	POST /voice/bridge          caller                into the conference with whoever accepted
//	POST /voice/bridge/after    caller                the conference ended: back to the front, or goodbye
//	POST /voice/status          caller                the leg is over (the number's status callback)
//	POST /voice/offer/{id}      responder             picked up: neutral words, press 1
//	POST /voice/offer/{id}/key  responder             1: accept (compare-and-set), whisper, conference
//	POST /voice/offer/{id}/after responder            the talk is over: wrap-up
//	POST /voice/offer/{id}/ready   responder         1: wrap-up over, 2: say the outcome, 9: it was hard, 3: left alone
//	POST /voice/offer/{id}/outcome responder         1 to 7: one of the seven outcome codes
//	POST /voice/offer/{id}/status responder           ringing, busy, no answer, over
//	POST /voice/conference      both                  who is in the conference: connected when both are
//	POST /voice/fallback…       both                  degraded: the snapshot is rung by <Dial>
//
// # Rules that hold everywhere
//
//   - One store round trip in a webhook, none of HTTP outwards. What must reach
//     the carrier is done by a task after the answer, or by the next Tick.
//   - Every voice route answers TwiML within its deadline whatever happens; when
//     the store does not answer within its budget the caller is rung through
//     from the snapshot (fallback.go).
//   - There are no timers in the process. Every deadline is in the store and is
//     acted on by Tick, on whichever instance sees it first.
//   - Handlers are idempotent: the network repeats and reorders.
package router
