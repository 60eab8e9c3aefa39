package sim

import (
	"net/http"
)

type queueJSON struct {
	SID             string            `json:"sid"`
	FriendlyName    string            `json:"friendly_name"`
	AccountSID      string            `json:"account_sid"`
	CurrentSize     int               `json:"current_size"`
	MaxSize         int               `json:"max_size"`
	AverageWaitTime int               `json:"average_wait_time"`
	DateCreated     string            `json:"date_created"`
	DateUpdated     string            `json:"date_updated"`
	URI             string            `json:"uri"`
	Subresources    map[string]string `json:"subresource_uris"`
}

func (n *Network) showQueue(q *queue) queueJSON {
	return queueJSON{
		SID: q.sid, FriendlyName: q.name, AccountSID: n.opt.AccountSID, CurrentSize: len(q.members), MaxSize: q.max,
		AverageWaitTime: int(q.average().Seconds()), DateCreated: rfc2822(q.created), DateUpdated: rfc2822(q.created),
		URI: n.uri("Queues", q.sid+".json"), Subresources: map[string]string{"members": n.uri("Queues", q.sid, "Members.json")},
	}
}

// maxQueueSize is the most a queue may be set to hold (docs/twilio.md 1.5).
const maxQueueSize = 5000

func (n *Network) createQueue(r request) (int, any, *apiError) {
	name := r.form.Get("FriendlyName")
	if name == "" || len(name) > 64 {
		return 0, nil, refuse(http.StatusBadRequest, 22002, "FriendlyName must have 1 to 64 characters")
	}
	if n.queueNamed(name) != nil {
		return 0, nil, refuse(http.StatusBadRequest, 22003, "A queue with that FriendlyName already exists")
	}
	size, refused := queueSize(r, defaultQueueSize)
	if refused != nil {
		return 0, nil, refused
	}
	return http.StatusCreated, n.showQueue(n.newQueue(name, size)), nil
}

func queueSize(r request, otherwise int) (int, *apiError) {
	if !r.form.Has("MaxSize") {
		return otherwise, nil
	}
	size := atoi(r.form.Get("MaxSize"))
	if size < 1 || size > maxQueueSize {
		return 0, refuse(http.StatusBadRequest, 22001, "MaxSize must be 1 to 5000")
	}
	return size, nil
}

func (n *Network) listQueues(r request) (int, any, *apiError) {
	all := make([]queueJSON, 0, len(n.queues))
	for _, q := range n.queues {
		all = append(all, n.showQueue(q))
	}
	return http.StatusOK, page(r, "queues", all), nil
}

func (n *Network) queueOf(r request) (*queue, *apiError) {
	for _, q := range n.queues {
		if q.sid == r.id("sid") {
			return q, nil
		}
	}
	return nil, notFound(r.Request)
}

func (n *Network) getQueue(r request) (int, any, *apiError) {
	q, refused := n.queueOf(r)
	if refused != nil {
		return 0, nil, refused
	}
	return http.StatusOK, n.showQueue(q), nil
}

func (n *Network) updateQueue(r request) (int, any, *apiError) {
	q, refused := n.queueOf(r)
	if refused != nil {
		return 0, nil, refused
	}
	size, refused := queueSize(r, q.max)
	if refused != nil {
		return 0, nil, refused
	}
	q.max = size
	if name := r.form.Get("FriendlyName"); name != "" {
		q.name = name
	}
	return http.StatusOK, n.showQueue(q), nil
}

type memberJSON struct {
	CallSID      string `json:"call_sid"`
	DateEnqueued string `json:"date_enqueued"`
	Position     int    `json:"position"`
	WaitTime     int    `json:"wait_time"`
	QueueSID     string `json:"queue_sid"`
	URI          string `json:"uri"`
}

func (n *Network) showMember(m *member) memberJSON {
	return memberJSON{
		CallSID: m.leg.sid, DateEnqueued: rfc2822(m.since), Position: m.queue.position(m), WaitTime: int(n.now().Sub(m.since).Seconds()),
		QueueSID: m.queue.sid, URI: n.uri("Queues", m.queue.sid, "Members", m.leg.sid+".json"),
	}
}

func (n *Network) listMembers(r request) (int, any, *apiError) {
	q, refused := n.queueOf(r)
	if refused != nil {
		return 0, nil, refused
	}
	all := []memberJSON{}
	for _, m := range q.members {
		all = append(all, n.showMember(m))
	}
	return http.StatusOK, page(r, "queue_members", all), nil
}

// memberOf finds a member by call SID, or the Front.
func (n *Network) memberOf(r request) (*member, *apiError) {
	q, refused := n.queueOf(r)
	if refused != nil {
		return nil, refused
	}
	id := r.id("member")
	for _, m := range q.members {
		if m.leg.sid == id || id == "Front" {
			return m, nil
		}
	}
	return nil, notFound(r.Request)
}

func (n *Network) getMember(r request) (int, any, *apiError) {
	m, refused := n.memberOf(r)
	if refused != nil {
		return 0, nil, refused
	}
	return http.StatusOK, n.showMember(m), nil
}

// updateMember takes a member out of the queue to a document. A second try for
// the same member fails: it is no member any more (docs/twilio.md 4.4).
func (n *Network) updateMember(r request) (int, any, *apiError) {
	m, refused := n.memberOf(r)
	if refused != nil {
		return 0, nil, refused
	}
	t := target{raw: r.form.Get("Url"), method: r.form.Get("Method")}
	if _, err := resolve(t); err != nil {
		return 0, nil, refuse(http.StatusBadRequest, 21205, "Url is not a valid URL")
	}
	shown := n.showMember(m)
	m.queue.take(m, n.now())
	m.leg.redirect = &t
	n.wake(&m.leg.sleeper)
	return http.StatusOK, shown, nil
}
