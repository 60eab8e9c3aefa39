package console

import (
	"bytes"
	"context"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"example.org/crisisline/call"
	"example.org/crisisline/console/access"
	"example.org/crisisline/console/audit"
	"example.org/crisisline/queue"
)

// The number of CAtry1 to CAtry3, as it is shown.
const shownNumber = "07700 900601"

// TestACallersNumberIsShownOnce: only on a form sent with a reason of ours, only
// when the audit has it, and nowhere else.
func TestACallersNumberIsShownOnce(t *testing.T) {
	t.Parallel()
	s := nights(t)
	var log bytes.Buffer
	o := s.options()
	o.Log = slog.New(slog.NewTextHandler(&log, nil))
	c, err := New(o)
	if err != nil {
		t.Fatal(err)
	}
	c.patience = time.Minute
	for _, path := range []string{"/calls/CAtry3", "/calls/CAtry3/number", "/calls/CAtry3/number?reason=lost", "/calls?when=week"} {
		r := get(t, c, path)
		holdsPromises(t, r, body(t, r))
	}
	for _, v := range []url.Values{{}, {"reason": {"curious"}}, {"words": {"please"}}} {
		r := submit(c, "/calls/CAtry3/number", v)
		if html := body(t, r); r.StatusCode != http.StatusUnprocessableEntity || !strings.Contains(html, "Choose why you need it") {
			t.Errorf("%v: %d", v, r.StatusCode)
		} else {
			holdsPromises(t, r, html)
		}
	}
	if got := s.audited(t, c, audit.SawNumber); got != nil {
		t.Fatalf("nobody saw it, and the audit has %+v", got)
	}
	r := submit(c, "/calls/CAtry3/number", url.Values{"reason": {"safeguarding"}, "words": {"his sister says so"}})
	html := body(t, r)
	if r.StatusCode != http.StatusOK || strings.Count(html, shownNumber) != 1 || r.Header.Get("Cache-Control") != "no-store" {
		t.Fatalf("%d, shown %d times, %s", r.StatusCode, strings.Count(html, shownNumber), r.Header.Get("Cache-Control"))
	}
	if title := html[strings.Index(html, "<title>"):strings.Index(html, "</title>")]; strings.Contains(title, "900") || strings.Contains(html, "tel:") {
		t.Error("the number is in the title, or in an address")
	}
	seen := s.audited(t, c, audit.SawNumber)
	if len(seen) != 1 || seen[0].About != "CAtry3" || seen[0].Why != "For safeguarding a child or an adult at risk" || seen[0].Role != "administrator" {
		t.Errorf("the audit: %+v", seen)
	}
	if strings.Contains(log.String(), "900601") {
		t.Errorf("the number is in the log: %s", log.String())
	}
}

// TestANumberThatIsNotThere says which it is, and asks for no reason.
func TestANumberThatIsNotThere(t *testing.T) {
	t.Parallel()
	s := nights(t)
	o := s.options()
	kept := o.Calls.Number
	o.Calls.Number = func(ctx context.Context, id call.ID) (call.Number, bool, error) {
		if id == "CAday" { // a day and a half ago
			return call.Number{}, false, nil
		}
		return kept(ctx, id)
	}
	c, err := New(o)
	if err != nil {
		t.Fatal(err)
	}
	c.patience = time.Minute
	for id, want := range map[string]string{"CAhid": "was withheld", "CAday": "deleted 24 hours after the call"} {
		for _, r := range []*http.Response{get(t, c, "/calls/"+id+"/number"), submit(c, "/calls/"+id+"/number", url.Values{"reason": {"lost"}})} {
			html := body(t, r)
			if r.StatusCode != http.StatusGone || !strings.Contains(html, want) {
				t.Errorf("%s: %d, or it does not say %q", id, r.StatusCode, want)
			}
			holdsPromises(t, r, html)
		}
	}
	if got := s.audited(t, c, audit.SawNumber); got != nil {
		t.Errorf("nobody saw one, and the audit has %+v", got)
	}
}

// TestANumberIsNotShownUnlessTheAuditHasIt.
func TestANumberIsNotShownUnlessTheAuditHasIt(t *testing.T) {
	t.Parallel()
	s := nights(t)
	c := serve(t, s)
	gone, cancel := context.WithCancel(t.Context())
	cancel()
	do := func(w http.ResponseWriter, r *asked) {
		u, ok := c.callerNumber(w, r)
		if !ok {
			t.Fatal("no number")
		}
		r.Request = r.WithContext(gone) // the audit's store does not answer
		c.unmask(w, r, u)
	}
	who := access.Person{ID: "x", Grants: []access.Grant{{Role: access.ShiftLead, Teams: []string{"portsmouth"}}}}
	r := askingAs(do, who, "CAtry3", url.Values{"reason": {"lost"}})
	if html := body(t, r); r.StatusCode != http.StatusBadGateway || strings.Contains(html, "900601") || !strings.Contains(html, "not shown") {
		t.Errorf("%d", r.StatusCode)
	}
}

// TestWhoMaySeeACallersNumber: a shift lead of the call's team, and no less.
func TestWhoMaySeeACallersNumber(t *testing.T) {
	t.Parallel()
	c := serve(t, nights(t))
	for name, tt := range map[string]struct {
		grant access.Grant
		want  int
	}{
		"a shift lead of the team":     {access.Grant{Role: access.ShiftLead, Teams: []string{"portsmouth"}}, http.StatusOK},
		"a shift lead of another team": {access.Grant{Role: access.ShiftLead, Teams: []string{"southampton"}}, http.StatusForbidden},
		"the responder who answered":   {access.Grant{Role: access.Responder}, http.StatusForbidden},
	} {
		who := access.Person{ID: "x", Responder: "r-dev", Grants: []access.Grant{tt.grant}}
		for do, entered := range map[string]url.Values{"ask": nil, "see": {"reason": {"lost"}}} {
			h := handler(c.askCallerNumber)
			if do == "see" {
				h = c.seeCallerNumber
			}
			r := askingAs(h, who, "CAtry3", entered)
			if html := body(t, r); r.StatusCode != tt.want || strings.Contains(html, shownNumber) != (do == "see" && tt.want == http.StatusOK) {
				t.Errorf("%s, %s: %d", name, do, r.StatusCode)
			}
		}
	}
}

func TestACallersNumberWithoutAStore(t *testing.T) {
	t.Parallel()
	s := nights(t)
	o := s.options()
	o.Calls.Number = func(context.Context, call.ID) (call.Number, bool, error) { return call.Number{}, false, errStore }
	c, err := New(o)
	if err != nil {
		t.Fatal(err)
	}
	c.patience = time.Minute
	if r := get(t, c, "/calls/CAtry3/number"); r.StatusCode != http.StatusBadGateway {
		t.Errorf("status %d", r.StatusCode)
	}
	o.Story = func(context.Context, call.ID, time.Time) ([]call.Event, error) { return nil, queue.ErrNoPlace }
	if c, err = New(o); err != nil {
		t.Fatal(err)
	}
	if r := get(t, c, "/calls/CAtry3/number"); r.StatusCode != http.StatusBadGateway {
		t.Errorf("without its story: %d", r.StatusCode)
	}
}
