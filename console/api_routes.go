package console

import (
	"fmt"
	"net/http"

	"example.org/crisisline/console/access"
)

// apiRoutes are the operations there are functions for, as lines of the table, and
// their description.
func (c *Console) apiRoutes() ([]route, error) {
	a := newAPI(c)
	c.offerNow(a)
	c.offerPeople(a)
	c.offerStory(a)
	c.offerAudit(a)
	if c.o.Changes != nil {
		c.offerRota(a)
	}
	if c.o.Calls != nil {
		c.offerCalls(a)
	}
	if c.o.After != nil && c.o.Calls != nil {
		c.offerAfter(a)
	}
	asJSON, err := a.OpenAPI().MarshalJSON()
	if err != nil {
		return nil, fmt.Errorf("describe the API: %w", err)
	}
	asYAML, err := a.OpenAPI().YAML()
	if err != nil {
		return nil, fmt.Errorf("describe the API: %w", err)
	}
	described := func(contentType string, text []byte) handler {
		return func(w http.ResponseWriter, _ *asked) {
			w.Header().Set("Content-Type", contentType)
			_, _ = w.Write(text) // nobody is left to tell
		}
	}
	return append(a.routes,
		route{"GET " + apiPrefix + "/openapi.json", access.Anyone, described("application/vnd.oai.openapi+json;version=3.1", asJSON)},
		route{"GET " + apiPrefix + "/openapi.yaml", access.Anyone, described("application/vnd.oai.openapi;version=3.1", asYAML)},
		route{"/api/", access.Look, func(w http.ResponseWriter, _ *asked) {
			apiProblem(w, http.StatusNotFound, "There is no such operation. "+apiPrefix+"/openapi.json lists them.")
		}},
	), nil
}
