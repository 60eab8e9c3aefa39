package sim

import (
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"time"
)

// callJSON is the Call resource (twilio.com/docs/voice/api/call-resource).
type callJSON struct {
	SID            string            `json:"sid"`
	DateCreated    string            `json:"date_created"`
	DateUpdated    string            `json:"date_updated"`
	ParentCallSID  *string           `json:"parent_call_sid"`
	AccountSID     string            `json:"account_sid"`
	To             string            `json:"to"`
	ToFormatted    string            `json:"to_formatted"`
	From           string            `json:"from"`
	FromFormatted  string            `json:"from_formatted"`
	PhoneNumberSID *string           `json:"phone_number_sid"`
	Status         string            `json:"status"`
	StartTime      *string           `json:"start_time"`
	EndTime        *string           `json:"end_time"`
	Duration       *string           `json:"duration"`
	Price          *string           `json:"price"`
	PriceUnit      string            `json:"price_unit"`
	Direction      string            `json:"direction"`
	AnsweredBy     *string           `json:"answered_by"`
	APIVersion     string            `json:"api_version"`
	ForwardedFrom  *string           `json:"forwarded_from"`
	GroupSID       *string           `json:"group_sid"`
	CallerName     *string           `json:"caller_name"`
	QueueTime      string            `json:"queue_time"` // milliseconds
	TrunkSID       *string           `json:"trunk_sid"`
	URI            string            `json:"uri"`
	Subresources   map[string]string `json:"subresource_uris"`
}

func (n *Network) uri(parts ...string) string {
	return "/2010-04-01/Accounts/" + n.opt.AccountSID + "/" + strings.Join(parts, "/")
}

func timePointer(t time.Time) *string {
	if t.IsZero() {
		return nil
	}
	s := rfc2822(t)
	return &s
}

// show is the leg as REST tells it, as it was stale ago.
func (l *leg) show(stale time.Duration) callJSON {
	n := l.n
	at := n.now().Add(-stale)
	status := statusQueued
	for _, c := range l.history {
		if !c.at.After(at) {
			status = c.status
		}
	}
	out := callJSON{
		SID: l.sid, DateCreated: rfc2822(l.created), DateUpdated: rfc2822(l.history[len(l.history)-1].at), AccountSID: n.opt.AccountSID,
		To: l.to, ToFormatted: l.to, From: l.from, FromFormatted: l.from, Status: status, Direction: l.direction,
		APIVersion: "2010-04-01", PriceUnit: "USD", QueueTime: itoa(int(l.queueTime / time.Millisecond)),
		URI: n.uri("Calls", l.sid+".json"), Subresources: map[string]string{},
	}
	if l.parent != nil {
		out.ParentCallSID = &l.parent.sid
	}
	out.StartTime = timePointer(l.dialled)
	if terminal(status) {
		out.EndTime = timePointer(l.ended)
		talk := "0"
		if !l.answered.IsZero() {
			talk = whole(l.ended.Sub(l.answered))
		}
		out.Duration = &talk
	}
	return out
}

func terminal(status string) bool {
	switch status {
	case statusCompleted, statusBusy, statusFailed, statusNoAnswer, statusCanceled:
		return true
	}
	return false
}

var playedCallParameters = set("To From Url Method Twiml FallbackUrl FallbackMethod StatusCallback StatusCallbackMethod StatusCallbackEvent Timeout TimeLimit")

var e164 = regexp.MustCompile(`^\+[1-9][0-9]{7,14}$`)

// checkCall says what POST Calls refuses, with Twilio's codes (docs/twilio.md 4.5).
// As Twilio does, some of the texts hold the number.
func (n *Network) checkCall(form url.Values) *apiError {
	to, from := form.Get("To"), form.Get("From")
	bad := func(code int, format string, args ...any) *apiError {
		return refuse(http.StatusBadRequest, code, format, args...)
	}
	switch code := magicRefusals[to]; {
	case to == "":
		return bad(21201, "No 'To' number is specified")
	case from == "":
		return bad(21213, "No 'From' number is specified")
	case code != 0:
		return bad(code, "The phone number you are attempting to call, %s, is not valid or may not be called.", to)
	case !e164.MatchString(to):
		return bad(21211, "The phone number you are attempting to call, %s, is not valid.", to)
	case !e164.MatchString(from):
		return bad(21212, "The 'From' number %s is not a valid phone number", from)
	case n.lines[from] == nil:
		return bad(21210, "The source phone number provided, %s, is not yet verified for your account.", from)
	case form.Get("Url") == "" && form.Get("Twiml") == "":
		return bad(21205, "Url parameter is required.")
	case len(form.Get("Twiml")) > 4000:
		return bad(32018, "Twiml is longer than 4000 characters")
	}
	for _, name := range []string{"Url", "FallbackUrl", "StatusCallback"} {
		if raw := form.Get(name); raw != "" {
			if _, err := resolve(target{raw: raw}); err != nil {
				return bad(21205, "%s is not a valid URL: %s", name, raw)
			}
		}
	}
	return nil
}

// createCall is POST Calls: it places a call in the queue that starts CPS calls
// a second (docs/twilio.md 4.1, 4.5).
func (n *Network) createCall(r request) (int, any, *apiError) {
	if refused := n.checkCall(r.form); refused != nil {
		return 0, nil, refused
	}
	first := target{raw: r.form.Get("Url"), method: r.form.Get("Method"), inline: r.form.Get("Twiml")}
	if first.raw != "" {
		first.inline = "" // Url beats Twiml
	}
	for name := range r.form {
		if !playedCallParameters[name] {
			n.warnLocked("POST Calls: %s is not played by this network", name)
		}
	}
	l := n.newLeg("outbound-api", r.form.Get("From"), r.form.Get("To"))
	l.first, l.timeout = first, time.Minute
	l.amend(r.form)
	if s := atoi(r.form.Get("Timeout")); s > 0 {
		l.timeout = time.Duration(min(s, 600)) * time.Second
	}
	if !n.opt.Readings.NoRingBuffer {
		l.timeout += ringBuffer
	}
	n.pace(l)
	shown := l.show(0)
	if n.faults.early && l.queueTime == 0 {
		n.unlocked(func() { n.awaitOutbox(r, l) })
	}
	return http.StatusCreated, shown, nil
}

// amend sets what both POST Calls and an update with Url may.
func (l *leg) amend(form url.Values) {
	if raw := form.Get("FallbackUrl"); raw != "" {
		l.backup = target{raw: raw, method: form.Get("FallbackMethod")}
	}
	if raw := form.Get("StatusCallback"); raw != "" {
		l.reports.to = target{raw: raw, method: form.Get("StatusCallbackMethod")}
		l.reports.want(form["StatusCallbackEvent"])
	}
	if s := atoi(form.Get("TimeLimit")); s > 0 {
		l.timeLimit = time.Duration(s) * time.Second
	}
}

// pace gives the leg its turn. Its callbacks follow the reply, by a moment of
// the world's time, unless the fault EarlyCallbacks is set.
func (n *Network) pace(l *leg) {
	now := n.now()
	slot := now
	if n.opt.CPS > 0 {
		if n.nextSlot.After(slot) {
			slot = n.nextSlot
		}
		n.nextSlot = slot.Add(time.Duration(float64(time.Second) / n.opt.CPS))
	}
	l.queueTime = slot.Sub(now)
	start := func() {
		if l.ended.IsZero() {
			l.ring()
		}
	}
	if l.queueTime == 0 && n.faults.early {
		start()
		return
	}
	n.after(max(l.queueTime, time.Millisecond), start)
}

// awaitOutbox returns when the leg's callbacks so far have been answered.
func (n *Network) awaitOutbox(r request, l *leg) {
	changed, end := n.watch()
	defer end()
	for {
		n.mu.Lock()
		sending := l.reports.out.sending
		n.mu.Unlock()
		if !sending {
			return
		}
		select {
		case <-changed:
		case <-r.Context().Done():
			return
		case <-n.ctx.Done():
			return
		}
	}
}

func (n *Network) getCall(r request) (int, any, *apiError) {
	l := n.legs[r.id("sid")]
	if l == nil {
		return 0, nil, notFound(r.Request)
	}
	return http.StatusOK, l.show(n.faults.stale), nil
}

// updateCall redirects or ends a call (docs/twilio.md 4.2). One that is over cannot
// be changed: 21220.
func (n *Network) updateCall(r request) (int, any, *apiError) {
	l := n.legs[r.id("sid")]
	if l == nil {
		return 0, nil, notFound(r.Request)
	}
	if !l.ended.IsZero() {
		return 0, nil, notInProgress()
	}
	raw, inline, status := r.form.Get("Url"), r.form.Get("Twiml"), r.form.Get("Status")
	switch {
	case raw != "" || inline != "":
		if l.status != statusInProgress {
			return 0, nil, notInProgress()
		}
		t := target{raw: raw, method: r.form.Get("Method"), inline: inline}
		if raw != "" {
			t.inline = ""
			if _, err := resolve(t); err != nil {
				return 0, nil, refuse(http.StatusBadRequest, 21205, "Url is not a valid URL: %s", raw)
			}
		}
		l.amend(r.form)
		l.redirect = &t
		n.wake(&l.sleeper)
	case status == statusCompleted:
		l.end(cancelStatus(l), 487)
	case status == statusCanceled:
		// "Will attempt to hang up calls that are queued or ringing; however, it
		// will not affect calls already in progress": and it is no error.
		if l.answered.IsZero() {
			l.end(statusCanceled, 487)
		}
	case status != "":
		return 0, nil, refuse(http.StatusBadRequest, 20001, "Status is not valid: %s", status)
	}
	return http.StatusOK, l.show(0), nil
}

// listCalls filters by To, From, Status, ParentCallSid and StartTime, newest
// first.
func (n *Network) listCalls(r request) (int, any, *apiError) {
	found := []callJSON{}
	for _, l := range slices.Backward(n.order) {
		shown := l.show(n.faults.stale)
		parent := ""
		if l.parent != nil {
			parent = l.parent.sid
		}
		if matches(r.form, "To", l.to) && matches(r.form, "From", l.from) && matches(r.form, "Status", shown.Status) &&
			matches(r.form, "ParentCallSid", parent) && n.startsWithin(r.form, l) {
			found = append(found, shown)
		}
	}
	return http.StatusOK, page(r, "calls", found), nil
}

func matches(form url.Values, name, value string) bool {
	want := form.Get(name)
	return want == "" || want == value
}

// startsWithin applies StartTime, StartTime< and StartTime>, each a day or an
// instant.
func (n *Network) startsWithin(form url.Values, l *leg) bool {
	start := l.dialled
	if start.IsZero() {
		if n.opt.Readings.StartTimeSkipsQueued && (form.Has("StartTime") || form.Has("StartTime<") || form.Has("StartTime>")) {
			return false
		}
		start = l.created
	}
	if t, ok := parseWhen(form.Get("StartTime")); ok && start.UTC().Format(time.DateOnly) != t.UTC().Format(time.DateOnly) {
		return false
	}
	if t, ok := parseWhen(form.Get("StartTime<")); ok && start.After(t) {
		return false
	}
	// Twilio keeps whole seconds.
	if t, ok := parseWhen(form.Get("StartTime>")); ok && start.Truncate(time.Second).Before(t.Truncate(time.Second)) {
		return false
	}
	return true
}

func parseWhen(s string) (time.Time, bool) {
	for _, layout := range []string{time.RFC3339, time.DateOnly} {
		if t, err := time.Parse(layout, s); err == nil {
			return t, true
		}
	}
	return time.Time{}, false
}
