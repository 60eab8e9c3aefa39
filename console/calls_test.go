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
	"example.org/crisisline/queue"
)

// nights is a scene with a past.
func nights(t testing.TB) *scene {
	t.Helper()
	p, end, err := openPast(atNight)
	if err == nil {
		t.Cleanup(end)
		err = aNight(p)
	}
	if err != nil {
		t.Fatal(err)
	}
	return &scene{now: func() time.Time { return atNight }, rota: plan(t, atNight, nil), past: p}
}

var storyLink = regexp.MustCompile(`href="/calls/([A-Za-z0-9]+)\?`)

// foundCalls are the calls a page lists, in its order.
func foundCalls(html string) (ids []string) {
	for _, m := range storyLink.FindAllStringSubmatch(html, -1) {
		ids = append(ids, m[1])
	}
	return ids
}

func TestCallsAreFound(t *testing.T) {
	t.Parallel()
	c := serve(t, nights(t))
	tonight := []string{"CAhid", "CAtry3", "CAtry2", "CAtry1", "CAeve"}
	for name, tt := range map[string]struct {
		query string
		want  []string
		says  string
	}{
		"what the shift that is on wants":  {"", tonight, "From Fri 20:00 until now."},
		"the last hour":                    {"when=hour", []string{"CAhid"}, "From 02:12 until now."},
		"today":                            {"when=today", tonight[:4], "From 00:00 until now."},
		"yesterday":                        {"when=yesterday", []string{"CAeve"}, "From Fri 00:00 until midnight."},
		"a week":                           {"when=week", append(append([]string{}, tonight...), "CAday"), "until now."},
		"a word that is none":              {"when=ever", tonight, "From Fri 20:00"},
		"between two times":                {"from=18+June+21:00&until=18/6+21:12", []string{"CAday"}, "From Thu 21:00 until Thu 21:13."},
		"until a time":                     {"until=19+June+00:00", []string{"CAday"}, "Until Fri 00:01."},
		"since a time":                     {"from=03:00", []string{"CAhid"}, "From 03:00 until now."},
		"a team":                           {"team=isle-of-wight", []string{"CAhid"}, "Isle of Wight"},
		"how they ended":                   {"outcome=abandoned", []string{"CAtry2", "CAtry1"}, "left before an answer"},
		"who rang":                         {"caller=carer", []string{"CAeve"}, "about someone they care for"},
		"a line nobody rang":               {"line=professionals", nil, "No call was found."},
		"who answered":                     {"person=r-dev", []string{"CAtry3"}, "with Dev Patel"},
		"a long wait":                      {"waited=1m0s", []string{"CAtry2", "CAtry1"}, "waited longer than 1 minute"},
		"no outcome yet":                   {"recorded=nothing", []string{"CAtry3"}, "no outcome recorded yet"},
		"marked hard":                      {"recorded=hard", []string{"CAeve"}, "marked as hard"},
		"an outcome":                       {"recorded=05", []string{"CAeve"}, "urgent referral"},
		"several":                          {"team=portsmouth&outcome=answered&waited=20s", []string{"CAeve"}, "waited longer than 20 seconds"},
		"somebody who is no longer there":  {"person=r-gone", nil, "with r-gone"},
		"a place that is none of ours":     {"after=yesterday&team=isle-of-wight", nil, ""},
		"a place behind which nothing was": {"after=1-1", nil, "No call was found."},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := get(t, c, "/calls?"+tt.query)
			html := body(t, r)
			if strings.Contains(tt.query, "yesterday&team") {
				if r.StatusCode != http.StatusSeeOther || r.Header.Get("Location") != "/calls?team=isle-of-wight" {
					t.Errorf("%d to %q", r.StatusCode, r.Header.Get("Location"))
				}
				return
			}
			if r.StatusCode != http.StatusOK {
				t.Fatalf("status %d", r.StatusCode)
			}
			holdsPromises(t, r, html)
			if diff := cmp.Diff(tt.want, foundCalls(html)); diff != "" {
				t.Error(diff)
			}
			if n := strings.Count(html, " selected>"); n != 7 {
				t.Errorf("%d choices are made in 7 lists", n)
			}
			if !strings.Contains(html, tt.says) {
				t.Errorf("it does not say %q", tt.says)
			}
		})
	}
}

func TestASearchThatIsWrong(t *testing.T) {
	t.Parallel()
	c := serve(t, nights(t))
	for query, field := range map[string]string{
		"from=soon": "from", "until=32+June+00:00": "until", "from=03:00&until=02:00": "until",
		"outcome=fine": "outcome", "recorded=99": "recorded", "caller=cat": "caller", "waited=long": "waited",
	} {
		r := get(t, c, "/calls?"+query)
		html := body(t, r)
		if r.StatusCode != http.StatusUnprocessableEntity || !strings.Contains(html, `<a href="#`+field+`">`) ||
			!strings.Contains(html, `id="`+field+`-error"`) || !strings.Contains(html, "<title>Error: ") {
			t.Errorf("%s: %d, or it does not say what is wrong", query, r.StatusCode)
		}
		holdsPromises(t, r, html)
	}
}

// TestASearchGoesOn: more calls than a page has are all found, each once.
func TestASearchGoesOn(t *testing.T) {
	t.Parallel()
	s := nights(t)
	at := atNight.Add(-3 * time.Hour)
	var events []call.Event
	for i := range 60 {
		id, e := call.ID("CB"+string(rune('A'+i/10))+string(rune('0'+i%10))), call.Event{Line: "public", Team: "southampton", Caller: call.CallerSelf}
		for _, k := range []call.Kind{call.KindReceived, call.KindFinished} {
			e.Call, e.Kind, e.At = id, k, at.Add(time.Duration(i)*time.Second)
			if k == call.KindFinished {
				e.Outcome = call.OutcomeFallback
			}
			events = append(events, e)
		}
	}
	if err := s.past.Import(anyone, events); err != nil {
		t.Fatal(err)
	}
	c := serve(t, s)
	seen, at2, pages := map[string]bool{}, "/calls?team=southampton&when=week", 0
	next := regexp.MustCompile(`<a class="do" href="([^"]*)">Earlier calls`)
	for at2 != "" {
		html := body(t, get(t, c, at2))
		pages++
		for _, id := range foundCalls(html) {
			if seen[id] {
				t.Errorf("%s is found twice", id)
			}
			seen[id] = true
		}
		at2 = ""
		if m := next.FindStringSubmatch(html); m != nil {
			at2 = strings.ReplaceAll(m[1], "&amp;", "&")
		}
		if pages > 1 && !strings.Contains(html, "Back to the latest") {
			t.Error("no way back to the latest")
		}
	}
	if len(seen) != 60 || pages != 3 {
		t.Errorf("%d calls on %d pages, want 60 on 3", len(seen), pages)
	}
}

// TestASearchThatIsLong says how far it came, and offers to go on.
func TestASearchThatIsLong(t *testing.T) {
	t.Parallel()
	s := nights(t)
	o := s.options()
	o.Calls.Search = func(ctx context.Context, _, _ time.Time, _ queue.CallFilter, _ int, _ string) (queue.CallPage, error) {
		if left, ok := ctx.Deadline(); !ok || time.Until(left) > pagePatience {
			t.Error("a search may take for ever")
		}
		return queue.CallPage{Looked: 431, Next: "7-1", Back: atNight.Add(-26 * time.Hour)}, nil
	}
	c, err := New(o)
	if err != nil {
		t.Fatal(err)
	}
	html := body(t, get(t, c, "/calls?when=week&team=mid-north"))
	for _, want := range []string{"No call found yet.", "Looked through 431 calls, back to Fri 01:12.", `href="/calls?after=7-1&amp;team=mid-north&amp;when=week">Go on searching`} {
		if !strings.Contains(html, want) {
			t.Errorf("it does not say %q", want)
		}
	}
}

func TestCallsWithoutAStore(t *testing.T) {
	t.Parallel()
	s := nights(t)
	o := s.options()
	o.Calls.Search = func(context.Context, time.Time, time.Time, queue.CallFilter, int, string) (queue.CallPage, error) {
		return queue.CallPage{}, errStore
	}
	c, err := New(o)
	if err != nil {
		t.Fatal(err)
	}
	r := get(t, c, "/calls")
	if html := body(t, r); r.StatusCode != http.StatusBadGateway || !strings.Contains(html, "Calls are answered all the same.") {
		t.Errorf("%d %s", r.StatusCode, html)
	}
}

func TestCallsAreNotForViewers(t *testing.T) {
	t.Parallel()
	s := nights(t)
	s.role = access.Viewer
	html := body(t, get(t, serve(t, s), "/rota"))
	if strings.Contains(html, `href="/calls"`) {
		t.Error("the menu of a viewer offers the calls")
	}
}

func TestSpans(t *testing.T) {
	t.Parallel()
	zone := london(t)
	local := func(text string) time.Time {
		at, err := time.ParseInLocation("2006-01-02T15:04", text, zone)
		if err != nil {
			t.Fatal(err)
		}
		return at
	}
	for name, tt := range map[string]struct{ now, span, from, to, usual string }{
		"evening":              {"2026-06-19T21:00", "night", "2026-06-19T20:00", "2026-06-20T08:00", "night"},
		"small hours":          {"2026-06-20T03:00", "night", "2026-06-19T20:00", "2026-06-20T08:00", "night"},
		"by day":               {"2026-06-20T14:00", "night", "2026-06-19T20:00", "2026-06-20T08:00", "today"},
		"the clocks went back": {"2026-10-25T12:00", "yesterday", "2026-10-24T00:00", "2026-10-25T00:00", "today"},
		"and today is longer":  {"2026-10-25T12:00", "today", "2026-10-25T00:00", "2026-10-25T12:00", "today"},
	} {
		for _, a := range spans {
			if a.Key != tt.span {
				continue
			}
			from, to := a.Of(local(tt.now), zone)
			if !from.Equal(local(tt.from)) || !to.Equal(local(tt.to)) {
				t.Errorf("%s: from %s to %s", name, from.In(zone), to.In(zone))
			}
		}
		if got := usualSpan(local(tt.now), zone); got != tt.usual {
			t.Errorf("%s: usually %s, want %s", name, got, tt.usual)
		}
	}
}

func TestSearchAt(t *testing.T) {
	t.Parallel()
	v := url.Values{"team": {"a"}, "line": {""}, "after": {"1-1"}}
	if got := searchAt(v, "after", ""); got != "/calls?team=a" {
		t.Error(got)
	}
	if got := searchAt(url.Values{}, "after", ""); got != "/calls" {
		t.Error(got)
	}
}
