package metrics_test

import (
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
		"made before the reading":    {[]call.Event{ended("1", "a", call.ResultNoAnswer)}, 0, 0, 0},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var o metrics.Offers
			for _, e := range tc.events {
				o.Add(e)
			}
			if o.Judged != tc.judged || o.Refused != tc.refused || o.Lost != tc.lost {
				t.Errorf("judged %d, refused %d, lost %s; want %d, %d, %s", o.Judged, o.Refused, o.Lost, tc.judged, tc.refused, tc.lost)
			}
		})
	}
}

func TestOffersPerAnsweredCall(t *testing.T) {
	t.Parallel()
	var o metrics.Offers
	if _, _, ok := o.PerAnswered(); ok {
		t.Error("a mean of no answered call")
	}
	if _, ok := o.FirstRefusal(); ok {
		t.Error("a share of no offer")
	}
	add := func(id string, e call.Event) {
		e.ID = id
		o.Add(e)
		o.Add(e) // read twice
	}
	add("1-0", call.Event{Kind: call.KindOffered, Call: "1", Offer: "a"})
	add("2-0", call.Event{Kind: call.KindOfferEnded, Call: "1", Offer: "a", Result: call.ResultBusy})
	add("2-1", call.Event{Kind: call.KindOffered, Call: "1", Offer: "b"})
	add("3-0", call.Event{Kind: call.KindOffered, Call: "2", Offer: "c"})
	add("4-0", call.Event{Kind: call.KindOfferEnded, Call: "2", Offer: "c", Result: call.ResultAccepted})
	add("5-0", call.Event{Kind: call.KindConnected, Call: "1"})
	add("6-0", call.Event{Kind: call.KindConnected, Call: "2"})
	add("7-0", call.Event{Kind: call.KindOffered, Call: "2", Offer: "d"}) // after a drop: not of the answer
	add("8-0", call.Event{Kind: call.KindConnected, Call: "2"})
	mean, p95, ok := o.PerAnswered()
	if !ok || mean != 1.5 || p95 != 2 || o.Made != 4 {
		t.Errorf("mean %v, p95 %d, made %d; want 1.5, 2, 4", mean, p95, o.Made)
	}
	if share, ok := o.FirstRefusal(); !ok || share != .5 || share <= metrics.FirstRefusalAtMost {
		t.Errorf("first refusal %v", share)
	}
	want := map[call.Result]int64{call.ResultBusy: 1, call.ResultAccepted: 1}
	if diff := cmp.Diff(want, o.Ended()); diff != "" {
		t.Errorf("ended (-want +got):\n%s", diff)
	}
}
