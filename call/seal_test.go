package call_test

import (
	"bytes"
	"errors"
	"testing"

	"example.org/crisisline/call"
)

func secret(b byte) []byte { return bytes.Repeat([]byte{b}, call.MasterLeast) }

func sealer(t *testing.T, current []byte, previous ...[]byte) *call.Sealer {
	t.Helper()
	s, err := call.NewSealer(current, previous...)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestSealerShortSecret(t *testing.T) {
	t.Parallel()
	if _, err := call.NewSealer(secret(1)[1:]); err == nil {
		t.Error("a short secret is taken")
	}
	if _, err := call.NewSealer(secret(1), []byte("old")); err == nil {
		t.Error("a short previous secret is taken")
	}
}

func TestSealOpen(t *testing.T) {
	t.Parallel()
	s, plain, aad := sealer(t, secret(1)), []byte("+447700900123"), []byte("CA1")
	box := s.Seal(plain, aad)
	if bytes.Contains(box, plain[4:]) {
		t.Fatal("box shows what it holds")
	}
	if len(box) != len(plain)+29 {
		t.Errorf("box has %d bytes, want %d", len(box), len(plain)+29)
	}
	if bytes.Equal(box, s.Seal(plain, aad)) {
		t.Error("the same box twice: the nonce is not random")
	}
	if got, err := s.Open(box, aad); err != nil || !bytes.Equal(got, plain) {
		t.Errorf("open: %q, %v", got, err)
	}
	if _, err := s.Open(box, []byte("CA2")); !errors.Is(err, call.ErrSealed) {
		t.Errorf("another call's box opens: %v", err)
	}
	for i := range box {
		altered := bytes.Clone(box)
		altered[i] ^= 1
		if _, err := s.Open(altered, aad); !errors.Is(err, call.ErrSealed) {
			t.Fatalf("box altered at byte %d opens: %v", i, err)
		}
	}
	for n := range box {
		if _, err := s.Open(box[:n], aad); !errors.Is(err, call.ErrSealed) {
			t.Fatalf("box cut to %d bytes: %v", n, err)
		}
	}
}

func TestSealerRotation(t *testing.T) {
	t.Parallel()
	before, during, after := sealer(t, secret(1)), sealer(t, secret(2), secret(1)), sealer(t, secret(2))
	msg, aad := []byte("state"), []byte("CA1")
	old, oldSig := before.Seal(msg, aad), before.Sign(msg)
	if _, err := during.Open(old, aad); err != nil {
		t.Errorf("a previous secret's box does not open: %v", err)
	}
	if !during.Verify(msg, oldSig) {
		t.Error("a previous secret's signature does not hold")
	}
	if _, err := after.Open(during.Seal(msg, aad), aad); err != nil {
		t.Errorf("the current secret does not seal: %v", err)
	}
	if !after.Verify(msg, during.Sign(msg)) {
		t.Error("the current secret does not sign")
	}
	if _, err := after.Open(old, aad); !errors.Is(err, call.ErrSealed) {
		t.Errorf("a withdrawn secret's box opens: %v", err)
	}
	if after.Verify(msg, oldSig) {
		t.Error("a withdrawn secret's signature holds")
	}
}

// One id byte is shared by one pair of secrets in 256, so both must be tried.
func TestSealerSharedKeyID(t *testing.T) {
	t.Parallel()
	aad := []byte("CA1")
	first := sealer(t, secret(0)).Seal([]byte("x"), aad)
	for b := byte(1); b != 0; b++ {
		for c := range byte(4) {
			current := append(secret(b), c)
			if sealer(t, current).Seal(nil, nil)[0] != first[0] {
				continue
			}
			if _, err := sealer(t, current, secret(0)).Open(first, aad); err != nil {
				t.Fatalf("secrets of one id: %v", err)
			}
			return
		}
	}
	t.Fatal("no two secrets of one id found")
}

func TestSignVerify(t *testing.T) {
	t.Parallel()
	s, msg := sealer(t, secret(1)), []byte("state")
	sig := s.Sign(msg)
	if len(sig) != 32 || !s.Verify(msg, sig) {
		t.Fatalf("own signature of %d bytes does not hold", len(sig))
	}
	if s.Verify([]byte("State"), sig) || s.Verify(msg, sig[:31]) || s.Verify(msg, nil) {
		t.Error("a wrong signature holds")
	}
}

func TestIndex(t *testing.T) {
	t.Parallel()
	s := sealer(t, secret(1))
	a, b := call.ParseCaller("+447700900123"), call.ParseCaller("+447700900124")
	if got := s.Index(call.Number{}); got != "" {
		t.Errorf("withheld callers have an index: %q", got)
	}
	if len(s.Index(a)) != 32 || s.Index(a) != s.Index(call.ParseCaller("07700900123")) {
		t.Errorf("index %q is not 32 hex digits, the same for the same number", s.Index(a))
	}
	if s.Index(a) == s.Index(b) || s.Index(a) == sealer(t, secret(2)).Index(a) {
		t.Error("index does not depend on number and key")
	}
}
