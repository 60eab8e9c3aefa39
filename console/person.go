package console

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"example.org/crisisline/console/access"
	"example.org/crisisline/rota"
)

type personPage struct {
	personLine
	Team      string
	Turns     []turnRow
	Work      []hoursRow // hours and rest
	Limits    []limitRow
	Shares    []shareRow
	Findings  []finding
	Absences  []absenceRow
	Swaps     []swapRow
	Full      bool // hours, findings and the rest, for whoever may see them
	Own       bool // it is about whoever looks
	CanEdit   bool
	CanNumber bool
	OnNow     bool
}

type hoursRow struct{ Name, Value, Detail string }

// limitRow is one limit of the rules and how much of it is used.
type limitRow struct {
	Name, Is, Limit, At string
	Percent             int
	Tone                string // "", "warn" at it, "over" beyond it
}

// shareRow is what fell to somebody beside what would by the hours they work.
type shareRow struct {
	Name, Expected string
	Have           int
	More           bool // far more than their share
}

type turnRow struct {
	When, Length, Duty string
	Href               string
	Now                bool
}

type absenceRow struct{ Text, Back string }

// person computes one person's page. It is pure.
func (l looking) person(who *rota.Responder) personPage {
	p := personPage{Team: l.team(who.Team), Absences: l.absences(who.ID, l.now, l.may(who)), Full: l.may(who)}
	var found []rota.Finding
	var h rota.Hours
	if p.Full {
		found, h = l.r.Review(l.now, peopleSpan, l.facts), l.hours()[who.ID]
		p.Limits, p.Shares, p.Swaps = l.limits(h), l.shares(who.ID), l.swapsOf(who.ID)
		p.Work = l.work(who, h)
	}
	p.personLine = l.personLine(who, found, h)
	p.Turns = l.turnRows(who.ID, peopleSpan)
	p.OnNow = len(p.Turns) > 0 && p.Turns[0].Now
	for _, f := range found {
		if slices.Contains(f.People, who.ID) && f.Rule != rota.RuleProven { // the telephone has a part of its own
			p.Findings = append(p.Findings, l.ownFinding(f))
		}
	}
	return p
}

// turnRows are the shifts of somebody that begin within a span, each to its end.
func (l looking) turnRows(id string, span time.Duration) []turnRow {
	var rows []turnRow
	for _, t := range l.turns(id, l.now, l.now.Add(span+longestTurn)) {
		if !t.Start.Before(l.now.Add(span)) {
			break
		}
		row := turnRow{When: l.shiftSpan(t.Start, t.End, l.now), Length: spoken(t.End.Sub(t.Start)), Now: t.Start.Equal(l.now)}
		if odd := offsetChange(t.Start, t.End, l.zone); odd != "" {
			row.Length += ": " + odd
		}
		if row.Now {
			row.When = "Now to " + when(t.End, l.now, l.zone)
		}
		row.Duty = tierWord(t.Tier) + ", " + l.teamList(t.Teams)
		row.Href = shiftLink(t.Teams[0], t.Tier, t.Start, l.zone)
		rows = append(rows, row)
	}
	return rows
}

// longestTurn is how far beyond a span the end of a shift is looked for.
const longestTurn = 36 * time.Hour

// shiftSpan is when a shift is: as span has it within the week, and by its first
// day further off, where nobody wonders on which day a night ends.
func (n names) shiftSpan(from, until, now time.Time) string {
	if until.Sub(now) < 6*24*time.Hour || until.Sub(from) >= 24*time.Hour {
		return n.span(from, until, now)
	}
	return onWall(from, n.zone, "Mon 2 January 15:04") + " to " + onWall(until, n.zone, "15:04")
}

// work is what somebody works and how they rest. What lies behind is by the plan
// and the ledger together.
func (l looking) work(who *rota.Responder, h rota.Hours) []hoursRow {
	rows := []hoursRow{{Name: "This week, Monday to Sunday", Value: worked(h.Week)}}
	if past, ok := l.pastFour(who.ID); ok {
		row := hoursRow{Name: "The last four weeks", Value: worked(past.Span)}
		if past.OnCalls > 0 {
			row.Detail = worked(past.OnCalls) + " of it called out or kept on"
		}
		rows = append(rows, row)
	}
	rows = append(rows, hoursRow{Name: "The next four weeks", Value: worked(h.Span), Detail: nightsIn(h.Nights)})
	switch {
	case h.Next.IsZero():
		rows = append(rows, hoursRow{Name: "Next at work", Value: "not in four weeks"})
	case !h.Next.After(l.now):
		rows = append(rows, hoursRow{Name: "Next at work", Value: "now", Detail: restedWords(h.Rested)})
	default:
		rows = append(rows, hoursRow{Name: "Next at work", Value: when(h.Next, l.now, l.zone), Detail: restedWords(h.Rested)})
	}
	owed, err := l.r.RestOwed(l.now, l.facts.Worked)
	for _, d := range owed {
		if err == nil && d.Responder == who.ID {
			rows = append(rows, hoursRow{Name: "Rest owed", Value: worked(d.Owed), Detail: "since " + when(d.Since, l.now, l.zone)})
		}
	}
	return rows
}

func nightsIn(n int) string {
	if n == 0 {
		return ""
	}
	return count(n, "night", "nights")
}

func restedWords(d time.Duration) string {
	if d <= 0 {
		return ""
	}
	return "after " + spoken(d) + " of rest"
}

func (l looking) pastFour(id string) (rota.Hours, bool) {
	all, err := l.r.Hours(l.now.Add(-peopleSpan), l.now, l.facts)
	i := slices.IndexFunc(all, func(h rota.Hours) bool { return h.Responder == id })
	if err != nil || i < 0 {
		return rota.Hours{}, false
	}
	return all[i], true
}

// limitWords name what a limit is about, and its measure.
var limitWords = map[string]struct{ Name, Unit string }{
	rota.RuleWeeklyHours: {"Average week, over 17 weeks", "h"},
	rota.RuleNightHours:  {"Night work, in each 24 hours", "h"},
	rota.RuleDailyRest:   {"Shortest rest in 24 hours", "h"},
	rota.RuleYoungRest:   {"Shortest rest in 24 hours, under 18", "h"},
	rota.RuleWeeklyRest:  {"Longest rest in the fullest week", "h"},
	rota.RuleManyDays:    {"Days in a row", ""},
	rota.RuleManyNights:  {"Nights in a row", ""},
}

func (n names) limits(h rota.Hours) []limitRow {
	var rows []limitRow
	for _, u := range h.Uses {
		rows = append(rows, n.limit(u))
	}
	return rows
}

func (n names) limit(u rota.Use) limitRow {
	w, ok := limitWords[u.Rule]
	if !ok {
		w.Name = strings.ReplaceAll(u.Rule, "_", " ")
	}
	row := limitRow{Name: w.Name, Percent: int(u.Part()*100 + .5), At: u.At.In(n.zone).Format("2 January")}
	measure := func(v float64) string {
		if w.Unit == "" {
			return fmt.Sprintf("%.0f", v)
		}
		return spoken(time.Duration(v * float64(time.Hour)).Round(time.Minute))
	}
	row.Is, row.Limit = measure(u.Is), "at most "+measure(u.Limit)
	if u.Rest {
		row.Limit = "at least " + measure(u.Limit)
	}
	switch {
	case u.Part() > 1:
		row.Tone = "over"
	case u.Part() >= 1:
		row.Tone = "warn"
	}
	return row
}

// shares is how what nobody likes fell: the twelve weeks that end when the next
// four do, as the check of fairness has it.
func (l looking) shares(id string) []shareRow {
	s, ok := l.share(id)
	if !ok {
		return nil
	}
	var rows []shareRow
	for _, c := range []struct {
		name string
		of   rota.Count
	}{{"Nights", s.Nights}, {"Weekends", s.Weekends}, {"Bank holidays", s.BankHolidays}, {"Hard calls", s.HardCalls}} {
		rows = append(rows, shareRow{Name: c.name, Have: c.of.Have, Expected: fmt.Sprintf("%.1f", c.of.Expected), More: c.of.Unfair()})
	}
	return rows
}

func (l looking) share(id string) (rota.Share, bool) {
	last := midnight(l.now.Add(peopleSpan), l.zone)
	monday := last.AddDate(0, 0, -(int(last.Weekday())+6)%7)
	all, err := l.r.Shares(monday.AddDate(0, 0, -7*(rota.FairWeeks-1)), rota.FairWeeks, l.facts)
	i := slices.IndexFunc(all, func(s rota.Share) bool { return s.Responder == id })
	if err != nil || i < 0 {
		return rota.Share{}, false
	}
	return all[i], true
}

// ownWords are findings that name many people, as each is told of them: others'
// names are nothing for their page.
var ownWords = map[string]string{
	rota.RuleBreak:  "Their shifts are longer than 6 hours, and the break in them is not said, or too short.",
	rota.RuleHealth: "They work nights, and no health assessment is on record.",
}

func (l looking) ownFinding(f rota.Finding) finding {
	out := l.finding(f)
	if words, ok := ownWords[f.Rule]; ok {
		out.Text = words
	}
	return out
}

var absenceWords = map[rota.AbsenceKind]string{rota.AbsentSick: "Sick", rota.AbsentLeave: "On leave", rota.AbsentTraining: "Training"}

// absences are a person's that are not over, by start; why is for whoever may see
// the whole.
func (n names) absences(id string, now time.Time, why bool) []absenceRow {
	var rows []absenceRow
	for _, a := range n.r.Plan().Absences {
		if a.Person != id || !a.End.IsZero() && !instant(a.End, n.zone).After(now) {
			continue
		}
		text := "Away"
		if why {
			text = absenceWords[a.Kind]
		}
		text += " from " + when(instant(a.Start, n.zone), now, n.zone)
		if a.End.IsZero() {
			text += " until further notice"
		} else {
			text += " until " + when(instant(a.End, n.zone), now, n.zone)
		}
		rows = append(rows, absenceRow{text, "/rota/change/back?absence=" + a.ID})
	}
	return rows
}

// person is the page of one.
func (c *Console) person(w http.ResponseWriter, r *asked) {
	who, ok := c.responder(r)
	if !ok {
		c.over(w, r)
		return
	}
	p := c.looking(r).person(&who)
	p.CanEdit = c.o.Changes != nil && r.Who.May(access.ChangeRota, who.Team)
	p.CanNumber = r.Who.May(access.SeeNumbers, who.Team)
	p.Own = who.ID == r.Who.Responder
	c.render(w, http.StatusOK, "person", c.page(r, p.Name, p))
}
