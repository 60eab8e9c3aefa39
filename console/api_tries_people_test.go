package console

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"example.org/crisisline/call"
	"example.org/crisisline/console/access"
	"example.org/crisisline/console/audit"
)

// leoIsAway puts it in force that Leo is away, and the absence's id where it is
// wanted.
func leoIsAway(p program, path, body string) (string, string) {
	p.Helper()
	to, text := drafted(p, "/rota/drafts/{draft}/publish", `{"revision":{revision}}`)
	if code, said := p.asks("POST", to, text); code != http.StatusOK {
		p.Fatalf("publish: %d %v", code, said)
	}
	_, leo := p.asks("GET", "/people/r-leo", "")
	away := leo["away"].([]any)[0].(map[string]any)
	if away["kind"] != "sick" {
		p.Errorf("away: %v", away)
	}
	return strings.Replace(path, "{absence}", away["id"].(string), 1), body
}

var peopleTries = map[string]try{
	"person": {path: "/people/r-leo", then: func(p program, _ *scene, said map[string]any) {
		if len(said["shifts"].([]any)) < 20 || said["whole"] != nil {
			p.Errorf("%v", said)
		}
	}},
	"hours":       {path: "/hours?team=mid-north&period=week", then: counts("hours", 3)},
	"join":        {path: "/people", body: `{"name":"Nia Bell","number":"07700 900150","team":"mid-north","skills":["young_people"]}`, team: "mid-north", code: http.StatusCreated, kept: audit.Drafted},
	"details":     {path: "/people/r-leo/details", body: `{"skills":["nurse"]}`, team: "mid-north", code: http.StatusCreated, kept: audit.Drafted},
	"leave":       {path: "/people/r-mia/leave", body: `{}`, team: "mid-north", code: http.StatusCreated, kept: audit.Drafted},
	"end-absence": {path: "/rota/absences/{absence}/end", prepare: leoIsAway, team: "mid-north", code: http.StatusCreated, kept: audit.Drafted},
	"import":      {path: "/people/import", body: `{"table":"id,name\nr-leo,Leo B\n"}`, team: "mid-north", code: http.StatusCreated, kept: audit.Imported, then: counts("rows", 1)},
	"people-table": {path: "/people/table", then: func(p program, _ *scene, said map[string]any) {
		if table := said["table"].(string); !strings.Contains(table, "r-leo") || strings.Contains(table, "07700 900112") || strings.Contains(table, "+447700900112") {
			p.Errorf("%s", table)
		}
	}},
}

// TestTheWholeOfSomebodyIsForFew: hours, limits and why somebody is away are for
// who leads their team, and for themselves.
func TestTheWholeOfSomebodyIsForFew(t *testing.T) {
	t.Parallel()
	_, c := whole(t)
	spec := describe(t, c)
	for name, tt := range map[string]struct {
		secret string
		want   bool
	}{
		"themselves":             {tokenAs(t, c, "r-leo", "leo", access.Grant{Role: access.Responder}), true},
		"a lead of their team":   {tokenOf(t, c, "lead", access.Grant{Role: access.ShiftLead, Teams: []string{"mid-north"}}), true},
		"a lead of another team": {tokenOf(t, c, "other", access.Grant{Role: access.ShiftLead, Teams: []string{"portsmouth"}}), false},
		"a colleague":            {tokenAs(t, c, "r-mia", "mia", access.Grant{Role: access.Responder}), false},
	} {
		_, said := program{t, c, tt.secret, spec}.asks("GET", "/people/r-leo", "")
		all, _ := said["whole"].(map[string]any)
		if (all != nil) != tt.want {
			t.Errorf("%s: %v", name, said)
		}
		if tt.want && (len(all["shares"].([]any)) != 4 || all["hours"].(map[string]any)["nights"] == 0.0 || len(all["swaps"].([]any)) != 1) {
			t.Errorf("%s: %v", name, all)
		}
	}
	other := program{t, c, tokenOf(t, c, "manager", access.Grant{Role: access.DutyManager, Teams: []string{"portsmouth"}}), spec}
	if code, said := other.asks("GET", "/hours?team=mid-north", ""); code != http.StatusForbidden {
		t.Errorf("hours of another team: %d %v", code, said)
	}
	_, said := other.asks("GET", "/hours", "")
	for _, h := range said["hours"].([]any) {
		if h.(map[string]any)["team"] != "portsmouth" {
			t.Errorf("hours of another team: %v", h)
		}
	}
}

// TestWhatIsWrongWithPeople is said at its field, without the number that was sent.
func TestWhatIsWrongWithPeople(t *testing.T) {
	t.Parallel()
	s, c := whole(t)
	p := programOf(t, c, access.Grant{Role: access.DutyManager})
	for name, tt := range map[string]struct{ path, body, field string }{
		"a number that is none":  {"/people", `{"name":"Nia","number":"999","team":"mid-north"}`, "body.number"},
		"a team that is none":    {"/people", `{"name":"Nia","number":"07700 900150","team":"nowhere"}`, "body.team"},
		"a tier that is none":    {"/people", `{"name":"Nia","number":"07700 900150","team":"mid-north","tiers":["boss"]}`, "body.tiers"},
		"a skill that is none":   {"/people/r-leo/details", `{"skills":["?"]}`, "body.skills"},
		"a row that is wrong":    {"/people/import", `{"table":"id,name,number\nr-leo,Leo,12\n"}`, "body.table[2]"},
		"nothing would change":   {"/people/import", `{"table":"id,name\nr-leo,Leo Brandt\n"}`, "body.table"},
		"a table that is no CSV": {"/people/import", `{"table":"id,name\n\"r-leo"}`, "body.table"},
	} {
		code, said := p.asks("POST", tt.path, tt.body)
		all, _ := said["errors"].([]any)
		if code != http.StatusUnprocessableEntity || len(all) == 0 || all[0].(map[string]any)["location"] != tt.field {
			t.Errorf("%s: %d %v, want %s", name, code, said, tt.field)
		}
	}
	for _, path := range []string{"/people/r-nobody/details", "/people/r-nobody/leave"} {
		if code, said := p.asks("POST", path, `{}`); code != http.StatusNotFound {
			t.Errorf("%s: %d %v", path, code, said)
		}
	}
	code, d := p.asks("POST", "/people/r-leo/details", `{"name":"Leo B","team":"portsmouth","tiers":["responding"]}`)
	if code != http.StatusCreated {
		t.Fatalf("%d %v", code, d)
	}
	if code, said := p.asks("POST", fmt.Sprintf("/rota/drafts/%s/publish", d["name"]), `{"revision":1,"because":"he moves"}`); code != http.StatusOK {
		t.Fatalf("%d %v", code, said)
	}
	if leo, _ := s.book.Current().Responder("r-leo"); leo.Name != "Leo B" || leo.Team != "portsmouth" || leo.Number.E164() != "+447700900112" || leo.Eligible(call.TierBackup) {
		t.Errorf("%s of %s, proven %v", leo.ID, leo.Team, leo.Proven)
	}
}
