package console

import (
	"errors"
	"net/http"
	"time"

	"example.org/crisisline/console/access"
)

const (
	// beatEvery is how often a quiet stream says that it is alive. A board
	// that hears nothing for three of them says that it is not live.
	beatEvery = 4 * time.Second
	// writeBudget is how long one board may take to be sent one message. One
	// that cannot is let go; its browser comes back by itself.
	writeBudget = 10 * time.Second
	// whoEvery is how often a stream asks whether whoever looks is still signed
	// in: so long it may outlive their session.
	whoEvery = 30 * time.Second
)

// events is a board's live stream (server-sent events). A board that is slow
// skips frames; it is never queued for.
func (c *Console) events(w http.ResponseWriter, r *asked) {
	if !c.hub.join() {
		w.Header().Set("Retry-After", "30")
		http.Error(w, "Too many boards are open. This one is tried again by itself.", http.StatusServiceUnavailable)
		return
	}
	defer c.hub.leave()
	h := w.Header()
	h.Set("Content-Type", "text/event-stream")
	h.Set("X-Accel-Buffering", "no") // nginx would hold it back
	h.Set("Vary", "Accept-Encoding")
	s := stream{packed: takesPacked(r.Request)}
	if s.packed {
		h.Set("Content-Encoding", "gzip")
	}
	out := http.NewResponseController(w)
	beats := time.NewTicker(beatEvery)
	defer beats.Stop()
	who := time.NewTicker(c.whoEvery)
	defer who.Stop()
	var sent uint64
	message, over := s.begins(beat(c.o.Now())), false
	for {
		if err := c.send(w, out, message); err != nil || over {
			return // the browser has gone, or reads too slowly
		}
		message = nil
		for message == nil && !over {
			f, changed := c.hub.latest()
			if f != nil && f.seq != sent {
				message, sent = s.frame(f, sent), f.seq
				break
			}
			select {
			case <-r.Context().Done():
				return
			case <-c.hub.done:
				message, over = s.ends(), true
			case <-changed:
			case <-who.C:
				if !c.stillLooking(r) {
					message, over = s.ends(), true
				}
			case <-beats.C:
				message = s.small(beat(c.o.Now()))
			}
		}
	}
}

// stillLooking reports whether whoever opened a stream may still look.
func (c *Console) stillLooking(r *asked) bool {
	who, err := c.o.Gate.Again(r.Request)
	if err != nil {
		c.o.Log.Warn("cannot tell who looks", "err", err)
	}
	return err == nil && who.May(access.Look)
}

// send writes one message within the write budget. Between messages there is no
// deadline: over HTTP/2 a lapsed one would end the stream.
func (c *Console) send(w http.ResponseWriter, out *http.ResponseController, message []byte) error {
	err := out.SetWriteDeadline(c.wall().Add(writeBudget))
	if err != nil && !errors.Is(err, http.ErrNotSupported) {
		return err
	}
	if _, err := w.Write(message); err != nil {
		return err
	}
	if err := out.Flush(); err != nil {
		return err
	}
	if err := out.SetWriteDeadline(time.Time{}); err != nil && !errors.Is(err, http.ErrNotSupported) {
		return err
	}
	return nil
}
