package router

import (
	"context"
	"encoding/base64"
	"fmt"
	"strconv"
	"strings"
	"time"

	"example.org/crisisline/call"
	"example.org/crisisline/rota"
	"example.org/crisisline/twilio"
)

// Degraded mode: the store does not answer, a handler panicked, or the carrier
// came to the fallback URL. The caller is rung through straight from TwiML, by
// the last published plan, which is in memory and on disk:
//
//	/voice/fallback        <Dial> step 0: up to ten people at once, each screened
//	/voice/fallback/next   joined? goodbye. Not joined? the next step
//	/voice/fallback/screen press 1: an answerphone cannot
//
// Steps: own team, neighbours, backup, duty manager, last human. People who
// picked up without pressing 1 are tried once more, one at a time, because an
// answerphone in a group stops the others' phones. Nothing is remembered here:
// where a caller has come to is in the URL, signed.

// place is how far a degraded call has come.
type place struct {
	line  string
	step  int  // of DialOrder
	alone int  // 0: the step's people together; n: the n-th of them alone
	said  bool // the opening words have been heard
}

// dialFor is how long a degraded step rings, in seconds; most phones' answering
// services come in at about 20 s.
const dialFor = 18

// fallBack is the degraded answer of every route a caller's leg is on. A call
// that the store still knows is closed there when it is back (journal.go).
func (r *Router) fallBack(_ context.Context, h *hook, _ error) {
	if twilio.Ended(h.req.CallStatus) {
		r.journal.heard(call.ID(h.req.CallSID), howLeft, h.now)
		h.use(r.docs.empty)
		return
	}
	plan := r.o.Book.Current()
	if plan == nil {
		h.use(r.docs.guidance)
		return
	}
	line, _ := plan.Line(h.req.To, h.now)
	r.journal.begun(call.ID(h.req.CallSID), line.ID, line.Team, line.Caller, h.now)
	r.dialStep(h, plan, place{line: line.ID})
}

// fallbackStart is the number's fallback URL: the carrier could not fetch, or
// could not run, what we answered before.
func (r *Router) fallbackStart(ctx context.Context, h *hook) error {
	r.o.Log.Error("carrier came to the fallback URL", "call", h.req.CallSID, "carrier_code", h.req.ErrorCode)
	rec, err := r.beat(ctx, h)
	switch {
	case err != nil || h.req.ErrorCode == errorBadDocument:
	case rec.State == call.StateIntake:
		return r.intake(ctx, h)
	case rec.State.Unanswered(): // the store answers: their place is kept
		h.use(r.docs.of(rec.Language).enqueue)
		return nil
	case rec.State == call.StateAccepted:
		r.bridgeCaller(h, rec.Conference)
		return nil
	}
	r.fallBack(ctx, h, nil)
	return nil //nolint:nilerr // the snapshot is the answer to the error
}

// errorBadDocument is the carrier's code for a document it could not parse:
// answering with a document of the same kind would go round in a circle.
const errorBadDocument = "12100"

// fallbackNext follows each degraded <Dial>.
func (r *Router) fallbackNext(_ context.Context, h *hook) error {
	at, ok := r.readPlace(h)
	plan := r.o.Book.Current()
	if !ok || plan == nil {
		h.use(r.docs.guidance)
		return nil
	}
	id := call.ID(h.req.CallSID)
	switch {
	case h.req.DialBridged == "true":
		r.journal.heard(id, howJoined, h.now)
		h.use(r.docs.fallback.closing)
		return nil
	case twilio.Ended(h.req.CallStatus):
		r.journal.heard(id, howLeft, h.now)
		h.use(r.docs.empty)
		return nil
	}
	people := plan.DialOrder(at.line, h.now)
	at.said = true
	if at.step < len(people) && len(people[at.step]) > 1 && at.alone < len(people[at.step]) &&
		(at.alone > 0 || h.req.DialCallStatus == twilio.StatusCompleted || h.req.DialCallStatus == "answered") {
		at.alone++ // someone, or a machine, picked up and pressed nothing
	} else {
		at.step, at.alone = at.step+1, 0
	}
	r.dialStep(h, plan, at)
	return nil
}

// dialStep rings one step's people, or speaks when there is nobody left.
func (r *Router) dialStep(h *hook, plan *rota.Rota, at place) {
	w := r.words()
	steps := plan.DialOrder(at.line, h.now)
	for at.step < len(steps) && len(steps[at.step]) == 0 {
		at.step++
	}
	if at.step >= len(steps) {
		r.journal.heard(call.ID(h.req.CallSID), howGuided, h.now)
		h.say(verbs(w, twilio.Hangup{}, w.Guidance, w.Guidance, w.GuidanceEnd)...)
		return
	}
	people := steps[at.step]
	if at.alone > 0 && at.alone <= len(people) {
		people = people[at.alone-1 : at.alone]
	}
	var numbers twilio.Numbers
	for _, who := range people {
		numbers = append(numbers, twilio.Number{E164: who.Number.E164(), URL: r.voiceURL("/voice/fallback/screen")})
	}
	words := w.Fallback
	if at.said {
		words = w.FallbackAgain
	}
	h.say(verbs(w, twilio.Dial{
		Action: r.voiceURL("/voice/fallback/next?s=", r.signPlace(at)), CallerID: lineNumber(plan, at.line, h.req.To),
		Timeout: dialFor, TimeLimit: TimeLimit(r.o.Timing.LongestCall), RingTone: "uk", Target: numbers,
	}, words)...)
}

// lineNumber is the caller id of degraded legs: the line's own number, never
// the caller's.
func lineNumber(plan *rota.Rota, line, dialled string) string {
	for _, l := range plan.Plan().Lines {
		if l.ID == line && len(l.Numbers) > 0 {
			return l.Numbers[0].E164()
		}
	}
	return dialled
}

// fallbackScreen asks whoever picked up to press 1, in neutral words.
func (r *Router) fallbackScreen(_ context.Context, h *hook) error {
	w := r.words()
	h.say(twilio.Gather{
		Action: r.voiceURL("/voice/fallback/key"), NumDigits: 1, Timeout: keyTimeout, FinishOnKey: new(string), Verbs: w.speak(w.Offer),
	}, twilio.Hangup{})
	return nil
}

// fallbackKey joins on 1 (an empty document lets the carrier join the two) and
// ends the leg on anything else.
func (r *Router) fallbackKey(_ context.Context, h *hook) error {
	if h.req.Digits == "1" {
		h.use(r.docs.empty)
		return nil
	}
	h.use(r.docs.hangup)
	return nil
}

// signPlace writes a place as step.alone.said.line.signature. The carrier's own
// signature covers the URL already; this one keeps a place made for one call
// from meaning anything when the sealing key changes.
func (r *Router) signPlace(at place) string {
	said := "0"
	if at.said {
		said = "1"
	}
	text := fmt.Sprintf("%d.%d.%s.%s", at.step, at.alone, said, at.line)
	sig := r.o.Sealer.Sign([]byte("place:" + text))
	return base64.RawURLEncoding.EncodeToString([]byte(text)) + "." + base64.RawURLEncoding.EncodeToString(sig)
}

func (r *Router) readPlace(h *hook) (at place, ok bool) {
	_, s, found := strings.Cut(h.rawQuery, "s=")
	head, tail, _ := strings.Cut(s, ".")
	text, err1 := base64.RawURLEncoding.DecodeString(head)
	sig, err2 := base64.RawURLEncoding.DecodeString(tail)
	if !found || err1 != nil || err2 != nil || !r.o.Sealer.Verify([]byte("place:"+string(text)), sig) {
		return at, false
	}
	f := strings.SplitN(string(text), ".", 4)
	if len(f) != 4 {
		return at, false
	}
	at.step, err1 = strconv.Atoi(f[0])
	at.alone, err2 = strconv.Atoi(f[1])
	at.said, at.line = f[2] == "1", f[3]
	return at, err1 == nil && err2 == nil
}

// A store that has been gone for longer than patience is not coming back soon
// enough: callers leave the queue and are rung through.
const patience = 4 * time.Second

// leaveQueue is the degraded answer of a wait document, in which nobody can be
// dialled: first a short wait for the store to come back, then out of the queue.
func (r *Router) leaveQueue(_ context.Context, h *hook, _ error) {
	if r.store.goneFor(h.now) < patience {
		h.say(twilio.Pause{Seconds: 2})
		return
	}
	h.say(twilio.Leave{})
}

// offerDegraded is what a responder hears when their offer cannot be looked up:
// a moment, and again; the caller is meanwhile still in the queue.
func (r *Router) offerDegraded(_ context.Context, h *hook, _ error) { r.retryOffer(h) }

// offerKeyDegraded keeps the key: the responder has pressed 1 and waits.
func (r *Router) offerKeyDegraded(_ context.Context, h *hook, _ error) {
	if h.req.Digits != "1" && h.tries == 0 {
		h.use(r.docs.hangup)
		return
	}
	r.retryOffer(h)
}

// offerTries is how often a responder is asked to wait for a store that does
// not answer.
const offerTries = 3

func (r *Router) retryOffer(h *hook) {
	w := r.words()
	if h.tries >= offerTries {
		h.say(verbs(w, twilio.Hangup{}, w.OfferTaken)...)
		return
	}
	again := r.voiceURL("/voice/offer/", h.id, "?n=", digit(h.tries+1))
	out := verbs(w, twilio.Pause{Seconds: 1}, w.OfferOneMoment)
	h.say(append(out, twilio.Redirect{URL: again})...)
}

func (r *Router) hangUp(_ context.Context, h *hook, _ error)  { h.use(r.docs.hangup) }
func (r *Router) silence(_ context.Context, h *hook, _ error) { h.use(r.docs.fallback.joinWait) }

// notTaken refuses a callback that could not be recorded, so that the carrier
// sends it again. Nobody hears it: these are not voice documents.
func (r *Router) notTaken(_ context.Context, h *hook, _ error) {
	h.status, h.out = 503, h.out[:0]
}
