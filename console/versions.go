package console

import (
	"errors"
	"net/http"
	"regexp"
	"strconv"
	"strings"
	"time"

	"example.org/crisisline/console/access"
	"example.org/crisisline/rota"
)

// historyKept is how many versions are looked through.
const historyKept = 200

// versionRow is one version: who put it in force, when and why.
type versionRow struct {
	Version  int64
	At       string
	Who, Why string
	Flags    []versionFlag
	Waiver   string
	Current  bool

	Lines []versionLine // what changed
}

type versionFlag struct{ Text, Tone string }

// versionLine is one difference: what it was and what it became.
type versionLine struct{ Kind, Tone, What, Text string }

type versionsPage struct {
	Rows    []versionRow
	CanUndo bool
	One     bool
	Done    string
	Scope   string // the teams of which it tells; "" for all
}

func (n names) versionRow(e rota.Entry, now time.Time) versionRow {
	row := versionRow{Version: e.Version, At: onWall(e.At, n.zone, "Mon 2 January 2006, 15:04"), Who: n.person(e.Who), Why: n.sentences(e.Why)}
	if row.Why == "" {
		row.Why = "No reason was given."
	}
	if e.Of < e.Version {
		row.Flags = append(row.Flags, versionFlag{"Undo: as version " + strconv.FormatInt(e.Of, 10), "blue"})
	}
	if e.Emergency {
		row.Flags = append(row.Flags, versionFlag{"At once, checked afterwards", "orange"})
	}
	if e.Waiver != nil {
		row.Flags = append(row.Flags, versionFlag{"Published although refused", "red"})
		row.Waiver = n.person(e.Waiver.Who) + " answers for it until " + when(e.Waiver.Until(), now, n.zone) + ": " + e.Waiver.Why
	}
	return row
}

// sentences is what was done, each thing a sentence.
func (n names) sentences(why string) string {
	var all []string
	for _, s := range strings.Split(why, "; ") {
		if s != "" {
			all = append(all, n.plainly(s)+".")
		}
	}
	return strings.Join(all, " ")
}

// versions is how the rota came to be what it is.
func (c *Console) versions(w http.ResponseWriter, r *asked) {
	entries, ok := c.history(w, r)
	if !ok {
		return
	}
	n := names{c.o.Rota(), c.o.Zone}
	p := versionsPage{CanUndo: len(entries) > 1 && c.mayTakeBack(r, entries) == nil, Scope: c.scopeWords(r.Who)}
	theirs, _ := c.theirVersions(r.Who, entries)
	for _, e := range theirs {
		row := n.versionRow(e, c.o.Now())
		row.Current = e.Version == entries[0].Version
		p.Rows = append(p.Rows, row)
	}
	c.render(w, http.StatusOK, "versions", c.page(r, "What the rota was", p))
}

// change is one version with what it was before and after.
func (c *Console) change(w http.ResponseWriter, r *asked) {
	entries, ok := c.history(w, r)
	if !ok {
		return
	}
	n := names{c.o.Rota(), c.o.Zone}
	for _, e := range entries {
		if strconv.FormatInt(e.Version, 10) != r.PathValue("version") {
			continue
		}
		if teams := c.teamsOfVersion(e); !concernsThem(r.Who, access.ReadAudit, teams) {
			c.refuse(w, r, access.ReadAudit, teams...)
			return
		}
		row := n.versionRow(e, c.o.Now())
		row.Lines = n.differences(e)
		c.render(w, http.StatusOK, "versions", c.page(r, "Version "+r.PathValue("version"), versionsPage{Rows: []versionRow{row}, One: true}))
		return
	}
	c.over(w, r)
}

func (c *Console) history(w http.ResponseWriter, r *asked) ([]rota.Entry, bool) {
	if c.o.Changes == nil {
		c.missing(w, r)
		return nil, false
	}
	entries, err := c.o.Changes.History(r.Context(), historyKept)
	if err != nil {
		c.o.Log.Error("history not read", "err", err)
		c.render(w, http.StatusBadGateway, "message", c.page(r, "The history cannot be read", "The store gave no answer. The rota in force is not touched."))
		return nil, false
	}
	return entries, true
}

var diffWords = map[rota.DiffKind]versionFlag{
	rota.DiffAdded: {"Added", "green"}, rota.DiffRemoved: {"Removed", "red"}, rota.DiffChanged: {"Changed", "blue"},
}

// differences are what a version changed, before and after.
func (n names) differences(e rota.Entry) []versionLine {
	var before *rota.Plan
	after, err := rota.Parse("plan", e.After)
	if err == nil && e.Before != nil {
		before, err = rota.Parse("plan", e.Before)
	}
	if err != nil {
		return []versionLine{{Kind: "Unknown", Tone: "grey", What: "This version cannot be read by this program."}}
	}
	if before == nil {
		return []versionLine{{Kind: "First", Tone: "grey", What: "The first version that is kept."}}
	}
	all := n.diff(before, after)
	if len(all) == 0 {
		all = append(all, versionLine{Kind: "Same", Tone: "grey", What: "Nothing differs from the version before."})
	}
	return all
}

// diff is what changes from one plan to another, in words.
func (n names) diff(before, after *rota.Plan) []versionLine {
	var all []versionLine
	for _, d := range rota.Diff(before, after) {
		f := diffWords[d.Kind]
		line := versionLine{Kind: f.Text, Tone: f.Tone, What: n.thing(d), Text: n.plainly(teamArrow.ReplaceAllString(d.Text, "team $1 → team $2"))}
		if word, made := madeNames[d.Section]; made && d.Kind != rota.DiffChanged {
			line.What, line.Text = word+" "+n.plainly(d.Text), ""
		}
		all = append(all, line)
	}
	return all
}

// teamArrow is a team that became another in a difference.
var teamArrow = regexp.MustCompile(`\bteam ([a-z0-9-]+) → ([a-z0-9-]+)`)

// thing is what a difference is about, by name where it has one.
func (n names) thing(d rota.DiffLine) string {
	name := d.ID
	switch d.Section {
	case "":
		return upper(n.words(d.What))
	case "team":
		name = n.team(d.ID)
	case "line":
		name = n.line(d.ID)
	case "locality":
		name = n.locality(d.ID)
	case "responder":
		name = n.person(d.ID)
	}
	return upper(d.Section) + " " + name
}

// madeNames are the parts whose ids say nothing to anybody: they are told by
// what they are.
var madeNames = map[string]string{
	"absence": "Absence of", "override": "Override:", "swap": "Swap:", "promise of help": "Promise of help:",
}

// String is a difference on one line.
func (l versionLine) String() string {
	if l.Text == "" {
		return l.Kind + ": " + lower(l.What)
	}
	return l.Kind + ": " + lower(l.What) + ": " + l.Text
}

// askUndo says what undoing would do, and to what.
func (c *Console) askUndo(w http.ResponseWriter, r *asked) {
	entries, ok := c.history(w, r)
	if !ok {
		return
	}
	var no refused
	if errors.As(c.mayTakeBack(r, entries), &no) {
		c.refuse(w, r, no.Do, no.Teams...)
		return
	}
	c.showForm(w, r, http.StatusOK, c.undoForm(entries))
}

func (c *Console) undoForm(entries []rota.Entry) form {
	f := form{Title: "Undo the last change?", Action: "/rota/undo", Button: "Undo it", Back: Link{"Back to what the rota was", "/audit/plans"}}
	if len(entries) < 2 {
		f.Warning = "There is no earlier rota to go back to."
		return f
	}
	n := names{c.o.Rota(), c.o.Zone}
	e := n.versionRow(entries[0], c.o.Now())
	f.Lines = []string{e.String()}
	for i, l := range n.differences(entries[0]) {
		if i == 12 {
			f.Lines = append(f.Lines, "And more: see Audit.")
			break
		}
		f.Lines = append(f.Lines, "Taken back: "+lower(l.String()))
	}
	f.Lines = append(f.Lines, "The rota before it is in force at the next ring, without a check. "+callsGoOn)
	f.Fields = []field{{Kind: "hidden", Name: "version", Value: strconv.FormatInt(e.Version, 10)}}
	return f
}

// undo takes the last change back, if it is still the one that was looked at.
func (c *Console) undo(w http.ResponseWriter, r *asked) {
	entries, ok := c.history(w, r)
	if !ok {
		return
	}
	version, err := strconv.ParseInt(r.FormValue("version"), 10, 64)
	if err == nil {
		_, err = c.takeBack(r, entries, version)
	} else {
		err = rota.ErrStale
	}
	var no refused
	switch {
	case err == nil:
		http.Redirect(w, r.Request, "/rota?done=undone", http.StatusSeeOther)
	case errors.As(err, &no):
		c.refuse(w, r, no.Do, no.Teams...)
	case errors.Is(err, rota.ErrStale):
		c.undoTooLate(w, r, version)
	default:
		c.showForm(w, r, c.trouble(err), c.undoForm(entries).with(c.draftProblem(err)...))
	}
}

// undoTooLate answers whoever wanted to take back a version that is no longer the
// last: what was put in force since they looked, and what undoing would do now.
func (c *Console) undoTooLate(w http.ResponseWriter, r *asked, looked int64) {
	entries, ok := c.history(w, r) // as it is now: what was read before has just proved old
	if !ok {
		return
	}
	var no refused
	if errors.As(c.mayTakeBack(r, entries), &no) {
		c.render(w, http.StatusConflict, "message", c.page(r, "Nothing was undone", "Somebody else changed the rota meanwhile, and that is not yours to take back: "+lower(c.refusalWords(r, no.Do, no.Teams...))))
		return
	}
	ps := []problem{{Text: "Somebody else changed the rota meanwhile. Nothing was undone. The last change is another one now: it is below."}}
	n := names{c.o.Rota(), c.o.Zone}
	theirs, _ := c.theirVersions(r.Who, entries)
	for _, e := range theirs {
		if looked > 0 && e.Version > looked && e.Version != entries[0].Version { // the last is told below
			ps = append(ps, problem{Text: n.versionRow(e, c.o.Now()).String()})
		}
	}
	c.showForm(w, r, http.StatusConflict, c.undoForm(entries).with(ps...))
}

// String is a version on one line.
func (v versionRow) String() string {
	return "Version " + strconv.FormatInt(v.Version, 10) + " of " + v.Who + ", " + v.At + ": " + v.Why
}

// takeBack undoes a version, if it is the last one and whoever asks may change
// whatever it changed. It is the version that is in force then.
func (c *Console) takeBack(r *asked, entries []rota.Entry, version int64) (int64, error) {
	switch err := c.mayTakeBack(r, entries); {
	case err != nil:
		return 0, err
	case entries[0].Version != version:
		return 0, rota.ErrStale
	}
	return c.o.Changes.Undo(r.Context(), c.o.Now(), version, r.Who.Signature(), "undo of version "+strconv.FormatInt(version, 10))
}

// mayTakeBack is why whoever asks may not undo the last version: refused, or
// rota.ErrNoUndo when there is none before it.
func (c *Console) mayTakeBack(r *asked, entries []rota.Entry) error {
	if len(entries) < 2 {
		return rota.ErrNoUndo
	}
	needs, teams := access.ChangeRota, []string{rota.EveryTeam}
	before, errBefore := rota.Parse("plan", entries[0].Before)
	after, errAfter := rota.Parse("plan", entries[0].After)
	if errBefore == nil && errAfter == nil {
		needs, teams = permissionFor(before, after), touchedBy(before, after)
	}
	if !r.Who.May(needs, teams...) {
		return refused{needs, teams}
	}
	return nil
}
