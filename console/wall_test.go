package console

import (
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"example.org/crisisline/call"
	"example.org/crisisline/console/audit"
	"example.org/crisisline/rota"
)

// The hour that comes twice: 01:30 in summer time, and an hour later again.
var (
	firstHalfPastOne  = time.Date(2026, 10, 25, 0, 30, 0, 0, time.UTC)
	secondHalfPastOne = firstHalfPastOne.Add(time.Hour)
)

// TestTheWallSaysWhichOfTwo in the hour that comes twice, and at no other time.
func TestTheWallSaysWhichOfTwo(t *testing.T) {
	t.Parallel()
	zone := london(t)
	for _, tt := range []struct {
		at           time.Time
		layout, want string
	}{
		{time.Date(2026, 10, 24, 23, 59, 59, 0, time.UTC), "15:04:05", "00:59:59"},
		{time.Date(2026, 10, 25, 0, 0, 0, 0, time.UTC), "15:04", "01:00 BST"},
		{firstHalfPastOne, "15:04:05 on 2 January 2006", "01:30:00 BST on 25 October 2026"},
		{time.Date(2026, 10, 25, 0, 59, 59, 0, time.UTC), "15:04:05", "01:59:59 BST"},
		{time.Date(2026, 10, 25, 1, 0, 0, 0, time.UTC), "15:04", "01:00 GMT"},
		{secondHalfPastOne, "Mon 2 January 15:04", "Sun 25 October 01:30 GMT"},
		{time.Date(2026, 10, 25, 2, 0, 0, 0, time.UTC), "15:04", "02:00"},
		{time.Date(2026, 3, 29, 1, 0, 0, 0, time.UTC), "15:04", "02:00"},
		{time.Date(2026, 3, 29, 0, 30, 0, 0, time.UTC), "15:04", "00:30"},
		{atNight, "15:04", "03:12"},
	} {
		if got := onWall(tt.at, zone, tt.layout); got != tt.want {
			t.Errorf("%s: %q, want %q", tt.at, got, tt.want)
		}
	}
	if got := onWall(firstHalfPastOne, time.UTC, "15:04"); got != "00:30" {
		t.Errorf("a zone whose clocks never change: %q", got)
	}
}

// bareTwice is a time of the hour that comes twice, with the word which it is; or
// with the other day it is of.
var bareTwice = regexp.MustCompile(`(Mon |Jun 2026 )?\b01:[0-5]\d(:\d\d)?\b( [A-Z]{3})?`)

// TestNoPageShowsATimeThatMeansTwo: whatever page shows a time of that hour says
// which of the two is meant.
func TestNoPageShowsATimeThatMeansTwo(t *testing.T) {
	t.Parallel()
	for season, now := range map[string]time.Time{"BST": firstHalfPastOne, "GMT": secondHalfPastOne} {
		t.Run(season, func(t *testing.T) {
			t.Parallel()
			at := func() time.Time { return now }
			book, end, err := openBook(at, mendable)
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(end)
			p, stop, err := openPast(now)
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(stop)
			p.at = now.Add(-20 * time.Minute)
			p.rings("CAnow", "portsmouth", call.CallerSelf, "+447700900601")
			p.answers("CAnow", "portsmouth", "r-amara")
			p.after(3 * time.Minute).ends("CAnow")
			p.owes("CAnow", p.at, time.Time{})
			if p.at = now; p.err != nil {
				t.Fatal(p.err)
			}
			snap := quiet(now)
			s := &scene{now: at, book: book, snap: snap, figures: today, past: p, who: "r-leo"}
			c := serve(t, s)
			if _, err := c.o.Audit.Add(t.Context(), audit.Entry{At: now.Add(-time.Minute), Who: "r-jo", What: audit.SignedIn}); err != nil {
				t.Fatal(err)
			}
			where, _ := draftOf(t, c, "/rota/change/sick", url.Values{"person": {"r-dev"}, "kind": {"sick"}, "back-day": {"26"}, "back-month": {"10"}, "back-year": {"2026"}})
			if _, err := book.Do(t.Context(), now, rota.ReportAbsence{Person: "r-ewa", Kind: rota.AbsentSick}, "r-kit", "", rota.How{}); err != nil {
				t.Fatal(err)
			}
			story := regexp.MustCompile(`/calls/[^"]+`).FindString(body(t, get(t, c, "/calls")))
			for _, page := range []string{
				"/", "/rota", "/rota/week", "/rota/weeks", "/audit", "/audit/plans", "/audit/2", "/rota/undo", where, "/my", "/people/r-ewa", "/people", "/calls", "/follow-ups", "/set-up",
				"/rota/change/sick?person=r-leo", "/rota/change/replace?person=r-leo", "/rota/change/swap?person=r-leo", "/rota/change/take", strings.ReplaceAll(story, "&amp;", "&"), "/confirm/ring-again/CA05",
				"/calls/CAnow/record", "/calls/CAnow/callback", "/calls/CAnow/number",
			} {
				r := get(t, c, page)
				html := regexp.MustCompile(`(?s)<(script|style).*?</|(href|value|name|id|for|datetime|aria-describedby)="[^"]*"`).ReplaceAllString(body(t, r), "")
				if r.StatusCode != http.StatusOK {
					t.Errorf("%s: %s", page, r.Status)
				}
				for _, found := range bareTwice.FindAllString(html, -1) {
					if !strings.HasSuffix(found, " BST") && !strings.HasSuffix(found, " GMT") && !strings.HasPrefix(found, "Mon") && !strings.HasPrefix(found, "Jun") {
						i := strings.Index(html, found)
						t.Errorf("%s shows %q:\n%s", page, found, html[max(0, i-300):min(len(html), i+60)])
						break
					}
				}
			}
			if html := body(t, get(t, c, "/audit/plans")); !strings.Contains(html, "Sun 25 October 2026, 01:30 "+season) {
				t.Errorf("the version does not say which half past one:\n%s", html)
			}
		})
	}
}

// TestSpansInTheHourThatComesTwice say at each end which of two is meant, also
// where they stand in a list to be chosen from.
func TestSpansInTheHourThatComesTwice(t *testing.T) {
	t.Parallel()
	now := firstHalfPastOne.Add(-6 * time.Hour)
	r := plan(t, now, mendable)
	n := names{r, london(t)}
	m := mending{names: n, now: now}
	for name, tt := range map[string]struct{ got, want string }{
		"a list":    {m.longSpan(firstHalfPastOne, secondHalfPastOne), "Sun 25 Oct 01:30 BST to 01:30 GMT"},
		"a span":    {n.span(firstHalfPastOne, secondHalfPastOne, now), "Sun 01:30 BST to 01:30 GMT"},
		"a version": {n.versionRow(rota.Entry{At: secondHalfPastOne}, now).At, "Sun 25 October 2026, 01:30 GMT"},
		"a slot":    {n.slotText(rota.Slot{Shift: "m-night", Date: rota.Date{Year: 2026, Month: 10, Day: 24}}), "Sat 24 October 20:00 to 08:00, responding, Mid and North Hampshire"},
	} {
		if tt.got != tt.want {
			t.Errorf("%s: %q, want %q", name, tt.got, tt.want)
		}
	}
}

// TestATimeThatNeverComesIsSaidSo: what was typed is kept, and no other time is
// taken in its place.
func TestATimeThatNeverComesIsSaidSo(t *testing.T) {
	t.Parallel()
	zone := london(t)
	at := func(day, hour, minute int) time.Time { return time.Date(2026, 3, day, hour, minute, 0, 0, zone) }
	const never = "There is no 01:30 on Sunday 29 March 2026: the clocks go forward from 01:00 to 02:00. Give a time before 01:00, or 02:00 or later"
	for _, tt := range []struct {
		text  string
		now   time.Time
		ahead bool
		want  string
	}{
		{"01:30", at(29, 12, 0), false, never},
		{"01:30", at(29, 2, 10), false, never},
		{"29 March 01:30", at(30, 9, 0), false, never},
		{"yesterday 01:30", at(30, 9, 0), false, never},
		{"01:30", at(29, 0, 30), false, "2026-03-28T01:30:00Z"},
		{"00:59", at(29, 12, 0), false, "2026-03-29T00:59:00Z"},
		{"02:00", at(29, 12, 0), false, "2026-03-29T02:00:00+01:00"},
		{"01:30", at(28, 20, 0), true, never},
		{"01:30", at(29, 0, 30), true, never},
		{"01:30", at(29, 12, 0), true, "2026-03-30T01:30:00+01:00"},
	} {
		read := func() (time.Time, notRead) { return readMoment(tt.text, tt.now, zone, lastOfTwo) }
		if tt.ahead {
			read = func() (time.Time, notRead) { return readAhead(tt.text, tt.now, zone) }
		}
		moment, no := read()
		got := no.or("say when")
		if no == "" {
			got = moment.In(zone).Format(time.RFC3339)
		}
		if got != tt.want {
			t.Errorf("%q at %s: %s, want %s", tt.text, tt.now, got, tt.want)
		}
	}
	c := serve(t, atPast(t, at(29, 12, 0)))
	r := get(t, c, "/calls?from=29+March+01%3A30&until=29+March+03%3A00")
	html := body(t, r)
	if r.StatusCode != http.StatusUnprocessableEntity || !strings.Contains(html, never) || !strings.Contains(html, `value="29 March 01:30"`) || !strings.Contains(html, `value="29 March 03:00"`) {
		t.Errorf("%s\n%s", r.Status, html)
	}
	holdsPromises(t, r, html)
}

// TestTheTimeJustPassedIsMeant: ten minutes into the second of two hours, a time
// that it has not reached is that of the first.
func TestTheTimeJustPassedIsMeant(t *testing.T) {
	t.Parallel()
	now := secondHalfPastOne.Add(-20 * time.Minute) // 01:10 GMT
	at, no := readMoment("01:30", now, london(t), lastOfTwo)
	if no != "" || !at.Equal(firstHalfPastOne) {
		t.Errorf("read as %s, %s", at, no)
	}
	for when, want := range map[time.Time]string{now: "write 01:30 BST or 01:30 GMT", now.Add(-24 * time.Hour): "write 01:30 BST or 01:30 GMT", atNight: momentHint} {
		if got := hintOf(when, london(t)); !strings.Contains(got, want) {
			t.Errorf("%s: %s", when, got)
		}
	}
	if got := hintOf(atNight, london(t)); got != momentHint {
		t.Errorf("in June: %s", got)
	}
}

// atPast is a scene with past calls at an instant.
func atPast(t *testing.T, now time.Time) *scene {
	t.Helper()
	p, end, err := openPast(now)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(end)
	return &scene{now: func() time.Time { return now }, rota: plan(t, now, nil), past: p, snap: quiet(now), figures: today, tales: map[call.ID][]call.Event{}}
}
