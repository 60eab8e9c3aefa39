package rota

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestTeamOps(t *testing.T) {
	t.Parallel()
	two := 2
	for _, tc := range []struct {
		name string
		ops  []Op
		diff string // from the plan before
		said string // of the last
		err  error
	}{
		{
			"help agreed on", []Op{AddAid{Team: "east", By: "west", After: "30s", AtOnce: &two, Days: []string{"weekdays"}, Start: 22 * 60, End: 6 * 60, Since: Date{2026, 4, 1}}},
			"+ promise of help east west 2026-04-01 22:00: team west helps team east, after 30s, at most 2 at once, weekdays, 22:00 to 06:00, from 2026-04-01",
			"team west helps team east, after 30s, at most 2 at once, weekdays, 22:00 to 06:00, from 2026-04-01", nil,
		},
		{"twice the same", []Op{AddAid{Team: "east", By: "west"}, AddAid{Team: "east", By: "west", AtOnce: &two}}, "", "", ErrCannot},
		{"of no team", []Op{AddAid{Team: "east", By: "north"}}, "", "", ErrNoSuch},
		{"over before it begins", []Op{AddAid{Team: "east", By: "west", Until: Date{2026, 3, 2}}}, "", "", ErrCannot},
		{"words that are no time", []Op{AddAid{Team: "east", By: "west", After: "soon"}}, "", "", ErrCannot},
		{
			"help ended at once", []Op{AddAid{Team: "east", By: "west", AtOnce: &two}, EndAid{Team: "east", By: "west"}},
			"", "no longer: team west helps team east, at most 2 at once", nil,
		},
		{
			"help ended later", []Op{AddAid{Team: "east", By: "west"}, EndAid{Team: "east", By: "west", Until: Date{2026, 5, 1}}},
			"+ promise of help east west: team west helps team east, until 2026-05-01", "team west helps team east, until 2026-05-01", nil,
		},
		{"ended again", []Op{AddAid{Team: "east", By: "west", Until: Date{2026, 5, 1}}, EndAid{Team: "east", By: "west", Until: Date{2026, 6, 1}}}, "", "", ErrTooLate},
		{"ended in the past", []Op{AddAid{Team: "east", By: "west"}, EndAid{Team: "east", By: "west", Until: Date{2026, 3, 1}}}, "", "", ErrCannot},
		{"ended, never promised", []Op{EndAid{Team: "east", By: "west", Start: 600}}, "", "", ErrNoSuch},

		{
			"a code of several", []Op{MoveOutward{Outward: " zz5 ", Team: "west", At: LocalTime{Date{2026, 4, 1}, 480}}},
			"~ locality harbour: outward [ZZ1, ZZ4, ZZ5] → [ZZ1, ZZ4]\n+ locality zz5: Harbour, ZZ5, of team west, codes ZZ5",
			"ZZ5, of Harbour, is visited by team west from 2026-04-01T08:00 on", nil,
		},
		{
			"a locality by itself, at once", []Op{MoveOutward{Outward: "ZZ2", Team: "east"}},
			"~ locality hills: moved nothing → [{team west, till 2026-03-02, at 12:00}]; team west → east", "ZZ2, of Hills, is visited by team east from 2026-03-02T12:00 on", nil,
		},
		{
			"there and back", []Op{MoveOutward{Outward: "ZZ2", Team: "east"}, MoveOutward{Outward: "ZZ2", Team: "west", Name: "The Hills"}},
			"~ locality hills: moved nothing → [{team west, till 2026-03-02, at 12:00}, {team east, till 2026-03-02, at 12:00}]; name Hills → The Hills",
			"ZZ2, of Hills, is visited by team west from 2026-03-02T12:00 on", nil,
		},
		{
			"into the service", []Op{MoveOutward{Outward: "ZZ3", Team: "east"}},
			"~ locality away: outside the next county → nothing; team nothing → east", "ZZ3, of Away, is visited by team east from 2026-03-02T12:00 on", nil,
		},
		{"into the service later", []Op{MoveOutward{Outward: "ZZ3", Team: "east", At: LocalTime{Date{2026, 4, 1}, 0}}}, "", "", ErrCannot},
		{"where it is", []Op{MoveOutward{Outward: "ZZ1", Team: "east"}}, "", "", ErrCannot},
		{"in the past", []Op{MoveOutward{Outward: "ZZ1", Team: "west", At: LocalTime{Date{2026, 3, 1}, 0}}}, "", "", ErrCannot},
		{"twice", []Op{MoveOutward{Outward: "ZZ2", Team: "east", At: LocalTime{Date{2026, 4, 1}, 0}}, MoveOutward{Outward: "ZZ2", Team: "young"}}, "", "", ErrCannot},
		{"to nobody", []Op{MoveOutward{Outward: "ZZ2", Team: "north"}}, "", "", ErrNoSuch},
		{"a code nobody has", []Op{MoveOutward{Outward: "ZZ8", Team: "east"}}, "", "", ErrNoSuch},
		{"a code of two", []Op{MoveOutward{Outward: "ZZ9", Team: "east"}}, "", "", ErrCannot},

		{
			"a number given up", []Op{RetireLine{Line: "gp"}},
			"~ line gp: retired nothing → {since 2026-03-02}", "line gp is given up from 2026-03-02 on, and its calls go where they went", nil,
		},
		{
			"and its calls go elsewhere", []Op{RetireLine{Line: "gp", Since: Date{2026, 1, 1}}, RetireLine{Line: "gp", Team: "east"}},
			"~ line gp: retired nothing → {since 2026-01-01, team east}", "line gp is given up from 2026-01-01 on, and its calls go to team east", nil,
		},
		{"to nobody's", []Op{RetireLine{Line: "gp", Team: "north"}}, "", "", ErrNoSuch},
		{"published again", []Op{RetireLine{Line: "gp"}, RestoreLine{Line: "gp"}}, "", "line gp is published again, and its calls go to team west", nil},
		{"published anyway", []Op{RestoreLine{Line: "gp"}}, "", "", ErrTooLate},
		{"no line", []Op{RetireLine{Line: "fax"}}, "", "", ErrNoSuch},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			before := edited(t, "outward: [ZZ1]", "outward: [ZZ1, ZZ4, ZZ5]", "lines:", "split:\n  - {outward: ZZ9, between: [harbour, hills], ask: which side of the river}\nlines:")
			now, p := before.at(t, "2026-03-02T12:00"), before
			var said []string
			var err error
			for i, op := range tc.ops {
				q, words, failed := Edit(p, op, now)
				if failed != nil && i+1 < len(tc.ops) {
					t.Fatal(failed)
				}
				if failed == nil {
					p, said = q, words
				}
				err = failed
			}
			if !errors.Is(err, tc.err) || tc.err == nil && err != nil {
				t.Fatalf("got %v, want %v", err, tc.err)
			}
			if tc.err != nil {
				return
			}
			var lines []string
			for _, d := range Diff(before, p) {
				lines = append(lines, d.String())
			}
			if diff := cmp.Diff(tc.diff, strings.Join(lines, "\n")); diff != "" {
				t.Errorf("want -, got +\n%s", diff)
			}
			if said[0] != tc.said {
				t.Errorf("said %q, want %q", said[0], tc.said)
			}
		})
	}
}

// A code that moves answers for both teams, each in its time, and the last line
// that is published stays.
func TestAMovedCodeRemembersWhoseItWas(t *testing.T) {
	t.Parallel()
	p := edited(t, "outward: [ZZ1]", "outward: [ZZ1, ZZ4]")
	now := p.at(t, "2026-03-02T12:00")
	p, _ = do(t, p, now, MoveOutward{Outward: "ZZ4", Team: "west", At: LocalTime{Date{2026, 4, 1}, 480}}, RetireLine{Line: "gp"})
	for at, want := range map[string]string{"2026-04-01T07:59": "east", "2026-04-01T08:00": "west"} {
		r := compiled(t, p, p.at(t, at), DefaultHorizon)
		if got, ok := r.Place("ZZ4", p.at(t, at)); !ok || got.Team != want {
			t.Errorf("%s: ZZ4 is %q's, want %s", at, got.Team, want)
		}
		if got, _ := r.Place("ZZ1", p.at(t, at)); got.Team != "east" {
			t.Errorf("%s: ZZ1 is %q's", at, got.Team)
		}
	}
	var problems Problems
	if _, _, err := Edit(p, RetireLine{Line: "public"}, now); !errors.As(err, &problems) {
		t.Errorf("the last line published is given up: %v", err)
	}
	if _, _, err := Edit(p, AddAid{Team: "young", By: "young"}, now); !errors.As(err, &problems) {
		t.Errorf("a team helps itself: %v", err)
	}
}
