package rota

import (
	"errors"
	"strings"
	"testing"
	"time"
)

// asOneDraft is what two people who each changed base end up with when the
// second puts their change on top of the first's.
func asOneDraft(t *testing.T, base, theirs, mine *Plan) (*Plan, error) {
	t.Helper()
	return Revert(mine, base, theirs)
}

// Two drafts of one day, made from the same plan, keep each other's work: what
// they add is never taken for one thing.
func TestDraftsOfOneDayGoTogether(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name         string
		theirs, mine Op
	}{
		{
			"absences", ReportAbsence{Person: "bob", Kind: AbsentSick, Start: local(t, "2026-03-02T21:00"), End: local(t, "2026-03-03T08:00")},
			ReportAbsence{Person: "dan", Kind: AbsentLeave, Start: local(t, "2026-03-04"), End: local(t, "2026-03-05")},
		},
		{
			"overrides", AddOverride{Teams: []string{"west"}, Tier: "responding", Add: "cat", Start: local(t, "2026-03-03"), End: local(t, "2026-03-04")},
			AddOverride{Teams: []string{"west"}, Tier: "responding", Add: "bob", Start: local(t, "2026-03-05"), End: local(t, "2026-03-06")},
		},
		{
			"replacements", ReplaceNow{Person: "dan", By: "cat"}, ReplaceNow{Person: "eve", By: "bob"},
		},
		{
			"dated shifts", AddDated{Teams: []string{"west"}, Tier: "responding", Dates: []Date{{2026, 3, 7}}, Start: 600, End: 720, People: []string{"cat"}},
			AddDated{Teams: []string{"west"}, Tier: "responding", Dates: []Date{{2026, 3, 8}}, Start: 600, End: 720, People: []string{"bob"}},
		},
		{
			"swaps where there were none", OfferSwap{Person: "ann", Gives: Slot{Shift: "east-day", Date: Date{2026, 3, 3}}, With: "dan"},
			OfferSwap{Person: "bob", Gives: Slot{Shift: "east-day", Date: Date{2026, 3, 4}}, With: "dan"},
		},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			base := parseFile(t, "testdata/small.yaml")
			now := base.at(t, "2026-03-02T12:00")
			theirs, _ := do(t, base, now, tc.theirs)
			mine, _ := do(t, base, now.Add(90*time.Second), tc.mine)
			both, err := asOneDraft(t, base, theirs, mine)
			if err != nil {
				t.Fatal(err)
			}
			a, b, all := Diff(base, theirs), Diff(base, mine), Diff(base, both)
			if len(a) == 0 || len(b) == 0 || len(a)+len(b) != len(all) {
				t.Errorf("one changes\n%v\nthe other\n%v\nboth together\n%v", a, b, all)
			}
		})
	}
}

// What one operation makes is named alike however often it is done, so that
// doing it again on what somebody else published is the same change.
func TestNewNamesAreTheOperationsOwn(t *testing.T) {
	t.Parallel()
	p := parseFile(t, "testdata/small.yaml")
	now := p.at(t, "2026-03-02T12:00")
	made := func(now time.Time, person string) string {
		q, _ := do(t, p, now, ReportAbsence{Person: person, Kind: AbsentSick})
		return q.Absences[len(q.Absences)-1].ID
	}
	first := made(now, "bob")
	if again := made(now, "bob"); again != first {
		t.Errorf("%s, and done again %s", first, again)
	}
	for _, other := range []string{made(now, "dan"), made(now.Add(time.Millisecond), "bob")} {
		if other == first {
			t.Errorf("another absence is %s too", other)
		}
	}
	if !strings.HasPrefix(first, "absence-20260302-") {
		t.Errorf("got %s", first)
	}
}

// A part of the plan that is a set of keys may come and go as a whole: each key
// is looked at by itself all the same.
func TestRevertWhereAMappingWasMissing(t *testing.T) {
	t.Parallel()
	base := parseFile(t, "testdata/small.yaml")
	with := func(p *Plan, change func(*Plan)) *Plan {
		t.Helper()
		q, err := p.Clone()
		if err != nil {
			t.Fatal(err)
		}
		change(q)
		if q, err = q.Clone(); err != nil {
			t.Fatal(err)
		}
		return q
	}
	paused := func(p *Plan) { p.Policy.Break = 30 * time.Minute }
	proven := func(p *Plan) { p.Policy.ProvenDays = 14 }

	both, err := asOneDraft(t, base, with(base, paused), with(base, proven))
	if err != nil {
		t.Fatal(err)
	}
	if both.Policy.Break != 30*time.Minute || both.Policy.ProvenDays != 14 {
		t.Errorf("one of two is lost: %+v", both.Policy)
	}
	back, err := Revert(base, with(base, paused), with(with(base, paused), proven))
	if err != nil {
		t.Fatal(err)
	}
	if back.Policy.Break != 0 || back.Policy.ProvenDays != 14 {
		t.Errorf("taking the first back leaves %+v", back.Policy)
	}
	if back, err = Revert(base, with(base, paused), with(base, paused)); err != nil || len(Diff(base, back)) > 0 {
		t.Errorf("taken back at once, it differs: %v %v", Diff(base, back), err)
	}
	longer := func(p *Plan) { p.Policy.Break = time.Hour }
	if _, err := Revert(base, with(base, paused), with(with(base, paused), longer)); !errors.Is(err, ErrEntangled) {
		t.Errorf("the same key changed since: %v", err)
	}
	// A person is no set of keys: half of one is nobody.
	gone := with(base, func(p *Plan) { p.Absences = nil })
	away, _ := do(t, base, base.at(t, "2026-03-02T12:00"), ReportAbsence{ID: "a1", Person: "dan", Kind: AbsentSick})
	longerAway := with(away, func(p *Plan) { p.Absences[0].End = local(t, "2026-03-09") })
	if _, err := Revert(gone, away, longerAway); !errors.Is(err, ErrEntangled) {
		t.Errorf("an absence that was lengthened since: %v", err)
	}
}

// Of promises between the same two teams none is lost, though nothing but
// their hours tells them apart.
func TestRevertKeepsPromisesThatLookAlike(t *testing.T) {
	t.Parallel()
	base := reworded(t, parseFile(t, "testdata/small.yaml"), "last_human:", `mutual_aid:
  - {team: east, by: west, days: [mon], start: "08:00", end: "12:00"}
  - {team: east, by: west, days: [tue], start: "08:00", end: "18:00"}
last_human:`)
	after := reworded(t, base, `  - {team: east, by: west, days: [mon], start: "08:00", end: "12:00"}
`, "")
	back, err := Revert(base, after, after)
	if err != nil || len(Diff(base, back)) > 0 {
		t.Errorf("it differs: %v %v", Diff(base, back), err)
	}
	if len(back.MutualAid) != 2 {
		t.Errorf("%d promises are left of 2", len(back.MutualAid))
	}
	if back, err = Revert(after, base, base); err != nil || len(back.MutualAid) != 1 || back.MutualAid[0].End != after.MutualAid[0].End {
		t.Errorf("adding it is not taken back: %+v %v", back.MutualAid, err)
	}
}
