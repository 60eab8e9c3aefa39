package twilio

import (
	"context"
	"errors"
	"net/http"
	"time"
)

// ClientOptions says which account at which place. AccountSID and AuthToken
// are needed; the rest may be zero.
type ClientOptions struct {
	AccountSID string
	AuthToken  string
	BaseURL    string // "" is https://api.twilio.com, or the region's own; a path prefix is kept
	Region     string // e.g. "ie1"; needs Edge
	Edge       string // e.g. "dublin"
	Budget     time.Duration
	HTTP       *http.Client
}

// Client makes the REST calls a crisis line needs.
type Client struct{}

// NewLeg is a phone to be rung. It is never recorded.
type NewLeg struct {
	To          string
	From        string
	URL         string
	FallbackURL string
	StatusURL   string
	Ring        time.Duration
	Limit       time.Duration
}

// Leg is a call as Twilio sees it.
type Leg struct {
	SID       string
	Status    string
	QueueTime time.Duration
	Created   time.Time
}

// NumberSetup is where a number's webhooks point.
type NumberSetup struct {
	SID, VoiceURL, VoiceMethod, FallbackURL, FallbackMethod, StatusURL string
}

// How a request can fail, for errors.Is.
var (
	ErrGone      = errors.New("gone")
	ErrThrottled = errors.New("throttled")
	ErrRefused   = errors.New("refused")
	ErrNotSent   = errors.New("not sent")
	ErrUnknown   = errors.New("outcome unknown")
	ErrAuth      = errors.New("not authorised")
)

// APIError is an answer that is not success.
type APIError struct {
	HTTPStatus int
	Code       int
	RetryAfter time.Duration
}

func (e *APIError) Error() string { return "" }

var errTODO = errors.New("not written yet")

func NewClient(o ClientOptions) (*Client, error)                                   { return nil, errTODO }
func (c *Client) CreateCall(ctx context.Context, leg NewLeg) (Leg, error)          { return Leg{}, errTODO }
func (c *Client) RedirectCall(ctx context.Context, sid, url string) error          { return errTODO }
func (c *Client) EndCall(ctx context.Context, sid string) error                    { return errTODO }
func (c *Client) CancelCall(ctx context.Context, sid string) error                 { return errTODO }
func (c *Client) Dequeue(ctx context.Context, queueSID, callSID, url string) error { return errTODO }
func (c *Client) FetchCall(ctx context.Context, sid string) (Leg, error)           { return Leg{}, errTODO }
func (c *Client) FindCalls(ctx context.Context, to string, since time.Time) ([]Leg, error) {
	return nil, errTODO
}
func (c *Client) EnsureQueue(ctx context.Context, name string, maxSize int) (sid string, err error) {
	return "", errTODO
}
func (c *Client) Participants(ctx context.Context, conferenceName string) (callSIDs []string, conferenceSID string, err error) {
	return nil, "", errTODO
}
func (c *Client) EndConference(ctx context.Context, conferenceSID string) error { return errTODO }
func (c *Client) FetchNumber(ctx context.Context, e164 string) (NumberSetup, error) {
	return NumberSetup{}, errTODO
}
func (c *Client) CheckAccount(ctx context.Context) error { return errTODO }
