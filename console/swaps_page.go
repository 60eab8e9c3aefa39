package console

import (
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"example.org/crisisline/console/access"
	"example.org/crisisline/console/audit"
	"example.org/crisisline/rota"
)

// swapRoutes are the swaps that people agree among themselves, for who answers
// for the rota. People offer and take them on My shift.
func (c *Console) swapRoutes() []route {
	return []route{
		{"GET /rota/swaps", access.ChangeRota, c.swapList},
		{"GET /rota/swaps/{id}", access.ChangeRota, c.oneSwap},
		{"POST /rota/swaps/{id}/approve", access.ChangeRota, c.approveSwap},
		{"POST /rota/swaps/{id}/refuse", access.ChangeRota, c.refuseSwap},
	}
}

// swapList is every swap of the plan.
type swapList struct {
	NoPlan   bool
	Done     string
	Approval bool // a duty manager approves each
	Waiting  []swapRow
	Offered  []swapRow
	Agreed   []swapRow
	Past     []swapRow // declined, or over
}

// mostPast is how many swaps that are over a page shows.
const mostPast = 30

var swapDone = map[string]string{
	"approved": "Approved. It is in force from the next ring on. " + callsGoOn,
	"refused":  "Refused. Everybody keeps their own shift.",
}

func (l looking) swapList() swapList {
	p := swapList{Approval: l.r.Plan().Swaps.Approval}
	for _, row := range l.swaps(l.now) {
		switch {
		case row.Over || row.s.State == rota.SwapDeclined:
			p.Past = append(p.Past, row)
		case row.s.State == rota.SwapAccepted:
			p.Waiting = append(p.Waiting, row)
		case row.s.State == rota.SwapOffered:
			p.Offered = append(p.Offered, row)
		default:
			p.Agreed = append(p.Agreed, row)
		}
	}
	slices.Reverse(p.Past)
	p.Past = p.Past[:min(len(p.Past), mostPast)]
	return p
}

func (c *Console) swapList(w http.ResponseWriter, r *asked) {
	p := swapList{NoPlan: true}
	if c.o.Rota() != nil {
		p = c.looking(r).swapList()
	}
	p.Done = swapDone[r.URL.Query().Get("done")]
	c.render(w, http.StatusOK, "swaps", c.page(r, "Swaps", p))
}

// swapPage is one swap and what it would come to.
type swapPage struct {
	swapRow
	Foreseen *draftPage // nil: nothing is to be decided
	Cannot   string     // why it cannot be approved as it is
	ShortRun bool       // somebody's rest would be too short: a reason is needed
	Blocked  bool       // the gate refuses it: somebody must answer for it
	MayEnd   bool       // it can be refused, or taken back before it begins
	Problems []problem
	Values   map[string]string
}

func (c *Console) swapOf(id string) (row swapRow, ok bool) {
	if c.o.Rota() == nil {
		return row, false
	}
	rows := names{c.o.Rota(), c.o.Zone}.swaps(c.o.Now())
	i := slices.IndexFunc(rows, func(s swapRow) bool { return s.ID == id })
	if i < 0 {
		return row, false
	}
	return rows[i], true
}

// oneSwap shows what approving it would come to. It changes nothing.
func (c *Console) oneSwap(w http.ResponseWriter, r *asked) { c.showSwap(w, r, http.StatusOK) }

func (c *Console) showSwap(w http.ResponseWriter, r *asked, code int, ps ...problem) {
	row, ok := c.swapOf(r.PathValue("id"))
	if !ok {
		c.over(w, r)
		return
	}
	p := swapPage{swapRow: row, Problems: ps, Values: map[string]string{"despite": r.FormValue("despite"), "because": r.FormValue("because")}}
	p.MayEnd = !row.Over && row.s.State != rota.SwapDeclined
	if row.s.State == rota.SwapAccepted && !row.Over {
		c.foreseeSwap(r, &p)
	}
	title := "A swap of " + row.Person
	if len(ps) > 0 {
		title = "Error: " + title
	}
	c.render(w, code, "swap", c.page(r, title, p))
}

// foreseeSwap looks at what approving would do; where somebody's rest would be too
// short, as if a reason had been given.
func (c *Console) foreseeSwap(r *asked, p *swapPage) {
	op := rota.ApproveSwap{ID: p.ID, By: r.Who.Signature()}
	page, err := c.foresee(r, op)
	if errors.Is(err, rota.ErrRest) {
		p.ShortRun, p.Cannot = true, c.inWords(err)
		op.Despite = "looked at"
		page, err = c.foresee(r, op)
	}
	if err != nil {
		p.Cannot = c.inWords(err)
		return
	}
	p.Foreseen, p.Blocked = &page, page.Blocked
}

// inWords is why something cannot be done, as a person can use it.
func (c *Console) inWords(err error) string {
	var all []string
	for _, p := range (mending{names: names{c.o.Rota(), c.o.Zone}}).said(err) {
		all = append(all, p.Text)
	}
	return strings.Join(all, " ")
}

// approveSwap is the duty manager's yes.
func (c *Console) approveSwap(w http.ResponseWriter, r *asked) {
	c.decideSwap(w, r, "approved", func(id string) error { return c.approve(r, id, r.FormValue("despite"), r.FormValue("because")) })
}

// refuseSwap is their no.
func (c *Console) refuseSwap(w http.ResponseWriter, r *asked) {
	c.decideSwap(w, r, "refused", func(id string) error { return c.decline(r, id) })
}

// approve is the operation: a swap that two people agreed on holds. despite is why
// somebody's rest may be shorter, because why whoever asks answers for what the
// checks refuse.
func (c *Console) approve(r *asked, id, despite, because string) error {
	if ps := append(unfit("despite", despite), unfit("because", because)...); len(ps) > 0 {
		return amiss(ps)
	}
	if row, ok := c.swapOf(id); ok && row.isSide(r.Who) {
		return fmt.Errorf("%w: %s is a side of it", rota.ErrCannot, r.Who.Responder)
	}
	how := rota.How{}
	if because = strings.TrimSpace(because); because != "" {
		how.Waiver = &rota.Waiver{Who: r.Who.Signature(), Why: because}
	}
	return c.decide(r, rota.ApproveSwap{ID: id, By: r.Who.Signature(), Despite: strings.TrimSpace(despite)}, id, how, "approved")
}

// isSide reports whether somebody, or whose token it is, gives or takes in it.
func (row swapRow) isSide(who access.Person) bool {
	return who.Responder != "" && (who.Responder == row.s.Person || who.Responder == row.s.With)
}

// decline is the operation: a swap that two people agreed on does not hold.
func (c *Console) decline(r *asked, id string) error {
	return c.decide(r, rota.DeclineSwap{ID: id}, id, rota.How{}, "refused")
}

func (c *Console) decide(r *asked, op rota.Op, id string, how rota.How, done string) error {
	row, ok := c.swapOf(id)
	switch {
	case !ok:
		return errNotThere
	case !r.Who.May(access.ChangeRota, row.Teams...):
		return refused{access.ChangeRota, row.Teams}
	case how.Waiver != nil && !r.Who.May(access.Waive, row.Teams...):
		return refused{access.Waive, row.Teams}
	}
	if err := c.settle(r, op, how, r.mayChange); err != nil {
		return err
	}
	c.note(r, audit.Entry{What: audit.Acted, About: row.ID, After: "swap " + done, Teams: row.Teams})
	return nil
}

func (c *Console) decideSwap(w http.ResponseWriter, r *asked, done string, do func(id string) error) {
	err := do(r.PathValue("id"))
	var no refused
	var ps amiss
	switch {
	case err == nil:
		http.Redirect(w, r.Request, "/rota/swaps?done="+done, http.StatusSeeOther)
	case errors.Is(err, errNotThere):
		c.over(w, r)
	case errors.As(err, &no):
		c.refuse(w, r, no.Do, no.Teams...)
	case errors.As(err, &ps):
		c.showSwap(w, r, http.StatusUnprocessableEntity, ps...)
	case errors.Is(err, rota.ErrRefused):
		c.showSwap(w, r, http.StatusUnprocessableEntity, problem{"because", "Mend what must be mended, or say why it cannot wait"})
	case errors.Is(err, rota.ErrRest):
		c.showSwap(w, r, http.StatusUnprocessableEntity, problem{"despite", "Say why somebody’s rest may be shorter this once"})
	default:
		c.showSwap(w, r, c.trouble(err), problem{Text: c.inWords(err)})
	}
}
