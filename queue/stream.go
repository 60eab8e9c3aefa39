package queue

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net"
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
	// streamShared is how many strings are kept at hand for entries to share.
	streamShared = 4096
	// streamBuffer holds at least the longest value of an entry.
	streamBuffer = 256 << 10
)

// Stream gives the entries that were written from from until before to, in
// order. Entries may tell of what happened up to a week before they were written:
// see Range, which asks for the time it happened.
//
// It is for reading millions. It opens a connection of its own and unpacks the
// answers by hand, because a map for each entry, as the client library makes it,
// costs three times what reading and counting the entry does.
func (s *Store) Stream(ctx context.Context, from, to time.Time, fn func(call.Event) error) error {
	if err := s.stream(ctx, ms(from), ms(to), fn); err != nil {
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

func (s *Store) stream(ctx context.Context, from, to int64, fn func(call.Event) error) error {
	key := s.key(keyLedger)
	w, err := s.openWire(ctx, key)
	if err != nil {
		return err
	}
	defer w.close()
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
	in      []byte // what was received is in[at:end]
	at, end int
	out     bytes.Buffer
	shared  [streamShared]string
	pairs   []string
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
// and the last one's id.
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
	if n, err = w.length('*'); err != nil {
		return 0, "", because(ctx, err)
	}
	for range n {
		e, err := w.entry()
		if err != nil {
			return 0, "", because(ctx, err)
		}
		last = e.ID
		if err := fn(e); err != nil {
			return 0, "", err
		}
	}
	return n, last, nil
}

// because is the reason for which we ended the wait, when we did.
func because(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return ctx.Err()
	}
	return err
}

// entry reads one entry: its id, and its fields.
func (w *wire) entry() (call.Event, error) {
	if two, err := w.length('*'); err != nil || two != 2 {
		return call.Event{}, errors.Join(err, fmt.Errorf("an entry of %d parts", two))
	}
	id, err := w.bulk(false)
	if err != nil {
		return call.Event{}, err
	}
	n, err := w.length('*')
	if err != nil {
		return call.Event{}, err
	}
	w.pairs = w.pairs[:0]
	for range n {
		s, err := w.bulk(true)
		if err != nil {
			return call.Event{}, err
		}
		w.pairs = append(w.pairs, s)
	}
	return call.ParseFields(id, w.pairs)
}

// errTooLong is what no entry of ours can be.
var errTooLong = errors.New("an answer with a value longer than any entry's")

// more waits for more of the answer. What is unread moves to the front.
func (w *wire) more() error {
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

// length reads the head of an array or a string; what the server refuses is an
// error in its words.
func (w *wire) length(of byte) (int, error) {
	for {
		unread := w.in[w.at:w.end]
		if i := bytes.IndexByte(unread, '\n'); i >= 0 {
			w.at += i + 1
			return sizeIn(unread[:i], of)
		}
		if err := w.more(); err != nil {
			return 0, err
		}
	}
}

// sizeIn is the length that a line such as "*12\r" says.
func sizeIn(line []byte, of byte) (n int, err error) {
	line = bytes.TrimSuffix(line, []byte("\r"))
	if len(line) < 2 || line[0] != of || len(line) > 8 {
		return 0, fmt.Errorf("the server says %.200q", line)
	}
	for _, c := range line[1:] {
		if c < '0' || c > '9' {
			return 0, fmt.Errorf("the server says %.200q", line)
		}
		n = 10*n + int(c-'0')
	}
	return n, nil
}

// bulk reads a string. Entries say the same few things again and again: words
// are shared, numbers and ids of entries are not.
func (w *wire) bulk(share bool) (string, error) {
	n, err := w.length('$')
	if err != nil {
		return "", err
	}
	for w.end-w.at < n+2 {
		if err := w.more(); err != nil {
			return "", err
		}
	}
	text := w.in[w.at : w.at+n]
	w.at += n + 2
	if share && n > 0 && (text[0] < '0' || text[0] > '9') {
		return w.share(text), nil
	}
	return string(text), nil
}

// share is the text as a string, the one made before when it is still at hand.
func (w *wire) share(text []byte) string {
	hash := uint32(len(text)) //nolint:gosec // a hash may wrap
	for _, c := range text[max(0, len(text)-5):] {
		hash = hash*31 + uint32(c)
	}
	kept := &w.shared[(hash*31+uint32(text[0]))%streamShared]
	if *kept != string(text) {
		*kept = string(text)
	}
	return *kept
}
