package router

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"example.org/crisisline/twilio"
)

func builtInWords(t *testing.T) *Words {
	t.Helper()
	all, err := LoadPrompts("")
	if err != nil {
		t.Fatal(err)
	}
	return all["en-GB"]
}

// What a caller hears before the queue is added up: the limits are in prompts.go.
func TestAudioBeforeTheQueueIsWithinItsLimits(t *testing.T) {
	t.Parallel()
	w := builtInWords(t)
	if d := w.Greeting.Length(); d > 8*time.Second || d < 2*time.Second {
		t.Errorf("greeting lasts %s, want at most 8 s and not nothing", d)
	}
	if d := w.GreetingProfessional.Length(); d > 8*time.Second {
		t.Errorf("professionals' greeting lasts %s, want at most 8 s", d)
	}
	if d := w.Greeting.Length() + w.Emergency.Length() + w.Menu.Length(); d > 20*time.Second {
		t.Errorf("everything before the queue lasts %s, want at most 20 s", d)
	}
}

// Words that tell who is calling, or that make a waiting caller feel small.
func TestWordsThatAreNeverSaid(t *testing.T) {
	t.Parallel()
	w := builtInWords(t)
	for _, beforeTheKey := range []Prompt{w.Offer, w.OfferAgain, w.OfferTaken, w.OfferGone, w.OfferDeclined, w.OfferOneMoment} {
		for _, word := range []string{"crisis", "nhs", "mental", "health", "line", "caller", "team"} {
			if strings.Contains(strings.ToLower(beforeTheKey.text()), word) {
				t.Errorf("%q says %q to whoever picks up", beforeTheKey.text(), word)
			}
		}
	}
	for name, p := range w.all() {
		for _, phrase := range []string{"your call is important", "position", "in the queue", "invalid", "failed", "error", "recorded"} {
			if strings.Contains(strings.ToLower(p.text()), phrase) {
				t.Errorf("%s says %q", name, phrase)
			}
		}
	}
	for _, number := range []string{"1 1 1", "85258", "999"} {
		if !strings.Contains(w.Guidance.text(), number) {
			t.Errorf("guidance does not name %s", number)
		}
	}
}

func (p Prompt) text() string {
	var b strings.Builder
	for _, part := range p {
		b.WriteString(part.Say + part.Digits + " ")
	}
	return b.String()
}

func TestWhisperIsShort(t *testing.T) {
	t.Parallel()
	w := builtInWords(t)
	var r Router
	long := acceptedCall{caller: "carer", waited: 20 * time.Minute, danger: true, redials: 2}
	var d time.Duration
	for _, p := range r.whisper(w, long) {
		d += p.Length()
	}
	if d > 12*time.Second {
		t.Errorf("the longest whisper lasts %s: the caller hears nobody meanwhile", d)
	}
	d = 0
	for _, p := range r.whisper(w, acceptedCall{caller: "self", waited: 12 * time.Second}) {
		d += p.Length()
	}
	if d > 4*time.Second {
		t.Errorf("the usual whisper lasts %s, want at most 4 s", d)
	}
}

func TestSpeakJoinsWhatIsSaidAndReadsDigitsOut(t *testing.T) {
	t.Parallel()
	w := builtInWords(t)
	doc := string(twilio.Append(nil, verbs(w, nil, Prompt{{Say: "Dial"}, {Digits: "999"}, {Pause: 1}, {Say: "Now."}})...))
	for _, want := range []string{`<say-as interpret-as="digits">999</say-as></Say>`, `<Pause length="1"/>`, `>Now.</Say>`} {
		if !strings.Contains(doc, want) {
			t.Errorf("document lacks %s:\n%s", want, doc)
		}
	}
}

func TestBadPromptsAreAllNamedAtOnce(t *testing.T) {
	t.Parallel()
	good, err := builtIn.ReadFile("prompts/en-GB.yaml")
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct{ from, to, want string }{
		"an unknown key":          {"language:", "lanugage:", "lanugage"},
		"a greeting of a minute":  {"Hello, this is the crisis line.", strings.Repeat("words ", 100), "greeting: lasts about"},
		"a recording by http":     {`say: "You're being connected now."`, "play: \"http://x.example.org/a.wav\"\n    seconds: 3", "needs an https"},
		"a missing prompt":        {"closing:\n  - say", "closing: []\nx:\n  - say", "x"},
		"two things in one part":  {`digits: "999"`, `digits: "999"` + "\n    say: also", "exactly one"},
		"a long silence":          {`digits: "999"`, `pause: 20`, "silence"},
		"letters among digits":    {`digits: "85258"`, `digits: "SHOUT"`, "digits only"},
		"no voice":                {"voice: Polly.Amy-Neural", `voice: ""`, "voice"},
		"two problems, both told": {`digits: "85258"`, `digits: "SHOUT"`, "guidance"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			text := strings.ReplaceAll(string(good), c.from, c.to)
			if text == string(good) {
				t.Fatalf("the built-in prompts do not hold %q", c.from)
			}
			if err := os.WriteFile(filepath.Join(dir, "en-GB.yaml"), []byte(text), 0o600); err != nil {
				t.Fatal(err)
			}
			_, err := LoadPrompts(dir)
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("error %v, want one that names %q", err, c.want)
			}
		})
	}
}

func TestHoldSoundIsHalfAMinuteAndNeverSilentForLong(t *testing.T) {
	t.Parallel()
	data := holdWAV()
	if string(data[:4]) != "RIFF" || len(data) != 44+2*holdRate*holdSeconds {
		t.Fatalf("%d bytes, want a WAV file of %d s", len(data), holdSeconds)
	}
	loud, quiet, longest := 0, 0, 0
	for i := 44; i+1 < len(data); i += 2 {
		if v := int16(uint16(data[i]) | uint16(data[i+1])<<8); v > 100 || v < -100 {
			loud, quiet = loud+1, 0
			continue
		}
		quiet++
		longest = max(longest, quiet)
	}
	if loud == 0 || longest > 2*holdRate {
		t.Errorf("silent for %.1f s at a stretch, want at most 2", float64(longest)/holdRate)
	}
}
