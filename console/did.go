package console

import (
	"strings"

	"example.org/crisisline/queue"
)

// didWords is what the board says after an action, or its page when it was
// refused, by action and reason. What is not here is the same for every action.
var didWords = map[string]map[queue.Why]string{
	pressRingAgain: {
		queue.WhyRung:       "Done. A phone is rung again for that caller.",
		queue.WhyAlready:    "A phone rings for that caller already. Nothing more was rung.",
		queue.WhyNobodyFree: "Nobody who may be asked for this caller is free. Whoever becomes free first is rung.",
	},
	pressRingPerson: {
		queue.WhyRung:    "Done. Their phone is rung for that caller.",
		queue.WhyAlready: "Their phone rings for that caller already.",
	},
	pressWiden: {
		queue.WhyRung:       "Done. More people may be asked for that caller, and one of them is rung.",
		queue.WhyNobodyFree: "Done. More people may be asked for that caller. None of them is free: whoever is first is rung.",
		queue.WhyAlready:    "They had joined already. Nothing more was done.",
		queue.WhyAllAsked:   "Everyone may be asked for that caller already.",
	},
	pressHandOver: {
		queue.WhyRung:       "Done. The caller is the other team’s now, and a phone is rung there.",
		queue.WhyHandedOver: "Done. The caller is the other team’s now. Phones that ring go on ringing.",
		queue.WhyNobodyFree: "Done. The caller is the other team’s now. Nobody there is free: whoever is first is rung.",
		queue.WhyAlready:    "The caller is with that team already.",
		queue.WhyConnected:  "They are talking to somebody. A caller who is talking cannot be handed over: it would cut them off.",
		queue.WhyNotInPlan:  "That team is not open now.",
	},
	pressPause: {
		queue.WhySet:      "Done. No phone of theirs rings until they are set back, or it ends.",
		queue.WhyAlready:  "They were set so already. Nothing was changed.",
		queue.WhyRinging:  "Their phone rings for a caller at this moment. Wait until it stops, or until they have taken the call.",
		queue.WhyOnCall:   "They are with a caller. Set the break when the call is over: it ends their wrap-up.",
		queue.WhyOffShift: "They are not on shift, so nothing rings. Somebody who cannot come to a later shift is sick: change the rota.",
	},
	pressBack: {
		queue.WhySet:     "Done. They can be rung again.",
		queue.WhyAlready: "They could be rung already.",
	},
	pressEndWrapUp: {
		queue.WhySet:  "Done. Their wrap-up is over and they can be rung.",
		queue.WhyFree: "They are no longer in wrap-up: they can be rung.",
	},
	"replace": {"": "Done. They are replaced from the next ring on. " + callsGoOn},
}

// whyWords is a reason in words, for every action alike.
var whyWords = map[queue.Why]string{
	queue.WhyRung:       "Done. A phone rings.",
	queue.WhyNobodyFree: "Nobody who may be asked is free.",
	queue.WhyHandedOver: "Done.",
	queue.WhySet:        "Done.",
	queue.WhyAlready:    "It was so already.",
	queue.WhyAllAsked:   "Everyone may be asked already.",
	queue.WhyMoved:      "Somebody handed this caller to another team meanwhile. See which, and decide anew.",
	queue.WhyOver:       "The call is over.",
	queue.WhyAccepted:   "Somebody has just pressed 1 for this caller; the two are being joined.",
	queue.WhyConnected:  "The caller is talking to somebody.",
	queue.WhyHeldBack:   "A responder’s phone has just dropped this caller. Phones ring again in a moment.",
	queue.WhyGreeting:   "The caller hears the greeting. Nobody is rung before it ends.",
	queue.WhyRinging:    "Their phone rings for another caller at this moment.",
	queue.WhyOnCall:     "They are with a caller.",
	queue.WhyOnPhone:    "They are still on the phone after a call. They can be rung once they have hung up.",
	queue.WhyWrapUp:     "They are in wrap-up. Ask them; when they are ready, end it first.",
	queue.WhyOnBreak:    "They are on a break. When they are ready, set them back first.",
	queue.WhyAway:       "They are set away. When they can be rung, set them back first.",
	queue.WhyFree:       "They are free.",
	queue.WhyOffShift:   "They are not on shift. Put them on the rota first: Replace now.",
	queue.WhyNotInPlan:  "The plan in force has nobody of that name.",
	queue.WhyNoNumber:   "The plan has no number that can be rung.",
	queue.WhyLastHuman:  "They are outside the rota and always there.",
}

// soAlready reports that what was asked for was so before: the board says it, as
// if it had been done.
func soAlready(why queue.Why) bool {
	return why == queue.WhyAlready || why == queue.WhyAllAsked || why == queue.WhyFree
}

// saidOf is what came of an action, in words.
func saidOf(action string, why queue.Why) string {
	if text := didWords[action][why]; text != "" {
		return text
	}
	return whyWords[why]
}

// doneWords reads "action.why" of the board's address; "" for what is none of ours.
func doneWords(done string) string {
	action, why, _ := strings.Cut(done, ".")
	if _, ok := didWords[action]; !ok {
		return ""
	}
	return saidOf(action, queue.Why(why))
}
