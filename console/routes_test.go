package console

import (
	"go/ast"
	"go/parser"
	"go/token"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"slices"
	"strings"
	"testing"

	"example.org/crisisline/console/access"
	"example.org/crisisline/rota"
)

// TestNoAddressIsOutsideTheTable: handlers are given to a mux in routes.go
// alone, from the table, and the assets, which need nobody.
func TestNoAddressIsOutsideTheTable(t *testing.T) {
	t.Parallel()
	files, err := os.ReadDir(".")
	if err != nil {
		t.Fatal(err)
	}
	var found []string
	for _, f := range files {
		if !strings.HasSuffix(f.Name(), ".go") || strings.HasSuffix(f.Name(), "_test.go") {
			continue
		}
		set := token.NewFileSet()
		parsed, err := parser.ParseFile(set, f.Name(), nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(parsed, func(n ast.Node) bool {
			call, ok := n.(*ast.CallExpr)
			if !ok {
				return true
			}
			of, ok := call.Fun.(*ast.SelectorExpr)
			if ok && (of.Sel.Name == "Handle" || of.Sel.Name == "HandleFunc") {
				pattern := "another"
				switch a := call.Args[0].(type) {
				case *ast.BasicLit:
					pattern = a.Value
				case *ast.SelectorExpr:
					pattern = a.X.(*ast.Ident).Name + "." + a.Sel.Name
				}
				found = append(found, f.Name()+" "+pattern)
			}
			return true
		})
	}
	slices.Sort(found)
	if want := []string{`routes.go "/"`, `routes.go "GET /assets/"`, "routes.go r.Pattern"}; !slices.Equal(found, want) {
		t.Errorf("handlers are given to a mux at %q, want %q", found, want)
	}
}

// TestNothingIsDoneForAnotherSite: no POST of the table is answered when a page
// elsewhere sends it, whoever is signed in.
func TestNothingIsDoneForAnotherSite(t *testing.T) {
	t.Parallel()
	c := serve(t, editable(t, mendable))
	for _, to := range c.table() {
		method, path, ok := strings.Cut(to.Pattern, " ")
		if !ok || method == http.MethodGet {
			continue
		}
		for name, header := range map[string][2]string{
			"another site": {"Sec-Fetch-Site", "cross-site"}, "a neighbour": {"Sec-Fetch-Site", "same-site"},
			"an old browser": {"Origin", "https://evil.example"}, "a page of nobody's": {"Origin", "null"},
		} {
			w := httptest.NewRecorder()
			r := here(httptest.NewRequest(method, path, nil))
			r.Header.Set(header[0], header[1])
			c.ServeHTTP(w, r)
			if w.Code != http.StatusForbidden || !strings.Contains(w.Body.String(), "cross-origin") {
				t.Errorf("%s, from %s: %d %s", to.Pattern, name, w.Code, w.Body)
			}
		}
	}
}

// teamless are the POSTs that concern no team, with why. Everything else needs a
// line in ofAnotherTeam.
var teamless = map[string]string{
	"POST /sign-in":      "the way in",
	"POST /sign-in/code": "the way in",
	"POST /sign-in/as":   "the way in",
	"POST /sign-out":     "about oneself",
	"POST /audit/export": "reading is not limited by team, and is kept",

	"POST /my/pause":              "about oneself, which TestWhatIDoIsAboutMe asks",
	"POST /my/back":               "about oneself",
	"POST /my/ready":              "about oneself",
	"POST /my/swap":               "about one's own shift",
	"POST /my/swaps/{id}/accept":  "about oneself",
	"POST /my/swaps/{id}/decline": "about oneself",
	"POST /my/feeds":              "about oneself",
	"POST /my/feeds/{id}/revoke":  "about oneself",

	"POST /rota/import/numbers": "about every team, which TestPeopleAsTables asks",
	"POST /localities":          "a question, posted so that no place is in an address",
}

// ofAnotherTeam is something of Portsmouth's for each POST that may be: whoever is
// everything, but for the Isle of Wight alone, must be refused it.
var ofAnotherTeam = map[string][]deed{
	"POST /actions/{action}/{id}": {
		{"/actions/ring-again/CA05", nil, "isle-of-wight"},
		{"/actions/ring-person/CA05", url.Values{"person": {"r-jo"}}, "isle-of-wight"},
		{"/actions/widen/CA05", url.Values{"beyond": {"1"}}, "isle-of-wight"},
		{"/actions/hand-over/CA05", url.Values{"team": {"southampton"}, "from": {"isle-of-wight"}}, "isle-of-wight"},
		{"/actions/pause/r-jo", url.Values{"why": {"rest"}}, "portsmouth"},
		{"/actions/back/r-jo", nil, "portsmouth"},
		{"/actions/end-wrap-up/r-ben", nil, "portsmouth"},
	},
	"POST /rota/change/{way}": {
		{"/rota/change/sick", url.Values{"person": {"r-leo"}, "kind": {"sick"}, leoTonight: {"r-mia"}, leoTomorrow: {"r-mia"}, "back-day": {"21"}, "back-month": {"6"}, "back-year": {"2026"}}, "mid-north"},
		{"/rota/change/replace", url.Values{"person": {"r-leo"}, "by": {"r-mia"}}, "mid-north"},
		{"/rota/change/join", url.Values{"name": {"Nia"}, "number": {"07700 900150"}, "team": {"mid-north"}, "tiers": {"backup"}}, "mid-north"},
		{"/rota/change/details", url.Values{"person": {"r-leo"}, "name": {"Leo"}, "team": {"mid-north"}, "tiers": {"responding"}}, "mid-north"},
		{"/rota/change/leave", url.Values{"person": {"r-leo"}, "by": {"r-mia"}}, "mid-north"},
	},
	"POST /rota/swaps/{id}/approve":     {{"/rota/swaps/s-leo/approve", nil, "mid-north"}},
	"POST /rota/swaps/{id}/refuse":      {{"/rota/swaps/s-leo/refuse", nil, "mid-north"}},
	"POST /rota/import":                 {{"/rota/import", url.Values{"table": {"id,name\nr-leo,Leo B\n"}}, "mid-north"}},
	"POST /people/{id}/number":          {{"/people/r-leo/number", url.Values{"reason": {"reach"}}, "mid-north"}},
	"POST /rota/drafts/{name}/publish":  {{"/rota/drafts/{draft}/publish", url.Values{"revision": {"1"}}, "mid-north"}},
	"POST /rota/drafts/{name}/catch-up": {{"/rota/drafts/{draft}/catch-up", nil, "mid-north"}},
	"POST /rota/drafts/{name}/drop":     {{"/rota/drafts/{draft}/drop", url.Values{"revision": {"1"}}, "mid-north"}},
	"POST /teams/change/{way}":          {{"/teams/change/split", url.Values{"from": {"mid-north"}, "name": {"The North"}}, "mid-north"}},
	"POST /teams/take-back/{id}":        {{"/teams/take-back/the-north", nil, "mid-north"}},
	"POST /rota/undo":                   {{"/rota/undo", url.Values{"version": {"2"}}, "mid-north"}},
}

// deed is one submission, and whose business it is.
type deed struct {
	path string
	form url.Values
	team string
}

// splitOff publishes that a part of the north is to leave it.
func splitOff(t *testing.T, s *scene) {
	t.Helper()
	p, err := rota.SplitTeam(s.book.Current().Plan(), rota.Parting{
		From: "mid-north", ID: "the-north", Name: "The North", CutOver: rota.CutOver{On: rota.Date{Year: 2026, Month: 7, Day: 1}},
	}, atNight)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.book.Publish(t.Context(), atNight, rota.Change{Who: "x", Why: "split", Plan: p, Expect: s.book.Current().Version()}); err != nil {
		t.Fatal(err)
	}
}

// TestWhatConcernsATeamIsAskedAgain: a role for some teams is none for the
// others, at every address that changes anything.
func TestWhatConcernsATeamIsAskedAgain(t *testing.T) {
	t.Parallel()
	for _, to := range serve(t, editable(t, withSwap)).table() {
		method, path, ok := strings.Cut(to.Pattern, " ")
		if !ok || method == http.MethodGet || teamless[to.Pattern] != "" || strings.HasPrefix(path, apiPrefix) { // api_test.go asks those
			continue
		}
		deeds := ofAnotherTeam[to.Pattern]
		if len(deeds) == 0 {
			t.Errorf("%s is not in ofAnotherTeam: whose business is it?", to.Pattern)
		}
		for _, d := range deeds {
			t.Run(d.path, func(t *testing.T) {
				t.Parallel()
				s := editable(t, withSwap)
				c := serve(t, s)
				draft := ""
				if strings.Contains(d.path, "{draft}") {
					where, _ := draftOf(t, c, "/rota/change/sick", ofAnotherTeam["POST /rota/change/{way}"][0].form)
					draft = strings.TrimPrefix(where, "/rota/drafts/")
				}
				if strings.HasPrefix(d.path, "/rota/undo") {
					replace := ofAnotherTeam["POST /rota/change/{way}"][1]
					submit(c, replace.path, replace.form)
				}
				if strings.HasPrefix(d.path, "/teams/take-back") {
					splitOff(t, s)
				}
				before := onShift(s, "mid-north")
				path := strings.ReplaceAll(d.path, "{draft}", draft)
				other := signedIn(t, c, "Other", access.Grant{Role: access.Administrator, Teams: []string{"elsewhere"}})
				if r := submit(c, path, d.form, other); r.StatusCode != http.StatusForbidden {
					t.Fatalf("for another team: %s\n%s", r.Status, body(t, r))
				}
				if got := onShift(s, "mid-north"); got != before || len(s.done()) > 0 {
					t.Errorf("it was done all the same: %s, %q", got, s.done())
				}
				own := signedIn(t, c, "Own", access.Grant{Role: access.Administrator, Teams: []string{d.team}})
				if r := submit(c, path, d.form, own); r.StatusCode != http.StatusSeeOther && r.StatusCode != http.StatusOK {
					t.Errorf("for their own: %s\n%s", r.Status, body(t, r))
				}
			})
		}
	}
}
