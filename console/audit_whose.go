package console

import (
	"context"
	"slices"
	"strings"
	"time"

	"example.org/crisisline/console/access"
	"example.org/crisisline/console/audit"
	"example.org/crisisline/rota"
)

// Whose business something is that was done or drafted: whoever answers for some
// teams reads of those, and of what concerns the whole service.

// concerns reports whether what concerns these teams is for somebody to read who
// may do what is asked for some teams: when one of the teams is theirs, or it is
// the whole service's. No team is nobody's business but theirs who answer for all.
func concernsThem(who access.Person, do access.Permission, teams []string) bool {
	return who.Everywhere(do) || slices.ContainsFunc(teams, func(team string) bool {
		return (team == rota.EveryTeam || team == rota.AllTeams) && who.May(do) || who.May(do, team)
	})
}

// readable is which entries of the audit somebody may read: their own, those of
// their teams and of the whole service. nil is every one.
func (c *Console) readable(who access.Person) func(audit.Entry) bool {
	if who.Everywhere(access.ReadAudit) {
		return nil
	}
	n := names{c.o.Rota(), c.o.Zone}
	return func(e audit.Entry) bool {
		teams := e.Teams
		if len(teams) == 0 { // from before entries said whose business they are
			teams = n.whose(e)
		}
		return e.Who == who.Signature() || concernsThem(who, access.ReadAudit, teams)
	}
}

// whose is whose business an entry is as far as it says itself; nothing when that
// is not known.
func (n names) whose(e audit.Entry) []string {
	if e.What == audit.Refused && e.After != "" {
		return strings.Fields(e.After)
	}
	if n.r != nil {
		if p, ok := n.r.Responder(e.About); ok {
			return []string{p.Team}
		}
	}
	return nil
}

// concerning is whose business an entry is that somebody adds: as it says, else of
// the teams for which they have a role.
func (c *Console) concerning(who access.Person, e audit.Entry) []string {
	teams := e.Teams
	if len(teams) == 0 {
		teams = names{c.o.Rota(), c.o.Zone}.whose(e)
	}
	if len(teams) == 0 {
		teams = who.Teams()
	}
	if len(teams) == 0 || slices.Contains(teams, rota.AllTeams) {
		return []string{rota.EveryTeam}
	}
	return teams
}

// scopeWords say which entries somebody sees; "" for all.
func (c *Console) scopeWords(who access.Person) string {
	if who.Everywhere(access.ReadAudit) {
		return ""
	}
	var theirs []string
	n := names{c.o.Rota(), c.o.Zone}
	for _, team := range who.Teams() {
		if who.May(access.ReadAudit, team) {
			theirs = append(theirs, team)
		}
	}
	return n.teamList(theirs)
}

// versionID is one version of the plan; a store that lost its plan counts anew.
type versionID struct {
	number int64
	at     time.Time
}

// teamsOfVersion is whose business a version of the plan is. What a version
// changed never changes, and takes reading two plans: it is kept.
func (c *Console) teamsOfVersion(e rota.Entry) []string {
	key := versionID{e.Version, e.At.UTC()}
	if known, ok := c.versionTeams.Load(key); ok {
		return known.([]string)
	}
	teams := []string{rota.EveryTeam}
	before, errBefore := rota.Parse("plan", e.Before)
	after, errAfter := rota.Parse("plan", e.After)
	if errBefore == nil && errAfter == nil {
		if touched := touchedBy(before, after); len(touched) > 0 {
			teams = touched
		}
	}
	c.versionTeams.Store(key, teams)
	return teams
}

// theirVersions are the versions that concern somebody, and how many do not.
func (c *Console) theirVersions(who access.Person, entries []rota.Entry) (theirs []rota.Entry, others int) {
	if who.Everywhere(access.ReadAudit) {
		return entries, 0
	}
	for _, e := range entries {
		if concernsThem(who, access.ReadAudit, c.teamsOfVersion(e)) {
			theirs = append(theirs, e)
		}
	}
	return theirs, len(entries) - len(theirs)
}

// theirDraft reports whether a draft is for somebody to read.
func (c *Console) theirDraft(ctx context.Context, who access.Person, d rota.Draft) bool {
	if who.Everywhere(access.ChangeRota) {
		return true
	}
	teams := c.teamsOfDraft(ctx, d)
	return d.Who == who.Signature() || len(teams) == 0 || concernsThem(who, access.ChangeRota, teams)
}

// draftToRead is refused about a draft that concerns only other teams.
func (c *Console) draftToRead(r *asked, name string) (rota.Draft, error) {
	d, err := c.o.Changes.Draft(r.Context(), name)
	if err == nil && !c.theirDraft(r.Context(), r.Who, d) {
		err = refused{access.ChangeRota, c.teamsOfDraft(r.Context(), d)}
	}
	return d, err
}

// ofTeam is a team as the only one that something concerns; nothing for none.
func ofTeam(team string) []string {
	if team == "" {
		return nil
	}
	return []string{team}
}
