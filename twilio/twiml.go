package twilio

// Verb may stand in <Response>. The set is closed: a verb that is not here, or
// a noun in the wrong place, does not compile.
type Verb interface{ verb() }

// GatherVerb may stand in <Gather>.
type GatherVerb interface{ gatherVerb() }

// DialTarget is what <Dial> rings: Numbers, Conference or Queue.
type DialTarget interface{ dialTarget() }

// Say speaks. Exactly one of Text and SSML is used; SSML when it is set.
type Say struct {
	Voice    string // e.g. "Polly.Amy-Neural"; "" is the account's default
	Language string // e.g. "en-GB"; must fit the voice
	Text     string // at most 4 096 characters, less with some voices: see Check
	SSML     []SSML
}

// Play plays the audio file at URL. Loop is how often; 0 means once.
type Play struct {
	URL  string
	Loop int
}

// Pause waits in silence. Seconds 0 means 1.
type Pause struct{ Seconds int }

// Gather collects keys while its verbs speak. With no key pressed the next verb
// runs and no request is made, unless ActionOnEmptyResult. Without an Action
// the current document is asked for again, which loops: Check refuses it.
type Gather struct {
	Action              string
	Input               string  // "dtmf" when ""; "dtmf speech", "speech"
	NumDigits           int     // 0 is unlimited
	Timeout             int     // seconds after the last verb or key; 0 means Twilio's 5
	FinishOnKey         *string // nil is Twilio's "#"; a pointer to "" is no such key
	ActionOnEmptyResult bool
	Language            string // of the speech to be recognised
	SpeechTimeout       string // seconds or "auto"
	SpeechModel         string
	Hints               string
	Verbs               []GatherVerb
}

// Dial rings Target and joins the caller to it. With an Action the verbs after
// it are never reached; without one they run when it is over.
type Dial struct {
	Action         string
	CallerID       string // "" shows the responder the caller's own number: Check refuses it for Numbers
	Timeout        int    // seconds of ringing, 5 to 600; 0 means Twilio's 30; Twilio adds up to 5
	TimeLimit      int    // seconds of talk; 0 means Twilio's 4 hours
	AnswerOnBridge bool   // the caller goes on hearing ringing; only if first in the document
	HangupOnStar   bool
	RingTone       string // e.g. "uk"
	Target         DialTarget
}

// Numbers are rung at the same time, 10 at most; the first to pick up, and to
// end its URL's document without hanging up, gets the caller.
type Numbers []Number

// Number is one telephone number to ring.
type Number struct {
	E164           string
	URL            string // document run for who picks up, before they are joined: Say, Play, Gather, Hangup only
	StatusCallback string
	StatusEvents   []string // initiated, ringing, answered, completed
}

// Conference is a room, made when first entered. Its callback and its events
// are taken from the first to enter. The name must be new for every attempt:
// two legs with one name hear each other.
type Conference struct {
	Name             string
	StartOnEnter     *bool  // nil is Twilio's true
	EndOnExit        *bool  // nil is Twilio's false
	Beep             string // "" is "false": never a beep by accident
	WaitURL          *string
	StatusCallback   string
	StatusEvents     []string // start, end, join, leave, …
	ParticipantLabel string   // unique in the room, at most 128 characters
	JitterBufferSize string   // large, medium, small, off
	MaxParticipants  int      // 0 means Twilio's 250
}

// Queue joins the caller to whoever is at the front of the named queue.
type Queue struct {
	Name string
	URL  string // document run for the one who waited, before they are joined
}

// Enqueue puts the caller in the named queue, at most 64 characters. Without an
// Action the next verb runs when the caller leaves the queue.
type Enqueue struct {
	Name    string
	Action  string
	WaitURL string // fetched again whenever it runs out of verbs; "" is Twilio's music
}

// Redirect goes on with the document at URL.
type Redirect struct{ URL string }

// Hangup ends the leg.
type Hangup struct{}

// Leave takes the caller out of the queue, in a wait document only.
type Leave struct{}

// Reject declines an incoming call without answering it. Reason is "rejected"
// or "busy"; "" is rejected.
type Reject struct{ Reason string }

func (Say) verb()      {}
func (Play) verb()     {}
func (Pause) verb()    {}
func (Gather) verb()   {}
func (Dial) verb()     {}
func (Enqueue) verb()  {}
func (Redirect) verb() {}
func (Hangup) verb()   {}
func (Leave) verb()    {}
func (Reject) verb()   {}

func (Say) gatherVerb()   {}
func (Play) gatherVerb()  {}
func (Pause) gatherVerb() {}

func (Numbers) dialTarget()    {}
func (Conference) dialTarget() {}
func (Queue) dialTarget()      {}
