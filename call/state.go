package call

// State is where a call is in its life; the diagram is in the package comment.
type State string

// The closed set of states.
const (
	StateIntake    State = "intake"
	StateWaiting   State = "waiting"
	StateOffered   State = "offered"
	StateAccepted  State = "accepted"
	StateConnected State = "connected"
	StateWrapUp    State = "wrap_up"
	StateEnded     State = "ended"
)

// States lists the closed set in the order of a call's life.
var States = []State{StateIntake, StateWaiting, StateOffered, StateAccepted, StateConnected, StateWrapUp, StateEnded}

// Live reports whether a caller is, as far as we know, still on the line.
func (s State) Live() bool {
	switch s {
	case StateIntake, StateWaiting, StateOffered, StateAccepted, StateConnected:
		return true
	}
	return false
}

// Unanswered reports whether nobody has accepted the call yet.
func (s State) Unanswered() bool {
	return s == StateIntake || s == StateWaiting || s == StateOffered
}

// transitions is the whole machine. A pair that is not in it is ignored and
// counted. The scripts in queue/lua apply the same table; the model test holds
// them to it.
var transitions = map[State]map[Kind]State{
	StateIntake: {
		KindWaiting:  StateWaiting, // or offered, when an early offer is open: Next's caller says which
		KindOffered:  StateIntake,  // early offer: the caller goes on hearing the greeting
		KindAccepted: StateAccepted,
		KindFinished: StateEnded,
	},
	StateWaiting: {
		KindOffered:  StateOffered,
		KindFinished: StateEnded,
		KindAccepted: StateAccepted, // a late key after a lapse, when nobody else has the call
	},
	StateOffered: {
		KindOffered:  StateOffered, // a second phone beside the first
		KindWaiting:  StateWaiting, // the last open offer ended
		KindAccepted: StateAccepted,
		KindFinished: StateEnded,
	},
	StateAccepted: {
		KindConnected: StateConnected,
		KindDropped:   StateWaiting, // the responder went before the legs were joined
		KindFinished:  StateEnded,
	},
	StateConnected: {
		KindDropped:  StateWaiting,
		KindFinished: StateWrapUp,
	},
	StateWrapUp: {
		KindWrapUpEnded: StateEnded,
	},
}

// Next is the state after event k in state s; ok is false when the event does
// not fit and must be ignored.
func Next(s State, k Kind) (next State, ok bool) {
	next, ok = transitions[s][k]
	return next, ok
}
