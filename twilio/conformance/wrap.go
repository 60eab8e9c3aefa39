package conformance

import (
	"bytes"
	"fmt"
	"io"
	"mime"
	"net/http"
	"strings"
)

// Transport checks every request on its way to next and reports what is wrong
// with it. The request goes out all the same.
func (s *Spec) Transport(next http.RoundTripper, report func(error)) http.RoundTripper {
	return transport{spec: s, next: next, report: report}
}

type transport struct {
	spec   *Spec
	next   http.RoundTripper
	report func(error)
}

func (t transport) RoundTrip(r *http.Request) (*http.Response, error) {
	var body []byte
	if r.Body != nil {
		var err error
		if body, err = io.ReadAll(r.Body); err != nil {
			return nil, err
		}
		r = r.Clone(r.Context())
		r.Body = io.NopCloser(bytes.NewReader(body))
	}
	if err := t.spec.CheckRequest(r, body); err != nil {
		t.report(err)
	}
	return t.next.RoundTrip(r)
}

// Handler checks every answer of next that is served as TwiML, and reports what
// is wrong with it. An answer under /voice/ that is not TwiML is wrong unless
// it is empty or refuses the request (4xx): Twilio would read it aloud.
func Handler(next http.Handler, report func(error)) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		rec := &recorder{ResponseWriter: w, status: http.StatusOK}
		next.ServeHTTP(rec, r)
		if err := rec.check(strings.HasPrefix(r.URL.Path, "/voice/")); err != nil {
			report(fmt.Errorf("%s %s: %w", r.Method, r.URL.Path, err))
		}
	})
}

// recorder copies what is answered.
type recorder struct {
	http.ResponseWriter
	status int
	body   bytes.Buffer
}

func (r *recorder) WriteHeader(status int) {
	r.status = status
	r.ResponseWriter.WriteHeader(status)
}

func (r *recorder) Write(p []byte) (int, error) {
	r.body.Write(p)
	return r.ResponseWriter.Write(p)
}

// Unwrap lets http.ResponseController reach the real writer.
func (r *recorder) Unwrap() http.ResponseWriter { return r.ResponseWriter }

func (r *recorder) check(voice bool) error {
	kind, _, _ := mime.ParseMediaType(r.Header().Get("Content-Type"))
	switch {
	case kind == "text/xml", kind == "application/xml":
		return Document(r.body.Bytes())
	case !voice, r.status >= 400 && r.status < 500, r.body.Len() == 0:
		return nil
	}
	return fmt.Errorf("answer is %q, must be text/xml", kind)
}
