package console

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"example.org/crisisline/console/access"
)

var (
	aSelect  = regexp.MustCompile(`(?s)<select[^>]* name="([^"]*)".*?</select>`)
	anOption = regexp.MustCompile(`<option value="([^"]*)"( selected)?( disabled)?>`)
	aRadio   = regexp.MustCompile(`<input type="radio" name="([^"]*)" id="[^"]*" value="([^"]*)"( checked)?( disabled)?>`)
	anInput  = regexp.MustCompile(`<input[^>]*? name="([^"]*)"[^>]*? value="([^"]*)"`)
)

// offers are what may be chosen on a form, by question, and what is sent when
// nothing is touched.
func offers(html string) (choices map[string][]string, usual url.Values) {
	choices, usual = map[string][]string{}, url.Values{}
	for _, s := range aSelect.FindAllStringSubmatch(html, -1) {
		for _, o := range anOption.FindAllStringSubmatch(s[0], -1) {
			if o[3] != "" {
				continue
			}
			if choices[s[1]] = append(choices[s[1]], o[1]); o[2] != "" {
				usual.Set(s[1], o[1])
			}
		}
	}
	for _, r := range aRadio.FindAllStringSubmatch(html, -1) {
		if r[4] != "" {
			continue
		}
		if choices[r[1]] = append(choices[r[1]], r[2]); r[3] != "" {
			usual.Set(r[1], r[2])
		}
	}
	for _, i := range anInput.FindAllStringSubmatch(html, -1) {
		if !strings.HasPrefix(i[0], `<input type="radio"`) && !strings.HasPrefix(i[0], `<input type="checkbox"`) {
			usual.Set(i[1], i[2])
		}
	}
	return choices, usual
}

// TestWhatIsOfferedIsNotRefused: whoever may change the rota of one team is asked
// nothing whose answer is then refused them.
func TestWhatIsOfferedIsNotRefused(t *testing.T) {
	t.Parallel()
	for _, role := range []access.Role{access.ShiftLead, access.DutyManager} {
		for _, team := range []string{"mid-north", "southampton"} {
			t.Run(string(role)+" of "+team, func(t *testing.T) {
				t.Parallel()
				s := editable(t, mendable)
				c := serve(t, s)
				who := signedIn(t, c, "one team’s", access.Grant{Role: role, Teams: []string{team}})
				whom := map[string]string{"mid-north": "r-femi", "southampton": "r-dev"}[team]
				pages := []string{"replace", "replace?person=" + whom}
				if role == access.DutyManager {
					pages = append(pages, "sick", "sick?person="+whom, "swap", "swap?person="+whom, "take", "details", "details?person="+whom, "leave", "leave?person="+whom, "join",
						"cover?team="+team+"&tier=responding&from=2026-06-22T20:00&until=2026-06-23T08:00",
						"cover?team="+team+"&tier=responding&from=2026-06-22T20:00&until=2026-06-23T08:00&person="+whom)
				}
				tried := 0
				for _, page := range pages {
					way, _, _ := strings.Cut(page, "?")
					r := get(t, c, "/rota/change/"+page, who)
					html := body(t, r)
					if r.StatusCode != http.StatusOK {
						t.Fatalf("%s: %s", page, r.Status)
					}
					holdsPromises(t, r, html)
					choices, usual := offers(html)
					for name, values := range choices {
						for _, value := range values {
							v := url.Values{}
							for key, val := range usual {
								v[key] = val
							}
							if v.Set(name, value); way == "join" {
								v.Set("name", "Nia")
								v.Set("number", "07700 900150")
								v.Set("tiers", "responding")
							}
							if r := submit(c, "/rota/change/"+way, v, who); r.StatusCode == http.StatusForbidden {
								t.Errorf("%s: %s %q is offered, and then refused", page, name, value)
							}
							tried++
						}
					}
				}
				if tried < len(pages) {
					t.Errorf("only %d answers were offered on %d pages", tried, len(pages))
				}
			})
		}
	}
}

// TestWhoCannotBeChosenIsSaidSo: the best who could come are named although they
// are another team's, with whom to ask.
func TestWhoCannotBeChosenIsSaidSo(t *testing.T) {
	t.Parallel()
	c := serve(t, editable(t, func(text string) string {
		return replaced("  - {id: r-jo,", "  - {id: r-zoe, name: Zoe Quinn, team: southampton, number: 07700 900114}\n  - {id: r-jo,")(mendable(text))
	}))
	who := signedIn(t, c, "one team’s", access.Grant{Role: access.DutyManager, Teams: []string{"mid-north"}})
	html := body(t, get(t, c, "/rota/change/sick?person=r-femi", who))
	for _, want := range []string{` disabled>Zoe Quinn: Could come. Ask a duty manager of Southampton: it is not yours to change</option>`, `<option value="r-mia"`} {
		if !strings.Contains(html, want) {
			t.Errorf("no %q in\n%s", want, html)
		}
	}
	if html := body(t, get(t, c, "/rota/change/take", who)); strings.Contains(html, "Dev Patel") || !strings.Contains(html, "Only shifts of the teams whose rota is yours to change.") || !strings.Contains(html, theirsOnly) {
		t.Errorf("who is not listed, and why:\n%s", html)
	}
	for _, path := range []string{"sick?person=r-dev", "swap?person=r-dev", "replace?person=r-dev", "cover?team=southampton&tier=responding&from=2026-06-22T20:00&until=2026-06-23T08:00"} {
		if r := get(t, c, "/rota/change/"+path, who); r.StatusCode != http.StatusForbidden || !strings.Contains(body(t, r), "It concerns Southampton, and you are a duty manager for some teams only") {
			t.Errorf("%s is asked first and refused afterwards: %s", path, r.Status)
		}
	}
	for at, want := range map[string]bool{"mid-north": true, "southampton": false} {
		html := body(t, get(t, c, "/rota/shift/"+at+"/responding/2026-06-20T20:00", who))
		if got := strings.Contains(html, "/rota/change/"); got != want {
			t.Errorf("buttons on a shift of %s: %v", at, got)
		}
	}
}

// TestAManagerSwapsWithApprovalWhereverTheyWork: their own team is no part of a
// swap that they approve for another.
func TestAManagerSwapsWithApprovalWhereverTheyWork(t *testing.T) {
	t.Parallel()
	s := editable(t, func(text string) string { return mendable(text) + "swaps: {approval: yes}\n" })
	c := serve(t, s)
	v := url.Values{"person": {"r-leo"}, "gives": {"m-night|2026-06-20"}, "takes": {"r-mia|"}}
	req := httptest.NewRequest(http.MethodPost, "/rota/change/swap", strings.NewReader(v.Encode()))
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	req.SetPathValue("way", "swap")
	w := httptest.NewRecorder()
	c.doMend(w, &asked{req, access.Person{ID: "jo", Responder: "r-jo", Grants: []access.Grant{{Role: access.DutyManager, Teams: []string{"mid-north"}}}}}) // of Portsmouth
	if r := w.Result(); r.StatusCode != http.StatusSeeOther || !strings.HasPrefix(r.Header.Get("Location"), "/rota/drafts/") {
		t.Errorf("%s\n%s", r.Status, body(t, r))
	}
}
