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
// that dispatch uses. The rungs reached are those whose time has come.
func nextStep(r *queue.Record, ladder rota.Ladder, n names, now time.Time) step {
	if r.State == call.StateIntake && r.WaitingAt.IsZero() {
		return step{Text: "joins the queue when the greeting ends"}
	}
	if now.Before(r.NotBefore) {
		return step{Text: "phones ring again", At: r.NotBefore}
	}
	for i, rung := range ladder {
		if at := r.WaitingAt.Add(rung.After); now.Before(at) {
			return step{Text: joins(sameTime(ladder[i:]), n), At: at}
		}
	}
	return step{Text: "nothing more, everyone may be rung already"}
}

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
		if i > 0 && now.Before(r.WaitingAt.Add(rung.After)) {
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
