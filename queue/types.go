package queue

import (
	"errors"
	"time"

	"example.org/crisisline/call"
)

// What the scripts may answer besides the outcome asked for.
var (
	// ErrStale says that the plan a claim was decided on is not the plan now in
	// force, or that the call was handed over to another team meanwhile. The
	// caller reloads both and decides again.
	ErrStale = errors.New("plan or call has changed since the decision")
	// ErrNoCall says that the store holds no such call.
	ErrNoCall = errors.New("no such call")
	// ErrNoOffer says that the store holds no such offer.
	ErrNoOffer = errors.New("no such offer")
	// ErrTaken says that a responder is promised to a call, or has one, and so
	// cannot go on a break or be set aside.
	ErrTaken = errors.New("responder is promised to a call or has one")
)

// Record is everything the store holds of one call. Instants that have not
// come are zero.
type Record struct {
	ID          call.ID
	State       call.State
	Line        string      // line id
	Number      string      // the line's own number, E.164: caller id of every leg we make
	From        call.Number // the caller's number; zero when withheld
	Withheld    bool
	Caller      call.Caller
	Team        string // home team
	Language    string
	Skills      []string
	ReceivedAt  time.Time
	GreetEndAt  time.Time // intake over
	WaitingAt   time.Time // began to wait; kept over a drop
	AcceptedAt  time.Time
	ConnectedAt time.Time // first connected; survives a drop
	TalkingAt   time.Time // connected to the present responder
	Place       time.Time // place in the queue: earlier than ReceivedAt after a redial
	Score       int64     // order in the pools, ms; lower is sooner: place − boost
	Responder   string    // who accepted, in accepted, connected and wrap_up
	Tier        call.Tier // their tier
	Offer       call.OfferID
	OfferSID    string // the responder's leg, when known
	Conference  string
	CallerIn    bool // the caller is in the conference, as far as we were told
	QueueSID    string
	Offers      int // offers made so far
	Ringing     int // offers open now
	Redials     int
	Rung        int    // highest rung reached
	Prefer      string // responder to ask first: the one whose phone dropped
	Front       bool   // back at the front after a drop
	Danger      bool
	NotBefore   time.Time // nobody is to be rung before this (after a drop)
	LastStep    time.Time // last transition, for the watchdog
	Outcome     call.Outcome
}

// OfferRecord is what the store holds of one offer.
type OfferRecord struct {
	ID        call.OfferID
	Call      call.ID
	Responder string
	Team      string
	Tier      call.Tier
	State     OfferState
	SID       string // the carrier's leg, "" until known
	OfferedAt time.Time
	SendAt    time.Time
	Result    call.Result // set once State is over
}

// OfferState is how far an offer has come.
type OfferState string

// The closed set of offer states.
const (
	OfferPromised OfferState = "promised" // claimed; the carrier has not been asked, or has not answered yet
	OfferSent     OfferState = "sent"     // the carrier made a leg
	OfferRinging  OfferState = "ringing"
	OfferPickedUp OfferState = "picked_up"
	OfferOver     OfferState = "over"
)

// Arrival is a call's first webhook.
type Arrival struct {
	Call   call.ID
	Need   call.Need // caller and language as far as known
	From   call.Number
	Number string // E.164 of the line dialled
	// Menu says that intake follows; without it the call waits at once.
	Menu bool
	// Boost moves the call forward by this much, on top of RedialBoost for
	// each redial.
	Boost       time.Duration
	RedialBoost time.Duration
	// ActAt is when the call must first be looked at by whichever process
	// sweeps: now, so that a crash between this write and the first claim
	// costs one sweep and not the caller.
	ActAt time.Time
	// LiveFor is how long the call may be silent before its leg is looked up.
	LiveFor time.Duration
}

// Arrived is the answer to an Arrival.
type Arrived struct {
	Record
	New bool // false for a repeated webhook: nothing was written
}

// IntakeDone says what the caller chose, or that they chose nothing.
type IntakeDone struct {
	Caller   call.Caller
	Team     string
	Language string
	Skills   []string
	Boost    time.Duration // added to the call's boost
	LiveFor  time.Duration
}

// Group is people of one rank: within it the store takes whoever has been idle
// longest.
type Group struct {
	Team       string
	Tier       call.Tier
	Responders []string
	// LimitKey names the agreement under which these people help another team, ""
	// when there is none; LimitMost is how many of its calls they may have at
	// once, calls that only ring included.
	LimitKey  string
	LimitMost int
}

// Claim asks for up to Want phones to ring for a call, in one step.
type Claim struct {
	Call    call.ID
	Version int64  // plan version the groups were computed from; 0 skips the check
	Team    string // home team they were computed for; "" skips the check
	Rung    int    // highest rung reached; a rise is written to the ledger as widened
	Reason  string
	Groups  []Group  // in the order they are to be asked
	Pools   []string // where the call waits while it wants a phone and nobody is free
	Want    int      // phones that may ring at once now
	More    More     // phones beyond Want
	By      call.By  // who asks for it at a screen; what the claim does is theirs in the ledger
	// OfferIDs are used in order; at least Want of them.
	OfferIDs []call.OfferID
	// RingFor and Grace give an offer's deadline: SendAt + RingFor + Grace.
	RingFor, Grace time.Duration
	// Pace is the least gap between two legs of the account (1 / calls per
	// second). The first leg of a call always reserves the next free moment;
	// further legs are made only when there is no backlog.
	Pace time.Duration
	// SendLease: a promised offer whose leg is not reported within it after
	// SendAt is swept as "send", so that another process sees to it.
	SendLease time.Duration
	// ReofferAfter: a responder who was asked for this call is not asked again
	// for it before this has passed.
	ReofferAfter time.Duration
	// WrapUpLeast: with AllowWrapUp, a responder in wrap-up for at least this
	// long may be asked when nobody is free; their wrap-up ends.
	AllowWrapUp bool
	WrapUpLeast time.Duration
	// AllowAway lets people who were set aside be asked when nobody else can be.
	AllowAway bool
	// Next is when the call must be looked at again; zero removes its deadline.
	Next time.Time
}

// More is how many phones a claim asks for beyond what time allows.
type More int

// The closed set.
const (
	NoMore       More = iota
	OneMore           // one phone more than ring now
	OneMoreWider      // the same, and nothing at all happens unless the rung is new: two people press once
)

// Offer is one promise made by a claim.
type Offer struct {
	ID        call.OfferID
	Call      call.ID
	Responder string
	Team      string
	Tier      call.Tier
	SendAt    time.Time // not before; after now when the pacer has a backlog
	From      string    // the line's own number, E.164
}

// Claimed is the answer to a Claim.
type Claimed struct {
	State   call.State
	Offers  []Offer
	Ringing int       // open offers, the new ones included
	Waiting bool      // the call wants another phone and stands in its pools
	Widened bool      // the rung was not reached before
	PacedTo time.Time // a further leg was held back until then; zero when not
}

// Duty is one pool a freed responder may serve, with the duty that allows it.
type Duty struct {
	Pool string
	Team string
	Tier call.Tier
}

// Freed asks whether a responder who has become free can be promised to a call.
type Freed struct {
	Responder       string
	Version         int64
	Duties          []Duty // in order; the lowest score wins, the earlier duty on a tie
	OfferID         call.OfferID
	RingFor, Grace  time.Duration
	Pace, SendLease time.Duration
	ReofferAfter    time.Duration
}

// Leg is a leg of ours that somebody must now end.
type Leg struct {
	Offer     call.OfferID
	Responder string
	SID       string // "" when the carrier has not told us yet
}

// Verdict is the answer to a responder's key.
type Verdict string

// The closed set of verdicts.
const (
	VerdictWon   Verdict = "won"   // the caller is theirs; also on a repeated webhook
	VerdictTaken Verdict = "taken" // someone else accepted first
	VerdictGone  Verdict = "gone"  // the caller has left
	VerdictOver  Verdict = "over"  // the offer is over and cannot be taken up again
)

// Accepted is the answer to a responder's key.
type Accepted struct {
	Verdict Verdict
	First   bool   // false when the same key came before
	Call    Record // as it is now
	Losers  []Leg  // other phones that rang for the call, now free
}

// OfferEnded is the answer to the end of an offer.
type OfferEnded struct {
	First     bool // false when the offer was over before
	Call      call.ID
	Responder string
	Result    call.Result
	State     call.State
	Freed     bool // the responder may be promised to another call now
	SetAside  bool // the miss set them aside
	SID       string
}

// Aside is the rule for setting people aside after repeated misses.
type Aside struct {
	After  int           // misses in a row; 0 never
	For    time.Duration // how long they are set aside
	Others []string      // the others on shift beside them; when none is usable they are kept
	// Leg is the leg whose end ends the offer. When it is not the offer's own,
	// nothing happens. Empty: the offer ends whichever leg it has.
	Leg string
}

// Finish says that the caller's leg is over, or must be.
type Finish struct {
	Outcome call.Outcome // what it is if nobody was ever connected; abandoned when empty
	Reason  string       // closed set: caller_left, responder_finished, callback, handed_on, lost_track, network
	WrapUp  time.Duration
	KeepFor time.Duration // how long the call's state stays readable
}

// Finished is the answer to a Finish.
type Finished struct {
	First     bool // false when it was over before
	Outcome   call.Outcome
	Cancel    []Leg  // phones still ringing for it
	Responder string // who was connected or about to be; their leg is Offer/SID
	Leg       Leg
	Freed     bool // Responder is free at once (never connected)
	Call      Record
}

// Dropped says how a responder's leg went.
type Dropped struct {
	Offer call.OfferID
	// NotBefore: nobody is rung before it, so that a caller who had finished
	// can hang up before a phone rings.
	NotBefore time.Time
	LiveFor   time.Duration
	// WrapUp: the responder is in wrap-up for this long, kept for this caller and
	// for nobody else. Zero frees them at once.
	WrapUp time.Duration
}

// DueKind is what a deadline is about.
type DueKind string

// The closed set of deadlines. In the sorted set a member is "kind:id".
const (
	DueCall   DueKind = "call"   // look at this call again: widen, add a phone, offer anew
	DueSend   DueKind = "send"   // an offer's leg is to be made, or nobody said that it was
	DueOffer  DueKind = "offer"  // an offer has had its time
	DueBridge DueKind = "bridge" // accepted, but nobody has said that both can hear each other
	DueLive   DueKind = "live"   // no word of this caller's leg for a while
	DueWrapUp DueKind = "wrap"   // a responder's wrap-up is over
	DueAway   DueKind = "away"   // a responder's break or setting aside is over
	DueLeg    DueKind = "leg"    // nobody has said that the leg of an offer that is over has ended
)

// Due is one deadline that has passed and is now this process's to act on.
type Due struct {
	Kind DueKind
	ID   string // call, offer or responder
	At   time.Time
}

// PresenceRecord is what one responder is doing.
type PresenceRecord struct {
	Responder string
	Presence  call.Presence
	Since     time.Time  // idle since, when free
	Call      call.ID    // offered, connected, wrap-up: which
	Why       call.Pause // break, away: the reason
	Until     time.Time  // break, away: when it ends by itself; zero when it does not
	Misses    int        // in a row
	OnPhone   bool       // a leg of ours is at their ear: they are not rung, whatever they are doing
}

// Snapshot is the present in one read, for pages and the watchdog.
type Snapshot struct {
	At        time.Time
	Calls     []Record // live calls and wrap-ups, oldest first
	Offers    []OfferRecord
	Presences []PresenceRecord // only those who differ from "free, never rung"
	Live      int              // live calls, even if Calls was cut short
	Callbacks int              // callbacks owed
	// CallbacksOverdue are those of them with a clock that ran out.
	CallbacksOverdue int
	// FollowUpsOverdue are open promises of a visit or an answer that ran out.
	FollowUpsOverdue int
}
