package main

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"example.org/crisisline/config"
	"example.org/crisisline/rota"
	"example.org/crisisline/router"
	"example.org/crisisline/twilio"
)

func planExport(sh *shell) *cobra.Command {
	var asTwiML bool
	var tables tableFlags
	var line string
	var during time.Duration
	c := &cobra.Command{
		Use:   "export [FILE]",
		Short: "Print the plan in force, or the document Twilio answers with when we cannot",
		Long: `Print the plan in force, as it was written. It holds telephone numbers.

With --people or --shifts, a table (CSV) that "plan import" reads back; nothing in
it is run by a spreadsheet. With --roster or --calendar, who is on shift in the
next --days, as a table or an iCalendar, of everybody or of --person or --team.

With --fallback-twiml, print a document for one line's fallback URL at Twilio,
hosted apart from this service (a TwiML Bin, a static file). It rings the last
humans of the plan, the only people who are there at every hour, shows them the
line's number and never the caller's, and then says where else help is open.
Export it again whenever a last human's number or the line's number changes.

With --during 8h it also rings those who are on shift for all of the next eight
hours, everyone at once: export it again before they end. Such a document cannot
ask for a key, so whoever's answering service picks up has the caller: leave
--during away unless those telephones have none.`,
		Args: cobra.MaximumNArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			r, err := sh.rota(c.Context(), args, rota.DefaultHorizon)
			if err != nil {
				return refused(sh, err)
			}
			var text []byte
			switch {
			case asTwiML:
				text, err = sh.fallbackTwiML(r, line, during)
			case tables.any():
				text, err = sh.exportTable(r, tables)
			default:
				text, err = r.Plan().YAML()
			}
			if err != nil {
				return err
			}
			_, err = sh.stdout.Write(text)
			return err
		},
	}
	c.Flags().BoolVar(&asTwiML, "fallback-twiml", false, "the document for Twilio's fallback URL instead")
	tables.flags(c)
	c.Flags().StringVar(&line, "line", "", "the line it is for (id or number); may be left out when the plan has one")
	c.Flags().DurationVar(&during, "during", 0, "also ring those on shift for all of this time from now on")
	return c
}

// fallbackRing is how long the last humans are rung, in seconds: long, because
// nobody comes after them.
const fallbackRing = 45

func (sh *shell) fallbackTwiML(r *rota.Rota, line string, during time.Duration) ([]byte, error) {
	l, err := lineToExport(r, line, sh.now())
	if err != nil {
		return nil, err
	}
	cfg, err := sh.config(config.Tool)
	if err != nil {
		return nil, err
	}
	prompts, err := router.LoadPrompts(cfg.Prompts.Dir)
	if err != nil {
		return nil, err
	}
	words := prompts[l.Language]
	if words == nil {
		words = prompts[cfg.Prompts.Language]
	}
	if words == nil {
		return nil, fmt.Errorf("there are no prompts for prompts.language %s", cfg.Prompts.Language)
	}
	return staticFallback(words, l.Number, fallbackPeople(r, l.ID, sh.now(), during), router.TimeLimit(cfg.Twilio.LongestCall))
}

// lineToExport is the line named, or the only one.
func lineToExport(r *rota.Rota, named string, now time.Time) (rota.Line, error) {
	if named != "" {
		l, ok := r.Line(named, now)
		if !ok {
			return rota.Line{}, fmt.Errorf("there is no line %q in the plan", named)
		}
		return l, nil
	}
	lines := r.Plan().Lines
	if len(lines) != 1 {
		var ids []string
		for _, l := range lines {
			ids = append(ids, l.ID)
		}
		return rota.Line{}, fmt.Errorf("the plan has several lines: choose one with --line: %s", strings.Join(ids, ", "))
	}
	l, _ := r.Line(lines[0].ID, now)
	return l, nil
}

// dialMost is how many numbers one <Dial> may ring.
const dialMost = 10

// fallbackPeople is whom a document may ring that does not know what time it
// is: the last humans, and before them those who stay on shift for all of
// during, as many as one <Dial> holds.
func fallbackPeople(r *rota.Rota, line string, now time.Time, during time.Duration) (people []rota.Responder) {
	last := r.LastHumans()
	last = last[:min(len(last), dialMost)]
	if during <= 0 {
		return last
	}
	for _, step := range r.FallbackNumbers(line, now, now.Add(during)) {
		for _, p := range step {
			isLast := slices.ContainsFunc(last, func(l rota.Responder) bool { return l.ID == p.ID })
			if !isLast && len(people) < dialMost-len(last) {
				people = append(people, p)
			}
		}
	}
	return append(people, last...)
}

// staticFallback needs nothing of ours to work: no URL in it is ours. Everyone
// rings at once; one after another would ring the next when a talk ends, because
// a document that asks nobody cannot tell the two apart.
func staticFallback(words *router.Words, lineNumber string, people []rota.Responder, longest int) ([]byte, error) {
	var numbers twilio.Numbers
	for _, p := range people {
		numbers = append(numbers, twilio.Number{E164: p.Number.E164()})
	}
	verbs := spoken(words, words.Fallback)
	verbs = append(verbs, twilio.Dial{CallerID: lineNumber, Timeout: fallbackRing, TimeLimit: longest, RingTone: "uk", Target: numbers})
	verbs = append(verbs, spoken(words, words.Guidance, words.Guidance, words.GuidanceEnd)...)
	verbs = append(verbs, twilio.Hangup{})
	if err := twilio.Check(verbs...); err != nil {
		return nil, fmt.Errorf("make the fallback document: %w", err)
	}
	return append(twilio.Append(nil, verbs...), '\n'), nil
}

// spoken is prompts as plain verbs, one a part.
func spoken(words *router.Words, prompts ...router.Prompt) (verbs []twilio.Verb) {
	for _, prompt := range prompts {
		for _, part := range prompt {
			switch {
			case part.Say != "":
				verbs = append(verbs, twilio.Say{Voice: words.Voice, Language: words.Language, Text: part.Say})
			case part.Digits != "":
				spaced := strings.Join(strings.Split(part.Digits, ""), " ")
				verbs = append(verbs, twilio.Say{Voice: words.Voice, Language: words.Language, Text: spaced})
			case part.Play != "":
				verbs = append(verbs, twilio.Play{URL: part.Play})
			case part.Pause > 0:
				verbs = append(verbs, twilio.Pause{Seconds: part.Pause})
			}
		}
	}
	return verbs
}
