package console

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"example.org/crisisline/console/access"
	"example.org/crisisline/console/audit"
	"example.org/crisisline/rota"
)

// TestNobodyWritesIntoADraftTheyMayNotPublish: what may be done at once does not
// open a draft to a shift lead, nor somebody's draft to a manager of another team.
func TestNobodyWritesIntoADraftTheyMayNotPublish(t *testing.T) {
	t.Parallel()
	s := arranged(t)
	c := serve(t, s)
	where, before := draftOf(t, c, "/rota/change/sick", url.Values{"person": {"r-leo"}, "kind": {"sick"}, "back-day": {"22"}, "back-month": {"6"}, "back-year": {"2026"}})
	teams, teamsHTML := draftOf(t, c, "/rota/change/retire", url.Values{"line": {"professionals"}})
	for name, tt := range map[string]struct {
		grant access.Grant
		way   string
		where string
		v     url.Values
	}{
		"a shift lead of the team": {access.Grant{Role: access.ShiftLead}, "replace", where, url.Values{"person": {"r-leo"}, "by": {"r-mia"}}},
		"a manager of another team": {access.Grant{Role: access.DutyManager, Teams: []string{"southampton"}}, "sick", where,
			url.Values{"person": {"r-dev"}, "kind": {"sick"}, "back-day": {"22"}, "back-month": {"6"}, "back-year": {"2026"}}},
		"a manager, into what an administrator drafted about teams": {access.Grant{Role: access.DutyManager}, "sick", teams,
			url.Values{"person": {"r-dev"}, "kind": {"sick"}, "back-day": {"22"}, "back-month": {"6"}, "back-year": {"2026"}}},
	} {
		v := url.Values{"draft": {strings.TrimPrefix(tt.where, "/rota/drafts/")}}
		for key, val := range tt.v {
			v[key] = val
		}
		if r := submit(c, "/rota/change/"+tt.way, v, signedIn(t, c, name, tt.grant)); r.StatusCode != http.StatusForbidden {
			t.Errorf("%s: %s to %s", name, r.Status, r.Header.Get("Location"))
		}
	}
	for where, was := range map[string]string{where: before, teams: teamsHTML} {
		if now := revision.FindString(body(t, get(t, c, where))); now != revision.FindString(was) {
			t.Errorf("%s was written: %s", where, now)
		}
	}
}

// TestNoShiftEndsWhereTheListDoes: a shift that goes on beyond what is looked
// through is offered, and told, with its own end.
func TestNoShiftEndsWhereTheListDoes(t *testing.T) {
	t.Parallel()
	s := arranged(t)
	s.role = access.Administrator
	c := serve(t, s)
	for _, path := range []string{"/rota/change/take", "/rota/change/swap?person=r-leo", "/people/r-leo"} {
		if html := body(t, get(t, c, path)); !strings.Contains(html, "20:00 to 08:00") || strings.Contains(html, "to 03:12") {
			t.Errorf("%s: a shift ends when the page was asked for\n%s", path, regexp.MustCompile(`.*to 03:12.*`).FindString(html))
		}
	}
}

// TestWhatIsSentWhileSignedOutIsKept also when it came with a file.
func TestWhatIsSentWhileSignedOutIsKept(t *testing.T) {
	t.Parallel()
	s := editable(t, mendable)
	c := closed(t, access.Options{})
	_ = s
	html := body(t, upload(t, c, "/rota/import", []byte("id,name\nr-leo,Leonard\n"), url.Values{"table": {"id,name\nr-mia,Maria"}, "exact": {"yes"}}))
	for _, want := range []string{"name=\"table\" value=\"id,name\nr-mia,Maria\"", `name="exact" value="yes"`, "choose the file again"} {
		if !strings.Contains(html, want) {
			t.Errorf("no %s in\n%s", want, html)
		}
	}
}

// TestASwapInTheAuditIsNoCall: what was decided about a swap is not told as if it
// were a call, and leads nowhere.
func TestASwapInTheAuditIsNoCall(t *testing.T) {
	t.Parallel()
	c := serve(t, editable(t, mendable))
	if _, err := c.o.Audit.Add(t.Context(), audit.Entry{At: atNight, Who: "r-jo", What: audit.Acted, About: "swap-20260620-abc", After: "swap approved"}); err != nil {
		t.Fatal(err)
	}
	html := body(t, get(t, c, "/audit"))
	if strings.Contains(html, "Call swap-") || strings.Contains(html, "/calls/swap-") || !strings.Contains(html, "Swap approved") {
		t.Errorf("a swap is told as a call:\n%s", html)
	}
}

// TestADraftThatIsGoneIsNotACall: what could not be read is said as it is, and a
// store that is away is not a thing that is over.
func TestADraftThatIsGoneIsNotACall(t *testing.T) {
	t.Parallel()
	s := editable(t, mendable)
	o := s.options()
	o.Changes.Draft = func(context.Context, string) (rota.Draft, error) { return rota.Draft{}, errors.New("store away") }
	away, err := New(o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(away.Close)
	v := url.Values{"draft": {"gone"}, "person": {"r-leo"}, "kind": {"sick"}}
	for _, tt := range []struct {
		c    *Console
		want int
		says string
	}{{serve(t, s), http.StatusNotFound, "published or thrown away"}, {away, http.StatusBadGateway, "The store gave no answer"}} {
		for _, r := range []*http.Response{get(t, tt.c, "/rota/change/sick?"+v.Encode()), submit(tt.c, "/rota/change/sick", v)} {
			if html := body(t, r); r.StatusCode != tt.want || !strings.Contains(html, tt.says) || strings.Contains(html, "call is over") {
				t.Errorf("%s: no %q in\n%s", r.Status, tt.says, html)
			}
		}
	}
}

// TestAReasonIsNoPlaceForANumber: what is written beside a change is on boards, in
// the history and in the audit.
func TestAReasonIsNoPlaceForANumber(t *testing.T) {
	t.Parallel()
	s := editable(t, mendable)
	c := serve(t, s)
	where, html := draftOf(t, c, "/rota/change/sick", url.Values{"person": {"r-leo"}, "kind": {"sick"}, leoTonight: {"r-mia"}, leoTomorrow: {"r-mia"}, "back-day": {"21"}, "back-month": {"6"}, "back-year": {"2026"}})
	for _, said := range []string{"ring 07700 900 601 first", "+447700900601", strings.Repeat("long ", 41)} {
		for _, name := range []string{"why", "because"} {
			r := publish(t, c, where, html, url.Values{name: {said}})
			again := body(t, r)
			kept := strings.Contains(again, `href="#why"`) && strings.Contains(again, strings.ReplaceAll(said, "+", "&#43;"))
			if r.StatusCode != http.StatusUnprocessableEntity || name == "why" && !kept {
				t.Errorf("%s %q: %s\n%s", name, said, r.Status, again)
			}
		}
	}
	if got := onShift(s, "mid-north"); got != "r-leo" {
		t.Fatalf("it is in force: %s", got)
	}
	if r := publish(t, c, where, html, url.Values{"why": {"agreed on 2026-06-20 20:00, until 01.07.2026 8:00"}}); r.StatusCode != http.StatusSeeOther {
		t.Errorf("dates: %s", r.Status)
	}
}

// TestEndsOfNumbersAreForTheirTeam, on forms and in tables as on the page of a person.
func TestEndsOfNumbersAreForTheirTeam(t *testing.T) {
	t.Parallel()
	s := editable(t, mendable)
	c := serve(t, s)
	who := signedIn(t, c, "Manager", access.Grant{Role: access.DutyManager, Teams: []string{"southampton"}})
	for _, r := range []*http.Response{
		get(t, c, "/rota/change/details?person=r-leo", who),
		submit(c, "/rota/change/details", url.Values{"person": {"r-leo"}, "name": {""}}, who),
	} {
		if html := body(t, r); r.StatusCode != http.StatusForbidden || strings.Contains(html, "ends 112") {
			t.Errorf("details: %s", r.Status)
		}
	}
	table := body(t, get(t, c, "/rota/import/people.csv", who))
	if strings.Contains(table, "r-leo") || !strings.Contains(table, "r-dev") {
		t.Errorf("a table of another team:\n%s", table)
	}
	if r := get(t, c, "/rota/change/details?person=r-dev", who); r.StatusCode != http.StatusOK {
		t.Errorf("their own: %s", r.Status)
	}
}

// TestWithoutAPlanNothingIsOver: there never was a call, nor a person.
func TestWithoutAPlanNothingIsOver(t *testing.T) {
	t.Parallel()
	s := editable(t, mendable)
	o := s.options()
	o.Rota = func() *rota.Rota { return nil }
	c, err := New(o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	for _, path := range []string{"/rota/change/sick", "/confirm/pause/r-leo", "/people/r-leo", "/rota/import/people.csv"} {
		if html := body(t, get(t, c, path)); !strings.Contains(html, "No plan is in force yet") || strings.Contains(html, "is over") {
			t.Errorf("%s:\n%s", path, html)
		}
	}
}

// TestPublishedTwiceSaysWhatIsInForce: who presses on a draft that another tab has
// published sees which version is in force, and that nothing is left to do.
func TestPublishedTwiceSaysWhatIsInForce(t *testing.T) {
	t.Parallel()
	s := editable(t, mendable)
	c := serve(t, s)
	where, html := draftOf(t, c, "/rota/change/sick", url.Values{"person": {"r-leo"}, "kind": {"sick"}, leoTonight: {"r-mia"}, leoTomorrow: {"r-mia"}, "back-day": {"21"}, "back-month": {"6"}, "back-year": {"2026"}})
	if r := publish(t, c, where, html, nil); r.StatusCode != http.StatusSeeOther {
		t.Fatalf("published: %s", r.Status)
	}
	again := publish(t, c, where, html, nil)
	if text := body(t, again); again.StatusCode != http.StatusNotFound || !strings.Contains(text, "Version 2 is in force, published by") || !strings.Contains(text, ", 03:12.") {
		t.Errorf("%s\n%s", again.Status, text)
	}
}

// TestMyShiftComesFirstForAResponder: a telephone shows the first entries of the
// menu and folds the rest, and their own shift is what a responder comes for.
func TestMyShiftComesFirstForAResponder(t *testing.T) {
	t.Parallel()
	c := serve(t, editable(t, mendable))
	for role, want := range map[access.Role][]string{
		access.Viewer:      {"/", "/rota", "/teams"},
		access.Responder:   {"/", "/my", "/rota"},
		access.DutyManager: {"/", "/rota", "/teams"},
	} {
		who := access.Person{ID: "x", Grants: []access.Grant{{Role: role}}}
		var got []string
		for _, m := range c.menu(&asked{httptest.NewRequest(http.MethodGet, "/my", nil), who})[:3] {
			got = append(got, m.Href)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s: want -, got +\n%s", role, diff)
		}
	}
}
