package twilio_test

import (
	"errors"
	"flag"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"example.org/crisisline/twilio"
	"example.org/crisisline/twilio/conformance"
)

var update = flag.Bool("update", false, "write the golden files anew")

const line = "+442079460000"

var events = []string{"initiated", "ringing", "answered", "completed"}

func amy(text string) twilio.Say {
	return twilio.Say{Voice: "Polly.Amy-Neural", Language: "en-GB", Text: text}
}

// documents are of the kinds the service sends, and then some. conformance/rendering.mjs
// writes the same ones with npm twilio.
func documents() map[string][]twilio.Verb {
	number := func(e164 string) twilio.Number {
		return twilio.Number{E164: e164, URL: "/voice/screen?s=2", StatusCallback: "/voice/leg?s=2", StatusEvents: events}
	}
	return map[string][]twilio.Verb{
		"empty": {},
		"greeting": {
			twilio.Gather{Action: "/voice/intake?v=1", NumDigits: 1, Timeout: 4, ActionOnEmptyResult: true, Verbs: []twilio.GatherVerb{
				twilio.Say{Voice: "Polly.Amy-Neural", Language: "en-GB", SSML: []twilio.SSML{
					twilio.Text("You are through to the crisis line. If life is in danger, ring "),
					twilio.SayAs{InterpretAs: "digits", Text: "999"},
					twilio.Text("."),
					twilio.Break{Time: "500ms"},
				}},
				twilio.Pause{Seconds: 1},
				twilio.Play{URL: "https://line.example/prompts/menu.wav"},
			}},
			twilio.Redirect{URL: "/voice/intake?v=1"},
		},
		"enqueue": {
			twilio.Enqueue{Name: "waiting", Action: "/voice/left", WaitURL: "/voice/wait?n=1"},
			amy("Please stay on the line."),
			twilio.Dial{CallerID: line, Timeout: 20, RingTone: "uk", Target: twilio.Numbers{{E164: "+447700900001", URL: "/voice/screen"}}},
		},
		"wait": {twilio.Gather{Action: "/voice/key", NumDigits: 1, Timeout: 30, FinishOnKey: new(""), Verbs: []twilio.GatherVerb{
			amy("We are still ringing for you."),
			twilio.Play{URL: "https://line.example/prompts/wait.wav", Loop: 2},
		}}},
		"leave": {twilio.Leave{}},
		"offer": {
			twilio.Gather{Action: "/voice/accept?o=1", NumDigits: 1, Timeout: 8, Verbs: []twilio.GatherVerb{amy("Press 1 to take a call.")}},
			twilio.Hangup{},
		},
		"conference": {
			twilio.Dial{Action: "/voice/over?o=1", TimeLimit: 7200, HangupOnStar: true, Target: twilio.Conference{
				Name: "r-5f2c", StartOnEnter: new(true), EndOnExit: new(true), WaitURL: new(""),
				StatusCallback: "/voice/room?o=1", StatusEvents: []string{"start", "end", "join", "leave"},
				ParticipantLabel: "caller", JitterBufferSize: "small", MaxParticipants: 4,
			}},
			amy("The line was lost."),
		},
		"numbers": {twilio.Dial{Action: "/voice/rang?s=2", CallerID: line, Timeout: 25, AnswerOnBridge: true,
			Target: twilio.Numbers{number("+447700900001"), number("+447700900002"), number("+441632960003")}}},
		"queue": {twilio.Dial{Target: twilio.Queue{Name: "waiting", URL: "/voice/before"}}},
		"speech": {twilio.Gather{Action: "/voice/heard", Input: "dtmf speech", Timeout: 5, Language: "en-GB", SpeechTimeout: "3",
			SpeechModel: "phone_call", Hints: "help, nurse", Verbs: []twilio.GatherVerb{twilio.Pause{}}}},
		"reject":  {twilio.Reject{Reason: "busy"}},
		"ssml":    {ssml()},
		"escapes": escapes(),
	}
}

func ssml() twilio.Verb {
	return twilio.Say{Voice: "Polly.Amy", Language: "en-GB", SSML: []twilio.SSML{
		twilio.Paragraph{SSML: []twilio.ParagraphSSML{twilio.Sentence{SSML: []twilio.SentenceSSML{
			twilio.Text("One & two. "),
			twilio.Emphasis{Level: "strong", SSML: []twilio.SentenceSSML{twilio.Text("Three")}},
		}}}},
		twilio.Lang{XMLLang: "cy-GB", SSML: []twilio.SSML{twilio.Text("Croeso")}},
		twilio.Prosody{Volume: "soft", Rate: "slow", Pitch: "-10%", SSML: []twilio.SSML{
			twilio.Sub{Alias: "National Health Service", Text: "NHS"},
		}},
		twilio.Phoneme{Alphabet: "ipa", PH: "ˈfɛərəm", Text: "Fareham"},
		twilio.SayAs{InterpretAs: "date", Format: "dmy", Text: "21/11/2026"},
		twilio.Word{Role: "amazon:VBD", Text: "read"},
		twilio.Break{Strength: "x-strong"},
	}}
}

// escapes holds what XML must not see raw. Its URL is not one, on purpose.
func escapes() []twilio.Verb {
	return []twilio.Verb{
		twilio.Say{Text: "<Hangup/> & \"quotes\" 'single' ]]> \r\n\ttab é 😀"},
		twilio.Gather{Action: "/a?b=1&c=\"2\"<3>\t\n\r'", Verbs: []twilio.GatherVerb{twilio.Pause{Seconds: 2}}},
		twilio.Redirect{URL: "/a?b=1&c=2"},
	}
}

func TestDocumentsAreGolden(t *testing.T) {
	t.Parallel()
	for name, verbs := range documents() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			path := filepath.Join("testdata", name+".xml")
			got := string(twilio.Append(nil, verbs...)) + "\n"
			if *update {
				if err := errors.Join(os.MkdirAll("testdata", 0o755), os.WriteFile(path, []byte(got), 0o644)); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(string(want), got); diff != "" {
				t.Errorf("document (-golden +got):\n%s", diff)
			}
		})
	}
}

func TestDocumentsAreWhatNPMTwilioWrites(t *testing.T) {
	t.Parallel()
	theirs, err := conformance.Rendering()
	if err != nil {
		t.Fatal(err)
	}
	ours := map[string]string{}
	for name, verbs := range documents() {
		ours[name] = string(twilio.Append(nil, verbs...))
	}
	if diff := cmp.Diff(theirs, ours); diff != "" {
		t.Errorf("documents (-npm twilio +ours):\n%s", diff)
	}
}

func TestDocumentsAreAcceptable(t *testing.T) {
	t.Parallel()
	for name, verbs := range documents() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			ours := twilio.Check(verbs...)
			theirs := conformance.Document(twilio.Append(nil, verbs...))
			if name == "escapes" {
				if ours == nil || theirs == nil {
					t.Errorf("a URL with spaces passed: Check %v, conformance %v", ours, theirs)
				}
				return
			}
			if ours != nil {
				t.Errorf("Check: %v", ours)
			}
			if theirs != nil {
				t.Errorf("conformance: %v", theirs)
			}
		})
	}
}
