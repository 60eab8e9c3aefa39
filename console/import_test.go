package console

import (
	"bytes"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"example.org/crisisline/console/access"
	"example.org/crisisline/console/audit"
)

// upload posts a file as a browser does.
func upload(t *testing.T, h http.Handler, path string, file []byte, fields url.Values) *http.Response {
	t.Helper()
	var b bytes.Buffer
	m := multipart.NewWriter(&b)
	part, err := m.CreateFormFile("file", "people.csv")
	if err == nil {
		_, err = part.Write(file)
	}
	for name, vs := range fields {
		for _, v := range vs {
			if err == nil {
				err = m.WriteField(name, v)
			}
		}
	}
	if err := m.Close(); err != nil {
		t.Fatal(err)
	}
	if err != nil {
		t.Fatal(err)
	}
	w := httptest.NewRecorder()
	r := here(httptest.NewRequest(http.MethodPost, path, &b))
	r.Header.Set("Content-Type", m.FormDataContentType())
	r.Header.Set("Sec-Fetch-Site", "same-origin")
	h.ServeHTTP(w, r)
	return w.Result()
}

const newPeople = "id;name;team;number;tiers\r\nr-nia;Nia Walsh;mid-north;07700 900150;responding\r\nr-leo;Leo Brandt;mid-north;07700 900152;\r\n"

// TestImport: a table becomes a draft, uploaded or pasted, and shows no number.
func TestImport(t *testing.T) {
	t.Parallel()
	for name, send := range map[string]func(c *Console) *http.Response{
		"uploaded": func(c *Console) *http.Response {
			return upload(t, c, "/rota/import", []byte(newPeople), url.Values{"table": {""}})
		},
		"pasted": func(c *Console) *http.Response {
			return submit(c, "/rota/import", url.Values{"table": {newPeople}})
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := editable(t, mendable)
			o := s.options()
			c, err := New(o)
			if err != nil {
				t.Fatal(err)
			}
			r := send(c)
			where := r.Header.Get("Location")
			if !strings.HasPrefix(where, "/rota/drafts/import-") {
				t.Fatalf("%s to %q\n%s", r.Status, where, body(t, r))
			}
			html := body(t, get(t, c, where))
			showsNoNumber(t, where, html)
			for _, want := range []string{"Nia Walsh", "Number ends 150", "Leo Brandt", "Number changed", "1 new, 1 changed, 0 as before, 0 leaving"} {
				if !strings.Contains(html, want) {
					t.Errorf("no %q in\n%s", want, html)
				}
			}
			if _, there := s.book.Current().Responder("r-nia"); there {
				t.Error("a draft is in force")
			}
			if r := publish(t, c, where, html, nil); r.Header.Get("Location") != "/rota?done=published" {
				t.Fatalf("%s\n%s", r.Status, body(t, r))
			}
			if p, there := s.book.Current().Responder("r-nia"); !there || p.Number.E164() != "+447700900150" {
				t.Errorf("%v %v", p, there)
			}
			if entries := auditOf(t, o.Audit); len(entries) == 0 || entries[0].What != audit.Imported {
				t.Errorf("audit: %+v", entries)
			}
		})
	}
}

// Nothing is taken in part, and each row says what is wrong with it.
func TestImportRefused(t *testing.T) {
	t.Parallel()
	s := editable(t, mendable)
	c := serve(t, s)
	for _, tc := range []struct {
		name  string
		v     url.Values
		wants []string
	}{
		{"nothing", url.Values{}, []string{"Choose a file, or paste a table"}},
		{"no table", url.Values{"table": {"hello"}}, []string{"The whole table", "Unknown column"}},
		{
			"one row of three", url.Values{"table": {"id,name,team,number\nr-nia,Nia Walsh,mid-north,999\nr-leo,Leo B,mid-north,07700 900112\nr-mia,Mia Thorne,mid-north,07700 900113\n"}},
			[]string{"Nothing was taken: 1 row is wrong", "Nia Walsh", "Number: emergency and short codes", "Changed", "As before", "Name."},
		},
		{"nothing new", url.Values{"table": {"id,name\nr-leo,Leo Brandt\n"}}, []string{"The plan says all of this already"}},
		{"those on a shift cannot leave by it", url.Values{"table": {"id,name\nr-leo,Leo Brandt\n"}, "exact": {"yes"}}, []string{"Leaves", "Not in the table.", "Amara Okafor"}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			r := submit(c, "/rota/import", tc.v)
			html := body(t, r)
			holdsPromises(t, r, html)
			if r.StatusCode != http.StatusUnprocessableEntity {
				t.Fatalf("%s\n%s", r.Status, html)
			}
			for _, want := range tc.wants {
				if !strings.Contains(html, want) {
					t.Errorf("no %q in\n%s", want, html)
				}
			}
		})
	}
	if r := upload(t, c, "/rota/import", bytes.Repeat([]byte("x"), mostUpload+1), nil); r.StatusCode != http.StatusUnprocessableEntity || !strings.Contains(body(t, r), "bigger than 1 MB") {
		t.Errorf("a big file: %s", r.Status)
	}
	if s.book.Current().Version() != 1 {
		t.Error("something was published")
	}
	if drafts, err := s.book.Drafts(t.Context()); err != nil || len(drafts) != 0 {
		t.Errorf("drafts: %v, %v", drafts, err)
	}
}

// TestPeopleAsTables: the empty one, the masked one, and the one with numbers,
// which is a form with a reason and in the audit first.
func TestPeopleAsTables(t *testing.T) {
	t.Parallel()
	s := editable(t, mendable)
	o := s.options()
	c, err := New(o)
	if err != nil {
		t.Fatal(err)
	}
	if got := body(t, get(t, c, "/rota/import/template.csv")); got != "id,name,team,number,skills,tiers,proven\r\n" {
		t.Errorf("%q", got)
	}
	masked := get(t, c, "/rota/import/people.csv")
	text := body(t, masked)
	showsNoNumber(t, "the masked table", text)
	if !strings.Contains(text, "ends 101") || masked.Header.Get("Cache-Control") != "no-store" || !strings.Contains(masked.Header.Get("Content-Disposition"), "attachment") {
		t.Errorf("%v\n%s", masked.Header, text)
	}
	if r := submit(c, "/rota/import", url.Values{"table": {text}}); !strings.Contains(body(t, r), "The plan says all of this already") {
		t.Error("the masked table cannot be sent back as it is")
	}
	if r := submit(c, "/rota/import/numbers", nil); r.StatusCode != http.StatusUnprocessableEntity {
		t.Errorf("without a reason: %s", r.Status)
	}
	full := submit(c, "/rota/import/numbers", url.Values{"reason": {"paper"}})
	if text := body(t, full); !strings.Contains(text, "07700 900101") || !strings.HasPrefix(full.Header.Get("Content-Type"), "text/csv") {
		t.Errorf("%v\n%s", full.Header, text)
	}
	entries := auditOf(t, o.Audit)
	if len(entries) != 1 || entries[0].What != audit.Exported || entries[0].About != "people.csv" || !strings.Contains(entries[0].Why, "on paper") {
		t.Errorf("audit: %+v", entries)
	}
	some := signedIn(t, c, "Some", access.Grant{Role: access.Administrator, Teams: []string{"mid-north"}})
	if r := submit(c, "/rota/import/numbers", url.Values{"reason": {"paper"}}, some); r.StatusCode != http.StatusForbidden {
		t.Errorf("for one team: %s", r.Status)
	}
}
