package console

import (
	"context"
	"net/http"
	"time"

	"example.org/crisisline/call"
	"example.org/crisisline/console/access"
	"example.org/crisisline/queue"
)

// After is what was promised after calls: visits, answers, callbacks. They are
// queue.Store's operations, so that what is done here and on the command line is
// the same.
type After struct {
	FollowUps func(ctx context.Context, limit int) ([]queue.FollowUp, error) // open ones, the soonest due first
	FollowUp  func(ctx context.Context, id call.ID, category string) (queue.FollowUp, error)
	Reviews   func(ctx context.Context, limit int) ([]queue.FollowUp, error) // that ran out: first those without a reason
	Done      func(ctx context.Context, now time.Time, id call.ID, category, by string, at time.Time, how string) (queue.FollowUp, bool, error)
	Reviewed  func(ctx context.Context, now time.Time, id call.ID, category, by, reason string) (bool, error)

	Callbacks func(ctx context.Context, limit int) ([]queue.Callback, error) // open ones, what is due soonest first
	Callback  func(ctx context.Context, id call.ID) (queue.Callback, bool, error)
	Owe       func(ctx context.Context, now time.Time, p queue.CallbackPromise) (queue.Callback, bool, error)
	Claim     func(ctx context.Context, now time.Time, id call.ID, by call.By) (queue.Callback, bool, error)
	Release   func(ctx context.Context, now time.Time, id call.ID, by call.By) (queue.Callback, bool, error)
	Attempt   func(ctx context.Context, now time.Time, id call.ID, by call.By, at time.Time, result string) (queue.Callback, bool, error)
	Close     func(ctx context.Context, now time.Time, id call.ID, by call.By, at time.Time, how string, code call.Code) (queue.Callback, bool, error)
}

// complete reports whether every operation is there.
func (a *After) complete() bool {
	return a.FollowUps != nil && a.FollowUp != nil && a.Reviews != nil && a.Done != nil && a.Reviewed != nil && a.Callbacks != nil &&
		a.Callback != nil && a.Owe != nil && a.Claim != nil && a.Release != nil && a.Attempt != nil && a.Close != nil
}

// afterRoutes are the pages of what was promised.
func (c *Console) afterRoutes() []route {
	return []route{
		{"GET /follow-ups", access.ReadCalls, c.followUps},
		{"GET /follow-ups/end/{id}/{category}", access.Record, c.askEnd},
		{"POST /follow-ups/end/{id}/{category}", access.Record, c.keepEnd},
		{"GET /follow-ups/why/{id}/{category}", access.Review, c.askWhy},
		{"POST /follow-ups/why/{id}/{category}", access.Review, c.keepWhy},
		{"GET /calls/{id}/callback/promise", access.Record, c.askOwe},
		{"POST /calls/{id}/callback/promise", access.Record, c.keepOwe},
		{"GET /calls/{id}/callback", access.ReadCalls, c.callback},
		{"POST /calls/{id}/callback/take", access.Record, c.take},
		{"POST /calls/{id}/callback/give-back", access.Record, c.giveBack},
		{"GET /calls/{id}/callback/try", access.Record, c.askTry},
		{"POST /calls/{id}/callback/try", access.Record, c.keepTry},
		{"GET /calls/{id}/callback/end", access.Record, c.askClose},
		{"POST /calls/{id}/callback/end", access.Record, c.keepClose},
	}
}

const (
	// owedShown is how many open promises, and how many callbacks, a page has: more
	// than that is no list but an emergency, and is counted.
	owedShown = 500
	// reviewsShown is how many that ran out are shown, and how many reviewed ones.
	reviewsShown = 100
)

// owedPage is the callbacks and follow-ups.
type owedPage struct {
	Done     string
	Going    string // numbers that are deleted soon, loudly; "" for none
	Sums     []label
	Teams    []spanLink // whose are shown
	Groups   []owedGroup
	More     bool // not all could be shown
	Review   []reviewRow
	Reviewed []reviewRow
	Team     string // name of the one shown; "" for all
	AsOf     string
}

// followUps is the page of what is owed.
func (c *Console) followUps(w http.ResponseWriter, r *asked) {
	ctx, done := context.WithTimeout(r.Context(), c.patience)
	defer done()
	var read owedRead
	var err error
	if read.Callbacks, err = c.o.After.Callbacks(ctx, owedShown); err == nil {
		if read.Open, err = c.o.After.FollowUps(ctx, owedShown); err == nil {
			read.Reviews, err = c.o.After.Reviews(ctx, reviewsShown)
		}
	}
	if err != nil {
		c.o.Log.Error("read follow-ups", "err", err)
		c.render(w, http.StatusBadGateway, "message", c.page(r, "What is owed cannot be read",
			"The store did not answer. Calls are answered all the same. Try again in a moment."))
		return
	}
	o := owing{names: names{c.o.Rota(), c.o.Zone}, now: c.o.Now(), who: r.Who, by: c.by(r.Who), team: r.FormValue("team"), keep: c.o.Calls.OverdueNumberFor}
	p := o.page(read)
	p.Done = owedDone[r.FormValue("done")]
	view := c.page(r, "Callbacks and follow-ups", p)
	view.Again = againEvery
	c.render(w, http.StatusOK, "follow_ups", view)
}

// againEvery is how often a list of what is owed is read again, in seconds.
const againEvery = 20

// owedDone is what the page says after something was done.
var owedDone = map[string]string{
	"ended":    "Recorded.",
	"same":     "That was recorded already. Nothing changed.",
	"reviewed": "Recorded why.",
	"closed":   "Recorded: the callback is over.",
	"back":     "Given back: somebody else can take it.",
	"gone":     "It is over already. Nothing changed.",
}
