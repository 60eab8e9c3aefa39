package console

import (
	"time"

	"example.org/crisisline/call"
	"example.org/crisisline/queue"
	"example.org/crisisline/rota"
)

// step is what happens next for a call that nobody answers meanwhile.
type step struct {
	Text string    // "Southampton joins"
	At   time.Time // zero when it is not a matter of time
}

// nextStep says what happens next for an unanswered call, by the same ladder
// and the same clock that dispatch uses. While everyone who may be rung is busy
// dispatch may bring a rung forward: then it comes sooner than is said here.
func nextStep(r *queue.Record, ladder rota.Ladder, ringing bool, n names, now time.Time) step {
	if r.State == call.StateIntake && !ringing {
		return step{Text: "joins the queue when the greeting ends"}
	}
	if now.Before(r.NotBefore) {
		return step{Text: "phones ring again", At: r.NotBefore}
	}
	for i, rung := range ladder {
		if !open(r, i, rung, now) {
			return step{Text: joins(sameTime(ladder[i:]), n), At: ladderStart(r).Add(rung.After)}
		}
	}
	return step{Text: "nothing more, everyone may be rung already"}
}

// open reports whether a rung's people may be asked for a call now. A ladder is
// never climbed down; in danger, or back after a drop, a caller has all of it.
func open(r *queue.Record, i int, rung rota.Rung, now time.Time) bool {
	return i <= r.Rung || r.Danger || r.Front || !now.Before(ladderStart(r).Add(rung.After))
}

// ladderStart is when a call's ladder began: at its first webhook, because
// phones may ring during the greeting, or when the pause after a drop was over.
func ladderStart(r *queue.Record) time.Time { return latest(r.ReceivedAt, r.NotBefore) }

// sameTime is the rungs that are reached together with the first.
func sameTime(ladder rota.Ladder) rota.Ladder {
	for i := range ladder {
		if ladder[i].After != ladder[0].After || ladder[i].Reason != ladder[0].Reason {
			return ladder[:i]
		}
	}
	return ladder
}

// joins is the sentence for rungs that are about to be reached.
func joins(rungs rota.Ladder, n names) string {
	var teams []string
	for _, r := range rungs {
		teams = append(teams, n.team(r.Team))
	}
	verb := " joins"
	if len(teams) > 1 {
		verb = " join"
	}
	switch first := rungs[0]; first.Reason {
	case rota.ReasonOwnTeam, rota.ReasonOwnTeamAnySkill:
		return "everyone in " + list(teams) + verb
	case rota.ReasonNeighbour:
		return list(teams) + verb
	case rota.ReasonBackup:
		return "the backup tier joins"
	case rota.ReasonDutyManager:
		return "the duty manager is rung"
	case rota.ReasonLastHuman:
		return "the last human is rung"
	default:
		return tierWord(first.Tier) + verb
	}
}

// reached are the people who may be asked for a call now, each once.
func reached(r *queue.Record, ladder rota.Ladder, now time.Time) []string {
	var people []string
	for i, rung := range ladder {
		if !open(r, i, rung, now) {
			break
		}
		for _, group := range rung.Groups {
			for _, p := range group {
				if !has(people, p) {
					people = append(people, p)
				}
			}
		}
	}
	return people
}

func latest(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}
