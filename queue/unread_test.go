package queue

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// An answer comes in pieces, cut anywhere: what is not whole is not taken, and
// what comes after stays.
func TestUnreadWaitsForTheWhole(t *testing.T) {
	t.Parallel()
	const whole = "*2\r\n$3\r\n7-1\r\n*4\r\n$1\r\nk\r\n$0\r\n\r\n$3\r\nwhy\r\n$12\r\n2 of\r\nlines\r\r\n"
	for cut := range len(whole) {
		u := unread(whole[:cut])
		if _, _, err := u.entry(nil); !errors.Is(err, errCutShort) {
			t.Errorf("%q: %v", whole[:cut], err)
		}
	}
	u := unread(whole + "*2\r\n")
	id, pairs, err := u.entry(nil)
	want := [][]byte{[]byte("k"), {}, []byte("why"), []byte("2 of\r\nlines\r")}
	if d := cmp.Diff(want, pairs); d != "" || err != nil || string(id) != "7-1" || string(u) != "*2\r\n" {
		t.Errorf("%s, %v, %q is left (-want +got):\n%s", id, err, u, d)
	}
}

func TestUnreadIsNoEntry(t *testing.T) {
	t.Parallel()
	for name, in := range map[string]string{
		"refused":            "-WRONGTYPE no stream\r\n",
		"a string":           "$1\r\nx\r\n",
		"three parts":        "*3\r\n$3\r\n7-1\r\n",
		"an id of no string": "*2\r\n:7\r\n",
		"nothing":            "*2\r\n$-1\r\n",
		"no length":          "*\r\n",
		"no number":          "*2x\r\n",
		"longer than any":    "*2\r\n$12345678\r\n",
		"no fields":          "*2\r\n$3\r\n7-1\r\n*-1\r\n",
	} {
		u := unread(in)
		if _, _, err := u.entry(nil); err == nil || errors.Is(err, errCutShort) {
			t.Errorf("%s: %v", name, err)
		}
	}
	u := unread("-NOPERM this user has no permissions\r\n")
	if _, err := u.head('*'); err == nil || !strings.Contains(err.Error(), "NOPERM") {
		t.Errorf("the server's words are lost: %v", err)
	}
}
