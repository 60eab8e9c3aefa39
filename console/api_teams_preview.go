package console

import (
	"time"

	"example.org/crisisline/rota"
)

type teamViewJSON struct {
	Team       string     `json:"team"`
	People     []string   `json:"people" nullable:"false" doc:"Who is on for it in those days"`
	Lines      []string   `json:"lines" nullable:"false"`
	Localities []string   `json:"localities" nullable:"false"`
	Minimum    int        `json:"minimum" doc:"Responders wanted at every minute"`
	Least      int        `json:"least" doc:"Fewest responding at any minute"`
	ShortMs    int64      `json:"short_ms" doc:"For how long fewer than wanted"`
	FirstShort *time.Time `json:"first_short,omitempty"`
}

type happensJSON struct {
	About string   `json:"about"`
	Lines []string `json:"lines" nullable:"false"`
}

type teamsChangeJSON struct {
	CutOver time.Time      `json:"cut_over"`
	Until   time.Time      `json:"until" doc:"Looked at until then"`
	Before  []teamViewJSON `json:"before" nullable:"false" doc:"The teams that change, as it is"`
	After   []teamViewJSON `json:"after" nullable:"false" doc:"And as it would be"`
	Worse   []findingJSON  `json:"worse" nullable:"false"`
	Better  []findingJSON  `json:"better" nullable:"false"`
	Happens []happensJSON  `json:"happens" nullable:"false" doc:"What becomes of calls, lines, places, people and help, in sentences"`
}

func viewsOfAPI(all []rota.TeamView) []teamViewJSON {
	out := []teamViewJSON{}
	for _, v := range all {
		out = append(out, teamViewJSON{v.Team, listOf(v.People), listOf(v.Lines), listOf(v.Localities), v.Minimum, max(v.Least, 0), v.Short.Milliseconds(), utc(v.FirstShort)})
	}
	return out
}

// teamsChange is what a draft made in steps would do to teams; nil for another.
func (c *Console) teamsChange(d rota.Draft, refused []rota.Finding) (*teamsChangeJSON, error) {
	s, steps := c.stepsOf(d)
	if !steps || s.open(s.mending) >= 0 {
		return nil, nil
	}
	mine, err := d.Plan()
	if err != nil {
		return nil, err
	}
	p, err := s.preview(mine, refused)
	if err != nil {
		return nil, err
	}
	out := &teamsChangeJSON{p.of.CutOver.UTC(), p.of.Until.UTC(), viewsOfAPI(p.of.Before), viewsOfAPI(p.of.After), findingsOfAPI(p.of.Worse), findingsOfAPI(p.of.Better), []happensJSON{}}
	for _, h := range p.Happens {
		out.Happens = append(out.Happens, happensJSON{h.About, listOf(h.Lines)})
	}
	return out, nil
}
