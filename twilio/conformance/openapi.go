package conformance

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/openapi3filter"
	"github.com/getkin/kin-openapi/routers"
	"github.com/getkin/kin-openapi/routers/gorillamux"
)

const (
	specFile = "node_modules/@twilio/cli-core/src/services/twilio-api/twilio_api_v2010.json"
	apiRoot  = "/2010-04-01/"
	formType = "application/x-www-form-urlencoded"
)

// Spec is Twilio's own OpenAPI description of its 2010-04-01 API. It is safe
// for concurrent use.
type Spec struct{ router routers.Router }

// OpenAPI loads the description, once per test binary (about 0.3 s).
func OpenAPI() (*Spec, error) { return loadSpec() }

var loadSpec = sync.OnceValues(func() (*Spec, error) {
	raw, err := read(specFile)
	if err != nil {
		return nil, err
	}
	doc, err := openapi3.NewLoader().LoadFromData(raw)
	if err != nil {
		return nil, fmt.Errorf("load %s: %w", specFile, err)
	}
	doc.Servers = nil // whatever host a test serves at
	for _, path := range doc.Paths.Map() {
		path.Servers = nil
	}
	router, err := gorillamux.NewRouter(doc)
	if err != nil {
		return nil, fmt.Errorf("route %s: %w", specFile, err)
	}
	return &Spec{router: router}, nil
})

// CheckRequest holds one request to the description: path, method, parameters
// and their patterns, required and unknown keys, basic authorisation; and to
// what the description leaves out (see judge). body is the request's body, nil
// for none; r itself is not read. All problems are reported together. The text
// may hold telephone numbers: it is for tests.
func (s *Spec) CheckRequest(r *http.Request, body []byte) error {
	at := strings.Index(r.URL.Path, apiRoot)
	if at < 0 {
		return fmt.Errorf("REST %s %s: is not under %s", r.Method, r.URL.Path, apiRoot)
	}
	req := r.Clone(context.Background())
	req.URL.Path, req.URL.RawPath = r.URL.Path[at:], "" // a prefix of the base URL is not the API's
	req.Body = io.NopCloser(bytes.NewReader(body))
	req.ContentLength = int64(len(body))
	route, vars, err := s.router.FindRoute(req)
	if err != nil {
		return fmt.Errorf("REST %s %s: %w", req.Method, req.URL.Path, err)
	}
	problems := []error{openapi3filter.ValidateRequest(req.Context(), &openapi3filter.RequestValidationInput{
		Request: req, PathParams: vars, Route: route,
		Options: &openapi3filter.Options{
			MultiError:          true,
			SkipSettingDefaults: true,
			AuthenticationFunc:  basicAuth,
		},
	})}
	form, err := url.ParseQuery(string(body))
	problems = append(problems, err, known(route.Operation, req.URL.Query(), form), judge(form))
	if err := errors.Join(problems...); err != nil {
		return fmt.Errorf("REST %s %s: %w", req.Method, req.URL.Path, err)
	}
	return nil
}

func basicAuth(_ context.Context, in *openapi3filter.AuthenticationInput) error {
	if user, pass, ok := in.RequestValidationInput.Request.BasicAuth(); !ok || user == "" || pass == "" {
		return errors.New("no basic authorisation")
	}
	return nil
}

// known refuses keys the operation does not name, which Twilio would silently
// ignore, and repeats of keys that are not lists.
func known(op *openapi3.Operation, query, form url.Values) error {
	var problems []error
	for key := range query {
		if op.Parameters.GetByInAndName("query", key) == nil {
			problems = append(problems, fmt.Errorf("unknown query parameter %q", key))
		}
	}
	properties := openapi3.Schemas{}
	if op.RequestBody != nil {
		if media := op.RequestBody.Value.Content.Get(formType); media != nil {
			properties = media.Schema.Value.Properties
		}
	}
	for key, values := range form {
		property := properties[key]
		switch {
		case property == nil:
			problems = append(problems, fmt.Errorf("unknown body parameter %q", key))
		case len(values) > 1 && !property.Value.Type.Is("array"):
			problems = append(problems, fmt.Errorf("body parameter %q given %d times", key, len(values)))
		}
	}
	return errors.Join(problems...)
}

var callEvents = []string{"initiated", "ringing", "answered", "completed"}

// judge is what the description leaves out but the documentation says: ranges,
// event names, whole URLs; and our own promise never to record and never to let
// a machine decide who is a person.
// https://www.twilio.com/docs/voice/api/call-resource, read 2026-11-21.
func judge(form url.Values) error {
	var problems []error
	fail := func(format string, args ...any) { problems = append(problems, fmt.Errorf(format, args...)) }
	for key, values := range form {
		for _, v := range values {
			switch {
			case strings.Contains(key, "Record"), strings.Contains(key, "Transcri"):
				fail("%s: calls are never recorded", key)
			case strings.Contains(key, "MachineDetection"), strings.Contains(key, "Amd"):
				fail("%s: a key press decides, not a machine", key)
			case key == "StatusCallbackEvent" && !slices.Contains(callEvents, v):
				fail("StatusCallbackEvent is %q", v)
			case key == "Timeout", key == "TimeLimit":
				if n, err := strconv.Atoi(v); err != nil || n < 1 || n > map[string]int{"Timeout": 600, "TimeLimit": 86400}[key] {
					fail("%s is %q", key, v)
				}
			case key == "Url", key == "FallbackUrl", key == "StatusCallback":
				u, err := url.Parse(v)
				if err != nil || u.Host == "" || (u.Scheme != "http" && u.Scheme != "https") || strings.Contains(u.Host, "_") {
					fail("%s is not a whole URL that Twilio takes", key)
				}
			case key == "Twiml" && len(v) > 4000: // error 32018
				fail("Twiml has %d characters", len(v))
			}
		}
	}
	if form.Has("Twiml") && form.Has("Url") {
		fail("Url and Twiml exclude each other")
	}
	return errors.Join(problems...)
}
