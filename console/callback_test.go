package console

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"example.org/crisisline/call"
	"example.org/crisisline/console/access"
	"example.org/crisisline/console/audit"
	"example.org/crisisline/queue"
)

// TestACallbackFromPromiseToEnd, as people go through it.
func TestACallbackFromPromiseToEnd(t *testing.T) {
	t.Parallel()
	s := nights(t)
	c := serve(t, s)
	goes := func(path string, v url.Values, to string) {
		t.Helper()
		r := submit(c, path, v)
		if r.StatusCode != http.StatusSeeOther || r.Header.Get("Location") != to {
			t.Fatalf("%s: %d to %q: %s", path, r.StatusCode, r.Header.Get("Location"), body(t, r))
		}
		if r = get(t, c, to); r.StatusCode != http.StatusOK {
			t.Fatalf("%s: %d", to, r.StatusCode)
		}
		holdsPromises(t, r, body(t, r))
	}
	html := body(t, get(t, c, "/calls/CAtry3"))
	if !strings.Contains(html, "Promise to ring back") {
		t.Fatal("the call's page offers no promise")
	}
	goes("/calls/CAtry3/callback/promise", url.Values{"at": {"02:00"}, "from": {"03:05"}, "until": {"tomorrow 03:05"}}, "/calls/CAtry3/callback?done=promised")
	html = body(t, get(t, c, "/calls/CAtry3/callback"))
	for _, want := range []string{"From 03:05 until Sun 03:05", "by an administrator", `href="/calls/CAtry3/number"`, "Take it", "Record a try", "Never name the service."} {
		if !strings.Contains(html, want) {
			t.Errorf("the callback does not say %q", want)
		}
	}
	if html = body(t, get(t, c, "/calls/CAtry3")); strings.Contains(html, "Promise to ring back") || !strings.Contains(html, "Ring back the caller who asked at 02:00") {
		t.Error("the call's page does not say that they are owed a callback")
	}
	goes("/calls/CAtry3/callback/promise", url.Values{"at": {"02:00"}}, "/calls/CAtry3/callback?done=before")
	goes("/calls/CAtry3/callback/take", nil, "/calls/CAtry3/callback?done=taken")

	ben := access.Person{ID: "x", Responder: "r-ben", Grants: []access.Grant{{Role: access.Responder}}}
	r := askingAs(c.take, ben, "CAtry3", url.Values{})
	if html := body(t, r); r.StatusCode != http.StatusConflict || !strings.Contains(html, "An administrator took it meanwhile, and has it until 03:27") || !strings.Contains(html, "A shift lead of the team can see the number") {
		t.Errorf("taking what somebody else has: %d", r.StatusCode)
	}
	goes("/calls/CAtry3/callback/try", url.Values{"result": {"someone_else"}, "at": {"03:10"}}, "/calls/CAtry3/callback?done=tried")
	goes("/calls/CAtry3/callback/try", url.Values{"result": {"someone_else"}, "at": {"03:10"}}, "/calls/CAtry3/callback?done=same")
	goes("/calls/CAtry3/callback/give-back", nil, "/follow-ups?done=back")
	goes("/calls/CAtry3/callback/give-back", nil, "/follow-ups?done=same")
	goes("/calls/CAtry3/callback/try", url.Values{"result": {"reached"}, "at": {"03:12"}}, "/calls/CAtry3/callback/end?at=03%3A12&how=reached")
	if html := body(t, get(t, c, "/calls/CAtry3/callback/end?at=03%3A12&how=reached")); !strings.Contains(html, `value="reached" checked`) || !strings.Contains(html, `value="03:12"`) {
		t.Error("what was said of the try is asked again")
	}
	goes("/calls/CAtry3/callback/end", url.Values{"how": {"reached"}, "code": {"02"}, "at": {"03:12"}}, "/follow-ups?done=closed")
	goes("/calls/CAtry3/callback/end", url.Values{"how": {"reached"}, "code": {"02"}, "at": {"03:12"}}, "/follow-ups?done=gone")
	goes("/calls/CAtry3/callback/take", nil, "/follow-ups?done=gone")

	b, _, err := s.past.Callback(t.Context(), "CAtry3")
	if err != nil || b.How != "reached" || b.Code != call.CodeAdvice || b.Attempts != 2 || b.By != "role:administrator" || !b.SafeUntil.Equal(atNight.Add(24*time.Hour).Truncate(time.Hour).Add(5*time.Minute)) {
		t.Errorf("%+v, %v", b, err)
	}
	if html = body(t, get(t, c, "/calls/CAtry3")); !strings.Contains(html, "The callback is over, says an administrator") || !strings.Contains(html, "Somebody else answered: nothing was said") {
		t.Error("the story does not tell the callback to its end")
	}
	var said []string
	for _, e := range s.audited(t, c, audit.Recorded) {
		said = append(said, e.After)
	}
	want := []string{"callback reached 02", "callback tried reached", "callback give-back", "callback tried someone_else", "callback take", "callback promised, over by 2026-06-20T03:05:00Z"}
	if diff := cmp.Diff(want, said); diff != "" {
		t.Error(diff)
	}
}

func TestWhatIsWrongWithACallback(t *testing.T) {
	t.Parallel()
	c := serve(t, owed(t))
	for name, tt := range map[string]struct {
		path  string
		v     url.Values
		field string
	}{
		"no result":                   {"try", url.Values{"at": {"03:00"}}, "result"},
		"no result of ours":           {"try", url.Values{"result": {"fine"}, "at": {"03:00"}}, "result"},
		"tried before they asked":     {"try", url.Values{"result": {"engaged"}, "at": {"01:00"}}, "at"},
		"tried in the future":         {"try", url.Values{"result": {"engaged"}, "at": {"today 05:00"}}, "at"},
		"no end":                      {"end", url.Values{"at": {"03:00"}}, "how"},
		"reached, and no outcome":     {"end", url.Values{"how": {"reached"}, "at": {"03:00"}}, "code"},
		"ended at no time":            {"end", url.Values{"how": {"not_needed"}, "at": {""}}, "at"},
		"promised for no time":        {"promise", url.Values{"at": {"02:00"}, "from": {"soon"}}, "from"},
		"promised until no time":      {"promise", url.Values{"at": {"02:00"}, "until": {"late"}}, "until"},
		"promised with no time left":  {"promise", url.Values{"at": {"02:00"}, "from": {"18:00"}, "until": {"today 17:00"}}, "until"},
		"promised for another season": {"promise", url.Values{"at": {"02:00"}, "from": {"24 December 09:00"}}, "from"},
		"asked before they rang":      {"promise", url.Values{"at": {"00:10"}}, "at"},
		"asked in the future":         {"promise", url.Values{"at": {"today 05:00"}}, "at"},
	} {
		r := submit(c, "/calls/CAtry1/callback/"+tt.path, tt.v)
		html := body(t, r)
		if r.StatusCode != http.StatusUnprocessableEntity || !strings.Contains(html, `id="`+tt.field+`-error"`) {
			t.Errorf("%s: %d, or it does not say so at %s", name, r.StatusCode, tt.field)
		}
		holdsPromises(t, r, html)
	}
	// What is no outcome when they were not reached is left out.
	if r := submit(c, "/calls/CAtry1/callback/end", url.Values{"how": {"not_needed"}, "code": {"02"}, "at": {"03:00"}}); r.Header.Get("Location") != "/follow-ups?done=closed" {
		t.Errorf("not needed, with an outcome: %d to %s", r.StatusCode, r.Header.Get("Location"))
	}
}

// TestWhoMayRingBack: those of the team; whoever promises it had the caller or
// leads the team.
func TestWhoMayRingBack(t *testing.T) {
	t.Parallel()
	c := serve(t, owed(t))
	for name, tt := range map[string]struct {
		who           access.Person
		take, promise int
	}{
		"a responder of the team":             {access.Person{ID: "x", Responder: "r-ben", Grants: []access.Grant{{Role: access.Responder, Teams: []string{"portsmouth"}}}}, http.StatusSeeOther, http.StatusForbidden},
		"who had the caller, of another team": {access.Person{ID: "x", Responder: "r-dev", Grants: []access.Grant{{Role: access.Responder, Teams: []string{"southampton"}}}}, http.StatusForbidden, http.StatusSeeOther},
	} {
		if r := askingAs(c.take, tt.who, "CAtry1", url.Values{}); r.StatusCode != tt.take {
			t.Errorf("%s takes: %d, want %d", name, r.StatusCode, tt.take)
		}
		if r := askingAs(c.keepOwe, tt.who, "CAtry3", url.Values{"at": {"02:30"}}); r.StatusCode != tt.promise {
			t.Errorf("%s promises: %d, want %d", name, r.StatusCode, tt.promise)
		}
	}
}

// TestACallbackThatIsNotSafeNow says so, before and after.
func TestACallbackThatIsNotSafeNow(t *testing.T) {
	t.Parallel()
	b := theirs{owing: owing{names: names{plan(t, atNight, nil), london(t)}, now: atNight}, Callback: queue.Callback{
		Call: "CA1", Team: "portsmouth", AskedAt: atNight.Add(-2 * time.Hour), StartedAt: atNight.Add(-2 * time.Hour),
		AttemptDue: atNight.Add(-time.Hour), CloseDue: atNight, SafeUntil: atNight.Add(-time.Minute), Attempts: 3, LastAt: atNight.Add(-time.Hour), LastResult: "no_answer", LastBy: "r-ben",
	}}
	p := b.page()
	if !strings.Contains(p.Warning, "is not any more") || !p.Enough || !strings.Contains(strings.Join(p.Rules, " "), "Tried 3 times: decide what is done instead") || p.NoWay == "" || p.Does != nil {
		t.Errorf("%+v", p)
	}
	b.SafeUntil, b.SafeFrom, b.StartedAt = time.Time{}, atNight.Add(time.Hour), atNight.Add(time.Hour)
	if p := b.page(); !strings.Contains(p.Warning, "not safe to ring before 04:12") {
		t.Errorf("%+v", p)
	}
}

// TestANumberThatGoesSoonIsSaidLoudly: before it is deleted whoever looks at what is
// owed cannot miss it, and afterwards what became of it is told.
func TestANumberThatGoesSoonIsSaidLoudly(t *testing.T) {
	t.Parallel()
	s := owed(t)
	now := atNight
	s.now = func() time.Time { return now }
	c := serve(t, s)
	const loud = "cannot be rung any more"
	if html := body(t, get(t, c, "/follow-ups")); strings.Contains(html, loud) || !strings.Contains(html, "The number is deleted Sat 27 June 02:37, when nobody has ended it by then.") {
		t.Errorf("a week before:\n%s", html)
	}
	now = atNight.Add(6 * 24 * time.Hour)
	r := get(t, c, "/follow-ups")
	html := body(t, r)
	for _, want := range []string{`id="going"`, "promised to be rung back cannot be rung any more from Sat 02:37 on: nobody has ended the callback", "Ring them now, or decide what is done instead."} {
		if !strings.Contains(html, want) {
			t.Errorf("the day before: no %q in\n%s", want, html)
		}
	}
	holdsPromises(t, r, html)
	if html := body(t, get(t, c, "/follow-ups?team=southampton")); strings.Contains(html, loud) {
		t.Error("another team's is said to be Southampton's")
	}
	if html := body(t, get(t, c, "/calls/CAtry1/callback")); !strings.Contains(html, "Kept until Sat 02:37") {
		t.Errorf("the callback does not say until when:\n%s", html)
	}
	now = atNight.Add(8 * 24 * time.Hour)
	gone, err := s.past.ForgetCallbackNumbers(t.Context(), now, 10)
	if gone == 0 || err != nil {
		t.Fatalf("%d gone, %v", gone, err)
	}
	const told = "Its number was deleted 03:12: nobody had ended it 8 days after it should have been over."
	for _, page := range []string{"/follow-ups", "/calls/CAtry1/callback"} {
		r := get(t, c, page)
		html := body(t, r)
		if !strings.Contains(html, told) || strings.Contains(html, loud) || strings.Contains(html, "See the number") {
			t.Errorf("%s: what became of it is not told:\n%s", page, html)
		}
		holdsPromises(t, r, html)
	}
	if html := body(t, get(t, c, "/calls/CAtry1")); !strings.Contains(html, "The caller’s number was deleted: nobody ended the callback") {
		t.Error("the story does not tell it")
	}
}
