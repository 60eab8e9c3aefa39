package console

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"example.org/crisisline/console/access"
	"example.org/crisisline/console/audit"
	"example.org/crisisline/rota"
)

// managerOf signs in whoever answers for some teams' rota; for every team's when
// none is named.
func managerOf(t testing.TB, c *Console, teams ...string) *http.Cookie {
	t.Helper()
	return signedIn(t, c, "manager of "+strings.Join(teams, " "), access.Grant{Role: access.DutyManager, Teams: teams})
}

// TestWhoReadsWhichEntries: whoever answers for some teams reads of those and of
// the whole service, on the page, in a download and by the API alike.
func TestWhoReadsWhichEntries(t *testing.T) {
	t.Parallel()
	s := editable(t, mendable)
	c := serve(t, s)
	for i, e := range []audit.Entry{
		{About: "CA100", Teams: []string{"mid-north"}},
		{About: "CA200", Teams: []string{"southampton"}},
		{About: "CA300", Teams: []string{"southampton", "mid-north"}},
		{About: "CA400", Teams: []string{rota.EveryTeam}},
		{About: "CA500"}, // from before entries said whose they are, and about nobody
		{About: "r-leo"}, // of Mid and North Hampshire
		{About: "r-dev"}, // of Southampton
		{What: audit.Refused, About: "waive", After: "southampton"},
		{What: audit.Refused, About: "undo_of_mid", After: "mid-north"},
	} {
		if e.At, e.Who = atNight, fmt.Sprintf("by-%d", i); e.What == "" {
			e.What, e.After = audit.Acted, "ring-again"
		}
		if _, err := c.o.Audit.Add(t.Context(), e); err != nil {
			t.Fatal(err)
		}
	}
	all := []int{0, 1, 2, 3, 4, 5, 6, 7, 8}
	for name, tt := range map[string]struct {
		who  *http.Cookie
		want []int
		says string
	}{
		"one team’s":    {managerOf(t, c, "mid-north"), []int{0, 2, 3, 5, 8}, "You see what concerns Mid and North Hampshire and the whole service."},
		"another’s":     {managerOf(t, c, "southampton"), []int{1, 2, 3, 6, 7}, "You see what concerns Southampton and"},
		"two teams’":    {managerOf(t, c, "southampton", "mid-north"), []int{0, 1, 2, 3, 5, 6, 7, 8}, "Mid and North Hampshire and Southampton and the whole"},
		"every team’s":  {managerOf(t, c), all, ""},
		"administrator": {nil, all, ""},
	} {
		var who []*http.Cookie
		if tt.who != nil {
			who = append(who, tt.who)
		}
		html := body(t, get(t, c, "/audit", who...))
		if !strings.Contains(html, tt.says) || tt.says == "" && strings.Contains(html, "You see what concerns") {
			t.Errorf("%s: what is seen is not said", name)
		}
		for way, text := range map[string]string{
			"page": html,
			"csv":  body(t, submit(c, "/audit/export", url.Values{"format": {"csv"}}, who...)),
			"json": body(t, submit(c, "/audit/export", url.Values{"format": {"jsonl"}}, who...)),
			"api":  body(t, get(t, c, "/api/v1/audit?limit=500", who...)),
		} {
			for _, i := range all {
				if got, want := strings.Contains(text, fmt.Sprintf("by-%d", i)), slices.Contains(tt.want, i); got != want {
					t.Errorf("%s, %s: entry %d is there: %v, want %v", name, way, i, got, want)
				}
			}
		}
	}
	if html := body(t, get(t, c, "/audit?kind=exported")); !strings.Contains(html, "csv , of Mid and North Hampshire") && !strings.Contains(html, "csv, of Mid and North Hampshire") {
		t.Errorf("whose entries were downloaded is not kept:\n%s", html)
	}
}

// TestWhatIsDoneSaysWhoseItIs: what is done on the pages is kept with the teams
// that it concerns, without anybody having to say so.
func TestWhatIsDoneSaysWhoseItIs(t *testing.T) {
	t.Parallel()
	s := editable(t, mendable)
	c := serve(t, s)
	mid := managerOf(t, c, "mid-north")
	where, html := draftOf(t, c, "/rota/change/sick", leoIsSick(url.Values{leoTonight: {"none"}, leoTomorrow: {"none"}, "back-day": {"21"}}))
	_ = publish(t, c, where, html, url.Values{"because": {"somebody comes"}})
	submit(c, "/actions/pause/r-dev", url.Values{"why": {"rest"}})
	submit(c, "/actions/ring-again/CA05", nil)
	get(t, c, "/rota/change/sick?person=r-dev", mid)
	submit(c, "/sign-out", nil, mid)
	want := map[string]string{
		audit.Drafted: "mid-north", "acted r-dev": "southampton", "acted CA05": "isle-of-wight",
		audit.Refused: "southampton", audit.SignedIn: "mid-north", audit.SignedOut: "mid-north",
	}
	found, err := c.o.Audit.Newest(t.Context(), 0, 50)
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]string{}
	for _, e := range found {
		key := e.What
		if e.What == audit.Acted {
			key += " " + e.About
		}
		got[key] = strings.Join(e.Teams, " ")
	}
	for key, teams := range want {
		if got[key] != teams {
			t.Errorf("%s: whose business it is: %q, want %q", key, got[key], teams)
		}
	}
	for key, teams := range got {
		if teams == "" {
			t.Errorf("%s does not say whose business it is", key)
		}
	}
}

// TestWhoReadsWhichChanges: drafts and versions that concern only other teams are
// neither listed nor shown, nor told by what they were in the way of.
func TestWhoReadsWhichChanges(t *testing.T) {
	t.Parallel()
	s := editable(t, mendable)
	c := serve(t, s)
	mid := managerOf(t, c, "mid-north")
	devIsSick := url.Values{"person": {"r-dev"}, "kind": {"sick"}, "back-day": {"22"}, "back-month": {"6"}, "back-year": {"2026"}}
	theirs, _ := draftOf(t, c, "/rota/change/sick", devIsSick)
	ours, _ := draftOf(t, c, "/rota/change/sick", leoIsSick(nil))
	for _, page := range []string{"/rota", "/api/v1/rota/drafts"} {
		html := body(t, get(t, c, page, mid))
		if strings.Contains(html, strings.TrimPrefix(theirs, "/rota/drafts/")) || !strings.Contains(html, strings.TrimPrefix(ours, "/rota/drafts/")) {
			t.Errorf("%s lists other teams’ drafts, or not ours:\n%s", page, html)
		}
	}
	if r := get(t, c, ours, mid); r.StatusCode != http.StatusOK {
		t.Errorf("ours: %s", r.Status)
	}
	for _, page := range []string{theirs, "/api/v1" + theirs} {
		if r := get(t, c, page, mid); r.StatusCode != http.StatusForbidden || strings.Contains(body(t, r), "Dev Patel") {
			t.Errorf("%s: %s", page, r.Status)
		}
	}
	for _, op := range []rota.Op{rota.ReportAbsence{Person: "r-mia", Kind: rota.AbsentTraining}, rota.ReportAbsence{Person: "r-ewa", Kind: rota.AbsentSick}} {
		if _, err := s.book.Do(t.Context(), atNight, op, "r-kit", "", rota.How{Emergency: true}); err != nil {
			t.Fatal(err)
		}
	}
	for page, says := range map[string]string{"/audit/plans": "You see what concerned Mid and North Hampshire and the whole service.", "/api/v1/rota/versions": `"version":2`, ours: "And 1 change of other teams’ rotas."} {
		html := body(t, get(t, c, page, mid))
		compact := strings.ReplaceAll(html, `"version": `, `"version":`)
		if strings.Contains(html, "Ewa Nowak") || strings.Contains(html, "r-ewa") || !strings.Contains(html, "Mia Thorne") && !strings.Contains(html, "r-mia") || !strings.Contains(compact, says) {
			t.Errorf("%s tells of other teams, or not of ours, or does not say %q:\n%s", page, says, html)
		}
	}
	for page, want := range map[string]int{"/audit/1": http.StatusOK, "/audit/2": http.StatusOK, "/audit/3": http.StatusForbidden, "/rota/undo": http.StatusForbidden} {
		if r := get(t, c, page, mid); r.StatusCode != want {
			t.Errorf("%s: %s, want %d", page, r.Status, want)
		}
	}
	if html := body(t, get(t, c, "/audit/plans", mid)); strings.Contains(html, "/rota/undo") || strings.Contains(html, "in force") {
		t.Errorf("what is another team’s to undo is offered:\n%s", html)
	}
	r := submit(c, "/rota/undo", url.Values{"version": {"2"}}, mid)
	if html := body(t, r); r.StatusCode != http.StatusForbidden || strings.Contains(html, "Ewa Nowak") || s.book.Current().Version() != 3 {
		t.Errorf("%s\n%s", r.Status, html)
	}
	if html := body(t, get(t, c, "/audit/plans")); !strings.Contains(html, "Ewa Nowak") || !strings.Contains(html, "/rota/undo") {
		t.Errorf("an administrator does not see all:\n%s", html)
	}
}
