package console

import (
	"context"
	"net/http"

	"example.org/crisisline/call"
	"example.org/crisisline/console/access"
)

// callerReasons are why a caller's number may be needed. There are no words of
// one's own beside them: they would come to tell a caller's story.
var callerReasons = []choice{
	{Value: "lost", Text: "To ring back after the line was lost"},
	{Value: "owed", Text: "To ring back, as they were promised"},
	{Value: "emergency", Text: "For the emergency services, who must find them"},
	{Value: "safeguarding", Text: "For safeguarding a child or an adult at risk"},
	{Value: "welfare", Text: "For a welfare check that was decided"},
	{Value: "threat", Text: "For the police, after a threat to somebody"},
}

// askCallerNumber asks why somebody wants to see a caller's number.
func (c *Console) askCallerNumber(w http.ResponseWriter, r *asked) {
	if u, ok := c.callerNumber(w, r); ok {
		c.askUnmask(w, r, u)
	}
}

// seeCallerNumber shows it, once the audit has who sees it and why.
func (c *Console) seeCallerNumber(w http.ResponseWriter, r *asked) {
	if u, ok := c.callerNumber(w, r); ok {
		c.unmask(w, r, u)
	}
}

// callerNumber is the unmasking of a call's number, or an answer that there is
// none: nothing need be asked then, and nothing is in the audit.
func (c *Console) callerNumber(w http.ResponseWriter, r *asked) (unmasking, bool) {
	t, ok := c.tale(w, r)
	if !ok || !c.may(w, r, access.SeeNumbers, t.team) {
		return unmasking{}, false
	}
	rang := onWall(t.received, c.o.Zone, "15:04")
	u := unmasking{
		Title: "Show the number of the caller of " + rang, About: string(t.ID), Teams: []string{t.team},
		Action: callAt(t.ID, "number", t.received), Back: Link{"Back to the call", storyAt(t.ID, t.received, "")}, Reasons: callerReasons, NoWords: true,
		Lines: []string{
			"Ring from a telephone of the service. Say who you are to nobody but the person you want, and leave nothing on an answerphone.",
			"The number is deleted " + spoken(c.o.Calls.NumberFor) + " after the call, or after they were rung back as promised.",
		},
		Number: func(ctx context.Context) (call.Number, error) {
			number, _, err := c.o.Calls.Number(ctx, t.ID)
			return number, err
		},
		None: "The number is no longer kept: it was deleted " + spoken(c.o.Calls.NumberFor) + " after the call.",
	}
	if t.withheld {
		u.None = "This caller’s number was withheld, or could not be used. There never was one here."
	}
	_, known, err := c.o.Calls.Number(r.Context(), t.ID)
	switch {
	case err != nil:
		c.storeSilent(w, r, "read whether there is a number", err)
		return unmasking{}, false
	case !known:
		p := numberPage{Title: "The number of the caller of " + rang, None: u.None, Back: u.Back}
		c.render(w, http.StatusGone, "number", c.page(r, p.Title, p))
		return unmasking{}, false
	}
	return u, true
}
