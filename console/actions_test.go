package console

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"example.org/crisisline/call"
	"example.org/crisisline/console/access"
	"example.org/crisisline/console/audit"
	"example.org/crisisline/queue"
)

func post(h http.Handler, path, site string) *http.Response {
	w := httptest.NewRecorder()
	r := here(httptest.NewRequest(http.MethodPost, path, nil))
	r.Header.Set("Sec-Fetch-Site", site)
	h.ServeHTTP(w, r)
	return w.Result()
}

// pressed posts a button's form.
func pressed(h http.Handler, path string, entered url.Values, as ...string) *http.Response {
	w := httptest.NewRecorder()
	r := here(httptest.NewRequest(http.MethodPost, path, strings.NewReader(entered.Encode())))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Header.Set("Sec-Fetch-Site", append(as, "same-origin")[0])
	h.ServeHTTP(w, r)
	return w.Result()
}

const anAdministrator = " by role:administrator"

func TestActions(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, path string
		entered    url.Values
		comes      queue.Why
		did, done  string
	}{
		{"ring again", "ring-again/CA03", nil, queue.WhyRung, "ring again CA03", "A phone is rung again"},
		{"ring this person", "ring-person/CA03", url.Values{"person": {"r-jo"}}, queue.WhyRung, "ring r-jo for CA03", "Their phone is rung"},
		{"bring in the next", "widen/CA03", url.Values{"beyond": {"1"}}, queue.WhyRung, "widen CA03 beyond 1", "one of them is rung"},
		{"nobody there is free", "widen/CA03", url.Values{"beyond": {"1"}}, queue.WhyNobodyFree, "widen CA03 beyond 1", "None of them is free"},
		{"hand over", "hand-over/CA03", url.Values{"team": {"southampton"}, "from": {"portsmouth"}}, queue.WhyHandedOver,
			"hand over CA03 from portsmouth to southampton", "The caller is the other team’s now"},
		{"a break", "pause/r-jo", url.Values{"why": {"rest"}}, queue.WhySet, "break r-jo rest", "No phone of theirs rings"},
		{"recovery", "pause/r-ben", url.Values{"why": {"recovery"}}, queue.WhySet, "break r-ben recovery", "No phone of theirs rings"},
		{"away", "pause/r-jo", url.Values{"why": {"unwell"}}, queue.WhySet, "away r-jo unwell", "No phone of theirs rings"},
		{"back", "back/r-chloe", nil, queue.WhySet, "back r-chloe", "They can be rung again"},
		{"end wrap-up", "end-wrap-up/r-ben", nil, queue.WhySet, "end wrap-up r-ben", "Their wrap-up is over"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			s := allScenes(t)["full"]
			s.comes = tt.comes
			c := serve(t, s)
			if r := get(t, c, "/confirm/"+tt.path); r.StatusCode != http.StatusOK || len(s.done()) > 0 {
				t.Fatalf("asking: %s, did %q, want nothing yet", r.Status, s.done())
			}
			if r := pressed(c, "/actions/"+tt.path, tt.entered, "cross-site"); r.StatusCode != http.StatusForbidden || len(s.done()) > 0 {
				t.Fatalf("from another site: %s, did %q, want 403 and nothing", r.Status, s.done())
			}
			r := pressed(c, "/actions/"+tt.path, tt.entered)
			if r.StatusCode != http.StatusSeeOther {
				t.Fatalf("doing: %s, want 303", r.Status)
			}
			if d := cmp.Diff([]string{tt.did + anAdministrator}, s.done()); d != "" {
				t.Error(d)
			}
			if html := body(t, get(t, c, r.Header.Get("Location"))); !strings.Contains(html, tt.done) {
				t.Errorf("the board does not say %q", tt.done)
			}
			kept, err := c.o.Audit.Newest(t.Context(), 0, 1)
			if err != nil || len(kept) != 1 || kept[0].What != audit.Acted || kept[0].Role != "administrator" {
				t.Errorf("the audit: %+v, %v", kept, err)
			}
		})
	}
}

func TestActionsThatDoNothing(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name, path string
		entered    url.Values
		refusal    queue.Why
		fail       error
		want       int
		says       string
	}{
		{"call that is over", "/actions/ring-again/CA08", nil, "", nil, 404, "Nothing was changed"},
		{"call nobody knows", "/actions/ring-again/CA99", nil, "", nil, 404, "Nothing was changed"},
		{"person nobody knows", "/actions/pause/r-zoe", url.Values{"why": {"rest"}}, "", nil, 404, "Nothing was changed"},
		{"action nobody knows", "/actions/dismiss/r-jo", nil, "", nil, 404, "Nothing was changed"},
		{"store gone", "/actions/back/r-jo", nil, "", errStore, 502, "gave no clear answer"},
		{"nobody chosen", "/actions/ring-person/CA03", nil, "", nil, 422, "Choose who is rung"},
		{"no team chosen", "/actions/hand-over/CA03", nil, "", nil, 422, "Choose a team"},
		{"no reason chosen", "/actions/pause/r-jo", nil, "", nil, 422, "Choose a reason"},
		{"a reason there is not", "/actions/pause/r-jo", url.Values{"why": {"sulking"}}, "", nil, 422, "Choose a reason"},
		{"a reason that is the service's", "/actions/pause/r-jo", url.Values{"why": {"missed_calls"}}, "", nil, 422, "Choose a reason"},
		{"on a break", "/actions/ring-person/CA03", url.Values{"person": {"r-jo"}}, queue.WhyOnBreak, nil, 409, "set them back first"},
		{"off shift", "/actions/ring-person/CA03", url.Values{"person": {"r-harry"}}, queue.WhyOffShift, nil, 409, "Replace now"},
		{"talking", "/actions/hand-over/CA01", url.Values{"team": {"southampton"}}, queue.WhyConnected, nil, 409, "cannot be handed over"},
		{"with a caller", "/actions/pause/r-amara", url.Values{"why": {"recovery"}}, queue.WhyOnCall, nil, 409, "when the call is over"},
		{"so already", "/actions/widen/CA03", url.Values{"beyond": {"0"}}, queue.WhyAlready, nil, 303, ""},
		{"a page nobody was shown", "/actions/widen/CA03", url.Values{"beyond": {"-1"}}, "", nil, 303, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			s := allScenes(t)["full"]
			s.fail, s.refusal = tt.fail, tt.refusal
			c := serve(t, s)
			r := pressed(c, tt.path, tt.entered)
			html := body(t, r)
			if r.StatusCode != tt.want || len(s.done()) > 0 || strings.Contains(html, errStore.Error()) {
				t.Errorf("%s, did %q; the page must not quote the error", r.Status, s.done())
			}
			if !strings.Contains(html, tt.says) {
				t.Errorf("does not say %q:\n%s", tt.says, html)
			}
			if kept, err := c.o.Audit.Newest(t.Context(), 0, 1); err != nil || len(kept) > 0 {
				t.Errorf("the audit has what was not done: %+v, %v", kept, err)
			}
		})
	}
}

// TestEveryOutcomeHasWords: whatever comes of a press is said.
func TestEveryOutcomeHasWords(t *testing.T) {
	t.Parallel()
	for _, why := range queue.Whys {
		if whyWords[why] == "" {
			t.Errorf("%s has no words", why)
		}
	}
	for to, whys := range call.Pauses {
		for _, why := range whys {
			if to != call.PresenceFree && (pauseText[why].Text == "" || pauseText[why].State == "") {
				t.Errorf("%s has no words", why)
			}
		}
	}
	for name := range (&Console{}).everyAction() {
		if _, ok := didWords[name]; !ok {
			t.Errorf("%s is done without a word", name)
		}
	}
}

// TestQuestions: whoever presses is told what it will cost.
func TestQuestions(t *testing.T) {
	t.Parallel()
	tests := []struct{ name, scene, path, says string }{
		{"the last one of a team", "quiet", "pause/r-femi", "Nobody else can be rung for Mid and North Hampshire."},
		{"the only duty manager", "quiet", "pause/r-jo", "Nobody else is on shift as duty manager."},
		{"why", "quiet", "pause/r-jo", "Recovery after a hard call"},
		{"answered meanwhile", "full", "ring-again/CA01", "Somebody has answered this caller meanwhile."},
		{"back, but off shift", "quiet", "back/r-harry", "They are not on shift now"},
		{"wrap-up over meanwhile", "quiet", "end-wrap-up/r-dev", "They are no longer in wrap-up."},
		{"who will be rung", "quiet", "ring-again/CA05", "Grace Hughes"},
		{"who may be rung", "quiet", "ring-person/CA05", `value="r-femi"`},
		{"who cannot be", "quiet", "ring-person/CA05", "(on a call)"},
		{"who joins", "quiet", "widen/CA05", "without waiting for their time"},
		{"they joined meanwhile", "full", "widen/CA04?beyond=0", "They have joined meanwhile."},
		{"to which team", "quiet", "hand-over/CA05", `value="portsmouth"`},
		{"how strong it is", "quiet", "hand-over/CA05", "people free"},
		{"not to the same", "quiet", "hand-over/CA05", `name="from" value="isle-of-wight"`},
		{"talking", "full", "hand-over/CA01", "A caller who is talking cannot be handed over"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			html := body(t, get(t, serve(t, allScenes(t)[tt.scene]), "/confirm/"+tt.path))
			if !strings.Contains(html, tt.says) {
				t.Errorf("no %q in:\n%s", tt.says, html)
			}
		})
	}
}

// TestNobodyIsChosenForWhoeverPresses: a form that rings or moves somebody begins
// with nothing chosen.
func TestNobodyIsChosenForWhoeverPresses(t *testing.T) {
	t.Parallel()
	c := serve(t, allScenes(t)["quiet"])
	for _, path := range []string{"ring-person/CA05", "hand-over/CA05", "pause/r-jo"} {
		if html := body(t, get(t, c, "/confirm/"+path)); strings.Contains(html, " checked") || strings.Contains(html, " selected") {
			t.Errorf("%s: something is chosen already", path)
		}
	}
}

// TestActionsOfOtherTeams: a lead of one team acts on its callers and people alone.
func TestActionsOfOtherTeams(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name, path string
		teams      []string
		role       access.Role
		want       int
	}{
		{"own caller", "ring-again/CA03", []string{"portsmouth"}, access.ShiftLead, 303},
		{"another team's caller", "ring-again/CA05", []string{"portsmouth"}, access.ShiftLead, 403},
		{"another team's caller handed over to oneself", "hand-over/CA05?team=portsmouth", []string{"portsmouth"}, access.ShiftLead, 403},
		{"another team's person", "back/r-dev", []string{"portsmouth"}, access.ShiftLead, 403},
		{"a responder", "ring-again/CA03", nil, access.Responder, 403},
		{"a viewer", "ring-again/CA03", nil, access.Viewer, 403},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			s := allScenes(t)["full"]
			c := serve(t, s)
			r := &asked{here(httptest.NewRequest(http.MethodPost, "/actions/"+tt.path, nil)), access.Person{ID: "p", Grants: []access.Grant{{Role: tt.role, Teams: tt.teams}}}}
			name, id, _ := strings.Cut(tt.path, "/")
			id, _, _ = strings.Cut(id, "?")
			r.SetPathValue("action", name)
			r.SetPathValue("id", id)
			w := httptest.NewRecorder()
			c.act(w, r)
			if w.Code != tt.want || (w.Code == 303) != (len(s.done()) == 1) {
				t.Errorf("status %d, did %q, want %d", w.Code, s.done(), tt.want)
			}
		})
	}
}

// TestTheLedgerSaysWhoByIdOrRole: a name, an address or a code never.
func TestTheLedgerSaysWhoByIdOrRole(t *testing.T) {
	t.Parallel()
	c := serve(t, allScenes(t)["full"])
	lead := []access.Grant{{Role: access.ShiftLead}}
	for _, tt := range []struct {
		who  access.Person
		want call.By
	}{
		{access.Person{ID: "sub-1", Name: "Jo Example", Responder: "r-jo", Grants: lead}, "r-jo"},
		{access.Person{ID: "jo@example.org", Name: "Jo Example", Grants: lead}, "role:shift_lead"},
		{access.Person{ID: "jo@example.org", Responder: "Jo Example", Grants: lead}, "role:shift_lead"},
		{access.Person{ID: "code:Jo Example", Grants: []access.Grant{{Role: access.DutyManager}}}, "role:duty_manager"},
	} {
		if got := c.by(tt.who); got != tt.want || !got.Fits() {
			t.Errorf("%s: %q, want %q", tt.who.ID, got, tt.want)
		}
	}
}

// TestButtonsNobodyHandedIn are not there, and cannot be pressed.
func TestButtonsNobodyHandedIn(t *testing.T) {
	t.Parallel()
	o := allScenes(t)["full"].options()
	o.Actions = Actions{}
	c, err := New(o)
	if err != nil {
		t.Fatal(err)
	}
	if html := body(t, get(t, c, "/")); strings.Contains(html, "/confirm/") {
		t.Error("there is a button without a function")
	}
	if r := post(c, "/actions/pause/r-jo", "same-origin"); r.StatusCode != http.StatusNotFound {
		t.Errorf("pressed all the same: %s", r.Status)
	}
}

// TestDegradedBoardOffersNoButtons: they all need the store.
func TestDegradedBoardOffersNoButtons(t *testing.T) {
	t.Parallel()
	html := body(t, get(t, serve(t, allScenes(t)["degraded"]), "/"))
	if strings.Contains(html, "/confirm/") {
		t.Error("there is a button that cannot work")
	}
	if strings.Contains(html, "data-since") {
		t.Error("a clock runs on for a caller nobody can see")
	}
}
