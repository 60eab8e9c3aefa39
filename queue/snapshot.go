package queue

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/redis/go-redis/v9"

	"example.org/crisisline/call"
)

// Snapshot reads the present: up to limit live calls, the oldest first, and
// what goes with them. It is three pipelines and not one instant: a call that
// moves meanwhile is shown as it was or as it is.
func (s *Store) Snapshot(ctx context.Context, now time.Time, limit int) (Snapshot, error) {
	snap := Snapshot{At: now}
	ids, err := s.readPresent(ctx, &snap, limit)
	if err != nil {
		return Snapshot{}, err
	}
	hashes, err := s.readHashes(ctx, keyCall, ids)
	if err != nil {
		return Snapshot{}, err
	}
	var open []string
	for _, hash := range hashes {
		record, err := s.callOf(hash)
		if err != nil || record.State == call.StateEnded { // since, or its responder was dropped and is finishing
			continue
		}
		snap.Calls = append(snap.Calls, record)
		open = append(open, split(hash["open"])...)
	}
	slices.SortStableFunc(snap.Calls, func(a, b Record) int { return a.ReceivedAt.Compare(b.ReceivedAt) })
	if hashes, err = s.readHashes(ctx, keyOffer, open); err != nil {
		return Snapshot{}, err
	}
	for _, hash := range hashes {
		if o, err := offerOf(hash); err == nil && o.State != OfferOver {
			snap.Offers = append(snap.Offers, o)
		}
	}
	return snap, nil
}

// readPresent fills in presences and counts, and gives the calls to read: the
// live ones, then those in wrap-up.
func (s *Store) readPresent(ctx context.Context, snap *Snapshot, limit int) ([]string, error) {
	var live *redis.StringSliceCmd
	var liveCount, callbacks, callbacksLate *redis.IntCmd
	var late, due *redis.StringSliceCmd
	var presences, misses, up *redis.MapStringStringCmd
	_, err := s.rdb.Pipelined(ctx, func(p redis.Pipeliner) error {
		live = p.ZRange(ctx, s.key(keyLive), 0, int64(limit)-1)
		liveCount = p.ZCard(ctx, s.key(keyLive))
		callbacks = p.ZCard(ctx, s.key(keyCallbacks))
		callbacksLate = p.ZCount(ctx, s.key(keyCallbacks), "-inf", "("+strconv.FormatInt(ms(snap.At), 10))
		late = p.ZRange(ctx, s.key(keyFollowLate), 0, overdueCounted-1)
		due = p.ZRangeByScore(ctx, s.key(keyFollowDue), &redis.ZRangeBy{Min: "-inf", Max: "(" + strconv.FormatInt(ms(snap.At), 10), Count: overdueCounted})
		presences = p.HGetAll(ctx, s.key(keyPresence))
		misses = p.HGetAll(ctx, s.key(keyMisses))
		up = p.HGetAll(ctx, s.key(keyPhoneUp))
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("read present: %w", err)
	}
	ids := live.Val()
	if limit <= 0 {
		ids = nil
	}
	snap.Live, snap.Callbacks, snap.CallbacksOverdue = int(liveCount.Val()), int(callbacks.Val()), int(callbacksLate.Val())
	snap.FollowUpsOverdue = owedToCallers(late.Val()) + owedToCallers(due.Val())
	snap.Presences = readPresences(presences.Val(), misses.Val(), up.Val())
	for _, p := range snap.Presences {
		if p.Presence == call.PresenceWrapUp && !slices.Contains(ids, string(p.Call)) {
			ids = append(ids, string(p.Call))
		}
	}
	return ids, nil
}

// overdueCounted bounds how many follow-ups a snapshot looks at.
const overdueCounted = 500

// owedToCallers is how many follow-ups of a list are visits and answers: no
// callbacks, which are counted as such, and nothing that is owed to staff.
func owedToCallers(members []string) (n int) {
	for _, member := range members {
		_, category, _ := strings.Cut(member, "/")
		if category != CategoryCallbackAttempt && category != CategoryCallbackClosed && category != CategoryDebrief {
			n++
		}
	}
	return n
}

func readPresences(presences, misses, up map[string]string) []PresenceRecord {
	records := make([]PresenceRecord, 0, len(presences))
	for responder, packed := range presences {
		part := strings.SplitN(packed, "|", 3)
		if len(part) != 3 {
			continue
		}
		p := PresenceRecord{Responder: responder, Presence: call.Presence(part[0]), Since: instant(part[1]), Misses: int(number(misses[responder])), OnPhone: up[responder] != ""}
		if p.Presence == call.PresenceBreak || p.Presence == call.PresenceAway {
			why, until, _ := strings.Cut(part[2], "|")
			p.Why, p.Until = call.Pause(why), instant(until)
		} else {
			p.Call = call.ID(part[2])
		}
		records = append(records, p)
	}
	slices.SortFunc(records, func(a, b PresenceRecord) int { return strings.Compare(a.Responder, b.Responder) })
	return records
}

func (s *Store) readHashes(ctx context.Context, kind string, ids []string) ([]map[string]string, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	cmds := make([]*redis.MapStringStringCmd, len(ids))
	_, err := s.rdb.Pipelined(ctx, func(p redis.Pipeliner) error {
		for i, id := range ids {
			cmds[i] = p.HGetAll(ctx, s.key(kind+id))
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", strings.TrimSuffix(kind, ":"), err)
	}
	hashes := make([]map[string]string, len(ids))
	for i, cmd := range cmds {
		hashes[i] = cmd.Val()
	}
	return hashes, nil
}
