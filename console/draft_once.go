package console

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"net/http"
	"strings"

	"example.org/crisisline/console/audit"
	"example.org/crisisline/rota"
)

// idempotencyKey is a program's own name for one change, so that it can ask again
// when the answer was lost.
const idempotencyKey = "Idempotency-Key"

// askedFor is where a request's context has what was asked for under a key.
type askedFor struct{}

// withDigest puts what is asked for into the context of a request that has a key.
func withDigest(r *http.Request) (*http.Request, error) {
	if r.Header.Get(idempotencyKey) == "" {
		return r, nil
	}
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return r, err
	}
	r.Body = io.NopCloser(bytes.NewReader(body))
	return r.WithContext(context.WithValue(r.Context(), askedFor{}, digest(r.Method, r.URL.RequestURI(), string(body)))), nil
}

func digest(parts ...string) string {
	sum := sha256.Sum256([]byte(strings.Join(parts, "\x00")))
	return hex.EncodeToString(sum[:6])
}

// keepOnce saves a draft under a name that is made of a program's own key, of who
// it is and of what is asked for: asked again, because the answer was lost, it is
// the same draft. A key that was used for another change is a conflict.
func (c *Console) keepOnce(r *asked, d rota.Draft, word, key string) (string, error) {
	asked, _ := r.Context().Value(askedFor{}).(string)
	mine := "-" + digest(r.Who.ID, key) + "-"
	d.Name = word + mine + asked
	all, err := c.o.Changes.Drafts(r.Context())
	if err != nil {
		return "", err
	}
	for _, other := range all {
		switch {
		case other.Name == d.Name:
			return d.Name, nil
		case strings.Contains(other.Name, mine):
			return "", meanwhile{Text: "This " + idempotencyKey + " was used for another change: " + other.Why + ". Nothing was made."}
		}
	}
	_, err = c.o.Changes.SaveDraft(r.Context(), c.o.Now(), d)
	switch {
	case err == nil:
		c.note(r, audit.Entry{What: audit.Drafted, About: d.Name, After: d.Why, Teams: c.teamsOfDraft(r.Context(), d)})
	case errors.Is(err, rota.ErrStale): // the other one of two at once was quicker
		return d.Name, nil
	}
	return d.Name, err
}
