package rota

import "slices"

// until is the part of the shift that starts before the day; ok is false when
// nothing does.
func (s Shift) until(day Date) (part Shift, ok bool) {
	if s.Kind == KindDated {
		s.Dates = slices.DeleteFunc(slices.Clone(s.Dates), func(d Date) bool { return d.number() >= day.number() })
		return s, len(s.Dates) > 0
	}
	if s.Until.IsZero() || s.Until.number() > day.number() {
		s.Until = day
	}
	return s, s.From.IsZero() || s.From.number() < s.Until.number()
}

// since is the part of the shift that starts on the day or later. A rotation
// that is in the middle of a turn then becomes two: the rest of the turn on
// named days, and the rotation from the next hand-over on, with everybody's
// turn where it was.
func (s Shift) since(day Date) []Shift {
	switch {
	case s.Kind == KindDated:
		s.Dates = slices.DeleteFunc(slices.Clone(s.Dates), func(d Date) bool { return d.number() < day.number() })
		if len(s.Dates) == 0 {
			return nil
		}
		return []Shift{s}
	case !s.Until.IsZero() && s.Until.number() <= day.number():
		return nil
	case !s.From.IsZero() && s.From.number() >= day.number():
		return []Shift{s}
	case s.Kind == KindRotation:
		return s.rotationSince(day)
	}
	s.From = day
	return []Shift{s}
}

func (s Shift) rotationSince(day Date) (parts []Shift) {
	turn := s.turn(day.number())
	handOver := day
	rest := Shift{
		ID: s.ID, Kind: KindDated, Teams: s.Teams, Tier: s.Tier, Start: s.Start, End: s.End,
		People: s.crew(s.crewOn(day.number())), Needs: s.Needs, Replaces: s.Replaces,
	}
	for s.turn(handOver.number()) == turn && s.turn(handOver.plus(-1).number()) == turn { // not at a hand-over already
		if s.startsOn(handOver.number()) {
			rest.Dates = append(rest.Dates, handOver)
		}
		handOver = handOver.plus(1)
	}
	if len(rest.Dates) > 0 {
		parts = append(parts, rest)
	}
	if !s.Until.IsZero() && s.Until.number() <= handOver.number() {
		return parts
	}
	first := s.crewOn(handOver.number())
	s.People = append(slices.Clone(s.People[first:]), s.People[:first]...)
	at := int(s.turn(handOver.number())) % len(s.Every.Lengths)
	s.Every.Lengths = append(slices.Clone(s.Every.Lengths[at:]), s.Every.Lengths[:at]...)
	s.From = handOver
	return append(parts, s)
}
