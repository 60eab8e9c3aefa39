package console

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"example.org/crisisline/console/access"
	"example.org/crisisline/queue"
)

// program is somebody's program: what it may do is its token's.
type program struct {
	*testing.T
	c      *Console
	secret string
	spec   *described
}

// tokenOf is a token with these grants.
func tokenOf(t testing.TB, c *Console, name string, grants ...access.Grant) string {
	t.Helper()
	return tokenAs(t, c, "", name, grants...)
}

// tokenAs is one that is somebody's of the plan.
func tokenAs(t testing.TB, c *Console, responder, name string, grants ...access.Grant) string {
	t.Helper()
	store, _ := accessOf.Load(c.o.Gate)
	secret, err := store.(*access.Store).NewToken(t.Context(), access.Token{Name: name, Responder: responder, Grants: grants, Expires: c.o.Now().Add(time.Hour)})
	if err != nil {
		t.Fatal(err)
	}
	return secret
}

func programOf(t *testing.T, c *Console, grants ...access.Grant) program {
	t.Helper()
	return program{t, c, tokenOf(t, c, "test "+t.Name(), grants...), describe(t, c)}
}

// asks sends a request, and holds it and the answer to the description.
func (p program) asks(method, path, body string) (int, map[string]any) {
	p.Helper()
	r := httptest.NewRequest(method, "http://localhost"+apiPrefix+path, strings.NewReader(body))
	r.Header.Set("Authorization", "Bearer "+p.secret)
	if body != "" {
		r.Header.Set("Content-Type", "application/json")
	}
	w := httptest.NewRecorder()
	p.c.ServeHTTP(w, r)
	p.spec.holds(p.T, r, []byte(body), w)
	var said map[string]any
	text := bytes.TrimSpace(w.Body.Bytes())
	if len(text) > 0 && text[0] == '[' {
		text = append(append([]byte(`{"all":`), text...), '}')
	}
	if err := json.Unmarshal(text, &said); err != nil {
		p.Fatalf("%s %s: %d, no JSON: %s", method, path, w.Code, w.Body)
	}
	for _, number := range callerNumbers {
		if strings.Contains(w.Body.String(), number) {
			p.Errorf("%s %s says a caller's number", method, path)
		}
	}
	return w.Code, said
}

// whole is a scene in which every operation is offered.
func whole(t *testing.T) (*scene, *Console) {
	t.Helper()
	p, end, err := openPast(atNight)
	if err == nil {
		t.Cleanup(end)
		err = aNight(p)
	}
	if err != nil {
		t.Fatal(err)
	}
	return wholeOver(t, p)
}

// wholeOver is one over a night that others look at, too.
func wholeOver(t *testing.T, p *past) (*scene, *Console) {
	t.Helper()
	s := counted(editable(t, func(text string) string { return storied(withSwap(text)) }))
	s.past = p
	return s, serve(t, s)
}

// TestTheDocumentIsKept: docs/openapi.json is the one that is served, and somebody
// else's code says that it is valid.
func TestTheDocumentIsKept(t *testing.T) {
	t.Parallel()
	_, c := whole(t)
	read(t, c)
	var b bytes.Buffer
	if err := json.Indent(&b, []byte(body(t, get(t, c, apiPrefix+"/openapi.json"))), "", "  "); err != nil {
		t.Fatal(err)
	}
	b.WriteByte('\n')
	file := filepath.Join("..", "docs", "openapi.json")
	if *update {
		if err := os.WriteFile(file, b.Bytes(), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	kept, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(kept), b.String()); diff != "" {
		t.Errorf("go test ./console -run %s -update, after looking at it:\n%s", t.Name(), diff)
	}
	if yaml := body(t, get(t, c, apiPrefix+"/openapi.yaml")); !strings.Contains(yaml, "openapi: 3.1.0") {
		t.Errorf("as YAML: %.200s", yaml)
	}
}

// TestEveryOperationIsTriedForReal: each once, by the least role that may, on the
// real store; and refused to every lesser one, to nobody, and, where it concerns a
// team, to that role elsewhere.
func TestEveryOperationIsTriedForReal(t *testing.T) {
	t.Parallel()
	night, all := whole(t)
	spec := read(t, all)
	for path, item := range spec.doc.Paths.Map() {
		for method, op := range item.Operations() {
			tried, ok := tries[op.OperationID]
			if !ok {
				t.Errorf("%s %s (%s) is not in tries: what does it do, and whose business is it?", method, path, op.OperationID)
				continue
			}
			least := access.Role(op.Extensions["x-least-role"].(string))
			t.Run(op.OperationID, func(t *testing.T) {
				t.Parallel()
				tried.isRefused(t, all, method, least)
				s, c := wholeOver(t, night.past)
				if tried.arrange != nil {
					s, c = whole(t)
					tried.arrange(t, s)
				}
				tried.isDone(t, s, c, method, least)
			})
		}
	}
}

func (y try) isRefused(t *testing.T, c *Console, method string, least access.Role) {
	t.Helper()
	ask := func(secret string) int {
		r := httptest.NewRequest(method, apiPrefix+y.path, strings.NewReader(y.body))
		r.Header.Set("Content-Type", "application/json")
		if secret != "" {
			r.Header.Set("Authorization", "Bearer "+secret)
		}
		w := httptest.NewRecorder()
		c.ServeHTTP(w, r)
		if w.Header().Get("Content-Type") != "application/problem+json" {
			t.Errorf("refused as %q", w.Header().Get("Content-Type"))
		}
		return w.Code
	}
	if got := ask(""); got != http.StatusUnauthorized {
		t.Errorf("to nobody: %d", got)
	}
	if got := ask("clt_" + strings.Repeat("a", 52)); got != http.StatusUnauthorized {
		t.Errorf("to a token nobody made: %d", got)
	}
	for _, role := range access.Roles {
		if role == least {
			break
		}
		if got := ask(tokenOf(t, c, t.Name()+string(role), access.Grant{Role: role})); got != http.StatusForbidden {
			t.Errorf("to a %s: %d", role, got)
		}
	}
}

func (y try) isDone(t *testing.T, s *scene, c *Console, method string, least access.Role) {
	t.Helper()
	path, text := y.path, y.body
	if y.prepare != nil {
		path, text = y.prepare(programOf(t, c, access.Grant{Role: access.Administrator}), path, text)
	}
	before := len(auditOf(t, c.o.Audit))
	if y.team != "" {
		elsewhere := program{t, c, tokenOf(t, c, "elsewhere", access.Grant{Role: access.Administrator, Teams: []string{"elsewhere"}}), describe(t, c)}
		if got, said := elsewhere.asks(method, path, text); got != http.StatusForbidden {
			t.Errorf("for another team: %d %v", got, said)
		}
		before++ // the refusal
	}
	grant := access.Grant{Role: least}
	if y.team != "" {
		grant.Teams = strings.Fields(y.team)
	}
	if y.role != "" {
		grant.Role = y.role
	}
	p := program{t, c, tokenAs(t, c, y.me, "least", grant), describe(t, c)}
	code, said := p.asks(method, path, text)
	if want := max(y.code, http.StatusOK); code != want {
		t.Fatalf("%d %v, want %d", code, said, want)
	}
	if y.then != nil {
		y.then(p, s, said)
	}
	entries := auditOf(t, c.o.Audit)
	if y.kept == "" {
		if len(entries) != before {
			t.Errorf("the audit has %+v", entries[0])
		}
		return
	}
	if len(entries) == before || entries[0].What != y.kept || entries[0].Who != "token:least" {
		t.Errorf("it is not kept as %s: %+v", y.kept, entries)
	}
}

// TestAProgramIsAnsweredInItsWords: whatever is wrong, as problem+json.
func TestAProgramIsAnsweredInItsWords(t *testing.T) {
	t.Parallel()
	_, c := whole(t)
	secret := tokenOf(t, c, "everything", access.Grant{Role: access.Administrator})
	for name, tt := range map[string]struct {
		method, path, body string
		code               int
		says               string
	}{
		"nothing there":           {"GET", "/nothing", "", 404, "no such operation"},
		"a call nobody knows":     {"GET", "/calls/CA99", "", 404, "no such thing"},
		"a person nobody knows":   {"POST", "/people/r-nobody/back", "", 404, "no such thing"},
		"a draft that is gone":    {"GET", "/rota/drafts/x", "", 404, "no such thing"},
		"a field nobody knows":    {"POST", "/rota/undo", `{"version":1,"please":true}`, 422, "unexpected property"},
		"a field that is missing": {"POST", "/rota/undo", `{}`, 422, "version"},
		"no JSON":                 {"POST", "/rota/undo", `{`, 400, "unexpected end"},
		"a question nobody knows": {"GET", "/board?loud=1", "", 422, "unknown query parameter"},
		"a day that is none":      {"POST", "/rota/sick", `{"person":"r-leo","kind":"sick","start":"tomorrow"}`, 422, "Asked wrongly: start: write a local time"},
		"too long ago":            {"GET", "/on-shift?at=2020-01-01T00:00:00Z", "", 422, "too far from now"},
		"the wrong way":           {"GET", "/rota?from=2026-06-21T00:00:00Z&until=2026-06-20T00:00:00Z", "", 422, "until must be after from"},
		"no operation":            {"POST", "/rota/operations", `{"operations":[{"do":"dance"}]}`, 422, "not an operation"},
		"not on then":             {"POST", "/rota/replace", `{"person":"r-mia","by":"r-leo"}`, 422, "not on"},
		"an old version":          {"POST", "/rota/undo", `{"version":7}`, 422, "no earlier plan"},
		"a kind that is none":     {"GET", "/audit?kind=dance", "", 422, "kind is one of"},
		"somewhere to go on":      {"GET", "/calls?after=x", "", 422, "no place to go on from"},
		"an outcome that is none": {"POST", "/calls/CAtry3/record", `{"code":"99"}`, 422, "expected value to be one of"},
		"an urgent one unclocked": {"POST", "/calls/CAtry3/record", `{"code":"05"}`, 422, "how soon"},
		"nothing came of it":      {"POST", "/calls/CAtry1/record", `{"code":"02"}`, 409, "Nobody was connected"},
		"too much":                {"POST", "/rota/operations", `{"operations":[{"do":"tidy","before":"` + strings.Repeat("x", apiBody) + `"}]}`, 413, "too large"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := httptest.NewRequest(tt.method, apiPrefix+tt.path, strings.NewReader(tt.body))
			r.Header.Set("Authorization", "Bearer "+secret)
			r.Header.Set("Content-Type", "application/json")
			w := httptest.NewRecorder()
			c.ServeHTTP(w, r)
			if w.Code != tt.code || w.Header().Get("Content-Type") != "application/problem+json" || !strings.Contains(w.Body.String(), tt.says) {
				t.Errorf("%d %s %s; want %d, %q", w.Code, w.Header().Get("Content-Type"), w.Body, tt.code, tt.says)
			}
		})
	}
}

// TestAPressThatComesToNothingSaysWhy: and is not kept as done.
func TestAPressThatComesToNothingSaysWhy(t *testing.T) {
	t.Parallel()
	s, _ := whole(t)
	s.refusal = queue.WhyOver
	p := programOf(t, serve(t, s), access.Grant{Role: access.ShiftLead})
	code, said := p.asks("POST", "/calls/CA05/ring-again", "")
	if detail, _ := said["detail"].(string); code != http.StatusConflict || !strings.HasPrefix(detail, "Not done. ") {
		t.Errorf("%d %v", code, said)
	}
	if entries := auditOf(t, p.c.o.Audit); len(entries) != 0 {
		t.Errorf("kept: %+v", entries)
	}
}

// TestASessionMayAskToo: from a page of the same origin, and from no other; a
// token that is wrong is not mended by a cookie.
func TestASessionMayAskToo(t *testing.T) {
	t.Parallel()
	c := closed(t, access.Options{})
	session := signedIn(t, c, "Ben", access.Grant{Role: access.DutyManager})
	ask := func(method, path, site, token string) int {
		r := httptest.NewRequest(method, apiPrefix+path, nil)
		r.AddCookie(session)
		r.Header.Set("Sec-Fetch-Site", site)
		if token != "" {
			r.Header.Set("Authorization", token)
		}
		w := httptest.NewRecorder()
		c.ServeHTTP(w, r)
		return w.Code
	}
	for _, tt := range []struct {
		what, method, path, site, token string
		want                            int
	}{
		{"looking", "GET", "/me", "same-origin", "", 200},
		{"a press", "POST", "/calls/CA05/ring-again", "same-origin", "", 200},
		{"a press of another site's", "POST", "/calls/CA05/ring-again", "cross-site", "", 403},
		{"with a token that is wrong", "GET", "/me", "same-origin", "Bearer clt_x", 401},
		{"with a password", "GET", "/me", "same-origin", "Basic eDp5", 401},
	} {
		if got := ask(tt.method, tt.path, tt.site, tt.token); got != tt.want {
			t.Errorf("%s: %d, want %d", tt.what, got, tt.want)
		}
	}
	if err := c.o.Gate.EndSessions(t.Context(), "code:Ben"); err != nil {
		t.Fatal(err)
	}
	if got := ask("GET", "/me", "same-origin", ""); got != http.StatusUnauthorized {
		t.Errorf("after it was ended: %d", got)
	}
}

// TestATokenIsForProgramsOnly: it opens no page.
func TestATokenIsForProgramsOnly(t *testing.T) {
	t.Parallel()
	c := closed(t, access.Options{})
	r := httptest.NewRequest(http.MethodGet, "/rota", nil)
	r.Header.Set("Authorization", "Bearer "+tokenOf(t, c, "x", access.Grant{Role: access.Administrator}))
	w := httptest.NewRecorder()
	c.ServeHTTP(w, r)
	if w.Code != http.StatusSeeOther {
		t.Errorf("a page: %d", w.Code)
	}
}

// TestAConflictSaysWhatChanged: who changed a draft, or published meanwhile, and
// to whom it is told.
func TestAConflictSaysWhatChanged(t *testing.T) {
	t.Parallel()
	_, c := whole(t)
	p := programOf(t, c, access.Grant{Role: access.DutyManager})
	path, _ := drafted(p, "/rota/drafts/{draft}", "") // revision 3
	conflict := func(p program, method, path, body string) string {
		t.Helper()
		code, said := p.asks(method, path, body)
		if code != http.StatusConflict {
			t.Fatalf("%s %s: %d %v", method, path, code, said)
		}
		return fmt.Sprint(said["errors"])
	}
	if said := conflict(p, "POST", path+"/publish", `{"revision":2}`); !strings.Contains(said, "revision 3, saved by token:") {
		t.Errorf("an older revision: %s", said)
	}
	if said := conflict(p, "DELETE", path+"?revision=2", ""); !strings.Contains(said, "revision 3") {
		t.Errorf("an older revision thrown away: %s", said)
	}
	if code, said := p.asks("POST", "/rota/replace", `{"person":"r-femi","by":"r-mia"}`); code != http.StatusUnprocessableEntity { // not on
		t.Fatalf("%d %v", code, said)
	}
	if code, said := p.asks("POST", "/rota/replace", `{"person":"r-leo","by":"r-mia"}`); code != http.StatusOK {
		t.Fatalf("%d %v", code, said)
	}
	if said := conflict(p, "POST", path+"/publish", `{"revision":3}`); !strings.Contains(said, "Version 2, by token:") {
		t.Errorf("published meanwhile: %s", said)
	}
	other := program{t, c, tokenOf(t, c, "everywhere", access.Grant{Role: access.DutyManager, Teams: []string{"mid-north", "portsmouth"}}), p.spec}
	if said := conflict(other, "POST", "/rota/undo", `{"version":1}`); !strings.Contains(said, "Version 2, by token:") {
		t.Errorf("an older version undone: %s", said)
	}
}
