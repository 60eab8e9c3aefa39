package queue

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/redis/go-redis/v9"

	"example.org/crisisline/call"
)

// ErrNoFollowUp says that nobody recorded such a follow-up, or, of a review,
// that it never ran out.
var ErrNoFollowUp = errors.New("no such follow-up")

// followUpKeep is how long a follow-up stays readable once nothing more is to be
// done about it. The ledger keeps it for as long as it keeps anything.
const followUpKeep = 400 * 24 * time.Hour

// FollowUp is what somebody was promised after a call: to be seen, to be
// answered, to be handed over, by a moment. One call has at most one of each
// category. It names no caller; who they are stands in the clinical record.
type FollowUp struct {
	Call       call.ID     `json:"call"`
	Category   string      `json:"category"`
	Team       string      `json:"team,omitempty"`
	Line       string      `json:"line,omitempty"`
	Caller     call.Caller `json:"caller,omitempty"`
	OwedTo     string      `json:"owed_to,omitempty"` // the responder, when it is theirs and no caller's
	By         string      `json:"recorded_by"`
	StartedAt  time.Time   `json:"started_at"`
	DueAt      time.Time   `json:"due_at"`
	Missed     bool        `json:"missed"`            // it ran out before anybody recorded that it was over
	DoneAt     time.Time   `json:"done_at,omitzero"`  // when it happened, not when it was recorded
	How        string      `json:"how,omitempty"`     // closed set: FollowUpEnds
	DoneBy     string      `json:"done_by,omitempty"` // who recorded it
	Reason     string      `json:"reason,omitempty"`  // why it was late, of FollowUpReasons; "" until reviewed
	ReviewedBy string      `json:"reviewed_by,omitempty"`
}

// Overdue reports whether it is still open at now and should not be.
func (f FollowUp) Overdue(now time.Time) bool { return f.DoneAt.IsZero() && now.After(f.DueAt) }

// FollowUpEnds lists how a follow-up may end. Which of them keep a promise is the
// metrics' to say (metrics.FollowUp.Ends): the others are decisions, counted
// beside it.
var FollowUpEnds = []string{
	"seen", "attempted", "reached", "decided", "offered", "offered_declined", "declined", "handed_on", "not_needed", "mistaken",
}

// FollowUpReasons lists why one may have been late. A closed set, because free
// words would come to hold a person's story.
var FollowUpReasons = []string{
	"nobody_free", "travel", "person_not_in", "person_asked_for_later", "seen_elsewhere",
	"recorded_late", "clinical_decision", "handed_on_late", "not_noticed", "other",
}

// FollowUp starts a clock, once for each call and category; a second one gives
// the first as it is. Team is the call's when it is empty; line and caller are
// the call's where the store still has it.
func (s *Store) FollowUp(ctx context.Context, now time.Time, f FollowUp) (got FollowUp, first bool, err error) {
	switch {
	case f.Call == "" || f.Category == "" || f.By == "" || strings.Contains(string(f.Call)+f.Category, "/"):
		return FollowUp{}, false, errors.New("record follow-up: say which call, which category and who records it")
	case f.StartedAt.After(now) || !f.DueAt.After(f.StartedAt):
		return FollowUp{}, false, errors.New("record follow-up: it starts in the past and is due later than that")
	}
	return s.followUp(ctx, "follow_up", []any{ms(now), string(f.Call), f.Category, f.By, ms(f.StartedAt), ms(f.DueAt), f.Team})
}

// FollowUpDone ends a clock, once, at the moment the visit was made.
func (s *Store) FollowUpDone(ctx context.Context, now time.Time, id call.ID, category, by string, at time.Time, how string) (got FollowUp, first bool, err error) {
	switch {
	case at.After(now):
		return FollowUp{}, false, errors.New("end follow-up: it has not happened yet")
	case !slices.Contains(FollowUpEnds, how):
		return FollowUp{}, false, fmt.Errorf("end follow-up: there is no end %q", how)
	}
	return s.followUp(ctx, "follow_up_done", []any{ms(now), string(id), category, by, ms(at), how, followUpKeep.Milliseconds()})
}

func (s *Store) followUp(ctx context.Context, script string, args []any) (FollowUp, bool, error) {
	hash, first, err := s.hashStep(ctx, script, args)
	return followUpOf(hash), first, err
}

// FollowUpsMissed puts the clocks that have run out on the review list, each
// once, however many instances ask. It gives how many there were, at most limit.
func (s *Store) FollowUpsMissed(ctx context.Context, now time.Time, limit int) (int, error) {
	r, err := s.run(ctx, "follow_up_missed", s.keys, []any{ms(now), limit})
	return int(r.int(0)), err
}

// FollowUpReviewed takes one off the review list, with why it was late.
func (s *Store) FollowUpReviewed(ctx context.Context, now time.Time, id call.ID, category, by, reason string) (first bool, err error) {
	r, err := s.run(ctx, "follow_up_reviewed", s.keys,
		[]any{ms(now), string(id), category, by, reason, followUpKeep.Milliseconds()})
	return err == nil && r.flag(0), err
}

// FollowUps are the open ones, the soonest due first, at most limit.
func (s *Store) FollowUps(ctx context.Context, limit int) ([]FollowUp, error) {
	late, err := s.followUpsIn(ctx, keyFollowLate, limit)
	if err != nil {
		return nil, err
	}
	due, err := s.followUpsIn(ctx, keyFollowDue, limit-len(late))
	return append(late, due...), err
}

// FollowUpOf is one follow-up, ErrNoFollowUp when there is none.
func (s *Store) FollowUpOf(ctx context.Context, id call.ID, category string) (FollowUp, error) {
	hash, err := s.rdb.HGetAll(ctx, s.key(keyFollowUp+string(id)+"/"+category)).Result()
	switch {
	case err != nil:
		return FollowUp{}, fmt.Errorf("read follow-up: %w", err)
	case len(hash) == 0:
		return FollowUp{}, ErrNoFollowUp
	}
	return followUpOf(hash), nil
}

// FollowUpReviews are those that ran out: first the ones nobody has given a
// reason for, the oldest first, then the reviewed ones; at most limit of each.
func (s *Store) FollowUpReviews(ctx context.Context, limit int) ([]FollowUp, error) {
	open, err := s.followUpsIn(ctx, keyFollowReview, limit)
	if err != nil {
		return nil, err
	}
	reviewed, err := s.followUpsIn(ctx, keyFollowReviewed, limit)
	return append(open, reviewed...), err
}

// FollowUpsOwed counts follow-ups by category: clocks that run, those that ran out
// and are still open, and those nobody has given a reason for; the last two
// overlap. It reads the lists and no record.
func (s *Store) FollowUpsOwed(ctx context.Context, now time.Time) (due, overdue, toReview map[string]int, err error) {
	var open, late, review *redis.ZSliceCmd
	_, err = s.rdb.Pipelined(ctx, func(p redis.Pipeliner) error {
		open = p.ZRangeWithScores(ctx, s.key(keyFollowDue), 0, -1)
		late = p.ZRangeWithScores(ctx, s.key(keyFollowLate), 0, -1)
		review = p.ZRangeWithScores(ctx, s.key(keyFollowReview), 0, -1)
		return nil
	})
	if err != nil {
		return nil, nil, nil, fmt.Errorf("count follow-ups: %w", err)
	}
	due, overdue, toReview = map[string]int{}, map[string]int{}, map[string]int{}
	for _, z := range open.Val() {
		if int64(z.Score) < ms(now) { // ran out, and nobody has looked yet
			overdue[categoryOf(z)]++
		} else {
			due[categoryOf(z)]++
		}
	}
	for _, z := range late.Val() {
		overdue[categoryOf(z)]++
	}
	for _, z := range review.Val() {
		toReview[categoryOf(z)]++
	}
	return due, overdue, toReview, nil
}

// categoryOf is what stands behind the call in a list's member.
func categoryOf(z redis.Z) string {
	member, _ := z.Member.(string)
	_, category, _ := strings.Cut(member, "/")
	return category
}

func (s *Store) followUpsIn(ctx context.Context, list string, limit int) ([]FollowUp, error) {
	if limit <= 0 {
		return nil, nil
	}
	ids, err := s.rdb.ZRange(ctx, s.key(list), 0, int64(limit)-1).Result()
	if err != nil && !errors.Is(err, redis.Nil) {
		return nil, fmt.Errorf("read follow-ups: %w", err)
	}
	hashes, err := s.readHashes(ctx, keyFollowUp, ids)
	if err != nil {
		return nil, err
	}
	var all []FollowUp
	for _, hash := range hashes {
		if len(hash) > 0 { // gone since
			all = append(all, followUpOf(hash))
		}
	}
	return all, nil
}

func followUpOf(hash map[string]string) FollowUp {
	return FollowUp{
		Call: call.ID(hash["c"]), Category: hash["ct"], Team: hash["tm"], Line: hash["l"], Caller: call.Caller(hash["cl"]), OwedTo: hash["rp"],
		By: hash["by"], StartedAt: instant(hash["st"]), DueAt: instant(hash["du"]), Missed: hash["mi"] != "",
		DoneAt: instant(hash["dn"]), How: hash["how"], DoneBy: hash["dby"], Reason: hash["why"], ReviewedBy: hash["rby"],
	}
}
