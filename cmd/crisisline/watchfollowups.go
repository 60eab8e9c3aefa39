package main

import (
	"context"
	"crypto/tls"
	"errors"
	"net"
	"net/url"
	"time"

	"example.org/crisisline/metrics"
)

const (
	followUpsEvery   = 15 * time.Second
	certificateEvery = time.Hour
	certificateLimit = 10 * time.Second
	followUpsAtOnce  = 500
)

// watchFollowUps puts what has run out on the review list, deletes the numbers of
// callbacks nobody ends, and writes down whom nobody reached in time. Every instance looks; the store does it once each.
func (s *service) watchFollowUps(ctx context.Context) {
	for {
		s.lookAtFollowUps(ctx)
		if !pause(ctx, followUpsEvery) {
			return
		}
	}
}

func (s *service) lookAtFollowUps(ctx context.Context) {
	n, err := s.queue.FollowUpsMissed(ctx, s.now(), followUpsAtOnce)
	switch {
	case err != nil:
		s.log.Warn("will try again", "what", "look at follow-ups", "err", err)
	case n > 0:
		s.log.Warn("follow-ups ran out", "number", n)
	}
	n, err = s.queue.ForgetCallbackNumbers(ctx, s.now(), followUpsAtOnce)
	switch {
	case err != nil:
		s.log.Warn("will try again", "what", "delete numbers of callbacks nobody ends", "err", err)
	case n > 0:
		s.log.Warn("callbacks were not ended in time and their numbers were deleted", "number", n)
	}
	n, err = s.queue.Unreached(ctx, s.now(), followUpsAtOnce)
	switch {
	case err != nil:
		s.log.Warn("will try again", "what", "look for callers nobody reached", "err", err)
	case n > 0:
		s.log.Warn("callers were not reached in time from their first try", "number", n)
	}
}

// owed counts the follow-ups by category and where they are, for the metrics.
func (s *service) owed(ctx context.Context) (map[metrics.Owed]int, error) {
	due, overdue, toReview, err := s.queue.FollowUpsOwed(ctx, s.now())
	if err != nil {
		return nil, err
	}
	owed := map[metrics.Owed]int{}
	for i, counts := range []map[string]int{due, overdue, toReview} {
		for category, n := range counts {
			owed[metrics.Owed{Category: category, State: metrics.FollowUpStates[i]}] = n
		}
	}
	return owed, nil
}

// watchCertificate tells for how long the carrier will believe our certificate.
// What cannot be reached from here is not told: an absent gauge is not an expired
// certificate, and the number's own check is elsewhere.
func (s *service) watchCertificate(ctx context.Context) {
	for {
		end, err := certificateEnd(ctx, s.cfg.HTTP.PublicURL)
		switch {
		case err == nil:
			s.metrics.CertificateLeft(end.Sub(s.now()))
		case !errors.Is(err, errNoCertificate):
			s.log.Warn("the certificate at http.public_url could not be read from here", "err", err)
		}
		if !pause(ctx, certificateEvery) {
			return
		}
	}
}

var errNoCertificate = errors.New("not https")

// certificateEnd is when the first certificate of the chain at a URL ends. It
// believes any certificate, because one that is no longer valid is the news.
func certificateEnd(ctx context.Context, publicURL string) (time.Time, error) {
	u, err := url.Parse(publicURL)
	if err != nil || u.Scheme != "https" || u.Host == "" {
		return time.Time{}, errNoCertificate
	}
	port := u.Port()
	if port == "" {
		port = "443"
	}
	ctx, cancel := context.WithTimeout(ctx, certificateLimit)
	defer cancel()
	dialer := tls.Dialer{Config: &tls.Config{ServerName: u.Hostname(), InsecureSkipVerify: true}} //nolint:gosec // nothing is sent; the dates are read
	c, err := dialer.DialContext(ctx, "tcp", net.JoinHostPort(u.Hostname(), port))
	if err != nil {
		return time.Time{}, err
	}
	defer c.Close() //nolint:errcheck // nothing was written
	var end time.Time
	for _, cert := range c.(*tls.Conn).ConnectionState().PeerCertificates {
		if end.IsZero() || cert.NotAfter.Before(end) {
			end = cert.NotAfter
		}
	}
	return end, nil
}
