package queue

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/redis/go-redis/v9"

	"example.org/crisisline/call"
)

// field is one field of a hash and how it is read. A script answers a whole
// hash as one string, its fields in the order of the list, so that a record
// costs one allocation and not forty.
type field[T any] struct {
	name string
	read func(*T, string)
}

// fieldSep stands between fields. Nothing we store holds it.
const fieldSep = "\x1f"

// callFields are the fields of call:<id> that a Record shows. The hash holds
// some more, which only the scripts need; doc.go lists all.
var callFields = []field[Record]{
	{"id", func(r *Record, v string) { r.ID = call.ID(v) }},
	{"st", func(r *Record, v string) { r.State = call.State(v) }},
	{"ln", func(r *Record, v string) { r.Line = v }},
	{"nu", func(r *Record, v string) { r.Number = v }},
	{"wh", func(r *Record, v string) { r.Withheld = v == "1" }},
	{"cl", func(r *Record, v string) { r.Caller = call.Caller(v) }},
	{"tm", func(r *Record, v string) { r.Team = v }},
	{"lg", func(r *Record, v string) { r.Language = v }},
	{"sk", func(r *Record, v string) { r.Skills = split(v) }},
	{"rc", func(r *Record, v string) { r.ReceivedAt = instant(v) }},
	{"gr", func(r *Record, v string) { r.GreetEndAt = instant(v) }},
	{"wt", func(r *Record, v string) { r.WaitingAt = instant(v) }},
	{"ac", func(r *Record, v string) { r.AcceptedAt = instant(v) }},
	{"cn", func(r *Record, v string) { r.ConnectedAt = instant(v) }},
	{"tk", func(r *Record, v string) { r.TalkingAt = instant(v) }},
	{"pl", func(r *Record, v string) { r.Place = instant(v) }},
	{"sc", func(r *Record, v string) { r.Score = number(v) }},
	{"rp", func(r *Record, v string) { r.Responder = v }},
	{"ti", func(r *Record, v string) { r.Tier = call.Tier(v) }},
	{"of", func(r *Record, v string) { r.Offer = call.OfferID(v) }},
	{"os", func(r *Record, v string) { r.OfferSID = v }},
	{"cf", func(r *Record, v string) { r.Conference = v }},
	{"jc", func(r *Record, v string) { r.CallerIn = v == "1" }},
	{"qs", func(r *Record, v string) { r.QueueSID = v }},
	{"n", func(r *Record, v string) { r.Offers = int(number(v)) }},
	{"open", func(r *Record, v string) { r.Ringing = len(split(v)) }},
	{"rd", func(r *Record, v string) { r.Redials = int(number(v)) }},
	{"rg", func(r *Record, v string) { r.Rung = int(number(v)) }},
	{"pf", func(r *Record, v string) { r.Prefer = v }},
	{"ft", func(r *Record, v string) { r.Front = v == "1" }},
	{"dg", func(r *Record, v string) { r.Danger = v == "1" }},
	{"nb", func(r *Record, v string) { r.NotBefore = instant(v) }},
	{"ls", func(r *Record, v string) { r.LastStep = instant(v) }},
	{"oc", func(r *Record, v string) { r.Outcome = call.Outcome(v) }},
}

// sealedField holds the caller's number; a script's answer has it last.
const sealedField = "fr"

var offerFields = []field[OfferRecord]{
	{"id", func(o *OfferRecord, v string) { o.ID = call.OfferID(v) }},
	{"c", func(o *OfferRecord, v string) { o.Call = call.ID(v) }},
	{"r", func(o *OfferRecord, v string) { o.Responder = v }},
	{"tm", func(o *OfferRecord, v string) { o.Team = v }},
	{"ti", func(o *OfferRecord, v string) { o.Tier = call.Tier(v) }},
	{"st", func(o *OfferRecord, v string) { o.State = OfferState(v) }},
	{"sid", func(o *OfferRecord, v string) { o.SID = v }},
	{"at", func(o *OfferRecord, v string) { o.OfferedAt = instant(v) }},
	{"sa", func(o *OfferRecord, v string) { o.SendAt = instant(v) }},
	{"rs", func(o *OfferRecord, v string) { o.Result = call.Result(v) }},
}

// listSep joins what a field holds several of: open offers, skills, pools.
const listSep = "\n"

func split(v string) []string {
	if v == "" {
		return nil
	}
	return strings.Split(v, listSep)
}

func number(v string) int64 {
	n, err := strconv.ParseInt(v, 10, 64)
	if err != nil { // fields are written by our scripts: only "" comes here
		return 0
	}
	return n
}

func instant(v string) time.Time { return call.FromMillis(number(v)) }

// readPacked reads a script's answer into r and gives what follows the list.
func readPacked[T any](r *T, fields []field[T], packed string) (rest string, err error) {
	for _, f := range fields {
		value, after, ok := strings.Cut(packed, fieldSep)
		if !ok {
			return "", fmt.Errorf("read record: field %s is missing", f.name)
		}
		f.read(r, value)
		packed = after
	}
	return packed, nil
}

func (s *Store) readCall(packed string) (Record, error) {
	var r Record
	sealed, err := readPacked(&r, callFields, packed)
	if err != nil {
		return Record{}, err
	}
	r.From = s.openNumber(r.ID, sealed)
	return r, nil
}

func readOffer(packed string) (OfferRecord, error) {
	var o OfferRecord
	_, err := readPacked(&o, offerFields, packed)
	return o, err
}

func (s *Store) sealNumber(id call.ID, n call.Number) string {
	if !n.Known() {
		return ""
	}
	return base64.RawStdEncoding.EncodeToString(s.o.Sealer.Seal([]byte(n.E164()), []byte(id)))
}

// openNumber gives the zero Number for a box that no longer opens: the call
// goes on without its number.
func (s *Store) openNumber(id call.ID, sealed string) call.Number {
	if sealed == "" {
		return call.Number{}
	}
	box, err := base64.RawStdEncoding.DecodeString(sealed)
	if err != nil {
		return call.Number{}
	}
	plain, err := s.o.Sealer.Open(box, []byte(id))
	if err != nil {
		return call.Number{}
	}
	return call.ParseCaller(string(plain))
}

// Record is what the store holds of a call, ErrNoCall when it holds none.
func (s *Store) Record(ctx context.Context, id call.ID) (Record, error) {
	hash, err := s.rdb.HGetAll(ctx, s.key(keyCall+string(id))).Result()
	if err != nil {
		return Record{}, fmt.Errorf("read call: %w", err)
	}
	return s.callOf(hash)
}

func (s *Store) callOf(hash map[string]string) (Record, error) {
	if hash["st"] == "" {
		return Record{}, ErrNoCall
	}
	var r Record
	for _, f := range callFields {
		f.read(&r, hash[f.name])
	}
	r.From = s.openNumber(r.ID, hash[sealedField])
	return r, nil
}

// Offer is what the store holds of an offer, ErrNoOffer when it holds none.
// Offers that are over stay readable for an hour, the accepted one as long as
// its call.
func (s *Store) Offer(ctx context.Context, id call.OfferID) (OfferRecord, error) {
	hash, err := s.rdb.HGetAll(ctx, s.key(keyOffer+string(id))).Result()
	if err != nil {
		return OfferRecord{}, fmt.Errorf("read offer: %w", err)
	}
	return offerOf(hash)
}

func offerOf(hash map[string]string) (OfferRecord, error) {
	if hash["st"] == "" {
		return OfferRecord{}, ErrNoOffer
	}
	var o OfferRecord
	for _, f := range offerFields {
		f.read(&o, hash[f.name])
	}
	return o, nil
}

// ByConference is the call whose legs meet, or last met, in the conference of
// this name, ErrNoCall when there is none.
func (s *Store) ByConference(ctx context.Context, name string) (call.ID, error) {
	id, err := s.rdb.Get(ctx, s.key(keyConf+name)).Result()
	switch {
	case errors.Is(err, redis.Nil):
		return "", ErrNoCall
	case err != nil:
		return "", fmt.Errorf("read conference: %w", err)
	}
	return call.ID(id), nil
}
