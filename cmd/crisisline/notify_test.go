package main

import (
	"context"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"sync/atomic"
	"testing"
)

// TestSystemdHearsThatWeLive, and no longer when our own door is stuck.
func TestSystemdHearsThatWeLive(t *testing.T) {
	t.Parallel()
	socket := filepath.Join(t.TempDir(), "n")
	l, err := net.ListenUnixgram("unixgram", &net.UnixAddr{Name: socket, Net: "unixgram"})
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	heard := make(chan string, 100)
	go func() {
		buf := make([]byte, 100)
		for {
			n, err := l.Read(buf)
			if err != nil {
				return
			}
			heard <- string(buf[:n])
		}
	}()
	var stuck atomic.Bool
	asked := make(chan struct{}, 100)
	door := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked <- struct{}{}
		if stuck.Load() || r.URL.Path != "/healthz" {
			w.WriteHeader(http.StatusServiceUnavailable)
		}
	}))
	defer door.Close()
	sh := &shell{environ: []string{"NOTIFY_SOCKET=" + socket, "WATCHDOG_USEC=30000"}}
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan struct{})
	log := &logged{}
	go func() {
		sh.systemd().watch(ctx, door.Listener.Addr(), log.logger())
		close(ended)
	}()
	for i, want := range []string{"READY=1", "WATCHDOG=1", "WATCHDOG=1"} {
		if got := <-heard; got != want {
			t.Errorf("word %d is %q, not %q", i, got, want)
		}
	}
	stuck.Store(true)
	for len(asked) > 0 {
		<-asked
	}
	for range 3 { // the first of these may have been answered before
		<-asked
	}
	for len(heard) > 0 {
		<-heard
	}
	<-asked
	<-asked
	cancel()
	<-ended
	if n := len(heard); n > 0 {
		t.Errorf("still said to live %d times", n)
	}
	says(t, log.String(), "our own door does not answer")
}

func TestNobodyToTell(t *testing.T) {
	t.Parallel()
	none := (&shell{}).systemd()
	if err := none.tell("READY=1"); err != nil {
		t.Error(err)
	}
	none.watch(t.Context(), nil, slog.New(slog.DiscardHandler))
}
