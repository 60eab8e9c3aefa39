package router

import (
	"strings"
	"time"

	"example.org/crisisline/call"
	"example.org/crisisline/twilio"
)

// documents are the answers that do not depend on the call, rendered once: most
// webhooks copy one of them.
type documents struct {
	voiceOverrides  string // fragment appended to URLs a caller waits for
	statusOverrides string
	byLanguage      map[string]*spoken
	fallback        *spoken // of the service's language
	guidance        []byte  // fixed words and goodbye, when nothing else can be done
	empty           []byte  // <Response/>: nothing to do
	hangup          []byte
}

// spoken is what one language's callers hear.
type spoken struct {
	menu         []byte // greeting, emergency line, menu
	professional []byte // greeting of a line without a menu
	enqueue      []byte
	waitFirst    []byte
	waitTurns    [][]byte
	waitLong     []byte
	reconnecting []byte
	danger       []byte
	elsewhere    []byte
	nothing      []byte // a key that means nothing here
	hold         []byte // outside the queue, when it is full: words, then try again
	joinSoon     []byte // accepted, and the join is on its way: a breath, then ask again
	joinWait     []byte // the same inside a wait document
	joining      []byte
	closing      []byte
}

// Overrides of the carrier's patience: two tries for what a caller waits for,
// three for callbacks.
const (
	voiceRetries  = 2
	statusRetries = 3
)

func newDocuments(r *Router, own *Words) *documents {
	d := &documents{
		byLanguage: map[string]*spoken{},
		empty:      twilio.Append(nil),
		hangup:     twilio.Append(nil, twilio.Hangup{}),
	}
	probe := r.base + "/"
	d.voiceOverrides = strings.TrimPrefix(twilio.Overrides(probe, voiceRetries, r.o.Edges...), probe)
	d.statusOverrides = strings.TrimPrefix(twilio.Overrides(probe, statusRetries, r.o.Edges...), probe)
	r.docs = d // voiceURL needs the overrides
	d.guidance = twilio.Append(nil, verbs(own, twilio.Hangup{}, own.Guidance, own.GuidanceEnd)...)
	for language, words := range r.o.Prompts {
		d.byLanguage[language] = r.render(words)
	}
	d.fallback = d.byLanguage[own.Language]
	return d
}

// of is the documents for a call's language, or the service's own.
func (d *documents) of(language string) *spoken {
	if s, ok := d.byLanguage[language]; ok {
		return s
	}
	return d.fallback
}

// verbs speaks prompts and then does last, which may be nil.
func verbs(w *Words, last twilio.Verb, prompts ...Prompt) []twilio.Verb {
	var out []twilio.Verb
	for _, v := range w.speak(prompts...) {
		out = append(out, v.(twilio.Verb))
	}
	if last != nil {
		out = append(out, last)
	}
	return out
}

func (r *Router) render(w *Words) *spoken {
	intake := r.voiceURL("/voice/intake")
	enqueue := twilio.Enqueue{Name: r.o.QueueName, Action: r.voiceURL("/voice/queued"), WaitURL: r.voiceURL("/voice/wait")}
	s := &spoken{
		menu: twilio.Append(nil, twilio.Gather{
			Action: intake, NumDigits: 1, Timeout: menuTimeout, ActionOnEmptyResult: true,
			FinishOnKey: new(string), Verbs: w.speak(w.Greeting, w.Emergency, w.Menu),
		}, twilio.Redirect{URL: intake}),
		professional: twilio.Append(nil, verbs(w, twilio.Redirect{URL: intake}, w.GreetingProfessional)...),
		enqueue:      twilio.Append(nil, enqueue),
		waitFirst:    r.waiting(w, w.WaitingFirst),
		waitLong:     r.waiting(w, w.WaitingLong),
		reconnecting: r.waiting(w, w.Reconnecting),
		danger:       r.waiting(w, w.Danger),
		elsewhere:    r.waiting(w, w.Elsewhere),
		nothing:      r.waiting(w),
		joining:      twilio.Append(nil, verbs(w, nil, w.Joining)...),
		closing:      twilio.Append(nil, verbs(w, twilio.Hangup{}, w.Closing)...),
	}
	for _, turn := range w.Waiting {
		s.waitTurns = append(s.waitTurns, r.waiting(w, turn))
	}
	again := twilio.Redirect{URL: r.voiceURL("/voice/queued")}
	s.hold = twilio.Append(nil, append(verbs(w, twilio.Play{URL: r.holdURL()}, w.WaitingFirst), again)...)
	s.joinWait = twilio.Append(nil, twilio.Pause{Seconds: 2})
	s.joinSoon = twilio.Append(nil, twilio.Pause{Seconds: 2}, again)
	return s
}

// waiting is one round of waiting: words, then hold sound, keys heard
// throughout. When it runs out the carrier fetches the next round.
func (r *Router) waiting(w *Words, prompts ...Prompt) []byte {
	inner := append(w.speak(prompts...), twilio.Play{URL: r.holdURL()})
	return twilio.Append(nil, twilio.Gather{
		Action: r.voiceURL("/voice/wait/key"), NumDigits: 1, Timeout: 1, FinishOnKey: new(string), Verbs: inner,
	})
}

// menuTimeout is the silence, in seconds, after which no key has been pressed:
// no more than anyone is left in silence. Ringing has begun by then.
const menuTimeout = silenceMost

func (r *Router) holdURL() string { return r.join("", []string{"/voice/hold.wav"}) }

// room is the conference a caller and a responder meet in. Both name the same
// callback, because the carrier listens to the first one only, and both end it
// by leaving: it is for two.
func (r *Router) room(name string, wait *string) twilio.Conference {
	yes := true
	return twilio.Conference{
		Name: name, StartOnEnter: &yes, EndOnExit: &yes, Beep: "false", WaitURL: wait,
		StatusCallback: r.statusURL("/voice/conference"), StatusEvents: []string{"join"},
		JitterBufferSize: "small", MaxParticipants: 2,
	}
}

// carrierLimit is when the carrier ends any leg and any <Dial> that says nothing
// else (docs/twilio.md 1.6).
const carrierLimit = 4 * time.Hour

// TimeLimit is what is said of a call's length, in seconds, wherever the wire has
// a place for it, so that no part of a call ends before the account ends the whole;
// 0, nothing, where that is the same. More than the account allows is never asked
// for: what becomes of such a request is not established.
func TimeLimit(longest time.Duration) int {
	if longest <= carrierLimit {
		return 0
	}
	return int(longest / time.Second)
}

// bridgeCaller is the caller's way into the room.
func (r *Router) bridgeCaller(h *hook, conference string) {
	wait := r.voiceURL("/voice/joining")
	h.say(twilio.Dial{
		Action: r.afterURL(conference, 0), TimeLimit: TimeLimit(r.o.Timing.LongestCall), Target: r.room(conference, &wait),
	})
}

// whisper is what only the responder hears before the two are joined: who
// rings, and for how long they have waited. Never a name or number.
func (r *Router) whisper(w *Words, a acceptedCall) []Prompt {
	who := map[call.Caller]Prompt{
		call.CallerSelf: w.WhisperSelf, call.CallerCarer: w.WhisperCarer, call.CallerProfessional: w.WhisperProfessional,
	}[a.caller]
	if who == nil {
		who = w.WhisperUnknown
	}
	if a.again {
		who = w.WhisperAgain
	}
	out := []Prompt{who}
	if a.danger {
		out = append(out, w.WhisperDanger)
	}
	if a.redials > 0 {
		out = append(out, w.WhisperRedial)
	}
	return append(out, waitedWords(w, a.waited))
}
