package console

import (
	"net/http"
	"net/url"
	"strings"
	"time"
	"unicode/utf8"
)

// nobodyInParticular is whose change it is while no name was typed.
const nobodyInParticular = "duty manager"

const (
	whoCookie  = "crisisline-who"
	whoFor     = 30 * 24 * time.Hour
	longestWho = 60 // characters of a name
)

// who is whose change it is. There is no sign-in yet: it is what was typed once
// on this browser. When there is one, this is the place, and the only one,
// where the person signed in is named; the pages stay on loopback until then.
func who(r *http.Request) string {
	cookie, err := r.Cookie(whoCookie)
	if err != nil {
		return nobodyInParticular
	}
	name, err := url.QueryUnescape(cookie.Value)
	if name = tidyName(name); err != nil || name == "" {
		return nobodyInParticular
	}
	return name
}

// tidyName is a name as it is kept: one line, no longer than a name is.
func tidyName(name string) string {
	name = strings.Join(strings.Fields(name), " ")
	if !utf8.ValidString(name) || utf8.RuneCountInString(name) > longestWho {
		return ""
	}
	return name
}

// remember keeps the name on this browser.
func remember(w http.ResponseWriter, name string) {
	http.SetCookie(w, &http.Cookie{ //nolint:gosec // not Secure: these pages are plain http on loopback, and it holds no secret
		Name: whoCookie, Value: url.QueryEscape(name), Path: "/", MaxAge: int(whoFor / time.Second),
		HttpOnly: true, SameSite: http.SameSiteLaxMode,
	})
}

// askWho is the page on which a name is typed once.
func (c *Console) askWho(w http.ResponseWriter, r *http.Request) {
	f := whoForm(backTo(r.FormValue("back")))
	if name := who(r); name != nobodyInParticular {
		f.Fields[0].Value = name
	}
	c.showForm(w, r, http.StatusOK, f)
}

// keepWho keeps the name, and goes back to where it was asked for.
func (c *Console) keepWho(w http.ResponseWriter, r *http.Request) {
	back := backTo(r.FormValue("back"))
	name := tidyName(r.FormValue("name"))
	if name == "" {
		f := whoForm(back)
		f.Fields[0].Value = r.FormValue("name")
		c.showForm(w, r, http.StatusUnprocessableEntity, f.with(problem{"name", "Enter your name, in at most 60 characters"}))
		return
	}
	remember(w, name)
	http.Redirect(w, r, back, http.StatusSeeOther) //nolint:gosec // backTo lets through paths of ours only
}

func whoForm(back string) form {
	return form{
		Title: "Who are you?", Action: "/who", Button: "Save", Back: Link{"Back", back},
		Lines:  []string{"Your name stands beside every change you make. It is kept on this browser."},
		Fields: []field{{Kind: "text", Name: "name", Label: "Your name", Auto: "name"}, {Kind: "hidden", Name: "back", Value: back}},
	}
}

// backTo is an address of ours to go back to, the rota for any other.
func backTo(path string) string {
	u, err := url.Parse(path)
	if err != nil || u.IsAbs() || u.Host != "" || !strings.HasPrefix(path, "/") || strings.HasPrefix(u.Path, "//") || strings.Contains(u.Path, `\`) {
		return "/rota"
	}
	return u.Path
}
