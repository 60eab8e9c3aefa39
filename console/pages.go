package console

import (
	"bytes"
	"context"
	"embed"
	"fmt"
	"html/template"
	"io/fs"
	"net/http"
	"path"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"example.org/crisisline/console/access"
)

//go:embed templates
var templates embed.FS

// sharedTemplates are the layout and the fragments of every page. Every other
// file of templates is a page, called as the file is.
var sharedTemplates = []string{"templates/layout.html", "templates/parts.html", "templates/fields.html"}

// boardParts are the regions of the board that change while it is looked at.
// Each is a template "part-<id>" and an element with that id.
var boardParts = []string{"band", "owed", "sum", "callers", "duty", "figures"}

type pages struct {
	assets *assets
	byName map[string]*template.Template
	parts  *template.Template
}

func newPages(a *assets) (*pages, error) {
	parsed.Lock()
	defer parsed.Unlock()
	if p := parsed.by[a.hash]; p != nil {
		return p, nil
	}
	p, err := parsePages(a)
	if err == nil {
		parsed.by[a.hash] = p
	}
	return p, err
}

// parsed are the pages by the hash of the assets they ask for: parsing them
// takes 5 MB, and they never change.
var parsed = struct {
	sync.Mutex
	by map[string]*pages
}{by: map[string]*pages{}}

func parsePages(a *assets) (*pages, error) {
	funcs := template.FuncMap{"asset": a.url, "count": count, "upper": upper}
	shared, err := template.New("").Funcs(funcs).ParseFS(templates, sharedTemplates...)
	if err != nil {
		return nil, fmt.Errorf("parse templates: %w", err)
	}
	p := &pages{assets: a, byName: map[string]*template.Template{}, parts: shared}
	files, err := fs.Glob(templates, "templates/*.html")
	if err != nil {
		return nil, fmt.Errorf("parse templates: %w", err)
	}
	for _, file := range files {
		if slices.Contains(sharedTemplates, file) {
			continue
		}
		t, err := shared.Clone()
		if err == nil {
			t, err = t.ParseFS(templates, file)
		}
		if err != nil {
			return nil, fmt.Errorf("parse templates: %w", err)
		}
		p.byName[strings.TrimSuffix(path.Base(file), ".html")] = t
	}
	return p, nil
}

// page is what the layout needs; Body is the page's own.
type page struct {
	Title   string
	Service string
	Notice  string
	Menu    []menuItem
	Wall    bool
	Board   bool   // the page has live regions
	CallID  string // the page is this call's: it is read again when something happens to it
	Own     bool   // the page is about whoever looks: it is read again when anything happens
	Every   int    // seconds between refreshes without JavaScript; 0: by hand
	At      time.Time
	AtLocal string
	Zone    string // IANA name, "" when it has none
	Body    any
	Who     string // signed in; "" for nobody
	Role    string // their highest
	May     string // classes of what they may do: the board is one for everybody
	Code    bool   // they came in by a one-time code
	Leave   bool   // they can sign out; in a demo there is only being somebody else
	Again   int    // seconds after which #again is read again, its clocks running; 0: never
	GoTo    string // the page leads there at once, "" for staying
}

type menuItem struct {
	Text, Href string
	Current    bool
}

func (c *Console) page(r *asked, title string, body any) page {
	now := c.o.Now()
	p := page{
		Title: title, Service: c.o.ServiceName, Notice: c.o.Notice, Body: body,
		At: now, AtLocal: onWall(now, c.o.Zone, "15:04:05"),
		Zone: zoneName(c.o.Zone),
		Menu: c.menu(r),
	}
	if !r.Who.Nobody() {
		p.Who, p.Role, p.Code = r.Who.Name, r.Who.Role().Words(), r.Who.How == access.ByCode
		p.Leave = !c.o.Gate.SignsIn() || r.Who.How != access.ByDevelopment
	}
	p.May = mayClasses(r.Who)
	for _, l := range c.o.Links {
		p.Menu = append(p.Menu, menuItem{Text: l.Text, Href: l.Href})
	}
	return p
}

// in makes another entry of the menu the one whose page this is.
func (p *page) in(href string) {
	for i := range p.Menu {
		p.Menu[i].Current = p.Menu[i].Href == href
	}
}

// entries are the menu, each with what it takes to see it.
var entries = []struct {
	Text, Href string
	Needs      access.Permission
}{
	{"Now", "/", access.Look}, {"Rota", "/rota", access.Look}, {"Teams", "/teams", access.Look}, {"People", "/people", access.Look},
	{"Calls", "/calls", access.ReadCalls}, {"Follow-ups", "/follow-ups", access.ReadCalls},
	{"Reports", "/reports", access.ReadReports}, {"My shift", "/my", access.OwnShift}, {"Set-up", "/set-up", access.ReadSetUp}, {"Audit", "/audit", access.ReadAudit},
}

// menu is what whoever asks may look at.
func (c *Console) menu(r *asked) (items []menuItem) {
	for _, e := range entries {
		if r.Who.May(e.Needs) && c.has(e.Href) {
			items = append(items, menuItem{e.Text, e.Href, under(r.URL.Path, e.Href)})
		}
	}
	// A telephone shows the first few: a responder comes for their own shift.
	if r.Who.Role() == access.Responder {
		if i := slices.IndexFunc(items, func(m menuItem) bool { return m.Href == "/my" }); i > 1 {
			mine := items[i]
			items = slices.Insert(slices.Delete(items, i, i+1), 1, mine)
		}
	}
	return items
}

// under reports whether an address belongs to an entry of the menu.
func under(path, entry string) bool {
	switch path {
	case "/localities", "/lines", "/mutual-aid":
		return entry == "/teams"
	}
	return path == entry || entry != "/" && strings.HasPrefix(path, entry)
}

// has reports whether there is such a page here.
func (c *Console) has(href string) bool {
	switch href {
	case "/reports":
		return c.o.Reports != nil
	case "/set-up":
		return c.o.SetUp != nil
	case "/calls":
		return c.o.Calls != nil
	case "/follow-ups":
		return c.o.After != nil
	}
	return true
}

// mayClasses are the style sheet's words for what somebody may do. The live
// regions are rendered once for everybody; what one may not do is hidden, and
// refused when it is asked for all the same.
func mayClasses(who access.Person) string {
	var all []string
	for _, m := range []struct {
		do    access.Permission
		class string
	}{{access.ReadCalls, "may-read"}, {access.ActOnPeople, "may-act"}, {access.MendNow, "may-mend"}, {access.ChangeRota, "may-edit"}} {
		if who.May(m.do) {
			all = append(all, m.class)
		}
	}
	return strings.Join(all, " ")
}

// zoneName is a zone as browsers know it. "Local" is no name to them.
func zoneName(zone *time.Location) string {
	if name := zone.String(); name == "UTC" || strings.Contains(name, "/") {
		return name
	}
	return ""
}

// render writes a whole page, or nothing of it: half a page could hide a caller.
func (c *Console) render(w http.ResponseWriter, code int, name string, p page) {
	var b bytes.Buffer
	if err := c.pages.byName[name].ExecuteTemplate(&b, "layout", p); err != nil {
		c.o.Log.Error("page", "page", name, "err", err)
		http.Error(w, "This page could not be shown. Telephones are not affected.", http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.WriteHeader(code)
	_, _ = w.Write(b.Bytes()) // nobody is left to tell
}

// moment reads everything the board is computed from.
func (c *Console) moment(ctx context.Context) moment {
	snap, stale, err := c.source.get(ctx)
	if err != nil {
		c.o.Log.Warn("board cannot read the store", "err", err)
	}
	mode, reasons := c.o.Health()
	return moment{
		Now: c.o.Now(), Rota: c.o.Rota(), Calls: snap, Stale: stale, Figures: c.o.Figures(),
		Mode: mode, Reasons: reasons, Timing: c.o.Timing, WrapUp: c.o.WrapUp, ReofferAfter: c.o.ReofferAfter, Zone: c.o.Zone,
		Can: c.can(), CanChange: c.o.Changes != nil, CanFollow: c.o.After != nil,
	}
}

// now is the board.
func (c *Console) now(w http.ResponseWriter, r *asked) {
	b := compose(c.moment(r.Context()))
	b.Done = doneWords(r.URL.Query().Get("done"))
	p := c.page(r, b.title(), b)
	p.Board, p.Wall = true, r.URL.Query().Has("wall")
	p.Every = every(r.URL.Query().Get("every"), p.Wall)
	c.render(w, http.StatusOK, "now", p)
}

// every is the refresh asked for, in seconds. A wall has nobody to press keys.
func every(asked string, wall bool) int {
	switch n, err := strconv.Atoi(asked); {
	case err == nil && (n == 5 || n == 10 || n == 30):
		return n
	case wall:
		return 5
	}
	return 0
}

// fragments is the board for everybody who has it open.
func (c *Console) fragments(ctx context.Context) (time.Time, []part) {
	m := c.moment(ctx)
	m.Live = true
	b := compose(m)
	parts := []part{{ID: "title", HTML: b.title()}}
	for _, id := range boardParts {
		var out strings.Builder
		if err := c.pages.parts.ExecuteTemplate(&out, "part-"+id, b); err != nil {
			c.o.Log.Error("fragment", "part", id, "err", err)
			continue
		}
		parts = append(parts, part{ID: id, HTML: out.String()})
	}
	return m.Now, parts
}

// missing is every address that is none of ours.
func (c *Console) missing(w http.ResponseWriter, r *asked) {
	c.render(w, http.StatusNotFound, "message", c.page(r, "Page not found", "There is no page at this address."))
}
