package rota

import (
	"slices"
	"time"

	"example.org/crisisline/call"
)

// AllTeams in a shift's Teams stands for every team that is open at the time.
// In its Replaces it stands for every weaker shift.
const AllTeams = "all"

// Shift puts people on shift again and again: each time it starts is an
// occurrence, known by the shift's id and the day it starts on. The zero Kind
// is KindWeekly.
type Shift struct {
	ID     string
	Kind   Kind
	Teams  []string // usually one; several, or AllTeams, when shared
	Tier   call.Tier
	Days   Days   // weekly and rotation: days of the week on which it starts
	Dates  []Date // dated: the days on which it starts
	Start  Clock  // local
	End    Clock  // local; not after Start = the next day, equal = 24 hours
	People []string
	Every  Every // rotation: how long a turn is
	AtOnce int   // rotation: how many of People have the turn together, 1 or more
	MoveOn int   // rotation: places the list moves on at each hand-over; AtOnce = everybody changes

	Needs    map[string]int // skill → how many on it should have the skill; for checks, never for who is rung
	Replaces []string       // weaker shifts that are off while this one is on: ids, or AllTeams
	From     Date           // first day it may start; zero = always. A rotation's first turn begins here
	Until    Date           // first day it no longer starts; zero = open
}

// Kind is how a shift says when it happens, and how strong it is.
type Kind string

// The closed set of kinds, weakest first.
const (
	KindWeekly   Kind = "weekly"   // the same people every week
	KindRotation Kind = "rotation" // people take turns
	KindDated    Kind = "dated"    // on named days only
)

// Kinds are all kinds, weakest first.
var Kinds = []Kind{KindWeekly, KindRotation, KindDated}

// strength is a kind's place in Kinds.
func (k Kind) strength() int { return max(0, slices.Index(Kinds, k)) } // the zero Kind is weekly

// Every is the length of a rotation's turns, used one after another and then
// from the first again: 4 days, 3 days, 4 days, 3 days and so on.
type Every struct {
	Lengths []int // in days, or in occurrences when Shifts
	Shifts  bool  // a turn is so many occurrences, however many days lie between
}

// startsOn reports whether the shift may start on the day.
func (s *Shift) startsOn(day int64) bool {
	if s.Kind == KindDated {
		return slices.ContainsFunc(s.Dates, func(d Date) bool { return d.number() == day })
	}
	return s.Days.Has(weekday(day)) &&
		(s.From.IsZero() || day >= s.From.number()) && (s.Until.IsZero() || day < s.Until.number())
}

// weekday of a day number; 1970-01-01 was a Thursday.
func weekday(day int64) time.Weekday { return time.Weekday(((day+4)%7 + 7) % 7) }

// minutes is the shift's length on the wall, 1–1440.
func (s *Shift) minutes() int {
	if s.End > s.Start {
		return int(s.End - s.Start)
	}
	return int(s.End-s.Start) + dayMinutes
}

// has reports whether the shift is for the team.
func (s *Shift) has(team string) bool {
	return slices.Contains(s.Teams, team) || slices.Contains(s.Teams, AllTeams)
}

// occurrence is the shift that starts on the day, [start, end) in seconds UTC;
// both 0 when none does. It is empty when the whole of it was skipped in spring.
func (s *Shift) occurrence(day int64, zone *time.Location) (start, end int64) {
	if !s.startsOn(day) {
		return 0, 0
	}
	first := int64(s.Start)
	return instantOf(zone, day, first), instantOf(zone, day, first+int64(s.minutes()))
}

// replaces reports whether weaker is off while s is on.
func (s *Shift) replaces(weaker *Shift) bool {
	return weaker.Kind.strength() < s.Kind.strength() &&
		(slices.Contains(s.Replaces, weaker.ID) || slices.Contains(s.Replaces, AllTeams))
}

// crewsOf is how many different crews the shift has: one, but for a rotation
// as many as there are places to stand at in its list.
func (s *Shift) crewsOf() int {
	if s.Kind != KindRotation {
		return 1
	}
	return len(s.People)
}

// crew is the i-th crew, as crewOn counts them.
func (s *Shift) crew(i int) []string {
	if s.Kind != KindRotation {
		return s.People
	}
	crew := make([]string, 0, s.AtOnce)
	for j := range s.AtOnce {
		crew = append(crew, s.People[(i+j)%len(s.People)])
	}
	return crew
}

// crewOn is which crew has the occurrence that starts on the day. It depends
// on the day alone: nothing is remembered from one hand-over to the next, so
// that nothing can be lost, and any day, past or far ahead, has one answer.
func (s *Shift) crewOn(day int64) int {
	if s.Kind != KindRotation || len(s.People) == 0 {
		return 0
	}
	n := int64(len(s.People))
	return int(((s.turn(day)*int64(s.MoveOn))%n + n) % n)
}

// turn counts hand-overs from the anchor to the day.
func (s *Shift) turn(day int64) int64 {
	passed := day - s.From.number()
	if s.Every.Shifts {
		passed = s.Days.count(s.From.number(), day)
	}
	cycle := int64(0)
	for _, length := range s.Every.Lengths {
		cycle += int64(length)
	}
	if cycle == 0 {
		return 0
	}
	rounds := floorDiv(passed, cycle)
	turn, rest := rounds*int64(len(s.Every.Lengths)), passed-rounds*cycle
	for _, length := range s.Every.Lengths {
		if rest < int64(length) {
			break
		}
		rest -= int64(length)
		turn++
	}
	return turn
}

// count is how many days of [from, until) are in the set; less than 0 when
// until is before from.
func (s Days) count(from, until int64) int64 {
	if until < from {
		return -s.count(until, from)
	}
	weeks := (until - from) / 7
	n := int64(0)
	for d := range time.Weekday(7) {
		if s.Has(d) {
			n += weeks
		}
	}
	for day := from + weeks*7; day < until; day++ {
		if s.Has(weekday(day)) {
			n++
		}
	}
	return n
}

// Override changes who is on shift for one span: Remove alone takes a person
// off, Add alone puts one on, both replace wherever the first is on, or would
// be but for an absence.
type Override struct {
	ID     string
	Teams  []string
	Tier   call.Tier
	Remove string
	Add    string
	Start  LocalTime
	End    LocalTime
	Why    string
}
