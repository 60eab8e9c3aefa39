package router

import (
	"bytes"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"time"

	"go.yaml.in/yaml/v3"

	"example.org/crisisline/twilio"
)

//go:embed prompts/*.yaml
var builtIn embed.FS

// Part is one piece of a prompt: exactly one of its fields, except Seconds,
// which goes with Play.
type Part struct {
	Say     string        `yaml:"say"`
	Break   time.Duration `yaml:"break"`
	Digits  string        `yaml:"digits"`
	Pause   int           `yaml:"pause"`
	Play    string        `yaml:"play"`
	Seconds float64       `yaml:"seconds"`
}

// Prompt is what is heard in one place.
type Prompt []Part

// Words is every prompt of one language; prompts/en-GB.yaml explains each.
type Words struct {
	Language string `yaml:"language"`
	Voice    string `yaml:"voice"`

	Greeting             Prompt   `yaml:"greeting"`
	Emergency            Prompt   `yaml:"emergency"`
	Menu                 Prompt   `yaml:"menu"`
	GreetingProfessional Prompt   `yaml:"greeting_professional"`
	WaitingFirst         Prompt   `yaml:"waiting_first"`
	Waiting              []Prompt `yaml:"waiting"`
	WaitingLong          Prompt   `yaml:"waiting_long"`
	Danger               Prompt   `yaml:"danger"`
	Elsewhere            Prompt   `yaml:"elsewhere"`
	Joining              Prompt   `yaml:"joining"`
	Reconnecting         Prompt   `yaml:"reconnecting"`
	Closing              Prompt   `yaml:"closing"`

	Offer          Prompt `yaml:"offer"`
	OfferAgain     Prompt `yaml:"offer_again"`
	OfferTaken     Prompt `yaml:"offer_taken"`
	OfferGone      Prompt `yaml:"offer_gone"`
	OfferDeclined  Prompt `yaml:"offer_declined"`
	OfferOneMoment Prompt `yaml:"offer_one_moment"`

	WhisperSelf          Prompt `yaml:"whisper_self"`
	WhisperCarer         Prompt `yaml:"whisper_carer"`
	WhisperProfessional  Prompt `yaml:"whisper_professional"`
	WhisperUnknown       Prompt `yaml:"whisper_unknown"`
	WhisperAgain         Prompt `yaml:"whisper_again"`
	WhisperDanger        Prompt `yaml:"whisper_danger"`
	WhisperRedial        Prompt `yaml:"whisper_redial"`
	WhisperWaitedSeconds Prompt `yaml:"whisper_waited_seconds"`
	WhisperWaitedMinutes Prompt `yaml:"whisper_waited_minutes"`

	WrapUp         Prompt `yaml:"wrap_up"`
	WrapUpOutcome  Prompt `yaml:"wrap_up_outcome"`
	WrapUpRecorded Prompt `yaml:"wrap_up_recorded"`
	WrapUpHard     Prompt `yaml:"wrap_up_hard"`
	WrapUpRecovery Prompt `yaml:"wrap_up_recovery"`
	WrapUpReady    Prompt `yaml:"wrap_up_ready"`

	Fallback      Prompt `yaml:"fallback"`
	FallbackAgain Prompt `yaml:"fallback_again"`
	Guidance      Prompt `yaml:"guidance"`
	GuidanceEnd   Prompt `yaml:"guidance_end"`
}

// Limits on what a caller hears before the queue (domain standards: the
// United States' 45 s greeting cost it over 100 000 callers a year).
const (
	greetingMost = 8 * time.Second
	intakeMost   = 20 * time.Second
	silenceMost  = 2 // seconds
)

// LoadPrompts reads every *.yaml of dir, or the built-in ones when dir is
// empty, keyed by language. All problems come at once, each naming its file
// and prompt.
func LoadPrompts(dir string) (map[string]*Words, error) {
	var files fs.FS = builtIn
	pattern := "prompts/*.yaml"
	if dir != "" {
		files, pattern = os.DirFS(dir), "*.yaml"
	}
	names, err := fs.Glob(files, pattern)
	if err != nil || len(names) == 0 {
		return nil, fmt.Errorf("read prompts: no *.yaml in %q; leave prompts.dir empty for the built-in ones", dir)
	}
	byLanguage := map[string]*Words{}
	var problems []error
	for _, name := range names {
		data, err := fs.ReadFile(files, name)
		if err != nil {
			problems = append(problems, fmt.Errorf("read prompts: %w", err))
			continue
		}
		w, err := parseWords(data)
		if err != nil {
			problems = append(problems, fmt.Errorf("%s: %w", filepath.Base(name), err))
			continue
		}
		byLanguage[w.Language] = w
	}
	if err := errors.Join(problems...); err != nil {
		return nil, err
	}
	return byLanguage, nil
}

func parseWords(data []byte) (*Words, error) {
	dec := yaml.NewDecoder(bytes.NewReader(data))
	dec.KnownFields(true)
	var w Words
	if err := dec.Decode(&w); err != nil {
		return nil, err
	}
	return &w, w.check()
}

// check refuses a prompt that is missing, says two things in one part, is
// silent for too long, or keeps a caller from the queue.
func (w *Words) check() error {
	var problems []error
	if w.Language == "" || w.Voice == "" {
		problems = append(problems, errors.New("language and voice must be set"))
	}
	each := w.all()
	for _, name := range slices.Sorted(maps.Keys(each)) {
		p := each[name]
		if len(p) == 0 {
			problems = append(problems, fmt.Errorf("%s: is missing; copy it from the built-in prompts", name))
		}
		for i, part := range p {
			if err := part.check(); err != nil {
				problems = append(problems, fmt.Errorf("%s: part %d: %w", name, i+1, err))
			}
		}
	}
	if d := w.Greeting.Length(); d > greetingMost {
		problems = append(problems, fmt.Errorf("greeting: lasts about %s; shorten it to %s", d.Round(time.Second), greetingMost))
	}
	if d := w.Greeting.Length() + w.Emergency.Length() + w.Menu.Length(); d > intakeMost {
		problems = append(problems, fmt.Errorf("greeting, emergency and menu: last about %s together; shorten them to %s", d.Round(time.Second), intakeMost))
	}
	return errors.Join(problems...)
}

func (w *Words) all() map[string]Prompt {
	all := map[string]Prompt{}
	v := reflect.ValueOf(*w)
	for i := range v.NumField() {
		name := v.Type().Field(i).Tag.Get("yaml")
		switch p := v.Field(i).Interface().(type) {
		case Prompt:
			all[name] = p
		case []Prompt:
			all[name] = slices.Concat(p...)
		}
	}
	return all
}

func (p Part) check() error {
	set := 0
	for _, is := range []bool{p.Say != "", p.Break != 0, p.Digits != "", p.Pause != 0, p.Play != ""} {
		if is {
			set++
		}
	}
	switch {
	case set != 1:
		return errors.New("must be exactly one of say, break, digits, pause, play")
	case p.Pause < 0 || p.Pause > silenceMost || p.Break < 0 || p.Break > silenceMost*time.Second:
		return fmt.Errorf("silence must be at most %d seconds", silenceMost)
	case p.Play != "" && p.Seconds <= 0:
		return errors.New("a recording needs its length in seconds")
	case p.Play != "" && !strings.HasPrefix(p.Play, "https://"):
		return errors.New("a recording needs an https:// address")
	case strings.Trim(p.Digits, "0123456789") != "":
		return errors.New("digits must be digits only")
	}
	return nil
}

// Length is how long the prompt takes: 2.5 words a second, which is a calm
// reader, half a second a digit read alone.
func (p Prompt) Length() time.Duration {
	var d time.Duration
	for _, part := range p {
		switch {
		case part.Say != "":
			d += time.Duration(len(strings.Fields(part.Say))) * 400 * time.Millisecond
		case part.Digits != "":
			d += time.Duration(len(part.Digits)) * 500 * time.Millisecond
		case part.Pause > 0:
			d += time.Duration(part.Pause) * time.Second
		case part.Play != "":
			d += time.Duration(part.Seconds * float64(time.Second))
		}
		d += part.Break
	}
	return d
}

// with replaces {n} in what is said.
func (p Prompt) with(n string) Prompt {
	out := slices.Clone(p)
	for i := range out {
		out[i].Say = strings.ReplaceAll(out[i].Say, "{n}", n)
	}
	return out
}

// speak turns prompts into verbs. Parts that are said are joined into one Say,
// so that the voice does not stop between them.
func (w *Words) speak(prompts ...Prompt) []twilio.GatherVerb {
	var verbs []twilio.GatherVerb
	var run []twilio.SSML
	plain := true
	flush := func() {
		if len(run) == 0 {
			return
		}
		say := twilio.Say{Voice: w.Voice, Language: w.Language}
		if text, ok := run[0].(twilio.Text); ok && plain && len(run) == 1 {
			say.Text = string(text)
		} else {
			say.SSML = run
		}
		verbs = append(verbs, say)
		run, plain = nil, true
	}
	for _, p := range prompts {
		for _, part := range p {
			switch {
			case part.Say != "":
				if len(run) > 0 {
					run = append(run, twilio.Text(" "))
				}
				run = append(run, twilio.Text(part.Say))
				plain = len(run) == 1
			case part.Digits != "":
				run = append(run, twilio.Text(" "), twilio.SayAs{InterpretAs: "digits", Text: part.Digits})
				plain = false
			case part.Break > 0:
				run = append(run, twilio.Break{Time: fmt.Sprintf("%dms", part.Break.Milliseconds())})
				plain = false
			case part.Pause > 0:
				flush()
				verbs = append(verbs, twilio.Pause{Seconds: part.Pause})
			case part.Play != "":
				flush()
				verbs = append(verbs, twilio.Play{URL: part.Play})
			}
		}
	}
	flush()
	return verbs
}
