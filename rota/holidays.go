package rota

import (
	"bufio"
	"bytes"
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
)

// Holiday is one bank holiday.
type Holiday struct {
	Date Date
	Name string
}

// HolidayChange adds a bank holiday, or takes one off the list.
type HolidayChange struct {
	Date Date
	Name string
	Off  bool
}

// Holidays are bank holidays in order of their dates, one a day.
type Holidays []Holiday

//go:embed holidays.txt
var englandAndWales string

// EnglandAndWales is the committed list, 2025 to 2028.
func EnglandAndWales() Holidays {
	h, err := ParseHolidays([]byte(englandAndWales))
	if err != nil {
		panic(err) // the file is part of the program; a test reads it
	}
	return h
}

// Name is the holiday on that day, "" when it is none.
func (h Holidays) Name(d Date) string {
	i, ok := slices.BinarySearchFunc(h, d, func(x Holiday, d Date) int { return int(x.Date.number() - d.number()) })
	if !ok {
		return ""
	}
	return h[i].Name
}

// Until is the first day the list says nothing of: the first of January after
// its last holiday. The zero Date for an empty list.
func (h Holidays) Until() Date {
	if len(h) == 0 {
		return Date{}
	}
	return Date{h[len(h)-1].Date.Year + 1, time.January, 1}
}

// With is h with changes made, the later winning.
func (h Holidays) With(changes ...HolidayChange) Holidays {
	out := slices.Clone(h)
	for _, c := range changes {
		out = slices.DeleteFunc(out, func(x Holiday) bool { return x.Date == c.Date })
		if !c.Off {
			out = append(out, Holiday{c.Date, c.Name})
		}
	}
	slices.SortFunc(out, func(a, b Holiday) int { return int(a.Date.number() - b.Date.number()) })
	return out
}

// ParseHolidays reads the committed form: a date and a name a line, # before
// remarks. The error is a Problems with everything wrong.
func ParseHolidays(text []byte) (Holidays, error) {
	changes, err := ParseHolidayChanges(text)
	if err != nil {
		return nil, err
	}
	return Holidays{}.With(changes...), nil
}

// ParseHolidayChanges reads an override file: like the committed form, and a
// line that begins with - takes a day off the list.
func ParseHolidayChanges(text []byte) ([]HolidayChange, error) {
	var changes []HolidayChange
	var problems Problems
	lines := bufio.NewScanner(bytes.NewReader(text))
	for n := 1; lines.Scan(); n++ {
		line := strings.TrimSpace(lines.Text())
		if line == "" || line[0] == '#' {
			continue
		}
		line, off := strings.CutPrefix(line, "-")
		day, name, _ := strings.Cut(strings.TrimSpace(line), " ")
		date, err := ParseDate(day)
		name = strings.TrimSpace(name)
		if err != nil || name == "" && !off {
			problems = append(problems, Problem{"holidays", n, "not a holiday", "write the date and the name, as in 2026-12-25 Christmas Day"})
			continue
		}
		changes = append(changes, HolidayChange{date, name, off})
	}
	if err := lines.Err(); err != nil {
		return nil, fmt.Errorf("read holidays: %w", err)
	}
	if len(problems) > 0 {
		return nil, problems
	}
	return changes, nil
}

// Text is the list in the committed form, without remarks.
func (h Holidays) Text() []byte {
	var b bytes.Buffer
	for _, x := range h {
		fmt.Fprintf(&b, "%s %s\n", x.Date, x.Name)
	}
	return b.Bytes()
}

// ErrNoHolidays is an answer of gov.uk without the list that was looked for.
var ErrNoHolidays = errors.New("the list of bank holidays is not in what was read")

// ParseGovUK reads the JSON of https://www.gov.uk/bank-holidays.json, division
// england-and-wales: {"england-and-wales": {"events": [{"title", "date",
// "notes", "bunting"}, …]}, …}. A substitute day keeps that note in its name.
// Two dates alike, or none at all, are refused: a list half read is worse than
// the one at hand.
func ParseGovUK(data []byte) (Holidays, error) {
	var doc map[string]struct {
		Events []struct {
			Title string `json:"title"`
			Date  string `json:"date"`
			Notes string `json:"notes"`
		} `json:"events"`
	}
	if err := json.Unmarshal(data, &doc); err != nil {
		return nil, fmt.Errorf("read bank holidays: %w", ErrNoHolidays)
	}
	var h Holidays
	for _, e := range doc["england-and-wales"].Events {
		d, err := ParseDate(e.Date)
		name := strings.Join(strings.Fields(e.Title), " ")
		if err != nil || name == "" || len(name) > 100 {
			return nil, fmt.Errorf("read bank holidays: an event has no date or no title: %w", ErrNoHolidays)
		}
		if strings.EqualFold(strings.TrimSpace(e.Notes), "substitute day") {
			name += " (substitute day)"
		}
		h = append(h, Holiday{d, name})
	}
	if len(h) == 0 {
		return nil, fmt.Errorf("read bank holidays: %w", ErrNoHolidays)
	}
	slices.SortStableFunc(h, func(a, b Holiday) int { return int(a.Date.number() - b.Date.number()) })
	for i := range h[1:] {
		if h[i].Date == h[i+1].Date {
			return nil, fmt.Errorf("read bank holidays: %s is there twice: %w", h[i].Date, ErrNoHolidays)
		}
	}
	return h, nil
}

// Merge is h with everything newer says of the years newer covers, and h's own
// word for the others: gov.uk lists past years only for a while.
func (h Holidays) Merge(newer Holidays) Holidays {
	years := map[int]bool{}
	for _, x := range newer {
		years[x.Date.Year] = true
	}
	out := slices.DeleteFunc(slices.Clone(h), func(x Holiday) bool { return years[x.Date.Year] })
	out = append(out, newer...)
	slices.SortStableFunc(out, func(a, b Holiday) int { return int(a.Date.number() - b.Date.number()) })
	return out
}
