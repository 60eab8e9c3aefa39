// Package call is the vocabulary every other package shares: what a call is,
// what may happen to it, and how it can end. It has no I/O and no clock.
//
// # A call's life
//
//		intake ──► waiting ◄──► offered ──► accepted ──► connected ──► wrap_up ──► ended
//		   │          │            │            │             │
//		   │          ├────────────┴────────────┘             └─ responder's phone drops:
//		   │          │    (caller gone: ended)                  back to waiting, at the front
//		   └──────────┴─ with an early offer a call may be accepted while it is still in intake
//
//	  - intake: the caller hears the greeting and may press a key.
//	  - waiting: the caller is in the queue and no phone rings for them.
//	  - offered: at least one responder's phone rings for them.
//	  - accepted: one responder pressed 1; the two legs are being joined.
//	  - connected: both can hear each other. Only this counts as answered.
//	  - wrap_up: the caller has gone; the responder is finishing.
//	  - ended: nothing of the call is left to do.
//
// # Invariants
//
//   - A call has exactly one Outcome, written once, when the caller's leg is over.
//   - A call has at most one responder in accepted, connected or wrap_up.
//   - An event that does not fit the state is ignored and counted; it is never
//     an error to the telephone network, which repeats and reorders.
package call
