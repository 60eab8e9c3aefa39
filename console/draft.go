package console

import (
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"

	"example.org/crisisline/rota"
)

// draftPage is a change before it is in force: who would ring before and after,
// and what the check says of it.
type draftPage struct {
	Name      string
	Revision  int64
	Who, At   string
	What      string        // what was done first
	People    []versionLine // who comes, goes, or is changed
	Rings     []ringRow
	More      string // how many more spans change, "" for none
	Opened    []alarm
	Closed    []alarm
	Refused   []finding // what stops it, besides what stands beside a span
	Others    []finding
	Blocked   bool // somebody must answer for it by name
	MoreFound int  // findings that are not shown
	Before    int  // findings that were there before and are not shown again

	Page    Link          // where the change is shown once it is published
	Teams   bool          // it is about teams, not about who is on
	Changes []versionLine // of teams: every difference
	Preview *teamPreview  // of a merger or split

	Stale    *stale
	Problems []problem
	Values   map[string]string
}

// ringRow is a span in which other people would ring.
type ringRow struct {
	Team, Tier, When string
	Before, After    string
	Nobody           bool
	Findings         []finding
	Cover            string // address to put somebody on
}

// mostRings is how many spans of change a page shows, and findings of a kind.
const mostRings = 8

// stale is what others have put in force since a draft was made.
type stale struct {
	Entries []versionRow
	Lines   []string
	Mine    []string // what the draft changes, so that nothing is lost
	Clash   string   // why it cannot be brought up to date by itself
	Answer  string   // address where it was answered, "" where nothing was asked in steps
}

// draft shows one.
func (c *Console) draft(w http.ResponseWriter, r *asked) {
	d, err := c.draftToRead(r, r.PathValue("name"))
	var no refused
	if errors.As(err, &no) {
		c.refuse(w, r, no.Do, no.Teams...)
		return
	}
	if err == nil {
		if s, steps := c.stepsOf(d); steps {
			if left := s.open(s.mending); left >= 0 && d.Base == s.r.Version() { // something is still to be asked
				http.Redirect(w, r.Request, stepLink(s.way, s.Steps[left].ID, d.Name), http.StatusSeeOther)
				return
			}
		}
	}
	c.showDraft(w, r, http.StatusOK)
}

func (c *Console) showDraft(w http.ResponseWriter, r *asked, code int, ps ...problem) {
	p, err := c.draftPage(r)
	if err != nil {
		c.noDraft(w, r, err)
		return
	}
	title := "Look before you publish"
	if p.Problems = append(p.Problems, ps...); len(p.Problems) > 0 {
		title = "Error: " + title
	}
	whole := c.page(r, title, p)
	if p.Teams {
		whole.in("/teams")
	}
	c.render(w, code, "draft", whole)
}

// noDraft answers for a draft that is gone.
func (c *Console) noDraft(w http.ResponseWriter, r *asked, err error) {
	if errors.Is(err, rota.ErrNoDraft) {
		c.render(w, http.StatusNotFound, "message", c.page(r, "No such draft", "It was published or thrown away."+c.inForce(r)+" Nothing was changed by looking."))
		return
	}
	c.o.Log.Error("draft not read", "err", err)
	c.render(w, http.StatusBadGateway, "message", c.page(r, "The draft cannot be read", "The store gave no answer. The rota in force is not touched."))
}

// inForce says which version is, and since when, so that who pressed twice sees
// that once was enough; "" when it is not known.
func (c *Console) inForce(r *asked) string {
	last, err := c.o.Changes.History(r.Context(), 1)
	if err != nil || len(last) == 0 {
		return ""
	}
	n := names{c.o.Rota(), c.o.Zone}
	return fmt.Sprintf(" Version %d is in force, published by %s, %s.", last[0].Version, n.person(last[0].Who), when(last[0].At, c.o.Now(), c.o.Zone))
}

func (c *Console) draftPage(r *asked) (draftPage, error) {
	now, ch := c.o.Now(), c.o.Changes
	d, decision, err := ch.RehearseDraft(r.Context(), now, r.PathValue("name"), rota.How{})
	n := names{c.o.Rota(), c.o.Zone}
	mine, _ := d.Plan() // what is wrong with it is told below
	n = n.alsoOf(mine, now)
	p := draftPage{Name: d.Name, Revision: d.Revision, Who: n.person(d.Who), At: when(d.At, now, c.o.Zone), Page: backFrom(pageOf(d)), Teams: d.Way != ""}
	what := strings.Split(d.Why, "; ")
	p.What = n.plainly(what[0])
	if more := len(what) - 1; more > 0 {
		p.What += ", and " + count(more, "change more", "changes more")
	}
	p.Values = map[string]string{"why": r.FormValue("why"), "because": r.FormValue("because")}
	var wrong rota.Problems
	switch {
	case err == nil:
	case errors.Is(err, rota.ErrStale):
		p.Stale, err = c.stale(r, n, d)
		return p, err
	case errors.As(err, &wrong):
		for _, one := range wrong {
			p.Problems = append(p.Problems, problem{Text: upper(n.words(one.Text + ": " + one.Mend))})
		}
		return p, nil
	case errors.Is(err, rota.ErrRefused):
		p.Blocked = true
	default:
		return p, err
	}
	if p.Teams {
		p.Changes = n.diff(c.o.Rota().Plan(), mine)
		if s, steps := c.stepsOf(d); steps {
			if p.Preview, err = s.preview(mine, decision.Refused); err != nil {
				return p, err
			}
			// Who rings now is no matter here, and what is found then is told once.
			decision.Rings, decision.Findings = nil, p.Preview.left(decision.Findings)
		}
	} else {
		p.People = n.peopleChanged(c.o.Rota().Plan(), mine)
	}
	p.fill(n, c.o.Rota().Review(now, decision.Until.Sub(decision.From), c.facts(r.Context())), decision, now)
	return p, nil
}

// fill puts what would change on the page, each finding beside the span it
// concerns. old is what was found before.
func (p *draftPage) fill(n names, old []rota.Finding, d rota.Decision, now time.Time) {
	shown := map[int]bool{}
	for i, ring := range d.Rings {
		if i == mostRings {
			p.More = count(len(d.Rings)-i, "span more", "spans more")
			break
		}
		row := ringRow{
			Team: n.team(ring.Team), Tier: tierWord(ring.Tier), When: n.span(ring.From, ring.Until, now),
			Before: list(n.people(ring.Before)), After: list(n.people(ring.After)), Nobody: len(ring.After) == 0,
		}
		row.Cover = coverLink(ring.Team, ring.Tier, ring.From, ring.Until, n.zone) + "&draft=" + p.Name
		for i, f := range d.Findings {
			if !shown[i] && f.Level != rota.LevelNote && concerns(f, ring) && !there(old, f) {
				row.Findings = append(row.Findings, n.finding(f))
				shown[i] = true
			}
		}
		p.Rings = append(p.Rings, row)
	}
	for i, f := range d.Findings {
		switch {
		case shown[i] || f.Level == rota.LevelNote:
		case contains(d.Refused, f) && len(p.Refused) == mostRings, len(p.Others) == mostRings && !contains(d.Refused, f) && !there(old, f):
			p.MoreFound++
		case contains(d.Refused, f):
			p.Refused = append(p.Refused, n.finding(f))
		case there(old, f):
			p.Before++
		default:
			p.Others = append(p.Others, n.finding(f))
		}
	}
	for _, g := range d.Closed {
		p.Closed = append(p.Closed, alarm{Title: n.team(g.Team) + " is covered again, " + n.span(g.From, g.Until, now)})
	}
}

// concerns reports whether a finding is about a span that changes.
func concerns(f rota.Finding, ring rota.RingChange) bool {
	if !f.From.Before(ring.Until) || !ring.From.Before(f.Until) {
		return false
	}
	for _, id := range f.People {
		if has(ring.After, id) && !has(ring.Before, id) {
			return true
		}
	}
	return f.Team == ring.Team && len(f.People) == 0
}

// there reports whether a finding was there before the change.
func there(old []rota.Finding, f rota.Finding) bool { return contains(old, f) }

func contains(all []rota.Finding, f rota.Finding) bool {
	for _, o := range all {
		if o.Rule == f.Rule && o.Team == f.Team && o.Text == f.Text {
			return true
		}
	}
	return false
}

// stale says what is in force since the draft was made, and whether the draft
// can be brought up to date by itself.
func (c *Console) stale(r *asked, n names, d rota.Draft) (*stale, error) {
	entries, err := c.o.Changes.History(r.Context(), historyKept)
	if err != nil {
		return nil, err
	}
	s := &stale{}
	var base *rota.Plan
	var since []rota.Entry
	for _, e := range entries {
		if e.Version > d.Base {
			since = append(since, e)
		}
		if e.Version == d.Base {
			base, err = rota.Parse("plan", e.After)
		}
	}
	theirs, others := c.theirVersions(r.Who, since)
	for _, e := range theirs {
		s.Entries = append(s.Entries, n.versionRow(e, c.o.Now()))
	}
	mine, errMine := d.Plan()
	if base == nil || err != nil || errMine != nil {
		s.Clash = "The plan it was made from is no longer kept."
		return s, nil //nolint:nilerr // the page says it
	}
	if others > 0 { // why people of other teams are away is not theirs to read
		for _, e := range theirs {
			for _, l := range n.differences(e) {
				s.Lines = append(s.Lines, l.String())
			}
		}
		s.Lines = append(s.Lines, "And "+count(others, "change", "changes")+" of other teams’ rotas.")
	} else {
		for _, l := range n.diff(base, n.r.Plan()) {
			s.Lines = append(s.Lines, l.String())
		}
	}
	for _, l := range n.diff(base, mine) {
		s.Mine = append(s.Mine, l.String())
	}
	if step, steps := c.stepsOf(d); steps {
		if _, err := step.again(); err != nil {
			s.Clash, s.Answer = step.said(err)[0].Text, stepLink(step.way, step.Steps[max(step.open(step.mending), 0)].ID, d.Name)
		}
		return s, nil
	}
	// What the draft did is what taking the draft back would undo, turned round.
	if _, err := rota.Revert(mine, base, n.r.Plan()); err != nil {
		s.Clash = "Both changed the same part. Throw the draft away and make the change again."
	}
	return s, nil
}

// catchUp makes a draft anew on the plan in force: both keep their work.
func (c *Console) catchUp(w http.ResponseWriter, r *asked) {
	d, err := c.broughtUpToDate(r, r.PathValue("name"))
	if err != nil {
		c.notWithDraft(w, r, err)
		return
	}
	http.Redirect(w, r.Request, "/rota/drafts/"+d.Name, http.StatusSeeOther)
}

// notWithDraft answers for what could not be done with a draft.
func (c *Console) notWithDraft(w http.ResponseWriter, r *asked, err error, ps ...problem) {
	var no refused
	var missing incomplete
	switch {
	case errors.As(err, &no):
		c.refuse(w, r, no.Do, no.Teams...)
	case errors.As(err, &missing):
		c.showDraft(w, r, http.StatusUnprocessableEntity, problem(missing))
	case errors.Is(err, rota.ErrNoDraft):
		c.noDraft(w, r, err)
	case len(ps) > 0:
		c.showDraft(w, r, c.trouble(err), ps...)
	default:
		c.showDraft(w, r, c.trouble(err), c.draftProblem(err)...)
	}
}

// draftProblem is an error as whoever looks at a draft can use it.
func (c *Console) draftProblem(err error) []problem {
	if errors.Is(err, rota.ErrStale) {
		return []problem{{Text: "Somebody else changed the rota or this draft while you looked. Nothing was published. Look again."}}
	}
	return mending{names: names{c.o.Rota(), c.o.Zone}}.said(err)
}

// publishDraft puts a draft in force.
func (c *Console) publishDraft(w http.ResponseWriter, r *asked) {
	revision, err := strconv.ParseInt(r.FormValue("revision"), 10, 64)
	if err != nil {
		c.over(w, r)
		return
	}
	d, _, err := c.publish(r, r.PathValue("name"), revision, r.FormValue("why"), r.FormValue("because"))
	switch {
	case errors.Is(err, rota.ErrRefused):
		c.notWithDraft(w, r, err, problem{"because", "Mend what must be mended, or say why it cannot wait"})
	case err != nil:
		c.notWithDraft(w, r, err)
	default:
		http.Redirect(w, r.Request, pageOf(d)+"?done=published", http.StatusSeeOther)
	}
}

// dropDraft throws a draft away.
func (c *Console) dropDraft(w http.ResponseWriter, r *asked) {
	revision, err := strconv.ParseInt(r.FormValue("revision"), 10, 64)
	if err != nil {
		c.over(w, r)
		return
	}
	d, err := c.throwAway(r, r.PathValue("name"), revision)
	if err != nil {
		c.notWithDraft(w, r, err)
		return
	}
	http.Redirect(w, r.Request, pageOf(d)+"?done=dropped", http.StatusSeeOther)
}
