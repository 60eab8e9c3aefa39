package console

import (
	"errors"
	"net/http"
	"slices"
	"strings"

	"example.org/crisisline/console/audit"
	"example.org/crisisline/rota"
)

// mySwapRow is a swap that concerns whoever looks.
type mySwapRow struct {
	swapRow
	Mine     bool // they offered it
	ToAnswer bool // they may take it up
}

// mySwaps are the swaps one offered, those one was asked for, and those that
// anybody may take up and one may work.
func (l looking) mySwaps(who *rota.Responder) []mySwapRow {
	var all []mySwapRow
	for _, row := range l.swaps(l.now) {
		s := row.s
		if row.Over || s.State == rota.SwapDeclined {
			continue
		}
		mine, asked := s.Person == who.ID, s.With == who.ID
		open := s.With == "" && !mine && l.mayWork(who, s.Gives)
		if mine || asked || open {
			all = append(all, mySwapRow{swapRow: row, Mine: mine, ToAnswer: s.State == rota.SwapOffered && (asked || open)})
		}
	}
	slices.SortStableFunc(all, func(a, b mySwapRow) int {
		switch {
		case a.ToAnswer == b.ToAnswer:
			return 0
		case a.ToAnswer:
			return -1
		}
		return 1
	})
	return all
}

// mayWork reports whether somebody may be put where a slot is.
func (n names) mayWork(who *rota.Responder, slot rota.Slot) bool {
	s := n.shiftOf("shift " + slot.Shift)
	return s != nil && who.Eligible(s.Tier)
}

// mySwapForm asks for a swap of one of one's own shifts.
func (c *Console) mySwapForm(r *asked, who rota.Responder) form {
	m := c.mendingOwn(r)
	f := form{
		Title: "Ask for a swap", Action: "/my/swap", Button: "Offer it", Back: Link{"Back to My shift", "/my"},
		Lines: []string{"Nothing changes before somebody takes it up" + approvalWords(m.r.Plan()) + ". Until then the shift is yours."},
	}
	mine := m.slotsOf(m.begun(m.now, m.now.Add(mySpan))[who.ID])
	if len(mine) == 0 {
		f.Warning = "You have no shift in the next six weeks that can be swapped."
		f.Button = ""
		return f
	}
	partners := append([]choice{{Value: "|", Text: "Whoever takes it, nothing in return"}}, m.partners(who.ID, mine)...)
	f.Fields = []field{
		{Kind: "select", Name: "gives", Label: "Which shift do you give?", Choices: chosen(mine, m.v, "gives")},
		{Kind: "select", Name: "takes", Label: "Whom do you ask, and for which shift in return?", Choices: chosen(partners, m.v, "takes")},
	}
	return f
}

func approvalWords(p *rota.Plan) string {
	if p.Swaps.Approval {
		return " and a duty manager approves it"
	}
	return ""
}

func (c *Console) mendingOwn(r *asked) mending {
	return mending{names: names{covering(c.o.Rota(), c.o.Now(), c.o.Now().Add(mySpan)), c.o.Zone}, now: c.o.Now(), v: r.Form, by: r.Who.Signature()}
}

func (c *Console) askMySwap(w http.ResponseWriter, r *asked) {
	who, ok := c.me(r)
	if !ok || r.ParseForm() != nil {
		c.showMy(w, r, http.StatusNotFound, "", "")
		return
	}
	c.showForm(w, r, http.StatusOK, c.mySwapForm(r, who))
}

// offerMySwap offers it, and changes nobody's shift.
func (c *Console) offerMySwap(w http.ResponseWriter, r *asked) {
	who, ok := c.me(r)
	if !ok || r.ParseForm() != nil {
		c.showMy(w, r, http.StatusNotFound, "", "")
		return
	}
	again := func(code int, ps ...problem) { c.showForm(w, r, code, c.mySwapForm(r, who).with(ps...)) }
	gives := slotOf(r.FormValue("gives"))
	with, taken, _ := strings.Cut(r.FormValue("takes"), "|")
	_, known := c.o.Rota().Responder(with)
	switch {
	case gives.IsZero():
		again(http.StatusUnprocessableEntity, problem{"gives", "Choose the shift you give"})
		return
	case with != "" && !known || !r.Form.Has("takes"):
		again(http.StatusUnprocessableEntity, problem{"takes", "Choose whom you ask"})
		return
	}
	if _, err := c.offerOwn(r, rota.OfferSwap{Person: who.ID, Gives: gives, With: with, Takes: slotOf(taken)}); err != nil {
		again(c.trouble(err), problem{Text: c.inWords(err)})
		return
	}
	http.Redirect(w, r.Request, "/my?done=swap.offered", http.StatusSeeOther)
}

// offerOwn is the operation: whoever asks offers a shift of theirs. What they offer
// already is not offered twice.
func (c *Console) offerOwn(r *asked, op rota.OfferSwap) (id string, err error) {
	for _, s := range c.o.Rota().Plan().Swaps.Offers {
		if s.State == rota.SwapOffered && s.Person == op.Person && s.Gives == op.Gives && s.With == op.With && s.Takes == op.Takes {
			return s.ID, nil
		}
	}
	op.ID = c.mendingOwn(r).freeID("swap")
	if err := c.settle(r, op, rota.How{}, isOwn); err != nil {
		return "", err
	}
	c.note(r, audit.Entry{What: audit.Published, About: op.ID, After: "own swap offered", Teams: names{c.o.Rota(), c.o.Zone}.swapTeams(rota.Swap{Person: op.Person, Gives: op.Gives, With: op.With, Takes: op.Takes})})
	return op.ID, nil
}

// isOwn is for settle: the operation itself is about whoever asks, and that was
// seen to before.
func isOwn(_, _ *rota.Plan) error { return nil }

// mySwapPage is a swap one may take up, or offered.
type mySwapPage struct {
	mySwapRow
	Foreseen *draftPage
	Cannot   string // why it cannot be taken up
	Approval bool
	Problems []problem
}

// myOwn is a swap of the plan that concerns whoever asks.
func (c *Console) myOwn(r *asked, id string) (who rota.Responder, row mySwapRow, ok bool) {
	if who, ok = c.me(r); !ok {
		return who, row, false
	}
	l := looking{names: names{c.o.Rota(), c.o.Zone}, now: c.o.Now()}
	rows := l.mySwaps(&who)
	i := slices.IndexFunc(rows, func(s mySwapRow) bool { return s.ID == id })
	if i < 0 {
		return who, row, false
	}
	return who, rows[i], true
}

func (c *Console) mySwap(w http.ResponseWriter, r *asked) { c.showMySwap(w, r, http.StatusOK) }

func (c *Console) showMySwap(w http.ResponseWriter, r *asked, code int, ps ...problem) {
	who, row, ok := c.myOwn(r, r.PathValue("id"))
	if !ok {
		c.showMy(w, r, http.StatusNotFound, "", "That swap is over, or was taken back. Nothing was changed.")
		return
	}
	p := mySwapPage{mySwapRow: row, Approval: c.o.Rota().Plan().Swaps.Approval, Problems: ps}
	if row.ToAnswer {
		page, err := c.foresee(r, rota.AcceptSwap{ID: row.ID, Person: who.ID})
		if p.Foreseen = &page; err != nil {
			p.Foreseen, p.Cannot = nil, c.myTrouble(err)
		}
	}
	title := "A swap of " + row.Person
	if row.Mine {
		title = "Your swap"
	}
	if len(ps) > 0 {
		title = "Error: " + title
	}
	c.render(w, code, "my_swap", c.page(r, title, p))
}

// myTrouble is why one cannot take a swap up, and who can help.
func (c *Console) myTrouble(err error) string {
	text := c.inWords(err)
	if errors.Is(err, rota.ErrRest) || errors.Is(err, rota.ErrRefused) {
		text += " A duty manager can arrange it all the same."
	}
	return text
}

// errAgreed is a swap that is taken back by a duty manager alone.
var errAgreed = errors.New("it is agreed, and the rota counts on it")

// acceptMySwap takes up a swap one was asked for, or that anybody may.
func (c *Console) acceptMySwap(w http.ResponseWriter, r *asked) {
	err := c.acceptOwn(r, r.PathValue("id"))
	switch {
	case errors.Is(err, errNotThere):
		c.showMy(w, r, http.StatusNotFound, "", "That swap is over, or was taken back. Nothing was changed.")
		return
	case err != nil:
		c.showMySwap(w, r, c.trouble(err), problem{Text: c.myTrouble(err)})
		return
	}
	done := "swap.agreed"
	if c.o.Rota().Plan().Swaps.Approval {
		done = "swap.accepted"
	}
	http.Redirect(w, r.Request, "/my?done="+done, http.StatusSeeOther)
}

// acceptOwn is the operation: whoever asks takes a swap up.
func (c *Console) acceptOwn(r *asked, id string) error {
	who, row, ok := c.myOwn(r, id)
	if !ok || !row.ToAnswer {
		return errNotThere
	}
	if err := c.settle(r, rota.AcceptSwap{ID: row.ID, Person: who.ID}, rota.How{}, isOwn); err != nil {
		return err
	}
	c.note(r, audit.Entry{What: audit.Published, About: row.ID, After: "own swap accepted", Teams: row.Teams})
	return nil
}

// declineMySwap says no to one, or takes one's own back.
func (c *Console) declineMySwap(w http.ResponseWriter, r *asked) {
	mine, err := c.declineOwn(r, r.PathValue("id"))
	switch {
	case errors.Is(err, errNotThere):
		c.showMy(w, r, http.StatusNotFound, "", "That swap is over, or was taken back. Nothing was changed.")
	case errors.Is(err, errAgreed):
		c.showMySwap(w, r, http.StatusUnprocessableEntity, problem{Text: "It is agreed, and the rota counts on it. Ask a duty manager to take it back."})
	case err != nil:
		c.showMySwap(w, r, c.trouble(err), problem{Text: c.inWords(err)})
	case mine:
		http.Redirect(w, r.Request, "/my?done=swap.taken-back", http.StatusSeeOther)
	default:
		http.Redirect(w, r.Request, "/my?done=swap.declined", http.StatusSeeOther)
	}
}

// declineOwn is the operation: whoever asks says no to a swap, or takes back one
// that is mine, their own.
func (c *Console) declineOwn(r *asked, id string) (mine bool, err error) {
	_, row, ok := c.myOwn(r, id)
	switch {
	case !ok || !row.Mine && row.s.With != r.Who.Responder:
		return false, errNotThere
	case row.s.State == rota.SwapAgreed:
		return row.Mine, errAgreed
	}
	if err := c.settle(r, rota.DeclineSwap{ID: row.ID}, rota.How{}, isOwn); err != nil {
		return row.Mine, err
	}
	done := "own swap declined"
	if row.Mine {
		done = "own swap taken-back"
	}
	c.note(r, audit.Entry{What: audit.Published, About: row.ID, After: done, Teams: row.Teams})
	return row.Mine, nil
}
