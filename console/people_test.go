package console

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"example.org/crisisline/console/access"
	"example.org/crisisline/console/audit"
	"example.org/crisisline/rota"
)

// staffNumbers are the ends of the plan's numbers as they must never stand
// together with what comes before them.
var staffNumbers = []string{"0790010", "07700 9001", "7700900", "700 900", "77009001"}

func showsNoNumber(t *testing.T, where, html string) {
	t.Helper()
	for _, n := range staffNumbers {
		if strings.Contains(html, n) {
			t.Errorf("%s shows a responder's number: %q", where, n)
		}
	}
}

// peopleFacts is what the ledger says of the people of the scenes.
func peopleFacts() rota.Facts {
	ago := func(d time.Duration) time.Time { return atNight.Add(-d) }
	return rota.Facts{
		Worked: []rota.Worked{{Responder: "r-jo", From: ago(50 * time.Hour), Until: ago(49 * time.Hour)}},
		HardCalls: []rota.HardCall{
			{Responder: "r-amara", At: ago(24 * time.Hour)}, {Responder: "r-amara", At: ago(26 * time.Hour)}, {Responder: "r-amara", At: ago(28 * time.Hour)},
		},
		Reached: map[string]rota.Reach{
			"r-amara": {Rung: ago(time.Hour), Answered: ago(2 * time.Hour), Missed: 1},
			"r-ben":   {Rung: ago(40 * 24 * time.Hour), Answered: ago(40 * 24 * time.Hour)},
		},
	}
}

// TestPeople: everybody by team, with hours, how their telephone is answered, and
// of a number its end alone.
func TestPeople(t *testing.T) {
	t.Parallel()
	s := editable(t, mendable)
	s.facts = peopleFacts()
	c := serve(t, s)
	r := get(t, c, "/people")
	html := body(t, r)
	holdsPromises(t, r, html)
	showsNoNumber(t, "/people", html)
	for _, want := range []string{"Amara Okafor", "ends 101", "336 hours", ">01:12</td>", "11 May", "never", "/rota/change/join"} {
		if !strings.Contains(html, want) {
			t.Errorf("no %q in\n%s", want, html)
		}
	}
}

// TestPerson: hours, limits, shares, and what the ledger says.
func TestPerson(t *testing.T) {
	t.Parallel()
	s := editable(t, func(text string) string {
		return mendable(text) + `swaps: {offers: [{id: s1, person: r-amara, gives: {shift: p-night, date: 2026-06-24}, with: r-harry, state: offered}]}
absences: [{id: a1, person: r-amara, kind: sick, start: 2026-06-25T08:00, end: 2026-06-26T08:00}]
`
	})
	s.facts = peopleFacts()
	c := serve(t, s)
	for path, wants := range map[string][]string{
		"/people/r-amara": {
			"Number ends 101", "A call was taken on it: 01:12. It last rang 02:12. 1 ring was missed since.", "This week, Monday to Sunday", "84 hours", "The next four weeks",
			"Nights in a row", "at most 3", "beyond it", "Shortest rest in 24 hours", "12 hours", "at least 11 hours",
			"Hard calls", "3, more than their share", "Now to 08:00", "Offered", "Harry Lloyd", "Wed 24 June 20:00 to 08:00", "Sick from Thu 08:00", "/rota/change/details?person=r-amara",
		},
		"/people/r-jo":    {"1 hour of it called out or kept on", "This telephone is not proven", "no test is noted", "not in four weeks"},
		"/people/r-ben":   {"on 11 May 2026: more than 30 days ago"},
		"/people/r-chloe": {"This telephone is not proven"},
	} {
		r := get(t, c, path)
		html := body(t, r)
		holdsPromises(t, r, html)
		showsNoNumber(t, path, html)
		for _, want := range wants {
			if !strings.Contains(html, want) {
				t.Errorf("%s: no %q in\n%s", path, want, html)
			}
		}
	}
	if r := get(t, c, "/people/r-nobody"); r.StatusCode != http.StatusNotFound {
		t.Errorf("somebody nobody knows has a page: %s", r.Status)
	}
}

// What is personal is for whoever mends the rota, and for the person.
func TestColleaguesSeeShiftsAndNoMore(t *testing.T) {
	t.Parallel()
	sick := func(text string) string {
		return mendable(text) + "absences: [{id: a1, person: r-amara, kind: sick, start: 2026-06-20T20:00, end: 2026-06-26T08:00}]\n"
	}
	personal := []string{"Sick", "ends 101", "Hours and rest", "The last four weeks", "Fair share", "not proven"}
	for _, tc := range []struct {
		name string
		role access.Role
		who  string
		sees bool
	}{
		{"viewer", access.Viewer, "", false}, {"a colleague", access.Responder, "r-ben", false},
		{"themselves", access.Responder, "r-amara", true}, {"shift lead", access.ShiftLead, "r-ben", true},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			s := editable(t, sick)
			s.role, s.who = tc.role, tc.who
			c := serve(t, s)
			html := body(t, get(t, c, "/people/r-amara"))
			if !strings.Contains(html, "Amara Okafor") || !strings.Contains(html, "Shifts, the next four weeks") {
				t.Fatal(html)
			}
			for _, p := range personal {
				if got := strings.Contains(html, p); got != tc.sees {
					t.Errorf("%q is shown: %v\n%s", p, got, html)
				}
			}
			if !tc.sees && strings.Contains(body(t, get(t, c, "/people")), "ends 103") {
				t.Error("the list shows the end of somebody's number")
			}
		})
	}
}

// TestHoursAndRest: those closest to a limit, or beyond one, come first; of one's
// own teams alone.
func TestHoursAndRest(t *testing.T) {
	t.Parallel()
	s := editable(t, mendable)
	s.facts = peopleFacts()
	c := serve(t, s)
	for _, tc := range []struct {
		query  string
		wants  []string
		before [2]string
	}{
		{"", []string{"people are beyond a limit", "Amara Okafor", "Nights in a row", "beyond it", "336 hours", "Every team"}, [2]string{"Amara Okafor", "Harry Lloyd"}},
		{"?team=mid-north&period=week", []string{"Mid and North Hampshire: this week", "Femi Adeyemi", "84 hours", "works nothing in it"}, [2]string{"Leo Brandt", "Femi Adeyemi"}},
		{"?team=portsmouth&period=back", []string{"Portsmouth and South East Hampshire: the last four weeks", "1 hour"}, [2]string{"Amara Okafor", "Jo Whitfield"}},
		{"?team=nowhere&period=never", []string{"Nobody works in this time"}, [2]string{}},
	} {
		r := get(t, c, "/hours"+tc.query)
		html := body(t, r)
		holdsPromises(t, r, html)
		for _, want := range tc.wants {
			if !strings.Contains(html, want) {
				t.Errorf("%s: no %q in\n%s", tc.query, want, html)
			}
		}
		if a, b := strings.Index(html, ">"+tc.before[0]+"<"), strings.Index(html, ">"+tc.before[1]+"<"); tc.before[0] != "" && (a < 0 || b < 0 || a > b) {
			t.Errorf("%s: %s at %d, %s at %d\n%s", tc.query, tc.before[0], a, tc.before[1], b, html)
		}
	}
	some := signedIn(t, c, "Some", access.Grant{Role: access.DutyManager, Teams: []string{"mid-north"}})
	w := httptest.NewRecorder()
	req := here(httptest.NewRequest(http.MethodGet, "/hours", nil))
	req.AddCookie(some)
	c.ServeHTTP(w, req)
	if html := w.Body.String(); !strings.Contains(html, "Leo Brandt") || strings.Contains(html, "Amara Okafor") {
		t.Errorf("a duty manager of one team sees others' hours:\n%s", html)
	}
}

// TestANumberIsShownOnce: with a reason, after the audit has kept it, on the
// answer to a form and nowhere else.
func TestANumberIsShownOnce(t *testing.T) {
	t.Parallel()
	s := editable(t, mendable)
	s.who = "r-jo"
	o := s.options()
	c, err := New(o)
	if err != nil {
		t.Fatal(err)
	}
	asked := get(t, c, "/people/r-amara/number")
	html := body(t, asked)
	holdsPromises(t, asked, html)
	showsNoNumber(t, "the question", html)
	for _, tc := range []struct {
		v    url.Values
		want string
	}{
		{url.Values{}, "Choose why you need it"},
		{url.Values{"reason": {"curious"}}, "Choose why you need it"},
		{url.Values{"reason": {"other"}}, "Say in a few words why"},
		{url.Values{"reason": {"reach"}, "words": {strings.Repeat("a long story ", 10)}}, "Use at most 80 characters"},
		{url.Values{"reason": {"reach"}, "words": {"ring 01632 960 001"}}, "Leave numbers out"},
	} {
		r := submit(c, "/people/r-amara/number", tc.v)
		html := body(t, r)
		holdsPromises(t, r, html)
		showsNoNumber(t, tc.want, html)
		if r.StatusCode != http.StatusUnprocessableEntity || !strings.Contains(html, tc.want) {
			t.Errorf("%v: %s\n%s", tc.v, r.Status, html)
		}
	}
	if entries := auditOf(t, o.Audit); len(entries) != 0 {
		t.Errorf("kept before anything was shown: %+v", entries)
	}
	r := submit(c, "/people/r-amara/number", url.Values{"reason": {"reach"}, "words": {"late for the night shift"}})
	html = body(t, r)
	holdsPromises(t, r, html)
	if r.StatusCode != http.StatusOK || !strings.Contains(html, "07700 900101") {
		t.Fatalf("%s\n%s", r.Status, html)
	}
	entries := auditOf(t, o.Audit)
	if len(entries) != 1 || entries[0].What != audit.SawNumber || entries[0].About != "r-amara" || entries[0].Who != "r-jo" || entries[0].Why != "To reach them about a shift: late for the night shift" {
		t.Errorf("audit: %+v", entries)
	}
}

// A number is not shown when the audit cannot be written.
func TestNoAuditNoNumber(t *testing.T) {
	t.Parallel()
	s := editable(t, mendable)
	o := s.options()
	o.Audit = brokenAudit(t)
	c, err := New(o)
	if err != nil {
		t.Fatal(err)
	}
	r := submit(c, "/people/r-amara/number", url.Values{"reason": {"reach"}})
	html := body(t, r)
	showsNoNumber(t, "without an audit", html)
	if r.StatusCode != http.StatusBadGateway || !strings.Contains(html, "so the number is not shown") {
		t.Errorf("%s\n%s", r.Status, html)
	}
}

// TestPersonChanged: a person comes, is changed and goes, each as a draft that
// shows what changes and no number.
func TestPersonChanged(t *testing.T) {
	t.Parallel()
	s := editable(t, mendable)
	c := serve(t, s)
	tiers := []string{"responding", "backup"}
	for _, step := range []struct {
		name, path string
		v          url.Values
		wants      []string
		after      func(p *rota.Rota) bool
	}{
		{
			"comes", "/rota/change/join",
			url.Values{"name": {"Nia  Walsh"}, "number": {"07700 900 150"}, "team": {"mid-north"}, "tiers-asked": {"1"}, "tiers": tiers, "more-skills": {"Young people, language:pl"}},
			[]string{"Nia Walsh", "Added", "Mid and North Hampshire. Responding and backup. Skills: young people, speaks Polish. Number ends 150."},
			func(p *rota.Rota) bool {
				all := p.Plan().Responders
				n := all[len(all)-1]
				return n.Name == "Nia Walsh" && n.Number.E164() == "+447700900150" && len(n.Tiers) == 0 && len(n.Skills) == 2 && n.Skills[0] == "young_people"
			},
		},
		{
			"is changed", "/rota/change/details",
			url.Values{"person": {"r-leo"}, "name": {"Leo Brandt-Fox"}, "number": {""}, "team": {"mid-north"}, "tiers-asked": {"1"}, "tiers": {"responding", "duty_manager"}},
			[]string{"Changed", "Leo Brandt", "Name Leo Brandt → Leo Brandt-Fox"},
			func(p *rota.Rota) bool {
				n, _ := p.Responder("r-leo")
				return n.Name == "Leo Brandt-Fox" && n.Number.E164() == "+447700900112" && len(n.Tiers) == 2
			},
		},
		{
			"has a new number", "/rota/change/details",
			url.Values{"person": {"r-leo"}, "name": {"Leo Brandt-Fox"}, "number": {"(07700) 900-151"}, "team": {"mid-north"}, "tiers-asked": {"1"}, "tiers": {"responding", "duty_manager"}},
			[]string{"Changed", "Number changed"},
			func(p *rota.Rota) bool {
				n, _ := p.Responder("r-leo")
				return n.Number.E164() == "+447700900151"
			},
		},
		{
			"goes", "/rota/change/leave", url.Values{"person": {"r-leo"}, "by": {"r-mia"}},
			[]string{"Removed", "Leo Brandt-Fox", "Mia Thorne"},
			func(p *rota.Rota) bool {
				_, there := p.Responder("r-leo")
				return !there && onShift(s, "mid-north") == "r-mia"
			},
		},
	} {
		where, html := draftOf(t, c, step.path, step.v)
		showsNoNumber(t, step.name, html)
		for _, want := range step.wants {
			if !strings.Contains(html, want) {
				t.Errorf("%s: no %q in\n%s", step.name, want, html)
			}
		}
		if r := publish(t, c, where, html, nil); r.Header.Get("Location") != "/rota?done=published" {
			t.Fatalf("%s: %s\n%s", step.name, r.Status, body(t, r))
		}
		if !step.after(s.book.Current()) {
			t.Errorf("%s: the plan is %+v", step.name, s.book.Current().Plan().Responders)
		}
		for _, path := range []string{"/audit", "/audit/plans", "/audit/2", "/people"} {
			showsNoNumber(t, path, body(t, get(t, c, path)))
		}
	}
}

// What is wrong is said beside the question, and what was entered is kept.
func TestPersonEntryProblems(t *testing.T) {
	t.Parallel()
	c := serve(t, editable(t, mendable))
	whole := func(change ...string) url.Values {
		v := url.Values{"person": {"r-leo"}, "name": {"Leo"}, "number": {""}, "team": {"mid-north"}, "tiers-asked": {"1"}, "tiers": {"responding"}}
		for i := 0; i+1 < len(change); i += 2 {
			v.Set(change[i], change[i+1])
		}
		return v
	}
	noTier := whole()
	noTier.Del("tiers")
	both := whole("name", "Leo Brandt")
	both.Add("tiers", "backup")
	for _, tc := range []struct {
		name, way string
		v         url.Values
		want      string
	}{
		{"no name", "details", whole("name", " "), "Enter a name of at most 60 characters"},
		{"an emergency number", "details", whole("number", "999"), "Emergency and short codes"},
		{"letters", "details", whole("number", "ext. twelve"), "Not a number: use digits"},
		{"premium rate", "details", whole("number", "0909 879 0001"), "Premium-rate and personal numbers"},
		{"no such team", "details", whole("team", "north"), "Choose a team"},
		{"nothing they may be", "details", noTier, "Choose at least one thing"},
		{"no skill", "details", whole("more-skills", "Ünglück!"), "is not a skill"},
		{"nothing changed", "details", both, "Nothing would be changed of Leo Brandt"},
		{"no number for somebody new", "join", whole(), "No number: give one like"},
		{"whose", "details", url.Values{}, "Choose whose details"},
		{"nobody left in a shift", "leave", url.Values{"person": {"r-leo"}, "by": {""}}, "Nobody would be left in shift m-night"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			r := submit(c, "/rota/change/"+tc.way, tc.v)
			html := body(t, r)
			holdsPromises(t, r, html)
			if r.StatusCode != http.StatusUnprocessableEntity || !strings.Contains(html, tc.want) {
				t.Errorf("%s: no %q in\n%s", r.Status, tc.want, html)
			}
		})
	}
}

func auditOf(t *testing.T, log *audit.Log) []audit.Entry {
	t.Helper()
	entries, err := log.Newest(t.Context(), 0, 100)
	if err != nil {
		t.Fatal(err)
	}
	return entries
}

// brokenAudit is a log whose store is gone.
func brokenAudit(t *testing.T) *audit.Log {
	t.Helper()
	rdb := redis.NewClient(&redis.Options{Addr: "127.0.0.1:1", MaxRetries: -1, DialTimeout: 100 * time.Millisecond})
	t.Cleanup(func() { _ = rdb.Close() })
	return audit.New(rdb, "gone", audit.Root{
		Seal: func(plain, _ []byte) []byte { return plain }, Open: func(box, _ []byte) ([]byte, error) { return box, nil },
	}, nil)
}
