package console

import (
	"context"
	"net/http"
	"reflect"
	"strings"
	"sync"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"

	"example.org/crisisline/console/access"
)

const (
	apiPrefix = "/api/v1"
	// apiBudget is how long one operation may take.
	apiBudget = 10 * time.Second
	// apiBody bounds what one operation may be sent, bytes.
	apiBody = 1 << 20
)

// operation is one line of the JSON API: what it does is what a page does, by the
// same function.
type operation struct {
	Method, Path string
	Needs        access.Permission // somewhere; what concerns teams is asked again about those
	ID, Tag      string
	Summary      string
	More         string // a second sentence, where one is needed
	Status       int    // of what was done; 0: 200
	Conflicts    bool   // it may be refused as things stand, although it only reads
}

// api gathers the operations, for every console alike: to describe them takes
// longer than all else a console is made of. It is an adapter for huma, which
// describes and checks what goes in and out.
type api struct {
	huma.API
	all    []offered
	adding operation           // the one being registered
	where  func(*Options) bool // it is offered by a console with these options; nil: by each
}

// offered is an operation that is there.
type offered struct {
	operation
	described *huma.Operation
	where     func(*Options) bool
	do        func(huma.Context)
}

// theAPI is every operation there is. Nothing changes in it once it is made.
var theAPI = sync.OnceValue(func() *api {
	a := newAPI()
	offerAll(a)
	return a
})

func newAPI() *api {
	a := &api{}
	config := huma.DefaultConfig("Crisisline", "1")
	config.OpenAPIPath, config.DocsPath, config.SchemasPath, config.CreateHooks = "", "", "", nil // served by apiDescription
	config.Info.Description = "What the pages do, for programs. Telephones do not depend on it. docs/API.md says how to begin."
	config.RejectUnknownQueryParameters = true
	config.Components = &huma.Components{
		Schemas: huma.NewMapRegistry("#/components/schemas/", func(t reflect.Type, hint string) string {
			return strings.TrimSuffix(huma.DefaultSchemaNamer(t, hint), "JSON")
		}),
		SecuritySchemes: map[string]*huma.SecurityScheme{
			"token":   {Type: "http", Scheme: "bearer", Description: "crisisline access token create NAME --role ROLE"},
			"session": {Type: "apiKey", In: "cookie", Name: "__Host-crisisline", Description: "Of somebody signed in on the pages, from a page of the same origin."},
		},
	}
	config.Security = []map[string][]string{{"token": {}}, {"session": {}}}
	a.API = huma.NewAPI(config, a)
	return a
}

// onItsWay is huma's context under a name that does not hide its method.
type onItsWay = huma.Context

// apiAsk is a request on its way through huma: who makes it, and of whom.
type apiAsk struct {
	onItsWay
	c *Console
	r *asked
}

// Handle implements huma.Adapter.
func (a *api) Handle(op *huma.Operation, handler func(huma.Context)) {
	a.all = append(a.all, offered{a.adding, op, a.where, handler})
}

// ServeHTTP implements huma.Adapter; requests come through a console's table.
func (a *api) ServeHTTP(w http.ResponseWriter, r *http.Request) { http.NotFound(w, r) }

// route is the operation as a line of a console's table.
func (o offered) route(c *Console) route {
	return route{o.described.Method + " " + o.described.Path, o.Needs, func(w http.ResponseWriter, r *asked) {
		ctx, cancel := context.WithTimeout(r.Context(), apiBudget)
		defer cancel()
		req, err := withDigest(r.WithContext(ctx))
		if err != nil {
			apiProblem(w, http.StatusRequestEntityTooLarge, "What was sent is too large, or did not arrive whole. Nothing was changed.")
			return
		}
		r = &asked{req, r.Who}
		o.do(apiAsk{humago.NewContext(o.described, r.Request, w), c, r})
	}}
}

// asker is embedded in the input of every operation: who asks for it, and of
// which console.
type asker struct {
	c *Console
	r *asked
}

// Resolve implements huma.Resolver.
func (a *asker) Resolve(ctx huma.Context) []error {
	ask, ok := ctx.(apiAsk)
	if !ok {
		return []error{huma.Error500InternalServerError("nobody asks")}
	}
	a.c, a.r = ask.c, ask.r
	return nil
}

func (a *asker) by() (*Console, *asked) { return a.c, a.r }

// nothing is the input of an operation that asks for nothing.
type nothing struct{ asker }

// answer is what an operation answers with.
type answer[T any] struct{ Body T }

// offer adds an operation. One without a permission would be for everybody, and
// there is none.
func offer[I, O any, P interface {
	*I
	by() (*Console, *asked)
}](a *api, o operation, do func(c *Console, r *asked, in P) (O, error)) {
	if o.Needs == access.Anyone {
		panic("console: operation " + o.ID + " needs no permission")
	}
	op := huma.Operation{
		OperationID: o.ID, Method: o.Method, Path: apiPrefix + o.Path, Summary: o.Summary, Tags: []string{o.Tag}, DefaultStatus: o.Status,
		Description: strings.TrimSpace(o.More + " Needs the role " + o.Needs.Least().Words() + " or higher."), MaxBodyBytes: apiBody, BodyReadTimeout: apiBudget,
		Errors:     []int{http.StatusUnauthorized, http.StatusForbidden, http.StatusServiceUnavailable},
		Extensions: map[string]any{"x-least-role": string(o.Needs.Least())},
	}
	if o.Method != http.MethodGet || o.Conflicts {
		op.Errors = append(op.Errors, http.StatusConflict)
	}
	if _, has := reflect.TypeFor[I]().FieldByName("Body"); has {
		op.Errors = append(op.Errors, http.StatusBadRequest)
	}
	if strings.Contains(o.Path, "{") {
		op.Errors = append(op.Errors, http.StatusNotFound)
	}
	a.adding = o
	huma.Register(a.API, op, func(_ context.Context, in *I) (*answer[O], error) {
		c, r := P(in).by()
		said, err := do(c, r, P(in))
		if err != nil {
			return nil, c.apiError(r, o, err) //nolint:contextcheck // the request has it
		}
		return &answer[O]{said}, nil
	})
}

// apiProblem answers a program that was not let in.
func apiProblem(w http.ResponseWriter, code int, detail string) {
	if code == http.StatusUnauthorized {
		w.Header().Set("WWW-Authenticate", "Bearer")
	}
	w.Header().Set("Content-Type", "application/problem+json")
	w.WriteHeader(code)
	_ = huma.DefaultJSONFormat.Marshal(w, &huma.ErrorModel{Status: code, Title: http.StatusText(code), Detail: detail}) // nobody is left to tell
}

// forPrograms reports whether an address is the API's.
func forPrograms(r *http.Request) bool { return strings.HasPrefix(r.URL.Path, "/api/") }

// listOf is a list that is never null.
func listOf[T any](all []T) []T {
	if all == nil {
		return []T{}
	}
	return all
}

// utc is an instant, nil for none.
func utc(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	t = t.UTC().Truncate(time.Millisecond)
	return &t
}
