// Package queue is the present: who waits, who is free, and who is promised to
// whom. It is the only package with scripts (lua/*.lua); everything it knows is
// in Redis, so that any number of processes may serve one service and any of
// them may die.
//
// One method is one script is one round trip. A script takes the time as an
// argument, applies one event whole, and writes the ledger entry of what it did
// in the same step: the state and the ledger cannot disagree. Snapshot and the
// ledger's readers are pipelines.
//
// # Keys
//
// All begin with "cl:{service}:", one hash tag, one node of a cluster.
//
//	call:<id>       hash    one call; fields below
//	tried:<id>      hash    responder → when they were asked for the call
//	offer:<id>      hash    one attempt to ring one responder
//	q:<pool>        zset    call → score; who waits in a pool
//	pres            hash    responder → state|since|call, of a break or who is away state|since|reason|until; no entry: free, never rung
//	miss            hash    responder → misses in a row
//	up              hash    responder → offer whose leg is at their ear: picked up, and not said to be over
//	due             zset    kind:id → when; every deadline there is
//	live            zset    call → when received; calls with a caller on the line
//	conf:<name>     string  conference → call
//	redial:<index>  hash    what a caller who left unanswered keeps: place, left, n tries; f first try, mi 1 once that took too long, c l tm cl the last try
//	unreached       zset    index → by when somebody is to have reached them
//	callback:<id>   hash    one callback that is owed, or was; fields below
//	callbacks       zset    call → what is due next; the open ones
//	number:<id>     string  the number a call that is over came from, sealed; for as long as numbers are kept
//	later:<id>      list    places in the ledger, far from the call's life, of entries about it
//	wrapup:<id>     hash    what a responder said came of a call, as said last; fields below
//	followup:<id>   hash    call/category: one promise after a call; fields below
//	follow_due      zset    call/category → when due; clocks that run
//	follow_late     zset    the same; ran out, and still open
//	follow_review   zset    the same; ran out, and nobody has said why
//	follow_reviewed zset    call/category → when somebody said why
//	pace            string  the next moment at which a leg may be made
//	ledger          stream  call.Event, one entry for each transition
//	imported:<id>   string  this call's journal was imported
//	over:<id>       string  when and how the leg of a call the store does not know was over, for whoever has it in a journal
//	noted           string  the last plan version in the ledger
//
// A call's hash has the fields of callFields (record.go) and these: fr the
// caller's number, sealed with the call's id; ix its index; open the open offers;
// pools and want of the last claim; q 1 while it stands in its pools; jc, jr
// which legs are in the conference; fi the first try of its caller; oa when the accepted offer was made; tt talk
// of connections that dropped; lo and cx the legs that lost or were cancelled;
// kf how long it is kept; co 1 while a callback is owed, 2 after; ho 1 once a
// person handed it over; lim the agreements of its ladder. An offer's hash has the fields of offerFields and: ps, pp and pr
// the responder's idle-since, presence and pause before, rf its time to ring, sn 1
// once its leg was reported, dn the one that was said to be over.
// A follow-up's: c call, ct category, by who recorded it, st and du start and due,
// tm l cl the call's, rp whom it is owed to, mi 1 once it ran out, dn how dby its
// end, why rby rv its review. A callback's: c tm l cl the call's, by who promised
// it, as sf su st asked for, safe from and until, start, ad xd what is due; nb 1 when
// the number is kept; n la lb lw attempts, the last one's time, person and result; cb
// cu who has it until when; dn how oc dby its end. A wrap-up's: c rc l tm cl r the
// call, when it was received, its line, team, caller and responder; cd hd dr ct what
// was said, by whom, up when anything last changed.
//
// Nothing ends by a key's expiry. Keys of ended calls and offers expire as
// garbage: a call and its accepted offer after Finish.KeepFor, other offers
// after an hour. A call whose callback is owed does not expire.
//
// # Invariants
//
// They hold after every script; the tests check all of them after every step.
//
//   - A call stands in its pools exactly while it is unanswered, fewer phones
//     ring for it than were wanted, and nothing holds it back after a drop. Its
//     score there is its place less its boosts: ageing costs nothing.
//   - A responder is promised to at most one call, and whoever is promised,
//     connected or in wrap-up is so for a call that names them, or, in wrap-up, for
//     one that they were dropped from.
//   - Nobody is promised whose phone is up.
//   - A call has at most one winner; one compare-and-set decides.
//   - Every live call, open offer, accepted call and wrap-up has a deadline, and
//     nothing that is over has one. No call is without an owner.
//   - The ledger, replayed through call.Next, gives the states in the store.
//     Received = finished + live; offered = offers ended + open.
//   - An event that does not fit changes nothing and gives the present record.
//   - Running a script twice is the same as running it once. An i/o timeout does
//     not say whether a script ran, and Twilio repeats its webhooks.
//
// # Matching
//
// A call knows the pools it waits in, a responder the pools they may serve;
// both were computed from the plan. A claim looks at the people it names, a
// freed responder at the heads of their pools. Neither looks at who else waits,
// so both cost the same with ten waiting and ten thousand. A script that scans
// would hold up every other for tens of milliseconds (bench_test.go).
//
// A claim that was decided on another plan than the one in force writes nothing.
//
// Nobody waits unseen between the two: a call enters its pools in the same step
// that found nobody free, and a responder is free before their pools are read.
//
// # Leases and margins
//
//   - A promise lives until SendAt + RingFor + Grace. Each word of its leg (sent,
//     ringing, picked up) gives it RingFor + Grace from then; so a leg the
//     carrier keeps in its own queue is not given up, and a silent one is, at most
//     four times later. A key that comes after is still taken if the caller waits.
//   - SendLease, 5 s: a promise nobody reported as sent is another process's to
//     send. It must be longer than the slowest request to the carrier that still
//     succeeds, for whoever takes over looks for the leg and then makes one.
//   - SweepLease, 5 s: a deadline that was taken and not settled comes up again.
//     Acting twice is harmless, so a clock that is ahead by more costs work only.
//   - Clocks: instances compare their own time with what others wrote. One that is
//     ahead acts early by as much. With NTP this is milliseconds; RingFor, Grace
//     and the leases are seconds.
//   - A clock that is set back: what was written before lies in the future. Nobody
//     counts as tried, no call as held back, no leg as booked by what is further
//     ahead than it can be, and Rewind brings the deadlines nearer.
//
// # When a process dies
//
//   - Before a script ran: nothing happened; the carrier repeats the webhook, or
//     a deadline comes up elsewhere.
//   - After Arrive or Intake, before Claim: due call:<id> was set to now in the
//     same step; any sweep claims.
//   - After Claim or Free, before the leg is asked for: due send:<id>.
//   - After the leg was asked for, before OfferSent: due send:<id>; whoever takes
//     it looks for the leg first. The leg's own webhooks name the offer and do the
//     same sooner.
//   - While a phone rings: any process takes its webhooks; due offer:<id> ends it
//     when none come.
//   - After Accept, before the caller is fetched: due bridge:<id>. Before the losers
//     are rung off: they ring out, and their key is answered "taken".
//   - After OfferEnd, WrapUpEnd or Drop, before Free: the call's own next look
//     (due call:<id>) finds the free responder.
//   - After Finish, before legs are rung off: a repeated Finish names them again;
//     a ringing phone rings out, a joined one ends with its conference.
//   - During a sweep: what it took comes up again after the lease.
//   - Between a ledger batch and its acknowledgement: the batch comes again.
package queue
