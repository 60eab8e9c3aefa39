package console

import (
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"example.org/crisisline/console/access"
	"example.org/crisisline/console/audit"
)

// auditShown is how many entries a page has.
const auditShown = 50

func (c *Console) auditRoutes() []route {
	return []route{
		{"GET /audit", access.ReadAudit, c.audit},
		{"POST /audit/export", access.ReadAudit, c.auditExport},
	}
}

// auditPage is who did what: what was asked for, and what was found.
type auditPage struct {
	Problems []problem
	Fields   []field
	Open     bool
	Narrowed string // what is asked for, in words
	Held     held
	Scope    string // the teams of which it tells; "" for all
	Rows     []auditRow
	Next     string // address of the older ones
	First    string // address of the newest, "" when these are they
	Plans    bool   // there is a history of the rota
	Kept     []field
}

// held says whether the entries hold together.
type held struct{ Tone, Text string }

// auditRow is one entry.
type auditRow struct {
	Number        int64
	Day, At       string // Day: "" when it is that of the row above
	Who, Role     string
	What, Tone    string
	About, Href   string
	Why           string
	Before, After string
}

// audit is the page.
func (c *Console) audit(w http.ResponseWriter, r *asked) {
	n, v := names{c.o.Rota(), c.o.Zone}, r.URL.Query()
	want, ps := n.auditWanted(v, c.o.Now())
	p := auditPage{Problems: ps, Fields: n.auditFields(v, ps), Open: len(ps) > 0, Plans: c.o.Changes != nil}
	if len(ps) > 0 {
		c.render(w, http.StatusUnprocessableEntity, "audit", c.page(r, "Error: Audit", p))
		return
	}
	want.Limit, want.Whose = auditShown, c.readable(r.Who)
	found, next, err := c.o.Audit.Find(r.Context(), want)
	if err != nil && !errors.Is(err, audit.ErrBroken) {
		c.o.Log.Error("read audit", "err", err)
		c.render(w, http.StatusBadGateway, "message", c.page(r, "The audit cannot be read", "The store gave no answer. What people do is still kept, or refused where it must be. Try again in a moment."))
		return
	}
	p.Scope = c.scopeWords(r.Who)
	p.Narrowed, p.Held = n.asksFor(want), n.heldWords(c.o.Audit.Holds(r.Context(), c.o.Now()))
	for _, e := range found {
		row := n.entryRow(e, r.Who)
		if len(p.Rows) > 0 && row.Day == p.lastDay() {
			row.Day = ""
		}
		p.Rows = append(p.Rows, row)
	}
	if next != 0 {
		p.Next = auditAt(v, strconv.FormatInt(next, 10))
	}
	if want.Below != 0 {
		p.First = auditAt(v, "")
	}
	for _, name := range auditAsked {
		p.Kept = append(p.Kept, field{Kind: "hidden", Name: name, Value: v.Get(name)})
	}
	c.render(w, http.StatusOK, "audit", c.page(r, "Audit", p))
}

func (p *auditPage) lastDay() string {
	for i := len(p.Rows) - 1; i >= 0; i-- {
		if p.Rows[i].Day != "" {
			return p.Rows[i].Day
		}
	}
	return ""
}

// auditAsked are the questions by which entries are looked for.
var auditAsked = []string{"who", "kind", "about", "from", "until"}

// auditAt is the address of the same search below a number; "" from the newest.
func auditAt(v url.Values, below string) string {
	q := url.Values{}
	for _, name := range auditAsked {
		if v.Get(name) != "" {
			q.Set(name, v.Get(name))
		}
	}
	if below != "" {
		q.Set("below", below)
	}
	return strings.TrimSuffix("/audit?"+q.Encode(), "?")
}

// auditWanted reads what is asked for.
func (n names) auditWanted(v url.Values, now time.Time) (w audit.Wanted, ps []problem) {
	w = audit.Wanted{Who: n.idOf(v.Get("who")), What: v.Get("kind"), About: n.idOf(v.Get("about"))}
	if w.What != "" && !slices.Contains(audit.Kinds, w.What) {
		ps = append(ps, problem{"kind", "Choose what was done from the list"})
	}
	for _, day := range []struct {
		name string
		at   *time.Time
		add  int
	}{{"from", &w.From, 0}, {"until", &w.Until, 1}} {
		text := strings.ToLower(strings.ReplaceAll(v.Get(day.name), "/", " "))
		if strings.TrimSpace(text) == "" {
			continue
		}
		at, _, ok := readDay(strings.Fields(text), now.In(n.zone))
		if !ok {
			ps = append(ps, problem{day.name, "Write a day, such as 19 June or 19 June 2026"})
			continue
		}
		*day.at = time.Date(at.Year(), at.Month(), at.Day()+day.add, 0, 0, 0, 0, n.zone)
	}
	if len(ps) == 0 && !w.Until.IsZero() && !w.From.Before(w.Until) {
		ps = append(ps, problem{"until", "The last day must not be before the first"})
	}
	w.Below, _ = strconv.ParseInt(v.Get("below"), 10, 64)
	return w, ps
}

// idOf is somebody's id by their name in the plan; what was typed when nobody is
// called so.
func (n names) idOf(typed string) string {
	typed = strings.TrimSpace(typed)
	if n.r != nil {
		for i := range n.r.Plan().Responders {
			if p := &n.r.Plan().Responders[i]; strings.EqualFold(p.Name, typed) {
				return p.ID
			}
		}
	}
	return typed
}

func (n names) auditFields(v url.Values, ps []problem) []field {
	kinds := []choice{{Text: "Anything"}}
	for _, k := range audit.Kinds {
		kinds = append(kinds, choice{Value: k, Text: upper(audit.Words(k))})
	}
	f := form{Fields: []field{
		{Kind: "text", Name: "who", Label: "Who", Hint: "A name as in the rota, or as it stands here", Value: v.Get("who"), Auto: "off"},
		{Kind: "select", Name: "kind", Label: "What they did", Choices: chosen(kinds, v, "kind")},
		{Kind: "text", Name: "about", Label: "About", Hint: "A name, a call’s id, a rota version", Value: v.Get("about"), Auto: "off"},
		{Kind: "text", Name: "from", Label: "First day", Hint: "For example, 19 June", Value: v.Get("from"), Auto: "off"},
		{Kind: "text", Name: "until", Label: "Last day", Hint: "For example, today", Value: v.Get("until"), Auto: "off"},
	}}.with(ps...)
	return f.Fields
}

// asksFor is what is asked for, in words; "" for everything.
func (n names) asksFor(w audit.Wanted) string {
	var all []string
	if w.Who != "" {
		all = append(all, "by "+n.person(w.Who))
	}
	if w.What != "" {
		all = append(all, audit.Words(w.What))
	}
	if w.About != "" {
		all = append(all, "about "+n.person(w.About))
	}
	if !w.From.IsZero() {
		all = append(all, "from "+w.From.In(n.zone).Format("2 January 2006"))
	}
	if !w.Until.IsZero() {
		all = append(all, "until "+w.Until.In(n.zone).AddDate(0, 0, -1).Format("2 January 2006"))
	}
	return strings.Join(all, ", ")
}

func (n names) heldWords(s audit.Standing) held {
	at := onWall(s.At, n.zone, "15:04")
	switch {
	case s.Err != nil:
		return held{"red", "The audit does not hold together: " + strings.TrimPrefix(s.Err.Error(), audit.ErrBroken.Error()+": ") + ". Tell the administrator now. Nothing here may be relied on from there on."}
	case s.Whole:
		return held{"green", count(int(s.Count), "entry holds", "entries hold") + " together, looked at " + at + "."}
	}
	return held{"grey", "Whether the entries hold together is still being looked at: " + strconv.FormatInt(s.Count, 10) + " so far."}
}

// auditTones are those that should be seen.
var auditTones = map[string]string{
	audit.Refused: "red", audit.SawNumber: "orange", audit.Access: "orange", audit.Exported: "orange", audit.Published: "blue", audit.Acted: "blue",
}

func (n names) entryRow(e audit.Entry, who access.Person) auditRow {
	at := e.At.In(n.zone)
	row := auditRow{
		Number: e.Number, Day: at.Format("Monday 2 January 2006"), At: onWall(at, n.zone, "15:04:05"),
		Who: n.person(e.Who), Role: access.Role(e.Role).Words(), What: upper(audit.Words(e.What)), Tone: auditTones[e.What],
		Why: e.Why, Before: e.Before, After: e.After,
	}
	if row.What == "" {
		row.What = e.What
	}
	if row.Tone == "" {
		row.Tone = "grey"
	}
	row.About = n.person(e.About)
	switch {
	case e.What == audit.Refused:
		row.About = "Asked for: " + strings.ReplaceAll(e.About, "_", " ")
		if e.After != "" {
			row.After = n.teamList(strings.Fields(e.After))
		}
	case e.What == audit.Acted:
		row.After = upper(strings.ReplaceAll(e.After, "-", " "))
		switch {
		case row.About != e.About:
			row.Href = "/people/" + url.PathEscape(e.About)
		case isSwap(e):
			row.About, row.Href = "A swap", "/rota/swaps/"+url.PathEscape(e.About)
		case who.May(access.ReadCalls):
			row.About, row.Href = "Call "+e.About, "/calls/"+url.PathEscape(e.About)
		}
	case e.What == audit.Published:
		row.About, row.Href, row.Why = "Version "+e.About, "/audit/"+e.About, n.sentences(e.Why)
		row.Before, row.After = "", "" // digests: the page of the version says what changed
	case e.What == audit.SignedIn || e.What == audit.SignedOut:
		way, _, _ := strings.Cut(e.After, " ")
		row.After = map[string]string{"provider": "At the provider", "code": "By a one-time code", "development": "For development, on this machine"}[way]
	case row.About != e.About:
		row.Href = "/people/" + url.PathEscape(e.About)
	case strings.HasPrefix(e.About, "CA") && who.May(access.ReadCalls):
		row.About, row.Href = "Call "+e.About, "/calls/"+url.PathEscape(e.About)
	}
	return row
}

// isSwap reports whether what was done was done to a swap of the rota.
func isSwap(e audit.Entry) bool { return strings.HasPrefix(e.After, "swap ") }

// auditExport is a download of what is asked for, oldest first, verified on the
// way; that it was made is kept before it is.
func (c *Console) auditExport(w http.ResponseWriter, r *asked) {
	n, format := names{c.o.Rota(), c.o.Zone}, r.FormValue("format")
	want, ps := n.auditWanted(r.Form, c.o.Now())
	if len(ps) > 0 || !slices.Contains(audit.Formats, format) {
		c.over(w, r)
		return
	}
	after := strings.TrimSpace(format + " " + n.asksFor(want))
	if scope := c.scopeWords(r.Who); scope != "" {
		after += ", of " + scope
	}
	want.Whose = c.readable(r.Who)
	if err := c.noted(r, audit.Entry{What: audit.Exported, About: "audit", After: after}); err != nil {
		c.o.Log.Error("audit", "what", audit.Exported, "err", err)
		c.render(w, http.StatusBadGateway, "message", c.page(r, "Nothing was downloaded", "That you asked for it could not be kept, and without that it may not be given out. Try again in a moment."))
		return
	}
	h := w.Header()
	h.Set("Content-Type", map[string]string{"csv": "text/csv; charset=utf-8", "jsonl": "application/jsonl"}[format])
	h.Set("Content-Disposition", `attachment; filename="audit-`+c.o.Now().In(c.o.Zone).Format("2006-01-02-1504")+"."+format+`"`)
	out, err := audit.NewWriter(w, format)
	if err == nil {
		_, err = c.o.Audit.Verify(r.Context(), func(e audit.Entry) error {
			if !want.Fits(e) {
				return nil
			}
			return out.Write(e)
		})
	}
	if err == nil {
		err = out.Close()
	}
	if err != nil {
		c.o.Log.Error("export audit", "err", err)
		panic(http.ErrAbortHandler) // a download that broke off must not look whole
	}
}
