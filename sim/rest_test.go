package sim_test

import (
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"example.org/crisisline/sim"
)

// docs/twilio.md 4.5 and 1.1: what POST Calls refuses, with Twilio's codes.
func TestCreateCallRefusals(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name, to, from, url string
		code                float64
	}{
		{"no To", "", line, public + "/x", 21201},
		{"no From", aliceNo, "", public + "/x", 21213},
		{"no Url", aliceNo, line, "", 21205},
		{"relative Url", aliceNo, line, "/x", 21205},
		{"not a number", "banana", line, public + "/x", 21211},
		{"a responder's number as From", aliceNo, benNo, public + "/x", 21210},
		{"invalid", sim.NumberRefusedInvalid, line, public + "/x", 21211},
		{"unroutable", sim.NumberRefusedUnroutable, line, public + "/x", 21214},
		{"no permission", sim.NumberRefusedGeo, line, public + "/x", 21215},
		{"blocked", sim.NumberRefusedBlocked, line, public + "/x", 21216},
		{"not like a number", sim.NumberRefusedLike, line, public + "/x", 21217},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			s := newScript(t)
			status, out := s.rest(http.MethodPost, "/Calls.json", url.Values{"To": {tc.to}, "From": {tc.from}, "Url": {tc.url}})
			if status != http.StatusBadRequest || out["code"] != tc.code || out["status"] != float64(400) || out["message"] == "" {
				t.Errorf("got %d %v, want code %v", status, out, tc.code)
			}
			if want := "https://www.twilio.com/docs/errors/"; !strings.HasPrefix(out["more_info"].(string), want) {
				t.Errorf("more_info: %v", out["more_info"])
			}
		})
	}
}

// docs/twilio.md 4.5: wrong credentials are 20003, and nothing else is told.
func TestAuthentication(t *testing.T) {
	t.Parallel()
	s := newScript(t)
	req, err := http.NewRequest(http.MethodGet, s.api.URL+"/2010-04-01/Accounts/"+s.net.AccountSID()+".json", nil)
	if err != nil {
		t.Fatal(err)
	}
	req.SetBasicAuth(s.net.AccountSID(), "wrong")
	res, err := s.api.Client().Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	body, _ := io.ReadAll(res.Body)
	if res.StatusCode != http.StatusUnauthorized || !strings.Contains(string(body), "20003") {
		t.Errorf("got %d %s", res.StatusCode, body)
	}
	if status, out := s.rest(http.MethodGet, ".json", nil); status != http.StatusOK || out["sid"] != s.net.AccountSID() {
		t.Errorf("account: %d %v", status, out)
	}
}

// docs/twilio.md 4.6 and 10.2: faults of the API, and whether the call was made all
// the same.
func TestRESTFaults(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		fault  sim.RESTFault
		status int // 0: the connection breaks
		kind   string
		called bool
	}{
		{sim.RESTThrottled, 429, "application/json", false},
		{sim.RESTError, 500, "application/json", true},
		{sim.RESTBusy, 503, "application/json", false},
		{sim.RESTBadGateway, 502, "text/html", true},
		{sim.RESTLost, 502, "text/html", false},
		{sim.RESTCut, 0, "", true},
		{sim.RESTRedirect, 302, "", false},
		{sim.RESTEmpty, 201, "", true},
		{sim.RESTForbidden, 401, "application/json", false},
	} {
		t.Run(string(tc.fault), func(t *testing.T) {
			t.Parallel()
			s := newScript(t)
			s.net.Faults().REST("POST Calls.json", tc.fault, 1)
			form := url.Values{"To": {aliceNo}, "From": {line}, "Url": {public + "/x"}}
			req, err := http.NewRequest(http.MethodPost, s.api.URL+"/2010-04-01/Accounts/"+s.net.AccountSID()+"/Calls.json", strings.NewReader(form.Encode()))
			if err != nil {
				t.Fatal(err)
			}
			req.SetBasicAuth(s.net.AccountSID(), authToken)
			client := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
			defer client.CloseIdleConnections()
			answer, err := client.Do(req)
			switch {
			case err != nil && tc.status != 0:
				t.Errorf("got %v, want status %d", err, tc.status)
			case err == nil:
				_ = answer.Body.Close()
				if answer.StatusCode != tc.status || answer.Header.Get("Content-Type") != tc.kind {
					t.Errorf("got %d %q, want %d %q", answer.StatusCode, answer.Header.Get("Content-Type"), tc.status, tc.kind)
				}
				if tc.fault == sim.RESTThrottled && answer.Header.Get("Retry-After") == "" {
					t.Errorf("no Retry-After")
				}
			}
			_, out := s.rest(http.MethodGet, "/Calls.json", url.Values{"To": {aliceNo}})
			if got := len(out["calls"].([]any)) == 1; got != tc.called {
				t.Errorf("call made: %v, want %v", got, tc.called)
			}
		})
	}
}

// A list is cut in pages, each naming the next; filters are To, From, Status and
// StartTime.
func TestListCalls(t *testing.T) {
	t.Parallel()
	s := newScript(t)
	s.says("/offer", ``)
	made := make([]string, 0, 5)
	for range 5 {
		made = append(made, s.call(aliceNo, "/offer"))
	}
	s.call(benNo, "/offer")
	slices.Reverse(made)
	var found []string
	form := url.Values{"To": {aliceNo}, "PageSize": {"2"}, "StartTime>": {start.Format(time.RFC3339)}}
	for next := "/Calls.json?" + form.Encode(); next != ""; {
		path, query, _ := strings.Cut(next, "?")
		form, err := url.ParseQuery(query)
		if err != nil {
			t.Fatal(err)
		}
		_, out := s.rest(http.MethodGet, strings.TrimPrefix(path, "/2010-04-01/Accounts/"+s.net.AccountSID()), form)
		for _, c := range out["calls"].([]any) {
			found = append(found, c.(map[string]any)["sid"].(string))
		}
		next, _ = out["next_page_uri"].(string)
	}
	if !slices.Equal(found, made) {
		t.Errorf("got %q, want %q", found, made)
	}
	for _, empty := range []url.Values{{"Status": {"in-progress"}}, {"StartTime<": {"2026-11-20"}}, {"From": {benNo}}} {
		if _, out := s.rest(http.MethodGet, "/Calls.json", empty); len(out["calls"].([]any)) != 0 {
			t.Errorf("%v: found some", empty)
		}
	}
}

// docs/twilio.md 1.4: a fetch may show what was true before.
func TestStaleFetch(t *testing.T) {
	t.Parallel()
	s := newScript(t)
	s.says("/offer", `<Pause length="60"/>`)
	sid := s.call(aliceNo, "/offer")
	s.net.Phone(aliceNo).Rings(t).Waits(2 * time.Second).Answers()
	s.net.Faults().StaleFetch(time.Second)
	for _, want := range []string{"ringing", "in-progress"} {
		if _, out := s.rest(http.MethodGet, "/Calls/"+sid+".json", nil); out["status"] != want {
			t.Errorf("status: got %v, want %v", out["status"], want)
		}
		s.pass(time.Second)
	}
}

// docs/twilio.md 1.5, 4.4: queues are made once, found by name, and may be widened.
func TestQueuesREST(t *testing.T) {
	t.Parallel()
	s := newScript(t)
	status, out := s.rest(http.MethodPost, "/Queues.json", url.Values{"FriendlyName": {"calls"}})
	if status != http.StatusCreated || out["max_size"] != float64(1000) {
		t.Fatalf("create: %d %v", status, out)
	}
	sid := out["sid"].(string)
	if status, out := s.rest(http.MethodPost, "/Queues.json", url.Values{"FriendlyName": {"calls"}}); status != http.StatusBadRequest {
		t.Errorf("the same name again: %d %v", status, out)
	}
	for size, want := range map[string]int{"5000": http.StatusOK, "5001": http.StatusBadRequest} {
		if status, _ := s.rest(http.MethodPost, "/Queues/"+sid+".json", url.Values{"MaxSize": {size}}); status != want {
			t.Errorf("MaxSize %s: status %d, want %d", size, status, want)
		}
	}
	s.says("/in", `<Enqueue waitUrl="">calls</Enqueue>`)
	s.says("/elsewhere", `<Say>elsewhere</Say>`)
	first := s.net.Phone(callerNo).Dials(t, line).Waits(time.Second)
	s.net.Phone("+447700900102").Dials(t, line).Waits(time.Second)
	if _, out := s.rest(http.MethodGet, "/Queues/"+sid+".json", nil); out["current_size"] != float64(2) {
		t.Errorf("current_size: %v", out["current_size"])
	}
	if _, out := s.rest(http.MethodPost, "/Queues/"+sid+"/Members/Front.json", url.Values{"Url": {public + "/elsewhere"}, "Method": {"POST"}}); out["call_sid"] != first.SID() {
		t.Errorf("the front was %v", out["call_sid"])
	}
	first.Hears(t, "elsewhere")
}

// IncomingPhoneNumbers tells where a number's webhooks go.
func TestNumbersREST(t *testing.T) {
	t.Parallel()
	s := newScript(t)
	_, out := s.rest(http.MethodGet, "/IncomingPhoneNumbers.json", url.Values{"PhoneNumber": {line}})
	number := out["incoming_phone_numbers"].([]any)[0].(map[string]any)
	if number["voice_url"] != public+"/in" || number["voice_method"] != "POST" || number["status_callback"] != public+"/status" {
		t.Errorf("got %v", number)
	}
	if status, _ := s.rest(http.MethodGet, "/Elsewhere.json", nil); status != http.StatusNotFound {
		t.Errorf("an unknown resource: %d", status)
	}
}

// Every request and every document passes the hooks of Options.
func TestHooks(t *testing.T) {
	t.Parallel()
	var requests, documents []string
	s := newScript(t, func(o *sim.Options) {
		o.OnRequest = func(r *http.Request, body []byte) { requests = append(requests, r.Method+" "+string(body)) }
		o.OnDocument = func(body []byte) { documents = append(documents, string(body)) }
	})
	s.says("/offer", `<Hangup/>`)
	s.call(aliceNo, "/offer")
	s.net.Phone(aliceNo).Rings(t).Answers().IsOver(t)
	if len(requests) != 1 || !strings.Contains(requests[0], "StatusCallbackEvent=initiated&StatusCallbackEvent=ringing") {
		t.Errorf("requests: %q", requests)
	}
	if len(documents) != 1 || !strings.Contains(documents[0], "<Hangup/>") {
		t.Errorf("documents: %q", documents)
	}
}
