package main

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"time"

	"example.org/crisisline/call"
	"example.org/crisisline/config"
	"example.org/crisisline/examples"
	"example.org/crisisline/metrics"
	"example.org/crisisline/rota"
)

// exampleBoard is a page over two made-up years of a line like Hampshire's: a
// hundred or so calls a day, thin nights, a bad winter, and a month with more
// people. It is for looking at the page, and says so on it.
func exampleBoard(m metrics.Month, now time.Time) (metrics.Board, error) {
	plan, err := rota.Parse("the example plan", examples.Plan)
	if err != nil {
		return metrics.Board{}, err
	}
	compiled, err := rota.Compile(plan, now, rota.DefaultHorizon)
	if err != nil {
		return metrics.Board{}, err
	}
	cfg := config.Default()
	l := newLedger(cfg, nil, nil, compiled, now)
	in := l.boardInput(m)
	in.Service, in.Example = plan.Name, true
	_, end := m.Bounds(l.zone)
	if end.After(now) {
		return metrics.Board{}, fmt.Errorf("%s is not over yet", m)
	}
	sums := map[string]*metrics.Day{}
	days := madeUp(monthBefore(m, trendMonths-1), end, l.zone, plan)
	for _, d := range days {
		name := d.From[:len("2026-10")]
		if sums[name] == nil {
			sums[name] = metrics.NewDay(d.From, d.Zone)
			sums[name].Days = 0
		}
		err = errors.Join(err, sums[name].Merge(d))
		if name == m.String() {
			in.Days = append(in.Days, d)
		}
	}
	for back := trendMonths - 1; back >= 0; back-- {
		month := monthBefore(m, back)
		in.Trend = append(in.Trend, metrics.MonthDay{Month: month, Sum: sums[month.String()]})
	}
	in.Sum = sums[m.String()]
	advice, adviceErr := l.adviceFrom(days[max(0, len(days)-91):], defaultStaffing())
	in.Advice = &advice
	began, _ := monthBefore(m, trendMonths).Bounds(l.zone)
	l.history = func(context.Context) ([]rota.Entry, error) {
		return []rota.Entry{{Version: 1, At: began, After: examples.Plan}}, nil
	}
	if err := errors.Join(err, adviceErr, l.covered(context.Background(), m, &in)); err != nil {
		return metrics.Board{}, err
	}
	return metrics.NewBoard(in), nil
}

// madeUp plays the calls of a span through a queue of people, the same every
// time, and folds them into days.
func madeUp(first metrics.Month, end time.Time, zone *time.Location, plan *rota.Plan) []*metrics.Day {
	from, _ := first.Bounds(zone)
	fold := metrics.Days{Zone: zone}
	var days []*metrics.Day
	tell(from, end, plan, zone, func(e call.Event) {
		fold.Add(e)
		if e.Kind == call.KindReceived && e.At.In(zone).Hour() == 12 {
			days = append(days, fold.Take(e.At.In(zone).AddDate(0, 0, -1).Format(time.DateOnly))...)
		}
	})
	return append(days, fold.Take("")...)
}

// tell plays the calls of a span. What happens to one call is told at once,
// before the next arrives.
func tell(from, end time.Time, plan *rota.Plan, zone *time.Location, add func(call.Event)) {
	line := &story{rng: rand.New(rand.NewPCG(111, 2)), add: add, zone: zone} //nolint:gosec // a story that can be told again
	for _, t := range plan.Teams {
		line.teams = append(line.teams, t.ID)
	}
	for _, l := range plan.Lines {
		if l.Retired == nil {
			line.lines = append(line.lines, l.ID)
		}
	}
	for at := from; ; {
		local := at.In(zone)
		at = at.Add(time.Duration(line.rng.ExpFloat64() / line.rate(local) * float64(time.Hour)))
		if !at.Before(end) {
			break
		}
		line.call(at)
	}
}

// story is a line on which made-up people ring.
type story struct {
	rng          *rand.Rand
	add          func(call.Event)
	zone         *time.Location
	teams, lines []string
	free         [9]time.Time // when each person is free again
	n            int
	again        int // callers who gave up and will ring again
}

// rate is calls an hour: more in the evening, on Mondays and in winter.
func (s *story) rate(local time.Time) float64 {
	byHour := [24]float64{4.4, 3.6, 2.9, 2.3, 1.9, 1.9, 2.2, 2.9, 3.6, 4.3, 4.8, 5, 5, 5, 5.1, 5.4, 5.8, 6.2, 6.8, 7.4, 7.6, 7.2, 6.4, 5.4}
	r := byHour[local.Hour()]
	if local.Weekday() == time.Monday {
		r *= 1.12
	}
	if m := local.Month(); m == time.December || m <= time.February {
		r *= 1.1
	}
	return r
}

// people is who is on: fewer by night, and two more from the last April on.
func (s *story) people(local time.Time) int {
	n := 5
	if h := local.Hour(); h < 8 || h >= 22 {
		n = 3
	}
	if !local.Before(time.Date(2026, time.April, 1, 0, 0, 0, 0, s.zone)) {
		n++
	}
	return n
}

func (s *story) call(at time.Time) {
	s.n++
	local := at.In(s.zone)
	e := s.caller(at)
	if s.again > 0 && !e.Withheld && s.rng.Float64() < .5 {
		s.again--
		e.Redials = 1
	}
	known := !e.Withheld && e.Caller != call.CallerProfessional
	s.add(e)
	soonest := 0
	for i := range s.people(local) {
		if s.free[i].Before(s.free[soonest]) {
			soonest = i
		}
	}
	intake := int64(9000 + s.rng.IntN(8000))
	if e.Line != s.lines[0] {
		intake = 1500
	}
	ring := int64(5000 + s.rng.ExpFloat64()*6000)
	if e.Team == s.teams[3] {
		ring += 14_000 // its few people are rung one after the other
	}
	queue := max(0, s.free[soonest].Sub(at).Milliseconds()-intake)
	e.IntakeMs, e.QueueMs, e.RingMs = intake, queue, ring
	e.WaitMs, e.ReturnMs = intake+queue+ring, queue+ring
	if patience := int64(6000 + s.rng.ExpFloat64()*420_000); patience < e.WaitMs {
		e.Kind, e.Outcome, e.WaitMs, e.ReturnMs = call.KindFinished, call.OutcomeAbandoned, patience, max(0, patience-intake)
		if patience > 90_000 && s.rng.Float64() < .15 {
			e.Outcome = call.OutcomeCallback
		}
		s.add(e)
		switch {
		case e.Outcome == call.OutcomeCallback:
			e.At = at.Add(time.Duration(patience) * time.Millisecond)
			s.rungBack(e)
		case known:
			s.gaveUp(e, at)
		}
		return
	}
	s.ringing(e)
	e.Kind = call.KindConnected
	if known {
		e.FirstMs = e.WaitMs + int64(e.Redials)*600_000
	}
	s.add(e)
	e.Kind, e.Outcome, e.TalkMs = call.KindFinished, call.OutcomeAnswered, int64(60_000+s.rng.ExpFloat64()*1_000_000)
	over := at.Add(time.Duration(e.WaitMs+e.TalkMs) * time.Millisecond)
	s.free[soonest] = over.Add(2 * time.Minute)
	e.At = over
	s.add(e)
	e.Kind, e.At = call.KindWrapUpEnded, s.free[soonest]
	s.add(e)
	x := s.rng.Float64()
	if x < .05 {
		s.followUp(e, "crisis.very_urgent", 4*time.Hour)
	} else if x < .12 {
		s.followUp(e, "crisis.urgent", 24*time.Hour)
	}
	s.record(e, at, x)
}

// caller is who rings: on which line, for whom, and which team's they are.
func (s *story) caller(at time.Time) call.Event {
	e := call.Event{At: at, Kind: call.KindReceived, Call: call.ID(fmt.Sprintf("CA%032d", s.n)), Line: s.lines[0], Team: s.teams[0], Caller: call.CallerSelf}
	switch x := s.rng.Float64(); {
	case x < .13:
		e.Team = s.teams[1]
	case x < .24:
		e.Team = s.teams[2]
	case x < .28:
		e.Team = s.teams[3]
	}
	switch x := s.rng.Float64(); {
	case x < .10:
		e.Caller, e.Line = call.CallerProfessional, s.lines[1%len(s.lines)]
	case x < .33:
		e.Caller = call.CallerCarer
	case x < .45:
		e.Caller = call.CallerUnknown
	}
	e.Withheld = s.rng.Float64() < .12
	return e
}

// record is what the responder says came of the call; one in ten says nothing.
func (s *story) record(e call.Event, received time.Time, x float64) {
	if s.n%10 == 0 {
		return
	}
	e = call.Event{At: e.At, Kind: call.KindWrapUpRecord, Call: e.Call, WaitMs: e.At.Sub(received).Milliseconds(), Category: call.ResponseNone}
	switch {
	case x < .05:
		e.Category, e.Code, e.Hard = "crisis.very_urgent", call.CodeUrgent, true
	case x < .12:
		e.Category, e.Code = "crisis.urgent", call.CodeUrgent
	case x < .14:
		e.Code, e.Hard = call.CodeEmergency, true
	case x < .7:
		e.Code = call.CodeAdvice
	case x < .9:
		e.Code = call.CodeSignposted
	case x < .95:
		e.Code = call.CodeReferred
	default:
		e.Code, e.Duty = call.CodeOther, call.DutyConsent
	}
	s.add(e)
}

// ringing is phones asked: now and then one in vain before the one that accepts.
func (s *story) ringing(e call.Event) {
	results := []call.Result{call.ResultAccepted}
	if s.rng.Float64() < .08 {
		results = []call.Result{[]call.Result{call.ResultNoAnswer, call.ResultNoAnswer, call.ResultDeclined, call.ResultBusy}[s.rng.IntN(4)], call.ResultAccepted}
	}
	for i, r := range results {
		o := e
		o.Kind, o.Offer, o.Result = call.KindOffered, call.OfferID(fmt.Sprint(e.Call, i)), ""
		s.add(o)
		o.Kind, o.Result = call.KindOfferEnded, r
		s.add(o)
	}
}

// gaveUp is somebody who will ring again, as most do, or whom nobody reached.
func (s *story) gaveUp(e call.Event, at time.Time) {
	if s.rng.Float64() < .9 {
		s.again++
		return
	}
	s.add(call.Event{At: at.Add(time.Hour), Kind: call.KindUnreached, Call: e.Call, Team: e.Team, Caller: e.Caller, FirstMs: time.Hour.Milliseconds()})
}

// rungBack is a callback owed: tried, and closed, mostly in time.
func (s *story) rungBack(e call.Event) {
	s.promise(e, "callback.attempt", 30*time.Minute, "attempted")
	s.promise(e, "callback.closed", time.Hour, "reached")
}

// followUp is a visit promised, nearly always made, mostly in time.
func (s *story) followUp(e call.Event, category string, limit time.Duration) {
	s.promise(e, category, limit, "seen")
}

func (s *story) promise(e call.Event, category string, limit time.Duration, kept string) {
	shown := call.ShownPresented
	if e.Withheld {
		shown = call.ShownWithheld
	}
	e = call.Event{
		At: e.At, Kind: call.KindFollowUp, Call: e.Call, Category: category, DueMs: limit.Milliseconds(),
		Line: e.Line, Team: e.Team, Caller: e.Caller, Number: shown,
	}
	s.add(e)
	took := time.Duration((.3 + s.rng.ExpFloat64()*.3) * float64(limit))
	if e.Team == s.teams[3] {
		took = took * 3 / 2 // its roads are long
	}
	if e.Missed = took > limit; e.Missed {
		ran := e
		ran.Kind, ran.At, ran.SinceMs = call.KindFollowUpMissed, e.At.Add(limit), limit.Milliseconds()
		s.add(ran)
		if s.rng.Float64() < .8 {
			ran.Kind, ran.Reason = call.KindFollowUpReviewed, []string{"nobody_free", "travel", "person_not_in"}[s.rng.IntN(3)]
			s.add(ran)
		}
	}
	e.Kind, e.Reason, e.WaitMs, e.SinceMs, e.At = call.KindFollowUpDone, kept, took.Milliseconds(), took.Milliseconds(), e.At.Add(took)
	if kept == "seen" && s.rng.Float64() < .06 {
		e.Reason = "declined"
	}
	s.add(e)
}
