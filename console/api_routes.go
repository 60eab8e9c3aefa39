package console

import (
	"fmt"
	"net/http"
	"sync"

	"github.com/danielgtaylor/huma/v2"

	"example.org/crisisline/console/access"
)

// offerAll adds every operation there is, in groups that are offered where there
// are functions for them.
func offerAll(a *api) {
	for _, group := range []struct {
		where func(*Options) bool // nil: everywhere
		offer []func(*api)
	}{
		{nil, []func(*api){offerNow, offerPeople, offerPerson, offerMy, offerTeams, offerStory, offerAudit, offerVerify}},
		{func(o *Options) bool { return o.Changes != nil }, []func(*api){offerRota, offerPersonChanges, offerTeamChanges, offerSwaps, offerMySwaps}},
		{func(o *Options) bool { return o.Feeds != nil }, []func(*api){offerFeeds}},
		{func(o *Options) bool { return o.Reports != nil }, []func(*api){offerReports}},
		{func(o *Options) bool { return o.SetUp != nil }, []func(*api){offerSetUp}},
		{func(o *Options) bool { return o.Calls != nil }, []func(*api){offerCalls}},
		{func(o *Options) bool { return o.After != nil }, []func(*api){offerAfter, offerCallbacks}},
	} {
		a.where = group.where
		for _, offer := range group.offer {
			offer(a)
		}
	}
}

// here are the operations that a console offers.
func (a *api) here(o *Options) []offered {
	var all []offered
	for _, one := range a.all {
		if one.where == nil || one.where(o) {
			all = append(all, one)
		}
	}
	return all
}

// apiRoutes are the operations as lines of the table, and their description.
func (c *Console) apiRoutes() []route {
	var all []route
	here := theAPI().here(&c.o)
	for _, one := range here {
		all = append(all, one.route(c))
	}
	return append(all,
		route{"GET " + apiPrefix + "/openapi.json", access.Anyone, c.described("application/vnd.oai.openapi+json;version=3.1", func() ([]byte, error) { return documentOf(here).MarshalJSON() })},
		route{"GET " + apiPrefix + "/openapi.yaml", access.Anyone, c.described("application/vnd.oai.openapi;version=3.1", func() ([]byte, error) { return documentOf(here).YAML() })},
		route{"/api/", access.Look, func(w http.ResponseWriter, _ *asked) {
			apiProblem(w, http.StatusNotFound, "There is no such operation. "+apiPrefix+"/openapi.json lists them.")
		}},
	)
}

// documentOf is the description of some of the operations, which many consoles
// share: they are only read.
func documentOf(some []offered) *huma.OpenAPI {
	doc := *theAPI().OpenAPI()
	doc.Paths = map[string]*huma.PathItem{}
	for _, one := range some {
		op := one.described
		item := doc.Paths[op.Path]
		if item == nil {
			item = &huma.PathItem{}
			doc.Paths[op.Path] = item
		}
		switch op.Method {
		case http.MethodGet:
			item.Get = op
		case http.MethodPost:
			item.Post = op
		case http.MethodDelete:
			item.Delete = op
		default:
			panic("console: operations are GET, POST or DELETE: " + op.OperationID)
		}
	}
	return &doc
}

// described answers with a text that is made when it is first asked for.
func (c *Console) described(contentType string, write func() ([]byte, error)) handler {
	text := sync.OnceValues(write)
	return func(w http.ResponseWriter, _ *asked) {
		text, err := text()
		if err != nil {
			c.o.Log.Error("api not described", "err", fmt.Errorf("describe the API: %w", err))
			apiProblem(w, http.StatusInternalServerError, "The description could not be written.")
			return
		}
		w.Header().Set("Content-Type", contentType)
		_, _ = w.Write(text) // nobody is left to tell
	}
}
