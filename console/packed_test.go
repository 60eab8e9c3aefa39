package console

import (
	"bytes"
	"compress/gzip"
	"io"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestSharedBlocksMakeOneStream: blocks made apart, small and large, read as one
// gzip stream, each message as soon as its block is there.
func TestSharedBlocksMakeOneStream(t *testing.T) {
	t.Parallel()
	big := strings.Repeat(`<li class="person">Amara Okafor</li>`, 5000)
	messages := []string{"event: beat\n\n", big, "x", big + "y", strings.Repeat("z", 1023), strings.Repeat("z", 1024)}
	read := make(chan struct{})
	in, out := io.Pipe()
	defer in.Close()
	go func() {
		s := stream{packed: true}
		_, _ = out.Write(packHead)
		for _, m := range messages {
			s.count([]byte(m))
			_, _ = out.Write(pack([]byte(m)))
		}
		<-read // every message before there is an end
		_, _ = out.Write(s.ends())
		_ = out.Close()
	}()
	z, err := gzip.NewReader(in)
	if err != nil {
		t.Fatal(err)
	}
	for i, want := range messages {
		got := make([]byte, len(want))
		if _, err := io.ReadFull(z, got); err != nil {
			t.Fatal(err)
		}
		if string(got) != want {
			t.Errorf("message %d differs", i)
		}
	}
	close(read)
	if rest, err := io.ReadAll(z); err != nil || len(rest) > 0 {
		t.Errorf("the end: %q, %v", rest, err)
	}
	if got := len(pack([]byte(big))); got > len(big)/10 {
		t.Errorf("%d bytes are packed into %d", len(big), got)
	}
}

// TestFramesArePackedOnce: every board is given the same bytes.
func TestFramesArePackedOnce(t *testing.T) {
	t.Parallel()
	one := (*frame)(nil).next(atNight, []part{{"band", strings.Repeat("a", 5000)}}, nil)
	two := one.next(atNight, []part{{"band", strings.Repeat("b", 5000)}}, nil)
	for _, seq := range []uint64{0, 1} {
		first, second := two.packedSince(seq), two.packedSince(seq)
		if &first[0] != &second[0] {
			t.Errorf("from %d: packed twice", seq)
		}
		z, err := gzip.NewReader(bytes.NewReader(append(bytes.Clone(packHead), first...)))
		if err != nil {
			t.Fatal(err)
		}
		got := make([]byte, len(two.since(seq)))
		if _, err := io.ReadFull(z, got); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(string(two.since(seq)), string(got)); diff != "" {
			t.Errorf("from %d: %s", seq, diff)
		}
	}
}

func TestTakesPacked(t *testing.T) {
	t.Parallel()
	for accepts, want := range map[string]bool{
		"": false, "gzip": true, "gzip, deflate, br, zstd": true, "br, gzip": true, "identity": false, "gzip;q=0": false, "x-gzip": false,
	} {
		r := httptest.NewRequest("GET", "/events", nil)
		r.Header.Set("Accept-Encoding", accepts)
		if got := takesPacked(r); got != want {
			t.Errorf("%q: %v", accepts, got)
		}
	}
}
