package queue

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/redis/go-redis/v9"
	"github.com/redis/go-redis/v9/maintnotifications"

	"example.org/crisisline/call"
)

const (
	// streamPage is how many entries one request asks for. The server makes a
	// page in about a millisecond, and callers wait meanwhile.
	streamPage = 512
	// streamPatience bounds the wait for one page.
	streamPatience = 30 * time.Second
	// streamBuffer holds at least the longest entry.
	streamBuffer = 256 << 10
)

// Stream gives the entries of some kinds (none named: of every kind) that were
// written from from until before to, in order. Entries may tell of what happened
// up to a week before they were written: see Range, which asks for the time it
// happened.
//
// It is for reading millions. It opens a connection of its own and unpacks the
// answers by hand, because a map for each entry, as the client library makes it,
// costs more than reading and counting the entry does. Entries of other kinds are
// not unpacked, and nobody sees what is wrong in them.
func (s *Store) Stream(ctx context.Context, from, to time.Time, kinds []call.Kind, fn func(call.Event) error) error {
	if err := s.stream(ctx, ms(from), ms(to), kinds, fn); err != nil {
		return fmt.Errorf("stream ledger: %w", err)
	}
	return nil
}

// Begins is when the first entry that is left was written; false when there is
// none.
func (s *Store) Begins(ctx context.Context) (time.Time, bool, error) {
	first, err := s.rdb.XRangeN(ctx, s.key(keyLedger), "-", "+", 1).Result()
	if err != nil || len(first) == 0 {
		return time.Time{}, false, wrap("read the ledger's first entry", err)
	}
	left, _, _ := strings.Cut(first[0].ID, "-")
	at, err := strconv.ParseInt(left, 10, 64)
	return call.FromMillis(at), err == nil, wrap("read the ledger's first entry", err)
}

func wrap(what string, err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("%s: %w", what, err)
}

func (s *Store) stream(ctx context.Context, from, to int64, kinds []call.Kind, fn func(call.Event) error) error {
	key := s.key(keyLedger)
	w, err := s.openWire(ctx, key)
	if err != nil {
		return err
	}
	defer w.close()
	w.kinds = kinds
	start, end := strconv.FormatInt(from, 10), strconv.FormatInt(to-1, 10)
	for {
		n, last, err := w.page(ctx, key, start, end, fn)
		if err != nil {
			return err
		}
		if n < streamPage {
			return nil
		}
		start = "(" + last
	}
}

// wire is a connection that answers are read from by hand.
type wire struct {
	client  *redis.Client
	conn    net.Conn
	kinds   []call.Kind // to be handed on; none: all
	in      []byte      // what was received is in[at:end]
	at, end int
	out     bytes.Buffer
	pairs   [][]byte
	words   call.Words
}

// openWire lets the client library dial, prove who we are and choose the
// database, as it does for every command, and then keeps the connection.
func (s *Store) openWire(ctx context.Context, key string) (*wire, error) {
	var node *redis.Client
	switch rdb := s.rdb.(type) {
	case *redis.Client:
		node = rdb
	case *redis.ClusterClient:
		var err error
		if node, err = rdb.MasterForKey(ctx, key); err != nil {
			return nil, err
		}
	default:
		return nil, fmt.Errorf("%T has no connection to read from", rdb)
	}
	w := &wire{}
	options := *node.Options()
	dial := options.Dialer
	options.Dialer = func(ctx context.Context, network, addr string) (conn net.Conn, err error) {
		w.conn, err = dial(ctx, network, addr)
		return w.conn, err
	}
	options.Protocol, options.PoolSize, options.MinIdleConns, options.ReadTimeout = 2, 1, 0, streamPatience
	options.PushNotificationProcessor, options.MaintNotificationsConfig = nil, &maintnotifications.Config{Mode: maintnotifications.ModeDisabled}
	w.client = redis.NewClient(&options)
	if err := w.client.Ping(ctx).Err(); err != nil {
		return nil, errors.Join(err, w.client.Close())
	}
	// The answer to the ping had a time by which it must come. It still stands.
	if err := w.conn.SetDeadline(time.Time{}); err != nil {
		return nil, errors.Join(err, w.client.Close())
	}
	w.in = make([]byte, streamBuffer)
	return w, nil
}

func (w *wire) close() { _ = w.client.Close() }

// page asks for one page and hands its entries on. It says how many there were,
// those of other kinds included, and the last one's id.
func (w *wire) page(ctx context.Context, key, start, end string, fn func(call.Event) error) (n int, last string, err error) {
	ctx, done := context.WithTimeout(ctx, streamPatience)
	defer done()
	defer context.AfterFunc(ctx, func() { _ = w.conn.SetDeadline(time.Unix(1, 0)) })()
	w.out.Reset()
	args := []string{"XRANGE", key, start, end, "COUNT", strconv.Itoa(streamPage)}
	fmt.Fprintf(&w.out, "*%d\r\n", len(args))
	for _, a := range args {
		fmt.Fprintf(&w.out, "$%d\r\n%s\r\n", len(a), a)
	}
	if _, err = w.conn.Write(w.out.Bytes()); err != nil {
		return 0, "", because(ctx, err)
	}
	if n, err = w.array(); err != nil {
		return 0, "", because(ctx, err)
	}
	for i := range n {
		id, pairs, err := w.entry()
		if err != nil {
			return 0, "", because(ctx, err)
		}
		if i == n-1 {
			last = string(id)
		}
		if !w.wants(pairs) {
			continue
		}
		e, err := call.ParseFields(string(id), pairs, &w.words)
		if err != nil {
			return 0, "", err
		}
		if err := fn(e); err != nil {
			return 0, "", err
		}
	}
	return n, last, nil
}

// wants reports whether an entry is of a kind that is asked for. One of no kind
// is, so that it is found to be no entry.
func (w *wire) wants(pairs [][]byte) bool {
	if len(w.kinds) == 0 {
		return true
	}
	for i := 0; i+1 < len(pairs); i += 2 {
		if string(pairs[i]) == "k" {
			return slices.Contains(w.kinds, call.Kind(pairs[i+1]))
		}
	}
	return true
}

// because is the reason for which we ended the wait, when we did.
func because(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return ctx.Err()
	}
	return err
}

// entry takes the next entry: its id, and its names and values by turns. They lie
// in what was received, until the next is taken.
func (w *wire) entry() (id []byte, pairs [][]byte, err error) {
	for {
		rest := w.unread()
		if id, w.pairs, err = rest.entry(w.pairs[:0]); err == nil {
			w.at = w.end - len(rest)
			return id, w.pairs, nil
		}
		if err := w.more(err); err != nil {
			return nil, nil, err
		}
	}
}

// array takes the head of an array, and says how many it holds.
func (w *wire) array() (n int, err error) {
	for {
		rest := w.unread()
		if n, err = rest.head('*'); err == nil {
			w.at = w.end - len(rest)
			return n, nil
		}
		if err := w.more(err); err != nil {
			return 0, err
		}
	}
}

func (w *wire) unread() unread { return w.in[w.at:w.end] }

// errTooLong is what no entry of ours can be.
var errTooLong = errors.New("an answer with an entry longer than any of ours")

// more waits for more of the answer, if that is all that was wrong. What is
// unread moves to the front.
func (w *wire) more(wrong error) error {
	if !errors.Is(wrong, errCutShort) {
		return wrong
	}
	if w.at > 0 {
		w.end = copy(w.in, w.in[w.at:w.end])
		w.at = 0
	}
	if w.end == len(w.in) {
		return errTooLong
	}
	n, err := w.conn.Read(w.in[w.end:])
	w.end += n
	if n > 0 {
		return nil
	}
	return err
}
