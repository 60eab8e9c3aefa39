package twilio_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"example.org/crisisline/twilio"
)

// longNumber finds what could be a telephone number; codes have five digits.
var longNumber = regexp.MustCompile(`[0-9]{6,}`)

// kinds lists the sentinels; every error must be exactly one.
var kinds = map[string]error{"gone": twilio.ErrGone, "throttled": twilio.ErrThrottled, "refused": twilio.ErrRefused,
	"not sent": twilio.ErrNotSent, "unknown": twilio.ErrUnknown, "auth": twilio.ErrAuth}

func kindsOf(err error) string {
	var is []string
	for name, kind := range kinds {
		if errors.Is(err, kind) {
			is = append(is, name)
		}
	}
	return strings.Join(is, " and ")
}

func TestErrorKinds(t *testing.T) {
	t.Parallel()
	twilioError := func(code int) string {
		return fmt.Sprintf(`{"code":%d,"message":"The number %s is not good","more_info":"https://www.twilio.com/docs/errors/%d","status":400}`, code, responder, code)
	}
	const page = "<html><body>Bad gateway " + responder + "</body></html>"
	tests := []struct {
		name   string
		status int
		header http.Header
		body   string
		want   string // kind for a fetch
		create string // kind for a create, "" when the same
		code   int
		after  time.Duration
	}{
		{"throttled, seconds", 429, http.Header{"Retry-After": {"3"}}, twilioError(20429), "throttled", "", 20429, 3 * time.Second},
		{"throttled, a date", 429, http.Header{"Retry-After": {"Sat, 21 Nov 2026 10:00:07 GMT"}, "Date": {"Sat, 21 Nov 2026 10:00:00 GMT"}}, twilioError(20429), "throttled", "", 20429, 7 * time.Second},
		{"throttled, not said when", 429, nil, page, "throttled", "", 0, 0},
		{"throttled, said badly", 429, http.Header{"Retry-After": {"soon"}}, "", "throttled", "", 0, 0},
		{"gateway's page", 502, nil, page, "unknown", "", 0, 0},
		{"fault at Twilio", 500, nil, twilioError(20500), "unknown", "", 20500, 0},
		{"unavailable", 503, http.Header{"Retry-After": {"9"}}, twilioError(20503), "unknown", "", 20503, 9 * time.Second},
		{"redirect", 302, http.Header{"Location": {"https://elsewhere.example/"}}, "", "unknown", "", 0, 0},
		{"redirect that would keep the method", 307, http.Header{"Location": {"https://elsewhere.example/"}}, "", "unknown", "", 0, 0},
		{"success without content", 204, nil, "", "unknown", "", 0, 0},
		{"success, empty", 200, nil, "", "unknown", "", 0, 0},
		{"success, a page", 200, nil, page, "unknown", "", 0, 0},
		{"success, cut short", 201, nil, `{"sid":"CA`, "unknown", "", 0, 0},
		{"success, of another shape", 200, nil, `{"sid":447700900001}`, "unknown", "", 0, 0},
		{"credentials", 401, nil, twilioError(20003), "auth", "", 20003, 0},
		{"forbidden, a page", 403, nil, page, "auth", "", 0, 0},
		{"not in progress", 400, nil, twilioError(21220), "gone", "refused", 21220, 0},
		{"not found", 404, nil, twilioError(20404), "gone", "refused", 20404, 0},
		{"not found, a proxy's page", 404, nil, page, "refused", "", 0, 0},
		{"bad number", 400, nil, twilioError(21211), "refused", "", 21211, 0},
		{"bad caller id", 400, nil, twilioError(21210), "refused", "", 21210, 0},
		{"request timeout", 408, nil, "", "unknown", "", 0, 0},
		{"conflict", 409, nil, "{}", "refused", "", 0, 0},
	}
	for _, tc := range tests {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			c := newClient(t, func(w http.ResponseWriter, _ *http.Request) {
				for name, v := range tc.header {
					w.Header()[name] = v
				}
				w.WriteHeader(tc.status)
				io.WriteString(w, tc.body)
			})
			_, fetched := c.FetchCall(t.Context(), callSID)
			_, created := c.CreateCall(t.Context(), leg)
			if tc.create == "" {
				tc.create = tc.want
			}
			if got := kindsOf(fetched); got != tc.want {
				t.Errorf("fetch: %v is %q, want %q", fetched, got, tc.want)
			}
			if got := kindsOf(created); got != tc.create {
				t.Errorf("create: %v is %q, want %q", created, got, tc.create)
			}
			api, ok := errors.AsType[*twilio.APIError](fetched)
			if !ok {
				t.Fatalf("%T is not an APIError", fetched)
			}
			if api.Code != tc.code || api.RetryAfter != tc.after {
				t.Errorf("code %d after %v, want %d after %v", api.Code, api.RetryAfter, tc.code, tc.after)
			}
			for _, err := range []error{fetched, created} {
				if s := err.Error(); longNumber.MatchString(s) || !strings.Contains(s, " call: ") {
					t.Errorf("text is %q", s)
				}
			}
		})
	}
}

func TestErrorsWithoutAnAnswer(t *testing.T) {
	t.Parallel()
	closed := httptest.NewServer(nil)
	closed.Close()
	untrusted := httptest.NewUnstartedServer(nil)
	untrusted.Config.ErrorLog = log.New(io.Discard, "", 0) // it will complain of the handshake
	untrusted.StartTLS()
	t.Cleanup(untrusted.Close)
	silent := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		io.Copy(io.Discard, r.Body)
		<-r.Context().Done()
	}))
	t.Cleanup(silent.Close)
	cut := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		conn, _, err := http.NewResponseController(w).Hijack()
		if err == nil {
			conn.Close()
		}
	}))
	t.Cleanup(cut.Close)
	noName := &http.Transport{DialContext: func(context.Context, string, string) (net.Conn, error) {
		return nil, &net.DNSError{Err: "no such host", Name: "api.example", IsNotFound: true}
	}}
	plain := func() *http.Transport { return http.DefaultTransport.(*http.Transport).Clone() }
	tests := []struct {
		name      string
		url       string
		transport http.RoundTripper
		budget    time.Duration
		want      string
		timeout   bool
	}{
		{"connection refused", closed.URL, plain(), time.Second, "not sent", false},
		{"certificate not trusted", untrusted.URL, plain(), time.Second, "not sent", false},
		{"no such name", "http://api.example", noName, time.Second, "not sent", false},
		{"budget spent while waiting", silent.URL, silent.Client().Transport, 50 * time.Millisecond, "unknown", true},
		{"connection cut", cut.URL, cut.Client().Transport, time.Second, "unknown", false},
	}
	for _, tc := range tests {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			_, err := clientAt(t, tc.url, tc.transport, tc.budget).FindCalls(t.Context(), responder, time.Time{})
			if got := kindsOf(err); got != tc.want || errors.Is(err, context.DeadlineExceeded) != tc.timeout {
				t.Errorf("%v is %q, want %q", err, got, tc.want)
			}
			if strings.Contains(err.Error(), "447700") || strings.Contains(err.Error(), "Calls.json") {
				t.Errorf("text holds the request: %v", err)
			}
		})
	}
}

func TestCancelledContextSendsNothing(t *testing.T) {
	t.Parallel()
	var asked atomic.Int64
	c := newClient(t, func(http.ResponseWriter, *http.Request) { asked.Add(1) })
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err := c.CreateCall(ctx, leg)
	if kindsOf(err) != "not sent" || !errors.Is(err, context.Canceled) || asked.Load() != 0 {
		t.Errorf("%v after %d requests", err, asked.Load())
	}
}

// A hundred errors with bodies of every kind must reuse one connection.
func TestErrorsLeakNoConnection(t *testing.T) {
	t.Parallel()
	var connections, asked atomic.Int64
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		n := asked.Add(1)
		w.WriteHeader([]int{400, 404, 429, 500, 502}[n%5])
		io.WriteString(w, strings.Repeat("<p>long page</p>", int(n)*20))
	}))
	server.Config.ConnState = func(_ net.Conn, s http.ConnState) {
		if s == http.StateNew {
			connections.Add(1)
		}
	}
	server.Start()
	t.Cleanup(server.Close)
	c := clientAt(t, server.URL, server.Client().Transport, 5*time.Second)
	for range 100 {
		if err := c.EndCall(t.Context(), callSID); err == nil {
			t.Fatal("an error was taken for success")
		}
	}
	if asked.Load() != 100 || connections.Load() != 1 {
		t.Errorf("%d requests over %d connections, want 100 over 1", asked.Load(), connections.Load())
	}
}
