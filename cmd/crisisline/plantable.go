package main

import (
	"time"

	"github.com/spf13/cobra"

	"example.org/crisisline/rota"
)

// tableFlags are what "plan export" may print instead of the plan.
type tableFlags struct {
	people, shifts, roster, calendar bool
	of                               rota.FeedOf
	span                             daysAhead
}

func (f *tableFlags) flags(c *cobra.Command) {
	c.Flags().BoolVar(&f.people, "people", false, "people as CSV; it holds telephone numbers")
	c.Flags().BoolVar(&f.shifts, "shifts", false, "shifts as CSV")
	c.Flags().BoolVar(&f.roster, "roster", false, "who is on shift when, as CSV")
	c.Flags().BoolVar(&f.calendar, "calendar", false, "who is on shift when, as an iCalendar")
	c.Flags().StringVar(&f.of.Person, "person", "", "calendar: only this person (id)")
	c.Flags().StringVar(&f.of.Team, "team", "", "calendar: only this team (id)")
	f.span.flag(c)
	c.MarkFlagsMutuallyExclusive("people", "shifts", "roster", "calendar", "fallback-twiml")
}

func (f *tableFlags) any() bool { return f.people || f.shifts || f.roster || f.calendar }

func (sh *shell) exportTable(r *rota.Rota, f tableFlags) ([]byte, error) {
	switch {
	case f.people:
		return r.Plan().PeopleCSV()
	case f.shifts:
		return r.Plan().ShiftsCSV()
	}
	from := sh.now()
	until := from.Add(f.span.length())
	wide, err := rota.Compile(r.Plan(), from.Add(-14*24*time.Hour), until.Sub(from)+28*24*time.Hour)
	if err != nil {
		return nil, err
	}
	if f.roster {
		return wide.RosterCSV(from, until)
	}
	return wide.Calendar(f.of, from, until)
}
