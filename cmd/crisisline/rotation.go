package main

import (
	"net/http"

	"example.org/crisisline/config"
)

// rotating is a transport that, while the auth token changes at Twilio, asks
// again with the next token when the present one is refused. Nothing was carried
// out by a request that was refused, so asking again is safe.
type rotating struct {
	next   http.RoundTripper
	user   string
	second string
}

// carrierTransport is a transport for the carrier; nil, the default one, when no
// token is about to follow.
func carrierTransport(cfg config.Twilio) *http.Client {
	second := cfg.AuthTokenNext.Reveal()
	if second == "" {
		return nil
	}
	return &http.Client{
		Transport:     rotating{next: http.DefaultTransport, user: cfg.AccountSID, second: second},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}

// RoundTrip implements http.RoundTripper.
func (t rotating) RoundTrip(r *http.Request) (*http.Response, error) {
	res, err := t.next.RoundTrip(r)
	if err != nil || res.StatusCode != http.StatusUnauthorized || (r.Body != nil && r.GetBody == nil) {
		return res, err
	}
	again := r.Clone(r.Context())
	if r.GetBody != nil {
		if again.Body, err = r.GetBody(); err != nil {
			return res, nil //nolint:nilerr // the refusal is the answer
		}
	}
	_ = res.Body.Close()
	again.SetBasicAuth(t.user, t.second)
	return t.next.RoundTrip(again)
}
