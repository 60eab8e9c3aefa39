package console

import (
	"errors"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"example.org/crisisline/console/access"
	"example.org/crisisline/console/audit"
	"example.org/crisisline/rota"
)

// signInRoutes are the way in and out. Who is not signed in may ask for them.
func (c *Console) signInRoutes() []route {
	return []route{
		{"GET /sign-in", access.Anyone, c.signIn},
		{"POST /sign-in", access.Anyone, c.beginSignIn},
		{"GET /sign-in/return", access.Anyone, c.returned},
		{"POST /sign-in/code", access.Anyone, c.signInWithCode},
		{"POST /sign-in/as", access.Anyone, c.signInAs},
		{"POST /sign-out", access.SignedIn, c.signOut},
	}
}

// signInPage is the ways in there are.
type signInPage struct {
	Provider    bool
	Development []developmentRole
	Back        string
	Problems    []problem
	As          string // who is signed in already
	Out         bool   // they have just signed out
	Leaving     string // where to sign out of the provider as well; "" for nowhere
}

type developmentRole struct{ Role, Words string }

func (c *Console) signIn(w http.ResponseWriter, r *asked) { c.showSignIn(w, r, http.StatusOK) }

func (c *Console) showSignIn(w http.ResponseWriter, r *asked, code int, ps ...problem) {
	provider, development := c.o.Gate.Ways()
	p := signInPage{Provider: provider, Back: backTo(r.FormValue("back")), Problems: ps, As: r.Who.Name}
	if p.Out = r.Who.Nobody() && r.URL.Query().Get("done") == "out"; p.Out {
		p.Leaving = c.o.Gate.Leaving(r.Context())
	}
	if development {
		for _, role := range access.Roles {
			p.Development = append(p.Development, developmentRole{string(role), upper(role.Words())})
		}
	}
	title := "Sign in"
	if len(ps) > 0 {
		title = "Error: " + title
	}
	c.render(w, code, "sign_in", c.page(r, title, p))
}

// askToSignIn answers somebody who is not signed in. A form they sent is given
// back to them, to be sent again: nothing they wrote is lost.
func (c *Console) askToSignIn(w http.ResponseWriter, r *asked) {
	switch {
	case forPrograms(r.Request):
		apiProblem(w, http.StatusUnauthorized, "Send a token: Authorization: Bearer clt_… (crisisline access token create). Nothing was changed.")
	case r.URL.Path == "/events":
		http.Error(w, "Not signed in.", http.StatusUnauthorized)
	case r.Method == http.MethodGet || r.Method == http.MethodHead:
		http.Redirect(w, r.Request, "/sign-in?back="+url.QueryEscape(r.URL.RequestURI()), http.StatusSeeOther)
	default:
		c.keepForm(w, r, http.StatusUnauthorized, form{
			Title: "You are signed out",
			Lines: []string{
				"Nothing was changed. What you entered is still here.",
				"Sign in on another tab, then come back and send it again.",
			},
			Elsewhere: []Link{{"Sign in on another tab", "/sign-in"}},
		})
	}
}

// keepForm answers a form that could not be taken with all that was entered in
// it, to be sent again from the page. The first of the lines says that it is there.
func (c *Console) keepForm(w http.ResponseWriter, r *asked, code int, f form) {
	f.Action, f.Button, f.Back = r.URL.RequestURI(), "Send it again", Link{"Leave it", "/"}
	// A file is not given back: a browser sends only one that was chosen on the page.
	if err := r.ParseMultipartForm(mostBody); err == nil || errors.Is(err, http.ErrNotMultipart) {
		if r.MultipartForm != nil && len(r.MultipartForm.File) > 0 {
			f.Lines[0] = "Nothing was changed. What you entered is still here, but for the file: go back and choose the file again."
		}
		for _, name := range sortedKeys(r.PostForm) {
			for _, v := range r.PostForm[name] {
				f.Fields = append(f.Fields, field{Kind: "hidden", Name: name, Value: v})
			}
		}
	}
	c.showForm(w, r, code, f)
}

// refuse answers somebody who is signed in and may not.
func (c *Console) refuse(w http.ResponseWriter, r *asked, do access.Permission, teams ...string) {
	c.noteRefusal(r, do, teams...)
	text := c.refusalWords(r, do, teams...)
	if forPrograms(r.Request) {
		apiProblem(w, http.StatusForbidden, text)
		return
	}
	c.render(w, http.StatusForbidden, "message", c.page(r, "You may not do this", text))
}

// noteRefusal keeps that somebody asked for what they may not do, once a minute.
func (c *Console) noteRefusal(r *asked, do access.Permission, teams ...string) {
	if c.refusals.first(r.Who.ID+" "+string(do), c.o.Now()) {
		c.note(r, audit.Entry{What: audit.Refused, About: string(do), After: strings.Join(teams, " ")})
	}
}

// refusalWords is what it would take, and what they are.
func (c *Console) refusalWords(r *asked, do access.Permission, teams ...string) string {
	text := "It takes " + a(do.Least().Words()) + ". You are signed in as " + a(r.Who.Role().Words()) + "."
	if r.Who.May(do) {
		whole := "It concerns the whole service"
		if !has(teams, rota.EveryTeam) {
			whole = "It concerns " + names{c.o.Rota(), c.o.Zone}.teamList(teams)
		}
		text = whole + ", and you are " + a(r.Who.Role().Words()) + " for some teams only."
	}
	return text + " Nothing was changed."
}

// a puts the article before a word.
func a(word string) string {
	if word == "" {
		return "nobody in particular"
	}
	if strings.ContainsRune("aeiou", rune(word[0])) {
		return "an " + word
	}
	return "a " + word
}

// may reports whether they may do it about these teams, and answers them when
// they may not.
func (c *Console) may(w http.ResponseWriter, r *asked, do access.Permission, teams ...string) bool {
	if r.Who.May(do, teams...) {
		return true
	}
	c.refuse(w, r, do, teams...)
	return false
}

// away answers while the store cannot say who asks.
func (c *Console) away(w http.ResponseWriter, req *http.Request) {
	r := &asked{Request: req}
	if forPrograms(req) {
		apiProblem(w, http.StatusServiceUnavailable, "The store does not answer, so nobody can be told from anybody. Calls are not affected. Nothing was changed.")
		return
	}
	if req.URL.Path == "/events" {
		http.Error(w, "The store does not answer.", http.StatusServiceUnavailable)
		return
	}
	if req.Method == http.MethodPost && !strings.HasPrefix(req.URL.Path, "/sign-") { // a code is not given back
		req.Body = http.MaxBytesReader(w, req.Body, mostBody)
		c.keepForm(w, r, http.StatusServiceUnavailable, form{
			Title: "The store does not answer",
			Lines: []string{
				"Nothing was changed. What you entered is still here.",
				"These pages cannot tell who you are just now. Telephones are not affected: callers are put through by the last published rota. Send it again in a minute.",
			},
		})
		return
	}
	c.render(w, http.StatusServiceUnavailable, "message", c.page(r, "Nobody can be told from anybody just now",
		"The store does not answer, so these pages cannot tell who you are. Telephones are not affected: callers are put through by the last published rota. Try again in a minute."))
}

// beginSignIn goes to the provider. It is a POST, so that a page elsewhere
// cannot begin one.
func (c *Console) beginSignIn(w http.ResponseWriter, r *asked) {
	if !c.mayTry(w, r, access.ByProvider) {
		return
	}
	to, err := c.o.Gate.Begin(r.Context(), backTo(r.FormValue("back")))
	if err != nil {
		c.o.Log.Warn("sign-in cannot begin", "err", err)
		c.showSignIn(w, r, http.StatusBadGateway, problem{Text: "The sign-in service does not answer. Calls are not affected. If it is urgent, use a one-time code: an administrator prints one."})
		return
	}
	// Not a redirect: browsers hold a form's redirects to form-action, and a
	// provider may send people on to any other host.
	p := c.page(r, "Going to the sign-in service", to)
	p.GoTo = to
	c.render(w, http.StatusOK, "leaving", p)
}

// mayTry counts one try to sign in.
func (c *Console) mayTry(w http.ResponseWriter, r *asked, way access.How) bool {
	err := c.o.Gate.Try(r.Context(), way, c.o.Peer(r.Request))
	var often access.TooOften
	switch {
	case err == nil:
		return true
	case errors.As(err, &often):
		w.Header().Set("Retry-After", strconv.Itoa(often.Seconds()))
		c.showSignIn(w, r, http.StatusTooManyRequests, problem{Field: "code", Text: upper(err.Error())})
	default:
		c.o.Log.Warn("sign-in cannot be counted", "err", err)
		c.away(w, r.Request)
	}
	return false
}

// returned is where the provider sends people back to.
func (c *Console) returned(w http.ResponseWriter, r *asked) {
	who, back, err := c.o.Gate.Return(r.Context(), r.URL.Query())
	if err != nil {
		c.o.Log.Warn("not signed in", "err", err)
		text := "The sign-in did not work. Try again."
		if errors.Is(err, access.ErrNoGroup) {
			text = "We know who you are, but none of your groups has a role here. Ask the administrator of this service."
		}
		c.showSignIn(w, r, http.StatusForbidden, problem{Text: text})
		return
	}
	c.entered(w, r, who, back)
}

// signInWithCode spends a one-time code.
func (c *Console) signInWithCode(w http.ResponseWriter, r *asked) {
	if !c.mayTry(w, r, access.ByCode) {
		return
	}
	who, err := c.o.Gate.WithCode(r.Context(), r.FormValue("code"))
	switch {
	case errors.Is(err, access.ErrWrongCode):
		c.showSignIn(w, r, http.StatusUnprocessableEntity, problem{"code", "The code is wrong, was used before, or is too old"})
	case err != nil:
		c.o.Log.Warn("code cannot be looked up", "err", err)
		c.away(w, r.Request)
	default:
		c.entered(w, r, who, backTo(r.FormValue("back")))
	}
}

// signInAs is for development, on this machine.
func (c *Console) signInAs(w http.ResponseWriter, r *asked) {
	who, err := c.o.Gate.Develop(r.Request, access.Role(r.FormValue("role")))
	if err != nil {
		c.o.Log.Warn("not signed in", "err", err)
		c.showSignIn(w, r, http.StatusForbidden, problem{Text: "Choosing a role works on the machine itself, for development, and nowhere else."})
		return
	}
	c.entered(w, r, who, backTo(r.FormValue("back")))
}

func (c *Console) entered(w http.ResponseWriter, r *asked, who access.Person, back string) {
	r.Who = who
	c.note(r, audit.Entry{What: audit.SignedIn, After: strings.TrimSpace(string(who.How) + " " + who.Subject)})
	http.Redirect(w, r.Request, back, http.StatusSeeOther)
}

func (c *Console) signOut(w http.ResponseWriter, r *asked) {
	if err := c.o.Gate.Leave(r.Context()); err != nil {
		c.o.Log.Warn("not signed out", "err", err)
		c.render(w, http.StatusServiceUnavailable, "message", c.page(r, "You are still signed in",
			"The store does not answer. Close the browser to be safe, and sign out again in a minute."))
		return
	}
	c.note(r, audit.Entry{What: audit.SignedOut})
	http.Redirect(w, r.Request, "/sign-in?done=out", http.StatusSeeOther)
}

// note adds to the audit who did what. What was done stays done when it cannot
// be kept; the log then says so.
func (c *Console) note(r *asked, e audit.Entry) {
	if err := c.noted(r, e); err != nil {
		c.o.Log.Error("audit", "what", e.What, "about", e.About, "err", err)
	}
}

// noted is for what may be done only when it is kept.
func (c *Console) noted(r *asked, e audit.Entry) error {
	e.At, e.Who, e.Role = c.o.Now(), r.Who.Signature(), string(r.Who.Role())
	if e.Who == "" {
		e.Who = "nobody"
	}
	e.Teams = c.concerning(r.Who, e)
	_, err := c.o.Audit.Add(r.Context(), e)
	return err
}
