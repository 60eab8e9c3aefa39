package console

import (
	"context"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"example.org/crisisline/call"
	"example.org/crisisline/console/access"
	"example.org/crisisline/console/audit"
	"example.org/crisisline/queue"
)

// askingAs asks a handler about a call as somebody, without the way in.
func askingAs(do handler, who access.Person, id string, entered url.Values) *http.Response {
	w := httptest.NewRecorder()
	method := http.MethodGet
	if entered != nil {
		method = http.MethodPost
	}
	r := httptest.NewRequest(method, "/calls/"+id+"/x", strings.NewReader(entered.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.SetPathValue("id", id)
	do(w, &asked{r, who})
	return w.Result()
}

func (s *scene) audited(t *testing.T, c *Console, what string) (found []audit.Entry) {
	t.Helper()
	all, err := c.o.Audit.Newest(t.Context(), 0, 50)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range all {
		if e.What == what {
			found = append(found, e)
		}
	}
	return found
}

// TestWhatCameOfACallIsRecorded, corrected, and audited; its clock runs.
func TestWhatCameOfACallIsRecorded(t *testing.T) {
	t.Parallel()
	s := nights(t)
	c := serve(t, s)
	html := body(t, get(t, c, "/calls/CAtry3/record"))
	for _, want := range []string{"What came of the call of 01:39?", `value="02:04"`, "B: Seen face to face, very urgent, within 4 hours", "E: Help from the community team starts, within 4 weeks"} {
		if !strings.Contains(html, want) {
			t.Errorf("it does not ask with %q", want)
		}
	}
	if strings.Contains(html, "Debrief offered") || strings.Contains(html, "try to ring back") {
		t.Error("it offers promises that start by themselves")
	}

	r := submit(c, "/calls/CAtry3/record", url.Values{"code": {"05"}, "response": {"crisis.urgent"}, "decided": {"02:00"}, "hard": {"yes"}, "duty": {"consent"}})
	if r.StatusCode != http.StatusSeeOther || !strings.Contains(r.Header.Get("Location"), "done=recorded") {
		t.Fatalf("%d %s: %s", r.StatusCode, r.Header.Get("Location"), body(t, r))
	}
	got, _, err := s.past.WrapUp(t.Context(), "CAtry3")
	want := queue.WrapUpRecord{Call: "CAtry3", By: "role:administrator", Code: call.CodeUrgent, Hard: true, Duty: call.DutyConsent, Response: "crisis.urgent",
		Responder: "r-dev", Team: "portsmouth", Line: "public", Caller: call.CallerSelf, RecordedAt: atNight}
	if diff := cmp.Diff(want, got, cmpopts.IgnoreFields(queue.WrapUpRecord{}, "ReceivedAt"), cmpopts.EquateApproxTime(time.Second)); diff != "" || err != nil {
		t.Errorf("%v %s", err, diff)
	}
	open, err := s.past.FollowUps(t.Context(), 10)
	if err != nil {
		t.Fatal(err)
	}
	due := time.Date(2026, 6, 21, 1, 0, 0, 0, time.UTC)
	if !hasPromise(open, "CAtry3", "crisis.urgent", due) {
		t.Errorf("no clock until %s: %+v", due, open)
	}

	html = body(t, get(t, c, r.Header.Get("Location")))
	for _, want := range []string{"Recorded.", "Urgent referral to be seen face to face", "said by an administrator", "Seen face to face, urgent", "Correct what was recorded", "agreed that a housing authority is told"} {
		if !strings.Contains(html, want) {
			t.Errorf("the story does not say %q", want)
		}
	}
	r = submit(c, "/calls/CAtry3/record", url.Values{"code": {"02"}, "response": {"none"}, "hard": {"no"}, "duty": {""}})
	if r.StatusCode != http.StatusSeeOther {
		t.Fatalf("correcting: %d", r.StatusCode)
	}
	if open, _ := s.past.FollowUps(t.Context(), 10); hasPromise(open, "CAtry3", "crisis.urgent", due) {
		t.Error("the clock that was started by mistake runs on")
	}
	r = submit(c, "/calls/CAtry3/record", url.Values{"code": {"02"}, "response": {"none"}, "hard": {"no"}, "duty": {""}})
	if !strings.Contains(r.Header.Get("Location"), "done=same") {
		t.Errorf("the same again: %s", r.Header.Get("Location"))
	}
	var said [][2]string
	for _, e := range s.audited(t, c, audit.Recorded) {
		said = append(said, [2]string{e.Before, e.After})
	}
	if diff := cmp.Diff([][2]string{{"05 crisis.urgent hard consent", "02 none"}, {"", "05 crisis.urgent hard consent"}}, said); diff != "" {
		t.Error(diff)
	}
}

func hasPromise(all []queue.FollowUp, id call.ID, category string, due time.Time) bool {
	for _, f := range all {
		if f.Call == id && f.Category == category && f.DueAt.Equal(due) {
			return true
		}
	}
	return false
}

func TestWhatIsWrongWithARecord(t *testing.T) {
	t.Parallel()
	c := serve(t, nights(t))
	for name, tt := range map[string]struct {
		v     url.Values
		field string
	}{
		"no outcome":                    {url.Values{"response": {"none"}}, "code"},
		"no outcome of ours":            {url.Values{"code": {"07"}}, "code"},
		"urgent, and nobody is to come": {url.Values{"code": {"05"}, "response": {"none"}}, "response"},
		"urgent, and nothing is said":   {url.Values{"code": {"05"}}, "response"},
		"no promise of ours":            {url.Values{"code": {"02"}, "response": {"soon"}}, "response"},
		"a promise that starts itself":  {url.Values{"code": {"02"}, "response": {"callback.closed"}}, "response"},
		"a clock that starts later":     {url.Values{"code": {"05"}, "response": {"crisis.urgent"}, "decided": {"today 04:00"}}, "decided"},
		"a clock that starts no time":   {url.Values{"code": {"05"}, "response": {"crisis.urgent"}, "decided": {"soon"}}, "decided"},
		"a clock that starts too soon":  {url.Values{"code": {"05"}, "response": {"crisis.urgent"}, "decided": {"01:30"}}, "decided"},
		"no answer about losing a home": {url.Values{"code": {"02"}, "duty": {"maybe"}}, "duty"},
	} {
		r := submit(c, "/calls/CAtry3/record", tt.v)
		html := body(t, r)
		if r.StatusCode != http.StatusUnprocessableEntity || !strings.Contains(html, `<a href="#`+tt.field+`">`) || !strings.Contains(html, `id="`+tt.field+`-error"`) {
			t.Errorf("%s: %d, or it does not say so at %s", name, r.StatusCode, tt.field)
		}
		holdsPromises(t, r, html)
		if code := tt.v.Get("code"); code == "05" && !strings.Contains(html, `value="05" checked`) {
			t.Errorf("%s: what was entered is lost", name)
		}
	}
}

// TestWhoMayRecord: a responder their own call, wherever it came from; a shift
// lead any of a team of theirs; nobody a call that nobody answered.
func TestWhoMayRecord(t *testing.T) {
	t.Parallel()
	c := serve(t, nights(t))
	person := func(role access.Role, responder string, teams ...string) access.Person {
		return access.Person{ID: "x", Name: "X", Responder: responder, Grants: []access.Grant{{Role: role, Teams: teams}}}
	}
	for name, tt := range map[string]struct {
		who  access.Person
		id   string
		want int
	}{
		"their own, of another team":      {person(access.Responder, "r-dev", "southampton"), "CAtry3", http.StatusOK},
		"somebody else's":                 {person(access.Responder, "r-amara", "portsmouth"), "CAtry3", http.StatusForbidden},
		"nobody in the plan":              {person(access.Responder, ""), "CAtry3", http.StatusForbidden},
		"a shift lead of the call's team": {person(access.ShiftLead, "", "portsmouth"), "CAtry3", http.StatusOK},
		"a shift lead of another team":    {person(access.ShiftLead, "", "southampton"), "CAtry3", http.StatusForbidden},
		"a shift lead's own, of another":  {person(access.ShiftLead, "r-dev", "southampton"), "CAtry3", http.StatusOK},
		"a viewer who is in the plan":     {person(access.Viewer, "r-dev"), "CAtry3", http.StatusForbidden},
		"of a call nobody answered":       {person(access.Administrator, ""), "CAtry1", http.StatusConflict},
		"while they are still connected":  {person(access.Responder, "r-grace", "isle-of-wight"), "CAhid", http.StatusOK},
		"of a call there never was":       {person(access.Administrator, ""), "CAnone", http.StatusNotFound},
	} {
		for _, entered := range []url.Values{nil, {}} {
			do := handler(c.askRecord)
			want := tt.want
			if entered != nil {
				do = c.record
				if want == http.StatusOK {
					want = http.StatusUnprocessableEntity // nothing was chosen
				}
			}
			if r := askingAs(do, tt.who, tt.id, entered); r.StatusCode != want {
				t.Errorf("%s: %d, want %d", name, r.StatusCode, want)
			}
		}
	}
}

// TestARecordThatMayNotBeKept says so, and keeps what was entered.
func TestARecordThatMayNotBeKept(t *testing.T) {
	t.Parallel()
	s := nights(t)
	o := s.options()
	o.Calls.Record = func(context.Context, time.Time, queue.WrapUpRecord) (queue.WrapUpRecord, bool, error) {
		return queue.WrapUpRecord{}, false, errStore
	}
	c, err := New(o)
	if err != nil {
		t.Fatal(err)
	}
	c.patience = time.Minute
	r := submit(c, "/calls/CAtry3/record", url.Values{"code": {"02"}})
	if html := body(t, r); r.StatusCode != http.StatusBadGateway || !strings.Contains(html, "may or may not have been recorded") || !strings.Contains(html, `value="02" checked`) {
		t.Errorf("%d %s", r.StatusCode, html)
	}
	if got := s.audited(t, c, audit.Recorded); got != nil {
		t.Errorf("the audit says it was: %+v", got)
	}
}
