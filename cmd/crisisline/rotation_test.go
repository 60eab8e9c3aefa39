package main

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"example.org/crisisline/config"
)

// From the moment the next token is promoted at Twilio until this process is
// started with it, requests go on.
func TestTheNextTokenIsTriedWhenThePresentOneIsRefused(t *testing.T) {
	t.Parallel()
	var bodies []string
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		bodies = append(bodies, string(body))
		if _, token, _ := r.BasicAuth(); token != "next" {
			w.WriteHeader(http.StatusUnauthorized)
		}
	}))
	defer server.Close()
	client := carrierTransport(config.Twilio{AccountSID: "AC1", AuthToken: config.NewSecret("old"), AuthTokenNext: config.NewSecret("next")})
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, server.URL, strings.NewReader("To=somebody"))
	if err != nil {
		t.Fatal(err)
	}
	req.SetBasicAuth("AC1", "old")
	res, err := client.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	if res.StatusCode != http.StatusOK || len(bodies) != 2 || bodies[1] != "To=somebody" {
		t.Errorf("status %d after %q, want 200 on the second try with the whole body", res.StatusCode, bodies)
	}
	if carrierTransport(config.Twilio{AuthToken: config.NewSecret("old")}) != nil {
		t.Error("without a next token nothing is asked twice")
	}
}
