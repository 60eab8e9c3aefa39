package console

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"example.org/crisisline/rota"
)

// storied is the plan of the scenes with a past and a place: teams that were
// merged, localities, a number given up, and help agreed on.
func storied(text string) string {
	for _, pair := range [][2]string{
		{"neighbours: [southampton, mid-north, isle-of-wight]}", `neighbours: [southampton, mid-north, isle-of-wight], from: 2024-10-01,
     merged_from: [{team: city, name: Portsmouth City crisis team, from: 2024-10-01}, {team: south-east, name: South East crisis team, from: 2024-10-01}]}`},
		{"\nlines:\n", `
localities:
  - {id: portsmouth-city, name: Portsmouth, team: portsmouth, outward: [PO1, PO2, PO3, PO4, PO5, PO6], dialling: ["023 92"], moved: [{team: city, till: 2024-10-01}]}
  - {id: fareham, name: Fareham, team: portsmouth, outward: [PO14, PO15]}
  - {id: eastleigh, name: Eastleigh, team: southampton, outward: [SO50, SO53]}
  - {id: island, name: The island, team: isle-of-wight, outward: [PO30]}
  - {id: chichester, name: Chichester, outside: the next trust to the east, outward: [PO19]}
split:
  - {outward: SO31, between: [eastleigh, fareham], ask: which side of the river it is}
lines:
  - {id: old-city, name: The city team’s old number, number: 023 9200 0099, team: city, menu: true, language: pl, retired: {since: 2024-10-01}}
`},
		{"\noverrides:\n", `
mutual_aid:
  - {team: portsmouth, by: southampton, after: 30s, at_once: 2, days: weekdays, start: "22:00", end: "06:00", since: 2026-01-01}
  - {team: portsmouth, by: isle-of-wight, at_once: 0}
  - {team: southampton, by: portsmouth, since: 2027-01-01}
overrides:
`},
	} {
		text = replaced(pair[0], pair[1])(text)
	}
	return text
}

// counted is what the ledger of the scenes knows.
func counted(s *scene) *scene {
	s.use = Use{
		Rung: func(context.Context) (map[string]int64, time.Time, error) {
			return map[string]int64{"public": 412, "old-city": 7}, atNight.AddDate(0, 0, -28), nil
		},
		Helped: func() map[HelpPair]int { return map[HelpPair]int{{Home: "portsmouth", By: "southampton"}: 3} },
	}
	return s
}

// says checks a page for what it must say, and must not.
func (s *scene) says(t *testing.T, path string, want []string, not ...string) string {
	t.Helper()
	r := get(t, serve(t, s), path)
	html := body(t, r)
	holdsPromises(t, r, html)
	plainly := strings.Join(strings.Fields(html), " ")
	for _, w := range want {
		if !strings.Contains(plainly, w) {
			t.Errorf("%s: no %q in\n%s", path, w, html)
		}
	}
	for _, w := range not {
		if strings.Contains(plainly, w) {
			t.Errorf("%s: %q in\n%s", path, w, html)
		}
	}
	return html
}

// TestTeams: the catalogue says of each team what anybody asks about it.
func TestTeams(t *testing.T) {
	t.Parallel()
	s := counted(editable(t, func(text string) string { return storied(mendable(text)) }))
	s.says(t, "/teams", []string{
		"Since 1 October 2024", "Portsmouth City crisis team became part of it on 1 October 2024", "PO1 to PO6", "PO14, PO15",
		`<dt>People</dt><dd>5</dd>`, "Amara Okafor, Ben Carter and Chloe Davies", `href="/lines#line-old-city"`, "Merge teams",
		`<a href="/teams/city">Portsmouth City crisis team</a>`, "Until 1 October 2024, then part of Portsmouth and South East Hampshire",
	})
	s.says(t, "/teams/portsmouth", []string{"Responding now", `until <span class="num">08:00</span>`, "After 30 seconds of waiting, at most 2 calls at once", `href="/people/r-jo"`, "Split"})
	s.says(t, "/teams/city", []string{"Closed", "then part of Portsmouth and South East Hampshire"}, "Responding now", "Split")
	if r := get(t, serve(t, s), "/teams/nowhere"); r.StatusCode != http.StatusNotFound {
		t.Errorf("a team nobody heard of: %s", r.Status)
	}
	s.role = "viewer"
	s.says(t, "/teams", []string{"Open now"}, "Merge teams")
}

// TestTeamToCome: a merger that is published and not in force is told as such.
func TestTeamToCome(t *testing.T) {
	t.Parallel()
	s := editable(t, func(text string) string { return storied(mendable(text)) })
	p, err := rota.MergeTeams(s.book.Current().Plan(), rota.Merger{
		Sources: []string{"portsmouth", "southampton"}, ID: "south", Name: "The South", CutOver: rota.CutOver{On: rota.Date{Year: 2026, Month: 7, Day: 1}, At: 8 * 60},
	}, atNight)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.book.Publish(t.Context(), atNight, rota.Change{Who: "x", Why: "merged", Plan: p, Expect: 1}); err != nil {
		t.Fatal(err)
	}
	s.says(t, "/teams", []string{"To come", "Opens on 1 July 2026 at 08:00", "Closes on 1 July 2026 at 08:00, then part of The South"})
	s.says(t, "/teams/south", []string{"Southampton becomes part of The South on 1 July 2026 at 08:00", "Take it back", "9 people"})
	s.says(t, "/teams/southampton", []string{"It becomes part of The South on 1 July 2026 at 08:00", `action="/teams/take-back/south"`})
}

// TestMutualAid: whom a team's callers reach next, on which terms, and how often
// today.
func TestMutualAid(t *testing.T) {
	t.Parallel()
	s := counted(editable(t, func(text string) string { return storied(mendable(text)) }))
	s.says(t, "/mutual-aid", []string{
		"Monday to Friday, 22:00 to 06:00, from 1 January 2026", "3 calls", "Nothing agreed", "Not asked at all", "To come",
		"/rota/change/end-help?promise=portsmouth_southampton_2026-01-01_2200",
	})
	s.use = Use{}
	s.says(t, "/mutual-aid", []string{"Monday to Friday"}, "3 calls")
}

// TestLines: numbers given up stay on the page with how often they are rung.
func TestLines(t *testing.T) {
	t.Parallel()
	s := counted(editable(t, func(text string) string { return storied(mendable(text)) }))
	s.says(t, "/lines", []string{"0808 157 0111", "023 9200 0099", "Polish", "Given up on 1 October 2024", "7 times", "Still rung", "412 times", "23 May", "Professionals"})
	for _, tt := range []struct {
		err  error
		says string
	}{{ErrCounting, "still being counted"}, {errStore, "not known just now"}} {
		s.use.Rung = func(context.Context) (map[string]int64, time.Time, error) { return nil, time.Time{}, tt.err }
		s.says(t, "/lines", []string{tt.says, "0808 157 0111"}, "7 times", "never", "Still rung")
	}
}

// TestWhichTeamVisits answers for the first half of a postcode, and keeps
// nothing of a whole one.
func TestWhichTeamVisits(t *testing.T) {
	t.Parallel()
	s := editable(t, func(text string) string { return storied(mendable(text)) })
	s.says(t, "/localities", []string{"PO1 to PO6", "the next trust to the east", "which side of the river it is", "Never a whole postcode"})
	for _, tt := range []struct{ code, says string }{
		{"PO4", "Portsmouth and South East Hampshire visits PO4"}, {" po30 ", "Isle of Wight visits PO30"},
		{"SO31", "SO31 crosses Eastleigh and Fareham: ask"}, {"PO19", "Bring in the next trust to the east"}, {"ZZ9", "ZZ9 is in no locality of the plan"},
	} {
		r := submit(serve(t, s), "/localities", url.Values{"code": {tt.code}})
		html := body(t, r)
		holdsPromises(t, r, html)
		if r.StatusCode != http.StatusOK || !strings.Contains(html, tt.says) {
			t.Errorf("%q: %s, no %q in\n%s", tt.code, r.Status, tt.says, html)
		}
	}
	for _, whole := range []string{"PO4 8QX", "po48qx", "PO4 8", "PO12 3AB", "14 Elm Grove", "<b>", ""} {
		r := submit(serve(t, s), "/localities", url.Values{"code": {whole}})
		html := body(t, r)
		holdsPromises(t, r, html)
		if r.StatusCode != http.StatusUnprocessableEntity || !strings.Contains(html, "<title>Error: ") {
			t.Errorf("%q: %s", whole, r.Status)
		}
		if kept := strings.ToUpper(whole); kept != "" && strings.Contains(strings.ToUpper(html), kept) || strings.Contains(html, "8QX") || strings.Contains(html, "Elm") {
			t.Errorf("%q is on the page", whole)
		}
	}
	if r := get(t, serve(t, s), "/localities?code=PO4"); strings.Contains(body(t, r), "visits PO4") {
		t.Error("a place in an address is answered")
	}
}

func TestCodesAndNumbersAsPeopleWriteThem(t *testing.T) {
	t.Parallel()
	for codes, want := range map[string]string{
		"": "", "PO1": "PO1", "PO2 PO1": "PO1, PO2", "PO3 PO1 PO2": "PO1 to PO3", "PO1 PO2 PO3 PO9 SO9": "PO1 to PO3, PO9, SO9", "W1A E1 E2 E3": "E1 to E3, W1A",
	} {
		if got := codeRanges(strings.Fields(codes)); got != want {
			t.Errorf("%q: got %q, want %q", codes, got, want)
		}
	}
	r := plan(t, atNight, func(text string) string {
		return replaced("number: 0808 157 0111", `number: ["0808 157 0111", "023 9200 0110", "01632 960009", "03069 990009", "+33 1 99 00 12 34"]`)(text)
	})
	var all []string
	for _, n := range r.Plan().Lines[0].Numbers {
		all = append(all, nationally(n))
	}
	if got, want := fmt.Sprint(all), "[0808 157 0111 023 9200 0110 01632 960009 0306 999 0009 +33199001234]"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

// TestTeamsWithoutAPlan: every page about teams says that there is none.
func TestTeamsWithoutAPlan(t *testing.T) {
	t.Parallel()
	for _, path := range []string{"/teams", "/mutual-aid", "/lines", "/localities"} {
		allScenes(t)["noplan"].says(t, path, []string{"No plan is in force"})
	}
}
