package metrics_test

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"example.org/crisisline/call"
	"example.org/crisisline/metrics"
)

func TestOffers(t *testing.T) {
	t.Parallel()
	offered := func(c call.ID, o call.OfferID) call.Event {
		return call.Event{Kind: call.KindOffered, Call: c, Offer: o}
	}
	ended := func(c call.ID, o call.OfferID, r call.Result) call.Event {
		return call.Event{Kind: call.KindOfferEnded, Call: c, Offer: o, Result: r, RingMs: 10_000}
	}
	connected := func(c call.ID) call.Event { return call.Event{Kind: call.KindConnected, Call: c, WaitMs: 1} }
	over := func(c call.ID) call.Event { return call.Event{Kind: call.KindFinished, Call: c} }
	for name, tc := range map[string]struct {
		events          []call.Event
		judged, refused int64
		lost            time.Duration
	}{
		"taken at once": {[]call.Event{offered("1", "a"), ended("1", "a", call.ResultAccepted), connected("1")}, 1, 0, 0},
		"rang out, the second took it": {[]call.Event{
			offered("1", "a"), ended("1", "a", call.ResultNoAnswer), offered("1", "b"), ended("1", "b", call.ResultAccepted),
		}, 1, 1, 10 * time.Second},
		"declined":                   {[]call.Event{offered("1", "a"), ended("1", "a", call.ResultDeclined)}, 1, 1, 10 * time.Second},
		"an answerphone":             {[]call.Event{offered("1", "a"), ended("1", "a", call.ResultNoKey)}, 1, 1, 10 * time.Second},
		"no word of the leg":         {[]call.Event{offered("1", "a"), ended("1", "a", call.ResultLapsed)}, 1, 1, 10 * time.Second},
		"the caller left":            {[]call.Event{offered("1", "a"), ended("1", "a", call.ResultCancelled), over("1")}, 0, 0, 0},
		"somebody else was quicker":  {[]call.Event{offered("1", "a"), offered("1", "b"), ended("1", "b", call.ResultAccepted), ended("1", "a", call.ResultLost)}, 0, 0, 0},
		"the second is never judged": {[]call.Event{offered("1", "a"), offered("1", "b"), ended("1", "b", call.ResultBusy)}, 0, 0, 10 * time.Second},
		"an end without a beginning": {[]call.Event{ended("1", "a", call.ResultNoAnswer)}, 0, 0, 10 * time.Second},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			o := asked(t, tc.events)
			if o.Judged != tc.judged || o.Refused != tc.refused || time.Duration(o.VainMs)*time.Millisecond != tc.lost {
				t.Errorf("judged %d, refused %d, lost %d ms; want %d, %d, %s", o.Judged, o.Refused, o.VainMs, tc.judged, tc.refused, tc.lost)
			}
		})
	}
}

// asked folds what happened to calls "1" and "2", each received first and over
// at last.
func asked(t *testing.T, events []call.Event) metrics.Offers {
	t.Helper()
	fold := metrics.Days{Zone: time.UTC}
	for _, id := range []call.ID{"1", "2"} {
		fold.Add(call.Event{Kind: call.KindReceived, Call: id, At: monday})
	}
	for _, e := range events {
		fold.Add(e)
	}
	for _, id := range []call.ID{"1", "2"} {
		fold.Add(call.Event{Kind: call.KindFinished, Call: id, At: monday, Outcome: call.OutcomeAbandoned})
	}
	days := fold.Take("")
	if len(days) != 1 {
		t.Fatalf("%d days", len(days))
	}
	text, err := json.Marshal(days[0])
	if err != nil {
		t.Fatal(err)
	}
	sum, back := metrics.NewDay(days[0].From, "UTC"), metrics.Day{}
	if err := errors.Join(json.Unmarshal(text, &back), sum.Merge(&back)); err != nil {
		t.Fatal(err)
	}
	return sum.Asked
}

func TestOffersPerAnsweredCall(t *testing.T) {
	t.Parallel()
	none := asked(t, nil)
	if _, _, ok := none.PerAnswered(); ok || none.Took() != "" {
		t.Error("a mean of no answered call")
	}
	if _, ok := none.FirstRefusal(); ok || !strings.Contains(none.FirstWords(), "No first offer") {
		t.Error("a share of no offer")
	}
	o := asked(t, []call.Event{
		{Kind: call.KindOffered, Call: "1", Offer: "a"},
		{Kind: call.KindOfferEnded, Call: "1", Offer: "a", Result: call.ResultBusy, RingMs: 7_200_000},
		{Kind: call.KindOffered, Call: "1", Offer: "b"},
		{Kind: call.KindOffered, Call: "2", Offer: "c"},
		{Kind: call.KindOfferEnded, Call: "2", Offer: "c", Result: call.ResultAccepted},
		{Kind: call.KindConnected, Call: "1", WaitMs: 1},
		{Kind: call.KindConnected, Call: "2", WaitMs: 1},
		{Kind: call.KindOffered, Call: "2", Offer: "d"}, // after a drop: not of the answer
		{Kind: call.KindConnected, Call: "2"},
	})
	mean, p95, ok := o.PerAnswered()
	if !ok || mean != 1.5 || p95 != 2 || o.Made != 2 {
		t.Errorf("mean %v, p95 %d, made %d; want 1.5, 2, 2", mean, p95, o.Made)
	}
	if share, ok := o.FirstRefusal(); !ok || share != .5 || o.Kept() {
		t.Errorf("first refusal %v", share)
	}
	want := []metrics.OfferEnd{{Words: "accepted", Count: 1}, {Words: "engaged", Count: 1}}
	if diff := cmp.Diff(want, o.Ends()); diff != "" {
		t.Errorf("ends (-want +got):\n%s", diff)
	}
	if got := o.FirstWords() + " " + o.Took(); got != "Of 2 calls whose first phone could have been picked up, 50.0 % went on to another: at most 10 % are promised. "+
		"An answer took 1.5 phones on average, at most 2 in 95 of 100 calls; callers waited 2 h in all while phones rang in vain." {
		t.Errorf("says %q", got)
	}
}
