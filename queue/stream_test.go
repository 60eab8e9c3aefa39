package queue

import (
	"context"
	"errors"
	"fmt"
	"net"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/redis/go-redis/v9"

	"example.org/crisisline/call"
)

// What is read by hand is what the client library reads, entry by entry, over
// page after page, on every kind of server.
func TestStreamIsTheLedger(t *testing.T) {
	t.Parallel()
	onEvery(t, func(t *testing.T, w *world) {
		if _, some, err := w.Begins(w.ctx()); some || err != nil {
			t.Errorf("an empty ledger begins: %v", err)
		}
		for i := range 5 {
			w.after(time.Second).arrives(call.ID(fmt.Sprint("CA", i)))
		}
		pipe := w.rdb.Pipeline()
		for i := range streamPage + 10 { // more than a page
			e := call.Event{At: w.after(time.Second).now, Kind: call.KindPresence, Responder: fmt.Sprint("r", i), Reason: "a reason of two\r\nlines"}
			pipe.XAdd(w.ctx(), &redis.XAddArgs{Stream: w.key(keyLedger), ID: fmt.Sprintf("%d-*", e.At.UnixMilli()), Values: e.Values()})
		}
		if _, err := pipe.Exec(w.ctx()); err != nil {
			t.Fatal(err)
		}
		w.finishes("CA3", Finish{})
		var want []call.Event
		for _, m := range w.rdb.XRange(w.ctx(), w.key(keyLedger), "-", "+").Val() {
			if err := handOn(m, func(e call.Event) error { want = append(want, e); return nil }); err != nil {
				t.Fatal(err)
			}
		}
		read := func(from, to time.Time, kinds ...call.Kind) (got []call.Event) {
			t.Helper()
			if err := w.Stream(w.ctx(), from, to, kinds, func(e call.Event) error { got = append(got, e); return nil }); err != nil {
				t.Fatal(err)
			}
			return got
		}
		if d := cmp.Diff(want, read(time.Time{}.AddDate(2000, 0, 0), w.now.Add(time.Hour))); d != "" {
			t.Errorf("(-library +by hand):\n%s", d)
		}
		kinds := []call.Kind{call.KindReceived, call.KindFinished}
		some := slices.DeleteFunc(slices.Clone(want), func(e call.Event) bool { return !slices.Contains(kinds, e.Kind) })
		if d := cmp.Diff(some, read(time.Time{}.AddDate(2000, 0, 0), w.now.Add(time.Hour), kinds...)); d != "" || len(some) != 6 {
			t.Errorf("%d entries of two kinds (-library +by hand):\n%s", len(some), d)
		}
		if got := read(want[0].At.Add(time.Second), want[0].At.Add(3*time.Second)); len(got) != 4 || got[0].Call != "CA1" || got[3].Call != "CA2" {
			t.Errorf("two seconds hold %v", got)
		}
		if at, some, err := w.Begins(w.ctx()); !some || err != nil || !at.Equal(want[0].At) {
			t.Errorf("it begins at %v, %v", at, err)
		}
	})
}

// A reader that has enough, one whose time is up, and a server that says no.
func TestStreamEnds(t *testing.T) {
	t.Parallel()
	onEvery(t, func(t *testing.T, w *world) {
		w.arrives("CA1")
		all := func(ctx context.Context, fn func(call.Event) error) error {
			return w.Stream(ctx, start.Add(-time.Hour), start.Add(time.Hour), nil, fn)
		}
		enough := errors.New("enough")
		if err := all(w.ctx(), func(call.Event) error { return enough }); !errors.Is(err, enough) {
			t.Errorf("the reader's own word is lost: %v", err)
		}
		ctx, cancel := context.WithCancel(w.ctx())
		cancel()
		if err := all(ctx, func(call.Event) error { return nil }); !errors.Is(err, context.Canceled) {
			t.Errorf("cancelled: %v", err)
		}
		if err := w.rdb.XAdd(w.ctx(), &redis.XAddArgs{Stream: w.key(keyLedger), Values: []string{"k", "received"}}).Err(); err != nil {
			t.Fatal(err)
		}
		if err := w.Stream(w.ctx(), start, start.AddDate(100, 0, 0), nil, func(call.Event) error { return nil }); err == nil {
			t.Error("an entry without a time was read")
		}
		if err := w.rdb.XAdd(w.ctx(), &redis.XAddArgs{Stream: w.key(keyLedger), Values: []string{"t", "1"}}).Err(); err != nil {
			t.Fatal(err)
		}
		one := []call.Kind{call.KindConnected}
		if err := w.Stream(w.ctx(), start, start.AddDate(100, 0, 0), one, func(call.Event) error { return nil }); err == nil {
			t.Error("an entry of no kind was passed over as one of another kind")
		}
		w.rdb.Del(w.ctx(), w.key(keyLedger))
		w.rdb.Set(w.ctx(), w.key(keyLedger), "no stream", 0)
		if err := all(w.ctx(), func(call.Event) error { return nil }); err == nil {
			t.Error("what is no stream was read")
		}
	})
}

// timed is a connection that remembers until when it may be read, and that
// hands over its bytes in dribs and drabs.
type timed struct {
	net.Conn
	until *time.Time
}

func (c timed) Read(p []byte) (int, error) { return c.Conn.Read(p[:min(3, len(p))]) }

func (c timed) SetDeadline(t time.Time) error {
	*c.until = t
	return c.Conn.SetDeadline(t)
}

func (c timed) SetReadDeadline(t time.Time) error {
	*c.until = t
	return c.Conn.SetReadDeadline(t)
}

// The library gives each command a time by which it must be answered, and leaves
// it on the connection: a year takes longer to read.
func TestStreamHasTheTimeItTakes(t *testing.T) {
	t.Parallel()
	var until time.Time
	options := *realRedis.(*redis.Client).Options()
	dial := options.Dialer
	options.Dialer = func(ctx context.Context, network, addr string) (net.Conn, error) {
		conn, err := dial(ctx, network, addr)
		return timed{conn, &until}, err
	}
	options.PushNotificationProcessor = nil // the other client's
	client := redis.NewClient(&options)
	defer client.Close()
	w := newWorld(t, client)
	w.arrives("CA1")
	until = start
	if err := w.Stream(w.ctx(), start.Add(-time.Hour), start.Add(time.Hour), nil, func(call.Event) error {
		if !until.IsZero() {
			t.Errorf("the connection may be read until %s", until)
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
}
