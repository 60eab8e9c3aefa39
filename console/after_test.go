package console

import (
	"context"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"example.org/crisisline/call"
	"example.org/crisisline/console/access"
	"example.org/crisisline/console/audit"
	"example.org/crisisline/queue"
)

// owed is a scene in which something is owed.
func owed(t testing.TB) *scene {
	t.Helper()
	s := nights(t)
	if err := whatIsOwed(s.past); err != nil {
		t.Fatal(err)
	}
	return s
}

var (
	owedWhat = regexp.MustCompile(`<p class="owed__what">([^<]*)</p>`)
	owedTag  = regexp.MustCompile(`<p class="owed__state"><strong[^>]*>([^<]*)`)
)

func all(re *regexp.Regexp, html string) (found []string) {
	for _, m := range re.FindAllStringSubmatch(html, -1) {
		found = append(found, strings.TrimSpace(m[1]))
	}
	return found
}

// TestWhatIsOwed is in order: by team, the worst first; a callback is one row;
// what ran out is below, without a reason first.
func TestWhatIsOwed(t *testing.T) {
	t.Parallel()
	c := serve(t, owed(t))
	r := get(t, c, "/follow-ups")
	html := body(t, r)
	holdsPromises(t, r, html)
	want := []string{
		"Seen face to face, urgent", "Ring back the caller who asked at 02:51",
		"Debrief offered to Amara Okafor", "Ring back the caller who asked at 01:37", "Seen face to face, very urgent",
		"Ring back the caller who asked at 02:47", "Ring back the caller who asked at 02:27", "Seen face to face, semi-urgent",
	}
	if diff := cmp.Diff(want, all(owedWhat, html)); diff != "" {
		t.Error(diff)
	}
	states := []string{"Overdue by", "Due in", "Overdue by", "Overdue by", "Overdue by", "Taken, due in", "May be rung in", "Due in"}
	if diff := cmp.Diff(states, all(owedTag, html)); diff != "" {
		t.Error(diff)
	}
	for _, want := range []string{
		"4 overdue", "2 due", "1 taken by somebody", "1 not to be rung yet", "Ben Carter has it until 03:17", "Not before 12:12, first try by 12:42, over by 13:12",
		`action="/calls/CAtry1/callback/take"`, `href="/follow-ups/end/CAday/crisis.urgent"`, `href="/follow-ups/why/CAhid/referrer.response"`,
		"the referrer was answered, 10 minutes late", "Already reviewed (1)", "Nobody was free", `data-again="20"`,
	} {
		if !strings.Contains(html, want) {
			t.Errorf("it does not say %q", want)
		}
	}
	if strings.Contains(html, `action="/calls/CAtry3/callback/take"`) {
		t.Error("one that is not safe to ring yet can be taken")
	}

	html = body(t, get(t, c, "/follow-ups?team=mid-north"))
	if diff := cmp.Diff(want[:2], all(owedWhat, html)); diff != "" {
		t.Error(diff)
	}
	if html = body(t, get(t, c, "/follow-ups?team=southampton")); !strings.Contains(html, "Nothing is owed by Southampton") {
		t.Error("a team that owes nothing is not told")
	}
	if html = body(t, get(t, serve(t, nights(t)), "/calls/CAeve/callback")); !strings.Contains(html, "Nobody promised to ring that caller back") {
		t.Error("a callback nobody promised has a page")
	}
}

// TestWhoSeesAndDoesWhatIsOwed: all who may read calls see the list; only those
// of the team act on it; what is owed to staff is theirs and their leads'.
func TestWhoSeesAndDoesWhatIsOwed(t *testing.T) {
	t.Parallel()
	c := serve(t, owed(t))
	as := func(role access.Role, responder string, teams ...string) string {
		who := access.Person{ID: "x", Responder: responder, Grants: []access.Grant{{Role: role, Teams: teams}}}
		return body(t, askingAs(c.followUps, who, "", nil))
	}
	for name, tt := range map[string]struct {
		html                       string
		debrief, take, end, review bool
	}{
		"a responder of the team":      {as(access.Responder, "r-ben", "portsmouth"), false, true, true, false},
		"a responder of another":       {as(access.Responder, "r-dev", "southampton"), false, false, false, false},
		"the responder who had it":     {as(access.Responder, "r-amara", "southampton"), true, false, false, false},
		"a shift lead of the team":     {as(access.ShiftLead, "", "portsmouth"), true, true, true, true},
		"a shift lead of another team": {as(access.ShiftLead, "", "mid-north"), false, false, false, false},
	} {
		got := []bool{
			strings.Contains(tt.html, "Debrief offered to Amara"), strings.Contains(tt.html, "/calls/CAtry1/callback/take"),
			strings.Contains(tt.html, "/follow-ups/end/CAeve/crisis.very_urgent"), strings.Contains(tt.html, "/follow-ups/why/CAeve/crisis.very_urgent"),
		}
		if diff := cmp.Diff([]bool{tt.debrief, tt.take, tt.end, tt.review}, got); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
	story := func(role access.Role, responder string) string {
		return body(t, askingAs(c.story, access.Person{ID: "x", Responder: responder, Grants: []access.Grant{{Role: role}}}, "CAeve", nil))
	}
	for who, hard := range map[string]bool{story(access.Responder, "r-ben"): false, story(access.Responder, "r-amara"): true, story(access.ShiftLead, ""): true} {
		if strings.Contains(who, "A hard call") != hard || strings.Contains(who, "debrief") != hard {
			t.Errorf("that the call was hard is told: %v, want %v", !hard, hard)
		}
	}
}

// TestAPromiseIsEnded at the moment it happened; one that was late is asked about.
func TestAPromiseIsEnded(t *testing.T) {
	t.Parallel()
	s := owed(t)
	c := serve(t, s)
	html := body(t, get(t, c, "/follow-ups/end/CAeve/crisis.very_urgent"))
	for _, want := range []string{"It is 47 minutes overdue.", `value="03:12"`, "They were seen", "Recorded by mistake"} {
		if !strings.Contains(html, want) {
			t.Errorf("it does not ask with %q", want)
		}
	}
	if html := body(t, get(t, c, "/follow-ups/end/CAeve/debrief.offered")); !strings.Contains(html, "A debrief was offered, and declined") || strings.Contains(html, "They were seen") {
		t.Error("a debrief ends as a visit does")
	}
	for name, tt := range map[string]struct {
		v     url.Values
		field string
	}{
		"nothing":                {url.Values{"at": {"03:00"}}, "how"},
		"no end of ours":         {url.Values{"how": {"offered"}, "at": {"03:00"}}, "how"},
		"no time":                {url.Values{"how": {"seen"}, "at": {"early"}}, "at"},
		"a time to come":         {url.Values{"how": {"seen"}, "at": {"today 09:00"}}, "at"},
		"before it was promised": {url.Values{"how": {"seen"}, "at": {"yesterday 22:00"}}, "at"},
	} {
		r := submit(c, "/follow-ups/end/CAeve/crisis.very_urgent", tt.v)
		if html := body(t, r); r.StatusCode != http.StatusUnprocessableEntity || !strings.Contains(html, `id="`+tt.field+`-error"`) {
			t.Errorf("%s: %d", name, r.StatusCode)
		} else {
			holdsPromises(t, r, html)
		}
	}
	r := submit(c, "/follow-ups/end/CAeve/crisis.very_urgent", url.Values{"how": {"seen"}, "at": {"03:00"}})
	if to := r.Header.Get("Location"); r.StatusCode != http.StatusSeeOther || to != "/follow-ups/why/CAeve/crisis.very_urgent?done=ended" {
		t.Fatalf("%d to %s", r.StatusCode, to)
	}
	f, err := s.past.FollowUpOf(t.Context(), "CAeve", "crisis.very_urgent")
	if err != nil || f.How != "seen" || !f.DoneAt.Equal(time.Date(2026, 6, 20, 2, 0, 0, 0, time.UTC)) || f.DoneBy != "role:administrator" {
		t.Errorf("%+v, %v", f, err)
	}
	if r = submit(c, "/follow-ups/end/CAtry3/crisis.semi_urgent", url.Values{"how": {"declined"}, "at": {"03:00"}}); r.Header.Get("Location") != "/follow-ups?done=ended" {
		t.Errorf("one in time leads to %s", r.Header.Get("Location"))
	}
	if r = submit(c, "/follow-ups/end/CAtry3/crisis.semi_urgent", url.Values{"how": {"seen"}, "at": {"03:01"}}); r.Header.Get("Location") != "/follow-ups?done=same" {
		t.Errorf("a second end leads to %s", r.Header.Get("Location"))
	}
	if r = get(t, c, "/follow-ups/end/CAtry3/same_day"); r.StatusCode != http.StatusNotFound {
		t.Errorf("what nobody promised: %d", r.StatusCode)
	}

	r = submit(c, "/follow-ups/why/CAeve/crisis.very_urgent", url.Values{})
	if html := body(t, r); r.StatusCode != http.StatusUnprocessableEntity || !strings.Contains(html, "happened 35 minutes later") {
		t.Errorf("no reason: %d", r.StatusCode)
	}
	if r = submit(c, "/follow-ups/why/CAeve/crisis.very_urgent", url.Values{"reason": {"travel"}}); r.Header.Get("Location") != "/follow-ups?done=reviewed" {
		t.Errorf("%d to %s", r.StatusCode, r.Header.Get("Location"))
	}
	if r = submit(c, "/follow-ups/why/CAtry3/crisis.semi_urgent", url.Values{"reason": {"travel"}}); r.StatusCode != http.StatusConflict {
		t.Errorf("why one that was in time was late: %d", r.StatusCode)
	}
	var said []string
	for _, e := range append(s.audited(t, c, audit.Reviewed), s.audited(t, c, audit.Recorded)...) {
		said = append(said, e.About+" "+e.After)
	}
	want := []string{"CAeve crisis.very_urgent travel", "CAtry3 crisis.semi_urgent declined 2026-06-20T02:00:00Z", "CAeve crisis.very_urgent seen 2026-06-20T02:00:00Z"}
	if diff := cmp.Diff(want, said); diff != "" {
		t.Error(diff)
	}
}

// TestTheirOwnDebrief may be recorded by the responder, and by nobody less than
// a lead besides.
func TestTheirOwnDebrief(t *testing.T) {
	t.Parallel()
	c := serve(t, owed(t))
	for responder, want := range map[string]int{"r-amara": http.StatusOK, "r-ben": http.StatusForbidden} {
		who := access.Person{ID: "x", Responder: responder, Grants: []access.Grant{{Role: access.Responder, Teams: []string{"portsmouth"}}}}
		do := func(w http.ResponseWriter, r *asked) {
			r.SetPathValue("category", queue.CategoryDebrief)
			c.askEnd(w, r)
		}
		if r := askingAs(do, who, "CAeve", nil); r.StatusCode != want {
			t.Errorf("%s: %d, want %d", responder, r.StatusCode, want)
		}
	}
}

// TestWhatIsOwedWithoutAStore says so, and what may or may not have been done.
func TestWhatIsOwedWithoutAStore(t *testing.T) {
	t.Parallel()
	s := owed(t)
	o := s.options()
	o.After.Done = func(context.Context, time.Time, call.ID, string, string, time.Time, string) (queue.FollowUp, bool, error) {
		return queue.FollowUp{}, false, errStore
	}
	o.After.Reviewed = func(context.Context, time.Time, call.ID, string, string, string) (bool, error) {
		return false, errStore
	}
	o.After.Callbacks = func(context.Context, int) ([]queue.Callback, error) { return nil, errStore }
	o.After.Callback = func(context.Context, call.ID) (queue.Callback, bool, error) { return queue.Callback{}, false, errStore }
	c, err := New(o)
	if err != nil {
		t.Fatal(err)
	}
	c.patience = time.Minute
	for path, v := range map[string]url.Values{
		"/follow-ups/end/CAeve/crisis.very_urgent": {"how": {"seen"}, "at": {"03:00"}}, "/follow-ups/why/CAeve/crisis.very_urgent": {"reason": {"travel"}},
		"/calls/CAtry1/callback/take": {}, "/calls/CAtry1/callback/try": {"result": {"engaged"}, "at": {"03:00"}},
	} {
		if r := submit(c, path, v); r.StatusCode != http.StatusBadGateway {
			t.Errorf("%s: %d", path, r.StatusCode)
		}
	}
	if r := get(t, c, "/follow-ups"); r.StatusCode != http.StatusBadGateway {
		t.Errorf("the list: %d", r.StatusCode)
	}
	if got := s.audited(t, c, audit.Recorded); got != nil {
		t.Errorf("the audit says it was: %+v", got)
	}
}

// TestEveryPromiseHasWords: what may be promised, how it may end, and why it may
// have been late.
func TestEveryPromiseHasWords(t *testing.T) {
	t.Parallel()
	s := nights(t)
	for _, f := range s.options().Calls.Promises {
		if promiseWords[f.Name] == "" {
			t.Errorf("%s has no words", f.Name)
		}
		for _, how := range f.EndsAs() {
			if endedWords[how] == "" {
				t.Errorf("the end %s has no words", how)
			}
		}
	}
	for _, reason := range queue.FollowUpReasons {
		if lateWords[reason] == "" {
			t.Errorf("the reason %s has no words", reason)
		}
	}
	for _, result := range queue.CallbackResults {
		if triedWords[result] == "" {
			t.Errorf("the result %s has no words", result)
		}
	}
	for _, how := range append(append([]string{}, queue.FollowUpEnds...), queue.CallbackEnds...) {
		if endedWords[how] == "" {
			t.Errorf("the end %s has no words", how)
		}
	}
}
