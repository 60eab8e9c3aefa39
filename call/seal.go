package call

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
)

// MasterLeast is the least length of a master secret, bytes.
const MasterLeast = 32

// ErrSealed says that a box could not be opened: another key, another AAD, or
// altered. It does not say which.
var ErrSealed = errors.New("sealed box does not open")

// Sealer encrypts what is kept at rest, looks numbers up without keeping them,
// and signs what leaves the process. Every key is derived from a master secret;
// while secrets are rotated, boxes and signatures of the previous ones still
// hold, and new ones use the current. It is safe for concurrent use.
type Sealer struct{ keys []keySet } // current first

// keySet is what one master secret gives.
type keySet struct {
	id    byte // first byte of a box: which master made it
	aead  cipher.AEAD
	index []byte
	sign  []byte
}

// NewSealer derives the keys. Each secret has at least MasterLeast bytes of
// real randomness; the previous ones open and verify only.
func NewSealer(current []byte, previous ...[]byte) (*Sealer, error) {
	s := &Sealer{}
	for i, master := range append([][]byte{current}, previous...) {
		k, err := deriveKeys(master)
		if err != nil {
			return nil, fmt.Errorf("derive keys of secret %d: %w", i+1, err)
		}
		s.keys = append(s.keys, k)
	}
	return s, nil
}

func deriveKeys(master []byte) (keySet, error) {
	if len(master) < MasterLeast {
		return keySet{}, fmt.Errorf("secret has %d bytes, needs %d or more", len(master), MasterLeast)
	}
	derive := func(label string, length int) []byte {
		key, err := hkdf.Key(sha256.New, master, nil, "crisisline/v1/"+label, length)
		if err != nil { // only for a length no label asks for
			panic(err)
		}
		return key
	}
	block, err := aes.NewCipher(derive("seal", 32))
	if err != nil {
		return keySet{}, err
	}
	aead, err := cipher.NewGCMWithRandomNonce(block)
	if err != nil {
		return keySet{}, err
	}
	return keySet{id: derive("id", 1)[0], aead: aead, index: derive("index", 32), sign: derive("sign", 32)}, nil
}

// Seal encrypts plain and binds it to aad, which Open must be given again: a
// call's id, so that a box moved to another call does not open. The box is one
// byte naming the key, a random nonce, and AES-256-GCM's output: 29 bytes more
// than plain. One master secret is good for 2^32 boxes.
func (s *Sealer) Seal(plain, aad []byte) []byte {
	k := &s.keys[0]
	box := make([]byte, 1, 1+len(plain)+k.aead.Overhead())
	box[0] = k.id
	return k.aead.Seal(box, nil, plain, aad)
}

// Open reverses Seal, with the current secret or a previous one. It returns
// ErrSealed when none opens it.
func (s *Sealer) Open(box, aad []byte) ([]byte, error) {
	if len(box) == 0 {
		return nil, ErrSealed
	}
	for i := range s.keys {
		k := &s.keys[i]
		if k.id != box[0] { // two secrets may share an id: try each that has it
			continue
		}
		if plain, err := k.aead.Open(nil, nil, box[1:], aad); err == nil {
			return plain, nil
		}
	}
	return nil, ErrSealed
}

// Index is a number's keyed hash, 32 hex digits, by which an earlier call of
// the same caller is found; "" when withheld, so that withheld callers are never
// taken for one another. There are few enough numbers to try them all, so the
// key never leaves the process. Rotating the secret forgets who rang before.
func (s *Sealer) Index(n Number) string {
	if !n.Known() {
		return ""
	}
	return hex.EncodeToString(mac(s.keys[0].index, []byte(n.E164()))[:16])
}

// Sign is a 32-byte signature of msg with the current secret.
func (s *Sealer) Sign(msg []byte) []byte { return mac(s.keys[0].sign, msg) }

// Verify reports whether sig was made by Sign with the current secret or a
// previous one. It takes the same time whatever the signature is.
func (s *Sealer) Verify(msg, sig []byte) bool {
	ok := false
	for i := range s.keys {
		if hmac.Equal(mac(s.keys[i].sign, msg), sig) {
			ok = true
		}
	}
	return ok
}

func mac(key, msg []byte) []byte {
	h := hmac.New(sha256.New, key)
	h.Write(msg)
	return h.Sum(nil)
}
