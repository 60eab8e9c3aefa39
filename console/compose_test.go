package console

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"example.org/crisisline/call"
	"example.org/crisisline/metrics"
	"example.org/crisisline/queue"
	"example.org/crisisline/rota"
)

// at is the moment of a test: 03:12:07 on a Saturday night, the whole plan.
func at(t testing.TB, change func(*moment)) moment {
	t.Helper()
	m := moment{
		Now: atNight, Rota: plan(t, atNight, nil), Mode: ModeNormal, Timing: rota.DefaultTiming(), WrapUp: 2 * time.Minute, ReofferAfter: time.Minute,
		Zone: london(t), Calls: queue.Snapshot{At: atNight},
		Can: map[string]bool{"ring-again": true, "pause": true, "back": true, "end-wrap-up": true},
	}
	if change != nil {
		change(&m)
	}
	return m
}

// waitingFor is one caller of Portsmouth whom nobody has answered.
func waitingFor(d time.Duration, change func(*queue.Record)) queue.Record {
	r := queue.Record{
		ID: "CA1", State: call.StateWaiting, Line: "public", Team: "portsmouth",
		ReceivedAt: atNight.Add(-d), WaitingAt: atNight.Add(-d), LastStep: atNight,
	}
	if change != nil {
		change(&r)
	}
	return r
}

func TestNextStep(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name   string
		r      queue.Record
		want   string
		within time.Duration // 0: not a matter of time
	}{
		{"greeting", waitingFor(3*time.Second, func(r *queue.Record) { r.State, r.WaitingAt = call.StateIntake, time.Time{} }), "joins the queue when the greeting ends", 0},
		{"greeting, with an early offer", waitingFor(3*time.Second, func(r *queue.Record) { r.State, r.WaitingAt, r.Ringing = call.StateIntake, time.Time{}, 1 }), "Southampton, Mid and North Hampshire and Isle of Wight join", 17 * time.Second},
		{"own team first", waitingFor(12*time.Second, nil), "Southampton, Mid and North Hampshire and Isle of Wight join", 8 * time.Second},
		{"then backup", waitingFor(21*time.Second, nil), "the backup tier joins", 24 * time.Second},
		{"then the duty manager", waitingFor(45*time.Second, nil), "the duty manager is rung", 30 * time.Second},
		{"then the last human", waitingFor(75*time.Second, nil), "the last human is rung", 30 * time.Second},
		{"then nobody is left", waitingFor(105*time.Second, nil), "nothing more, everyone may be rung already", 0},
		{"a rung brought forward stays", waitingFor(12*time.Second, func(r *queue.Record) { r.Rung = 3 }), "the backup tier joins", 33 * time.Second},
		{"in danger everyone is rung", waitingFor(2*time.Second, func(r *queue.Record) { r.Danger = true }), "nothing more, everyone may be rung already", 0},
		{"after a drop", waitingFor(50*time.Second, func(r *queue.Record) { r.Front, r.NotBefore = true, atNight.Add(3*time.Second) }), "phones ring again", 3 * time.Second},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			c := newComposer(at(t, nil))
			got := nextStep(&tt.r, c.ladder(&tt.r), tt.r.Ringing > 0, c.names, c.Now)
			want := step{Text: tt.want}
			if tt.within > 0 {
				want.At = atNight.Add(tt.within)
			}
			if d := cmp.Diff(want, got); d != "" {
				t.Error(d)
			}
		})
	}
}

// TestNextStepOfAnEmptyTeam: what costs no time in the ringing is not announced
// on the board either.
func TestNextStepOfAnEmptyTeam(t *testing.T) {
	t.Parallel()
	c := newComposer(at(t, func(m *moment) { m.Rota = bareSouthampton(t) }))
	r := waitingFor(2*time.Second, func(r *queue.Record) { r.Team = "southampton" })
	got := nextStep(&r, c.ladder(&r), false, c.names, c.Now)
	if want := (step{"the backup tier joins", atNight.Add(23 * time.Second)}); got != want {
		t.Errorf("got %+v, want %+v", got, want)
	}
}

func bareSouthampton(t testing.TB) *rota.Rota {
	return plan(t, atNight, replaced("id: s-night, team", "id: s-night, until: 2026-01-01, team"))
}

func TestAlarms(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name   string
		change func(*moment)
		want   []alarm
		calm   string
	}{
		{
			"all is well", nil, nil, "Every team has someone on shift. Next change 08:00.",
		},
		{
			"nobody for one team", func(m *moment) { m.Rota = bareSouthampton(t) },
			[]alarm{{Level: "danger", Title: "Nobody is on shift for Southampton", Text: "Its callers go to Portsmouth and South East Hampshire at once."}}, "",
		},
		{
			"everyone of a team is away or on a break", func(m *moment) {
				m.Calls.Presences = []queue.PresenceRecord{{Responder: "r-dev", Presence: call.PresenceAway}, {Responder: "r-ewa", Presence: call.PresenceBreak}}
			},
			[]alarm{{Level: "danger", Title: "Nobody can be rung for Southampton", Text: "Everyone on shift is on a break or set aside. Until someone is set back, callers go to other teams."}}, "",
		},
		{
			"a gap ahead", func(m *moment) { m.Now = time.Date(2026, 6, 20, 16, 0, 0, 0, time.UTC) },
			[]alarm{{Level: "warn", Title: "Nobody for Isle of Wight from 22:00", Text: "In 5 hours. See Rota."}}, "",
		},
		{
			"a long wait", func(m *moment) { m.Calls.Calls = []queue.Record{waitingFor(2*time.Minute, nil)} },
			[]alarm{{Level: "danger", Title: "1 caller has waited over 2 minutes"}}, "",
		},
		{
			"nobody is being rung although somebody is free", func(m *moment) {
				m.Calls.Calls = []queue.Record{waitingFor(50*time.Second, func(r *queue.Record) { r.LastStep = r.WaitingAt })}
			},
			[]alarm{{Level: "danger", Title: "1 caller waits with nobody being rung", Text: "Someone who may be asked is free. Use Ring again beside the caller."}}, "",
		},
		{
			"nobody is being rung because nobody is free", func(m *moment) {
				m.Calls.Calls = []queue.Record{waitingFor(50*time.Second, func(r *queue.Record) { r.LastStep = r.WaitingAt })}
				for _, r := range []string{"r-amara", "r-ben", "r-chloe", "r-dev", "r-ewa", "r-femi", "r-grace", "r-isla"} {
					m.Calls.Presences = append(m.Calls.Presences, queue.PresenceRecord{Responder: r, Presence: call.PresenceConnected, Since: atNight.Add(-time.Hour)})
				}
			}, nil, "Every team has someone on shift. Next change 08:00.",
		},
		{
			"degraded", func(m *moment) { m.Mode, m.Reasons = "degraded", []string{"carrier"} },
			[]alarm{{Level: "danger", Title: "The service is degraded", Text: "The telephone network refuses or does not answer our requests."}}, "",
		},
		{
			"the store is gone", func(m *moment) { m.Stale, m.Mode, m.Reasons = true, "degraded", []string{"store"} },
			[]alarm{{
				Level: "danger", Stale: true, Title: "The service is degraded, and this page cannot see the calls",
				Text: "The store does not answer. Calls and people’s states are shown as of 03:12:07. Telephones are answered all the same, from the last published plan.",
			}}, "",
		},
		{
			"draining", func(m *moment) { m.Mode, m.Reasons = "draining", []string{"draining"} },
			[]alarm{{Level: "warn", Title: "This instance is shutting down", Text: "Calls go on. Open the page again on another instance."}}, "",
		},
		{
			"no plan", func(m *moment) { m.Rota, m.Mode, m.Reasons = nil, "none", []string{"plan"} },
			[]alarm{{Level: "danger", Title: "No plan is in force", Text: "Nobody can be rung until a plan is published."}}, "",
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			b := compose(at(t, tt.change))
			if d := cmp.Diff(tt.want, b.Alarms); d != "" {
				t.Error(d)
			}
			if b.Calm != tt.calm {
				t.Errorf("calm: got %q, want %q", b.Calm, tt.calm)
			}
		})
	}
}

func TestWhyNobodyRings(t *testing.T) {
	t.Parallel()
	hanging := compose(at(t, func(m *moment) {
		m.Calls.Calls = []queue.Record{waitingFor(50*time.Second, func(r *queue.Record) { r.LastStep = r.WaitingAt })}
		for _, r := range []string{"r-amara", "r-ben", "r-chloe", "r-dev", "r-ewa", "r-femi", "r-grace", "r-isla"} {
			m.Calls.Presences = append(m.Calls.Presences, queue.PresenceRecord{Responder: r, Presence: call.PresenceFree, OnPhone: true, Since: atNight.Add(-time.Hour)})
		}
	}))
	if got := hanging.Waiting[0].Rows[0].Busy; !strings.HasSuffix(got, "still on the phone after a call.") || len(hanging.Alarms) > 0 || hanging.Sum.Free != 0 {
		t.Errorf("everybody's phone is up: %q, %+v, %d free", got, hanging.Alarms, hanging.Sum.Free)
	}
	b := compose(at(t, func(m *moment) {
		m.Calls.Calls = []queue.Record{waitingFor(5*time.Second, nil)}
		m.Calls.Presences = []queue.PresenceRecord{
			{Responder: "r-amara", Presence: call.PresenceConnected}, {Responder: "r-ben", Presence: call.PresenceWrapUp},
			{Responder: "r-chloe", Presence: call.PresenceAway},
		}
	}))
	want := "Of 3 people who may be asked: 1 on a call, 1 in wrap-up, 1 set aside after missed calls."
	if got := b.Waiting[0].Rows[0].Busy; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

// TestSum counts what the four numbers say.
func TestSum(t *testing.T) {
	t.Parallel()
	b := compose(at(t, func(m *moment) { m.Calls = full(atNight) }))
	b.Sum.Longest = clock{}
	if d := cmp.Diff(sum{Waiting: 4, Talking: 3, Free: 0, OnShift: 8}, b.Sum, cmp.AllowUnexported(clock{})); d != "" {
		t.Error(d)
	}
	if got, want := b.title(), "! 1 caller has waited over 2 minutes"; got != want {
		t.Errorf("title: got %q, want %q", got, want)
	}
}

// TestManyCallers: what nobody can read is counted, not drawn.
func TestManyCallers(t *testing.T) {
	t.Parallel()
	b := compose(at(t, func(m *moment) {
		for range 60 {
			m.Calls.Calls = append(m.Calls.Calls, waitingFor(time.Second, nil))
		}
	}))
	if got := b.Waiting[0]; got.Count != 60 || len(got.Rows) != rowsShown || got.More != 60-rowsShown {
		t.Errorf("60 waiting: count %d, rows %d, more %d", got.Count, len(got.Rows), got.More)
	}
}

// Of a day that could not be read the board says so, and not that nobody has rung.
func TestFiguresThatCouldNotBeRead(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		change func(*moment)
		want   figure
	}{
		"a quiet day":                      {nil, figure{"Reached in 60 s", "–", "nobody has rung yet"}},
		"the store is gone from the start": {func(m *moment) { m.Stale = true }, figure{"Reached in 60 s", "–", "not known now"}},
		"the store went meanwhile": {func(m *moment) {
			m.Stale, m.Figures = true, metrics.Items{A01: 4, B01: 3, A03: 3}
		}, figure{"Reached in 60 s", "75.0 %", "3 of 4 who rang"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if d := cmp.Diff(tt.want, compose(at(t, tt.change)).Figures[2]); d != "" {
				t.Error(d)
			}
		})
	}
}
