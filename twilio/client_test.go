package twilio_test

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.uber.org/goleak"

	"example.org/crisisline/twilio"
	"example.org/crisisline/twilio/conformance"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const (
	account   = "AC00000000000000000000000000000000"
	callSID   = "CA11111111111111111111111111111111"
	otherSID  = "CA22222222222222222222222222222222"
	queueSID  = "QU33333333333333333333333333333333"
	roomSID   = "CF44444444444444444444444444444444"
	responder = "+447700900001"
)

// newClient is a client of a server that answers with handler. Every request
// is held to Twilio's OpenAPI description on its way.
func newClient(t *testing.T, handler http.HandlerFunc) *twilio.Client {
	t.Helper()
	server := httptest.NewServer(handler)
	t.Cleanup(server.Close)
	return clientAt(t, server.URL, server.Client().Transport, 5*time.Second)
}

func clientAt(t *testing.T, baseURL string, transport http.RoundTripper, budget time.Duration) *twilio.Client {
	t.Helper()
	spec, err := conformance.OpenAPI()
	if err != nil {
		t.Fatal(err)
	}
	c, err := twilio.NewClient(twilio.ClientOptions{
		AccountSID: account, AuthToken: "token", BaseURL: baseURL, Budget: budget,
		HTTP: &http.Client{Transport: spec.Transport(transport, func(err error) { t.Error(err) })},
	})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// script answers requests in turn, and notes them as "METHOD path?query body".
type script struct {
	mu      sync.Mutex
	answers []string // "status body"
	asked   []string
}

func (s *script) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	s.mu.Lock()
	defer s.mu.Unlock()
	path := strings.TrimPrefix(r.URL.RequestURI(), "/2010-04-01/Accounts/"+account)
	s.asked = append(s.asked, strings.TrimSpace(r.Method+" "+path+" "+string(body)))
	if len(s.answers) == 0 {
		w.WriteHeader(http.StatusTeapot)
		return
	}
	var status int
	var text string
	status, text = split(s.answers[0])
	s.answers = s.answers[1:]
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	io.WriteString(w, text)
}

func split(answer string) (status int, body string) {
	fmt.Sscan(answer, &status)
	_, body, _ = strings.Cut(answer, " ")
	return status, body
}

var leg = twilio.NewLeg{
	To: responder, From: line, URL: "https://line.example/voice/offer?o=1#rc=2", FallbackURL: "https://line.example/voice/fallback",
	StatusURL: "https://line.example/voice/leg?o=1", Ring: 20 * time.Second, Limit: time.Hour,
}

func TestRequestsOnTheWire(t *testing.T) {
	t.Parallel()
	since := time.Date(2026, 11, 21, 10, 0, 0, 500e6, time.UTC)
	call := func(sid, status string) string {
		return `{"sid":"` + sid + `","status":"` + status + `","queue_time":"1500","date_created":"Sat, 21 Nov 2026 10:00:00 +0000"}`
	}
	tests := []struct {
		name    string
		do      func(ctx context.Context, c *twilio.Client) (any, error)
		answers []string
		asked   []string
		want    any
	}{
		{"create call", func(ctx context.Context, c *twilio.Client) (any, error) { return c.CreateCall(ctx, leg) },
			[]string{"201 " + call(callSID, "queued")},
			[]string{"POST /Calls.json FallbackMethod=POST&FallbackUrl=https%3A%2F%2Fline.example%2Fvoice%2Ffallback&From=%2B442079460000&Method=POST" +
				"&StatusCallback=https%3A%2F%2Fline.example%2Fvoice%2Fleg%3Fo%3D1&StatusCallbackEvent=initiated&StatusCallbackEvent=ringing" +
				"&StatusCallbackEvent=answered&StatusCallbackEvent=completed&StatusCallbackMethod=POST&TimeLimit=3600&Timeout=20" +
				"&To=%2B447700900001&Url=https%3A%2F%2Fline.example%2Fvoice%2Foffer%3Fo%3D1%23rc%3D2"},
			twilio.Leg{SID: callSID, Status: "queued", QueueTime: 1500 * time.Millisecond, Created: time.Date(2026, 11, 21, 10, 0, 0, 0, time.UTC)}},
		{"create the barest call", func(ctx context.Context, c *twilio.Client) (any, error) {
			return c.CreateCall(ctx, twilio.NewLeg{To: responder, From: line, URL: "https://line.example/v", Ring: 1500 * time.Millisecond})
		},
			[]string{`201 {"sid":"` + callSID + `","status":"queued","queue_time":null}`},
			[]string{"POST /Calls.json From=%2B442079460000&Method=POST&Timeout=2&To=%2B447700900001&Url=https%3A%2F%2Fline.example%2Fv"},
			twilio.Leg{SID: callSID, Status: "queued"}},
		{"redirect call", func(ctx context.Context, c *twilio.Client) (any, error) {
			return nil, c.RedirectCall(ctx, callSID, "https://line.example/v")
		},
			[]string{"200 " + call(callSID, "in-progress")},
			[]string{"POST /Calls/" + callSID + ".json Method=POST&Url=https%3A%2F%2Fline.example%2Fv"}, nil},
		{"dequeue", func(ctx context.Context, c *twilio.Client) (any, error) {
			return nil, c.Dequeue(ctx, queueSID, callSID, "https://line.example/v")
		},
			[]string{`200 {"call_sid":"` + callSID + `","position":0}`},
			[]string{"POST /Queues/" + queueSID + "/Members/" + callSID + ".json Method=POST&Url=https%3A%2F%2Fline.example%2Fv"}, nil},
		{"fetch call", func(ctx context.Context, c *twilio.Client) (any, error) { return c.FetchCall(ctx, callSID) },
			[]string{`200 {"sid":"` + callSID + `","status":"ringing"}`}, []string{"GET /Calls/" + callSID + ".json"},
			twilio.Leg{SID: callSID, Status: "ringing"}},
		{"find calls", func(ctx context.Context, c *twilio.Client) (any, error) {
			legs, err := c.FindCalls(ctx, responder, since)
			return len(legs), err
		},
			[]string{`200 {"calls":[` + call(callSID, "queued") + `,` + strings.Replace(call(otherSID, "completed"), "10:00:00", "09:59:59", 1) + `,{"sid":"x"}]}`},
			[]string{"GET /Calls.json?PageSize=50&To=%2B447700900001"}, 2},
		{"participants", func(ctx context.Context, c *twilio.Client) (any, error) {
			legs, room, err := c.Participants(ctx, "r-1")
			return strings.Join(append(legs, room), " "), err
		},
			[]string{`200 {"conferences":[{"sid":"CF1","friendly_name":"r-1","status":"completed"},{"sid":"` + roomSID + `","friendly_name":"r-1","status":"init"}]}`,
				`200 {"participants":[{"call_sid":"` + callSID + `"},{"call_sid":"` + otherSID + `"}]}`},
			[]string{"GET /Conferences.json?FriendlyName=r-1&PageSize=50", "GET /Conferences/" + roomSID + "/Participants.json?PageSize=1000"},
			callSID + " " + otherSID + " " + roomSID},
		{"participants of no conference", func(ctx context.Context, c *twilio.Client) (any, error) {
			legs, room, err := c.Participants(ctx, "r-1")
			return fmt.Sprint(legs == nil, room), err
		},
			[]string{`200 {"conferences":[{"sid":"CF1","friendly_name":"r-1","status":"completed"}]}`},
			[]string{"GET /Conferences.json?FriendlyName=r-1&PageSize=50"}, "true"},
		{"end conference", func(ctx context.Context, c *twilio.Client) (any, error) { return nil, c.EndConference(ctx, roomSID) },
			[]string{`200 {"sid":"` + roomSID + `"}`}, []string{"POST /Conferences/" + roomSID + ".json Status=completed"}, nil},
		{"fetch number", func(ctx context.Context, c *twilio.Client) (any, error) { return c.FetchNumber(ctx, line) },
			[]string{`200 {"incoming_phone_numbers":[{"phone_number":"+4420794600001"},{"phone_number":"` + line + `","sid":"PN1","voice_url":"https://v",
				"voice_method":"POST","voice_fallback_url":"https://f","voice_fallback_method":"GET","status_callback":"https://s"}]}`},
			[]string{"GET /IncomingPhoneNumbers.json?PageSize=50&PhoneNumber=%2B442079460000"},
			twilio.NumberSetup{SID: "PN1", VoiceURL: "https://v", VoiceMethod: "POST", FallbackURL: "https://f", FallbackMethod: "GET", StatusURL: "https://s"}},
		{"check account", func(ctx context.Context, c *twilio.Client) (any, error) { return nil, c.CheckAccount(ctx) },
			[]string{`200 {"sid":"` + account + `","status":"active"}`}, []string{"GET .json"}, nil},
	}
	for _, tc := range tests {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			s := &script{answers: tc.answers}
			got, err := tc.do(t.Context(), newClient(t, s.ServeHTTP))
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tc.asked, s.asked); diff != "" {
				t.Errorf("asked (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff(tc.want, got); diff != "" {
				t.Errorf("got (-want +got):\n%s", diff)
			}
		})
	}
}

func TestEndingLegs(t *testing.T) {
	t.Parallel()
	const (
		done   = `400 {"code":21220,"message":"not in-progress","status":400}`
		absent = `404 {"code":20404,"message":"not found","status":404}`
		bad    = `400 {"code":20001,"message":"bad","status":400}`
		down   = `503 {"code":20503,"message":"down","status":503}`
	)
	ok := func(status string) string { return `200 {"sid":"` + callSID + `","status":"` + status + `"}` }
	cancel, end := (*twilio.Client).CancelCall, (*twilio.Client).EndCall
	tests := []struct {
		name    string
		do      func(*twilio.Client, context.Context, string) error
		answers []string
		asked   []string
		want    string
	}{
		{"cancel a ringing leg", cancel, []string{ok("canceled")}, []string{"canceled"}, ""},
		{"cancel one just picked up", cancel, []string{ok("in-progress"), ok("completed")}, []string{"canceled", "completed"}, ""},
		{"cancel, refused because picked up", cancel, []string{bad, ok("completed")}, []string{"canceled", "completed"}, ""},
		{"cancel, 21220, picked up", cancel, []string{done, ok("completed")}, []string{"canceled", "completed"}, ""},
		{"cancel, 21220, over", cancel, []string{done, done}, []string{"canceled", "completed"}, ""},
		{"cancel one never heard of", cancel, []string{absent}, []string{"canceled"}, ""},
		{"cancel while Twilio is down", cancel, []string{down}, []string{"canceled"}, "unknown"},
		{"end", end, []string{ok("completed")}, []string{"completed"}, ""},
		{"end one that is over", end, []string{done}, []string{"completed"}, ""},
		{"end one never heard of", end, []string{absent}, []string{"completed"}, ""},
		{"end, refused", end, []string{bad}, []string{"completed"}, "refused"},
	}
	for _, tc := range tests {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			s := &script{answers: tc.answers}
			err := tc.do(newClient(t, s.ServeHTTP), t.Context(), callSID)
			if got := kindsOf(err); got != tc.want {
				t.Errorf("%v is %q, want %q", err, got, tc.want)
			}
			var want []string
			for _, status := range tc.asked {
				want = append(want, "POST /Calls/"+callSID+".json Status="+status)
			}
			if diff := cmp.Diff(want, s.asked); diff != "" {
				t.Errorf("asked (-want +got):\n%s", diff)
			}
		})
	}
}

func TestGoneIsAnErrorWhereItMatters(t *testing.T) {
	t.Parallel()
	s := &script{answers: []string{
		`400 {"code":21220,"status":400}`, `404 {"code":20404,"status":404}`, `200 {"incoming_phone_numbers":[]}`,
		`200 {"sid":"` + account + `","status":"suspended"}`, `404 {"code":20404,"status":404}`,
	}}
	c := newClient(t, s.ServeHTTP)
	errs := []error{
		c.RedirectCall(t.Context(), callSID, "https://line.example/v"),
		c.Dequeue(t.Context(), queueSID, callSID, "https://line.example/v"),
	}
	_, err := c.FetchNumber(t.Context(), line)
	errs = append(errs, err, c.CheckAccount(t.Context()), c.EndConference(t.Context(), roomSID))
	for i, want := range []string{"gone", "gone", "gone", "refused", ""} {
		if got := kindsOf(errs[i]); got != want {
			t.Errorf("%d: %v is %q, want %q", i, errs[i], got, want)
		}
	}
}

func TestIdentifiersThatWouldLeaveThePathAreRefused(t *testing.T) {
	t.Parallel()
	s := &script{}
	c := newClient(t, s.ServeHTTP)
	for _, sid := range []string{"", "../Accounts", "CA1?x=1", "CA1/Recordings", "CA 1"} {
		_, fetched := c.FetchCall(t.Context(), sid)
		for _, err := range []error{fetched, c.EndCall(t.Context(), sid), c.CancelCall(t.Context(), sid), c.RedirectCall(t.Context(), sid, "https://x.example"),
			c.Dequeue(t.Context(), queueSID, sid, "https://x.example"), c.Dequeue(t.Context(), sid, callSID, "https://x.example"), c.EndConference(t.Context(), sid)} {
			if kindsOf(err) != "refused" {
				t.Errorf("%q: %v", sid, err)
			}
		}
	}
	if len(s.asked) != 0 {
		t.Errorf("asked %q", s.asked)
	}
}
