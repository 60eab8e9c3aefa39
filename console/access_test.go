package console

import (
	"bytes"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/alicebob/miniredis/v2"
	"github.com/redis/go-redis/v9"

	"example.org/crisisline/call"
	"example.org/crisisline/console/access"
	"example.org/crisisline/console/audit"
)

// accessStore is where every scene keeps its sessions and its audit, each under
// a service of its own.
var (
	accessStore  redis.UniversalClient
	accessScenes atomic.Int64
	accessOf     sync.Map // *access.Gate → *access.Store
)

// openAccessStore starts it; the tests share one.
func openAccessStore() (end func(), err error) {
	server := miniredis.NewMiniRedis()
	if err := server.Start(); err != nil {
		return nil, err
	}
	accessStore = redis.NewClient(&redis.Options{Addr: server.Addr()})
	return func() {
		_ = accessStore.Close()
		server.Close()
	}, nil
}

// gate signs whoever asks in at once, as one of a role.
func gate(now func() time.Time, o access.Options) (*access.Gate, *audit.Log) {
	service := fmt.Sprintf("scene-%d", accessScenes.Add(1))
	o.Store, o.Now, o.Development = access.NewStore(accessStore, service), now, o.As != ""
	g, err := access.NewGate(o)
	if err != nil {
		panic(err)
	}
	accessOf.Store(g, o.Store)
	s, err := call.NewSealer(bytes.Repeat([]byte{7}, call.MasterLeast))
	if err != nil {
		panic(err)
	}
	return g, audit.New(accessStore, service, audit.Root{Seal: s.Seal, Open: s.Open, Derive: func([]byte) (audit.Keys, error) {
		return audit.Keys{Seal: s.Seal, Open: s.Open, Sign: s.Sign, Verify: s.Verify}, nil
	}}, nil)
}

// here makes a request one of this machine's, as development sign-in wants it.
func here(r *http.Request) *http.Request {
	r.RemoteAddr, r.Host = "127.0.0.1:40000", "localhost"
	return r
}

// codeFor is a one-time code for these pages.
func codeFor(t testing.TB, c *Console, name string, grants ...access.Grant) string {
	t.Helper()
	store, _ := accessOf.Load(c.o.Gate)
	code, err := store.(*access.Store).NewCode(t.Context(), access.Code{For: name, Grants: grants, Expires: c.o.Now().Add(time.Hour)}, c.o.Now())
	if err != nil {
		t.Fatal(err)
	}
	return code
}

// signedIn is the session of somebody with these grants.
func signedIn(t testing.TB, c *Console, name string, grants ...access.Grant) *http.Cookie {
	t.Helper()
	r := submit(c, "/sign-in/code", url.Values{"code": {codeFor(t, c, name, grants...)}})
	if r.StatusCode != http.StatusSeeOther || len(r.Cookies()) != 1 {
		t.Fatalf("sign in: %s, %d cookies", r.Status, len(r.Cookies()))
	}
	return r.Cookies()[0]
}

// TestNobodyMayAskWithoutARole: every address of the table, for everybody less
// than its rule, is refused, and for the least role it is not.
func TestEveryAddressIsRefusedToLesserRoles(t *testing.T) {
	t.Parallel()
	s := editable(t, mendable)
	past, end, err := openPast(atNight) // so that the pages of past calls are among them
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(end)
	s.past = past
	s.role = access.Administrator
	whole := serve(t, s)
	for _, to := range whole.table() {
		for _, role := range append([]access.Role{""}, access.Roles...) {
			t.Run(to.Pattern+" as "+string(role), func(t *testing.T) {
				t.Parallel()
				var called bool
				c := &Console{o: whole.o, pages: whole.pages, source: whole.source}
				c.o.Gate, c.o.Audit = gate(s.now, access.Options{As: role})
				do := to
				do.Do = func(http.ResponseWriter, *asked) { called = true }
				w := httptest.NewRecorder()
				handler := c.o.Gate.Around(c.gated(do), c.away)
				handler.ServeHTTP(w, here(httptest.NewRequest(http.MethodPost, "/x", nil)))
				person := access.Person{ID: "x", Grants: []access.Grant{{Role: role}}}
				want := to.Needs == access.Anyone || role != "" && person.May(to.Needs)
				if called != want {
					t.Fatalf("called: %v, want %v (%d)", called, want, w.Code)
				}
				if refused := map[bool]int{true: http.StatusUnauthorized, false: http.StatusForbidden}[role == ""]; !called && w.Code != refused {
					t.Errorf("status %d, want %d", w.Code, refused)
				}
			})
		}
	}
}
