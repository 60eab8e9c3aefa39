package twilio

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"

	twilioclient "github.com/twilio/twilio-go/client"
	api "github.com/twilio/twilio-go/rest/api/v2010"
)

// ClientOptions says which account, where, and how long to wait.
type ClientOptions struct {
	AccountSID string        // needed; also the user name
	AuthToken  string        // needed
	BaseURL    string        // "" is Twilio's own for the region and edge; a path prefix is kept
	Region     string        // "" is Twilio's default, us1; otherwise e.g. "ie1", and then Edge is needed
	Edge       string        // e.g. "dublin"
	Budget     time.Duration // for one request, its answer included; 0 means 5 s
	HTTP       *http.Client  // nil is one of our own; redirects are never followed
}

// Client makes the REST calls a crisis line needs. It is safe for concurrent
// use. Nothing is retried inside: what may be repeated is for the caller to
// judge by the error's kind. No method records anything.
type Client struct {
	options ClientOptions
	base    *url.URL
}

// NewClient checks the options. It sends nothing.
func NewClient(o ClientOptions) (*Client, error) {
	if o.AccountSID == "" || !plain(o.AccountSID) {
		return nil, errors.New("account SID: must be letters, digits, - and _")
	}
	if o.AuthToken == "" {
		return nil, errors.New("auth token: is empty")
	}
	if o.BaseURL == "" {
		host, err := apiHost(o.Region, o.Edge)
		if err != nil {
			return nil, err
		}
		o.BaseURL = "https://" + host
	}
	base, err := url.Parse(o.BaseURL)
	if err != nil || base.Host == "" || (base.Scheme != "https" && base.Scheme != "http") {
		return nil, errors.New("API base URL: must be http:// or https:// and a host")
	}
	base.Path = strings.TrimRight(base.Path, "/")
	if o.Budget <= 0 {
		o.Budget = 5 * time.Second
	}
	o.HTTP = ownHTTP(o.HTTP)
	return &Client{options: o, base: base}, nil
}

// apiHost is the API's name. Names with a region alone stopped working on
// 2026-04-28, so a region needs an edge.
// https://www.twilio.com/docs/global-infrastructure/using-the-twilio-rest-api-in-a-non-us-region, read 2026-11-21.
func apiHost(region, edge string) (string, error) {
	switch {
	case !plain(region) || !plain(edge):
		return "", errors.New("region and edge: must be letters, digits and -")
	case region == "" && edge == "":
		return "api.twilio.com", nil
	case edge == "":
		return "", fmt.Errorf("edge: is needed with region %q (for ie1: dublin)", region)
	case region == "":
		region = "us1"
	}
	return "api." + edge + "." + region + ".twilio.com", nil
}

// plain reports whether s can stand in a path or a host as it is.
func plain(s string) bool {
	for i := range len(s) {
		c := s[i]
		if (c < '0' || c > '9') && (c < 'a' || c > 'z') && (c < 'A' || c > 'Z') && c != '-' && c != '_' {
			return false
		}
	}
	return true
}

// ownHTTP is a copy of given, or a new client, that follows no redirect: the
// redirect of a POST would become a GET, and look like success.
func ownHTTP(given *http.Client) *http.Client {
	own := &http.Client{}
	if given != nil {
		*own = *given
	} else {
		t := http.DefaultTransport.(*http.Transport).Clone()
		t.MaxIdleConnsPerHost = 64 // a burst of offers must not open a burst of connections each time
		own.Transport = t
	}
	own.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	return own
}

// Host is where requests go, for the doctor and the log.
func (c *Client) Host() string { return c.base.Host }

// service is twilio-go's API over one request's wire. cancel must be called
// when the answer has been read. The handler is made by hand because twilio-go
// would let TWILIO_EDGE and TWILIO_REGION of the environment move it.
func (c *Client) service(ctx context.Context) (svc *api.ApiService, cancel context.CancelFunc) {
	ctx, cancel = context.WithTimeout(ctx, c.options.Budget)
	return api.NewApiService(&twilioclient.RequestHandler{Client: wire{client: c, ctx: ctx}}), cancel
}

// CheckAccount asks for the account itself: the credentials work at this place
// and the account is active. A suspended account is ErrRefused.
func (c *Client) CheckAccount(ctx context.Context) error {
	const op = "check account"
	svc, cancel := c.service(ctx)
	defer cancel()
	account, err := svc.FetchAccount(c.options.AccountSID)
	if err != nil {
		return as(op, err)
	}
	if status := value(account.Status); status != "active" {
		return refused(op, "account is %q", status)
	}
	return nil
}

// NumberSetup is where a number's webhooks point.
type NumberSetup struct {
	SID            string
	VoiceURL       string
	VoiceMethod    string
	FallbackURL    string
	FallbackMethod string
	StatusURL      string
}

// FetchNumber reads how one of the account's numbers is set up. A number the
// account does not have is ErrGone. Numbers are set up per region.
func (c *Client) FetchNumber(ctx context.Context, e164 string) (NumberSetup, error) {
	const op = "fetch number"
	svc, cancel := c.service(ctx)
	defer cancel()
	page, err := svc.PageIncomingPhoneNumber(new(api.ListIncomingPhoneNumberParams).SetPhoneNumber(e164).SetPageSize(50), "", "")
	if err != nil {
		return NumberSetup{}, as(op, err)
	}
	for _, n := range page.IncomingPhoneNumbers {
		if value(n.PhoneNumber) == e164 {
			return NumberSetup{
				SID:      value(n.Sid),
				VoiceURL: value(n.VoiceUrl), VoiceMethod: value(n.VoiceMethod),
				FallbackURL: value(n.VoiceFallbackUrl), FallbackMethod: value(n.VoiceFallbackMethod),
				StatusURL: value(n.StatusCallback),
			}, nil
		}
	}
	return NumberSetup{}, &APIError{op: op, kind: ErrGone, cause: errors.New("the account has no such number")}
}

func value(s *string) string {
	if s == nil {
		return ""
	}
	return *s
}
