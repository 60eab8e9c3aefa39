package console

import (
	"net/http"
	"slices"
	"strings"
	"time"

	"example.org/crisisline/call"
	"example.org/crisisline/console/access"
	"example.org/crisisline/queue"
)

// offerAfter are the operations about what was promised after calls.
func offerAfter(a *api) {
	offer(a, operation{Method: http.MethodGet, Path: "/follow-ups", ID: "follow-ups", Tag: "follow-ups", Needs: access.ReadCalls,
		Summary: "Promises that are open, the soonest due first, and those to be reviewed"}, (*Console).apiFollowUps)
	offer(a, operation{Method: http.MethodPost, Path: "/follow-ups/{id}/{category}/end", ID: "end-follow-up", Tag: "follow-ups", Needs: access.Record,
		Summary: "Say what came of a promise, and when it happened"}, (*Console).apiEndFollowUp)
	offer(a, operation{Method: http.MethodPost, Path: "/follow-ups/{id}/{category}/review", ID: "review-follow-up", Tag: "follow-ups", Needs: access.Review,
		Summary: "Say why a promise was late"}, (*Console).apiReviewFollowUp)
}

type followUpJSON struct {
	Call     call.ID    `json:"call"`
	Category string     `json:"category"`
	Team     string     `json:"team,omitempty"`
	OwedTo   string     `json:"owed_to,omitempty" doc:"The responder, when it is theirs and no caller's"`
	By       string     `json:"recorded_by"`
	Started  time.Time  `json:"started_at"`
	Due      time.Time  `json:"due_at"`
	Missed   bool       `json:"missed" doc:"It ran out before anybody recorded that it was over"`
	Done     *time.Time `json:"done_at,omitempty" doc:"When it happened"`
	How      string     `json:"how,omitempty"`
	Reason   string     `json:"reason,omitempty" doc:"Why it was late"`
}

func followUpOfAPI(f queue.FollowUp) followUpJSON {
	return followUpJSON{f.Call, f.Category, f.Team, f.OwedTo, f.By, f.StartedAt.UTC(), f.DueAt.UTC(), f.Missed, utc(f.DoneAt), f.How, f.Reason}
}

type followUpsJSON struct {
	Open     []followUpJSON `json:"open" nullable:"false"`
	ToReview []followUpJSON `json:"to_review" nullable:"false"`
}

func (c *Console) apiFollowUps(r *asked, _ *nothing) (followUpsJSON, error) {
	out, see := followUpsJSON{[]followUpJSON{}, []followUpJSON{}}, owing{who: r.Who}
	open, err := c.o.After.FollowUps(r.Context(), owedShown)
	if err != nil {
		return out, err
	}
	reviews, err := c.o.After.Reviews(r.Context(), reviewsShown)
	for _, f := range open {
		if f.OwedTo == "" || see.maySeeStaff(f) {
			out.Open = append(out.Open, followUpOfAPI(f))
		}
	}
	for _, f := range reviews {
		if f.Reason == "" && (f.OwedTo == "" || see.maySeeStaff(f)) {
			out.ToReview = append(out.ToReview, followUpOfAPI(f))
		}
	}
	return out, err
}

type endFollowUpAsk struct {
	asker
	ID       string `path:"id" doc:"The call's"`
	Category string `path:"category"`
	Body     struct {
		How string    `json:"how" minLength:"1" doc:"seen, attempted, reached, declined …: which there are depends on the promise"`
		At  time.Time `json:"at,omitzero" doc:"When it happened, not when it is recorded; now when left out"`
	}
}

func (c *Console) apiEndFollowUp(r *asked, in *endFollowUpAsk) (followUpJSON, error) {
	p, err := c.promiseOf(r, call.ID(in.ID), in.Category, access.Record)
	if err != nil {
		return followUpJSON{}, err
	}
	if in.Body.At.IsZero() {
		in.Body.At = p.now
	}
	switch {
	case !slices.Contains(p.ends(), in.Body.How):
		return followUpJSON{}, wrongAt("how", "how is one of %s", strings.Join(p.ends(), ", "))
	case in.Body.At.After(p.now.Add(time.Minute)):
		return followUpJSON{}, wrongAt("at", "at is in the future")
	case in.Body.At.Before(p.StartedAt.Truncate(time.Minute)):
		return followUpJSON{}, wrongAt("at", "at is before it was promised")
	}
	got, _, err := c.endPromise(r, p.FollowUp, latest(in.Body.At, p.StartedAt), in.Body.How)
	return followUpOfAPI(got), err
}

type reviewAsk struct {
	asker
	ID       string `path:"id" doc:"The call's"`
	Category string `path:"category"`
	Body     struct {
		Reason string `json:"reason" minLength:"1" doc:"From a closed set: free text could hold who it was"`
	}
}

func (c *Console) apiReviewFollowUp(r *asked, in *reviewAsk) (recordedJSON, error) {
	p, err := c.promiseOf(r, call.ID(in.ID), in.Category, access.Review)
	if err != nil {
		return recordedJSON{}, err
	}
	if !slices.Contains(queue.FollowUpReasons, in.Body.Reason) {
		return recordedJSON{}, wrongAt("reason", "reason is one of %s", strings.Join(queue.FollowUpReasons, ", "))
	}
	first, err := c.reviewPromise(r, p.FollowUp, in.Body.Reason)
	return recordedJSON{first}, err
}
