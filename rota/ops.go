package rota

import (
	"bytes"
	"crypto/sha256"
	"encoding/base32"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"
)

// Errors of Edit. Besides them it returns a Problems when the plan would not
// be a good one.
var (
	ErrNoSuch  = errors.New("there is no such thing in the plan")
	ErrNotOn   = errors.New("the person is not on then")
	ErrRest    = errors.New("the rest between two shifts would be too short")
	ErrTooLate = errors.New("that is decided already")
	ErrUnknown = errors.New("not an operation")
)

// Op is one thing a person does to a plan. The command line and the console
// have no other way to change who is on shift. Each has a JSON form: its
// fields, and "do" with its name.
type Op interface {
	// Do is the operation's name: "report_absence".
	Do() string
	edit(e *edit) error
}

// Edit does op to a plan and returns the plan that results, with what it does
// said in sentences a person can check, by id. It is pure: p is left as it is,
// and nothing is in force before the result is published (Book.Publish). The
// text of the plan changes where the operation changes it and nowhere else.
//
// Either the whole of op is done, or none of it and an error.
func Edit(p *Plan, op Op, now time.Time) (*Plan, []string, error) {
	next, err := p.Clone()
	if err != nil {
		return nil, nil, fmt.Errorf("edit plan: %w", err)
	}
	e := &edit{p: next, now: now, op: op}
	if e.before, err = Compile(p, now.Add(-lookBack), lookBack+DefaultHorizon); err != nil {
		return nil, nil, fmt.Errorf("edit plan: %w", err)
	}
	e.zone = e.before.zone
	if err := op.edit(e); err != nil {
		return nil, nil, fmt.Errorf("edit plan: %s: %w", strings.ReplaceAll(op.Do(), "_", " "), err)
	}
	after, err := next.Clone()
	if err != nil {
		return nil, nil, fmt.Errorf("edit plan: %s: %w", strings.ReplaceAll(op.Do(), "_", " "), err)
	}
	r, err := Compile(after, now.Add(-lookBack), lookBack+DefaultHorizon)
	if err != nil {
		return nil, nil, fmt.Errorf("edit plan: %w", err)
	}
	e.consequences(r)
	return after, e.said, nil
}

// edit is one call of Edit.
type edit struct {
	p      *Plan // being changed
	before *Rota
	zone   *time.Location
	now    time.Time
	op     Op
	said   []string
	cover  []CoverQuery // what the operation leaves open: who could cover is said at the end
}

func (e *edit) say(format string, args ...any) { e.said = append(e.said, fmt.Sprintf(format, args...)) }

// ops are the operations by name.
var ops = map[string]func([]byte) (Op, error){
	AddOverride{}.Do():    opFrom[AddOverride],
	RemoveOverride{}.Do(): opFrom[RemoveOverride],
	ReplaceNow{}.Do():     opFrom[ReplaceNow],
	ReportAbsence{}.Do():  opFrom[ReportAbsence],
	EndAbsence{}.Do():     opFrom[EndAbsence],
	OfferSwap{}.Do():      opFrom[OfferSwap],
	AcceptSwap{}.Do():     opFrom[AcceptSwap],
	ApproveSwap{}.Do():    opFrom[ApproveSwap],
	DeclineSwap{}.Do():    opFrom[DeclineSwap],
	TakeShift{}.Do():      opFrom[TakeShift],
	AddDated{}.Do():       opFrom[AddDated],
	RemoveDated{}.Do():    opFrom[RemoveDated],
	Tidy{}.Do():           opFrom[Tidy],
	AddAid{}.Do():         opFrom[AddAid],
	EndAid{}.Do():         opFrom[EndAid],
	MoveOutward{}.Do():    opFrom[MoveOutward],
	RetireLine{}.Do():     opFrom[RetireLine],
	RestoreLine{}.Do():    opFrom[RestoreLine],
	AddPerson{}.Do():      opFrom[AddPerson],
	ChangePerson{}.Do():   opFrom[ChangePerson],
	RemovePerson{}.Do():   opFrom[RemovePerson],
}

// Ops are the names of all operations, sorted.
func Ops() []string { return slices.Sorted(maps.Keys(ops)) }

func opFrom[T Op](fields []byte) (Op, error) {
	var op T
	dec := json.NewDecoder(bytes.NewReader(fields))
	dec.DisallowUnknownFields()
	if err := dec.Decode(&op); err != nil {
		return nil, err
	}
	return op, nil
}

// ParseOp reads an operation's JSON form strictly: unknown names and fields
// are errors.
func ParseOp(data []byte) (Op, error) {
	var fields map[string]json.RawMessage
	if err := json.Unmarshal(data, &fields); err != nil {
		return nil, fmt.Errorf("read operation: %w", err)
	}
	var do string
	if err := json.Unmarshal(fields["do"], &do); err != nil || ops[do] == nil {
		return nil, fmt.Errorf("read operation: %w: %s", ErrUnknown, didYouMean(do, Ops()))
	}
	delete(fields, "do")
	rest, err := json.Marshal(fields)
	if err != nil {
		return nil, fmt.Errorf("read operation: %w", err)
	}
	op, err := ops[do](rest)
	if err != nil {
		return nil, fmt.Errorf("read operation: %s: %w", do, err)
	}
	return op, nil
}

// MarshalOp is an operation's JSON form.
func MarshalOp(op Op) ([]byte, error) {
	fields, err := json.Marshal(op)
	if err != nil {
		return nil, fmt.Errorf("write operation: %w", err)
	}
	head := fmt.Sprintf(`{"do":%q`, op.Do())
	if len(fields) > 2 {
		head += ","
	}
	return append([]byte(head), fields[1:]...), nil
}

// newID is an id of the form word-20260302-k3x9qa: it names nobody. What follows
// the day is made of the operation and the moment, so that done again on a plan
// that somebody else has changed meanwhile it is the same id, and two drafts of
// one day never give one id to two things.
func (e *edit) newID(word string, taken func(id string) bool) string {
	day := strings.ReplaceAll(wallAt(e.zone, e.now.Unix()).Date.String(), "-", "")
	seed, err := MarshalOp(e.op)
	if err != nil {
		seed = []byte(err.Error()) // an operation that has no JSON form: the moment tells it apart
	}
	for n := 1; ; n++ {
		sum := sha256.Sum256(fmt.Appendf(nil, "%s %d %d %s", word, n, e.now.UnixNano(), seed))
		if id := word + "-" + day + "-" + idLetters.EncodeToString(sum[:])[:6]; !taken(id) {
			return id
		}
	}
}

// idLetters has no letter that is mistaken for a digit.
var idLetters = base32.NewEncoding("abcdefghijkmnpqrstuvwxyz23456789").WithPadding(base32.NoPadding)

func (e *edit) person(id string) (*Responder, error) {
	for i := range e.p.Responders {
		if e.p.Responders[i].ID == id {
			return &e.p.Responders[i], nil
		}
	}
	return nil, fmt.Errorf("%w: responder %s", ErrNoSuch, shown(id))
}

func (e *edit) shift(id string) (*Shift, error) {
	for i := range e.p.Shifts {
		if e.p.Shifts[i].ID == id {
			return &e.p.Shifts[i], nil
		}
	}
	return nil, fmt.Errorf("%w: shift %s", ErrNoSuch, shown(id))
}

// at is an instant of the plan's wall.
func (e *edit) at(l LocalTime) time.Time { return time.Unix(l.instant(e.zone), 0).UTC() }
