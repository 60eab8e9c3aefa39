package rota

import (
	"fmt"
	"maps"
	"slices"
	"time"

	"go.yaml.in/yaml/v3"

	"example.org/crisisline/call"
)

// Policy is what a service has decided for itself about the checks of its
// plan. It may change how grave a finding is and give the facts that rules
// ask for; no rule can be silenced.
type Policy struct {
	Levels     map[string]Level // rule → level in place of the usual one
	AtHome     []call.Tier      // tiers on call from home, where only being called is work; nil = backup and duty_manager
	Break      time.Duration    // rest break in every shift long enough to need one; 0 = not said
	ProvenDays int              // how long a test of a telephone holds; 0 = ProvenDays
	OptOut     []string         // responders who agreed in writing to more than 48 hours a week
	Young      []Young
	Assessed   []Assessment
	Holidays   []HolidayChange
}

// Young is a responder under 18, until their birthday. It is all that is kept
// of anybody's age.
type Young struct {
	Responder string
	Until     Date // the day they are 18
}

// Assessment is a night worker's health assessment: that one was offered, and
// when; never what it said.
type Assessment struct {
	Responder string
	On        Date
}

// ProvenDays is for how long a telephone's test counts unless the policy says
// otherwise.
const ProvenDays = 30

// atHome reports whether the tier waits at home, so that only the time called
// out is work.
func (p *Policy) atHome(tier call.Tier) bool {
	if p.AtHome == nil {
		return tier != call.TierResponding
	}
	return slices.Contains(p.AtHome, tier)
}

// provenFor is how long a telephone's test counts.
func (p *Policy) provenFor() int {
	if p.ProvenDays > 0 {
		return p.ProvenDays
	}
	return ProvenDays
}

// level is how grave a finding is here, the usual level being given.
func (p *Policy) level(rule string, usual Level) Level {
	if l, ok := p.Levels[rule]; ok {
		return l
	}
	return usual
}

// apply sets each finding's level by the policy and names its source.
func (p *Policy) apply(findings []Finding) {
	for i := range findings {
		findings[i].Level = p.level(findings[i].Rule, findings[i].Level)
		findings[i].Source = ruleOf(findings[i].Rule).Source
	}
}

// policy reads the section "policy". Whom it names is checked by policyRight,
// once everybody is known.
func (rd *reader) policy(p *Policy) value {
	return func(path string, n *yaml.Node) {
		rd.mapping(path, n,
			field{"levels", false, rd.levels(&p.Levels)},
			field{"at_home", false, func(path string, n *yaml.Node) {
				p.AtHome = []call.Tier{} // an empty list says: none is
				rd.oneOrMore(appendTo(rd, parseTier, &p.AtHome))(path, n)
			}},
			field{"break", false, into(rd, parseSpan, &p.Break)},
			field{"proven_days", false, into(rd, parseCount, &p.ProvenDays)},
			field{"opt_out", false, rd.oneOrMore(appendTo(rd, parseID, &p.OptOut))},
			field{"young", false, each(rd, &p.Young, func(y *Young, path string, n *yaml.Node) {
				rd.mapping(path, n,
					field{"responder", true, into(rd, parseID, &y.Responder)},
					field{"until", true, into(rd, ParseDate, &y.Until)})
			})},
			field{"assessed", false, each(rd, &p.Assessed, func(a *Assessment, path string, n *yaml.Node) {
				rd.mapping(path, n,
					field{"responder", true, into(rd, parseID, &a.Responder)},
					field{"on", true, into(rd, ParseDate, &a.On)})
			})},
			field{"holidays", false, each(rd, &p.Holidays, func(h *HolidayChange, path string, n *yaml.Node) {
				rd.mapping(path, n,
					field{"date", true, into(rd, ParseDate, &h.Date)},
					field{"name", false, into(rd, parseText, &h.Name)},
					field{"off", false, into(rd, parseYesNo, &h.Off)})
			})},
		)
	}
}

func (rd *reader) levels(dst *map[string]Level) value {
	return func(path string, n *yaml.Node) {
		if !rd.usable(path, n, yaml.MappingNode, "a set of rules and levels") {
			return
		}
		*dst = map[string]Level{}
		for i := 0; i+1 < len(n.Content); i += 2 {
			rule := n.Content[i].Value
			if ruleOf(rule).Rule == "" {
				rd.problem(n.Content[i].Line, path+": there is no rule "+shown(rule), didYouMean(rule, ruleNames()))
				continue
			}
			parsed(rd, parseLevel, func(l Level) { (*dst)[rule] = l })(join(path, rule), n.Content[i+1])
		}
	}
}

func parseLevel(s string) (Level, error) {
	if gravity(Level(s)) < 0 {
		return "", fmt.Errorf("%s is not a level: use refuse, warn or note (a rule cannot be silenced)", shown(s))
	}
	return Level(s), nil
}

// policyRight notes people the policy names who are not in the plan.
func (rd *reader) policyRight(p *Plan) {
	var ids []string
	for i := range p.Responders {
		ids = append(ids, p.Responders[i].ID)
	}
	known := func(path, id string) {
		if !slices.Contains(ids, id) {
			rd.problem(rd.lines[path], fmt.Sprintf("there is no responder %q", id), didYouMean(id, ids))
		}
	}
	for i, id := range p.Policy.OptOut {
		known(at("policy", "opt_out", i), id)
	}
	for i, y := range p.Policy.Young {
		known(at("policy", "young", i, "responder"), y.Responder)
	}
	for i, a := range p.Policy.Assessed {
		known(at("policy", "assessed", i, "responder"), a.Responder)
	}
	for i, h := range p.Policy.Holidays {
		if !h.Off && h.Name == "" {
			rd.problem(rd.lines[at("policy", "holidays", i)], "a holiday has no name", "add name, or off: yes to take a day off the list")
		}
	}
}

// The written forms of the policy, as in yaml.go.
type (
	writtenPolicy struct {
		Levels     map[string]Level  `yaml:"levels,omitempty"`
		AtHome     *[]call.Tier      `yaml:"at_home,omitempty,flow"`
		Break      string            `yaml:"break,omitempty"`
		ProvenDays int               `yaml:"proven_days,omitempty"`
		OptOut     []string          `yaml:"opt_out,omitempty,flow"`
		Young      []writtenYoung    `yaml:"young,omitempty"`
		Assessed   []writtenAssessed `yaml:"assessed,omitempty"`
		Holidays   []writtenHoliday  `yaml:"holidays,omitempty"`
	}
	writtenYoung struct {
		Responder string `yaml:"responder"`
		Until     string `yaml:"until"`
	}
	writtenAssessed struct {
		Responder string `yaml:"responder"`
		On        string `yaml:"on"`
	}
	writtenHoliday struct {
		Date string `yaml:"date"`
		Name string `yaml:"name,omitempty"`
		Off  bool   `yaml:"off,omitempty"`
	}
)

// written is nil for a policy that says nothing.
func (p Policy) written() *writtenPolicy {
	w := &writtenPolicy{
		Levels: maps.Clone(p.Levels), ProvenDays: p.ProvenDays, OptOut: p.OptOut,
		Young:    mapped(p.Young, func(y Young) writtenYoung { return writtenYoung{y.Responder, y.Until.String()} }),
		Assessed: mapped(p.Assessed, func(a Assessment) writtenAssessed { return writtenAssessed{a.Responder, a.On.String()} }),
		Holidays: mapped(p.Holidays, func(h HolidayChange) writtenHoliday { return writtenHoliday{h.Date.String(), h.Name, h.Off} }),
	}
	if p.AtHome != nil {
		w.AtHome = &p.AtHome
	}
	if p.Break > 0 {
		w.Break = spanText(p.Break)
	}
	if len(w.Levels)+w.ProvenDays+len(w.OptOut)+len(w.Young)+len(w.Assessed)+len(w.Holidays) == 0 && w.AtHome == nil && w.Break == "" {
		return nil
	}
	return w
}
