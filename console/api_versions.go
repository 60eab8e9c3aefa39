package console

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"example.org/crisisline/console/access"
	"example.org/crisisline/rota"
)

type publishedJSON struct {
	Version   int64     `json:"version"`
	At        time.Time `json:"at"`
	Who       string    `json:"who"`
	Why       string    `json:"why"`
	Of        int64     `json:"of" doc:"The version whose text this is: smaller after an undo"`
	Emergency bool      `json:"emergency" doc:"In force before it was checked"`
	Waived    string    `json:"waived_by,omitempty" doc:"Who answers for it although the checks refused it"`
}

func (c *Console) apiVersions(r *asked, _ *nothing) ([]publishedJSON, error) {
	entries, err := c.o.Changes.History(r.Context(), historyKept)
	all := []publishedJSON{}
	entries, _ = c.theirVersions(r.Who, entries)
	for _, e := range entries {
		all = append(all, publishedOfAPI(e))
	}
	return slices.Clip(all), err
}

func publishedOfAPI(e rota.Entry) publishedJSON {
	v := publishedJSON{Version: e.Version, At: e.At.UTC(), Who: e.Who, Why: e.Why, Of: e.Of, Emergency: e.Emergency}
	if e.Waiver != nil {
		v.Waived = e.Waiver.Who
	}
	return v
}

type versionAsk struct {
	asker
	Version int64 `path:"version"`
}

type changedJSON struct {
	Kind string `json:"kind"`
	What string `json:"what"`
	Text string `json:"text,omitempty" doc:"What it was, and became"`
}

type oneVersionJSON struct {
	Version publishedJSON `json:"version"`
	Changed []changedJSON `json:"changed" nullable:"false"`
}

func (c *Console) apiVersion(r *asked, in *versionAsk) (oneVersionJSON, error) {
	entries, err := c.o.Changes.History(r.Context(), historyKept)
	out := oneVersionJSON{Changed: []changedJSON{}}
	i := slices.IndexFunc(entries, func(e rota.Entry) bool { return e.Version == in.Version })
	switch {
	case err != nil:
		return out, err
	case i < 0:
		return out, errNotThere
	}
	if teams := c.teamsOfVersion(entries[i]); !concernsThem(r.Who, access.ReadAudit, teams) {
		return out, refused{access.ReadAudit, teams}
	}
	out.Version = publishedOfAPI(entries[i])
	for _, l := range (names{c.o.Rota(), c.o.Zone}).differences(entries[i]) {
		out.Changed = append(out.Changed, changedJSON{l.Kind, l.What, l.Text})
	}
	return out, nil
}

type undoAsk struct {
	asker
	Body struct {
		Version int64 `json:"version" doc:"The one to take back: it must be the last"`
	}
}

func (c *Console) apiUndo(r *asked, in *undoAsk) (versionJSON, error) {
	entries, err := c.o.Changes.History(r.Context(), historyKept)
	if err != nil {
		return versionJSON{}, err
	}
	version, err := c.takeBack(r, entries, in.Body.Version)
	if errors.Is(err, rota.ErrStale) {
		err = c.changedSince(r, in.Body.Version)
	}
	return versionJSON{version}, err
}

// staleDraft is a draft, or the rota, that somebody else changed meanwhile, with
// what they did; another error stays as it is.
func (c *Console) staleDraft(r *asked, name string, err error) error {
	if !errors.Is(err, rota.ErrStale) {
		return err
	}
	d, errRead := c.o.Changes.Draft(r.Context(), name)
	if errRead != nil {
		return errRead
	}
	m := c.changedSince(r, d.Base)
	m.Changed = append([]string{fmt.Sprintf("This draft is at revision %d, saved by %s at %s: %s", d.Revision, d.Who, d.At.UTC().Format(time.RFC3339), d.Why)}, m.Changed...)
	return m
}

// changedSince is a conflict with the versions after one, the latest first.
func (c *Console) changedSince(r *asked, version int64) meanwhile {
	m := meanwhile{Text: "Somebody else changed it meanwhile. Nothing was changed. Read it again."}
	entries, err := c.o.Changes.History(r.Context(), historyKept)
	if err != nil {
		c.o.Log.Warn("history not read", "err", err)
	}
	since := slices.DeleteFunc(entries, func(e rota.Entry) bool { return e.Version <= version })
	theirs, others := c.theirVersions(r.Who, since)
	for _, e := range theirs {
		m.Changed = append(m.Changed, fmt.Sprintf("Version %d, by %s at %s: %s", e.Version, e.Who, e.At.UTC().Format(time.RFC3339), e.Why))
	}
	if others > 0 {
		m.Changed = append(m.Changed, "And "+count(others, "change", "changes")+" of other teams’ rotas.")
	}
	return m
}
