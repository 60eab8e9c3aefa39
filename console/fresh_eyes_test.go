package console

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"example.org/crisisline/console/access"
)

// TestNobodyWritesIntoADraftTheyMayNotPublish: what may be done at once does not
// open a draft to a shift lead, nor somebody's draft to a manager of another team.
func TestNobodyWritesIntoADraftTheyMayNotPublish(t *testing.T) {
	t.Parallel()
	s := arranged(t)
	c := serve(t, s)
	where, before := draftOf(t, c, "/rota/change/sick", url.Values{"person": {"r-leo"}, "kind": {"sick"}, "back-day": {"22"}, "back-month": {"6"}, "back-year": {"2026"}})
	teams, teamsHTML := draftOf(t, c, "/rota/change/retire", url.Values{"line": {"professionals"}})
	for name, tt := range map[string]struct {
		grant access.Grant
		way   string
		where string
		v     url.Values
	}{
		"a shift lead of the team": {access.Grant{Role: access.ShiftLead}, "replace", where, url.Values{"person": {"r-leo"}, "by": {"r-mia"}}},
		"a manager of another team": {access.Grant{Role: access.DutyManager, Teams: []string{"southampton"}}, "sick", where,
			url.Values{"person": {"r-dev"}, "kind": {"sick"}, "cover-1": {"none"}, "back-day": {"22"}, "back-month": {"6"}, "back-year": {"2026"}}},
		"a manager, into what an administrator drafted about teams": {access.Grant{Role: access.DutyManager}, "sick", teams,
			url.Values{"person": {"r-dev"}, "kind": {"sick"}, "cover-1": {"none"}, "back-day": {"22"}, "back-month": {"6"}, "back-year": {"2026"}}},
	} {
		v := url.Values{"draft": {strings.TrimPrefix(tt.where, "/rota/drafts/")}}
		for key, val := range tt.v {
			v[key] = val
		}
		if r := submit(c, "/rota/change/"+tt.way, v, signedIn(t, c, name, tt.grant)); r.StatusCode != http.StatusForbidden {
			t.Errorf("%s: %s to %s", name, r.Status, r.Header.Get("Location"))
		}
	}
	for where, was := range map[string]string{where: before, teams: teamsHTML} {
		if now := revision.FindString(body(t, get(t, c, where))); now != revision.FindString(was) {
			t.Errorf("%s was written: %s", where, now)
		}
	}
}
