package console

import (
	"net/http"
	"slices"

	"example.org/crisisline/console/access"
)

// Check is one thing the checklist tested just now.
type Check struct {
	Name    string
	Verdict string // ok, warn or fail
	Found   string
	Do      string // what to do about it, "" for nothing
}

func (c *Console) setUpRoutes() []route {
	return []route{{"GET /set-up", access.ReadSetUp, c.setUp}}
}

// setUpPage is the checklist: what must be mended first.
type setUpPage struct {
	Groups     []setUpGroup
	Fail, Warn int
	At         string
}

// setUpGroup is the checks of one kind, under the worst of them.
type setUpGroup struct {
	Name, Tag, Tone string
	Checks          []Check
}

var verdicts = map[string]struct {
	Tag, Tone string
	Rank      int
}{
	"fail": {"Must be mended", "red", 2},
	"warn": {"Look at this", "orange", 1},
	"ok":   {"Works", "green", 0},
}

// setUp tests everything, and says how it went.
func (c *Console) setUp(w http.ResponseWriter, r *asked) {
	p := setUpPageOf(c.o.SetUp(r.Context()))
	p.At = onWall(c.o.Now(), c.o.Zone, "15:04:05")
	title := "Set-up"
	if p.Fail > 0 {
		title = count(p.Fail, "thing", "things") + " to mend: Set-up"
	}
	c.render(w, http.StatusOK, "set_up", c.page(r, title, p))
}

func setUpPageOf(checks []Check) setUpPage {
	var p setUpPage
	at, worst := map[string]int{}, map[string]int{}
	for _, check := range checks {
		switch check.Verdict {
		case "fail":
			p.Fail++
		case "warn":
			p.Warn++
		}
		i, ok := at[check.Name]
		if !ok {
			i = len(p.Groups)
			at[check.Name] = i
			p.Groups = append(p.Groups, setUpGroup{Name: check.Name})
		}
		g := &p.Groups[i]
		check.Found, check.Do = upper(check.Found), upper(check.Do)
		g.Checks = append(g.Checks, check)
		if v := verdicts[check.Verdict]; v.Rank >= worst[check.Name] {
			worst[check.Name] = v.Rank
			g.Tag, g.Tone = v.Tag, v.Tone
		}
	}
	slices.SortStableFunc(p.Groups, func(a, b setUpGroup) int { return worst[b.Name] - worst[a.Name] })
	return p
}
