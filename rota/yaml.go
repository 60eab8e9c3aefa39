package rota

import (
	"bytes"
	"reflect"
	"strings"
	"time"

	"go.yaml.in/yaml/v3"

	"example.org/crisisline/call"
)

// YAML is the plan as text that Parse reads back to the same plan. A plan that
// still says what its file said is returned as the file was, comments and all;
// in one that was changed only the lines of the changes are written anew. A plan
// without a file is written always in the same order.
//
// The text holds telephone numbers: it is for files and the sealed store only.
func (p *Plan) YAML() ([]byte, error) {
	text, _, err := p.inFull()
	return text, err
}

// Clone is a copy that may be changed without touching p.
func (p *Plan) Clone() (*Plan, error) {
	text, again, err := p.inFull()
	switch {
	case err != nil:
		return nil, err
	case again != nil:
		return again, nil
	case p.source != nil && bytes.Equal(text, p.source.text):
		return p.source.plan("plan")
	}
	return Parse("plan", text)
}

// inFull is YAML, and the plan that the text was read back as if it was.
func (p *Plan) inFull() (text []byte, again *Plan, err error) {
	w := p.written()
	if p.source != nil {
		if reflect.DeepEqual(w, p.source.says()) {
			return bytes.Clone(p.source.text), nil, nil
		}
		if text, again, ok := p.source.with(w); ok {
			return text, again, nil
		}
	}
	text, err = w.canonical()
	return text, nil, err
}

func (p *Plan) canonical() ([]byte, error) { return p.written().canonical() }

func (w writtenPlan) canonical() ([]byte, error) {
	var b bytes.Buffer
	enc := yaml.NewEncoder(&b)
	enc.SetIndent(2)
	if err := enc.Encode(w); err != nil {
		return nil, err
	}
	return b.Bytes(), enc.Close()
}

// same reports whether two plans are written alike. An empty list and none are.
func (w writtenPlan) same(other writtenPlan) bool {
	if reflect.DeepEqual(w, other) {
		return true
	}
	a, err := w.canonical()
	b, otherErr := other.canonical()
	return err == nil && otherErr == nil && bytes.Equal(a, b)
}

// The written forms: keys in the order people read them, what is not said left
// out. They exist because a Number does not marshal to its digits, on purpose.
type (
	writtenPlan struct {
		Service    string             `yaml:"service"`
		Name       string             `yaml:"name,omitempty"`
		Zone       string             `yaml:"zone"`
		Minimum    writtenMinimum     `yaml:"minimum"`
		Alarm      *writtenAlarm      `yaml:"alarm,omitempty"`
		Policy     *writtenPolicy     `yaml:"policy,omitempty"`
		Teams      []writtenTeam      `yaml:"teams"`
		Localities []writtenLocality  `yaml:"localities,omitempty"`
		Split      []writtenSplit     `yaml:"split,omitempty"`
		Lines      []writtenLine      `yaml:"lines"`
		Responders []writtenResponder `yaml:"responders"`
		Shifts     []writtenShift     `yaml:"shifts"`
		Absences   []writtenAbsence   `yaml:"absences,omitempty"`
		Swaps      *writtenSwaps      `yaml:"swaps,omitempty"`
		Overrides  []writtenOverride  `yaml:"overrides,omitempty"`
		MutualAid  []writtenAid       `yaml:"mutual_aid,omitempty"`
		LastHuman  []writtenLastHuman `yaml:"last_human"`
	}
	writtenMinimum struct {
		Responding  *int           `yaml:"responding,omitempty"`
		Backup      *int           `yaml:"backup,omitempty"`
		DutyManager *int           `yaml:"duty_manager,omitempty"`
		Overlap     string         `yaml:"overlap,omitempty"`
		Skills      map[string]int `yaml:"skills,omitempty"`
	}
	writtenAlarm struct {
		Gap string `yaml:"gap"`
	}
	writtenTeam struct {
		ID         string          `yaml:"id"`
		Name       string          `yaml:"name"`
		From       string          `yaml:"from,omitempty"`
		Until      string          `yaml:"until,omitempty"`
		Successor  string          `yaml:"successor,omitempty"`
		MergedFrom []writtenSource `yaml:"merged_from,omitempty"`
		SplitOff   []writtenSource `yaml:"split_off,omitempty"`
		Renamed    []writtenRename `yaml:"renamed,omitempty"`
		Neighbours []string        `yaml:"neighbours,omitempty,flow"`
		For        []string        `yaml:"for,omitempty,flow"`
		Minimum    *writtenMinimum `yaml:"minimum,omitempty"`
	}
	writtenSource struct {
		Team string `yaml:"team"`
		Name string `yaml:"name,omitempty"`
		From string `yaml:"from"`
		At   string `yaml:"at,omitempty"`
	}
	writtenLocality struct {
		ID       string           `yaml:"id"`
		Name     string           `yaml:"name"`
		Team     string           `yaml:"team,omitempty"`
		Outside  string           `yaml:"outside,omitempty"`
		Outward  []string         `yaml:"outward,omitempty,flow"`
		Dialling []string         `yaml:"dialling,omitempty,flow"`
		Moved    []writtenMove    `yaml:"moved,omitempty"`
		HandOver *writtenHandOver `yaml:"hand_over,omitempty"`
	}
	writtenMove struct {
		Team string `yaml:"team"`
		Till string `yaml:"till"`
		At   string `yaml:"at,omitempty"`
	}
	writtenSplit struct {
		Outward string   `yaml:"outward"`
		Between []string `yaml:"between,flow"`
		Ask     string   `yaml:"ask"`
	}
	writtenLine struct {
		ID         string          `yaml:"id"`
		Name       string          `yaml:"name"`
		Number     []string        `yaml:"number,flow"`
		Caller     string          `yaml:"caller,omitempty"`
		Team       string          `yaml:"team"`
		ByLandline bool            `yaml:"by_landline,omitempty"`
		Menu       bool            `yaml:"menu,omitempty"`
		Language   string          `yaml:"language,omitempty"`
		Skills     []string        `yaml:"skills,omitempty,flow"`
		Moved      []writtenMove   `yaml:"moved,omitempty"`
		Retired    *writtenRetired `yaml:"retired,omitempty"`
	}
	writtenRetired struct {
		Since string `yaml:"since"`
		Team  string `yaml:"team,omitempty"`
	}
	writtenResponder struct {
		ID     string      `yaml:"id"`
		Name   string      `yaml:"name"`
		Team   string      `yaml:"team"`
		Number string      `yaml:"number"`
		Skills []string    `yaml:"skills,omitempty,flow"`
		Tiers  []call.Tier `yaml:"tiers,omitempty,flow"`
		Proven string      `yaml:"proven,omitempty"`
	}
	writtenLastHuman struct {
		Name   string `yaml:"name"`
		Number string `yaml:"number"`
	}
)

func (p *Plan) written() writtenPlan {
	w := writtenPlan{
		Service: p.Service, Name: p.Name, Zone: p.Zone, Minimum: p.Minimum.written(), Policy: p.Policy.written(),
		Teams: mapped(p.Teams, Team.written), Localities: mapped(p.Localities, Locality.written),
		Lines: mapped(p.Lines, PlannedLine.written), Responders: mapped(p.Responders, Responder.written),
		Shifts: mapped(p.Shifts, Shift.written), Absences: mapped(p.Absences, Absence.written),
		Swaps: p.Swaps.written(), Overrides: mapped(p.Overrides, Override.written),
	}
	if p.Alarm.Gap > 0 {
		w.Alarm = &writtenAlarm{Gap: spanText(p.Alarm.Gap)}
	}
	w.MutualAid = mapped(p.MutualAid, Aid.written)
	for _, s := range p.Split {
		w.Split = append(w.Split, writtenSplit(s))
	}
	for _, h := range p.LastHuman {
		w.LastHuman = append(w.LastHuman, writtenLastHuman{h.Name, h.Number.E164()})
	}
	return w
}

func mapped[A, B any](from []A, as func(A) B) []B {
	if len(from) == 0 {
		return nil // left out of the text
	}
	to := make([]B, 0, len(from))
	for _, v := range from {
		to = append(to, as(v))
	}
	return to
}

// spanText is "15m" or "72h", without the zeros that Duration adds.
func spanText(d time.Duration) string {
	s := d.String()
	if strings.HasSuffix(s, "m0s") {
		s = strings.TrimSuffix(s, "0s")
	}
	if strings.HasSuffix(s, "h0m") {
		s = strings.TrimSuffix(s, "0m")
	}
	return s
}

func (m Minimum) written() writtenMinimum {
	said := func(n int) *int {
		if n < 0 {
			return nil
		}
		return &n
	}
	w := writtenMinimum{Responding: said(m.Responding), Backup: said(m.Backup), DutyManager: said(m.DutyManager), Skills: m.Skills}
	if m.Overlap > 0 {
		w.Overlap = spanText(m.Overlap)
	}
	return w
}

func (s Source) written() writtenSource {
	return writtenSource{s.Team, s.Name, s.From.String(), s.At.unlessMidnight()}
}

func (t Team) written() writtenTeam {
	w := writtenTeam{
		ID: t.ID, Name: t.Name, From: t.From.String(), Until: t.Until.String(), Successor: t.Successor,
		MergedFrom: mapped(t.MergedFrom, Source.written), SplitOff: mapped(t.SplitOff, Source.written),
		Renamed: mapped(t.Renamed, Rename.written), Neighbours: t.Neighbours, For: t.For,
	}
	if t.Minimum != nil {
		m := t.Minimum.written()
		w.Minimum = &m
	}
	return w
}

func (l Locality) written() writtenLocality {
	return writtenLocality{
		ID: l.ID, Name: l.Name, Team: l.Team, Outside: l.Outside, Outward: l.Outward, Dialling: l.Dialling,
		Moved: mapped(l.Moved, Move.written), HandOver: l.HandOver.written(),
	}
}

func (l PlannedLine) written() writtenLine {
	w := writtenLine{
		ID: l.ID, Name: l.Name, Number: mapped(l.Numbers, call.Number.E164), Team: l.Team,
		ByLandline: l.ByLandline, Menu: l.Menu, Language: l.Language, Skills: l.Skills, Moved: mapped(l.Moved, Move.written),
	}
	if l.Caller != call.CallerUnknown {
		w.Caller = string(l.Caller)
	}
	if l.Retired != nil {
		w.Retired = &writtenRetired{l.Retired.Since.String(), l.Retired.Team}
	}
	return w
}

func (r Responder) written() writtenResponder {
	return writtenResponder{r.ID, r.Name, r.Team, r.Number.E164(), r.Skills, r.Tiers, r.Proven.String()}
}
