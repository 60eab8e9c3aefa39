package console

import (
	"errors"
	"net/http"

	"example.org/crisisline/console/access"
)

// asked is one request and who makes it.
type asked struct {
	*http.Request
	Who access.Person
}

// handler answers one request of somebody who may make it.
type handler func(w http.ResponseWriter, r *asked)

// route is one line of the table of who may ask for what.
type route struct {
	Pattern string            // as http.ServeMux reads it
	Needs   access.Permission // somewhere; what concerns teams is asked again about those
	Do      handler
}

// table is every address of the pages, with what it takes to ask for it. There
// is no other way to add a page, so that none is without a rule.
func (c *Console) table() []route {
	all := []route{
		{"GET /{$}", access.Look, c.now},
		{"GET /events", access.Look, c.events},
		{"GET /rota", access.Look, c.rota},
		{"GET /rota/week", access.Look, c.week},
		{"GET /rota/weeks", access.Look, c.weeks},
		{"GET /rota/shift/{team}/{tier}/{at}", access.Look, c.shift},
		{"GET /calls/{id}", access.ReadCalls, c.story},
	}
	all = append(all, c.peopleRoutes()...)
	all = append(all, c.myRoutes()...)
	all = append(all, c.signInRoutes()...)
	all = append(all, c.actionRoutes()...)
	all = append(all, c.auditRoutes()...)
	all = append(all, c.teamRoutes()...)
	if c.o.Changes != nil {
		all = append(all, c.changeRoutes()...)
		all = append(all, c.importRoutes()...)
		all = append(all, c.swapRoutes()...)
	}
	if c.o.Reports != nil {
		all = append(all, c.reportRoutes()...)
	}
	if c.o.SetUp != nil {
		all = append(all, c.setUpRoutes()...)
	}
	if c.o.After != nil {
		all = append(all, c.afterRoutes()...)
	}
	if c.o.Calls != nil {
		all = append(all, c.callsRoutes()...)
	}
	all = append(all, c.api...)
	return append(all, route{"/", access.Look, c.missing})
}

// changeRoutes are the pages that change the rota.
func (c *Console) changeRoutes() []route {
	return []route{
		{"GET /rota/change/{way}", access.MendNow, c.askMend},
		{"POST /rota/change/{way}", access.MendNow, c.doMend},
		{"GET /rota/drafts/{name}", access.ChangeRota, c.draft},
		{"POST /rota/drafts/{name}/publish", access.ChangeRota, c.publishDraft},
		{"POST /rota/drafts/{name}/catch-up", access.ChangeRota, c.catchUp},
		{"POST /rota/drafts/{name}/drop", access.ChangeRota, c.dropDraft},
		{"GET /rota/undo", access.ChangeRota, c.askUndo},
		{"POST /rota/undo", access.ChangeRota, c.undo},
		{"GET /audit/plans", access.ReadAudit, c.versions},
		{"GET /audit/{version}", access.ReadAudit, c.change},
	}
}

// actionRoutes are the buttons of the board; which of them somebody may press
// is asked again when it is known which it is.
func (c *Console) actionRoutes() []route {
	return []route{
		{"GET /confirm/{action}/{id}", access.ActOnPeople, c.confirm},
		{"POST /actions/{action}/{id}", access.ActOnPeople, c.act},
	}
}

// routes is the table behind the gate, and what needs none: the assets.
func (c *Console) routes() http.Handler {
	pages := http.NewServeMux()
	for _, r := range c.table() {
		pages.HandleFunc(r.Pattern, c.gated(r))
	}
	mux := http.NewServeMux()
	mux.Handle("GET /assets/", c.assets)
	mux.Handle("/", c.o.Gate.Around(pages, c.away))
	return http.NewCrossOriginProtection().Handler(guarded(mux))
}

// who asks: a program by its token, where the address is for programs; else
// whoever is signed in.
func (c *Console) who(r *http.Request) (access.Person, error) {
	header := r.Header.Get("Authorization")
	if header == "" || !forPrograms(r) {
		return c.o.Gate.Who(r)
	}
	who, err := c.o.Gate.WithToken(r.Context(), header)
	if errors.Is(err, access.ErrNoToken) {
		return access.Person{}, nil
	}
	return who, err
}

// mostBody bounds what is read of a form, bytes.
const mostBody = 2 << 20

// gated asks who it is and whether they may, before anything else is read.
func (c *Console) gated(to route) http.HandlerFunc {
	return func(w http.ResponseWriter, req *http.Request) {
		req.Body = http.MaxBytesReader(w, req.Body, mostBody)
		who, err := c.who(req)
		r := &asked{req, who}
		switch {
		case err != nil:
			c.o.Log.Warn("cannot tell who asks", "err", err)
			c.away(w, req)
		case who.May(to.Needs):
			to.Do(w, r)
		case who.Nobody():
			c.askToSignIn(w, r)
		default:
			c.refuse(w, r, to.Needs) //nolint:contextcheck // r has it
		}
	}
}
