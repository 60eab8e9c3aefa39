package console

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"

	"example.org/crisisline/console/audit"
	"example.org/crisisline/rota"
)

// keepOnce saves a draft under a name that is made of a program's own key and of
// who it is: asked again, because the answer was lost, it is the same draft. A key
// that was used for another change is a conflict.
func (c *Console) keepOnce(r *asked, d rota.Draft, word, key string) (string, error) {
	sum := sha256.Sum256([]byte(r.Who.ID + "\x00" + key))
	d.Name = word + "-" + hex.EncodeToString(sum[:6])
	_, err := c.o.Changes.SaveDraft(r.Context(), c.o.Now(), d)
	switch {
	case err == nil:
		c.note(r, audit.Entry{What: audit.Drafted, About: d.Name, After: d.Why, Teams: c.teamsOfDraft(r.Context(), d)})
	case errors.Is(err, rota.ErrStale):
		made, errRead := c.o.Changes.Draft(r.Context(), d.Name)
		switch {
		case errRead != nil:
			return d.Name, errRead
		case made.Why != d.Why:
			return d.Name, meanwhile{Text: "This Idempotency-Key was used for another change: " + made.Why + ". Nothing was made."}
		}
		return d.Name, nil
	}
	return d.Name, err
}
