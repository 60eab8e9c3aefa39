package rota

import (
	"bytes"
	"errors"
	"io"
	"regexp"
	"strconv"

	"go.yaml.in/yaml/v3"

	"example.org/crisisline/call"
)

// Parse reads a plan and checks everything that can be checked without asking
// what time it is. The error is a Problems with every problem at once; the
// plan is nil then.
func Parse(filename string, data []byte) (*Plan, error) {
	rd := &reader{file: filename}
	root, ok := rd.document(data)
	if !ok {
		return nil, rd.problems.sorted()
	}
	return newOriginal(bytes.Clone(data), root).plan(filename)
}

var yamlLine = regexp.MustCompile(`line (\d+): `)

func (rd *reader) document(data []byte) (*yaml.Node, bool) {
	var doc yaml.Node
	dec := yaml.NewDecoder(bytes.NewReader(data))
	err := dec.Decode(&doc)
	switch {
	case errors.Is(err, io.EOF) || err == nil && len(doc.Content) == 0:
		rd.problem(1, "the plan is empty", "start from the example plan")
		return nil, false
	case err != nil:
		line := 1
		if m := yamlLine.FindStringSubmatch(err.Error()); m != nil {
			line, _ = strconv.Atoi(m[1])
		}
		rd.problem(line, "not readable as YAML", "look for a missing quote, colon or indent at this line or just above")
		return nil, false
	}
	var second yaml.Node
	if dec.Decode(&second) == nil {
		rd.problem(second.Line, "a second document begins here", "keep one document in a file")
		return nil, false
	}
	return doc.Content[0], true
}

func (rd *reader) plan(p *Plan, n *yaml.Node) {
	rd.mapping("", n,
		field{"service", true, into(rd, parseID, &p.Service)},
		field{"name", false, into(rd, parseText, &p.Name)},
		field{"zone", true, into(rd, parseZone, &p.Zone)},
		field{"minimum", false, rd.minimum(&p.Minimum)},
		field{"alarm", false, func(path string, n *yaml.Node) {
			rd.mapping(path, n, field{"gap", true, into(rd, parseSpan, &p.Alarm.Gap)})
		}},
		field{"policy", false, rd.policy(&p.Policy)},
		field{"teams", true, each(rd, &p.Teams, rd.team)},
		field{"localities", false, each(rd, &p.Localities, rd.locality)},
		field{"split", false, each(rd, &p.Split, rd.split)},
		field{"lines", true, each(rd, &p.Lines, rd.line)},
		field{"responders", true, each(rd, &p.Responders, rd.responder)},
		field{"shifts", true, each(rd, &p.Shifts, rd.shift)},
		field{"absences", false, each(rd, &p.Absences, rd.absence)},
		field{"swaps", false, rd.swaps(&p.Swaps)},
		field{"overrides", false, each(rd, &p.Overrides, rd.override)},
		field{"mutual_aid", false, each(rd, &p.MutualAid, rd.aid)},
		field{"last_human", true, each(rd, &p.LastHuman, rd.lastHuman)},
	)
}

// each reads a list of mappings.
func each[T any](rd *reader, dst *[]T, read func(*T, string, *yaml.Node)) value {
	return rd.list(func(path string, n *yaml.Node) {
		var v T
		read(&v, path, n)
		*dst = append(*dst, v)
	})
}

func (rd *reader) minimum(m *Minimum) value {
	return func(path string, n *yaml.Node) {
		rd.mapping(path, n,
			field{"responding", false, into(rd, parseCount, &m.Responding)},
			field{"backup", false, into(rd, parseCount, &m.Backup)},
			field{"duty_manager", false, into(rd, parseCount, &m.DutyManager)},
			field{"overlap", false, into(rd, parseSpan, &m.Overlap)},
			field{"skills", false, rd.skillCounts(&m.Skills)},
		)
	}
}

func (rd *reader) skillCounts(dst *map[string]int) value {
	return func(path string, n *yaml.Node) {
		if !rd.usable(path, n, yaml.MappingNode, "a set of skills and counts") {
			return
		}
		*dst = map[string]int{}
		for i := 0; i+1 < len(n.Content); i += 2 {
			parsed(rd, parseSkill, func(skill string) {
				parsed(rd, parseCount, func(count int) { (*dst)[skill] = count })(join(path, skill), n.Content[i+1])
			})(path, n.Content[i])
		}
	}
}

func (rd *reader) team(t *Team, path string, n *yaml.Node) {
	rd.mapping(path, n,
		field{"id", true, into(rd, parseID, &t.ID)},
		field{"name", true, into(rd, parseText, &t.Name)},
		field{"from", false, into(rd, ParseDate, &t.From)},
		field{"until", false, into(rd, ParseDate, &t.Until)},
		field{"successor", false, into(rd, parseID, &t.Successor)},
		field{"merged_from", false, each(rd, &t.MergedFrom, rd.source)},
		field{"split_off", false, each(rd, &t.SplitOff, rd.source)},
		field{"renamed", false, each(rd, &t.Renamed, rd.rename)},
		field{"neighbours", false, rd.list(appendTo(rd, parseID, &t.Neighbours))},
		field{"for", false, rd.oneOrMore(appendTo(rd, parseSkill, &t.For))},
		field{"minimum", false, func(path string, n *yaml.Node) {
			t.Minimum = &Minimum{Responding: -1, Backup: -1, DutyManager: -1, Overlap: -1} // filled from the plan's
			rd.minimum(t.Minimum)(path, n)
		}},
	)
}

func (rd *reader) source(s *Source, path string, n *yaml.Node) {
	rd.mapping(path, n,
		field{"team", true, into(rd, parseID, &s.Team)},
		field{"name", false, into(rd, parseText, &s.Name)},
		field{"from", true, into(rd, ParseDate, &s.From)},
		field{"at", false, into(rd, ParseClock, &s.At)},
	)
}

func (rd *reader) locality(l *Locality, path string, n *yaml.Node) {
	rd.mapping(path, n,
		field{"id", true, into(rd, parseID, &l.ID)},
		field{"name", true, into(rd, parseText, &l.Name)},
		field{"team", false, into(rd, parseID, &l.Team)},
		field{"outside", false, into(rd, parseText, &l.Outside)},
		field{"outward", false, rd.oneOrMore(appendTo(rd, parseOutward, &l.Outward))},
		field{"dialling", false, rd.oneOrMore(appendTo(rd, parseDialling, &l.Dialling))},
		field{"moved", false, each(rd, &l.Moved, rd.move)},
		field{"hand_over", false, rd.handOver(&l.HandOver)},
	)
}

func (rd *reader) move(m *Move, path string, n *yaml.Node) {
	rd.mapping(path, n,
		field{"team", true, into(rd, parseID, &m.Team)},
		field{"till", true, into(rd, ParseDate, &m.Till)},
		field{"at", false, into(rd, ParseClock, &m.At)},
	)
}

func (rd *reader) split(s *Split, path string, n *yaml.Node) {
	rd.mapping(path, n,
		field{"outward", true, into(rd, parseOutward, &s.Outward)},
		field{"between", true, rd.list(appendTo(rd, parseID, &s.Between))},
		field{"ask", true, into(rd, parseText, &s.Ask)},
	)
}

func (rd *reader) line(l *PlannedLine, path string, n *yaml.Node) {
	l.Caller = call.CallerUnknown
	rd.mapping(path, n,
		field{"id", true, into(rd, parseID, &l.ID)},
		field{"name", true, into(rd, parseText, &l.Name)},
		field{"number", true, rd.oneOrMore(appendTo(rd, call.ParseDialable, &l.Numbers))},
		field{"caller", false, into(rd, parseCaller, &l.Caller)},
		field{"team", true, into(rd, parseID, &l.Team)},
		field{"by_landline", false, into(rd, parseYesNo, &l.ByLandline)},
		field{"menu", false, into(rd, parseYesNo, &l.Menu)},
		field{"language", false, into(rd, parseLanguage, &l.Language)},
		field{"skills", false, rd.oneOrMore(appendTo(rd, parseSkill, &l.Skills))},
		field{"moved", false, each(rd, &l.Moved, rd.move)},
		field{"retired", false, func(path string, n *yaml.Node) {
			l.Retired = &Retired{}
			rd.mapping(path, n,
				field{"since", true, into(rd, ParseDate, &l.Retired.Since)},
				field{"team", false, into(rd, parseID, &l.Retired.Team)},
			)
		}},
	)
}

func (rd *reader) responder(r *Responder, path string, n *yaml.Node) {
	rd.mapping(path, n,
		field{"id", true, into(rd, parseID, &r.ID)},
		field{"name", true, into(rd, parseText, &r.Name)},
		field{"team", true, into(rd, parseID, &r.Team)},
		field{"number", true, into(rd, call.ParseDialable, &r.Number)},
		field{"skills", false, rd.oneOrMore(appendTo(rd, parseSkill, &r.Skills))},
		field{"tiers", false, rd.oneOrMore(appendTo(rd, parseTier, &r.Tiers))},
		field{"proven", false, into(rd, ParseDate, &r.Proven)},
	)
}

func (rd *reader) lastHuman(h *LastHuman, path string, n *yaml.Node) {
	rd.mapping(path, n,
		field{"name", true, into(rd, parseText, &h.Name)},
		field{"number", true, into(rd, call.ParseDialable, &h.Number)},
	)
}
