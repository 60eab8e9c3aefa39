package console

import (
	"fmt"
	"net/url"
	"slices"
	"strings"
	"time"

	"example.org/crisisline/call"
	"example.org/crisisline/console/access"
	"example.org/crisisline/queue"
)

// owedRead is what the store has of promises.
type owedRead struct {
	Callbacks []queue.Callback
	Open      []queue.FollowUp
	Reviews   []queue.FollowUp
}

// owing is one looking at what is owed: whose page it is, and when.
type owing struct {
	names
	now  time.Time
	who  access.Person
	by   call.By       // who they are in the ledger
	team string        // only this one; "" for all
	keep time.Duration // of the number of a callback nobody ends, after it should have been over
}

// owedGroup is what one team owes.
type owedGroup struct {
	Team string
	ID   string
	Rows []owedRow
}

// owedRow is one promise that is not yet kept.
type owedRow struct {
	Key     string // unique on the page
	State   string
	Tone    string
	Clock   clock
	Level   string // "late" or ""
	What    string
	Due     string
	About   string
	With    string // who has it
	Tried   string
	Going   string // what becomes of the number
	Story   string // address of the call
	Primary *owedDo
	Does    []owedDo

	team string
	due  time.Time
}

// owedDo is something that may be done about a promise. Those that ask nothing
// are sent at once.
type owedDo struct {
	Text, Href, About string
	Key               string // of its row
	Post              bool
	Main              bool // it is late
}

// page puts what is owed in order: by team, the worst first. It is pure.
func (o owing) page(read owedRead) owedPage {
	p := owedPage{AsOf: onWall(o.now, o.zone, "15:04:05"), More: len(read.Callbacks) >= owedShown || len(read.Open) >= owedShown}
	var rows []owedRow
	sums := map[string]int{}
	for _, b := range read.Callbacks {
		rows = append(rows, o.callbackRow(b))
		sums[string(b.State(o.now))]++
	}
	for _, f := range read.Open {
		if strings.HasPrefix(f.Category, "callback.") || !o.maySeeStaff(f) {
			continue // a callback is a row of its own
		}
		rows = append(rows, o.promiseRow(f))
		state := queue.CallbackDue
		if f.Overdue(o.now) {
			state = queue.CallbackOverdue
		}
		sums[string(state)]++
	}
	p.Going = o.going(read.Callbacks)
	slices.SortStableFunc(rows, func(a, b owedRow) int { return a.due.Compare(b.due) })
	p.Sums = owedSums(sums)
	p.Teams = o.teamLinks(rows)
	if o.team != "" {
		p.Team = o.names.team(o.team)
	}
	p.Groups = o.groups(rows)
	p.Review, p.Reviewed = o.reviews(read.Reviews)
	return p
}

// maySeeStaff: what is owed to a responder after a hard call is for them and for
// those who lead.
func (o owing) maySeeStaff(f queue.FollowUp) bool {
	return f.OwedTo == "" || f.OwedTo == o.who.Responder || o.who.May(access.ActOnPeople, f.Team)
}

func owedSums(n map[string]int) (all []label) {
	for _, s := range []struct{ state, tone, words string }{
		{"overdue", "red", "overdue"}, {"due", "blue", "due"}, {"claimed", "green", "taken by somebody"}, {"owed", "grey", "not to be rung yet"},
	} {
		if n[s.state] > 0 {
			all = append(all, label{s.tone, fmt.Sprintf("%d %s", n[s.state], s.words)})
		}
	}
	return all
}

// teamLinks are the teams that owe anything, to look at one alone.
func (o owing) teamLinks(rows []owedRow) []spanLink {
	n := map[string]int{}
	var order []string
	for _, r := range rows {
		if n[r.team] == 0 {
			order = append(order, r.team)
		}
		n[r.team]++
	}
	if len(order) < 2 && o.team == "" {
		return nil
	}
	links := []spanLink{{Text: fmt.Sprintf("Every team (%d)", len(rows)), Href: "/follow-ups", Current: o.team == ""}}
	if o.team != "" && n[o.team] == 0 {
		order = append(order, o.team)
	}
	for _, id := range order {
		links = append(links, spanLink{
			Text: fmt.Sprintf("%s (%d)", o.teamName(id), n[id]), Href: "/follow-ups?team=" + url.QueryEscape(id), Current: o.team == id,
		})
	}
	return links
}

func (o owing) teamName(id string) string {
	if id == "" {
		return "No team"
	}
	return o.names.team(id)
}

// groups are the rows by team: first the team that owes the worst.
func (o owing) groups(rows []owedRow) (groups []owedGroup) {
	for _, r := range rows {
		if o.team != "" && r.team != o.team {
			continue
		}
		i := slices.IndexFunc(groups, func(g owedGroup) bool { return g.ID == r.team })
		if i < 0 {
			i = len(groups)
			groups = append(groups, owedGroup{ID: r.team, Team: o.teamName(r.team)})
		}
		groups[i].Rows = append(groups[i].Rows, r)
	}
	return groups
}

// promiseRow is a visit or an answer that is not yet made.
func (o owing) promiseRow(f queue.FollowUp) owedRow {
	row := owedRow{
		Key: string(f.Call) + "-" + strings.ReplaceAll(f.Category, ".", "-"), What: promiseWord(f.Category), team: f.Team, due: f.DueAt,
		State: "due in", Tone: "blue", Clock: clock{Until: f.DueAt, at: o.now}, Story: "/calls/" + url.PathEscape(string(f.Call)),
		Due: "by " + when(f.DueAt, o.now, o.zone) + ", decided " + when(f.StartedAt, o.now, o.zone), About: o.aboutCaller(f.Caller, f.Line),
	}
	if f.OwedTo != "" {
		row.What, row.About = "Debrief offered to "+o.person(f.OwedTo), "after a hard call"
	}
	if f.Overdue(o.now) {
		row.State, row.Tone, row.Level, row.Clock = "overdue by", "red", "late", clock{Since: f.DueAt, at: o.now}
	}
	if o.who.May(access.Record, f.Team) {
		row.Primary = &owedDo{Key: row.Key, Text: "Say what came of it", Href: promiseAt("end", f), About: lower(row.What), Main: f.Overdue(o.now)}
	}
	return row
}

func promiseAt(page string, f queue.FollowUp) string {
	return "/follow-ups/" + page + "/" + url.PathEscape(string(f.Call)) + "/" + url.PathEscape(f.Category)
}

func (o owing) aboutCaller(who call.Caller, line string) string {
	text := callerWord(who)
	if line != "" {
		text += " · " + o.line(line)
	}
	return text
}

// callbackRow is a caller who is to be rung back.
func (o owing) callbackRow(b queue.Callback) owedRow {
	at := "/calls/" + url.PathEscape(string(b.Call)) + "/callback"
	row := owedRow{
		Key: string(b.Call) + "-callback", What: "Ring back the caller who asked at " + when(b.AskedAt, o.now, o.zone), team: b.Team, due: b.NextDue(),
		Story: "/calls/" + url.PathEscape(string(b.Call)), About: o.aboutCaller(b.Caller, b.Line), Due: o.callbackDue(b), Tried: o.tried(b),
	}
	row.State, row.Tone, row.Clock = o.callbackState(b)
	if b.State(o.now) == queue.CallbackOverdue {
		row.Level, row.Going = "late", o.numberGoes(b)
	}
	claimed := b.ClaimedBy != "" && o.now.Before(b.ClaimedUntil)
	if claimed {
		row.With = o.names.by(b.ClaimedBy) + " has it until " + when(b.ClaimedUntil, o.now, o.zone)
	}
	mine := claimed && b.ClaimedBy == o.by
	row.Does = []owedDo{{Text: "Open", Href: at, About: "the callback asked for at " + when(b.AskedAt, o.now, o.zone)}}
	switch {
	case !o.who.May(access.Record, b.Team):
	case mine:
		row.Primary = &owedDo{Text: "Record a try", Href: at + "/try", About: "to ring them back"}
	case !claimed && !o.now.Before(b.StartedAt):
		row.Primary = &owedDo{Text: "Take it", Href: at + "/take", About: "and ring them back", Post: true}
	}
	if row.Primary != nil {
		row.Primary.Key, row.Primary.Main = row.Key, row.Level == "late"
	}
	return row
}

// goingSoon is how long before it goes a number is spoken of loudly.
const goingSoon = 48 * time.Hour

// numberGoes is what becomes of the number of a callback that is overdue.
func (o owing) numberGoes(b queue.Callback) string {
	if !b.NumberGone.IsZero() {
		return "Its number was deleted " + when(b.NumberGone, o.now, o.zone) + ": nobody had ended it " + inDays(b.NumberGone.Sub(b.CloseDue)) + " after it should have been over. The clinical record may have it; else decide what is done instead, and record it as the end."
	}
	if until := b.NumberUntil(o.keep); !until.IsZero() {
		return "The number is deleted " + when(until, o.now, o.zone) + ", when nobody has ended it by then."
	}
	return ""
}

// going says loudly of the numbers that are deleted soon that they are.
func (o owing) going(all []queue.Callback) string {
	n, first := 0, time.Time{}
	for _, b := range all {
		until := b.NumberUntil(o.keep)
		if until.IsZero() || until.Sub(o.now) > goingSoon || o.team != "" && b.Team != o.team {
			continue
		}
		if n++; first.IsZero() || until.Before(first) {
			first = until
		}
	}
	if n == 0 {
		return ""
	}
	return count(n, "caller who was promised to be rung back cannot be rung any more", "callers who were promised to be rung back cannot be rung any more") +
		" from " + when(latest(first, o.now), o.now, o.zone) + " on: nobody has ended the callback, and the number is deleted. Ring them now, or decide what is done instead."
}

// inDays is a long time in words.
func inDays(d time.Duration) string {
	if d < 48*time.Hour {
		return spoken(d.Truncate(time.Minute))
	}
	return count(int(d/(24*time.Hour)), "day", "days")
}

// callbackState is where a callback is, in words, with its clock.
func (o owing) callbackState(b queue.Callback) (state, tone string, k clock) {
	switch b.State(o.now) {
	case queue.CallbackOver:
		return "over", "green", clock{}
	case queue.CallbackOverdue:
		return "overdue by", "red", clock{Since: b.NextDue(), at: o.now}
	case queue.CallbackOwed:
		return "may be rung in", "grey", clock{Until: b.StartedAt, at: o.now}
	case queue.CallbackClaimed:
		return "taken, due in", "green", clock{Until: b.NextDue(), at: o.now}
	}
	return "due in", "blue", clock{Until: b.NextDue(), at: o.now}
}

func (o owing) callbackDue(b queue.Callback) string {
	text := "over by " + when(b.CloseDue, o.now, o.zone)
	if b.Attempts == 0 {
		text = "first try by " + when(b.AttemptDue, o.now, o.zone) + ", " + text
	}
	if !b.SafeFrom.IsZero() && b.SafeFrom.After(o.now) {
		text = "not before " + when(b.SafeFrom, o.now, o.zone) + ", " + text
	}
	if !b.SafeUntil.IsZero() {
		text += ", not after " + when(b.SafeUntil, o.now, o.zone)
	}
	return text
}

func (o owing) tried(b queue.Callback) string {
	if b.Attempts == 0 {
		return ""
	}
	return "Tried " + times(b.Attempts) + ", last " + when(b.LastAt, o.now, o.zone) + " by " + o.names.by(b.LastBy) + ": " + lower(triedWord(b.LastResult))
}

// reviewRow is a promise that ran out.
type reviewRow struct {
	What, Due, Late string
	Why, By         string // why it was late, and who said so
	Story           string
	Href            string // where it is said; "" when whoever looks may not
	Team            string
}

// reviews are those that nobody has given a reason for, and the others.
func (o owing) reviews(all []queue.FollowUp) (open, reviewed []reviewRow) {
	for _, f := range all {
		if !o.maySeeStaff(f) || o.team != "" && f.Team != o.team {
			continue
		}
		row := reviewRow{
			What: promiseWord(f.Category), Due: when(f.DueAt, o.now, o.zone), Story: "/calls/" + url.PathEscape(string(f.Call)), Team: o.teamName(f.Team),
			Late: "still open, " + spoken(o.now.Sub(f.DueAt)) + " late",
		}
		switch {
		case f.DoneAt.IsZero():
		case f.DoneAt.After(f.DueAt):
			row.Late = lower(endedWord(f.Category, f.How)) + ", " + spoken(f.DoneAt.Sub(f.DueAt)) + " late"
		default:
			row.Late = lower(endedWord(f.Category, f.How)) + " in time, recorded late"
		}
		if f.Reason != "" {
			row.Why, row.By = lateWord(f.Reason), o.names.by(call.By(f.ReviewedBy))
			reviewed = append(reviewed, row)
			continue
		}
		if o.who.May(access.Review, f.Team) {
			row.Href = promiseAt("why", f)
		}
		open = append(open, row)
	}
	return open, reviewed
}
