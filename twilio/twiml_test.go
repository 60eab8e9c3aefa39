package twilio_test

import (
	"encoding/xml"
	"io"
	"strings"
	"testing"
	"unicode/utf8"

	"example.org/crisisline/twilio"
)

func TestAppendKeepsWhatIsThere(t *testing.T) {
	t.Parallel()
	got := string(twilio.Append([]byte("before"), twilio.Hangup{}))
	if want := `before<?xml version="1.0" encoding="UTF-8"?><Response><Hangup/></Response>`; got != want {
		t.Errorf("got %s", got)
	}
}

func TestAppendPanicsRatherThanLoseAVerb(t *testing.T) {
	t.Parallel()
	tests := map[string]twilio.Verb{
		"nil":                 nil,
		"a pointer":           &twilio.Hangup{},
		"a pointer in gather": twilio.Gather{Action: "/a", Verbs: []twilio.GatherVerb{&twilio.Pause{}}},
		"no target":           twilio.Dial{},
		"a pointer in say":    twilio.Say{SSML: []twilio.SSML{&twilio.Break{}}},
	}
	for name, verb := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			defer func() {
				if recover() == nil {
					t.Error("no panic")
				}
			}()
			twilio.Append(nil, verb)
		})
	}
}

// Not parallel: testing.AllocsPerRun counts every goroutine's allocations.
func TestAppendAllocatesNothing(t *testing.T) {
	buf := make([]byte, 0, 4096)
	text := voiceBody[:40]
	allocs := testing.AllocsPerRun(100, func() {
		buf = waitDocument(buf[:0], text)
	})
	if allocs != 0 {
		t.Errorf("%v allocations, want 0", allocs)
	}
}

// waitDocument is what a waiting caller's webhook answers.
func waitDocument(dst []byte, text string) []byte {
	return twilio.Append(dst,
		twilio.Gather{Action: "/voice/key", NumDigits: 1, Timeout: 1, Verbs: []twilio.GatherVerb{
			twilio.Say{Voice: "Polly.Amy-Neural", Language: "en-GB", SSML: []twilio.SSML{
				twilio.Text(text), twilio.SayAs{InterpretAs: "digits", Text: "999"}, twilio.Break{Time: "1s"},
			}},
			twilio.Pause{Seconds: 2},
		}},
		twilio.Dial{CallerID: line, Timeout: 20, Target: twilio.Numbers{{E164: "+447700900001", URL: "/voice/screen"}}},
		twilio.Enqueue{Name: "waiting", Action: "/voice/left", WaitURL: "/voice/wait"},
	)
}

// Any text whatever comes back from encoding/xml as it went in, except what XML
// cannot hold, which comes back as U+FFFD.
func FuzzAppendReadsBack(f *testing.F) {
	for _, seed := range []string{"plain", "<Hangup/>&amp;]]>", "\x00\x1f\ufffe\xff\r\n\t", "é😀\u2028", `"'`} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, s string) {
		doc := twilio.Append(nil,
			twilio.Say{Text: s, Voice: s},
			twilio.Gather{Action: s, FinishOnKey: &s, Verbs: []twilio.GatherVerb{twilio.Say{SSML: []twilio.SSML{twilio.Sub{Alias: s, Text: s}}}}},
			twilio.Dial{Action: s, Target: twilio.Conference{Name: s, WaitURL: &s, StatusEvents: []string{s}, StatusCallback: s}},
			twilio.Redirect{URL: s})
		want := map[string]bool{"": true, "dtmf": true, "false": true, readable(s): true}
		d := xml.NewDecoder(strings.NewReader(string(doc)))
		depth, text := 0, ""
		for {
			token, err := d.Token()
			if err == io.EOF {
				break
			}
			if err != nil {
				t.Fatalf("%q: %v", doc, err)
			}
			switch token := token.(type) {
			case xml.StartElement:
				depth++
				text = ""
				for _, a := range token.Attr {
					if !want[a.Value] {
						t.Fatalf("attribute %s reads back as %q, want %q", a.Name.Local, a.Value, readable(s))
					}
				}
			case xml.CharData:
				text += string(token)
			case xml.EndElement:
				depth--
				if !want[text] {
					t.Fatalf("text of %s reads back as %q, want %q", token.Name.Local, text, readable(s))
				}
				text = ""
			}
		}
		if depth != 0 {
			t.Fatalf("%q does not close", doc)
		}
	})
}

// readable is s as XML can hold it.
func readable(s string) string {
	var b strings.Builder
	for i := 0; i < len(s); {
		r, n := utf8.DecodeRuneInString(s[i:])
		if (r == utf8.RuneError && n == 1) || (r < 0x20 && !strings.ContainsRune("\t\n\r", r)) || r == 0xfffe || r == 0xffff {
			r = utf8.RuneError
		}
		b.WriteRune(r)
		i += n
	}
	return b.String()
}
