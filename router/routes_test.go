package router

import (
	"context"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"example.org/crisisline/metrics"
	"example.org/crisisline/rota"
	"example.org/crisisline/twilio"
)

// A panic in a handler, and even one in its degraded answer, ends in words that
// tell the caller where to turn: as TwiML, with status 200.
func TestAPanicSpeaksAndNeverFails(t *testing.T) {
	t.Parallel()
	prompts, err := LoadPrompts("")
	if err != nil {
		t.Fatal(err)
	}
	const token, public = "token", "https://line.example.org"
	r, err := New(Options{
		PublicURL: public, Tokens: []string{token}, QueueName: "q", QueueSize: 10, Prompts: prompts, Language: "en-GB",
		Book: rota.NewBook(nil, rota.BookOptions{Service: "t"}), Metrics: metrics.New(prometheus.NewRegistry(), metrics.Shape{}),
		Timing: Timing{StoreBudget: time.Second, ComfortEvery: time.Minute}, Now: func() time.Time { return noon },
		Random: func() string { return "random" },
	})
	if err != nil {
		t.Fatal(err)
	}
	boom := func(*Router, context.Context, *hook) error { panic("boom") }
	for name, rt := range map[string]*route{
		"in the handler":             {path: "/voice/inbound", handle: boom, degraded: (*Router).fallBack},
		"in the degraded answer too": {path: "/voice/inbound", handle: boom, degraded: func(*Router, context.Context, *hook, error) { panic("boom again") }},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			rt.seen = r.o.Metrics.Route(rt.path)
			const body = "CallSid=CA1&From=anonymous&To=%2B442392000000"
			var f twilio.Form
			if err := f.Parse([]byte(body)); err != nil {
				t.Fatal(err)
			}
			req := httptest.NewRequest(http.MethodPost, "/voice/inbound", strings.NewReader(body))
			req.Header.Set("X-Twilio-Signature", twilio.Sign(token, public+"/voice/inbound", &f))
			w := httptest.NewRecorder()
			r.serve(rt).ServeHTTP(w, req)
			if w.Code != http.StatusOK || w.Header().Get("Content-Type") != twilio.ContentType {
				t.Errorf("status %d, type %q", w.Code, w.Header().Get("Content-Type"))
			}
			for _, words := range []string{"999", "1 1 1", "85258", "<Hangup/>"} {
				if !strings.Contains(w.Body.String(), words) {
					t.Errorf("the caller does not hear %q in %s", words, w.Body)
				}
			}
		})
	}
}
