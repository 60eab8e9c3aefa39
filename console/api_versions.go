package console

import (
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
	return versionJSON{version}, err
}
