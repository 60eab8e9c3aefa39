package console

import (
	"bytes"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/openapi3filter"
	"github.com/getkin/kin-openapi/routers"
	"github.com/getkin/kin-openapi/routers/gorillamux"
)

// described is the document of the API, read by somebody else's code.
type described struct {
	doc    *openapi3.T
	router routers.Router
}

// theOne is the description, which is the same for every console that offers
// everything.
var theOne = struct {
	sync.Mutex
	*described
}{}

func describe(t testing.TB, c *Console) *described {
	t.Helper()
	theOne.Lock()
	defer theOne.Unlock()
	if theOne.described == nil {
		theOne.described = read(t, c)
	}
	return theOne.described
}

func read(t testing.TB, c *Console) *described {
	t.Helper()
	text := body(t, get(t, c, apiPrefix+"/openapi.json"))
	doc, err := openapi3.NewLoader().LoadFromData([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	if err := doc.Validate(t.Context()); err != nil {
		t.Fatalf("the document is not valid: %v", err)
	}
	router, err := gorillamux.NewRouter(doc)
	if err != nil {
		t.Fatal(err)
	}
	return &described{doc, router}
}

// holds validates a request that was understood, and every answer.
func (d *described) holds(t testing.TB, r *http.Request, sent []byte, w *httptest.ResponseRecorder) {
	t.Helper()
	route, params, err := d.router.FindRoute(r)
	if err != nil {
		t.Errorf("%s %s is not described: %v", r.Method, r.URL.Path, err)
		return
	}
	r.Body = http.NoBody
	if len(sent) > 0 {
		r.Body = readCloser(sent)
	}
	in := &openapi3filter.RequestValidationInput{Request: r, PathParams: params, Route: route, Options: &openapi3filter.Options{
		AuthenticationFunc: openapi3filter.NoopAuthenticationFunc, IncludeResponseStatus: true,
	}}
	if err := openapi3filter.ValidateRequest(t.Context(), in); err != nil && w.Code < 400 {
		t.Errorf("%s %s was understood, and is not described so: %v", r.Method, r.URL, err)
	}
	out := &openapi3filter.ResponseValidationInput{RequestValidationInput: in, Status: w.Code, Header: w.Header(), Options: in.Options}
	out.SetBodyBytes(w.Body.Bytes())
	if err := openapi3filter.ValidateResponse(t.Context(), out); err != nil {
		t.Errorf("%s %s answers otherwise than described: %v\n%s", r.Method, r.URL, err, w.Body)
	}
}

type closing struct{ *bytes.Reader }

func (closing) Close() error { return nil }

func readCloser(b []byte) closing { return closing{bytes.NewReader(b)} }
