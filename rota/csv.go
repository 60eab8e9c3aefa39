package rota

import (
	"bytes"
	"encoding/csv"
	"maps"
	"slices"
	"strings"
	"time"

	"go.yaml.in/yaml/v3"
)

// The columns of the two tables: the keys of the plan's own text. A cell with
// several values has semicolons between them.
var (
	peopleColumns = []string{"id", "name", "team", "number", "skills", "tiers", "proven"}
	shiftColumns  = []string{"id", "kind", "team", "tier", "days", "dates", "start", "end", "people", "every", "at_once", "move_on", "needs", "replaces", "from", "until"}
	rosterColumns = []string{"person", "team", "tier", "start", "end", "hours", "why"}
)

// PeopleCSV is the plan's responders as a table. It holds telephone numbers:
// they are written in national form with a space, which spreadsheets leave alone.
func (p *Plan) PeopleCSV() ([]byte, error) {
	return table(peopleColumns, mapped(p.Responders, func(r Responder) any {
		w := r.written()
		w.Number = national(w.Number)
		return w
	}))
}

// ShiftsCSV is the plan's shifts as a table.
func (p *Plan) ShiftsCSV() ([]byte, error) {
	return table(shiftColumns, mapped(p.Shifts, func(s Shift) any { return s.written() }))
}

// RosterCSV is who is on shift in [from, until), one row for each time, in
// local wall time: what ImportRoster reads.
func (r *Rota) RosterCSV(from, until time.Time) ([]byte, error) {
	rows := [][]string{rosterColumns}
	for _, s := range r.Spells(from, until) {
		rows = append(rows, []string{
			s.Responder, s.Team, string(s.Tier), s.From.In(r.zone).Format(rosterTime), s.Until.In(r.zone).Format(rosterTime),
			hours(s.Until.Sub(s.From)), s.Why,
		})
	}
	return csvText(rows)
}

const rosterTime = "2006-01-02 15:04"

// table writes parts in their written form, one a row.
func table(columns []string, parts []any) ([]byte, error) {
	rows := [][]string{columns}
	for _, part := range parts {
		var n yaml.Node
		if err := n.Encode(part); err != nil {
			return nil, err
		}
		fields := keyed(&n)
		rows = append(rows, mapped(columns, func(c string) string { return cell(fields[c]) }))
	}
	return csvText(rows)
}

// cell is a value as one cell.
func cell(n *yaml.Node) string {
	switch {
	case n == nil:
		return ""
	case n.Kind == yaml.ScalarNode:
		return n.Value
	case n.Kind == yaml.MappingNode:
		var pairs []string
		for i := 0; i+1 < len(n.Content); i += 2 {
			pairs = append(pairs, n.Content[i].Value+"="+n.Content[i+1].Value)
		}
		return strings.Join(pairs, "; ")
	}
	return strings.Join(mapped(n.Content, cell), "; ")
}

func csvText(rows [][]string) ([]byte, error) {
	var b bytes.Buffer
	w := csv.NewWriter(&b)
	w.UseCRLF = true
	for _, row := range rows {
		if err := w.Write(mapped(row, harmless)); err != nil {
			return nil, err
		}
	}
	w.Flush()
	return b.Bytes(), w.Error()
}

// formulaStarts begin a cell that a spreadsheet would run.
const formulaStarts = "=+-@\t\r"

// harmless puts an apostrophe before what a spreadsheet would run, and before
// one that is there already, so that harmed can take it away again.
func harmless(s string) string {
	if rest := strings.TrimLeft(s, "'"); s != "" && (strings.ContainsRune(formulaStarts, rune(s[0])) || rest != s && rest != "" && strings.ContainsRune(formulaStarts, rune(rest[0]))) {
		return "'" + s
	}
	return s
}

// harmed is harmless undone.
func harmed(s string) string {
	rest := strings.TrimLeft(s, "'")
	if rest != s && rest != "" && strings.ContainsRune(formulaStarts, rune(rest[0])) {
		return s[1:]
	}
	return s
}

// national is a British number as people write it, "07700 900101"; others stay
// in international form.
func national(e164 string) string {
	rest, ok := strings.CutPrefix(e164, "+44")
	if !ok || len(rest) < 5 {
		return e164
	}
	return "0" + rest[:4] + " " + rest[4:]
}

// Spell is one time that a person is on shift for a team in a tier, without a
// break and by one shift or override.
type Spell struct {
	Duty           // Until is the end of the spell
	From time.Time // may lie before the time asked for
}

// Spells are everybody's times on shift that touch [from, until), by start,
// then as the plan lists teams and tiers. The rota must cover the time asked
// for; a spell that runs on beyond what is compiled ends there.
func (r *Rota) Spells(from, until time.Time) (all []Spell) {
	for _, team := range r.order {
		for t := range team.tiers {
			all = append(all, r.spellsOn(&team.tiers[t], from.Unix(), until.Unix())...)
		}
	}
	slices.SortStableFunc(all, func(a, b Spell) int { return a.From.Compare(b.From) })
	return all
}

func (r *Rota) spellsOn(l *lane, from, until int64) (all []Spell) {
	open := map[string]Spell{}
	end := func(s Spell, sec int64) {
		if s.Until = time.Unix(sec, 0).UTC(); sec > from {
			all = append(all, s)
		}
	}
	for i := range l.stretches {
		start := l.stretches[i].start
		on := r.onLane(l, start)
		for _, id := range slices.Sorted(maps.Keys(open)) {
			if at := slices.IndexFunc(on, func(d Duty) bool { return d.Responder == id && d.Why == open[id].Why }); at < 0 {
				end(open[id], start)
				delete(open, id)
			}
		}
		if start >= until && len(open) == 0 {
			break
		}
		for _, d := range on {
			if _, is := open[d.Responder]; !is && start < until {
				open[d.Responder] = Spell{Duty: d, From: time.Unix(start, 0).UTC()}
			}
		}
	}
	for _, id := range slices.Sorted(maps.Keys(open)) {
		end(open[id], r.until)
	}
	return all
}
