package console

import (
	"encoding/json"
	"errors"
	"net/http"
	"time"

	"example.org/crisisline/call"
	"example.org/crisisline/console/access"
	"example.org/crisisline/rota"
)

// offerRota are the operations that change the rota: all but replacing somebody
// now end in a draft, which is looked at and then published.
func offerRota(a *api) {
	offer(a, operation{Method: http.MethodPost, Path: "/rota/replace", ID: "replace", Tag: "rota", Needs: access.MendNow,
		Summary: "Put somebody in another's place, in force at the next ring", More: "It is checked afterwards. Calls in progress stay with who has them."}, (*Console).apiReplace)
	offer(a, mendOperation("sick", "Somebody is sick, on leave or in training: a draft without them"), func(c *Console, r *asked, in *sickAsk) (draftJSON, error) {
		start, err := localTime("start", in.Body.Start)
		end, errEnd := localTime("end", in.Body.End)
		if err = errors.Join(err, errEnd); err != nil {
			return draftJSON{}, err
		}
		return c.apiMend(r, "sick", in.Body.Draft, rota.ReportAbsence{Person: in.Body.Person, Kind: in.Body.Kind, Start: start, End: end})
	})
	offer(a, mendOperation("cover", "Put somebody on, or take somebody off, for a time: a draft"), func(c *Console, r *asked, in *coverAsk) (draftJSON, error) {
		start, err := localTime("start", in.Body.Start)
		end, errEnd := localTime("end", in.Body.End)
		if err = errors.Join(err, errEnd); err != nil {
			return draftJSON{}, err
		}
		return c.apiMend(r, "cover", in.Body.Draft, rota.AddOverride{
			Teams: in.Body.Teams, Tier: in.Body.Tier, Remove: in.Body.Remove, Add: in.Body.Add, Start: start, End: end, Why: in.Body.Why,
		})
	})
	offer(a, mendOperation("take", "Somebody takes another's shift: a draft"), func(c *Console, r *asked, in *takeAsk) (draftJSON, error) {
		slot, err := in.Body.Slot.slot()
		if err != nil {
			return draftJSON{}, err
		}
		return c.apiMend(r, "take", in.Body.Draft, rota.TakeShift{Person: in.Body.Person, Slot: slot, From: in.Body.From, Despite: in.Body.Despite})
	})
	offer(a, mendOperation("swap", "Offer a shift in exchange for another: a draft"), func(c *Console, r *asked, in *swapAsk) (draftJSON, error) {
		gives, err := in.Body.Gives.slot()
		var takes rota.Slot
		if in.Body.Takes != nil && err == nil {
			takes, err = in.Body.Takes.slot()
		}
		if err != nil {
			return draftJSON{}, err
		}
		return c.apiMend(r, "swap", in.Body.Draft, rota.OfferSwap{Person: in.Body.Person, Gives: gives, With: in.Body.With, Takes: takes})
	})
	offer(a, mendOperation("operations", "Any operations there are, together: a draft"), (*Console).apiOperations)
	offerDrafts(a)
}

func mendOperation(name, summary string) operation {
	return operation{Method: http.MethodPost, Path: "/rota/" + name, ID: name, Tag: "rota", Needs: access.ChangeRota, Summary: summary,
		More: "Nothing is in force before the draft is published.", Status: http.StatusCreated}
}

type replaceAsk struct {
	asker
	Body struct {
		Person string `json:"person" minLength:"1" doc:"Who is on now"`
		By     string `json:"by" minLength:"1" doc:"Who comes"`
		Until  string `json:"until,omitempty" doc:"Local time, 2026-06-20T22:00; the end of the shift when left out"`
		Why    string `json:"why,omitempty" maxLength:"200"`
	}
}

type versionJSON struct {
	Version int64 `json:"version" doc:"The plan version now in force"`
}

func (c *Console) apiReplace(r *asked, in *replaceAsk) (versionJSON, error) {
	until, err := localTime("until", in.Body.Until)
	if err != nil {
		return versionJSON{}, err
	}
	if c.o.Rota() == nil {
		return versionJSON{}, rota.ErrNoPlan
	}
	version, err := c.atOnce(r, access.MendNow, []rota.Op{rota.ReplaceNow{Person: in.Body.Person, By: in.Body.By, Until: until, Why: in.Body.Why}})
	return versionJSON{version}, err
}

type sickAsk struct {
	asker
	Key  string `header:"Idempotency-Key" maxLength:"100" doc:"Of your making: asked again with the same one, the draft is made once"`
	Body struct {
		Person string           `json:"person" minLength:"1"`
		Kind   rota.AbsenceKind `json:"kind" enum:"sick,leave,training"`
		Start  string           `json:"start,omitempty" doc:"Local time, 2026-06-20T22:00; now when left out"`
		End    string           `json:"end,omitempty" doc:"Local time; until further notice when left out"`
		Draft  string           `json:"draft,omitempty" doc:"A draft to go on with"`
	}
}

type coverAsk struct {
	asker
	Key  string `header:"Idempotency-Key" maxLength:"100" doc:"Of your making: asked again with the same one, the draft is made once"`
	Body struct {
		Teams  []string  `json:"teams" minItems:"1" nullable:"false"`
		Tier   call.Tier `json:"tier" enum:"responding,backup,duty_manager"`
		Add    string    `json:"add,omitempty" doc:"Who comes"`
		Remove string    `json:"remove,omitempty" doc:"Who goes; add, remove or both"`
		Start  string    `json:"start,omitempty" doc:"Local time, 2026-06-20T22:00; now when left out"`
		End    string    `json:"end" doc:"Local time"`
		Why    string    `json:"why,omitempty" maxLength:"200"`
		Draft  string    `json:"draft,omitempty" doc:"A draft to go on with"`
	}
}

type slotJSON struct {
	Shift string `json:"shift" minLength:"1" doc:"Its id"`
	Date  string `json:"date" format:"date" doc:"The day it begins"`
	Until string `json:"until,omitempty" format:"date" doc:"The first day that is not meant, for several days"`
}

func (s slotJSON) slot() (out rota.Slot, err error) {
	out.Shift = s.Shift
	if out.Date, err = rota.ParseDate(s.Date); err == nil && s.Until != "" {
		out.Until, err = rota.ParseDate(s.Until)
	}
	if err != nil {
		return out, wrongly("%s", err)
	}
	return out, nil
}

type takeAsk struct {
	asker
	Key  string `header:"Idempotency-Key" maxLength:"100" doc:"Of your making: asked again with the same one, the draft is made once"`
	Body struct {
		Person  string   `json:"person" minLength:"1" doc:"Who takes it"`
		Slot    slotJSON `json:"slot"`
		From    string   `json:"from,omitempty" doc:"Whose it is, where several are on it"`
		Despite string   `json:"despite,omitempty" doc:"Why, where the rest between two shifts is too short"`
		Draft   string   `json:"draft,omitempty" doc:"A draft to go on with"`
	}
}

type swapAsk struct {
	asker
	Key  string `header:"Idempotency-Key" maxLength:"100" doc:"Of your making: asked again with the same one, the draft is made once"`
	Body struct {
		Person string    `json:"person" minLength:"1" doc:"Who offers"`
		Gives  slotJSON  `json:"gives"`
		With   string    `json:"with,omitempty" doc:"Who is asked; whoever takes it when left out"`
		Takes  *slotJSON `json:"takes,omitempty" doc:"What is wanted in return"`
		Draft  string    `json:"draft,omitempty" doc:"A draft to go on with"`
	}
}

type operationsAsk struct {
	asker
	Key  string `header:"Idempotency-Key" maxLength:"100" doc:"Of your making: asked again with the same one, the draft is made once"`
	Body struct {
		Operations []map[string]any `json:"operations" minItems:"1" maxItems:"50" nullable:"false" doc:"Each with do, its name, and its fields, as crisisline plan do reads them"`
		Draft      string           `json:"draft,omitempty" doc:"A draft to go on with"`
	}
}

func (c *Console) apiOperations(r *asked, in *operationsAsk) (draftJSON, error) {
	var ops []rota.Op
	for _, fields := range in.Body.Operations {
		text, err := json.Marshal(fields)
		if err != nil {
			return draftJSON{}, wrongly("%s", err)
		}
		op, err := rota.ParseOp(text)
		if err != nil {
			return draftJSON{}, wrongly("%s", err)
		}
		ops = append(ops, op)
	}
	return c.apiMend(r, "operations", in.Body.Draft, ops...)
}

// localTime is a wall time of the plan's zone; "" is none.
func localTime(name, text string) (t rota.LocalTime, err error) {
	if text == "" {
		return t, nil
	}
	if t, err = rota.ParseLocalTime(text); err != nil {
		return t, wrongly("%s: write a local time as 2026-06-20T22:00", name)
	}
	return t, nil
}

// apiMend keeps the rota, or a draft of it, after the operations as a draft.
func (c *Console) apiMend(r *asked, way, draft string, ops ...rota.Op) (draftJSON, error) {
	m, d, err := c.mendingOf(r, draft)
	if err != nil {
		return draftJSON{}, err
	}
	p, _, err := edited(m.r.Plan(), ops, m.now)
	if err != nil {
		return draftJSON{}, err
	}
	d, err = c.keepEdited(r, permissionFor(m.r.Plan(), p), m, d, way, ops)
	return c.draftNow(r, d, err)
}

// offerDrafts are the operations on drafts, and on what was published.
func offerDrafts(a *api) {
	offer(a, operation{Method: http.MethodGet, Path: "/rota/drafts", ID: "drafts", Tag: "rota", Needs: access.ChangeRota, Summary: "The changes under way"}, (*Console).apiDrafts)
	offer(a, operation{Method: http.MethodGet, Path: "/rota/drafts/{name}", ID: "draft", Tag: "rota", Needs: access.ChangeRota,
		Summary: "A draft, and what publishing it would do", More: "Who would ring before and after, and what the checks say."}, (*Console).apiDraft)
	offer(a, operation{Method: http.MethodPost, Path: "/rota/drafts/{name}/publish", ID: "publish", Tag: "rota", Needs: access.ChangeRota,
		Summary: "Put a draft in force at the next ring", More: "Calls in progress stay with who has them."}, func(c *Console, r *asked, in *publishAsk) (versionJSON, error) {
		_, version, err := c.publish(r, in.Name, in.Body.Revision, in.Body.Why, in.Body.Because)
		return versionJSON{version}, c.staleDraft(r, in.Name, err)
	})
	offer(a, operation{Method: http.MethodPost, Path: "/rota/drafts/{name}/catch-up", ID: "catch-up", Tag: "rota", Needs: access.ChangeRota,
		Summary: "Make a draft anew on the rota in force", More: "What others published meanwhile is kept, and so is the draft's change."}, func(c *Console, r *asked, in *draftAsk) (draftJSON, error) {
		d, err := c.broughtUpToDate(r, in.Name)
		return draftOfAPI(d), c.staleDraft(r, in.Name, err)
	})
	offer(a, operation{Method: http.MethodDelete, Path: "/rota/drafts/{name}", ID: "drop", Tag: "rota", Needs: access.ChangeRota, Summary: "Throw a draft away"}, func(c *Console, r *asked, in *dropAsk) (draftJSON, error) {
		d, err := c.throwAway(r, in.Name, in.Revision)
		return draftOfAPI(d), c.staleDraft(r, in.Name, err)
	})
	offer(a, operation{Method: http.MethodGet, Path: "/rota/versions", ID: "versions", Tag: "rota", Needs: access.ReadAudit, Summary: "The versions that were in force, newest first"}, (*Console).apiVersions)
	offer(a, operation{Method: http.MethodGet, Path: "/rota/versions/{version}", ID: "version", Tag: "rota", Needs: access.ReadAudit, Summary: "What a version changed"}, (*Console).apiVersion)
	offer(a, operation{Method: http.MethodPost, Path: "/rota/undo", ID: "undo", Tag: "rota", Needs: access.ChangeRota,
		Summary: "Put the rota before the last change in force again", More: "409 when somebody has changed it since you looked."}, (*Console).apiUndo)
}

type draftAsk struct {
	asker
	Name string `path:"name"`
}

type publishAsk struct {
	asker
	Name string `path:"name"`
	Body struct {
		Revision int64  `json:"revision" doc:"The one you looked at"`
		Why      string `json:"why,omitempty" maxLength:"400" doc:"For the history; what was done when left out"`
		Because  string `json:"because,omitempty" maxLength:"400" doc:"Why it cannot wait, where the checks refuse it: you answer for it"`
	}
}

type dropAsk struct {
	asker
	Name     string `path:"name"`
	Revision int64  `query:"revision" required:"true" doc:"The one you looked at"`
}

type draftJSON struct {
	Name     string    `json:"name"`
	Revision int64     `json:"revision"`
	Base     int64     `json:"base" doc:"The plan version it was made from"`
	Who      string    `json:"who" doc:"Who saved it last"`
	At       time.Time `json:"at"`
	Why      string    `json:"why" doc:"What it does"`
}

func draftOfAPI(d rota.Draft) draftJSON {
	return draftJSON{d.Name, d.Revision, d.Base, d.Who, d.At.UTC(), d.Why}
}

func (c *Console) apiDrafts(r *asked, _ *nothing) ([]draftJSON, error) {
	drafts, err := c.o.Changes.Drafts(r.Context())
	all := []draftJSON{}
	for _, d := range drafts {
		if c.theirDraft(r.Context(), r.Who, d) {
			all = append(all, draftOfAPI(d))
		}
	}
	return all, err
}

type findingJSON struct {
	Level  string     `json:"level" enum:"refuse,warn,note"`
	Rule   string     `json:"rule"`
	Team   string     `json:"team,omitempty"`
	From   *time.Time `json:"from,omitempty"`
	Until  *time.Time `json:"until,omitempty"`
	People []string   `json:"people" nullable:"false"`
	Text   string     `json:"text"`
	Mend   string     `json:"mend,omitempty"`
}

type ringChangeJSON struct {
	Team   string    `json:"team"`
	Tier   call.Tier `json:"tier"`
	From   time.Time `json:"from"`
	Until  time.Time `json:"until"`
	Before []string  `json:"before" nullable:"false"`
	After  []string  `json:"after" nullable:"false"`
}

type rehearsedJSON struct {
	Draft    draftJSON        `json:"draft"`
	Stale    bool             `json:"stale" doc:"Others have published since: catch-up first"`
	Passes   bool             `json:"passes" doc:"The checks let it pass"`
	Rings    []ringChangeJSON `json:"rings" nullable:"false" doc:"Spans in which other people would ring"`
	Findings []findingJSON    `json:"findings" nullable:"false" doc:"Of the rota after it, gravest first"`
	Teams    *teamsChangeJSON `json:"teams,omitempty" doc:"Of a merger or split: what becomes of the teams"`
}

func (c *Console) apiDraft(r *asked, in *draftAsk) (rehearsedJSON, error) {
	if _, err := c.draftToRead(r, in.Name); err != nil {
		return rehearsedJSON{}, err
	}
	d, decision, err := c.o.Changes.RehearseDraft(r.Context(), c.o.Now(), in.Name, rota.How{})
	out := rehearsedJSON{Rings: []ringChangeJSON{}, Findings: []findingJSON{}, Passes: err == nil}
	switch {
	case errors.Is(err, rota.ErrStale):
		out.Stale = true
	case err != nil && !errors.Is(err, rota.ErrRefused):
		return out, err
	}
	out.Draft = draftOfAPI(d)
	out.Rings, out.Findings = ringsOfAPI(decision), findingsOfAPI(decision.Findings)
	if !out.Stale {
		out.Teams, err = c.teamsChange(d, decision.Refused)
		return out, err
	}
	return out, nil
}

func ringsOfAPI(d rota.Decision) []ringChangeJSON {
	all := []ringChangeJSON{}
	for _, x := range d.Rings {
		all = append(all, ringChangeJSON{x.Team, x.Tier, x.From.UTC(), x.Until.UTC(), listOf(x.Before), listOf(x.After)})
	}
	return all
}

func findingsOfAPI(found []rota.Finding) []findingJSON {
	all := []findingJSON{}
	for _, f := range found {
		all = append(all, findingJSON{levelWord(f.Level), f.Rule, f.Team, utc(f.From), utc(f.Until), listOf(f.People), f.Text, f.Mend})
	}
	return all
}

func levelWord(l rota.Level) string {
	switch l {
	case rota.LevelRefuse:
		return "refuse"
	case rota.LevelWarn:
		return "warn"
	}
	return "note"
}
