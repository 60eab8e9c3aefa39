package console

import (
	"errors"
	"fmt"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"example.org/crisisline/queue"
	"example.org/crisisline/rota"
)

// errNotThere is an operation about what is not there.
var errNotThere = errors.New("there is no such thing, or it is over")

// apiError is an error as a program reads it: never what the store said.
func (c *Console) apiError(r *asked, o operation, err error) error {
	var no refused
	var wrong rota.Problems
	var missing incomplete
	var wrongs amiss
	var not notDone
	var other meanwhile
	var said *huma.ErrorModel
	switch {
	case errors.As(err, &said):
		return said
	case errors.As(err, &no):
		c.noteRefusal(r, no.Do, no.Teams...)
		return huma.Error403Forbidden(c.refusalWords(r, no.Do, no.Teams...))
	case errors.As(err, &missing):
		return amiss{problem(missing)}.answer()
	case errors.As(err, &wrongs):
		return wrongs.answer()
	case errors.As(err, &other):
		return other.answer()
	case errors.As(err, &not):
		return huma.Error409Conflict(not.Error())
	case errors.As(err, &wrong):
		e := &huma.ErrorModel{Status: http.StatusUnprocessableEntity, Title: http.StatusText(http.StatusUnprocessableEntity), Detail: "The rota would not be a good one."}
		for _, p := range wrong {
			e.Errors = append(e.Errors, &huma.ErrorDetail{Message: p.Text + ": " + p.Mend})
		}
		return e
	case errors.Is(err, errNobodyHere):
		return huma.Error403Forbidden("This is about whoever asks, and you are nobody in the plan. A token is somebody's that was made with --responder. Nothing was changed.")
	case errors.Is(err, errManyFeeds), errors.Is(err, errAgreed):
		return huma.Error409Conflict(upper(err.Error()) + ". Nothing was changed.")
	case errors.Is(err, errNotThere), errors.Is(err, errNoFeed), errors.Is(err, ErrNoFigures), errors.Is(err, queue.ErrNoFollowUp), errors.Is(err, queue.ErrNoCallback), errors.Is(err, rota.ErrNoDraft), errors.Is(err, rota.ErrNoPlan):
		return huma.Error404NotFound("There is no such thing, or it is over. Nothing was changed.")
	case errors.Is(err, errNothingCame), errors.Is(err, queue.ErrNotAnswered), errors.Is(err, queue.ErrNoCall):
		return huma.Error409Conflict("Nobody was connected to this caller, as far as the ledger still goes. Nothing was recorded.")
	case errors.Is(err, rota.ErrStale):
		return huma.Error409Conflict("Somebody else changed it meanwhile. Nothing was changed. Read it again.")
	case errors.Is(err, rota.ErrRefused):
		return amiss{{"because", "The checks refuse it: reading it says what. Mend that, or say in because why it cannot wait: you answer for it."}}.answer()
	case errors.Is(err, rota.ErrRest):
		return amiss{{"despite", upper(reasonOf(err))}}.answer()
	case known(err), errors.Is(err, rota.ErrUnknown), errors.Is(err, errAsked):
		return huma.Error422UnprocessableEntity(upper(reasonOf(err)))
	case errors.Is(err, queue.ErrNoPlace):
		return huma.Error422UnprocessableEntity("That is no place to go on from.")
	}
	c.o.Log.Error("api", "operation", o.ID, "err", err)
	return huma.Error503ServiceUnavailable("The store gave no clear answer. What was to be changed may or may not have been: look before you try again. Calls are not affected.")
}

// errAsked is something that was asked wrongly.
var errAsked = errors.New("asked wrongly")

func wrongly(format string, args ...any) error {
	return fmt.Errorf("%w: %s", errAsked, fmt.Sprintf(format, args...))
}

// amiss is everything that is wrong with what was sent, each at its field.
type amiss []problem

func (a amiss) Error() string { return a[0].Text }

func (a amiss) answer() error {
	e := &huma.ErrorModel{Status: http.StatusUnprocessableEntity, Title: http.StatusText(http.StatusUnprocessableEntity), Detail: a[0].Text}
	for _, p := range a {
		at := ""
		if p.Field != "" {
			at = "body." + p.Field
		}
		e.Errors = append(e.Errors, &huma.ErrorDetail{Message: p.Text, Location: at})
	}
	return e
}

// wrongAt is one thing that is wrong with a field of what was sent.
func wrongAt(field, format string, args ...any) error {
	return amiss{{field, fmt.Sprintf(format, args...)}}
}

// meanwhile is what somebody else did, so that what was asked for was not done.
type meanwhile struct {
	Text    string
	Changed []string // what they did, the latest first
}

func (m meanwhile) Error() string { return m.Text }

func (m meanwhile) answer() error {
	e := &huma.ErrorModel{Status: http.StatusConflict, Title: http.StatusText(http.StatusConflict), Detail: m.Text}
	for _, text := range m.Changed {
		e.Errors = append(e.Errors, &huma.ErrorDetail{Message: text})
	}
	return e
}
