package console

import (
	"bytes"
	"errors"
	"net/http"
	"strings"
	"time"

	"example.org/crisisline/console/access"
	"example.org/crisisline/console/audit"
	"example.org/crisisline/metrics"
)

// offerReports are the operations about figures of months.
func offerReports(a *api) {
	report := func(path, id, summary, more string) operation {
		return operation{Method: http.MethodGet, Path: "/reports" + path, ID: id, Tag: "reports", Needs: access.ReadReports, Summary: summary, More: more}
	}
	offer(a, report("", "reports", "The months there may be figures of, the latest first", ""), (*Console).apiMonths)
	staffing := report("/staffing", "staffing", "People needed in each hour of the week", "409 before there are calls to reckon from: say what is expected.")
	staffing.Conflicts = true
	offer(a, staffing, (*Console).apiStaffing)
	offer(a, report("/{month}", "report", "The board's figures of a month", "The first time, gathering them may take up to two minutes."), (*Console).apiReport)
	sent := report("/{month}/return", "return", "A whole month's NHS111-MH return, as it is sent in", "That it was fetched is in the audit. 409 says why there is none.")
	sent.Conflicts = true
	offer(a, sent, (*Console).apiReturn)
}

type monthJSON struct {
	Month string `json:"month" doc:"2026-10"`
	Over  bool   `json:"over"`
}

func (c *Console) apiMonths(*asked, *nothing) ([]monthJSON, error) {
	all := []monthJSON{}
	for _, m := range c.months() {
		_, until := m.Bounds(c.o.Zone)
		all = append(all, monthJSON{m.String(), !until.After(c.o.Now())})
	}
	return all, nil
}

type monthAsk struct {
	asker
	Month string `path:"month" doc:"2026-10"`
}

type tileJSON struct {
	Name     string `json:"name"`
	Value    string `json:"value" doc:"As it is printed"`
	Beside   string `json:"beside,omitempty"`
	Headline bool   `json:"headline"`
}

type standardJSON struct {
	Name   string   `json:"name"`
	Known  bool     `json:"known" doc:"false: why says why there is no figure"`
	Value  *float64 `json:"value,omitempty" doc:"A share, or seconds where the measure is mean"`
	Mean   bool     `json:"mean"`
	Target *float64 `json:"target,omitempty" doc:"Least share; none: no pass mark is agreed"`
	Kept   *bool    `json:"kept,omitempty" doc:"None where it is not judged"`
	Missed *int64   `json:"missed,omitempty" doc:"Calls that did not meet it; none where they are so few that it is not told"`
	Why    string   `json:"why,omitempty"`
}

type chartJSON struct {
	ID    string     `json:"id"`
	Title string     `json:"title"`
	Says  string     `json:"says"`
	Table [][]string `json:"table" nullable:"false" doc:"Its numbers, heads first"`
}

type reportJSON struct {
	Month     string         `json:"month"`
	SoFar     bool           `json:"so_far" doc:"The month is not over"`
	Says      string         `json:"says"`
	Wrong     string         `json:"wrong,omitempty" doc:"What does not add up"`
	NotPublic string         `json:"not_public,omitempty" doc:"Why it may not be published yet"`
	Tiles     []tileJSON     `json:"tiles" nullable:"false"`
	Standards []standardJSON `json:"standards" nullable:"false"`
	Charts    []chartJSON    `json:"charts" nullable:"false"`
}

func (c *Console) apiReport(r *asked, in *monthAsk) (reportJSON, error) {
	m, err := metrics.ParseMonth(in.Month)
	if err != nil {
		return reportJSON{}, errNotThere
	}
	b, err := c.board(r.Context(), m)
	if err != nil {
		return reportJSON{}, err
	}
	out := reportJSON{m.String(), b.SoFar, b.Words, b.Wrong, noPublic(b), []tileJSON{}, []standardJSON{}, []chartJSON{}}
	for _, t := range b.Tiles {
		out.Tiles = append(out.Tiles, tileJSON{t.Name, t.Value, t.Beside, t.Headline})
	}
	for _, s := range b.Standings {
		out.Standards = append(out.Standards, standardOfAPI(s))
	}
	for _, chart := range b.Charts() {
		out.Charts = append(out.Charts, chartJSON{chart.ID, chart.Title, chart.Says, listOf(chart.Table)})
	}
	return out, nil
}

func standardOfAPI(s metrics.Standing) standardJSON {
	out := standardJSON{Name: s.Name, Known: s.Known, Mean: s.Measure == metrics.MeasureMean, Target: s.Target, Why: s.Why}
	if s.Known {
		out.Value = &s.Value
	}
	if s.Judged {
		out.Kept = &s.Kept
	}
	if s.Known && !s.Few {
		out.Missed = &s.Missed
	}
	return out
}

type returnJSON struct {
	Month   string            `json:"month"`
	Values  []returnValueJSON `json:"values" nullable:"false" doc:"In the order of the file"`
	Clock   string            `json:"clock" doc:"Where its waits begin"`
	Open    int               `json:"open_days" doc:"Days so young that calls may still come in"`
	Unnamed bool              `json:"unnamed" doc:"The columns that say whose return it is are empty"`
	CSV     string            `json:"csv" doc:"The file"`
}

type returnValueJSON struct {
	Item  string `json:"item"`
	Words string `json:"words"`
	Value string `json:"value" doc:"As it stands in the file"`
}

func (c *Console) apiReturn(r *asked, in *monthAsk) (returnJSON, error) {
	m, err := metrics.ParseMonth(in.Month)
	if err != nil {
		return returnJSON{}, errNotThere
	}
	ret, err := c.returnOf(r.Context(), m)
	switch {
	case err != nil:
		return returnJSON{}, err
	case ret.Unclosed:
		return returnJSON{}, meanwhile{Text: m.Words() + " is not over yet. The return is made of whole months."}
	case len(ret.Wrong) > 0:
		return returnJSON{}, meanwhile{Text: "The figures do not add up.", Changed: ret.Wrong}
	}
	out := returnJSON{Month: m.String(), Values: []returnValueJSON{}, Clock: ret.Clock, Open: ret.Open, Unnamed: ret.Unnamed}
	for _, item := range metrics.MHItems {
		out.Values = append(out.Values, returnValueJSON{item[0], item[1], ret.Return.Values[item[0]].String()})
	}
	var file bytes.Buffer
	if err := metrics.WriteMH(&file, ret.Return); err != nil {
		return out, err
	}
	out.CSV = file.String()
	c.note(r, audit.Entry{What: audit.Exported, About: "nhs111-mh " + m.String()})
	return out, nil
}

type staffingAsk struct {
	asker
	Calls    int64 `query:"calls" minimum:"1" maximum:"1000000" doc:"Expected in a month; those of the ledger when left out"`
	Handling int64 `query:"handling_s" minimum:"1" maximum:"14400" doc:"Talk and wrap-up of a call, seconds; measured when left out"`
}

type hourNeedJSON struct {
	Day     int      `json:"day" doc:"0 is Monday"`
	Hour    int      `json:"hour" doc:"Local"`
	PerHour float64  `json:"calls_per_hour"`
	Need    int      `json:"need" doc:"People with whom the targets are kept"`
	Sealed  int      `json:"need_sealed" doc:"Were every team on its own"`
	People  *int     `json:"people,omitempty" doc:"On shift by the plan, at the fewest"`
	Reached *float64 `json:"reached,omitempty" doc:"Share predicted to be reached in 60 s with them"`
	Miss    bool     `json:"miss" doc:"Predicted to miss a target"`
}

type staffingJSON struct {
	Basis string         `json:"basis" doc:"What it is reckoned from"`
	Hours []hourNeedJSON `json:"hours" nullable:"false"`
}

func (c *Console) apiStaffing(r *asked, in *staffingAsk) (staffingJSON, error) {
	a, err := c.advice(r.Context(), StaffingAsk{Calls: in.Calls, Handling: time.Duration(in.Handling) * time.Second})
	if errors.Is(err, ErrNoAdvice) {
		return staffingJSON{}, meanwhile{Text: upper(strings.TrimPrefix(err.Error(), ErrNoAdvice.Error()+": ")) + ". Say what is expected: calls, and handling_s."}
	}
	out := staffingJSON{a.Basis, []hourNeedJSON{}}
	if err != nil {
		return out, err
	}
	for day := range a.Slots {
		for hour, s := range a.Slots[day] {
			one := hourNeedJSON{Day: day, Hour: hour, PerHour: s.PerHour, Need: s.Need(), Sealed: s.NeedSealed, Miss: s.Miss}
			if s.Known {
				one.People, one.Reached = &s.People, &s.Reached
			}
			out.Hours = append(out.Hours, one)
		}
	}
	return out, nil
}
