package console

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func post(h http.Handler, path, site string) *http.Response {
	w := httptest.NewRecorder()
	r := here(httptest.NewRequest(http.MethodPost, path, nil))
	r.Header.Set("Sec-Fetch-Site", site)
	h.ServeHTTP(w, r)
	return w.Result()
}

func TestActions(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, path, did, done string
	}{
		{"ring again", "ring-again/CA03", "ring again CA03", "Phones are rung again"},
		{"set on a break", "break/r-jo", "break r-jo", "Set on a break"},
		{"back", "back/r-chloe", "free r-chloe", "They can be rung again"},
		{"end wrap-up", "end-wrap-up/r-ben", "end wrap-up r-ben", "Their wrap-up is over"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			s := allScenes(t)["full"]
			c := serve(t, s)
			if r := get(t, c, "/confirm/"+tt.path); r.StatusCode != http.StatusOK || len(s.done()) > 0 {
				t.Fatalf("asking: %s, did %q, want nothing yet", r.Status, s.done())
			}
			if r := post(c, "/actions/"+tt.path, "cross-site"); r.StatusCode != http.StatusForbidden || len(s.done()) > 0 {
				t.Fatalf("from another site: %s, did %q, want 403 and nothing", r.Status, s.done())
			}
			r := post(c, "/actions/"+tt.path, "same-origin")
			if r.StatusCode != http.StatusSeeOther {
				t.Fatalf("doing: %s, want 303", r.Status)
			}
			if d := cmp.Diff([]string{tt.did}, s.done()); d != "" {
				t.Error(d)
			}
			if html := body(t, get(t, c, r.Header.Get("Location"))); !strings.Contains(html, tt.done) {
				t.Errorf("the board does not say %q", tt.done)
			}
		})
	}
}

func TestActionsThatDoNothing(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name, path string
		want       int
	}{
		{"call that is over", "/actions/ring-again/CA08", 404},
		{"call nobody knows", "/actions/ring-again/CA99", 404},
		{"person nobody knows", "/actions/break/r-zoe", 404},
		{"action nobody knows", "/actions/dismiss/r-jo", 404},
		{"store gone", "/actions/break/r-jo", 502},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			s := allScenes(t)["full"]
			if tt.want == 502 {
				s.fail = errStore
			}
			r := post(serve(t, s), tt.path, "same-origin")
			if html := body(t, r); r.StatusCode != tt.want || len(s.done()) > 0 || strings.Contains(html, errStore.Error()) {
				t.Errorf("%s, did %q; the page must not quote the error", r.Status, s.done())
			}
		})
	}
}

// TestQuestions: whoever presses is told what it will cost.
func TestQuestions(t *testing.T) {
	t.Parallel()
	tests := []struct{ name, scene, path, says string }{
		{"the last one of a team", "quiet", "break/r-femi", "Nobody else can be rung for Mid and North Hampshire."},
		{"the only duty manager", "quiet", "break/r-jo", "Nobody else is on shift as duty manager."},
		{"answered meanwhile", "full", "ring-again/CA01", "Somebody has answered this caller meanwhile."},
		{"back, but off shift", "quiet", "back/r-harry", "They are not on shift now"},
		{"wrap-up over meanwhile", "quiet", "end-wrap-up/r-dev", "They are no longer in wrap-up."},
		{"who will be rung", "quiet", "ring-again/CA05", "Grace Hughes"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			html := body(t, get(t, serve(t, allScenes(t)[tt.scene]), "/confirm/"+tt.path))
			if !strings.Contains(html, tt.says) {
				t.Errorf("no %q in:\n%s", tt.says, html)
			}
		})
	}
}

// TestButtonsNobodyHandedIn are not there, and cannot be pressed.
func TestButtonsNobodyHandedIn(t *testing.T) {
	t.Parallel()
	o := allScenes(t)["full"].options()
	o.Actions = Actions{}
	c, err := New(o)
	if err != nil {
		t.Fatal(err)
	}
	if html := body(t, get(t, c, "/")); strings.Contains(html, "/confirm/") {
		t.Error("there is a button without a function")
	}
	if r := post(c, "/actions/break/r-jo", "same-origin"); r.StatusCode != http.StatusNotFound {
		t.Errorf("pressed all the same: %s", r.Status)
	}
}

// TestDegradedBoardOffersNoButtons: they all need the store.
func TestDegradedBoardOffersNoButtons(t *testing.T) {
	t.Parallel()
	html := body(t, get(t, serve(t, allScenes(t)["degraded"]), "/"))
	if strings.Contains(html, "/confirm/") {
		t.Error("there is a button that cannot work")
	}
	if strings.Contains(html, "data-since") {
		t.Error("a clock runs on for a caller nobody can see")
	}
}
