package console

import (
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"example.org/crisisline/call"
	"example.org/crisisline/console/access"
	"example.org/crisisline/console/audit"
	"example.org/crisisline/queue"
	"example.org/crisisline/rota"
)

// mine is the pages as somebody of the plan has them.
func mine(t *testing.T, who string, edit func(string) string) (*scene, *Console) {
	t.Helper()
	s := editable(t, edit)
	s.role, s.who = access.Responder, who
	return s, serve(t, s)
}

func myself(t *testing.T, c *Console) string {
	t.Helper()
	r := get(t, c, "/my")
	html := body(t, r)
	holdsPromises(t, r, html)
	showsNoNumber(t, "/my", html)
	if r.StatusCode != http.StatusOK {
		t.Fatalf("%s\n%s", r.Status, html)
	}
	return html
}

// TestMyShift: am I on, until when, as what, and what I can do now.
func TestMyShift(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		who      string
		presence call.Presence
		wants    []string
		not      []string
	}{
		{
			"r-leo", "",
			[]string{"You are on shift", "Responding, Mid and North Hampshire, until", ">08:00</strong>", "Also for Portsmouth and South East Hampshire and Southampton, when nobody there is free.", "4 h 47 min left", "ring your phone that ends 112", "Free", `value="rest"`, `value="recovery"`, `value="phone_trouble"`, "Nobody else can be rung for Mid and North Hampshire.", "20:00 to Sun 08:00"},
			[]string{"I am back", "I am ready", "unreachable"},
		},
		{"r-mia", "", []string{"You are not on shift", "You have no shift in the next six weeks", "Off shift"}, []string{`action="/my/pause"`}},
		{"r-harry", "", []string{"You are not on shift", "Next: <strong class=\"num\">08:00 to 20:00"}, []string{`action="/my/pause"`}},
		{"r-ben", call.PresenceWrapUp, []string{"I am ready for the next call", `value="recovery"`, "/calls/CA08"}, []string{"I am back"}},
		{"r-leo", call.PresenceBreak, []string{"I am back", "Recovering"}, []string{`action="/my/pause"`}},
		{"r-leo", call.PresenceConnected, []string{"You are with a caller", "/calls/CA01"}, []string{`action="/my/pause"`, "I am back"}},
		{"r-leo", call.PresenceOffered, []string{"Press 1 on it"}, []string{`action="/my/pause"`}},
	} {
		t.Run(tc.who+" "+string(tc.presence), func(t *testing.T) {
			t.Parallel()
			s, c := mine(t, tc.who, mendable)
			s.snap.Presences = nil
			if tc.presence != "" {
				p := queue.PresenceRecord{Responder: tc.who, Presence: tc.presence, Since: atNight.Add(-time.Minute)}
				switch tc.presence {
				case call.PresenceConnected:
					p.Call = "CA01"
				case call.PresenceWrapUp:
					p.Call = "CA08"
				case call.PresenceBreak:
					p.Why = call.PauseRecovery
				}
				s.snap.Presences = []queue.PresenceRecord{p}
			}
			html := myself(t, c)
			for _, want := range tc.wants {
				if !strings.Contains(html, want) {
					t.Errorf("no %q in\n%s", want, html)
				}
			}
			for _, not := range tc.not {
				if strings.Contains(html, not) {
					t.Errorf("%q in\n%s", not, html)
				}
			}
		})
	}
}

// TestIAmNobodyInThePlan is told, with what to do, and may do nothing.
func TestIAmNobodyInThePlan(t *testing.T) {
	t.Parallel()
	for _, who := range []string{"", "r-gone"} {
		s, c := mine(t, who, mendable)
		if html := myself(t, c); !strings.Contains(html, "You are not in the rota") || !strings.Contains(html, "What to do") || strings.Contains(html, "<form") && strings.Contains(html, `action="/my/`) {
			t.Errorf("%q:\n%s", who, html)
		}
		for _, path := range []string{"/my/pause", "/my/back", "/my/ready", "/my/swap", "/my/feeds", "/my/feeds/x/revoke", "/my/swaps/s-leo/accept", "/my/swaps/s-leo/decline"} {
			if r := submit(c, path, url.Values{"why": {"rest"}}); r.StatusCode != http.StatusNotFound {
				t.Errorf("%q %s: %s", who, path, r.Status)
			}
		}
		if len(s.done()) > 0 {
			t.Errorf("%q did %q", who, s.done())
		}
	}
}

// TestWhatIDoIsAboutMe: the person is who is signed in, whatever is sent.
func TestWhatIDoIsAboutMe(t *testing.T) {
	t.Parallel()
	s := editable(t, mendable)
	s.role, s.who = access.Responder, "r-leo"
	o := s.options()
	c, err := New(o)
	if err != nil {
		t.Fatal(err)
	}
	other := url.Values{"why": {"recovery"}, "person": {"r-amara"}, "responder": {"r-amara"}, "id": {"r-amara"}}
	for _, step := range []struct {
		path string
		v    url.Values
		to   string
	}{{"/my/pause", other, "/my?done=pause.set"}, {"/my/back", other, "/my?done=back.set"}, {"/my/ready", other, "/my?done=ready.set"}, {"/my/pause", url.Values{"why": {"phone_trouble"}}, "/my?done=pause.set"}} {
		if r := submit(c, step.path, step.v); r.Header.Get("Location") != step.to {
			t.Errorf("%s: %s to %q", step.path, r.Status, r.Header.Get("Location"))
		}
	}
	want := []string{"break r-leo recovery by r-leo", "back r-leo by r-leo", "end wrap-up r-leo by r-leo", "away r-leo phone_trouble by r-leo"}
	if d := cmp.Diff(want, s.done()); d != "" {
		t.Error(d)
	}
	for _, why := range []string{"", "because", "missed_calls", "timed"} {
		if r := submit(c, "/my/pause", url.Values{"why": {why}}); r.StatusCode != http.StatusUnprocessableEntity {
			t.Errorf("%q: %s", why, r.Status)
		}
	}
	var kept []string
	for _, e := range auditOf(t, o.Audit) {
		kept = append(kept, e.Who+" "+e.About+" "+e.After)
	}
	slices.Reverse(kept)
	if d := cmp.Diff([]string{"r-leo r-leo own pause recovery", "r-leo r-leo own back", "r-leo r-leo own ready", "r-leo r-leo own pause phone_trouble"}, kept); d != "" {
		t.Error(d)
	}
	s.refusal = queue.WhyOnCall
	if r := submit(c, "/my/pause", url.Values{"why": {"rest"}}); r.StatusCode != http.StatusConflict || !strings.Contains(body(t, r), "You are with a caller. You can go when the call is over") {
		t.Errorf("refused: %s", r.Status)
	}
	s.refusal, s.fail = "", errStore
	if r := submit(c, "/my/back", nil); r.StatusCode != http.StatusBadGateway || !strings.Contains(body(t, r), "no clear answer") {
		t.Errorf("the store gone: %s", r.Status)
	}
}

// TestEveryReasonHasWords: what may come of a press is told, never an id.
func TestEveryReasonHasWords(t *testing.T) {
	t.Parallel()
	for _, why := range queue.Whys {
		for _, word := range []string{"pause", "back", "ready"} {
			if myDone[word+"."+string(why)] == "" && myWhyNot[why] == "" && whyWords[why] == "" {
				t.Errorf("%s, %s: nothing is said", word, why)
			}
		}
	}
}

// TestISwapAShift: offered by one, accepted by the other, each from their own page.
func TestISwapAShift(t *testing.T) {
	t.Parallel()
	s, leo := mine(t, "r-leo", mendable)
	asked := get(t, leo, "/my/swap")
	html := body(t, asked)
	holdsPromises(t, asked, html)
	for _, want := range []string{"Which shift do you give?", "m-night|2026-06-22", "Whoever takes it, nothing in return", "Mia Thorne, nothing in return"} {
		if !strings.Contains(html, want) {
			t.Errorf("no %q in\n%s", want, html)
		}
	}
	if r := submit(leo, "/my/swap", url.Values{"gives": {"m-night|2026-06-22"}, "takes": {"r-mia|"}, "person": {"r-amara"}}); r.Header.Get("Location") != "/my?done=swap.offered" {
		t.Fatalf("%s\n%s", r.Status, body(t, r))
	}
	offer := s.book.Current().Plan().Swaps.Offers[0]
	if offer.Person != "r-leo" || offer.With != "r-mia" || offer.State != rota.SwapOffered {
		t.Fatalf("%+v", offer)
	}
	if html := myself(t, leo); !strings.Contains(html, "/my/swaps/"+offer.ID) {
		t.Errorf("not on Leo's page:\n%s", html)
	}
	as := func(who string) *Console {
		s.who = who
		return serve(t, s)
	}
	if r := submit(as("r-amara"), "/my/swaps/"+offer.ID+"/accept", nil); r.StatusCode != http.StatusNotFound {
		t.Errorf("somebody else accepts: %s", r.Status)
	}
	mia := as("r-mia")
	if html := myself(t, mia); !strings.Contains(html, "Look and answer") {
		t.Errorf("not on Mia's page:\n%s", html)
	}
	r := get(t, mia, "/my/swaps/"+offer.ID)
	html = body(t, r)
	holdsPromises(t, r, html)
	if !strings.Contains(html, "Who rings") || !strings.Contains(html, ">Accept</button>") || !strings.Contains(html, ">Decline</button>") {
		t.Errorf("%s", html)
	}
	if r := submit(mia, "/my/swaps/"+offer.ID+"/accept", nil); r.Header.Get("Location") != "/my?done=swap.agreed" {
		t.Fatalf("%s\n%s", r.Status, body(t, r))
	}
	if got := crew(s, "mid-north", mondayNight); got != "r-mia" {
		t.Errorf("on shift: %s", got)
	}
	if r := submit(mia, "/my/swaps/"+offer.ID+"/decline", nil); r.StatusCode != http.StatusUnprocessableEntity || !strings.Contains(body(t, r), "Ask a duty manager to take it back") {
		t.Errorf("an agreed swap is declined: %s", r.Status)
	}
}

// TestISwapWhereAManagerApproves, decline, take back, and what stands in the way.
func TestMySwapsOtherwise(t *testing.T) {
	t.Parallel()
	s, harry := mine(t, "r-harry", func(text string) string {
		return strings.Replace(withSwap(text), "swaps:\n", "absences: [{id: a1, person: r-harry, kind: leave, start: 2026-06-24T08:00, end: 2026-06-26T08:00}]\nswaps:\n", 1)
	})
	r := get(t, harry, "/my/swaps/s-amara")
	if html := body(t, r); !strings.Contains(html, "You cannot take it up") || !strings.Contains(html, "Harry Lloyd is away") || strings.Contains(html, ">Accept</button>") {
		t.Errorf("%s", html)
	}
	if r := submit(harry, "/my/swaps/s-amara/accept", nil); r.StatusCode != http.StatusUnprocessableEntity {
		t.Errorf("while away: %s", r.Status)
	}
	if r := submit(harry, "/my/swaps/s-amara/decline", nil); r.Header.Get("Location") != "/my?done=swap.declined" {
		t.Fatalf("%s\n%s", r.Status, body(t, r))
	}
	s.who = "r-leo"
	leo := serve(t, s)
	if html := body(t, get(t, leo, "/my/swaps/s-leo")); !strings.Contains(html, "Take it back") || strings.Contains(html, ">Accept</button>") {
		t.Errorf("%s", html)
	}
	if r := submit(leo, "/my/swaps/s-leo/decline", nil); r.Header.Get("Location") != "/my?done=swap.taken-back" {
		t.Fatalf("%s\n%s", r.Status, body(t, r))
	}
	for _, v := range []url.Values{{}, {"gives": {"m-night|2026-06-22"}}, {"gives": {"nonsense"}, "takes": {"|"}}, {"gives": {"p-night|2026-06-22"}, "takes": {"|"}}, {"gives": {"m-night|2026-06-22"}, "takes": {"r-gone|"}}} {
		if r := submit(leo, "/my/swap", v); r.StatusCode != http.StatusUnprocessableEntity {
			t.Errorf("%v: %s", v, r.Status)
		}
	}
	if r := submit(leo, "/my/swap", url.Values{"gives": {"m-night|2026-06-23"}, "takes": {"|"}}); r.StatusCode != http.StatusSeeOther {
		t.Fatalf("offered to anybody: %s\n%s", r.Status, body(t, r))
	}
	s.who = "r-mia"
	mia := serve(t, s)
	m := regexp.MustCompile(`/my/swaps/(swap-[a-z0-9-]+)`).FindStringSubmatch(myself(t, mia))
	if m == nil {
		t.Fatal("an open offer is not on Mia's page")
	}
	if r := submit(mia, "/my/swaps/"+m[1]+"/decline", nil); r.StatusCode != http.StatusNotFound {
		t.Errorf("an offer to everybody is declined by one: %s", r.Status)
	}
	if r := submit(mia, "/my/swaps/"+m[1]+"/accept", nil); r.Header.Get("Location") != "/my?done=swap.accepted" {
		t.Fatalf("%s\n%s", r.Status, body(t, r))
	}
	if got := crew(s, "mid-north", mondayNight.Add(24*time.Hour)); got != "r-leo" {
		t.Errorf("in force before it was approved: %s", got)
	}
}

// Offering a swap is not held up by a gap that somebody else must mend.
func TestASwapIsOfferedInARotaThatIsRefused(t *testing.T) {
	t.Parallel()
	s, c := mine(t, "r-harry", nil) // the plan as it is has a gap
	if r := submit(c, "/my/swap", url.Values{"gives": {"p-day|2026-06-22"}, "takes": {"|"}}); r.StatusCode != http.StatusSeeOther {
		t.Fatalf("%s\n%s", r.Status, body(t, r))
	}
	if len(s.book.Current().Plan().Swaps.Offers) != 1 {
		t.Error("nothing was offered")
	}
}

var feedAddress = regexp.MustCompile(`value="(http://localhost)?(/feeds/[a-z0-9]{26}\.ics)"|value="http://localhost(/feeds/[a-z0-9]+\.ics)"`)

// TestMyCalendar: the address is shown once, works, and can be revoked by whose it
// is and nobody else.
func TestMyCalendar(t *testing.T) {
	t.Parallel()
	s := editable(t, mendable)
	s.role, s.who = access.Responder, "r-leo"
	o := s.options()
	c, err := New(o)
	if err != nil {
		t.Fatal(err)
	}
	r := submit(c, "/my/feeds", nil)
	html := body(t, r)
	m := feedAddress.FindStringSubmatch(html)
	if r.StatusCode != http.StatusOK || m == nil || r.Header.Get("Cache-Control") != "no-store" {
		t.Fatalf("%s %v\n%s", r.Status, r.Header, html)
	}
	address := m[2]
	if got := body(t, get(t, s.book.FeedHandler(), address)); !strings.Contains(got, "BEGIN:VCALENDAR") {
		t.Errorf("the address does not work: %s", got)
	}
	page := myself(t, c)
	if strings.Contains(page, address) {
		t.Error("the address is shown a second time")
	}
	id := regexp.MustCompile(`/my/feeds/([0-9a-f]{12})/revoke`).FindStringSubmatch(page)
	if id == nil {
		t.Fatalf("it cannot be revoked:\n%s", page)
	}
	s.who = "r-mia"
	if r := submit(serve(t, s), "/my/feeds/"+id[1]+"/revoke", nil); r.StatusCode != http.StatusNotFound {
		t.Errorf("somebody else's is revoked: %s", r.Status)
	}
	if r := submit(c, "/my/feeds/"+id[1]+"/revoke", nil); r.Header.Get("Location") != "/my?done=feed.revoked" {
		t.Fatalf("%s\n%s", r.Status, body(t, r))
	}
	if r := get(t, s.book.FeedHandler(), address); r.StatusCode != http.StatusNotFound {
		t.Errorf("it works after it was revoked: %s", r.Status)
	}
	entries := auditOf(t, o.Audit)
	if len(entries) != 2 || entries[0].What != audit.Access || entries[1].After != "own calendar address made" {
		t.Errorf("audit: %+v", entries)
	}
	for range mostFeeds {
		submit(c, "/my/feeds", nil)
	}
	if r := submit(c, "/my/feeds", nil); r.StatusCode != http.StatusConflict {
		t.Errorf("a sixth: %s", r.Status)
	}
}

// One's last calls are there, each with what is still to be said of it.
func TestMyLastCalls(t *testing.T) {
	t.Parallel()
	p, end, err := openPast(atNight)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(end)
	if err := aNight(p); err != nil {
		t.Fatal(err)
	}
	for who, wants := range map[string][2][]string{
		"r-dev":   {{"01:", "talked for", "Nothing recorded yet", "/calls/CAtry3/record?at="}, {"CAeve"}},
		"r-amara": {{call.CodeUrgent.Words(), "/calls/CAeve?"}, {"/calls/CAeve/record", "CAtry3"}},
	} {
		s, _ := mine(t, who, mendable)
		s.past = p
		html := myself(t, serve(t, s))
		for _, want := range wants[0] {
			if !strings.Contains(html, want) {
				t.Errorf("%s: no %q in\n%s", who, want, html)
			}
		}
		for _, not := range wants[1] {
			if strings.Contains(html, not) {
				t.Errorf("%s: %q in\n%s", who, not, html)
			}
		}
	}
}
