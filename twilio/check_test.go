package twilio_test

import (
	"strings"
	"testing"

	"example.org/crisisline/twilio"
)

func TestCheckRefuses(t *testing.T) {
	t.Parallel()
	number := twilio.Number{E164: "+447700900001"}
	dial := func(d twilio.Dial) twilio.Verb {
		if d.CallerID == "" {
			d.CallerID = line
		}
		if d.Target == nil {
			d.Target = twilio.Numbers{number}
		}
		return d
	}
	room := func(c twilio.Conference) twilio.Verb {
		if c.Name == "" {
			c.Name = "r-1"
		}
		return twilio.Dial{Target: c}
	}
	gather := func(g twilio.Gather) twilio.Verb {
		if g.Action == "" {
			g.Action = "/a"
		}
		return g
	}
	long := func(n int) string { return strings.Repeat("x", n) }
	tests := []struct {
		name  string
		verbs []twilio.Verb
		want  string
	}{
		{"a document too large", []twilio.Verb{twilio.Say{Text: long(64_000)}}, "Response: is 64"},
		{"silence spoken", []twilio.Verb{twilio.Say{Text: " "}}, "says nothing"},
		{"text and SSML", []twilio.Verb{twilio.Say{Text: "a", SSML: []twilio.SSML{twilio.Text("b")}}}, "both Text and SSML"},
		{"emphasis by a neural voice", []twilio.Verb{twilio.Say{Voice: "Polly.Amy-Neural", SSML: []twilio.SSML{twilio.Emphasis{Level: "strong"}}}}, "neural voices refuse emphasis"},
		{"too much for Polly", []twilio.Verb{twilio.Say{Voice: "Polly.Amy-Neural", Text: long(3001)}}, "3001 characters"},
		{"too much for Google", []twilio.Verb{twilio.Say{Voice: "Google.en-GB-Neural2-A", Text: long(5001)}}, "5001 characters"},
		{"too much for the basic voice", []twilio.Verb{twilio.Say{Text: long(4097)}}, "4097 characters"},
		{"too much when URL-encoded", []twilio.Verb{twilio.Say{Text: strings.Repeat("é", 800)}}, "URL-encoded"},
		{"nothing to play", []twilio.Verb{twilio.Play{}}, "Play: needs a URL"},
		{"play for ever", []twilio.Verb{twilio.Play{URL: "/a.wav", Loop: 1001}}, "Play loop"},
		{"a pause backwards", []twilio.Verb{twilio.Pause{Seconds: -1}}, "Pause length"},
		{"gather that loops", []twilio.Verb{twilio.Gather{}}, "Gather action: needs a URL"},
		{"gather of eyes", []twilio.Verb{gather(twilio.Gather{Input: "eyes"})}, "Gather input"},
		{"gather's digits", []twilio.Verb{gather(twilio.Gather{NumDigits: -1})}, "Gather numDigits"},
		{"gather's timeout", []twilio.Verb{gather(twilio.Gather{Timeout: 601})}, "Gather timeout"},
		{"gather's end key", []twilio.Verb{gather(twilio.Gather{FinishOnKey: new("x")})}, "keys of a telephone"},
		{"speech model with auto", []twilio.Verb{gather(twilio.Gather{Input: "speech", SpeechModel: "phone_call", SpeechTimeout: "auto"})}, "speechTimeout"},
		{"a long hint", []twilio.Verb{gather(twilio.Gather{Input: "speech", Hints: "a," + long(101)})}, "Gather hints"},
		{"silence in gather", []twilio.Verb{gather(twilio.Gather{Verbs: []twilio.GatherVerb{twilio.Say{}, twilio.Play{URL: "/a"}, twilio.Pause{}}})}, "says nothing"},
		{"caller's number shown", []twilio.Verb{twilio.Dial{Target: twilio.Numbers{number}}}, "Dial callerId"},
		{"ring too short", []twilio.Verb{dial(twilio.Dial{Timeout: 4})}, "Dial timeout"},
		{"talk too long", []twilio.Verb{dial(twilio.Dial{TimeLimit: 86_401})}, "Dial timeLimit"},
		{"answerOnBridge not first", []twilio.Verb{twilio.Pause{}, dial(twilio.Dial{AnswerOnBridge: true})}, "answerOnBridge"},
		{"no numbers", []twilio.Verb{dial(twilio.Dial{Target: twilio.Numbers{}})}, "has 0 numbers"},
		{"eleven numbers", []twilio.Verb{dial(twilio.Dial{Target: make(twilio.Numbers, 11)})}, "has 11 numbers"},
		{"not E.164", []twilio.Verb{dial(twilio.Dial{Target: twilio.Numbers{{E164: "07700900001"}}})}, "Number: is not E.164"},
		{"an event of no kind", []twilio.Verb{dial(twilio.Dial{Target: twilio.Numbers{{E164: "+447700900001", StatusEvents: []string{"hung"}}}})}, "Number statusCallbackEvent"},
		{"conference without name", []twilio.Verb{twilio.Dial{Target: twilio.Conference{}}}, "Conference: name"},
		{"conference's beep", []twilio.Verb{room(twilio.Conference{Beep: "loud"})}, "Conference beep"},
		{"conference's buffer", []twilio.Verb{room(twilio.Conference{JitterBufferSize: "huge"})}, "jitterBufferSize"},
		{"conference's event", []twilio.Verb{room(twilio.Conference{StatusEvents: []string{"begin"}})}, "Conference statusCallbackEvent"},
		{"conference's label", []twilio.Verb{room(twilio.Conference{ParticipantLabel: long(129)})}, "participantLabel"},
		{"conference of one", []twilio.Verb{room(twilio.Conference{MaxParticipants: 1})}, "maxParticipants"},
		{"conference's wait document", []twilio.Verb{room(twilio.Conference{WaitURL: new("ftp://x.example/w")})}, "must be http or https"},
		{"queue without name", []twilio.Verb{twilio.Dial{Target: twilio.Queue{}}}, "Queue: name"},
		{"a long queue name", []twilio.Verb{twilio.Enqueue{Name: long(65)}}, "Enqueue: name"},
		{"a host with an underscore", []twilio.Verb{twilio.Enqueue{Name: "q", WaitURL: "https://a_b.example/w"}}, "underscore"},
		{"a URL with a space", []twilio.Verb{twilio.Redirect{URL: "/a b"}}, "is not a URL"},
		{"a URL of nowhere", []twilio.Verb{twilio.Redirect{URL: "next"}}, "must be absolute or begin with /"},
		{"no URL", []twilio.Verb{twilio.Redirect{}}, "Redirect: needs a URL"},
		{"after redirect", []twilio.Verb{twilio.Redirect{URL: "/a"}, twilio.Hangup{}}, "Redirect: verbs after it never run"},
		{"after hangup", []twilio.Verb{twilio.Hangup{}, twilio.Pause{}}, "Hangup: verbs after it never run"},
		{"after leave", []twilio.Verb{twilio.Leave{}, twilio.Pause{}}, "Leave: verbs after it never run"},
		{"reject too late", []twilio.Verb{twilio.Pause{}, twilio.Reject{}}, "Reject: must be first"},
		{"reject's reason", []twilio.Verb{twilio.Reject{Reason: "tired"}}, "Reject reason"},
	}
	for _, tc := range tests {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			err := twilio.Check(tc.verbs...)
			if err == nil || !strings.Contains(err.Error(), tc.want) {
				t.Fatalf("Check: %v, want %q", err, tc.want)
			}
			if strings.Contains(err.Error(), "7700") {
				t.Errorf("text holds a number: %v", err)
			}
		})
	}
}

func TestCheckReportsEverythingAtOnce(t *testing.T) {
	t.Parallel()
	err := twilio.Check(twilio.Gather{Timeout: -1}, twilio.Redirect{}, twilio.Say{})
	for _, want := range []string{"Gather action", "Gather timeout", "Redirect: needs", "Redirect: verbs after", "Say: says nothing"} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("Check: %v lacks %q", err, want)
		}
	}
}
