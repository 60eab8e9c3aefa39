package console

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"example.org/crisisline/call"
	"example.org/crisisline/console/access"
	"example.org/crisisline/metrics"
	"example.org/crisisline/queue"
	"example.org/crisisline/rota"
)

// atNight is a Saturday, 03:12 in Portsmouth, in summer time.
var atNight = time.Date(2026, 6, 20, 2, 12, 7, 0, time.UTC)

func london(t testing.TB) *time.Location {
	t.Helper()
	zone, err := time.LoadLocation("Europe/London")
	if err != nil {
		t.Fatal(err)
	}
	return zone
}

// plan compiles testdata/plan.yaml after edit has changed its text.
func plan(t testing.TB, at time.Time, edit func(string) string) *rota.Rota {
	t.Helper()
	r, err := compilePlan(at, edit)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func compilePlan(at time.Time, edit func(string) string) (*rota.Rota, error) {
	text, err := os.ReadFile("testdata/plan.yaml")
	if err != nil {
		return nil, err
	}
	if edit != nil {
		text = []byte(edit(string(text)))
	}
	p, err := rota.Parse("plan.yaml", text)
	if err != nil {
		return nil, err
	}
	return rota.Compile(p, at.Add(-48*time.Hour), 14*24*time.Hour)
}

// scene is a board in one state, with what it says and does in memory. It can
// be changed while pages are open.
type scene struct {
	mu      sync.Mutex
	now     func() time.Time
	rota    *rota.Rota
	snap    queue.Snapshot
	err     error
	figures metrics.Items
	mode    string
	reasons []string
	notice  string
	tales   map[call.ID][]call.Event
	did     []string
	fail    error
	refusal queue.Why // what every press is told; "" when it is done
	comes   queue.Why // of what is done, when it is not the usual
	subs    []chan call.Event
	checks  []Check     // of the checklist
	role    access.Role // who looks; "" is an administrator
	use     Use         // what the ledger knows of teams and lines
	who     string      // and their id in the plan; "" for nobody there
	facts   rota.Facts  // what the ledger knows of people
	book    *rota.Book  // where the rota can be changed; nil: it is only shown
	past    *past       // calls that came and went; nil: none can be looked for
}

// happen changes the scene and writes one ledger entry.
func (s *scene) happen(e call.Event, change func(*scene)) {
	s.mu.Lock()
	change(s)
	subs := slices.Clone(s.subs)
	s.mu.Unlock()
	for _, ch := range subs {
		ch <- e
	}
}

func (s *scene) follow(ctx context.Context, _ string, fn func(call.Event) error) error {
	ch := make(chan call.Event, 64)
	s.mu.Lock()
	s.subs = append(s.subs, ch)
	s.mu.Unlock()
	defer func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.subs = slices.DeleteFunc(s.subs, func(c chan call.Event) bool { return c == ch })
	}()
	for {
		select {
		case <-ctx.Done():
			return nil
		case e := <-ch:
			if err := fn(e); err != nil {
				return err
			}
		}
	}
}

// act notes what was asked for and by whom; refusal is what it came to when it is set.
func (s *scene) act(what, about string, by call.By, usual queue.Why) (queue.Did, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.fail != nil {
		return queue.Did{}, s.fail
	}
	if s.refusal != "" {
		return queue.Did{Why: s.refusal}, nil
	}
	s.did = append(s.did, what+" "+about+" by "+string(by))
	if s.comes != "" {
		usual = s.comes
	}
	return queue.Did{Done: true, Why: usual}, nil
}

func (s *scene) done() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.did)
}

// options are a console's over the scene.
func (s *scene) options() Options {
	role := s.role
	if role == "" {
		role = access.Administrator
	}
	gate, log := gate(s.now, access.Options{As: role, Responder: s.who, Secure: false})
	o := Options{
		Gate: gate, Audit: log,
		ServiceName: "Hampshire crisis line",
		Facts:       func(context.Context) rota.Facts { return s.facts },
		Notice:      s.notice,
		Now:         s.now,
		Rota: func() *rota.Rota {
			s.mu.Lock()
			defer s.mu.Unlock()
			return s.rota
		},
		Snapshot: func(context.Context) (queue.Snapshot, error) {
			s.mu.Lock()
			defer s.mu.Unlock()
			snap := s.snap
			if snap.At.IsZero() && s.err == nil {
				snap.At = s.now()
			}
			return snap, s.err
		},
		Events: s.follow,
		Story: func(_ context.Context, id call.ID, _ time.Time) ([]call.Event, error) {
			s.mu.Lock()
			defer s.mu.Unlock()
			return s.tales[id], s.err
		},
		Figures: func() metrics.Items {
			s.mu.Lock()
			defer s.mu.Unlock()
			return s.figures
		},
		Health: func() (string, []string) {
			s.mu.Lock()
			defer s.mu.Unlock()
			return s.mode, s.reasons
		},
		WrapUp: 2 * time.Minute,
		Actions: Actions{
			RingAgain: func(_ context.Context, id call.ID, by call.By) (queue.Did, error) {
				return s.act("ring again", string(id), by, queue.WhyRung)
			},
			RingPerson: func(_ context.Context, id call.ID, who string, by call.By) (queue.Did, error) {
				return s.act("ring", who+" for "+string(id), by, queue.WhyRung)
			},
			Widen: func(_ context.Context, id call.ID, beyond int, by call.By) (queue.Did, error) {
				return s.act("widen", fmt.Sprint(id, " beyond ", beyond), by, queue.WhyRung)
			},
			HandOver: func(_ context.Context, h queue.HandOver) (queue.Did, error) {
				return s.act("hand over", string(h.Call)+" from "+h.From+" to "+h.To, h.By, queue.WhyHandedOver)
			},
			Pause: func(_ context.Context, p queue.Standing) (queue.Did, error) {
				return s.act(string(p.To), p.Responder+" "+string(p.Why), p.By, queue.WhySet)
			},
			Back: func(_ context.Context, who string, by call.By) (queue.Did, error) {
				return s.act("back", who, by, queue.WhySet)
			},
			EndWrapUp: func(_ context.Context, who string, by call.By) (queue.Did, error) {
				return s.act("end wrap-up", who, by, queue.WhySet)
			},
		},
		Use:   s.use,
		Links: []Link{{"Web phone", "/phone"}, {"Metrics", "/metrics"}},
	}
	if b := s.book; b != nil {
		o.Reports = months(s.now())
		o.SetUp = func(context.Context) []Check { return s.checks }
		o.Rota = b.Current
		o.Changes = &Changes{
			History: b.History, Drafts: b.Drafts, Draft: b.Draft, SaveDraft: b.SaveDraft, DropDraft: b.DropDraft,
			RehearseDraft: b.RehearseDraft, PublishDraft: b.PublishDraft, PublishGated: b.PublishGated, Undo: b.Undo,
		}
		o.Feeds = &Feeds{Add: b.AddFeed, List: b.Feeds, Revoke: b.RevokeFeed}
	}
	if p := s.past; p != nil {
		o.Calls = &Calls{Search: p.Store.Calls, WrapUp: p.Store.WrapUp, Record: p.WrapUpRecord, Number: p.CallerNumber, NumberFor: 24 * time.Hour, Promises: metrics.FollowUps()}
		o.After = &After{
			FollowUps: p.FollowUps, FollowUp: p.FollowUpOf, Reviews: p.FollowUpReviews, Done: p.FollowUpDone, Reviewed: p.FollowUpReviewed,
			Callbacks: p.Callbacks, Callback: p.Store.Callback, Owe: p.OweCallback, Claim: p.ClaimCallback, Release: p.ReleaseCallback,
			Attempt: p.AttemptCallback, Close: p.CloseCallback,
		}
		rest := o.Snapshot
		o.Snapshot = func(ctx context.Context) (queue.Snapshot, error) {
			snap, err := rest(ctx)
			owed, owedErr := p.Snapshot(ctx, s.now(), 0)
			snap.Callbacks, snap.CallbacksOverdue, snap.FollowUpsOverdue = owed.Callbacks, owed.CallbacksOverdue, owed.FollowUpsOverdue
			return snap, errors.Join(err, owedErr)
		}
		o.Story = func(ctx context.Context, id call.ID, received time.Time) ([]call.Event, error) {
			return p.Story(ctx, s.now(), id, received)
		}
	}
	return o
}

// The numbers that must never reach a page.
var callerNumbers = []string{"07700900601", "+447700900601", "7700900601", "900601"}

// full is a busy night: every stage a call can be in, and every state of a
// responder.
func full(now time.Time) queue.Snapshot {
	ago := func(s int) time.Time { return now.Add(-time.Duration(s) * time.Second) }
	from, _ := call.ParseDialable("07700 900601")
	return queue.Snapshot{
		Live: 7,
		Calls: []queue.Record{
			{ID: "CA01", State: call.StateConnected, Line: "public", Team: "portsmouth", Caller: call.CallerSelf, From: from,
				ReceivedAt: ago(764), WaitingAt: ago(752), ConnectedAt: ago(740), TalkingAt: ago(740), Responder: "r-amara", Tier: call.TierResponding, Offers: 1},
			{ID: "CA02", State: call.StateConnected, Line: "professionals", Team: "southampton", Caller: call.CallerProfessional,
				ReceivedAt: ago(301), WaitingAt: ago(301), ConnectedAt: ago(288), TalkingAt: ago(288), Responder: "r-dev", Tier: call.TierResponding, Offers: 2},
			{ID: "CA03", State: call.StateWaiting, Line: "public", Team: "portsmouth", Caller: call.CallerCarer, From: from, Danger: true,
				ReceivedAt: ago(133), WaitingAt: ago(121), LastStep: ago(9), Offers: 4, Rung: 3, Redials: 1},
			{ID: "CA04", State: call.StateOffered, Line: "public", Team: "portsmouth", Caller: call.CallerSelf,
				ReceivedAt: ago(71), WaitingAt: ago(60), LastStep: ago(6), Offers: 2, Ringing: 2, Rung: 1},
			{ID: "CA05", State: call.StateOffered, Line: "public", Team: "isle-of-wight", Caller: call.CallerUnknown, Front: true,
				ReceivedAt: ago(24), WaitingAt: ago(14), LastStep: ago(4), Offers: 2, Ringing: 1},
			{ID: "CA06", State: call.StateIntake, Line: "public", Team: "portsmouth", Caller: call.CallerUnknown, ReceivedAt: ago(5), LastStep: ago(5)},
			{ID: "CA07", State: call.StateAccepted, Line: "public", Team: "mid-north", Caller: call.CallerSelf, ReceivedAt: ago(19), WaitingAt: ago(8),
				AcceptedAt: ago(1), Responder: "r-femi", Offers: 1},
			{ID: "CA08", State: call.StateWrapUp, Line: "public", Team: "portsmouth", Responder: "r-ben", ReceivedAt: ago(900)},
		},
		Offers: []queue.OfferRecord{
			{ID: "o1", Call: "CA04", Responder: "r-ewa", Team: "southampton", Tier: call.TierResponding, State: queue.OfferRinging, OfferedAt: ago(14)},
			{ID: "o2", Call: "CA04", Responder: "r-isla", Team: "southampton", Tier: call.TierBackup, State: queue.OfferSent, OfferedAt: ago(6)},
			{ID: "o3", Call: "CA05", Responder: "r-grace", Team: "isle-of-wight", Tier: call.TierResponding, State: queue.OfferPickedUp, OfferedAt: ago(11)},
		},
		Presences: []queue.PresenceRecord{
			{Responder: "r-amara", Presence: call.PresenceConnected, Since: ago(742), Call: "CA01"},
			{Responder: "r-ben", Presence: call.PresenceWrapUp, Since: ago(46), Call: "CA08"},
			{Responder: "r-chloe", Presence: call.PresenceAway, Since: ago(410), Misses: 3},
			{Responder: "r-dev", Presence: call.PresenceConnected, Since: ago(290), Call: "CA02"},
			{Responder: "r-ewa", Presence: call.PresenceOffered, Since: ago(14), Call: "CA04"},
			{Responder: "r-isla", Presence: call.PresenceOffered, Since: ago(6), Call: "CA04"},
			{Responder: "r-femi", Presence: call.PresenceConnected, Since: ago(1), Call: "CA07"},
			{Responder: "r-grace", Presence: call.PresenceOffered, Since: ago(11), Call: "CA05"},
		},
	}
}

// quiet is an ordinary minute of the night: one caller being rung, one talking.
func quiet(now time.Time) queue.Snapshot {
	s := full(now)
	calls, offers, people := s.Calls, s.Offers, s.Presences
	s.Calls = []queue.Record{calls[0], calls[4]}
	s.Calls[1].Front = false
	s.Offers = offers[2:3]
	s.Offers[0].State = queue.OfferRinging
	s.Presences = []queue.PresenceRecord{people[0], people[1], people[7]}
	return s
}

var today = metrics.Items{
	Clock: metrics.ClockCaller, A01: 38, A03: 33, B01: 31, B02: 3, B03: 2, B04: 1, Live: 2,
	Mean: 18*time.Second + 400*time.Millisecond, Longest: 143 * time.Second,
}

// replaced is an edit of the plan's text that replaces one place.
func replaced(old, with string) func(string) string {
	return func(text string) string { return strings.Replace(text, old, with, 1) }
}
