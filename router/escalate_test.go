package router

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"example.org/crisisline/call"
	"example.org/crisisline/queue"
	"example.org/crisisline/rota"
)

var noon = time.Date(2026, time.November, 23, 12, 0, 0, 0, time.UTC)

var ladder = rota.Ladder{
	{After: 0, Tier: call.TierResponding, Team: "portsmouth", Reason: "own_team", Groups: [][]string{{"amal"}}, Pools: []string{"portsmouth/responding/"}},
	{After: 20 * time.Second, Tier: call.TierResponding, Team: "southampton", Reason: "neighbour", Groups: [][]string{{"cara"}}, Pools: []string{"southampton/responding/"}},
	{After: 45 * time.Second, Tier: call.TierBackup, Team: "portsmouth", Reason: "backup", Groups: [][]string{{"dev"}}, Pools: []string{"portsmouth/backup/"}},
	{After: 75 * time.Second, Tier: call.TierDutyManager, Team: "portsmouth", Reason: "duty_manager", Groups: [][]string{{"eve"}}, Pools: []string{"portsmouth/duty_manager/"}},
}

var plain = Timing{SecondPhoneAfter: 8 * time.Second, MostPhones: 4, ReofferAfter: time.Minute, EarlyOffer: true}

func TestEscalate(t *testing.T) {
	t.Parallel()
	type want struct {
		rung, phones, skipTo int
		again                time.Duration
		last                 bool
	}
	for name, c := range map[string]struct {
		call queue.Record
		at   time.Duration
		want want
	}{
		"at the first moment: own team, one phone": {queue.Record{}, 0, want{0, 1, 2, 5 * time.Second, false}},
		"just before the second phone":             {queue.Record{}, 7 * time.Second, want{0, 1, 2, time.Second, false}},
		"at 8 s: a second phone":                   {queue.Record{}, 8 * time.Second, want{0, 2, 2, 5 * time.Second, false}},
		"at 20 s: the neighbours":                  {queue.Record{}, 20 * time.Second, want{1, 3, 2, 4 * time.Second, false}},
		"at 74.5 s: half a second to the manager":  {queue.Record{}, 74500 * time.Millisecond, want{2, 4, 2, 500 * time.Millisecond, false}},
		"at 75 s: everyone":                        {queue.Record{}, 75 * time.Second, want{3, 4, 3, 5 * time.Second, true}},
		"danger: everyone at once":                 {queue.Record{Danger: true}, time.Second, want{3, 4, 3, 5 * time.Second, true}},
		"back after a drop: everyone at once":      {queue.Record{Front: true}, time.Second, want{3, 4, 3, 5 * time.Second, true}},
		"a rung once reached is not left":          {queue.Record{Rung: 2}, 0, want{2, 1, 2, 5 * time.Second, false}},
		"before its time: nothing is negative":     {queue.Record{}, -time.Second, want{0, 1, 2, 5 * time.Second, false}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c.call.ReceivedAt = noon
			s := Escalate(c.call, ladder, plain, noon.Add(c.at))
			got := want{s.Rung, s.Phones, s.SkipTo, s.Again, s.Last}
			if diff := cmp.Diff(c.want, got, cmp.AllowUnexported(want{})); diff != "" {
				t.Errorf("step (-want +got):\n%s", diff)
			}
			if len(s.Groups) != s.Rung+1 || len(s.Pools) != s.Rung+1 {
				t.Errorf("%d groups, %d pools for rung %d", len(s.Groups), len(s.Pools), s.Rung)
			}
		})
	}
}

func TestEscalateOnAnEmptyLadder(t *testing.T) {
	t.Parallel()
	s := Escalate(queue.Record{ReceivedAt: noon}, nil, plain, noon)
	if s.Rung != -1 || len(s.Groups) != 0 || s.Again <= 0 {
		t.Errorf("step %+v: nobody to ask, but it must be looked at again", s)
	}
}

func TestWidenOpensTheNextRungAndKeepsTheOthers(t *testing.T) {
	t.Parallel()
	s := Escalate(queue.Record{ReceivedAt: noon}, ladder, plain, noon).widen(ladder)
	if s.Rung != 1 || s.Reason != "neighbour" || len(s.Groups) != 2 {
		t.Errorf("step %+v", s)
	}
}

func TestDutiesReadBackWhatPoolsSay(t *testing.T) {
	t.Parallel()
	got := duties([]string{"portsmouth/responding/young_people", "portsmouth/backup/"})
	want := []queue.Duty{
		{Pool: "portsmouth/responding/young_people", Team: "portsmouth", Tier: call.TierResponding},
		{Pool: "portsmouth/backup/", Team: "portsmouth", Tier: call.TierBackup},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}
