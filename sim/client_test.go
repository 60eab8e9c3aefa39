package sim_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"testing"
	"time"

	"example.org/crisisline/sim"
	"example.org/crisisline/twilio"
)

func newClient(t *testing.T, s *script) *twilio.Client {
	t.Helper()
	transport := &http.Transport{}
	t.Cleanup(transport.CloseIdleConnections)
	client, err := twilio.NewClient(twilio.ClientOptions{
		AccountSID: s.net.AccountSID(), AuthToken: authToken, BaseURL: s.api.URL, Budget: 300 * time.Millisecond, HTTP: &http.Client{Transport: transport},
	})
	if err != nil {
		t.Fatal(err)
	}
	return client
}

// The service's own client, over Twilio's library, gets along with the network
// through a whole call.
func TestClientRunsACall(t *testing.T) {
	t.Parallel()
	s := newScript(t)
	client, ctx := newClient(t, s), context.Background()
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	must(client.CheckAccount(ctx))
	number, err := client.FetchNumber(ctx, line)
	if err != nil || number.VoiceURL != public+"/in" || number.StatusURL != public+"/status" {
		t.Fatalf("number: %+v %v", number, err)
	}
	for i := range 130 { // so that the name is on a later page
		s.rest(http.MethodPost, "/Queues.json", url.Values{"FriendlyName": {fmt.Sprint("other ", i)}})
	}
	queue, err := client.EnsureQueue(ctx, "calls", 2000)
	must(err)
	if again, err := client.EnsureQueue(ctx, "calls", 5000); err != nil || again != queue {
		t.Fatalf("the same queue again: %q %v", again, err)
	}
	s.says("/in", `<Enqueue waitUrl="">calls</Enqueue>`)
	s.says("/offer", room(`endConferenceOnExit="true"`))
	s.says("/join", room(`endConferenceOnExit="true"`))
	s.says("/after", ``)
	caller := s.net.Phone(callerNo).Dials(t, line).Waits(time.Second)
	leg, err := client.CreateCall(ctx, twilio.NewLeg{To: aliceNo, From: line, URL: public + "/offer", StatusURL: public + "/leg", Ring: 20 * time.Second})
	must(err)
	alice := s.net.Phone(aliceNo).Rings(t).Answers().Waits(0)
	must(client.Dequeue(ctx, queue, caller.SID(), public+"/join"))
	if err := client.Dequeue(ctx, queue, caller.SID(), public+"/join"); !errors.Is(err, twilio.ErrGone) {
		t.Errorf("dequeue again: %v", err)
	}
	caller.IsBridgedTo(t, alice)
	sids, conference, err := client.Participants(ctx, "room")
	must(err)
	if want := []string{alice.SID(), caller.SID()}; !slices.Equal(sids, want) || alice.SID() != leg.SID {
		t.Errorf("participants %q, want %q", sids, want)
	}
	if found, err := client.FindCalls(ctx, aliceNo, start); err != nil || len(found) != 1 || found[0].SID != leg.SID {
		t.Errorf("found %v %v", found, err)
	}
	must(client.EndConference(ctx, conference))
	alice.IsOver(t)
	caller.IsOver(t)
	if err := client.RedirectCall(ctx, caller.SID(), public+"/join"); !errors.Is(err, twilio.ErrGone) {
		t.Errorf("redirect of a call that is over: %v", err)
	}
	must(client.EndCall(ctx, caller.SID()))

	leg, err = client.CreateCall(ctx, twilio.NewLeg{To: benNo, From: line, URL: public + "/in"})
	must(err)
	ben := s.net.Phone(benNo).Rings(t).Answers()
	ben.Waits(0)
	must(client.CancelCall(ctx, leg.SID))
	ben.IsOver(t)
	s.clean()
}

// Each fault of the network is what the client calls it.
func TestClientSeesFaults(t *testing.T) {
	t.Parallel()
	for fault, want := range map[sim.RESTFault]error{
		sim.RESTThrottled: twilio.ErrThrottled, sim.RESTError: twilio.ErrUnknown, sim.RESTBadGateway: twilio.ErrUnknown, sim.RESTLost: twilio.ErrUnknown,
		sim.RESTHang: twilio.ErrUnknown, sim.RESTHangAfter: twilio.ErrUnknown, sim.RESTCut: twilio.ErrUnknown, sim.RESTRedirect: twilio.ErrUnknown,
		sim.RESTEmpty: twilio.ErrUnknown, sim.RESTForbidden: twilio.ErrAuth,
	} {
		t.Run(string(fault), func(t *testing.T) {
			t.Parallel()
			s := newScript(t)
			s.net.Faults().REST("POST Calls.json", fault, 1)
			_, err := newClient(t, s).CreateCall(context.Background(), twilio.NewLeg{To: aliceNo, From: line, URL: public + "/offer"})
			if !errors.Is(err, want) {
				t.Errorf("got %v, want %v", err, want)
			}
		})
	}
}
