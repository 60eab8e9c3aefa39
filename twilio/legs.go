package twilio

import (
	"context"
	"errors"
	"net/http"
	"strconv"
	"time"

	api "github.com/twilio/twilio-go/rest/api/v2010"
)

// NewLeg is a phone to be rung. URLs are absolute and may carry Overrides.
type NewLeg struct {
	To          string        // E.164
	From        string        // a number of the account, or verified
	URL         string        // document for who picks up
	FallbackURL string        // document when URL cannot be fetched or run; "" for none
	StatusURL   string        // told of initiated, ringing, answered and completed; "" for none
	Ring        time.Duration // how long it may ring; whole seconds, Twilio may add 5; 0 means Twilio's 60 s
	Limit       time.Duration // how long it may last; 0 means Twilio's 4 h
}

// Leg is a call as Twilio sees it.
type Leg struct {
	SID       string
	Status    string        // one of the Status constants
	QueueTime time.Duration // how long Twilio says it will hold the leg for its calls-per-second limit
	Created   time.Time     // whole seconds; zero when not said
}

// statusEvents are those of a leg's life that matter; Twilio's default is the
// last only.
var statusEvents = []string{"initiated", "ringing", "answered", "completed"}

// CreateCall asks for a leg. There is no idempotency key: after ErrUnknown the
// phone may ring, and only FindCalls or a callback will tell.
// https://www.twilio.com/docs/voice/api/call-resource#create-a-call-resource, read 2026-11-21.
func (c *Client) CreateCall(ctx context.Context, leg NewLeg) (Leg, error) {
	const op = "create call"
	p := new(api.CreateCallParams).SetTo(leg.To).SetFrom(leg.From).SetUrl(leg.URL).SetMethod(http.MethodPost)
	if leg.FallbackURL != "" {
		p.SetFallbackUrl(leg.FallbackURL).SetFallbackMethod(http.MethodPost)
	}
	if leg.StatusURL != "" {
		p.SetStatusCallback(leg.StatusURL).SetStatusCallbackMethod(http.MethodPost).SetStatusCallbackEvent(statusEvents)
	}
	if leg.Ring > 0 {
		p.SetTimeout(seconds(leg.Ring))
	}
	if leg.Limit > 0 {
		p.SetTimeLimit(seconds(leg.Limit))
	}
	svc, cancel := c.service(ctx)
	defer cancel()
	call, err := svc.CreateCall(p)
	if errors.Is(err, ErrGone) { // the account, not a leg
		return Leg{}, refused(op, "no such account at this place")
	}
	if err != nil {
		return Leg{}, as(op, err)
	}
	if value(call.Sid) == "" {
		return Leg{}, as(op, errors.New("no SID"))
	}
	return legOf(call), nil
}

// seconds is d in whole seconds, rounded up, at least 1.
func seconds(d time.Duration) int { return max(1, int((d+time.Second-1)/time.Second)) }

func legOf(call *api.ApiV2010Call) Leg {
	leg := Leg{SID: value(call.Sid), Status: value(call.Status)}
	if ms, err := strconv.Atoi(value(call.QueueTime)); err == nil && ms > 0 {
		leg.QueueTime = time.Duration(ms) * time.Millisecond
	}
	if t, err := time.Parse(time.RFC1123Z, value(call.DateCreated)); err == nil {
		leg.Created = t.UTC()
	}
	return leg
}

// RedirectCall makes the leg go on with the document at url. A leg that is over
// is ErrGone. https://www.twilio.com/docs/voice/api/call-resource#update-a-call-resource, read 2026-11-21.
func (c *Client) RedirectCall(ctx context.Context, sid, url string) error {
	_, err := c.updateCall(ctx, "redirect call", sid, new(api.UpdateCallParams).SetUrl(url).SetMethod(http.MethodPost))
	return err
}

// EndCall ends a leg in whatever state. One that is over already is no error.
func (c *Client) EndCall(ctx context.Context, sid string) error {
	_, err := c.updateCall(ctx, "end call", sid, new(api.UpdateCallParams).SetStatus(StatusCompleted))
	if errors.Is(err, ErrGone) {
		return nil
	}
	return err
}

// CancelCall stops a leg that is queued or rings. "canceled" does not touch one
// that has just been picked up, so such a leg is then ended. One that is over
// already is no error.
func (c *Client) CancelCall(ctx context.Context, sid string) error {
	status, err := c.updateCall(ctx, "cancel call", sid, new(api.UpdateCallParams).SetStatus(StatusCanceled))
	switch {
	case err == nil && status != StatusInProgress:
		return nil
	case err == nil, errors.Is(err, ErrRefused):
		return c.EndCall(ctx, sid)
	case errors.Is(err, ErrGone):
		if e, ok := errors.AsType[*APIError](err); ok && e.Code == codeNotInProgress {
			return c.EndCall(ctx, sid) // over, or picked up: the code does not tell which
		}
		return nil
	}
	return err
}

func (c *Client) updateCall(ctx context.Context, op, sid string, p *api.UpdateCallParams) (status string, err error) {
	if sid == "" || !plain(sid) {
		return "", refused(op, "call SID is not valid")
	}
	svc, cancel := c.service(ctx)
	defer cancel()
	call, err := svc.UpdateCall(sid, p)
	if err != nil {
		return "", as(op, err)
	}
	return value(call.Status), nil
}

// FetchCall reads a leg. What it says may lag behind the callbacks.
func (c *Client) FetchCall(ctx context.Context, sid string) (Leg, error) {
	const op = "fetch call"
	if sid == "" || !plain(sid) {
		return Leg{}, refused(op, "call SID is not valid")
	}
	svc, cancel := c.service(ctx)
	defer cancel()
	call, err := svc.FetchCall(sid, nil)
	if err != nil {
		return Leg{}, as(op, err)
	}
	return legOf(call), nil
}

// FindCalls lists the legs to a number made at or after since (taken to the
// whole second), newest first, 50 at most. It does not ask by start time: a leg
// that still waits in Twilio's queue has none.
func (c *Client) FindCalls(ctx context.Context, to string, since time.Time) ([]Leg, error) {
	svc, cancel := c.service(ctx)
	defer cancel()
	page, err := svc.PageCall(new(api.ListCallParams).SetTo(to).SetPageSize(50), "", "")
	if err != nil {
		return nil, as("find calls", err)
	}
	since = since.Truncate(time.Second)
	var legs []Leg
	for i := range page.Calls {
		if leg := legOf(&page.Calls[i]); leg.Created.IsZero() || !leg.Created.Before(since) {
			legs = append(legs, leg)
		}
	}
	return legs, nil
}
