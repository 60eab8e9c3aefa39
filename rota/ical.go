package rota

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"time"

	ics "github.com/arran4/golang-ical"

	"example.org/crisisline/call"
)

// FeedOf says whose times a calendar shows: one person's, or a team's.
type FeedOf struct {
	Person string `json:"person,omitempty"`
	Team   string `json:"team,omitempty"`
}

// Names of our own properties, which ImportCalendar reads back.
const (
	icsPerson = "X-CRISISLINE-PERSON"
	icsTeam   = "X-CRISISLINE-TEAM"
	icsTier   = "X-CRISISLINE-TIER"
)

// stampUTC is RFC 5545's form of an instant in UTC (section 3.3.5, form 2).
const stampUTC = "20060102T150405Z"

// Calendar is who is on shift in [from, until) as an iCalendar (RFC 5545). Each
// spell is an event of its own in UTC, with no rule for repeating: whatever a
// program does with rules and zones, it cannot be an hour out when the clocks
// change. The same spell has the same UID and DTSTAMP whenever and however
// often it is asked for, so that a subscriber's program shows it once. There is
// no telephone number in it.
func (r *Rota) Calendar(of FeedOf, from, until time.Time) ([]byte, error) {
	cal := ics.NewCalendarFor("crisisline")
	cal.SetProductId("-//crisisline//rota//EN")
	cal.SetMethod(ics.MethodPublish)
	cal.SetXWRCalName(r.feedName(of))
	cal.SetXPublishedTTL("PT1H")
	cal.SetRefreshInterval("PT1H", ics.WithValue("DURATION"))
	for _, s := range r.Spells(from, until) {
		if of.Person != "" && s.Responder != of.Person || of.Team != "" && s.Team != of.Team {
			continue
		}
		r.event(cal, of, s)
	}
	var b bytes.Buffer
	if err := cal.SerializeTo(&b, ics.WithNewLineWindows); err != nil {
		return nil, fmt.Errorf("write calendar: %w", err)
	}
	return b.Bytes(), nil
}

func (r *Rota) feedName(of FeedOf) string {
	if of.Person != "" {
		return "On shift: " + of.Person
	}
	return "On shift: " + r.TeamName(of.Team)
}

func (r *Rota) event(cal *ics.Calendar, of FeedOf, s Spell) {
	sum := sha256.Sum256(fmt.Appendf(nil, "%s|%s|%s|%s|%d", r.plan.Service, s.Responder, s.Team, s.Tier, s.From.Unix()))
	e := cal.AddEvent(hex.EncodeToString(sum[:12]) + "@crisisline")
	e.SetDtStampTime(s.From)
	e.SetProperty(ics.ComponentPropertyDtStart, s.From.UTC().Format(stampUTC))
	e.SetProperty(ics.ComponentPropertyDtEnd, s.Until.UTC().Format(stampUTC))
	title := tierWord(s.Tier) + ", " + r.TeamName(s.Team)
	if of.Person == "" {
		title = r.persons[s.Responder].Name + " (" + tierWord(s.Tier) + ")"
	}
	e.SetSummary(title)
	e.SetDescription(r.eventWords(s))
	e.SetTimeTransparency(ics.TransparencyOpaque)
	e.SetProperty(icsPerson, s.Responder)
	e.SetProperty(icsTeam, s.Team)
	e.SetProperty(icsTier, string(s.Tier))
}

// eventWords say how long it is when the clocks change in it, and why.
func (r *Rota) eventWords(s Spell) string {
	words := s.Why
	_, before := s.From.In(r.zone).Zone()
	if _, after := s.Until.In(r.zone).Zone(); after != before {
		back := "go forward"
		if after < before {
			back = "go back"
		}
		words += fmt.Sprintf(". %s: the clocks %s", hours(s.Until.Sub(s.From)), back)
	}
	return words
}

func tierWord(t call.Tier) string {
	switch t {
	case call.TierBackup:
		return "Backup"
	case call.TierDutyManager:
		return "Duty manager"
	default:
		return "Responding"
	}
}
