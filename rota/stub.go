package rota

import (
	"errors"
	"time"

	"example.org/crisisline/call"
)

var errStub = errors.New("not built yet")

func Parse(filename string, data []byte) (*Plan, error) { return nil, errStub }
func (p *Plan) YAML() ([]byte, error)                   { return nil, errStub }

// Problem is one thing wrong in a plan's text.
type Problem struct {
	File string
	Line int
	Text string
	Mend string
}

func (p Problem) Error() string { return p.Text }

// Problems is every one of them.
type Problems []Problem

func (p Problems) Error() string { return "plan has problems" }

func Compile(p *Plan, from time.Time, horizon time.Duration) (*Rota, error) { return nil, errStub }

func (r *Rota) OnShift(team string, tier call.Tier, now time.Time) []Duty { return nil }
func (r *Rota) Duties(responder string, now time.Time) []Duty             { return nil }
func (r *Rota) Responder(id string) (Responder, bool)                     { return Responder{}, false }
func (r *Rota) LastHumans() []Responder                                   { return nil }
func (r *Rota) Line(dialled string, now time.Time) (Line, bool)           { return Line{}, false }
func (r *Rota) HomeTeam(line string, caller call.Number, now time.Time) (team, why string) {
	return "", ""
}
func (r *Rota) Match(need call.Need, t Timing, now time.Time) Ladder         { return nil }
func (r *Rota) Serves(responder string, now time.Time) []string              { return nil }
func (r *Rota) NextChange(from time.Time) time.Time                          { return from }
func (r *Rota) NextGap(team string, from time.Time) (gap time.Time, ok bool) { return from, false }
func (r *Rota) Check(now time.Time, horizon time.Duration) []Finding         { return nil }
func (r *Rota) DialOrder(line string, now time.Time) [][]Responder           { return nil }
