package console

import (
	"context"
	"errors"
	"net/http"
	"strings"

	"example.org/crisisline/call"
	"example.org/crisisline/console/audit"
	"example.org/crisisline/queue"
)

// What one does about oneself. Who it is about is who is signed in, never
// something that was sent.

// myDone is what the page says after something was done.
var myDone = map[string]string{
	"pause.set":       "Done. Your phone does not ring for callers until you are back.",
	"pause.already":   "You were so already. Nothing was changed.",
	"back.set":        "Done. Your phone rings for callers again.",
	"back.already":    "You could be rung already.",
	"back.is_free":    "You could be rung already.",
	"ready.set":       "Done. Your wrap-up is over, and your phone rings for the next caller.",
	"ready.already":   "You are no longer in wrap-up.",
	"ready.is_free":   "You are no longer in wrap-up: your phone rings for the next caller.",
	"swap.offered":    "Offered. Nothing changes before it is taken up.",
	"swap.accepted":   "Accepted. A duty manager approves it before it holds; you are told here.",
	"swap.agreed":     "Agreed. It is in force from the next ring on.",
	"swap.declined":   "Declined. Everybody keeps their own shift.",
	"swap.taken-back": "Taken back. You keep your shift.",
	"feed.revoked":    "Revoked. Nothing can be read at that address any more.",
}

// myWhyNot is why something was not done, as it is said to oneself.
var myWhyNot = map[queue.Why]string{
	queue.WhyRinging:   "Your phone rings for a caller at this moment. Take the call, or wait until it stops.",
	queue.WhyOnCall:    "You are with a caller. You can go when the call is over: a break ends the wrap-up.",
	queue.WhyOnPhone:   "You are still on the phone with us. Hang up first.",
	queue.WhyWrapUp:    "You are in wrap-up. End it first.",
	queue.WhyOnBreak:   "You are on a break. Say that you are back first.",
	queue.WhyAway:      "You are set away. Say that you are back first.",
	queue.WhyOffShift:  "You are not on shift now, so nothing rings.",
	queue.WhyNotInPlan: "The plan in force does not have you.",
	queue.WhyLastHuman: "You are outside the rota, and always there.",
}

// myPause takes oneself off the line for a while.
func (c *Console) myPause(w http.ResponseWriter, r *asked) {
	to, why := pauseOf(r.FormValue("why"))
	if to == "" {
		c.showMy(w, r, http.StatusUnprocessableEntity, "", "Choose why.")
		return
	}
	c.doMine(w, r, "pause", string(why), c.pausing(to, why))
}

// pausing takes somebody off the line by their own wish.
func (c *Console) pausing(to call.Presence, why call.Pause) func(ctx context.Context, me string) (queue.Did, error) {
	return func(ctx context.Context, me string) (queue.Did, error) {
		return c.o.Actions.Pause(ctx, queue.Standing{Responder: me, To: to, Why: why, By: call.By(me)})
	}
}

// myBack brings oneself back.
func (c *Console) myBack(w http.ResponseWriter, r *asked) {
	c.doMine(w, r, "back", "", c.comingBack)
}

func (c *Console) comingBack(ctx context.Context, me string) (queue.Did, error) {
	return c.o.Actions.Back(ctx, me, call.By(me))
}

// myReady ends one's wrap-up.
func (c *Console) myReady(w http.ResponseWriter, r *asked) {
	c.doMine(w, r, "ready", "", c.gettingReady)
}

func (c *Console) gettingReady(ctx context.Context, me string) (queue.Did, error) {
	return c.o.Actions.EndWrapUp(ctx, me, call.By(me))
}

// doMine does something about whoever asks, and says honestly what came of it.
func (c *Console) doMine(w http.ResponseWriter, r *asked, word, about string, do func(ctx context.Context, me string) (queue.Did, error)) {
	did, err := c.changeMine(r, word, about, do)
	switch {
	case errors.Is(err, errNobodyHere):
		c.showMy(w, r, http.StatusNotFound, "", "")
	case err != nil:
		c.o.Log.Error("own state not changed", "responder", r.Who.Responder, "action", word, "err", err)
		c.showMy(w, r, http.StatusBadGateway, "", "The store gave no clear answer, so it may or may not have been done. Look below before you try again.")
	case myRefusal(word, did) != "":
		c.showMy(w, r, http.StatusConflict, "", myRefusal(word, did))
	default:
		http.Redirect(w, r.Request, "/my?done="+word+"."+string(did.Why), http.StatusSeeOther)
	}
}

// errNobodyHere is somebody who asks about themselves and is not in the plan.
var errNobodyHere = errors.New("whoever asks is nobody in the plan")

// changeMine is the operation: whoever asks changes their own state.
func (c *Console) changeMine(r *asked, word, about string, do func(ctx context.Context, me string) (queue.Did, error)) (queue.Did, error) {
	who, ok := c.me(r)
	if !ok {
		return queue.Did{}, errNobodyHere
	}
	did, err := do(r.Context(), who.ID)
	c.source.forget()
	if err == nil && did.Done {
		c.note(r, audit.Entry{What: audit.Acted, About: who.ID, After: strings.TrimSpace("own " + word + " " + about)})
	}
	return did, err
}

// myRefusal says why something was not done; "" when it was, or was so already.
func myRefusal(word string, did queue.Did) string {
	if did.Done || myDone[word+"."+string(did.Why)] != "" {
		return ""
	}
	why := myWhyNot[did.Why]
	if why == "" {
		why = whyWords[did.Why]
	}
	return "Not done. " + why
}
