package console

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"time"

	"example.org/crisisline/call"
	"example.org/crisisline/console/access"
	"example.org/crisisline/metrics"
	"example.org/crisisline/queue"
)

// Calls is how past calls are found, and what came of them recorded. They are
// queue.Store's operations, so that what is done here, by keys after a talk or on
// the command line is the same.
type Calls struct {
	Search func(ctx context.Context, from, to time.Time, f queue.CallFilter, limit int, after string) (queue.CallPage, error)
	WrapUp func(ctx context.Context, id call.ID) (queue.WrapUpRecord, bool, error)
	Record func(ctx context.Context, now time.Time, r queue.WrapUpRecord) (queue.WrapUpRecord, bool, error)

	// Number is where a call came from; false when it was withheld or is no longer
	// kept. It is read when the audit has who wants it, and why.
	Number    func(ctx context.Context, id call.ID) (call.Number, bool, error)
	NumberFor time.Duration // for how long numbers are kept
	// OverdueNumberFor is for how long the number of a callback is kept after it
	// should have been over, when nobody ends it; 0: a week.
	OverdueNumberFor time.Duration

	Promises metrics.Promises // what may be promised after a call, with this service's own limits
}

// complete reports whether every operation is there.
func (c *Calls) complete() bool {
	if c.OverdueNumberFor <= 0 {
		c.OverdueNumberFor = 7 * 24 * time.Hour
	}
	return c.Search != nil && c.WrapUp != nil && c.Record != nil && c.Number != nil && len(c.Promises) > 0
}

const (
	// callsShown is how many calls a page of a search has: what a phone scrolls
	// through in a few strokes.
	callsShown = 25
	// pagePatience is how long one page about past calls may keep the store busy.
	// What a search did not reach is offered to go on with.
	pagePatience = 300 * time.Millisecond
	// writePatience is how long what somebody entered may take to be kept, whether
	// or not they still wait for the answer.
	writePatience = 3 * time.Second
)

// callsRoutes are the pages about calls that are, or may be, over.
func (c *Console) callsRoutes() []route {
	return []route{
		{"GET /calls", access.ReadCalls, c.calls},
		{"GET /calls/{id}/record", access.Record, c.askRecord},
		{"POST /calls/{id}/record", access.Record, c.record},
		{"GET /calls/{id}/number", access.SeeNumbers, c.askCallerNumber},
		{"POST /calls/{id}/number", access.SeeNumbers, c.seeCallerNumber},
	}
}

// callsPage is a search and what it found.
type callsPage struct {
	Problems []problem
	Spans    []spanLink
	Fields   []field
	Narrowed string // what is asked for besides the time, in words
	Open     bool   // the questions are open
	Clear    string // address without them

	Span  string
	Rows  []callLine
	Said  string // how much was looked through
	Next  string // address of the calls before the last one
	More  string // what the link to them says
	First string // address of the latest ones, "" when these are they
}

// calls finds past calls.
func (c *Console) calls(w http.ResponseWriter, r *asked) {
	n, now := names{c.o.Rota(), c.o.Zone}, c.o.Now()
	v := r.URL.Query()
	s, ps := n.search(v, now)
	p := callsPage{Problems: ps, Spans: n.spanLinks(s, v, now), Fields: n.searchFields(s, v, ps, now), Narrowed: n.narrowed(s.Filter), Clear: s.times(), Open: len(ps) > 0}
	if len(ps) > 0 {
		c.render(w, http.StatusUnprocessableEntity, "calls", c.page(r, "Error: Calls", p))
		return
	}
	ctx, done := context.WithTimeout(r.Context(), c.patience)
	defer done()
	found, err := c.o.Calls.Search(ctx, s.From, s.To, s.Filter, callsShown, s.After)
	switch {
	case errors.Is(err, queue.ErrNoPlace):
		http.Redirect(w, r.Request, searchAt(v, "after", ""), http.StatusSeeOther)
		return
	case err != nil:
		c.o.Log.Error("search calls", "err", err)
		c.render(w, http.StatusBadGateway, "message", c.page(r, "Calls cannot be searched",
			"The store did not answer. Calls are answered all the same. Try again in a moment."))
		return
	}
	p.found(n, s, found, v, now)
	c.render(w, http.StatusOK, "calls", c.page(r, "Calls", p))
}

// found puts on the page what a search found, and how to go on.
func (p *callsPage) found(n names, s search, page queue.CallPage, v url.Values, now time.Time) {
	p.Span = n.between(s.From, s.To, now)
	for _, found := range page.Calls {
		p.Rows = append(p.Rows, n.callLine(found, searchAt(v, "after", s.After), now))
	}
	p.Said = n.lookedThrough(page, now)
	if page.Next != "" {
		p.Next, p.More = searchAt(v, "after", page.Next), "Earlier calls"
		if len(page.Calls) < callsShown {
			p.More = "Go on searching"
		}
	}
	if s.After != "" {
		p.First = searchAt(v, "after", "")
	}
}
