package rota

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"
)

// shift reads a shift of any kind. Keys that mean nothing for its kind are
// refused by the checks, which know the kind.
func (rd *reader) shift(s *Shift, path string, n *yaml.Node) {
	s.Kind = KindWeekly
	rd.mapping(path, n,
		field{"id", true, into(rd, parseID, &s.ID)},
		field{"kind", false, into(rd, oneOf("kind of shift", Kinds), &s.Kind)},
		field{"team", true, rd.oneOrMore(appendTo(rd, parseID, &s.Teams))},
		field{"tier", true, into(rd, parseTier, &s.Tier)},
		field{"days", false, rd.oneOrMore(parsed(rd, ParseDays, func(d Days) { s.Days |= d }))},
		field{"dates", false, rd.oneOrMore(appendTo(rd, ParseDate, &s.Dates))},
		field{"start", true, into(rd, ParseClock, &s.Start)},
		field{"end", true, into(rd, ParseClock, &s.End)},
		field{"every", false, rd.every(&s.Every)},
		field{"at_once", false, into(rd, parseCount, &s.AtOnce)},
		field{"move_on", false, into(rd, parseCount, &s.MoveOn)},
		field{"people", true, rd.oneOrMore(appendTo(rd, parseID, &s.People))},
		field{"needs", false, rd.skillCounts(&s.Needs)},
		field{"replaces", false, rd.oneOrMore(appendTo(rd, parseID, &s.Replaces))},
		field{"from", false, into(rd, ParseDate, &s.From)},
		field{"until", false, into(rd, ParseDate, &s.Until)},
	)
	if s.Kind == KindRotation { // what is left out has one plain meaning
		if _, said := rd.lines[join(path, "days")]; !said {
			s.Days = EveryDay
		}
		if _, said := rd.lines[join(path, "at_once")]; !said {
			s.AtOnce = 1
		}
		if _, said := rd.lines[join(path, "move_on")]; !said {
			s.MoveOn = s.AtOnce
		}
	}
}

var everyPattern = regexp.MustCompile(`^(?:([1-9][0-9]{0,2}) )?(day|week|shift)s?$`)

// every reads "day", "2 weeks", "shift", or a list of lengths.
func (rd *reader) every(dst *Every) value {
	units := map[string]bool{}
	return rd.oneOrMore(func(path string, n *yaml.Node) {
		parsed(rd, func(s string) (string, error) {
			m := everyPattern.FindStringSubmatch(s)
			if m == nil {
				return "", fmt.Errorf("%s is not the length of a turn: write day, week, 2 weeks, shift or 3 shifts, or a list such as [4 days, 3 days]", shown(s))
			}
			length, _ := strconv.Atoi(m[1])
			length = max(length, 1)
			if m[2] == "week" {
				length *= 7
			}
			dst.Shifts = m[2] == "shift"
			units[strconv.FormatBool(dst.Shifts)] = true
			dst.Lengths = append(dst.Lengths, length)
			return s, nil
		}, func(string) {
			if len(units) > 1 {
				rd.problem(n.Line, path+" counts shifts beside days", "use one of them throughout")
			}
		})(path, n)
	})
}

// names are the lengths as they are written.
func (e Every) names() []string {
	return mapped(e.Lengths, func(n int) string {
		unit := "day"
		switch {
		case e.Shifts:
			unit = "shift"
		case n%7 == 0:
			n, unit = n/7, "week"
		}
		if n == 1 {
			return unit
		}
		return fmt.Sprintf("%d %ss", n, unit)
	})
}

// String is "week", "4 days, 3 days", "2 shifts".
func (e Every) String() string { return strings.Join(e.names(), ", ") }

// oneOf reads a word of a closed set.
func oneOf[T ~string](what string, known []T) func(string) (T, error) {
	return func(s string) (T, error) {
		words := make([]string, len(known))
		for i, k := range known {
			if words[i] = string(k); words[i] == s {
				return k, nil
			}
		}
		return "", fmt.Errorf("%s is not a %s: use %s", shown(s), what, strings.Join(words, ", "))
	}
}

func (rd *reader) override(o *Override, path string, n *yaml.Node) {
	rd.mapping(path, n,
		field{"id", true, into(rd, parseID, &o.ID)},
		field{"team", true, rd.oneOrMore(appendTo(rd, parseID, &o.Teams))},
		field{"tier", true, into(rd, parseTier, &o.Tier)},
		field{"remove", false, into(rd, parseID, &o.Remove)},
		field{"add", false, into(rd, parseID, &o.Add)},
		field{"start", true, into(rd, ParseLocalTime, &o.Start)},
		field{"end", true, into(rd, ParseLocalTime, &o.End)},
		field{"why", false, into(rd, parseText, &o.Why)},
	)
}

func (rd *reader) absence(a *Absence, path string, n *yaml.Node) {
	rd.mapping(path, n,
		field{"id", true, into(rd, parseID, &a.ID)},
		field{"person", true, into(rd, parseID, &a.Person)},
		field{"kind", true, into(rd, oneOf("kind of absence", AbsenceKinds), &a.Kind)},
		field{"start", true, into(rd, parseDayOrTime, &a.Start)},
		field{"end", false, into(rd, parseDayOrTime, &a.End)},
	)
}

// parseDayOrTime reads a local time, or a day, which is its midnight.
func parseDayOrTime(s string) (LocalTime, error) {
	if d, err := ParseDate(s); err == nil {
		return LocalTime{Date: d}, nil
	}
	t, err := ParseLocalTime(s)
	if err != nil {
		return t, fmt.Errorf("%s is neither a day nor a day and time: write it as 2026-03-29 or 2026-03-29T20:00", shown(s))
	}
	return t, nil
}

// dayOrTime is a local time as it is written: the day alone for its midnight.
func (l LocalTime) dayOrTime() string {
	if l.Clock == 0 {
		return l.Date.String()
	}
	return l.String()
}

func (rd *reader) swaps(s *Swaps) value {
	return func(path string, n *yaml.Node) {
		rd.mapping(path, n,
			field{"approval", false, into(rd, parseYesNo, &s.Approval)},
			field{"offers", false, each(rd, &s.Offers, rd.swap)},
		)
	}
}

func (rd *reader) swap(s *Swap, path string, n *yaml.Node) {
	s.State = SwapOffered
	rd.mapping(path, n,
		field{"id", true, into(rd, parseID, &s.ID)},
		field{"person", true, into(rd, parseID, &s.Person)},
		field{"gives", true, rd.slot(&s.Gives)},
		field{"with", false, into(rd, parseID, &s.With)},
		field{"takes", false, rd.slot(&s.Takes)},
		field{"state", false, into(rd, oneOf("state of a swap", SwapStates), &s.State)},
		field{"approved_by", false, into(rd, parseSigned, &s.ApprovedBy)},
	)
}

func (rd *reader) slot(s *Slot) value {
	return func(path string, n *yaml.Node) {
		rd.mapping(path, n,
			field{"shift", true, into(rd, parseID, &s.Shift)},
			field{"date", true, into(rd, ParseDate, &s.Date)},
			field{"until", false, into(rd, ParseDate, &s.Until)},
		)
	}
}
