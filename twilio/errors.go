package twilio

import (
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// How a request can fail, for errors.Is. Every error of Client's methods is
// exactly one of them.
var (
	// ErrGone: the leg, member or conference is over or never was. For a leg
	// this is a normal outcome, not a fault.
	ErrGone = errors.New("gone")
	// ErrThrottled: refused for rate, and not processed. Safe to repeat after
	// APIError.RetryAfter, or after a pause of one's own when that is 0.
	ErrThrottled = errors.New("throttled")
	// ErrRefused: refused for good; nothing was made. Repeating is pointless.
	ErrRefused = errors.New("refused")
	// ErrNotSent: the request never left (name, connection, TLS). Safe to repeat.
	ErrNotSent = errors.New("not sent")
	// ErrUnknown: sent, and no usable answer. What creates or dequeues may have
	// happened: reconcile, do not repeat. Fetching, redirecting and ending may
	// be repeated.
	ErrUnknown = errors.New("outcome unknown")
	// ErrAuth: the account or its token was not accepted.
	ErrAuth = errors.New("not authorised")
)

// APIError is a request that did not succeed. Its text never holds a URL or
// words of the vendor, because both may hold telephone numbers.
type APIError struct {
	HTTPStatus int           // 0 when there was no answer
	Code       int           // Twilio's own code, 0 when the answer had none
	RetryAfter time.Duration // 0 when the answer did not say

	op    string // "create call"
	kind  error  // one of the sentinels
	cause error  // why there was no usable answer, nil when there was one
}

// Error is "verb object: cause".
func (e *APIError) Error() string {
	var b strings.Builder
	b.WriteString(e.op + ": " + e.kind.Error())
	if e.HTTPStatus != 0 {
		b.WriteString(": status " + strconv.Itoa(e.HTTPStatus))
	}
	if e.Code != 0 {
		b.WriteString(", code " + strconv.Itoa(e.Code))
	}
	if m := meanings[e.Code]; m != "" {
		b.WriteString(" (" + m + ")")
	}
	if e.cause != nil {
		b.WriteString(": " + e.cause.Error())
	}
	return b.String()
}

// Unwrap gives the kind and, when there was no usable answer, why: a deadline
// that passed is found by errors.Is(err, context.DeadlineExceeded).
func (e *APIError) Unwrap() []error {
	if e.cause == nil {
		return []error{e.kind}
	}
	return []error{e.kind, e.cause}
}

// as gives the error the name of what was attempted.
func as(op string, err error) error {
	if err == nil {
		return nil
	}
	if e, ok := errors.AsType[*APIError](err); ok {
		named := *e
		named.op = op
		return &named
	}
	// twilio-go's own errors may quote the answer's text: the words are dropped.
	return &APIError{op: op, kind: ErrUnknown, cause: errors.New("unreadable answer")}
}

func refused(op, format string, args ...any) error {
	return &APIError{op: op, kind: ErrRefused, cause: fmt.Errorf(format, args...)}
}

// Codes that mean a leg, member or conference is over.
// https://www.twilio.com/docs/api/errors/21220, read 2026-11-21.
const (
	codeAuth          = 20003
	codeNotFound      = 20404
	codeTooMany       = 20429
	codeNotInProgress = 21220
)

// kindOf sorts an answer that is not success. known says that the answer was
// Twilio's own JSON: a 404 page of some proxy does not mean a leg has gone.
func kindOf(status, code int, known bool) error {
	switch {
	case code == codeNotInProgress, status == http.StatusNotFound && known:
		return ErrGone
	case status == http.StatusTooManyRequests, code == codeTooMany:
		return ErrThrottled
	case status == http.StatusUnauthorized, status == http.StatusForbidden, code == codeAuth:
		return ErrAuth
	case status == http.StatusRequestTimeout:
		return ErrUnknown
	case status >= 400 && status < 500:
		return ErrRefused
	}
	return ErrUnknown
}

// meanings says in our own words what the codes an operator meets mean.
// https://www.twilio.com/docs/api/errors, read 2026-11-21.
var meanings = map[int]string{
	10004:             "too many calls at once for this account",
	codeAuth:          "account SID or token not accepted",
	codeNotFound:      "no such resource",
	codeTooMany:       "too many requests",
	20500:             "fault at Twilio; the call may have been made",
	20503:             "Twilio is unavailable",
	21205:             "a callback URL is not valid",
	21210:             "the caller id is neither a number of the account nor verified",
	21211:             "the number to ring is not valid",
	21212:             "the caller id is not a valid number",
	21214:             "the number to ring cannot be reached",
	21215:             "the account may not ring that country",
	21216:             "the account may not ring that number",
	21217:             "the number to ring is not valid",
	codeNotInProgress: "the call is no longer in progress",
	22005:             "waited too long in Twilio's own queue",
}
