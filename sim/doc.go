// Package sim is a telephone network in a box: it stands in for Twilio at the
// wire, over real HTTP, and puts telephones and people at the other end. It
// knows nothing of the service it rings: only addresses, TwiML and the REST API.
// Tests, the demo and simulations share it.
//
//	people, phone script, web page ──► Phone ──► leg ──► webhooks ──► the service
//	                                              ▲                      │
//	                                              └──── REST API ◄───────┘
//
// It does what docs/twilio.md says Twilio does, inconvenient or not; tests name
// the section ("docs/twilio.md 1.5") they hold it to. Where Twilio's pages do not
// say, Readings chooses, and every reading can be played.
//
// # Time
//
// All waiting is on a Clock. A manual one stands still until it is advanced;
// after every timer the network settles, so that one seed gives one story. A
// harness steps a whole world:
//
//	next := earlier(clock.Next(), service.NextDue())
//	clock.AdvanceTo(next); settle; service.Tick(next); settle
//
// where settle repeats Network.Settle and the service's own until
// Network.Activity no longer changes. Only connection timeouts (ct, rt, tt and
// the 15 s ceiling) run by the machine's clock.
//
// # Invariants
//
//   - Every goroutine holds Network.mu while it runs and is counted busy from
//     the moment something makes it runnable: busy nought is quiet.
//   - A leg ends once. What that means for those who heard it happens in the
//     same step; its last webhooks follow.
//   - Nothing is said to a caller by the network itself but "application error",
//     and every one of those is kept: ApplicationErrors must stay empty, as must
//     DoubleBridges and Clashes.
//
// # Magic numbers
//
// All in Ofcom's drama range. Telephones: +44 7700 900980 engaged, 981 rings
// out, 982 rejects on the handset, 983 answerphone after 4 s, 984 no such
// number, 985 dead network. POST Calls to: 990 21211, 991 21214, 992 21215, 993
// 21216, 994 21217, 995 429, 996 502 page (called all the same), 997 connection
// cut (called all the same), 998 no answer at all (not called), 999 500 (called
// all the same). The crowd's callers have 300 to 899, the web page's 001.
//
// # Not played
//
// Recording, speech recognition, answering-machine detection, hold, coaching,
// transfer to SIP, messages; audio is never fetched (Options.Media says how long
// it plays). A warning says so where one is asked for.
package sim
