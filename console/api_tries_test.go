package console

import (
	"fmt"
	"maps"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"example.org/crisisline/console/access"
	"example.org/crisisline/console/audit"
)

// try is one operation done once.
type try struct {
	path, body string
	role       access.Role // the least that is enough for this one, where its own is not
	me         string      // whose token it is, where it is about them
	team       string      // whose business it is; "" for nobody's in particular
	code       int         // 0: 200
	kept       string      // kind of the audit's entry
	prepare    func(p program, path, body string) (string, string)
	arrange    func(t *testing.T, s *scene) // it wants a night of its own
	then       func(p program, s *scene, said map[string]any)
}

const sickLeo = `{"person":"r-leo","kind":"sick","end":"2026-06-21T08:00"}`

// drafted makes a draft, and puts its name and revision where they are wanted.
func drafted(p program, path, body string) (string, string) {
	p.Helper()
	code, d := p.asks("POST", "/rota/sick", sickLeo)
	if code != http.StatusCreated {
		p.Fatalf("draft: %d %v", code, d)
	}
	for _, op := range []string{
		`{"do":"add_override","teams":["mid-north"],"tier":"responding","add":"r-mia","end":"2026-06-20T08:00"}`,
		`{"do":"add_override","teams":["mid-north"],"tier":"responding","add":"r-mia","start":"2026-06-20T20:00","end":"2026-06-21T08:00"}`,
	} {
		if code, said := p.asks("POST", "/rota/operations", fmt.Sprintf(`{"draft":%q,"operations":[%s]}`, d["name"], op)); code != http.StatusCreated {
			p.Fatalf("go on with it: %d %v", code, said)
		}
	}
	fill := strings.NewReplacer("{draft}", d["name"].(string), "{revision}", "3")
	return fill.Replace(path), fill.Replace(body)
}

func said(key string, want any) func(program, *scene, map[string]any) {
	return func(p program, _ *scene, said map[string]any) {
		p.Helper()
		if diff := cmp.Diff(want, said[key]); diff != "" {
			p.Errorf("%s: %s", key, diff)
		}
	}
}

func did(what string) func(program, *scene, map[string]any) {
	return func(p program, s *scene, said map[string]any) {
		p.Helper()
		if got := s.done(); len(got) != 1 || !strings.HasPrefix(got[0], what) || said["done"] != any(true) {
			p.Errorf("did %q, said %v; want %q", got, said, what)
		}
	}
}

func counts(key string, want int) func(program, *scene, map[string]any) {
	return func(p program, _ *scene, said map[string]any) {
		p.Helper()
		if got, _ := said[key].([]any); len(got) != want {
			p.Errorf("%d %s, want %d: %v", len(got), key, want, said[key])
		}
	}
}

func nowOn(want string) func(program, *scene, map[string]any) {
	return func(p program, s *scene, _ map[string]any) {
		p.Helper()
		if got := onShift(s, "mid-north"); got != want {
			p.Errorf("on shift: %s, want %s", got, want)
		}
	}
}

func asItIs(*testing.T, *scene) {}

// ranOut makes what was promised run out, hours later.
func ranOut(t *testing.T, s *scene) {
	t.Helper()
	if _, err := s.past.FollowUpsMissed(t.Context(), atNight.Add(24*time.Hour), 100); err != nil {
		t.Fatal(err)
	}
}

// tries has a line for each operation there is.
var tries = func() map[string]try {
	all := map[string]try{}
	for _, some := range []map[string]try{firstTries, callbackTries, swapTries, teamTries, peopleTries, reportTries} {
		maps.Copy(all, some)
	}
	return all
}()

var firstTries = map[string]try{
	"me":       {path: "/me", then: said("id", "token:least")},
	"board":    {path: "/board", then: counts("callers", 2)},
	"figures":  {path: "/figures", then: said("received", 38.0)},
	"on-shift": {path: "/on-shift?team=mid-north", then: counts("on_shift", 4)},
	"rota":     {path: "/rota?team=mid-north&from=2026-06-20T07:00:00Z&until=2026-06-21T07:00:00Z", then: counts("spans", 6)},
	"people":   {path: "/people", then: counts("all", 13)},
	"teams":    {path: "/teams", then: counts("all", 4)},
	"calls":    {path: "/calls?team=portsmouth", then: counts("calls", 4)},
	"story":    {path: "/calls/CAeve", then: said("id", "CAeve")},
	"audit":    {path: "/audit?limit=5", kept: audit.Exported, then: said("holds", true)},

	pressRingAgain:  {path: "/calls/CA05/ring-again", team: "isle-of-wight", kept: audit.Acted, then: did("ring again CA05")},
	pressRingPerson: {path: "/calls/CA05/ring-person", body: `{"person":"r-jo"}`, team: "isle-of-wight", kept: audit.Acted, then: did("ring r-jo for CA05")},
	pressWiden:      {path: "/calls/CA05/widen", body: `{"beyond":1}`, team: "isle-of-wight", kept: audit.Acted, then: did("widen CA05 beyond 1")},
	pressHandOver: {path: "/calls/CA05/hand-over", body: `{"team":"southampton","from":"isle-of-wight"}`, team: "isle-of-wight", kept: audit.Acted,
		then: did("hand over CA05 from isle-of-wight to southampton")},
	pressPause:     {path: "/people/r-jo/pause", body: `{"why":"rest"}`, team: "portsmouth", kept: audit.Acted, then: did("break r-jo rest")},
	pressBack:      {path: "/people/r-jo/back", team: "portsmouth", kept: audit.Acted, then: did("back r-jo")},
	pressEndWrapUp: {path: "/people/r-ben/end-wrap-up", team: "portsmouth", kept: audit.Acted, then: did("end wrap-up r-ben")},
	"record": {path: "/calls/CAtry3/record", body: `{"code":"02","hard":true}`, role: access.ShiftLead, team: "portsmouth", kept: audit.Recorded,
		then: said("recorded", true), arrange: asItIs},

	"follow-ups": {path: "/follow-ups", then: counts("open", 1)},
	"end-follow-up": {path: "/follow-ups/CAeve/crisis.very_urgent/end", body: `{"how":"seen"}`, team: "portsmouth", kept: audit.Recorded,
		then: said("how", "seen"), arrange: asItIs},
	"review-follow-up": {path: "/follow-ups/CAeve/crisis.very_urgent/review", body: `{"reason":"travel"}`, team: "portsmouth", kept: audit.Reviewed,
		then: said("recorded", true), arrange: ranOut},

	"replace": {path: "/rota/replace", body: `{"person":"r-leo","by":"r-mia"}`, team: "mid-north", then: nowOn("r-mia")},
	"sick":    {path: "/rota/sick", body: sickLeo, team: "mid-north", code: http.StatusCreated, kept: audit.Drafted, then: nowOn("r-leo")},
	"cover": {path: "/rota/cover", body: `{"teams":["mid-north"],"tier":"responding","add":"r-mia","remove":"r-leo","end":"2026-06-20T08:00"}`, team: "mid-north",
		code: http.StatusCreated, kept: audit.Drafted, then: nowOn("r-leo")},
	"take": {path: "/rota/take", body: `{"person":"r-mia","slot":{"shift":"m-night","date":"2026-06-21"}}`, team: "mid-north", code: http.StatusCreated, kept: audit.Drafted},
	"swap": {path: "/rota/swap", body: `{"person":"r-leo","gives":{"shift":"m-night","date":"2026-06-21"},"with":"r-mia"}`, team: "mid-north",
		code: http.StatusCreated, kept: audit.Drafted},
	"operations": {path: "/rota/operations", body: `{"operations":[{"do":"report_absence","person":"r-leo","kind":"sick"}]}`, team: "mid-north",
		code: http.StatusCreated, kept: audit.Drafted},
	"drafts": {path: "/rota/drafts", prepare: drafted, then: counts("all", 1)},
	"draft": {path: "/rota/drafts/{draft}", prepare: drafted, then: func(p program, _ *scene, said map[string]any) {
		if said["passes"] != any(true) || said["stale"] != any(false) || len(said["rings"].([]any)) == 0 || said["draft"].(map[string]any)["revision"] != 3.0 {
			p.Errorf("draft: %v", said)
		}
	}},
	"publish":  {path: "/rota/drafts/{draft}/publish", body: `{"revision":{revision},"why":"she is ill"}`, prepare: drafted, team: "mid-north", then: nowOn("r-mia")},
	"catch-up": {path: "/rota/drafts/{draft}/catch-up", prepare: drafted, team: "mid-north", kept: audit.Drafted},
	"drop":     {path: "/rota/drafts/{draft}?revision={revision}", prepare: drafted, team: "mid-north", kept: audit.Drafted, then: nowOn("r-leo")},
	"versions": {path: "/rota/versions", then: counts("all", 1)},
	"undo": {path: "/rota/undo", body: `{"version":2}`, team: "mid-north", then: nowOn("r-leo"), prepare: func(p program, path, body string) (string, string) {
		if code, said := p.asks("POST", "/rota/replace", `{"person":"r-leo","by":"r-mia"}`); code != http.StatusOK {
			p.Fatalf("replace: %d %v", code, said)
		}
		return path, body
	}},
}
