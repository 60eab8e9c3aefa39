package twilio_test

import (
	"testing"

	"example.org/crisisline/twilio"
)

// What may stand where is for the compiler. This says the same of the types,
// so that a marker method too many is noticed.
func TestNestingIsByType(t *testing.T) {
	t.Parallel()
	tests := []struct {
		value                                                     any
		verb, inGather, dialTarget, ssml, inParagraph, inSentence bool
	}{
		{value: twilio.Say{}, verb: true, inGather: true},
		{value: twilio.Play{}, verb: true, inGather: true},
		{value: twilio.Pause{}, verb: true, inGather: true},
		{value: twilio.Gather{}, verb: true},
		{value: twilio.Dial{}, verb: true},
		{value: twilio.Enqueue{}, verb: true},
		{value: twilio.Redirect{}, verb: true},
		{value: twilio.Hangup{}, verb: true},
		{value: twilio.Leave{}, verb: true},
		{value: twilio.Reject{}, verb: true},
		{value: twilio.Numbers{}, dialTarget: true},
		{value: twilio.Number{}},
		{value: twilio.Conference{}, dialTarget: true},
		{value: twilio.Queue{}, dialTarget: true},
		{value: twilio.Text(""), ssml: true, inParagraph: true, inSentence: true},
		{value: twilio.Break{}, ssml: true, inParagraph: true, inSentence: true},
		{value: twilio.Emphasis{}, ssml: true, inParagraph: true, inSentence: true},
		{value: twilio.Lang{}, ssml: true, inParagraph: true, inSentence: true},
		{value: twilio.Prosody{}, ssml: true, inParagraph: true, inSentence: true},
		{value: twilio.Paragraph{}, ssml: true},
		{value: twilio.Sentence{}, ssml: true, inParagraph: true},
		{value: twilio.SayAs{}, ssml: true, inParagraph: true, inSentence: true},
		{value: twilio.Sub{}, ssml: true, inParagraph: true, inSentence: true},
		{value: twilio.Phoneme{}, ssml: true, inParagraph: true, inSentence: true},
		{value: twilio.Word{}, ssml: true, inParagraph: true, inSentence: true},
	}
	for _, tc := range tests {
		_, verb := tc.value.(twilio.Verb)
		_, inGather := tc.value.(twilio.GatherVerb)
		_, target := tc.value.(twilio.DialTarget)
		_, ssml := tc.value.(twilio.SSML)
		_, inParagraph := tc.value.(twilio.ParagraphSSML)
		_, inSentence := tc.value.(twilio.SentenceSSML)
		if verb != tc.verb || inGather != tc.inGather || target != tc.dialTarget || ssml != tc.ssml || inParagraph != tc.inParagraph || inSentence != tc.inSentence {
			t.Errorf("%T may stand in Response %v, Gather %v, Dial %v, Say %v, p %v, s %v", tc.value, verb, inGather, target, ssml, inParagraph, inSentence)
		}
	}
}
