package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"time"

	"example.org/crisisline/call"
	"example.org/crisisline/config"
	"example.org/crisisline/console/access"
	"example.org/crisisline/queue"
	"example.org/crisisline/sim"
)

// beHour is a service in a world whose clock stands still, with its pages, for
// the browser test of an hour: whoever asks POST /step?seconds=60 moves the
// world by that much, and is told what is true then, from the store and not from
// the board. Its address is one line on standard output; it ends with its input.
//
//	TEST_AS_HOUR=1 crisisline.test
func beHour(out io.Writer, in io.Reader) error {
	ctx, end := context.WithCancel(context.Background())
	defer end()
	folder, err := os.MkdirTemp("", "crisisline-hour-")
	if err != nil {
		return err
	}
	defer func() { _ = os.RemoveAll(folder) }()
	sh := &shell{now: time.Now, stderr: os.Stderr}
	cfg := config.Default()
	cfg.Service.DataDir, cfg.Service.Name, cfg.Log = folder, "An hour of the line", config.Log{Format: "text", Level: "error"}
	cfg.Console.DevelopmentSignIn = true
	cfg.Routing.StoreBudget, cfg.Redis.ReadTimeout, cfg.Redis.WriteTimeout = 5*time.Second, 5*time.Second, 5*time.Second
	if cfg.Plan.File, err = planFile("", folder); err != nil {
		return err
	}
	log := sh.logger(cfg.Log)
	st, err := openStore(ctx, cfg, log)
	if err != nil {
		return err
	}
	defer func() { _ = st.Close() }()
	w, err := newWorld(sim.Options{Clock: sim.NewManual(simulationStart), CPS: 5, Seed: 3, Log: log})
	if err != nil {
		return err
	}
	defer w.close()
	i, err := w.join(ctx, cfg, st, log)
	if err != nil {
		return err
	}
	i.signInAs = access.ShiftLead
	pages, err := i.pages(ctx, nil)
	if err != nil {
		return err
	}
	go i.followDay(ctx)
	crowd := w.network.People(sim.Crowd{
		Seed: 3, Profile: "flat", PerDay: 24 * 40, Calls: 40,
		Lines: crowdLines(i.book.Current()), Responders: responders(i.book.Current()),
		Keys: sim.CrowdKeys{Self: "1", Carer: "2", Professional: "3"}, Answering: sim.Answering{Talk: 4 * time.Minute},
	})
	crowd.Start()
	mux := http.NewServeMux()
	mux.Handle("/", pages)
	mux.HandleFunc("POST /step", func(rw http.ResponseWriter, r *http.Request) {
		seconds := 60
		_, _ = fmt.Sscan(r.FormValue("seconds"), &seconds)
		w.step(time.Duration(seconds) * time.Second)
		_ = json.NewEncoder(rw).Encode(i.truth(r.Context()))
	})
	door, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	server := newServer(mux)
	go func() { _ = server.Serve(door) }()
	defer func() { _ = server.Close() }()
	fmt.Fprintf(out, "http://%s\n", door.Addr())
	_, err = io.Copy(io.Discard, in)
	return err
}

// truth is what a board should say.
type truth struct {
	At       string `json:"at"`
	Waiting  int    `json:"waiting"`
	Longest  int    `json:"longest"` // seconds
	Talking  int    `json:"talking"`
	Received int64  `json:"received"`
	Answered int64  `json:"answered"`
	Err      string `json:"err,omitempty"`
}

// truth counts from the store's records and from the ledger, by hand: nothing of
// the board's own composing.
func (i *instance) truth(ctx context.Context) (t truth) {
	now := i.now()
	t.At = now.In(i.location()).Format("15:04:05")
	err := i.queue.Range(ctx, i.days.start(now), now.Add(time.Minute), func(e call.Event) error {
		switch e.Kind {
		case call.KindReceived:
			t.Received++
		case call.KindConnected:
			t.Answered++
		}
		return nil
	})
	var snap queue.Snapshot
	if err == nil {
		snap, err = i.queue.Snapshot(ctx, now, boardMost)
	}
	if err != nil {
		t.Err = err.Error()
		return t
	}
	for _, r := range snap.Calls {
		switch r.State {
		case call.StateIntake, call.StateWaiting, call.StateOffered:
			t.Waiting++
			t.Longest = max(t.Longest, int(now.Sub(r.ReceivedAt).Seconds()))
		case call.StateAccepted, call.StateConnected: // with someone, if only just
			t.Talking++
		}
	}
	return t
}
