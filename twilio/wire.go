package twilio

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptrace"
	"net/url"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	twilioclient "github.com/twilio/twilio-go/client"
)

// maxAnswer bounds what is read of an answer; a page of 1 000 queues is half of it.
const maxAnswer = 1 << 20

// wire is one request's way to the API: twilio-go's BaseClient, with what its
// own lacks (a context, a place that is ours to choose, any user name, answers
// that are always read and closed, and errors that say whether the request
// left).
type wire struct {
	client *Client
	ctx    context.Context // in a struct because twilio-go's interface passes none
}

var _ twilioclient.BaseClient = wire{}

// AccountSid is for twilio-go, which puts it into the path.
func (w wire) AccountSid() string { return w.client.options.AccountSID }

// SetTimeout does nothing: the context is the budget.
func (wire) SetTimeout(time.Duration) {}

// SetOauth does nothing: requests carry basic authorisation.
func (wire) SetOauth(twilioclient.OAuth) {}

// OAuth is nil.
func (wire) OAuth() twilioclient.OAuth { return nil }

// SendRequest makes one request and returns its answer, fully read, if it is a
// success in JSON; everything else is an *APIError.
func (w wire) SendRequest(method, rawURL string, data url.Values, headers map[string]any, _ ...byte) (*http.Response, error) {
	var sent atomic.Bool
	ctx := httptrace.WithClientTrace(w.ctx, &httptrace.ClientTrace{
		GotConn: func(httptrace.GotConnInfo) { sent.Store(true) },
	})
	req, err := w.request(ctx, method, rawURL, data, headers)
	if err != nil {
		return nil, &APIError{kind: ErrNotSent, cause: err}
	}
	res, err := w.client.options.HTTP.Do(req)
	if err != nil {
		kind := ErrNotSent
		if sent.Load() {
			kind = ErrUnknown
		}
		return nil, &APIError{kind: kind, cause: withoutURL(err)}
	}
	body, err := io.ReadAll(io.LimitReader(res.Body, maxAnswer))
	closeErr := res.Body.Close()
	if err = errors.Join(err, closeErr); err != nil {
		return nil, &APIError{HTTPStatus: res.StatusCode, kind: ErrUnknown, cause: err}
	}
	if err := answered(res, body); err != nil {
		return nil, err
	}
	res.Body = io.NopCloser(bytes.NewReader(body))
	return res, nil
}

func (w wire) request(ctx context.Context, method, rawURL string, data url.Values, headers map[string]any) (*http.Request, error) {
	asked, err := url.Parse(rawURL)
	if err != nil {
		return nil, errors.New("path is not a URL")
	}
	u := *w.client.base
	u.Path, u.RawPath = w.client.base.Path+asked.Path, ""
	var body io.Reader
	if method == http.MethodGet {
		u.RawQuery = data.Encode()
	} else {
		body = strings.NewReader(data.Encode())
	}
	req, err := http.NewRequestWithContext(ctx, method, u.String(), body)
	if err != nil {
		return nil, errors.New("request cannot be built")
	}
	for name, value := range headers {
		req.Header.Set(name, fmt.Sprint(value))
	}
	if body == nil {
		req.Header.Del("Content-Type")
	}
	req.Header.Set("Accept", "application/json")
	req.Header.Set("User-Agent", "crisisline")
	req.SetBasicAuth(w.client.options.AccountSID, w.client.options.AuthToken)
	return req, nil
}

// withoutURL takes the URL out of net/http's error: its query may hold a
// telephone number.
func withoutURL(err error) error {
	if e, ok := errors.AsType[*url.Error](err); ok {
		return e.Err
	}
	return err
}

// answered is nil for a success in JSON. A redirect, a page, or nothing at all
// where JSON should be leaves the outcome unknown, whatever the status.
func answered(res *http.Response, body []byte) error {
	var said struct {
		Code int `json:"code"`
	}
	known := json.Unmarshal(body, &said) == nil
	if res.StatusCode >= 200 && res.StatusCode < 300 {
		if !known {
			return &APIError{HTTPStatus: res.StatusCode, kind: ErrUnknown, cause: errors.New("answer is not JSON")}
		}
		return nil
	}
	return &APIError{
		HTTPStatus: res.StatusCode,
		Code:       said.Code,
		RetryAfter: retryAfter(res.Header),
		kind:       kindOf(res.StatusCode, said.Code, known),
	}
}

// retryAfter reads the header as seconds or as a date; the date is taken
// relative to the answer's own Date, so no clock of ours is asked.
func retryAfter(h http.Header) time.Duration {
	v := h.Get("Retry-After")
	if seconds, err := strconv.Atoi(v); err == nil && seconds > 0 {
		return time.Duration(min(seconds, 3600)) * time.Second
	}
	at, err := http.ParseTime(v)
	if err != nil {
		return 0
	}
	now, err := http.ParseTime(h.Get("Date"))
	if err != nil {
		return 0
	}
	return min(max(at.Sub(now), 0), time.Hour)
}
