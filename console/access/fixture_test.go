package access

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/alicebob/miniredis/v2"
	"github.com/redis/go-redis/v9"
)

// machine is a clock of the machine's that can be set forward.
type machine struct{ ahead atomic.Int64 }

func (m *machine) now() time.Time          { return time.Now().Add(time.Duration(m.ahead.Load())) }
func (m *machine) forward(d time.Duration) { m.ahead.Add(int64(d)) }

// realRedis starts a server of its own, on a socket, with nothing on disk.
func realRedis(t *testing.T) redis.UniversalClient {
	t.Helper()
	dir, err := os.MkdirTemp("", "access") //nolint:usetesting // short: a socket's path has 108 bytes
	if err != nil {
		t.Fatal(err)
	}
	socket := filepath.Join(dir, "sock")
	cmd := exec.Command("redis-server", "--port", "0", "--unixsocket", socket, "--save", "", "--appendonly", "no", "--dir", dir)
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
		_ = os.RemoveAll(dir)
	})
	rdb := redis.NewClient(&redis.Options{Network: "unix", Addr: socket, MaxRetries: 20, MinRetryBackoff: 10 * time.Millisecond})
	t.Cleanup(func() { _ = rdb.Close() })
	if err := rdb.Ping(t.Context()).Err(); err != nil {
		t.Fatal(err)
	}
	return rdb
}

// memory is a store in this process, which can go away and come back.
func memory(t *testing.T) (redis.UniversalClient, *miniredis.Miniredis) {
	t.Helper()
	m := miniredis.RunT(t)
	rdb := redis.NewClient(&redis.Options{Addr: m.Addr(), MaxRetries: -1})
	t.Cleanup(func() { _ = rdb.Close() })
	return rdb, m
}

// door is a gate with the least of pages around it: what each way in does, and
// who asks.
type door struct {
	*Gate
	*machine
	url   string
	store *Store
	rdb   redis.UniversalClient

	hold chan struct{} // /slow waits for it before it answers
	in   chan struct{} // /slow has begun
}

func newDoor(t *testing.T, rdb redis.UniversalClient, o Options) *door {
	t.Helper()
	d := &door{machine: &machine{}, rdb: rdb, store: NewStore(rdb, "test"), hold: make(chan struct{}), in: make(chan struct{}, 1)}
	o.Store, o.Now, o.Wall, o.Secure = d.store, d.now, d.now, true
	var err error
	if d.Gate, err = NewGate(o); err != nil {
		t.Fatal(err)
	}
	server := httptest.NewTLSServer(d.Around(d.pages(), func(w http.ResponseWriter, _ *http.Request) {
		http.Error(w, "away", http.StatusServiceUnavailable)
	}))
	t.Cleanup(server.Close)
	d.url = server.URL
	if p := o.Provider; p != nil {
		p.o.ReturnURL = d.url + "/return"
	}
	return d
}

func (d *door) pages() http.Handler {
	mux := http.NewServeMux()
	said := func(w http.ResponseWriter, p Person, err error) {
		switch {
		case errors.Is(err, ErrNoGroup), errors.Is(err, ErrWrongCode), errors.Is(err, ErrNotLoopback):
			http.Error(w, err.Error(), http.StatusForbidden)
		case err != nil:
			http.Error(w, err.Error(), http.StatusBadGateway)
		default:
			fmt.Fprintf(w, "%s %s", p.ID, p.Role())
		}
	}
	mux.HandleFunc("/begin", func(w http.ResponseWriter, r *http.Request) {
		to, err := d.Begin(r.Context(), "/back")
		if err != nil {
			said(w, Person{}, err)
			return
		}
		http.Redirect(w, r, to, http.StatusSeeOther)
	})
	mux.HandleFunc("/return", func(w http.ResponseWriter, r *http.Request) {
		p, back, err := d.Return(r.Context(), r.URL.Query())
		if err == nil && back != "/back" {
			err = fmt.Errorf("back to %q", back)
		}
		said(w, p, err)
	})
	mux.HandleFunc("/code", func(w http.ResponseWriter, r *http.Request) {
		p, err := d.WithCode(r.Context(), r.FormValue("code"))
		said(w, p, err)
	})
	mux.HandleFunc("/as", func(w http.ResponseWriter, r *http.Request) {
		p, err := d.Develop(r, Role(r.FormValue("role")))
		said(w, p, err)
	})
	mux.HandleFunc("/leave", func(w http.ResponseWriter, r *http.Request) { said(w, Person{}, d.Leave(r.Context())) })
	mux.HandleFunc("/who", func(w http.ResponseWriter, r *http.Request) {
		p, err := d.Who(r)
		said(w, p, err)
	})
	mux.HandleFunc("/slow", func(w http.ResponseWriter, r *http.Request) {
		d.in <- struct{}{}
		<-d.hold
		p, err := d.Again(r)
		said(w, p, err)
	})
	return mux
}

// browser keeps cookies, and follows no redirect by itself.
type browser struct {
	*testing.T
	*door
	client *http.Client
}

func (d *door) browser(t *testing.T) *browser {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	transport := http.DefaultTransport.(*http.Transport).Clone()
	transport.TLSClientConfig = insecure()
	t.Cleanup(transport.CloseIdleConnections)
	return &browser{t, d, &http.Client{
		Jar: jar, Transport: transport,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}
}

// asks is the answer to a GET: its status, what it says, and where it leads.
func (b *browser) asks(path string) (code int, text, to string) {
	b.Helper()
	code, text, to, err := b.tries(b.Context(), path)
	if err != nil {
		b.Fatal(err)
	}
	return code, text, to
}

func (b *browser) tries(ctx context.Context, path string) (code int, text, to string, err error) {
	if strings.HasPrefix(path, "/") {
		path = b.url + path
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, path, nil)
	if err != nil {
		return 0, "", "", err
	}
	r, err := b.client.Do(req)
	if err != nil {
		return 0, "", "", err
	}
	defer r.Body.Close()
	body, err := io.ReadAll(r.Body)
	return r.StatusCode, strings.TrimSpace(string(body)), r.Header.Get("Location"), err
}

// is fails unless whoever the browser is signed in as is this one; "" is nobody.
func (b *browser) is(want string) {
	b.Helper()
	if code, got, _ := b.asks("/who"); code != http.StatusOK || got != want {
		b.Errorf("signed in as %q (%d), want %q", got, code, want)
	}
}

// cookie is the session's, nil for none.
func (b *browser) cookie() *http.Cookie {
	u, err := url.Parse(b.url)
	if err != nil {
		b.Fatal(err)
	}
	for _, c := range b.client.Jar.Cookies(u) {
		return c
	}
	return nil
}

// codeFor makes a one-time code.
func (d *door) codeFor(t *testing.T, name string, role Role) string {
	t.Helper()
	code, err := d.store.NewCode(t.Context(), Code{For: name, Grants: []Grant{{Role: role}}, Expires: d.now().Add(time.Hour)}, d.now())
	if err != nil {
		t.Fatal(err)
	}
	return code
}

// enters signs in by a code.
func (b *browser) enters(name string, role Role) {
	b.Helper()
	if code, said, _ := b.asks("/code?code=" + b.codeFor(b.T, name, role)); code != http.StatusOK {
		b.Fatalf("code: %d %s", code, said)
	}
	b.is("code:" + name + " " + string(role))
}
