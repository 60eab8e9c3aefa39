package console

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"example.org/crisisline/console/access"
	"example.org/crisisline/console/audit"
	"example.org/crisisline/rota"
)

var teamTries = map[string]try{
	"team": {path: "/teams/mid-north", then: counts("people", 3)},
	"localities": {path: "/localities", then: func(p program, _ *scene, said map[string]any) {
		if len(said["localities"].([]any)) == 0 {
			p.Errorf("%v", said)
		}
	}},
	"look-up":    {path: "/localities/look-up", body: `{"code":"po4"}`, then: said("team", "portsmouth")},
	"lines":      {path: "/lines", then: counts("lines", 3)},
	"mutual-aid": {path: "/mutual-aid", then: counts("all", 9)},

	"merge":          {path: "/teams/merge", body: `{"sources":["mid-north","southampton"],"heir":"southampton","on":"2026-07-01"}`, team: "mid-north southampton", code: http.StatusCreated, kept: audit.Drafted},
	"split":          {path: "/teams/split", body: `{"from":"mid-north","name":"The North","on":"2026-07-01"}`, team: "mid-north", code: http.StatusCreated, kept: audit.Drafted},
	"take-back-team": {path: "/teams/the-north/take-back", team: "mid-north", code: http.StatusCreated, kept: audit.Drafted, arrange: splitOff},
	"help": {path: "/mutual-aid", body: `{"team":"portsmouth","by":"southampton","at_once":2,"start":"22:00","end":"06:00"}`, team: "portsmouth southampton",
		code: http.StatusCreated, kept: audit.Drafted},
	"end-help":  {path: "/mutual-aid/end", body: `{"team":"portsmouth","by":"southampton","since":"2026-01-01","start":"22:00"}`, team: "portsmouth southampton", code: http.StatusCreated, kept: audit.Drafted},
	"move-code": {path: "/localities/move", body: `{"code":"PO4","team":"southampton"}`, team: "portsmouth southampton", code: http.StatusCreated, kept: audit.Drafted},
	"retire":    {path: "/lines/professionals/retire", body: `{"since":"2026-07-01"}`, team: "portsmouth", code: http.StatusCreated, kept: audit.Drafted},
	"restore":   {path: "/lines/old-city/restore", code: http.StatusCreated, kept: audit.Drafted},
}

// TestAMergerIsLookedAtBeforeItHolds: by a program as on the pages, which can go on
// with its draft.
func TestAMergerIsLookedAtBeforeItHolds(t *testing.T) {
	t.Parallel()
	s, c := whole(t)
	p := programOf(t, c, access.Grant{Role: access.Administrator})
	code, d := p.asks("POST", "/teams/merge", `{"sources":["mid-north","southampton"],"name":"Hampshire West","on":"2026-07-01"}`)
	if code != http.StatusCreated {
		t.Fatalf("%d %v", code, d)
	}
	at := fmt.Sprintf("/rota/drafts/%s", d["name"])
	_, looked := p.asks("GET", at, "")
	teams, _ := looked["teams"].(map[string]any)
	if len(teams["before"].([]any)) < 2 || len(teams["after"].([]any)) == 0 || len(teams["happens"].([]any)) == 0 || teams["cut_over"] != "2026-07-01T07:00:00Z" {
		t.Errorf("looked at: %v", teams)
	}
	if html := body(t, get(t, c, at)); !strings.Contains(html, "Hampshire West") {
		t.Errorf("the page does not show it:\n%s", html)
	}
	code, said := p.asks("POST", at+"/publish", fmt.Sprintf(`{"revision":%v,"because":"the board decided it"}`, d["revision"]))
	if code != http.StatusOK {
		t.Fatalf("published: %d %v", code, said)
	}
	if l, ok := s.book.Current().TeamLife("hampshire-west", atNight); !ok || l.Standing != rota.StandingOpening {
		t.Errorf("%+v", l)
	}
	if code, said := p.asks("POST", "/teams/hampshire-west/take-back", ""); code != http.StatusCreated {
		t.Errorf("taken back: %d %v", code, said)
	}
}

// TestWhatIsWrongWithTeams is said at its field.
func TestWhatIsWrongWithTeams(t *testing.T) {
	t.Parallel()
	_, c := whole(t)
	p := programOf(t, c, access.Grant{Role: access.Administrator})
	for name, tt := range map[string]struct{ path, body, field string }{
		"one team":               {"/teams/merge", `{"sources":["mid-north","city"],"name":"X","on":"2026-07-01"}`, "body.sources"},
		"no name":                {"/teams/merge", `{"sources":["mid-north","southampton"],"on":"2026-07-01"}`, "body.name"},
		"an heir of elsewhere":   {"/teams/merge", `{"sources":["mid-north","southampton"],"heir":"portsmouth","on":"2026-07-01"}`, "body.heir"},
		"a day that was":         {"/teams/merge", `{"sources":["mid-north","southampton"],"name":"X","on":"2026-06-01"}`, "body.on"},
		"a time that is none":    {"/teams/merge", `{"sources":["mid-north","southampton"],"name":"X","on":"2026-07-01","at":"25:00"}`, "body.at"},
		"somebody else's people": {"/teams/split", `{"from":"mid-north","name":"X","on":"2026-07-01","people":["r-ben"]}`, "body.people"},
		"one time only":          {"/mutual-aid", `{"team":"portsmouth","by":"mid-north","start":"22:00"}`, "body.end"},
		"a time of no day":       {"/mutual-aid", `{"team":"portsmouth","by":"mid-north","start":"22","end":"06:00"}`, "body.start"},
		"a whole postcode":       {"/localities/look-up", `{"code":"PO4 9ZZ"}`, "body.code"},
		"a whole postcode moved": {"/localities/move", `{"code":"PO4 9ZZ","team":"southampton"}`, "body.code"},
	} {
		code, said := p.asks("POST", tt.path, tt.body)
		var fields []any
		all, _ := said["errors"].([]any)
		for _, e := range all {
			fields = append(fields, e.(map[string]any)["location"])
		}
		if code != http.StatusUnprocessableEntity || !slices.Contains(fields, any(tt.field)) || strings.Contains(fmt.Sprint(said), "9ZZ") {
			t.Errorf("%s: %d %v, want %s", name, code, said, tt.field)
		}
	}
	for _, path := range []string{"/lines/none/retire", "/lines/none/restore", "/teams/none"} {
		method, body := "POST", `{}`
		if path == "/teams/none" {
			method, body = "GET", ""
		}
		if strings.HasSuffix(path, "restore") {
			body = ""
		}
		if code, said := p.asks(method, path, body); code != http.StatusNotFound {
			t.Errorf("%s: %d %v", path, code, said)
		}
	}
}

// TestADraftAskedForTwiceIsOne: by one key, of one program, for one change.
func TestADraftAskedForTwiceIsOne(t *testing.T) {
	t.Parallel()
	s, _ := whole(t)
	var passed atomic.Int64 // what a change is called by itself goes by the moment
	s.now = func() time.Time { return atNight.Add(time.Duration(passed.Add(1)) * time.Millisecond) }
	c := serve(t, s)
	ask := func(secret, body string) (int, string) {
		r := httptest.NewRequest(http.MethodPost, "http://localhost"+apiPrefix+"/rota/sick", strings.NewReader(body))
		r.Header.Set("Authorization", "Bearer "+secret)
		r.Header.Set("Content-Type", "application/json")
		r.Header.Set("Idempotency-Key", "lost-answer-1")
		w := httptest.NewRecorder()
		c.ServeHTTP(w, r)
		var said struct{ Name, Detail string }
		if err := json.Unmarshal(w.Body.Bytes(), &said); err != nil {
			t.Fatal(err)
		}
		return w.Code, said.Name + said.Detail
	}
	one, two := tokenOf(t, c, "one", access.Grant{Role: access.DutyManager}), tokenOf(t, c, "two", access.Grant{Role: access.DutyManager})
	code, name := ask(one, sickLeo)
	if code != http.StatusCreated {
		t.Fatalf("%d %s", code, name)
	}
	if code, again := ask(one, sickLeo); code != http.StatusCreated || again != name {
		t.Errorf("again: %d %s, want %s", code, again, name)
	}
	if code, said := ask(one, strings.Replace(sickLeo, "r-leo", "r-mia", 1)); code != http.StatusConflict || !strings.Contains(said, "used for another change") {
		t.Errorf("for another change: %d %s", code, said)
	}
	if code, other := ask(two, sickLeo); code != http.StatusCreated || other == name {
		t.Errorf("of another program: %d %s", code, other)
	}
	if code, said := ask(one, "{}"); code != http.StatusUnprocessableEntity {
		t.Errorf("nothing: %d %s", code, said)
	}
	if entries := auditOf(t, c.o.Audit); len(entries) != 2 {
		t.Errorf("%d kept, want 2", len(entries))
	}
}
