package console

import (
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"example.org/crisisline/call"
	"example.org/crisisline/queue"
)

// spanLink is one way to say when.
type spanLink struct {
	Text, Href string
	Current    bool
}

func (n names) spanLinks(s search, v url.Values, now time.Time) (all []spanLink) {
	for _, a := range spans {
		others := url.Values{}
		for key, values := range v {
			if !slices.Contains([]string{"from", "until", "after", "when"}, key) {
				others[key] = values
			}
		}
		l := spanLink{Text: a.Text, Href: searchAt(others, "when", a.Key), Current: s.When == a.Key}
		if a.Key == "night" && !isNight(now, n.zone) {
			l.Text = "Last night"
		}
		all = append(all, l)
	}
	return all
}

// searchFields are the questions, with what was asked for.
func (n names) searchFields(s search, v url.Values, ps []problem, now time.Time) []field {
	from, until := v.Get("from"), v.Get("until")
	fields := []field{
		{Kind: "moment", Name: "from", Label: "From", Hint: hintOf(now, n.zone), Value: from},
		{Kind: "moment", Name: "until", Label: "Until", Hint: "Leave it empty for until now.", Value: until},
		{Kind: "select", Name: "team", Label: "Team", Choices: picked(n.teamChoices(), s.Filter.Team, "Every team")},
		{Kind: "select", Name: "outcome", Label: "How it ended", Choices: picked(outcomeChoices(), string(s.Filter.Outcome), "Any way")},
		{Kind: "select", Name: "recorded", Label: "What was recorded", Choices: picked(recordedChoices(), v.Get("recorded"), "Anything, or nothing")},
		{Kind: "select", Name: "waited", Label: "Waited longer than", Choices: picked(waitChoices(), v.Get("waited"), "Any wait")},
		{Kind: "select", Name: "caller", Label: "Who rang", Choices: picked(callerChoices(), string(s.Filter.Caller), "Anyone")},
		{Kind: "select", Name: "line", Label: "Line", Choices: picked(n.lineChoices(), s.Filter.Line, "Every line")},
		{Kind: "select", Name: "person", Label: "Who answered", Choices: picked(n.responderChoices(), s.Filter.Responder, "Anyone")},
	}
	return form{Fields: fields}.with(ps...).Fields
}

// picked marks what was chosen among choices, after one that leaves it open. An
// id the plan no longer has stays a choice: its calls are still there.
func picked(all []choice, value, anyWord string) []choice {
	all = append([]choice{{Text: anyWord}}, all...)
	found := false
	for i := range all {
		all[i].Chosen = all[i].Value == value
		found = found || all[i].Chosen
	}
	if !found {
		all = append(all, choice{Value: value, Text: value, Chosen: true})
	}
	return all
}

func (n names) teamChoices() (all []choice) {
	if n.r == nil {
		return nil
	}
	for i := range n.r.Plan().Teams {
		all = append(all, choice{Value: n.r.Plan().Teams[i].ID, Text: n.team(n.r.Plan().Teams[i].ID)})
	}
	return all
}

func (n names) lineChoices() (all []choice) {
	if n.r == nil {
		return nil
	}
	for i := range n.r.Plan().Lines {
		all = append(all, choice{Value: n.r.Plan().Lines[i].ID, Text: n.line(n.r.Plan().Lines[i].ID)})
	}
	return all
}

func (n names) responderChoices() []choice {
	if n.r == nil {
		return nil
	}
	return mending{names: n}.people("")
}

func outcomeChoices() (all []choice) {
	for _, o := range call.Outcomes {
		all = append(all, choice{Value: string(o), Text: endWords[o]})
	}
	return all
}

func callerChoices() (all []choice) {
	for _, who := range call.Callers {
		all = append(all, choice{Value: string(who), Text: callerWord(who)})
	}
	return all
}

// What may be asked for besides a code.
const nothingRecorded, markedHard = "nothing", "hard"

func recordedChoices() []choice {
	all := []choice{{Value: nothingRecorded, Text: "Answered, and no outcome yet"}, {Value: markedHard, Text: "Marked as hard"}}
	for _, code := range call.Codes {
		all = append(all, choice{Value: string(code), Text: code.Words(), Group: "What came of it"})
	}
	return all
}

func waitChoices() (all []choice) {
	for _, w := range waitLimits {
		all = append(all, choice{Value: w.Key, Text: w.Text})
	}
	return all
}

// endWords is how a call ended, in few words: a table's.
var endWords = map[call.Outcome]string{
	call.OutcomeAnswered: "Answered", call.OutcomeAbandoned: "Left before an answer", call.OutcomeCallback: "Asked to be rung back",
	call.OutcomeHandedOn: "Passed on elsewhere", call.OutcomeFallback: "Rung from the plan on disk", call.OutcomeFailed: "Ended by the network or by us",
}

// narrowed is what a search asks for besides the time.
func (n names) narrowed(f queue.CallFilter) string {
	var all []string
	add := func(text string, wanted bool) {
		if wanted {
			all = append(all, text)
		}
	}
	add(n.team(f.Team), f.Team != "")
	add(lower(endWords[f.Outcome]), f.Outcome != "")
	add("no outcome recorded yet", f.Unrecorded)
	add("marked as hard", f.Hard)
	add(lower(f.Code.Words()), f.Code != "")
	add("waited longer than "+spoken(f.MinWait), f.MinWait > 0)
	add(lower(callerWord(f.Caller)), f.Caller != "")
	add(n.line(f.Line), f.Line != "")
	add("with "+n.person(f.Responder), f.Responder != "")
	return strings.Join(all, ", ")
}

// between is a span in words.
func (n names) between(from, to, now time.Time) string {
	until := "now"
	switch {
	case to.Equal(midnight(now, n.zone)):
		until = "midnight"
	case to.Before(now):
		until = when(to, now, n.zone)
	}
	if from.UnixMilli() <= 0 {
		return "Until " + until
	}
	return "From " + when(from, now, n.zone) + " until " + until
}

// callLine is one call of a search.
type callLine struct {
	Href    string
	At, Day string // local time it came; the day when it was another
	Ended   string
	Tone    string // "good", "bad" or ""
	About   string // whose, who rang, which line
	Waited  string
	Level   string // how loud the wait is: "", "warn" or "late"
	Talked  string
	Flags   []label
}

// callLine tells a call in a line. It is pure.
func (n names) callLine(c queue.CallSummary, back string, now time.Time) callLine {
	at := c.ReceivedAt.In(n.zone)
	l := callLine{Href: storyAt(c.ID, c.ReceivedAt, back), At: onWall(at, n.zone, "15:04:05"), About: n.team(c.Team) + " · " + callerWord(c.Caller) + " · " + n.line(c.Line)}
	if at.Format(time.DateOnly) != now.In(n.zone).Format(time.DateOnly) {
		l.Day = at.Format("Mon 2 January")
		if at.Year() != now.In(n.zone).Year() {
			l.Day = at.Format("2 January 2006")
		}
	}
	if c.Team == "" {
		l.About = callerWord(c.Caller) + " · " + n.line(c.Line)
	}
	l.Ended = endWords[c.Outcome]
	switch {
	case c.Outcome == call.OutcomeAnswered:
		l.Tone, l.Ended = "good", "Answered by "+n.person(c.Responder)
		l.Talked = mmss(c.Talk)
	case c.Outcome == call.OutcomeAbandoned || c.Outcome == call.OutcomeFailed:
		l.Tone = "bad"
	case c.Outcome == "" && c.Responder != "":
		l.Ended = "With " + n.person(c.Responder)
	case c.Outcome == "":
		l.Ended = "On the line"
	}
	if c.Outcome != "" || c.Wait > 0 {
		l.Waited = mmss(c.Wait)
		l.Level = clock{Since: c.ReceivedAt, at: c.ReceivedAt.Add(c.Wait)}.Level()
	}
	l.Flags = callFlags(c)
	return l
}

func callFlags(c queue.CallSummary) (fs []label) {
	if c.Danger {
		fs = append(fs, label{"red", "Danger key"})
	}
	if c.Drops > 0 {
		fs = append(fs, label{"orange", "Cut off " + times(c.Drops)})
	}
	if c.Redials > 0 {
		fs = append(fs, label{"yellow", ordinal(c.Redials+1) + " try"})
	}
	switch w := c.WrapUp; {
	case w != nil && w.Code != "":
		fs = append(fs, label{"blue", w.Code.Words()})
	case c.Outcome == call.OutcomeAnswered:
		fs = append(fs, label{"grey", "No outcome yet"})
	}
	if c.WrapUp != nil && c.WrapUp.Hard {
		fs = append(fs, label{"purple", "Hard"})
	}
	return fs
}

// ordinal is a place in a row: "Third".
func ordinal(n int) string {
	words := []string{"", "First", "Second", "Third", "Fourth", "Fifth", "Sixth", "Seventh", "Eighth", "Ninth", "Tenth"}
	if n < len(words) {
		return words[n]
	}
	return strconv.Itoa(n) + "th"
}

// callAt is the address of a page about one call, with when it came.
func callAt(id call.ID, page string, received time.Time) string {
	at := "/calls/" + url.PathEscape(string(id)) + "/" + page
	if received.IsZero() {
		return at
	}
	return at + "?at=" + strconv.FormatInt(received.UnixMilli(), 10)
}

// storyAt is the address of a call's story. When it came is in it, so that the
// ledger is read from there; back is the page to go back to.
func storyAt(id call.ID, received time.Time, back string) string {
	v := url.Values{}
	if !received.IsZero() {
		v.Set("at", strconv.FormatInt(received.UnixMilli(), 10))
	}
	if back != "" && back != "/" {
		v.Set("back", back)
	}
	if len(v) == 0 {
		return "/calls/" + url.PathEscape(string(id))
	}
	return "/calls/" + url.PathEscape(string(id)) + "?" + v.Encode()
}

// doneAt is an address with what was just done.
func doneAt(address, done string) string {
	if strings.Contains(address, "?") {
		return address + "&done=" + done
	}
	return address + "?done=" + done
}

// lookedThrough is how much of the ledger a page of a search has seen.
func (n names) lookedThrough(p queue.CallPage, now time.Time) string {
	return "Looked through " + count(p.Looked, "call", "calls") + ", back to " + when(p.Back, now, n.zone) + "."
}
