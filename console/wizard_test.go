package console

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"example.org/crisisline/console/access"
	"example.org/crisisline/rota"
)

// walk answers the steps of a wizard one after another, each where the one
// before leads, and is the look before it is published.
func walk(t *testing.T, c *Console, way string, steps ...url.Values) (where, html string) {
	t.Helper()
	where = "/teams/change/" + way
	for _, v := range steps {
		r := get(t, c, where)
		html := body(t, r)
		holdsPromises(t, r, html)
		at, err := url.Parse(where)
		if err != nil || r.StatusCode != http.StatusOK {
			t.Fatalf("%s: %s %v", where, r.Status, err)
		}
		answer := url.Values{}
		for _, from := range []url.Values{at.Query(), v} {
			for key, val := range from {
				answer[key] = val
			}
		}
		r = submit(c, "/teams/change/"+way, answer)
		if r.StatusCode != http.StatusSeeOther {
			t.Fatalf("%s with %v: %s\n%s", where, v, r.Status, body(t, r))
		}
		where = r.Header.Get("Location")
	}
	if !strings.HasPrefix(where, "/rota/drafts/") {
		t.Fatalf("it ends at %s", where)
	}
	r := get(t, c, where)
	html = body(t, r)
	holdsPromises(t, r, html)
	return where, html
}

var (
	mergeSteps = []url.Values{
		{"sources": {"portsmouth", "southampton"}}, {"heir": {newTeam}, "name": {"  The South "}},
		{"on-day": {"1"}, "on-month": {"7"}, "on-year": {"2026"}, "at": {"8:00"}},
	}
	splitSteps = []url.Values{
		{"from": {"portsmouth"}, "name": {"Fareham"}}, {"localities-asked": {"1"}, "localities": {"fareham"}, "lines-asked": {"1"}, "lines": {"professionals"}},
		{"people-asked": {"1"}, "people": {"r-ben", "r-harry"}}, {"on-day": {"1"}, "on-month": {"7"}, "on-year": {"2026"}, "at": {"03:00"}},
	}
)

// must checks a page for what it must say.
func must(t *testing.T, html string, want ...string) {
	t.Helper()
	plainly := strings.Join(strings.Fields(html), " ")
	for _, w := range want {
		if !strings.Contains(plainly, w) {
			t.Errorf("no %q in\n%s", w, html)
		}
	}
}

// TestMerge: asked step by step, seen before it is published, in force at its
// minute, and taken back with what was changed since kept.
func TestMerge(t *testing.T) {
	t.Parallel()
	s := arranged(t)
	c := serve(t, s)
	where, html := walk(t, c, "merge", mergeSteps...)
	must(t, html, "Portsmouth and South East Hampshire and Southampton become The South on 1 July 2026 at 08:00",
		"Public line: its calls go to The South, no longer to Portsmouth and South East Hampshire.", "Fareham (PO14, PO15): visited by The South.",
		"Calls in progress stay with who has them.", "A caller who waits at that minute", `<a class="nhsuk-header__navigation-link" href="/teams" aria-current="page">`,
		"The South: Amara Okafor, Ben Carter, Chloe Davies, Dev Patel, Ewa Nowak, Harry Lloyd, Isla Morgan, Jo Whitfield and Kit Barnes.",
		"The South is helped by Mid and North Hampshire and Isle of Wight, in this order.",
		"What Southampton promised Portsmouth and South East Hampshire is over: they are one team.",
		"Wed 1 July 08:00 to 20:00", "<dd>Portsmouth and South East Hampshire: Harry Lloyd and Chloe Davies</dd><dd>Southampton: Isla Morgan</dd>",
		"<dd>The South: Harry Lloyd, Chloe Davies and Isla Morgan</dd>", "Until 1 July 2026 at 08:00 nothing changes", "As it would be", "1, of 1 wanted",
		"Change an answer:", "Back to Teams")
	if n := strings.Count(html, "Isla Morgan is on backup of"); n != 2 {
		t.Errorf("what is found every day, of one team before and another after, is told %d times", n)
	}
	if strings.Contains(html, "Put somebody on") {
		t.Errorf("a team that closes is shown as a gap:\n%s", html)
	}
	if got := s.book.Current().Version(); got != 1 {
		t.Fatalf("a draft is in force: version %d", got)
	}
	if r := publish(t, c, where, html, nil); r.Header.Get("Location") != "/teams?done=published" {
		t.Fatalf("publish: %s\n%s", r.Status, body(t, r))
	}
	r, at := s.book.Current(), rota.CutOver{On: rota.Date{Year: 2026, Month: 7, Day: 1}, At: 480}.Instant(london(t))
	if team, _ := r.TeamAt("southampton", at); team != "the-south" {
		t.Errorf("Southampton is %s then", team)
	}
	must(t, body(t, get(t, c, "/teams")), "Opens on 1 July 2026 at 08:00")

	// Somebody is replaced meanwhile; the merger is taken back all the same.
	submit(c, "/rota/change/replace", url.Values{"person": {"r-leo"}, "by": {"r-mia"}})
	back := submit(c, "/teams/take-back/the-south", nil)
	where = back.Header.Get("Location")
	if back.StatusCode != http.StatusSeeOther {
		t.Fatalf("take back: %s\n%s", back.Status, body(t, back))
	}
	html = body(t, get(t, c, where))
	must(t, html, "The change that makes The South is taken back", "Removed", "Back to Teams")
	if r := publish(t, c, where, html, nil); r.StatusCode != http.StatusSeeOther {
		t.Fatalf("publish: %s\n%s", r.Status, body(t, r))
	}
	if _, there := s.book.Current().TeamLife("the-south", atNight); there || onShift(s, "mid-north") != "r-mia" {
		t.Errorf("it is still there, or the replacement is not: %v, %s", there, onShift(s, "mid-north"))
	}
	again := submit(c, "/teams/take-back/the-south", nil)
	if html := body(t, again); again.StatusCode != http.StatusUnprocessableEntity || !strings.Contains(html, "taken back already") {
		t.Errorf("taken back again: %s\n%s", again.Status, html)
	}
	if r := submit(c, "/teams/take-back/portsmouth", nil); r.StatusCode != http.StatusUnprocessableEntity {
		t.Errorf("a team of old: %s", r.Status)
	}
}

// TestMergeIntoOneThatGoesOn.
func TestMergeIntoOneThatGoesOn(t *testing.T) {
	t.Parallel()
	s := arranged(t)
	c := serve(t, s)
	where, html := walk(t, c, "merge", mergeSteps[0], url.Values{"heir": {"portsmouth"}, "name": {""}}, splitSteps[3])
	must(t, html, "Southampton becomes part of Portsmouth and South East Hampshire on 1 July 2026 at 03:00", "In the middle of a shift then", "Dev Patel and Ewa Nowak: they go on until it ends.", "Nothing changes, and it can be taken back", "Eastleigh (SO50, SO53): visited by Portsmouth and South East Hampshire.")
	if r := publish(t, c, where, html, url.Values{"because": {"the backup is named before July"}}); r.StatusCode != http.StatusSeeOther {
		t.Fatalf("publish: %s\n%s", r.Status, body(t, r))
	}
}

// TestHelpAtOnce: what a merger changes before its time is said.
func TestHelpAtOnce(t *testing.T) {
	t.Parallel()
	s := arranged(t)
	_, html := walk(t, serve(t, s), "merge", url.Values{"sources": {"portsmouth", "mid-north"}}, url.Values{"heir": {"mid-north"}, "name": {""}}, mergeSteps[2])
	must(t, html, "Isle of Wight helps Mid and North Hampshire too, after its other neighbours, as soon as this is published.", "Nothing else changes")
}

// TestSplit: a part of a team leaves it, with people, localities and lines.
func TestSplit(t *testing.T) {
	t.Parallel()
	s := arranged(t)
	c := serve(t, s)
	where, html := walk(t, c, "split", splitSteps...)
	must(t, html, "Fareham leaves Portsmouth and South East Hampshire on 1 July 2026 at 03:00", "Professionals’ line: its calls go to Fareham",
		"Fareham (PO14, PO15): visited by Fareham.", "Ben Carter: they go on until it ends.", "Fareham: Ben Carter and Harry Lloyd.", "Fareham is helped by Portsmouth and South East Hampshire")
	r := publish(t, c, where, html, url.Values{"because": {"the rest is mended before July"}})
	if r.StatusCode != http.StatusSeeOther {
		t.Fatalf("publish: %s\n%s", r.Status, body(t, r))
	}
	must(t, body(t, get(t, c, "/teams/portsmouth")), "Fareham leaves Portsmouth and South East Hampshire on 1 July 2026 at 03:00", "/teams/take-back/fareham")
	must(t, body(t, get(t, c, "/teams/fareham")), "Opening", "It leaves Portsmouth and South East Hampshire on 1 July 2026 at 03:00")
}

// TestStepsSayWhatIsWrong, and keep what was entered.
func TestStepsSayWhatIsWrong(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name, way  string
		before     []url.Values
		v          url.Values
		says, kept string
	}{
		{"one team", "merge", nil, url.Values{"sources": {"portsmouth"}}, "Choose two teams or more", `value="portsmouth" checked`},
		{"teams there are not", "merge", nil, url.Values{"sources": {"north", "city"}}, "Choose two teams or more", "Which teams become one?"},
		{"no name", "merge", mergeSteps[:1], url.Values{"heir": {newTeam}}, "Write the name of the new team", `value="a.new" checked`},
		{"another's name", "merge", mergeSteps[:1], url.Values{"heir": {newTeam}, "name": {"Isle of Wight"}}, "There is, or was, a team of that name", `value="Isle of Wight"`},
		{"a stranger goes on", "merge", mergeSteps[:1], url.Values{"heir": {"isle-of-wight"}}, "Choose what they become", "What do they become?"},
		{"no day", "merge", mergeSteps[:2], url.Values{"at": {"08:00"}}, "Write the day, such as", `value="08:00"`},
		{"no time", "merge", mergeSteps[:2], url.Values{"on-day": {"1"}, "on-month": {"7"}, "on-year": {"2026"}, "at": {"eight"}}, "Write the time of day", `value="eight"`},
		{"over", "merge", mergeSteps[:2], url.Values{"on-day": {"20"}, "on-month": {"6"}, "on-year": {"2026"}, "at": {"03:00"}}, "must be ahead", `value="20"`},
		{"an hour that is twice", "merge", mergeSteps[:2], url.Values{"on-day": {"25"}, "on-month": {"10"}, "on-year": {"2026"}, "at": {"01:30"}}, "skip or repeat that hour", `value="01:30"`},
		{"nothing to split", "split", nil, url.Values{"name": {"Fareham"}}, "Choose the team that is split", `value="Fareham"`},
		{"nothing asked", "split", splitSteps[:1], url.Values{}, "Say which go with it", "What goes to Fareham?"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			s := arranged(t)
			c := serve(t, s)
			where := "/teams/change/" + tt.way
			for _, v := range slices.Concat(tt.before, []url.Values{tt.v}) {
				at, err := url.Parse(where)
				if err != nil {
					t.Fatal(err)
				}
				answer := at.Query()
				for key, val := range v {
					answer[key] = val
				}
				r := submit(c, "/teams/change/"+tt.way, answer)
				if where = r.Header.Get("Location"); where != "" {
					continue
				}
				html := body(t, r)
				holdsPromises(t, r, html)
				if r.StatusCode != http.StatusUnprocessableEntity {
					t.Errorf("%s", r.Status)
				}
				must(t, html, tt.says, tt.kept, "<title>Error: ")
				return
			}
			t.Errorf("nothing is wrong: it leads to %s", where)
		})
	}
}

// TestStepsAreLeftAndGoneOnWith: what was answered is kept, by somebody else too;
// what others published meanwhile is no matter, unless it is.
func TestStepsAreLeftAndGoneOnWith(t *testing.T) {
	t.Parallel()
	s := arranged(t)
	c := serve(t, s)
	first := submit(c, "/teams/change/merge", mergeSteps[0])
	at, err := url.Parse(first.Header.Get("Location"))
	if err != nil {
		t.Fatal(err)
	}
	draft := "/rota/drafts/" + at.Query().Get("draft")
	must(t, body(t, get(t, c, "/teams")), `href="`+draft+`"`, "Merge teams, not finished")
	if got := get(t, c, draft).Header.Get("Location"); got != at.String() {
		t.Errorf("an unfinished draft leads to %s, not %s", got, at)
	}
	manager := signedIn(t, c, "Manager", access.Grant{Role: access.DutyManager})
	if r := get(t, c, at.String(), manager); r.StatusCode != http.StatusForbidden {
		t.Errorf("a duty manager: %s", r.Status)
	}
	other := signedIn(t, c, "Other", access.Grant{Role: access.Administrator, Teams: []string{"portsmouth"}})
	if r := get(t, c, at.String(), other); r.StatusCode != http.StatusForbidden {
		t.Errorf("an administrator of one of the two: %s", r.Status)
	}

	where, _ := walk(t, c, "merge", mergeSteps...)
	submit(c, "/rota/change/replace", url.Values{"person": {"r-leo"}, "by": {"r-mia"}})
	must(t, body(t, get(t, c, where)), "The rota was changed meanwhile", "Your change is kept", "Put my change on top of theirs")
	if r := submit(c, where+"/catch-up", nil); r.StatusCode != http.StatusSeeOther {
		t.Fatalf("catch up: %s", r.Status)
	}
	html := body(t, get(t, c, where))
	must(t, html, "become The South on 1 July 2026 at 08:00")

	// Now one of the two is gone: the draft says so, and can only be changed.
	second, secondHTML := walk(t, c, "merge", url.Values{"sources": {"southampton", "isle-of-wight"}}, url.Values{"heir": {newTeam}, "name": {"The Coast"}}, mergeSteps[2])
	if r := publish(t, c, second, secondHTML, nil); r.StatusCode != http.StatusSeeOther {
		t.Fatalf("the second: %s\n%s", r.Status, body(t, r))
	}
	must(t, body(t, get(t, c, where)), "What was answered does not hold any more: choose two teams or more", "Answer anew")
	if r := submit(c, where+"/catch-up", nil); r.StatusCode != http.StatusUnprocessableEntity {
		t.Errorf("catch up: %s", r.Status)
	}
	for _, path := range []string{"/teams/change/rename", "/teams/change/merge?step=nothing", "/teams/change/merge?draft=gone", "/teams/change/split?draft=" + strings.TrimPrefix(second, "/rota/drafts/")} {
		if r := get(t, c, path); r.StatusCode != http.StatusNotFound {
			t.Errorf("%s: %s", path, r.Status)
		}
	}
}
