package twilio

import (
	"context"
	"errors"
	"net/http"
	"net/url"

	api "github.com/twilio/twilio-go/rest/api/v2010"
)

// Bounds of a walk through a list. An account has a handful of queues; a
// thousand pages would be a fault of the other side.
const (
	queuesPerPage = 1000
	maxPages      = 20
	maxQueueSize  = 5000
)

// Dequeue takes one waiting leg out of its queue and makes it go on with the
// document at url. Of two attempts for the same leg one alone succeeds; the
// other, and one that comes after the caller left, is ErrGone.
// https://www.twilio.com/docs/voice/api/member-resource, read 2026-11-21.
func (c *Client) Dequeue(ctx context.Context, queueSID, callSID, url string) error {
	const op = "dequeue call"
	if queueSID == "" || callSID == "" || !plain(queueSID) || !plain(callSID) {
		return refused(op, "queue or call SID is not valid")
	}
	svc, cancel := c.service(ctx)
	defer cancel()
	_, err := svc.UpdateMember(queueSID, callSID, new(api.UpdateMemberParams).SetUrl(url).SetMethod(http.MethodPost))
	return as(op, err)
}

// EnsureQueue finds the queue of that name, or makes it, and raises its size to
// maxSize (1 to 5 000) when it is smaller; it never shrinks one. Two processes
// may ask at once: the one refused finds the other's.
func (c *Client) EnsureQueue(ctx context.Context, name string, maxSize int) (sid string, err error) {
	const op = "ensure queue"
	if name == "" || len(name) > maxNameLen || maxSize < 1 || maxSize > maxQueueSize {
		return "", refused(op, "name must have 1 to %d characters and size be 1 to %d", maxNameLen, maxQueueSize)
	}
	found, err := c.findQueue(ctx, name)
	if err != nil {
		return "", as(op, err)
	}
	if found == nil {
		found, err = c.createQueue(ctx, name, maxSize)
		if errors.Is(err, ErrRefused) {
			if again, findErr := c.findQueue(ctx, name); findErr == nil && again != nil {
				found, err = again, nil
			}
		}
		if err != nil {
			return "", as(op, err)
		}
	}
	if value(found.Sid) == "" {
		return "", as(op, errors.New("no SID"))
	}
	if found.MaxSize < maxSize {
		svc, cancel := c.service(ctx)
		defer cancel()
		if _, err := svc.UpdateQueue(*found.Sid, new(api.UpdateQueueParams).SetMaxSize(maxSize)); err != nil {
			return "", as(op, err)
		}
	}
	return *found.Sid, nil
}

func (c *Client) createQueue(ctx context.Context, name string, maxSize int) (*api.ApiV2010Queue, error) {
	svc, cancel := c.service(ctx)
	defer cancel()
	return svc.CreateQueue(new(api.CreateQueueParams).SetFriendlyName(name).SetMaxSize(maxSize))
}

// findQueue walks every page; nil when there is none of that name.
func (c *Client) findQueue(ctx context.Context, name string) (*api.ApiV2010Queue, error) {
	var token, number string
	for range maxPages {
		page, err := c.queuePage(ctx, token, number)
		if err != nil {
			return nil, err
		}
		for i := range page.Queues {
			if value(page.Queues[i].FriendlyName) == name {
				return &page.Queues[i], nil
			}
		}
		next, err := url.Parse(value(page.NextPageUri))
		if err != nil || next.RawQuery == "" {
			return nil, nil
		}
		token, number = next.Query().Get("PageToken"), next.Query().Get("Page")
	}
	return nil, refused("find queue", "more than %d pages of queues", maxPages)
}

func (c *Client) queuePage(ctx context.Context, token, number string) (*api.ListQueueResponse, error) {
	svc, cancel := c.service(ctx)
	defer cancel()
	return svc.PageQueue(new(api.ListQueueParams).SetPageSize(queuesPerPage), token, number)
}

// Participants lists the legs in the live conference of that name. Without one
// it is nil, "", nil. A room with a single leg counts as live, although Twilio
// has not begun it.
func (c *Client) Participants(ctx context.Context, conferenceName string) (callSIDs []string, conferenceSID string, err error) {
	const op = "list participants"
	conferenceSID, err = c.liveConference(ctx, conferenceName)
	if err != nil || conferenceSID == "" {
		return nil, "", as(op, err)
	}
	svc, cancel := c.service(ctx)
	defer cancel()
	page, err := svc.PageParticipant(conferenceSID, new(api.ListParticipantParams).SetPageSize(1000), "", "")
	if errors.Is(err, ErrGone) {
		return nil, "", nil
	}
	if err != nil {
		return nil, "", as(op, err)
	}
	for i := range page.Participants {
		callSIDs = append(callSIDs, value(page.Participants[i].CallSid))
	}
	return callSIDs, conferenceSID, nil
}

// liveConference asks without a status, because it can ask for one only and
// both init and in-progress are live. Newest first, so one page is enough.
func (c *Client) liveConference(ctx context.Context, name string) (sid string, err error) {
	svc, cancel := c.service(ctx)
	defer cancel()
	page, err := svc.PageConference(new(api.ListConferenceParams).SetFriendlyName(name).SetPageSize(50), "", "")
	if err != nil {
		return "", err
	}
	for i := range page.Conferences {
		conf := &page.Conferences[i]
		if value(conf.FriendlyName) == name && value(conf.Status) != StatusCompleted {
			return value(conf.Sid), nil
		}
	}
	return "", nil
}

// EndConference ends a conference and every leg's stay in it. One that is over
// already is no error.
func (c *Client) EndConference(ctx context.Context, conferenceSID string) error {
	const op = "end conference"
	if conferenceSID == "" || !plain(conferenceSID) {
		return refused(op, "conference SID is not valid")
	}
	svc, cancel := c.service(ctx)
	defer cancel()
	_, err := svc.UpdateConference(conferenceSID, new(api.UpdateConferenceParams).SetStatus(StatusCompleted))
	if errors.Is(err, ErrGone) {
		return nil
	}
	return as(op, err)
}
