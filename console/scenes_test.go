package console

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/oauth2-proxy/mockoidc"
	"go.uber.org/goleak"

	"example.org/crisisline/call"
	"example.org/crisisline/console/access"
	"example.org/crisisline/queue"
)

// TestMain is the tests, or, for the browser tests, a server of every scene:
//
//	CONSOLE_SCENES=1 console.test
//
// It prints one line of JSON, scene → address, and ends with its input.
func TestMain(m *testing.M) {
	end, err := openAccessStore()
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	if os.Getenv("CONSOLE_SCENES") == "" {
		goleak.VerifyTestMain(thenEnd{m, end})
		return
	}
	defer end()
	if err := serveScenes(os.Stdout, os.Stdin); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// thenEnd runs the tests, and ends what they shared before leaks are looked for.
type thenEnd struct {
	*testing.M
	end func()
}

func (t thenEnd) Run() int {
	defer t.end()
	return t.M.Run()
}

var errStore = errors.New("store does not answer")

// scenes are the states a board can be in. now runs, so that waits run too.
func scenes(now func() time.Time) (map[string]*scene, error) {
	began := now()
	whole, err := compilePlan(began, nil)
	if err != nil {
		return nil, err
	}
	nobody, err := compilePlan(began, func(text string) string {
		return strings.ReplaceAll(text, ", days:", ", until: 2026-01-01, days:")
	})
	if err != nil {
		return nil, err
	}
	bare, err := compilePlan(began, func(text string) string {
		return strings.Replace(text, "id: s-night, team: southampton,", "id: s-night, until: 2026-01-01, team: southampton,", 1)
	})
	if err != nil {
		return nil, err
	}
	many := full(began)
	for i := range 60 {
		many.Calls = append(many.Calls, queue.Record{
			ID: call.ID(fmt.Sprintf("CB%02d", i)), State: call.StateWaiting, Line: "public", Team: "portsmouth",
			ReceivedAt: began.Add(-time.Duration(i) * time.Second), WaitingAt: began.Add(-time.Duration(i) * time.Second),
		})
	}
	all := map[string]*scene{
		"calm":     {rota: whole},
		"quiet":    {rota: whole, snap: quiet(began), figures: today},
		"full":     {rota: bare, snap: full(began), figures: today},
		"many":     {rota: whole, snap: many, figures: today},
		"degraded": {rota: whole, snap: quiet(began.Add(-40 * time.Second)), err: errStore, figures: today, mode: "degraded", reasons: []string{"store"}},
		"nobody":   {rota: nobody, notice: "Nothing survives a restart: the store is in memory only."},
		"noplan":   {},
		"failing":  {rota: whole, snap: full(began), figures: today, fail: errStore},
		"live":     {rota: whole},
	}
	for _, s := range all {
		s.now = now
		s.tales = map[call.ID][]call.Event{"CA01": answeredTale(began.Add(-764 * time.Second)), "CA03": answeredTale(began.Add(-133 * time.Second))[:4]}
	}
	return all, nil
}

func serveScenes(out io.Writer, in io.Reader) error {
	start := time.Now()
	now := func() time.Time { return atNight.Add(time.Since(start)) }
	all, err := scenes(now)
	if err != nil {
		return err
	}
	for _, name := range []string{"edit", "refused", "sick", "replace", "plain", "editors"} {
		edit := mendable
		if name == "refused" {
			edit = nil
		}
		book, _, err := openBook(now, edit) // ends with the process
		if err != nil {
			return err
		}
		all[name] = &scene{now: now, book: book, snap: quiet(now()), figures: today}
	}
	for _, name := range []string{"teams", "plain-teams"} {
		book, _, err := openBook(now, func(text string) string { return storied(mendable(text)) }) // ends with the process
		if err != nil {
			return err
		}
		all[name] = counted(&scene{now: now, book: book, snap: quiet(now()), figures: today})
	}
	// One for each role and width: their tests change the rota, each its own.
	for _, role := range access.Roles {
		for _, width := range []string{"desk", "phone"} {
			book, _, err := openBook(now, mendable) // ends with the process
			if err != nil {
				return err
			}
			all[string(role)+"-"+width] = &scene{now: now, book: book, snap: quiet(now()), figures: today, role: role, who: "r-leo"}
		}
	}
	for name, s := range map[string]*scene{
		"people": {role: access.DutyManager, who: "r-jo"}, "mine": {role: access.Responder, who: "r-leo"}, "asked": {role: access.Responder, who: "r-harry"},
		"nobody-here": {role: access.Responder}, "plain-people": {role: access.DutyManager, who: "r-jo"},
	} {
		if s.book, _, err = openBook(now, withSwap); err != nil { // ends with the process
			return err
		}
		s.now, s.snap, s.figures, s.facts = now, quiet(now()), today, peopleFacts()
		all[name] = s
	}
	for _, name := range []string{"past", "search", "owed", "ring"} {
		p, _, err := openPast(atNight) // ends with the process
		if err != nil {
			return err
		}
		err = aNight(p)
		if name == "owed" || name == "ring" {
			err = errors.Join(err, whatIsOwed(p))
		}
		if err != nil {
			return err
		}
		all[name] = &scene{now: now, rota: all["calm"].rota, past: p, snap: quiet(now()), figures: today}
	}
	addresses := map[string]string{}
	for name, s := range all {
		c, err := New(s.options())
		if err != nil {
			return err
		}
		if s.err != nil { // what was seen before the store went
			c.source.last = s.snap
			c.source.last.At = now().Add(-40 * time.Second)
		}
		if name == "edit" {
			if err := fill(context.Background(), c.o.Audit, now(), 130); err != nil {
				return err
			}
		}
		if addresses[name], err = serveOn(control(s, c)); err != nil {
			return err
		}
	}
	if addresses["closed"], err = serveClosed(now, all["calm"]); err != nil {
		return err
	}
	if err := json.NewEncoder(out).Encode(addresses); err != nil {
		return err
	}
	_, err = io.Copy(io.Discard, in)
	return err
}

func serveOn(h http.Handler) (string, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	go func() { _ = http.Serve(l, h) }() // ends with the process
	return "http://" + l.Addr().String(), nil
}

// serveClosed is a scene where everybody signs in, at a provider on another
// origin, who says of everybody that they are in "engineering".
func serveClosed(now func() time.Time, s *scene) (string, error) {
	provider, err := mockoidc.Run()
	if err != nil {
		return "", err
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	home := "http://" + l.Addr().String()
	options := s.options()
	options.Links = nil // as where calls are carried: whoever is not signed in has no menu
	options.Gate, options.Audit = gate(now, access.Options{
		Provider: access.NewProvider(access.ProviderOptions{
			Issuer: provider.Issuer(), ClientID: provider.ClientID, ClientSecret: provider.ClientSecret,
			ReturnURL: home + "/sign-in/return", Scopes: []string{"profile", "groups"},
		}),
		Rules: []access.Rule{{Group: "engineering", Role: access.DutyManager}},
	})
	c, err := New(options)
	if err != nil {
		return "", err
	}
	go func() { _ = http.Serve(l, c) }() // ends with the process
	return home, nil
}

// control lets a browser test say what happens next: POST /happen/{what}.
func control(s *scene, c *Console) http.Handler {
	mux := http.NewServeMux()
	mux.Handle("/", c)
	mux.HandleFunc("POST /happen/{what}", func(w http.ResponseWriter, r *http.Request) {
		now := s.now()
		snap := quiet(now)
		switch r.PathValue("what") {
		case "arrive":
			snap.Calls, snap.Offers, snap.Presences = snap.Calls[1:], nil, nil
			snap.Calls[0].State = call.StateWaiting
		case "ring":
			snap.Calls = snap.Calls[1:]
		case "answer":
			snap.Calls = snap.Calls[1:]
			snap.Offers = nil
			snap.Calls[0].State, snap.Calls[0].Responder = call.StateConnected, "r-grace"
			snap.Calls[0].ConnectedAt, snap.Calls[0].TalkingAt = now, now
		case "leave":
			snap = queue.Snapshot{}
		case "close":
			c.Close()
		}
		s.happen(call.Event{At: now, Kind: call.KindWaiting, Call: "CA05"}, func(s *scene) { s.snap = snap })
	})
	mux.HandleFunc("GET /did", func(w http.ResponseWriter, _ *http.Request) {
		_ = json.NewEncoder(w).Encode(s.done())
	})
	return mux
}

// answeredTale is the ledger of a call that two phones rang for.
func answeredTale(began time.Time) []call.Event {
	at := func(ms int) time.Time { return began.Add(time.Duration(ms) * time.Millisecond) }
	e := func(ms int, k call.Kind, more call.Event) call.Event {
		more.At, more.Kind, more.Line = at(ms), k, "public"
		if more.Team == "" {
			more.Team = "portsmouth"
		}
		return more
	}
	return []call.Event{
		e(0, call.KindReceived, call.Event{Caller: call.CallerUnknown, Withheld: true}),
		e(400, call.KindOffered, call.Event{Responder: "r-ben", Tier: call.TierResponding, Offers: 1}),
		e(700, call.KindOfferSent, call.Event{Responder: "r-ben", QueueMs: 200}),
		e(1900, call.KindRinging, call.Event{Responder: "r-ben"}),
		e(11800, call.KindWaiting, call.Event{Caller: call.CallerSelf}),
		e(12000, call.KindOfferEnded, call.Event{Responder: "r-ben", Result: call.ResultNoKey, RingMs: 11600}),
		e(12100, call.KindOffered, call.Event{Responder: "r-amara", Tier: call.TierResponding, Offers: 2}),
		e(20000, call.KindWidened, call.Event{Reason: "neighbour"}),
		e(22100, call.KindAccepted, call.Event{Responder: "r-amara", Tier: call.TierResponding}),
		e(24000, call.KindConnected, call.Event{Responder: "r-amara", Caller: call.CallerSelf, WaitMs: 24000, IntakeMs: 11800, QueueMs: 300, RingMs: 11900}),
		e(420000, call.KindDropped, call.Event{Responder: "r-amara"}),
		e(760000, call.KindFinished, call.Event{Outcome: call.OutcomeAnswered, Caller: call.CallerSelf, WaitMs: 24000, TalkMs: 736000}),
		e(760000, call.KindWrapUp, call.Event{Responder: "r-amara"}),
		e(880000, call.KindWrapUpEnded, call.Event{Responder: "r-amara", Reason: "timed"}),
	}
}
