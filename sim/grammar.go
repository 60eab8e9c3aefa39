package sim

import (
	"fmt"
	"strings"
)

// place is where a document is being played, which decides its verbs
// (docs/twilio.md 3.1).
type place string

const (
	inCall   place = "a call"
	inQueue  place = "an Enqueue waitUrl"
	inConf   place = "a Conference waitUrl"
	onCallee place = "a Number url"
	onMember place = "a Queue url"
)

// allowed is the verbs of each place.
var allowed = map[place]map[string]bool{
	inCall: set("Connect Dial Echo Enqueue Gather Hangup Leave Pause Pay Play Prompt Queue Record Redirect Refer Reject Say Sms Start Stop"),
	// Leave is of use only here.
	inQueue:  set("Play Say Pause Hangup Redirect Leave Gather"),
	inConf:   set("Say Play Pause Redirect"),
	onCallee: set("Say Play Gather Hangup"),
	onMember: set("Play Say Pause Redirect"),
}

// attributes that are known, by element, from npm twilio 6.2.0; an unknown one
// is a 12200 warning and has no effect.
var attributes = map[string]map[string]bool{
	"Say":      set("voice loop language"),
	"Play":     set("loop digits"),
	"Pause":    set("length"),
	"Redirect": set("method"),
	"Reject":   set("reason"),
	"Hangup":   set(""),
	"Leave":    set(""),
	"Gather": set("input action method timeout speechTimeout maxSpeechTime profanityFilter finishOnKey numDigits partialResultCallback " +
		"partialResultCallbackMethod language hints bargeIn debug actionOnEmptyResult speechModel enhanced"),
	"Enqueue": set("action maxQueueSize method waitUrl waitUrlMethod workflowSid"),
	"Dial": set("passports recordingConfigurationId action method timeout hangupOnStar timeLimit callerId record trim recordingStatusCallback recordingStatusCallbackMethod " +
		"recordingStatusCallbackEvent answerOnBridge ringTone recordingTrack sequential referUrl referMethod events"),
	"Number": set("sendDigits url method statusCallbackEvent statusCallback statusCallbackMethod byoc machineDetection amdStatusCallbackMethod " +
		"amdStatusCallback machineDetectionTimeout machineDetectionSpeechThreshold machineDetectionSpeechEndThreshold machineDetectionSilenceTimeout"),
	"Queue": set("url method reservationSid postWorkActivitySid"),
	"Conference": set("recordingConfigurationId muted beep startConferenceOnEnter endConferenceOnExit waitUrl waitMethod maxParticipants record region coach trim statusCallbackEvent " +
		"statusCallback statusCallbackMethod recordingStatusCallback recordingStatusCallbackMethod recordingStatusCallbackEvent eventCallbackUrl " +
		"jitterBufferSize participantLabel"),
}

func set(words string) map[string]bool {
	m := map[string]bool{}
	for word := range strings.FieldsSeq(words) {
		m[word] = true
	}
	return m
}

// children is which elements may stand in a verb.
var children = map[string]map[string]bool{
	"Gather": set("Say Play Pause"),
	"Dial":   set("Application Client Conference Number Queue Sim Sip WhatsApp"),
	// The rest hold characters only; Say's SSML is looked at when it is spoken.
}

// lint lists what Twilio's debugger would warn of in a verb: 12200 for names it
// does not know, and places a verb may not stand in.
func lint(e *element, in place) []string {
	var odd []string
	if !allowed[in][e.name] {
		odd = append(odd, fmt.Sprintf("12200 <%s> in %s", e.name, in))
	}
	return append(odd, lintNames(e)...)
}

func lintNames(e *element) []string {
	var odd []string
	if known := attributes[e.name]; known != nil {
		for name := range e.attr {
			if !known[name] {
				odd = append(odd, fmt.Sprintf("12200 attribute %s of <%s>", name, e.name))
			}
		}
	}
	if e.name == "Say" {
		return odd
	}
	for _, kid := range e.kids {
		if !children[e.name][kid.name] {
			odd = append(odd, fmt.Sprintf("12200 <%s> in <%s>", kid.name, e.name))
			continue
		}
		odd = append(odd, lintNames(kid)...)
	}
	return odd
}
