package console

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"example.org/crisisline/console/access"
	"example.org/crisisline/rota"
)

// arranged is a scene whose teams can be changed.
func arranged(t testing.TB) *scene {
	t.Helper()
	return editable(t, func(text string) string { return storied(mendable(text)) })
}

// TestTeamsAreArranged: what teams promise, visit and answer is changed in a
// draft that says what changes, and is shown where it belongs.
func TestTeamsAreArranged(t *testing.T) {
	t.Parallel()
	day := func(name, d, m, y string, more url.Values) url.Values {
		v := url.Values{name + "-day": {d}, name + "-month": {m}, name + "-year": {y}}
		for key, val := range more {
			v[key] = val
		}
		return v
	}
	for _, tt := range []struct {
		name, way string
		v         url.Values
		says      []string // the draft
		page      string   // then
		shows     string
	}{
		{
			"help on terms", "help", day("since", "1", "7", "2026", url.Values{"team": {"southampton"}, "by": {"mid-north"}, "after": {"30s"}, "most": {"2"}, "days": {"sat", "sun"}, "start": {"22:00"}, "end": {"6:00"}}),
			[]string{"Mid and North Hampshire helps Southampton, after 30s, at most 2 at once", "Added"}, "/mutual-aid", "Saturday and Sunday, 22:00 to 06:00, from 1 July 2026",
		},
		{
			"no help", "help", url.Values{"team": {"southampton"}, "by": {"mid-north"}, "most": {"0"}},
			[]string{"at most 0 at once"}, "/mutual-aid", "Not asked at all",
		},
		{
			"help ended, for good", "end-help", url.Values{"promise": {"portsmouth_southampton_2026-01-01_2200"}, "then": {"none"}},
			[]string{"No longer: Southampton helps Portsmouth and South East Hampshire", "Removed"}, "/mutual-aid", "Not asked at all",
		},
		{
			"help ended on a day", "end-help", day("end", "1", "8", "2026", url.Values{"promise": {"portsmouth_southampton_2026-01-01_2200"}, "then": {"neighbour"}}),
			[]string{"until Sat 1 August"}, "/mutual-aid", "until 1 August 2026",
		},
		{
			"a code from a day on", "move-code", day("at", "1", "7", "2026", url.Values{"code": {"po4"}, "team": {"southampton"}}),
			[]string{"PO4, of Portsmouth, is visited by Southampton from Wed 1 July on", "The same people ring as before"}, "/localities", "PO1 to PO3, PO5, PO6",
		},
		{
			"a number given up", "retire", url.Values{"line": {"professionals"}, "to": {"southampton"}},
			[]string{"Professionals’ line is given up from Sat 20 June on, and its calls go to Southampton"}, "/lines", "Given up on 20 June 2026",
		},
		{
			"who has its calls", "retire", url.Values{"line": {"old-city"}, "to": {"isle-of-wight"}, "back": {"no"}},
			[]string{"its calls go to Isle of Wight"}, "/lines", `<a href="/teams/isle-of-wight">Isle of Wight</a>`,
		},
		{
			"a number published again", "retire", url.Values{"line": {"old-city"}, "back": {"yes"}},
			[]string{"is published again"}, "/lines", "Published",
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			s := arranged(t)
			c := serve(t, s)
			where, html := draftOf(t, c, "/rota/change/"+tt.way, tt.v)
			for _, want := range append(tt.says, "What changes", "Calls in progress stay with who has them.", backFrom(tt.page).Text) {
				if !strings.Contains(html, want) {
					t.Errorf("no %q in\n%s", want, html)
				}
			}
			r := get(t, c, where)
			holdsPromises(t, r, body(t, r))
			if tt.page != "/teams" && strings.Contains(body(t, get(t, c, "/rota")), "/rota/drafts/") {
				t.Error("it is among the changes of the rota")
			}
			if html := body(t, get(t, c, "/teams")); !strings.Contains(html, where) {
				t.Errorf("it is not among the changes of teams:\n%s", html)
			}
			if r := publish(t, c, where, html, nil); r.Header.Get("Location") != tt.page+"?done=published" {
				t.Fatalf("publish: %s to %q\n%s", r.Status, r.Header.Get("Location"), body(t, r))
			}
			if html := body(t, get(t, c, tt.page+"?done=published")); !strings.Contains(html, tt.shows) || !strings.Contains(html, "Published. Calls in progress") {
				t.Errorf("%s: no %q in\n%s", tt.page, tt.shows, html)
			}
		})
	}
}

// TestTeamFormsSayWhatIsWrong and keep what was entered, but for a postcode.
func TestTeamFormsSayWhatIsWrong(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name, way  string
		v          url.Values
		says, kept string
	}{
		{"nobody's callers", "help", url.Values{}, "Choose a team that has a neighbour", `value="southampton"`},
		{"nobody helps", "help", url.Values{"team": {"southampton"}}, "Choose who helps", "Who helps Southampton"},
		{"no time of day", "help", url.Values{"team": {"southampton"}, "by": {"mid-north"}, "start": {"ten"}, "end": {"06:00"}}, "Write a time of day, such as 22:00", `value="ten"`},
		{"one time", "help", url.Values{"team": {"southampton"}, "by": {"mid-north"}, "start": {"22:00"}}, "Write both times, or neither", `value="22:00"`},
		{"no day", "help", url.Values{"team": {"southampton"}, "by": {"mid-north"}, "since-day": {"31"}, "since-month": {"6"}, "since-year": {"2026"}}, "Write a day, such as", `value="31"`},
		{"the same twice", "help", url.Values{"team": {"portsmouth"}, "by": {"isle-of-wight"}}, "There is a promise of Isle of Wight to Portsmouth", `value="isle-of-wight" checked`},
		{"over", "end-help", url.Values{"promise": {"gone"}}, "It ended, or was changed meanwhile", "That help is over"},
		{"over before", "end-help", url.Values{"promise": {"portsmouth_southampton_2026-01-01_2200"}, "end-day": {"1"}, "end-month": {"5"}, "end-year": {"2026"}}, "the help ends today or later", `value="5"`},
		{"no code", "move-code", url.Values{"team": {"southampton"}}, "Write the first half of a postcode", `value="southampton" checked`},
		{"a code nobody has", "move-code", url.Values{"code": {"ZZ9"}, "team": {"southampton"}}, "ZZ9 is in no locality", `value="ZZ9"`},
		{"where it is", "move-code", url.Values{"code": {"PO4"}, "team": {"portsmouth"}}, "has PO4 anyway", `value="PO4"`},
		{"a code of two", "move-code", url.Values{"code": {"SO31"}, "team": {"southampton"}}, "SO31 crosses eastleigh and fareham", `value="SO31"`},
		{"in the past", "move-code", url.Values{"code": {"PO4"}, "team": {"southampton"}, "at-day": {"1"}, "at-month": {"6"}, "at-year": {"2026"}}, "Write a day to come", `value="6"`},
		{"no line", "retire", url.Values{}, "Choose a line", "0808 157 0111"},
		{"the last one", "retire", url.Values{"line": {"public"}, "since-day": {"x"}}, "Write a day", `value="x"`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			s := arranged(t)
			r := submit(serve(t, s), "/rota/change/"+tt.way, tt.v)
			html := body(t, r)
			holdsPromises(t, r, html)
			if r.StatusCode != http.StatusUnprocessableEntity || !strings.Contains(html, tt.says) || !strings.Contains(html, tt.kept) {
				t.Errorf("%s: no %q or no %q in\n%s", r.Status, tt.says, tt.kept, html)
			}
			if got := s.book.Current().Version(); got != 1 {
				t.Errorf("version %d", got)
			}
		})
	}
	for _, whole := range []string{"PO4 8QX", "PO48QX", "14 Elm Grove"} {
		r := submit(serve(t, arranged(t)), "/rota/change/move-code", url.Values{"code": {whole}, "team": {"southampton"}})
		if html := body(t, r); r.StatusCode != http.StatusUnprocessableEntity || strings.Contains(html, "8QX") || strings.Contains(html, "Elm") {
			t.Errorf("%q is on the page: %s", whole, r.Status)
		}
	}
}

// TestOnlyAnAdministratorChangesTeams: a duty manager may not, neither by the
// forms, nor by publishing somebody's draft, nor by undoing it.
func TestOnlyAnAdministratorChangesTeams(t *testing.T) {
	t.Parallel()
	s := arranged(t)
	c := serve(t, s)
	manager := signedIn(t, c, "Manager", access.Grant{Role: access.DutyManager})
	for _, way := range []string{"help", "end-help", "move-code", "retire"} {
		if r := get(t, c, "/rota/change/"+way, manager); r.StatusCode != http.StatusForbidden {
			t.Errorf("GET %s: %s", way, r.Status)
		}
		if r := submit(c, "/rota/change/"+way, url.Values{}, manager); r.StatusCode != http.StatusForbidden {
			t.Errorf("POST %s: %s", way, r.Status)
		}
	}
	where, html := draftOf(t, c, "/rota/change/retire", url.Values{"line": {"professionals"}})
	m := revision.FindStringSubmatch(html)
	for _, do := range []string{"/publish", "/catch-up", "/drop"} {
		if r := submit(c, where+do, url.Values{"revision": {m[1]}}, manager); r.StatusCode != http.StatusForbidden {
			t.Errorf("%s: %s", do, r.Status)
		}
	}
	if r := publish(t, c, where, html, nil); r.StatusCode != http.StatusSeeOther {
		t.Fatalf("publish: %s", r.Status)
	}
	if r := submit(c, "/rota/undo", url.Values{"version": {"2"}}, manager); r.StatusCode != http.StatusForbidden {
		t.Errorf("undo: %s", r.Status)
	}
	if r := submit(c, "/rota/undo", url.Values{"version": {"2"}}); r.StatusCode != http.StatusSeeOther {
		t.Errorf("an administrator's undo: %s", r.Status)
	}
	if p := s.book.Current().Plan(); p.Lines[2].ID != "professionals" || p.Lines[2].Retired != nil {
		t.Errorf("it is not undone: %+v", p.Lines)
	}
	// What others published about teams since does not make a manager's own draft
	// theirs.
	where, html = draftOf(t, c, "/rota/change/cover", url.Values{
		"team": {"mid-north"}, "tier": {"responding"}, "from": {"2026-06-22T20:00"}, "until": {"2026-06-23T08:00"}, "person": {"r-leo"}, "by": {"r-mia"},
	})
	other, otherHTML := draftOf(t, c, "/rota/change/retire", url.Values{"line": {"professionals"}})
	if r := publish(t, c, other, otherHTML, nil); r.StatusCode != http.StatusSeeOther {
		t.Fatalf("publish: %s", r.Status)
	}
	if r := submit(c, where+"/publish", url.Values{"revision": {revision.FindStringSubmatch(html)[1]}}, manager); r.StatusCode != http.StatusUnprocessableEntity {
		t.Errorf("a draft from before: %s", r.Status)
	}
	if r := submit(c, where+"/catch-up", nil, manager); r.StatusCode != http.StatusSeeOther {
		t.Errorf("put on top: %s", r.Status)
	}
	if r := submit(c, where+"/publish", url.Values{"revision": {"2"}}, manager); r.StatusCode != http.StatusSeeOther {
		t.Errorf("published then: %s\n%s", r.Status, body(t, r))
	}
	if rota.Structural(s.book.Current().Plan(), s.book.Current().Plan()) || !rota.Structural(nil, s.book.Current().Plan()) {
		t.Error("what is structural is not told")
	}
}
