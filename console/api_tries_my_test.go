package console

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"example.org/crisisline/console/access"
	"example.org/crisisline/console/audit"
	"example.org/crisisline/queue"
	"example.org/crisisline/rota"
)

// givenAddress makes Leo a calendar address, and puts its id where it is wanted.
func givenAddress(p program, path, body string) (string, string) {
	p.Helper()
	leo := program{p.T, p.c, tokenAs(p.T, p.c, "r-leo", "leo", access.Grant{Role: access.Responder}), p.spec}
	if code, said := leo.asks("POST", "/my/feeds", ""); code != http.StatusCreated || !strings.HasSuffix(said["address"].(string), ".ics") {
		p.Fatalf("address: %d %v", code, said)
	}
	_, said := leo.asks("GET", "/my", "")
	return strings.Replace(path, "{feed}", said["feeds"].([]any)[0].(map[string]any)["id"].(string), 1), body
}

// offeredByLeo has Leo offer Mia a night, and puts the swap's id where it is wanted.
func offeredByLeo(p program, path, body string) (string, string) {
	p.Helper()
	leo := program{p.T, p.c, tokenAs(p.T, p.c, "r-leo", "leo", access.Grant{Role: access.Responder}), p.spec}
	code, said := leo.asks("POST", "/my/swaps", `{"gives":{"shift":"m-night","date":"2026-06-25"},"with":"r-mia"}`)
	if code != http.StatusCreated {
		p.Fatalf("swap: %d %v", code, said)
	}
	return strings.Replace(path, "{swap}", said["id"].(string), 1), body
}

var swapTries = map[string]try{
	"my": {path: "/my", me: "r-leo", then: func(p program, _ *scene, said map[string]any) {
		if len(said["on"].([]any)) != 1 || len(said["shifts"].([]any)) < 40 || said["presence"] != "free" || len(said["swaps"].([]any)) != 1 {
			p.Errorf("%v", said)
		}
	}},
	"my-pause": {path: "/my/pause", body: `{"why":"rest"}`, me: "r-leo", kept: audit.Acted, then: did("break r-leo rest by r-leo")},
	"my-back":  {path: "/my/back", me: "r-leo", kept: audit.Acted, then: did("back r-leo by r-leo")},
	"my-ready": {path: "/my/ready", me: "r-leo", kept: audit.Acted, then: did("end wrap-up r-leo by r-leo")},
	"offer-my-swap": {path: "/my/swaps", body: `{"gives":{"shift":"m-night","date":"2026-06-21"},"with":"r-mia"}`, me: "r-leo", code: http.StatusCreated,
		kept: audit.Published, then: said("state", "offered")},
	"accept-my-swap":  {path: "/my/swaps/{swap}/accept", me: "r-mia", prepare: offeredByLeo, kept: audit.Published, then: said("state", "accepted")},
	"decline-my-swap": {path: "/my/swaps/s-amara/decline", me: "r-harry", kept: audit.Published, then: said("state", "declined")},
	"make-my-feed":    {path: "/my/feeds", me: "r-leo", code: http.StatusCreated, kept: audit.Access},
	"end-my-feed":     {path: "/my/feeds/{feed}", me: "r-leo", prepare: givenAddress, kept: audit.Access, then: said("done", true)},

	"swaps": {path: "/rota/swaps", then: counts("all", 3)},
	"foreseen-swap": {path: "/rota/swaps/s-leo", then: func(p program, _ *scene, said map[string]any) {
		if rings := said["rings"].([]any); len(rings) == 0 || fmt.Sprint(said["can_be_approved"]) != "true" {
			p.Errorf("%v", said)
		}
	}},
	"approve-swap": {path: "/rota/swaps/s-leo/approve", body: "{}", team: "mid-north", kept: audit.Acted, then: said("state", "agreed")},
	"refuse-swap":  {path: "/rota/swaps/s-leo/refuse", team: "mid-north", kept: audit.Acted, then: said("state", "declined")},
}

// TestWhatAProgramDoesAboutMeIsAboutMe: it is nobody's without a responder, and
// says no more than the page does.
func TestWhatAProgramDoesAboutMeIsAboutMe(t *testing.T) {
	t.Parallel()
	s, c := whole(t)
	nobody := programOf(t, c, access.Grant{Role: access.Administrator})
	for _, ask := range [][2]string{{"GET", "/my"}, {"POST", "/my/back"}, {"POST", "/my/feeds"}, {"DELETE", "/my/feeds/x"}} {
		if code, said := nobody.asks(ask[0], ask[1], ""); code != http.StatusForbidden || !strings.Contains(said["detail"].(string), "nobody in the plan") {
			t.Errorf("%v: %d %v", ask, code, said)
		}
	}
	leo := program{t, c, tokenAs(t, c, "r-leo", "leo", access.Grant{Role: access.Responder}), nobody.spec}
	for _, tt := range []struct {
		method, path, body string
		code               int
		says               string
	}{
		{"POST", "/my/pause", `{"why":"weather"}`, http.StatusUnprocessableEntity, "Choose why"},
		{"POST", "/my/swaps", `{"gives":{"shift":"m-night","date":"2026-06-21"},"with":"r-nobody"}`, http.StatusUnprocessableEntity, "nobody of that id"},
		{"POST", "/my/swaps", `{"gives":{"shift":"p-night","date":"2026-06-21"}}`, http.StatusUnprocessableEntity, "not in"},
		{"POST", "/my/swaps/s-amara/accept", "", http.StatusNotFound, "no such thing"},
		{"POST", "/my/swaps/s-leo/accept", "", http.StatusNotFound, "no such thing"},
		{"POST", "/rota/swaps/s-leo/approve", "{}", http.StatusForbidden, "duty manager"},
		{"DELETE", "/my/feeds/x", "", http.StatusNotFound, "no such thing"},
	} {
		if code, said := leo.asks(tt.method, tt.path, tt.body); code != tt.code || !strings.Contains(said["detail"].(string), tt.says) {
			t.Errorf("%s: %d %v, want %d %q", tt.path, code, said, tt.code, tt.says)
		}
	}
	if got := s.done(); len(got) > 0 {
		t.Errorf("did %q", got)
	}
}

// TestWhatIsOfferedTwiceIsOneSwap: a program whose answer was lost asks again.
func TestWhatIsOfferedTwiceIsOneSwap(t *testing.T) {
	t.Parallel()
	s, c := whole(t)
	leo := program{t, c, tokenAs(t, c, "r-leo", "leo", access.Grant{Role: access.Responder}), describe(t, c)}
	ids := map[any]bool{}
	for range 2 {
		code, said := leo.asks("POST", "/my/swaps", `{"gives":{"shift":"m-night","date":"2026-06-21"}}`)
		if ids[said["id"]] = true; code != http.StatusCreated {
			t.Fatalf("%d %v", code, said)
		}
	}
	if n := len(s.book.Current().Plan().Swaps.Offers); n != 4 || len(ids) != 1 {
		t.Errorf("%d swaps, %v", n, ids)
	}
	if all, err := s.book.History(t.Context(), 1); err != nil || all[0].Who != "token:leo" {
		t.Errorf("a program is not told from whose it is: %+v, %v", all, err)
	}
}

// TestADecidedSwapIsNotDecidedOtherwise: the same again is as good, the other is a
// conflict that says what it is now; nobody approves their own.
func TestADecidedSwapIsNotDecidedOtherwise(t *testing.T) {
	t.Parallel()
	s, c := whole(t)
	p := programOf(t, c, access.Grant{Role: access.DutyManager})
	mia := program{t, c, tokenAs(t, c, "r-mia", "mia", access.Grant{Role: access.DutyManager}), p.spec}
	if code, said := mia.asks("POST", "/rota/swaps/s-leo/approve", "{}"); code != http.StatusUnprocessableEntity || !strings.Contains(said["detail"].(string), "a side of it") {
		t.Errorf("one's own: %d %v", code, said)
	}
	for range 2 {
		if code, said := p.asks("POST", "/rota/swaps/s-leo/approve", `{}`); code != http.StatusOK || said["state"] != string(rota.SwapAgreed) {
			t.Errorf("%d %v", code, said)
		}
	}
	for range 2 {
		if code, said := p.asks("POST", "/rota/swaps/s-leo/refuse", ""); code != http.StatusOK || said["state"] != string(rota.SwapDeclined) {
			t.Errorf("taken back: %d %v", code, said)
		}
	}
	if code, said := p.asks("POST", "/rota/swaps/s-leo/approve", "{}"); code != http.StatusConflict || !strings.Contains(said["detail"].(string), "decided already: declined") {
		t.Errorf("approved after all: %d %v", code, said)
	}
	s.refusal = queue.WhyRinging
	if code, said := (program{t, c, tokenAs(t, c, "r-leo", "leo", access.Grant{Role: access.Responder}), p.spec}).asks("POST", "/my/pause", `{"why":"rest"}`); code != http.StatusConflict || !strings.Contains(said["detail"].(string), "rings for a caller at this moment") {
		t.Errorf("a break while it rings: %d %v", code, said)
	}
}
