package console

import (
	"cmp"
	"errors"
	"net/http"

	"example.org/crisisline/console/access"
	"example.org/crisisline/rota"
)

// offerSwaps are the operations about swaps that people agreed on, for who answers
// for the rota.
func offerSwaps(a *api) {
	offer(a, operation{Method: http.MethodGet, Path: "/rota/swaps", ID: "swaps", Tag: "rota", Needs: access.ChangeRota,
		Summary: "Every swap of the plan, by when its first shift begins"}, (*Console).apiSwaps)
	offer(a, operation{Method: http.MethodGet, Path: "/rota/swaps/{id}", ID: "foreseen-swap", Tag: "rota", Needs: access.ChangeRota,
		Summary: "A swap, and what approving it would do", More: "Who would ring before and after, and what the checks say. It changes nothing."}, (*Console).apiSwap)
	offer(a, operation{Method: http.MethodPost, Path: "/rota/swaps/{id}/approve", ID: "approve-swap", Tag: "rota", Needs: access.ChangeRota,
		Summary: "Approve a swap: in force from the next ring on", More: "Nobody approves their own. 409 when it was decided otherwise meanwhile."},
		func(c *Console, r *asked, in *approveAsk) (swapJSON, error) {
			return c.decided(in.ID, rota.SwapAgreed, func() error { return c.approve(r, in.ID, in.Body.Despite, in.Body.Because) })
		})
	offer(a, operation{Method: http.MethodPost, Path: "/rota/swaps/{id}/refuse", ID: "refuse-swap", Tag: "rota", Needs: access.ChangeRota,
		Summary: "Refuse a swap, or take back one that has not begun", More: "Everybody keeps their own shift."},
		func(c *Console, r *asked, in *aboutAsk) (swapJSON, error) {
			return c.decided(in.ID, rota.SwapDeclined, func() error { return c.decline(r, in.ID) })
		})
}

type swapJSON struct {
	ID         string         `json:"id"`
	Person     string         `json:"person" doc:"Who offered it"`
	With       string         `json:"with,omitempty" doc:"Who is asked, or takes it"`
	Gives      slotJSON       `json:"gives"`
	Takes      *slotJSON      `json:"takes,omitempty"`
	State      rota.SwapState `json:"state" enum:"offered,accepted,agreed,declined" doc:"accepted: a duty manager is to approve it; agreed: in force"`
	ApprovedBy string         `json:"approved_by,omitempty"`
	Teams      []string       `json:"teams" nullable:"false" doc:"Whose business it is"`
	Over       bool           `json:"over" doc:"Every shift of it is over"`
}

func swapOfAPI(row swapRow) swapJSON {
	out := swapJSON{row.ID, row.s.Person, row.s.With, slotOfAPI(row.s.Gives), nil, row.s.State, row.s.ApprovedBy, listOf(row.Teams), row.Over}
	if !row.s.Takes.IsZero() {
		takes := slotOfAPI(row.s.Takes)
		out.Takes = &takes
	}
	return out
}

func slotOfAPI(s rota.Slot) slotJSON {
	out := slotJSON{Shift: s.Shift, Date: s.Date.String()}
	if !s.Until.IsZero() {
		out.Until = s.Until.String()
	}
	return out
}

func (c *Console) apiSwaps(*asked, *nothing) ([]swapJSON, error) {
	if c.o.Rota() == nil {
		return nil, rota.ErrNoPlan
	}
	all := []swapJSON{}
	for _, row := range (names{c.o.Rota(), c.o.Zone}).swaps(c.o.Now()) {
		all = append(all, swapOfAPI(row))
	}
	return all, nil
}

type foreseenJSON struct {
	Swap      swapJSON         `json:"swap"`
	CanBe     bool             `json:"can_be_approved" doc:"As it is: nothing need be said"`
	ShortRest bool             `json:"short_rest" doc:"Somebody's rest would be too short: say despite"`
	Blocked   bool             `json:"blocked" doc:"The checks refuse it: somebody must answer for it, because"`
	Why       string           `json:"why,omitempty" doc:"Why it cannot be"`
	Rings     []ringChangeJSON `json:"rings" nullable:"false" doc:"Spans in which other people would ring"`
	Findings  []findingJSON    `json:"findings" nullable:"false" doc:"Of the rota after it, gravest first"`
}

func (c *Console) apiSwap(r *asked, in *aboutAsk) (foreseenJSON, error) {
	row, ok := c.swapOf(in.ID)
	out := foreseenJSON{Rings: []ringChangeJSON{}, Findings: []findingJSON{}}
	if !ok {
		return out, errNotThere
	}
	if out.Swap = swapOfAPI(row); row.s.State != rota.SwapAccepted || row.Over {
		return out, nil
	}
	op := rota.ApproveSwap{ID: row.ID, By: cmp.Or(r.Who.Responder, r.Who.Signature())}
	d, _, err := c.rehearsed(r, op)
	if errors.Is(err, rota.ErrRest) {
		out.ShortRest, op.Despite = true, "looked at"
		d, _, err = c.rehearsed(r, op)
	}
	switch {
	case errors.Is(err, rota.ErrRefused):
		out.Blocked = len(d.Rings) > 0
	case err != nil:
		out.Why = c.inWords(err)
	}
	out.CanBe = out.Why == "" && !out.ShortRest && !out.Blocked
	out.Rings, out.Findings = ringsOfAPI(d), findingsOfAPI(d.Findings)
	return out, nil
}

type approveAsk struct {
	asker
	ID   string `path:"id"`
	Body struct {
		Despite string `json:"despite,omitempty" maxLength:"400" doc:"Why, where somebody's rest would be too short"`
		Because string `json:"because,omitempty" maxLength:"400" doc:"Why it cannot wait, where the checks refuse it: you answer for it"`
	}
}

// decided does what a swap comes to, unless it came to that before; what it came
// to otherwise is a conflict.
func (c *Console) decided(id string, to rota.SwapState, do func() error) (swapJSON, error) {
	err := do()
	if row, ok := c.swapOf(id); ok && errors.Is(err, rota.ErrTooLate) {
		if row.s.State == to && !row.Over {
			return swapOfAPI(row), nil
		}
		return swapJSON{}, meanwhile{Text: "It is decided already: " + lower(row.State) + ". Nothing was changed."}
	}
	return c.swapNow(id, err)
}

// swapNow is a swap as it is after something was done about it.
func (c *Console) swapNow(id string, err error) (swapJSON, error) {
	if err != nil {
		return swapJSON{}, err
	}
	row, ok := c.swapOf(id)
	if !ok {
		return swapJSON{}, errNotThere
	}
	return swapOfAPI(row), nil
}
