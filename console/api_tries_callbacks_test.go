package console

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"example.org/crisisline/console/access"
	"example.org/crisisline/console/audit"
)

// promisedBack makes a caller of Portsmouth's owed a callback.
func promisedBack(t *testing.T, s *scene) {
	t.Helper()
	s.past.owes("CAtry1", atNight.Add(-30*time.Minute), time.Time{})
	if s.past.err != nil {
		t.Fatal(s.past.err)
	}
}

func backIs(key string, want any) func(program, *scene, map[string]any) {
	return func(p program, _ *scene, said map[string]any) {
		p.Helper()
		b, _ := said["callback"].(map[string]any)
		if first, _ := said["recorded"].(bool); !first || b[key] != want {
			p.Errorf("%s is not %v: %v", key, want, said)
		}
	}
}

var callbackTries = map[string]try{
	"callbacks": {path: "/callbacks", then: counts("all", 1), arrange: promisedBack},
	"callback":  {path: "/calls/CAtry1/callback", then: said("state", "due"), arrange: promisedBack},
	"owe-callback": {path: "/calls/CAtry3/callback", body: `{"from":"2026-06-20T08:00:00Z","until":"2026-06-20T18:00:00Z"}`, role: access.ShiftLead, team: "portsmouth",
		kept: audit.Recorded, then: backIs("state", "owed"), arrange: asItIs},
	"claim-callback": {path: "/calls/CAtry1/callback/claim", team: "portsmouth", kept: audit.Recorded, then: backIs("claimed_by", "role:responder"), arrange: promisedBack},
	"release-callback": {path: "/calls/CAtry1/callback/release", team: "portsmouth", kept: audit.Recorded, then: backIs("state", "due"),
		arrange: func(t *testing.T, s *scene) {
			promisedBack(t, s)
			if _, _, err := s.past.ClaimCallback(t.Context(), atNight, "CAtry1", "r-ben"); err != nil {
				t.Fatal(err)
			}
		}},
	"try-callback": {path: "/calls/CAtry1/callback/attempts", body: `{"result":"engaged"}`, team: "portsmouth", kept: audit.Recorded,
		then: backIs("last_result", "engaged"), arrange: promisedBack},
	"close-callback": {path: "/calls/CAtry1/callback/close", body: `{"how":"reached","code":"02"}`, team: "portsmouth", kept: audit.Recorded,
		then: backIs("state", "over"), arrange: promisedBack},
}

// TestAProgramRingsBack: from the promise to its end, each step twice.
func TestAProgramRingsBack(t *testing.T) {
	t.Parallel()
	_, c := whole(t)
	p := programOf(t, c, access.Grant{Role: access.ShiftLead})
	other := program{t, c, tokenOf(t, c, "other", access.Grant{Role: access.Administrator}), p.spec}
	const at = "/calls/CAtry3/callback"
	step := func(p program, method, path, body string, code int, says string) map[string]any {
		t.Helper()
		got, said := p.asks(method, path, body)
		detail, _ := said["detail"].(string)
		if got != code || !strings.Contains(detail, says) {
			t.Fatalf("%s %s: %d %v, want %d %q", method, path, got, said, code, says)
		}
		return said
	}
	for field, body := range map[string]string{
		"body.at":    `{"at":"2026-06-20T02:30:00Z"}`,
		"body.from":  `{"from":"2026-12-24T09:00:00Z"}`,
		"body.until": `{"until":"2026-06-20T01:00:00Z"}`,
	} {
		said := step(p, "POST", at, body, http.StatusUnprocessableEntity, "")
		if where := said["errors"].([]any)[0].(map[string]any)["location"]; where != field {
			t.Errorf("wrong at %v, want %s", where, field)
		}
	}
	for _, want := range []bool{true, false} {
		if said := step(p, "POST", at, `{}`, http.StatusOK, ""); said["recorded"] != want {
			t.Errorf("promised: %v, want %v", said, want)
		}
	}
	step(p, "POST", at+"/claim", "", http.StatusOK, "")
	step(p, "POST", at+"/claim", "", http.StatusOK, "") // kept for longer
	step(other, "POST", at+"/claim", "", http.StatusConflict, "A shift lead took it meanwhile, and has it until 03:27")
	for _, want := range []bool{true, false} {
		if said := step(p, "POST", at+"/attempts", `{"result":"voicemail","at":"2026-06-20T02:10:00Z"}`, http.StatusOK, ""); said["recorded"] != want {
			t.Errorf("tried: %v, want %v", said, want)
		}
	}
	step(p, "POST", at+"/close", `{"how":"reached"}`, http.StatusUnprocessableEntity, "outcome that fits")
	for _, want := range []bool{true, false} {
		if said := step(p, "POST", at+"/close", `{"how":"decided","code":"04"}`, http.StatusOK, ""); said["recorded"] != want {
			t.Errorf("closed: %v, want %v", said, want)
		}
	}
	step(p, "POST", at+"/close", `{"how":"not_needed"}`, http.StatusConflict, "It is over")
	step(p, "POST", at+"/claim", "", http.StatusConflict, "It is over")
	step(p, "GET", "/calls/CAtry2/callback", "", http.StatusNotFound, "")
}

// TestAProgramStartsAClock: what was promised runs from when it was decided.
func TestAProgramStartsAClock(t *testing.T) {
	t.Parallel()
	s, c := whole(t)
	p := programOf(t, c, access.Grant{Role: access.ShiftLead})
	if code, said := p.asks("POST", "/calls/CAtry3/record", `{"code":"05","response":"crisis.very_urgent","decided":"2026-06-20T02:05:00Z"}`); code != http.StatusOK {
		t.Fatalf("%d %v", code, said)
	}
	got, err := s.past.FollowUpOf(t.Context(), "CAtry3", "crisis.very_urgent")
	if err != nil || !got.DueAt.Equal(time.Date(2026, 6, 20, 6, 5, 0, 0, time.UTC)) {
		t.Errorf("%+v, %v", got, err)
	}
}

// TestAHardCallIsNotForEveryProgram: that a call was hard is about staff.
func TestAHardCallIsNotForEveryProgram(t *testing.T) {
	t.Parallel()
	_, c := whole(t)
	for role, want := range map[access.Role]bool{access.Responder: false, access.ShiftLead: true} {
		p := program{t, c, tokenOf(t, c, string(role), access.Grant{Role: role}), describe(t, c)}
		hard := false
		_, said := p.asks("GET", "/calls/CAeve", "")
		for _, e := range said["events"].([]any) {
			_, told := e.(map[string]any)["hard"]
			hard = hard || told
		}
		if hard != want {
			t.Errorf("to a %s: %v, want %v", role, hard, want)
		}
	}
}
