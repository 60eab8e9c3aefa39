package sim

import (
	"net/http"
	"slices"
)

type conferenceJSON struct {
	SID          string            `json:"sid"`
	AccountSID   string            `json:"account_sid"`
	FriendlyName string            `json:"friendly_name"`
	Status       string            `json:"status"`
	DateCreated  string            `json:"date_created"`
	DateUpdated  string            `json:"date_updated"`
	APIVersion   string            `json:"api_version"`
	Region       string            `json:"region"`
	Reason       *string           `json:"reason_conference_ended"`
	EndedBy      *string           `json:"call_sid_ending_conference"`
	URI          string            `json:"uri"`
	Subresources map[string]string `json:"subresource_uris"`
}

func (n *Network) showConference(c *conference) conferenceJSON {
	out := conferenceJSON{
		SID: c.sid, AccountSID: n.opt.AccountSID, FriendlyName: c.name, Status: c.status(), DateCreated: rfc2822(c.created),
		DateUpdated: rfc2822(c.updated), APIVersion: "2010-04-01", Region: "ie1", URI: n.uri("Conferences", c.sid+".json"),
		Subresources: map[string]string{"participants": n.uri("Conferences", c.sid, "Participants.json")},
	}
	if c.over {
		out.Reason = &c.ending
		if c.endedBy != nil {
			out.EndedBy = &c.endedBy.leg.sid
		}
	}
	return out
}

func (c *conference) status() string {
	switch {
	case c.over:
		return "completed"
	case c.started:
		return "in-progress"
	}
	return "init"
}

func (n *Network) listConferences(r request) (int, any, *apiError) {
	found := []conferenceJSON{}
	for _, c := range slices.Backward(n.conferences) {
		if matches(r.form, "FriendlyName", c.name) && matches(r.form, "Status", c.status()) {
			found = append(found, n.showConference(c))
		}
	}
	return http.StatusOK, page(r, "conferences", found), nil
}

// conferenceOf finds a conference by SID or, while it lasts, by name.
func (n *Network) conferenceOf(r request) (*conference, *apiError) {
	id := r.id("sid")
	for _, c := range n.conferences {
		if c.sid == id || c.name == id && !c.over {
			return c, nil
		}
	}
	return nil, notFound(r.Request)
}

func (n *Network) getConference(r request) (int, any, *apiError) {
	c, refused := n.conferenceOf(r)
	if refused != nil {
		return 0, nil, refused
	}
	return http.StatusOK, n.showConference(c), nil
}

func (n *Network) updateConference(r request) (int, any, *apiError) {
	c, refused := n.conferenceOf(r)
	if refused != nil {
		return 0, nil, refused
	}
	if r.form.Get("Status") == "completed" {
		c.finish(n, "conference-ended-via-api", nil, leftByAPI)
	}
	return http.StatusOK, n.showConference(c), nil
}

type participantJSON struct {
	AccountSID    string  `json:"account_sid"`
	CallSID       string  `json:"call_sid"`
	Label         *string `json:"label"`
	ConferenceSID string  `json:"conference_sid"`
	DateCreated   string  `json:"date_created"`
	DateUpdated   string  `json:"date_updated"`
	EndOnExit     bool    `json:"end_conference_on_exit"`
	StartOnEnter  bool    `json:"start_conference_on_enter"`
	Muted         bool    `json:"muted"`
	Hold          bool    `json:"hold"`
	Coaching      bool    `json:"coaching"`
	Status        string  `json:"status"`
	URI           string  `json:"uri"`
}

func (n *Network) showParticipant(s *seat) participantJSON {
	out := participantJSON{
		AccountSID: n.opt.AccountSID, CallSID: s.leg.sid, ConferenceSID: s.in.sid, DateCreated: rfc2822(s.joined), DateUpdated: rfc2822(s.joined),
		EndOnExit: s.end, StartOnEnter: s.start, Muted: s.muted, Status: "connected", URI: n.uri("Conferences", s.in.sid, "Participants", s.leg.sid+".json"),
	}
	if s.label != "" {
		out.Label = &s.label
	}
	return out
}

// listParticipants is empty once the conference is over (docs/twilio.md 4.3).
func (n *Network) listParticipants(r request) (int, any, *apiError) {
	c, refused := n.conferenceOf(r)
	if refused != nil {
		return 0, nil, refused
	}
	all := []participantJSON{}
	for _, s := range c.seats {
		all = append(all, n.showParticipant(s))
	}
	return http.StatusOK, page(r, "participants", all), nil
}

// seatOf finds a participant by call SID or label.
func (n *Network) seatOf(r request) (*seat, *apiError) {
	c, refused := n.conferenceOf(r)
	if refused != nil {
		return nil, refused
	}
	id := r.id("participant")
	for _, s := range c.seats {
		if s.leg.sid == id || s.label != "" && s.label == id {
			return s, nil
		}
	}
	return nil, notFound(r.Request)
}

func (n *Network) getParticipant(r request) (int, any, *apiError) {
	s, refused := n.seatOf(r)
	if refused != nil {
		return 0, nil, refused
	}
	return http.StatusOK, n.showParticipant(s), nil
}

// updateParticipant knows EndConferenceOnExit and Muted; the rest is ignored
// with a warning.
func (n *Network) updateParticipant(r request) (int, any, *apiError) {
	s, refused := n.seatOf(r)
	if refused != nil {
		return 0, nil, refused
	}
	for name := range r.form {
		switch value := r.form.Get(name) == "true"; name {
		case "EndConferenceOnExit":
			s.end = value
		case "Muted":
			s.muted = value
		default:
			n.warnLocked("participant update: %s is not played by this network", name)
		}
	}
	return http.StatusOK, n.showParticipant(s), nil
}

// removeParticipant kicks a leg out of the conference; its call goes on.
func (n *Network) removeParticipant(r request) (int, any, *apiError) {
	s, refused := n.seatOf(r)
	if refused != nil {
		return 0, nil, refused
	}
	s.leave(leftByREST)
	return http.StatusNoContent, nil, nil
}

type numberJSON struct {
	SID            string `json:"sid"`
	AccountSID     string `json:"account_sid"`
	FriendlyName   string `json:"friendly_name"`
	PhoneNumber    string `json:"phone_number"`
	VoiceURL       string `json:"voice_url"`
	VoiceMethod    string `json:"voice_method"`
	FallbackURL    string `json:"voice_fallback_url"`
	FallbackMethod string `json:"voice_fallback_method"`
	StatusURL      string `json:"status_callback"`
	StatusMethod   string `json:"status_callback_method"`
	CallerIDLookup bool   `json:"voice_caller_id_lookup"`
	APIVersion     string `json:"api_version"`
	URI            string `json:"uri"`
}

func (n *Network) showNumber(l *Line) numberJSON {
	return numberJSON{
		SID: l.sid, AccountSID: n.opt.AccountSID, FriendlyName: l.Name, PhoneNumber: l.Number, VoiceURL: l.VoiceURL, VoiceMethod: l.VoiceMethod,
		FallbackURL: l.FallbackURL, FallbackMethod: l.FallbackMethod, StatusURL: l.StatusURL, StatusMethod: l.StatusMethod,
		APIVersion: "2010-04-01", URI: n.uri("IncomingPhoneNumbers", l.sid+".json"),
	}
}

func (n *Network) listNumbers(r request) (int, any, *apiError) {
	found := []numberJSON{}
	for _, line := range n.lines {
		if matches(r.form, "PhoneNumber", line.Number) {
			found = append(found, n.showNumber(line))
		}
	}
	slices.SortFunc(found, func(a, b numberJSON) int {
		if a.PhoneNumber < b.PhoneNumber {
			return -1
		}
		return 1
	})
	return http.StatusOK, page(r, "incoming_phone_numbers", found), nil
}

func (n *Network) getNumber(r request) (int, any, *apiError) {
	for _, line := range n.lines {
		if line.sid == r.id("sid") {
			return http.StatusOK, n.showNumber(line), nil
		}
	}
	return 0, nil, notFound(r.Request)
}

func (n *Network) getAccount(r request) (int, any, *apiError) {
	return http.StatusOK, map[string]any{
		"sid": n.opt.AccountSID, "friendly_name": "a telephone network in a box", "status": "active", "type": "Full",
		"date_created": rfc2822(n.now()), "date_updated": rfc2822(n.now()), "uri": "/2010-04-01/Accounts/" + n.opt.AccountSID + ".json",
	}, nil
}
