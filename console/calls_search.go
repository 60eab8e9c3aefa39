package console

import (
	"net/url"
	"slices"
	"time"

	"example.org/crisisline/call"
	"example.org/crisisline/queue"
)

// search is what past calls are looked for by.
type search struct {
	When     string    // one of spans; "" when times were given
	From, To time.Time // received in [From, To)
	Filter   queue.CallFilter
	After    string // where it goes on: a page's Next
}

// aSpan is a time that people ask for by a word.
type aSpan struct {
	Key, Text string
	Of        func(now time.Time, zone *time.Location) (from, to time.Time)
}

// Nights are asked for from the evening's hand-over to the morning's, as long as
// most night shifts are.
const nightBegins, nightEnds = 20, 8

// spans are the ways to say when, without typing a time.
var spans = []aSpan{
	{"hour", "Last hour", func(now time.Time, _ *time.Location) (time.Time, time.Time) { return now.Add(-time.Hour), now }},
	{"night", "Tonight", lastNight},
	{"today", "Today", func(now time.Time, zone *time.Location) (time.Time, time.Time) { return midnight(now, zone), now }},
	{"yesterday", "Yesterday", func(now time.Time, zone *time.Location) (time.Time, time.Time) {
		return midnight(now, zone).AddDate(0, 0, -1), midnight(now, zone)
	}},
	{"week", "Last 7 days", func(now time.Time, zone *time.Location) (time.Time, time.Time) {
		return midnight(now, zone).AddDate(0, 0, -6), now
	}},
}

// lastNight is the night that is on, or the one before today.
func lastNight(now time.Time, zone *time.Location) (from, to time.Time) {
	y, m, d := now.In(zone).Date()
	if now.In(zone).Hour() < nightBegins {
		d--
	}
	return time.Date(y, m, d, nightBegins, 0, 0, 0, zone), time.Date(y, m, d+1, nightEnds, 0, 0, 0, zone)
}

// isNight reports whether the night of lastNight is on.
func isNight(now time.Time, zone *time.Location) bool {
	hour := now.In(zone).Hour()
	return hour >= nightBegins || hour < nightEnds
}

// usualSpan is what is looked for when nobody said when: what the shift that is
// on wants to see.
func usualSpan(now time.Time, zone *time.Location) string {
	if isNight(now, zone) {
		return "night"
	}
	return "today"
}

// waitLimits are the shortest waits that can be asked for.
var waitLimits = []struct{ Key, Text string }{
	{"20s", "20 seconds"}, {"1m0s", "1 minute"}, {"2m0s", "2 minutes"}, {"5m0s", "5 minutes"}, {"10m0s", "10 minutes"}, {"30m0s", "30 minutes"},
}

// search reads what was asked for.
func (n names) search(v url.Values, now time.Time) (s search, ps []problem) {
	s = search{When: v.Get("when"), After: v.Get("after")}
	ps = append(ps, s.readTimes(v, now, n.zone)...)
	f := &s.Filter
	f.Team, f.Line, f.Responder = v.Get("team"), v.Get("line"), v.Get("person")
	if f.Outcome = call.Outcome(v.Get("outcome")); f.Outcome != "" && !slices.Contains(call.Outcomes, f.Outcome) {
		ps = append(ps, problem{"outcome", "Choose how it ended from the list"})
	}
	if f.Caller = call.Caller(v.Get("caller")); f.Caller != "" && !slices.Contains(call.Callers, f.Caller) {
		ps = append(ps, problem{"caller", "Choose who rang from the list"})
	}
	switch recorded := v.Get("recorded"); {
	case recorded == "":
	case recorded == nothingRecorded:
		f.Unrecorded = true
	case recorded == markedHard:
		f.Hard = true
	case slices.Contains(call.Codes, call.Code(recorded)):
		f.Code = call.Code(recorded)
	default:
		ps = append(ps, problem{"recorded", "Choose what was recorded from the list"})
	}
	if waited := v.Get("waited"); waited != "" {
		var err error
		if f.MinWait, err = time.ParseDuration(waited); err != nil || f.MinWait < 0 {
			ps = append(ps, problem{"waited", "Choose how long they waited from the list"})
		}
	}
	return s, ps
}

// readTimes reads when: by a word, or from one time until another. Until takes
// its whole minute in.
func (s *search) readTimes(v url.Values, now time.Time, zone *time.Location) (ps []problem) {
	from, until := v.Get("from"), v.Get("until")
	if from == "" && until == "" {
		of := slices.IndexFunc(spans, func(a aSpan) bool { return a.Key == s.When })
		if of < 0 {
			s.When = usualSpan(now, zone)
			of = slices.IndexFunc(spans, func(a aSpan) bool { return a.Key == s.When })
		}
		s.From, s.To = spans[of].Of(now, zone)
		return nil
	}
	s.When, s.From, s.To = "", time.UnixMilli(0), now
	if from != "" {
		at, no := readMoment(from, now, zone, firstOfTwo)
		if no != "" {
			ps = append(ps, problem{"from", no.or("Say from when, such as 20:00 or 19 June 20:00")})
		}
		s.From = at
	}
	if until != "" {
		at, no := readMoment(until, now, zone, lastOfTwo)
		if no != "" {
			ps = append(ps, problem{"until", no.or("Say until when, such as 08:00 or 20 June 08:00")})
		}
		s.To = at.Truncate(time.Minute).Add(time.Minute)
	}
	if len(ps) == 0 && !s.From.Before(s.To) {
		ps = append(ps, problem{"until", "The end must be later than the beginning"})
	}
	return ps
}

// times is the address of the same time, with nothing else asked for.
func (s search) times() string {
	if s.When != "" {
		return "/calls?when=" + s.When
	}
	return "/calls"
}

// searchAt is the address of a search with one thing asked for otherwise.
func searchAt(v url.Values, name, value string) string {
	all := url.Values{}
	for key, values := range v {
		if key != name && len(values) > 0 && values[0] != "" {
			all.Set(key, values[0])
		}
	}
	if value != "" {
		all.Set(name, value)
	}
	if len(all) == 0 {
		return "/calls"
	}
	return "/calls?" + all.Encode()
}
